/* SPDX-License-Identifier: MIT */
/* Izhikevich's neurons without links, euler in order (models/izhikevich_*.nsa): `izhikevich N STEPS`.
 * A spike is seen at its peak for one step; whom to reset is known from the list of those that fired. */
#include "bench.h"

enum { CHUNK = 512 };

int main(int argc, char **argv) {
  if (argc != 3) {
    fputs("usage: izhikevich N STEPS\n", stderr);
    return 2;
  }
  size_t n = (size_t)atol(argv[1]), count = 0;
  int steps = atoi(argv[2]);
  const double dt = 0.1;
  size_t padded = (n + CHUNK - 1) / CHUNK * CHUNK;
  double *restrict v = DOUBLES(padded), *restrict u = DOUBLES(padded), *restrict I = DOUBLES(padded), spikes = 0;
  uint32_t *list = bench_array(n, sizeof *list);
  for (size_t i = 0; i < padded; i++) {
    v[i] = -70;
    I[i] = i < n ? uniform(0, 10) : -10;
  }
  double start = bench_now();
  for (int tick = 0; tick < steps; tick++) {
    for (size_t i = 0; i < count; i++) {
      v[list[i]] = -65;
      u[list[i]] += 8;
    }
    count = 0;
    for (size_t chunk = 0; chunk < padded; chunk += CHUNK) { /* spikes are looked for while the chunk is near */
      for (size_t i = chunk; i < chunk + CHUNK; i++) {
        v[i] += dt * ((0.04 * v[i] + 5) * v[i] + 140 - u[i] + I[i]);
        u[i] += dt * 0.02 * (0.2 * v[i] - u[i]);
      }
      size_t found = bench_above(v + chunk, CHUNK, 30, list + count);
      for (size_t i = 0; i < found; i++)
        list[count + i] += (uint32_t)chunk;
      count += found;
    }
    spikes += (double)count;
  }
  bench_report(bench_now() - start, spikes);
  return 0;
}
