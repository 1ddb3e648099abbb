/* SPDX-License-Identifier: MIT */
/* The network of Stimberg et al. 2019 with 3200 + 800 neurons, 3200 astrocytes and 1.28 million synapses
 * (examples/recurrent_gliotransmission.nsa): `stimberg SECONDS`. Synapses are advanced when a spike arrives, in closed
 * form; the time since the last one is that of the source, so the exponentials are too. Astrocytes go by 10 ms. */
#include "bench.h"

enum { EXC = 3200, INH = 800, N = EXC + INH, ROWS = 50, COLUMNS = 64, SLOW = 100 };
typedef struct {
  double u, x;
} synapse;
typedef struct {
  double Ca, h, IP3, A, x, G, S, Y;
} astrocyte; /* A: Gamma_A, S: Gamma_S, Y: glutamate */
static const double dt = 0.1, tick_of_astrocytes = 10;
static double *v, *g_e, *g_i, *until, *Ca, *h, *IP3, *A, *x_A, *G, *S, *Y, *J;
static uint8_t *above;

static void step_neurons(double tick, double I, double *restrict v, double *restrict g_e, double *restrict g_i,
                         const double *restrict until) {
  const double g_l = 9.99, by_C = dt / 198;
  for (int i = 0; i < N; i++) {
    double moved = v[i] + by_C * (g_l * (-60 - v[i]) - g_e[i] * v[i] + g_i[i] * (-80 - v[i]) + I);
    v[i] = until[i] <= tick ? moved : v[i];
    g_e[i] -= dt / 5 * g_e[i];
    g_i[i] -= dt / 10 * g_i[i];
  }
}

static inline astrocyte slope(astrocyte s, double J_IP3) {
  double Ca2 = s.Ca * s.Ca, Ca4 = Ca2 * Ca2, m = s.IP3 * s.Ca / ((s.IP3 + 0.13) * (s.Ca + 0.08)) * s.h,
         Q2 = 1.05 * (s.IP3 + 0.13) / (s.IP3 + 0.9434);
  double J_C = (6e-3 * m * m * m + 1e-4) * (2 - 1.18 * s.Ca);
  return (astrocyte){.Ca = J_C - 0.9e-3 * Ca2 / (Ca2 + 0.0025),
                     .h = 0.2e-3 * (Q2 * (1 - s.h) - s.Ca * s.h),
                     .IP3 = 0.5e-3 * s.A + 1.2e-3 / (1 + s.IP3 * (1 / 1.5)) * Ca2 / (Ca2 + 0.01) -
                            4.5e-3 * Ca4 / (Ca4 + 0.2401) * s.IP3 / (s.IP3 + 1) - 0.05e-3 * s.IP3 + J_IP3,
                     .A = 0.3e-3 * s.Y * (1 - s.A) - 0.5e-3 * (1 + 10 * s.Ca / (s.Ca + 0.5)) * s.A,
                     .x = 0.6e-3 * (1 - s.x),
                     .G = -60e-3 * s.G,
                     .S = 1.5e-3 * s.G * (1 - s.S) - 0.5e-3 / 60 * s.S,
                     .Y = -40e-3 * s.Y};
}

static inline astrocyte plus(astrocyte s, astrocyte k, double by) {
  return (astrocyte){s.Ca + by * k.Ca, s.h + by * k.h, s.IP3 + by * k.IP3, s.A + by * k.A,
                     s.x + by * k.x,   s.G + by * k.G, s.S + by * k.S,     s.Y + by * k.Y};
}

static void step_astrocytes(double *restrict Ca, double *restrict h, double *restrict IP3, double *restrict A,
                            double *restrict x, double *restrict G, double *restrict S, double *restrict Y,
                            const double *restrict J) {
  const double T = tick_of_astrocytes;
  for (int i = 0; i < EXC; i++) {
    astrocyte s = {Ca[i], h[i], IP3[i], A[i], x[i], G[i], S[i], Y[i]};
    astrocyte a = slope(s, J[i]), b = slope(plus(s, a, T / 2), J[i]), c = slope(plus(s, b, T / 2), J[i]),
              d = slope(plus(s, c, T), J[i]);
    s = plus(plus(plus(plus(s, a, T / 6), b, T / 3), c, T / 3), d, T / 6);
    Ca[i] = s.Ca;
    h[i] = s.h;
    IP3[i] = s.IP3;
    A[i] = s.A;
    x[i] = s.x;
    G[i] = s.G;
    S[i] = s.S;
    Y[i] = s.Y;
  }
}

/* IP3 through gap junctions with a threshold, along the sheet's rows (by = 1) or columns (by = COLUMNS) */
static void couple(int by, int rows, int columns) {
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < columns; c++) {
      int i = r * COLUMNS + c;
      double d = IP3[i + by] - IP3[i], size = fabs(d);
      double flow = 0.045e-3 * 2 / (1 + exp((0.3 - size) * 40)) * (d > 0 ? 1 : d < 0 ? -1 : 0);
      J[i] += flow;
      J[i + by] -= flow;
    }
}

