/* SPDX-License-Identifier: MIT */
/* test_hopf.c - Hopf points of published calcium models, from their equations as text: fixed point
 * by Newton's method with the symbolic Jacobian, then its eigenvalues. The points were computed by
 * an independent program with error control. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "solve/solve.h"
#include "syntax/syntax.h"
#include <math.h>

/* ---- from the text of a component to a system ---- */

typedef struct {
  arena *a;
  const model_component *c;
  ir_builder b;
} converter;

static ir_value convert(converter *k, const model_expr *e);

static ir_value convert_ref(converter *k, const model_expr *e) {
  uint32_t n = k->c->odes.len, item = e->ref.item;
  if (e->ref.kind == REF_LET)
    return convert(k, k->c->lets.data[item].value);
  if (e->ref.kind == REF_PARAM)
    return ir_nullary(&k->b, IR_OP_arg, n + 1 + item);
  assert_int_equal(e->ref.kind, REF_STATE);
  return ir_nullary(&k->b, IR_OP_arg, item);
}

static ir_value convert(converter *k, const model_expr *e) {
  static const ir_opcode op[] = {
      [MX_ADD] = IR_OP_add, [MX_SUB] = IR_OP_sub, [MX_MUL] = IR_OP_mul, [MX_DIV] = IR_OP_div};
  if (e->kind == MX_NUMBER)
    return ir_number(&k->b, e->number);
  if (e->kind == MX_REF)
    return convert_ref(k, e);
  ir_value x[3] = {0};
  uint32_t count = 0;
  for (; count < 3 && e->args[count]; count++)
    x[count] = convert(k, e->args[count]);
  if (e->kind == MX_NEG)
    return ir_unary(&k->b, IR_OP_neg, x[0]);
  if (e->kind == MX_POW)
    return ir_power(&k->b, x[0], x[1]);
  if (e->kind == MX_CALL) {
    assert_int_equal(e->fn, BUILTIN_hill);
    return ir_math(&k->b, "hill", x, count);
  }
  return ir_binary(&k->b, op[e->kind], x[0], x[1]);
}

static const model_component *check_text(arena *a, const char *source) {
  interner *names = intern_new(a);
  diag_sink *sink = diag_sink_new(a);
  uint32_t file = diag_add_file(sink, "test.nsa", source, strlen(source));
  model_options options = {0};
  const model *m = model_check(a, names, sink, syntax_parse(a, names, sink, file), &options);
  if (diag_error_count(sink))
    diag_print(sink, stderr, false);
  assert_int_equal(diag_error_count(sink), 0);
  return &m->components.data[0];
}

/* States are in the order of their equations. */
static solve_system system_of(arena *a, const model_component *c) {
  ir_fragment *f = ir_fragment_new(a);
  converter k = {.a = a, .c = c, .b = ir_builder_in(a, f)};
  f->arg_count = c->odes.len + 1 + c->params.len;
  solver_kind *kinds = ARENA_ARRAY(a, solver_kind, c->odes.len);
  for (uint32_t i = 0; i < c->odes.len; i++) {
    assert_int_equal(c->odes.data[i].state, i);
    vec_push(a, &f->outputs, convert(&k, c->odes.data[i].rate));
    kinds[i] = SOLVER_rk4;
  }
  return (solve_system){.n = c->odes.len, .rates = f, .solver = kinds, .dt = 0.01};
}

/* ---- where the fixed point loses its stability ---- */

typedef struct {
  solve_system system;
  double values[64];
  uint32_t parameter; /* argument that is varied */
} search;

/* Newton's method finds the fixed point from one that is near: the parameter goes there in small
 * steps. */
static double growth(arena *a, search *s, double parameter) {
  double from = s->values[s->parameter], ratio = pow(parameter / from, 1.0 / 50);
  for (uint32_t i = 1; i <= 50; i++) {
    s->values[s->parameter] = i == 50 ? parameter : from * pow(ratio, i);
    if (!solve_fixed_point(a, &s->system, s->values))
      fail_msg("no fixed point at %g: %g %g %g", s->values[s->parameter], s->values[0],
               s->values[1], s->values[2]);
  }
  solve_spectrum sp = solve_analyse(a, &s->system, s->values);
  double most = -INFINITY;
  for (uint32_t i = 0; i < sp.n; i++)
    most = fmax(most, sp.real[i]);
  return most;
}

/* A stable fixed point attracts: small steps of Euler's method for a long time. */
static void relax(search *s) {
  double rates[8];
  for (uint32_t step = 0; step < 40000; step++) {
    solve_evaluate(s->system.rates, s->values, rates);
    for (uint32_t i = 0; i < s->system.n; i++)
      s->values[i] += 0.01 * rates[i];
  }
}

/* The unit of the point is that of the parameter inside (ms, uM): the models below are written
 * without units. */
