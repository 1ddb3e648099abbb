/* SPDX-License-Identifier: MIT */
/* coupling.c - how fast links couple: the largest step at which contributions do not grow by themselves.
 *
 * Populations of one timescale that contributions join are looked at as one element of each, linearised at the initial
 * state by differences: J' = A (its own equations) + d B_post + m B_pre for an input that d links feed, whose sources
 * stand in a pattern that the rule can show: m = d where all are alike, down to -d where each differs from its
 * neighbours. Of neighbours with diffusion that is Gershgorin's bound, 2 d D. What is held over a step goes by Euler's
 * method, and its own part counts alone: it is unstable above 2 over the rate. At stages the whole counts, with the
 * solver's limit. */
#include "lower/plan/builders.h"
#include "model/walk.h"
#include "solve/eigenvalues.h"
#include "support/disjoint.h"

#include "nsa_link_count.h"

#include <math.h>

enum { LARGEST = 200 }; /* states of a group: eigenvalues cost their cube */

/* ---- derivatives at the initial state ---- */

typedef struct {
  const lower_context *ctx;
  bool is_connection;
  uint32_t owner;
  model_side side; /* whose state or input is moved by `delta` */
  model_ref_kind kind;
  uint32_t item;
  double delta;
} point;

static uint32_t population_on(const point *p, model_side side) {
  return p->is_connection ? lower_population_of_side(p->ctx, p->owner, side) : p->owner;
}

static const model_component *component_on(const point *p, model_side side) {
  return p->is_connection && side == SIDE_SELF ? component_of_connection(p->ctx, p->owner)
                                               : component_of_population(p->ctx, population_on(p, side));
}

static double start_of(const point *p, model_side side, model_ref_kind kind, uint32_t item) {
  bool is_of_link = p->is_connection && side == SIDE_SELF;
  uint32_t owner = is_of_link ? p->owner : population_on(p, side);
  if (kind != REF_STATE && kind != REF_PARAM)
    return 0;
  return lower_evaluate(p->ctx, is_of_link, owner, lower_initial_value(p->ctx, is_of_link, owner, kind, item)).value;
}

typedef struct {
  const point *p;
  model_side at; /* who SELF is */
} numbering;

static model_expr *with_numbers(const point *p, const model_expr *e, model_side at);

static model_expr *number_of(void *context, model_expr *copy) {
  const numbering *n = context;
  const point *p = n->p;
  model_side side = copy->ref.side == SIDE_SELF ? n->at : copy->ref.side;
  if (side == SIDE_ASTRO && p->is_connection && !p->ctx->m->connections.data[p->owner].has_partner)
    return NULL;
  if (copy->ref.kind == REF_LET)
    return with_numbers(p, component_on(p, side)->lets.data[copy->ref.item].value, side);
  bool is_moved = side == p->side && copy->ref.kind == p->kind && copy->ref.item == p->item;
  *copy = (model_expr){.kind = copy->is_bool ? MX_BOOL : MX_NUMBER,
                       .is_bool = copy->is_bool,
                       .unit = copy->unit,
                       .at = copy->at,
                       .number = start_of(p, side, copy->ref.kind, copy->ref.item) + (is_moved ? p->delta : 0)};
  return copy;
}

/* A copy in which what is read of the partners, and of what is moved, is a number; NULL where a partner is absent. */
static model_expr *with_numbers(const point *p, const model_expr *e, model_side at) {
  return expr_replace(p->ctx->arena, e, number_of, &(numbering){p, at});
}

static double derivative(point p, const model_expr *e, model_side side, model_ref_kind kind, uint32_t item) {
  p.side = side, p.kind = kind, p.item = item;
  double delta = 1e-4 * fabs(start_of(&p, side, kind, item)) + 1e-6, difference = 0;
  for (int sign = -1; sign <= 1; sign += 2) {
    p.delta = sign * delta;
    const model_expr *at = with_numbers(&p, e, SIDE_SELF);
    difference += at ? sign * lower_evaluate(p.ctx, p.is_connection, p.owner, at).value : NAN;
  }
  double x = difference / (2 * delta);
  return isfinite(x) ? x : 0; /* at a kink, or beyond what numbers hold: nothing is said of it */
}

