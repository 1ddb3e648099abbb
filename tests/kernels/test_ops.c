/* SPDX-License-Identifier: MIT */
/* What kernels do, by hand: skips, uniform fields, neighbours, gathers, events, checks, ranges. */
#include "fixture.h"
#include "interp/interp.h"
#include "unit/cmocka_all.h"
#include <math.h>

static const uint32_t widths[] = {1, 2, 4, 8};
enum { WIDTHS = sizeof widths / sizeof widths[0], ROWS = 5, COLUMNS = 7, COUNT = ROWS * COLUMNS };

typedef struct {
  arena *arena;
  ir_program *program;
} context;

static int start(void **state) {
  context *c = test_malloc(sizeof *c);
  c->arena = arena_new();
  c->program = fixture_program(c->arena, ROWS, COLUMNS);
  *state = c;
  return 0;
}

static int stop(void **state) {
  context *c = *state;
  arena_free(c->arena);
  test_free(c);
  return 0;
}

static nsa_field_id numbers(ir_program *p) { return fixture_field(p, FIXTURE_GRID, NSA_F64, false, 0); }
static nsa_field_id flags(ir_program *p) { return fixture_field(p, FIXTURE_GRID, NSA_B1, false, 0); }

/* Calls kernel 0 at each width; `check` looks at the memory. */
static void at_every_width(context *c, void (*fill)(fixture_memory *),
                           void (*check)(const fixture_memory *, nsa_range_out)) {
  fixture_finish(c->arena, c->program);
  for (uint32_t i = 0; i < WIDTHS; i++) {
    build_jit *jit = fixture_jit(c->arena, c->program, widths[i]);
    fixture_memory m = fixture_memory_new(c->program);
    fill(&m);
    check(&m, fixture_call(jit, &m, 0));
    fixture_memory_free(&m);
    build_jit_free(jit);
  }
}

/* ---- fields 0: truth values, 1 and 2: numbers ---- */

static void fill_every_ninth(fixture_memory *m) {
  for (uint32_t i = 0; i < COUNT; i++) {
    fixture_b1(m, 0)[i] = i % 9 == 8;
    fixture_f64(m, 1)[i] = i;
  }
}

static void check_skip(const fixture_memory *m, nsa_range_out out) {
  assert_int_equal(out.events, 0);
  for (uint32_t i = 0; i < COUNT; i++)
    assert_true(fixture_f64(m, 2)[i] == (i % 9 == 8 ? 2.0 * i + 1 : -(double)i));
}

static void a_skipped_value_is_used_only_where_its_condition_holds(void **state) {
  context *c = *state;
  nsa_field_id cond = flags(c->program), x = numbers(c->program), y = numbers(c->program);
  ir_builder b = fixture_function(c->program, NSA_ROLE_STEP, FIXTURE_GRID);
  ir_value is = ir_load(&b, cond), value = ir_load(&b, x);
  ir_unary(&b, IR_OP_skip_begin, is);
  ir_value twice = ir_binary(&b, IR_OP_add, value, value);
  ir_unary(&b, IR_OP_skip_begin, is);
  ir_value inner = ir_binary(&b, IR_OP_add, twice, ir_number(&b, 1));
  ir_nullary(&b, IR_OP_skip_end, 0);
  ir_nullary(&b, IR_OP_skip_end, 0);
  ir_store(&b, y, ir_select(&b, is, inner, ir_unary(&b, IR_OP_neg, value)));
  at_every_width(c, fill_every_ninth, check_skip);
}

static void check_event(const fixture_memory *m, nsa_range_out out) {
  assert_int_equal(out.events, 1u << 31 | 1u << 3);
  assert_int_equal(out.nonfinite, 0);
  for (uint32_t i = 0; i < COUNT; i++) {
    assert_int_equal(fixture_b1(m, 3)[i], i == 21);
    assert_int_equal(fixture_b1(m, 4)[i], i % 9 == 8);
    assert_int_equal(fixture_b1(m, 5)[i], 0);
  }
}

static void events_set_their_flags_and_bits(void **state) {
  context *c = *state;
  nsa_field_id cond = flags(c->program), x = numbers(c->program);
  numbers(c->program);
  nsa_field_id one = flags(c->program), some = flags(c->program), none = flags(c->program);
  ir_builder b = fixture_function(c->program, NSA_ROLE_STEP, FIXTURE_GRID);
  ir_value is_21 = ir_binary(&b, IR_OP_eq, ir_load(&b, x), ir_number(&b, 21));
  ir_add_op(&b, (ir_op){.op = IR_OP_event, .field = one, .aux = 31, .args = {is_21}});
  ir_value is = ir_load(&b, cond);
  ir_add_op(&b, (ir_op){.op = IR_OP_event, .field = some, .aux = 3, .args = {is}});
  ir_value no = ir_bool(&b, false);
  ir_add_op(&b, (ir_op){.op = IR_OP_event, .field = none, .aux = 4, .args = {no}});
  at_every_width(c, fill_every_ninth, check_event);
}

