/* SPDX-License-Identifier: MIT */
/* kernel.c - one kernel: what stands before, around and behind its operations.
 *
 *   entry:  what is the same for all elements; if begin < end goto head, else exit
 *   head:   first = begin, begin + W, ...
 *   ...     the operations; skip_begin and skip_end branch around what no lane needs
 *   latch:  next iteration, or exit
 *   exit:   tells which events fired and whether all was finite */
#include "emit/pieces.h"

bool emit_is_cold(nsa_role role) {
  return role == NSA_ROLE_INIT || role == NSA_ROLE_SETUP || role == NSA_ROLE_CANDIDATE ||
         role == NSA_ROLE_PHASE_BLOCK || role == NSA_ROLE_PROBE;
}

static void note_use(kernel *k, ir_value value, uint32_t at) {
  if (value < at)
    k->last_use[value] = at;
}

static uint32_t argument_count(const ir_op *op) { return ir_ops[op->op].arg_count; }

static void scan_operations(kernel *k) {
  for (uint32_t i = 0; i < k->function->ops.len; i++) {
    const ir_op *op = &k->function->ops.data[i];
    for (uint32_t j = 0; j < argument_count(op); j++)
      note_use(k, op->args[j], i);
    for (uint32_t j = 0; j < op->extra_count; j++)
      note_use(k, k->function->extra.data[op->extra + j], i);
    if (op->op == IR_OP_store || op->op == IR_OP_store_at || op->op == IR_OP_event)
      k->slots[k->slot_of[op->field.id]].is_stored = true;
  }
}

static kernel *new_kernel(module_emitter *m, uint32_t number) {
  const nsa_program *p = m->program->program;
  kernel *k = ARENA_NEW(m->arena, kernel);
  k->m = m;
  k->function = m->program->functions.data[number];
  k->description = &p->kernels[number];
  k->is_cold = emit_is_cold((nsa_role)k->function->role);
  k->is_single = p->domains[k->function->domain].kind == NSA_DOMAIN_RUN;
  k->is_long = emit_is_long(k->function);
  uint32_t count = k->function->ops.len;
  k->values = ARENA_ARRAY(m->arena, LLVMValueRef, count);
  k->last_use = ARENA_ARRAY(m->arena, uint32_t, count);
  k->variables = ARENA_ARRAY(m->arena, LLVMValueRef *, count);
  k->slots = ARENA_ARRAY(m->arena, kernel_slot, k->description->slots_count);
  k->slot_of = ARENA_ARRAY(m->arena, uint32_t, p->fields_count);
  for (uint32_t i = 0; i < k->description->slots_count; i++)
    k->slot_of[k->description->slots[i].id] = i;
  scan_operations(k);
  return k;
}

static void declare(kernel *k, uint32_t number) {
  module_emitter *m = k->m;
  const char *name = arena_printf(m->arena, "nsa_kernel_%u", number);
  k->fn = LLVMAddFunction(m->module, name, m->kernel_type);
  emit_function_attributes(m, k->fn);
  k->fields = LLVMGetParam(k->fn, 1);
  k->clock = LLVMGetParam(k->fn, 2);
  k->out = LLVMGetParam(k->fn, 5);
  static const char *const names[] = {"self", "fields", "clock", "begin", "end", "out"};
  for (unsigned i = 0; i < 6; i++)
    LLVMSetValueName2(LLVMGetParam(k->fn, i), names[i], strlen(names[i]));
}

void emit_operation(kernel *k, uint32_t number) {
  const ir_op *op = &k->function->ops.data[number];
  emit_op_fn *emit = emit_op_table[op->op];
  if (emit == NULL)
    emit_bug("an operation that has no machine code", ir_ops[op->op].word);
  emit_debug_place(k, k->m->body, op->at);
  k->values[number] = emit(k, op);
}

static void emit_operations(kernel *k) {
  if (k->is_long)
    emit_pieces(k);
  for (uint32_t i = 0; i < k->function->ops.len && !k->is_long; i++)
    emit_operation(k, i);
}

static LLVMBasicBlockRef new_block(kernel *k, const char *name) {
  return LLVMAppendBasicBlockInContext(k->m->context, k->fn, name);
}

static void emit_loop(kernel *k) {
  module_emitter *m = k->m;
  LLVMValueRef begin = LLVMGetParam(k->fn, 3), end = LLVMGetParam(k->fn, 4);
  k->entry_block = new_block(k, "entry");
  k->head_block = new_block(k, "head");
  LLVMBasicBlockRef body = new_block(k, "body");
  LLVMPositionBuilderAtEnd(m->entry, k->entry_block);
  LLVMPositionBuilderAtEnd(m->head, k->head_block);
  LLVMPositionBuilderAtEnd(m->body, body);
  k->first = LLVMBuildPhi(m->head, m->i64, "first");
  emit_operations(k);
  emit_checks_of_iteration(k);

  LLVMBasicBlockRef exit = new_block(k, "exit");
  LLVMValueRef step = LLVMConstInt(m->i64, m->width, 0);
  LLVMValueRef next = LLVMBuildAdd(m->body, k->first, step, "next");
  LLVMBasicBlockRef latch = LLVMGetInsertBlock(m->body);
  if (k->is_single) /* one entry: no second iteration */
    LLVMBuildBr(m->body, exit);
  else
    LLVMBuildCondBr(m->body, LLVMBuildICmp(m->body, LLVMIntULT, next, end, ""), k->head_block, exit);
  LLVMBuildBr(m->head, body);
  LLVMBuildCondBr(m->entry, LLVMBuildICmp(m->entry, LLVMIntULT, begin, end, ""), k->head_block, exit);
  LLVMValueRef from[2] = {begin, next};
  LLVMBasicBlockRef blocks[2] = {k->entry_block, latch};
  LLVMAddIncoming(k->first, from, blocks, k->is_single ? 1 : 2);
  LLVMPositionBuilderAtEnd(m->body, exit);
}

void emit_kernel(module_emitter *m, uint32_t number) {
  kernel *k = new_kernel(m, number);
  declare(k, number);
  emit_debug_function(k);
  emit_loop(k);
  emit_report(k);
  LLVMBuildRetVoid(m->body);
}
