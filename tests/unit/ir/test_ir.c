/* SPDX-License-Identifier: MIT */
/* Building, printing, reading, validating. */
#include "ir/build.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* One operation of every kind that needs no fragment. */
static ir_program *example(arena *a) {
  ir_program *p = ir_program_new(a);
  nsa_program *t = p->program;
  t->name = "an \"example\"\n";
  t->base_dt = 0.1;
  t->timescales = ARENA_NEW(a, nsa_timescale);
  t->timescales_count = 1;
  t->timescales[0] = (nsa_timescale){"fast", 0.1, 1};
  t->populations = ARENA_NEW(a, nsa_population);
  t->populations_count = 1;
  t->populations[0] = (nsa_population){.name = "sheet", .domain = 1, .rows = 2, .cols = 4};
  t->populations[0].states = ARENA_ARRAY(a, nsa_field_id, 2);
  t->populations[0].states_count = 2;
  t->images = ARENA_NEW(a, nsa_image);
  t->images_count = 1;
  t->images[0] = (nsa_image){.rows = 1, .cols = 2, .ink = (uint8_t *)arena_strdup(a, "\1\0", 2)};
  t->images[0].ink_count = 2;
  ir_domain_of_run(p);
  uint32_t sheet = ir_domain_of_population(p, "sheet", (nsa_population_id){0});
  nsa_field f = {.name = "sheet.v", .domain = sheet, .kind = NSA_FIELD_STATE, .value = -70};
  f.unit = "mV";
  nsa_field_id v = ir_field_add(p, f);
  f = (nsa_field){.name = "sheet.fired", .domain = sheet, .type = NSA_B1, .kind = NSA_FIELD_FIRED};
  f.value = NAN;
  nsa_field_id fired = ir_field_add(p, f);
  f = (nsa_field){.name = "sheet.tau",
                  .domain = sheet,
                  .is_uniform = 1,
                  .connection = NSA_NO_CONNECTION,
                  .image = NSA_NO_IMAGE,
                  .given = NSA_NO_FIELD};
  nsa_field_id tau = ir_field_add(p, f);
  f = (nsa_field){.name = "sheet.x", .domain = sheet, .kind = NSA_FIELD_SCRATCH};
  nsa_field_id x = ir_field_add(p, f);

  nsa_kernel_id number;
  ir_function *step = ir_function_add(p, "sheet.step", NSA_ROLE_STEP, sheet, 0, &number);
  assert_int_equal(number.id, 0);
  ir_builder b = ir_builder_on(p, step);
  b.at = (span){0, 12, 20};
  ir_value old = ir_load(&b, v), rate = ir_binary(&b, IR_OP_div, old, ir_load(&b, tau));
  b.at = SPAN_NONE;
  ir_value one = ir_number(&b, 1), is_big = ir_binary(&b, IR_OP_gt, old, one);
  ir_unary(&b, IR_OP_skip_begin, is_big);
  ir_value who = ir_nullary(&b, IR_OP_element, 0);
  ir_value draw = ir_random(&b, IR_OP_rand_normal, 0xfeedULL, 0, who, one, one, rate);
  ir_nullary(&b, IR_OP_skip_end, 0);
  ir_value out = ir_select(&b, is_big, draw, old);
  ir_value tuple = ir_tuple_op(&b, IR_OP_expm, 1, (ir_value[]){rate, one}, 2);
  ir_value loop = ir_loop_begin(&b, (ir_value[]){out, one}, 2);
  ir_value half[] = {ir_get(&b, loop, 1), ir_binary(&b, IR_OP_mul, ir_get(&b, loop, 0), ir_number(&b, 0.5))};
  out = ir_get(&b, ir_loop_end(&b, loop, ir_binary(&b, IR_OP_gt, half[1], half[0]), half, 2), 1);
  out = ir_ternary(&b, IR_OP_fma, out, ir_get(&b, tuple, 1), ir_math(&b, "exp", &rate, 1));
  ir_value next = ir_load_at(&b, x, ir_nullary(&b, IR_OP_shift, 8 * 16 + 9));
  ir_value valid = ir_nullary(&b, IR_OP_shift_valid, 8 * 16 + 9);
  out = ir_binary(&b, IR_OP_add, out, ir_select(&b, valid, next, ir_number(&b, -0.0)));
  out = ir_binary(&b, IR_OP_add, out, ir_load_at(&b, x, ir_entry(&b, out, 6)));
  out = ir_binary(&b, IR_OP_mul, out, ir_number(&b, 0.1));
  out = ir_binary(&b, IR_OP_min, out, ir_nullary(&b, IR_OP_time, 0));
  ir_store(&b, v, out);
  ir_unary(&b, IR_OP_check, out);
  ir_add_op(&b, (ir_op){.op = IR_OP_event, .field = fired, .aux = 3, .args = {is_big}});
  ir_program_finish(p);
  return p;
}