static void fill_infinite(fixture_memory *m) { fixture_f64(m, 1)[COUNT - 2] = INFINITY; }
static void fill_nan(fixture_memory *m) { fixture_f64(m, 1)[0] = NAN; }
static void fill_nothing(fixture_memory *m) { (void)m; }
static void check_bad(const fixture_memory *m, nsa_range_out out) {
  (void)m;
  assert_int_equal(out.nonfinite, 1);
}
static void check_good(const fixture_memory *m, nsa_range_out out) {
  (void)m;
  assert_int_equal(out.nonfinite, 0);
}

static void checks_tell_of_nan_and_infinity(void **state) {
  context *c = *state;
  flags(c->program);
  nsa_field_id x = numbers(c->program);
  ir_builder b = fixture_function(c->program, NSA_ROLE_STEP, FIXTURE_GRID);
  ir_unary(&b, IR_OP_check, ir_load(&b, x));
  ir_unary(&b, IR_OP_check, ir_number(&b, 1e308));
  at_every_width(c, fill_infinite, check_bad);
  at_every_width(c, fill_nan, check_bad);
  at_every_width(c, fill_nothing, check_good);
}

/* ---- neighbours: fields 0 (numbers), 1 (truth values), then what was read ---- */

static void fill_grid(fixture_memory *m) {
  for (uint32_t i = 0; i < COUNT; i++) {
    fixture_f64(m, 0)[i] = 100 + i;
    fixture_b1(m, 1)[i] = i % 2 == 0;
  }
}

enum { DOWN = -2, RIGHT = 1 };

static void check_neighbours(const fixture_memory *m, nsa_range_out out) {
  (void)out;
  for (int i = 0; i < COUNT; i++) {
    int row = i / COLUMNS + DOWN, column = i % COLUMNS + RIGHT;
    bool valid = row >= 0 && row < ROWS && column >= 0 && column < COLUMNS;
    int there = valid ? row * COLUMNS + column : i;
    assert_int_equal(fixture_b1(m, 2)[i], valid);
    assert_true(fixture_f64(m, 3)[i] == 100 + there);
    assert_int_equal(fixture_b1(m, 4)[i], there % 2 == 0);
    assert_true(fixture_f64(m, 5)[i] == there);
  }
}

static void neighbours_are_themselves_off_the_grid(void **state) {
  context *c = *state;
  ir_program *p = c->program;
  nsa_field_id x = numbers(p), odd = flags(p), valid = flags(p), number = numbers(p);
  nsa_field_id flag = flags(p), index = numbers(p);
  uint32_t aux = (DOWN + 8) * 16 + RIGHT + 8;
  ir_builder b = fixture_function(p, NSA_ROLE_STEP, FIXTURE_GRID);
  ir_value there = ir_nullary(&b, IR_OP_shift, aux);
  ir_store(&b, valid, ir_nullary(&b, IR_OP_shift_valid, aux));
  ir_store(&b, number, ir_load_at(&b, x, there));
  ir_store(&b, flag, ir_load_at(&b, odd, there));
  ir_store(&b, index, ir_index_number(&b, there, 0));
  at_every_width(c, fill_grid, check_neighbours);
}

/* ---- entries: fields 0 (what is said), 1 (what the entry holds) and 2 (what was read) ---- */

static const double said[] = {0, 2.75, 3, 4, -1, NAN, INFINITY, -INFINITY}, entries[] = {0, 2, 3, 3, 0, 0, 3, 0};
enum { SAID = sizeof said / sizeof said[0] };

static void fill_entries(fixture_memory *m) {
  for (uint32_t i = 0; i < COUNT; i++) {
    fixture_f64(m, 0)[i] = said[i % SAID];
    fixture_f64(m, 1)[i] = 100 + i;
  }
}

static void check_entries(const fixture_memory *m, nsa_range_out out) {
  (void)out;
  for (uint32_t i = 0; i < COUNT; i++)
    assert_true(fixture_f64(m, 2)[i] == 100 + entries[i % SAID]);
}

