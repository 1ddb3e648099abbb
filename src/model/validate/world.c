/* SPDX-License-Identifier: MIT */
/* world.c - are environments and decisions what they should be? */
#include "model/validate/validate.h"

static bool validate_environment(validation *v, uint32_t own) {
  const model_environment *e = &v->m->environments.data[own];
  v->where = arena_printf(v->arena, "environment `%s`", e->name);
  if (e->figures.len < NSA_FIGURES_COMMON || e->shape.action.length == 0)
    return is_wrong(v, "it has no figures or no action");
  if (e->kind != NULL && e->values.len != e->kind->setting_count)
    return is_wrong(v, "it has not one value a setting");
  for (uint32_t k = 0; k < e->channel_count; k++)
    if (!is_index(v, e->first_channel + k, v->m->channels.len, "a channel") ||
        v->m->channels.data[e->first_channel + k].environment != own)
      return is_wrong(v, "a channel is of another environment");
  return true;
}

/* Its scores have an entry for each choice. */
static bool has_entries(validation *v, const model_decoder *d, uint32_t choices) {
  const model *m = v->m;
  uint64_t count = choices;
  if (d->is_of_channel)
    count = is_index(v, d->owner, m->channels.len, "a channel") ? m->channels.data[d->owner].count : 0;
  else if (d->owner != UINT32_MAX)
    count = is_owner(v, false, d->owner)
                ? (uint64_t)m->populations.data[d->owner].rows * m->populations.data[d->owner].cols
                : 0;
  return count == choices || is_wrong(v, "a decoder with other entries than there are choices");
}

static bool validate_scores(validation *v, const model_decoder *d) {
  if (d->owner == UINT32_MAX || d->is_of_channel)
    return d->scores == NULL && d->tie == NULL ? true : is_wrong(v, "scores of nobody");
  expr_limits limits = limits_in_owner(v->m, false, d->owner);
  if (d->kind == NSA_DECODER_FIRST)
    return is_index(v, d->event, limits.side[SIDE_SELF]->events.len, "its event") &&
           validate_expr(v, &limits, d->tie, "what decides between equals");
  return validate_number(v, &limits, d->scores, "its scores");
}

static bool validate_decoder(validation *v, const model_environment *e, const model_decoder *d) {
  const nsa_environment_action *a = &e->shape.action;
  if ((a->choices == 0) != (d->kind == NSA_DECODER_VECTOR))
    return is_wrong(v, "a choice where numbers are needed, or the other way round");
  if (d->kind != NSA_DECODER_VECTOR)
    return has_entries(v, d, a->choices) && validate_scores(v, d) &&
           (d->among == UINT32_MAX || is_index(v, d->among, v->m->channels.len, "a channel"));
  if (d->vector.len != a->length)
    return is_wrong(v, "as many numbers as the action has not");
  for (uint32_t k = 0; k < d->vector.len; k++)
    if (!validate_measure(v, 0, d->vector.data[k]))
      return false;
  return true;
}

bool validate_act(validation *v, const model_act *act) {
  if (!is_index(v, act->environment, v->m->environments.len, "an environment") ||
      !is_index(v, act->phase, v->m->phases.len, "its phase"))
    return false;
  if (act->window <= 0 || act->window > act->every || act->decoders.len == 0)
    return is_wrong(v, "a window that does not fit, or no decoder");
  if (act->decoders.data[act->decoders.len - 1].kind == NSA_DECODER_FIRST)
    return is_wrong(v, "its last decoder may not decide");
  for (uint32_t k = 0; k < act->decoders.len; k++)
    if (!validate_decoder(v, &v->m->environments.data[act->environment], &act->decoders.data[k]))
      return false;
  return true;
}

bool validate_world(validation *v) {
  const model *m = v->m;
  bool is_good = true;
  for (uint32_t k = 0; is_good && k < m->environments.len; k++)
    is_good = validate_environment(v, k);
  v->where = "a decision";
  for (uint32_t k = 0; is_good && k < m->acts.len; k++)
    is_good = validate_act(v, &m->acts.data[k]);
  for (uint32_t k = 0; is_good && k < m->trial_records.len; k++)
    is_good = is_index(v, m->trial_records.data[k].environment, m->environments.len, "an environment");
  v->where = "the run";
  return is_good && (m->until == NULL || validate_measure(v, 0, m->until));
}
