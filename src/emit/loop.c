/* SPDX-License-Identifier: MIT */
/* loop.c - loops: what stands in one is computed anew until no lane asks for another round. A loop is one basic block,
 * or several where it has skip regions, with a phi for each variable. */
#include "emit/emit_internal.h"

/* Variables are doubles: what a field keeps as a float is converted. */
static LLVMValueRef variable_before(kernel *k, const ir_op *op, uint32_t i) {
  return emit_converted(k->m, k->values[k->function->extra.data[op->extra + i]], k->m->vf64);
}

LLVMValueRef emit_loop_begin(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  LLVMBasicBlockRef from = LLVMGetInsertBlock(m->body);
  LLVMBasicBlockRef round = LLVMAppendBasicBlockInContext(m->context, k->fn, "round");
  LLVMValueRef *before = ARENA_ARRAY(m->arena, LLVMValueRef, op->aux),
               *phis = ARENA_ARRAY(m->arena, LLVMValueRef, op->aux);
  for (uint32_t i = 0; i < op->aux; i++)
    before[i] = variable_before(k, op, i);
  LLVMBuildBr(m->body, round);
  LLVMPositionBuilderAtEnd(m->body, round);
  for (uint32_t i = 0; i < op->aux; i++) {
    phis[i] = LLVMBuildPhi(m->body, m->vf64, "");
    LLVMAddIncoming(phis[i], &before[i], &from, 1);
  }
  k->variables[op - k->function->ops.data] = phis;
  return NULL;
}

LLVMValueRef emit_loop_end(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  LLVMValueRef *phis = k->variables[op->args[0]];
  LLVMValueRef *next = ARENA_ARRAY(m->arena, LLVMValueRef, op->aux);
  LLVMBasicBlockRef latch, round = LLVMGetInstructionParent(phis[0]);
  LLVMBasicBlockRef behind = LLVMAppendBasicBlockInContext(m->context, k->fn, "rounds_done");
  for (uint32_t i = 0; i < op->aux; i++)
    next[i] = variable_before(k, op, i);
  LLVMBuildCondBr(m->body, emit_any(m, k->values[op->args[1]]), round, behind);
  latch = LLVMGetInsertBlock(m->body);
  for (uint32_t i = 0; i < op->aux; i++)
    LLVMAddIncoming(phis[i], &next[i], &latch, 1);
  LLVMPositionBuilderAtEnd(m->body, behind);
  k->variables[op - k->function->ops.data] = next;
  return NULL;
}
