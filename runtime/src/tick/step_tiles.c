/* SPDX-License-Identifier: MIT */
/* step_tiles.c - phases 1 to 5 of the tiles of a cohort: one step, or several fused ones. */
#include "state/kernels.h"
#include "tick/step_internal.h"

#include "state/blame.h"
#include "state/finite.h"
#include "stimuli/stimulus.h"
#include "tick/phase_sets.h"
#include "worlds/worlds.h"

#include <math.h>
#include <string.h>

/* ---- what fired in a tile ---- */

static uint32_t collect_some(const uint8_t *flags, uint32_t begin, uint32_t end, uint32_t *elements) {
  uint32_t count = 0;
  for (uint32_t k = begin; k < end; k++)
    if (flags[k])
      elements[count++] = k;
  return count;
}

/* The numbers of the elements of [begin, end) whose flag (0 or 1) is up. Few are: the C library finds the next one,
 * behind which others may stand. */
static uint32_t collect_fired(const uint8_t *flags, uint32_t begin, uint32_t end, uint32_t *elements) {
  enum { NEAR = 32 };
  uint32_t count = 0;
  while (begin < end) {
    const uint8_t *next = memchr(flags + begin, 1, end - begin);
    if (!next)
      break;
    begin = (uint32_t)(next - flags);
    uint32_t stop = end - begin < NEAR ? end : begin + NEAR;
    count += collect_some(flags, begin, stop, elements + count);
    begin = stop;
  }
  return count;
}

/* Where a tile puts the elements that fired in its last step, and how many. */
static uint32_t *elements_of(sim *s, const step_tile *tile, uint32_t event) {
  return s->populations[tile->population.id].events[event].elements + tile->begin;
}

static uint32_t *count_of(sim *s, const step_tile *tile, uint32_t event) {
  const sim_population *state = &s->populations[tile->population.id];
  return &state->tile_fired[event * state->tile_count + tile->number];
}

/* One step of a tile: whether all that is checked is finite, padding included. */
static bool step_once(sim *s, const step_tile *tile, const nsa_clock *clock) {
  const nsa_population *population = &s->program->populations[tile->population.id];
  nsa_range_out out = {0};
  kernel_run_range(s, population->step, clock, tile->begin, tile->end, &out);
  for (uint32_t e = 0; e < population->events_count; e++) {
    const uint8_t *flags = s->field_data[population->events[e].flag.id];
    *count_of(s, tile, e) =
        out.events >> e & 1 ? collect_fired(flags, tile->begin, tile->end, elements_of(s, tile, e)) : 0;
  }
  s->populations[tile->population.id].tile_out[tile->number] = out;
  return !out.nonfinite;
}

/* ---- several steps of a tile ---- */

/* Bits of the elements that fired in step k: a row an event and step. */
static uint64_t *row_of(const sim_population *state, uint32_t event, uint32_t k) {
  return state->fused_rows + ((size_t)event * FUSE_MOST + k) * (state->padded / 64 + 1);
}

static void keep_fired(sim *s, const step_tile *tile, uint32_t k) {
  const sim_population *state = &s->populations[tile->population.id];
  for (uint32_t e = 0; e < s->program->populations[tile->population.id].events_count; e++) {
    uint32_t count = *count_of(s, tile, e), *steps = &state->fused_steps[e * state->tile_count + tile->number];
    *steps = (k == 0 ? 0 : *steps) | (count ? 1u << k : 0);
    if (!count)
      continue;
    uint64_t *row = row_of(state, e, k);
    memset(row + tile->begin / 64, 0, (tile->end - tile->begin + 63) / 64 * sizeof *row);
    for (uint32_t i = 0; i < count; i++) {
      uint32_t element = elements_of(s, tile, e)[i];
      row[element / 64] |= 1ull << element % 64;
    }
  }
}

