/* SPDX-License-Identifier: MIT */
/* events_needs.c - what a delivery must know of its links. */
#include "events/events_make.h"

#include "links/connect.h"

bool arrival_adds_to(const nsa_arrival *a, uint32_t side) {
  for (uint32_t i = 0; i < a->increments_count; i++)
    if (a->increments[i].side == side)
      return true;
  return false;
}

delivery_needs arrival_needs(const nsa_program *p, const nsa_arrival *a) {
  const nsa_connection *c = &p->connections[a->connection.id];
  bool partner = arrival_adds_to(a, NSA_SIDE_ASTRO) || sim_kernel_uses(p, a->kernel, c->arrival_partner);
  delivery_needs needs = {.partner = partner};
  needs.source = partner || arrival_adds_to(a, NSA_SIDE_PRE) || sim_kernel_uses(p, a->kernel, c->arrival_source);
  needs.target = partner || arrival_adds_to(a, NSA_SIDE_POST) ||
                 arrival_adds_to(a, NSA_SIDE_PRE) || /* whose strip it is in */
                 sim_kernel_uses(p, a->kernel, c->arrival_target);
  needs.link = partner || a->states_count || sim_kernel_uses(p, a->kernel, c->arrival_link) ||
               (needs.source && a->side != NSA_SIDE_PRE); /* the link's source is looked up */
  return needs;
}

/* The delay field that counts for the events of a side. */
nsa_field_id events_delay_field(const nsa_connection *c, uint32_t side) {
  return side == NSA_SIDE_SIGNAL ? NSA_NO_FIELD : side == NSA_SIDE_PRE ? c->delay : c->delay_back;
}

bool events_keep_targets(const nsa_program *p, const nsa_arrival *a) {
  const nsa_connection *c = &p->connections[a->connection.id];
  return arrival_needs(p, a).target && !connect_keeps_targets(p, c) &&
         !sim_has_own_delays(p, events_delay_field(c, a->side));
}

bool events_keep_links(const nsa_program *p, const nsa_arrival *a) {
  delivery_needs needs = arrival_needs(p, a);
  return needs.link || (needs.target && !events_keep_targets(p, a)) ||
         sim_has_own_delays(p, events_delay_field(&p->connections[a->connection.id], a->side));
}
