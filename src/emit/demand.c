/* SPDX-License-Identifier: MIT */
/* demand.c - what operations ask for: arguments, arrays, the clock, numbers of elements, buffers. What is the same for
 * all elements is made before the loop, at the first call. */
#include "emit/emit_internal.h"

LLVMValueRef emit_argument(kernel *k, const ir_op *op, uint32_t n) {
  return emit_converted(k->m, k->values[op->args[n]], op->is_single ? k->m->vf32 : k->m->vf64);
}

LLVMValueRef emit_array(kernel *k, nsa_field_id field) {
  module_emitter *m = k->m;
  kernel_slot *slot = &k->slots[k->slot_of[field.id]];
  if (slot->array == NULL) {
    LLVMValueRef number = LLVMConstInt(m->i64, k->slot_of[field.id], 0);
    LLVMValueRef place = LLVMBuildInBoundsGEP2(m->entry, m->ptr, k->fields, &number, 1, "");
    slot->array = LLVMBuildLoad2(m->entry, m->ptr, place, m->program->program->fields[field.id].name);
  }
  return slot->array;
}

static LLVMValueRef clock_member(kernel *k, LLVMTypeRef type, size_t offset) {
  LLVMValueRef at = LLVMConstInt(k->m->i64, offset, 0);
  LLVMValueRef place = LLVMBuildInBoundsGEP2(k->m->entry, k->m->i8, k->clock, &at, 1, "");
  return LLVMBuildLoad2(k->m->entry, type, place, "");
}

LLVMValueRef emit_tick(kernel *k, uint32_t timescale) {
  LLVMValueRef *tick = &k->ticks[timescale];
  if (*tick == NULL)
    *tick = clock_member(k, k->m->f64, offsetof(nsa_clock, tick) + 8 * (size_t)timescale);
  return *tick;
}

LLVMValueRef emit_time(kernel *k, uint32_t timescale) {
  LLVMValueRef *time = &k->times[timescale];
  if (*time == NULL)
    *time = clock_member(k, k->m->f64, offsetof(nsa_clock, time) + 8 * (size_t)timescale);
  return *time;
}

LLVMValueRef emit_seed(kernel *k) {
  if (k->seed == NULL)
    k->seed = clock_member(k, k->m->i64, offsetof(nsa_clock, seed));
  return k->seed;
}

LLVMValueRef emit_first(kernel *k, uint32_t domain) {
  module_emitter *m = k->m;
  if (k->firsts == NULL)
    k->firsts = clock_member(k, m->ptr, offsetof(nsa_clock, first));
  LLVMValueRef number = LLVMConstInt(m->i64, domain, 0);
  LLVMValueRef place = LLVMBuildInBoundsGEP2(m->entry, m->f64, k->firsts, &number, 1, "");
  return LLVMBuildLoad2(m->entry, m->f64, place, "");
}

LLVMValueRef emit_elements(kernel *k) {
  module_emitter *m = k->m;
  if (k->elements != NULL)
    return k->elements;
  LLVMValueRef own = LLVMBuildSIToFP(m->head, k->first, m->f64, "");
  own = LLVMBuildFAdd(m->head, own, emit_first(k, k->function->domain), "");
  LLVMValueRef first = emit_splat(m, m->head, own);
  LLVMValueRef lanes[EMIT_MAX_WIDTH];
  for (uint32_t lane = 0; lane < m->width; lane++)
    lanes[lane] = LLVMConstReal(m->f64, lane);
  LLVMValueRef offsets = m->width == 1 ? lanes[0] : LLVMConstVector(lanes, m->width);
  k->elements = LLVMBuildFAdd(m->head, first, offsets, "elements");
  return k->elements;
}

LLVMValueRef emit_numbers(kernel *k) {
  module_emitter *m = k->m;
  if (k->numbers != NULL)
    return k->numbers;
  LLVMValueRef first = emit_splat(m, m->head, LLVMBuildTrunc(m->head, k->first, m->i32, ""));
  LLVMValueRef lanes[EMIT_MAX_WIDTH];
  for (uint32_t lane = 0; lane < m->width; lane++)
    lanes[lane] = LLVMConstInt(m->i32, lane, 0);
  LLVMValueRef offsets = m->width == 1 ? lanes[0] : LLVMConstVector(lanes, m->width);
  k->numbers = LLVMBuildAdd(m->head, first, offsets, "numbers");
  return k->numbers;
}

LLVMValueRef emit_stack(kernel *k, LLVMTypeRef type, uint32_t count, const char *name) {
  LLVMValueRef number = LLVMConstInt(k->m->i32, count, 0);
  LLVMValueRef buffer =
      count == 1 ? LLVMBuildAlloca(k->m->entry, type, name) : LLVMBuildArrayAlloca(k->m->entry, type, number, name);
  LLVMSetAlignment(buffer, 64);
  return buffer;
}
