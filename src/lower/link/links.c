/* SPDX-License-Identifier: MIT */
/* links.c - continuous contributions: what is computed once a source, what once a link, what once a
 * target.
 *
 * `post.X += E` is split into additive terms, each a product of factors. Factors of pre alone make
 * the source term, factors of the link alone its weight, the others (post, its partner, uniform
 * values) stay with the target. A factor that mixes sides and is a sum is multiplied out; a term
 * that cannot be split is evaluated for each link, or, for `neighbours` without stored links, at
 * each grid neighbour of the target. */
#include "lower/link/link.h"
#include <math.h>

#define MAX_FACTORS 16
#define MAX_TERMS 16

/* What a factor depends on: the side that is added to, with what follows from it; one of the other sides; the link. */
enum { CLASS_UNIFORM = 0, CLASS_PRE = 1, CLASS_POST = 2, CLASS_ASTRO = 4, CLASS_TARGET = 8, CLASS_LINK = 16 };

typedef struct {
  lowering *l;
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

/* A copy in which what is read of the astrocyte is its default; NULL where one has none. */
static model_expr *with_defaults(splitter *sp, const model_expr *e) {
  const model_component *synapse = component_of_connection(sp->l->ctx, sp->connection);
  if (e->kind == MX_REF && e->ref.side == SIDE_ASTRO) {
    for (uint32_t k = 0; k < synapse->astro_defaults.len; k++)
      if (synapse->astro_defaults.data[k].kind == (uint32_t)e->ref.kind &&
          synapse->astro_defaults.data[k].item == e->ref.item)
        return synapse->astro_defaults.data[k].value;
    return NULL;
  }
  model_expr *copy = ARENA_NEW(sp->l->arena, model_expr);
  *copy = *e;
  for (int k = 0; k < 3 && e->args[k]; k++) {
    copy->args[k] = with_defaults(sp, e->args[k]);
    if (!copy->args[k])
      return NULL;
  }
  return copy;
}

/* Whether links without an astrocyte add nothing: there are none, or its default makes this factor
 * zero. */
static bool absent_adds_nothing(splitter *sp, const model_expr *factor) {
  if (!component_of_connection(sp->l->ctx, sp->connection)->astro_defaults.len)
    return true;
  const model_expr *otherwise = with_defaults(sp, factor);
  if (!otherwise)
    return false;
  evaluated e = lower_evaluate(sp->l->ctx, true, sp->connection, otherwise);
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
  dependence d = lower_dependence(sp->l->ctx, true, sp->connection, e);
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
  model_expr *e = ARENA_NEW(sp->l->arena, model_expr);
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
    e = component_of_connection(sp->l->ctx, sp->connection)->lets.data[e->ref.item].value;
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
  const connection_fields *f = &sp->l->connections[sp->connection];
  for (uint32_t s = 0; s < component_of_connection(sp->l->ctx, sp->connection)->states.len; s++)
    if (f->is_summed[s] && lower_reads_state(sp->l->ctx, sp->connection, e, s))
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
  return sp->l->m->timescales.data[lower_clock_of_links(sp->l->ctx, sp->connection)].ticks;
}

/* The factors of the wanted classes. */
static model_expr **pick(splitter *sp, const product *p, uint32_t wanted, bool or_uniform, uint32_t *count) {
  model_expr **list = ARENA_ARRAY(sp->l->arena, model_expr *, p->count);
  *count = 0;
  for (uint32_t k = 0; k < p->count; k++) {
    uint32_t cls = class_of(sp, p->factors[k]);
    if ((cls & wanted) || (or_uniform && cls == CLASS_UNIFORM))
      list[(*count)++] = p->factors[k];
  }
  return list;
}

static uint32_t add_numbered_field(splitter *sp, const char *what, uint32_t domain, nsa_field_kind kind) {
  lowering *l = sp->l;
  const char *name = arena_printf(l->arena, "%s.%s%u", sp->mc->name, what, l->p->fields.len);
  uint32_t f = lower_add_field(l, name, domain, NSA_F64, kind, 0, NULL, sp->contribution->at);
  l->p->fields.data[f].owner = sp->connection;
  return f;
}

static uint32_t population_of(const splitter *sp, model_side side) {
  return lower_population_of_side(sp->l->ctx, sp->connection, side);
}

/* States that are extrapolated change with every tick of those who read them. */
static bool is_moving_between_ticks(const splitter *sp, model_side side, const model_expr *e) {
  return lower_dependence(sp->l->ctx, true, sp->connection, e).side[side] & DEPENDS_STATE &&
         lower_is_extrapolated(sp->l->ctx, population_of(sp, side));
}

/* The timescale on which what changes at the ticks of both does; one need not be a multiple of the other. */
static uint32_t common_timescale(const lowering *l, uint32_t a, uint32_t b) {
  uint32_t x = l->m->timescales.data[a].ticks, y = l->m->timescales.data[b].ticks;
  return y % x == 0 ? a : x % y == 0 ? b : lower_base_timescale(l->ctx);
}

/* The timescale on which a source's term changes: that of all whose values enter it. */
static uint32_t timescale_of_source(const splitter *sp, model_side from, model_expr *const *factors, uint32_t count) {
  const lowering *l = sp->l;
  uint32_t common = component_of_population(l->ctx, population_of(sp, from))->timescale;
  for (uint32_t k = 0; k < count; k++) {
    dependence d = lower_dependence(sp->l->ctx, true, sp->connection, factors[k]);
    for (int side = SIDE_PRE; side <= SIDE_ASTRO; side++) {
      if (!d.side[side])
        continue;
      if (is_moving_between_ticks(sp, (model_side)side, factors[k]))
        return lower_base_timescale(l->ctx);
      common =
          common_timescale(l, common, component_of_population(l->ctx, population_of(sp, (model_side)side))->timescale);
    }
  }
  return common;
}

/* Base ticks after which the sources' terms have changed; 0: never. */
static uint32_t ticks_of_sources(const splitter *sp, model_side from, model_expr *const *factors, uint32_t count) {
  uint32_t ticks = sp->l->m->timescales.data[timescale_of_source(sp, from, factors, count)].ticks,
           grid = ticks_between(sp);
  return !count ? 0 : ticks < grid ? grid : ticks;
}

static uint32_t add_source_term(splitter *sp, model_side from, model_expr **factors, uint32_t count, uint32_t *active) {
  population_fields *f = &sp->l->populations[population_of(sp, from)];
  source_term t = {.connection = sp->connection,
                   .side = from,
                   .factors = factors,
                   .factor_count = count,
                   .is_fused = !lower_is_staged(sp->l->ctx, sp->connection),
                   .timescale = timescale_of_source(sp, from, factors, count)};
  t.field = add_numbered_field(sp, "source", f->domain, NSA_FIELD_SOURCE_TERM);
  t.active = add_numbered_field(sp, "active", f->domain, NSA_FIELD_FIRED);
  sp->l->p->fields.data[t.active].type = NSA_B1;
  *active = t.active;
  for (uint32_t k = 0; k < count; k++) {
    dependence d = lower_dependence(sp->l->ctx, true, sp->connection, factors[k]);
    for (int side = SIDE_PRE; side <= SIDE_ASTRO; side++)
      if (d.side[side] && (side != (int)from || d.side[side] & (DEPENDS_TIME | DEPENDS_INPUT)))
        t.is_fused = false;
    if (is_moving_between_ticks(sp, from, factors[k]))
      t.is_fused = false;
  }
  vec_push(sp->l->arena, &f->source_terms, t);
  return t.field;
}

/* A weight that is a plain parameter or state of the link needs no kernel. */
static uint32_t plain_weight(splitter *sp, model_expr **factors, uint32_t count) {
  if (count != 1 || factors[0]->kind != MX_REF || factors[0]->ref.side != SIDE_SELF)
    return NO_FIELD;
  const connection_fields *f = &sp->l->connections[sp->connection];
  if (factors[0]->ref.kind == REF_PARAM)
    return f->param[factors[0]->ref.item];
  if (factors[0]->ref.kind == REF_STATE && f->home[factors[0]->ref.item] == SIDE_SELF)
    return f->state[factors[0]->ref.item];
  return NO_FIELD;
}

/* Whether events, the clock or an astrocyte change a weight during the run. */
static bool is_changing(const splitter *sp, model_expr *const *factors, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) {
    dependence d = lower_dependence(sp->l->ctx, true, sp->connection, factors[k]);
    if (d.side[SIDE_ASTRO] & ~(uint32_t)DEPENDS_INVARIANT)
      return true;
  }
  const connection_fields *f = &sp->l->connections[sp->connection];
  for (uint32_t s = 0; s < component_of_connection(sp->l->ctx, sp->connection)->states.len; s++)
    for (uint32_t k = 0; k < count; k++)
      if (f->is_changing[s] && lower_reads_state(sp->l->ctx, sp->connection, factors[k], s))
        return true;
  return false;
}

