/* SPDX-License-Identifier: MIT */
/* STDP: 1000 Poisson inputs onto one cell for 100 s (models/stdp.nsa), driven by events. Spikes of the inputs wait in a
 * ring of lists, one a step; traces of the inputs are e^(age/tau) at their last spike; the target's trace is one for
 * all links. */
#include "bench.h"

enum { N = 1000, TICKS = 1000000, RING = 65536 };
static const double dt = 0.1, tau = 20, up = 0.01, down = 0.0105;
static int32_t head[RING], next[N]; /* lists of inputs, -1 ends them */

static void wait_for(int input, int tick) {
  double gap = exponential(1000 / 15.0) / dt; /* 6 s and longer gaps: 1 in 10^43 */
  int at = (tick + 1 + (int)gap) % RING;
  next[input] = head[at];
  head[at] = input;
}

int main(void) {
  double *w = DOUBLES(N), *x = DOUBLES(N), *seen = DOUBLES(N); /* x: trace at the time `seen` */
  for (int i = 0; i < RING; i++)
    head[i] = -1;
  for (int i = 0; i < N; i++) {
    w[i] = uniform(0, 1);
    wait_for(i, -1);
  }
  double v = -60, g = 0, y = 0, y_seen = 0, arrivals = 0, spikes = 0, start = bench_now();
  int fired = 0; /* a spike acts on links in the next step, after those of inputs */
  for (int tick = 0; tick < TICKS; tick++) {
    double t = tick * dt;
    int input = head[tick % RING];
    if (input >= 0) {
      double trace = y * exp((y_seen - t) / tau);
      head[tick % RING] = -1;
      while (input >= 0) {
        int after = next[input];
        g += 0.01 * w[input];
        w[input] = fmax(w[input] - down * trace, 0);
        x[input] = 1 + x[input] * exp((seen[input] - t) / tau);
        seen[input] = t;
        arrivals++;
        wait_for(input, tick);
        input = after;
      }
    }
    if (fired) {
      for (int i = 0; i < N; i++)
        w[i] = fmin(w[i] + up * x[i] * exp((seen[i] - t) / tau), 1);
      y = 1 + y * exp((y_seen - t) / tau);
      y_seen = t;
      v = -60;
    }
    double v_now = v + dt / 10 * (-74 - v - g * v);
    g -= dt / 5 * g;
    v = v_now;
    fired = v > -54;
    spikes += fired;
  }
  double loop = bench_now() - start;
  printf("arrivals %.0f\n", arrivals);
  bench_report(loop, spikes);
  return 0;
}
