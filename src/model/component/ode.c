/* SPDX-License-Identifier: MIT */
/* ode.c - equations: both sides' units, the coefficient divided out, noise taken apart; reactions
 * by mass action. */
#include "model/component/parts.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "model/walk.h"

#include <stdlib.h>

/* ---- names of timescales and solvers ---- */

/* One of `adaptive`; false with a diagnostic. */
static bool option_take(checker *ck, const ast_arg *arg, solver_options *out) {
  enum { MOST = 1000000 };
  expr_env env = env_constant(ck, NULL, "an option of `adaptive`");
  if (arg->name.text != NULL && strcmp(arg->name.text, "substeps") == 0)
    return expr_constant_count(&env, arg->value, "`substeps`", 1, MOST, &out->substeps);
  if (arg->name.text == NULL || strcmp(arg->name.text, "tolerance") != 0) {
    diag *d = diag_report(ck->sink, DIAG_E0403, arg->at, "`adaptive` has no such option");
    diag_hint(d, "it has `tolerance` and `substeps`: `adaptive(tolerance = 1e-6, substeps = 10000)`");
    return false;
  }
  if (!expr_constant(&env, arg->value, dim_none(), "`tolerance`", &out->tolerance))
    return false;
  if (out->tolerance >= 1e-12 && out->tolerance <= 0.1)
    return true;
  diag_report(ck->sink, DIAG_E0403, arg->at, "a tolerance is between 1e-12 and 0.1, not %s",
              number_text(ck, out->tolerance));
  return false;
}

bool solver_find(checker *ck, const ast_solver *s, solver_kind *out, solver_options *options) {
  const char *name = s->in_order ? arena_printf(ck->arena, "%s in order", s->name.text) : s->name.text;
  for (int i = SOLVER_automatic + 1; i < SOLVER_COUNT; i++)
    if (strcmp(solver_rows[i].words, name) == 0) {
      *out = (solver_kind)i;
      *options = (solver_options){SOLVE_USUAL_TOLERANCE, SOLVE_USUAL_SUBSTEPS};
      for (uint32_t k = 0; i == SOLVER_adaptive && k < s->options.len; k++)
        if (!option_take(ck, &s->options.data[k], options))
          return false;
      if (i != SOLVER_adaptive && s->options.len > 0)
        diag_report(ck->sink, DIAG_E0403, s->options.data[0].at, "`%s` has no options", name);
      return true;
    }
  name_list known = {0};
  for (int i = SOLVER_automatic + 1; i < SOLVER_COUNT; i++)
    vec_push(ck->arena, &known, solver_rows[i].words);
  report_unknown(ck, s->name.at, DIAG_E0403, "the solver", name, &known);
  return false;
}

/* ---- noise: rate = rest + factor * noise ---- */

typedef struct {
  model_expr *rest, *factor; /* NULL: zero */
} affine;

static walk_step find_noise(void *context, const model_expr *e) {
  const uint32_t *noise = context;
  bool is_found = e->kind == MX_REF && e->ref.kind == REF_NOISE && (*noise == NONE || e->ref.item == *noise);
  return is_found ? WALK_STOP : WALK_ON;
}

/* noise: NONE for any. */
static bool depends_on_noise(const model_expr *e, uint32_t noise) {
  return walk_expr(&(walker){.expr = find_noise, .context = &noise}, e);
}

static bool split(checker *ck, model_expr *e, uint32_t noise, affine *out);

static model_expr *add_parts(checker *ck, model_expr_kind kind, model_expr *a, model_expr *b, span at) {
  if (a == NULL)
    return kind == MX_SUB && b != NULL ? expr_unary(ck, MX_NEG, b, at) : b;
  return b == NULL ? a : expr_binary(ck, kind, a, b, at);
}

static bool split_sum(checker *ck, model_expr *e, uint32_t noise, affine *out) {
  affine a, b;
  if (!split(ck, e->args[0], noise, &a) || !split(ck, e->args[1], noise, &b))
    return false;
  out->rest = add_parts(ck, e->kind, a.rest, b.rest, e->at);
  out->factor = add_parts(ck, e->kind, a.factor, b.factor, e->at);
  return true;
}

