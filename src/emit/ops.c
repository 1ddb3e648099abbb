/* SPDX-License-Identifier: MIT */
/* ops.c - the table of operations, and those that are a few instructions on registers. */
#include "emit/emit_internal.h"

static LLVMTypeRef type_of(const kernel *k, const ir_op *op) { return op->is_single ? k->m->vf32 : k->m->vf64; }

static LLVMValueRef arg(kernel *k, const ir_op *op, uint32_t n) { return emit_argument(k, op, n); }

/* ---- constants and where we are ---- */

static LLVMValueRef op_const(kernel *k, const ir_op *op) { return emit_splat_number(k->m, k->m->vf64, op->number); }

static LLVMValueRef op_bool(kernel *k, const ir_op *op) {
  return op->number != 0 ? LLVMConstAllOnes(k->m->vb1) : LLVMConstNull(k->m->vb1);
}

static LLVMValueRef op_element(kernel *k, const ir_op *op) {
  (void)op;
  return emit_elements(k);
}

static LLVMValueRef op_tick(kernel *k, const ir_op *op) { return emit_splat(k->m, k->m->entry, emit_tick(k, op->aux)); }

static LLVMValueRef op_time(kernel *k, const ir_op *op) { return emit_splat(k->m, k->m->entry, emit_time(k, op->aux)); }

static LLVMValueRef op_index_number(kernel *k, const ir_op *op) {
  LLVMValueRef entry = LLVMBuildUIToFP(k->m->body, arg(k, op, 0), k->m->vf64, "");
  return LLVMBuildFAdd(k->m->body, entry, emit_splat(k->m, k->m->entry, emit_first(k, op->aux)), "");
}

static LLVMValueRef clamped(kernel *k, LLVMRealPredicate is_inside, LLVMValueRef x, double bound) {
  LLVMValueRef limit = emit_splat_number(k->m, k->m->vf64, bound);
  LLVMValueRef inside = LLVMBuildFCmp(k->m->body, is_inside, x, limit, "");
  return LLVMBuildSelect(k->m->body, inside, x, limit, "");
}

static LLVMValueRef op_entry(kernel *k, const ir_op *op) {
  LLVMValueRef x = clamped(k, LLVMRealOGT, arg(k, op, 0), 0);
  x = clamped(k, LLVMRealOLT, x, (double)op->aux - 1);
  return LLVMBuildFPToSI(k->m->body, x, k->m->vi32, "");
}

/* ---- arithmetic ---- */

static LLVMValueRef op_arithmetic(kernel *k, const ir_op *op) {
  static const LLVMOpcode instruction[IR_OP_COUNT] = {
      [IR_OP_add] = LLVMFAdd, [IR_OP_sub] = LLVMFSub, [IR_OP_mul] = LLVMFMul, [IR_OP_div] = LLVMFDiv};
  return LLVMBuildBinOp(k->m->body, instruction[op->op], arg(k, op, 0), arg(k, op, 1), "");
}

static LLVMValueRef op_neg(kernel *k, const ir_op *op) { return LLVMBuildFNeg(k->m->body, arg(k, op, 0), ""); }

static LLVMValueRef op_intrinsic(kernel *k, const ir_op *op) {
  static const char *const names[IR_OP_COUNT] = {
      [IR_OP_fma] = "llvm.fma",     [IR_OP_abs] = "llvm.fabs",  [IR_OP_sqrt] = "llvm.sqrt",
      [IR_OP_floor] = "llvm.floor", [IR_OP_ceil] = "llvm.ceil",
  };
  LLVMValueRef args[3];
  unsigned count = ir_ops[op->op].arg_count;
  for (unsigned i = 0; i < count; i++)
    args[i] = arg(k, op, i);
  return emit_intrinsic(k->m, names[op->op], args, count);
}

/* a < b ? a : b, which is what minsd does: with a NaN the second. */
static LLVMValueRef op_min_max(kernel *k, const ir_op *op) {
  LLVMRealPredicate predicate = op->op == IR_OP_min ? LLVMRealOLT : LLVMRealOGT;
  LLVMValueRef a = arg(k, op, 0), b = arg(k, op, 1);
  LLVMValueRef first = LLVMBuildFCmp(k->m->body, predicate, a, b, "");
  return LLVMBuildSelect(k->m->body, first, a, b, "");
}

static LLVMValueRef number(const kernel *k, const ir_op *op, double x) {
  return emit_splat_number(k->m, type_of(k, op), x);
}

/* As nsa_round_<W> does: floor(|x|), plus 1 where at least a half is left, with the sign of x. */
static LLVMValueRef op_round(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  LLVMValueRef x = arg(k, op, 0);
  LLVMValueRef size = emit_intrinsic(m, "llvm.fabs", &x, 1);
  LLVMValueRef whole = emit_intrinsic(m, "llvm.floor", &size, 1);
  LLVMValueRef rest = LLVMBuildFSub(m->body, size, whole, "");
  LLVMValueRef half = LLVMBuildFCmp(m->body, LLVMRealOGE, rest, number(k, op, 0.5), "");
  LLVMValueRef more = LLVMBuildSelect(m->body, half, number(k, op, 1.0), number(k, op, 0.0), "");
  LLVMValueRef parts[2] = {LLVMBuildFAdd(m->body, whole, more, ""), x};
  return emit_intrinsic(m, "llvm.copysign", parts, 2);
}

