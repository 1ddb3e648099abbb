/* SPDX-License-Identifier: MIT */
/* Every method of solver_names.def converges with the order that theory gives it: equations are built as
 * fragments, expanded, and stepped by the interpreter. A method without a case here fails. */
#include "nsa_math.h"
#include "solve/solve.h"
#include "unit/interp/machine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const solver_names[] = {
#define SOLVER(name, text, order, limit, first, sharing) #name,
#include "model/solver_names.def"
#undef SOLVER
};

/* ---- formulas ---- */

enum { MOST_STATES = 3, MOST_NOISES = 2 };

typedef struct {
  ir_builder b;
  ir_value x[MOST_STATES], t;
} formula;

static ir_value num(formula *f, double x) { return ir_number(&f->b, x); }
static ir_value add(formula *f, ir_value x, ir_value y) { return ir_binary(&f->b, IR_OP_add, x, y); }
static ir_value sub(formula *f, ir_value x, ir_value y) { return ir_binary(&f->b, IR_OP_sub, x, y); }
static ir_value mul(formula *f, ir_value x, ir_value y) { return ir_binary(&f->b, IR_OP_mul, x, y); }
static ir_value divide(formula *f, ir_value x, ir_value y) { return ir_binary(&f->b, IR_OP_div, x, y); }
static ir_value neg(formula *f, ir_value x) { return ir_unary(&f->b, IR_OP_neg, x); }
static ir_value call(formula *f, const char *name, ir_value x) { return ir_math(&f->b, name, &x, 1); }

/* ---- problems with known solutions ---- */

typedef struct {
  const char *name;
  uint32_t n, noises;
  double start[MOST_STATES], end; /* states at 0; time at which the error is measured */
  void (*rates)(formula *f, ir_value *rate);
  void (*noise)(formula *f, ir_value *factor);            /* n x noises */
  void (*solution)(double t, const double *w, double *x); /* w: the noises' Brownian motions at t */
} problem;

static void decay_rates(formula *f, ir_value *rate) { rate[0] = neg(f, f->x[0]); }
static void decay_solution(double t, const double *w, double *x) {
  (void)w;
  x[0] = 2 * exp(-t);
}

static void oscillator_rates(formula *f, ir_value *rate) {
  rate[0] = f->x[1];
  rate[1] = neg(f, f->x[0]);
}
static void oscillator_solution(double t, const double *w, double *x) {
  (void)w;
  x[0] = cos(t) + 0.5 * sin(t);
  x[1] = 0.5 * cos(t) - sin(t);
}

static void logistic_rates(formula *f, ir_value *rate) { rate[0] = mul(f, f->x[0], sub(f, num(f, 1), f->x[0])); }
static void logistic_solution(double t, const double *w, double *x) {
  (void)w;
  x[0] = 1 / (1 + 9 * exp(-t));
}

/* Each linear in itself: x' = -y x, y' = -y. */
static void gated_rates(formula *f, ir_value *rate) {
  rate[0] = neg(f, mul(f, f->x[1], f->x[0]));
  rate[1] = neg(f, f->x[1]);
}
static void gated_solution(double t, const double *w, double *x) {
  (void)w;
  x[0] = exp(-2 * (1 - exp(-t)));
  x[1] = 2 * exp(-t);
}

/* x' = -2 t x: no stage may be at the wrong time. */
static void driven_rates(formula *f, ir_value *rate) { rate[0] = mul(f, num(f, -2), mul(f, f->t, f->x[0])); }
static void driven_solution(double t, const double *w, double *x) {
  (void)w;
  x[0] = exp(-t * t);
}

/* Prothero and Robinson 1974: x' = lambda (x - cos t) - sin t; x = cos t whatever lambda. */
static void stiff_rates(formula *f, ir_value *rate) {
  ir_value pull = mul(f, num(f, -1e6), sub(f, f->x[0], call(f, "cos", f->t)));
  rate[0] = sub(f, pull, call(f, "sin", f->t));
}
static void stiff_solution(double t, const double *w, double *x) {
  (void)w;
  x[0] = cos(t);
}

