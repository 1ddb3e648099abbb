/* SPDX-License-Identifier: MIT */
#include "run/branches.h"

#include "run/memory_limit.h"
#include "worlds/worlds.h"

#include <stdlib.h>

static bool has_tick(const branches *b, uint64_t tick) {
  bool is_found = false;
  for (uint32_t i = 0; i < b->count; i++)
    is_found = is_found || b->points[i].tick == tick;
  return is_found;
}

static int by_tick(const void *a, const void *b) {
  uint64_t x = ((const branch *)a)->tick, y = ((const branch *)b)->tick;
  return (x > y) - (x < y);
}

bool branches_list(branches *b, const run_options *options, const nsa_program *program) {
  *b = (branches){.points = calloc((size_t)program->variants_count + 1, sizeof *b->points)};
  if (!b->points || !options->all_variants || !memory_limit_allows_state(program, options))
    return b->points != NULL;
  for (uint32_t i = 0; i < program->variants_count; i++) {
    const nsa_variant *v = &program->variants[i];
    if (v->from > 0 && v->from < program->ticks && !has_tick(b, v->from))
      b->points[b->count++] = (branch){.name = v->checkpoint, .tick = v->from};
  }
  qsort(b->points, b->count, sizeof *b->points, by_tick);
  return true;
}

void branches_free(branches *b) {
  for (uint32_t i = 0; i < b->count; i++)
    snapshot_free(b->points[i].state);
  free(b->points);
  *b = (branches){.points = NULL};
}

uint64_t branches_next(const branches *b, uint64_t tick) {
  for (uint32_t i = 0; i < b->count; i++)
    if (b->points[i].tick > tick)
      return b->points[i].tick;
  return UINT64_MAX;
}

void branches_keep(branches *b, sim *s) {
  char error[SIM_ERROR_SIZE];
  for (uint32_t i = 0; i < b->count; i++)
    if (b->points[i].tick == s->tick && worlds_can_be_kept(s, error))
      b->points[i].state = snapshot_take(s);
}

const branch *branches_find(const branches *b, const nsa_variant *v) {
  for (uint32_t i = 0; i < b->count; i++)
    if (b->points[i].tick == v->from && b->points[i].state)
      return &b->points[i];
  return NULL;
}
