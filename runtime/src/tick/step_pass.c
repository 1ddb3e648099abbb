/* SPDX-License-Identifier: MIT */
/* step_pass.c - phases 1 to 5 of the pieces of a group: one step, or several in one pass over a piece. */
#include "state/kernels.h"
#include "tick/step_internal.h"

#include "state/finite.h"
#include "stimuli/stimulus.h"

#include <math.h>
#include <string.h>

/* ---- what fired in a piece ---- */

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

/* Where a piece puts the elements that fired in its last step, and how many. */
static uint32_t *elements_of(sim *s, const step_unit *u, uint32_t event) {
  return s->populations[u->population].events[event].elements + u->begin;
}

static uint32_t *count_of(sim *s, const step_unit *u, uint32_t event) {
  const sim_population *state = &s->populations[u->population];
  return &state->piece_fired[event * state->piece_count + u->piece];
}

/* One step of a piece: whether all that is checked is finite, padding included. */
static bool step_piece(sim *s, const step_unit *u, const nsa_clock *clock) {
  const nsa_population *population = &s->program->populations[u->population];
  nsa_range_out out = {0};
  kernel_run_range(s, population->step, clock, u->begin, u->end, &out);
  for (uint32_t e = 0; e < population->events_count; e++) {
    const uint8_t *flags = s->field_data[population->events[e].flag];
    *count_of(s, u, e) = out.events >> e & 1 ? collect_fired(flags, u->begin, u->end, elements_of(s, u, e)) : 0;
  }
  s->populations[u->population].piece_out[u->piece] = out;
  return !out.nonfinite;
}

/* ---- several steps of a piece ---- */

/* Bits of the elements that fired in step k: a row an event and step. */
static uint64_t *row_of(const sim_population *state, uint32_t event, uint32_t k) {
  return state->pass_rows + ((size_t)event * FUSE_MOST + k) * (state->padded / 64 + 1);
}

static void keep_fired(sim *s, const step_unit *u, uint32_t k) {
  const sim_population *state = &s->populations[u->population];
  for (uint32_t e = 0; e < s->program->populations[u->population].events_count; e++) {
    uint32_t count = *count_of(s, u, e), *steps = &state->pass_steps[e * state->piece_count + u->piece];
    *steps = (k == 0 ? 0 : *steps) | (count ? 1u << k : 0);
    if (!count)
      continue;
    uint64_t *row = row_of(state, e, k);
    memset(row + u->begin / 64, 0, (u->end - u->begin + 63) / 64 * sizeof *row);
    for (uint32_t i = 0; i < count; i++) {
      uint32_t element = elements_of(s, u, e)[i];
      row[element / 64] |= 1ull << element % 64;
    }
  }
}

/* Phase 1 of the next step for what fired in the last one: over the stretches of whole vectors that hold it. */
static bool settle_piece(sim *s, const step_unit *u, const nsa_clock *clock) {
  const nsa_population *population = &s->program->populations[u->population];
  bool is_finite = true;
  for (uint32_t e = 0; e < population->events_count; e++) {
    uint8_t *flags = s->field_data[population->events[e].flag];
    const uint32_t *fired = elements_of(s, u, e);
    uint32_t count = *count_of(s, u, e);
    if (population->settle != NSA_NONE)
      is_finite = kernel_run_around(s, population->settle, clock, fired, count) && is_finite;
    for (uint32_t i = 0; population->lowers_flags && i < count; i++)
      flags[fired[i]] = 0;
    if (population->lowers_flags)
      memset(flags + u->end, 0, sim_padded(u->end) - u->end);
  }
  return is_finite;
}

/* The first element of [begin, end) whose number is not finite, or end. */
static uint32_t find_bad(const sim *s, uint32_t field, uint32_t begin, uint32_t end) {
  const nsa_field *f = &s->program->fields[field];
  if ((f->type != NSA_F64 && f->type != NSA_F32) || f->is_uniform)
    return end;
  while (begin < end && isfinite(sim_entry(f->type, s->field_data[field], begin)))
    begin++;
  return begin;
}

