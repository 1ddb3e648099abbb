/* SPDX-License-Identifier: MIT */
/* experiment.c - are stimuli, signals, records, measures and variants what they should be? */
#include "model/validate/validate.h"

bool is_phase(validation *v, uint32_t phase) {
  return phase == UINT32_MAX || is_index(v, phase, v->m->phases.len, "a phase");
}

bool is_owner(validation *v, bool is_connection, uint32_t owner) {
  return is_index(v, owner, is_connection ? v->m->connections.len : v->m->populations.len,
                  is_connection ? "a connection" : "a population");
}

static bool is_window(validation *v, double start, double stop, double every) {
  return (start >= 0 && stop >= start && every >= 0) || is_wrong(v, "a window that ends before it begins");
}

/* ---- stimuli ---- */

static bool validate_stimulus(validation *v, const model_stimulus *s) {
  const model *m = v->m;
  v->where = "a stimulus";
  if (!is_owner(v, false, s->population))
    return false;
  expr_limits limits = limits_in_owner(m, false, s->population);
  if (s->is_present && !is_index(v, s->image, m->images.len, "an image"))
    return false;
  return is_index(v, s->input, limits.side[SIDE_SELF]->inputs.len, "its input") &&
         validate_number(v, &limits, s->value, "its value") && validate_expr(v, &limits, s->flip, "its flips") &&
         is_phase(v, s->phase) && is_phase(v, s->during) && is_window(v, s->start, s->stop, s->every);
}

static bool validate_event_drive(validation *v, const model_event_drive *d) {
  v->where = "a drive of events";
  if (!is_owner(v, false, d->population))
    return false;
  const model_population *p = &v->m->populations.data[d->population];
  if (d->first > d->last || d->last >= p->rows * p->cols)
    return is_wrong(v, "elements that `%s` does not have", p->name);
  for (uint32_t k = 1; k < d->times.len; k++)
    if (d->times.data[k] < d->times.data[k - 1])
      return is_wrong(v, "times that do not ascend");
  return is_index(v, d->event, v->m->components.data[p->component].events.len, "its event");
}

static bool validate_signal(validation *v, const model_signal *s) {
  expr_limits nobody = {0};
  v->where = arena_printf(v->arena, "signal `%s`", s->name);
  for (uint32_t k = 0; k < s->schedule.len; k++) {
    const model_signal_times *times = &s->schedule.data[k];
    if (!validate_expr(v, &nobody, times->value, "its value") || !is_window(v, times->start, times->stop, times->every))
      return false;
  }
  return true;
}

static bool validate_phase_block(validation *v, const model_phase_block *b) {
  v->where = "a block of a phase";
  if ((b->phase == UINT32_MAX) == (b->signal == UINT32_MAX))
    return is_wrong(v, "it waits for a phase and a signal, or for neither");
  if (!is_owner(v, false, b->population) || !is_phase(v, b->phase) ||
      (b->signal != UINT32_MAX && !is_index(v, b->signal, v->m->signals.len, "its signal")))
    return false;
  expr_limits limits = limits_in_owner(v->m, false, b->population);
  limits.locals = b->local_count;
  return validate_block(v, &limits, &b->body);
}

static bool validate_phase_window(validation *v, const model_phase_window *w) {
  v->where = "a window of a phase";
  return is_index(v, w->phase, v->m->phases.len, "its phase") && is_window(v, w->start, w->stop, w->every);
}

static bool validate_stimuli(validation *v) {
  const model *m = v->m;
  bool is_good = true;
  for (uint32_t k = 0; is_good && k < m->images.len; k++)
    is_good = is_index(v, m->images.data[k].pattern, m->patterns.len, "the pattern of an image");
  for (uint32_t k = 0; is_good && k < m->phase_windows.len; k++)
    is_good = validate_phase_window(v, &m->phase_windows.data[k]);
  for (uint32_t k = 0; is_good && k < m->stimuli.len; k++)
    is_good = validate_stimulus(v, &m->stimuli.data[k]);
  for (uint32_t k = 0; is_good && k < m->event_drives.len; k++)
    is_good = validate_event_drive(v, &m->event_drives.data[k]);
  for (uint32_t k = 0; is_good && k < m->signals.len; k++)
    is_good = validate_signal(v, &m->signals.data[k]);
  for (uint32_t k = 0; is_good && k < m->phase_blocks.len; k++)
    is_good = validate_phase_block(v, &m->phase_blocks.data[k]);
  return is_good;
}

/* ---- records, measures, variants ---- */

static bool validate_record(validation *v, const model_record *r) {
  v->where = arena_printf(v->arena, "record `%s`", r->name);
  return validate_probe(v, &r->probe) && is_phase(v, r->phase) &&
         (r->every >= 0 || is_wrong(v, "a period below nothing"));
}

static bool validate_set(validation *v, const model_set *s) {
  if (!is_owner(v, s->is_connection, s->owner))
    return false;
  expr_limits limits = limits_in_owner(v->m, s->is_connection, s->owner);
  if (s->kind != REF_PARAM && s->kind != REF_STATE)
    return is_wrong(v, "it sets neither a param nor a state");
  uint32_t count = s->kind == REF_PARAM ? limits.params : limits.side[SIDE_SELF]->states.len;
  return is_index(v, s->item, count, "a param or state") && validate_number(v, &limits, s->value, "its value");
}

static bool validate_variant(validation *v, const model_variant *x) {
  v->where = arena_printf(v->arena, "variant `%s`", x->name);
  if (x->checkpoint != NSA_NONE && !is_index(v, x->checkpoint, v->m->checkpoints.len, "its checkpoint"))
    return false;
  for (uint32_t k = 0; k < x->globals.len; k++)
    if (!is_index(v, x->globals.data[k].global, v->m->globals.len, "a param of the top level"))
      return false;
  for (uint32_t k = 0; k < x->acts.len; k++)
    if (!validate_act(v, &x->acts.data[k]))
      return false;
  for (uint32_t k = 0; k < x->sets.len; k++)
    if (!validate_set(v, &x->sets.data[k]))
      return false;
  return true;
}

static bool validate_phase_set(validation *v, const model_phase_set *s) {
  v->where = "what a phase sets";
  return (s->phase == NSA_NONE ? is_index(v, s->variant, v->m->variants.len, "its variant")
                               : is_index(v, s->phase, v->m->phases.len, "its phase")) &&
         validate_set(v, &s->set);
}

bool validate_experiment(validation *v) {
  const model *m = v->m;
  bool is_good = validate_world(v) && validate_stimuli(v);
  for (uint32_t k = 0; is_good && k < m->records.len; k++)
    is_good = validate_record(v, &m->records.data[k]);
  for (uint32_t k = 0; is_good && k < m->measures.len; k++) {
    v->where = arena_printf(v->arena, "measure `%s`", m->measures.data[k].name);
    is_good = validate_measure(v, k, m->measures.data[k].value) &&
              (m->measures.data[k].value->is_series == m->measures.data[k].is_whole ||
               is_wrong(v, "a series that should be a number, or the other way round"));
  }
  for (uint32_t k = 0; is_good && k < m->phase_sets.len; k++)
    is_good = validate_phase_set(v, &m->phase_sets.data[k]);
  for (uint32_t k = 0; is_good && k < m->variants.len; k++)
    is_good = validate_variant(v, &m->variants.data[k]);
  return is_good;
}
