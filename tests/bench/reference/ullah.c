/* SPDX-License-Identifier: MIT */
/* 100 000 astrocytes of Ullah et al., 1000 steps of RK4 (models/ullah.nsa). `ullah slow` does the same 100 ms in 10 steps.
 * Quotients share their reciprocals: three divisions a stage instead of six (two or one were no faster). */
#include "bench.h"
#include <string.h>

enum { N = 100000 };
typedef struct { double Ca, h, IP3; } cell;

static inline cell slope(cell s) {
  const double c1 = 0.185, v1 = 6e-3, v2 = 0.11e-3, v3 = 2.2e-3, v4 = 0.3e-3, v6 = 0.2e-3, k1 = 0.5e-3;
  double Ca = s.Ca, h = s.h, IP3 = s.IP3, Ca2 = Ca * Ca, IP32 = IP3 * IP3;
  double a = Ca + 0.082, b = Ca2 + 0.01, c = Ca + 1.1, d = IP3 + 0.13, e = IP32 + 1, f = IP3 + 0.9434;
  double by_ad = 1 / (a * d), by_bc = 1 / (b * c), by_ef = 1 / (e * f);
  double open = IP3 * Ca * by_ad * h, over = (2 - Ca) * (1 / c1) - Ca, Q2 = 1.049 * d * by_ef * e;
  return (cell){ c1 * (v1 * open * open * open + v2) * over - v3 * Ca2 * by_bc * c + v6 * IP32 * by_ef * f - k1 * Ca,
                 0.14e-3 * (Q2 * (1 - h) - Ca * h),
                 0.14e-3 * (0.16 - IP3) + v4 * (Ca + 0.22) * by_bc * b };
}

static inline cell moved(cell s, cell k, double by) { return (cell){ s.Ca + by * k.Ca, s.h + by * k.h, s.IP3 + by * k.IP3 }; }

int main(int argc, char **argv) {
  int slow = argc > 1 && !strcmp(argv[1], "slow");
  const double dt = slow ? 10 : 0.1;
  double *Ca = DOUBLES(N), *h = DOUBLES(N), *IP3 = DOUBLES(N), mean = 0;
  for (int i = 0; i < N; i++) { Ca[i] = uniform(0.05, 0.5); h[i] = uniform(0.3, 0.9); IP3[i] = uniform(0.2, 1); }
  double start = bench_now();
  for (int tick = 0; tick < (slow ? 10 : 1000); tick++)
    for (int i = 0; i < N; i++) {
      cell s = { Ca[i], h[i], IP3[i] };
      cell ka = slope(s), kb = slope(moved(s, ka, dt / 2)), kc = slope(moved(s, kb, dt / 2)), kd = slope(moved(s, kc, dt));
      Ca[i]  += dt / 6 * (ka.Ca + 2 * (kb.Ca + kc.Ca) + kd.Ca);
      h[i]   += dt / 6 * (ka.h + 2 * (kb.h + kc.h) + kd.h);
      IP3[i] += dt / 6 * (ka.IP3 + 2 * (kb.IP3 + kc.IP3) + kd.IP3);
    }
  double loop = bench_now() - start;
  for (int i = 0; i < N; i++) mean += Ca[i] / N;
  printf("calcium %.6f\n", mean);
  bench_report(loop, 0);
  return 0;
}