static bool has_bad_value(const sim *s, const step_unit *u) {
  const nsa_population *population = &s->program->populations[u->population];
  for (uint32_t i = 0; i < population->states_count; i++)
    if (find_bad(s, population->states[i], u->begin, u->end) < u->end)
      return true;
  return false;
}

/* A piece whose values are not finite stands still, so that they can be told. */
static void step_piece_often(sim *s, const step_unit *u, const step_pass *pass) {
  uint32_t *failed = &s->populations[u->population].pass_failed[u->piece];
  *failed = NSA_NONE;
  for (uint32_t k = 0; k < pass->length && *failed == NSA_NONE; k++) {
    bool is_finite = k == 0 || settle_piece(s, u, &pass->clocks[k]);
    is_finite = step_piece(s, u, &pass->clocks[k]) && is_finite;
    keep_fired(s, u, k);
    if (!is_finite && has_bad_value(s, u))
      *failed = k;
  }
}

void step_pass_share(sim *s, const step_group *g, uint32_t slice) {
  for (uint32_t i = g->slices[slice]; i < g->slices[slice + 1]; i++)
    if (g->pass.length == 1)
      step_piece(s, &g->units[i], &s->clock);
    else
      step_piece_often(s, &g->units[i], &g->pass);
}

/* ---- the beginning of a pass ---- */

/* Such step kernels find all flags down and raise those of what fires. Lists hold what is up, unless ticks without a
 * step of the population have cleared them. */
static void lower_flags(sim *s, const step_group *g) {
  for (uint32_t i = 0; i < g->population_count; i++) {
    uint32_t p = g->populations[i];
    sim_population *state = &s->populations[p];
    uint32_t events = s->program->populations[p].lowers_flags ? s->program->populations[p].events_count : 0;
    for (uint32_t e = 0; e < events; e++) {
      uint8_t *flags = s->field_data[s->program->populations[p].events[e].flag];
      const sim_fired *fired = &state->events[e];
      if (g->every > 1 || fired->count > state->count / 16) {
        memset(flags, 0, state->padded);
        continue;
      }
      for (uint32_t k = 0; k < fired->count; k++)
        flags[fired->elements[k]] = 0;
      memset(flags + state->count, 0, state->padded - state->count);
    }
  }
}

/* Up to the next multiple of the group's steps, a change of a stimulus, or the end of the run. */
static uint32_t pass_length(const sim *s, const step_group *g, uint64_t n) {
  if (g->fused == 1)
    return 1;
  uint64_t step = (n + 1) / g->every - 1, left = (s->program->ticks - n - 1) / g->every + 1;
  uint64_t length = g->fused - step % g->fused;
  if (length > left)
    length = left;
  for (uint32_t i = 0; i < g->population_count; i++) {
    uint64_t quiet = stimuli_quiet_steps(s, g->populations[i], n);
    if (length > quiet)
      length = quiet;
  }
  return (uint32_t)length;
}

void step_pass_begin(sim *s, step_group *g, uint64_t n) {
  lower_flags(s, g);
  g->pass.length = pass_length(s, g, n);
  g->pass.told = 0;
  for (uint32_t k = 0; g->pass.length > 1 && k < g->pass.length; k++)
    sim_set_clock(s, &g->pass.clocks[k], n + (uint64_t)k * g->every);
}

/* ---- telling its steps ---- */

void step_clear_events(sim *s, const step_group *g) {
  for (uint32_t i = 0; i < g->population_count; i++) {
    sim_population *state = &s->populations[g->populations[i]];
    for (uint32_t e = 0; e < s->program->populations[g->populations[i]].events_count; e++)
      state->events[e].count = 0;
  }
}

/* A piece left the elements of its only step at its own place in the list, that of its first element. */
static uint32_t take_list(sim *s, const step_unit *u, uint32_t event, uint32_t *to) {
  uint32_t count = *count_of(s, u, event), *from = elements_of(s, u, event);
  if (to != from)
    memmove(to, from, count * sizeof *to);
  return count;
}

