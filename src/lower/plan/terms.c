/* SPDX-License-Identifier: MIT */
/* terms.c - continuous contributions: what is computed once a source, what once a link, what once a
 * target.
 *
 * `post.X += E` is split into additive terms, each a product of factors. Factors of pre alone make
 * the source term, factors of the link alone its weight, the others (post, its partner, uniform
 * values) stay with the target. A factor that mixes sides and is a sum is multiplied out; a term
 * that cannot be split is evaluated for each link, or, for `neighbours` without stored links, at
 * each grid neighbour of the target. */
#include "lower/plan/builders.h"
#include "model/walk.h"

#define MAX_FACTORS 16
#define MAX_TERMS 16

/* What a factor depends on: the side that is added to, with what follows from it; one of the other sides; the link. */
enum { CLASS_UNIFORM = 0, CLASS_PRE = 1, CLASS_POST = 2, CLASS_ASTRO = 4, CLASS_TARGET = 8, CLASS_LINK = 16 };

typedef struct {
  const lower_context *ctx;
  connection_plan *plan;
  uint32_t connection;
  const model_connection *mc;
  const model_contribution *contribution;
  uint32_t term_count;
} splitter;

typedef struct {
  model_expr *factors[MAX_FACTORS];
  uint32_t count;
  bool is_negative;
} product;

/* The side from which the astrocyte follows counts for it; but only what is of pre itself comes from the past of a
 * delay. */
static model_side followed(const splitter *sp, model_side side) {
  bool follows = side == SIDE_ASTRO && sp->mc->has_partner && !sp->mc->has_partner_per_link &&
                 !(sp->mc->delay && sp->mc->partner_of == SIDE_PRE);
  return follows && sp->contribution->side != SIDE_ASTRO ? sp->mc->partner_of : side;
}

static uint32_t class_of_side(const splitter *sp, model_side side) {
  static const uint32_t classes[] = {[SIDE_PRE] = CLASS_PRE, [SIDE_POST] = CLASS_POST, [SIDE_ASTRO] = CLASS_ASTRO};
  side = followed(sp, side);
  return side == sp->contribution->side ? CLASS_TARGET : classes[side];
}

static model_expr *default_of(void *context, model_expr *copy) {
  const model_component *synapse = context;
  if (copy->ref.side != SIDE_ASTRO)
    return copy;
  for (uint32_t k = 0; k < synapse->astro_defaults.len; k++)
    if (synapse->astro_defaults.data[k].kind == (uint32_t)copy->ref.kind &&
        synapse->astro_defaults.data[k].item == copy->ref.item)
      return synapse->astro_defaults.data[k].value;
  return NULL;
}

/* A copy in which what is read of the astrocyte is its default; NULL where one has none. */
static model_expr *with_defaults(splitter *sp, const model_expr *e) {
  const model_component *synapse = component_of_connection(sp->ctx, sp->connection);
  return expr_replace(sp->ctx->arena, e, default_of, (void *)(uintptr_t)synapse);
}

/* Whether links without an astrocyte add nothing: there are none, or its default makes this factor
 * zero. */
static bool absent_adds_nothing(splitter *sp, const model_expr *factor) {
  if (!component_of_connection(sp->ctx, sp->connection)->astro_defaults.len)
    return true;
  const model_expr *otherwise = with_defaults(sp, factor);
  if (!otherwise)
    return false;
  evaluated e = lower_evaluate(sp->ctx, true, sp->connection, otherwise);
  return e.is_constant && e.value == 0;
}

/* Inputs are changed by the functions that collect the sums, those of several populations at once: where the
 * astrocyte's are read, each link reads them before that. */
static bool reads_collected(const splitter *sp, const dependence *d) {
  return sp->contribution->side != SIDE_ASTRO && (d->side[SIDE_ASTRO] & DEPENDS_INPUT);
}

/* ASTRO is an astrocyte that a link has of its own: what the link makes of it, and what a default
 * stands for, is the link's. */
