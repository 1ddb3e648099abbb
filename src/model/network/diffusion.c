/* SPDX-License-Identifier: MIT */
/* diffusion.c - `coupling implicit`: is a connection linear diffusion over a grid, the same everywhere? If so, of what?
 */
#include "model/network/parts.h"
#include "model/walk.h"

typedef struct {
  checker *ck;
  const model_connection *c;
  uint32_t connection;
  const model_component *synapse, *cell;
  const model_contribution *contribution; /* or NULL: the whole connection */
} diffusing;

static bool refuse_implicit(const diffusing *f, span at, const char *what) {
  diag *d = diag_report(f->ck->sink, DIAG_E0422, f->c->coupling_at, "`coupling implicit` cannot take `%s`: %s",
                        f->c->name, what);
  if (at.file != NONE)
    diag_note(d, at, "it is here");
  diag_hint(
      d,
      "it is for `post.J += D*(pre.X - post.X)` by neighbours(4), D and volumes the same everywhere; else `coupling stages`");
  return false;
}

/* ---- coefficients ---- */

static model_expr *node(const diffusing *f, model_expr_kind kind, model_expr *a, model_expr *b) {
  model_expr *e = ARENA_NEW(f->ck->arena, model_expr);
  *e = (model_expr){.kind = kind, .at = SPAN_NONE};
  e->args[0] = a;
  e->args[1] = b;
  return e;
}

static model_expr *number(const diffusing *f, double x) {
  model_expr *e = node(f, MX_NUMBER, NULL, NULL);
  e->number = x;
  return e;
}

static walk_step find_varying(void *context, const model_expr *e) {
  (void)context;
  bool is_plain = e->kind != MX_RANDOM && (e->kind != MX_REF || e->ref.kind == REF_PARAM || e->ref.kind == REF_DT);
  return is_plain ? WALK_ON : WALK_STOP;
}

/* One value for all elements, respectively links. */
static bool is_same_everywhere(const diffusing *f, bool is_of_links, uint32_t param) {
  const model_population *p = &f->ck->model->populations.data[f->c->target];
  uint32_t count = is_of_links ? f->c->overrides.len : p->overrides.len;
  const model_override *overrides = is_of_links ? f->c->overrides.data : p->overrides.data;
  for (uint32_t k = 0; k < count; k++)
    if (overrides[k].target == REF_PARAM && overrides[k].item == param &&
        walk_expr(&(walker){.expr = find_varying}, overrides[k].value))
      return false;
  return true;
}

typedef struct {
  const diffusing *f;
  bool is_of_links; /* an expression of the synapse, else of the component */
} constancy;

static bool is_constant_ref(const constancy *q, const model_expr *e) {
  return e->ref.kind == REF_DT || (e->ref.kind == REF_LET && e->ref.side == SIDE_SELF) ||
         (e->ref.kind == REF_PARAM && e->ref.side != SIDE_ASTRO &&
          is_same_everywhere(q->f, q->is_of_links && e->ref.side == SIDE_SELF, e->ref.item));
}

static walk_step find_changing(void *context, const model_expr *e) {
  bool is_changing = e->kind == MX_RANDOM || (e->kind == MX_REF && !is_constant_ref(context, e));
  return is_changing ? WALK_STOP : WALK_ON;
}

static bool is_constant(const diffusing *f, bool is_of_links, const model_expr *e) {
  constancy q = {f, is_of_links};
  return !walk_expr(&(walker){.expr = find_changing, .context = &q, .own = is_of_links ? f->synapse : f->cell}, e);
}

static bool is_state(const model_expr *e, model_side side) {
  return e->kind == MX_REF && e->ref.kind == REF_STATE && e->ref.side == side;
}

/* The factor of the difference pre.X - post.X; NULL where e is no such product. */
static model_expr *factor_of_difference(const diffusing *f, const model_expr *e, uint32_t *state) {
  if (e->kind == MX_REF && e->ref.kind == REF_LET && e->ref.side == SIDE_SELF)
    return factor_of_difference(f, f->synapse->lets.data[e->ref.item].value, state);
  if (e->kind == MX_SUB) {
    bool is_inward = is_state(e->args[0], SIDE_PRE) && is_state(e->args[1], SIDE_POST);
    bool is_outward = is_state(e->args[0], SIDE_POST) && is_state(e->args[1], SIDE_PRE);
    *state = e->args[0]->ref.item;
    return (is_inward || is_outward) && e->args[1]->ref.item == *state ? number(f, is_inward ? 1 : -1) : NULL;
  }
  if (e->kind == MX_NEG) {
    model_expr *inner = factor_of_difference(f, e->args[0], state);
    return inner != NULL ? node(f, MX_NEG, inner, NULL) : NULL;
  }
  if (e->kind != MX_MUL && e->kind != MX_DIV)
    return NULL;
  bool is_second = e->kind == MX_MUL && is_constant(f, true, e->args[0]);
  model_expr *inner = factor_of_difference(f, e->args[is_second], state);
  return inner != NULL && is_constant(f, true, e->args[!is_second]) ? node(f, e->kind, inner, e->args[!is_second])
                                                                    : NULL;
}

static walk_step find_input(void *context, const model_expr *e) {
  const uint32_t *input = context;
  return expr_refers_to(e, SIDE_SELF, REF_INPUT, *input) ? WALK_STOP : WALK_ON;
}

static bool reads_input(const model_component *c, const model_expr *e, uint32_t input) {
  return walk_expr(&(walker){.expr = find_input, .context = &input, .own = c}, e);
}

