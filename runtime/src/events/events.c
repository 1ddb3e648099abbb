/* SPDX-License-Identifier: MIT */
/* events.c - see events.h. */
#include "events/events_internal.h"
#include "state/finite.h"
#include "state/kernels.h"

#include "base/threads.h"

#include <math.h>
#include <string.h>

/* ---- what fired in the last ticks ---- */

static void remember(const sim *s, history *h, uint64_t n) {
  const sim_fired *fired = &s->populations[h->population].events[h->event];
  uint32_t slot = (uint32_t)(n % h->slots);
  uint64_t *bits = h->bits + (uint64_t)slot * h->words;
  if (h->count[slot])
    memset(bits, 0, h->words * sizeof *bits);
  h->count[slot] = fired->count;
  for (uint32_t i = 0; i < fired->count; i++)
    bits[fired->elements[i] / 64] |= UINT64_C(1) << fired->elements[i] % 64;
}

/* Those that fired in base tick n, ascending. */
static uint32_t recall(const history *h, uint64_t n, uint32_t *elements) {
  uint32_t slot = (uint32_t)(n % h->slots), count = 0;
  if (!h->count[slot])
    return 0;
  const uint64_t *bits = h->bits + (uint64_t)slot * h->words;
  for (uint32_t w = 0; w < h->words; w++)
    for (uint64_t left = bits[w]; left; left &= left - 1)
      elements[count++] = w * 64 + (uint32_t)__builtin_ctzll(left);
  return count;
}

/* ---- batches ---- */

/* Padding stands at the entry behind the last link, which every array of links has. */
static void pad_from(const due_job *job, batch *b, uint32_t first, uint32_t count) {
  for (uint32_t i = first; i < sim_stretched(count); i++) {
    b->link[i] = (uint32_t)job->links->count;
    b->source[i] = b->target[i] = b->partner[i] = 0;
  }
}

static void pad(const due_job *job, batch *b) { pad_from(job, b, b->count, b->count); }

static void add_increments(const due_job *job, const batch *b) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t i = 0; i < a->increments_count; i++) {
    double *sum = job->s->field_data[a->increments[i].sum];
    const strip_sums *strips = &job->d->strips[i];
    const double *value = b->values[i];
    switch (a->increments[i].side) {
    case NSA_SIDE_PRE:
      for (uint32_t k = 0; k < b->count; k++)
        strip_sums_add(strips, b->target[k], b->source[k], value[k]);
      break;
    case NSA_SIDE_POST:
      for (uint32_t k = 0; k < b->count; k++)
        sum[b->target[k]] += value[k];
      break;
    default:
      for (uint32_t k = 0; k < b->count; k++)
        if (b->has_partner[k])
          strip_sums_add(strips, b->target[k], b->partner[k], value[k]);
      break;
    }
  }
}

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
static void narrow_to_delay(const due_job *job, uint32_t *begin, uint32_t *end) {
  uint32_t first = first_of_delay(job->d->delay, *begin, *end, job->delay);
  *end = first_of_delay(job->d->delay, first, *end, job->delay + 1);
  *begin = first;
}

/* ---- the link that failed ---- */

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

/* Batches keep the numbers of links only where kernels ask for them: which one was the `number`th of a delivery's part?
 */
static uint32_t link_at(const due_job *job, uint32_t part, uint64_t number) {
  const link_index *index = &job->d->index;
  uint32_t first, last;
  delivery_links(job->s, job->d, part, &first, &last);
  for (uint32_t i = 0; job->elements && i < job->count; i++) {
    uint64_t slot = (uint64_t)part * job->d->keys + job->elements[i];
    uint32_t begin = index->start ? index->start[slot] : job->links->row[job->elements[i]];
    uint32_t end = index->start ? index->start[slot + 1] : job->links->row[job->elements[i] + 1];
    if (index->start && job->d->delay)
      narrow_to_delay(job, &begin, &end);
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
static bool find_bad(const due_job *job, const batch *b, uint32_t k, uint32_t *field, double *value) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t i = 0; i < a->states_count + a->increments_count; i++) {
    bool is_state = i < a->states_count;
    *field = is_state ? a->states[i] : a->increments[i - a->states_count].value;
    *value = is_state ? ((const double *)job->s->field_data[*field])[b->link[k]] : b->values[i - a->states_count][k];
    if (!isfinite(*value))
      return true;
  }
  return false;
}

