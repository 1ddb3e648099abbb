/* SPDX-License-Identifier: MIT */
/* bench.h - what the reference programs share: clock, random numbers, random links, delivery, the report.
 * All are one thread, double precision, gcc -O3 -march=native -ffast-math. */
#ifndef BENCH_H
#define BENCH_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double bench_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Array for `count` elements of `size` bytes, zeroed, on a cache line. */
static inline void *bench_array(size_t count, size_t size) {
  size_t bytes = (count * size + 63) / 64 * 64 + 64;
  char *array = aligned_alloc(64, bytes);
  if (!array) {
    fputs("out of memory\n", stderr);
    exit(2);
  }
  for (size_t i = 0; i < bytes; i++)
    array[i] = 0;
  return array;
}
#define DOUBLES(count) ((double *)bench_array((count), sizeof(double)))

/* splitmix64, and what is made of it */
static uint64_t bench_seed = 1;
static inline double uniform(double low, double high) {
  uint64_t z = (bench_seed += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return low + (high - low) * ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}
static inline double exponential(double mean) { return -mean * log(uniform(0, 1)); }
static inline double normal(double mean, double sd) {
  return mean + sd * sqrt(-2 * log(uniform(0, 1))) * cos(6.283185307179586 * uniform(0, 1));
}

/* Links by source: those of source s are first[s] to first[s + 1] - 1. */
typedef struct {
  uint32_t *first, *target;
  size_t count;
} links;

/* Each pair with probability p, no links to itself if `within`; gaps between links are drawn, not the pairs. */
static inline links links_random(uint32_t sources, uint32_t targets, double p, int within) {
  double pairs = (double)sources * targets, at = -1;
  links made = {bench_array(sources + 1, sizeof(uint32_t)), NULL, 0};
  made.target = bench_array((size_t)(pairs * p + 8 * sqrt(pairs * p) + 64), sizeof(uint32_t));
  uint32_t source = 0;
  while ((at += 1 + floor(log(uniform(0, 1)) / log1p(-p))) < pairs) {
    uint32_t from = (uint32_t)(at / targets), to = (uint32_t)(at - (double)from * targets);
    while (source < from)
      made.first[++source] = (uint32_t)made.count;
    if (!within || from != to)
      made.target[made.count++] = to;
  }
  while (source < sources)
    made.first[++source] = (uint32_t)made.count;
  return made;
}

/* Adds `weight` to the targets of everything in `list`. */
static inline void links_add(const links *links, const uint32_t *list, size_t count, double weight, double *to) {
  for (size_t i = 0; i < count; i++)
    for (uint32_t k = links->first[list[i]]; k < links->first[list[i] + 1]; k++)
      to[links->target[k]] += weight;
}

/* The elements above the threshold, into `list`; blocks of 16 are looked at as one, as mostly none is. Returns how
 * many. `count` is a whole number of blocks. */
static inline size_t bench_above(const double *x, size_t count, double threshold, uint32_t *list) {
  size_t found = 0;
  for (size_t block = 0; block < count; block += 16) {
    double top = x[block];
    for (size_t i = 1; i < 16; i++)
      top = top > x[block + i] ? top : x[block + i];
    if (top <= threshold)
      continue;
    for (size_t i = block; i < block + 16; i++)
      if (x[i] > threshold)
        list[found++] = (uint32_t)i;
  }
  return found;
}

/* x/(e^x - 1) with e^x given, through its singularity at 0. */
static inline double over_expm1(double x, double exp_x) {
  double divisor = exp_x - 1;
  return fabs(divisor) < 1e-5 ? 1 - 0.5 * x : x / divisor;
}

static inline void bench_report(double loop, double spikes) {
  printf("loop %.6f\n", loop);
  if (spikes > 0)
    printf("spikes %.0f\n", spikes);
}

#endif
