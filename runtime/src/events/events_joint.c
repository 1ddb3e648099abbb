/* SPDX-License-Identifier: MIT */
/* events_joint.c - which deliveries of a tick threads do together, and which may wait for the steps. */
#include "events/events_make.h"

#include <string.h>

static bool uses(const sim *s, const delivery *d, nsa_field_id field) {
  return sim_kernel_uses(s->program, d->arrival->kernel, field);
}

/* Whether the slices of both are the same targets. */
static bool are_cut_alike(const delivery *d, const delivery *other) {
  return d->slices == other->slices &&
         memcmp(d->bounds, other->bounds, ((size_t)d->slices + 1) * sizeof *d->bounds) == 0;
}

static bool has_sum(const nsa_arrival *a, nsa_field_id sum, bool at_once) {
  for (uint32_t i = 0; i < a->increments_count; i++)
    if (nsa_field_is(a->increments[i].sum, sum) && (a->increments[i].side == NSA_SIDE_POST) == at_once)
      return true;
  return false;
}

/* Whether threads that work on other targets could see, at the links of d or in sums, what `before` has done at its
 * own. Links' own states can be seen where the two cut the links of one connection in different slices, by strips and
 * by what threads step. */
static bool sees(const sim *s, const delivery *d, const delivery *before) {
  bool is_alike = are_cut_alike(d, before);
  if (!is_alike && nsa_connection_is(d->arrival->connection, before->arrival->connection))
    return true;
  for (uint32_t i = 0; i < before->arrival->increments_count; i++) {
    nsa_field_id sum = before->arrival->increments[i].sum;
    bool is_later = before->arrival->increments[i].side != NSA_SIDE_POST; /* strips are added when all links are done */
    if (uses(s, d, sum) || ((is_later || !is_alike) && has_sum(d->arrival, sum, true)))
      return true;
  }
  return false;
}

/* A delivery joins those before it when each slice of it needs nothing but what stands before the tick and what the
 * same slice of the others did. */
static void find_joint(const sim *s, struct events *ev) {
  for (uint32_t i = 0; i < ev->delivery_count; i++) {
    delivery *d = &ev->deliveries[i];
    const nsa_arrival *a = d->arrival;
    d->joins =
        d->slices > 1 && nsa_kernel_is_none(a->shared) && a->emissions_count == 0 && d->first_delay == d->last_delay;
    for (uint32_t k = 0; k <= i && d->joins; k++)
      d->joins = !sees(s, d, &ev->deliveries[k]);
  }
}

/* Whether the arrival's kernel knows nothing of populations: other threads may be stepping them. */
static bool needs_links_only(const sim *s, const nsa_arrival *a) {
  const nsa_kernel *k = &s->program->kernels[a->kernel.id];
  for (uint32_t i = 0; i < k->slots_count; i++) {
    const nsa_field *f = &s->program->fields[k->slots[i].id];
    if (s->program->domains[f->domain].kind == NSA_DOMAIN_POPULATION && !f->is_uniform)
      return false;
  }
  return a->states_count == 0;
}

/* Whether only the steps of its own elements use what is added to. */
static bool is_for_own_steps(const sim *s, nsa_field_id sum) {
  const nsa_program *p = s->program;
  for (uint32_t k = 0; k < p->kernels_count; k++) {
    uint32_t role = p->kernels[k].role;
    bool is_own =
        p->kernels[k].domain == p->fields[sum.id].domain && (role == NSA_ROLE_STEP || role == NSA_ROLE_SETTLE);
    if (!is_own && role != NSA_ROLE_INIT && role != NSA_ROLE_SETUP && role != NSA_ROLE_PROBE &&
        sim_kernel_uses(p, (nsa_kernel_id){k}, sum))
      return false;
  }
  return true;
}

static bool may_wait(const sim *s, const delivery *d) {
  const nsa_arrival *a = d->arrival;
  if (!d->joins || !d->is_as_stepped || s->program->link_steps_count || s->program->phase_blocks_count ||
      s->program->stage_sets_count || !needs_links_only(s, a))
    return false;
  for (uint32_t i = 0; i < a->increments_count; i++) {
    const nsa_population *to =
        &s->program->populations[link_end_population(delivery_connection(s, d), a->increments[i].side).id];
    if (!nsa_kernel_is_none(to->absorb) || !is_for_own_steps(s, a->increments[i].sum))
      return false;
  }
  return true;
}

bool joint_make(events_maker *m) {
  struct events *ev = m->ev;
  find_joint(m->s, ev);
  ev->joint = events_allocate(m, ev->delivery_count, sizeof *ev->joint);
  for (uint32_t i = 0; i < ev->delivery_count; i++) {
    delivery *d = &ev->deliveries[i];
    d->may_wait = may_wait(m->s, d);
    if (!d->joins)
      continue;
    d->elements = events_allocate(m, (uint64_t)d->keys + 64, sizeof *d->elements);
    if (!d->elements)
      return false;
  }
  return ev->joint != NULL;
}
