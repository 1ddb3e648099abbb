/* SPDX-License-Identifier: MIT */
/* coupling.c - how contributions follow the states that they read, and the sets of populations that `coupling stages`
 * joins. */
#include "model/component/component.h"
#include "model/network/network.h"
#include "model/network/parts.h"
#include "model/walk.h"
#include "support/disjoint.h"

static const model_component *synapse_of(const checker *ck, const model_connection *c) {
  return &ck->model->components.data[c->component];
}

/* ---- the word of a connection ---- */

static void take_word(model_connection *c, coupling_kind coupling, span at) {
  c->coupling = coupling;
  c->coupling_at = at;
}

static void take_from_components(const checker *ck, model_connection *c) {
  const model_component *synapse = synapse_of(ck, c);
  if (synapse->coupling_at.file != NONE) {
    take_word(c, synapse->coupling, synapse->coupling_at);
    return;
  }
  for (uint32_t k = 0; k < synapse->contributions.len; k++) {
    const model_component *to = component_on_end(ck, c, synapse->contributions.data[k].side);
    if (to->coupling == COUPLING_STAGES || to->coupling == COUPLING_IMPLICIT) {
      take_word(c, to->coupling, to->coupling_at);
      return;
    }
  }
}

void coupling_take(checker *ck, const ast_connect *ast, model_connection *c) {
  const ast_name *word = &ast->coupling;
  take_word(c, COUPLING_HOLD, SPAN_NONE);
  if (word->text == NULL) {
    take_from_components(ck, c);
    return;
  }
  take_word(c, coupling_of(word), word->at);
  if (c->coupling == COUPLING_LINEAR) {
    diag *d = diag_report(ck->sink, DIAG_E0404, word->at, "`coupling linear` is for neurons and astrocytes");
    diag_hint(d, "say it of the slow cells whose states the connection reads");
  } else if (c->coupling != COUPLING_HOLD && synapse_of(ck, c)->contributions.len == 0) {
    diag_report(ck->sink, DIAG_W0405, word->at, "`coupling %s` has no effect: nothing contributes continuously",
                word->text);
  }
}

/* ---- which populations are joined ---- */

static walk_step find_side(void *context, const model_expr *e) {
  const model_side *side = context;
  bool is_found = e->kind == MX_REF && e->ref.side == *side &&
                  (e->ref.kind == REF_STATE || e->ref.kind == REF_INPUT || e->ref.kind == REF_LET);
  return is_found ? WALK_STOP : WALK_ON;
}

static bool joins(const checker *ck, const model_connection *c, model_side side) {
  const model_component *synapse = synapse_of(ck, c);
  walker w = {.expr = find_side, .context = &side, .own = synapse};
  if (side == SIDE_ASTRO && !c->has_partner)
    return false;
  for (uint32_t k = 0; k < synapse->contributions.len; k++)
    if (synapse->contributions.data[k].side == side || walk_expr(&w, synapse->contributions.data[k].value))
      return true;
  return false;
}

typedef struct {
  checker *ck;
  uint32_t *root; /* per population (disjoint.h); NONE: of no set */
} joining;

/* *first: a population of the set, NONE at first. */
static void join(joining *j, uint32_t *first, uint32_t population) {
  if (j->root[population] == NONE)
    j->root[population] = population;
  *first = disjoint_join(j->root, *first == NONE ? population : *first, population);
}

static bool check_timescales(joining *j, const model_connection *c, uint32_t first, model_side side) {
  const model *m = j->ck->model;
  const model_component *a = &m->components.data[m->populations.data[first].component],
                        *b = component_on_end(j->ck, c, side);
  if (a->timescale == b->timescale)
    return true;
  diag *d = diag_report(j->ck->sink, DIAG_E0419, c->coupling_at,
                        "`coupling stages` joins `%s` on %s and `%s` on %s: stages are for components of one timescale",
                        a->name, m->timescales.data[a->timescale].name, b->name, m->timescales.data[b->timescale].name);
  diag_note(d, c->at, "by this connection");
  diag_hint(d, "leave `coupling stages` away here, or put both on one timescale");
  return false;
}

static void refuse_stages(const joining *j, const model_connection *c, span at, const char *what) {
  diag *d = diag_report(j->ck->sink, DIAG_E0421, c->coupling_at, "`coupling stages` cannot take %s", what);
  diag_note(d, at, "it is here");
  diag_hint(d, "leave `coupling stages` away for this connection");
}

static bool check_links(const joining *j, const model_connection *c) {
  const model_component *synapse = synapse_of(j->ck, c);
  if (c->delay != NULL)
    refuse_stages(j, c, c->delay->at, "a connection with a delay: contributions read states of earlier steps");
  else if (synapse->odes.len != 0)
    refuse_stages(j, c, synapse->odes.data[0].at, "links with equations of their own");
  for (uint32_t k = 0; c->delay == NULL && k < synapse->blocks.len; k++) {
    const model_on *on = &synapse->blocks.data[k];
    if (on->kind != BLOCK_EVERY && on->kind != BLOCK_EACH_STEP)
      continue;
    refuse_stages(j, c, on->at, "links with blocks by a clock");
    return false;
  }
  return c->delay == NULL && synapse->odes.len == 0;
}

static void join_connection(joining *j, const model_connection *c) {
  uint32_t first = NONE;
  if (!check_links(j, c))
    return;
  for (model_side side = SIDE_PRE; side <= SIDE_ASTRO; side++) {
    if (!joins(j->ck, c, side))
      continue;
    if (first != NONE && !check_timescales(j, c, first, side))
      return;
    join(j, &first, population_on_end(c, side));
  }
}

