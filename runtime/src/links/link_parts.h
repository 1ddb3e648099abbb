/* SPDX-License-Identifier: MIT */
/* link_parts.h - the targets of a connection, with their links, divided among threads. */
#ifndef NSA_RUNTIME_LINK_PARTS_H
#define NSA_RUNTIME_LINK_PARTS_H

#include "state/sim.h"

typedef enum {
  PARTS_AS_STEPPED, /* each has the targets that one thread steps: their states are in its cache */
  PARTS_OF_LINKS,   /* each has as many links */
  PARTS_OF_STRIPS   /* each has about as many links, in whole strips (strips.h) */
} link_parts;

/* One where there are few links, else one a thread. */
uint32_t link_parts_count(const sim *s, uint32_t connection);

/* bounds[parts + 1]: part p has the targets [bounds[p], bounds[p + 1]). */
void link_parts_cut(const sim *s, uint32_t connection, link_parts how, uint32_t parts, uint32_t *bounds);

/* Whether parts as stepped are nearly as large as those of as many links. */
bool link_parts_are_even(const sim *s, uint32_t connection, uint32_t parts);

#endif
