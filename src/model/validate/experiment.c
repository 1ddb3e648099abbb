/* SPDX-License-Identifier: MIT */
/* experiment.c - are stimuli, signals, records, measures and variants what they should be? */
#include "model/validate/validate.h"

static bool is_phase(validation *v, uint32_t phase) {
  return phase == UINT32_MAX || is_index(v, phase, v->m->phases.len, "a phase");
}

static bool is_owner(validation *v, bool is_connection, uint32_t owner) {
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
  if (!is_owner(v, false, b->population) || !is_index(v, b->phase, v->m->phases.len, "its phase"))
    return false;
  expr_limits limits = limits_in_owner(v->m, false, b->population);
  limits.locals = b->local_count;
  return validate_block(v, &limits, &b->body);
}

static bool validate_stimuli(validation *v) {
  const model *m = v->m;
  bool is_good = true;
  for (uint32_t k = 0; is_good && k < m->images.len; k++)
    is_good = is_index(v, m->images.data[k].pattern, m->patterns.len, "the pattern of an image");
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

static bool validate_probe(validation *v, const model_probe *p) {
  if (!is_owner(v, p->is_connection, p->owner))
    return false;
  expr_limits limits = limits_in_owner(v->m, p->is_connection, p->owner);
  bool is_arrivals = p->is_connection && p->event == UINT32_MAX - 1;
  if (p->first > p->last || (uint32_t)p->reduce >= nsa_reduce_kind_count)
    return is_wrong(v, "no elements, or taken together by no word");
  if (p->is_event)
    return is_arrivals || is_index(v, p->event, limits.side[SIDE_SELF]->events.len, "an event");
  return validate_number(v, &limits, p->value, "what it looks at");
}

static bool validate_measure(validation *v, uint32_t own, const model_measure_node *n) {
  if ((uint32_t)n->kind >= nsa_measure_kind_count)
    return is_wrong(v, "of no kind");
  if (n->is_ref)
    return is_index(v, n->ref, own, "an earlier measure");
  if (n->kind >= NSA_MEASURE_ADD && n->kind <= NSA_MEASURE_POW) {
    bool is_single = n->kind == NSA_MEASURE_NEG;
    if (n->args[0] == NULL || (n->args[1] == NULL) != is_single)
      return is_wrong(v, "an operator with too few or too many arguments");
    return validate_measure(v, own, n->args[0]) && (is_single || validate_measure(v, own, n->args[1]));
  }
  if (n->kind == NSA_MEASURE_SIZE)
    return is_owner(v, n->probe.is_connection, n->probe.owner);
  bool has_probe = n->kind != NSA_MEASURE_NUMBER && n->kind != NSA_MEASURE_DURATION;
  return (!has_probe || validate_probe(v, &n->probe)) && is_phase(v, n->phase) && is_phase(v, n->among);
}

static bool validate_record(validation *v, const model_record *r) {
  v->where = arena_printf(v->arena, "record `%s`", r->name);
  return validate_probe(v, &r->probe) && is_phase(v, r->phase) &&
         (r->every >= 0 || is_wrong(v, "a period below nothing"));
}

static bool validate_variant(validation *v, const model_variant *x) {
  v->where = arena_printf(v->arena, "variant `%s`", x->name);
  for (uint32_t k = 0; k < x->globals.len; k++)
    if (!is_index(v, x->globals.data[k].global, v->m->globals.len, "a param of the top level"))
      return false;
  for (uint32_t k = 0; k < x->sets.len; k++) {
    const model_set *s = &x->sets.data[k];
    if (!is_owner(v, s->is_connection, s->owner))
      return false;
    expr_limits limits = limits_in_owner(v->m, s->is_connection, s->owner);
    if (!is_index(v, s->param, limits.params, "a param") || !validate_number(v, &limits, s->value, "its value"))
      return false;
  }
  return true;
}

bool validate_experiment(validation *v) {
  const model *m = v->m;
  bool is_good = validate_stimuli(v);
  for (uint32_t k = 0; is_good && k < m->records.len; k++)
    is_good = validate_record(v, &m->records.data[k]);
  for (uint32_t k = 0; is_good && k < m->measures.len; k++) {
    v->where = arena_printf(v->arena, "measure `%s`", m->measures.data[k].name);
    is_good = validate_measure(v, k, m->measures.data[k].value);
  }
  for (uint32_t k = 0; is_good && k < m->variants.len; k++)
    is_good = validate_variant(v, &m->variants.data[k]);
  return is_good;
}
