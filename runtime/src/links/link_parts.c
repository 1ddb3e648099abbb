/* SPDX-License-Identifier: MIT */
/* link_parts.c - see link_parts.h. */
#include "links/link_parts.h"

#include "base/costs.h"
#include "links/link_index.h"
#include "links/strips.h"
#include "state/slices.h"

static const sim_population *targets_of(const sim *s, uint32_t connection) {
  return &s->populations[s->program->connections[connection].target];
}

uint32_t link_parts_count(const sim *s, uint32_t connection) {
  return s->links[connection].count < DIVIDED_LINKS ? 1 : s->thread_count;
}

void link_parts_cut(const sim *s, uint32_t connection, link_parts how, uint32_t parts, uint32_t *bounds) {
  const sim_population *targets = targets_of(s, connection);
  const sim_links *links = &s->links[connection];
  link_strips strips = link_strips_of(targets);
  for (uint32_t part = 0; part <= parts; part++)
    if (how == PARTS_AS_STEPPED)
      bounds[part] = slice_begin(targets->count, part, parts);
    else
      bounds[part] = link_index_target_from(links, targets->count, links->count * part / parts);
  bounds[0] = 0;
  bounds[parts] = targets->count;
  for (uint32_t part = 1; how == PARTS_OF_STRIPS && part < parts; part++)
    bounds[part] = link_strip_begin(strips, link_strip_of(strips, bounds[part]));
}

bool link_parts_are_even(const sim *s, uint32_t connection, uint32_t parts) {
  const sim_links *links = &s->links[connection];
  uint32_t targets = targets_of(s, connection)->count;
  uint64_t most = links->count / parts * 5 / 4;
  for (uint32_t part = 0; part < parts; part++) {
    uint32_t begin = slice_begin(targets, part, parts), end = slice_begin(targets, part + 1, parts);
    if (links->row[end] - links->row[begin] > most)
      return false;
  }
  return true;
}