/* ---- what the populations of a set must be ---- */

static void take_solver(checker *ck, model_stage_set *set, const model_component *c, const model_ode *ode) {
  const char *state = c->states.data[ode->state].name;
  if (ode->solver == SOLVER_automatic)
    return;
  if (!solver_rows[ode->solver].is_staged) {
    diag *d = diag_report(
        ck->sink, DIAG_E0420, ode->at,
        "`coupling stages` joins `%s`, but the equation of `%s` is solved by %s, which has no stages that all can share",
        c->name, state, solver_rows[ode->solver].words);
    diag_hint(d, "`using rk4`, `using rk2`, `using heun` or `using adaptive`; or leave the solver away");
  } else if (set->solver != SOLVER_automatic && set->solver != ode->solver) {
    diag *d = diag_report(ck->sink, DIAG_E0420, ode->at,
                          "`coupling stages` joins equations of two solvers: %s of `%s`, others %s",
                          solver_rows[ode->solver].words, state, solver_rows[set->solver].words);
    diag_hint(d, "name one solver for all of them");
  } else if (set->solver == SOLVER_automatic) {
    set->solver = ode->solver;
    set->options = ode->options;
  }
  if (ode->solver != SOLVER_adaptive)
    return;
  set->options.tolerance =
      ode->options.tolerance < set->options.tolerance ? ode->options.tolerance : set->options.tolerance;
  set->options.substeps = ode->options.substeps < set->options.substeps ? ode->options.substeps : set->options.substeps;
}

static void refuse_noise(checker *ck, const model_component *c, const model_ode *ode) {
  for (uint32_t k = 0; k < ode->noise.len; k++) {
    if (ode->noise.data[k] == NULL)
      continue;
    diag *d = diag_report(ck->sink, DIAG_E0421, ode->at,
                          "`coupling stages` cannot take noise: `%s` is joined with others, and its equation has `%s`",
                          c->name, c->noises.data[k].name);
    diag_hint(d, "leave `coupling stages` away: contributions are then held over a step");
    return;
  }
}

static void take_component(checker *ck, model_stage_set *set, uint32_t population) {
  const model_component *c = &ck->model->components.data[ck->model->populations.data[population].component];
  set->timescale = c->timescale;
  for (uint32_t k = 0; k < c->odes.len; k++) {
    if (c->odes.data[k].timescale != c->timescale)
      continue;
    take_solver(ck, set, c, &c->odes.data[k]);
    refuse_noise(ck, c, &c->odes.data[k]);
  }
}

static void make_set(joining *j, uint32_t root) {
  model *m = j->ck->model;
  model_stage_set set = {.solver = SOLVER_automatic, .options = {SOLVE_USUAL_TOLERANCE, SOLVE_USUAL_SUBSTEPS}};
  for (uint32_t p = root; p < m->populations.len; p++) {
    if (j->root[p] == NONE || disjoint_root(j->root, p) != root)
      continue;
    m->populations.data[p].stage_set = m->stage_sets.len;
    take_component(j->ck, &set, p);
    vec_push(j->ck->arena, &set.populations, p);
  }
  if (set.solver == SOLVER_automatic)
    set.solver = SOLVER_rk4;
  vec_push(j->ck->arena, &m->stage_sets, set);
}

static void check_inputs(const joining *j, const model_connection *c) {
  const model_component *synapse = synapse_of(j->ck, c);
  for (uint32_t k = 0; k < synapse->contributions.len; k++) {
    const model_contribution *x = &synapse->contributions.data[k];
    const model_input *in = &component_on_end(j->ck, c, x->side)->inputs.data[x->input];
    if (link_feeds_slower(j->ck, population_on_end(c, x->side), x->input))
      refuse_stages(j, c, in->at, "an input that a faster component feeds as well: give that an input of its own");
  }
}

static void check_diffusion(checker *ck) {
  model *m = ck->model;
  bool *is_diffusing = ARENA_ARRAY(ck->arena, bool, m->populations.len);
  for (uint32_t k = 0; k < m->connections.len; k++)
    if (m->connections.data[k].coupling == COUPLING_IMPLICIT && diffusion_check(ck, k))
      is_diffusing[m->connections.data[k].target] = true;
  for (uint32_t p = 0; p < m->populations.len; p++) {
    if (!is_diffusing[p])
      continue;
    model_stage_set set = {.timescale = m->components.data[m->populations.data[p].component].timescale,
                           .is_diffusing = true};
    vec_push(ck->arena, &set.populations, p);
    m->populations.data[p].stage_set = m->stage_sets.len;
    vec_push(ck->arena, &m->stage_sets, set);
  }
}

void coupling_sets_check(checker *ck) {
  model *m = ck->model;
  joining j = {.ck = ck, .root = ARENA_ARRAY(ck->arena, uint32_t, m->populations.len)};
  for (uint32_t p = 0; p < m->populations.len; p++)
    j.root[p] = m->populations.data[p].stage_set = NONE;
  for (uint32_t k = 0; k < m->connections.len; k++)
    if (m->connections.data[k].coupling == COUPLING_STAGES) {
      join_connection(&j, &m->connections.data[k]);
      check_inputs(&j, &m->connections.data[k]);
    }
  for (uint32_t p = 0; p < m->populations.len; p++)
    if (j.root[p] == p)
      make_set(&j, p);
  check_diffusion(ck);
}