/* ---- how many links feed an element, and in which patterns ---- */

static double degree_of(const lower_context *ctx, uint32_t connection) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  const model_population *from = &ctx->m->populations.data[mc->source], *to = &ctx->m->populations.data[mc->target];
  nsa_link_rule r = {.kind = mc->rule.kind,
                     .source_rows = from->rows,
                     .source_cols = from->cols,
                     .target_rows = to->rows,
                     .target_cols = to->cols,
                     .leaves_out_self = mc->source == mc->target && !mc->allow_self,
                     .degree = mc->rule.degree,
                     .share = NAN};
  if (mc->rule.kind == NSA_RULE_PROBABILITY) {
    evaluated p = lower_evaluate(ctx, true, connection, mc->rule.probability);
    r.share = p.is_constant ? p.value : NAN;
  }
  return nsa_count_links(&r).of_a_target;
}

/* The least eigenvalue of who is whose neighbour, over the degree. */
static double opposition_of(const lower_context *ctx, uint32_t connection) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  double degree = degree_of(ctx, connection);
  if (mc->source != mc->target)
    return 1;
  switch (mc->rule.kind) {
  case NSA_RULE_ONE_TO_ONE:
    return 1;
  case NSA_RULE_ALL_TO_ALL:
    return degree < 1 ? -1 : -1 / degree;
  case NSA_RULE_NEIGHBOURS:
    return degree == 8 ? -0.5 : -1;
  case NSA_RULE_INDEGREE:
  case NSA_RULE_OUTDEGREE:
  case NSA_RULE_PROBABILITY:
  case NSA_RULE_SCALE_FREE:
    return -fmin(1, 2 / sqrt(degree > 0 ? degree : 1));
  default:
    return -1;
  }
}

/* ---- groups of populations ---- */

typedef struct {
  const lower_context *ctx;
  bool is_staged;
  coupling_bounds *bounds;
  uint32_t *root;   /* per population: disjoint.h */
  uint32_t *offset; /* per population: of its states in the matrix */
  uint32_t n;
  double *matrix;
  uint32_t strongest; /* connection with the largest entry, and that */
  uint32_t strongest_state;
  double strongest_entry;
} group;

static bool is_looked_at(const lower_context *ctx, uint32_t connection, bool is_staged) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  coupling_kind coupling = mc->coupling;
  bool is_of_kind = is_staged ? coupling == COUPLING_STAGES : coupling == COUPLING_HOLD;
  return is_of_kind && component_of_connection(ctx, connection)->contributions.len != 0 && !mc->delay &&
         component_of_population(ctx, mc->source)->timescale == component_of_population(ctx, mc->target)->timescale;
}

static void add_entry(group *g, uint32_t connection, uint32_t row, uint32_t column, double x, uint32_t state) {
  g->matrix[row * g->n + column] += x;
  if (fabs(x) > g->strongest_entry) {
    g->strongest_entry = fabs(x);
    g->strongest = connection;
    g->strongest_state = state;
  }
}

/* What one contribution does to the rates of a target: through the input, by the states of both ends. */
static void add_contribution(group *g, uint32_t connection, const model_contribution *x, double pattern) {
  const lower_context *ctx = g->ctx;
  const model_connection *mc = &ctx->m->connections.data[connection];
  const model_component *to = component_of_population(ctx, mc->target),
                        *from = component_of_population(ctx, mc->source);
  point link = {.ctx = ctx, .is_connection = true, .owner = connection}, element = {.ctx = ctx, .owner = mc->target};
  double degree = degree_of(ctx, connection);
  for (uint32_t i = 0; i < to->odes.len; i++) {
    const model_ode *ode = &to->odes.data[i];
    double into = ode->timescale == to->timescale ? derivative(element, ode->rate, SIDE_SELF, REF_INPUT, x->input) : 0;
    uint32_t row = g->offset[mc->target] + ode->state;
    for (uint32_t k = 0; into != 0 && k < to->states.len; k++)
      add_entry(g, connection, row, g->offset[mc->target] + k,
                degree * into * derivative(link, x->value, SIDE_POST, REF_STATE, k), ode->state);
    for (uint32_t k = 0; into != 0 && k < from->states.len; k++)
      add_entry(g, connection, row, g->offset[mc->source] + k,
                pattern * degree * into * derivative(link, x->value, SIDE_PRE, REF_STATE, k), ode->state);
  }
}

