/* SPDX-License-Identifier: MIT */
/* stimulus.c - see stimulus.h. */
#include "stimulus.h"

#include "nsa_math.h"
#include "step.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What happens at the begin of a tick of a population, in this order. */
typedef enum { CHANGE_STOP, CHANGE_START, CHANGE_PHASE_BLOCK } change_kind;

typedef struct {
  uint64_t tick;
  uint32_t kind;
  uint32_t item; /* a stimulus, or a phase block */
} change;

typedef struct {
  change *items;
  uint32_t count, next; /* items before `next` are done */
} change_list;

typedef struct { /* one external field and who adds to it */
  uint32_t field, population;
  uint32_t *stimuli, stimulus_count;
  uint32_t active, varying; /* how many are on; how many of them must be evaluated at every tick */
  bool is_dirty;
} external;

struct stimuli {
  change_list *populations;
  change_list phases;  /* kind START or STOP, item a phase */
  uint32_t *phase_open; /* per phase: windows that are open */
  uint8_t *active;      /* per stimulus */
  uint32_t *external_of; /* per stimulus */
  external *externals;
  uint32_t external_count;
  uint32_t *external_stimuli; /* owns the lists of all externals */
};

static int compare_changes(const void *a, const void *b) {
  const change *x = a, *y = b;
  if (x->tick != y->tick) return x->tick < y->tick ? -1 : 1;
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  return (x->item > y->item) - (x->item < y->item);
}

static void sort_changes(change_list *list) {
  if (list->count) qsort(list->items, list->count, sizeof *list->items, compare_changes);
}

static void add_change(change_list *list, uint64_t tick, change_kind kind, uint32_t item) {
  list->items[list->count++] = (change){.tick = tick, .kind = kind, .item = item};
}

/* The first begin of a tick at or after `tick`, for ticks of `every` base ticks. */
static uint64_t round_up(uint64_t tick, uint32_t every) {
  uint64_t rest = tick % every;
  if (rest == 0) return tick;
  return tick > UINT64_MAX - every ? UINT64_MAX : tick - rest + every;
}

/* ---- set-up ---- */

static void add_windows(const sim *s, uint32_t p, change_list *list) {
  const nsa_program *program = s->program;
  uint32_t every = s->populations[p].every;
  for (uint32_t i = 0; i < program->stimuli_count; i++) {
    const nsa_stimulus *stimulus = &program->stimuli[i];
    uint64_t start = round_up(stimulus->start, every), stop = round_up(stimulus->stop, every);
    if (stimulus->population != p || start >= stop) continue;
    add_change(list, start, CHANGE_START, i);
    add_change(list, stop, CHANGE_STOP, i);
  }
}

static void add_phase_blocks(const sim *s, uint32_t p, change_list *list) {
  const nsa_program *program = s->program;
  for (uint32_t b = 0; b < program->phase_blocks_count; b++) {
    if (program->phase_blocks[b].population != p) continue;
    for (uint32_t i = 0; i < program->stimuli_count; i++)
      if (program->stimuli[i].phase == program->phase_blocks[b].phase)
        add_change(list, round_up(program->stimuli[i].start, s->populations[p].every), CHANGE_PHASE_BLOCK, b);
  }
}

/* Windows of one phase that begin together run its block once. */
static void drop_doubles(change_list *list) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < list->count; i++)
    if (kept == 0 || compare_changes(&list->items[kept - 1], &list->items[i]) != 0) list->items[kept++] = list->items[i];
  list->count = kept;
}

static uint64_t most_changes(const sim *s, uint32_t p) {
  uint64_t windows = 0, blocks = 0;
  for (uint32_t i = 0; i < s->program->stimuli_count; i++) windows += s->program->stimuli[i].population == p;
  for (uint32_t b = 0; b < s->program->phase_blocks_count; b++) blocks += s->program->phase_blocks[b].population == p;
  return 2 * windows + blocks * s->program->stimuli_count + 1;
}

