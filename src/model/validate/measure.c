/* SPDX-License-Identifier: MIT */
/* measure.c - are probes and expressions of measures what they should be? */
#include "model/validate/validate.h"

bool validate_probe(validation *v, const model_probe *p) {
  if (p->is_channel)
    return is_index(v, p->owner, v->m->channels.len, "a channel") &&
           ((p->first <= p->last && p->last < v->m->channels.data[p->owner].count) ||
            is_wrong(v, "numbers that a channel does not have"));
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

/* ---- expressions ---- */

static uint32_t least_args(nsa_measure_kind kind) {
  if (kind == NSA_MEASURE_IF)
    return 3;
  if (kind == NSA_MEASURE_NEG || kind == NSA_MEASURE_NOT || (kind >= NSA_MEASURE_SQRT && kind <= NSA_MEASURE_ABS) ||
      (kind >= NSA_MEASURE_SERIES_FIRST && kind <= NSA_MEASURE_SERIES_SUM && kind != NSA_MEASURE_SERIES_PERCENTILE))
    return 1;
  bool is_operator = (kind >= NSA_MEASURE_ADD && kind < NSA_MEASURE_IF) || kind == NSA_MEASURE_HEAD ||
                     kind == NSA_MEASURE_TAIL || kind == NSA_MEASURE_SERIES_PERCENTILE ||
                     (kind >= NSA_MEASURE_LT && kind <= NSA_MEASURE_OR);
  return is_operator ? 2 : 0;
}

static bool validate_operator(validation *v, uint32_t own, const model_measure_node *n, uint32_t args) {
  bool takes_series = n->kind >= NSA_MEASURE_HEAD && n->kind <= NSA_MEASURE_SERIES_SUM;
  for (uint32_t k = 0; k < 3; k++)
    if ((n->args[k] != NULL) != (k < args))
      return is_wrong(v, "an operator with too few or too many arguments");
  if (takes_series && !n->args[0]->is_series)
    return is_wrong(v, "a number is taken together as a series");
  bool is_good = true;
  for (uint32_t k = 0; k < args; k++)
    is_good = is_good && validate_measure(v, own, n->args[k]);
  return is_good;
}

static bool validate_figure(validation *v, const model_measure_node *n) {
  if (!is_index(v, n->environment, v->m->environments.len, "an environment"))
    return false;
  return n->kind == NSA_MEASURE_TRIALS ||
         is_index(v, n->figure, v->m->environments.data[n->environment].figures.len, "a figure");
}

bool validate_measure(validation *v, uint32_t own, const model_measure_node *n) {
  if ((uint32_t)n->kind >= nsa_measure_kind_count)
    return is_wrong(v, "of no kind");
  if (n->is_ref)
    return is_index(v, n->ref, own, "an earlier measure");
  uint32_t args = least_args(n->kind);
  if (args > 0)
    return validate_operator(v, own, n, args);
  if (n->kind == NSA_MEASURE_FIGURE || n->kind == NSA_MEASURE_TRIALS)
    return validate_figure(v, n);
  bool is_of_environment = n->per == NSA_PER_TRIAL || n->per == NSA_PER_STEP;
  if (is_of_environment && !is_index(v, n->environment, v->m->environments.len, "an environment"))
    return false;
  if (n->kind == NSA_MEASURE_SIZE || n->kind == NSA_MEASURE_UPDATES)
    return is_owner(v, n->probe.is_connection, n->probe.owner);
  bool has_probe = n->kind != NSA_MEASURE_NUMBER && n->kind != NSA_MEASURE_DURATION;
  if ((n->kind == NSA_MEASURE_CORRELATION) != (n->other != NULL) || (n->other && !validate_probe(v, n->other)))
    return is_wrong(v, "a second series where there should be none, or none where there should be one");
  return (!has_probe || validate_probe(v, &n->probe)) && is_phase(v, n->phase) && is_phase(v, n->among);
}
