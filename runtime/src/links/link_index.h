/* SPDX-License-Identifier: MIT */
/* link_index.h - the links of a connection by an element of one of its sides, for whom links must be found by.
 *
 * Links are stored by target. An index is a counting sort of them by the source, the target or the partner of each,
 * made on all threads; which thread does what decides nothing of the result. */
#ifndef NSA_RUNTIME_LINK_INDEX_H
#define NSA_RUNTIME_LINK_INDEX_H

#include "links/strips.h"

/* Cut by who owns the targets: slice p's links of element e are [start[p * keys + e], start[p * keys + e + 1]). Within
 * an element they are ascending. Links without such an element, or without one at the other end, are left out. */
typedef struct {
  uint32_t *start; /* slices * keys + 1 */
  uint32_t *link;  /* NULL: nobody asks */
  uint32_t *to;    /* the element at the other end of each; NULL: nobody asks */
} link_index;

/* The element of the side that partners follow from, or the link itself, decides the partner. */
typedef struct {
  const uint32_t *index;
  const uint8_t *known;
  uint32_t domain_kind, of_source;
} partner_lookup;

partner_lookup partner_lookup_of(const sim *s, const nsa_connection *c);

/* NSA_NONE: the link has none. */
uint32_t partner_of_link(const partner_lookup *look, uint32_t link, uint32_t source, uint32_t target);

#define LINK_INDEX_ALL UINT32_MAX /* as `from`: one key, 0, for all links */

typedef struct {
  nsa_connection_id connection;
  uint32_t from, to; /* sides: NSA_SIDE_PRE, _POST, _ASTRO */
  uint32_t slices;
  const uint32_t *bounds; /* slices + 1: slice p has the targets [bounds[p], bounds[p + 1]); NULL: one slice has all */
  bool keeps_links, keeps_to;
  const link_strips *strips; /* not NULL: what stands in `to` is strip of the target * elements + element (strips.h) */
} link_index_request;

/* False when out of memory; what was allocated is counted in s->allocated either way. */
bool link_index_make(sim *s, const link_index_request *request, link_index *index);
void link_index_free(link_index *index);

/* How many elements a side has. */
static inline nsa_population_id link_end_population(const nsa_connection *c, uint32_t side) {
  return side == NSA_SIDE_PRE ? c->source : side == NSA_SIDE_POST ? c->target : c->partner;
}
uint32_t link_index_keys(const sim *s, const nsa_connection *c, uint32_t side);

/* The ends of a link by their global numbers, for messages. */
typedef struct {
  uint32_t source, target;
} link_ends;
link_ends link_ends_of(const sim *s, nsa_connection_id connection, uint64_t link);

/* The first target whose links begin at or behind `link`: cuts targets into slices of as many links. */
uint32_t link_index_target_from(const sim_links *links, uint32_t targets, uint64_t link);

#endif
