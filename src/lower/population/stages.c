/* SPDX-License-Identifier: MIT */
/* stages.c - phase 4 of populations that `coupling stages` joins: one function a stage, between which contributions are
 * evaluated on the stage's states. And of those with `coupling implicit`: their solvers in one function, around which
 * the runtime diffuses.
 *
 * `prepare` ends phase 3 and keeps what the stages start from; the function of stage s makes rates of the states that
 * it finds and, from the start and all rates so far, the states of stage s + 1, which it leaves in the fields of the
 * states: so that sums, sources and collections need not know of stages. Behind the last one these are the new states,
 * and the step's own function goes on with the slower equations and phase 5. */
#include "lower/population/step.h"

/* ---- sets ---- */

static const model_stage_set *set_of(const lowering *l, uint32_t population) {
  return &l->m->stage_sets.data[l->m->populations.data[population].stage_set];
}

static nsa_stage_set *program_set_of(lowering *l, uint32_t population) {
  return &l->stage_list.data[l->m->populations.data[population].stage_set];
}

static nsa_field_id uniform_field(lowering *l, uint32_t set, const char *what) {
  const char *name = arena_printf(l->arena, "stages%u.%s", set, what);
  nsa_field_id field = lower_add_field(l, name, 0, NSA_F64, NSA_FIELD_SCRATCH, 0, NULL, SPAN_NONE);
  l->p->fields.data[field.id].is_uniform = 1;
  return field;
}

/* Solvers that are on their own, between two halves of diffusion. */
static const solve_tableau alone = {.stages = 1};

void lower_stage_sets(lowering *l) {
  for (uint32_t k = 0; k < l->m->stage_sets.len && !l->options->equations_only; k++) {
    const model_stage_set *set = &l->m->stage_sets.data[k];
    const solve_tableau *t = set->is_diffusing ? &alone : solve_tableau_of(set->solver);
    uint32_t n = set->populations.len;
    nsa_stage_set out = {
        .timescale = set->timescale, .substeps = set->options.substeps, .done = NSA_NO_FIELD, .length = NSA_NO_FIELD};
    out.populations = ARENA_ARRAY(l->arena, nsa_population_id, out.populations_count = n);
    for (uint32_t i = 0; i < n; i++)
      out.populations[i].id = set->populations.data[i];
    out.shares = ARENA_ARRAY(l->arena, double, t->stages);
    memcpy(out.shares, t->shares, t->stages * sizeof *out.shares);
    out.shares_count = t->stages;
    out.prepare = ARENA_ARRAY(l->arena, nsa_kernel_id, out.prepare_count = n);
    out.stages = ARENA_ARRAY(l->arena, nsa_kernel_id, out.stages_count = n * t->stages);
    if (t->is_embedded) {
      out.done = uniform_field(l, k, "done");
      out.length = uniform_field(l, k, "length");
      out.accept = ARENA_ARRAY(l->arena, nsa_kernel_id, out.accept_count = n);
      out.reject = ARENA_ARRAY(l->arena, nsa_kernel_id, out.reject_count = n);
      out.errors = lower_no_fields(l, out.errors_count = n);
    }
    vec_push(l->arena, &l->stage_list, out);
    vec_push(l->arena, &l->stage_sources, (kernel_ids){0});
    vec_push(l->arena, &l->stage_sums, (nums){0});
    vec_push(l->arena, &l->stage_collects, (nums){0});
  }
}

/* ---- fields ---- */

static nsa_field_id stage_field(lowering *l, uint32_t population, nsa_type type, nsa_field_kind kind, const char *item,
                                const char *what) {
  const char *name = arena_printf(l->arena, "%s.%s.%s", l->m->populations.data[population].name, item, what);
  return lower_add_field(l, name, l->populations[population].domain, type, kind, 0, NULL, SPAN_NONE);
}

static nsa_field_id scratch(lowering *l, uint32_t population, nsa_type type, const char *item, const char *what) {
  return stage_field(l, population, type, NSA_FIELD_SCRATCH, item, what);
}

