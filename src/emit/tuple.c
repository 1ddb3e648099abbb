/* SPDX-License-Identifier: MIT */
/* tuple.c - matrix exponentials: set up once (roles INIT and SETUP), lane by lane, by the runtime.
 *
 * A tuple is a buffer on the stack: entry e of lane l stands at e * W + l. */
#include "emit/emit_internal.h"
#include "nsa_math.h"

/* What both need: lane by lane, copy a lane's arguments together, call, spread its results. The matrix (or two)
 * comes first among the arguments, dt last. A failed call gives NaN, which the checks of what is computed from
 * it will see. Written as text: it is easier to read than the calls that would build it. */
static const char lanes_text[] =
    "declare i32 @nsa_expm_phi(i32, ptr, double, ptr, ptr, ptr) nounwind\n"
    "declare i32 @nsa_ou_cov(i32, ptr, ptr, double, ptr, ptr) nounwind\n"
    "define linkonce_odr void @nsa_tuple_lanes(i32 %n, i1 %is_cov, ptr %in, i64 %in_count, ptr %out,\n"
    "    i64 %out_count, ptr %args, ptr %results, ptr %work, i64 %lanes, i64 %stride) noinline nounwind {\n"
    "entry:\n"
    "  %n64 = zext i32 %n to i64\n"
    "  %square = mul i64 %n64, %n64\n"
    "  %last = sub i64 %in_count, 1\n"
    "  %second_arg = getelementptr double, ptr %args, i64 %square\n"
    "  %second_result = getelementptr double, ptr %results, i64 %square\n"
    "  %dt_place = getelementptr double, ptr %args, i64 %last\n"
    "  br label %lane\n"
    "lane:\n"
    "  %l = phi i64 [0, %entry], [%l_next, %spread_done]\n"
    "  br label %take\n"
    "take:\n"
    "  %i = phi i64 [0, %lane], [%i_next, %take]\n"
    "  %i_row = mul i64 %i, %stride\n"
    "  %i_at = add i64 %i_row, %l\n"
    "  %i_from = getelementptr double, ptr %in, i64 %i_at\n"
    "  %i_to = getelementptr double, ptr %args, i64 %i\n"
    "  %i_x = load double, ptr %i_from\n"
    "  store double %i_x, ptr %i_to\n"
    "  %i_next = add i64 %i, 1\n"
    "  %i_more = icmp ult i64 %i_next, %in_count\n"
    "  br i1 %i_more, label %take, label %taken\n"
    "taken:\n"
    "  %dt = load double, ptr %dt_place\n"
    "  br i1 %is_cov, label %cov, label %expm\n"
    "cov:\n"
    "  %cov_failed = call i32 @nsa_ou_cov(i32 %n, ptr %args, ptr %second_arg, double %dt, ptr %results,\n"
    "      ptr %work)\n"
    "  br label %computed\n"
    "expm:\n"
    "  %expm_failed = call i32 @nsa_expm_phi(i32 %n, ptr %args, double %dt, ptr %results,\n"
    "      ptr %second_result, ptr %work)\n"
    "  br label %computed\n"
    "computed:\n"
    "  %status = phi i32 [%cov_failed, %cov], [%expm_failed, %expm]\n"
    "  %failed = icmp ne i32 %status, 0\n"
    "  br label %spread\n"
    "spread:\n"
    "  %o = phi i64 [0, %computed], [%o_next, %spread]\n"
    "  %o_row = mul i64 %o, %stride\n"
    "  %o_at = add i64 %o_row, %l\n"
    "  %o_from = getelementptr double, ptr %results, i64 %o\n"
    "  %o_to = getelementptr double, ptr %out, i64 %o_at\n"
    "  %o_x = load double, ptr %o_from\n"
    "  %o_value = select i1 %failed, double 0x7FF8000000000000, double %o_x\n"
    "  store double %o_value, ptr %o_to\n"
    "  %o_next = add i64 %o, 1\n"
    "  %o_more = icmp ult i64 %o_next, %out_count\n"
    "  br i1 %o_more, label %spread, label %spread_done\n"
    "spread_done:\n"
    "  %l_next = add i64 %l, 1\n"
    "  %l_more = icmp ult i64 %l_next, %lanes\n"
    "  br i1 %l_more, label %lane, label %done\n"
    "done:\n"
    "  ret void\n"
    "}\n";

