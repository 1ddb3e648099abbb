/* SPDX-License-Identifier: MIT */
#include "ir/needed.h"

#include <stdlib.h>

static int in_order(const void *a, const void *b) {
  ir_value x = *(const ir_value *)a, y = *(const ir_value *)b;
  return (x > y) - (x < y);
}

static void meet(arena *a, ir_walk *w, ir_value v) {
  if (w->last_walk.data[v] == w->walk)
    return;
  w->last_walk.data[v] = w->walk;
  vec_push(a, &w->met, v);
}

void ir_walk_needed(arena *a, ir_walk *w, const ir_function *f, const ir_value *values, uint32_t count) {
  uint32_t len = f->ops.len;
  vec_reserve(a, &w->last_walk, len);
  if (len > w->last_walk.len) {
    memset(w->last_walk.data + w->last_walk.len, 0, (len - w->last_walk.len) * sizeof *w->last_walk.data);
    w->last_walk.len = len;
  }
  w->walk++;
  w->met.len = 0;
  for (uint32_t i = 0; i < count; i++)
    meet(a, w, values[i]);
  for (uint32_t i = 0; i < w->met.len; i++) {
    const ir_op *op = &f->ops.data[w->met.data[i]];
    bool is_end = w->is_end != NULL && w->is_end[w->met.data[i]];
    for (uint32_t k = 0; k < ir_op_arg_count(op) && !is_end; k++)
      meet(a, w, ir_op_arg(f, op, k));
  }
  if (w->met.len > 1)
    qsort(w->met.data, w->met.len, sizeof *w->met.data, in_order);
}