void lower_stage_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  f->start = lower_no_fields(l, c->states.len);
  f->frozen = lower_no_fields(l, c->states.len);
  f->held_input = lower_no_fields(l, c->inputs.len);
  if (!lower_is_split(l->ctx, population))
    return;
  bool is_diffusing = set_of(l, population)->is_diffusing;
  uint32_t stages = is_diffusing ? 0 : solve_tableau_of(set_of(l, population)->solver)->stages;
  f->stage_rate = lower_no_fields(l, c->states.len * stages);
  for (uint32_t k = 0; k < c->odes.len; k++) {
    const model_ode *ode = &c->odes.data[k];
    const char *state = c->states.data[ode->state].name;
    if (!l->plan->populations[population].states[ode->state].is_staged)
      continue;
    f->start[ode->state] = scratch(l, population, NSA_F64, state, "start");
    if (ode->unless && !is_diffusing)
      f->frozen[ode->state] = scratch(l, population, NSA_B1, state, "frozen");
    for (uint32_t s = 0; s < stages; s++)
      f->stage_rate[ode->state * stages + s] =
          scratch(l, population, NSA_F64, state, arena_printf(l->arena, "rate%u", s));
  }
}

/* An input to which both kinds of connections contribute keeps apart what is held. */
void lower_stage_inputs(lowering *l, uint32_t population) {
  const model_component *c = component_of_population(l->ctx, population);
  for (uint32_t k = 0; k < c->inputs.len; k++)
    if (l->plan->inputs[population][k].keeps_held)
      l->populations[population].held_input[k] =
          stage_field(l, population, NSA_F64, NSA_FIELD_COMBINED, c->inputs.data[k].name, "held");
}

/* ---- functions ---- */

typedef struct {
  lowering *l;
  uint32_t population, place; /* its place in the set */
  const model_component *c;
  population_fields *f;
  const model_stage_set *set;
  nsa_stage_set *out;
  const solve_tableau *t;
} staging;

static void start_function(const staging *g, step *st, const char *what, nsa_kernel_id *number) {
  const char *name = arena_printf(g->l->arena, "%s.%s", g->l->m->populations.data[g->population].name, what);
  step_begin(st, g->l, g->population, name, NSA_ROLE_STEP, number);
  st->keeps_arrived = true;
}

/* Phase 3 (and signals of phase 2); then what all stages look back at. */
static void lower_prepare(const staging *g) {
  step st;
  start_function(g, &st, "prepare", &g->out->prepare[g->place]);
  step_load(&st);
  step_load_inputs(&st);
  step_add_arrived_inputs(&st);
  step_run_signal_blocks(&st);
  lower_clocked_blocks(&st.s, &st.now);
  step_keep_emitted(&st, false);
  step_store_states(&st);
  for (uint32_t k = 0; k < g->c->odes.len; k++) {
    const model_ode *ode = &g->c->odes.data[k];
    if (!nsa_field_is_none(g->f->start[ode->state]))
      ir_store(&st.b, g->f->start[ode->state], st.now.states[ode->state]);
    if (!nsa_field_is_none(g->f->frozen[ode->state]))
      ir_store(&st.b, g->f->frozen[ode->state], lower_expr(&st.s, ode->unless));
  }
}

/* ms. */
static ir_value length_of(const staging *g, ir_builder *b) {
  return g->t->is_embedded ? ir_load(b, g->out->length) : ir_number(b, g->l->m->timescales.data[g->set->timescale].dt);
}

static ir_value time_of(const staging *g, step *st, uint32_t stage) {
  ir_builder *b = &st->b;
  ir_value t = st->self->time, share = ir_number(b, g->t->shares[stage]);
  if (g->t->is_embedded)
    t = ir_binary(b, IR_OP_add, t, ir_load(b, g->out->done));
  return g->t->shares[stage] == 0 ? t : ir_binary(b, IR_OP_add, t, ir_binary(b, IR_OP_mul, share, length_of(g, b)));
}

