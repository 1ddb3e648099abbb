/* SPDX-License-Identifier: MIT */
/* cell.c - the element as functions of its states and one value. */
#include "analyse/analyse_internal.h"
#include "model/operations.h"

#include <math.h>

/* ---- from expressions of the model to operations ---- */

typedef struct {
  arena *arena;
  const model *m;
  const model_population *population;
  const model_component *component;
  const analyse_options *options;
  diag_sink *sink;         /* NULL: nothing is refused */
  uint32_t *equation_of;   /* per state; UINT32_MAX: it has none, or is not built as an argument */
  uint32_t n;              /* equations; the number of the argument p */
  ir_value *params, *lets; /* IR_NO_VALUE: not built yet */
  bool is_in_param;        /* what is built now stands still for ever */
  bool is_refused;
} cell_builder;

static const analyse_setting *setting_of(const analyse_options *o, model_ref_kind kind, uint32_t item) {
  for (uint32_t k = o->setting_count; k-- > 0;)
    if (o->settings[k].kind == kind && o->settings[k].item == item)
      return &o->settings[k];
  return NULL;
}

static bool is_along(const analyse_options *o, model_ref_kind kind, uint32_t item) {
  return o->along != NULL && o->along->kind == kind && o->along->item == item;
}

static ir_value refuse(cell_builder *cb, ir_builder *b, const model_expr *e, const char *what) {
  if (cb->sink != NULL && !cb->is_refused) {
    diag *d = diag_report(cb->sink, DIAG_E0701, e->at, "`%s` cannot be analysed: %s", cb->population->name, what);
    diag_hint(d, "an analysis takes equations that follow from their states alone");
  }
  cb->is_refused = true;
  return e->is_bool ? ir_bool(b, false) : ir_number(b, 0);
}

static ir_value refer(void *context, ir_builder *b, const model_expr *e);
static ir_value draw(void *context, ir_builder *b, const model_expr *e);

static ir_value build(cell_builder *cb, ir_builder *b, const model_expr *e) {
  expr_leaves leaves = {refer, draw, cb};
  return expr_build(b, &leaves, e);
}

/* What a param or state starts with: its last override, else its declaration. */
static const model_expr *written_value(const cell_builder *cb, model_ref_kind kind, uint32_t item) {
  const model_expr *value =
      kind == REF_PARAM ? cb->component->params.data[item].value : cb->component->states.data[item].initial;
  for (uint32_t k = 0; k < cb->population->overrides.len; k++) {
    const model_override *o = &cb->population->overrides.data[k];
    if (o->target == kind && o->item == item)
      value = o->value;
  }
  return value;
}

/* What stands still: a number that is set, or as written; inputs are 0. */
static ir_value build_still(cell_builder *cb, ir_builder *b, model_ref_kind kind, uint32_t item) {
  const analyse_setting *set = setting_of(cb->options, kind, item);
  if (set != NULL || kind == REF_GLOBAL)
    return ir_number(b, set != NULL ? set->value : cb->m->globals.data[item].value);
  const model_expr *value = kind != REF_INPUT ? written_value(cb, kind, item) : NULL;
  bool before = cb->is_in_param;
  cb->is_in_param = true;
  ir_value x = value != NULL ? build(cb, b, value) : ir_number(b, 0);
  cb->is_in_param = before;
  return x;
}

static ir_value build_param(cell_builder *cb, ir_builder *b, uint32_t item) {
  if (cb->params[item] == IR_NO_VALUE)
    cb->params[item] =
        is_along(cb->options, REF_PARAM, item) ? ir_nullary(b, IR_OP_arg, cb->n) : build_still(cb, b, REF_PARAM, item);
  return cb->params[item];
}

static ir_value build_input(cell_builder *cb, ir_builder *b, uint32_t item) {
  return is_along(cb->options, REF_INPUT, item) ? ir_nullary(b, IR_OP_arg, cb->n) : build_still(cb, b, REF_INPUT, item);
}

