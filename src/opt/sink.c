/* SPDX-License-Identifier: MIT */
/* sink.c - a store of what only a skip region changes stands in that region: select(cond, new, old), where old is what
 * the field holds, is stored where cond may be true alone. */
#include "opt/opt_internal.h"

typedef struct {
  uint32_t begin, end;
} skip_region;

/* The outermost region that holds an operation; false where none does. */
static bool region_of(const ir_function *f, uint32_t op, skip_region *out) {
  uint32_t depth = 0;
  bool is_inside = false;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    uint16_t kind = f->ops.data[i].op;
    if (kind == IR_OP_skip_begin && depth++ == 0)
      out->begin = i;
    if (i == op && depth > 0)
      is_inside = true;
    if (kind == IR_OP_skip_end && --depth == 0) {
      out->end = i;
      if (is_inside)
        return true;
    }
    if (i > op && !is_inside)
      return false;
  }
  return false;
}

static uint32_t stores_of(const ir_function *f, nsa_field_id field) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < f->ops.len; i++)
    count += opt_has_effect(&f->ops.data[i]) && ir_op_has_field(&f->ops.data[i]) &&
             nsa_field_is(f->ops.data[i].field, field);
  return count;
}

/* Where the store can go: before the skip_end of this region. */
static bool can_sink(const ir_program *p, const ir_function *f, uint32_t store, skip_region *to) {
  const ir_op *op = &f->ops.data[store];
  skip_region own;
  if (op->op != IR_OP_store || p->fields.data[op->field.id].is_uniform || region_of(f, store, &own))
    return false;
  const ir_op *choice = &f->ops.data[op->args[0]];
  if (choice->op != IR_OP_select && choice->op != IR_OP_bselect)
    return false;
  const ir_op *old = &f->ops.data[choice->args[2]];
  return old->op == IR_OP_load && nsa_field_is(old->field, op->field) && choice->args[1] < store &&
         region_of(f, choice->args[1], to) && f->ops.data[to->begin].args[0] == choice->args[0] &&
         choice->args[2] < to->begin && to->end < store && stores_of(f, op->field) == 1;
}

static void sink_function(ir_program *p, ir_function *f) {
  arena *a = p->arena;
  uint32_t *home = ARENA_ARRAY(a, uint32_t, f->ops.len); /* per store: 1 + the skip_end that it goes before */
  for (uint32_t i = 0; i < f->ops.len; i++) {
    skip_region to = {0, 0};
    if (can_sink(p, f, i, &to))
      home[i] = to.end + 1;
  }
  opt_rewrite rw = opt_rewrite_begin(p, f);
  for (uint32_t i = 0; i < f->ops.len; i++) {
    for (uint32_t k = i + 1; f->ops.data[i].op == IR_OP_skip_end && k < f->ops.len; k++) {
      if (home[k] != i + 1)
        continue;
      const ir_op *choice = &f->ops.data[f->ops.data[k].args[0]];
      rw.b.at = f->ops.data[k].at;
      rw.b.is_single = choice->is_single;
      ir_value x = ir_select(&rw.b, rw.map[choice->args[0]], rw.map[choice->args[1]], rw.map[choice->args[2]]);
      ir_store(&rw.b, f->ops.data[k].field, x);
      rw.b.is_single = false;
    }
    if (!home[i])
      opt_rewrite_copy(&rw, i);
  }
  opt_rewrite_end(&rw);
}

void opt_sink(ir_program *p) {
  for (uint32_t i = 0; i < p->functions.len; i++)
    sink_function(p, p->functions.data[i]);
}