static bool list_changes(const sim *s, struct stimuli *st) {
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    change_list *list = &st->populations[p];
    list->items = calloc(most_changes(s, p), sizeof *list->items);
    if (!list->items) return false;
    add_windows(s, p, list);
    add_phase_blocks(s, p, list);
    sort_changes(list);
    drop_doubles(list);
  }
  st->phases.items = calloc(2 * (size_t)s->program->stimuli_count + 1, sizeof *st->phases.items);
  if (!st->phases.items) return false;
  for (uint32_t i = 0; i < s->program->stimuli_count; i++) {
    const nsa_stimulus *stimulus = &s->program->stimuli[i];
    if (stimulus->phase == NSA_NONE || stimulus->start >= stimulus->stop) continue;
    add_change(&st->phases, stimulus->start, CHANGE_START, stimulus->phase);
    add_change(&st->phases, stimulus->stop, CHANGE_STOP, stimulus->phase);
  }
  sort_changes(&st->phases);
  return true;
}

static uint32_t find_external(struct stimuli *st, const nsa_stimulus *stimulus) {
  uint32_t e = 0;
  while (e < st->external_count && st->externals[e].field != stimulus->external) e++;
  if (e == st->external_count)
    st->externals[st->external_count++] = (external){.field = stimulus->external, .population = stimulus->population};
  return e;
}

static void list_externals(const sim *s, struct stimuli *st) {
  uint32_t n = s->program->stimuli_count;
  for (uint32_t i = 0; i < n; i++) {
    st->external_of[i] = find_external(st, &s->program->stimuli[i]);
    st->externals[st->external_of[i]].stimulus_count++;
  }
  uint32_t *next = st->external_stimuli;
  for (uint32_t e = 0; e < st->external_count; e++) {
    st->externals[e].stimuli = next;
    next += st->externals[e].stimulus_count;
    st->externals[e].stimulus_count = 0;
  }
  for (uint32_t i = 0; i < n; i++) {
    external *x = &st->externals[st->external_of[i]];
    x->stimuli[x->stimulus_count++] = i;
  }
}

static void list_presentations(sim *s) {
  for (uint32_t i = 0; i < s->program->stimuli_count; i++) {
    const nsa_stimulus *stimulus = &s->program->stimuli[i];
    if (stimulus->image == NSA_NONE) continue;
    s->presentations[s->presentation_count++] = (sim_presentation){
        .stimulus = i, .phase = stimulus->phase, .population = stimulus->population,
        .image = stimulus->image, .onset = stimulus->start, .stop = stimulus->stop};
  }
}

