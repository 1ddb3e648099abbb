/* SPDX-License-Identifier: MIT */
#include "observe/measure_curve.h"

#include "nsa_math.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double value_at(const curve *c, uint64_t i) { return c->of.values[i * c->of.stride]; }

/* Samples of a piece: [first, result). */
static uint64_t piece_range(const curve *c, uint64_t piece, uint64_t *first) {
  *first = (uint64_t)c->pieces[2 * piece];
  return piece + 1 < c->piece_count ? (uint64_t)c->pieces[2 * piece + 2] : c->of.count;
}

/* ---- oscillations ---- */

/* What differs by less of its size than this is no oscillation, but rounding. */
static const double rounding = 1e-6;
/* So far from the middle, in parts of the whole range, a series goes on both sides before a crossing counts. */
static const double band = 0.1;

typedef struct {
  double low, middle, high; /* a crossing counts from below low to above high */
  uint64_t cycles;
  double ticks, heights; /* of all cycles: how long they lasted, and between which values */
} oscillation;

/* False: nothing oscillates. */
static bool find_levels(const curve *c, oscillation *o) {
  double least = INFINITY, most = -INFINITY;
  for (uint64_t i = 0; i < c->of.count; i++) {
    least = fmin(least, value_at(c, i));
    most = fmax(most, value_at(c, i));
  }
  double range = most - least;
  o->middle = least + range / 2;
  o->low = o->middle - band * range;
  o->high = o->middle + band * range;
  return range > rounding * fmax(fabs(least), fabs(most));
}

/* The cycle that is under way in a piece. */
typedef struct {
  bool is_armed;      /* was below since the last crossing */
  bool has_crossed;   /* a cycle began */
  double began;       /* where */
  double crossing;    /* the last upward crossing of the middle, as a number of samples */
  double least, most; /* since the cycle began */
} cycle;

static void end_cycle(oscillation *o, cycle *now, double value) {
  if (now->has_crossed) {
    o->cycles++;
    o->ticks += now->crossing - now->began;
    o->heights += now->most - now->least;
  }
  *now = (cycle){.has_crossed = true, .began = now->crossing, .least = value, .most = value};
}

static void follow(oscillation *o, cycle *now, double before, double value, uint64_t i) {
  if (before < o->middle && value >= o->middle)
    now->crossing = (double)(i - 1) + (o->middle - before) / (value - before);
  now->is_armed = now->is_armed || value < o->low;
  if (now->is_armed && value > o->high)
    end_cycle(o, now, value);
  now->least = fmin(now->least, value);
  now->most = fmax(now->most, value);
}

static oscillation find_cycles(const curve *c) {
  oscillation o = {0};
  if (!find_levels(c, &o))
    return o;
  for (uint64_t piece = 0; piece < c->piece_count; piece++) {
    uint64_t first, end = piece_range(c, piece, &first);
    cycle now = {.is_armed = value_at(c, first) < o.low, .least = INFINITY, .most = -INFINITY};
    for (uint64_t i = first + 1; i < end; i++)
      follow(&o, &now, value_at(c, i - 1), value_at(c, i), i);
  }
  o.ticks *= c->every;
  return o;
}

double curve_period(const curve *c) {
  oscillation o = find_cycles(c);
  return o.cycles > 0 ? o.ticks / (double)o.cycles : NAN;
}

double curve_amplitude(const curve *c) {
  oscillation o = find_cycles(c);
  return o.cycles > 0 ? o.heights / (double)o.cycles / 2 : 0;
}

/* ---- correlation time ---- */

/* c in Sokal's rule: the first lag that is at least so many times the sum up to it. */
static const double window_factor = 5;

static uint64_t padded_length(uint64_t count) {
  uint64_t length = 2;
  while (length < 2 * count)
    length *= 2;
  return length;
}

double curve_timescale_bytes(double count) {
  /* numbers of the transform (two each), of its roots, and sums of products */
  return (double)padded_length((uint64_t)count) * 3 * sizeof(double) + count * sizeof(double);
}

/* Complex numbers, real and imaginary part side by side; roots[k] = e^(-2 pi i k/length), the first half of them. */
typedef struct {
  uint64_t length; /* a power of two */
  double *numbers, *roots;
} transform;

