/* SPDX-License-Identifier: MIT */
#include "worlds/decide.h"

#include "nsa_math.h"
#include "state/failure.h"
#include "state/nodes.h"
#include "state/probe.h"
#include "worlds/choose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- making ---- */

static bool make_vector(const sim *s, decision *d) {
  const nsa_program *p = s->program;
  bool has_vector = false;
  for (uint32_t i = 0; i < d->act->decoders_count; i++)
    has_vector = has_vector || d->act->decoders[i].kind == NSA_DECODER_VECTOR;
  if (!has_vector)
    return true;
  d->needed = calloc((size_t)p->measure_nodes_count + 1, 1);
  d->values = calloc((size_t)p->measure_nodes_count + 1, sizeof *d->values);
  if (!d->needed || !d->values)
    return false;
  for (uint32_t i = 0; i < d->act->decoders_count; i++)
    for (uint32_t k = 0; k < d->act->decoders[i].nodes_count; k++)
      node_mark(p, d->act->decoders[i].nodes[k], d->needed);
  for (uint32_t i = 0; i < p->measure_nodes_count; i++)
    d->watches = d->watches || (d->needed[i] && p->measure_nodes[i].kind == NSA_MEASURE_WINDOW_COUNT);
  return true;
}

bool decision_make(const sim *s, const nsa_act *act, world *of, decision *d) {
  *d = (decision){.act = act, .world = of, .watches = act->counts_count > 0, .told = UINT64_MAX};
  for (uint32_t i = 0; i < act->decoders_count; i++)
    d->watches = d->watches || act->decoders[i].kind == NSA_DECODER_FIRST;
  d->winners = calloc((size_t)act->decoders_count + 1, sizeof *d->winners);
  d->action = calloc((size_t)of->environment->length + 1, sizeof *d->action);
  d->scores = calloc((size_t)of->environment->choices + 1, sizeof *d->scores);
  return d->winners && d->action && d->scores && make_vector(s, d);
}

void decision_free(decision *d) {
  free(d->winners);
  free(d->action);
  free(d->scores);
  free(d->needed);
  free(d->values);
}

/* ---- the action's signal ---- */

/* The first to fire in a window that begins where the last one ended may come with that one's action. */
static void tell_action(sim *s, decision *d, double value) {
  d->is_owed = d->told == s->tick;
  if (d->is_owed) {
    d->next = s->tick + 1;
    return;
  }
  d->told = s->tick;
  world_send(s, d->world, NSA_MOMENT_ACTION, value);
}

/* Who fires first has it sent at once, before the window is over. */
static bool tells_at_once(const decision *d) { return d->act->decoders[0].kind == NSA_DECODER_FIRST; }

void decision_pay(sim *s, decision *d) {
  if (d->is_owed)
    tell_action(s, d, d->winners[0]);
}

/* ---- in the window ---- */

void decision_open(sim *s, decision *d) {
  d->start = d->number * d->act->every;
  d->stop = d->start + d->act->window;
  d->next = d->watches ? d->start : d->stop;
  for (uint32_t i = 0; i < d->act->decoders_count; i++)
    d->winners[i] = NSA_NONE;
  for (uint32_t i = 0; i < d->act->counts_count; i++) {
    nsa_field_id field = d->act->counts[i].field;
    memset(s->field_data[field.id], 0, s->field_count[field.id] * sizeof(double));
  }
  if (d->values)
    memset(d->values, 0, s->program->measure_nodes_count * sizeof *d->values);
}

static void count_events(sim *s, const nsa_window_count *count) {
  nsa_population_id p = s->program->domains[s->program->fields[count->field.id].domain].population;
  const sim_fired *fired = &s->populations[p.id].events[count->event.id];
  double *counts = s->field_data[count->field.id];
  for (uint32_t i = 0; i < fired->count; i++)
    counts[fired->elements[i]]++;
}