static LLVMValueRef lanes_function(module_emitter *m) {
  LLVMValueRef f = LLVMGetNamedFunction(m->module, "nsa_tuple_lanes");
  if (f != NULL)
    return f;
  LLVMMemoryBufferRef source =
      LLVMCreateMemoryBufferWithMemoryRange(lanes_text, sizeof lanes_text - 1, "tuple_lanes", 1);
  LLVMModuleRef parsed;
  char *message = NULL;
  if (LLVMParseIRInContext(m->context, source, &parsed, &message)) /* owns the source now */
    emit_bug("the text of nsa_tuple_lanes", message);
  /* A linkonce function would be left behind as long as nobody calls it. */
  LLVMSetLinkage(LLVMGetNamedFunction(parsed, "nsa_tuple_lanes"), LLVMExternalLinkage);
  if (LLVMLinkModules2(m->module, parsed)) /* consumes parsed */
    emit_bug("linking", "nsa_tuple_lanes");
  f = LLVMGetNamedFunction(m->module, "nsa_tuple_lanes");
  emit_function_attributes(m, f);
  LLVMSetLinkage(f, LLVMPrivateLinkage);
  return f;
}

/* One lane's arguments, results and work space: for the largest system of the kernel, used by all. */
static void make_scratch(kernel *k) {
  if (k->work != NULL)
    return;
  uint32_t n = 0;
  for (uint32_t i = 0; i < k->function->ops.len; i++) {
    const ir_op *op = &k->function->ops.data[i];
    if ((op->op == IR_OP_expm || op->op == IR_OP_oucov) && op->aux > n)
      n = op->aux;
  }
  uint32_t work = NSA_OU_COV_WORK(n) > NSA_EXPM_PHI_WORK(n) ? NSA_OU_COV_WORK(n) : NSA_EXPM_PHI_WORK(n);
  k->lane_arguments = emit_stack(k, k->m->f64, 2 * n * n + 1, "arguments");
  k->lane_results = emit_stack(k, k->m->f64, 2 * n * n, "results");
  k->work = emit_stack(k, k->m->f64, work, "work");
}

/* The operation's extra arguments, behind one another on the stack. */
static LLVMValueRef store_arguments(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  LLVMValueRef in = emit_stack(k, m->f64, op->extra_count * m->width, "matrix");
  for (uint32_t i = 0; i < op->extra_count; i++) {
    LLVMValueRef at = LLVMConstInt(m->i64, (uint64_t)i * m->width, 0);
    LLVMValueRef place = LLVMBuildGEP2(m->body, m->f64, in, &at, 1, "");
    LLVMValueRef value = emit_converted(m, k->values[k->function->extra.data[op->extra + i]], m->vf64);
    LLVMSetAlignment(LLVMBuildStore(m->body, value, place), emit_alignment(m, 8));
  }
  return in;
}

/* Arguments: n x n matrices, then dt. */
static LLVMValueRef emit_lanes(kernel *k, const ir_op *op, bool is_cov, uint32_t out_count) {
  module_emitter *m = k->m;
  uint32_t n = op->aux, count = op->extra_count;
  if (count != (is_cov ? 2 : 1) * n * n + 1)
    emit_bug("a matrix with the wrong number of entries", k->function->name);
  LLVMValueRef fn = lanes_function(m);
  make_scratch(k);
  LLVMValueRef in = store_arguments(k, op);
  LLVMValueRef out = emit_stack(k, m->f64, out_count * m->width, "tuple");
  LLVMValueRef args[] = {LLVMConstInt(m->i32, n, 0),
                         LLVMConstInt(m->i1, is_cov, 0),
                         in,
                         LLVMConstInt(m->i64, count, 0),
                         out,
                         LLVMConstInt(m->i64, out_count, 0),
                         k->lane_arguments,
                         k->lane_results,
                         k->work,
                         LLVMConstInt(m->i64, k->is_single ? 1 : m->width, 0),
                         LLVMConstInt(m->i64, m->width, 0)};
  LLVMBuildCall2(m->body, LLVMGlobalGetValueType(fn), fn, args, sizeof args / sizeof args[0], "");
  return out;
}

LLVMValueRef emit_expm(kernel *k, const ir_op *op) { return emit_lanes(k, op, false, 2 * op->aux * op->aux); }

LLVMValueRef emit_oucov(kernel *k, const ir_op *op) { return emit_lanes(k, op, true, op->aux * op->aux); }

LLVMValueRef emit_get(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  uint16_t tuple = k->function->ops.data[op->args[0]].op;
  if (tuple == IR_OP_loop_begin || tuple == IR_OP_loop_end)
    return k->variables[op->args[0]][op->aux];
  LLVMValueRef at = LLVMConstInt(m->i64, (uint64_t)op->aux * m->width, 0);
  LLVMValueRef place = LLVMBuildGEP2(m->body, m->f64, k->values[op->args[0]], &at, 1, "");
  LLVMValueRef load = LLVMBuildLoad2(m->body, m->vf64, place, "");
  LLVMSetAlignment(load, emit_alignment(m, 8));
  return load;
}