static void entries_that_are_not_there_are_the_nearest_ones(void **state) {
  context *c = *state;
  nsa_field_id x = numbers(c->program), array = numbers(c->program), y = numbers(c->program);
  ir_builder b = fixture_function(c->program, NSA_ROLE_STEP, FIXTURE_GRID);
  ir_store(&b, y, ir_load_at(&b, array, ir_entry(&b, ir_load(&b, x), 4)));
  at_every_width(c, fill_entries, check_entries);
}

/* ---- fields that are the same for all ---- */

static void check_uniform(const fixture_memory *m, nsa_range_out out) {
  (void)out;
  assert_true(fixture_f64(m, 0)[0] == 11);
  assert_true(fixture_f64(m, 1)[0] == 21);
  assert_true(fixture_f64(m, 1)[1] == 10); /* nothing beside it */
}

static void a_uniform_field_is_read_after_it_was_stored(void **state) {
  context *c = *state;
  nsa_field_id x = fixture_field(c->program, FIXTURE_RUN, NSA_F64, true, 10);
  nsa_field_id y = fixture_field(c->program, FIXTURE_RUN, NSA_F64, true, 10);
  ir_builder b = fixture_function(c->program, NSA_ROLE_INIT, FIXTURE_RUN);
  ir_value before = ir_load(&b, x);
  ir_store(&b, x, ir_binary(&b, IR_OP_add, before, ir_number(&b, 1)));
  ir_store(&b, y, ir_binary(&b, IR_OP_add, before, ir_load(&b, x)));
  at_every_width(c, fill_nothing, check_uniform);
}

/* ---- ranges ---- */

static void a_kernel_keeps_to_its_range(void **state) {
  context *c = *state;
  nsa_field_id x = numbers(c->program);
  ir_builder b = fixture_function(c->program, NSA_ROLE_STEP, FIXTURE_GRID);
  ir_store(&b, x, ir_nullary(&b, IR_OP_element, 0));
  fixture_finish(c->arena, c->program);
  for (uint32_t w = 0; w < WIDTHS; w++) {
    build_jit *jit = fixture_jit(c->arena, c->program, widths[w]);
    fixture_memory m = fixture_memory_new(c->program);
    for (uint32_t i = 0; i < 40; i++)
      fixture_f64(&m, x.id)[i] = -1;
    uint32_t count;
    nsa_range_out out = {0, 0};
    nsa_kernel_fn kernel = build_jit_kernels(jit, &count)[0];
    assert_int_equal(count, 1);
    kernel(NULL, m.arrays, &m.clock, 16, 16, &out); /* nothing */
    kernel(NULL, m.arrays, &m.clock, 8, 24, &out);
    for (uint32_t i = 0; i < 40; i++)
      assert_true(fixture_f64(&m, x.id)[i] == (i >= 8 && i < 24 ? i : -1.0));
    fixture_memory_free(&m);
    build_jit_free(jit);
  }
}

/* What elements have drawn, and their numbers, where this process has those from `first` on. */
static void call_from(const build_jit *jit, fixture_memory *m, double first) {
  const double firsts[] = {0, first};
  m->clock.first = firsts;
  fixture_call(jit, m, 0);
}

static void numbers_are_those_of_the_whole_population(void **state) {
  context *c = *state;
  enum { FIRST = 3 };
  nsa_field_id draw = numbers(c->program), other = numbers(c->program), number = numbers(c->program);
  nsa_field_id to = fixture_field(c->program, FIXTURE_GRID, NSA_INDEX, false, 2);
  ir_builder b = fixture_function(c->program, NSA_ROLE_STEP, FIXTURE_GRID);
  ir_value element = ir_nullary(&b, IR_OP_element, 0), there = ir_index_number(&b, ir_load(&b, to), FIXTURE_GRID);
  ir_value zero = ir_number(&b, 0), one = ir_number(&b, 1);
  ir_store(&b, draw, ir_random(&b, IR_OP_rand_normal, 77, 0, element, zero, zero, one));
  ir_store(&b, other, ir_random(&b, IR_OP_rand_normal, 77, 0, there, zero, zero, one));
  ir_store(&b, number, element);
  fixture_finish(c->arena, c->program);
  for (uint32_t w = 0; w < WIDTHS; w++) {
    build_jit *jit = fixture_jit(c->arena, c->program, widths[w]);
    fixture_memory all = fixture_memory_new(c->program), some = fixture_memory_new(c->program);
    call_from(jit, &all, 0);
    call_from(jit, &some, FIRST);
    for (uint32_t i = 0; i + FIRST < COUNT; i++) {
      assert_true(fixture_f64(&some, number.id)[i] == i + FIRST);
      assert_true(fixture_f64(&some, draw.id)[i] == fixture_f64(&all, draw.id)[i + FIRST]);
      assert_true(fixture_f64(&some, other.id)[i] == fixture_f64(&all, draw.id)[2 + FIRST]);
    }
    fixture_memory_free(&all);
    fixture_memory_free(&some);
    build_jit_free(jit);
  }
}

