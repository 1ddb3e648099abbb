/* SPDX-License-Identifier: MIT */
/* decisions.c - environments with their channels, and the decisions that are made for them. */
#include "lower/tables/tables.h"
#include "support/file.h"

/* ---- channels ---- */

void lower_channels(lowering *l) {
  const model *m = l->m;
  l->channels = lower_no_fields(l, m->channels.len);
  l->program->channels = ARENA_ARRAY(l->arena, nsa_channel, m->channels.len);
  l->program->channels_count = m->channels.len;
  for (uint32_t k = 0; k < m->channels.len; k++) {
    const model_channel *c = &m->channels.data[k];
    const model_environment *of = &m->environments.data[c->environment];
    const char *name = arena_printf(l->arena, "%s.%s", of->name, c->name);
    uint32_t domain = ir_domain_of_channel(l->p, name, (nsa_channel_id){k});
    l->channels[k] = lower_add_field(l, name, domain, NSA_F64, NSA_FIELD_CHANNEL, 0, &c->unit, of->at);
    l->program->channels[k] =
        (nsa_channel){.name = name, .field = l->channels[k], .count = (uint32_t)c->count, .wire_unit = c->wire_unit};
  }
}

/* ---- environments ---- */

static nsa_given_setting setting_of(lowering *l, const model_environment *e, uint32_t k) {
  const nsa_environment_value *v = &e->values.data[k];
  double *values = ARENA_ARRAY(l->arena, double, v->count);
  for (uint32_t i = 0; i < v->count; i++)
    values[i] = v->values[i];
  return (nsa_given_setting){.name = e->kind->settings[k].name,
                             .is_given = v->is_given,
                             .value = v->value,
                             .has_text = v->text != NULL,
                             .text = v->text ? v->text : "",
                             .values = values,
                             .values_count = v->count};
}

static void add_settings(lowering *l, const model_environment *e, nsa_environment *out) {
  nsa_given_setting *list = ARENA_ARRAY(l->arena, nsa_given_setting, e->values.len);
  for (uint32_t k = 0; k < e->values.len; k++)
    list[k] = setting_of(l, e, k);
  out->values = list;
  out->values_count = e->values.len;
}

static void add_names(lowering *l, const model_environment *e, nsa_environment *out) {
  uint32_t *channels = ARENA_ARRAY(l->arena, uint32_t, e->channel_count);
  for (uint32_t k = 0; k < e->channel_count; k++)
    channels[k] = e->first_channel + k;
  nsa_unit_name *figures = ARENA_ARRAY(l->arena, nsa_unit_name, e->figures.len);
  for (uint32_t k = 0; k < e->figures.len; k++)
    figures[k] = (nsa_unit_name){e->figures.data[k].name, dim_shown(l->arena, e->figures.data[k].unit)};
  out->channels = channels;
  out->channels_count = e->channel_count;
  out->figures = figures;
  out->figures_count = e->figures.len;
}

static nsa_environment environment_of(lowering *l, const model_environment *e) {
  const nsa_environment_action *action = &e->shape.action;
  nsa_environment out = {.name = e->name,
                         .source = e->source,
                         .kind = e->kind_name,
                         .choices = action->choices,
                         .length = action->length,
                         .low = action->low,
                         .high = action->high,
                         .unit = action->choices ? "" : dim_shown(l->arena, e->action_unit),
                         .wire_unit = e->wire_unit,
                         .has_seed = e->has_seed,
                         .seed = e->seed,
                         .key = hash_name64(e->name),
                         .at = lower_place(l, e->at)};
  add_settings(l, e, &out);
  add_names(l, e, &out);
  return out;
}

static void add_environments(lowering *l) {
  const model *m = l->m;
  nsa_environment *list = ARENA_ARRAY(l->arena, nsa_environment, m->environments.len);
  for (uint32_t k = 0; k < m->environments.len; k++)
    list[k] = environment_of(l, &m->environments.data[k]);
  l->program->environments = list;
  l->program->environments_count = m->environments.len;
  nsa_trial_record *records = ARENA_ARRAY(l->arena, nsa_trial_record, m->trial_records.len);
  for (uint32_t k = 0; k < m->trial_records.len; k++) {
    const model_trial_record *r = &m->trial_records.data[k];
    records[k] = (nsa_trial_record){.name = r->name, .environment = r->environment, .at = lower_place(l, r->at)};
  }
  l->program->trial_records = records;
  l->program->trial_records_count = m->trial_records.len;
}

/* ---- decisions ---- */

static nsa_window_count add_count(lowering *l, const counted_event *c, uint32_t act) {
  const model_event *ev = &component_of_population(l->ctx, c->population)->events.data[c->event];
  const char *name =
      arena_printf(l->arena, "%s.%s.window%u", l->m->populations.data[c->population].name, ev->name, act);
  nsa_field_id field =
      lower_add_field(l, name, l->populations[c->population].domain, NSA_F64, NSA_FIELD_WINDOW_COUNT, 0, NULL, ev->at);
  return (nsa_window_count){.field = field, .event = {c->event}};
}

static nsa_decoder decoder_of(lowering *l, const decoder_plan *plan) {
  const model_decoder *d = plan->decoder;
  return (nsa_decoder){.kind = d->kind,
                       .scores = plan->scores,
                       .tie = plan->tie,
                       .among = d->among,
                       .key = hash_name64(d->key ? d->key : "decoder"),
                       .nodes = plan->nodes.data,
                       .nodes_count = plan->nodes.len,
                       .at = lower_place(l, d->at)};
}

static nsa_act act_of(lowering *l, uint32_t number) {
  const act_plan *plan = &l->plan->experiment.acts.data[number];
  nsa_window_count *counts = ARENA_ARRAY(l->arena, nsa_window_count, plan->counts.len);
  nsa_decoder *decoders = ARENA_ARRAY(l->arena, nsa_decoder, plan->decoders.len);
  for (uint32_t k = 0; k < plan->counts.len; k++)
    counts[k] = add_count(l, &plan->counts.data[k], number);
  for (uint32_t k = 0; k < plan->decoders.len; k++)
    decoders[k] = decoder_of(l, &plan->decoders.data[k]);
  return (nsa_act){.environment = plan->act->environment,
                   .phase = plan->act->phase,
                   .every = lower_whole_ticks(l->ctx, plan->act->every),
                   .window = lower_whole_ticks(l->ctx, plan->act->window),
                   .counts = counts,
                   .counts_count = plan->counts.len,
                   .decoders = decoders,
                   .decoders_count = plan->decoders.len,
                   .at = lower_place(l, plan->act->at)};
}

window_counts lower_counts_of(const lowering *l, uint32_t act) {
  window_counts list = {0};
  const nsa_act *of = &l->act_list.data[act];
  const act_plan *plan = &l->plan->experiment.acts.data[act];
  for (uint32_t k = 0; k < of->counts_count; k++)
    vec_push(l->arena, &list,
             ((window_count){plan->counts.data[k].population, plan->counts.data[k].event, of->counts[k].field}));
  return list;
}

void lower_decisions(lowering *l) {
  add_environments(l);
  for (uint32_t k = 0; k < l->plan->experiment.acts.len; k++) {
    nsa_act act = act_of(l, k);
    vec_push(l->arena, &l->act_list, act);
  }
  l->program->acts = l->act_list.data;
  l->program->acts_count = l->m->acts.len;
}
