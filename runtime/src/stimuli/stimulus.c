/* SPDX-License-Identifier: MIT */
/* stimulus.c - see stimulus.h. */
#include "stimuli/stimulus.h"
#include "state/kernels.h"

#include "nsa_math.h"
#include "stimuli/changes.h"
#include "stimuli/event_drive.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct { /* one external field and who adds to it */
  nsa_population_id population;
  nsa_field_id field;
  uint32_t *on, on_count; /* stimuli that are on, in ascending order */
  uint32_t varying;       /* how many of them must be evaluated at every tick */
  bool reads_channels;    /* one of its stimuli does */
  bool is_dirty;
} external;

struct stimuli {
  change_queue *populations;
  change_queue phases;   /* kind START or STOP, item a phase */
  uint32_t *phase_open;  /* per phase: windows that are open */
  uint32_t *open;        /* per stimulus: windows that are open */
  uint32_t *external_of; /* per stimulus */
  external *externals;
  uint32_t external_count;
  uint32_t *external_room; /* owns the lists of all externals */
  struct event_drives *event_drives;
};

/* ---- set-up ---- */

typedef struct {
  const sim *s;
  change_queue *queue;
  bool is_counting;
} listing;

static windows windows_of(const nsa_stimulus *stimulus) {
  return (windows){stimulus->start, stimulus->stop, stimulus->every};
}

static void add_window(const listing *l, uint32_t item, windows of) {
  changes_add(l->s, l->queue, l->is_counting, CHANGE_START, item, of);
  changes_add(l->s, l->queue, l->is_counting, CHANGE_STOP, item, of);
}

static void add_begin(const listing *l, uint32_t item, windows of) {
  changes_add(l->s, l->queue, l->is_counting, CHANGE_PHASE_BLOCK, item, of);
}

/* The windows of a phase are its own, those of its stimuli, and of decisions. */
static void add_phase(const listing *l, uint32_t phase, uint32_t item,
                      void (*add)(const listing *l, uint32_t item, windows of)) {
  const sim *s = l->s;
  for (uint32_t i = 0; i < s->program->stimuli_count; i++) {
    const nsa_stimulus *stimulus = &s->program->stimuli[i];
    if (stimulus->phase == phase && stimulus->during == NSA_NONE)
      add(l, item, windows_of(stimulus));
  }
  for (uint32_t i = 0; i < s->program->phase_windows_count; i++) {
    const nsa_phase_window *w = &s->program->phase_windows[i];
    if (w->phase == phase)
      add(l, item, (windows){w->start, w->stop, w->every});
  }
  for (uint32_t i = 0; i < s->act_count; i++)
    if (s->acts[i]->phase == phase)
      add(l, item, (windows){0, s->acts[i]->window, s->acts[i]->every});
}

void stimuli_list_phase(const sim *s, change_queue *queue, bool is_counting, uint32_t phase, uint32_t item) {
  add_phase(&(listing){s, queue, is_counting}, phase, item, add_window);
}

static void add_population(const listing *l, nsa_population_id p) {
  const nsa_program *program = l->s->program;
  for (uint32_t i = 0; i < program->stimuli_count; i++) {
    const nsa_stimulus *stimulus = &program->stimuli[i];
    if (!nsa_population_is(stimulus->population, p))
      continue;
    if (stimulus->during == NSA_NONE)
      add_window(l, i, windows_of(stimulus));
    else
      add_phase(l, stimulus->during, i, add_window);
  }
  for (uint32_t b = 0; b < program->phase_blocks_count; b++)
    if (nsa_population_is(program->phase_blocks[b].population, p) && program->phase_blocks[b].phase != NSA_NONE)
      add_phase(l, program->phase_blocks[b].phase, b, add_begin);
}

static void add_phases(const listing *l) {
  for (uint32_t phase = 0; phase < l->s->program->phases_count; phase++)
    add_phase(l, phase, phase, add_window);
}

static bool list_changes(const sim *s, struct stimuli *st) {
  for (nsa_population_id p = {0}; p.id < s->program->populations_count; p.id++) {
    change_queue *q = &st->populations[p.id];
    add_population(&(listing){s, q, true}, p);
    if (!changes_make_room(q))
      return false;
    add_population(&(listing){s, q, false}, p);
  }
  add_phases(&(listing){s, &st->phases, true});
  if (!changes_make_room(&st->phases))
    return false;
  add_phases(&(listing){s, &st->phases, false});
  return true;
}