static model_expr *scale_part(checker *ck, const model_expr *e, model_expr *part, int position) {
  if (part == NULL)
    return NULL;
  return position == 0 ? expr_binary(ck, e->kind, part, e->args[1], e->at)
                       : expr_binary(ck, e->kind, e->args[0], part, e->at);
}

static bool split_product(checker *ck, model_expr *e, uint32_t noise, affine *out) {
  int position = depends_on_noise(e->args[0], noise) ? 0 : 1;
  bool is_in_other = depends_on_noise(e->args[1 - position], noise);
  affine part;
  if (is_in_other || (e->kind == MX_DIV && position == 1) || !split(ck, e->args[position], noise, &part))
    return false;
  out->rest = scale_part(ck, e, part.rest, position);
  out->factor = scale_part(ck, e, part.factor, position);
  return true;
}

static model_expr *or_zero(checker *ck, model_expr *e, dim unit, span at) {
  return e != NULL ? e : expr_literal(ck, 0, unit, at);
}

static bool split_select(checker *ck, model_expr *e, uint32_t noise, affine *out) {
  affine a, b;
  if (depends_on_noise(e->args[0], noise) || !split(ck, e->args[1], noise, &a) || !split(ck, e->args[2], noise, &b))
    return false;
  dim factor = dim_div(e->unit, dim_pow(dim_ms, -1, 2));
  out->rest =
      expr_select(ck, e->args[0], or_zero(ck, a.rest, e->unit, e->at), or_zero(ck, b.rest, e->unit, e->at), e->at);
  out->factor =
      expr_select(ck, e->args[0], or_zero(ck, a.factor, factor, e->at), or_zero(ck, b.factor, factor, e->at), e->at);
  return true;
}

static bool split(checker *ck, model_expr *e, uint32_t noise, affine *out) {
  *out = (affine){.rest = e};
  if (!depends_on_noise(e, noise))
    return true;
  switch (e->kind) {
  case MX_REF:
    *out = (affine){.factor = expr_literal(ck, 1, dim_none(), e->at)};
    return true;
  case MX_NEG:
    if (!split(ck, e->args[0], noise, out))
      return false;
    out->rest = expr_unary(ck, MX_NEG, out->rest, e->at);
    out->factor = expr_unary(ck, MX_NEG, out->factor, e->at);
    return true;
  case MX_ADD:
  case MX_SUB:
    return split_sum(ck, e, noise, out);
  case MX_MUL:
  case MX_DIV:
    return split_product(ck, e, noise, out);
  case MX_SELECT:
    return split_select(ck, e, noise, out);
  default:
    return false;
  }
}

static model_expr *divided(checker *ck, model_expr *e, model_expr *coefficient, span at) {
  return coefficient == NULL || e == NULL ? e : expr_binary(ck, MX_DIV, e, coefficient, at);
}

/* Takes every noise out of the right side; what is left is the rate. */
static bool take_noise_out(component_builder *b, model_ode *ode, model_expr *rhs, model_expr *coefficient) {
  checker *ck = b->ck;
  dim unit = rhs->unit;
  for (uint32_t i = 0; i < b->c->noises.len; i++) {
    affine part = {.rest = rhs};
    bool is_split = rhs == NULL || split(ck, rhs, i, &part);
    if (rhs == NULL)
      part = (affine){0};
    if (!is_split || (part.factor != NULL && depends_on_noise(part.factor, NONE))) {
      diag *d = diag_report(ck->sink, DIAG_E0403, ode->at,
                            "the noise `%s` must enter the equation linearly: only a factor may "
                            "stand before it",
                            b->c->noises.data[i].name);
      diag_hint(d, "write the equation as `... + amplitude * %s`", b->c->noises.data[i].name);
      return false;
    }
    rhs = part.rest;
    vec_push(ck->arena, &ode->noise, divided(ck, part.factor, coefficient, ode->at));
  }
  ode->rate = ode->own = divided(ck, or_zero(ck, rhs, unit, ode->at), coefficient, ode->at);
  return ode->rate != NULL;
}

