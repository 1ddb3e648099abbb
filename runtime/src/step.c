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

typedef struct {
  uint32_t population, block;
} step_unit;

typedef struct { /* populations of one step length */
  uint32_t every;
  uint32_t *populations, population_count;
  step_unit *units;
  uint32_t unit_count;
  bool is_parallel;
} step_group;

struct step_plan {
  step_group *groups; /* fast ones first */
  uint32_t group_count;
  uint32_t *populations; /* of all groups, one after the other */
  step_unit *units;
};

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

static void fill_group(const sim *s, step_group *g, uint32_t *populations, step_unit *units) {
  uint64_t elements = 0;
  g->populations = populations;
  g->units = units;
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    if (s->populations[p].every != g->every) continue;
    g->populations[g->population_count++] = p;
    elements += s->populations[p].size;
    for (uint32_t b = 0; b < s->populations[p].block_count; b++)
      g->units[g->unit_count++] = (step_unit){.population = p, .block = b};
  }
  g->is_parallel = elements >= STEP_PARALLEL_FROM;
}

struct step_plan *step_plan_new(const sim *s) {
  uint32_t n = s->program->populations_count;
  uint64_t units = 0;
  for (uint32_t p = 0; p < n; p++) units += s->populations[p].block_count;
  struct step_plan *plan = calloc(1, sizeof *plan);
  if (!plan) return NULL;
  plan->groups = calloc(n + 1, sizeof *plan->groups);
  plan->populations = calloc(n + 1, sizeof *plan->populations);
  plan->units = calloc(units + 1, sizeof *plan->units);
  if (!plan->groups || !plan->populations || !plan->units) {
    step_plan_free(plan);
    return NULL;
  }
  find_groups(s, plan);
  uint32_t *populations = plan->populations;
  step_unit *next = plan->units;
  for (uint32_t g = 0; g < plan->group_count; g++) {
    fill_group(s, &plan->groups[g], populations, next);
    populations += plan->groups[g].population_count;
    next += plan->groups[g].unit_count;
  }
  return plan;
}

void step_plan_free(struct step_plan *plan) {
  if (!plan) return;
  free(plan->groups);
  free(plan->populations);
  free(plan->units);
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

/* The numbers of the elements of a block whose flag is up; 8 flags are looked at at once. */
static uint32_t collect_fired(const uint8_t *flags, uint32_t begin, uint32_t end, uint32_t *elements) {
  uint32_t count = 0;
  for (uint32_t i = begin; i < end; i += 8) { /* arrays are padded to 8 */
    uint64_t eight;
    memcpy(&eight, flags + i, sizeof eight);
    if (!eight) continue;
    for (uint32_t k = i; k < i + 8 && k < end; k++)
      if (flags[k]) elements[count++] = k;
  }
  return count;
}

static void step_unit_run(const sim *s, step_unit unit) {
  const nsa_population *population = &s->program->populations[unit.population];
  const sim_population *state = &s->populations[unit.population];
  nsa_range_out out = {0};
  step_run_block(s, population->step, &s->clock, unit.block, &out);
  state->block_out[unit.block] = out;
  uint32_t begin = unit.block * NSA_BLOCK;
  uint32_t end = state->size - begin < NSA_BLOCK ? state->size : begin + NSA_BLOCK;
  for (uint32_t e = 0; e < population->events_count; e++) {
    uint32_t *count = &state->block_fired[e * state->block_count + unit.block];
    const uint8_t *flags = s->field_data[population->events[e].flag];
    *count = out.events >> e & 1 ? collect_fired(flags, begin, end, state->events[e].elements + begin) : 0;
  }
}

typedef struct {
  const sim *s;
  const step_group *group;
} step_job;

static void step_share(void *context, uint32_t thread, uint32_t threads) {
  const step_job *job = context;
  uint64_t first, last;
  thread_share(job->group->unit_count, thread, threads, &first, &last);
  for (uint64_t u = first; u < last; u++) step_unit_run(job->s, job->group->units[u]);
}

/* Each block left its elements at its own place in the list: closes the gaps. */
static void join_events(sim *s, uint32_t p) {
  sim_population *state = &s->populations[p];
  for (uint32_t e = 0; e < s->program->populations[p].events_count; e++) {
    sim_fired *fired = &state->events[e];
    const uint32_t *counts = state->block_fired + e * state->block_count;
    fired->count = 0;
    for (uint32_t b = 0; b < state->block_count; b++) {
      if (!counts[b]) continue;
      if (fired->count != b * NSA_BLOCK)
        memmove(fired->elements + fired->count, fired->elements + b * NSA_BLOCK, counts[b] * sizeof(uint32_t));
      fired->count += counts[b];
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

static bool find_in_block(sim *s, uint32_t p, uint32_t field, uint32_t block) {
  const nsa_field *f = &s->program->fields[field];
  if ((f->type != NSA_F64 && f->type != NSA_F32) || f->is_uniform) return false;
  uint32_t begin = block * NSA_BLOCK, size = s->populations[p].size;
  for (uint32_t i = begin; i < size && i < begin + NSA_BLOCK; i++) {
    double x = sim_entry(f, s->field_data[field], i);
    if (isfinite(x)) continue;
    s->failed = true;
    s->failure = (sim_failure){.population = p, .field = field, .element = i, .value = x};
    return true;
  }
  return false;
}

/* Kernels report padding as well: only an element of the population is a failure. */
static bool find_nonfinite(sim *s, uint32_t p) {
  const nsa_population *population = &s->program->populations[p];
  const sim_population *state = &s->populations[p];
  for (uint32_t b = 0; b < state->block_count; b++) {
    if (!state->block_out[b].nonfinite) continue;
    for (uint32_t i = 0; i < population->states_count; i++)
      if (find_in_block(s, p, population->states[i], b)) return true;
  }
  return false;
}

static bool step_group_run(sim *s, const step_group *g) {
  step_job job = {.s = s, .group = g};
  if (g->is_parallel) thread_pool_run(s->pool, step_share, &job);
  else step_share(&job, 0, 1);
  bool failed = false;
  for (uint32_t i = 0; i < g->population_count; i++) {
    join_events(s, g->populations[i]);
    failed = failed || find_nonfinite(s, g->populations[i]);
  }
  return !failed;
}

static void apply_stimuli(sim *s, const step_group *g, uint64_t n) {
  for (uint32_t i = 0; i < g->population_count; i++) stimuli_before_step(s, g->populations[i], n);
}

/* ---- the tick ---- */

static double seconds(const sim *s) {
  struct timespec now;
  if (!s->timed || clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double spend(const sim *s, double *stage, double since) {
  double now = seconds(s);
  *stage += now - since;
  return now;
}

static bool step_populations(sim *s, uint64_t n) {
  double since = seconds(s);
  for (uint32_t i = 0; i < s->plan->group_count; i++) {
    const step_group *g = &s->plan->groups[i];
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
