/* SPDX-License-Identifier: MIT */
/* link_slices.c - see link_slices.h. */
#include "links/link_slices.h"

#include "base/costs.h"
#include "links/link_index.h"
#include "links/strips.h"
#include "state/slices.h"

static const sim_population *targets_of(const sim *s, nsa_connection_id connection) {
  return &s->populations[s->program->connections[connection.id].target.id];
}

uint32_t link_slices_count(const sim *s, nsa_connection_id connection) {
  return s->links[connection.id].count < DIVIDED_LINKS ? 1 : s->thread_count;
}

void link_slices_cut(const sim *s, nsa_connection_id connection, link_slices how, uint32_t slices, uint32_t *bounds) {
  const sim_population *targets = targets_of(s, connection);
  const sim_links *links = &s->links[connection.id];
  link_strips strips = link_strips_of(targets);
  for (uint32_t slice = 0; slice <= slices; slice++)
    if (how == SLICES_AS_STEPPED)
      bounds[slice] = slice_begin(targets->count, slice, slices);
    else
      bounds[slice] = link_index_target_from(links, targets->count, links->count * slice / slices);
  bounds[0] = 0;
  bounds[slices] = targets->count;
  for (uint32_t slice = 1; how == SLICES_OF_STRIPS && slice < slices; slice++)
    bounds[slice] = link_strip_begin(strips, link_strip_of(strips, bounds[slice]));
}

bool link_slices_are_even(const sim *s, nsa_connection_id connection, uint32_t slices) {
  const sim_links *links = &s->links[connection.id];
  uint32_t targets = targets_of(s, connection)->count;
  uint64_t most = links->count / slices * 5 / 4;
  for (uint32_t slice = 0; slice < slices; slice++) {
    uint32_t begin = slice_begin(targets, slice, slices), end = slice_begin(targets, slice + 1, slices);
    if (links->row[end] - links->row[begin] > most)
      return false;
  }
  return true;
}
