/* SPDX-License-Identifier: MIT */
#include "observe/measure_recognition.h"

#include "state/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A presentation and what became of it. on[k] elements of the image (its ink) spiked k times, off[k] of the others did.
 */
typedef struct {
  uint64_t onset, end; /* ticks, half-open; end is the window's, not the presentation's */
  const nsa_image *image;
  uint32_t *on, *off; /* `bins` entries each */
} showing;

struct recognition {
  const nsa_probe *probe;
  uint64_t first, elements;
  uint64_t bins;     /* more than the largest count that fits into a window */
  showing *showings; /* by onset; all windows are equally long, so also by end */
  uint32_t count, begun, ended;
  uint32_t slot_count;   /* windows that can overlap */
  uint32_t *spike_count; /* slot_count times elements */
  uint32_t *bin_memory;
};

static bool is_same_image(const nsa_image *a, const nsa_image *b) {
  return a->pattern == b->pattern && a->number == b->number;
}

/* Was this image presented in the phase? */
static bool was_presented(const sim *s, const sim_presentation *showed, uint32_t phase) {
  for (uint32_t i = 0; i < s->presentation_count; i++) {
    const sim_presentation *other = &s->presentations[i];
    if (other->phase == phase && nsa_population_is(other->population, showed->population) &&
        other->onset < s->program->ticks && is_same_image(&s->images[other->image.id], &s->images[showed->image.id]))
      return true;
  }
  return false;
}

static bool is_wanted(const sim *s, const sim_presentation *p, const nsa_measure_node *node,
                      nsa_population_id population) {
  return nsa_population_is(p->population, population) && (node->phase == NSA_NONE || p->phase == node->phase) &&
         (node->among == NSA_NONE || was_presented(s, p, node->among));
}

static int by_onset(const void *a, const void *b) {
  const showing *x = a, *y = b;
  return (x->onset > y->onset) - (x->onset < y->onset);
}

static void collect_showings(recognition *r, const sim *s, const nsa_measure_node *node, uint64_t window) {
  nsa_population_id population = probe_population(s, r->probe);
  for (uint32_t i = 0; i < s->presentation_count; i++) {
    const sim_presentation *p = &s->presentations[i];
    if (is_wanted(s, p, node, population))
      r->showings[r->count++] =
          (showing){.onset = p->onset, .end = p->onset + window, .image = &s->images[p->image.id]};
  }
  qsort(r->showings, r->count, sizeof *r->showings, by_onset);
}

static uint32_t largest_overlap(const recognition *r) {
  uint32_t most = 1;
  for (uint32_t first = 0, i = 0; i < r->count; i++) {
    while (r->showings[first].end <= r->showings[i].onset)
      first++;
    if (i - first + 1 > most)
      most = i - first + 1;
  }
  return most;
}

recognition *recognition_new(const sim *s, const nsa_measure_node *node) {
  recognition *r = calloc(1, sizeof *r);
  if (!r || !(r->showings = calloc((size_t)s->presentation_count + 1, sizeof *r->showings))) {
    recognition_free(r);
    return NULL;
  }
  r->probe = &s->program->probes[node->probe];
  r->elements = probe_range(s, r->probe, &r->first);
  double window = nsa_nearest_tick(node->number, s->program->base_dt);
  uint64_t ticks = window < 1 ? 1 : (uint64_t)fmin(window, (double)s->program->ticks);
  collect_showings(r, s, node, ticks);
  r->slot_count = largest_overlap(r);
  uint32_t every = s->populations[probe_population(s, r->probe).id].every;
  r->bins = ticks / (every ? every : 1) + 2;
  r->spike_count = calloc(r->slot_count * r->elements + 1, sizeof *r->spike_count);
  r->bin_memory = calloc(2 * r->bins * r->count + 1, sizeof *r->bin_memory);
  if (!r->spike_count || !r->bin_memory) {
    recognition_free(r);
    return NULL;
  }
  for (uint32_t i = 0; i < r->count; i++) {
    r->showings[i].on = r->bin_memory + 2 * r->bins * i;
    r->showings[i].off = r->showings[i].on + r->bins;
  }
  return r;
}

void recognition_free(recognition *r) {
  if (!r)
    return;
  free(r->showings);
  free(r->spike_count);
  free(r->bin_memory);
  free(r);
}

