/* SPDX-License-Identifier: MIT */
/* dce.c - keeps what stores, events and checks need, and regions that still hold something. */
#include "opt/opt_internal.h"

typedef struct {
  uint32_t end;
  bool has_content;
} open_region;

/* One walk from the end: uses come behind what they use. */
static bool *find_needed(arena *a, const ir_function *f) {
  bool *is_needed = ARENA_ARRAY(a, bool, f->ops.len);
  VEC(open_region) open = {0};
  for (uint32_t i = f->ops.len; i-- > 0;) {
    const ir_op *op = &f->ops.data[i];
    if (op->op == IR_OP_skip_end) {
      vec_add(a, &open)->end = i;
      continue;
    }
    if (op->op == IR_OP_skip_begin && open.data[--open.len].has_content)
      is_needed[i] = is_needed[open.data[open.len].end] = true;
    is_needed[i] = is_needed[i] || opt_has_effect(op);
    if (!is_needed[i])
      continue;
    if (open.len != 0)
      open.data[open.len - 1].has_content = true;
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
      is_needed[ir_op_arg(f, op, k)] = true;
  }
  return is_needed;
}

static void dce_function(ir_program *p, ir_function *f) {
  const bool *is_needed = find_needed(p->arena, f);
  opt_rewrite rw = opt_rewrite_begin(p, f);
  for (uint32_t i = 0; i < f->ops.len; i++)
    if (is_needed[i])
      opt_rewrite_copy(&rw, i);
  opt_rewrite_end(&rw);
}

void opt_dce(ir_program *p) {
  for (uint32_t i = 0; i < p->functions.len; i++)
    dce_function(p, p->functions.data[i]);
}