/* With a delay a term that cannot be split sees pre as it was, value by value; pre is who is added to: as it is. */
static past_values add_pasts(splitter *sp, model_expr *const *factors, uint32_t count) {
  lowering *l = sp->l;
  const connection_fields *f = &l->connections[sp->connection];
  past_values pasts = {0};
  for (uint32_t k = 0; sp->mc->delay && sp->contribution->side != SIDE_PRE && k < count; k++)
    lower_find_pasts(l->ctx, sp->connection, factors[k], &pasts);
  for (uint32_t k = 0; k < pasts.len; k++) {
    model_expr **value = ARENA_ARRAY(l->arena, model_expr *, 1), *ref = ARENA_NEW(l->arena, model_expr);
    uint32_t active;
    *ref = *pasts.data[k].ref;
    value[0] = ref;
    if (ref->is_bool) {
      value[0] = new_node(sp, ref, MX_SELECT, ref, new_number(sp, ref, 1));
      value[0]->args[2] = new_number(sp, ref, 0);
    }
    nsa_past past = {.connection = sp->connection, .delay = f->delay};
    past.term = add_source_term(sp, SIDE_PRE, value, 1, &active);
    past.value = pasts.data[k].field = add_numbered_field(sp, "past", f->domain, NSA_FIELD_LINK_VALUE);
    past.every = ticks_between(sp);
    population_fields *source = &l->populations[sp->mc->source];
    source->source_terms.data[source->source_terms.len - 1].is_exact = true;
    vec_push(l->arena, &l->past_list, past);
  }
  return pasts;
}