/* dx = x dt / 2 + x dW. */
static void geometric_rates(formula *f, ir_value *rate) { rate[0] = mul(f, num(f, 0.5), f->x[0]); }
static void geometric_noise(formula *f, ir_value *g) { g[0] = f->x[0]; }
static void geometric_solution(double t, const double *w, double *x) {
  (void)t;
  x[0] = exp(w[0]);
}

/* The same with two noises, which commute. */
static void two_noises(formula *f, ir_value *g) {
  g[0] = mul(f, num(f, 0.6), f->x[0]);
  g[1] = mul(f, num(f, 0.8), f->x[0]);
}
static void two_noises_solution(double t, const double *w, double *x) {
  (void)t;
  x[0] = exp(0.6 * w[0] + 0.8 * w[1]);
}

static const problem decay = {"decay", 1, 0, {2}, 1, decay_rates, NULL, decay_solution};
static const problem oscillator = {"oscillator", 2, 0, {1, 0.5}, 2, oscillator_rates, NULL, oscillator_solution};
static const problem logistic = {"logistic", 1, 0, {0.1}, 3, logistic_rates, NULL, logistic_solution};
static const problem gated = {"gated decay", 2, 0, {1, 2}, 1, gated_rates, NULL, gated_solution};
static const problem driven = {"a rate that depends on t", 1, 0, {1}, 1, driven_rates, NULL, driven_solution};
static const problem stiff = {"Prothero-Robinson, lambda -1e6", 1, 0, {1}, 1, stiff_rates, NULL, stiff_solution};
static const problem geometric = {"geometric Brownian motion", 1, 1, {1}, 1, geometric_rates, geometric_noise,
                                  geometric_solution};
static const problem geometric_two = {"two commuting noises", 1, 2, {1}, 1, geometric_rates, two_noises,
                                      two_noises_solution};

/* ---- one step as a kernel ---- */

typedef struct {
  arena *a;
  ir_program *p;
  machine m;
  nsa_field_id state[MOST_STATES], gauss[MOST_NOISES + MOST_STATES];
  double dt;
} stepper;

static ir_fragment *fragment_of(arena *a, const problem *pr) {
  ir_fragment *fragment = ir_fragment_new(a);
  fragment->arg_count = pr->n + 1;
  formula f = {.b = ir_builder_in(a, fragment)};
  ir_value rate[MOST_STATES], factor[MOST_STATES * MOST_NOISES];
  for (uint32_t i = 0; i < pr->n; i++)
    f.x[i] = ir_nullary(&f.b, IR_OP_arg, i);
  f.t = ir_nullary(&f.b, IR_OP_arg, pr->n);
  pr->rates(&f, rate);
  if (pr->noises != 0)
    pr->noise(&f, factor);
  for (uint32_t i = 0; i < pr->n; i++)
    vec_push(a, &fragment->outputs, rate[i]);
  for (uint32_t i = 0; i < pr->n * pr->noises; i++)
    vec_push(a, &fragment->outputs, factor[i]);
  return fragment;
}

static nsa_field_id add_field(ir_program *p, const char *name) {
  return ir_field_add(p, (nsa_field){.name = name,
                                     .kind = NSA_FIELD_STATE,
                                     .connection = NSA_NO_CONNECTION,
                                     .image = NSA_NO_IMAGE,
                                     .given = NSA_NO_FIELD});
}

/* Of `adaptive`; so loose that orders are measured with one sub-step a step. */
#define ONE_SUBSTEP ((solver_options){0.1, 100})
static solver_options options = {0.1, 100};