static const char *print(const ir_program *p, arena *a) {
  text out = text_new(a);
  ir_print(p, &out);
  return text_cstr(&out);
}

static void test_round_trip(void **state) {
  (void)state;
  arena *a = arena_new();
  ir_program *p = example(a);
  assert_null(ir_validate(a, p));
  const char *first = print(p, a), *error = NULL;
  ir_program *again = ir_read(a, first, &error);
  assert_null(error);
  assert_non_null(again);
  assert_string_equal(print(again, a), first);
  assert_null(ir_validate(a, again));
  assert_string_equal(again->program->name, p->program->name);
  assert_memory_equal(again->program->images[0].ink, "\1\0", 2);
  arena_free(a);
}

static void test_slots_in_order_of_use(void **state) {
  (void)state;
  arena *a = arena_new();
  ir_program *p = example(a);
  const nsa_kernel *k = &p->program->kernels[0];
  assert_int_equal(k->slots_count, 4);
  assert_int_equal(k->slots[0].id, 0);
  assert_int_equal(k->slots[1].id, 2);
  assert_int_equal(k->slots[2].id, 3);
  assert_int_equal(k->slots[3].id, 1);
  arena_free(a);
}

/* Damaged texts give an error or a program, never a crash. */
static void test_garbage(void **state) {
  (void)state;
  arena *a = arena_new();
  const char *good = print(example(a), a);
  size_t len = strlen(good);
  uint64_t random = 12345;
  for (uint32_t round = 0; round < 3000; round++) {
    arena *scratch = arena_new();
    char *bad = arena_strdup(scratch, good, len);
    for (uint32_t k = 0; k < 1 + round % 4; k++) {
      random = random * 6364136223846793005ULL + 1442695040888963407ULL;
      size_t at = (size_t)(random >> 33) % len;
      size_t from = (size_t)(random >> 13) % len;
      bad[at] = (random >> 60) < 8 ? good[from] : (char)((random >> 50) & 0xff);
    }
    if (round % 7 == 0)
      bad[(random >> 20) % len] = '\0';
    const char *error = NULL;
    ir_program *p = ir_read(scratch, bad, &error);
    assert_true((p == NULL) == (error != NULL));
    if (p != NULL) {
      ir_validate(scratch, p);
      print(p, scratch);
    }
    arena_free(scratch);
  }
  arena_free(a);
}