/* "exc.I.weight" */
static const char *name_for_input(const splitter *sp, const char *what) {
  const model_component *to = component_of_population(sp->l->ctx, population_of(sp, sp->contribution->side));
  return lower_kernel_name(sp->l, sp->mc->name, to->inputs.data[sp->contribution->input].name, what);
}

static uint32_t link_function(splitter *sp, model_expr **factors, uint32_t count, nsa_role role, uint32_t *field) {
  lowering *l = sp->l;
  uint32_t number, domain = l->connections[sp->connection].domain;
  *field = add_numbered_field(sp, "weight", domain, NSA_FIELD_LINK_VALUE);
  const char *name = name_for_input(sp, "weight");
  ir_function *fn =
      ir_function_add(l->p, name, role, domain, component_of_connection(l->ctx, sp->connection)->timescale, &number);
  link_value v = {.function = fn,
                  .connection = sp->connection,
                  .field = *field,
                  .factors = factors,
                  .factor_count = count,
                  .pasts = add_pasts(sp, factors, count),
                  .at = sp->contribution->at};
  vec_push(l->arena, &l->link_value_list, v);
  return number;
}

/* Behind lower_input_fields: they may read inputs. */
void lower_link_values(lowering *l) {
  for (uint32_t k = 0; k < l->link_value_list.len; k++) {
    const link_value *v = &l->link_value_list.data[k];
    ir_builder b = ir_builder_on(l->p, v->function);
    b.at = v->at;
    scope s = scope_of_links(l, &b, v->connection);
    lower_when_contributing(&s, v->connection);
    s.pasts = v->pasts;
    ir_store(&b, v->field, lower_product(&s, v->factors, v->factor_count));
  }
}