static stepper stepper_new(const problem *pr, solver_kind kind, double dt, uint32_t paths) {
  stepper s = {.a = arena_new(), .dt = dt};
  s.p = ir_program_new(s.a);
  uint32_t domain = ir_domain_of_population(s.p, "sheet", (nsa_population_id){0});
  solver_kind kinds[MOST_STATES] = {kind, kind, kind};
  solve_system system = {
      .n = pr->n, .noise_count = pr->noises, .rates = fragment_of(s.a, pr), .solver = kinds, .dt = dt};
  const solver_options all_options[MOST_STATES] = {options, options, options};
  system.options = all_options;
  system.gauss_count = pr->noises + pr->n;
  for (uint32_t i = 0; i < pr->n; i++) {
    const char *why = solve_refuses(s.a, &system, i, kind);
    if (why != NULL)
      fail_msg("%s refuses %s: %s", solver_names[kind], pr->name, why);
    s.state[i] = add_field(s.p, "x");
  }
  ir_builder b = ir_builder_on(s.p, ir_function_add(s.p, "step", NSA_ROLE_STEP, domain, 0, NULL));
  ir_value values[MOST_STATES + 1], gauss[MOST_NOISES + MOST_STATES], next[MOST_STATES];
  for (uint32_t k = 0; k < system.gauss_count; k++) {
    s.gauss[k] = add_field(s.p, "gauss");
    gauss[k] = ir_load(&b, s.gauss[k]);
  }
  for (uint32_t i = 0; i < pr->n; i++)
    values[i] = ir_load(&b, s.state[i]);
  values[pr->n] = ir_nullary(&b, IR_OP_time, 0);
  solve_expand(&b, &system, values, gauss, next);
  for (uint32_t i = 0; i < pr->n; i++)
    ir_store(&b, s.state[i], next[i]);
  ir_program_finish(s.p);
  assert_null(ir_validate(s.a, s.p));
  s.m = machine_new(s.a, s.p, paths);
  for (uint32_t i = 0; i < pr->n; i++)
    for (uint32_t path = 0; path < paths; path++)
      machine_f64(&s.m, s.state[i].id)[path] = pr->start[i];
  return s;
}

static void stepper_step(stepper *s, uint32_t tick) {
  s->m.clock.tick[0] = tick;
  s->m.clock.time[0] = tick * s->dt;
  machine_run(&s->m, 0);
}

/* ---- errors and orders ---- */

static double error_of(const problem *pr, solver_kind kind, uint32_t steps) {
  double x[MOST_STATES], sum = 0;
  stepper s = stepper_new(pr, kind, pr->end / steps, NSA_PAD);
  for (uint32_t tick = 0; tick < steps; tick++)
    stepper_step(&s, tick);
  pr->solution(pr->end, NULL, x);
  for (uint32_t i = 0; i < pr->n; i++)
    sum += fabs(machine_f64(&s.m, s.state[i].id)[0] - x[i]);
  arena_free(s.a);
  return sum;
}

/* W of one path and noise at the fine times k * end / FINE. */
enum { PATHS = 1024, FINE = 1024 };

static double fine_increment(uint32_t path, uint32_t noise, uint32_t k) {
  return nsa_rand_normal_1(2026 + noise, path, 0, k, 0, sqrt(1.0 / FINE));
}

/* Mean over the paths of |x - solution| at the end (here always 1), driven by the same Brownian motion. */
static double strong_error(const problem *pr, solver_kind kind, uint32_t steps) {
  stepper s = stepper_new(pr, kind, pr->end / steps, PATHS);
  double *w = ARENA_ARRAY(s.a, double, PATHS *MOST_NOISES), sum = 0, x[MOST_STATES];
  for (uint32_t tick = 0; tick < steps; tick++) {
    for (uint32_t k = 0; k < pr->noises; k++)
      for (uint32_t path = 0; path < PATHS; path++) {
        double dw = 0;
        for (uint32_t fine = tick * (FINE / steps); fine < (tick + 1) * (FINE / steps); fine++)
          dw += fine_increment(path, k, fine);
        w[path * MOST_NOISES + k] += dw;
        machine_f64(&s.m, s.gauss[k].id)[path] = dw / sqrt(s.dt);
      }
    stepper_step(&s, tick);
  }
  for (uint32_t path = 0; path < PATHS; path++) {
    pr->solution(pr->end, w + path * MOST_NOISES, x);
    sum += fabs(machine_f64(&s.m, s.state[0].id)[path] - x[0]);
  }
  arena_free(s.a);
  return sum / PATHS;
}