/* Kernels report padding as well: only a link is a failure. */
static void check_links(const due_job *job, batch *b) {
  uint32_t part = (uint32_t)(b - job->d->batches);
  for (uint32_t k = 0; k < b->count; k++) {
    uint32_t field;
    double value;
    if (!find_bad(job, b, k, &field, &value))
      continue;
    uint32_t link = job->d->needs.link ? b->link[k] : link_at(job, part, b->updates - b->updates_before + k);
    if (b->is_nonfinite && b->bad_link <= link)
      continue;
    b->is_nonfinite = true;
    b->bad_link = link;
    b->bad_field = field;
    b->bad_value = value;
  }
}

static void note_signals(const due_job *job, batch *b) {
  for (uint32_t i = 0; i < job->d->arrival->emissions_count; i++)
    b->has_sent[i] = b->has_sent[i] || memchr(b->sent[i], 1, b->count) != NULL;
}

static void flush(const due_job *job, batch *b) {
  if (!b->count)
    return;
  const nsa_kernel_entry *entry = &job->s->kernels[job->d->arrival->kernel];
  nsa_range_out out = {0};
  pad(job, b);
  entry->fn(entry->self, b->fields, &job->s->clock, 0, sim_stretched(b->count), &out);
  if (out.nonfinite)
    check_links(job, b);
  add_increments(job, b);
  note_signals(job, b);
  b->updates += b->count;
  b->count = 0;
}

/* Runs are short, often of one link: no call for these. */
static void copy(uint32_t *to, const uint32_t *from, uint32_t count) {
  if (count > 16)
    memcpy(to, from, count * sizeof *to);
  else
    for (uint32_t i = 0; i < count; i++)
      to[i] = from[i];
}

static void fill(uint32_t *to, uint32_t x, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    to[i] = x;
}

/* What kernels will load from all over memory is on its way by then. */
static void prefetch_states(const due_job *job, const uint32_t *link, uint32_t count) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t f = 0; f < a->states_count; f++) {
    const double *x = job->s->field_data[a->states[f]];
    for (uint32_t i = 0; i < count; i++)
      __builtin_prefetch(x + link[i], 1);
  }
}

static void find_partners(const due_job *job, batch *b, uint32_t from, uint32_t count) {
  for (uint32_t k = from; k < from + count; k++) {
    uint32_t partner = partner_of_link(&job->look, b->link[k], b->source[k], b->target[k]);
    b->has_partner[k] = partner != NSA_NONE;
    b->partner[k] = partner == NSA_NONE ? 0 : partner;
  }
}

/* Links that one element's event reaches: numbers in `link`, or the consecutive ones from `first`. What is known of
 * them is given: source or target NSA_NONE and targets NULL where it must be looked up. */
typedef struct {
  const uint32_t *link, *targets;
  uint32_t first, count, source, target;
} link_run;

static void add_some(const due_job *job, batch *b, const link_run *run, uint32_t from, uint32_t count) {
  const sim_links *links = job->links;
  uint32_t *link = b->link + b->count, *source = b->source + b->count, *target = b->target + b->count;
  if (run->link)
    copy(link, run->link + from, count);
  else if (job->d->needs.link)
    for (uint32_t i = 0; i < count; i++)
      link[i] = run->first + from + i;
  if (run->link)
    prefetch_states(job, link, count);
  if (job->d->needs.source) {
    if (run->source != NSA_NONE)
      fill(source, run->source, count);
    else
      for (uint32_t i = 0; i < count; i++)
        source[i] = links->source[link[i]];
  }
  if (job->d->needs.target) {
    if (run->target != NSA_NONE)
      fill(target, run->target, count);
    else if (run->targets)
      copy(target, run->targets + from, count);
    else
      for (uint32_t i = 0; i < count; i++)
        target[i] = links->target[link[i]];
  }
  if (job->d->needs.partner)
    find_partners(job, b, b->count, count);
  b->count += count;
}

static void add_run(const due_job *job, batch *b, const link_run *run) {
  for (uint32_t from = 0; from < run->count;) {
    uint32_t room = NSA_BLOCK - b->count, count = run->count - from < room ? run->count - from : room;
    add_some(job, b, run, from, count);
    from += count;
    if (b->count == NSA_BLOCK)
      flush(job, b);
  }
}

static void add_indexed(const due_job *job, batch *b, uint32_t part, uint32_t element) {
  const link_index *index = &job->d->index;
  uint64_t slot = (uint64_t)part * job->d->keys + element;
  uint32_t begin = index->start[slot], end = index->start[slot + 1];
  if (job->d->delay)
    narrow_to_delay(job, &begin, &end);
  link_run run = {.count = end - begin, .source = NSA_NONE, .target = NSA_NONE};
  if (index->link)
    run.link = index->link + begin;
  if (index->to)
    run.targets = index->to + begin;
  if (job->d->arrival->side == NSA_SIDE_PRE)
    run.source = element;
  if (job->d->arrival->side == NSA_SIDE_POST)
    run.target = element;
  add_run(job, b, &run);
}

