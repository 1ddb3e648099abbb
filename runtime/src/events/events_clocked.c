/* SPDX-License-Identifier: MIT */
/* events_clocked.c - links that run by the clock, and what their blocks do to others. */
#include "events/events_internal.h"

#include "base/costs.h"
#include "base/threads.h"
#include "state/blame.h"
#include "state/finite.h"
#include "state/kernels.h"

#include <string.h>

typedef struct {
  sim *s;
  const nsa_link_step *step;
  const strip_sums *strips; /* per increment */
  link_strips cut;
  partner_lookup look;
} outcome_job;

/* In the order of the links. */
static void add_increment(const outcome_job *job, uint32_t i, uint32_t first, uint32_t last) {
  const nsa_increment *inc = &job->step->increments[i];
  const sim_links *links = &job->s->links[job->step->connection.id];
  const double *value = job->s->field_data[inc->value.id];
  double *sum = job->s->field_data[inc->sum.id];
  for (uint32_t t = first; t < last; t++)
    for (uint32_t k = links->row[t]; k < links->row[t + 1]; k++) {
      if (inc->side == NSA_SIDE_POST) {
        sum[t] += value[k];
        continue;
      }
      uint32_t source = links->source[k],
               to = inc->side == NSA_SIDE_PRE ? source : partner_of_link(&job->look, k, source, t);
      if (to != NSA_NONE)
        strip_sums_add(&job->strips[i], t, to, value[k]);
    }
}

static void outcome_task(void *context, uint32_t task, uint32_t tasks) {
  const outcome_job *job = context;
  uint32_t targets = job->s->populations[job->s->program->connections[job->step->connection.id].target.id].count;
  uint64_t first, last;
  thread_slice(job->cut.count, task, tasks, &first, &last);
  for (uint32_t i = 0; i < job->step->increments_count; i++)
    add_increment(job, i, link_strip_begin(job->cut, (uint32_t)first),
                  last < job->cut.count ? link_strip_begin(job->cut, (uint32_t)last) : targets);
}

static void take_outcome(sim *s, uint32_t i) {
  const nsa_link_step *step = &s->program->link_steps[i];
  const nsa_connection *c = &s->program->connections[step->connection.id];
  outcome_job job = {.s = s, .step = step, .strips = s->events->clocked[i].strips, .look = partner_lookup_of(s, c)};
  job.cut = link_strips_of(&s->populations[c->target.id]);
  uint64_t links = s->links[step->connection.id].count;
  thread_pool_run_if_worth(s->pool, COST_OF_INCREMENT * (double)links * step->increments_count, outcome_task, &job);
  for (uint32_t k = 0; k < step->increments_count; k++) {
    const nsa_increment *inc = &step->increments[k];
    if (inc->side != NSA_SIDE_POST)
      strip_sums_settle(&job.strips[k], s->field_data[inc->sum.id]);
    events_note_arrival(s, link_end_population(c, inc->side));
  }
  for (uint32_t k = 0; k < step->emissions_count; k++)
    if (memchr(s->field_data[step->emissions[k].flag.id], 1, links))
      s->events->is_sent[step->emissions[k].signal.id] = 1;
}

static bool find_bad_link(sim *s, const nsa_link_step *step) {
  blame_suspect(s, step->kernel);
  for (uint32_t f = 0; f < step->states_count; f++)
    if (!finite_look_at(s, step->states[f]))
      return true;
  for (uint32_t i = 0; i < step->increments_count; i++)
    if (!finite_look_at(s, step->increments[i].value))
      return true;
  blame_forget(s, step->kernel);
  return false;
}

bool events_step_links(sim *s, uint64_t n) {
  for (uint32_t i = 0; i < s->program->link_steps_count; i++) {
    const nsa_link_step *step = &s->program->link_steps[i];
    if ((n + 1) % step->every != 0 || !s->links[step->connection.id].row)
      continue;
    bool is_finite = kernel_run_checked(s, step->kernel, &s->clock);
    s->events->link_updates[step->connection.id] += s->domain_count[s->program->kernels[step->kernel.id].domain];
    if (!is_finite && find_bad_link(s, step))
      return false;
    take_outcome(s, i);
  }
  return true;
}