static void test_validate_finds(void **state) {
  (void)state;
  static const char head[] = "program { version 1 }\n"
                             "domain 0 run \"run\" owner none\n"
                             "domain 1 population \"p\" owner 0\n"
                             "field 0 \"p.v\" f64 state domain 1 value 0 connection 0 unit \"\" "
                             "dimension 0x0 at 0 0 0\n"
                             "function \"f\" ";
  static const struct {
    const char *body, *finds;
  } cases[] = {
      {"step domain 1 timescale 0 { %0 = const 1 %1 = and %0 %0 }", "not b1"},
      {"step domain 1 timescale 0 { %0 = add %0 %1 }", "not an operation before it"},
      {"step domain 0 timescale 0 { %0 = load $0 }", "another domain"},
      {"step domain 1 timescale 0 { %0 = load $1 }", "no field"},
      {"step domain 1 timescale 0 { %0 = bool 1 skip_begin %0 %2 = const 1 skip_end %4 = neg %2 }",
       "outside its skip region"},
      {"step domain 1 timescale 0 { %0 = bool 1 skip_begin %0 }", "without skip_end"},
      {"step domain 1 timescale 0 { skip_end }", "without skip_begin"},
      {"step domain 1 timescale 0 { %0 = const 1 %1 = loop_begin #1 %0 }", "without loop_end"},
      {"step domain 1 timescale 0 { %0 = const 1 %1 = loop_begin #2 %0 }", "is missing"},
      {"step domain 1 timescale 0 { %0 = const 1 %1 = loop_begin #0 }", "number of variables"},
      {"step domain 1 timescale 0 { %0 = const 1 %1 = loop_begin #1 %0 skip_end }", "without skip_begin"},
      {"step domain 1 timescale 0 { %0 = const 1 %1 = loop_begin #1 %0 store $0 %0 %3 = bool 0 "
       "%4 = loop_end #1 %1 %3 %0 }",
       "store in a loop"},
      {"step domain 1 timescale 0 { %0 = const 1 %1 = loop_begin #1 %0 %2 = get #0 %1 %3 = bool 0 "
       "%4 = loop_end #1 %1 %3 %2 store $0 %2 }",
       "outside its loop"},
      {"step domain 1 timescale 0 { %0 = const 1 %1 = loop_begin #1 %0 %2 = bool 0 %3 = loop_end #1 %1 %2 %0 "
       "%4 = loop_end #1 %1 %2 %0 }",
       "without its loop_begin"},
      {"step domain 1 timescale 0 { %0 = const 1 %1 = loop_begin #1 %0 %2 = bool 0 %3 = loop_end #1 %1 %2 %0 "
       "%4 = get #1 %3 }",
       "does not have"},
      {"step domain 1 timescale 0 { %0 = arg #0 }", "outside a fragment"},
      {"step domain 1 timescale 0 { %0 = const 1 %1 = entry #0 %0 }", "no possible size"},
      {"step domain 1 timescale 0 { %0 = bool 1 %1 = entry #4 %0 }", "is b1, not f64"},
      {"step domain 1 timescale 0 { %0 = shift #136 %1 = load_at $0 %0 store $0 %1 }", "stores"},
  };
  for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    arena *a = arena_new();
    const char *error = NULL;
    ir_program *p = ir_read(a, arena_printf(a, "%s%s", head, cases[i].body), &error);
    if (p != NULL)
      error = ir_validate(a, p);
    assert_non_null(error);
    if (strstr(error, cases[i].finds) == NULL)
      fail_msg("'%s' does not say '%s'", error, cases[i].finds);
    arena_free(a);
  }
}

static void test_inline_drops_the_dead(void **state) {
  (void)state;
  arena *a = arena_new();
  ir_fragment *f = ir_fragment_new(a);
  f->arg_count = 2;
  ir_builder in = ir_builder_in(a, f);
  ir_value x = ir_nullary(&in, IR_OP_arg, 0), y = ir_nullary(&in, IR_OP_arg, 1);
  ir_math(&in, "exp", &y, 1); /* dead */
  vec_push(a, &f->outputs, ir_binary(&in, IR_OP_add, x, x));

  ir_program *p = example(a);
  ir_function *g = ir_function_add(p, "g", NSA_ROLE_STEP, 1, 0, NULL);
  ir_builder b = ir_builder_on(p, g);
  ir_value args[2] = {ir_number(&b, 2), ir_number(&b, 3)}, out;
  ir_inline(&b, f, args, &out);
  assert_int_equal(g->ops.len, 3);
  assert_int_equal(g->ops.data[out].op, IR_OP_add);
  assert_int_equal(g->ops.data[out].args[1], args[0]);
  arena_free(a);
}

static uint32_t count_op(const ir_function *f, ir_opcode op) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < f->ops.len; i++)
    count += f->ops.data[i].op == op;
  return count;
}

static void test_powers(void **state) {
  (void)state;
  static const struct {
    double n;
    uint32_t mul, div, sqrt, pow;
  } cases[] = {{0, 0, 0, 0, 0},  {1, 0, 0, 0, 0},  {2, 1, 0, 0, 0},   {3, 2, 0, 0, 0},  {4, 2, 0, 0, 0},
               {13, 5, 0, 0, 0}, {-2, 1, 1, 0, 0}, {0.5, 0, 0, 1, 0}, {2.5, 0, 0, 0, 1}};
  for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    arena *a = arena_new();
    ir_fragment *f = ir_fragment_new(a);
    ir_builder b = ir_builder_in(a, f);
    ir_power(&b, ir_nullary(&b, IR_OP_arg, 0), ir_number(&b, cases[i].n));
    assert_int_equal(count_op(f->body, IR_OP_mul), cases[i].mul);
    assert_int_equal(count_op(f->body, IR_OP_div), cases[i].div);
    assert_int_equal(count_op(f->body, IR_OP_sqrt), cases[i].sqrt);
    assert_int_equal(count_op(f->body, IR_OP_math2), cases[i].pow);
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_slots_in_order_of_use),
      cmocka_unit_test(test_garbage),
      cmocka_unit_test(test_validate_finds),
      cmocka_unit_test(test_inline_drops_the_dead),
      cmocka_unit_test(test_powers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