static uint32_t class_of(splitter *sp, const model_expr *e) {
  dependence d = lower_dependence(sp->ctx, true, sp->connection, e);
  uint32_t cls = 0;
  for (int side = SIDE_PRE; side <= SIDE_ASTRO; side++)
    if (d.side[side])
      cls |= side == SIDE_ASTRO && reads_collected(sp, &d) ? CLASS_LINK : class_of_side(sp, (model_side)side);
  if (d.side[SIDE_SELF] & DEPENDS_TIME)
    cls |= CLASS_TARGET;
  if (d.side[SIDE_SELF] & ~(uint32_t)(DEPENDS_PARAM | DEPENDS_TIME))
    cls |= CLASS_LINK;
  if (cls & CLASS_ASTRO && (cls & CLASS_LINK || !absent_adds_nothing(sp, e)))
    cls = (cls & ~(uint32_t)CLASS_ASTRO) | CLASS_LINK;
  return cls;
}

static bool is_mixed(uint32_t cls) { return (cls & (cls - 1)) != 0; }

static model_expr *new_node(splitter *sp, const model_expr *like, model_expr_kind kind, model_expr *x, model_expr *y) {
  model_expr *e = ARENA_NEW(sp->ctx->arena, model_expr);
  *e = (model_expr){.kind = kind, .unit = like->unit, .at = like->at};
  e->args[0] = x;
  e->args[1] = y;
  return e;
}

static model_expr *new_number(splitter *sp, const model_expr *like, double x) {
  model_expr *e = new_node(sp, like, MX_NUMBER, NULL, NULL);
  e->number = x;
  return e;
}

/* A let of the synapse itself is looked through. */
static model_expr *look_through(splitter *sp, model_expr *e) {
  while (e->kind == MX_REF && e->ref.kind == REF_LET && e->ref.side == SIDE_SELF)
    e = component_of_connection(sp->ctx, sp->connection)->lets.data[e->ref.item].value;
  return e;
}

/* Where there is no room for more, the last one takes them in. */
static void add_factor(splitter *sp, product *p, model_expr *e) {
  if (p->count == MAX_FACTORS)
    p->factors[MAX_FACTORS - 1] = new_node(sp, e, MX_MUL, p->factors[MAX_FACTORS - 1], e);
  else
    p->factors[p->count++] = e;
}

/* States of which only sums are kept have no value at a link: they must come to stand alone. */
static bool reads_summed(const splitter *sp, const model_expr *e) {
  for (uint32_t s = 0; s < sp->plan->state_count; s++)
    if (sp->plan->states[s].is_summed && lower_reads_state(sp->ctx, sp->connection, e, s))
      return true;
  return false;
}

/* The factors of a product; quotients of one class stay together. */
static void flatten(splitter *sp, product *p, model_expr *e) {
  e = look_through(sp, e);
  if (e->kind == MX_MUL) {
    flatten(sp, p, e->args[0]);
    flatten(sp, p, e->args[1]);
  } else if (e->kind == MX_NEG) {
    p->is_negative = !p->is_negative;
    flatten(sp, p, e->args[0]);
  } else if (e->kind == MX_DIV && (is_mixed(class_of(sp, e)) || reads_summed(sp, e))) {
    flatten(sp, p, e->args[0]);
    add_factor(sp, p, new_node(sp, e, MX_DIV, new_number(sp, e, 1), e->args[1]));
  } else {
    add_factor(sp, p, e);
  }
}

static void add_terms(splitter *sp, const product *p);
static void add_term(splitter *sp, const product *p);

/* Replaces factor k by one of its two addends. */
static void distribute(splitter *sp, const product *p, uint32_t k, model_expr *sum) {
  for (int side = 0; side < 2; side++) {
    product q = {.is_negative = p->is_negative};
    if (side == 1 && sum->kind == MX_SUB)
      q.is_negative = !q.is_negative;
    for (uint32_t i = 0; i < p->count; i++)
      if (i != k)
        add_factor(sp, &q, p->factors[i]);
    flatten(sp, &q, sum->args[side]);
    add_terms(sp, &q);
  }
}

static void add_terms(splitter *sp, const product *p) {
  for (uint32_t k = 0; k < p->count; k++) {
    model_expr *e = look_through(sp, p->factors[k]);
    bool is_sum = e->kind == MX_ADD || e->kind == MX_SUB;
    if (is_sum && ((sp->term_count < MAX_TERMS && is_mixed(class_of(sp, e))) || reads_summed(sp, e))) {
      distribute(sp, p, k, e);
      return;
    }
  }
  add_term(sp, p);
}

/* ---- one term ---- */

