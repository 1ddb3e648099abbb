/* SPDX-License-Identifier: MIT */
/* keep_all.c - the rooms that have state: the one list of them. */
#include "checkpoint/checkpoint.h"

#include "events/events.h"
#include "stimuli/stimulus.h"
#include "sums/linksum.h"
#include "tick/phase_sets.h"
#include "worlds/worlds.h"

static void (*const rooms[])(sim *s, keeper *k) = {fields_keep,  events_keep,     link_sums_keep,
                                                   stimuli_keep, phase_sets_keep, worlds_keep};

void checkpoint_keep(sim *s, keeper *k) {
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms && !k->has_failed; i++)
    rooms[i](s, k);
  for (uint32_t i = 0; i < s->observer_count && !k->has_failed; i++)
    if (s->observers[i].keep)
      s->observers[i].keep(s->observers[i].self, s, k);
}