static uint32_t find_external(struct stimuli *st, const nsa_stimulus *stimulus) {
  uint32_t e = 0;
  while (e < st->external_count && !nsa_field_is(st->externals[e].field, stimulus->external))
    e++;
  if (e == st->external_count)
    st->externals[st->external_count++] = (external){.field = stimulus->external, .population = stimulus->population};
  return e;
}

static void list_externals(const sim *s, struct stimuli *st) {
  for (uint32_t i = 0; i < s->program->stimuli_count; i++) {
    st->external_of[i] = find_external(st, &s->program->stimuli[i]);
    external *x = &st->externals[st->external_of[i]];
    x->on_count++;
    x->reads_channels = x->reads_channels || s->program->stimuli[i].reads_channels;
  }
  uint32_t *next = st->external_room;
  for (uint32_t e = 0; e < st->external_count; e++) {
    st->externals[e].on = next;
    next += st->externals[e].on_count;
    st->externals[e].on_count = 0;
  }
}

static void list_presentations(sim *s) {
  for (uint32_t i = 0; i < s->program->stimuli_count; i++) {
    const nsa_stimulus *stimulus = &s->program->stimuli[i];
    if (nsa_image_is_none(stimulus->image))
      continue;
    s->presentations[s->presentation_count++] = (sim_presentation){.stimulus = i,
                                                                   .phase = stimulus->phase,
                                                                   .population = stimulus->population,
                                                                   .image = stimulus->image,
                                                                   .onset = stimulus->start,
                                                                   .stop = stimulus->stop};
  }
}

static struct stimuli *stimuli_new(sim *s, char error[SIM_ERROR_SIZE]) {
  size_t n = (size_t)s->program->stimuli_count + 1;
  struct stimuli *st = calloc(1, sizeof *st);
  if (st) {
    st->populations = calloc((size_t)s->program->populations_count + 1, sizeof *st->populations);
    st->phase_open = calloc((size_t)s->program->phases_count + 1, sizeof *st->phase_open);
    st->open = calloc(n, sizeof *st->open);
    st->external_of = calloc(n, sizeof *st->external_of);
    st->externals = calloc(n, sizeof *st->externals);
    st->external_room = calloc(n, sizeof *st->external_room);
    if (st->populations && st->phase_open && st->open && st->external_of && st->externals && st->external_room &&
        list_changes(s, st)) {
      list_externals(s, st);
      list_presentations(s);
      return st;
    }
  }
  stimuli_free(st, s->program->populations_count);
  snprintf(error, SIM_ERROR_SIZE, "out of memory for the windows of %" PRIu32 " stimuli", s->program->stimuli_count);
  return NULL;
}

void stimuli_free(struct stimuli *st, uint32_t populations) {
  if (!st)
    return;
  for (uint32_t p = 0; st->populations && p < populations; p++)
    free(st->populations[p].items);
  free(st->populations);
  free(st->phases.items);
  free(st->phase_open);
  free(st->open);
  free(st->external_of);
  free(st->externals);
  free(st->external_room);
  event_drives_free(st->event_drives, populations);
  free(st);
}

/* ---- images ---- */

/* The pixels of an image in a field of a population: element i shows pixel i. */
static void show_image(sim *s, nsa_image_id image, nsa_field_id field, double flip, uint64_t key, uint64_t onset) {
  const sim_population *of = &s->populations[s->program->domains[s->program->fields[field.id].domain].population.id];
  const nsa_image *from = &s->images[image.id];
  double *pixels = s->field_data[field.id];
  for (uint32_t k = 0; k < of->count; k++) {
    uint32_t i = population_global(of, k);
    bool ink = i < from->ink_count && from->ink[i];
    if (flip > 0 && nsa_rand_bernoulli_1(s->seed ^ key, i, 0, (double)onset, flip) != 0)
      ink = !ink;
    pixels[k] = ink ? 1 : 0;
  }
}

static void fill_images(sim *s) {
  for (nsa_field_id f = {0}; f.id < s->program->fields_count; f.id++) {
    const nsa_field *field = &s->program->fields[f.id];
    if (field->kind == NSA_FIELD_PIXEL && field->image.id < s->program->images_count && s->field_data[f.id])
      show_image(s, field->image, f, 0, 0, 0);
  }
}

