/* SPDX-License-Identifier: MIT */
/* step.c - one base tick ("One step, exactly" of the language).
 *
 * The order of tick n, and what each part needs of those before it:
 *
 *   0. phase_sets          Params that phases set change, and what follows from them.
 *   1. events_begin_tick   Phases 1 and 2. Elements that fired in tick n - 1 settle, signals are raised, events whose
 *                          delay is over arrive at links. Needs the lists of what fired. What it adds to elements
 *                          waits in their `arrived` fields. Arrivals that need nothing but links are left to 3.
 *                          Links that run by the clock do their own step.
 *   2. stimuli             Blocks of signals and phases run, what is on is added to inputs. Needs the settled elements
 *                          of 1.
 *   3. steps               Phases 3 to 5 and source terms: one step kernel for each population, thread by thread on
 *                          slices, tile by tile. Needs the inputs that 6 made in tick n - 1, and 1 and 2. Cohorts of
 *                          short steps go first. Populations that advance by stages, or that diffuse, have their
 *                          phase 4 before it (stages.c). Slow populations take in what comes between their ticks.
 *   4. what fired          The lists of each population are put together. A value that is not finite ends the run here.
 *   5. events_end_tick     Remembers what fired for as long as delays ask. From here on the state is that of n + 1.
 *   6. link_sums_run       Phase 6: sums over links, and the inputs made of them. Needs all source terms of 3.
 *   7. worlds_after_tick   Decisions whose window ends; environments move. Needs the states of n + 1, before any reset.
 *                          Channels are then those of n + 1, signals are sent for tick n + 1.
 *   8. observers           Recorders and measurers look. They come last, so that a value that is not finite has been
 *                          found before anybody records it.
 *
 * Fused steps do 3 of several ticks at once; 1, 2 and 4 to 8 still come tick by tick (fuse.h says when that is right).
 * Threads meet at the end of 1, 3 and 6 where these are large. */
#include "tick/step.h"
#include "state/kernels.h"
#include "tick/step_internal.h"

#include "base/threads.h"
#include "events/events.h"
#include "state/finite.h"
#include "stimuli/event_drive.h"
#include "stimuli/stimulus.h"
#include "sums/linksum.h"
#include "tick/phase_sets.h"
#include "tick/stages.h"
#include "worlds/worlds.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* ---- phases 1 to 5 of a cohort ---- */

/* A trial: a window of ticks by one thread to warm up and two that count, the same by all threads; again and again
 * after TRIAL_AGAIN ticks: what a step costs may change, and so may what else runs on the machine. A window holds
 * fused steps of any number. */
enum { TRIAL_WINDOW = FUSE_MOST, TRIAL_ALONE = 3 * TRIAL_WINDOW, TRIAL_END = 2 * TRIAL_ALONE, TRIAL_AGAIN = 4096 };

static double lesser(double a, double b) { return a < b ? a : b; }

typedef struct {
  sim *s;
  const step_cohort *cohort;
  bool delivers; /* what events have left to the steps comes first */
} step_job;

static void slice_task(void *context, uint32_t thread, uint32_t threads) {
  const step_job *job = context;
  (void)threads;
  if (job->delivers)
    events_deliver_slice(job->s, thread);
  fused_run_slice(job->s, job->cohort, thread);
}

static double clock_seconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
    return 0;
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* In the part of a trial that one thread does, its time is taken. */
static void run_cohort(sim *s, step_cohort *c) {
  step_job job = {.s = s, .cohort = c, .delivers = events_are_left(s)};
  double began = s->plan->is_alone ? clock_seconds() : 0;
  thread_pool_run_if_worth(s->pool, c->seconds, slice_task, &job);
  if (s->plan->is_alone)
    c->seconds = clock_seconds() - began;
  if (job.delivers)
    events_delivered(s);
}

static void apply_stimuli(sim *s, const step_cohort *c, uint64_t n) {
  for (uint32_t i = 0; i < c->population_count; i++)
    stimuli_before_step(s, c->populations[i], n);
}

/* What comes to a slow population in base tick n does not wait for its tick. */
static void take_in(sim *s, nsa_population_id p, uint64_t n) {
  const nsa_population *population = &s->program->populations[p.id];
  bool is_driven = stimuli_before_step(s, p, n);
  kernel_run(s, population->window, &s->clock);
  if (is_driven && (n + 1) % s->populations[p.id].every != 0)
    event_drives_fire(s, p);
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
  if (!events_are_left(s))
    return;
  for (uint32_t t = 0; t < s->thread_count; t++)
    events_deliver_slice(s, t);
  events_delivered(s);
}

