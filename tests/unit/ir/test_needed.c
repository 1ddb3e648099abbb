/* SPDX-License-Identifier: MIT */
/* Which operations some values need, walk after walk. */
#include "ir/build.h"
#include "ir/needed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
  arena *a;
  ir_fragment *f;
  ir_value x, y, sum, square, last;
  ir_walk walk;
} example;

/* sum = x + y; square = sum*sum; last = square - x. */
static example make(void) {
  example e = {.a = arena_new()};
  e.f = ir_fragment_new(e.a);
  e.f->arg_count = 2;
  ir_builder b = ir_builder_in(e.a, e.f);
  e.x = ir_nullary(&b, IR_OP_arg, 0);
  e.y = ir_nullary(&b, IR_OP_arg, 1);
  e.sum = ir_binary(&b, IR_OP_add, e.x, e.y);
  e.square = ir_binary(&b, IR_OP_mul, e.sum, e.sum);
  e.last = ir_binary(&b, IR_OP_sub, e.square, e.x);
  return e;
}

static void meets(example *e, const ir_value *values, uint32_t count, const ir_value *wanted, uint32_t wanted_count) {
  ir_walk_needed(e->a, &e->walk, e->f->body, values, count);
  assert_int_equal(e->walk.met.len, wanted_count);
  for (uint32_t i = 0; i < wanted_count; i++)
    assert_int_equal(e->walk.met.data[i], wanted[i]);
}

static void each_is_met_once_and_in_order(void **state) {
  (void)state;
  example e = make();
  meets(&e, (ir_value[]){e.last, e.y, e.last}, 3, (ir_value[]){e.x, e.y, e.sum, e.square, e.last}, 5);
  meets(&e, &e.y, 1, &e.y, 1); /* nothing is left of the walk before */
  meets(&e, &e.square, 1, (ir_value[]){e.x, e.y, e.sum, e.square}, 4);
  meets(&e, NULL, 0, NULL, 0);
  arena_free(e.a);
}

static void what_ends_the_walk_is_met_alone(void **state) {
  (void)state;
  example e = make();
  bool is_end[5] = {false};
  is_end[e.square] = true;
  e.walk.is_end = is_end;
  meets(&e, &e.last, 1, (ir_value[]){e.x, e.square, e.last}, 3);
  arena_free(e.a);
}

static void the_function_may_grow_between_walks(void **state) {
  (void)state;
  example e = make();
  meets(&e, &e.sum, 1, (ir_value[]){e.x, e.y, e.sum}, 3);
  ir_builder b = {.arena = e.a, .function = e.f->body, .at = SPAN_NONE};
  ir_value more = ir_unary(&b, IR_OP_neg, e.y);
  meets(&e, &more, 1, (ir_value[]){e.y, more}, 2);
  arena_free(e.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_met_once_and_in_order),
                                     cmocka_unit_test(what_ends_the_walk_is_met_alone),
                                     cmocka_unit_test(the_function_may_grow_between_walks)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