/* A factor as its author wrote it. Its span leaves out brackets around the whole and behind the
 * last term. */
static void add_factor_text(splitter *sp, text *t, const model_expr *e) {
  size_t len;
  const char *source = diag_file_text(sp->l->sink, e->at.file, &len);
  bool is_sum = e->kind == MX_ADD || e->kind == MX_SUB || e->kind == MX_SELECT;
  int open = 0;
  for (uint32_t k = e->at.start; k < e->at.end; k++)
    open += (source[k] == '(') - (source[k] == ')');
  text_puts(t, is_sum ? "(" : "");
  text_add(t, source + e->at.start, e->at.end - e->at.start);
  text_puts(t, open > 0 ? ")" : "");
  text_puts(t, is_sum ? ")" : "");
}

static const char *join_factors(splitter *sp, model_expr *const *factors, uint32_t count) {
  text t = text_new(sp->l->arena);
  for (uint32_t k = 0; k < count; k++) {
    if (factors[k]->at.file == UINT32_MAX)
      continue;
    if (t.len)
      text_puts(&t, " * ");
    add_factor_text(sp, &t, factors[k]);
  }
  return t.len ? text_cstr(&t) : "1";
}

static void explain_term(splitter *sp, const char *source, model_side from, const char *weight, const char *target) {
  lower_decide(sp->l->ctx, sp->mc->name, "link sum",
               "%s (once a target) * sum over links of %s (once a %s) * %s (a link)", target, source,
               from == SIDE_ASTRO ? "partner" : "source", weight);
}

