/* SPDX-License-Identifier: MIT */
/* lanes.c - types and values of `width` lanes; width 1 is plain scalars. */
#include "emit/emit_internal.h"

LLVMTypeRef emit_lanes_of(const module_emitter *m, LLVMTypeRef scalar) {
  return m->width == 1 ? scalar : LLVMVectorType(scalar, m->width);
}

unsigned emit_alignment(const module_emitter *m, unsigned size) { return size * m->width < 64 ? size * m->width : 64; }

LLVMValueRef emit_set_lane(module_emitter *m, LLVMValueRef vector, LLVMValueRef x, uint32_t lane) {
  if (m->width == 1)
    return x;
  if (vector == NULL)
    vector = LLVMGetPoison(LLVMVectorType(LLVMTypeOf(x), m->width));
  return LLVMBuildInsertElement(m->body, vector, x, LLVMConstInt(m->i32, lane, 0), "");
}

LLVMValueRef emit_lane(module_emitter *m, LLVMValueRef vector, uint32_t lane) {
  if (m->width == 1)
    return vector;
  return LLVMBuildExtractElement(m->body, vector, LLVMConstInt(m->i32, lane, 0), "");
}

LLVMValueRef emit_splat(module_emitter *m, LLVMBuilderRef b, LLVMValueRef scalar) {
  if (m->width == 1)
    return scalar;
  LLVMTypeRef type = LLVMVectorType(LLVMTypeOf(scalar), m->width);
  LLVMValueRef one = LLVMBuildInsertElement(b, LLVMGetPoison(type), scalar, LLVMConstInt(m->i32, 0, 0), "");
  LLVMValueRef zeros = LLVMConstNull(LLVMVectorType(m->i32, m->width));
  return LLVMBuildShuffleVector(b, one, LLVMGetPoison(type), zeros, "");
}

static LLVMValueRef constant_splat(const module_emitter *m, LLVMValueRef scalar) {
  if (m->width == 1)
    return scalar;
  LLVMValueRef lanes[EMIT_MAX_WIDTH];
  for (uint32_t lane = 0; lane < m->width; lane++)
    lanes[lane] = scalar;
  return LLVMConstVector(lanes, m->width);
}

LLVMValueRef emit_splat_number(module_emitter *m, LLVMTypeRef type, double x) {
  if (type == m->vf32)
    return constant_splat(m, LLVMConstReal(m->f32, (double)(float)x));
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  /* By its bits: LLVMConstReal would lose a NaN's. */
  return constant_splat(m, LLVMConstBitCast(LLVMConstInt(m->i64, bits, 0), m->f64));
}

LLVMValueRef emit_converted(module_emitter *m, LLVMValueRef x, LLVMTypeRef type) {
  LLVMTypeRef have = LLVMTypeOf(x);
  if (have == m->vf64 && type == m->vf32)
    return LLVMBuildFPTrunc(m->body, x, type, "");
  return have == m->vf32 && type == m->vf64 ? LLVMBuildFPExt(m->body, x, type, "") : x;
}

LLVMValueRef emit_splat_i32(module_emitter *m, uint32_t x) { return constant_splat(m, LLVMConstInt(m->i32, x, 0)); }

LLVMValueRef emit_any(module_emitter *m, LLVMValueRef truth) {
  if (m->width == 1)
    return truth;
  LLVMTypeRef mask = LLVMIntTypeInContext(m->context, m->width);
  LLVMValueRef bits = LLVMBuildBitCast(m->body, truth, mask, "");
  return LLVMBuildICmp(m->body, LLVMIntNE, bits, LLVMConstNull(mask), "any");
}

LLVMValueRef emit_intrinsic(module_emitter *m, const char *name, LLVMValueRef *args, unsigned count) {
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  if (id == 0)
    emit_bug("no such intrinsic", name);
  LLVMTypeRef overload = LLVMTypeOf(args[0]);
  LLVMValueRef fn = LLVMGetIntrinsicDeclaration(m->module, id, &overload, 1);
  LLVMTypeRef type = LLVMIntrinsicGetType(m->context, id, &overload, 1);
  return LLVMBuildCall2(m->body, type, fn, args, count, "");
}
