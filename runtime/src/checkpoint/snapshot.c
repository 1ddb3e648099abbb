/* SPDX-License-Identifier: MIT */
#include "checkpoint/snapshot.h"

#include "checkpoint/checkpoint.h"
#include "state/kernels.h"

#include <stdlib.h>
#include <string.h>

struct snapshot {
  keep_piece *pieces; /* names and data are its own */
  uint32_t count, capacity;
  uint64_t tick;
};

/* ---- taking ---- */

typedef struct {
  keeper keeper; /* comes first */
  snapshot *to;
} taker;

static bool make_room(snapshot *x) {
  if (x->count < x->capacity)
    return true;
  uint32_t capacity = 2 * x->capacity + 64;
  keep_piece *grown = realloc(x->pieces, capacity * sizeof *grown);
  if (!grown)
    return false;
  x->pieces = grown;
  x->capacity = capacity;
  return true;
}

static bool take(keeper *k, const keep_piece *piece) {
  snapshot *x = ((taker *)k)->to;
  size_t size = (size_t)piece->count * keep_type_size[piece->type];
  char *name = strdup(piece->name);
  void *data = malloc(size + 1);
  if (!name || !data || !make_room(x)) {
    free(name);
    free(data);
    return false;
  }
  if (size)
    memcpy(data, piece->data, size);
  x->pieces[x->count++] = (keep_piece){name, piece->type, piece->count, data};
  return true;
}

snapshot *snapshot_take(sim *s) {
  taker t = {.keeper = {.take = take}, .to = calloc(1, sizeof *t.to)};
  if (!t.to)
    return NULL;
  t.to->tick = s->tick;
  checkpoint_keep(s, &t.keeper);
  keep_release(&t.keeper);
  if (!t.keeper.has_failed)
    return t.to;
  snapshot_free(t.to);
  return NULL;
}

void snapshot_free(snapshot *x) {
  for (uint32_t i = 0; x && i < x->count; i++) {
    free((void *)(uintptr_t)x->pieces[i].name);
    free((void *)(uintptr_t)x->pieces[i].data);
  }
  if (x)
    free(x->pieces);
  free(x);
}

/* ---- restoring ---- */

typedef struct {
  keeper keeper; /* comes first */
  const snapshot *from;
  uint32_t next; /* pieces are asked for in the order in which they were taken, mostly */
} finder;

static const keep_piece *find(keeper *k, const char *name) {
  finder *f = (finder *)k;
  for (uint32_t i = 0; i < f->from->count; i++) {
    const keep_piece *piece = &f->from->pieces[f->next];
    f->next = (f->next + 1) % f->from->count;
    if (strcmp(piece->name, name) == 0)
      return piece;
  }
  return NULL;
}

bool snapshot_restore(const snapshot *from, sim *s, char error[SIM_ERROR_SIZE]) {
  finder f = {.keeper = {.find = find}, .from = from};
  s->tick = from->tick;
  checkpoint_keep(s, &f.keeper);
  if (f.keeper.has_failed)
    snprintf(error, SIM_ERROR_SIZE, "%s", f.keeper.error);
  sim_set_clock(s, &s->state_clock, s->tick);
  return !f.keeper.has_failed;
}
