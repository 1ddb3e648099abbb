/* SPDX-License-Identifier: MIT */
/* What expressions are worth before the run: with the same bits as in a kernel. */
#include "model/operations.h"
#include "unit/model/checked.h"

#include <math.h>
#include <stdio.h>

/* The text is kept: messages show it. */
static checked constants_of(const char *declarations) {
  static char source[1000];
  snprintf(source, sizeof source, "neuron n { %s\nstate v = 0\n dv/dt = -v /s }\npopulation p : n[3]\n", declarations);
  checked c = check_text(source);
  assert_no_errors(&c);
  return c;
}

static double value_in(const checked *c, const char *let) {
  const model_component *n = component_named(c, "n");
  double value = NAN;
  assert_true(constant_value(let_named(n, let)->value, n, &value));
  return value;
}

static bool is_constant(const checked *c, const char *let, const model_component *params) {
  double value = 77;
  bool is = constant_value(let_named(component_named(c, "n"), let)->value, params, &value);
  assert_true(is || value == 77); /* left alone */
  return is;
}

static void operators_and_functions(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double value;
  } cases[] = {{"7", 7},
               {"-(2 + 3)", -5},
               {"2 - 3*4/8", 0.5},
               {"2^10", 1024},
               {"2^-2", 0.25},
               {"sqrt(16) + abs(-3)", 7},
               {"exp(0) + log(1)", 1},
               {"min(3, 4) + 10*max(3, 4)", 43},
               {"floor(2.7) + 10*ceil(2.2)", 32},
               {"clip(5, 0, 2)", 2},
               {"if 1 < 2 then 3 else 4", 3},
               {"if 1 >= 2 or 1 == 2 then 3 else 4", 4},
               {"if not (1 > 2) and 1 != 2 then 5 else 6", 5},
               {"if true then 1 else 0", 1}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    arena *a = arena_new();
    checked c = constants_of(arena_printf(a, "let x = %s", cases[i].text));
    if (value_in(&c, "x") != cases[i].value)
      fail_msg("%s is %.17g, not %.17g", cases[i].text, value_in(&c, "x"), cases[i].value);
    checked_free(&c);
    arena_free(a);
  }
}

/* A product is rounded with the sum that it goes into: 0.1*10 - 1 is the rest of 0.1, not 0. */
static void products_are_rounded_with_their_sums(void **state) {
  (void)state;
  checked c = constants_of("param a = 0.1, b = 10, c = 1\n let x = a*b - c\n let y = c - a*b\n let z = a*b + a*b");
  assert_true(value_in(&c, "x") == fma(0.1, 10, -1) && value_in(&c, "x") != 0);
  assert_true(value_in(&c, "y") == fma(-0.1, 10, 1) && value_in(&c, "y") != 0);
  assert_true(value_in(&c, "z") == 2);
  checked_free(&c);
}

static void params_are_known_by_their_defaults(void **state) {
  (void)state;
  checked c = constants_of("param a = 3, b = 2*a, c = b^2\n let x = c + a");
  assert_true(value_in(&c, "x") == 39);
  assert_false(is_constant(&c, "x", NULL));
  checked_free(&c);
}

/* Nor has what only seems to. */
static void what_depends_on_the_run_has_no_value(void **state) {
  (void)state;
  checked c = constants_of("param a = 3\n"
                           "let of_state = v + 1\n let of_index = i + 0\n let of_time = t + 1 ms\n"
                           "let of_none = 0*v\n let known = a");
  const model_component *n = component_named(&c, "n");
  static const char *const names[] = {"of_state", "of_index", "of_time", "of_none"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    assert_false(is_constant(&c, names[i], n));
  assert_true(is_constant(&c, "known", n));
  assert_false(constant_value(NULL, n, &(double){0}));
  checked_free(&c);
}

/* A population sets params: what is computed from them follows, and the last value counts. */
static void values_of_a_population_come_first(void **state) {
  (void)state;
  checked c = constants_of("param a = 3, b = 2*a, f = 1\n let x = b + f\n let y = 5");
  checked other = check_text("neuron n { param a = 3, b = 2*a, f = 1\n state v = 0\n dv/dt = -v /s }\n"
                             "population p : n[3] { a = 10\n v = 4\n f = uniform(0, 1) }\n"
                             "population q : n[3] { a = 20\n b = 1 }\n");
  assert_no_errors(&other);
  const model_component *n = component_named(&c, "n");
  const model_expr *x = let_named(n, "x")->value;
  const model_population *p = &other.model->populations.data[0], *q = &other.model->populations.data[1];
  double value = 77;
  assert_true(constant_value_with(x, n, p->overrides.data, 2, &value) && value == 21); /* without f */
  value = 77;
  assert_false(constant_value_with(x, n, p->overrides.data, 3, &value)); /* f is drawn */
  assert_true(value == 77);
  assert_true(constant_value_with(x, n, q->overrides.data, 2, &value) && value == 2);
  model_override twice[] = {p->overrides.data[0], q->overrides.data[0]};
  assert_true(constant_value_with(x, n, twice, 2, &value) && value == 41);
  assert_true(constant_value_with(let_named(n, "y")->value, n, twice, 2, &value) && value == 5);
  assert_true(constant_value_with(x, n, NULL, 0, &value) && value == 7);
  checked_free(&other);
  checked_free(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(operators_and_functions),
      cmocka_unit_test(products_are_rounded_with_their_sums),
      cmocka_unit_test(params_are_known_by_their_defaults),
      cmocka_unit_test(what_depends_on_the_run_has_no_value),
      cmocka_unit_test(values_of_a_population_come_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