static bool step_one_cohort(sim *s, step_cohort *c, uint64_t n) {
  double since = seconds(s);
  if (!fused_is_under_way(c)) {
    if (c->every == 1)
      apply_stimuli(s, c, n);
    since = spend(s, &s->times.stimuli, since);
    if (!finite_check(s))
      return false;
    if (c->fused == 1)
      stages_run(s, c->every);
    fused_begin(s, c, n);
    run_cohort(s, c);
  }
  bool ok = fused_tell(s, c);
  spend(s, &s->times.step, since);
  return ok;
}

/* Of populations of one step length the first one fails, whichever cohort it is in. */
static bool step_populations(sim *s, uint64_t n) {
  const step_cohort *failing = NULL;
  sim_failure first = {0};
  for (uint32_t i = 0; i < s->plan->cohort_count; i++) {
    step_cohort *c = &s->plan->cohorts[i];
    if (failing && c->every != failing->every)
      break;
    if ((n + 1) % c->every != 0)
      step_clear_events(s, c);
    for (uint32_t k = 0; c->every > 1 && k < c->population_count; k++)
      take_in(s, c->populations[k], n);
    if ((n + 1) % c->every == 0 && !step_one_cohort(s, c, n)) {
      if (!failing || s->failure.population.id < first.population.id)
        first = s->failure;
      failing = c;
    }
  }
  if (failing)
    s->failure = first;
  deliver_what_is_left(s);
  return !failing;
}

static bool make_decisions(sim *s) {
  double since = seconds(s);
  bool ok = worlds_after_tick(s);
  spend(s, &s->times.worlds, since);
  return ok;
}

/* Windows that are open then end with the run, and do not contain its last moment. */
static void ask_for_end(sim *s) {
  for (uint32_t i = 0; i < s->observer_count && !s->is_over; i++)
    s->is_over = s->observers[i].ends_run && s->observers[i].ends_run(s->observers[i].self, s);
  if (s->is_over)
    memset(s->phase_active, 0, s->program->phases_count);
}

static bool show_observers(sim *s) {
  double since = seconds(s);
  bool ok = true;
  ask_for_end(s);
  for (uint32_t i = 0; ok && i < s->observer_count; i++)
    ok = s->observers[i].after_tick(s->observers[i].self, s);
  spend(s, &s->times.record, since);
  return ok;
}

static bool fail(sim *s) {
  s->failure.tick = s->tick;
  if (!s->failure.watched_by && !s->failure.text)
    finite_trace(s);
  s->failure.time = sim_time(s, s->failure.tick);
  return false;
}

/* Who takes part has no say in what comes out, only in how long it takes. */
static void try_threads(sim *s) {
  step_trial *t = &s->plan->trial;
  if (s->thread_count == 1 || s->plan->is_large)
    return;
  uint32_t round = t->round;
  t->round = (round + 1) % TRIAL_AGAIN;
  if (round > TRIAL_END || round % TRIAL_WINDOW != 0)
    return;
  double now = clock_seconds();
  if (round == 0)
    t->alone = t->together = INFINITY;
  else if (round % TRIAL_ALONE != TRIAL_WINDOW) { /* not the end of a window that warms up */
    double *least = round <= TRIAL_ALONE ? &t->alone : &t->together;
    *least = lesser(*least, now - t->began);
  }
  t->began = now;
  s->plan->is_alone = round < TRIAL_ALONE;
  if (round % TRIAL_ALONE == 0)
    thread_pool_rest(s->pool, round == 0 || (round == TRIAL_END && t->alone < t->together));
}

bool sim_step(sim *s) {
  uint64_t n = s->tick;
  if (n == 0 && (!finite_at_start(s) || s->failed))
    return fail(s); /* failed: when it was recorded */
  try_threads(s);
  s->is_timing = s->timed && n % timed_every(s) == 0;
  sim_set_clock(s, &s->clock, n);
  sim_set_clock(s, &s->state_clock, n + 1);
  double began = seconds(s);
  if (s->phase_sets && !phase_sets_begin_tick(s, n))
    return fail(s);
  bool ok = events_begin_tick(s, n) && finite_check(s);
  spend(s, &s->times.arrivals, began);
  ok = ok && step_populations(s, n);
  s->tick = n + 1;
  if (!ok)
    return fail(s);
  events_end_tick(s, n);
  double since = seconds(s);
  link_sums_run(s, s->tick);
  spend(s, &s->times.sums, since);
  stimuli_update_phases(s, s->tick);
  return (finite_check(s) && make_decisions(s) && show_observers(s)) || fail(s);
}

uint64_t step_quiet_tick(const sim *s) {
  uint64_t last = s->tick;
  for (uint32_t i = 0; i < s->plan->cohort_count; i++) {
    const step_cohort *c = &s->plan->cohorts[i];
    uint64_t end = (s->tick / c->every + c->fused_now.length - c->fused_now.told) * c->every;
    if (fused_is_under_way(c) && end > last)
      last = end;
  }
  return last;
}