static void add_own(group *g, uint32_t population) {
  const model_component *c = component_of_population(g->ctx, population);
  point element = {.ctx = g->ctx, .owner = population};
  for (uint32_t i = 0; i < c->odes.len; i++)
    for (uint32_t k = 0; c->odes.data[i].timescale == c->timescale && k < c->states.len; k++)
      g->matrix[(g->offset[population] + c->odes.data[i].state) * g->n + g->offset[population] + k] +=
          derivative(element, c->odes.data[i].rate, SIDE_SELF, REF_STATE, k);
}

static void fill_matrix(group *g, uint32_t root, bool is_opposed) {
  const model *m = g->ctx->m;
  memset(g->matrix, 0, (size_t)g->n * g->n * sizeof *g->matrix);
  for (uint32_t p = 0; g->is_staged && p < m->populations.len; p++)
    if (disjoint_root(g->root, p) == root)
      add_own(g, p);
  for (uint32_t c = 0; c < m->connections.len; c++) {
    const model_component *synapse = component_of_connection(g->ctx, c);
    double pattern = is_opposed ? opposition_of(g->ctx, c) : 1;
    if (!is_looked_at(g->ctx, c, g->is_staged) || disjoint_root(g->root, m->connections.data[c].target) != root)
      continue;
    for (uint32_t k = 0; k < synapse->contributions.len; k++)
      if (synapse->contributions.data[k].side == SIDE_POST)
        add_contribution(g, c, &synapse->contributions.data[k], pattern);
  }
}

/* Of the set that the populations are in: one of which a contribution reads nothing is in none. */
static solver_kind staged_solver(const group *g, uint32_t root) {
  const model *m = g->ctx->m;
  for (uint32_t p = 0; p < m->populations.len; p++)
    if (disjoint_root(g->root, p) == root && m->populations.data[p].stage_set != NSA_NONE)
      return m->stage_sets.data[m->populations.data[p].stage_set].solver;
  return SOLVER_automatic;
}

/* The largest rate of decay; what turns rather than decays is a question of accuracy. */
static double fastest_decay(const group *g) {
  double *real = ARENA_ARRAY(g->ctx->arena, double, g->n), *imaginary = ARENA_ARRAY(g->ctx->arena, double, g->n),
         rate = 0;
  if (!eigenvalues_of(g->ctx->arena, g->n, g->matrix, real, imaginary))
    return 0;
  for (uint32_t k = 0; k < g->n; k++)
    if (-real[k] >= fabs(imaginary[k]))
      rate = fmax(rate, hypot(real[k], imaginary[k]));
  return rate;
}

static double limit_of(const group *g, uint32_t root) {
  if (!g->is_staged)
    return solver_rows[SOLVER_euler].stability_limit;
  double limit = solver_rows[staged_solver(g, root)].stability_limit;
  return limit > 0 ? limit : INFINITY;
}

/* ---- what is said ---- */

static void warn(const group *g, double rate, double limit) {
  const model_connection *mc = &g->ctx->m->connections.data[g->strongest];
  const model_component *to = component_of_population(g->ctx, mc->target);
  double dt = g->ctx->m->timescales.data[to->timescale].dt;
  diag *d = diag_report(
      g->ctx->sink, DIAG_W0401, mc->at,
      "the step of %.4g ms is unstable: `%s` couples `%s` at rates up to %.4g /ms, and %s above %.3g ms", dt, mc->name,
      to->states.data[g->strongest_state].name, rate,
      g->is_staged ? "its solver becomes unstable" : "contributions that are held over a step grow", limit / rate);
  bool is_grid = mc->rule.kind == NSA_RULE_NEIGHBOURS && mc->rule.degree == 4;
  diag_hint(d, "use a timescale of at most %.2g ms%s%s", limit / rate / 4,
            g->is_staged ? ", or `using adaptive`" : ", or `coupling stages` with `using adaptive`",
            is_grid ? ", or `coupling implicit`" : "");
}

