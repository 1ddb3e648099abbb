/* SPDX-License-Identifier: MIT */
/* rule_graph.c - rules that make graphs within one population. */
#include "model/expr/expr.h"
#include "model/names/report.h"
#include "model/network/rule_env.h"

#include <math.h>

/* ---- growing graphs ---- */

bool rule_check_scale_free(rule_env *r) {
  expr_env env = env_constant(r->ck, NULL, "a number of links");
  const model_population *p = r->ends->source;
  if (!rule_has_args(r, 1, 1) ||
      !expr_constant_count(&env, r->ast->args.data[0].value, "the number of links", 1, 1e9, &r->out->degree))
    return false;
  double m = r->out->degree, n = rule_size(p);
  if (!r->ends->is_same) {
    rule_misfit(r, "joins the elements of one population");
    return false;
  }
  if (!rule_makes_no_selves(r))
    return false;
  if (n > m)
    return rule_is_link_count_good(r, 2 * m * n);
  rule_misfit(r, arena_printf(r->ck->arena, "begins with a complete graph of %.0f elements, but `%s` has only %.0f",
                              m + 1, p->name, n));
  return false;
}

/* ---- small worlds ---- */

static bool is_ring_good(rule_env *r, double k, double n) {
  if (k == 2 * floor(k / 2) && n > k)
    return true;
  if (n <= k)
    rule_misfit(r, arena_printf(r->ck->arena, "links each element with %.0f others, but `%s` has only %.0f elements", k,
                                r->ends->source->name, n));
  else
    rule_misfit(r,
                arena_printf(r->ck->arena, "links each element with as many before it as behind it: %.0f is odd", k));
  return false;
}

bool rule_check_small_world(rule_env *r) {
  if (!rule_has_args(r, 2, 2))
    return false;
  expr_env env = env_constant(r->ck, NULL, "a number of links");
  const ast_expr *k = r->ast->args.data[0].value, *p = r->ast->args.data[1].value;
  if (!expr_constant_count(&env, k, "the number of links", 2, 1e9, &r->out->degree) ||
      !expr_constant(&env, p, dim_none(), "a probability", &r->out->rewiring) ||
      !probability_check(r->ck, p->at, r->out->rewiring))
    return false;
  if (!r->ends->is_same) {
    rule_misfit(r, "joins the elements of one population");
    return false;
  }
  double n = rule_size(r->ends->source);
  return rule_makes_no_selves(r) && is_ring_good(r, r->out->degree, n) &&
         rule_is_link_count_good(r, r->out->degree * n);
}
