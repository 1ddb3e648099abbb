/* SPDX-License-Identifier: MIT */
/* Merged exponentials have the values of those that were merged, singularities and overflow included. */
#include "ir/build.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 8 };

typedef struct {
  const char *name;
  double scale, offset;
  bool is_divisor; /* 3 / it is stored */
} call;

typedef struct {
  arena *arena;
  ir_program *program;
  ir_function *function;
  nsa_field_id v, results[MOST];
} example;

/* Stores every call of scale * (v - shift) + offset; v - shift is computed anew for each. */
static example make(const call *calls, uint32_t count) {
  example e = {.arena = arena_new()};
  e.program = ir_program_new(e.arena);
  uint32_t domain = ir_domain_of_population(e.program, "cells", (nsa_population_id){0});
  nsa_kernel_id number;
  e.v = ir_field_add(e.program, (nsa_field){.name = "v", .domain = domain, .kind = NSA_FIELD_STATE});
  nsa_field_id shift = ir_field_add(e.program, (nsa_field){.name = "shift",
                                                           .domain = domain,
                                                           .is_uniform = 1,
                                                           .connection = NSA_NO_CONNECTION,
                                                           .image = NSA_NO_IMAGE,
                                                           .given = NSA_NO_FIELD});
  e.function = ir_function_add(e.program, "cells.step", NSA_ROLE_STEP, domain, 0, &number);
  ir_builder b = ir_builder_on(e.program, e.function);
  ir_value stored[MOST];
  for (uint32_t i = 0; i < count; i++) {
    ir_value u = ir_binary(&b, IR_OP_sub, ir_load(&b, e.v), ir_load(&b, shift));
    ir_value x = ir_binary(&b, IR_OP_add, ir_binary(&b, IR_OP_mul, u, ir_number(&b, calls[i].scale)),
                           ir_number(&b, calls[i].offset));
    stored[i] = ir_math(&b, calls[i].name, &x, 1);
    if (calls[i].is_divisor)
      stored[i] = ir_binary(&b, IR_OP_div, ir_number(&b, 3), stored[i]);
  }
  for (uint32_t i = 0; i < count; i++) {
    e.results[i] = ir_field_add(e.program, (nsa_field){.name = arena_printf(e.arena, "r%u", i), .domain = domain});
    ir_store(&b, e.results[i], stored[i]);
  }
  return e;
}

/* What is stored for v, shift being 0. */
static void run(const example *e, double v, double *results) {
  const ir_function *f = e->function;
  double *values = ARENA_ARRAY(e->arena, double, f->ops.len);
  uint32_t stored = 0;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    double args[4] = {0};
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
      args[k] = values[op->args[k]];
    if (op->op == IR_OP_load)
      values[i] = nsa_field_is(op->field, e->v) ? v : 0;
    else if (op->op == IR_OP_store)
      results[stored++] = args[0];
    else
      values[i] = op->op == IR_OP_const ? op->number : ir_evaluate(op, args);
  }
}

/* Calls whose argument is not a number. */
static uint32_t count_exponentials(const example *e) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < e->function->ops.len; i++) {
    const ir_op *op = &e->function->ops.data[i];
    count += op->op == IR_OP_math1 && e->function->ops.data[op->args[0]].op != IR_OP_const;
  }
  return count;
}

static double expected(const call *c, double v) {
  long double x = (long double)c->scale * v + c->offset, value = expl(x);
  if (strcmp(c->name, "exprel") == 0)
    value = x == 0 ? 1 : expm1l(x) / x;
  else if (strcmp(c->name, "sigmoid") == 0)
    value = 1 / (1 + expl(-x));
  return (double)(c->is_divisor ? 3 / value : value);
}

static void compare(const example *e, const call *calls, uint32_t count, double v) {
  double results[MOST];
  run(e, v, results);
  for (uint32_t i = 0; i < count; i++) {
    double want = expected(&calls[i], v), x = calls[i].scale * v + calls[i].offset;
    double bound = (strcmp(calls[i].name, "exprel") == 0 && fabs(x) < 1 ? 1e-12 : 4e-14) * fabs(want);
    if (!(results[i] == want || fabs(results[i] - want) <= bound + 1e-300))
      fail_msg("%s of %g at v = %.17g: %.17g instead of %.17g", calls[i].name, x, v, results[i], want);
  }
}