/* ---- matrix exponentials ---- */

static void fill_rates(fixture_memory *m) {
  for (uint32_t i = 0; i < COUNT; i++)
    fixture_f64(m, 0)[i] = -0.1 * i;
}

static void check_exponentials(const fixture_memory *m, nsa_range_out out) {
  (void)out;
  for (uint32_t i = 0; i < COUNT; i++) {
    double rate = -0.1 * i, dt = 0.5;
    assert_true(fabs(fixture_f64(m, 1)[i] - exp(rate * dt)) < 1e-14);
    double integral = i == 0 ? dt : (exp(rate * dt) - 1) / rate;
    assert_true(fabs(fixture_f64(m, 2)[i] - integral) < 1e-14);
    double variance = i == 0 ? 2 * dt : 2 * (exp(2 * rate * dt) - 1) / (2 * rate);
    assert_true(fabs(fixture_f64(m, 3)[i] - sqrt(variance)) < 1e-13);
  }
}

static void matrix_exponentials_are_taken_lane_by_lane(void **state) {
  context *c = *state;
  nsa_field_id rate = numbers(c->program), e = numbers(c->program), f = numbers(c->program);
  nsa_field_id noise = numbers(c->program);
  ir_builder b = fixture_function(c->program, NSA_ROLE_SETUP, FIXTURE_GRID);
  ir_value args[3] = {ir_load(&b, rate), ir_number(&b, 0.5), IR_NO_VALUE};
  ir_value tuple = ir_tuple_op(&b, IR_OP_expm, 1, args, 2);
  args[2] = args[1];
  args[1] = ir_number(&b, 2); /* the noise's variance a unit of time */
  ir_value root = ir_tuple_op(&b, IR_OP_oucov, 1, args, 3);
  ir_store(&b, e, ir_get(&b, tuple, 0));
  ir_store(&b, f, ir_get(&b, tuple, 1));
  ir_store(&b, noise, ir_get(&b, root, 0));
  at_every_width(c, fill_rates, check_exponentials);
}

/* ---- maths of floats, in kernels whose vectors have as many lanes as those of doubles ---- */

static void fill_fractions(fixture_memory *m) {
  for (uint32_t i = 0; i < COUNT; i++)
    fixture_f64(m, 0)[i] = (i + 0.5) / COUNT;
}

static void a_few_floats_are_what_many_are(void **state) {
  context *c = *state;
  nsa_field_id x = numbers(c->program);
  ir_builder b = fixture_function(c->program, NSA_ROLE_SETTLE, FIXTURE_GRID);
  b.function->is_single = true;
  ir_value loaded = ir_load(&b, x), args[3] = {loaded, loaded, loaded};
  for (uint32_t k = 0; k < ir_math_count; k++) {
    b.is_single = true;
    ir_value y = ir_math(&b, ir_maths[k].name, args, ir_maths[k].arity);
    b.is_single = false;
    ir_store(&b, numbers(c->program), y);
  }
  fixture_finish(c->arena, c->program);
  fixture_memory expected = fixture_memory_new(c->program);
  fill_fractions(&expected);
  fixture_call_entry(interp_entries(c->arena, c->program), &expected, 0);
  for (uint32_t w = 0; w < WIDTHS; w++) {
    build_jit *jit = fixture_jit(c->arena, c->program, widths[w]);
    fixture_memory got = fixture_memory_new(c->program);
    fill_fractions(&got);
    fixture_call(jit, &got, 0);
    const char *difference = fixture_difference(c->arena, &expected, &got);
    if (difference != NULL)
      fail_msg("width %u: %s", widths[w], difference);
    fixture_memory_free(&got);
    build_jit_free(jit);
  }
  fixture_memory_free(&expected);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      CASE(a_skipped_value_is_used_only_where_its_condition_holds),
      CASE(events_set_their_flags_and_bits),
      CASE(checks_tell_of_nan_and_infinity),
      CASE(neighbours_are_themselves_off_the_grid),
      CASE(entries_that_are_not_there_are_the_nearest_ones),
      CASE(a_uniform_field_is_read_after_it_was_stored),
      CASE(a_kernel_keeps_to_its_range),
      CASE(numbers_are_those_of_the_whole_population),
      CASE(matrix_exponentials_are_taken_lane_by_lane),
      CASE(a_few_floats_are_what_many_are),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