static uint32_t take_bits(const sim *s, const step_unit *u, uint32_t event, uint32_t k, uint32_t *to) {
  const sim_population *state = &s->populations[u->population];
  const uint64_t *row = row_of(state, event, k);
  uint32_t count = 0;
  if (!(state->pass_steps[event * state->piece_count + u->piece] >> k & 1))
    return 0;
  for (uint32_t w = u->begin / 64; w * 64 < u->end; w++)
    for (uint64_t bits = row[w]; bits; bits &= bits - 1)
      to[count++] = w * 64 + (uint32_t)__builtin_ctzll(bits);
  return count;
}

/* The lists of what fired in step k, piece by piece: those of a population ascend. */
static void list_step(sim *s, const step_group *g, uint32_t k) {
  step_clear_events(s, g);
  for (uint32_t i = 0; i < g->slices[s->thread_count]; i++) {
    const step_unit *u = &g->units[i];
    for (uint32_t e = 0; e < s->program->populations[u->population].events_count; e++) {
      sim_fired *fired = &s->populations[u->population].events[e];
      uint32_t *to = fired->elements + fired->count;
      fired->count += g->pass.length == 1 ? take_list(s, u, e, to) : take_bits(s, u, e, k, to);
    }
  }
}

/* ---- failures ---- */

/* Whether the values of the piece are those behind step k, and one of them may not be finite. */
static bool is_failing(const sim *s, const step_group *g, const step_unit *u, uint32_t k) {
  const sim_population *state = &s->populations[u->population];
  return g->pass.length == 1 ? state->piece_out[u->piece].nonfinite != 0 : state->pass_failed[u->piece] == k;
}

static bool is_of_failing(const sim *s, const step_group *g, uint32_t p, uint32_t element, uint32_t k) {
  for (uint32_t i = 0; i < g->slices[s->thread_count]; i++) {
    const step_unit *u = &g->units[i];
    if (u->population == p && u->begin <= element && element < u->end)
      return g->pass.length == 1 || is_failing(s, g, u, k);
  }
  return false;
}

static bool find_in_block(sim *s, const step_group *g, uint32_t p, uint32_t field, uint32_t begin, uint32_t k) {
  uint32_t size = s->populations[p].count, end = size - begin < NSA_BLOCK ? size : begin + NSA_BLOCK;
  uint32_t bad = find_bad(s, field, begin, end);
  while (bad < end && !is_of_failing(s, g, p, bad, k))
    bad = find_bad(s, field, bad + 1, end);
  if (bad == end)
    return false;
  finite_tell(s, field, bad, sim_entry(s->program->fields[field].type, s->field_data[field], bad));
  return true;
}

/* Kernels report padding as well: only an element of the population is a failure. Whole blocks are looked through, not
 * pieces, so that any number of threads names the same element. */
static bool find_nonfinite(sim *s, const step_group *g, uint32_t p, uint32_t k) {
  const nsa_population *population = &s->program->populations[p];
  for (uint32_t u = 0; u < g->slices[s->thread_count]; u++) {
    const step_unit *unit = &g->units[u];
    if (unit->population != p || !is_failing(s, g, unit, k))
      continue;
    for (uint32_t begin = unit->begin / NSA_BLOCK * NSA_BLOCK; begin < unit->end; begin += NSA_BLOCK)
      for (uint32_t i = 0; i < population->states_count; i++)
        if (find_in_block(s, g, p, population->states[i], begin, k))
          return true;
  }
  return false;
}

static bool is_finite_after(sim *s, const step_group *g, uint32_t k) {
  bool is_bad = false;
  for (uint32_t i = 0; i < g->slices[s->thread_count]; i++)
    is_bad = is_bad || is_failing(s, g, &g->units[i], k);
  for (uint32_t i = 0; is_bad && i < g->population_count; i++)
    if (find_nonfinite(s, g, g->populations[i], k))
      return false;
  return true;
}

bool step_pass_tell(sim *s, step_group *g) {
  uint32_t k = g->pass.told++;
  list_step(s, g, k);
  for (uint32_t i = 0; i < g->population_count; i++)
    s->populations[g->populations[i]].is_ahead = step_pass_is_under_way(g);
  return is_finite_after(s, g, k);
}