static void swap_reversed(const transform *f) {
  for (uint64_t i = 1, j = 0; i < f->length; i++) {
    uint64_t bit = f->length / 2;
    for (; j & bit; bit /= 2)
      j ^= bit;
    j ^= bit;
    for (uint64_t k = 0; i < j && k < 2; k++) {
      double x = f->numbers[2 * i + k];
      f->numbers[2 * i + k] = f->numbers[2 * j + k];
      f->numbers[2 * j + k] = x;
    }
  }
}

static void butterfly(double *a, double *b, const double *root) {
  double re = b[0] * root[0] - b[1] * root[1], im = b[0] * root[1] + b[1] * root[0];
  b[0] = a[0] - re;
  b[1] = a[1] - im;
  a[0] += re;
  a[1] += im;
}

/* Cooley and Tukey 1965, radix 2, in place. */
static void run_transform(const transform *f) {
  swap_reversed(f);
  for (uint64_t half = 1; half < f->length; half *= 2)
    for (uint64_t start = 0; start < f->length; start += 2 * half)
      for (uint64_t k = 0; k < half; k++)
        butterfly(&f->numbers[2 * (start + k)], &f->numbers[2 * (start + k + half)],
                  &f->roots[2 * (k * (f->length / (2 * half)))]);
}

static bool make_transform(transform *f, uint64_t count) {
  static const double pi = 3.14159265358979323846;
  f->length = padded_length(count);
  f->numbers = malloc(2 * f->length * sizeof *f->numbers);
  f->roots = malloc(f->length * sizeof *f->roots);
  for (uint64_t k = 0; f->numbers && f->roots && k < f->length / 2; k++) {
    f->roots[2 * k] = nsa_cos_1(2 * pi * (double)k / (double)f->length);
    f->roots[2 * k + 1] = -nsa_sin_1(2 * pi * (double)k / (double)f->length);
  }
  return f->numbers && f->roots;
}

/* sums[k] += the sum over i of x[i] x[i + k], x: deviations from the mean. The power spectrum is real and even, so that
 * a second transform leads back. */
static void add_products(const transform *f, const curve *c, uint64_t first, uint64_t end, double mean, double *sums) {
  memset(f->numbers, 0, 2 * f->length * sizeof *f->numbers);
  for (uint64_t i = first; i < end; i++)
    f->numbers[2 * (i - first)] = value_at(c, i) - mean;
  run_transform(f);
  for (uint64_t k = 0; k < f->length; k++) {
    double re = f->numbers[2 * k], im = f->numbers[2 * k + 1];
    f->numbers[2 * k] = re * re + im * im;
    f->numbers[2 * k + 1] = 0;
  }
  run_transform(f);
  for (uint64_t k = 0; k < end - first; k++)
    sums[k] += f->numbers[2 * k] / (double)f->length;
}

static uint64_t longest_piece(const curve *c) {
  uint64_t most = 0, first;
  for (uint64_t piece = 0; piece < c->piece_count; piece++) {
    uint64_t length = piece_range(c, piece, &first) - first;
    most = length > most ? length : most;
  }
  return most;
}

static double mean_of(const curve *c) {
  double sum = 0;
  for (uint64_t i = 0; i < c->of.count; i++)
    sum += value_at(c, i);
  return sum / (double)c->of.count;
}

/* In samples; NaN: there are too few. */
static double windowed_sum(const double *sums, uint64_t count) {
  double sum = 0.5;
  for (uint64_t lag = 1; sums[0] > 0 && lag < count; lag++) {
    sum += sums[lag] / sums[0];
    if ((double)lag >= window_factor * sum)
      return sum;
  }
  return NAN;
}

bool curve_timescale(const curve *c, double *ticks) {
  uint64_t longest = longest_piece(c), first;
  transform f = {0};
  double *sums = calloc(longest + 1, sizeof *sums);
  bool is_made = make_transform(&f, longest) && sums;
  double mean = mean_of(c);
  for (uint64_t piece = 0; is_made && piece < c->piece_count; piece++) {
    uint64_t end = piece_range(c, piece, &first);
    add_products(&f, c, first, end, mean, sums);
  }
  if (is_made)
    *ticks = windowed_sum(sums, longest) * c->every;
  free(sums);
  free(f.numbers);
  free(f.roots);
  return is_made;
}