static void add_bound(group *g, uint32_t root, double rate) {
  const lower_context *ctx = g->ctx;
  const model *m = ctx->m;
  coupling_bound bound = {.is_staged = g->is_staged,
                          .rate = rate,
                          .limit = limit_of(g, root),
                          .timescale = component_of_population(ctx, root)->timescale,
                          .strongest = g->strongest};
  for (uint32_t p = 0; p < m->populations.len; p++)
    if (disjoint_root(g->root, p) == root)
      vec_push(ctx->arena, &bound.populations, p);
  for (uint32_t c = 0; c < m->connections.len; c++)
    if (is_looked_at(ctx, c, g->is_staged) && disjoint_root(g->root, m->connections.data[c].target) == root &&
        degree_of(ctx, c) > 0) {
      vec_push(ctx->arena, &bound.connections, ((nsa_connection_id){c}));
      vec_push(ctx->arena, &bound.degrees, degree_of(ctx, c));
    }
  vec_push(ctx->arena, g->bounds, bound);
  if (ctx->options->analyse_timescales && m->timescales.data[bound.timescale].dt * rate > bound.limit)
    warn(g, rate, bound.limit);
}

static void look_at_group(group *g, uint32_t root) {
  g->n = 0;
  g->strongest_entry = 0;
  for (uint32_t p = 0; p < g->ctx->m->populations.len; p++)
    if (disjoint_root(g->root, p) == root) {
      g->offset[p] = g->n;
      g->n += component_of_population(g->ctx, p)->states.len;
    }
  if (g->n == 0 || g->n > LARGEST)
    return;
  g->matrix = ARENA_ARRAY(g->ctx->arena, double, (size_t)g->n * g->n);
  double rate = 0;
  for (int is_opposed = 0; is_opposed < 2; is_opposed++) {
    fill_matrix(g, root, is_opposed != 0);
    rate = fmax(rate, fastest_decay(g));
  }
  if (rate > 0 && g->strongest_entry > 0)
    add_bound(g, root, rate);
}

static void look_at(const lower_context *ctx, bool is_staged, coupling_bounds *bounds) {
  const model *m = ctx->m;
  group g = {.ctx = ctx, .is_staged = is_staged, .bounds = bounds};
  g.root = ARENA_ARRAY(ctx->arena, uint32_t, m->populations.len);
  g.offset = ARENA_ARRAY(ctx->arena, uint32_t, m->populations.len);
  bool *has_links = ARENA_ARRAY(ctx->arena, bool, m->populations.len);
  for (uint32_t p = 0; p < m->populations.len; p++)
    g.root[p] = p;
  for (uint32_t c = 0; c < m->connections.len; c++) {
    if (!is_looked_at(ctx, c, is_staged))
      continue;
    disjoint_join(g.root, m->connections.data[c].source, m->connections.data[c].target);
    has_links[m->connections.data[c].source] = has_links[m->connections.data[c].target] = true;
  }
  for (uint32_t p = 0; p < m->populations.len; p++)
    if (has_links[p] && g.root[p] == p)
      look_at_group(&g, p);
}

coupling_bounds plan_coupling(const lower_context *ctx) {
  coupling_bounds bounds = {0};
  if (ctx->options->equations_only)
    return bounds;
  look_at(ctx, false, &bounds);
  look_at(ctx, true, &bounds);
  return bounds;
}

double lower_coupling_rate(const coupling_bounds *bounds, uint32_t population) {
  double rate = 0;
  for (uint32_t k = 0; k < bounds->len; k++)
    for (uint32_t i = 0; i < bounds->data[k].populations.len; i++)
      if (bounds->data[k].populations.data[i] == population)
        rate = fmax(rate, bounds->data[k].rate);
  return rate;
}
