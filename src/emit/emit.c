/* SPDX-License-Identifier: MIT */
/* emit.c - the module: types, attributes, one kernel after the other, their table. */
#include "emit/emit_internal.h"

static LLVMAttributeRef word_attribute(const module_emitter *m, const char *key, const char *value) {
  return LLVMCreateStringAttribute(m->context, key, (unsigned)strlen(key), value, (unsigned)strlen(value));
}

static LLVMAttributeRef plain_attribute(const module_emitter *m, const char *name) {
  return LLVMCreateEnumAttribute(m->context, LLVMGetEnumAttributeKindForName(name, strlen(name)), 0);
}

static void make_types(module_emitter *m) {
  LLVMContextRef c = m->context;
  m->i1 = LLVMInt1TypeInContext(c);
  m->i8 = LLVMInt8TypeInContext(c);
  m->i32 = LLVMInt32TypeInContext(c);
  m->i64 = LLVMInt64TypeInContext(c);
  m->f32 = LLVMFloatTypeInContext(c);
  m->f64 = LLVMDoubleTypeInContext(c);
  m->ptr = LLVMPointerTypeInContext(c, 0);
  m->nothing = LLVMVoidTypeInContext(c);
  LLVMTypeRef args[] = {m->ptr, m->ptr, m->ptr, m->i64, m->i64, m->ptr};
  m->kernel_type = LLVMFunctionType(m->nothing, args, 6, 0);
}

/* Cycles a lane, as in ir_ops.def, from which a step is long: then quotients and exponentials wait for one another, and
 * two vectors side by side fill the time. What is mostly skipped does not count; draws that are not are long to
 * compile. Kernels in pieces have enough that does not wait. */
enum { LONG_STEP = 100 };

static bool is_long_step(const ir_function *f) {
  uint32_t cost = 0, depth = 0;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    depth += op->op == IR_OP_skip_begin;
    depth -= op->op == IR_OP_skip_end;
    if (depth == 0 && ir_ops[op->op].carries == IR_CARRIES_KEY)
      return false;
    cost += depth == 0 ? ir_ops[op->op].cost : 0;
  }
  return f->role == NSA_ROLE_STEP && cost >= LONG_STEP && !emit_is_long(f);
}

/* Lanes of the function's vectors: floats fill a vector of the processor twice as many. */
static uint32_t width_of(const module_emitter *m, const ir_function *f) {
  uint32_t width = m->options->width;
  if (width == 1 || f->role == NSA_ROLE_SETTLE || f->role == NSA_ROLE_ARRIVAL)
    return width; /* at most NSA_LANES */
  width = f->is_single ? 2 * width : width;
  width = m->options->pairs_vectors && is_long_step(f) ? 2 * width : width;
  return width < EMIT_MAX_WIDTH ? width : EMIT_MAX_WIDTH;
}

static void set_width(module_emitter *m, const ir_function *f) {
  m->width = width_of(m, f);
  m->vf32 = emit_lanes_of(m, m->f32);
  m->vf64 = emit_lanes_of(m, m->f64);
  m->vb1 = emit_lanes_of(m, m->i1);
  m->vi8 = emit_lanes_of(m, m->i8);
  m->vi32 = emit_lanes_of(m, m->i32);
  m->vflag = emit_lanes_of(m, f->is_single ? m->i32 : m->i64);
}

static void make_attributes(module_emitter *m) {
  m->cpu = word_attribute(m, "target-cpu", m->options->cpu);
  m->features = word_attribute(m, "target-features", m->options->features);
  m->nounwind = plain_attribute(m, "nounwind");
  m->noinline = plain_attribute(m, "noinline");
  m->alwaysinline = plain_attribute(m, "alwaysinline");
}

static void make_aliasing(module_emitter *m) {
  m->tbaa_kind = LLVMGetMDKindIDInContext(m->context, "tbaa", 4);
  LLVMMetadataRef name = LLVMMDStringInContext2(m->context, "nsa fields", strlen("nsa fields"));
  m->tbaa_root = LLVMMDNodeInContext2(m->context, &name, 1);
  m->tbaa = ARENA_ARRAY(m->arena, LLVMValueRef, m->program->program->fields_count);
}

static void add_constant(module_emitter *m, const char *name, LLVMTypeRef type, LLVMValueRef value) {
  LLVMValueRef global = LLVMAddGlobal(m->module, type, name);
  LLVMSetInitializer(global, value);
  LLVMSetGlobalConstant(global, 1);
}

static LLVMValueRef kernel_symbol(module_emitter *m, uint32_t number) {
  const char *name = arena_printf(m->arena, "nsa_kernel_%u", number);
  LLVMValueRef fn = LLVMGetNamedFunction(m->module, name);
  return fn != NULL ? fn : LLVMAddFunction(m->module, name, m->kernel_type); /* another module's */
}

static void emit_tables(module_emitter *m) {
  uint32_t count = m->program->functions.len;
  LLVMValueRef *kernels = ARENA_ARRAY(m->arena, LLVMValueRef, count);
  for (uint32_t i = 0; i < count; i++)
    kernels[i] = kernel_symbol(m, i);
  add_constant(m, "nsa_kernels", LLVMArrayType2(m->ptr, count), LLVMConstArray2(m->ptr, kernels, count));
  add_constant(m, "nsa_kernel_count", m->i32, LLVMConstInt(m->i32, count, 0));
}

static const char *emit_all(module_emitter *m) {
  make_types(m);
  make_attributes(m);
  make_aliasing(m);
  emit_debug_start(m);
  for (uint32_t i = 0; i < m->program->functions.len; i++)
    if (m->options->members == NULL || m->options->members[i]) {
      set_width(m, m->program->functions.data[i]);
      emit_kernel(m, i);
    }
  emit_debug_finish(m);
  const char *error = emit_link_maths(m);
  if (error == NULL && !m->options->is_without_table)
    emit_tables(m);
  return error;
}

static void validate(const module_emitter *m) {
  char *message = NULL;
  if (LLVMVerifyModule(m->module, LLVMReturnStatusAction, &message))
    emit_bug("LLVM refuses the module", message);
  LLVMDisposeMessage(message);
}

LLVMModuleRef emit_module(arena *a, LLVMContextRef context, const ir_program *program, const emit_options *options,
                          const char **error) {
  module_emitter m = {.arena = arena_new(),
                      .context = context,
                      .module = LLVMModuleCreateWithNameInContext("nsa", context),
                      .program = program,
                      .options = options,
                      .entry = LLVMCreateBuilderInContext(context),
                      .head = LLVMCreateBuilderInContext(context),
                      .body = LLVMCreateBuilderInContext(context)};
  const char *failure = emit_all(&m);
  *error = failure == NULL ? NULL : arena_strdup(a, failure, strlen(failure));
  LLVMDisposeBuilder(m.entry);
  LLVMDisposeBuilder(m.head);
  LLVMDisposeBuilder(m.body);
  arena_free(m.arena);
  if (*error != NULL) {
    LLVMDisposeModule(m.module);
    return NULL;
  }
  validate(&m);
  return m.module;
}
