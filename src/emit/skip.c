/* SPDX-License-Identifier: MIT */
/* skip.c - skip regions: branches around what no lane needs. */
#include "emit/emit_internal.h"

static LLVMBasicBlockRef new_block(kernel *k, const char *name) {
  return LLVMAppendBasicBlockInContext(k->m->context, k->fn, name);
}

LLVMValueRef emit_skip_begin(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  if (k->skip_depth == sizeof k->skips / sizeof k->skips[0])
    emit_bug("skips nested too deep", k->function->name);
  struct skip *skip = &k->skips[k->skip_depth++];
  skip->begin = (uint32_t)(op - k->function->ops.data);
  skip->from = LLVMGetInsertBlock(m->body);
  skip->join = new_block(k, "skipped");
  LLVMBasicBlockRef needed = new_block(k, "needed");
  LLVMBuildCondBr(m->body, emit_any(m, k->values[op->args[0]]), needed, skip->join);
  LLVMPositionBuilderAtEnd(m->body, needed);
  return NULL;
}

/* Whether the value is made in the skip region alone: the way around it has none then. */
static bool is_conditional(const kernel *k, LLVMValueRef value) {
  if (value == NULL || !LLVMIsAInstruction(value))
    return false;
  LLVMBasicBlockRef block = LLVMGetInstructionParent(value);
  return block != k->entry_block && block != k->head_block;
}

/* A value that is read behind the region gets a defined stand-in for the way around. Only selects on the region's own
 * condition read it, so any stand-in will do. */
LLVMValueRef emit_skip_end(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  uint32_t end = (uint32_t)(op - k->function->ops.data);
  struct skip *skip = &k->skips[--k->skip_depth];
  LLVMBasicBlockRef from[2] = {LLVMGetInsertBlock(m->body), skip->from};
  LLVMBuildBr(m->body, skip->join);
  LLVMPositionBuilderAtEnd(m->body, skip->join);
  for (uint32_t i = skip->begin; i < end; i++) {
    LLVMValueRef value = k->values[i];
    if (k->last_use[i] <= end || !is_conditional(k, value))
      continue;
    LLVMTypeRef type = LLVMTypeOf(value);
    LLVMValueRef incoming[2] = {value, LLVMGetPoison(type)};
    k->values[i] = LLVMBuildPhi(m->body, type, "");
    LLVMAddIncoming(k->values[i], incoming, from, 2);
  }
  return NULL;
}
