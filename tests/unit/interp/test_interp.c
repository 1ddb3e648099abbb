/* SPDX-License-Identifier: MIT */
/* The interpreter against what ir_ops.def says. */
#include "ir/build.h"
#include "nsa_math.h"
#include "unit/interp/machine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 2, COLS = 3, ENTRIES = 8 };

typedef struct {
  arena *a;
  ir_program *p;
  uint32_t run, sheet;
  ir_builder b;
} fixture;

static void start(fixture *t) {
  t->a = arena_new();
  t->p = ir_program_new(t->a);
  t->run = ir_domain_of_run(t->p);
  t->sheet = ir_domain_of_population(t->p, "sheet", (nsa_population_id){0});
  nsa_program *program = t->p->program;
  program->populations = ARENA_NEW(t->a, nsa_population);
  program->populations_count = 1;
  program->populations[0] = (nsa_population){.domain = t->sheet, .rows = ROWS, .cols = COLS, .is_grid = 1};
  t->b = ir_builder_on(t->p, ir_function_add(t->p, "f", NSA_ROLE_STEP, t->sheet, 0, NULL));
}

static nsa_field_id field(fixture *t, nsa_type type, bool is_uniform) {
  return ir_field_add(t->p, (nsa_field){.name = "x", .domain = t->sheet, .type = type, .is_uniform = is_uniform});
}

static machine finish(fixture *t) {
  ir_program_finish(t->p);
  assert_null(ir_validate(t->a, t->p));
  return machine_new(t->a, t->p, ENTRIES);
}

/* The value of one operation on numbers, through a kernel. */
static double result_of(ir_opcode op, uint32_t aux, double x, double y, double z) {
  fixture t;
  start(&t);
  nsa_field_id out = field(&t, NSA_F64, false);
  double numbers[] = {x, y, z};
  ir_op o = {.op = (uint16_t)op, .aux = aux};
  for (uint32_t i = 0; i < strlen(ir_ops[op].args); i++)
    o.args[i] = ir_ops[op].args[i] == 'b' ? ir_bool(&t.b, numbers[i] != 0) : ir_number(&t.b, numbers[i]);
  ir_value v = ir_add_op(&t.b, o);
  if (ir_ops[op].type == IR_B1)
    v = ir_select(&t.b, v, ir_number(&t.b, 1), ir_number(&t.b, 0));
  ir_store(&t.b, out, v);
  machine m = finish(&t);
  machine_run(&m, 0);
  double result = machine_f64(&m, out.id)[ENTRIES - 1];
  arena_free(t.a);
  return result;
}

static void assert_bits(double have, double want) {
  if (memcmp(&have, &want, sizeof have) != 0 && !(isnan(have) && isnan(want)))
    fail_msg("%.17g is not %.17g", have, want);
}

static void test_operations(void **state) {
  (void)state;
  static const struct {
    ir_opcode op;
    double x, y, z, want;
  } cases[] = {
      {IR_OP_add, 0.1, 0.2, 0, 0.1 + 0.2},
      {IR_OP_div, 1, 0, 0, INFINITY},
      {IR_OP_fma, 1 + 0x1p-30, 1 - 0x1p-30, -1, -0x1p-60},
      {IR_OP_min, -0.0, 0.0, 0, 0.0}, /* -0 < 0 is false: the second */
      {IR_OP_min, NAN, 1, 0, 1},
      {IR_OP_min, 1, NAN, 0, NAN},
      {IR_OP_max, NAN, 1, 0, 1},
      {IR_OP_max, 1, NAN, 0, NAN},
      {IR_OP_abs, -0.0, 0, 0, 0.0},
      {IR_OP_neg, 0.0, 0, 0, -0.0},
      {IR_OP_round, 2.5, 0, 0, 3},
      {IR_OP_round, -2.5, 0, 0, -3},
      {IR_OP_floor, -1.5, 0, 0, -2},
      {IR_OP_ceil, -1.5, 0, 0, -1},
      {IR_OP_sign, NAN, 0, 0, 0},
      {IR_OP_sign, -3, 0, 0, -1},
      {IR_OP_step, 0, 0, 0, 1},
      {IR_OP_step, -0.0, 0, 0, 1},
      {IR_OP_step, NAN, 0, 0, 0},
      {IR_OP_lt, NAN, 1, 0, 0},
      {IR_OP_ge, NAN, 1, 0, 0},
      {IR_OP_eq, NAN, NAN, 0, 0},
      {IR_OP_ne, NAN, NAN, 0, 1},
      {IR_OP_eq, 0.0, -0.0, 0, 1},
      {IR_OP_and, 1, 0, 0, 0},
      {IR_OP_or, 1, 0, 0, 1},
      {IR_OP_not, 0, 0, 0, 1},
      {IR_OP_select, 1, 5, NAN, 5},
      {IR_OP_select, 0, NAN, 6, 6},
      {IR_OP_bselect, 0, 1, 0, 0},
      {IR_OP_sqrt, 2, 0, 0, 1.4142135623730951},
  };
  for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_bits(result_of(cases[i].op, 0, cases[i].x, cases[i].y, cases[i].z), cases[i].want);
  assert_bits(result_of(IR_OP_math1, ir_math_find("exp"), 1.5, 0, 0), nsa_exp_1(1.5));
  assert_bits(result_of(IR_OP_math2, ir_math_find("pow"), 1.5, 2.5, 0), nsa_pow_1(1.5, 2.5));
  assert_bits(result_of(IR_OP_math3, ir_math_find("hill"), 1.5, 2.5, 3), nsa_hill_1(1.5, 2.5, 3));
}

