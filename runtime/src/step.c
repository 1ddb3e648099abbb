/* SPDX-License-Identifier: MIT */
/* step.c - one base tick ("One step, exactly" of the language).
 *
 * A step kernel does phases 1, 3, 4 and 5 of its elements and their source terms; around it stand the
 * stimuli before and the sums over links after. Blocks of phases run directly before the step kernels:
 * their kernels deal with the events detected before first, as phase 1 asks. */
#include "step.h"

#include "events.h"
#include "linksum.h"
#include "stimulus.h"
#include "threads.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- the plan ---- */

typedef struct { /* consecutive elements of a population: a whole block or less */
  uint32_t population, piece, begin, end; /* piece: its number in the population */
} step_unit;

typedef struct { /* populations of one step length */
  uint32_t every;
  uint32_t *populations, population_count;
  step_unit *units; /* of the first thread's slice, then of the second's, ... */
  uint32_t *slices; /* slice t's units are [slices[t], slices[t + 1]) */
  bool is_large;    /* enough for all threads, whatever a step costs */
  bool is_parallel; /* by what the last trial took */
  uint32_t round;   /* steps since the last trial began */
  double alone, together; /* seconds that the steps of the last trial took */
} step_group;

struct step_plan {
  step_group *groups; /* fast ones first */
  uint32_t group_count;
  uint32_t *populations; /* of all groups, one after the other */
  step_unit *units;
  uint32_t *slices;
};

/* From LARGE elements on all threads work. Groups of fewer are tried out: TRIAL steps are done by one thread and, where
 * that took long enough, as many by all, again and again after TRIAL_EVERY steps: what a step costs may change, and so may
 * what else runs on the machine. Slices begin at multiples of SLICE_PAD, so that no two threads write to the same line
 * of a cache. */
enum { LARGE = 4 * STEP_PARALLEL_FROM, TRIAL = 8, TRIAL_EVERY = 1024, SLICE_PAD = 64 };

static int compare_every(const void *a, const void *b) {
  const step_group *x = a, *y = b;
  return (x->every > y->every) - (x->every < y->every);
}

static void find_groups(const sim *s, struct step_plan *plan) {
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    uint32_t g = 0;
    while (g < plan->group_count && plan->groups[g].every != s->populations[p].every) g++;
    if (g == plan->group_count) plan->groups[plan->group_count++].every = s->populations[p].every;
  }
  qsort(plan->groups, plan->group_count, sizeof *plan->groups, compare_every);
}

/* Each thread has a slice of each population: elements of one population cost the same, those of two do not. */
static uint32_t slice_begin(uint32_t size, uint32_t slice, uint32_t slices) {
  uint64_t at = ((uint64_t)size * slice / slices + SLICE_PAD - 1) / SLICE_PAD * SLICE_PAD;
  return at < size ? (uint32_t)at : size;
}

static uint32_t add_slice(sim *s, step_unit *units, uint32_t p, uint32_t slice) {
  sim_population *state = &s->populations[p];
  uint32_t begin = slice_begin(state->size, slice, s->thread_count), count = 0;
  uint32_t end = slice_begin(state->size, slice + 1, s->thread_count);
  for (; begin < end; begin += NSA_BLOCK)
    units[count++] = (step_unit){.population = p, .piece = state->piece_count++, .begin = begin,
                                 .end = end - begin < NSA_BLOCK ? end : begin + NSA_BLOCK};
  return count;
}

static uint32_t fill_group(sim *s, step_group *g) {
  uint64_t elements = 0;
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    if (s->populations[p].every != g->every) continue;
    g->populations[g->population_count++] = p;
    elements += s->populations[p].size;
  }
  uint32_t count = 0;
  for (uint32_t t = 0; t < s->thread_count; t++) {
    for (uint32_t i = 0; i < g->population_count; i++) count += add_slice(s, g->units + count, g->populations[i], t);
    g->slices[t + 1] = count;
  }
  g->is_large = elements >= LARGE;
  return count;
}

struct step_plan *step_plan_new(sim *s) {
  uint32_t n = s->program->populations_count;
  uint64_t units = 0;
  for (uint32_t p = 0; p < n; p++) units += s->populations[p].block_count + s->thread_count;
  struct step_plan *plan = calloc(1, sizeof *plan);
  if (!plan) return NULL;
  plan->groups = calloc(n + 1, sizeof *plan->groups);
  plan->populations = calloc(n + 1, sizeof *plan->populations);
  plan->units = calloc(units + 1, sizeof *plan->units);
  plan->slices = calloc((n + 1) * ((size_t)s->thread_count + 1), sizeof *plan->slices);
  if (!plan->groups || !plan->populations || !plan->units || !plan->slices) {
    step_plan_free(plan);
    return NULL;
  }
  find_groups(s, plan);
  uint32_t *populations = plan->populations, *slices = plan->slices;
  step_unit *next = plan->units;
  for (uint32_t g = 0; g < plan->group_count; g++) {
    step_group *group = &plan->groups[g];
    group->populations = populations;
    group->units = next;
    group->slices = slices;
    next += fill_group(s, group);
    populations += group->population_count;
    slices += s->thread_count + 1;
  }
  return plan;
}