static ir_value build_let(cell_builder *cb, ir_builder *b, uint32_t item) {
  if (cb->lets[item] == IR_NO_VALUE)
    cb->lets[item] = build(cb, b, cb->component->lets.data[item].value);
  return cb->lets[item];
}

/* The first element's; without a sink (initial values) all places are 0. */
static ir_value refer(void *context, ir_builder *b, const model_expr *e) {
  cell_builder *cb = context;
  uint32_t item = e->ref.item;
  if (e->kind == MX_CHANNEL || e->ref.side != SIDE_SELF)
    return refuse(cb, b, e, "it reads what is not its own");
  switch (e->ref.kind) {
  case REF_PARAM:
    return build_param(cb, b, item);
  case REF_INPUT:
    return build_input(cb, b, item);
  case REF_LET:
    return build_let(cb, b, item);
  case REF_STATE:
    return cb->equation_of[item] == UINT32_MAX ? build_still(cb, b, REF_STATE, item)
                                               : ir_nullary(b, IR_OP_arg, cb->equation_of[item]);
  case REF_GLOBAL:
    return is_along(cb->options, REF_GLOBAL, item) ? ir_nullary(b, IR_OP_arg, cb->n)
                                                   : build_still(cb, b, REF_GLOBAL, item);
  case REF_DT:
    return ir_number(b, cb->m->timescales.data[cb->component->timescale].dt);
  case REF_TIME:
    return refuse(cb, b, e, "this reads the time");
  case REF_TIMER:
  case REF_REFRACTORY:
    return cb->options->equations_only ? ir_bool(b, false) : refuse(cb, b, e, "this reads a timer");
  default:
    return refuse(cb, b, e, "this differs from element to element; give it a value by `--set`");
  }
}

/* Params that are drawn are at their mean. */
static ir_value draw(void *context, ir_builder *b, const model_expr *e) {
  cell_builder *cb = context;
  if (!cb->is_in_param)
    return refuse(cb, b, e, "this is drawn at random at each step");
  ir_value x = build(cb, b, e->args[0]);
  if (e->is_bool)
    return ir_binary(b, IR_OP_ge, x, ir_number(b, 0.5));
  if (e->fn != BUILTIN_uniform)
    return x;
  return ir_binary(b, IR_OP_mul, ir_number(b, 0.5), ir_binary(b, IR_OP_add, x, build(cb, b, e->args[1])));
}

/* ---- what cannot be analysed ---- */

static bool refuse_item(const cell_builder *cb, span at, const char *what) {
  diag *d = diag_report(cb->sink, DIAG_E0701, at, "`%s` cannot be analysed: it has %s", cb->population->name, what);
  diag_hint(d, "--equations-only looks at the equations as if there were no noise, timers and blocks");
  return false;
}

/* Whether it changes anything: one that sends something to others does not. */
static bool changes_something(const model_block *block) {
  for (uint32_t k = 0; k < block->len; k++)
    if (block->data[k].kind != STMT_EMIT && block->data[k].kind != STMT_LOCAL)
      return true;
  return false;
}

static bool is_plain(const cell_builder *cb) {
  const model_component *c = cb->component;
  bool is_strict = !cb->options->equations_only;
  if (c->noises.len > 0 && is_strict)
    return refuse_item(cb, c->noises.data[0].at, "noise");
  if (c->timers.len > 0 && is_strict)
    return refuse_item(cb, c->timers.data[0].at, "a timer");
  for (uint32_t k = 0; k < c->blocks.len && is_strict; k++)
    if (changes_something(&c->blocks.data[k].body))
      return refuse_item(cb, c->blocks.data[k].at, "a block, which changes its states at moments");
  if (c->odes.len == 0)
    return refuse_item(cb, c->at, "no equations");
  if (c->odes.len > SOLVE_LARGEST_ANALYSED)
    return refuse_item(cb, c->at, "too many equations");
  return true;
}

/* ---- building ---- */

static void forget(cell_builder *cb) {
  for (uint32_t k = 0; k < cb->component->params.len; k++)
    cb->params[k] = IR_NO_VALUE;
  for (uint32_t k = 0; k < cb->component->lets.len; k++)
    cb->lets[k] = IR_NO_VALUE;
}