static void test_memory_and_place(void **state) {
  (void)state;
  fixture t;
  start(&t);
  nsa_field_id x = field(&t, NSA_F64, false), y = field(&t, NSA_F64, false), flag = field(&t, NSA_B1, false);
  nsa_field_id to = field(&t, NSA_INDEX, false), scale = field(&t, NSA_F64, true);
  ir_value element = ir_nullary(&t.b, IR_OP_element, 0);
  ir_value index = ir_load(&t.b, to), number = ir_index_number(&t.b, index, 0);
  ir_value there = ir_binary(&t.b, IR_OP_mul, ir_load_at(&t.b, x, index), ir_load(&t.b, scale));
  ir_value sum = ir_binary(&t.b, IR_OP_add, there, ir_binary(&t.b, IR_OP_add, number, element));
  sum = ir_binary(&t.b, IR_OP_add, sum, ir_nullary(&t.b, IR_OP_tick, 1));
  sum = ir_binary(&t.b, IR_OP_add, sum, ir_nullary(&t.b, IR_OP_time, 2));
  ir_store(&t.b, y, sum);
  ir_value is_big = ir_binary(&t.b, IR_OP_gt, element, ir_number(&t.b, 4));
  ir_add_op(&t.b, (ir_op){.op = IR_OP_event, .field = flag, .aux = 5, .args = {is_big}});
  ir_unary(&t.b, IR_OP_check, ir_load(&t.b, x));
  machine m = finish(&t);
  m.clock.tick[1] = 1000;
  m.clock.time[2] = 20000;
  for (uint32_t i = 0; i < ENTRIES; i++) {
    machine_f64(&m, x.id)[i] = 0.5 * i;
    ((uint32_t *)m.fields[to.id])[i] = (i + 1) % ENTRIES;
  }
  machine_f64(&m, scale.id)[0] = 100;
  machine_run(&m, 0);
  for (uint32_t i = 0; i < ENTRIES; i++) {
    double next = (i + 1) % ENTRIES;
    assert_bits(machine_f64(&m, y.id)[i], 50 * next + next + i + 21000);
    assert_int_equal(machine_b1(&m, flag.id)[i], i > 4);
  }
  assert_int_equal(m.out.events, 1 << 5);
  assert_int_equal(m.out.nonfinite, 0);
  machine_f64(&m, x.id)[3] = INFINITY;
  machine_run(&m, 0);
  assert_int_equal(m.out.nonfinite, 1);
  arena_free(t.a);
}

static void test_shifts(void **state) {
  (void)state;
  fixture t;
  start(&t);
  nsa_field_id x = field(&t, NSA_F64, false), y = field(&t, NSA_F64, false), on_grid = field(&t, NSA_B1, false);
  uint32_t up_right = (8 - 1) * 16 + 8 + 1;
  ir_store(&t.b, y, ir_load_at(&t.b, x, ir_nullary(&t.b, IR_OP_shift, up_right)));
  ir_store(&t.b, on_grid, ir_nullary(&t.b, IR_OP_shift_valid, up_right));
  machine m = finish(&t);
  for (uint32_t i = 0; i < ENTRIES; i++)
    machine_f64(&m, x.id)[i] = i;
  machine_run(&m, 0);
  static const double want[] = {0, 1, 2, 1, 2, 5};
  for (uint32_t i = 0; i < ROWS * COLS; i++) {
    assert_bits(machine_f64(&m, y.id)[i], want[i]);
    assert_int_equal(machine_b1(&m, on_grid.id)[i], i == 3 || i == 4);
  }
  arena_free(t.a);
}

static void test_part_of_a_population(void **state) {
  (void)state;
  enum { FIRST = 3 };
  fixture t;
  start(&t);
  nsa_field_id x = field(&t, NSA_F64, false), y = field(&t, NSA_F64, false), on_grid = field(&t, NSA_B1, false);
  uint32_t up = (8 - 1) * 16 + 8;
  nsa_field_id to = field(&t, NSA_INDEX, false);
  ir_store(&t.b, x, ir_nullary(&t.b, IR_OP_element, 0));
  ir_store(&t.b, y, ir_index_number(&t.b, ir_load(&t.b, to), t.sheet));
  ir_store(&t.b, on_grid, ir_nullary(&t.b, IR_OP_shift_valid, up));
  machine m = finish(&t);
  ((double *)m.clock.first)[t.sheet] = FIRST; /* the second of two rows: above is a row */
  machine_run(&m, 0);
  for (uint32_t i = 0; i < COLS; i++) {
    assert_bits(machine_f64(&m, x.id)[i], i + FIRST);
    assert_bits(machine_f64(&m, y.id)[i], FIRST); /* of entry 0 */
    assert_int_equal(machine_b1(&m, on_grid.id)[i], 1);
  }
  arena_free(t.a);
}