static void add_rows(const due_job *job, batch *b, uint32_t part) {
  uint32_t first, last;
  delivery_links(job->s, job->d, part, &first, &last);
  for (uint32_t i = 0; i < job->count; i++) {
    uint32_t begin = job->links->row[job->elements[i]], end = job->links->row[job->elements[i] + 1];
    if (begin < first || begin >= last)
      continue;
    link_run run = {.first = begin, .count = end - begin, .source = NSA_NONE, .target = job->elements[i]};
    add_run(job, b, &run);
  }
}

/* All links of a part, target by target. */
static void add_all(const due_job *job, batch *b, uint32_t part) {
  const uint32_t *row = job->links->row;
  uint32_t first, last, targets = job->s->populations[delivery_connection(job->s, job->d)->target].count;
  delivery_links(job->s, job->d, part, &first, &last);
  for (uint32_t t = 0; t < targets; t++) {
    if (row[t] < first || row[t] >= last)
      continue;
    link_run run = {.first = row[t], .count = row[t + 1] - row[t], .source = NSA_NONE, .target = t};
    add_run(job, b, &run);
  }
}

static void deliver_part(const due_job *job, uint32_t part) {
  batch *b = &job->d->batches[part];
  b->updates_before = b->updates;
  if (!job->elements) {
    add_all(job, b, part);
  } else if (!job->d->index.start) {
    add_rows(job, b, part);
  } else {
    for (uint32_t i = 0; i < job->count; i++)
      add_indexed(job, b, part, job->elements[i]);
  }
  flush(job, b);
}

/* Kernels report padding as well: only an element is a failure. */
static void find_bad_element(sim *s, const due_job *job) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t f = 0; f < a->shared_states_count && !s->failed; f++) {
    const double *x = s->field_data[a->shared_states[f]];
    for (uint32_t i = 0; i < job->count && !s->failed; i++) {
      if (isfinite(x[job->elements[i]]))
        continue;
      finite_tell(s, a->shared_states[f], job->elements[i], x[job->elements[i]]);
    }
  }
}

/* The states that all links of an element share, behind the links. */
static void run_shared(sim *s, const due_job *job) {
  const nsa_arrival *a = job->d->arrival;
  batch *b = &job->d->batches[0];
  if (a->shared == NSA_NONE)
    return;
  uint32_t *elements = a->side == NSA_SIDE_PRE ? b->source : a->side == NSA_SIDE_POST ? b->target : b->partner;
  const nsa_kernel_entry *entry = &job->s->kernels[a->shared];
  for (uint32_t from = 0; from < job->count; from += NSA_BLOCK) {
    uint32_t count = job->count - from < NSA_BLOCK ? job->count - from : NSA_BLOCK;
    nsa_range_out out = {0};
    pad_from(job, b, 0, count);
    for (uint32_t i = 0; i < sim_stretched(count); i++) /* padding stands behind the last element */
      elements[i] = i < count ? job->elements[from + i] : job->d->keys;
    entry->fn(entry->self, b->shared_fields, &job->s->clock, 0, sim_stretched(count), &out);
    if (out.nonfinite)
      find_bad_element(s, job);
  }
}

/* The least link of all parts, so that it is the same however many there are. */
static bool report_failure(sim *s, const delivery *d) {
  const batch *worst = NULL;
  for (uint32_t part = 0; part < d->parts; part++) {
    const batch *b = &d->batches[part];
    if (b->is_nonfinite && (!worst || b->bad_link < worst->bad_link))
      worst = b;
  }
  if (!worst)
    return true;
  s->failed = true;
  s->failure = (sim_failure){.is_connection = true,
                             .population = d->arrival->connection,
                             .element = worst->bad_link,
                             .field = worst->bad_field,
                             .value = worst->bad_value};
  return false;
}

static uint64_t links_due(const due_job *job) {
  const sim_links *links = job->links;
  uint64_t all = 0;
  if (!job->elements)
    return links->count;
  const uint32_t *fan = job->d->arrival->side == NSA_SIDE_PRE ? links->fan_out : links->fan_in;
  if (job->d->arrival->side == NSA_SIDE_ASTRO)
    return 0;
  for (uint32_t i = 0; i < job->count; i++)
    all += fan[job->elements[i]];
  return all;
}