static void count_probes(sim *s, decision *d) {
  for (uint32_t i = 0; i < s->program->measure_nodes_count; i++)
    if (d->needed[i] && s->program->measure_nodes[i].kind == NSA_MEASURE_WINDOW_COUNT)
      d->values[i] += (double)probe_count_fired(s, &s->program->probes[s->program->measure_nodes[i].probe]);
}

static bool is_allowed(const sim *s, const nsa_decoder *decoder, uint32_t choice) {
  if (decoder->among == NSA_NONE)
    return true;
  const double *channel = s->field_data[s->program->channels[decoder->among].field.id];
  return channel[choice] != 0;
}

static bool refuse_score(sim *s, const decision *d, const nsa_decoder *decoder, uint32_t choice, double score) {
  return failure_tell(s, decoder->at, false, "the decision for '%.100s' has a score of %g for choice %u",
                      d->world->environment->name, isnan(score) ? (double)NAN : score, choice);
}

/* Of those that fired together the one whose value is largest; of equal ones the lowest number. */
static bool find_first(sim *s, decision *d, uint32_t number) {
  const nsa_decoder *decoder = &d->act->decoders[number];
  const nsa_probe *probe = &s->program->probes[decoder->scores];
  const sim_fired *fired = probe_fired(s, probe);
  if (fired->count == 0)
    return true;
  uint64_t first, count = probe_range(s, probe, &first);
  probe_view view = {0};
  double best = 0;
  if (decoder->tie != NSA_NONE)
    view = probe_look(s, &s->program->probes[decoder->tie]);
  for (uint32_t i = 0; i < fired->count; i++) {
    uint64_t choice = fired->elements[i] - first;
    double value = 0;
    if (fired->elements[i] < first || choice >= count || !is_allowed(s, decoder, (uint32_t)choice))
      continue;
    if (decoder->tie != NSA_NONE)
      probe_copy(&view, choice, 1, &value);
    if (isnan(value))
      return refuse_score(s, d, decoder, (uint32_t)choice, value);
    if (d->winners[number] == NSA_NONE || value > best) {
      d->winners[number] = (uint32_t)choice;
      best = value;
    }
  }
  if (number == 0 && d->winners[0] != NSA_NONE)
    tell_action(s, d, d->winners[0]);
  return true;
}

bool decision_watch(sim *s, decision *d) {
  d->next = s->tick + 1;
  for (uint32_t i = 0; i < d->act->counts_count; i++)
    count_events(s, &d->act->counts[i]);
  if (d->values)
    count_probes(s, d);
  for (uint32_t i = 0; i < d->act->decoders_count; i++)
    if (d->act->decoders[i].kind == NSA_DECODER_FIRST && d->winners[i] == NSA_NONE && !find_first(s, d, i))
      return false;
  return true;
}

/* ---- at its end ---- */

/* Scores of all choices; NaN for those that are left out. False: one that is not left out is no score. */
static bool take_scores(sim *s, decision *d, const nsa_decoder *decoder) {
  uint32_t count = d->world->environment->choices;
  for (uint32_t i = 0; i < count; i++)
    d->scores[i] = 1;
  if (decoder->scores != NSA_NONE) {
    probe_view view = probe_look(s, &s->program->probes[decoder->scores]);
    probe_copy(&view, 0, view.count < count ? view.count : count, d->scores);
  }
  for (uint32_t i = 0; i < count; i++) {
    double score = d->scores[i];
    bool is_weight = decoder->kind == NSA_DECODER_SAMPLE;
    if (!is_allowed(s, decoder, i))
      d->scores[i] = NAN;
    else if (isnan(score) || score == INFINITY || (is_weight && score < 0))
      return refuse_score(s, d, decoder, i, score);
  }
  return true;
}

static double draw(const sim *s, const decision *d, const nsa_decoder *decoder) {
  return nsa_rand_uniform_1(s->seed ^ decoder->key, 0, 0, (double)d->number, 0, 1);
}