/* The slope of log(error) over log(step), by least squares. */
static double order_of(const problem *pr, solver_kind kind) {
  static const uint32_t fine_steps[] = {128, 256, 512}, noisy_steps[] = {32, 64, 128, 256}, few_steps[] = {32, 64, 128};
  bool is_noisy = pr->noises != 0;
  uint32_t count = is_noisy ? 4 : 3;
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t steps = is_noisy ? noisy_steps[i] : kind == SOLVER_adaptive ? few_steps[i] : fine_steps[i];
    double error = is_noisy ? strong_error(pr, kind, steps) : error_of(pr, kind, steps);
    double x = log(1.0 / steps), y = log(error);
    sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  return (count * sxy - sx * sy) / (count * sxx - sx * sx);
}

/* order: what theory says; EXACT: no error but rounding. */
#define EXACT INFINITY

static const struct {
  solver_kind solver;
  const problem *problem;
  double order;
} cases[] = {
    {SOLVER_exact, &decay, EXACT},
    {SOLVER_exact, &oscillator, EXACT},
    {SOLVER_exact, &driven, 1}, /* t is held over the step */
    {SOLVER_exponential_euler, &decay, EXACT},
    {SOLVER_exponential_euler, &gated, 1},
    {SOLVER_exponential_euler, &logistic, 2}, /* for one autonomous equation it is the Rosenbrock-Euler method */
    {SOLVER_exponential_euler, &driven, 1},
    {SOLVER_exponential_midpoint, &decay, EXACT},
    {SOLVER_exponential_midpoint, &gated, 2},
    {SOLVER_exponential_midpoint, &oscillator, 2},
    {SOLVER_exponential_midpoint, &logistic, 2},
    {SOLVER_exponential_midpoint, &driven, EXACT}, /* -2 t x: the exponent is an integral of what is linear in t */
    {SOLVER_euler, &decay, 1},
    {SOLVER_euler, &oscillator, 1},
    {SOLVER_euler, &logistic, 1},
    {SOLVER_euler, &driven, 1},
    {SOLVER_euler_in_order, &oscillator, 1},
    {SOLVER_euler_in_order, &gated, 1},
    {SOLVER_heun, &decay, 2},
    {SOLVER_heun, &oscillator, 2},
    {SOLVER_heun, &logistic, 2},
    {SOLVER_heun, &driven, 2},
    {SOLVER_heun, &geometric, 1},
    {SOLVER_rk2, &decay, 2},
    {SOLVER_rk2, &oscillator, 2},
    {SOLVER_rk2, &logistic, 2},
    {SOLVER_rk2, &driven, 2},
    {SOLVER_rk4, &decay, 4},
    {SOLVER_rk4, &oscillator, 4},
    {SOLVER_rk4, &logistic, 4},
    {SOLVER_rk4, &driven, 4},
    {SOLVER_adaptive, &decay, 5},
    {SOLVER_adaptive, &oscillator, 5},
    {SOLVER_adaptive, &driven, 5},
    {SOLVER_implicit, &decay, 2},
    {SOLVER_implicit, &oscillator, 2},
    {SOLVER_implicit, &logistic, 2},
    {SOLVER_implicit, &gated, 2},
    {SOLVER_implicit, &driven, 2},
    {SOLVER_implicit, &stiff, 2},
    {SOLVER_euler_maruyama, &geometric, 0.5},
    {SOLVER_euler_maruyama, &geometric_two, 0.5},
    {SOLVER_euler_maruyama, &decay, 1},
    {SOLVER_milstein, &geometric, 1},
    {SOLVER_milstein, &geometric_two, 1},
};
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

/* |x| of a decay of rate 1 after 300 steps, over its start. */
static double growth_of(solver_kind kind, double dt) {
  stepper s = stepper_new(&decay, kind, dt, NSA_PAD);
  for (uint32_t tick = 0; tick < 300; tick++)
    stepper_step(&s, tick);
  double x = fabs(machine_f64(&s.m, s.state[0].id)[0]);
  arena_free(s.a);
  return x / decay.start[0];
}