bool stimuli_prepare(sim *s, char error[SIM_ERROR_SIZE]) {
  s->stimuli = stimuli_new(s, error);
  if (!s->stimuli)
    return false;
  fill_images(s);
  if (s->program->event_drives_count == 0)
    return true;
  s->stimuli->event_drives = event_drives_new(s, error);
  return s->stimuli->event_drives != NULL;
}

bool stimuli_set_pattern(sim *s, uint32_t pattern, const char *path, char error[SIM_ERROR_SIZE]) {
  for (uint32_t i = 0; i < s->program->images_count; i++) {
    nsa_image *image = &s->images[i];
    if (image->pattern != pattern)
      continue;
    char file[NSA_IMAGE_PATH];
    nsa_image_path(path, image->number, file);
    uint32_t rows, cols;
    char why[256];
    uint8_t *ink = nsa_image_read(NULL, file, &rows, &cols, why);
    if (!ink) {
      snprintf(error, SIM_ERROR_SIZE, "%s", why);
      return false;
    }
    if (rows != image->rows || cols != image->cols) {
      snprintf(error, SIM_ERROR_SIZE,
               "%.200s: the image has %" PRIu32 " x %" PRIu32 " pixels, '%s' needs %" PRIu32 " x %" PRIu32, file, rows,
               cols, s->program->patterns[pattern].name, image->rows, image->cols);
      free(ink);
      return false;
    }
    free(s->image_ink[i]);
    s->image_ink[i] = image->ink = ink;
  }
  return true;
}

/* ---- at a tick ---- */

/* Stimuli are added in the order of the model, whichever came first. */
static void put_on(external *x, uint32_t stimulus) {
  uint32_t k = x->on_count++;
  for (; k > 0 && x->on[k - 1] > stimulus; k--)
    x->on[k] = x->on[k - 1];
  x->on[k] = stimulus;
}

static void take_off(external *x, uint32_t stimulus) {
  uint32_t k = 0;
  while (x->on[k] != stimulus)
    k++;
  x->on_count--;
  for (; k < x->on_count; k++)
    x->on[k] = x->on[k + 1];
}

/* A window of a stimulus opens or closes; it is on while any of them is open. Whether that changes. */
static bool count_window(sim *s, uint32_t i, bool opens) {
  external *x = &s->stimuli->externals[s->stimuli->external_of[i]];
  uint32_t step = opens ? 1u : UINT32_MAX; /* minus one */
  uint32_t *open = &s->stimuli->open[i];
  bool was_on = *open != 0;
  *open += step;
  if (was_on == (*open != 0))
    return false;
  x->is_dirty = true;
  if (opens)
    put_on(x, i);
  else
    take_off(x, i);
  if (s->program->stimuli[i].is_varying)
    x->varying += step;
  return true;
}

static void switch_stimulus(sim *s, uint32_t i, bool opens, uint64_t tick) {
  const nsa_stimulus *stimulus = &s->program->stimuli[i];
  if (count_window(s, i, opens) && opens && !nsa_image_is_none(stimulus->image) && !nsa_field_is_none(stimulus->pixel))
    show_image(s, stimulus->image, stimulus->pixel, stimulus->flip, stimulus->key, tick);
}

/* Windows of one phase that begin together run its block once. */
static void run_phase_block(sim *s, nsa_population_id population, change_queue *q, const change *c) {
  if (q->last.tick == c->tick && q->last.item == c->item)
    return;
  q->last = *c;
  s->is_touched = s->is_touched || s->populations[population.id].every > 1;
  kernel_run(s, s->program->phase_blocks[c->item].kernel, &s->clock);
}

/* Windows that open and close come before blocks of phases (change_kind). */
static void switch_stimuli(sim *s, nsa_population_id population, uint64_t begin) {
  change_queue *q = &s->stimuli->populations[population.id];
  change c;
  while (q->count && q->items[0].kind != CHANGE_PHASE_BLOCK && changes_next(s, q, begin, &c))
    switch_stimulus(s, c.item, c.kind == CHANGE_START, c.tick);
}

static void run_phase_blocks(sim *s, nsa_population_id population, uint64_t begin) {
  change_queue *q = &s->stimuli->populations[population.id];
  change c;
  while (changes_next(s, q, begin, &c))
    run_phase_block(s, population, q, &c);
}