static bool choose(sim *s, decision *d, const nsa_decoder *decoder, uint32_t *chosen) {
  uint32_t count = d->world->environment->choices;
  if (!take_scores(s, d, decoder))
    return false;
  if (decoder->kind == NSA_DECODER_ARGMAX)
    *chosen = choose_largest(d->scores, count);
  else if (decoder->kind == NSA_DECODER_SAMPLE)
    *chosen = choose_sample(d->scores, count, draw(s, d, decoder));
  else
    *chosen = choose_softmax(d->scores, count, draw(s, d, decoder));
  return true;
}

static double node_now(sim *s, const nsa_measure_node *node) {
  const nsa_probe *probe = &s->program->probes[node->probe];
  probe_view view = probe_look(s, probe);
  return probe_reduce(&view, probe->reduce == NSA_REDUCE_NONE ? NSA_REDUCE_MEAN : (nsa_reduce_kind)probe->reduce);
}

static double node_value(sim *s, const decision *d, uint32_t i) {
  const nsa_measure_node *node = &s->program->measure_nodes[i];
  if (node_is_plain(node->kind))
    return node_of_values(node, d->values);
  if (node->kind == NSA_MEASURE_NUMBER)
    return node->number;
  return node->kind == NSA_MEASURE_NOW ? node_now(s, node) : d->values[i];
}

/* What lies out of bounds is moved to them. */
static bool make_vector_action(sim *s, decision *d, const nsa_decoder *decoder) {
  const nsa_environment *of = d->world->environment;
  for (uint32_t i = 0; i < s->program->measure_nodes_count; i++)
    if (d->needed[i])
      d->values[i] = node_value(s, d, i);
  for (uint32_t k = 0; k < decoder->nodes_count; k++) {
    double x = d->values[decoder->nodes[k]];
    if (isnan(x))
      return failure_tell(s, decoder->at, false, "the decision for '%.100s' gives nan as number %u of the action",
                          of->name, k);
    d->action[k] = x < of->low ? of->low : x > of->high ? of->high : x;
  }
  return true;
}

static bool refuse_all(sim *s, const decision *d) {
  const nsa_decoder *last = &d->act->decoders[d->act->decoders_count - 1];
  const nsa_environment *of = d->world->environment;
  for (uint32_t i = 0; i < of->choices; i++)
    if (is_allowed(s, last, i))
      return failure_tell(s, last->at, false, "the decision for '%.100s' has nothing to choose: no score is above 0",
                          of->name);
  return failure_tell(s, last->at, false, "the decision for '%.100s' has nothing to choose: all of %.100s are 0",
                      of->name, s->program->channels[last->among].name);
}

static bool make_choice(sim *s, decision *d, uint32_t *by, uint32_t *chosen) {
  *chosen = NSA_NONE;
  for (*by = 0; *by < d->act->decoders_count; ++*by) {
    const nsa_decoder *decoder = &d->act->decoders[*by];
    if (decoder->kind == NSA_DECODER_FIRST)
      *chosen = d->winners[*by];
    else if (!choose(s, d, decoder, chosen))
      return false;
    if (*chosen != NSA_NONE)
      return true;
  }
  return refuse_all(s, d);
}

bool decision_make_action(sim *s, decision *d) {
  uint32_t by = 0, chosen;
  if (d->needed) {
    if (!make_vector_action(s, d, &d->act->decoders[0]))
      return false;
  } else {
    if (!make_choice(s, d, &by, &chosen))
      return false;
    d->action[0] = chosen;
  }
  if (by > 0 || !tells_at_once(d))
    tell_action(s, d, d->action[0]);
  return true;
}

/* ---- its state ---- */

void decision_keep(const sim *s, decision *d, keeper *k) {
  KEEP_VALUE(k, d->number);
  KEEP_VALUE(k, d->start);
  KEEP_VALUE(k, d->stop);
  KEEP_VALUE(k, d->next);
  KEEP_VALUE(k, d->is_owed);
  KEEP_VALUE(k, d->told);
  keep_bytes(k, d->winners, d->act->decoders_count * sizeof *d->winners);
  if (d->values)
    keep_bytes(k, d->values, s->program->measure_nodes_count * sizeof *d->values);
}