/* Just below its limit a method decays, just above it grows; one without a limit decays at a step 40 times the time
 * constant. */
static void test_limits_of_stability(void **state) {
  (void)state;
  for (solver_kind kind = SOLVER_automatic + 1; kind < SOLVER_COUNT; kind++) {
    double limit = solver_rows[kind].stability_limit;
    double below = growth_of(kind, limit > 0 ? 0.97 * limit : 40),
           above = limit > 0 ? growth_of(kind, 1.03 * limit) : 2;
    if (!(below < 1) || !(above > 1))
      fail_msg("%s: a limit of %g, but it grows by %g below it and by %g above", solver_names[kind], limit, below,
               above);
  }
}

/* Methods that `coupling stages` may use are those whose stages are known. */
static void test_staged_methods_have_a_tableau(void **state) {
  (void)state;
  for (solver_kind kind = SOLVER_automatic; kind < SOLVER_COUNT; kind++)
    assert_int_equal(solver_rows[kind].is_staged, solve_tableau_of(kind) != NULL);
}

static void test_orders(void **state) {
  (void)state;
  for (uint32_t i = 0; i < CASE_COUNT; i++) {
    const problem *pr = cases[i].problem;
    if (cases[i].order == EXACT) {
      double error = error_of(pr, cases[i].solver, 7);
      if (!(error < 1e-14))
        fail_msg("%s on %s: error %g", solver_names[cases[i].solver], pr->name, error);
      continue;
    }
    double order = order_of(pr, cases[i].solver), tolerance = pr->noises != 0 ? 0.15 : 0.1;
    if (!(fabs(order - cases[i].order) <= tolerance))
      fail_msg("%s on %s: order %.3f, not %g", solver_names[cases[i].solver], pr->name, order, cases[i].order);
  }
}

static void test_every_solver_has_a_case(void **state) {
  (void)state;
  arena *a = arena_new();
  solver_kind kind = SOLVER_automatic;
  solve_system system = {.n = 1, .rates = fragment_of(a, &decay), .solver = &kind, .dt = 0.1};
  for (uint32_t solver = 0; solver < SOLVER_COUNT; solver++) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < CASE_COUNT; i++)
      count += cases[i].solver == solver;
    if (count == 0 && solve_refuses(a, &system, 0, (solver_kind)solver) == NULL)
      fail_msg("%s has no case", solver_names[solver]);
  }
  arena_free(a);
}

/* ---- exact noise ---- */

/* dx = -x dt + dW, dy = (x - y/2) dt: one noise spreads over two states. */
static void chain_rates(formula *f, ir_value *rate) {
  rate[0] = neg(f, f->x[0]);
  rate[1] = sub(f, f->x[0], mul(f, num(f, 0.5), f->x[1]));
}
static void chain_noise(formula *f, ir_value *g) {
  g[0] = num(f, 1);
  g[1] = num(f, 0);
}
static const problem chain = {"filtered noise", 2, 1, {0, 0}, 2, chain_rates, chain_noise, NULL};

/* The covariance after 2 ms is the same in one step and in 20, and that of theory:
 * y = int 2 (e^(-(t-s)/2) - e^-(t-s)) dW(s). */
static void test_exact_noise(void **state) {
  (void)state;
  enum { MANY = 32768 };
  double t = 2, a = 1 - exp(-2 * t), b = 1 - exp(-1.5 * t), c = 1 - exp(-t);
  double want_xx = a / 2, want_xy = 2 * (b / 1.5 - a / 2), want_yy = 4 * (c - 2 * b / 1.5 + a / 2);
  for (uint32_t steps = 1; steps <= 20; steps += 19) {
    stepper s = stepper_new(&chain, SOLVER_exact, t / steps, MANY);
    for (uint32_t tick = 0; tick < steps; tick++) {
      for (uint32_t k = 0; k < 3; k++)
        for (uint32_t path = 0; path < MANY; path++)
          machine_f64(&s.m, s.gauss[k].id)[path] = nsa_rand_normal_1(100 * steps + k, path, 0, tick, 0, 1);
      stepper_step(&s, tick);
    }
    double xx = 0, xy = 0, yy = 0;
    for (uint32_t path = 0; path < MANY; path++) {
      double x = machine_f64(&s.m, s.state[0].id)[path], y = machine_f64(&s.m, s.state[1].id)[path];
      xx += x * x / MANY, xy += x * y / MANY, yy += y * y / MANY;
    }
    /* The standard error of each is about sqrt(2/MANY) = 0.8%. */
    if (fabs(xx / want_xx - 1) > 0.03 || fabs(xy / want_xy - 1) > 0.03 || fabs(yy / want_yy - 1) > 0.03)
      fail_msg("%u steps: covariance %g %g %g, not %g %g %g", steps, xx, xy, yy, want_xx, want_xy, want_yy);
    arena_free(s.a);
  }
}

