/* SPDX-License-Identifier: MIT */
/* step.c - one base tick ("One step, exactly" of the language).
 *
 * A step kernel does phases 1, 3, 4 and 5 of its elements and their source terms; around it stand the
 * stimuli before and the sums over links after. Blocks of phases run directly before the step kernels:
 * their kernels deal with the events detected before first, as phase 1 asks. */
#include "step_internal.h"

#include "events.h"
#include "linksum.h"
#include "stimulus.h"
#include "threads.h"

#include <stdatomic.h>
#include <time.h>

/* ---- kernels ---- */

void step_set_clock(const sim *s, nsa_clock *clock, uint64_t base_tick) {
  clock->seed = s->seed;
  for (uint32_t i = 0; i < s->program->timescales_count && i < NSA_MAX_TIMESCALES; i++) {
    const nsa_timescale *timescale = &s->program->timescales[i];
    clock->tick[i] = (double)(base_tick / timescale->ticks);
    clock->time[i] = clock->tick[i] * timescale->dt;
  }
}

void step_run_block(const sim *s, uint32_t kernel, const nsa_clock *clock, uint64_t block,
                    nsa_range_out *out) {
  if (kernel == NSA_NONE) return;
  uint64_t padded = sim_padded(s->domain_count[s->program->kernels[kernel].domain]);
  uint64_t begin = block * NSA_BLOCK, end = begin + NSA_BLOCK;
  const nsa_kernel_entry *entry = &s->kernels[kernel];
  entry->fn(entry->self, s->kernel_fields[kernel], clock, begin, end < padded ? end : padded, out);
}

typedef struct {
  const sim *s;
  uint32_t kernel;
  const nsa_clock *clock;
  uint64_t blocks;
  atomic_bool is_nonfinite;
} kernel_job;

static void kernel_share(void *context, uint32_t thread, uint32_t threads) {
  kernel_job *job = context;
  nsa_range_out out = {0};
  uint64_t first, last;
  thread_share(job->blocks, thread, threads, &first, &last);
  for (uint64_t b = first; b < last; b++)
    step_run_block(job->s, job->kernel, job->clock, b, &out);
  if (out.nonfinite) atomic_store(&job->is_nonfinite, true);
}

bool step_run_checked(const sim *s, uint32_t kernel, const nsa_clock *clock) {
  if (kernel == NSA_NONE) return true;
  uint64_t count = s->domain_count[s->program->kernels[kernel].domain];
  if (count == 0) return true;
  kernel_job job = {.s = s, .kernel = kernel, .clock = clock, .blocks = step_blocks(count)};
  if (count < STEP_PARALLEL_FROM) kernel_share(&job, 0, 1);
  else thread_pool_run(s->pool, kernel_share, &job);
  return !atomic_load(&job.is_nonfinite);
}

void step_run_kernel(const sim *s, uint32_t kernel, const nsa_clock *clock) { (void)step_run_checked(s, kernel, clock); }

void step_settle(const sim *s, uint32_t kernel, const nsa_clock *clock, const uint32_t *elements, uint32_t count) {
  const nsa_kernel_entry *entry = &s->kernels[kernel];
  nsa_range_out out = {0};
  for (uint32_t i = 0; i < count;) {
    uint64_t begin = elements[i] / NSA_PAD * NSA_PAD, end = begin + NSA_PAD;
    for (i++; i < count && elements[i] < end + NSA_PAD; i++) end = sim_padded(elements[i] + 1);
    entry->fn(entry->self, s->kernel_fields[kernel], clock, begin, end, &out);
  }
}

void sim_probe(const sim *s, uint32_t kernel) { step_run_kernel(s, kernel, &s->state_clock); }

/* ---- phases 1 to 5 of a group ---- */

/* Where which threads take part is tried out: TRIAL passes are done by one and, where that took long enough, as many by all,
 * again and again after TRIAL_EVERY passes: what a step costs may change, and so may what else runs on the machine. */
enum { TRIAL = 8, TRIAL_EVERY = 1024 };
static const double worth_trying = 4e-6; /* seconds of a pass */

typedef struct {
  const sim *s;
  const step_group *group;
  bool delivers; /* what events have left to the steps comes first */
} step_job;

static void step_share(void *context, uint32_t thread, uint32_t threads) {
  const step_job *job = context;
  (void)threads;
  if (job->delivers) events_deliver_slice(job->s, thread);
  step_pass_share(job->s, job->group, thread);
}