/* Phase 1 of the next step for what fired in the last one: over the whole vectors that hold it. */
static bool settle_tile(sim *s, const step_tile *tile, const nsa_clock *clock) {
  const nsa_population *population = &s->program->populations[tile->population.id];
  bool is_finite = true;
  for (uint32_t e = 0; e < population->events_count; e++) {
    uint8_t *flags = s->field_data[population->events[e].flag.id];
    const uint32_t *fired = elements_of(s, tile, e);
    uint32_t count = *count_of(s, tile, e);
    if (!nsa_kernel_is_none(population->settle))
      is_finite = kernel_run_around(s, population->settle, clock, fired, count) && is_finite;
    for (uint32_t i = 0; population->lowers_flags && i < count; i++)
      flags[fired[i]] = 0;
    if (population->lowers_flags)
      memset(flags + tile->end, 0, sim_padded(tile->end) - tile->end);
  }
  return is_finite;
}

/* The first element of [begin, end) whose number is not finite, or end. */
static uint32_t find_bad(const sim *s, nsa_field_id field, uint32_t begin, uint32_t end) {
  const nsa_field *f = &s->program->fields[field.id];
  if ((f->type != NSA_F64 && f->type != NSA_F32) || f->is_uniform)
    return end;
  while (begin < end && isfinite(sim_entry(f->type, s->field_data[field.id], begin)))
    begin++;
  return begin;
}

static bool has_bad_value(const sim *s, const step_tile *tile) {
  const nsa_population *population = &s->program->populations[tile->population.id];
  for (uint32_t i = 0; i < population->states_count; i++)
    if (find_bad(s, population->states[i], tile->begin, tile->end) < tile->end)
      return true;
  return false;
}

/* Phase 1, and the step. Gives the kernel behind which a value is not finite, or none. */
static nsa_kernel_id settle_and_step(sim *s, const step_tile *tile, const fused_steps *fused, uint32_t k) {
  const nsa_population *population = &s->program->populations[tile->population.id];
  if (k > 0 && !settle_tile(s, tile, &fused->clocks[k]) && has_bad_value(s, tile))
    return population->settle;
  bool is_finite = step_once(s, tile, &fused->clocks[k]);
  keep_fired(s, tile, k);
  return is_finite || !has_bad_value(s, tile) ? NSA_NO_KERNEL : population->step;
}

/* A tile whose values are not finite stands still, so that they can be told. */
static void step_fused(sim *s, const step_tile *tile, const fused_steps *fused) {
  fused_failure *failure = &s->populations[tile->population.id].fused_failed[tile->number];
  *failure = (fused_failure){NSA_NONE, NSA_NO_KERNEL};
  for (uint32_t k = 0; k < fused->length && failure->step == NSA_NONE; k++) {
    failure->kernel = settle_and_step(s, tile, fused, k);
    if (!nsa_kernel_is_none(failure->kernel))
      failure->step = k;
  }
}

void fused_run_slice(sim *s, const step_cohort *c, uint32_t slice) {
  for (uint32_t i = c->slices[slice]; i < c->slices[slice + 1]; i++)
    if (c->fused_now.length == 1)
      step_once(s, &c->tiles[i], &s->clock);
    else
      step_fused(s, &c->tiles[i], &c->fused_now);
}

/* ---- before fused steps ---- */

/* Such step kernels find all flags down and raise those of what fires. Lists hold what is up, unless ticks without a
 * step of the population have cleared them. */
static void lower_flags(sim *s, const step_cohort *c) {
  for (uint32_t i = 0; i < c->population_count; i++) {
    nsa_population_id p = c->populations[i];
    sim_population *state = &s->populations[p.id];
    uint32_t events = s->program->populations[p.id].lowers_flags ? s->program->populations[p.id].events_count : 0;
    for (uint32_t e = 0; e < events; e++) {
      uint8_t *flags = s->field_data[s->program->populations[p.id].events[e].flag.id];
      const sim_fired *fired = &state->events[e];
      if (c->every > 1 || fired->count > state->count / 16) {
        memset(flags, 0, state->padded);
        continue;
      }
      for (uint32_t k = 0; k < fired->count; k++)
        flags[fired->elements[k]] = 0;
      memset(flags + state->count, 0, state->padded - state->count);
    }
  }
}

