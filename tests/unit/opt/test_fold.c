/* SPDX-License-Identifier: MIT */
/* Operations with one constant argument or only constants, against C: the special numbers are where an identity that
 * looks right is wrong. */
#include "opt/opt.h"
#include "unit/cmocka_all.h"
#include "unit/interp/machine.h"

#include <math.h>

/* Powers of two are divisors that may become factors; the outermost have no reciprocal among the floats. */
static const double numbers[] = {0.0,  -0.0,   1,     -1,     2,    -0.25, 3,        INFINITY, -INFINITY, NAN,
                                 1e30, 1e-310, 0x1p4, 0x1p-4, -1.5, 2.5,   0x1p-130, 0x1p120,  0x1p-1060, 0x1p1010};
enum { NUMBERS = sizeof numbers / sizeof numbers[0], ENTRIES = (NUMBERS + 15) / 16 * 16 };

typedef enum {
  ADD,
  SUB,
  MUL,
  DIV,
  MIN,
  MAX,
  LT,
  LE,
  GT,
  GE,
  EQ,
  NE,
  NEG,
  ABS,
  FLOOR,
  CEIL,
  ROUND,
  SIGN,
  STEP
} operation;
static const char *const words[] = {"add", "sub", "mul", "div", "min",   "max",  "lt",    "le",   "gt",  "ge",
                                    "eq",  "ne",  "neg", "abs", "floor", "ceil", "round", "sign", "step"};

static double expected(operation op, double x, double y) {
  const double of[] = {
      x + y,  x - y, x * y,   x / y,    x < y ? x : y, x > y ? x : y, x<y, x <= y, x> y,          x >= y,        x == y,
      x != y, -x,    fabs(x), floor(x), ceil(x),       round(x),      x > 0 ? 1 : x < 0 ? -1 : 0, x >= 0 ? 1 : 0};
  return of[op];
}

static bool is_comparison(operation op) { return op >= LT && op <= NE; }
static bool is_unary(operation op) { return op >= NEG; }

static bool same_bits(double x, double y) { return memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y)); }

/* v of each entry becomes op(x, y): each of them v, or a constant. */
static ir_program *program_of(arena *a, operation op, const char *x, const char *y, bool is_single) {
  const char *how = is_single ? "single " : "", *error = NULL;
  const char *result = is_comparison(op) ? "%4 = const 1 %5 = const 0 %6 = select %3 %4 %5 store $0 %6" : "store $0 %3";
  const char *program = arena_printf(
      a,
      "program { version 1 }\ndomain 0 run \"run\" owner none\ndomain 1 population \"p\" owner 0\n"
      "field 0 \"p.v\" %s state domain 1 value 0 unit \"\" dimension 0x0 at 0 0 0\n"
      "function \"p.step\" step domain 1 timescale 0%s {\n%%0 = load $0 %%1 = %s %%2 = %s\n%%3 = %s%s %%1%s\n%s }",
      is_single ? "f32" : "f64", is_single ? " single" : "", x, y, how, words[op], is_unary(op) ? "" : " %2", result);
  ir_program *p = ir_read(a, program, &error);
  if (p == NULL)
    fail_msg("%s\n%s", error, program);
  opt_run(p, &(opt_options){.stop_after = "fold"});
  return p;
}

static double run_entry(machine *m, double v, bool is_single) {
  for (uint32_t i = 0; i < ENTRIES; i++)
    if (is_single)
      ((float *)m->fields[0])[i] = (float)v;
    else
      machine_f64(m, 0)[i] = v;
  machine_run(m, 0);
  return is_single ? (double)((float *)m->fields[0])[0] : machine_f64(m, 0)[0];
}

static double as_kept(double x, bool is_single) { return is_single ? (double)(float)x : x; }

static void compare(operation op, double x, double y, double got, bool is_single) {
  double want = as_kept(expected(op, as_kept(x, is_single), as_kept(y, is_single)), is_single);
  if (!same_bits(got, want))
    fail_msg("%s%s of %a and %a is %a, not %a", is_single ? "single " : "", words[op], x, y, got, want);
}

/* v op c, c op v and, with v the second constant, c op d. */
static void try_constant(operation op, double c, bool is_single) {
  arena *a = arena_new();
  const char *constant = arena_printf(a, isnan(c) ? "const nan:0x7ff8000000000000" : "const %a", c);
  machine second = machine_new(a, program_of(a, op, "load $0", constant, is_single), ENTRIES);
  machine first = machine_new(a, program_of(a, op, constant, "load $0", is_single), ENTRIES);
  for (uint32_t i = 0; i < NUMBERS; i++) {
    double v = numbers[i];
    compare(op, v, c, run_entry(&second, v, is_single), is_single);
    compare(op, c, v, run_entry(&first, v, is_single), is_single);
    const char *other = arena_printf(a, isnan(v) ? "const nan:0x7ff8000000000000" : "const %a", v);
    machine both = machine_new(a, program_of(a, op, constant, other, is_single), ENTRIES);
    compare(op, c, v, run_entry(&both, 0, is_single), is_single);
  }
  arena_free(a);
}

static void every_operation(bool is_single) {
  for (uint32_t op = 0; op < sizeof words / sizeof words[0]; op++)
    for (uint32_t k = 0; k < NUMBERS; k++)
      try_constant((operation)op, numbers[k], is_single);
}

static void test_doubles(void **state) {
  (void)state;
  every_operation(false);
}

static void test_floats(void **state) {
  (void)state;
  every_operation(true);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_doubles),
      cmocka_unit_test(test_floats),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
