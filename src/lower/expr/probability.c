/* SPDX-License-Identifier: MIT */
/* probability.c - probabilities of draws that may come to lie outside of 0 to 1 during a run.
 *
 * Each such draw has a field of its own, 0 as long as all is well and infinite else, which is checked as states are:
 * the runtime then finds the element or link as it finds states that are not finite. */
#include "lower/expr/expr.h"
#include "lower/expr/fields.h"
#include <math.h>

/* A draw is lowered once for each function that has its block. */
static nsa_field_id watch_field(lowering *l, uint32_t domain, const char *name, span at) {
  for (uint32_t k = 0; k < l->p->fields.len; k++)
    if (l->p->fields.data[k].kind == NSA_FIELD_PROBABILITY && l->p->fields.data[k].domain == domain &&
        strcmp(l->p->fields.data[k].name, name) == 0)
      return (nsa_field_id){k};
  return lower_add_field(l, name, domain, NSA_F64, NSA_FIELD_PROBABILITY, 0, NULL, at);
}

/* 0 where p is a probability, or the draw is not used. */
static ir_value watched(ir_builder *b, ir_value p) {
  ir_value is_good =
      ir_binary(b, IR_OP_and, ir_binary(b, IR_OP_ge, p, ir_number(b, 0)), ir_binary(b, IR_OP_le, p, ir_number(b, 1)));
  for (const ir_taken *t = b->taken; t != NULL; t = t->outer)
    is_good = ir_binary(b, IR_OP_or, is_good, t->is_negated ? t->condition : ir_unary(b, IR_OP_not, t->condition));
  return ir_select(b, is_good, ir_number(b, 0), ir_number(b, INFINITY));
}

void lower_watch_probability(scope *s, const model_expr *draw, ir_value p) {
  lowering *l = s->l;
  const nsa_domain *domain = &l->p->domains.data[s->b->function->domain];
  bool is_arrival = domain->kind == NSA_DOMAIN_ARRIVALS;
  if (domain->kind != NSA_DOMAIN_POPULATION && domain->kind != NSA_DOMAIN_CONNECTION && !is_arrival)
    return;
  const char *name = arena_printf(l->arena, "%s/%s", s->key_prefix, draw->key);
  nsa_field_id field = watch_field(
      l, is_arrival ? l->connections[domain->connection.id].domain : s->b->function->domain, name, draw->at);
  ir_value value = watched(s->b, p);
  if (is_arrival)
    ir_store_at(s->b, field, s->side[SIDE_SELF]->index, value);
  else
    ir_store(s->b, field, value);
  ir_unary(s->b, IR_OP_check, value);
}