static void clear_events(sim *s, const step_group *g) {
  for (uint32_t i = 0; i < g->population_count; i++) {
    uint32_t p = g->populations[i];
    for (uint32_t e = 0; e < s->program->populations[p].events_count; e++)
      s->populations[p].events[e].count = 0;
  }
}

static double clock_seconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void run_on_one(step_job *job) {
  for (uint32_t t = 0; t < job->s->thread_count; t++) step_share(job, t, job->s->thread_count);
}

static void run_on_all(step_job *job) { thread_pool_run(job->s->pool, step_share, job); }

static double timed(void (*run)(step_job *), step_job *job) {
  double began = clock_seconds();
  run(job);
  return clock_seconds() - began;
}

static double lesser(double a, double b) { return a < b ? a : b; }

/* Which threads take part has no say in what comes out, only in how long it takes. The least time of some passes counts: in the
 * first ones threads wake up and fetch their slices. */
static void try_out(step_group *g, step_job *job) {
  if (g->round == 0) g->alone = g->together = 1e9;
  if (g->round < TRIAL) g->alone = lesser(g->alone, timed(run_on_one, job));
  else g->together = lesser(g->together, timed(run_on_all, job));
  if (g->round == 2 * TRIAL - 1) g->is_parallel = g->together < g->alone;
}

static void run_group(sim *s, step_group *g) {
  step_job job = {.s = s, .group = g, .delivers = events_are_left(s)};
  bool is_worth_it = g->round < TRIAL || g->alone > worth_trying;
  if (s->thread_count == 1) run_on_one(&job);
  else if (g->is_large) run_on_all(&job);
  else if (g->round < 2 * TRIAL && is_worth_it) try_out(g, &job);
  else if (g->is_parallel && is_worth_it) run_on_all(&job);
  else run_on_one(&job);
  if (++g->round == TRIAL_EVERY) g->round = 0;
  if (job.delivers) events_delivered(s);
}


static void apply_stimuli(sim *s, const step_group *g, uint64_t n) {
  for (uint32_t i = 0; i < g->population_count; i++) stimuli_before_step(s, g->populations[i], n);
}

/* ---- the tick ---- */

static uint64_t timed_every(const sim *s) { return s->program->ticks > SIM_TIMED_WHOLLY ? SIM_TIMED_EVERY : 1; }

static double seconds(const sim *s) { return s->is_timing ? clock_seconds() : 0; }

static double spend(const sim *s, double *stage, double since) {
  double now = seconds(s);
  *stage += (now - since) * (double)timed_every(s);
  return now;
}

/* No population stepped. */
static void deliver_what_is_left(sim *s) {
  if (!events_are_left(s)) return;
  for (uint32_t t = 0; t < s->thread_count; t++) events_deliver_slice(s, t);
  events_delivered(s);
}

static bool step_populations(sim *s, uint64_t n) {
  double since = seconds(s);
  for (uint32_t i = 0; i < s->plan->group_count; i++) {
    step_group *g = &s->plan->groups[i];
    if ((n + 1) % g->every != 0) {
      clear_events(s, g);
      continue;
    }
    if (!step_pass_is_under_way(g)) {
      apply_stimuli(s, g, n);
      since = spend(s, &s->times.stimuli, since);
      step_pass_begin(s, g, n);
      run_group(s, g);
    }
    bool ok = step_pass_tell(s, g);
    since = spend(s, &s->times.step, since);
    if (!ok) return false;
  }
  deliver_what_is_left(s);
  return true;
}

static void record(sim *s) {
  double since = seconds(s);
  if (s->recorder) record_after_tick(s->recorder, s);
  if (s->measurer) measure_after_tick(s->measurer, s);
  spend(s, &s->times.record, since);
}

bool sim_step(sim *s) {
  uint64_t n = s->tick;
  s->is_timing = s->timed && n % timed_every(s) == 0;
  step_set_clock(s, &s->clock, n);
  step_set_clock(s, &s->state_clock, n + 1);
  double began = seconds(s);
  bool ok = events_begin_tick(s, n);
  spend(s, &s->times.arrivals, began);
  ok = ok && step_populations(s, n);
  s->tick = n + 1;
  if (!ok) {
    s->failure.tick = s->tick;
    s->failure.time = (double)s->tick * s->program->base_dt;
    return false;
  }
  events_end_tick(s, n);
  double since = seconds(s);
  link_sums_run(s, s->tick);
  spend(s, &s->times.sums, since);
  stimuli_update_phases(s, s->tick);
  record(s);
  return true;
}