/* ---- sub-steps by the error ---- */

/* x' = -500 (x - cos t) - sin t, from x = 2: a fast decay onto x = cos t. */
static void stiffish_rates(formula *f, ir_value *rate) {
  ir_value pull = mul(f, num(f, -500), sub(f, f->x[0], call(f, "cos", f->t)));
  rate[0] = sub(f, pull, call(f, "sin", f->t));
}
static void stiffish_solution(double t, const double *w, double *x) {
  (void)w;
  x[0] = cos(t) + exp(-500 * t);
}
static const problem stiffish = {"fast decay onto cos t", 1, 0, {2}, 1, stiffish_rates, NULL, stiffish_solution};

/* Van der Pol, mu = 5; the solution at 12 is that of rk4 with 10^5 steps. */
static void relaxation_rates(formula *f, ir_value *rate) {
  ir_value damping = sub(f, num(f, 1), mul(f, f->x[0], f->x[0]));
  rate[0] = f->x[1];
  rate[1] = sub(f, mul(f, mul(f, num(f, 5), damping), f->x[1]), f->x[0]);
}
static void relaxation_solution(double t, const double *w, double *x) {
  (void)w;
  static double end[2];
  static const problem fine = {"van der Pol", 2, 0, {2, 0}, 12, relaxation_rates, NULL, NULL};
  if (end[0] == 0) {
    enum { STEPS = 100000 };
    stepper s = stepper_new(&fine, SOLVER_rk4, t / STEPS, NSA_PAD);
    for (uint32_t tick = 0; tick < STEPS; tick++)
      stepper_step(&s, tick);
    for (uint32_t i = 0; i < 2; i++)
      end[i] = machine_f64(&s.m, s.state[i].id)[0];
    arena_free(s.a);
  }
  x[0] = end[0], x[1] = end[1];
}
static const problem relaxation = {"van der Pol", 2, 0, {2, 0}, 12, relaxation_rates, NULL, relaxation_solution};

/* Two steps of any length stay within the tolerance times `factor`, which grows with what the problem makes of errors.
 */
static void test_tolerance(void **state) {
  (void)state;
  static const struct {
    const problem *problem;
    double factor;
  } tolerant[] = {{&decay, 5}, {&oscillator, 10}, {&logistic, 5}, {&driven, 5}, {&stiffish, 5}, {&relaxation, 200}};
  for (uint32_t i = 0; i < sizeof tolerant / sizeof tolerant[0]; i++)
    for (double tolerance = 1e-3; tolerance > 1e-11; tolerance /= 100) {
      options = (solver_options){tolerance, 10000};
      double error = error_of(tolerant[i].problem, SOLVER_adaptive, 2);
      if (!(error <= tolerant[i].factor * tolerance))
        fail_msg("adaptive on %s: error %g with a tolerance of %g", tolerant[i].problem->name, error, tolerance);
    }
  options = ONE_SUBSTEP;
}

/* The sub-steps of one step as long as the whole problem: the smallest limit that suffices. */
static uint32_t substeps_of(const problem *pr, double tolerance) {
  uint32_t low = 0, high = 4096;
  while (high - low > 1) {
    uint32_t middle = (low + high) / 2;
    options = (solver_options){tolerance, middle};
    bool is_enough = isfinite(error_of(pr, SOLVER_adaptive, 1));
    *(is_enough ? &high : &low) = middle;
  }
  options = ONE_SUBSTEP;
  return high;
}