/* A state that is frozen while a condition holds has the rate 0 there. */
static ir_value build_rate(cell_builder *cb, ir_builder *b, const model_ode *ode) {
  ir_value rate = build(cb, b, ode->rate);
  if (ode->unless == NULL)
    return rate;
  ir_value is_frozen = build(cb, b, ode->unless);
  return ir_select(b, is_frozen, ir_number(b, 0), rate);
}

static void build_rates(cell_builder *cb, analyse_cell *c) {
  ir_fragment *f = ir_fragment_new(c->arena);
  ir_builder b = ir_builder_in(c->arena, f);
  f->arg_count = c->n + 1;
  forget(cb);
  for (uint32_t i = 0; i < c->n; i++) {
    ir_value rate = build_rate(cb, &b, &cb->component->odes.data[i]);
    vec_push(c->arena, &f->outputs, rate);
  }
  c->symbols = symbolic_new(c->arena, c->n + 1);
  c->rates = ARENA_ARRAY(c->arena, ir_value, c->n);
  symbolic_copy(c->symbols, f, NULL, c->rates);
}

static void build_evaluators(analyse_cell *c) {
  uint32_t n = c->n;
  ir_value *all = ARENA_ARRAY(c->arena, ir_value, (size_t)n * (n + 2));
  memcpy(all, c->rates, n * sizeof *all);
  for (uint32_t k = 0; k < n; k++) {
    for (uint32_t j = 0; j < n; j++)
      symbolic_derive(c->symbols, &c->rates[k], 1, j, &all[n + k * n + j]);
    symbolic_derive(c->symbols, &c->rates[k], 1, n, &all[n + n * n + k]);
  }
  c->fast = solve_evaluator_new(c->arena, symbolic_fragment(c->symbols, c->rates, n));
  c->full = solve_evaluator_new(c->arena, symbolic_fragment(c->symbols, all, n * (n + 2)));
}

/* As it is set or written. Places are 0 and draws at their mean: it is where a search starts. */
static double usual_value(const cell_builder *of, model_ref_kind kind, uint32_t item) {
  cell_builder cb = *of;
  arena *scratch = arena_new();
  ir_fragment *f = ir_fragment_new(scratch);
  ir_builder b = ir_builder_in(scratch, f);
  double x, *args = ARENA_ARRAY(scratch, double, of->n + 1);
  args[of->n] = of->options->along != NULL ? of->options->along->value : 0;
  cb.sink = NULL;
  cb.equation_of = ARENA_ARRAY(scratch, uint32_t, of->component->states.len);
  memset(cb.equation_of, 0xff, of->component->states.len * sizeof *cb.equation_of);
  forget(&cb);
  f->arg_count = of->n + 1;
  vec_push(scratch, &f->outputs, build_still(&cb, &b, kind, item));
  solve_evaluate(f, args, &x);
  arena_free(scratch);
  return x;
}

/* Where nothing is said: concentrations and amounts from 0 on, potentials where membranes have them, all else about its
 * initial value. */
static void choose_range(double start, dim unit, double *low, double *high) {
  double size = start == 0 || dim_equal(unit, dim_none()) ? fmax(fabs(start), 1) : fabs(start);
  bool is_amount = unit.q[DIM_AMOUNT] > 0 && unit.q[DIM_TIME] == 0;
  bool is_voltage = unit.q[DIM_VOLTAGE] != 0 && unit.q[DIM_TIME] == 0 && unit.q[DIM_CURRENT] == 0;
  double below = is_amount ? 0 : is_voltage ? fmin(-150, start - 50) : start - 10 * size;
  double above = is_voltage ? fmax(100, start + 50) : start + 20 * size;
  *low = isnan(*low) ? below : *low;
  *high = isnan(*high) ? above : *high;
}