static double release(void) { /* returns how many did */
  double releases = 0;
  for (int i = 0; i < EXC; i++) {
    uint8_t is_above = Ca[i] > 0.5;
    if (is_above && !above[i]) {
      G[i] += 6.5e-4 * 200e3 * 0.6 * x_A[i];
      x_A[i] -= 0.6 * x_A[i];
      releases++;
    }
    above[i] = is_above;
  }
  return releases;
}

/* A spike passes the links of a source that last spiked `age` ms ago; `gated` and `glutamate` for links with
 * astrocytes. */
static inline void deliver(const links *to, synapse *state, uint32_t source, double age, double w, double *g,
                           const double *gated, const double *by_fan_in) {
  double keep_u = exp(-3.33e-3 * age), keep_x = exp(-2e-3 * age);
  for (uint32_t k = to->first[source]; k < to->first[source + 1]; k++) {
    uint32_t target = to->target[k];
    double u = state[k].u * keep_u, x = 1 - (1 - state[k].x) * keep_x;
    u += (gated ? 0.6 - 0.6 * gated[target] : 0.6) * (1 - u);
    double released = u * x;
    state[k] = (synapse){u, x - released};
    g[target] += w * released;
    if (gated)
      Y[target] += 0.005 * 500e3 * released * by_fan_in[target];
  }
}

static synapse *rested(const links *of) {
  synapse *made = bench_array(of->count, sizeof *made);
  for (size_t k = 0; k < of->count; k++)
    made[k].x = 1;
  return made;
}

int main(int argc, char **argv) {
  int ticks = (int)((argc > 1 ? atof(argv[1]) : 2) * 10000 + 0.5);
  double **of_neurons[] = {&v, &g_e, &g_i, &until}, **of_astrocytes[] = {&Ca, &h, &IP3, &A, &x_A, &G, &S, &Y, &J};
  for (int i = 0; i < 4; i++)
    *of_neurons[i] = DOUBLES(N);
  for (int i = 0; i < 9; i++)
    *of_astrocytes[i] = DOUBLES(EXC);
  above = bench_array(EXC, 1);
  uint32_t *list = bench_array(N, sizeof *list);
  double *last = DOUBLES(N), *by_fan_in = DOUBLES(EXC), spikes = 0, releases = 0;
  for (int i = 0; i < N; i++) {
    v[i] = uniform(-60, -50);
    g_e[i] = uniform(0, 0.05);
    g_i[i] = uniform(0, 1);
  }
  for (int i = 0; i < EXC; i++) {
    Ca[i] = IP3[i] = 0.01;
    h[i] = 0.9;
    x_A[i] = 1;
  }
  links ee = links_random(EXC, EXC, 0.05, 1), ei = links_random(EXC, INH, 0.05, 0);
  links ie = links_random(INH, EXC, 0.2, 0), ii = links_random(INH, INH, 0.2, 1);
  synapse *see = rested(&ee), *sei = rested(&ei), *sie = rested(&ie), *sii = rested(&ii);
  for (size_t k = 0; k < ee.count; k++)
    by_fan_in[ee.target[k]]++;
  for (int i = 0; i < EXC; i++)
    by_fan_in[i] = 1 / by_fan_in[i];

  double start = bench_now();
  for (int tick = 0; tick < ticks; tick++) {
    step_neurons(tick, tick >= 20000 && tick < 40000 ? 120 : 100, v, g_e, g_i, until);
    if (tick % SLOW == SLOW - 1) {
      step_astrocytes(Ca, h, IP3, A, x_A, G, S, Y, J);
      releases += release();
      for (int i = 0; i < EXC; i++)
        J[i] = 0;
      couple(1, ROWS, COLUMNS - 1);
      couple(COLUMNS, ROWS - 1, COLUMNS);
    }
    size_t count = bench_above(v, N, -50, list);
    for (size_t i = 0; i < count; i++) {
      uint32_t cell = list[i];
      double t = (tick + 1) * dt, age = t - last[cell];
      last[cell] = t;
      v[cell] = -60;
      until[cell] = tick + 51;
      if (cell < EXC) {
        spikes++; /* those of excitatory cells, as the model's measure */
        deliver(&ee, see, cell, age, 0.05, g_e, S, by_fan_in);
        deliver(&ei, sei, cell, age, 0.05, g_e + EXC, NULL, NULL);
      } else {
        deliver(&ie, sie, cell - EXC, age, 1, g_i, NULL, NULL);
        deliver(&ii, sii, cell - EXC, age, 1, g_i + EXC, NULL, NULL);
      }
    }
  }
  double loop = bench_now() - start;
  printf("releases %.0f\n", releases);
  bench_report(loop, spikes);
  return 0;
}
