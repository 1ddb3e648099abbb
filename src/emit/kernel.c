/* SPDX-License-Identifier: MIT */
/* kernel.c - one kernel: what stands before, around and behind its operations.
 *
 *   entry:  what is the same for all elements; if begin < end goto head, else exit
 *   head:   first = begin, begin + W, ...
 *   ...     the operations; skip_begin and skip_end branch around what no lane needs
 *   latch:  next iteration, or exit
 *   exit:   tells which events fired and whether all was finite */
#include "emit/emit_internal.h"

bool emit_is_cold(nsa_role role) {
  return role == NSA_ROLE_INIT || role == NSA_ROLE_SETUP || role == NSA_ROLE_CANDIDATE ||
         role == NSA_ROLE_PHASE_BLOCK || role == NSA_ROLE_PROBE;
}

/* ---- on demand ---- */

LLVMValueRef emit_array(kernel *k, uint32_t field) {
  module_emitter *m = k->m;
  kernel_slot *slot = &k->slots[k->slot_of[field]];
  if (slot->array == NULL) {
    LLVMValueRef number = LLVMConstInt(m->i64, k->slot_of[field], 0);
    LLVMValueRef place = LLVMBuildInBoundsGEP2(m->entry, m->ptr, k->fields, &number, 1, "");
    slot->array = LLVMBuildLoad2(m->entry, m->ptr, place, m->program->program->fields[field].name);
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

/* ---- effects that are gathered ---- */

/* Within an iteration 0*x is added up in finite_here: 0, or NaN for ever once an x was NaN or infinite. The
 * sum over iterations is kept apart, so that the loop waits for one addition an iteration. */
LLVMValueRef emit_check(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  LLVMValueRef *all = &k->finite[op->is_single].all, *here = &k->finite[op->is_single].here;
  LLVMTypeRef type = op->is_single ? m->vf32 : m->vf64;
  LLVMValueRef zero = LLVMConstNull(type);
  if (*all == NULL) {
    *all = emit_stack(k, type, 1, "finite");
    *here = emit_stack(k, type, 1, "finite_here");
    LLVMBuildStore(m->entry, zero, *all);
    LLVMBuildStore(m->head, zero, *here);
  }
  LLVMValueRef before = LLVMBuildLoad2(m->body, type, *here, "");
  LLVMValueRef args[3] = {emit_argument(k, op, 0), zero, before};
  LLVMBuildStore(m->body, emit_intrinsic(m, "llvm.fmuladd", args, 3), *here);
  return NULL;
}

static void or_into_out(kernel *k, size_t offset, LLVMValueRef bits) {
  LLVMBuilderRef b = k->m->body;
  LLVMValueRef at = LLVMConstInt(k->m->i64, offset, 0);
  LLVMValueRef place = LLVMBuildInBoundsGEP2(b, k->m->i8, k->out, &at, 1, "");
  LLVMValueRef before = LLVMBuildLoad2(b, k->m->i32, place, "");
  LLVMBuildStore(b, LLVMBuildOr(b, before, bits, ""), place);
}

static void report_events(kernel *k) {
  module_emitter *m = k->m;
  LLVMValueRef all = NULL;
  for (uint32_t event = 0; event < NSA_MAX_EVENTS; event++) {
    if (k->events[event] == NULL)
      continue;
    LLVMValueRef seen = LLVMBuildLoad2(m->body, m->vflag, k->events[event], "");
    LLVMValueRef lanes = LLVMBuildICmp(m->body, LLVMIntNE, seen, LLVMConstNull(m->vflag), "");
    LLVMValueRef bit = LLVMBuildZExt(m->body, emit_any(m, lanes), m->i32, "");
    bit = LLVMBuildShl(m->body, bit, LLVMConstInt(m->i32, event, 0), "");
    all = all == NULL ? bit : LLVMBuildOr(m->body, all, bit, "");
  }
  if (all != NULL)
    or_into_out(k, offsetof(nsa_range_out, events), all);
}

static void report_nonfinite(kernel *k) {
  module_emitter *m = k->m;
  for (int i = 0; i < 2; i++) {
    if (k->finite[i].all == NULL)
      continue;
    LLVMValueRef sum = LLVMBuildLoad2(m->body, i ? m->vf32 : m->vf64, k->finite[i].all, "");
    LLVMValueRef lanes = LLVMBuildFCmp(m->body, LLVMRealUNO, sum, sum, "");
    LLVMValueRef bit = LLVMBuildZExt(m->body, emit_any(m, lanes), m->i32, "");
    or_into_out(k, offsetof(nsa_range_out, nonfinite), bit);
  }
}

static void add_up_checks(kernel *k) {
  module_emitter *m = k->m;
  for (int i = 0; i < 2; i++) {
    if (k->finite[i].all == NULL)
      continue;
    LLVMTypeRef type = i ? m->vf32 : m->vf64;
    LLVMValueRef before = LLVMBuildLoad2(m->body, type, k->finite[i].all, "");
    LLVMValueRef here = LLVMBuildLoad2(m->body, type, k->finite[i].here, "");
    LLVMBuildStore(m->body, LLVMBuildFAdd(m->body, before, here, ""), k->finite[i].all);
  }
}

/* ---- skipping ---- */

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

/* ---- the whole ---- */

static void note_use(kernel *k, ir_value value, uint32_t at) {
  if (value < at)
    k->last_use[value] = at;
}

static uint32_t argument_count(const ir_op *op) { return (uint32_t)strlen(ir_ops[op->op].args); }

static void scan_operations(kernel *k) {
  for (uint32_t i = 0; i < k->function->ops.len; i++) {
    const ir_op *op = &k->function->ops.data[i];
    for (uint32_t j = 0; j < argument_count(op); j++)
      note_use(k, op->args[j], i);
    for (uint32_t j = 0; j < op->extra_count; j++)
      note_use(k, k->function->extra.data[op->extra + j], i);
    if (op->op == IR_OP_store || op->op == IR_OP_store_at || op->op == IR_OP_event)
      k->slots[k->slot_of[op->field]].is_stored = true;
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
  uint32_t count = k->function->ops.len;
  k->values = ARENA_ARRAY(m->arena, LLVMValueRef, count);
  k->last_use = ARENA_ARRAY(m->arena, uint32_t, count);
  k->variables = ARENA_ARRAY(m->arena, LLVMValueRef *, count);
  k->slots = ARENA_ARRAY(m->arena, kernel_slot, k->description->slots_count);
  k->slot_of = ARENA_ARRAY(m->arena, uint32_t, p->fields_count);
  for (uint32_t i = 0; i < k->description->slots_count; i++)
    k->slot_of[k->description->slots[i]] = i;
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

static void emit_operations(kernel *k) {
  const ir_op *ops = k->function->ops.data;
  for (uint32_t i = 0; i < k->function->ops.len; i++) {
    emit_op_fn *emit = emit_op_table[ops[i].op];
    if (emit == NULL)
      emit_bug("an operation that has no machine code", ir_ops[ops[i].op].word);
    emit_debug_place(k, k->m->body, ops[i].at);
    k->values[i] = emit(k, &ops[i]);
  }
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
  add_up_checks(k);

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
  report_events(k);
  report_nonfinite(k);
  LLVMBuildRetVoid(m->body);
}