void events_note_arrival(const sim *s, uint32_t population) {
  s->events->has_arrived[population] = 1;
  s->events->any_has_arrived = true;
}

typedef struct {
  const due_job *jobs;
  uint32_t count;
} joint_work;

static void joint_share(void *context, uint32_t share, uint32_t shares) {
  const joint_work *work = context;
  for (uint32_t i = 0; i < work->count; i++)
    for (uint32_t part = share; part < work->jobs[i].d->parts; part += shares)
      deliver_part(&work->jobs[i], part);
}

/* What follows the links of a delivery. */
static bool end_delivery(sim *s, const due_job *job) {
  const delivery *d = job->d;
  if (job->elements)
    run_shared(s, job);
  for (uint32_t i = 0; i < d->arrival->increments_count; i++) {
    const nsa_increment *inc = &d->arrival->increments[i];
    if (inc->side != NSA_SIDE_POST)
      strip_sums_settle(&d->strips[i], s->field_data[inc->sum]);
    events_note_arrival(s, delivery_population(delivery_connection(s, d), inc->side));
  }
  for (uint32_t i = 0; i < d->arrival->emissions_count; i++)
    for (uint32_t part = 0; part < d->parts; part++) {
      s->events->is_sent[d->arrival->emissions[i].signal] |= d->batches[part].has_sent[i];
      d->batches[part].has_sent[i] = false;
    }
  return !s->failed && report_failure(s, d);
}

/* Deliveries that are joint are one piece of work for each thread: its targets' links of all of them, in their order.
 */
static bool deliver_jobs(sim *s, const due_job *jobs, uint32_t count) {
  static const double seconds_a_link = 2e-9;
  joint_work work = {jobs, count};
  double seconds = 0;
  for (uint32_t i = 0; i < count; i++)
    if (jobs[i].d->parts > 1)
      seconds += seconds_a_link * (double)links_due(&jobs[i]);
  thread_pool_run_if_worth(s->pool, seconds, joint_share, &work);
  for (uint32_t i = 0; i < count; i++)
    if (!end_delivery(s, &jobs[i]))
      return false;
  return true;
}

static bool deliver_joint(sim *s) {
  uint32_t count = s->events->joint_count;
  s->events->joint_count = 0;
  return count == 0 || deliver_jobs(s, s->events->joint, count);
}

static bool deliver_due(sim *s, const delivery *d, const uint32_t *elements, uint32_t count, uint32_t delay) {
  if (elements && !count)
    return true;
  due_job job = {
      .s = s, .d = d, .links = &s->links[d->arrival->connection], .elements = elements, .count = count, .delay = delay};
  job.look = partner_lookup_of(s, delivery_connection(s, d));
  if (!d->joins)
    return deliver_joint(s) && deliver_jobs(s, &job, 1);
  if (elements != d->elements && elements) { /* steps make the list anew */
    memcpy(d->elements, elements, count * sizeof *elements);
    job.elements = d->elements;
  }
  s->events->joint[s->events->joint_count++] = job;
  return true;
}

static bool deliver(sim *s, const delivery *d, uint64_t n) {
  const nsa_arrival *a = d->arrival;
  if (a->side == NSA_SIDE_SIGNAL) {
    const uint8_t *is_sent = s->field_data[s->program->signals[a->event].flag];
    return !*is_sent || deliver_due(s, d, NULL, 0, 0);
  }
  const sim_fired *fired = &s->populations[delivery_population(delivery_connection(s, d), a->side)].events[a->event];
  if (!d->past)
    return fired->count == 0 || deliver_due(s, d, fired->elements, fired->count, 0);
  uint32_t *elements = d->joins ? d->elements : s->events->elements;
  for (uint32_t k = d->first_delay; k <= d->last_delay && (uint64_t)k + 1 <= n; k++) {
    uint32_t count = recall(d->past, n - 1 - k, elements);
    if (!deliver_due(s, d, elements, count, k))
      return false;
  }
  return true;
}

/* ---- the tick ---- */

static void settle(sim *s) {
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    uint32_t kernel = s->populations[p].is_ahead ? NSA_NONE : s->program->populations[p].settle; /* ahead: it is done */
    for (uint32_t e = 0; kernel != NSA_NONE && e < s->program->populations[p].events_count; e++) {
      const sim_fired *fired = &s->populations[p].events[e];
      s->is_touched = s->is_touched || (fired->count && s->populations[p].every > 1);
      if (fired->count > s->populations[p].count / 16) {
        kernel_run(s, kernel, &s->clock);
        break;
      }
      nsa_range_out out = {.nonfinite = !kernel_run_around(s, kernel, &s->clock, fired->elements, fired->count)};
      finite_note(s, kernel, &out);
    }
  }
}