/* The factor of the input in a sum that has it as one term; NULL where it is no such term. */
static model_expr *factor_of_input(const diffusing *f, const model_expr *e) {
  uint32_t input = f->contribution->input;
  if (e->kind == MX_REF && e->ref.kind == REF_LET)
    return factor_of_input(f, f->cell->lets.data[e->ref.item].value);
  if (e->kind == MX_REF)
    return number(f, 1);
  bool is_second = e->args[0] != NULL && !reads_input(f->cell, e->args[0], input);
  if (e->args[0] == NULL || (!is_second && e->args[1] != NULL && reads_input(f->cell, e->args[1], input)))
    return NULL;
  if (e->kind == MX_NEG || (e->kind == MX_SUB && is_second)) {
    model_expr *inner = factor_of_input(f, e->args[is_second]);
    return inner != NULL ? node(f, MX_NEG, inner, NULL) : NULL;
  }
  if (e->kind == MX_ADD || e->kind == MX_SUB)
    return factor_of_input(f, e->args[is_second]);
  if ((e->kind != MX_MUL && e->kind != MX_DIV) || (e->kind == MX_DIV && is_second) ||
      !is_constant(f, false, e->args[!is_second]))
    return NULL;
  model_expr *inner = factor_of_input(f, e->args[is_second]);
  return inner != NULL ? node(f, e->kind, inner, e->args[!is_second]) : NULL;
}

/* ---- what must be so ---- */

static const model_ode *equation_of(const diffusing *f, uint32_t state) {
  for (uint32_t k = 0; k < f->cell->odes.len; k++)
    if (f->cell->odes.data[k].state == state)
      return &f->cell->odes.data[k];
  return NULL;
}

static bool check_equation(const diffusing *f, const model_ode *ode, uint32_t state) {
  const char *name = f->cell->states.data[state].name;
  if (ode == NULL || ode->timescale != f->cell->timescale)
    return refuse_implicit(f, ode ? ode->at : f->cell->states.data[state].at,
                           arena_printf(f->ck->arena, "`%s` has no equation on the component's timescale", name));
  if (ode->unless != NULL)
    return refuse_implicit(f, ode->unless->at,
                           arena_printf(f->ck->arena, "the equation of `%s` stands still at times (`unless`)", name));
  for (uint32_t k = 0; k < ode->noise.len; k++)
    if (ode->noise.data[k] != NULL)
      return refuse_implicit(f, ode->at, arena_printf(f->ck->arena, "the equation of `%s` has noise", name));
  for (uint32_t k = 0; k < f->cell->odes.len; k++) {
    const model_ode *other = &f->cell->odes.data[k];
    bool reads = reads_input(f->cell, other->rate, f->contribution->input) ||
                 (other->unless != NULL && reads_input(f->cell, other->unless, f->contribution->input));
    if (other != ode && reads)
      return refuse_implicit(f, other->at, "another equation reads the input as well");
  }
  return true;
}

static void take_contribution(diffusing *f) {
  const model_contribution *x = f->contribution;
  model_diffusion out = {.connection = f->connection, .population = f->c->target, .input = x->input};
  out.of_links = x->side == SIDE_POST ? factor_of_difference(f, x->value, &out.state) : NULL;
  if (out.of_links == NULL) {
    refuse_implicit(
        f, x->at,
        "this contribution is not one constant, the same for all links, times `pre.X - post.X` of one state X");
    return;
  }
  const model_ode *ode = equation_of(f, out.state);
  if (!check_equation(f, ode, out.state))
    return;
  out.of_equation = reads_input(f->cell, ode->rate, x->input) ? factor_of_input(f, ode->rate) : NULL;
  if (out.of_equation == NULL)
    refuse_implicit(
        f, ode->at,
        arena_printf(
            f->ck->arena,
            "the equation of `%s` does not have `%s`, times a constant that is the same for all elements, as one term",
            f->cell->states.data[out.state].name, f->cell->inputs.data[x->input].name));
  else
    vec_push(f->ck->arena, &f->ck->model->diffusions, out);
}

static bool check_connection(const diffusing *f) {
  if (f->c->rule.kind != NSA_RULE_NEIGHBOURS || f->c->rule.degree != 4)
    return refuse_implicit(f, f->c->rule.at, "its links do not go by neighbours(4)");
  if (f->c->delay != NULL)
    return refuse_implicit(f, f->c->delay->at, "it has a delay");
  if (f->c->has_partner)
    return refuse_implicit(f, SPAN_NONE, "it has a third partner");
  if (f->ck->model->populations.data[f->c->target].stage_set != NONE)
    return refuse_implicit(f, SPAN_NONE, "`coupling stages` joins its population");
  return true;
}

bool diffusion_check(checker *ck, uint32_t connection) {
  const model *m = ck->model;
  const model_connection *c = &m->connections.data[connection];
  diffusing f = {.ck = ck,
                 .c = c,
                 .connection = connection,
                 .synapse = &m->components.data[c->component],
                 .cell = &m->components.data[m->populations.data[c->target].component]};
  uint32_t before = m->diffusions.len;
  if (!check_connection(&f))
    return false;
  for (uint32_t k = 0; k < f.synapse->contributions.len; k++) {
    f.contribution = &f.synapse->contributions.data[k];
    if (link_feeds_slower(ck, c->target, f.contribution->input))
      refuse_implicit(&f, f.cell->inputs.data[f.contribution->input].at, "a faster component feeds the input as well");
    else
      take_contribution(&f);
  }
  return m->diffusions.len > before;
}
