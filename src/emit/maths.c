/* SPDX-License-Identifier: MIT */
/* maths.c - calls of the runtime's own functions, and bringing them into the module.
 *
 * Kernels call nsa_<name>_<W>, which runtime/math/kernel_math.c defines and the build compiles to bitcode for
 * each width W. They are declared while kernels are emitted; emit_link_maths then takes from the bitcode
 * what is called and nothing else. A vector that C passes in memory is split into vectors that fit a register, and two
 * floats go as C passes them. */
#include "emit/bitcode.h"
#include "emit/emit_internal.h"
#include <stdio.h>

typedef struct {
  LLVMTypeRef types[8];
  LLVMValueRef values[8];
  unsigned count;
} arguments;

static void add_argument(arguments *a, LLVMValueRef value) {
  a->types[a->count] = LLVMTypeOf(value);
  a->values[a->count++] = value;
}

/* Kernels that run once or rarely, and long ones, call the maths; in the others they are inlined. Random draws in skip
 * regions are called too: they are seldom taken, and inlining them takes long. */
static bool stays_a_call(const kernel *k, const ir_op *op) {
  return k->is_cold || k->is_long || (k->skip_depth != 0 && ir_ops[op->op].carries == IR_CARRIES_KEY);
}

/* Bits of the widest vector that clang passes in registers, with the flags by which it compiled the bitcode. */
#if defined __x86_64__
enum { MOST_BITS = 512, IS_PAIR_OF_FLOATS_A_DOUBLE = 1 };
#else
enum { MOST_BITS = 128, IS_PAIR_OF_FLOATS_A_DOUBLE = 0 };
#endif

/* As which type C passes values of this one. */
static LLVMTypeRef passed_type(const module_emitter *m, LLVMTypeRef type) {
  bool is_pair =
      LLVMGetTypeKind(type) == LLVMVectorTypeKind && LLVMGetVectorSize(type) == 2 && LLVMGetElementType(type) == m->f32;
  return IS_PAIR_OF_FLOATS_A_DOUBLE && is_pair ? m->f64 : type;
}

static LLVMValueRef passed_as(const module_emitter *m, LLVMValueRef value, LLVMTypeRef type) {
  return LLVMTypeOf(value) == type ? value : LLVMBuildBitCast(m->body, value, type, "");
}

static LLVMValueRef call_piece(kernel *k, const ir_op *op, const char *base, uint32_t width, const arguments *a) {
  module_emitter *m = k->m;
  LLVMTypeRef lane = op->is_single ? m->f32 : m->f64;
  LLVMTypeRef result = width == 1 ? lane : LLVMVectorType(lane, width);
  arguments passed = {.count = 0};
  for (uint32_t i = 0; i < a->count; i++)
    add_argument(&passed, passed_as(m, a->values[i], passed_type(m, a->types[i])));
  LLVMTypeRef type = LLVMFunctionType(passed_type(m, result), passed.types, passed.count, 0);
  const char *name = arena_printf(m->arena, "%s_%u", base, width);
  LLVMValueRef fn = LLVMGetNamedFunction(m->module, name);
  if (fn == NULL)
    fn = LLVMAddFunction(m->module, name, type);
  LLVMValueRef call = LLVMBuildCall2(m->body, type, fn, passed.values, passed.count, "");
  LLVMAddCallSiteAttribute(call, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, m->nounwind);
  if (stays_a_call(k, op))
    LLVMAddCallSiteAttribute(call, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, m->noinline);
  return passed_as(m, call, result);
}

/* Lanes [first, first + count) of two vectors side by side. */
static LLVMValueRef some_lanes(const module_emitter *m, LLVMValueRef x, LLVMValueRef more, uint32_t first,
                               uint32_t count) {
  LLVMValueRef lanes[EMIT_MAX_WIDTH];
  for (uint32_t i = 0; i < count; i++)
    lanes[i] = LLVMConstInt(m->i32, first + i, 0);
  return LLVMBuildShuffleVector(m->body, x, more, LLVMConstVector(lanes, count), "");
}

static arguments some_arguments(const module_emitter *m, const arguments *a, uint32_t first, uint32_t count) {
  arguments some = {.count = 0};
  for (uint32_t i = 0; i < a->count; i++) {
    bool is_vector = LLVMGetTypeKind(a->types[i]) == LLVMVectorTypeKind;
    add_argument(&some,
                 is_vector ? some_lanes(m, a->values[i], LLVMGetPoison(a->types[i]), first, count) : a->values[i]);
  }
  return some;
}

static LLVMValueRef call_maths(kernel *k, const ir_op *op, const char *base, uint32_t width, arguments *a) {
  if (width <= MOST_BITS / (op->is_single ? 32u : 64u))
    return call_piece(k, op, base, width, a);
  uint32_t half = width / 2;
  arguments low = some_arguments(k->m, a, 0, half), high = some_arguments(k->m, a, half, half);
  LLVMValueRef first = call_maths(k, op, base, half, &low);
  return some_lanes(k->m, first, call_maths(k, op, base, half, &high), 0, width);
}

LLVMValueRef emit_math(kernel *k, const ir_op *op) {
  arguments a = {.count = 0};
  uint32_t arity = ir_maths[op->aux].arity;
  for (uint32_t i = 0; i < arity; i++)
    add_argument(&a, emit_argument(k, op, i));
  const char *name = arena_printf(k->m->arena, "nsa_%s%s", ir_maths[op->aux].name, op->is_single ? "_single" : "");
  return call_maths(k, op, name, k->m->width, &a);
}

