/* SPDX-License-Identifier: MIT */
/* CUBA: 4000 leaky integrate-and-fire neurons, solved exactly, 2 % of pairs linked (models/cuba.nsa). */
#include "bench.h"

enum { N = 4000, EXC = 3200 };

/* Part of a synaptic current that reaches the membrane within a step: tau/(20 - tau) (e^(-dt/20) - e^(-dt/tau)) / g_L
 */
static double part(double dt, double tau) { return tau / (20 - tau) * (exp(-dt / 20) - exp(-dt / tau)) / 10; }

int main(void) {
  const double dt = 0.1, leak = exp(-dt / 20), decay_e = exp(-dt / 5), decay_i = exp(-dt / 10);
  const double from_e = part(dt, 5), from_i = part(dt, 10), rest = -49 * (1 - leak);
  double *restrict v = DOUBLES(N), *restrict I_e = DOUBLES(N), *restrict I_i = DOUBLES(N), *restrict until = DOUBLES(N);
  uint32_t *list = bench_array(N, sizeof *list);
  for (int i = 0; i < N; i++)
    v[i] = uniform(-60, -50);
  links all = links_random(N, N, 0.02, 1);
  double spikes = 0, start = bench_now();
  for (int tick = 0; tick < 10000; tick++) {
    double now = tick;
    for (int i = 0; i < N; i++) {
      double moved = leak * v[i] + from_e * I_e[i] + from_i * I_i[i] + rest;
      v[i] = until[i] <= now ? moved : v[i];
      I_e[i] *= decay_e;
      I_i[i] *= decay_i;
    }
    size_t count = bench_above(v, N, -50, list), of_exc = 0;
    for (size_t i = 0; i < count; i++) {
      v[list[i]] = -60;
      until[list[i]] = tick + 51;
      of_exc += list[i] < EXC;
    }
    links_add(&all, list, of_exc, 16.2, I_e);
    links_add(&all, list + of_exc, count - of_exc, -90, I_i);
    spikes += (double)count;
  }
  bench_report(bench_now() - start, spikes);
  return 0;
}