static void push_target_term(splitter *sp, const product *p, model_expr **factors, uint32_t count, uint32_t sum) {
  target_term t = {.input = sp->contribution->input,
                   .connection = sp->connection,
                   .side = sp->contribution->side,
                   .is_negative = p->is_negative,
                   .factors = factors,
                   .factor_count = count,
                   .sum = sum,
                   .every = ticks_between(sp)};
  vec_push(sp->l->arena, &sp->l->populations[population_of(sp, t.side)].target_terms, t);
  sp->term_count++;
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

static uint32_t sum_field(splitter *sp) {
  uint32_t population = population_of(sp, sp->contribution->side);
  return add_numbered_field(sp, "sum", sp->l->populations[population].domain, NSA_FIELD_SUM);
}

/* The whole term at each link. */
static void add_inseparable(splitter *sp, const product *p) {
  model_expr **all = ARENA_ARRAY(sp->l->arena, model_expr *, p->count);
  memcpy(all, p->factors, p->count * sizeof *all);
  nsa_link_sum sum = {.connection = sp->connection,
                      .from = NSA_SIDE_PRE,
                      .to = (uint32_t)sp->contribution->side,
                      .source_term = NO_FIELD,
                      .active = NO_FIELD,
                      .delay = NO_FIELD,
                      .every = ticks_between(sp)};
  sum.link_kernel = link_function(sp, all, p->count, NSA_ROLE_LINK, &sum.weight);
  sum.sum = sum_field(sp);
  vec_push(sp->l->arena, &sp->l->sum_list, sum);
  lower_stage_sum(sp->l, sp->connection);
  explain_term(sp, "1", SIDE_PRE, join_factors(sp, all, p->count), "1");
  push_target_term(sp, p, NULL, 0, sum.sum);
}

static void add_separable(splitter *sp, const product *p) {
  lowering *l = sp->l;
  uint32_t sources, weights, targets, source_class;
  model_side from = side_of_sources(sp, p, &source_class), to = sp->contribution->side;
  model_expr **source = pick(sp, p, source_class, false, &sources);
  model_expr **weight = pick(sp, p, (CLASS_LINK | CLASS_ASTRO) & ~source_class, false, &weights);
  model_expr **target = pick(sp, p, CLASS_TARGET, true, &targets);
  explain_term(sp, join_factors(sp, source, sources), from, join_factors(sp, weight, weights),
               join_factors(sp, target, targets));
  if (!sources && !weights && to == SIDE_POST) { /* the same for all links of a target: their number times that */
    push_target_term(sp, p, target, targets, lower_fan_field(l, sp->connection, SIDE_POST));
    return;
  }
  nsa_link_sum sum = {.connection = sp->connection,
                      .from = (uint32_t)from,
                      .to = (uint32_t)to,
                      .source_term = NO_FIELD,
                      .active = NO_FIELD,
                      .weight = NO_FIELD,
                      .link_kernel = NSA_NONE,
                      .delay = sources && from == SIDE_PRE ? l->connections[sp->connection].delay : NO_FIELD};
  if (sources)
    sum.source_term = add_source_term(sp, from, source, sources, &sum.active);
  if (weights)
    sum.weight = plain_weight(sp, weight, weights);
  bool changes = is_changing(sp, weight, weights);
  if (weights && sum.weight == NO_FIELD && changes) {
    sum.link_kernel = link_function(sp, weight, weights, NSA_ROLE_LINK, &sum.weight);
  } else if (weights && sum.weight == NO_FIELD) { /* constant: computed once, when the links are there */
    uint32_t kernel = link_function(sp, weight, weights, NSA_ROLE_INIT, &sum.weight);
    vec_push(l->arena, &l->weight_init_list, kernel);
  }
  uint32_t grid = ticks_between(sp);
  sum.every = changes || sum.delay != NO_FIELD ? grid : ticks_of_sources(sp, from, source, sources);
  sum.grid = sum.every == grid ? 0 : grid;
  sum.sum = sum_field(sp);
  vec_push(l->arena, &l->sum_list, sum);
  lower_stage_sum(l, sp->connection);
  push_target_term(sp, p, target, targets, sum.sum);
}

/* The factor that is a state of which only sums are kept; NSA_NONE. */
static uint32_t summed_factor(const splitter *sp, const product *p) {
  for (uint32_t k = 0; k < p->count; k++) {
    const model_expr *e = p->factors[k];
    if (e->kind == MX_REF && e->ref.side == SIDE_SELF && e->ref.kind == REF_STATE &&
        sp->l->connections[sp->connection].is_summed[e->ref.item])
      return k;
  }
  return NSA_NONE;
}

/* total = (total + what arrived) * exp(rate * dt), where the equation is dstate/dt = rate * state, by the clock of the
 * links. */
static void lower_total(splitter *sp, const link_total *t) {
  lowering *l = sp->l;
  const model_component *c = component_of_connection(l->ctx, sp->connection);
  uint32_t number, domain = l->populations[population_of(sp, t->side)].domain,
                   clock = lower_clock_of_links(l->ctx, sp->connection);
  const char *name = name_for_input(sp, "total");
  ir_function *fn = ir_function_add(l->p, name, NSA_ROLE_SOURCE, domain, clock, &number);
  vec_push(l->arena, &l->source_list, number);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = lower_uniform_scope(l, sp->connection, &b);
  ir_value *states = ARENA_ARRAY(l->arena, ir_value, c->states.len);
  for (uint32_t k = 0; k < c->states.len; k++)
    states[k] = ir_number(&b, 1);
  s.side[SIDE_SELF]->states = states;
  for (uint32_t k = 0; k < c->odes.len; k++) {
    if (c->odes.data[k].state != t->state)
      continue;
    b.at = c->odes.data[k].at;
    ir_value exponent =
        ir_binary(&b, IR_OP_mul, lower_expr(&s, c->odes.data[k].rate), ir_number(&b, l->m->timescales.data[clock].dt));
    ir_value sum = ir_binary(&b, IR_OP_add, ir_load(&b, t->total), ir_load(&b, t->arrived));
    ir_value total = ir_binary(&b, IR_OP_mul, sum, ir_math(&b, "exp", &exponent, 1));
    lower_check(&b, total);
    ir_store(&b, t->total, total);
    ir_store(&b, t->arrived, ir_number(&b, 0));
  }
}

static void add_summed(splitter *sp, const product *p, uint32_t at) {
  lowering *l = sp->l;
  uint32_t weights = 0, targets = 0;
  model_expr **weight = ARENA_ARRAY(l->arena, model_expr *, p->count),
             **target = ARENA_ARRAY(l->arena, model_expr *, p->count);
  for (uint32_t k = 0; k < p->count; k++) {
    if (k == at)
      continue;
    if (class_of(sp, p->factors[k]) & CLASS_LINK)
      weight[weights++] = p->factors[k];
    else
      target[targets++] = p->factors[k];
  }
  uint32_t domain = l->populations[population_of(sp, sp->contribution->side)].domain;
  link_total t = {.state = p->factors[at]->ref.item,
                  .side = sp->contribution->side,
                  .weights = weight,
                  .weight_count = weights,
                  .total = add_numbered_field(sp, "total", domain, NSA_FIELD_SUM),
                  .arrived = add_numbered_field(sp, "arrived", domain, NSA_FIELD_ARRIVED)};
  vec_push(l->arena, &l->connections[sp->connection].totals, t);
  lower_total(sp, &t);
  push_target_term(sp, p, target, targets, t.total);
}

static void add_term(splitter *sp, const product *p) {
  uint32_t summed = summed_factor(sp, p);
  if (summed != NSA_NONE) {
    add_summed(sp, p, summed);
    return;
  }
  if (is_separable(sp, p)) {
    add_separable(sp, p);
    return;
  }
  add_inseparable(sp, p);
}

/* ---- a contribution ---- */

static splitter start_split(lowering *l, uint32_t connection, const model_contribution *c) {
  const model_connection *mc = &l->m->connections.data[connection];
  splitter sp = {.l = l, .connection = connection, .mc = mc, .contribution = c};
  return sp;
}

static void add_stencil(splitter *sp) {
  const model_contribution *c = sp->contribution;
  model_expr **whole = ARENA_ARRAY(sp->l->arena, model_expr *, 1);
  whole[0] = c->value;
  target_term t = {.input = c->input,
                   .connection = sp->connection,
                   .side = SIDE_POST,
                   .is_stencil = true,
                   .factors = whole,
                   .factor_count = 1,
                   .sum = NO_FIELD,
                   .every = ticks_between(sp)};
  vec_push(sp->l->arena, &sp->l->populations[sp->mc->target].target_terms, t);
  lower_decide(sp->l->ctx, sp->mc->name, "link sum", "a stencil over %u grid neighbours, no stored links: %s",
               sp->mc->rule.degree, join_factors(sp, whole, 1));
}

/* One sum over the links of a target starts at zero and adds in ascending order of the source. */
void lower_contributions(lowering *l, uint32_t connection) {
  const model_component *synapse = component_of_connection(l->ctx, connection);
  for (uint32_t k = 0; k < synapse->contributions.len; k++) {
    splitter sp = start_split(l, connection, &synapse->contributions.data[k]);
    if (l->connections[connection].is_stencil) {
      add_stencil(&sp);
      continue;
    }
    product p = {.count = 0};
    flatten(&sp, &p, sp.contribution->value);
    add_terms(&sp, &p);
  }
}
