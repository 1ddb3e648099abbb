/* SPDX-License-Identifier: MIT */
/* stimulus.c - `present` and `drive`: what goes to the inputs of populations. */
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/expr/select.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "support/file.h"
#include "support/limits.h"

#include "nsa_rt.h"

#include <math.h>
#include <stdlib.h>

/* `POPULATION.NAME`, what a stimulus goes to. */
typedef struct {
  uint32_t population;
  const model_component *component;
  ast_name name;
  const ast_expr *slice; /* AST_INDEX around it, or NULL */
} stimulus_target;

static bool find_target(checker *ck, const ast_expr *target, stimulus_target *out) {
  out->slice = target->kind == AST_INDEX ? target : NULL;
  const ast_expr *member = out->slice != NULL ? target->as.index.object : target;
  if (member->kind != AST_MEMBER || member->as.member.object->kind != AST_NAME) {
    if (member->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0409, target->at, "a stimulus goes to an input: `POPULATION.INPUT`, not to `%s`",
                  expr_text(ck, target));
    return false;
  }
  const ast_expr *owner = member->as.member.object;
  name_list known = {0};
  out->name = member->as.member.name;
  out->population = population_find(ck, owner->as.name.text);
  if (out->population == NONE) {
    for (uint32_t i = 0; i < ck->model->populations.len; i++)
      vec_push(ck->arena, &known, ck->model->populations.data[i].name);
    report_unknown(ck, owner->at, DIAG_E0201, "the population", owner->as.name.text, &known);
    return false;
  }
  out->component = &ck->model->components.data[ck->model->populations.data[out->population].component];
  return true;
}

static bool find_input(checker *ck, const stimulus_target *target, model_stimulus *s) {
  const model_component *c = target->component;
  name_list known = {0};
  model_ref_kind kind;
  bool is_found = component_find(c, target->name.text, &kind, &s->input);
  s->population = target->population;
  if (is_found && kind == REF_INPUT)
    return true;
  if (is_found) {
    diag_report(ck->sink, DIAG_E0409, target->name.at, "`%s` is %s of `%s`: a stimulus goes to an input",
                target->name.text, kind_word(kind), c->name);
    return false;
  }
  for (uint32_t i = 0; i < c->inputs.len; i++)
    vec_push(ck->arena, &known, c->inputs.data[i].name);
  for (uint32_t i = 0; i < c->events.len; i++)
    vec_push(ck->arena, &known, c->events.data[i].name);
  report_unknown(ck, target->name.at, DIAG_E0201, arena_printf(ck->arena, "in `%s` the input or event", c->name),
                 target->name.text, &known);
  return false;
}

/* Names target and phase, and counts within them: the draws of a stimulus do not change with stimuli of other inputs
 * and phases. */
static const char *stimulus_key(checker *ck, const model_stimulus *s) {
  const model *m = ck->model;
  const model_population *p = &m->populations.data[s->population];
  const char *name =
      arena_printf(ck->arena, "%s.%s/%s", p->name, m->components.data[p->component].inputs.data[s->input].name,
                   s->phase != NONE ? m->phases.data[s->phase].name : "stimulus");
  uint32_t number = 0;
  if (ck->stimulus_counts == NULL)
    ck->stimulus_counts = map_new(ck->arena);
  map_find(ck->stimulus_counts, name, &number);
  map_replace(ck->stimulus_counts, name, number + 1);
  return arena_printf(ck->arena, "%s%u", name, number);
}

static expr_env stimulus_scope(checker *ck, const model_stimulus *s, const binding *bindings, uint32_t *draws) {
  expr_env env = env_constant(ck, bindings, "a stimulus");
  env.side[SIDE_SELF].population = &ck->model->populations.data[s->population];
  env.allow = ALLOW_TIME | ALLOW_DT | ALLOW_PLACE | ALLOW_RANDOM | ALLOW_PIXEL | ALLOW_CHANNEL;
  env.key_base = s->key;
  env.draws = draws;
  return env;
}

static const model_input *input_of(const checker *ck, const model_stimulus *s) {
  const model *m = ck->model;
  return &m->components.data[m->populations.data[s->population].component].inputs.data[s->input];
}

static dim input_unit(const checker *ck, const model_stimulus *s) { return input_of(ck, s)->unit; }
static const struct bare_number *bare_input(const checker *ck, const model_stimulus *s) {
  return input_of(ck, s)->bare;
}