void step_plan_free(struct step_plan *plan) {
  if (!plan) return;
  free(plan->groups);
  free(plan->populations);
  free(plan->units);
  free(plan->slices);
  free(plan);
}

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

void sim_probe(const sim *s, uint32_t kernel) { step_run_kernel(s, kernel, &s->state_clock); }

/* ---- phases 1 to 5 ---- */

static uint32_t collect_some(const uint8_t *flags, uint32_t begin, uint32_t end, uint32_t *elements) {
  uint32_t count = 0;
  for (uint32_t k = begin; k < end; k++)
    if (flags[k]) elements[count++] = k;
  return count;
}

/* The numbers of the elements of [begin, end) whose flag is up; 32 flags are looked at at once. */
static uint32_t collect_fired(const uint8_t *flags, uint32_t begin, uint32_t end, uint32_t *elements) {
  uint32_t count = 0, i = begin;
  for (; i + 32 <= end; i += 32) {
    uint64_t some[4];
    memcpy(some, flags + i, sizeof some);
    if (some[0] | some[1] | some[2] | some[3]) count += collect_some(flags, i, i + 32, elements + count);
  }
  return count + collect_some(flags, i, end, elements + count);
}

static void step_unit_run(const sim *s, const step_unit *unit) {
  const nsa_population *population = &s->program->populations[unit->population];
  const sim_population *state = &s->populations[unit->population];
  nsa_range_out out = {0};
  if (population->step != NSA_NONE) {
    const nsa_kernel_entry *entry = &s->kernels[population->step];
    entry->fn(entry->self, s->kernel_fields[population->step], &s->clock, unit->begin, sim_padded(unit->end), &out);
  }
  state->piece_out[unit->piece] = out;
  for (uint32_t e = 0; e < population->events_count; e++) {
    uint32_t *count = &state->piece_fired[e * state->piece_count + unit->piece];
    const uint8_t *flags = s->field_data[population->events[e].flag];
    *count = out.events >> e & 1 ? collect_fired(flags, unit->begin, unit->end, state->events[e].elements + unit->begin) : 0;
  }
}

typedef struct {
  const sim *s;
  const step_group *group;
} step_job;

static void step_share(void *context, uint32_t thread, uint32_t threads) {
  const step_job *job = context;
  const step_group *g = job->group;
  (void)threads;
  for (uint32_t u = g->slices[thread]; u < g->slices[thread + 1]; u++) step_unit_run(job->s, &g->units[u]);
}

/* Each piece left its elements at its own place in the list, that of its first element: closes the gaps. */
static void join_group(sim *s, const step_group *g) {
  for (uint32_t i = 0; i < g->population_count; i++) {
    sim_population *state = &s->populations[g->populations[i]];
    for (uint32_t e = 0; e < s->program->populations[g->populations[i]].events_count; e++) state->events[e].count = 0;
  }
  for (uint32_t u = 0; u < g->slices[s->thread_count]; u++) { /* pieces of a population ascend */
    const step_unit *unit = &g->units[u];
    sim_population *state = &s->populations[unit->population];
    for (uint32_t e = 0; e < s->program->populations[unit->population].events_count; e++) {
      uint32_t count = state->piece_fired[e * state->piece_count + unit->piece];
      sim_fired *fired = &state->events[e];
      if (!count) continue;
      if (fired->count != unit->begin)
        memmove(fired->elements + fired->count, fired->elements + unit->begin, count * sizeof(uint32_t));
      fired->count += count;
    }
  }
}

/* Such step kernels find all flags down and raise those of what fires. Lists hold what is up, unless ticks without a step of the
 * population have cleared them. */
static void lower_flags(sim *s, const step_group *g) {
  for (uint32_t i = 0; i < g->population_count; i++) {
    uint32_t p = g->populations[i];
    sim_population *state = &s->populations[p];
    uint32_t events = s->program->populations[p].lowers_flags ? s->program->populations[p].events_count : 0;
    for (uint32_t e = 0; e < events; e++) {
      uint8_t *flags = s->field_data[s->program->populations[p].events[e].flag];
      const sim_fired *fired = &state->events[e];
      if (g->every > 1 || fired->count > state->size / 16) {
        memset(flags, 0, state->padded);
        continue;
      }
      for (uint32_t k = 0; k < fired->count; k++) flags[fired->elements[k]] = 0;
      memset(flags + state->size, 0, state->padded - state->size);
    }
  }
}

