/* SPDX-License-Identifier: MIT */
/* link_slices.h - the targets of a connection, with their links, divided among threads. */
#ifndef NSA_RUNTIME_LINK_SLICES_H
#define NSA_RUNTIME_LINK_SLICES_H

#include "state/sim.h"

typedef enum {
  SLICES_AS_STEPPED, /* each has the targets that one thread steps: their states are in its cache */
  SLICES_OF_LINKS,   /* each has as many links */
  SLICES_OF_STRIPS   /* each has about as many links, in whole strips (strips.h) */
} link_slices;

/* One where there are few links, else one a thread. */
uint32_t link_slices_count(const sim *s, nsa_connection_id connection);

/* bounds[slices + 1]: slice p has the targets [bounds[p], bounds[p + 1]). */
void link_slices_cut(const sim *s, nsa_connection_id connection, link_slices how, uint32_t slices, uint32_t *bounds);

/* Whether slices as stepped are nearly as large as those of as many links. */
bool link_slices_are_even(const sim *s, nsa_connection_id connection, uint32_t slices);

#endif
