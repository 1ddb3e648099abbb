/* SPDX-License-Identifier: MIT */
/* duration.c - times that must be whole steps. */
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/names/report.h"
#include "model/operations.h"
#include "nsa_ticks.h"
#include "support/limits.h"

#include <math.h>

double whole_ticks(checker *ck, span at, double time, double dt, const char *what, bool needs_tick) {
  if (isinf(time))
    return time;
  double ticks = time / dt, whole = nsa_nearest_tick(time, dt);
  if (time < 0 || (needs_tick && whole < 1)) {
    diag_report(ck->sink, DIAG_E0601, at, "%s of %s ms is %s", what, number_text(ck, time),
                time < 0 ? "negative" : arena_printf(ck->arena, "less than a step of %s ms", number_text(ck, dt)));
    return dt;
  }
  if (whole > LIMIT_TICKS) {
    diag *d = diag_report(ck->sink, DIAG_E0901, at,
                          "%s of %.4g ms is %.4g steps of %s ms, and no more than %.4g can be counted", what, time,
                          whole, number_text(ck, dt), LIMIT_TICKS);
    diag_hint(d, "a longer timescale, or a shorter time");
    return dt;
  }
  if (fabs(ticks - whole) > 1e-6)
    diag_report(ck->sink, DIAG_W0601, at, "%s of %.9g ms is not a whole number of steps of %.9g ms; it becomes %.9g ms",
                what, time, dt, whole * dt);
  return fabs(ticks - whole) > 1e-6 ? whole * dt : time;
}

model_expr *duration_check(expr_env *env, const ast_expr *e, double dt, const char *what, bool needs_tick) {
  model_expr *v = expr_of_unit(env, e, dim_ms, what);
  double time;
  const model_component *c = env->side[SIDE_SELF].component;
  if (v != NULL && constant_value(v, c, &time))
    whole_ticks(env->ck, e->at, time, dt, what, needs_tick);
  if (v != NULL && c != NULL && v->kind != MX_NUMBER)
    vec_push(env->ck->arena, &env->ck->durations, ((duration_use){c->name, v, dt, what, needs_tick}));
  return v;
}