/* Up to the next multiple of the cohort's steps, a change of a stimulus or of a param, a decision, a pause, or the end
 * of the run. */
static uint32_t fused_length(const sim *s, const step_cohort *c, uint64_t n) {
  if (c->fused == 1)
    return 1;
  uint64_t end = s->pause > n && s->pause < s->program->ticks ? s->pause : s->program->ticks;
  uint64_t step = (n + 1) / c->every - 1, left = (end - n - 1) / c->every + 1;
  uint64_t length = c->fused - step % c->fused;
  if (length > left)
    length = left;
  uint64_t undecided = worlds_quiet_steps(s, c->every, n), unset = phase_sets_quiet_steps(s, c->every, n);
  if (length > undecided)
    length = undecided;
  if (length > unset)
    length = unset;
  for (uint32_t i = 0; i < c->population_count; i++) {
    uint64_t quiet = stimuli_quiet_steps(s, c->populations[i], n);
    if (length > quiet)
      length = quiet;
  }
  return (uint32_t)length;
}

void fused_begin(sim *s, step_cohort *c, uint64_t n) {
  lower_flags(s, c);
  c->fused_now.length = fused_length(s, c, n);
  c->fused_now.told = 0;
  for (uint32_t k = 0; c->fused_now.length > 1 && k < c->fused_now.length; k++)
    sim_set_clock(s, &c->fused_now.clocks[k], n + (uint64_t)k * c->every);
}

/* ---- telling its steps ---- */

void step_clear_events(sim *s, const step_cohort *c) {
  for (uint32_t i = 0; i < c->population_count; i++) {
    sim_population *state = &s->populations[c->populations[i].id];
    for (uint32_t e = 0; e < s->program->populations[c->populations[i].id].events_count; e++)
      state->events[e].count = 0;
  }
}

/* A tile left the elements of its only step at its own place in the list, that of its first element. */
static uint32_t take_list(sim *s, const step_tile *tile, uint32_t event, uint32_t *to) {
  uint32_t count = *count_of(s, tile, event), *from = elements_of(s, tile, event);
  if (to != from)
    memmove(to, from, count * sizeof *to);
  return count;
}

static uint32_t take_bits(const sim *s, const step_tile *tile, uint32_t event, uint32_t k, uint32_t *to) {
  const sim_population *state = &s->populations[tile->population.id];
  const uint64_t *row = row_of(state, event, k);
  uint32_t count = 0;
  if (!(state->fused_steps[event * state->tile_count + tile->number] >> k & 1))
    return 0;
  for (uint32_t w = tile->begin / 64; w * 64 < tile->end; w++)
    for (uint64_t bits = row[w]; bits; bits &= bits - 1)
      to[count++] = w * 64 + (uint32_t)__builtin_ctzll(bits);
  return count;
}

/* The lists of what fired in step k, tile by tile: those of a population ascend. */
static void list_step(sim *s, const step_cohort *c, uint32_t k) {
  step_clear_events(s, c);
  for (uint32_t i = 0; i < c->slices[s->thread_count]; i++) {
    const step_tile *tile = &c->tiles[i];
    for (uint32_t e = 0; e < s->program->populations[tile->population.id].events_count; e++) {
      sim_fired *fired = &s->populations[tile->population.id].events[e];
      uint32_t *to = fired->elements + fired->count;
      fired->count += c->fused_now.length == 1 ? take_list(s, tile, e, to) : take_bits(s, tile, e, k, to);
    }
  }
}

/* ---- failures ---- */

/* What may have failed in step k, and the kernel that said so. */
typedef struct {
  const step_cohort *cohort;
  nsa_population_id population;
  nsa_kernel_id kernel;
  uint32_t k;
} step_failure;

