/* SPDX-License-Identifier: MIT */
/* 100 000 astrocytes of Ullah et al., 1000 steps of RK4 (models/ullah.nsa). `ullah slow` does the same 100 ms in 10
 * steps. Quotients share their reciprocals: five divisions a stage instead of six (fewer were slower). */
#include "bench.h"
#include <string.h>

enum { N = 100000, CHUNK = 160 };
typedef struct {
  double Ca, h, IP3;
} cell;

static inline cell slope(cell s) {
  const double c1 = 0.185, v1 = 6e-3, v2 = 0.11e-3, v3 = 2.2e-3, v4 = 0.3e-3, v6 = 0.2e-3, k1 = 0.5e-3;
  double Ca = s.Ca, h = s.h, IP3 = s.IP3, Ca2 = Ca * Ca, IP32 = IP3 * IP3;
  double a = Ca + 0.082, b = Ca2 + 0.01, c = Ca + 1.1, d = IP3 + 0.13, e = IP32 + 1, f = IP3 + 0.9434;
  double by_ad = 1 / (a * d), by_b = 1 / b, by_c = 1 / c, by_e = 1 / e, by_f = 1 / f;
  double open = IP3 * Ca * by_ad * h, over = (2 - Ca) * (1 / c1) - Ca, Q2 = 1.049 * d * by_f;
  return (cell){c1 * (v1 * open * open * open + v2) * over - v3 * Ca2 * by_b + v6 * IP32 * by_e - k1 * Ca,
                0.14e-3 * (Q2 * (1 - h) - Ca * h), 0.14e-3 * (0.16 - IP3) + v4 * (Ca + 0.22) * by_c};
}

/* One chunk goes through the stages one after the other: a loop over all four has more values than registers. */
static void step(double *restrict Ca, double *restrict h, double *restrict IP3, double dt) {
  static const double next[] = {0.5, 0.5, 1, 0}, weight[] = {1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0};
  double Ca_s[CHUNK], h_s[CHUNK], IP3_s[CHUNK], Ca_sum[CHUNK], h_sum[CHUNK], IP3_sum[CHUNK];
  for (int i = 0; i < CHUNK; i++) {
    Ca_s[i] = Ca_sum[i] = Ca[i];
    h_s[i] = h_sum[i] = h[i];
    IP3_s[i] = IP3_sum[i] = IP3[i];
  }
  for (int stage = 0; stage < 4; stage++) {
    double by = dt * next[stage], share = dt * weight[stage];
    for (int i = 0; i < CHUNK; i++) {
      cell k = slope((cell){Ca_s[i], h_s[i], IP3_s[i]});
      Ca_sum[i] += share * k.Ca;
      h_sum[i] += share * k.h;
      IP3_sum[i] += share * k.IP3;
      Ca_s[i] = Ca[i] + by * k.Ca;
      h_s[i] = h[i] + by * k.h;
      IP3_s[i] = IP3[i] + by * k.IP3;
    }
  }
  for (int i = 0; i < CHUNK; i++) {
    Ca[i] = Ca_sum[i];
    h[i] = h_sum[i];
    IP3[i] = IP3_sum[i];
  }
}

int main(int argc, char **argv) {
  int slow = argc > 1 && !strcmp(argv[1], "slow");
  const double dt = slow ? 10 : 0.1;
  double *Ca = DOUBLES(N), *h = DOUBLES(N), *IP3 = DOUBLES(N), mean = 0;
  for (int i = 0; i < N; i++) {
    Ca[i] = uniform(0.05, 0.5);
    h[i] = uniform(0.3, 0.9);
    IP3[i] = uniform(0.2, 1);
  }
  double start = bench_now();
  for (int tick = 0; tick < (slow ? 10 : 1000); tick++)
    for (int at = 0; at < N; at += CHUNK)
      step(Ca + at, h + at, IP3 + at, dt);
  double loop = bench_now() - start;
  for (int i = 0; i < N; i++)
    mean += Ca[i] / N;
  printf("calcium %.6f\n", mean);
  bench_report(loop, 0);
  return 0;
}