static uint32_t *counts_of(const recognition *r, uint32_t index) {
  return r->spike_count + (index % r->slot_count) * r->elements;
}

static bool has_ink(const nsa_image *image, uint64_t element) {
  return element < image->ink_count && image->ink[element];
}

/* The window is over: how many elements spiked how often. */
static void end_window(recognition *r, const sim *s, uint32_t index) {
  showing *shown = &r->showings[index];
  const uint32_t *counts = counts_of(r, index);
  for (uint64_t i = 0; i < r->elements; i++)
    (has_ink(shown->image, probe_number(s, r->probe, r->first + i)) ? shown->on : shown->off)[counts[i]]++;
}

void recognition_after_tick(recognition *r, const sim *s) {
  for (; r->ended < r->begun && r->showings[r->ended].end <= s->tick; r->ended++)
    end_window(r, s, r->ended);
  for (; r->begun < r->count && r->showings[r->begun].onset <= s->tick; r->begun++)
    memset(counts_of(r, r->begun), 0, r->elements * sizeof *r->spike_count);
  if (r->ended == r->begun || s->tick == 0)
    return;
  const sim_fired *fired = probe_fired(s, r->probe);
  for (uint32_t i = 0; i < fired->count; i++) {
    uint64_t element = fired->elements[i] - r->first; /* wraps when it is before the first */
    for (uint32_t k = r->ended; element < r->elements && k < r->begun; k++)
      counts_of(r, k)[element]++;
  }
}

static uint64_t sum_of(const uint32_t *numbers, uint64_t from, uint64_t to) {
  uint64_t sum = 0;
  for (uint64_t i = from; i < to; i++)
    sum += numbers[i];
  return sum;
}

/* (TPR + TNR) / 2 when elements with more spikes than the threshold make the image. A rate over
 * nothing (no ink at all) is 1. */
static double score_at(const recognition *r, const showing *shown, uint64_t threshold) {
  uint64_t on = sum_of(shown->on, 0, r->bins), off = sum_of(shown->off, 0, r->bins);
  uint64_t hits = sum_of(shown->on, threshold + 1, r->bins);
  uint64_t rejections = sum_of(shown->off, 0, threshold + 1);
  double true_positive = on ? (double)hits / (double)on : 1;
  double true_negative = off ? (double)rejections / (double)off : 1;
  return (true_positive + true_negative) / 2;
}

static uint64_t largest_count(const recognition *r) {
  uint64_t largest = 0;
  for (uint32_t i = 0; i < r->begun; i++) {
    for (uint64_t c = largest + 1; c < r->bins; c++) {
      if (r->showings[i].on[c] || r->showings[i].off[c])
        largest = c;
    }
  }
  return largest;
}

double recognition_finish(recognition *r, const sim *s) {
  for (; r->ended < r->begun; r->ended++)
    end_window(r, s, r->ended);
  uint32_t shown = r->begun; /* one that begins where the run ends was not seen */
  while (shown > 0 && r->showings[shown - 1].onset >= s->tick)
    shown--;
  if (shown == 0)
    return NAN;
  double best = 0;
  uint64_t largest = largest_count(r);
  for (uint64_t threshold = 1; threshold == 1 || threshold <= largest; threshold++) {
    double sum = 0;
    for (uint32_t i = 0; i < shown; i++)
      sum += score_at(r, &r->showings[i], threshold);
    best = fmax(best, sum / shown);
  }
  return best;
}

void recognition_keep(recognition *r, keeper *k) {
  if (!r)
    return;
  uint64_t sizes[] = {r->count, r->bins, r->slot_count}, known[] = {r->count, r->bins, r->slot_count};
  KEEP_VALUE(k, sizes);
  if (memcmp(sizes, known, sizeof sizes) != 0)
    keep_fail(k, "its measure of recognition is of another length of the run");
  KEEP_VALUE(k, r->begun);
  KEEP_VALUE(k, r->ended);
  keep_bytes(k, r->spike_count, r->slot_count * r->elements * sizeof *r->spike_count);
  keep_bytes(k, r->bin_memory, 2 * r->bins * r->count * sizeof *r->bin_memory);
}
