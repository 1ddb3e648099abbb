/* SPDX-License-Identifier: MIT */
/* lookup.c - finds what is declared by its name. */
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_words.h"

/* ---- items of a component ---- */

#define FIND_IN(list, found_kind)                                                                                      \
  for (uint32_t i = 0; i < c->list.len; i++)                                                                           \
    if (c->list.data[i].name == name) {                                                                                \
      *kind = found_kind;                                                                                              \
      *item = i;                                                                                                       \
      return true;                                                                                                     \
    }

bool component_find(const model_component *c, const char *name, model_ref_kind *kind, uint32_t *item) {
  FIND_IN(params, REF_PARAM)
  FIND_IN(states, REF_STATE)
  FIND_IN(inputs, REF_INPUT)
  FIND_IN(lets, REF_LET)
  FIND_IN(noises, REF_NOISE)
  FIND_IN(timers, REF_TIMER)
  return false;
}

uint32_t component_find_event(const model_component *c, const char *name) {
  for (uint32_t i = 0; i < c->events.len; i++)
    if (c->events.data[i].name == name)
      return i;
  return NONE;
}

dim component_item_unit(const model_component *c, model_ref_kind kind, uint32_t item) {
  switch (kind) {
  case REF_PARAM:
    return c->params.data[item].unit;
  case REF_STATE:
    return c->states.data[item].unit;
  case REF_INPUT:
    return c->inputs.data[item].unit;
  case REF_LET:
    return c->lets.data[item].value->unit;
  case REF_NOISE:
    return dim_pow(dim_ms, -1, 2);
  default:
    return dim_none();
  }
}

const char *kind_word(model_ref_kind kind) {
  static const char *const words[] = {[REF_PARAM] = "a param", [REF_STATE] = "a state", [REF_INPUT] = "an input",
                                      [REF_LET] = "a let",     [REF_NOISE] = "a noise", [REF_TIMER] = "a timer"};
  return kind <= REF_TIMER ? words[kind] : kind == REF_SIGNAL ? "a signal" : "a value";
}

const char *component_word(component_kind kind) {
  static const char *const words[] = {"a neuron", "an astrocyte", "a synapse"};
  return words[kind];
}

bool side_find(const char *name, model_side *side) {
  for (uint32_t i = SIDE_PRE; i <= SIDE_ASTRO; i++)
    if (strcmp(nsa_word_of_side(i), name) == 0) {
      *side = (model_side)i;
      return true;
    }
  return false;
}

/* ---- the network and the experiment ---- */

uint32_t population_find(checker *ck, const char *name) {
  uint32_t index;
  return map_find(ck->populations, name, &index) ? index : NONE;
}

uint32_t connection_find(checker *ck, const char *name) {
  uint32_t index;
  return map_find(ck->connections, name, &index) ? index : NONE;
}

uint32_t environment_find(const checker *ck, const char *name) {
  uint32_t index;
  return map_find(ck->environments, name, &index) ? index : NONE;
}

uint32_t environment_of(const checker *ck, const ast_expr *e) {
  bool is_about_name = e->kind == AST_MEMBER && e->as.member.object->kind == AST_NAME;
  return is_about_name ? environment_find(ck, e->as.member.object->as.name.text) : NONE;
}

uint32_t channel_find(const checker *ck, uint32_t environment, const char *name) {
  const model_environment *e = &ck->model->environments.data[environment];
  for (uint32_t i = 0; i < e->channel_count; i++)
    if (strcmp(ck->model->channels.data[e->first_channel + i].name, name) == 0)
      return e->first_channel + i;
  return NONE;
}

uint32_t figure_find(const checker *ck, uint32_t environment, const char *name) {
  const model_environment *e = &ck->model->environments.data[environment];
  for (uint32_t i = 0; i < e->figures.len; i++)
    if (strcmp(e->figures.data[i].name, name) == 0)
      return i;
  return NONE;
}

void channel_names(checker *ck, uint32_t environment, name_list *out) {
  const model_environment *e = &ck->model->environments.data[environment];
  for (uint32_t i = 0; i < e->channel_count; i++)
    vec_push(ck->arena, out, ck->model->channels.data[e->first_channel + i].name);
}

uint32_t signal_find(const checker *ck, const char *name) {
  uint32_t index;
  return map_find(ck->signals, name, &index) ? index : NONE;
}

void signal_names(checker *ck, name_list *out) {
  for (uint32_t i = 0; i < ck->model->signals.len; i++)
    vec_push(ck->arena, out, ck->model->signals.data[i].name);
}

/* Windows of a decision without `as` have no name that a file could use: they are in no map. */
void report_unknown_phase(checker *ck, span at, const char *name) {
  name_list known = {0};
  for (uint32_t i = 0; i < map_count(ck->phases); i++)
    if (strcmp(map_key_at(ck->phases, i), name) != 0)
      vec_push(ck->arena, &known, map_key_at(ck->phases, i));
  if (known.len > 0 || name_is_silent(ck, name)) {
    report_unknown(ck, at, DIAG_E0602, "the phase", name, &known);
    return;
  }
  diag *d = diag_report(ck->sink, DIAG_E0602, at, "the phase `%s` is not known", name);
  diag_hint(
      d,
      "`phase %s from TIME for TIME` declares it; `as %s` behind a `drive`, a `present` or an `act` names its windows",
      name, name);
}

bool event_named(checker *ck, const ast_expr *e) {
  if (e->kind != AST_MEMBER || e->as.member.object->kind != AST_NAME)
    return false;
  uint32_t population = population_find(ck, e->as.member.object->as.name.text);
  if (population == NONE)
    return false;
  const model_component *c = &ck->model->components.data[ck->model->populations.data[population].component];
  return component_find_event(c, e->as.member.name.text) != NONE;
}

uint32_t timescale_find(checker *ck, ast_name name) {
  uint32_t index;
  if (map_find(ck->timescales, name.text, &index))
    return index;
  name_list known = {0};
  for (uint32_t i = 0; i < map_count(ck->timescales); i++)
    vec_push(ck->arena, &known, map_key_at(ck->timescales, i));
  report_unknown(ck, name.at, DIAG_E0201, "the timescale", name.text, &known);
  return NONE;
}

/* ---- declarations ---- */

bool is_declared(const checker *ck, ast_decl_kind kind, const char *name) {
  for (uint32_t i = 0; i < ck->decls.len; i++) {
    const ast_decl *d = ck->decls.data[i];
    const ast_name *own = kind == AST_DECL_POPULATION ? &d->as.population.name
                          : kind == AST_DECL_PHASE    ? &d->as.phase.name
                                                      : &d->as.measure.name;
    if (d->kind == kind && own->text == name)
      return true;
  }
  return false;
}