/* Whether the values of a tile are those behind the kernel in step k, and one of them may not be finite. */
static bool is_failing(const sim *s, const step_failure *f, const step_tile *tile) {
  const sim_population *state = &s->populations[f->population.id];
  if (!nsa_population_is(tile->population, f->population))
    return false;
  if (f->cohort->fused_now.length == 1)
    return state->tile_out[tile->number].nonfinite &&
           nsa_kernel_is(f->kernel, s->program->populations[f->population.id].step);
  const fused_failure *failure = &state->fused_failed[tile->number];
  return failure->step == f->k && nsa_kernel_is(failure->kernel, f->kernel);
}

static bool is_of_failing(const sim *s, const step_failure *f, uint32_t element) {
  for (uint32_t i = 0; i < f->cohort->slices[s->thread_count]; i++) {
    const step_tile *tile = &f->cohort->tiles[i];
    if (nsa_population_is(tile->population, f->population) && tile->begin <= element && element < tile->end)
      return f->cohort->fused_now.length == 1 || is_failing(s, f, tile);
  }
  return false;
}

static bool find_in_tile(sim *s, const step_failure *f, nsa_field_id field, uint32_t begin) {
  uint32_t size = s->populations[f->population.id].count, end = size - begin < NSA_TILE ? size : begin + NSA_TILE;
  uint32_t bad = find_bad(s, field, begin, end);
  while (bad < end && !is_of_failing(s, f, bad))
    bad = find_bad(s, field, bad + 1, end);
  if (bad == end)
    return false;
  blame_suspect(s, f->kernel);
  finite_tell(s, field, bad, sim_entry(s->program->fields[field.id].type, s->field_data[field.id], bad));
  return true;
}

/* Kernels report padding as well: only an element of the population is a failure. Whole tiles of the population are
 * looked through, not tiles, so that any number of threads names the same element. */
static bool find_nonfinite(sim *s, const step_failure *f) {
  const nsa_population *population = &s->program->populations[f->population.id];
  for (uint32_t tile = 0; tile < f->cohort->slices[s->thread_count]; tile++) {
    const step_tile *t = &f->cohort->tiles[tile];
    if (!is_failing(s, f, t))
      continue;
    for (uint32_t begin = t->begin / NSA_TILE * NSA_TILE; begin < t->end; begin += NSA_TILE)
      for (uint32_t i = 0; i < population->states_count; i++)
        if (find_in_tile(s, f, population->states[i], begin))
          return true;
  }
  return false;
}

static bool may_be_failing(const sim *s, const step_cohort *c, uint32_t k) {
  for (uint32_t i = 0; i < c->slices[s->thread_count]; i++) {
    const sim_population *state = &s->populations[c->tiles[i].population.id];
    uint32_t number = c->tiles[i].number;
    if (c->fused_now.length == 1 ? state->tile_out[number].nonfinite != 0 : state->fused_failed[number].step == k)
      return true;
  }
  return false;
}

/* What failed when it settled is told first: however tiles are cut. */
static bool is_finite_after(sim *s, const step_cohort *c, uint32_t k) {
  bool is_suspect = may_be_failing(s, c, k);
  for (uint32_t i = 0; is_suspect && i < c->population_count; i++) {
    const nsa_population *population = &s->program->populations[c->populations[i].id];
    const nsa_kernel_id kernels[] = {population->settle, population->step};
    for (uint32_t j = 0; j < 2; j++)
      if (!nsa_kernel_is_none(kernels[j]) && find_nonfinite(s, &(step_failure){c, c->populations[i], kernels[j], k}))
        return false;
  }
  return true;
}

/* The lists of step k are made behind the look at its values, whose reasons those of the step before can tell. */
bool fused_tell(sim *s, step_cohort *c) {
  uint32_t k = c->fused_now.told++;
  bool is_finite = is_finite_after(s, c, k);
  list_step(s, c, k);
  for (uint32_t i = 0; i < c->population_count; i++)
    s->populations[c->populations[i].id].is_ahead = fused_is_under_way(c);
  return is_finite;
}