static uint32_t ticks_between(const splitter *sp) {
  return sp->ctx->m->timescales.data[lower_clock_of_links(sp->ctx, sp->connection)].ticks;
}

/* The factors of the wanted classes. */
static factors pick(splitter *sp, const product *p, uint32_t wanted, bool or_uniform) {
  model_expr **list = ARENA_ARRAY(sp->ctx->arena, model_expr *, p->count);
  uint32_t count = 0;
  for (uint32_t k = 0; k < p->count; k++) {
    uint32_t cls = class_of(sp, p->factors[k]);
    if ((cls & wanted) || (or_uniform && cls == CLASS_UNIFORM))
      list[count++] = p->factors[k];
  }
  return (factors){list, count};
}

static uint32_t population_of(const splitter *sp, model_side side) {
  return lower_population_of_side(sp->ctx, sp->connection, side);
}

/* States that are extrapolated change with every tick of those who read them. */
static bool is_moving_between_ticks(const splitter *sp, model_side side, const model_expr *e) {
  return lower_dependence(sp->ctx, true, sp->connection, e).side[side] & DEPENDS_STATE &&
         lower_is_extrapolated(sp->ctx, population_of(sp, side));
}

/* The timescale on which what changes at the ticks of both does; one need not be a multiple of the other. */
static uint32_t common_timescale(const lower_context *ctx, uint32_t a, uint32_t b) {
  uint32_t x = ctx->m->timescales.data[a].ticks, y = ctx->m->timescales.data[b].ticks;
  return y % x == 0 ? a : x % y == 0 ? b : lower_base_timescale(ctx);
}

/* The timescale on which a source's term changes: that of all whose values enter it. */
static uint32_t timescale_of_source(const splitter *sp, model_side from, factors f) {
  const lower_context *ctx = sp->ctx;
  uint32_t common = component_of_population(ctx, population_of(sp, from))->timescale;
  for (uint32_t k = 0; k < f.count; k++) {
    dependence d = lower_dependence(sp->ctx, true, sp->connection, f.list[k]);
    for (int side = SIDE_PRE; side <= SIDE_ASTRO; side++) {
      if (!d.side[side])
        continue;
      if (is_moving_between_ticks(sp, (model_side)side, f.list[k]))
        return lower_base_timescale(ctx);
      common =
          common_timescale(ctx, common, component_of_population(ctx, population_of(sp, (model_side)side))->timescale);
    }
  }
  return common;
}

/* Base ticks after which the sources' terms have changed; 0: never. */
static uint32_t ticks_of_sources(const splitter *sp, model_side from, factors f) {
  uint32_t ticks = sp->ctx->m->timescales.data[timescale_of_source(sp, from, f)].ticks, grid = ticks_between(sp);
  return !f.count ? 0 : ticks < grid ? grid : ticks;
}

/* A term that the step can make: it reads that side alone, and nothing that changes behind the step. */
static bool can_be_fused(const splitter *sp, model_side from, factors f) {
  if (lower_is_staged(sp->ctx, sp->connection))
    return false;
  for (uint32_t k = 0; k < f.count; k++) {
    dependence d = lower_dependence(sp->ctx, true, sp->connection, f.list[k]);
    for (int side = SIDE_PRE; side <= SIDE_ASTRO; side++)
      if (d.side[side] && (side != (int)from || d.side[side] & (DEPENDS_TIME | DEPENDS_INPUT)))
        return false;
    if (is_moving_between_ticks(sp, from, f.list[k]))
      return false;
  }
  return true;
}

static bool reads_timers(const splitter *sp, model_side from, factors f) {
  for (uint32_t k = 0; k < f.count; k++)
    if (lower_dependence(sp->ctx, true, sp->connection, f.list[k]).side[from] & DEPENDS_TIMER)
      return true;
  return false;
}

/* Targets see a slow source from its initial state on, and delays remember the initial state of any. */
static bool counts_at_start(const splitter *sp, model_side from) {
  uint32_t population = lower_population_of_side(sp->ctx, sp->connection, from);
  return (sp->mc->delay && from == SIDE_PRE) || ticks_of_population(sp->ctx, population) > 1;
}

static source_plan source_of(const splitter *sp, model_side from, factors f) {
  return (source_plan){.connection = sp->connection,
                       .side = from,
                       .factors = f,
                       .is_fused = can_be_fused(sp, from, f),
                       .reads_timers = reads_timers(sp, from, f),
                       .counts_at_start = counts_at_start(sp, from),
                       .timescale = timescale_of_source(sp, from, f)};
}

