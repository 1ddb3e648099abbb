/* SPDX-License-Identifier: MIT */
/* phase_sets.c - which params phases can set: those with one value for all, of which nothing is made that is fixed when
 * the run begins. */
#include "lower/plan/builders.h"
#include "lower/pure/phased.h"
#include "model/walk.h"

typedef struct {
  const lower_context *ctx;
  bool is_connection;
  uint32_t owner;
} phased_owner;

static const char *owner_name(const phased_owner *o) {
  const model *m = o->ctx->m;
  return o->is_connection ? m->connections.data[o->owner].name : m->populations.data[o->owner].name;
}

/* "the phase `drug`" */
static const char *setter_name(const lower_context *ctx, const model_phase_set *s) {
  return s->phase != NSA_NONE ? arena_printf(ctx->arena, "the phase `%s`", ctx->m->phases.data[s->phase].name)
                              : arena_printf(ctx->arena, "the variant `%s`", ctx->m->variants.data[s->variant].name);
}

/* The first set that a value follows from, where it follows from one. */
static const model_phase_set *set_behind(const phased_owner *o, const model_expr *e);

static const model_phase_set *set_behind_ref(const phased_owner *o, const model_expr *e) {
  const lower_context *ctx = o->ctx;
  bool is_own = e->ref.side == SIDE_SELF;
  phased_owner of = {ctx, is_own && o->is_connection,
                     is_own ? o->owner : lower_population_of_side(ctx, o->owner, e->ref.side)};
  if (e->ref.kind == REF_LET)
    return set_behind(&of, component_of(ctx, of.is_connection, of.owner)->lets.data[e->ref.item].value);
  if (e->ref.kind != REF_PARAM)
    return NULL;
  const model_phase_set *own = lower_phase_set_of(ctx, of.is_connection, of.owner, e->ref.item);
  return own ? own : set_behind(&of, lower_initial_value(ctx, of.is_connection, of.owner, REF_PARAM, e->ref.item));
}

static const model_phase_set *set_behind(const phased_owner *o, const model_expr *e) {
  const model_phase_set *found = NULL;
  if (!lower_reads_phased(o->ctx, o->is_connection, o->owner, e))
    return NULL;
  if (e->kind == MX_REF)
    return set_behind_ref(o, e);
  for (int k = 0; k < 3 && e->args[k] && !found; k++)
    found = set_behind(o, e->args[k]);
  return found;
}

static void check_fixed(const phased_owner *o, const model_expr *e, const char *what) {
  const model_phase_set *s = set_behind(o, e);
  if (!s)
    return;
  diag *d = diag_report(o->ctx->sink, DIAG_E0606, s->set.at, "%s cannot set this: %s of `%s` follows from it",
                        setter_name(o->ctx, s), what, owner_name(o));
  diag_note(d, e->at, "it is used here");
  diag_hint(
      d,
      "delays, links, and times that are whole steps are made when the run begins, and stay: give them a param of their own");
}

static walk_step find_timer(void *context, const model_stmt *st) {
  if (st->kind == STMT_START)
    check_fixed(context, st->value, "a time that a timer runs");
  return WALK_ON;
}

/* Times of a component are whole steps, which is looked at before the run. */
static void check_times(phased_owner *o) {
  const model_component *c = component_of(o->ctx, o->is_connection, o->owner);
  for (uint32_t k = 0; k < c->events.len; k++)
    check_fixed(o, c->events.data[k].refractory, "a refractory time");
  for (uint32_t k = 0; k < c->blocks.len; k++) {
    check_fixed(o, c->blocks.data[k].period, "the time between two blocks");
    walk_block(&(walker){.stmt = find_timer, .context = o}, &c->blocks.data[k].body);
  }
}

static void check_links(phased_owner *o) {
  const model_connection *mc = &o->ctx->m->connections.data[o->owner];
  check_fixed(o, mc->delay, "the delay");
  check_fixed(o, mc->delay_back, "the delay");
  check_fixed(o, mc->rule.probability, "which links there are");
  check_fixed(o, mc->rule.condition, "which links there are");
  check_fixed(o, mc->partner_rule.condition, "which partners there are");
  check_fixed(o, mc->partner_rule.probability, "which partners there are");
  check_fixed(o, mc->partner_probability, "which partners there are");
}

static void check_uniform(const lower_context *ctx, const model_phase_set *s) {
  phased_owner o = {ctx, s->set.is_connection, s->set.owner};
  if (!lower_is_varied(ctx, o.is_connection, o.owner, s->set.item))
    return;
  const model_param *p = &component_of(ctx, o.is_connection, o.owner)->params.data[s->set.item];
  diag *d = diag_report(ctx->sink, DIAG_E0606, s->set.at,
                        "`%s.%s` has a value for each %s: %s sets params that have one value for all", owner_name(&o),
                        p->name, o.is_connection ? "link" : "element", setter_name(ctx, s));
  diag_note(d, lower_initial_value(ctx, o.is_connection, o.owner, REF_PARAM, s->set.item)->at,
            "it gets its values here");
  diag_hint(d, "make the values of a uniform param, `{ %s = base*uniform(0.9, 1.1) }`, and set that", p->name);
}

void plan_check_phase_sets(const lower_context *ctx) {
  const model *m = ctx->m;
  if (m->phase_sets.len == 0)
    return;
  for (uint32_t k = 0; k < m->phase_sets.len; k++)
    check_uniform(ctx, &m->phase_sets.data[k]);
  for (uint32_t k = 0; k < m->populations.len; k++)
    check_times(&(phased_owner){ctx, false, k});
  for (uint32_t k = 0; k < m->connections.len; k++) {
    phased_owner o = {ctx, true, k};
    check_times(&o);
    check_links(&o);
  }
}

static const char *when_it_holds(const lower_context *ctx, const model_phase_set *s) {
  const model *m = ctx->m;
  if (s->phase != NSA_NONE)
    return arena_printf(ctx->arena, "during `%s`", m->phases.data[s->phase].name);
  const model_variant *v = &m->variants.data[s->variant];
  const model_checkpoint *c = &m->checkpoints.data[v->checkpoint];
  return arena_printf(ctx->arena, "in variant `%s` from `%s`, %.9g ms, on", v->name, c->name, c->time);
}

void plan_explain_phase_sets(const lower_context *ctx) {
  for (uint32_t k = 0; k < ctx->m->phase_sets.len; k++) {
    const model_phase_set *s = &ctx->m->phase_sets.data[k];
    phased_owner o = {ctx, s->set.is_connection, s->set.owner};
    const model_param *p = &component_of(ctx, o.is_connection, o.owner)->params.data[s->set.item];
    lower_decide(ctx, owner_name(&o), "parameter", "%s: %g %s %s", p->name,
                 lower_evaluate(ctx, o.is_connection, o.owner, s->set.value).value, dim_name(ctx->arena, p->unit),
                 when_it_holds(ctx, s));
  }
}
