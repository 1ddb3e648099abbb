/* SPDX-License-Identifier: MIT */
/* events_delays.c - delays of links: within their range, and links in their order. */
#include "events/events_make.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- checking ---- */

static bool fail_delay(sim *s, const nsa_connection *c, nsa_field_id field, uint64_t link, char error[SIM_ERROR_SIZE]) {
  const nsa_program *p = s->program;
  const char *path = c->at.file < p->files_count ? p->files[c->at.file].path : "model";
  char which[64] = "";
  if (!p->fields[field.id].is_uniform) {
    link_ends ends = link_ends_of(s, (nsa_connection_id){(uint32_t)(c - p->connections)}, link);
    snprintf(which, sizeof which, " (source %" PRIu32 ", target %" PRIu32 ")", ends.source, ends.target);
  }
  snprintf(error, SIM_ERROR_SIZE,
           "%.200s:%" PRIu32 ":%" PRIu32
           ": connection '%.64s': a delay of %.9g ms%s is not possible: %g to %g ms are (1 to %d steps) (E0504)",
           path, c->at.line, c->at.column, c->name, ((const double *)s->field_data[field.id])[link] * p->base_dt, which,
           p->base_dt, EVENTS_MAX_DELAY * p->base_dt, EVENTS_MAX_DELAY);
  s->has_bad_value = true;
  s->failure.at = c->at;
  return false;
}

static uint64_t delay_count(const sim *s, const nsa_connection *c, nsa_field_id field) {
  return s->program->fields[field.id].is_uniform ? 1 : s->links[c - s->program->connections].count;
}

static bool check_delays(sim *s, const nsa_connection *c, nsa_field_id field, char error[SIM_ERROR_SIZE]) {
  if (nsa_field_is_none(field) || !s->field_data[field.id])
    return true;
  const double *delay = s->field_data[field.id];
  for (uint64_t k = 0; k < delay_count(s, c, field); k++)
    if (!(delay[k] >= 1 && delay[k] <= EVENTS_MAX_DELAY))
      return fail_delay(s, c, field, k, error);
  return true;
}

bool events_check_delays(sim *s, char error[SIM_ERROR_SIZE]) {
  for (uint32_t i = 0; i < s->program->connections_count; i++) {
    const nsa_connection *c = &s->program->connections[i];
    if (!check_delays(s, c, c->delay, error) || !check_delays(s, c, c->delay_back, error))
      return false;
  }
  return true;
}

/* ---- sorting ---- */

void delays_find(const sim *s, delivery *d) {
  const nsa_connection *c = delivery_connection(s, d);
  nsa_field_id field = events_delay_field(c, d->arrival->side);
  if (nsa_field_is_none(field))
    return;
  const double *delay = s->field_data[field.id];
  double least = INFINITY, most = 0;
  uint64_t count = delay_count(s, c, field);
  for (uint64_t k = 0; k < count; k++) {
    least = delay[k] < least ? delay[k] : least;
    most = delay[k] > most ? delay[k] : most;
  }
  d->first_delay = count ? (uint32_t)least : 0;
  d->last_delay = (uint32_t)most;
}

bool delays_are_own(const sim *s, const delivery *d) {
  return sim_has_own_delays(s->program, events_delay_field(delivery_connection(s, d), d->arrival->side));
}

/* Links of one element in ascending delay; those of one delay keep their order. */
static void sort_by_delay(uint32_t *link, uint16_t *delay, uint32_t begin, uint32_t end, uint32_t *spare,
                          uint16_t *spare_delay) {
  for (uint32_t width = 1; width < end - begin; width *= 2) {
    for (uint32_t from = begin; from < end; from += 2 * width) {
      uint32_t middle = end - from < width ? end : from + width, to = end - from < 2 * width ? end : from + 2 * width;
      uint32_t i = from, j = middle;
      for (uint32_t k = from; k < to; k++) {
        uint32_t take = j >= to || (i < middle && delay[i] <= delay[j]) ? i++ : j++;
        spare[k - begin] = link[take];
        spare_delay[k - begin] = delay[take];
      }
    }
    memcpy(link + begin, spare, (end - begin) * sizeof *spare);
    memcpy(delay + begin, spare_delay, (end - begin) * sizeof *spare_delay);
  }
}

bool delays_sort(events_maker *m, delivery *d) {
  const link_index *index = &d->index;
  uint64_t count = m->s->links[d->arrival->connection.id].count, slots = (uint64_t)d->slices * d->keys;
  const double *delay = m->s->field_data[events_delay_field(delivery_connection(m->s, d), d->arrival->side).id];
  uint32_t longest = 0;
  d->delay = events_allocate(m, count + 1, sizeof *d->delay);
  if (!d->delay)
    return false;
  for (uint64_t e = 0; e < slots; e++)
    if (index->start[e + 1] - index->start[e] > longest)
      longest = index->start[e + 1] - index->start[e];
  for (uint32_t k = 0; k < index->start[slots]; k++)
    d->delay[k] = (uint16_t)delay[index->link[k]];
  uint32_t *spare = malloc(((size_t)longest + 1) * sizeof *spare);
  uint16_t *spare_delay = malloc(((size_t)longest + 1) * sizeof *spare_delay);
  for (uint64_t e = 0; spare && spare_delay && e < slots; e++)
    sort_by_delay(index->link, d->delay, index->start[e], index->start[e + 1], spare, spare_delay);
  bool ok = spare && spare_delay;
  free(spare);
  free(spare_delay);
  return ok;
}

/* ---- a tick ---- */

static uint32_t first_of_delay(const uint16_t *delay, uint32_t begin, uint32_t end, uint32_t wanted) {
  while (begin < end) {
    uint32_t middle = begin + (end - begin) / 2;
    if (delay[middle] < wanted)
      begin = middle + 1;
    else
      end = middle;
  }
  return begin;
}

/* Of an index's links from *begin to *end, those whose delay is due. */
void delays_narrow(const due_job *job, uint32_t *begin, uint32_t *end) {
  uint32_t first = first_of_delay(job->d->delay, *begin, *end, job->delay);
  *end = first_of_delay(job->d->delay, first, *end, job->delay + 1);
  *begin = first;
}