/* Few where little happens, more for more digits, by the power that an order of 5 gives; too few stop the run. */
static void test_substeps(void **state) {
  (void)state;
  uint32_t few = substeps_of(&decay, 1e-4), coarse = substeps_of(&relaxation, 1e-6);
  uint32_t fine = substeps_of(&relaxation, 1e-11);
  double growth = (double)fine / coarse;
  if (few > 3 || coarse < 150 || coarse > 300 || growth < 7 || growth > 12) /* (10^5)^(1/5) = 10 */
    fail_msg("sub-steps: %u for a decay, %u and %u for van der Pol", few, coarse, fine);
  options = (solver_options){1e-6, 20};
  assert_true(isinf(error_of(&relaxation, SOLVER_adaptive, 1)));
  options = ONE_SUBSTEP;
}

/* ---- methods side by side ---- */

/* x exact, y by rk4, each with the other held: to first order the true solution. */
static void test_mixed_methods(void **state) {
  (void)state;
  double errors[2];
  for (uint32_t round = 0; round < 2; round++) {
    uint32_t steps = 100u << round;
    arena *a = arena_new();
    ir_fragment *f = fragment_of(a, &gated);
    solver_kind kinds[] = {SOLVER_exponential_euler, SOLVER_rk4};
    solve_system system = {.n = 2, .rates = f, .solver = kinds, .dt = 1.0 / steps};
    ir_fragment *step = ir_fragment_new(a);
    step->arg_count = 3;
    ir_builder b = ir_builder_in(a, step);
    ir_value values[3], next[2];
    for (uint32_t i = 0; i < 3; i++)
      values[i] = ir_nullary(&b, IR_OP_arg, i);
    solve_expand(&b, &system, values, NULL, next);
    vec_push(a, &step->outputs, next[0]);
    vec_push(a, &step->outputs, next[1]);
    double x[3] = {1, 2, 0}, want[2];
    for (uint32_t i = 0; i < steps; i++)
      solve_evaluate(step, x, x);
    gated_solution(1, NULL, want);
    assert_true(fabs(x[1] - want[1]) < 1e-8);
    errors[round] = fabs(x[0] - want[0]);
    arena_free(a);
  }
  double order = log2(errors[0] / errors[1]);
  assert_true(fabs(order - 1) < 0.1);
}

/* A stiff chemical system with a dense Jacobian (Robertson 1966): the unrolled factorisation, and mass is kept. */
static void robertson_rates(formula *f, ir_value *rate) {
  ir_value slow = mul(f, num(f, 0.04), f->x[0]);
  ir_value back = mul(f, num(f, 1e4), mul(f, f->x[1], f->x[2]));
  ir_value fast = mul(f, num(f, 3e7), mul(f, f->x[1], f->x[1]));
  rate[0] = sub(f, back, slow);
  rate[1] = sub(f, sub(f, slow, back), fast);
  rate[2] = fast;
}
static const problem robertson = {"Robertson", 3, 0, {1, 0, 0}, 40, robertson_rates, NULL, NULL};

static void test_robertson(void **state) {
  (void)state;
  stepper s = stepper_new(&robertson, SOLVER_implicit, 0.02, NSA_PAD);
  for (uint32_t tick = 0; tick < 2000; tick++)
    stepper_step(&s, tick);
  double x = machine_f64(&s.m, s.state[0].id)[0], y = machine_f64(&s.m, s.state[1].id)[0];
  double z = machine_f64(&s.m, s.state[2].id)[0];
  /* At t = 40 (Hairer and Wanner, Solving ODEs II): 0.7158270688, 9.185534765e-6, 0.2841637457. */
  if (fabs(x - 0.7158270688) > 1e-5 || fabs(y / 9.185534765e-6 - 1) > 1e-4 || fabs(x + y + z - 1) > 1e-12)
    fail_msg("%.10g %.10g %.10g", x, y, z);
  arena_free(s.a);
}