static void clear_events(sim *s, const step_group *g) {
  for (uint32_t i = 0; i < g->population_count; i++) {
    uint32_t p = g->populations[i];
    for (uint32_t e = 0; e < s->program->populations[p].events_count; e++)
      s->populations[p].events[e].count = 0;
  }
}

static bool find_in_block(sim *s, uint32_t p, uint32_t field, uint32_t begin) {
  const nsa_field *f = &s->program->fields[field];
  if ((f->type != NSA_F64 && f->type != NSA_F32) || f->is_uniform) return false;
  for (uint32_t i = begin; i < s->populations[p].size && i < begin + NSA_BLOCK; i++) {
    double x = sim_entry(f->type, s->field_data[field], i);
    if (isfinite(x)) continue;
    s->failed = true;
    s->failure = (sim_failure){.population = p, .field = field, .element = i, .value = x};
    return true;
  }
  return false;
}

/* Kernels report padding as well: only an element of the population is a failure. Whole blocks are looked through, not
 * pieces, so that any number of threads names the same element. */
static bool find_nonfinite(sim *s, const step_group *g, uint32_t p) {
  const nsa_population *population = &s->program->populations[p];
  for (uint32_t u = 0; u < g->slices[s->thread_count]; u++) {
    const step_unit *unit = &g->units[u];
    if (unit->population != p || !s->populations[p].piece_out[unit->piece].nonfinite) continue;
    for (uint32_t begin = unit->begin / NSA_BLOCK * NSA_BLOCK; begin < unit->end; begin += NSA_BLOCK)
      for (uint32_t i = 0; i < population->states_count; i++)
        if (find_in_block(s, p, population->states[i], begin)) return true;
  }
  return false;
}

static bool is_finite(sim *s, const step_group *g) {
  uint32_t bad = 0;
  for (uint32_t u = 0; u < g->slices[s->thread_count]; u++)
    bad |= s->populations[g->units[u].population].piece_out[g->units[u].piece].nonfinite;
  for (uint32_t i = 0; bad && i < g->population_count; i++)
    if (find_nonfinite(s, g, g->populations[i])) return false;
  return true;
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

/* Which threads take part has no say in what comes out, only in how long it takes. */
static void try_out(step_group *g, step_job *job) {
  if (g->round == 0) g->alone = g->together = 0;
  if (g->round < TRIAL) g->alone += timed(run_on_one, job);
  else g->together += timed(run_on_all, job);
  if (g->round == 2 * TRIAL - 1) g->is_parallel = g->together < g->alone;
}

static void run_group(const sim *s, step_group *g) {
  step_job job = {.s = s, .group = g};
  bool is_worth_it = g->round < TRIAL || g->alone > TRIAL * thread_pool_worth(s->pool);
  if (s->thread_count == 1) run_on_one(&job);
  else if (g->is_large) run_on_all(&job);
  else if (g->round < 2 * TRIAL && is_worth_it) try_out(g, &job);
  else if (g->is_parallel && is_worth_it) run_on_all(&job);
  else run_on_one(&job);
  if (++g->round == TRIAL_EVERY) g->round = 0;
}

static bool step_group_run(sim *s, step_group *g) {
  lower_flags(s, g);
  run_group(s, g);
  join_group(s, g);
  return is_finite(s, g);
}

static void apply_stimuli(sim *s, const step_group *g, uint64_t n) {
  for (uint32_t i = 0; i < g->population_count; i++) stimuli_before_step(s, g->populations[i], n);
}

/* ---- the tick ---- */

static double seconds(const sim *s) { return s->timed ? clock_seconds() : 0; }

static double spend(const sim *s, double *stage, double since) {
  double now = seconds(s);
  *stage += now - since;
  return now;
}

static bool step_populations(sim *s, uint64_t n) {
  double since = seconds(s);
  for (uint32_t i = 0; i < s->plan->group_count; i++) {
    step_group *g = &s->plan->groups[i];
    if ((n + 1) % g->every != 0) {
      clear_events(s, g);
      continue;
    }
    apply_stimuli(s, g, n);
    since = spend(s, &s->times.stimuli, since);
    bool ok = step_group_run(s, g);
    since = spend(s, &s->times.step, since);
    if (!ok) return false;
  }
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
