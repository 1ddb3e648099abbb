/* SPDX-License-Identifier: MIT */
/* events.c - see events.h. */
#include "events/events_internal.h"

#include "base/costs.h"
#include "base/threads.h"
#include "state/finite.h"
#include "state/kernels.h"

#include <string.h>

/* ---- deliveries ---- */

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

typedef struct {
  const due_job *jobs;
  uint32_t count;
} joint_work;

static void joint_task(void *context, uint32_t task, uint32_t tasks) {
  const joint_work *work = context;
  for (uint32_t i = 0; i < work->count; i++)
    for (uint32_t slice = task; slice < work->jobs[i].d->slices; slice += tasks)
      batch_deliver(&work->jobs[i], slice);
}

/* What follows the links of a delivery. */
static bool end_delivery(sim *s, const due_job *job) {
  const delivery *d = job->d;
  if (job->elements)
    batch_run_shared(s, job);
  for (uint32_t i = 0; i < d->arrival->increments_count; i++) {
    const nsa_increment *inc = &d->arrival->increments[i];
    if (inc->side != NSA_SIDE_POST)
      strip_sums_settle(&d->strips[i], s->field_data[inc->sum.id]);
    events_note_arrival(s, link_end_population(delivery_connection(s, d), inc->side));
  }
  for (uint32_t i = 0; i < d->arrival->emissions_count; i++)
    for (uint32_t slice = 0; slice < d->slices; slice++) {
      s->events->is_sent[d->arrival->emissions[i].signal.id] |= d->batches[slice].has_sent[i];
      d->batches[slice].has_sent[i] = false;
    }
  return !s->failed && bad_link_tell(s, d);
}

/* Joint deliveries are one task for each thread: its targets' links of all of them, in their order.
 */
static bool deliver_jobs(sim *s, const due_job *jobs, uint32_t count) {
  joint_work work = {jobs, count};
  double seconds = 0;
  for (uint32_t i = 0; i < count; i++)
    if (jobs[i].d->slices > 1)
      seconds += COST_OF_DELIVERY * (double)links_due(&jobs[i]);
  thread_pool_run_if_worth(s->pool, seconds, joint_task, &work);
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
  due_job job = {.s = s,
                 .d = d,
                 .links = &s->links[d->arrival->connection.id],
                 .elements = elements,
                 .count = count,
                 .delay = delay};
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
    const uint8_t *is_sent = s->field_data[s->program->signals[a->signal.id].flag.id];
    return !*is_sent || deliver_due(s, d, NULL, 0, 0);
  }
  const sim_fired *fired =
      &s->populations[link_end_population(delivery_connection(s, d), a->side).id].events[a->event.id];
  if (!d->past)
    return fired->count == 0 || deliver_due(s, d, fired->elements, fired->count, 0);
  uint32_t *elements = d->joins ? d->elements : s->events->elements;
  for (uint32_t k = d->first_delay; k <= d->last_delay && (uint64_t)k + 1 <= n; k++) {
    uint32_t count = history_recall(d->past, n - 1 - k, elements);
    if (!deliver_due(s, d, elements, count, k))
      return false;
  }
  return true;
}

/* ---- the tick ---- */

static void settle(sim *s) {
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    nsa_kernel_id kernel =
        s->populations[p].is_ahead ? NSA_NO_KERNEL : s->program->populations[p].settle; /* ahead: it is done */
    for (uint32_t e = 0; !nsa_kernel_is_none(kernel) && e < s->program->populations[p].events_count; e++) {
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

/* What `emit` sends is 1. */
static void send_signals(sim *s, uint64_t n) {
  s->is_any_signal_sent = false;
  for (uint32_t i = 0; i < s->program->signals_count; i++) {
    const nsa_signal *signal = &s->program->signals[i];
    uint8_t *flag = s->field_data[signal->flag.id];
    *flag = s->events->is_sent[i];
    if (*flag)
      *(double *)s->field_data[signal->value.id] = s->events->sent[i];
    s->events->is_sent[i] = 0;
    s->events->sent[i] = 1;
    for (uint32_t k = 0; k < signal->schedule_count; k++) {
      if (!is_scheduled(&signal->schedule[k], n))
        continue;
      *flag = 1;
      kernel_run(s, signal->schedule[k].kernel, &s->clock);
    }
    s->is_any_signal_sent = s->is_any_signal_sent || *flag;
  }
}

void events_send(sim *s, nsa_signal_id signal, double value) {
  s->events->is_sent[signal.id] = 1;
  s->events->sent[signal.id] = value;
}

static void absorb(sim *s) {
  if (!s->events->any_has_arrived)
    return;
  s->events->any_has_arrived = false;
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    if (s->events->has_arrived[p] && !nsa_kernel_is_none(s->program->populations[p].absorb))
      kernel_run(s, s->program->populations[p].absorb, &s->clock);
    s->is_touched = s->is_touched || (s->events->has_arrived[p] && s->populations[p].every > 1);
    s->events->has_arrived[p] = 0;
  }
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
  if (!events_step_links(s, n))
    return false;
  absorb(s);
  return true;
}

bool events_are_left(const sim *s) { return s->events && s->events->is_left; }

void events_deliver_slice(sim *s, uint32_t slice) {
  for (uint32_t i = 0; i < s->events->joint_count; i++)
    batch_deliver(&s->events->joint[i], slice);
}

void events_delivered(sim *s) {
  s->events->joint_count = 0;
  s->events->is_left = false;
}

void events_end_tick(sim *s, uint64_t n) {
  struct events *ev = s->events;
  for (uint32_t i = 0; i < ev->history_count; i++)
    history_remember(s, &ev->histories[i], n);
  if (!s->program->signals_count)
    return;
  for (uint32_t p = 0; p < s->program->populations_count; p++)
    for (uint32_t e = 0; e < s->program->populations[p].events_count; e++) {
      nsa_signal_id signal = s->program->populations[p].events[e].signal;
      if (!nsa_signal_is_none(signal) && s->populations[p].events[e].count)
        ev->is_sent[signal.id] = 1;
    }
}

events_count events_updates(const sim *s, nsa_connection_id connection) {
  const struct events *ev = s->events;
  events_count count = {.by_clock = ev ? ev->link_updates[connection.id] : 0};
  for (uint32_t i = 0; ev && i < ev->delivery_count; i++)
    for (uint32_t slice = 0; slice < ev->deliveries[i].slices; slice++)
      if (nsa_connection_is(ev->deliveries[i].arrival->connection, connection))
        count.at_events += ev->deliveries[i].batches[slice].updates;
  return count;
}