/* ---- equations ---- */

static expr_env equation_scope(component_builder *b, const flat_item *item, unsigned more) {
  expr_env env = b->env;
  env.allow = IN_VALUES | more;
  if (b->c->kind == COMPONENT_SYNAPSE)
    env.allow &= ~(unsigned)ALLOW_PLACE;
  env.where = "an equation";
  env.home = item->def->home;
  return env;
}

static bool find_state(component_builder *b, ast_name name, const char *role, uint32_t *state) {
  model_ref_kind kind = REF_STATE;
  bool is_let = builder_find_let(b, name.text) != NULL;
  if (!is_let && component_find(b->c, name.text, &kind, state) && kind == REF_STATE)
    return true;
  if (is_let || component_find(b->c, name.text, &kind, state)) {
    diag_report(b->ck->sink, DIAG_E0409, name.at, "`%s` is %s: only a state can %s", name.text,
                is_let ? "a let" : kind_word(kind), role);
    return false;
  }
  name_list known = {0};
  if (b->ck->is_broken)
    return false;
  for (uint32_t i = 0; i < b->c->states.len; i++)
    vec_push(b->ck->arena, &known, b->c->states.data[i].name);
  diag *d = diag_report(b->ck->sink, DIAG_E0402, name.at, "there is no state `%s` that can %s", name.text, role);
  if (diag_nearest(name.text, known.data, known.len) != NULL)
    hint_at_names(b->ck, d, name.text, &known);
  else
    diag_hint(d, "declare it: `state %s = ...`", name.text);
  return false;
}

static bool is_on_events(const ast_name *timescale) {
  return timescale->text != NULL && strcmp(timescale->text, "events") == 0;
}

static bool needs_steps(solver_kind solver) { return solver != SOLVER_automatic && solver != SOLVER_exact; }

/* Where nothing is said. Neurons and astrocytes always go by their clock. */
static ode_timing usual_timing(const component_builder *b, solver_kind solver) {
  bool is_free = b->c->kind == COMPONENT_SYNAPSE && !b->has_own_clock && !needs_steps(solver);
  return is_free ? ODE_AUTOMATIC : ODE_CLOCK;
}

static ode_timing equation_timing(component_builder *b, const flat_item *item, solver_kind solver) {
  const ast_name *name = &item->ast->as.ode.timescale;
  if (!is_on_events(name) || b->c->kind != COMPONENT_SYNAPSE)
    return name->text != NULL ? ODE_CLOCK : usual_timing(b, solver);
  if (needs_steps(solver)) {
    diag *d = diag_report(b->ck->sink, DIAG_E0403, name->at,
                          "`using %s` goes by steps, and an equation `on events` has none", solver_rows[solver].words);
    diag_hint(d, "leave out one of them");
  }
  return ODE_EVENTS;
}

static uint32_t equation_timescale(component_builder *b, const flat_item *item) {
  const ast_name *name = &item->ast->as.ode.timescale;
  uint32_t own = b->c->timescale;
  if (is_on_events(name)) {
    if (b->c->kind != COMPONENT_SYNAPSE)
      diag_report(b->ck->sink, DIAG_E0404, name->at, "`on events` is for equations of synapses: %s goes by its clock",
                  component_word(b->c->kind));
    return own;
  }
  uint32_t found = name->text != NULL ? timescale_find(b->ck, *name) : own;
  if (found == NONE || found == own)
    return own;
  const model_timescale *scales = b->ck->model->timescales.data;
  if (scales[found].ticks > scales[own].ticks && scales[found].ticks % scales[own].ticks == 0)
    return found;
  diag_report(b->ck->sink, DIAG_E0601, name->at,
              "`%s` (%g ms) is not a whole multiple of the component's timescale `%s` (%g ms)", name->text,
              scales[found].dt, scales[own].name, scales[own].dt);
  return own;
}