static void set_ranges(const cell_builder *cb, analyse_cell *c) {
  const analyse_options *o = cb->options;
  for (uint32_t i = 0; i < c->n; i++) {
    uint32_t state = c->state_of[i];
    c->start[i] = usual_value(cb, REF_STATE, state);
    c->low[i] = o->low != NULL ? o->low[state] : NAN;
    c->high[i] = o->high != NULL ? o->high[state] : NAN;
    bool is_given = !isnan(c->low[i]);
    choose_range(c->start[i], cb->component->states.data[state].unit, &c->low[i], &c->high[i]);
    double beyond = is_given ? 0 : 5 * (c->high[i] - c->low[i]);
    c->least[i] = c->low[i] == 0 ? 0 : c->low[i] - beyond;
    c->most[i] = c->high[i] + beyond;
    c->scale[i] = (c->high[i] - c->low[i]) / 20;
  }
}

static analyse_cell *new_cell(arena *a, cell_builder *cb) {
  analyse_cell *c = ARENA_NEW(a, analyse_cell);
  uint32_t n = cb->n, *states = ARENA_ARRAY(a, uint32_t, n);
  *c = (analyse_cell){.arena = a, .n = n, .state_of = states};
  for (uint32_t i = 0; i < n; i++) {
    states[i] = cb->component->odes.data[i].state;
    cb->equation_of[states[i]] = i;
  }
  double *numbers = ARENA_ARRAY(a, double, 7 * (size_t)n + 1 + (size_t)n * (n + 2));
  c->args = numbers, c->start = numbers + n + 1, c->low = c->start + n, c->high = c->low + n;
  c->scale = c->high + n, c->least = c->scale + n, c->most = c->least + n, c->out = c->most + n;
  c->room = ARENA_ARRAY(a, double, (size_t)(n + 1) * (2 * n + 8));
  return c;
}

analyse_cell *analyse_cell_new(arena *a, diag_sink *sink, const model *m, const analyse_options *options) {
  const model_population *p = &m->populations.data[options->population];
  const model_component *component = &m->components.data[p->component];
  cell_builder cb = {.arena = a, .m = m, .population = p, .component = component, .options = options, .sink = sink};
  if (!is_plain(&cb))
    return NULL;
  cb.n = component->odes.len;
  cb.equation_of = ARENA_ARRAY(a, uint32_t, component->states.len);
  memset(cb.equation_of, 0xff, component->states.len * sizeof *cb.equation_of);
  cb.params = ARENA_ARRAY(a, ir_value, component->params.len);
  cb.lets = ARENA_ARRAY(a, ir_value, component->lets.len);
  analyse_cell *c = new_cell(a, &cb);
  build_rates(&cb, c);
  if (cb.is_refused)
    return NULL;
  build_evaluators(c);
  set_ranges(&cb, c);
  if (options->along != NULL)
    c->usual = usual_value(&cb, options->along->kind, options->along->item);
  return c;
}

/* ---- looking ---- */

uint32_t analyse_cell_size(const analyse_cell *c) { return c->n; }
uint32_t analyse_cell_state(const analyse_cell *c, uint32_t i) { return c->state_of[i]; }

double analyse_cell_usual(const analyse_cell *c) { return c->usual; }

void analyse_cell_range(const analyse_cell *c, uint32_t i, double *low, double *high) {
  *low = c->low[i];
  *high = c->high[i];
}

void cell_rates(analyse_cell *c, const double *x, double p, double *rates) {
  memcpy(c->args, x, c->n * sizeof *x);
  c->args[c->n] = p;
  solve_evaluator_run(&c->fast, c->args, rates);
}

cell_slopes cell_look(analyse_cell *c, const double *x, double p) {
  uint32_t n = c->n;
  memcpy(c->args, x, n * sizeof *x);
  c->args[n] = p;
  solve_evaluator_run(&c->full, c->args, c->out);
  return (cell_slopes){c->out, c->out + n, c->out + n + n * n};
}

double cell_distance(const analyse_cell *c, const double *x, const double *y) {
  double largest = 0;
  for (uint32_t i = 0; i < c->n; i++)
    largest = fmax(largest, fabs(x[i] - y[i]) / c->scale[i]);
  return largest;
}
