/* SPDX-License-Identifier: MIT */
#include "tick/fuse.h"

#include "nsa_whole.h"
#include "state/sim.h"

/* How often something happens that fused steps must not run across: in steps of the population, 0: never, 1: at each.
 * Of two, the greatest common divisor. */
typedef uint32_t interval;

typedef struct {
  const nsa_program *program;
  const nsa_population *population;
  nsa_population_id number;
  uint32_t every; /* base ticks of a step */
} question;

/* `ticks` base ticks: 0 is never. */
static interval steps_of(const question *q, uint32_t ticks) { return ticks % q->every == 0 ? ticks / q->every : 1; }

/* What stays as it is from the first step on. */
static bool is_still(const nsa_field *field) {
  switch ((nsa_field_kind)field->kind) {
  case NSA_FIELD_PARAM:
  case NSA_FIELD_GIVEN:
  case NSA_FIELD_INVARIANT:
  case NSA_FIELD_PARTNER:
  case NSA_FIELD_PARTNER_KNOWN:
  case NSA_FIELD_FAN_IN:
  case NSA_FIELD_FAN_OUT:
  case NSA_FIELD_CHANNEL: /* until a decision, where fused steps end */
    return true;
  default:
    return false;
  }
}

/* Whether the steps use the field, and it changes. */
static bool is_moving(const question *q, nsa_field_id field) {
  return (sim_kernel_uses(q->program, q->population->step, field) ||
          sim_kernel_uses(q->program, q->population->settle, field)) &&
         !is_still(&q->program->fields[field.id]);
}

/* What the runtime itself changes whenever something arrives. */
static bool is_changed_at_any_time(const nsa_field *field) {
  return field->kind == NSA_FIELD_ARRIVED || field->kind == NSA_FIELD_ADVANCED || field->kind == NSA_FIELD_PIXEL ||
         field->kind == NSA_FIELD_SIGNAL;
}

static bool touches(const question *q, nsa_kernel_id kernel) {
  if (nsa_kernel_is_none(kernel))
    return false;
  const nsa_kernel *k = &q->program->kernels[kernel.id];
  for (uint32_t i = 0; i < k->slots_count; i++)
    if (is_moving(q, k->slots[i]))
      return true;
  return false;
}

/* ---- what stands in between ---- */

static interval of_collect(const question *q, nsa_kernel_id kernel) {
  for (uint32_t i = 0; i < q->program->collects_count; i++)
    if (nsa_kernel_is(q->program->collects[i].kernel, kernel))
      return steps_of(q, q->program->collects[i].every);
  return 1;
}

/* A kernel that is neither of this population nor answered for: other populations look or write at their own steps. */
static interval of_kernel(const question *q, nsa_kernel_id kernel) {
  const nsa_kernel *k = &q->program->kernels[kernel.id];
  if (k->role == NSA_ROLE_COLLECT)
    return of_collect(q, kernel);
  if (k->role == NSA_ROLE_STEP || k->role == NSA_ROLE_SETTLE)
    return steps_of(q, q->program->timescales[k->timescale].ticks);
  return 1;
}

/* Kernels that run before the first step, or that others here answer for. */
static bool is_answered_for(const question *q, nsa_kernel_id kernel) {
  uint32_t role = q->program->kernels[kernel.id].role;
  return nsa_kernel_is(kernel, q->population->step) || nsa_kernel_is(kernel, q->population->settle) ||
         role == NSA_ROLE_INIT || role == NSA_ROLE_SETUP || role == NSA_ROLE_STIMULUS || role == NSA_ROLE_PROBE ||
         role == NSA_ROLE_CANDIDATE;
}

static interval of_kernels(const question *q) {
  interval least = 0;
  for (nsa_kernel_id k = {0}; k.id < q->program->kernels_count; k.id++)
    if (!is_answered_for(q, k) && touches(q, k))
      least = nsa_common_divisor(least, of_kernel(q, k));
  return least;
}