/* Whether events, the clock or an astrocyte change a weight during the run. */
static bool is_changing(const splitter *sp, factors f) {
  for (uint32_t k = 0; k < f.count; k++) {
    dependence d = lower_dependence(sp->ctx, true, sp->connection, f.list[k]);
    if (d.side[SIDE_ASTRO] & ~(uint32_t)DEPENDS_INVARIANT)
      return true;
  }
  for (uint32_t s = 0; s < sp->plan->state_count; s++)
    for (uint32_t k = 0; k < f.count; k++)
      if (sp->plan->states[s].is_changing && lower_reads_state(sp->ctx, sp->connection, f.list[k], s))
        return true;
  return false;
}

/* A weight that is a plain parameter or state of the link needs no kernel. */
static weight_kind kind_of_weight(const splitter *sp, factors f) {
  if (!f.count)
    return WEIGHT_NONE;
  const model_expr *e = f.list[0];
  if (f.count == 1 && e->kind == MX_REF && e->ref.side == SIDE_SELF) {
    if (e->ref.kind == REF_PARAM)
      return WEIGHT_PARAM;
    if (e->ref.kind == REF_STATE && sp->plan->states[e->ref.item].home == SIDE_SELF)
      return WEIGHT_STATE;
  }
  return is_changing(sp, f) ? WEIGHT_EACH : WEIGHT_ONCE;
}

/* With a delay a term that cannot be split sees pre as it was, value by value; pre is who is added to: as it is. */
static void add_pasts(splitter *sp, term_plan *t) {
  arena *a = sp->ctx->arena;
  bool sees_past = sp->mc->delay && sp->contribution->side != SIDE_PRE;
  if (t->weight_kind != WEIGHT_ONCE && t->weight_kind != WEIGHT_EACH)
    return;
  for (uint32_t k = 0; sees_past && k < t->weight.count; k++)
    plan_pasts(sp->ctx, sp->connection, t->weight.list[k], t);
  for (uint32_t k = 0; k < t->pasts.len; k++) {
    model_expr **value = ARENA_ARRAY(a, model_expr *, 1), *ref = ARENA_NEW(a, model_expr);
    *ref = *t->pasts.data[k].ref;
    value[0] = ref;
    if (ref->is_bool) {
      value[0] = new_node(sp, ref, MX_SELECT, ref, new_number(sp, ref, 1));
      value[0]->args[2] = new_number(sp, ref, 0);
    }
    t->pasts.data[k].source = source_of(sp, SIDE_PRE, (factors){value, 1});
    t->pasts.data[k].source.is_exact = true;
  }
}

/* ---- the kinds of terms ---- */

static term_plan *new_term(splitter *sp, term_kind kind, const product *p, factors target) {
  term_plan *t = vec_add(sp->ctx->arena, &sp->plan->terms);
  *t = (term_plan){.kind = kind,
                   .connection = sp->connection,
                   .contribution = sp->contribution,
                   .is_negative = p->is_negative,
                   .target = target,
                   .every = ticks_between(sp)};
  sp->term_count++;
  return t;
}

/* A factor that mixes classes makes the term inseparable, and so do factors of pre and of post. The
 * astrocytes of links beside one of these are part of the weights. */
static bool is_separable(splitter *sp, const product *p) {
  uint32_t all = 0;
  for (uint32_t k = 0; k < p->count; k++) {
    uint32_t cls = class_of(sp, p->factors[k]);
    if (is_mixed(cls))
      return false;
    all |= cls;
  }
  return !is_mixed(all & (CLASS_PRE | CLASS_POST));
}

/* The side whose values a separable term sums up; PRE where it has none. */
static model_side side_of_sources(splitter *sp, const product *p, uint32_t *cls) {
  uint32_t all = 0;
  for (uint32_t k = 0; k < p->count; k++)
    all |= class_of(sp, p->factors[k]);
  model_side side = all & CLASS_PRE     ? SIDE_PRE
                    : all & CLASS_POST  ? SIDE_POST
                    : all & CLASS_ASTRO ? SIDE_ASTRO
                                        : SIDE_PRE;
  *cls = side == SIDE_PRE ? CLASS_PRE : side == SIDE_POST ? CLASS_POST : CLASS_ASTRO;
  return side;
}