enum { RATES = 8 };

/* Of Traub & Miles, as in COBAHH, in both signs. */
static const call rates[RATES] = {{"exprel", -1 / 4.0, 13 / 4.0, true}, {"exprel", 1 / 5.0, -40 / 5.0, true},
                                  {"exp", -1 / 18.0, 17 / 18.0, false}, {"sigmoid", 1 / 5.0, -8, false},
                                  {"sigmoid", -1 / 5.0, 8, false},      {"exprel", -1 / 5.0, 3, false},
                                  {"exprel", 1 / 8.0, 1, false},        {"exp", 1 / 40.0, -10 / 40.0, true}};

static void rates_become_powers_of_one_exponential(void **state) {
  (void)state;
  example e = make(rates, RATES);
  ir_merge_exponentials(e.program, e.function);
  assert_int_equal(count_exponentials(&e), 1);
  for (int i = -30000; i <= 30000; i++)
    compare(&e, rates, RATES, i * 0.01);
  for (uint32_t i = 0; i < RATES; i++) /* around singularities and the borders of the series */
    for (int k = -2000; k <= 2000; k++) {
      compare(&e, rates, RATES, (-rates[i].offset + k * 5e-5) / rates[i].scale);
      compare(&e, rates, RATES, (-rates[i].offset + k * 1e-12) / rates[i].scale);
    }
  arena_free(e.arena);
}

static void far_away_nothing_is_lost(void **state) {
  (void)state;
  example e = make(rates, RATES);
  ir_merge_exponentials(e.program, e.function);
  double results[MOST];
  for (double v = -1e5; v <= 1e5; v += 997) {
    run(&e, v, results);
    for (uint32_t i = 0; i < RATES; i++) {
      double want = expected(&rates[i], v), x = rates[i].scale * v + rates[i].offset;
      assert_true(!isnan(results[i]));
      if (isfinite(want) && fabs(want) > 1e-290 && fabs(want) < 1e290)
        assert_true(fabs(results[i] - want) <= (4e-14 + 4e-16 * fabs(x)) * fabs(want)); /* x is rounded, too */
    }
  }
  for (int sign = -1; sign <= 1; sign += 2) {
    run(&e, sign < 0 ? -(double)INFINITY : (double)INFINITY, results);
    for (uint32_t i = 0; i < RATES; i++) {
      double at_end = expected(&rates[i], sign * 1e300); /* 0, infinite or 1 */
      assert_true(results[i] == at_end || (results[i] < 1e-200 && at_end < 1e-200) ||
                  (results[i] > 1e200 && at_end > 1e200));
    }
  }
  run(&e, NAN, results);
  for (uint32_t i = 0; i < RATES; i++)
    assert_true(isnan(results[i]) != 0);
  arena_free(e.arena);
}

static void unlike_scales_stay_apart(void **state) {
  (void)state;
  const call calls[] = {
      {"exp", 1, 0, false}, {"exp", 3.14159265358979, 0, false}, {"exp", 1000, 0, false}, {"exp", 1, 60, false}};
  example e = make(calls, 4);
  ir_merge_exponentials(e.program, e.function);
  assert_int_equal(count_exponentials(&e), 4);
  arena_free(e.arena);
}

/* x/(exp(x) - 1) as people write it: powers would show where the difference cancels. */
static void an_exponential_less_one_is_left_alone(void **state) {
  (void)state;
  const call calls[] = {{"exp", 1, 0, false}, {"exp", 2, 0, false}, {"exp", 4, 0, false}};
  example e = make(calls, 3);
  ir_builder b = ir_builder_on(e.program, e.function);
  for (uint32_t i = 0, len = e.function->ops.len; i < len; i++)
    if (e.function->ops.data[i].op == IR_OP_math1)
      ir_store(&b, e.results[0], ir_binary(&b, IR_OP_sub, i, ir_number(&b, 1)));
  ir_merge_exponentials(e.program, e.function);
  assert_int_equal(count_exponentials(&e), 3);
  arena_free(e.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rates_become_powers_of_one_exponential),
      cmocka_unit_test(far_away_nothing_is_lost),
      cmocka_unit_test(unlike_scales_stay_apart),
      cmocka_unit_test(an_exponential_less_one_is_left_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