static double hopf_point(const char *source, const char *name, double lo, double hi) {
  arena *a = arena_new();
  const model_component *c = check_text(a, source);
  search s = {.system = system_of(a, c)};
  uint32_t n = s.system.n;
  for (uint32_t i = 0; i < n; i++)
    s.values[i] = c->states.data[i].initial->number;
  for (uint32_t i = 0; i < c->params.len; i++) {
    s.values[n + 1 + i] = c->params.data[i].value->number;
    if (!strcmp(c->params.data[i].name, name))
      s.parameter = n + 1 + i;
  }
  assert_true(s.parameter > n);
  relax(&s);
  bool grows_at_lo = growth(a, &s, lo) > 0;
  assert_int_not_equal(grows_at_lo, growth(a, &s, hi) > 0);
  for (uint32_t i = 0; i < 45; i++) {
    double middle = 0.5 * (lo + hi);
    if ((growth(a, &s, middle) > 0) == grows_at_lo)
      lo = middle;
    else
      hi = middle;
  }
  arena_free(a);
  return lo;
}

static void check(const char *source, const char *name, double lo, double hi, double want) {
  double got = hopf_point(source, name, lo, hi);
  if (!(fabs(got / want - 1) < 1e-6))
    fail_msg("Hopf point at %s = %.9f, not %.9f", name, got, want);
}

/* ---- the models; time in units of 1 ms stands for 1 s (or the model's own unit) ---- */

/* Ullah et al. 2006, Cell Calcium 39:197, constants as in Gordleeva et al. 2021. */
static const char ullah[] =
    "astrocyte ullah { param v4 = 0.3\n"
    "  state Ca = 0.0661, h = 0.888, IP3 = 0.686\n"
    "  let E = (2 - Ca)/0.185\n"
    "  let J = 0.185*6*(IP3/(IP3 + 0.13) * Ca/(Ca + 0.082) * h)^3 * (E - Ca)\n"
    "  let Q = 1.049*(IP3 + 0.13)/(IP3 + 0.9434)\n"
    "  dCa/dt = (J - 2.2*hill(Ca, 0.1, 2) + 0.185*0.11*(E - Ca) + 0.2*hill(IP3, 1, 2) - 0.5*Ca)/(1 "
    "ms)\n"
    "  dh/dt = 0.14*(Q*(1 - h) - Ca*h)/(1 ms)\n"
    "  dIP3/dt = (0.14*(0.16 - IP3) + v4*(Ca + 0.2*1.1)/(Ca + 1.1))/(1 ms) }\n"
    "population p : ullah[1]\n";

/* Postnov et al. 2009, J Biol Phys 35:425: the calcium subsystem. */
static const char postnov[] =
    "astrocyte postnov { param r = 0.31\n"
    "  state c = 0.31, e = 1\n"
    "  let f = 0.13*c^2/(1 + c^2) - e^2/(1 + e^2)*c^4/(0.9^4 + c^4) - 0.004*e\n"
    "  dc/dt = (r - c - 50*f)/(8 ms)\n"
    "  de/dt = f/(0.04*8 ms) }\n"
    "population p : postnov[1]\n";

/* De Pitta et al. 2009, J Biol Phys 35:383 (G-ChI); k3, vb, vd, r5p differ between the two sets. */
#define GCHI(k3, vb, vd, r5p)                                                                      \
  "astrocyte gchi { param glu = 0.001\n"                                                           \
  "  state C = 0.07, h = 0.79, I = 0.15\n"                                                         \
  "  let E = (2 - C)/0.185\n"                                                                      \
  "  let J = 0.185*6*(I/(I + 0.13) * C/(C + 0.08234) * h)^3 * (E - C)\n"                           \
  "  let Q = 1.049*(I + 0.13)/(I + 0.9434)\n"                                                      \
  "  let K = 1.3*(1 + 10/1.3*C/(C + 0.6))\n"                                                       \
  "  dC/dt = (J + 0.185*0.11*(E - C) - 0.9*hill(C, " k3 ", 2))/(1 ms)\n"                           \
  "  dh/dt = 0.2*(Q*(1 - h) - C*h)/(1 ms)\n"                                                       \
  "  dI/dt = (" vb "*hill(glu, K, 0.7) + " vd "/(1 + I/1.5)*hill(C, 0.1, 2)"                       \
  " - 2*hill(C, 0.7, 4)*I/(I + 1) - " r5p "*I)/(1 ms) }\n"                                         \
  "population p : gchi[1]\n"
static const char gchi_am[] = GCHI("0.1", "0.2", "0.02", "0.04");
static const char gchi_fm[] = GCHI("0.051", "0.5", "0.05", "0.05");

static void test_ullah(void **state) {
  (void)state;
  check(ullah, "v4", 0.48, 0.53, 0.51089824);
}

static void test_postnov(void **state) {
  (void)state;
  check(postnov, "r", 0.30, 0.33, 0.310935744);
  check(postnov, "r", 0.64, 0.70, 0.6652155);
}

static void test_gchi(void **state) {
  (void)state;
  check(gchi_am, "glu", 0.011, 0.015, 0.01299074);
  check(gchi_am, "glu", 1.8, 2.3, 2.08590077);
  /* The branch ends in a fold shortly behind the point. */
  check(gchi_fm, "glu", 0.017, 0.018115, 0.0181029);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ullah),
      cmocka_unit_test(test_postnov),
      cmocka_unit_test(test_gchi),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