/* Rates that this function made, else those that the fields hold. */
static ir_value rate_of(const staging *g, step *st, const ir_value *own, uint32_t own_stage, uint32_t state,
                        uint32_t stage) {
  return own && stage == own_stage ? own[state] : ir_load(&st->b, g->f->stage_rate[state * g->t->stages + stage]);
}

static ir_value weighted(const staging *g, step *st, const double *weights, const ir_value *own, uint32_t own_stage,
                         uint32_t state) {
  ir_builder *b = &st->b;
  ir_value sum = IR_NO_VALUE;
  for (uint32_t k = 0; k < g->t->stages; k++) {
    if (weights[k] == 0)
      continue;
    ir_value term = ir_binary(b, IR_OP_mul, ir_number(b, weights[k]), rate_of(g, st, own, own_stage, state, k));
    sum = sum == IR_NO_VALUE ? term : ir_binary(b, IR_OP_add, sum, term);
  }
  return ir_binary(b, IR_OP_mul, length_of(g, b), sum);
}

/* The states of a stage, or behind the last one. A state that `unless` holds stands at all of them. */
static void store_stage(const staging *g, step *st, uint32_t stage, const ir_value *start, const ir_value *own,
                        uint32_t own_stage) {
  ir_builder *b = &st->b;
  for (uint32_t k = 0; k < g->c->odes.len; k++) {
    uint32_t state = g->c->odes.data[k].state;
    if (nsa_field_is_none(g->f->start[state]))
      continue;
    b->at = g->c->odes.data[k].at;
    ir_value from = start ? start[state] : ir_load(b, g->f->start[state]);
    ir_value x = ir_binary(b, IR_OP_add, from, weighted(g, st, g->t->weights[stage], own, own_stage, state));
    if (!nsa_field_is_none(g->f->frozen[state]))
      x = ir_select(b, ir_load(b, g->f->frozen[state]), from, x);
    ir_store(b, g->f->state[state], x);
  }
}

/* The largest error of a sub-step over what is allowed to it. NaN stays: it takes no sub-step. */
static void store_error(const staging *g, step *st, const ir_value *own) {
  ir_builder *b = &st->b;
  ir_value largest = ir_number(b, 0);
  for (uint32_t k = 0; k < g->c->odes.len; k++) {
    uint32_t state = g->c->odes.data[k].state;
    if (nsa_field_is_none(g->f->start[state]))
      continue;
    b->at = g->c->odes.data[k].at;
    ir_value before = ir_unary(b, IR_OP_abs, ir_load(b, g->f->start[state])),
             after = ir_unary(b, IR_OP_abs, st->now.states[state]);
    ir_value size = ir_binary(b, IR_OP_max, ir_binary(b, IR_OP_max, before, after), ir_number(b, SOLVE_SMALLEST_SCALE));
    ir_value allowed = ir_binary(b, IR_OP_mul, ir_number(b, g->set->options.tolerance), size);
    ir_value error = ir_unary(b, IR_OP_abs, weighted(g, st, g->t->errors, own, g->t->stages - 1, state));
    error = ir_binary(b, IR_OP_div, error, allowed);
    if (!nsa_field_is_none(g->f->frozen[state]))
      error = ir_select(b, ir_load(b, g->f->frozen[state]), ir_number(b, 0), error);
    largest = ir_select(b, ir_binary(b, IR_OP_lt, error, largest), largest, error);
  }
  ir_store(b, g->out->errors[g->place], largest);
}

