/* SPDX-License-Identifier: MIT */
/* events_bad_link.c - the link or element of a delivery whose value is not finite. */
#include "events/events_internal.h"

#include "state/blame.h"
#include "state/finite.h"

#include <math.h>

/* Of source to target; `copy`: how many of these stand before it. */
static uint32_t link_between(const sim_links *links, uint32_t source, uint32_t target, uint32_t copy) {
  uint32_t k = links->row[target];
  while (k + 1 < links->row[target + 1] && (links->source[k] != source || copy-- > 0))
    k++;
  return k;
}

/* The link at a place from begin on in an index, which need not name its links. */
static uint32_t link_of_index(const due_job *job, uint32_t element, uint32_t begin, uint32_t place) {
  const link_index *index = &job->d->index;
  if (index->link)
    return index->link[place];
  uint32_t copy = 0;
  for (uint32_t k = begin; k < place; k++)
    copy += index->to[k] == index->to[place];
  return link_between(job->links, element, index->to[place], copy);
}

/* Batches keep the numbers of links only where kernels ask for them: which one was the `number`th of a delivery's
 * slice?
 */
static uint32_t link_at(const due_job *job, uint32_t slice, uint64_t number) {
  const link_index *index = &job->d->index;
  uint32_t first, last;
  delivery_links(job->s, job->d, slice, &first, &last);
  for (uint32_t i = 0; job->elements && i < job->count; i++) {
    uint64_t slot = (uint64_t)slice * job->d->keys + job->elements[i];
    uint32_t begin = index->start ? index->start[slot] : job->links->row[job->elements[i]];
    uint32_t end = index->start ? index->start[slot + 1] : job->links->row[job->elements[i] + 1];
    if (index->start && job->d->delay)
      delays_narrow(job, &begin, &end);
    if (!index->start && (begin < first || begin >= last))
      continue;
    uint32_t place = begin + (uint32_t)number;
    if (number < end - begin)
      return index->start ? link_of_index(job, job->elements[i], begin, place) : place;
    number -= end - begin;
  }
  return first + (uint32_t)number; /* all links, in their order */
}

/* The states of a link, then what it adds to its partners: the first that is not finite. */
static bool find_bad(const due_job *job, const batch *b, uint32_t k, nsa_field_id *field, double *value) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t i = 0; i < a->states_count + a->increments_count; i++) {
    bool is_state = i < a->states_count;
    *field = is_state ? a->states[i] : a->increments[i - a->states_count].value;
    *value = is_state ? ((const double *)job->s->field_data[field->id])[b->link[k]] : b->values[i - a->states_count][k];
    if (!isfinite(*value))
      return true;
  }
  return false;
}

/* Kernels report padding as well: only a link is a failure. */
void bad_link_find(const due_job *job, batch *b) {
  uint32_t slice = (uint32_t)(b - job->d->batches);
  for (uint32_t k = 0; k < b->count; k++) {
    nsa_field_id field;
    double value;
    if (!find_bad(job, b, k, &field, &value))
      continue;
    uint32_t link = job->d->needs.link ? b->link[k] : link_at(job, slice, b->updates - b->updates_before + k);
    if (b->is_nonfinite && b->bad_link <= link)
      continue;
    b->is_nonfinite = true;
    b->bad_link = link;
    b->bad_field = field;
    b->bad_value = value;
  }
}

/* The least link of all slices, so that it is the same however many there are. */
bool bad_link_tell(sim *s, const delivery *d) {
  const batch *worst = NULL;
  for (uint32_t slice = 0; slice < d->slices; slice++) {
    const batch *b = &d->batches[slice];
    if (b->is_nonfinite && (!worst || b->bad_link < worst->bad_link))
      worst = b;
  }
  if (!worst)
    return true;
  s->failed = true;
  s->failure = (sim_failure){.population = NSA_NO_POPULATION,
                             .connection = d->arrival->connection,
                             .element = worst->bad_link,
                             .field = worst->bad_field,
                             .value = worst->bad_value};
  blame_suspect(s, d->arrival->kernel);
  blame_find(s);
  return false;
}

/* Kernels report padding as well: only an element is a failure. */
void bad_element_tell(sim *s, const due_job *job) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t f = 0; f < a->shared_states_count && !s->failed; f++) {
    const double *x = s->field_data[a->shared_states[f].id];
    for (uint32_t i = 0; i < job->count && !s->failed; i++) {
      if (isfinite(x[job->elements[i]]))
        continue;
      blame_suspect(s, a->shared);
      finite_tell(s, a->shared_states[f], job->elements[i], x[job->elements[i]]);
    }
  }
}