static void check_flip(checker *ck, const ast_expr *e, const binding *bindings, model_stimulus *s) {
  expr_env env = env_constant(ck, bindings, "a probability");
  double p;
  if (e == NULL || !expr_constant(&env, e, dim_none(), "the probability of a flip", &p))
    return;
  s->flip = expr_literal(ck, p, dim_none(), e->at);
  probability_check(ck, e->at, p);
}

static void check_present(checker *ck, const ast_decl *d, const binding *bindings) {
  model_stimulus s = {.at = d->at, .is_present = true};
  stimulus_target target;
  uint32_t draws = 0;
  bool has_window = window_check(ck, &d->as.present.window, bindings, &s);
  if (s.during != NONE)
    s.phase = s.during; /* it is one of the presentations of that phase */
  expr_env constant = env_constant(ck, bindings, "a stimulus");
  s.image = image_find(&constant, d->as.present.pattern);
  check_flip(ck, d->as.present.flip, bindings, &s);
  if (!find_target(ck, d->as.present.target, &target) || !find_input(ck, &target, &s))
    return;
  if (target.slice != NULL)
    refuse(ck, target.slice->at, "patterns on a slice", NULL);
  const model_population *p = &ck->model->populations.data[s.population];
  if (!p->is_grid) {
    diag *e = diag_report(ck->sink, DIAG_E0501, d->as.present.target->at,
                          "a pattern is an image, and `%s` has no rows and columns", p->name);
    diag_note(e, p->at, "it is declared here");
  }
  if (d->as.present.amplitude == NULL) {
    diag *e = diag_report(ck->sink, DIAG_E0306, d->at, "a pattern is presented with an amplitude");
    diag_hint(e, "add `amplitude 1 %s`", dim_name(ck->arena, input_unit(ck, &s)));
    return;
  }
  s.key = stimulus_key(ck, &s);
  expr_env env = stimulus_scope(ck, &s, bindings, &draws);
  env.target = bare_input(ck, &s);
  s.value = expr_of_unit(&env, d->as.present.amplitude, input_unit(ck, &s),
                         arena_printf(ck->arena, "`%s`", expr_text(ck, d->as.present.target)));
  if (has_window && s.image != NONE && s.value != NULL && entries_check(ck, s.population, s.value, NULL))
    vec_push(ck->arena, &ck->model->stimuli, s);
}

/* Elements outside of the slice get nothing. */
static model_expr *within_slice(expr_env *env, const ast_expr *slice, model_expr *value) {
  checker *ck = env->ck;
  if (slice == NULL || value == NULL)
    return value;
  model_expr *inside = selector_condition(env, slice, env->side[SIDE_SELF].population, SIDE_SELF);
  if (inside == NULL)
    return NULL;
  return expr_select(ck, inside, value, expr_literal(ck, 0, value->unit, slice->at), slice->at);
}

static void check_drive(checker *ck, const ast_decl *d, const binding *bindings) {
  model_stimulus s = {.at = d->at, .image = NONE};
  stimulus_target target;
  uint32_t draws = 0;
  if (!find_target(ck, d->as.drive.target, &target))
    return;
  model_event_drive e = {
      .at = d->at, .population = target.population, .event = component_find_event(target.component, target.name.text)};
  if (e.event != NONE) {
    event_drive_check(ck, d, bindings, &e, target.slice);
    return;
  }
  bool has_window = window_check(ck, &d->as.drive.window, bindings, &s);
  if (!find_input(ck, &target, &s))
    return;
  s.key = stimulus_key(ck, &s);
  expr_env env = stimulus_scope(ck, &s, bindings, &draws);
  env.target = bare_input(ck, &s);
  s.value = expr_of_unit(&env, d->as.drive.value, input_unit(ck, &s),
                         arena_printf(ck->arena, "`%s`", expr_text(ck, d->as.drive.target)));
  s.value = within_slice(&env, target.slice, s.value);
  if (has_window && s.value != NULL && entries_check(ck, s.population, s.value, NULL))
    vec_push(ck->arena, &ck->model->stimuli, s);
}

static void visit_stimulus(checker *ck, const ast_decl *d, const binding *bindings) {
  if (d->kind == AST_DECL_PRESENT)
    check_present(ck, d, bindings);
  if (d->kind == AST_DECL_DRIVE)
    check_drive(ck, d, bindings);
}

void stimuli_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_PATTERN)
      pattern_check(ck, ck->decls.data[i]);
  for_each_decl(ck, visit_stimulus);
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_ON)
      phase_block_check(ck, ck->decls.data[i]);
}
