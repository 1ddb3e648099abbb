/* SPDX-License-Identifier: MIT */
#include "state/probe.h"

#include "base/search.h"
#include "state/finite.h"
#include "state/kernels.h"

#include <math.h>
#include <string.h>

bool probe_is_event(const nsa_probe *probe) { return !nsa_event_is_none(probe->event); }

uint64_t probe_range(const sim *s, const nsa_probe *probe, uint64_t *first) {
  const nsa_domain *domain = &s->program->domains[probe->domain];
  uint32_t begin, end;
  if (domain->kind == NSA_DOMAIN_POPULATION) {
    population_local_range(&s->populations[domain->population.id], probe->first, probe->last, &begin, &end);
    *first = begin;
    return end - begin;
  }
  uint64_t count = s->domain_count[probe->domain], stop = probe->last >= count ? count : (uint64_t)probe->last + 1;
  *first = probe->first;
  return stop > *first ? stop - *first : 0;
}

uint64_t probe_number(const sim *s, const nsa_probe *probe, uint64_t entry) {
  const nsa_domain *domain = &s->program->domains[probe->domain];
  return domain->kind == NSA_DOMAIN_POPULATION
             ? population_global(&s->populations[domain->population.id], (uint32_t)entry)
             : entry;
}

nsa_population_id probe_population(const sim *s, const nsa_probe *probe) {
  const nsa_domain *domain = &s->program->domains[probe->domain];
  if (domain->kind == NSA_DOMAIN_CONNECTION)
    return s->program->connections[domain->connection.id].source;
  return domain->population;
}

static nsa_event_id spike_event(const nsa_population *population) {
  for (nsa_event_id e = {0}; e.id < population->events_count; e.id++) {
    if (population->events[e.id].is_spike)
      return e;
  }
  return NSA_NO_EVENT;
}

const sim_fired *probe_fired(const sim *s, const nsa_probe *probe) {
  static const sim_fired none;
  nsa_population_id p = probe_population(s, probe);
  nsa_event_id event = probe->event;
  if (nsa_event_is(event, NSA_EVENT_ARRIVALS))
    event = spike_event(&s->program->populations[p.id]);
  return event.id < s->program->populations[p.id].events_count ? &s->populations[p.id].events[event.id] : &none;
}

/* The number of fired elements below this one; they are in ascending order. */
static uint32_t fired_below(const sim_fired *fired, uint64_t element) {
  return search_below(fired->elements, fired->count, element);
}

bool probe_has_fired(const sim_fired *fired, uint32_t element) {
  uint32_t at = fired_below(fired, element);
  return at < fired->count && fired->elements[at] == element;
}

/* Where all links are looked at, those of a source are counted at once; else one by one. */
static uint64_t count_arrivals(const sim *s, const nsa_probe *probe, const sim_fired *fired) {
  const sim_links *links = &s->links[s->program->domains[probe->domain].connection.id];
  uint64_t first, count = probe_range(s, probe, &first), arrivals = 0;
  if (!links->source || (first == 0 && count == links->count)) {
    for (uint32_t i = 0; i < fired->count; i++)
      arrivals += links->fan_out[fired->elements[i]];
    return arrivals;
  }
  for (uint64_t i = first; i < first + count; i++)
    arrivals += probe_has_fired(fired, links->source[i]);
  return arrivals;
}

uint64_t probe_count_fired(const sim *s, const nsa_probe *probe) {
  const sim_fired *fired = probe_fired(s, probe);
  if (fired->count == 0)
    return 0;
  if (nsa_event_is(probe->event, NSA_EVENT_ARRIVALS))
    return count_arrivals(s, probe, fired);
  uint64_t first, count = probe_range(s, probe, &first);
  return fired_below(fired, first + count) - fired_below(fired, first);
}

probe_view probe_look(sim *s, const nsa_probe *probe) {
  bool is_finite = nsa_kernel_is_none(probe->kernel) || kernel_run_checked(s, probe->kernel, &s->state_clock);
  const nsa_field *field = &s->program->fields[probe->field.id];
  probe_view view = {.data = s->field_data[probe->field.id],
                     .type = (nsa_type)field->type,
                     .is_uniform = field->is_uniform != 0,
                     .is_suspect = !is_finite};
  view.count = probe_range(s, probe, &view.first);
  return view;
}

bool probe_is_finite(sim *s, const nsa_probe *probe, const probe_view *view, const char *watched_by) {
  for (uint64_t i = 0; view->is_suspect && i < view->count; i++) {
    double x = sim_entry(view->type, view->data, view->is_uniform ? 0 : view->first + i);
    if (isfinite(x))
      continue;
    finite_tell(s, probe->field, view->first + i, x);
    s->failure.watched_by = watched_by;
    return false;
  }
  return true;
}

void probe_copy(const probe_view *view, uint64_t at, uint64_t n, double *values) {
  uint64_t start = view->first + at;
  if (view->type == NSA_F64 && !view->is_uniform) {
    memcpy(values, (const double *)view->data + start, n * sizeof *values);
    return;
  }
  for (uint64_t i = 0; i < n; i++)
    values[i] = sim_entry(view->type, view->data, view->is_uniform ? 0 : start + i);
}

static double combine(nsa_reduce_kind kind, double a, double b) {
  if (kind == NSA_REDUCE_MAX)
    return b > a ? b : a;
  if (kind == NSA_REDUCE_MIN)
    return b < a ? b : a;
  return a + b;
}

/* Eight at a time, so that no addition waits for the one before. The order is part of the result's definition. */
static double reduce_tile(nsa_reduce_kind kind, const double *values, uint64_t n) {
  enum { LANES = 8 };
  double lane[LANES];
  uint64_t i = n < LANES ? n : LANES;
  memcpy(lane, values, i * sizeof *lane);
  if (kind == NSA_REDUCE_MEAN || kind == NSA_REDUCE_SUM)
    for (; i + LANES <= n; i += LANES)
      for (int k = 0; k < LANES; k++)
        lane[k] += values[i + (uint64_t)k];
  for (; i < n; i++)
    lane[i % LANES] = combine(kind, lane[i % LANES], values[i]);
  double total = lane[0];
  for (uint64_t k = 1; k < LANES && k < n; k++)
    total = combine(kind, total, lane[k]);
  return total;
}

double probe_reduce(const probe_view *view, nsa_reduce_kind kind) {
  double values[NSA_TILE], total = NAN;
  bool is_plain = view->type == NSA_F64 && !view->is_uniform;
  for (uint64_t at = 0; at < view->count; at += NSA_TILE) {
    uint64_t n = view->count - at < NSA_TILE ? view->count - at : NSA_TILE;
    const double *tile = (const double *)view->data + view->first + at;
    if (!is_plain) {
      probe_copy(view, at, n, values);
      tile = values;
    }
    double sum = reduce_tile(kind, tile, n);
    total = at == 0 ? sum : combine(kind, total, sum);
  }
  return kind == NSA_REDUCE_MEAN ? total / (double)view->count : total;
}