/* key, a, b, tick, then the distribution's parameters; the seed is mixed into the key. */
LLVMValueRef emit_random(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  arguments a = {.count = 0};
  LLVMValueRef key = LLVMConstInt(m->i64, op->key, 0);
  add_argument(&a, LLVMBuildXor(m->entry, emit_seed(k), key, "key"));
  add_argument(&a, emit_argument(k, op, 0));
  add_argument(&a, emit_argument(k, op, 1));
  add_argument(&a, emit_tick(k, op->aux));
  uint32_t count = ir_ops[op->op].arg_count;
  for (uint32_t i = 2; i < count; i++)
    add_argument(&a, emit_argument(k, op, i));
  const char *name = arena_printf(m->arena, "nsa_%s", ir_ops[op->op].name);
  return call_maths(k, op, name, m->width, &a);
}

/* ---- linking ---- */

/* Whether the module calls maths of `width` lanes. */
static bool calls_maths(const module_emitter *m, uint32_t width) {
  char ending[16];
  size_t len, end = (size_t)snprintf(ending, sizeof ending, "_%u", width);
  for (LLVMValueRef f = LLVMGetFirstFunction(m->module); f != NULL; f = LLVMGetNextFunction(f))
    if (LLVMIsDeclaration(f) && LLVMGetIntrinsicID(f) == 0) {
      const char *name = LLVMGetValueName2(f, &len);
      if (len > end && strcmp(name + len - end, ending) == 0)
        return true;
    }
  return false;
}

/* Of a module that was read lazily, linking takes linkonce functions only when they are called, and reads
 * no others. */
static void make_optional(LLVMModuleRef maths) {
  for (LLVMValueRef f = LLVMGetFirstFunction(maths); f != NULL; f = LLVMGetNextFunction(f))
    if (!LLVMIsDeclaration(f))
      LLVMSetLinkage(f, LLVMLinkOnceODRLinkage);
}

/* The bitcode was compiled for some processor with vectors of its width; here the kernels' own counts. */
static void adopt(module_emitter *m, LLVMValueRef f) {
  static const char *const theirs[] = {"target-cpu",    "target-features",        "tune-cpu",
                                       "frame-pointer", "min-legal-vector-width", "stack-protector-buffer-size"};
  LLVMAttributeIndex whole = (LLVMAttributeIndex)LLVMAttributeFunctionIndex;
  for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++)
    LLVMRemoveStringAttributeAtIndex(f, whole, theirs[i], (unsigned)strlen(theirs[i]));
  unsigned unwind = LLVMGetEnumAttributeKindForName("uwtable", strlen("uwtable"));
  LLVMRemoveEnumAttributeAtIndex(f, whole, unwind);
  emit_function_attributes(m, f);
  LLVMAddAttributeAtIndex(f, whole, m->alwaysinline);
  LLVMSetLinkage(f, LLVMInternalLinkage);
  LLVMSetVisibility(f, LLVMDefaultVisibility);
}

/* Every call must agree with the definition's type: pointers are opaque, so nobody else looks. */
static void check_calls(LLVMValueRef f) {
  for (LLVMUseRef u = LLVMGetFirstUse(f); u != NULL; u = LLVMGetNextUse(u)) {
    LLVMValueRef user = LLVMGetUser(u);
    if (LLVMIsACallInst(user) && LLVMGetCalledFunctionType(user) != LLVMGlobalGetValueType(f)) {
      size_t len;
      emit_bug("the maths' bitcode has another signature than kernels expect", LLVMGetValueName2(f, &len));
    }
  }
}

static void link_bitcode(module_emitter *m, const nsa_bitcode *bitcode) {
  LLVMMemoryBufferRef buffer =
      LLVMCreateMemoryBufferWithMemoryRange((const char *)bitcode->data, bitcode->len, "kernel_math", 0);
  LLVMModuleRef maths;
  if (LLVMGetBitcodeModuleInContext2(m->context, buffer, &maths)) /* owns the buffer now */
    emit_bug("the maths' bitcode cannot be read", "kernel_math");
  make_optional(maths);
  if (LLVMLinkModules2(m->module, maths)) /* consumes maths */
    emit_bug("the maths' bitcode cannot be linked", "kernel_math");
}

static bool has_bitcode(uint32_t width) {
  for (uint32_t i = 0; i < nsa_math_bitcode_count; i++)
    if (nsa_math_bitcode[i].width == width)
      return true;
  return false;
}

const char *emit_link_maths(module_emitter *m) {
  if (!has_bitcode(m->options->width))
    return arena_printf(m->arena, "this nsa was built without the maths for vectors of %u lanes", m->options->width);
  for (uint32_t i = 0; i < nsa_math_bitcode_count; i++)
    if (calls_maths(m, nsa_math_bitcode[i].width))
      link_bitcode(m, &nsa_math_bitcode[i]);
  for (LLVMValueRef f = LLVMGetFirstFunction(m->module); f != NULL; f = LLVMGetNextFunction(f)) {
    if (LLVMIsDeclaration(f) || LLVMGetLinkage(f) != LLVMLinkOnceODRLinkage)
      continue; /* ours */
    adopt(m, f);
    check_calls(f);
  }
  return NULL;
}