static void add_up(sim *s, external *x) {
  memset(s->field_data[x->field.id], 0, sim_padded(s->field_count[x->field.id]) * sizeof(double));
  for (uint32_t k = 0; k < x->on_count; k++)
    kernel_run(s, s->program->stimuli[x->on[k]].kernel, &s->clock);
  x->is_dirty = false;
}

/* Blocks of signals that do not wait for the step: those of its component, then those of the top level, whose order is
 * that of the signals. */
static void hear(sim *s, nsa_population_id population) {
  nsa_kernel_id own = s->program->populations[population.id].hear;
  bool has_heard = !nsa_kernel_is_none(own);
  kernel_run(s, own, &s->clock);
  for (uint32_t i = 0; i < s->program->phase_blocks_count; i++) {
    const nsa_phase_block *block = &s->program->phase_blocks[i];
    if (nsa_signal_is_none(block->signal) || !nsa_population_is(block->population, population) ||
        !*(const uint8_t *)s->field_data[s->program->signals[block->signal.id].flag.id])
      continue;
    kernel_run(s, block->kernel, &s->clock);
    has_heard = true;
  }
  s->is_touched = s->is_touched || (has_heard && s->populations[population.id].every > 1);
}

bool stimuli_before_step(sim *s, nsa_population_id population, uint64_t n) {
  struct stimuli *st = s->stimuli;
  switch_stimuli(s, population, n);
  for (uint32_t e = 0; e < st->external_count; e++) {
    external *x = &st->externals[e];
    if (nsa_population_is(x->population, population) && (x->is_dirty || x->varying))
      add_up(s, x);
  }
  if (s->is_any_signal_sent)
    hear(s, population);
  run_phase_blocks(s, population, n);
  return st->event_drives && event_drives_before_step(st->event_drives, s, population, n);
}

uint64_t stimuli_quiet_steps(const sim *s, nsa_population_id population, uint64_t n) {
  const struct stimuli *st = s->stimuli;
  const change_queue *q = &st->populations[population.id];
  uint32_t every = s->populations[population.id].every;
  for (uint32_t e = 0; e < st->external_count; e++)
    if (nsa_population_is(st->externals[e].population, population) && st->externals[e].varying)
      return 1;
  if (q->count == 0)
    return UINT64_MAX;
  uint64_t ahead = q->items[0].tick - n; /* from the begin of this step on; more than 0 */
  return ahead / every + (ahead % every != 0);
}

void stimuli_channels_changed(sim *s) {
  for (uint32_t e = 0; e < s->stimuli->external_count; e++)
    s->stimuli->externals[e].is_dirty |= s->stimuli->externals[e].reads_channels;
}

void stimuli_update_phases(sim *s, uint64_t tick) {
  struct stimuli *st = s->stimuli;
  change c;
  while (changes_next(s, &st->phases, tick, &c)) {
    st->phase_open[c.item] += c.kind == CHANGE_START ? 1u : UINT32_MAX;
    s->phase_active[c.item] = st->phase_open[c.item] != 0;
  }
}

/* ---- a run that goes on ---- */

/* Windows are gone through anew, so that those of a run that has become longer are its own. What they did is in the
 * fields. */
static void seek_windows(sim *s, change_queue *q, uint64_t begin) {
  change c;
  while (changes_next(s, q, begin, &c))
    if (c.kind == CHANGE_PHASE_BLOCK)
      q->last = c;
    else
      count_window(s, c.item, c.kind == CHANGE_START);
}

static void seek(sim *s) {
  struct stimuli *st = s->stimuli;
  if (s->tick == 0)
    return;
  for (uint32_t p = 0; p < s->program->populations_count; p++)
    seek_windows(s, &st->populations[p], s->tick - 1);
  stimuli_update_phases(s, s->tick);
  if (st->event_drives)
    event_drives_seek(st->event_drives, s);
}

void stimuli_keep(sim *s, keeper *k) {
  struct stimuli *st = s->stimuli;
  if (keep_restores(k) && !k->has_failed)
    seek(s);
  keep_begin(k, "stimuli", "dirty");
  keep_shape(k, st->external_count);
  for (uint32_t e = 0; e < st->external_count; e++)
    KEEP_VALUE(k, st->externals[e].is_dirty);
  keep_end(k);
}