struct stimuli *stimuli_new(sim *s, char error[SIM_ERROR_SIZE]) {
  size_t n = (size_t)s->program->stimuli_count + 1;
  struct stimuli *st = calloc(1, sizeof *st);
  if (st) {
    st->populations = calloc((size_t)s->program->populations_count + 1, sizeof *st->populations);
    st->phase_open = calloc((size_t)s->program->phases_count + 1, sizeof *st->phase_open);
    st->active = calloc(n, 1);
    st->external_of = calloc(n, sizeof *st->external_of);
    st->externals = calloc(n, sizeof *st->externals);
    st->external_stimuli = calloc(n, sizeof *st->external_stimuli);
    if (st->populations && st->phase_open && st->active && st->external_of && st->externals &&
        st->external_stimuli && list_changes(s, st)) {
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
  if (!st) return;
  for (uint32_t p = 0; st->populations && p < populations; p++) free(st->populations[p].items);
  free(st->populations);
  free(st->phases.items);
  free(st->phase_open);
  free(st->active);
  free(st->external_of);
  free(st->externals);
  free(st->external_stimuli);
  free(st);
}

/* ---- images ---- */

/* The pixels of an image in a field of a population: element i shows pixel i. */
static void show_image(sim *s, uint32_t image, uint32_t field, double flip, uint64_t key, uint64_t onset) {
  const nsa_image *from = &s->images[image];
  double *pixels = s->field_data[field];
  uint64_t count = s->field_count[field];
  for (uint64_t i = 0; i < count; i++) {
    bool ink = i < from->ink_count && from->ink[i];
    if (flip > 0 && nsa_rand_bernoulli_1(s->seed ^ key, (double)i, 0, (double)onset, flip) != 0) ink = !ink;
    pixels[i] = ink ? 1 : 0;
  }
}

void stimuli_fill_images(sim *s) {
  for (uint32_t f = 0; f < s->program->fields_count; f++) {
    const nsa_field *field = &s->program->fields[f];
    if (field->kind == NSA_FIELD_PIXEL && field->owner < s->program->images_count && s->field_data[f])
      show_image(s, field->owner, f, 0, 0, 0);
  }
}

bool sim_set_pattern(sim *s, uint32_t pattern, const char *path, char error[SIM_ERROR_SIZE]) {
  const char *hole = strstr(path, "{}");
  for (uint32_t i = 0; i < s->program->images_count; i++) {
    nsa_image *image = &s->images[i];
    if (image->pattern != pattern) continue;
    char file[4096];
    if (hole)
      snprintf(file, sizeof file, "%.*s%" PRIu32 "%s", (int)(hole - path), path, image->number, hole + 2);
    else
      snprintf(file, sizeof file, "%s", path);
    uint32_t rows, cols;
    char why[256];
    uint8_t *ink = nsa_image_read(file, &rows, &cols, why);
    if (!ink) {
      snprintf(error, SIM_ERROR_SIZE, "%s", why);
      return false;
    }
    if (rows != image->rows || cols != image->cols) {
      snprintf(error, SIM_ERROR_SIZE, "%.200s: the image has %" PRIu32 " x %" PRIu32 " pixels, '%s' needs %" PRIu32 " x %" PRIu32,
               file, rows, cols, s->program->patterns[pattern].name, image->rows, image->cols);
      free(ink);
      return false;
    }
    free(s->image_ink[i]);
    s->image_ink[i] = image->ink = ink;
  }
  return true;
}

/* ---- at a tick ---- */

static void start_stimulus(sim *s, uint32_t i, bool on) {
  const nsa_stimulus *stimulus = &s->program->stimuli[i];
  external *x = &s->stimuli->externals[s->stimuli->external_of[i]];
  s->stimuli->active[i] = on;
  x->is_dirty = true;
  x->active += on ? 1u : UINT32_MAX; /* minus one */
  if (stimulus->is_varying) x->varying += on ? 1u : UINT32_MAX;
  if (on && stimulus->image != NSA_NONE && stimulus->pixel != NSA_NONE)
    show_image(s, stimulus->image, stimulus->pixel, stimulus->flip, stimulus->key, stimulus->start);
}

static void apply_changes(sim *s, change_list *list, uint64_t begin) {
  for (; list->next < list->count && list->items[list->next].tick <= begin; list->next++) {
    const change *c = &list->items[list->next];
    if (c->kind == CHANGE_PHASE_BLOCK) step_run_kernel(s, s->program->phase_blocks[c->item].kernel, &s->clock);
    else start_stimulus(s, c->item, c->kind == CHANGE_START);
  }
}

static void add_up(sim *s, external *x) {
  memset(s->field_data[x->field], 0, sim_padded(s->field_count[x->field]) * sizeof(double));
  for (uint32_t i = 0; x->active && i < x->stimulus_count; i++)
    if (s->stimuli->active[x->stimuli[i]])
      step_run_kernel(s, s->program->stimuli[x->stimuli[i]].kernel, &s->clock);
  x->is_dirty = false;
}

void stimuli_before_step(sim *s, uint32_t population, uint64_t n) {
  struct stimuli *st = s->stimuli;
  apply_changes(s, &st->populations[population], n + 1 - s->populations[population].every);
  for (uint32_t e = 0; e < st->external_count; e++) {
    external *x = &st->externals[e];
    if (x->population == population && (x->is_dirty || x->varying)) add_up(s, x);
  }
}

void stimuli_update_phases(sim *s, uint64_t tick) {
  struct stimuli *st = s->stimuli;
  change_list *list = &st->phases;
  for (; list->next < list->count && list->items[list->next].tick <= tick; list->next++) {
    const change *c = &list->items[list->next];
    st->phase_open[c->item] += c->kind == CHANGE_START ? 1u : UINT32_MAX;
    s->phase_active[c->item] = st->phase_open[c->item] != 0;
  }
}
