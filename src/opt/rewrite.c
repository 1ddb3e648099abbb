/* SPDX-License-Identifier: MIT */
/* rewrite.c - how passes write a function anew. */
#include "opt/opt_internal.h"

opt_rewrite opt_rewrite_begin(ir_program *p, ir_function *f) {
  opt_rewrite rw = {.from = f, .to = ir_function_anew(p->arena, f)};
  vec_reserve(p->arena, &rw.to->ops, f->ops.len);
  rw.b = ir_builder_on(p, rw.to);
  rw.map = ARENA_ARRAY(p->arena, ir_value, f->ops.len);
  for (uint32_t i = 0; i < f->ops.len; i++)
    rw.map[i] = IR_NO_VALUE;
  return rw;
}

ir_value opt_rewrite_copy(opt_rewrite *rw, uint32_t i) {
  rw->map[i] = ir_copy_op(&rw->b, rw->from, &rw->from->ops.data[i], rw->map);
  return rw->map[i];
}

void opt_rewrite_end(opt_rewrite *rw) {
  rw->from->ops.data = rw->to->ops.data;
  rw->from->ops.len = rw->to->ops.len;
  rw->from->ops.cap = rw->to->ops.cap;
  rw->from->extra.data = rw->to->extra.data;
  rw->from->extra.len = rw->to->extra.len;
  rw->from->extra.cap = rw->to->extra.cap;
}
