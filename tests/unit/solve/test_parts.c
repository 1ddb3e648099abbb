/* SPDX-License-Identifier: MIT */
/* A system as systems of their own: which equations each has, and what these read. */
#include "solve/equations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Arguments: states a to d, t, then p and q. a' = c + p; b' = b*q; c' = a; d' = t, and one noise, in d alone. */
enum { A, B, C, D, T, P, Q, ARGUMENTS };

typedef struct {
  arena *arena;
  ir_fragment *f;
  bool is_invariant[2];
  solver_kind solver[4];
  solve_system system;
} example;

static void make(example *e) {
  *e = (example){.arena = arena_new(), .is_invariant = {true, false}};
  e->f = ir_fragment_new(e->arena);
  e->f->arg_count = ARGUMENTS;
  ir_builder b = ir_builder_in(e->arena, e->f);
  ir_value x[ARGUMENTS];
  for (uint32_t i = 0; i < ARGUMENTS; i++)
    x[i] = ir_nullary(&b, IR_OP_arg, i);
  ir_value zero = ir_number(&b, 0);
  const ir_value outputs[] = {
      ir_binary(&b, IR_OP_add, x[C], x[P]), ir_binary(&b, IR_OP_mul, x[B], x[Q]), x[A], x[T], zero, zero, zero, x[P]};
  for (uint32_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
    vec_push(e->arena, &e->f->outputs, outputs[i]);
  e->solver[B] = SOLVER_rk4;
  e->system = (solve_system){
      .n = 4, .noise_count = 1, .rates = e->f, .is_invariant = e->is_invariant, .solver = e->solver, .dt = 0.1};
}

static void has_numbers(const uint32_t *numbers, uint32_t count, const uint32_t *wanted, uint32_t wanted_count) {
  assert_int_equal(count, wanted_count);
  for (uint32_t i = 0; i < count; i++)
    assert_int_equal(numbers[i], wanted[i]);
}

static void parts_are_what_is_joined(void **state) {
  (void)state;
  example e;
  make(&e);
  uint32_t count;
  const solve_part *parts = solve_split(e.arena, &e.system, &count);
  assert_int_equal(count, 3);
  has_numbers(parts[0].states, parts[0].system.n, (uint32_t[]){A, C}, 2);
  has_numbers(parts[1].states, parts[1].system.n, (uint32_t[]){B}, 1);
  has_numbers(parts[2].states, parts[2].system.n, (uint32_t[]){D}, 1);
  has_numbers(parts[0].arguments, parts[0].system.rates->arg_count, (uint32_t[]){A, C, T, P}, 4);
  has_numbers(parts[1].arguments, parts[1].system.rates->arg_count, (uint32_t[]){B, T, Q}, 3);
  has_numbers(parts[2].arguments, parts[2].system.rates->arg_count, (uint32_t[]){D, T, P}, 3);
  arena_free(e.arena);
}

static void a_part_has_what_is_its_own(void **state) {
  (void)state;
  example e;
  make(&e);
  uint32_t count;
  const solve_part *parts = solve_split(e.arena, &e.system, &count);
  for (uint32_t k = 0; k < 3; k++) {
    assert_int_equal(parts[k].system.noise_count, k == 2);
    assert_true(parts[k].system.dt == 0.1);
  }
  assert_int_equal(parts[1].system.solver[0], SOLVER_rk4);
  assert_int_equal(parts[0].system.solver[0], SOLVER_automatic);
  assert_true(parts[0].system.is_invariant[0]);  /* p */
  assert_false(parts[1].system.is_invariant[0]); /* q */
  arena_free(e.arena);
}

static void its_rates_are_those_of_the_whole(void **state) {
  (void)state;
  example e;
  make(&e);
  const double values[ARGUMENTS] = {2, 3, 5, 7, 11, 13, 17};
  const bool flags[4] = {false, true, true, false};
  uint32_t count;
  const solve_part *parts = solve_split(e.arena, &e.system, &count);
  double rates[2];
  solve_evaluate(parts[0].system.rates, solve_part_values(e.arena, &parts[0], values), rates);
  assert_true(rates[0] == 5 + 13 && rates[1] == 2);
  solve_evaluate(parts[2].system.rates, solve_part_values(e.arena, &parts[2], values), rates);
  assert_true(rates[0] == 11 && rates[1] == 13); /* the noise's coefficient */
  const bool *own = solve_part_flags(e.arena, &parts[0], flags);
  assert_true(!own[0] && own[1]);
  assert_null(solve_part_values(e.arena, &parts[0], NULL));
  assert_null(solve_part_flags(e.arena, &parts[0], NULL));
  arena_free(e.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(parts_are_what_is_joined),
                                     cmocka_unit_test(a_part_has_what_is_its_own),
                                     cmocka_unit_test(its_rates_are_those_of_the_whole)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