static interval of_sums(const question *q) {
  interval least = 0;
  for (uint32_t i = 0; i < q->program->sums_count; i++) {
    const nsa_link_sum *sum = &q->program->sums[i];
    bool is_source = is_moving(q, sum->source_term) || is_moving(q, sum->active);
    if (is_source && !nsa_field_is_none(sum->delay))
      return 1; /* remembered at each step */
    if (is_source || is_moving(q, sum->sum))
      least = nsa_common_divisor(least, steps_of(q, sum->every));
  }
  for (uint32_t i = 0; i < q->program->pasts_count; i++)
    if (is_moving(q, q->program->pasts[i].term))
      return 1;
  return least;
}

static interval of_increments(const question *q, const nsa_increment *increments, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (is_moving(q, increments[i].sum))
      return 1;
  return 0;
}

static interval of_links(const question *q) {
  interval least = 0;
  for (uint32_t i = 0; i < q->program->arrivals_count; i++)
    least = nsa_common_divisor(
        least, of_increments(q, q->program->arrivals[i].increments, q->program->arrivals[i].increments_count));
  for (uint32_t i = 0; i < q->program->link_steps_count; i++)
    least = nsa_common_divisor(
        least, of_increments(q, q->program->link_steps[i].increments, q->program->link_steps[i].increments_count));
  return least;
}

static interval of_probe(const question *q, uint32_t probe, uint32_t every) {
  if (probe == NSA_NONE)
    return 0;
  const nsa_probe *p = &q->program->probes[probe];
  bool looks = nsa_event_is_none(p->event) && (is_moving(q, p->field) || touches(q, p->kernel));
  return looks ? steps_of(q, every ? every : 1) : 0;
}

static interval of_observers(const question *q) {
  interval least = 0;
  for (uint32_t i = 0; i < q->program->records_count; i++)
    least = nsa_common_divisor(least, of_probe(q, q->program->records[i].probe, q->program->records[i].every));
  for (uint32_t i = 0; i < q->program->measure_nodes_count; i++) {
    const nsa_measure_node *node = &q->program->measure_nodes[i];
    if (node->kind == NSA_MEASURE_NOW) /* when a decision falls */
      continue;
    least = nsa_common_divisor(least, of_probe(q, node->probe, node->every));
    if (node->kind == NSA_MEASURE_CORRELATION)
      least = nsa_common_divisor(least, of_probe(q, node->other, node->every));
  }
  return least;
}

/* Who fires together is compared at once. All else that decisions look at they see when they fall. */
static interval of_ties(const question *q, const nsa_act *acts, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < acts[i].decoders_count; k++)
      if (of_probe(q, acts[i].decoders[k].tie, 1))
        return 1;
  return 0;
}

static interval of_decisions(const question *q) {
  interval least = of_ties(q, q->program->acts, q->program->acts_count);
  for (uint32_t i = 0; i < q->program->variants_count; i++)
    least = nsa_common_divisor(least, of_ties(q, q->program->variants[i].acts, q->program->variants[i].acts_count));
  return least;
}

/* Blocks of phases and driven events are rare enough, or costly enough, to go step by step. */
static interval of_population(const question *q) {
  for (uint32_t i = 0; i < q->program->phase_blocks_count; i++)
    if (nsa_population_is(q->program->phase_blocks[i].population, q->number))
      return 1;
  for (uint32_t i = 0; i < q->program->event_drives_count; i++)
    if (nsa_population_is(q->program->event_drives[i].population, q->number))
      return 1;
  for (nsa_field_id f = {0}; f.id < q->program->fields_count; f.id++)
    if (is_moving(q, f) && is_changed_at_any_time(&q->program->fields[f.id]))
      return 1;
  return nsa_kernel_is_none(q->population->step) || !nsa_kernel_is_none(q->population->absorb) ? 1 : 0;
}

uint32_t nsa_fused_steps(const nsa_program *program, nsa_population_id population) {
  question q = {.program = program, .population = &program->populations[population.id], .number = population};
  q.every = program->timescales[q.population->timescale].ticks;
  interval (*const parts[])(const question *) = {of_population, of_kernels,   of_sums,
                                                 of_links,      of_observers, of_decisions};
  interval least = 0;
  for (size_t i = 0; i < sizeof parts / sizeof *parts && least != 1; i++)
    least = nsa_common_divisor(least, parts[i](&q));
  if (least == 0)
    return FUSE_MOST;
  uint32_t steps = least < FUSE_MOST ? least : FUSE_MOST;
  while (least % steps != 0)
    steps--;
  return steps;
}