/* The whole term at each link. */
static void add_inseparable(splitter *sp, const product *p) {
  model_expr **all = ARENA_ARRAY(sp->ctx->arena, model_expr *, p->count);
  memcpy(all, p->factors, p->count * sizeof *all);
  term_plan *t = new_term(sp, TERM_WHOLE, p, (factors){0});
  t->from = SIDE_PRE;
  t->weight = (factors){all, p->count};
  t->weight_kind = WEIGHT_EACH;
  t->sum_every = ticks_between(sp);
  add_pasts(sp, t);
}

static void add_separable(splitter *sp, const product *p) {
  uint32_t source_class;
  model_side from = side_of_sources(sp, p, &source_class), to = sp->contribution->side;
  factors source = pick(sp, p, source_class, false),
          weight = pick(sp, p, (CLASS_LINK | CLASS_ASTRO) & ~source_class, false);
  bool is_count = !source.count && !weight.count && to == SIDE_POST;
  term_plan *t = new_term(sp, is_count ? TERM_COUNT : TERM_SPLIT, p, pick(sp, p, CLASS_TARGET, true));
  t->from = from;
  t->weight = weight;
  if (source.count)
    t->source = source_of(sp, from, source);
  if (is_count)
    return;
  t->is_delayed = source.count && from == SIDE_PRE && sp->mc->delay;
  t->weight_kind = kind_of_weight(sp, weight);
  bool changes = is_changing(sp, weight);
  t->sum_every = changes || t->is_delayed ? t->every : ticks_of_sources(sp, from, source);
  add_pasts(sp, t);
}

/* The factor that is a state of which only sums are kept; NSA_NONE. */
static uint32_t summed_factor(const splitter *sp, const product *p) {
  for (uint32_t k = 0; k < p->count; k++) {
    const model_expr *e = p->factors[k];
    if (e->kind == MX_REF && e->ref.side == SIDE_SELF && e->ref.kind == REF_STATE &&
        sp->plan->states[e->ref.item].is_summed)
      return k;
  }
  return NSA_NONE;
}

static void add_summed(splitter *sp, const product *p, uint32_t at) {
  model_expr **weights = ARENA_ARRAY(sp->ctx->arena, model_expr *, p->count),
             **targets = ARENA_ARRAY(sp->ctx->arena, model_expr *, p->count);
  factors weight = {weights, 0}, target = {targets, 0};
  for (uint32_t k = 0; k < p->count; k++) {
    if (k == at)
      continue;
    if (class_of(sp, p->factors[k]) & CLASS_LINK)
      weights[weight.count++] = p->factors[k];
    else
      targets[target.count++] = p->factors[k];
  }
  term_plan *t = new_term(sp, TERM_TOTAL, p, target);
  t->weight = weight;
  t->state = p->factors[at]->ref.item;
}

static void add_term(splitter *sp, const product *p) {
  uint32_t summed = summed_factor(sp, p);
  if (summed != NSA_NONE)
    add_summed(sp, p, summed);
  else if (is_separable(sp, p))
    add_separable(sp, p);
  else
    add_inseparable(sp, p);
}

/* ---- a contribution ---- */

static void add_stencil(splitter *sp) {
  model_expr **whole = ARENA_ARRAY(sp->ctx->arena, model_expr *, 1);
  whole[0] = sp->contribution->value;
  product p = {.count = 0};
  new_term(sp, TERM_STENCIL, &p, (factors){whole, 1});
}

/* One sum over the links of a target starts at zero and adds in ascending order of the source. */
void plan_terms(const lower_context *ctx, uint32_t connection, connection_plan *plan) {
  const model_component *synapse = component_of_connection(ctx, connection);
  for (uint32_t k = 0; k < synapse->contributions.len; k++) {
    splitter sp = {.ctx = ctx,
                   .plan = plan,
                   .connection = connection,
                   .mc = &ctx->m->connections.data[connection],
                   .contribution = &synapse->contributions.data[k]};
    if (plan->is_stencil) {
      add_stencil(&sp);
      continue;
    }
    product p = {.count = 0};
    flatten(&sp, &p, sp.contribution->value);
    add_terms(&sp, &p);
  }
}