static void test_entries(void **state) {
  (void)state;
  fixture t;
  start(&t);
  nsa_field_id x = field(&t, NSA_F64, false), y = field(&t, NSA_F64, false);
  ir_store(&t.b, y, ir_index_number(&t.b, ir_entry(&t.b, ir_load(&t.b, x), 4), 0));
  machine m = finish(&t);
  static const double said[] = {0, 2.75, 3, 4, -1, NAN, INFINITY, -INFINITY}, want[] = {0, 2, 3, 3, 0, 0, 3, 0};
  for (uint32_t i = 0; i < sizeof said / sizeof *said; i++) {
    machine_f64(&m, x.id)[0] = said[i];
    machine_run(&m, 0);
    assert_bits(machine_f64(&m, y.id)[0], want[i]);
  }
  arena_free(t.a);
}

static void test_random_draws(void **state) {
  (void)state;
  fixture t;
  start(&t);
  nsa_field_id x = field(&t, NSA_F64, false), y = field(&t, NSA_F64, false);
  ir_value who = ir_nullary(&t.b, IR_OP_element, 0), zero = ir_number(&t.b, 0);
  ir_store(&t.b, x, ir_random(&t.b, IR_OP_rand_normal, 77, 1, who, zero, zero, ir_number(&t.b, 2)));
  ir_store(&t.b, y, ir_random(&t.b, IR_OP_rand_poisson, 78, 1, who, zero, ir_number(&t.b, 3), IR_NO_VALUE));
  machine m = finish(&t);
  m.clock.seed = 123;
  m.clock.tick[1] = 9;
  machine_run(&m, 0);
  for (uint32_t i = 0; i < ENTRIES; i++) {
    assert_bits(machine_f64(&m, x.id)[i], nsa_rand_normal_1(77 ^ 123, i, 0, 9, 0, 2));
    assert_bits(machine_f64(&m, y.id)[i], nsa_rand_poisson_1(78 ^ 123, i, 0, 9, 3));
  }
  arena_free(t.a);
}

static void test_skipping(void **state) {
  (void)state;
  fixture t;
  start(&t);
  nsa_field_id x = field(&t, NSA_F64, false);
  ir_value element = ir_nullary(&t.b, IR_OP_element, 0), three = ir_number(&t.b, 3);
  ir_value is_big = ir_binary(&t.b, IR_OP_gt, element, three);
  ir_unary(&t.b, IR_OP_skip_begin, is_big);
  ir_value root = ir_unary(&t.b, IR_OP_sqrt, element);
  ir_nullary(&t.b, IR_OP_skip_end, 0);
  ir_store(&t.b, x, ir_select(&t.b, is_big, root, three));
  machine m = finish(&t);
  machine_run(&m, 0);
  for (uint32_t i = 0; i < ENTRIES; i++)
    assert_bits(machine_f64(&m, x.id)[i], i > 3 ? sqrt(i) : 3);
  arena_free(t.a);
}

static void test_matrices(void **state) {
  (void)state;
  fixture t;
  start(&t);
  nsa_field_id x = field(&t, NSA_F64, false), y = field(&t, NSA_F64, false), z = field(&t, NSA_F64, false);
  ir_value zero = ir_number(&t.b, 0), a = ir_number(&t.b, -0.5), one = ir_number(&t.b, 1);
  ir_value dt = ir_number(&t.b, 0.1);
  ir_value args[9] = {a, one, zero, a, dt};
  ir_value tuple = ir_tuple_op(&t.b, IR_OP_expm, 2, args, 5);
  ir_store(&t.b, x, ir_get(&t.b, tuple, 1));
  ir_store(&t.b, y, ir_get(&t.b, tuple, 4));
  ir_value noise[] = {a, one, dt};
  ir_store(&t.b, z, ir_get(&t.b, ir_tuple_op(&t.b, IR_OP_oucov, 1, noise, 3), 0));
  machine m = finish(&t);
  machine_run(&m, 0);
  assert_true(fabs(machine_f64(&m, x.id)[2] - 0.1 * exp(-0.05)) < 1e-15);
  assert_true(fabs(machine_f64(&m, y.id)[2] - (1 - exp(-0.05)) / 0.5) < 1e-15);
  assert_true(fabs(machine_f64(&m, z.id)[2] - sqrt(1 - exp(-0.1))) < 1e-14);
  arena_free(t.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_operations), cmocka_unit_test(test_memory_and_place),
      cmocka_unit_test(test_shifts),     cmocka_unit_test(test_part_of_a_population),
      cmocka_unit_test(test_entries),    cmocka_unit_test(test_random_draws),
      cmocka_unit_test(test_skipping),   cmocka_unit_test(test_matrices),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