/* ---- the Hopf points of the model of Li and Rinzel (1994, doi 10.1006/jtbi.1994.1041) ---- */

static ir_value cube(formula *f, ir_value x) { return mul(f, x, mul(f, x, x)); }
static ir_value saturating(formula *f, ir_value x, double k) { return divide(f, x, add(f, x, num(f, k))); }

/* States Ca and h in uM and s; argument 3 is IP3. */
static ir_fragment *li_rinzel(arena *a) {
  ir_fragment *fragment = ir_fragment_new(a);
  fragment->arg_count = 4;
  formula f = {.b = ir_builder_in(a, fragment)};
  ir_value ca = ir_nullary(&f.b, IR_OP_arg, 0), h = ir_nullary(&f.b, IR_OP_arg, 1);
  ir_value ip3 = ir_nullary(&f.b, IR_OP_arg, 3);
  ir_value gradient = sub(&f, divide(&f, sub(&f, num(&f, 2), ca), num(&f, 0.185)), ca);
  ir_value open = cube(&f, mul(&f, mul(&f, saturating(&f, ip3, 0.13), saturating(&f, ca, 0.08234)), h));
  ir_value channel = mul(&f, num(&f, 0.185 * 6), mul(&f, open, gradient));
  ir_value leak = mul(&f, num(&f, 0.185 * 0.11), gradient);
  ir_value hill[] = {ca, num(&f, 0.1), num(&f, 2)};
  ir_value pump = mul(&f, num(&f, 0.9), ir_math(&f.b, "hill", hill, 3));
  ir_value q = mul(&f, num(&f, 1.049), divide(&f, add(&f, ip3, num(&f, 0.13)), add(&f, ip3, num(&f, 0.9434))));
  ir_value gating = sub(&f, mul(&f, q, sub(&f, num(&f, 1), h)), mul(&f, ca, h));
  vec_push(a, &fragment->outputs, sub(&f, add(&f, channel, leak), pump));
  vec_push(a, &fragment->outputs, mul(&f, num(&f, 0.2), gating));
  return fragment;
}

/* The real part of the leading eigenvalue at the fixed point near values. */
static double growth(arena *a, const solve_system *system, double *values, double ip3) {
  values[3] = ip3;
  assert_true(solve_fixed_point(a, system, values));
  solve_spectrum sp = solve_analyse(a, system, values);
  assert_int_equal(sp.n, 2);
  return fmax(sp.real[0], sp.real[1]);
}

static double hopf_point(double lo, double hi) {
  arena *a = arena_new();
  solver_kind kinds[] = {SOLVER_rk4, SOLVER_rk4};
  solve_system system = {.n = 2, .rates = li_rinzel(a), .solver = kinds, .dt = 0.01};
  double values[4] = {0.1, 0.7, 0, lo};
  bool grows_at_lo = growth(a, &system, values, lo) > 0;
  for (uint32_t i = 0; i < 45; i++) {
    double middle = 0.5 * (lo + hi);
    if ((growth(a, &system, values, middle) > 0) == grows_at_lo)
      lo = middle;
    else
      hi = middle;
  }
  arena_free(a);
  return lo;
}

static void test_hopf_points(void **state) {
  (void)state;
  double first = hopf_point(0.3, 0.45), second = hopf_point(0.55, 0.75);
  if (!(fabs(first / 0.354533819 - 1) < 1e-6) || !(fabs(second / 0.636881817 - 1) < 1e-6))
    fail_msg("Hopf points at %.9f and %.9f uM", first, second);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_solver_has_a_case),
      cmocka_unit_test(test_orders),
      cmocka_unit_test(test_limits_of_stability),
      cmocka_unit_test(test_staged_methods_have_a_tableau),
      cmocka_unit_test(test_exact_noise),
      cmocka_unit_test(test_tolerance),
      cmocka_unit_test(test_substeps),
      cmocka_unit_test(test_mixed_methods),
      cmocka_unit_test(test_robertson),
      cmocka_unit_test(test_hopf_points),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
