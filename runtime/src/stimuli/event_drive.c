/* SPDX-License-Identifier: MIT */
#include "stimuli/event_drive.h"
#include "state/kernels.h"

#include "stimuli/inputs.h"
#include "stimuli/spike_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct { /* these elements fire at the end of the step that ends at this base tick */
  uint64_t tick;
  nsa_field_id field, repeated;
  uint32_t begin, end; /* local elements [begin, end) */
} shot;

typedef struct {
  shot *items; /* by tick */
  size_t count, capacity;
  size_t lit, next; /* flags of [lit, next) are up */
} shot_list;

struct event_drives {
  shot_list *populations;
};

static int by_tick(const void *a, const void *b) {
  const shot *x = a, *y = b;
  return (x->tick > y->tick) - (x->tick < y->tick);
}

/* Of the elements [first, last], those that are here fire. False when out of memory. */
static bool add_shot(const sim *s, const nsa_event_drive *drive, shot_list *list, uint64_t tick, uint64_t first,
                     uint64_t last) {
  shot item = {.tick = tick, .field = drive->field, .repeated = drive->repeated};
  population_local_range(&s->populations[drive->population.id], first, last, &item.begin, &item.end);
  if (item.begin == item.end)
    return true;
  if (list->count == list->capacity) {
    size_t capacity = list->capacity * 2 + 64;
    shot *items = realloc(list->items, capacity * sizeof *items);
    if (!items)
      return false;
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count++] = item;
  return true;
}

/* The end of a fast step that lies nearest; 0 where the time is not positive. */
static uint64_t tick_of(const sim *s, double time_ms) {
  double steps = nsa_nearest_tick(time_ms, sim_time(s, 1));
  if (!(steps >= 1))
    return 0;
  return steps < 9e15 ? (uint64_t)steps : UINT64_MAX;
}

typedef struct {
  const sim *s;
  const nsa_event_drive *drive;
  shot_list *list;
  char *error;
} file_taker;

static bool take_from_file(void *context, uint64_t line, double time_ms, uint64_t element) {
  const file_taker *t = context;
  const nsa_event_drive *drive = t->drive;
  uint64_t tick = tick_of(t->s, time_ms);
  const char *name = t->s->program->populations[drive->population.id].name;
  int shown = (int)strlen(drive->path) < 200 ? (int)strlen(drive->path) : 200;
  if (tick == 0) {
    snprintf(t->error, SIM_ERROR_SIZE, "%.*s:%" PRIu64 ": an event cannot fire at %g ms: the first step ends later",
             shown, drive->path, line, time_ms);
    return false;
  }
  if (element < drive->first || element > drive->last) {
    snprintf(t->error, SIM_ERROR_SIZE,
             "%.*s:%" PRIu64 ": '%.80s' is driven in its elements %" PRIu32 " to %" PRIu32 ", not in %" PRIu64, shown,
             drive->path, line, name, drive->first, drive->last, element);
    return false;
  }
  if (add_shot(t->s, drive, t->list, tick, element, element))
    return true;
  snprintf(t->error, SIM_ERROR_SIZE, "out of memory for the events of %.*s", shown, drive->path);
  return false;
}

static bool take_list(file_taker *t) {
  size_t count;
  spike_source source = inputs_source(t->s->program, t->drive);
  const spike *spikes = inputs_find(t->s->inputs, &source, &count);
  if (!spikes) {
    snprintf(t->error, SIM_ERROR_SIZE, "%.200s: it was not read before the run", source.path);
    return false;
  }
  for (size_t k = 0; k < count; k++)
    if (!take_from_file(t, k + 1, spikes[k].time_ms, spikes[k].element))
      return false;
  return true;
}

static bool add_drive(const sim *s, const nsa_event_drive *drive, shot_list *list, char *error) {
  if (drive->path && drive->path[0]) {
    file_taker taker = {.s = s, .drive = drive, .list = list, .error = error};
    return inputs_is_hdf5(drive->path) ? take_list(&taker)
                                       : spike_file_read(s->program, drive->path, take_from_file, &taker, error);
  }
  for (uint32_t k = 0; k < drive->times_count; k++) {
    if (add_shot(s, drive, list, tick_of(s, drive->times[k]), drive->first, drive->last))
      continue;
    snprintf(error, SIM_ERROR_SIZE, "out of memory for %" PRIu32 " times of driven events", drive->times_count);
    return false;
  }
  return true;
}

struct event_drives *event_drives_new(const sim *s, char error[SIM_ERROR_SIZE]) {
  uint32_t populations = s->program->populations_count;
  struct event_drives *d = calloc(1, sizeof *d);
  bool ok = d && (d->populations = calloc((size_t)populations + 1, sizeof *d->populations));
  if (!ok)
    snprintf(error, SIM_ERROR_SIZE, "out of memory for driven events");
  for (uint32_t k = 0; ok && k < s->program->event_drives_count; k++) {
    const nsa_event_drive *drive = &s->program->event_drives[k];
    ok = add_drive(s, drive, &d->populations[drive->population.id], error);
  }
  for (uint32_t p = 0; ok && p < populations; p++)
    if (d->populations[p].count)
      qsort(d->populations[p].items, d->populations[p].count, sizeof(shot), by_tick);
  if (ok)
    return d;
  event_drives_free(d, populations);
  return NULL;
}

void event_drives_free(struct event_drives *d, uint32_t populations) {
  if (!d)
    return;
  for (uint32_t p = 0; d->populations && p < populations; p++)
    free(d->populations[p].items);
  free(d->populations);
  free(d);
}

static void lower_flags(sim *s, const shot *item) {
  uint8_t *flags = s->field_data[item->field.id];
  memset(flags + item->begin, 0, (size_t)item->end - item->begin);
}

/* Counts those that are up already. */
static void raise_flags(sim *s, const shot *item) {
  uint8_t *flags = s->field_data[item->field.id];
  double *repeated = nsa_field_is_none(item->repeated) ? NULL : s->field_data[item->repeated.id];
  for (uint32_t e = item->begin; e < item->end; e++) {
    if (flags[e] && repeated)
      repeated[e]++;
    flags[e] = 1;
  }
}

bool event_drives_before_step(struct event_drives *d, sim *s, nsa_population_id population, uint64_t n) {
  shot_list *list = &d->populations[population.id];
  for (; list->lit < list->next; list->lit++)
    lower_flags(s, &list->items[list->lit]);
  for (; list->next < list->count && list->items[list->next].tick <= n + 1; list->next++)
    raise_flags(s, &list->items[list->next]);
  return list->lit < list->next;
}

void event_drives_seek(struct event_drives *d, const sim *s) {
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    shot_list *list = &d->populations[p];
    for (list->lit = 0; list->lit < list->count && list->items[list->lit].tick < s->tick; list->lit++) {
    }
    for (list->next = list->lit; list->next < list->count && list->items[list->next].tick <= s->tick; list->next++) {
    }
  }
}

void event_drives_fire(sim *s, nsa_population_id population) {
  kernel_run(s, s->program->populations[population.id].fire, &s->clock);
  for (uint32_t k = 0; k < s->program->event_drives_count; k++) {
    const nsa_event_drive *drive = &s->program->event_drives[k];
    if (!nsa_population_is(drive->population, population))
      continue;
    const uint8_t *flags = s->field_data[s->program->populations[population.id].events[drive->event.id].flag.id];
    sim_fired *fired = &s->populations[population.id].events[drive->event.id];
    fired->count = 0;
    for (uint32_t e = 0; e < s->populations[population.id].count; e++)
      if (flags[e])
        fired->elements[fired->count++] = e;
  }
}
