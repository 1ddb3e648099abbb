/* SPDX-License-Identifier: MIT */
/* flatten.c - a skip region that costs less than deciding whether to skip it, mispredicted jumps and the masks of
 * lanes included, is computed always. One that stores or has an event is kept: memory is what large populations wait
 * for. */
#include "opt/opt_internal.h"

enum { WORTH_SKIPPING = 40 }; /* cycles a lane, as in ir_ops.def */

typedef struct {
  uint32_t begin, cost;
  bool has_store;
} open_region;

/* Per marker whether it goes. */
static bool *find_cheap(arena *a, const ir_function *f) {
  bool *is_cheap = ARENA_ARRAY(a, bool, f->ops.len);
  VEC(open_region) open = {0};
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    if (op->op == IR_OP_skip_begin)
      vec_push(a, &open, ((open_region){.begin = i}));
    else if (op->op != IR_OP_skip_end && open.len != 0)
      open.data[open.len - 1].cost += ir_ops[op->op].cost;
    if (open.len != 0 && (op->op == IR_OP_store || op->op == IR_OP_event))
      open.data[open.len - 1].has_store = true;
    if (op->op != IR_OP_skip_end)
      continue;
    uint32_t begin = open.data[--open.len].begin, cost = open.data[open.len].cost;
    is_cheap[begin] = is_cheap[i] = cost < WORTH_SKIPPING && !open.data[open.len].has_store;
    if (open.len != 0 && is_cheap[i])
      open.data[open.len - 1].cost += cost;
    if (open.len != 0 && !is_cheap[i])
      open.data[open.len - 1].has_store = open.data[open.len - 1].has_store || open.data[open.len].has_store;
  }
  return is_cheap;
}

static void flatten_function(ir_program *p, ir_function *f) {
  const bool *is_cheap = find_cheap(p->arena, f);
  opt_rewrite rw = opt_rewrite_begin(p, f);
  for (uint32_t i = 0; i < f->ops.len; i++)
    if (!is_cheap[i])
      opt_rewrite_copy(&rw, i);
  opt_rewrite_end(&rw);
}

void opt_flatten(ir_program *p) {
  for (uint32_t i = 0; i < p->functions.len; i++)
    flatten_function(p, p->functions.data[i]);
}