/* The unit that the right side must have; unknown after an error. */
static dim rhs_unit(component_builder *b, const flat_item *item, const model_state *state, model_expr **coefficient) {
  const ast_expr *ast = item->ast->as.ode.coefficient;
  dim unit = dim_is_unknown(state->unit) ? state->unit : dim_div(state->unit, dim_ms);
  *coefficient = NULL;
  if (ast == NULL)
    return unit;
  expr_env env = equation_scope(b, item, 0);
  *coefficient = expr_number(&env, ast, NULL);
  if (*coefficient == NULL || dim_is_unknown(unit))
    return dim_unknown();
  return dim_mul(unit, (*coefficient)->unit);
}

void ode_check(component_builder *b, const flat_item *item) {
  checker *ck = b->ck;
  model_ode ode = {
      .at = item->ast->at, .solver = b->solver, .options = b->options, .timescale = equation_timescale(b, item)};
  if (item->ast->as.ode.solver.name.text != NULL)
    solver_find(ck, &item->ast->as.ode.solver, &ode.solver, &ode.options);
  ode.timing = equation_timing(b, item, ode.solver);
  expr_env env = equation_scope(b, item, ALLOW_NOISE);
  if (!find_state(b, item->ast->as.ode.state, "have an equation", &ode.state)) {
    expr_number(&env, item->ast->as.ode.rhs, NULL);
    return;
  }
  model_expr *coefficient;
  const model_state *state = &b->c->states.data[ode.state];
  dim unit = rhs_unit(b, item, state, &coefficient);
  const ast_expr *factor = item->ast->as.ode.coefficient;
  const char *left = factor == NULL ? arena_printf(ck->arena, "`d%s/dt`", state->name)
                                    : arena_printf(ck->arena, "`%s * d%s/dt`", expr_text(ck, factor), state->name);
  env.target = state->bare;
  env.is_rate = true;
  model_expr *rhs = dim_is_unknown(unit) ? expr_number(&env, item->ast->as.ode.rhs, NULL)
                                         : expr_of_unit(&env, item->ast->as.ode.rhs, unit, left);
  expr_env condition_env = equation_scope(b, item, 0);
  if (item->ast->as.ode.unless != NULL)
    ode.unless = expr_bool(&condition_env, item->ast->as.ode.unless);
  if (rhs != NULL && !dim_is_unknown(unit) && take_noise_out(b, &ode, rhs, coefficient))
    vec_push(ck->arena, &b->c->odes, ode);
}

/* ---- reactions ---- */

typedef struct {
  uint32_t state;
  int32_t count;
} species;
typedef VEC(species) species_list;

/* A number that is not whole, or 0, was reported. */
static bool species_count(checker *ck, const ast_species *s, int32_t *out) {
  enum { MOST = 9 };
  long count = s->count == NULL ? 1 : strtol(s->count, NULL, 10);
  *out = (int32_t)count;
  if (count > MOST)
    diag_report(ck->sink, DIAG_E0501, s->at, "the number of a reaction's species is a whole number from 1 to %d", MOST);
  return count >= 1 && count <= MOST;
}

/* One side of a reaction. All its species are in one unit: *unit, where that is known. */
static bool find_species(component_builder *b, const ast_species_list *ast, species_list *out, dim *unit) {
  for (uint32_t i = 0; i < ast->len; i++) {
    species s;
    if (!find_state(b, ast->data[i].state, "take part in a reaction", &s.state) ||
        !species_count(b->ck, &ast->data[i], &s.count))
      return false;
    dim own = b->c->states.data[s.state].unit;
    if (dim_is_unknown(*unit))
      *unit = own;
    if (!dim_is_unknown(own) && !dim_equal(own, *unit)) {
      diag_report(b->ck->sink, DIAG_E0301, ast->data[i].at, "`%s` is in %s, but other species of the reaction in %s",
                  ast->data[i].state.text, dim_name(b->ck->arena, own), dim_name(b->ck->arena, *unit));
      return false;
    }
    vec_push(b->ck->arena, out, s);
  }
  return !dim_is_unknown(*unit);
}

