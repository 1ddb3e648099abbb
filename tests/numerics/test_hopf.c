/* SPDX-License-Identifier: MIT */
/* test_hopf.c - Hopf points of the calcium models of the library: fixed point by Newton's method
 * with the symbolic Jacobian, then its eigenvalues. The points were computed by an independent
 * program with error control. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "solve/solve.h"
#include "syntax/syntax.h"
#include <math.h>
#include <stdlib.h>

/* ---- from a component of the library to a system ---- */

typedef struct {
  arena *a;
  const model_component *c;
  ir_builder b;
} converter;

/* The names of the functions, as in builtin.def. */
static const char *const function_names[] = {[BUILTIN_hill] = "hill", [BUILTIN_tanh] = "tanh", [BUILTIN_exp] = "exp"};

static ir_value convert(converter *k, const model_expr *e);

/* Parameters that are numbers stay arguments, those that follow from others are put in. Nothing
 * comes in from outside. */
static ir_value convert_ref(converter *k, const model_expr *e) {
  uint32_t n = k->c->odes.len, item = e->ref.item;
  if (e->ref.kind == REF_LET)
    return convert(k, k->c->lets.data[item].value);
  if (e->ref.kind == REF_INPUT)
    return ir_number(&k->b, 0);
  if (e->ref.kind == REF_PARAM) {
    const model_expr *value = k->c->params.data[item].value;
    return value->kind == MX_NUMBER ? ir_nullary(&k->b, IR_OP_arg, n + 1 + item) : convert(k, value);
  }
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
    assert_true(e->fn < sizeof function_names / sizeof *function_names);
    assert_non_null(function_names[e->fn]);
    return ir_math(&k->b, function_names[e->fn], x, count);
  }
  return ir_binary(&k->b, op[e->kind], x[0], x[1]);
}

/* SRC, the folder of the sources, is in the environment of every test. */
static const model_component *library_component(arena *a, const char *module, const char *name) {
  const char *sources = getenv("SRC");
  assert_non_null(sources);
  const char *folders[] = {arena_printf(a, "%s/runtime/models", sources), NULL};
  const char *source = arena_printf(a, "import nsa.astrocyte.%s\npopulation p : %s[1]\n", module, name);
  interner *names = intern_new(a);
  diag_sink *sink = diag_sink_new(a);
  uint32_t file = diag_add_file(sink, "test.nsa", source, strlen(source));
  model_options options = {.model_folders = folders};
  const model *m = model_check(a, names, sink, syntax_parse(a, names, sink, file), &options);
  if (diag_error_count(sink))
    diag_print(sink, stderr, false);
  assert_int_equal(diag_error_count(sink), 0);
  for (uint32_t i = 0; i < m->components.len; i++)
    if (!strcmp(m->components.data[i].name, name))
      return &m->components.data[i];
  fail_msg("no %s in nsa.astrocyte.%s", name, module);
  return NULL;
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
      fail_msg("no fixed point at %g: %g %g %g", s->values[s->parameter], s->values[0], s->values[1], s->values[2]);
  }
  solve_spectrum sp = solve_analyse(a, &s->system, s->values);
  double most = -INFINITY;
  for (uint32_t i = 0; i < sp.n; i++)
    most = fmax(most, sp.real[i]);
  return most;
}

/* A stable fixed point attracts: steps of 10 ms of Euler's method for a long time. */
static void relax(search *s) {
  double rates[8];
  for (uint32_t step = 0; step < 40000; step++) {
    solve_evaluate(s->system.rates, s->values, rates);
    for (uint32_t i = 0; i < s->system.n; i++)
      s->values[i] += 10 * rates[i];
  }
}

/* A value that is no number belongs to a parameter that follows from others, and is never read. */
static double number_or_zero(const model_expr *e) { return e && e->kind == MX_NUMBER ? e->number : 0; }

typedef struct {
  const char *module, *component, *parameter;
  double start;  /* of the parameter: stable there */
  double lo, hi; /* around the point; all in internal units (ms, uM) */
  double point;
} hopf_case;

static double hopf_point(arena *a, const hopf_case *k) {
  const model_component *c = library_component(a, k->module, k->component);
  search s = {.system = system_of(a, c)};
  uint32_t n = s.system.n;
  for (uint32_t i = 0; i < n; i++)
    s.values[i] = number_or_zero(c->states.data[i].initial);
  for (uint32_t i = 0; i < c->params.len; i++) {
    s.values[n + 1 + i] = number_or_zero(c->params.data[i].value);
    if (!strcmp(c->params.data[i].name, k->parameter))
      s.parameter = n + 1 + i;
  }
  assert_true(s.parameter > n);
  s.values[s.parameter] = k->start;
  relax(&s);
  double lo = k->lo, hi = k->hi;
  bool grows_at_lo = growth(a, &s, lo) > 0;
  assert_int_not_equal(grows_at_lo, growth(a, &s, hi) > 0);
  for (uint32_t i = 0; i < 45; i++) {
    double middle = 0.5 * (lo + hi);
    if ((growth(a, &s, middle) > 0) == grows_at_lo)
      lo = middle;
    else
      hi = middle;
  }
  return lo;
}

/* Rates are a thousandth of those in the comments of the models, which are in /s. */
static const hopf_case cases[] = {
    {"li_rinzel", "li_rinzel", "IP3", 0.3, 0.34, 0.37, 0.354533819},
    {"li_rinzel", "li_rinzel", "IP3", 0.3, 0.62, 0.65, 0.636881817},
    {"ullah", "ullah", "v4", 3e-4, 4.8e-4, 5.3e-4, 5.1089824e-4},
    {"postnov", "postnov", "r", 0.3, 0.305, 0.33, 0.310935744},
    {"postnov", "postnov", "r", 0.3, 0.64, 0.70, 0.6652155},
    {"gchi", "gchi", "glu", 0.001, 0.011, 0.015, 0.01299074},
    {"gchi", "gchi", "glu", 0.001, 1.8, 2.3, 2.08590077},
    /* The branch ends in a fold shortly behind the point. */
    {"gchi", "gchi_fm", "glu", 0.001, 0.017, 0.018115, 0.0181029},
    {"lavrentovich_hemkin", "lavrentovich_hemkin", "v_in", 2e-5, 2.2e-5, 2.6e-5, 2.38378728e-5},
    {"lavrentovich_hemkin", "lavrentovich_hemkin", "v_in", 2e-5, 5.5e-5, 6.3e-5, 5.94300598e-5},
};

static void test_points(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    arena *a = arena_new();
    double got = hopf_point(a, &cases[i]);
    if (!(fabs(got / cases[i].point - 1) < 1e-6))
      fail_msg("Hopf point of %s at %s = %.9g, not %.9g", cases[i].component, cases[i].parameter, got, cases[i].point);
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_points)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