static bool is_scheduled(const nsa_signal_times *t, uint64_t n) {
  if (n < t->start || n >= t->stop)
    return false;
  return t->every == 0 ? n == t->start : (n - t->start) % t->every == 0;
}

static void send_signals(sim *s, uint64_t n) {
  for (uint32_t i = 0; i < s->program->signals_count; i++) {
    const nsa_signal *signal = &s->program->signals[i];
    uint8_t *flag = s->field_data[signal->flag];
    *flag = s->events->is_sent[i];
    if (*flag)
      *(double *)s->field_data[signal->value] = 1; /* what `emit` sends */
    s->events->is_sent[i] = 0;
    for (uint32_t k = 0; k < signal->schedule_count; k++) {
      if (!is_scheduled(&signal->schedule[k], n))
        continue;
      *flag = 1;
      kernel_run(s, signal->schedule[k].kernel, &s->clock);
    }
  }
}

static void absorb(sim *s) {
  if (!s->events->any_has_arrived)
    return;
  s->events->any_has_arrived = false;
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    if (s->events->has_arrived[p] && s->program->populations[p].absorb != NSA_NONE)
      kernel_run(s, s->program->populations[p].absorb, &s->clock);
    s->is_touched = s->is_touched || (s->events->has_arrived[p] && s->populations[p].every > 1);
    s->events->has_arrived[p] = 0;
  }
}

static bool find_bad_link(sim *s, const nsa_link_step *step) {
  for (uint32_t f = 0; f < step->states_count; f++)
    if (!finite_look_at(s, step->states[f]))
      return true;
  for (uint32_t i = 0; i < step->increments_count; i++)
    if (!finite_look_at(s, step->increments[i].value))
      return true;
  return false;
}

static bool step_links(sim *s, uint64_t n) {
  for (uint32_t i = 0; i < s->program->link_steps_count; i++) {
    const nsa_link_step *step = &s->program->link_steps[i];
    if ((n + 1) % step->every != 0 || !s->links[step->connection].row)
      continue;
    bool is_finite = kernel_run_checked(s, step->kernel, &s->clock);
    s->events->link_updates[step->connection] += s->domain_count[s->program->kernels[step->kernel].domain];
    if (!is_finite && find_bad_link(s, step))
      return false;
    events_take_outcome(s, i);
  }
  absorb(s);
  return true;
}

static bool may_be_left(const sim *s) {
  for (uint32_t i = 0; i < s->events->joint_count; i++)
    if (!s->events->joint[i].d->may_wait)
      return false;
  return s->events->joint_count != 0;
}

bool events_begin_tick(sim *s, uint64_t n) {
  settle(s);
  send_signals(s, n);
  for (uint32_t i = 0; i < s->events->delivery_count; i++)
    if (!deliver(s, &s->events->deliveries[i], n))
      return false;
  s->events->is_left = may_be_left(s);
  if (!s->events->is_left && !deliver_joint(s))
    return false;
  absorb(s);
  return step_links(s, n);
}

bool events_are_left(const sim *s) { return s->events && s->events->is_left; }

void events_deliver_slice(const sim *s, uint32_t slice) {
  for (uint32_t i = 0; i < s->events->joint_count; i++)
    deliver_part(&s->events->joint[i], slice);
}

void events_delivered(sim *s) {
  s->events->joint_count = 0;
  s->events->is_left = false;
}

void events_end_tick(sim *s, uint64_t n) {
  struct events *ev = s->events;
  for (uint32_t i = 0; i < ev->history_count; i++)
    remember(s, &ev->histories[i], n);
  if (!s->program->signals_count)
    return;
  for (uint32_t p = 0; p < s->program->populations_count; p++)
    for (uint32_t e = 0; e < s->program->populations[p].events_count; e++) {
      uint32_t signal = s->program->populations[p].events[e].signal;
      if (signal != NSA_NONE && s->populations[p].events[e].count)
        ev->is_sent[signal] = 1;
    }
}

events_count events_updates(const sim *s, uint32_t connection) {
  const struct events *ev = s->events;
  events_count count = {.by_clock = ev ? ev->link_updates[connection] : 0};
  for (uint32_t i = 0; ev && i < ev->delivery_count; i++)
    for (uint32_t part = 0; part < ev->deliveries[i].parts; part++)
      if (ev->deliveries[i].arrival->connection == connection)
        count.at_events += ev->deliveries[i].batches[part].updates;
  return count;
}