/* rate * product of the species, checked to be `unit` per time. */
static model_expr *mass_action(component_builder *b, const flat_item *item, const ast_expr *rate,
                               const species_list *side, dim unit) {
  checker *ck = b->ck;
  int order = 0;
  for (uint32_t i = 0; i < side->len; i++)
    order += side->data[i].count;
  dim wanted = dim_div(dim_div(unit, dim_ms), dim_pow(unit, order, 1));
  expr_env env = equation_scope(b, item, 0);
  model_expr *flow =
      expr_of_unit(&env, rate, wanted, arena_printf(ck->arena, "this rate of a reaction of order %d", order));
  for (uint32_t i = 0; i < side->len; i++)
    for (int32_t k = 0; k < side->data[i].count; k++)
      flow = expr_binary(ck, MX_MUL, flow, expr_ref(ck, REF_STATE, SIDE_SELF, side->data[i].state, unit, item->ast->at),
                         item->ast->at);
  return flow;
}

static model_ode *equation_of(component_builder *b, uint32_t state, span at) {
  for (uint32_t i = 0; i < b->c->odes.len; i++)
    if (b->c->odes.data[i].state == state)
      return &b->c->odes.data[i];
  model_ode ode = {.state = state,
                   .at = at,
                   .timing = usual_timing(b, b->solver),
                   .solver = b->solver,
                   .options = b->options,
                   .timescale = b->c->timescale};
  for (uint32_t i = 0; i < b->c->noises.len; i++)
    vec_push(b->ck->arena, &ode.noise, NULL);
  vec_push(b->ck->arena, &b->c->odes, ode);
  return &b->c->odes.data[b->c->odes.len - 1];
}

/* Net gain of a species in one turn of the reaction times the flow. */
static void add_flow(component_builder *b, uint32_t state, int32_t gain, model_reaction *reaction) {
  checker *ck = b->ck;
  model_expr *flow = reaction->flow;
  span at = reaction->at;
  if (gain == 0)
    return;
  vec_push(ck->arena, &reaction->gains, ((model_gain){state, gain}));
  int32_t size = abs(gain);
  model_expr *term = size == 1 ? flow : expr_binary(ck, MX_MUL, expr_literal(ck, size, dim_none(), at), flow, at);
  model_ode *ode = equation_of(b, state, at);
  ode->rate = add_parts(ck, gain > 0 ? MX_ADD : MX_SUB, ode->rate, term, at);
}

static int32_t count_of(const species_list *side, uint32_t state) {
  int32_t sum = 0;
  for (uint32_t i = 0; i < side->len; i++)
    if (side->data[i].state == state)
      sum += side->data[i].count;
  return sum;
}

void reaction_check(component_builder *b, const flat_item *item) {
  checker *ck = b->ck;
  species_list left = {0}, right = {0};
  dim unit = dim_unknown();
  bool is_reversible = item->ast->as.reaction.is_reversible;
  const ast_expr_list *rates = &item->ast->as.reaction.rates;
  if (!find_species(b, &item->ast->as.reaction.left, &left, &unit) ||
      !find_species(b, &item->ast->as.reaction.right, &right, &unit))
    return;
  model_expr *flow = mass_action(b, item, rates->data[0], &left, unit);
  model_expr *back = is_reversible ? mass_action(b, item, rates->data[1], &right, unit) : NULL;
  if (flow == NULL || (is_reversible && back == NULL))
    return;
  if (is_reversible)
    flow = expr_binary(ck, MX_SUB, flow, back, item->ast->at);
  model_reaction reaction = {.at = item->ast->at, .flow = flow};
  for (uint32_t s = 0; s < b->c->states.len && flow != NULL; s++)
    add_flow(b, s, count_of(&right, s) - count_of(&left, s), &reaction);
  if (flow != NULL && reaction.gains.len > 0)
    vec_push(b->ck->arena, &b->c->reactions, reaction);
}
