/* SPDX-License-Identifier: MIT */
/* COBAHH: 4000 Hodgkin-Huxley neurons, exponential Euler, 2 % of pairs linked (models/cobahh.nsa).
 * All exponentials of the rates are powers of e^(-u/360): 5 exponentials a step instead of 10. */
#include "bench.h"

enum { N = 4000, EXC = 3200 };
static const double dt = 0.1, C = 200, g_L = 10, g_Na = 20000, g_K = 6000, E_L = -60, E_Na = 50, E_K = -90, E_e = 0,
                    E_i = -80;

/* dx/dt = a (1 - x) - b x over a step with a and b held */
static inline double gate(double x, double a, double b) {
  double steady = a / (a + b);
  return steady + (x - steady) * exp(-dt * (a + b));
}

static void step(double *restrict v, double *restrict m, double *restrict h, double *restrict n, double *restrict g_e,
                 double *restrict g_i) {
  const double decay_e = exp(-dt / 5), decay_i = exp(-dt / 10);
  for (int i = 0; i < N; i++) {
    double u = v[i] + 63, e1 = exp(u * (-1.0 / 360)), e2 = e1 * e1, e4 = e2 * e2, e8 = e4 * e4, e9 = e8 * e1;
    double e18 = e9 * e9, e20 = e18 * e2, e36 = e18 * e18, e72 = e36 * e36, e90 = e72 * e18;
    const double k4 = exp(13 / 4.0), k5 = exp(15 / 5.0), k8 = exp(40 / 5.0), k18 = exp(17 / 18.0), k40 = exp(10 / 40.0);
    double e40 = k8 * e72; /* e^((40 - u)/5) */
    double a_m = 1.28 * over_expm1((13 - u) / 4, k4 * e90);
    double y = (40 - u) / 5, q = e40 - 1; /* x/(e^x - 1) of x = -y */
    double b_m = 1.4 * (fabs(q) < 1e-5 ? 1 + 0.5 * y : y * e40 / q);
    double a_h = 0.128 * k18 * e20, b_h = 4 / (1 + e40);
    double a_n = 0.16 * over_expm1((15 - u) / 5, k5 * e72), b_n = 0.5 * k40 * e9;
    double m0 = m[i], h0 = h[i], n0 = n[i];
    double na = g_Na * m0 * m0 * m0 * h0, k = g_K * n0 * n0 * n0 * n0, total = g_L + g_e[i] + g_i[i] + na + k;
    double steady = (g_L * E_L + g_e[i] * E_e + g_i[i] * E_i + na * E_Na + k * E_K) / total;
    v[i] = steady + (v[i] - steady) * exp(total * (-dt / C));
    m[i] = gate(m0, a_m, b_m);
    h[i] = gate(h0, a_h, b_h);
    n[i] = gate(n0, a_n, b_n);
    g_e[i] *= decay_e;
    g_i[i] *= decay_i;
  }
}

int main(void) {
  double *v = DOUBLES(N), *m = DOUBLES(N), *h = DOUBLES(N), *n = DOUBLES(N), *g_e = DOUBLES(N), *g_i = DOUBLES(N);
  uint32_t *list = bench_array(N, sizeof *list);
  int *until = bench_array(N, sizeof *until);
  for (int i = 0; i < N; i++) {
    v[i] = normal(-65, 5);
    g_e[i] = normal(40, 15);
    g_i[i] = normal(200, 120);
  }
  links all = links_random(N, N, 0.02, 1); /* of all sources: which they are decides the weight */
  double spikes = 0, start = bench_now();
  for (int tick = 0; tick < 10000; tick++) {
    step(v, m, h, n, g_e, g_i);
    size_t above = bench_above(v, N, -20, list), count = 0, of_exc = 0;
    for (size_t i = 0; i < above; i++) { /* a spike is over before the refractory time is */
      uint32_t cell = list[i];
      if (until[cell] > tick)
        continue;
      until[cell] = tick + 31;
      list[count++] = cell;
      of_exc += cell < EXC;
    }
    links_add(&all, list, of_exc, 6, g_e);
    links_add(&all, list + of_exc, count - of_exc, 67, g_i);
    spikes += (double)count;
  }
  bench_report(bench_now() - start, spikes);
  return 0;
}