static LLVMValueRef op_sign(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  LLVMValueRef x = arg(k, op, 0), zero = number(k, op, 0.0);
  LLVMValueRef above = LLVMBuildFCmp(m->body, LLVMRealOGT, x, zero, "");
  LLVMValueRef below = LLVMBuildFCmp(m->body, LLVMRealOLT, x, zero, "");
  LLVMValueRef rest = LLVMBuildSelect(m->body, below, number(k, op, -1.0), zero, "");
  return LLVMBuildSelect(m->body, above, number(k, op, 1.0), rest, "");
}

static LLVMValueRef op_step(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  LLVMValueRef zero = number(k, op, 0.0);
  LLVMValueRef reached = LLVMBuildFCmp(m->body, LLVMRealOGE, arg(k, op, 0), zero, "");
  return LLVMBuildSelect(m->body, reached, number(k, op, 1.0), zero, "");
}

/* ---- truth values ---- */

static LLVMValueRef op_compare(kernel *k, const ir_op *op) {
  static const LLVMRealPredicate predicates[IR_OP_COUNT] = {
      [IR_OP_lt] = LLVMRealOLT, [IR_OP_le] = LLVMRealOLE, [IR_OP_gt] = LLVMRealOGT,
      [IR_OP_ge] = LLVMRealOGE, [IR_OP_eq] = LLVMRealOEQ, [IR_OP_ne] = LLVMRealUNE,
  };
  return LLVMBuildFCmp(k->m->body, predicates[op->op], arg(k, op, 0), arg(k, op, 1), "");
}

static LLVMValueRef op_logic(kernel *k, const ir_op *op) {
  LLVMOpcode instruction = op->op == IR_OP_and ? LLVMAnd : LLVMOr;
  return LLVMBuildBinOp(k->m->body, instruction, arg(k, op, 0), arg(k, op, 1), "");
}

static LLVMValueRef op_not(kernel *k, const ir_op *op) { return LLVMBuildNot(k->m->body, arg(k, op, 0), ""); }

static LLVMValueRef op_select(kernel *k, const ir_op *op) {
  return LLVMBuildSelect(k->m->body, arg(k, op, 0), arg(k, op, 1), arg(k, op, 2), "");
}

/* `arg` and `barg` have no entry: they stand in fragments alone. */
emit_op_fn *const emit_op_table[IR_OP_COUNT] = {
    [IR_OP_const] = op_const,
    [IR_OP_bool] = op_bool,
    [IR_OP_element] = op_element,
    [IR_OP_tick] = op_tick,
    [IR_OP_time] = op_time,
    [IR_OP_load] = emit_load,
    [IR_OP_load_at] = emit_load_at,
    [IR_OP_store] = emit_store,
    [IR_OP_store_at] = emit_store_at,
    [IR_OP_shift] = emit_shift,
    [IR_OP_shift_valid] = emit_shift_valid,
    [IR_OP_index_number] = op_index_number,
    [IR_OP_entry] = op_entry,
    [IR_OP_add] = op_arithmetic,
    [IR_OP_sub] = op_arithmetic,
    [IR_OP_mul] = op_arithmetic,
    [IR_OP_div] = op_arithmetic,
    [IR_OP_neg] = op_neg,
    [IR_OP_fma] = op_intrinsic,
    [IR_OP_min] = op_min_max,
    [IR_OP_max] = op_min_max,
    [IR_OP_abs] = op_intrinsic,
    [IR_OP_sqrt] = op_intrinsic,
    [IR_OP_floor] = op_intrinsic,
    [IR_OP_ceil] = op_intrinsic,
    [IR_OP_round] = op_round,
    [IR_OP_sign] = op_sign,
    [IR_OP_step] = op_step,
    [IR_OP_math1] = emit_math,
    [IR_OP_math2] = emit_math,
    [IR_OP_math3] = emit_math,
    [IR_OP_lt] = op_compare,
    [IR_OP_le] = op_compare,
    [IR_OP_gt] = op_compare,
    [IR_OP_ge] = op_compare,
    [IR_OP_eq] = op_compare,
    [IR_OP_ne] = op_compare,
    [IR_OP_and] = op_logic,
    [IR_OP_or] = op_logic,
    [IR_OP_not] = op_not,
    [IR_OP_select] = op_select,
    [IR_OP_bselect] = op_select,
    [IR_OP_rand_uniform] = emit_random,
    [IR_OP_rand_normal] = emit_random,
    [IR_OP_rand_exponential] = emit_random,
    [IR_OP_rand_poisson] = emit_random,
    [IR_OP_rand_bernoulli] = emit_random,
    [IR_OP_rand_lognormal] = emit_random,
    [IR_OP_rand_gamma] = emit_random,
    [IR_OP_rand_binomial] = emit_random,
    [IR_OP_expm] = emit_expm,
    [IR_OP_oucov] = emit_oucov,
    [IR_OP_get] = emit_get,
    [IR_OP_event] = emit_event,
    [IR_OP_check] = emit_check,
    [IR_OP_loop_begin] = emit_loop_begin,
    [IR_OP_loop_end] = emit_loop_end,
    [IR_OP_skip_begin] = emit_skip_begin,
    [IR_OP_skip_end] = emit_skip_end,
};