static void lower_stage(const staging *g, uint32_t stage) {
  lowering *l = g->l;
  step st;
  uint32_t n = g->set->populations.len;
  start_function(g, &st, arena_printf(l->arena, "stage%u", stage + 1), &g->out->stages[stage * n + g->place]);
  step_load(&st);
  step_load_inputs(&st);
  step_add_arrived_inputs(&st);
  ir_value *rates = ARENA_ARRAY(l->arena, ir_value, g->c->states.len);
  lower_rates_at(&st.s, &st.now, time_of(g, &st, stage), rates);
  bool is_last = stage + 1 == g->t->stages;
  for (uint32_t k = 0; k < g->c->states.len; k++)
    if (rates[k] != IR_NO_VALUE && (!is_last || g->t->is_embedded))
      ir_store(&st.b, g->f->stage_rate[k * g->t->stages + stage], rates[k]);
  if (is_last && g->t->is_embedded)
    store_error(g, &st, rates);
  else
    store_stage(g, &st, stage + 1, stage == 0 ? st.now.states : NULL, rates, stage);
}

/* Of an embedded method: its last rates are the first of the next sub-step, or the first ones are kept for another try.
 */
static void lower_next_try(const staging *g, bool is_taken, nsa_kernel_id *number) {
  step st;
  start_function(g, &st, is_taken ? "accept" : "reject", number);
  step_load(&st);
  ir_value *first = ARENA_ARRAY(g->l->arena, ir_value, g->c->states.len);
  for (uint32_t k = 0; k < g->c->states.len; k++) {
    if (nsa_field_is_none(g->f->start[k]))
      continue;
    first[k] = ir_load(&st.b, g->f->stage_rate[k * g->t->stages + (is_taken ? g->t->stages - 1 : 0)]);
    if (!is_taken)
      continue;
    ir_store(&st.b, g->f->stage_rate[k * g->t->stages], first[k]);
    ir_store(&st.b, g->f->start[k], st.now.states[k]);
  }
  store_stage(g, &st, 1, is_taken ? st.now.states : NULL, first, 0);
}

static bool has_staged_terms(const staging *g) {
  const population_terms *terms = &g->l->plan->terms[g->population];
  for (uint32_t k = 0; k < terms->added.len; k++)
    if (lower_is_staged(g->l->ctx, terms->added.data[k]->connection))
      return true;
  return false;
}

/* What the stages' inputs are. */
static void lower_stage_collect(const staging *g) {
  lowering *l = g->l;
  if (!has_staged_terms(g))
    return;
  const char *name = arena_printf(l->arena, "%s.collect_stage", l->m->populations.data[g->population].name);
  nsa_collect collect = {.population = {g->population}, .every = NSA_NONE};
  ir_builder b = ir_builder_on(
      l->p, ir_function_add(l->p, name, NSA_ROLE_COLLECT, g->f->domain, g->c->timescale, &collect.kernel));
  for (uint32_t k = 0; k < g->c->inputs.len; k++) {
    ir_value x = lower_input_total(l, &b, g->population, k, ticks_of_population(l->ctx, g->population), TERMS_STAGED);
    if (x == IR_NO_VALUE)
      continue;
    if (!nsa_field_is_none(g->f->held_input[k]))
      x = ir_binary(&b, IR_OP_add, ir_load(&b, g->f->held_input[k]), x);
    ir_store(&b, !nsa_field_is_none(g->f->given[k]) ? g->f->given[k] : g->f->input[k], x);
  }
  vec_push(l->arena, &l->stage_collects.data[l->m->populations.data[g->population].stage_set], l->collect_list.len);
  vec_push(l->arena, &l->collect_list, collect);
}

/* Of these inputs the solvers see what is held: what is diffused is left out. */
static void see_held(const staging *g) {
  for (uint32_t k = 0; k < g->c->inputs.len; k++) {
    nsa_field_id *seen = !nsa_field_is_none(g->f->given[k]) ? &g->f->given[k] : &g->f->input[k];
    *seen = g->l->plan->inputs[g->population][k].is_staged ? g->f->held_input[k] : *seen;
  }
}

static nsa_field_id *copy_of(lowering *l, const nsa_field_id *fields, uint32_t count) {
  nsa_field_id *copy = lower_no_fields(l, count);
  memcpy(copy, fields, count * sizeof *copy);
  return copy;
}

