/* SPDX-License-Identifier: MIT */
/* report.c - what a kernel tells behind its loop: which events fired, whether all checked values were finite. */
#include "emit/emit_internal.h"

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

void emit_checks_of_iteration(kernel *k) {
  module_emitter *m = k->m;
  for (int i = 0; i < 2; i++) {
    if (k->finite[i].here == NULL)
      continue;
    LLVMTypeRef type = i ? m->vf32 : m->vf64;
    LLVMValueRef before = LLVMBuildLoad2(m->body, type, k->finite[i].all, "");
    LLVMValueRef here = LLVMBuildLoad2(m->body, type, k->finite[i].here, "");
    LLVMBuildStore(m->body, LLVMBuildFAdd(m->body, before, here, ""), k->finite[i].all);
  }
}

void emit_report(kernel *k) {
  report_events(k);
  report_nonfinite(k);
}