static void lower_solvers(const staging *g) {
  step st;
  population_fields whole = *g->f;
  start_function(g, &st, "solve", &g->out->stages[g->place]);
  step_load(&st);
  g->f->given = copy_of(g->l, whole.given, g->c->inputs.len);
  g->f->input = copy_of(g->l, whole.input, g->c->inputs.len);
  see_held(g);
  step_load_inputs(&st);
  step_add_arrived_inputs(&st);
  lower_own_equations(&st.s, &st.now);
  g->f->given = whole.given;
  g->f->input = whole.input;
  step_store_states(&st);
}

/* 1/ms, from parameters that may be set when the run begins. */
static nsa_field_id lower_coefficient(lowering *l, const model_diffusion *d) {
  const char *name = arena_printf(l->arena, "%s.%s.diffusion", l->m->connections.data[d->connection].name,
                                  component_of_population(l->ctx, d->population)->states.data[d->state].name);
  nsa_kernel_id number;
  nsa_field_id field =
      lower_add_field(l, name, 0, NSA_F64, NSA_FIELD_SCRATCH, 0, NULL, l->m->connections.data[d->connection].at);
  l->p->fields.data[field.id].is_uniform = 1;
  ir_builder b =
      ir_builder_on(l->p, ir_function_add(l->p, name, NSA_ROLE_INIT, 0,
                                          component_of_population(l->ctx, d->population)->timescale, &number));
  scope links = lower_uniform_scope(l, d->connection, &b), elements = scope_of_population(l, &b, d->population);
  ir_store(&b, field, ir_binary(&b, IR_OP_mul, lower_expr(&links, d->of_links), lower_expr(&elements, d->of_equation)));
  vec_push(l->arena, &l->init_list, number);
  lower_run_at_edges(l, number);
  return field;
}

static void lower_diffusions(lowering *l, uint32_t set) {
  nsa_stage_set *out = &l->stage_list.data[set];
  VEC(nsa_diffusion) list = {0};
  for (uint32_t k = 0; k < l->m->diffusions.len; k++) {
    const model_diffusion *d = &l->m->diffusions.data[k];
    if (l->m->populations.data[d->population].stage_set != set)
      continue;
    nsa_diffusion diffusion = {{d->population}, l->populations[d->population].state[d->state], lower_coefficient(l, d)};
    vec_push(l->arena, &list, diffusion);
  }
  out->diffusions = list.data;
  out->diffusions_count = list.len;
}

void lower_stages(lowering *l, uint32_t population) {
  if (!lower_is_split(l->ctx, population))
    return;
  staging g = {.l = l,
               .population = population,
               .c = component_of_population(l->ctx, population),
               .f = &l->populations[population],
               .set = set_of(l, population),
               .out = program_set_of(l, population)};
  g.t = g.set->is_diffusing ? &alone : solve_tableau_of(g.set->solver);
  while (g.set->populations.data[g.place] != population)
    g.place++;
  if (g.t->is_embedded)
    g.out->errors[g.place] = scratch(l, population, NSA_F64, "stages", "error");
  lower_prepare(&g);
  if (g.set->is_diffusing) {
    lower_solvers(&g);
    return;
  }
  for (uint32_t stage = 0; stage < g.t->stages; stage++)
    lower_stage(&g, stage);
  if (g.t->is_embedded) {
    lower_next_try(&g, true, &g.out->accept[g.place]);
    lower_next_try(&g, false, &g.out->reject[g.place]);
  }
  lower_stage_collect(&g);
}

void lower_finish_stages(lowering *l) {
  for (uint32_t k = 0; k < l->stage_list.len; k++) {
    nsa_stage_set *out = &l->stage_list.data[k];
    lower_diffusions(l, k);
    out->sources = l->stage_sources.data[k].data, out->sources_count = l->stage_sources.data[k].len;
    out->sums = l->stage_sums.data[k].data, out->sums_count = l->stage_sums.data[k].len;
    out->collects = l->stage_collects.data[k].data, out->collects_count = l->stage_collects.data[k].len;
  }
  l->program->stage_sets = l->stage_list.data;
  l->program->stage_sets_count = l->stage_list.len;
}
