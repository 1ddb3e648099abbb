/* SPDX-License-Identifier: MIT */
/* Every pass keeps every bit: random functions with skip regions, stores and invariants, on numbers that include
 * the special ones, before and after. And each pass does what it is for. */
#include "ir/build.h"
#include "opt/opt.h"
#include "unit/interp/machine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ENTRIES = 16 };

/* ---- random programs ---- */

static uint64_t random_state;

static uint32_t random_below(uint32_t n) {
  random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (uint32_t)(random_state >> 33) % n;
}

static double random_number(void) {
  static const double special[] = {0.0, -0.0, 1, -1, 2, 0.5, INFINITY, -INFINITY, NAN, 4, -0.25, 1e300, 1e-310, 3};
  enum { COUNT = sizeof special / sizeof special[0] };
  return random_below(3) ? special[random_below(COUNT)] : random_below(1000) * 0.01 - 5;
}

enum { UNIFORM_PARAM, ELEMENT_PARAM, STATE, OTHER_STATE, FLAG, TARGET, FIELD_COUNT };

typedef struct {
  arena *a;
  ir_program *p;
  ir_builder b;
  ir_value pool[400]; /* numbers that may be used here */
  uint32_t pool_len;
  ir_value conds[100];
  uint32_t cond_len;
  ir_value guard; /* all conditions of the regions around; IR_NO_VALUE outside */
} generator;

static void add_fields(ir_program *p, uint32_t domain) {
  static const nsa_field fields[FIELD_COUNT] = {
      [UNIFORM_PARAM] = {.name = "uniform", .kind = NSA_FIELD_PARAM, .is_uniform = 1},
      [ELEMENT_PARAM] = {.name = "element", .kind = NSA_FIELD_PARAM},
      [STATE] = {.name = "state", .kind = NSA_FIELD_STATE},
      [OTHER_STATE] = {.name = "other", .kind = NSA_FIELD_STATE},
      [FLAG] = {.name = "flag", .kind = NSA_FIELD_FIRED, .type = NSA_B1},
      [TARGET] = {.name = "target", .kind = NSA_FIELD_LINK_TARGET, .type = NSA_INDEX},
  };
  for (uint32_t i = 0; i < FIELD_COUNT; i++) {
    nsa_field f = fields[i];
    f.domain = domain;
    f.connection = NSA_NO_CONNECTION;
    f.image = NSA_NO_IMAGE;
    f.given = NSA_NO_FIELD;
    ir_field_add(p, f);
  }
}

static ir_value any_number(generator *g) { return g->pool[random_below(g->pool_len)]; }
static ir_value any_cond(generator *g) { return g->conds[random_below(g->cond_len)]; }

static void push(generator *g, ir_value v) {
  if (g->pool_len < 400)
    g->pool[g->pool_len++] = v;
}

static void push_cond(generator *g, ir_value v) {
  if (g->cond_len < 100)
    g->conds[g->cond_len++] = v;
}

static void add_number(generator *g) {
  static const ir_opcode unary[] = {IR_OP_neg,  IR_OP_abs,   IR_OP_sqrt, IR_OP_floor,
                                    IR_OP_ceil, IR_OP_round, IR_OP_sign, IR_OP_step};
  static const ir_opcode binary[] = {IR_OP_add, IR_OP_sub, IR_OP_mul, IR_OP_div, IR_OP_min, IR_OP_max};
  static const char *const maths[] = {"exp", "log", "tanh", "exprel", "sigmoid"};
  ir_builder *b = &g->b;
  ir_value x = any_number(g), y = any_number(g);
  switch (random_below(9)) {
  case 0:
    push(g, ir_unary(b, unary[random_below(8)], x));
    break;
  case 1:
    push(g, ir_math(b, maths[random_below(5)], &x, 1));
    break;
  case 2:
    push(g, ir_select(b, any_cond(g), x, y));
    break;
  case 3:
    push(g, ir_ternary(b, IR_OP_fma, x, y, any_number(g)));
    break;
  case 4:
    push(g, ir_number(b, random_number()));
    break;
  case 5:
    push(g, ir_load(b, (nsa_field_id){random_below(4)}));
    break;
  default:
    push(g, ir_binary(b, binary[random_below(6)], x, y));
  }
}

static void add_cond(generator *g) {
  static const ir_opcode compare[] = {IR_OP_lt, IR_OP_le, IR_OP_gt, IR_OP_ge, IR_OP_eq, IR_OP_ne};
  ir_builder *b = &g->b;
  switch (random_below(6)) {
  case 0:
    push_cond(g, ir_binary(b, random_below(2) ? IR_OP_and : IR_OP_or, any_cond(g), any_cond(g)));
    break;
  case 1:
    push_cond(g, ir_unary(b, IR_OP_not, any_cond(g)));
    break;
  case 2:
    push_cond(g, ir_select(b, any_cond(g), any_cond(g), any_cond(g)));
    break;
  case 3:
    push_cond(g, ir_bool(b, random_below(2)));
    break;
  default:
    push_cond(g, ir_binary(b, compare[random_below(6)], any_number(g), any_number(g)));
  }
}

static void add_ops(generator *g, uint32_t count, uint32_t depth);

/* cond: some operations, one of which leaves by a select, and a guarded store. */
static void add_region(generator *g, uint32_t depth) {
  ir_builder *b = &g->b;
  ir_value cond = any_cond(g), outside = any_number(g);
  uint32_t pool = g->pool_len, conds = g->cond_len;
  ir_value outer = g->guard;
  g->guard = outer == IR_NO_VALUE ? cond : ir_binary(b, IR_OP_and, outer, cond);
  ir_unary(b, IR_OP_skip_begin, cond);
  add_ops(g, 1 + random_below(8), depth + 1);
  ir_value inside = any_number(g);
  if (random_below(2))
    ir_store(b, (nsa_field_id){OTHER_STATE}, ir_select(b, g->guard, inside, ir_load(b, (nsa_field_id){OTHER_STATE})));
  ir_nullary(b, IR_OP_skip_end, 0);
  g->guard = outer;
  g->pool_len = pool;
  g->cond_len = conds;
  push(g, ir_select(b, cond, inside, outside));
}

static void add_ops(generator *g, uint32_t count, uint32_t depth) {
  for (uint32_t i = 0; i < count; i++) {
    uint32_t kind = random_below(12);
    if (kind == 0 && depth < 3)
      add_region(g, depth);
    else if (kind < 3)
      add_cond(g);
    else
      add_number(g);
    if (depth == 0 && random_below(20) == 0)
      ir_store(&g->b, (nsa_field_id){STATE}, any_number(g));
  }
}

static ir_program *random_program(arena *a, uint64_t seed) {
  random_state = seed * 77777 + 1;
  generator *g = ARENA_NEW(a, generator);
  g->a = a;
  g->guard = IR_NO_VALUE;
  g->p = ir_program_new(a);
  ir_domain_of_run(g->p);
  uint32_t sheet = ir_domain_of_population(g->p, "sheet", (nsa_population_id){0});
  add_fields(g->p, sheet);
  g->b = ir_builder_on(g->p, ir_function_add(g->p, "sheet.step", NSA_ROLE_STEP, sheet, 0, NULL));
  for (uint32_t i = 0; i < 4; i++)
    push(g, ir_load(&g->b, (nsa_field_id){i}));
  push(g, ir_load_at(&g->b, (nsa_field_id){ELEMENT_PARAM}, ir_load(&g->b, (nsa_field_id){TARGET})));
  push(g, ir_number(&g->b, random_number()));
  push_cond(g, ir_binary(&g->b, IR_OP_lt, any_number(g), any_number(g)));
  add_ops(g, 10 + random_below(50), 0);
  ir_store(&g->b, (nsa_field_id){STATE}, any_number(g));
  ir_add_op(&g->b, (ir_op){.op = IR_OP_event, .field = {FLAG}, .aux = 1, .args = {any_cond(g)}});
  ir_unary(&g->b, IR_OP_check, any_number(g));
  ir_program_finish(g->p);
  return g->p;
}

static ir_program *copy_of(arena *a, const ir_program *p) {
  text out = text_new(a);
  ir_print(p, &out);
  const char *error = NULL;
  ir_program *copy = ir_read(a, text_cstr(&out), &error);
  assert_non_null(copy);
  return copy;
}

static void fill(machine *m, uint64_t seed) {
  random_state = seed;
  for (uint32_t f = 0; f < FLAG; f++)
    for (uint32_t i = 0; i < ENTRIES; i++)
      machine_f64(m, f)[i] = random_number();
  for (uint32_t i = 0; i < ENTRIES; i++)
    ((uint32_t *)m->fields[TARGET])[i] = random_below(ENTRIES);
}

static bool same_bits(double x, double y) { return memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y)); }

static void compare_runs(arena *a, const ir_program *before, const ir_program *after, uint64_t seed, const char *pass) {
  machine x = machine_new(a, before, ENTRIES), y = machine_new(a, after, ENTRIES);
  fill(&x, seed);
  fill(&y, seed);
  machine_setup(&y);
  for (uint32_t step = 0; step < 3; step++) {
    machine_run(&x, 0);
    machine_run(&y, 0);
  }
  bool is_same = x.out.events == y.out.events && x.out.nonfinite == y.out.nonfinite;
  for (uint32_t i = 0; i < ENTRIES; i++)
    is_same = is_same && same_bits(machine_f64(&x, STATE)[i], machine_f64(&y, STATE)[i]) &&
              same_bits(machine_f64(&x, OTHER_STATE)[i], machine_f64(&y, OTHER_STATE)[i]) &&
              machine_b1(&x, FLAG)[i] == machine_b1(&y, FLAG)[i];
  if (!is_same)
    fail_msg("seed %llu: other bits after %s", (unsigned long long)seed, pass);
}

static void test_bits_after_every_pass(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 1500; seed++) {
    arena *a = arena_new();
    ir_program *before = random_program(a, seed);
    const char *wrong = ir_validate(a, before);
    if (wrong != NULL)
      fail_msg("seed %llu: %s", (unsigned long long)seed, wrong);
    for (uint32_t k = 0; k < opt_pass_count; k++) {
      ir_program *after = copy_of(a, before);
      opt_run(after, &(opt_options){.stop_after = opt_passes[k].name, .validate = true});
      compare_runs(a, before, after, seed, opt_passes[k].name);
    }
    arena_free(a);
  }
}

/* ---- what each pass is for ---- */

static const char head[] = "program { version 1 }\n"
                           "domain 0 run \"run\" owner none\n"
                           "domain 1 population \"p\" owner 0\n"
                           "field 0 \"p.tau\" f64 uniform param domain 1 value 20 unit \"ms\" dimension 0x0 at 0 0 0\n"
                           "field 1 \"p.g\" f64 param domain 1 value 3 unit \"\" dimension 0x0 at 0 0 0\n"
                           "field 2 \"p.v\" f64 state domain 1 value -70 unit \"mV\" dimension 0x0 at 0 0 0\n"
                           "function \"p.step\" step domain 1 timescale 0 {\n";

static ir_program *optimised(arena *a, const char *body) {
  const char *error = NULL;
  ir_program *p = ir_read(a, arena_printf(a, "%s%s}", head, body), &error);
  if (p == NULL)
    fail_msg("%s", error);
  assert_null(ir_validate(a, p));
  opt_run(p, &(opt_options){.validate = true});
  return p;
}

static uint32_t count_op(const ir_function *f, ir_opcode op) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < f->ops.len; i++)
    count += f->ops.data[i].op == op;
  return count;
}

static void test_exponential_leaves_the_step(void **state) {
  (void)state;
  arena *a = arena_new();
  ir_program *p = optimised(a, "%0 = load $0 %1 = const -0.1 %2 = div %1 %0 %3 = math1 #0 %2 %4 = load $2\n"
                               "%5 = mul %3 %4 store $2 %5\n");
  const ir_function *step = p->functions.data[0];
  assert_int_equal(step->ops.len, 4); /* load, load, mul, store */
  assert_int_equal(p->program->setup_count, 1);
  const ir_function *setup = p->functions.data[p->program->setup[0].id];
  assert_int_equal(setup->role, NSA_ROLE_SETUP);
  assert_int_equal(setup->domain, 0);
  assert_int_equal(count_op(setup, IR_OP_math1), 1);
  assert_int_equal(p->program->fields_count, 4);
  assert_int_equal(p->program->fields[3].kind, NSA_FIELD_INVARIANT);
  assert_int_equal(p->program->fields[3].is_uniform, 1);
  arena_free(a);
}

static void test_matrix_leaves_the_step(void **state) {
  (void)state;
  arena *a = arena_new();
  /* exp(A dt) of a uniform matrix; one entry meets a parameter of each element before it meets the state. */
  ir_program *p =
      optimised(a, "%0 = load $0 %1 = const 0.1 %2 = expm #1 %0 %1 %3 = get #0 %2 %4 = get #1 %2\n"
                   "%5 = load $1 %6 = math1 #0 %5 %7 = mul %6 %4 %8 = load $2 %9 = mul %3 %8 %10 = add %9 %7\n"
                   "store $2 %10\n");
  assert_int_equal(count_op(p->functions.data[0], IR_OP_expm), 0);
  assert_int_equal(count_op(p->functions.data[0], IR_OP_math1), 0);
  assert_int_equal(p->program->setup_count, 2);
  const ir_function *uniform = p->functions.data[p->program->setup[0].id];
  const ir_function *own = p->functions.data[p->program->setup[1].id];
  assert_int_equal(uniform->domain, 0);
  assert_int_equal(count_op(uniform, IR_OP_expm), 1);
  assert_int_equal(own->domain, 1);
  assert_int_equal(count_op(own, IR_OP_expm), 0); /* once, not for every element */
  assert_int_equal(count_op(own, IR_OP_math1), 1);
  arena_free(a);
}

static void test_a_changing_parameter_stays(void **state) {
  (void)state;
  arena *a = arena_new();
  ir_program *p = optimised(a, "%0 = load $1 %1 = math1 #0 %0 store $1 %1\n");
  assert_int_equal(count_op(p->functions.data[0], IR_OP_math1), 1);
  assert_int_equal(p->program->setup_count, 0);
  arena_free(a);
}

static void test_division_by_an_invariant_stays_one(void **state) {
  (void)state;
  arena *a = arena_new();
  ir_program *p = optimised(a, "%0 = load $0 %1 = load $2 %2 = div %1 %0 store $2 %2\n");
  assert_int_equal(count_op(p->functions.data[0], IR_OP_div), 1);
  p = optimised(a, "%0 = const 4 %1 = load $2 %2 = div %1 %0 store $2 %2\n");
  assert_int_equal(count_op(p->functions.data[0], IR_OP_div), 0); /* by 4: times 0.25, the same bits */
  arena_free(a);
}

static void test_cheap_regions_are_flattened(void **state) {
  (void)state;
  arena *a = arena_new();
  static const char body[] = "%%0 = load $2 %%1 = const 1 %%2 = lt %%0 %%1 skip_begin %%2 %%4 = %s %%0 skip_end\n"
                             "%%6 = select %%2 %%4 %%0 %%7 = add %%6 %%1 store $2 %%7\n";
  ir_program *p = optimised(a, arena_printf(a, body, "sqrt"));
  assert_int_equal(count_op(p->functions.data[0], IR_OP_skip_begin), 0);
  p = optimised(a, arena_printf(a, body, "math2 #7 %0"));
  assert_int_equal(count_op(p->functions.data[0], IR_OP_skip_begin), 1);
  arena_free(a);
}

static void test_common_work_is_done_once(void **state) {
  (void)state;
  arena *a = arena_new();
  ir_program *p =
      optimised(a, "%0 = load $2 %1 = math1 #0 %0 %2 = load $2 %3 = math1 #0 %2 %4 = add %1 %3 store $2 %4\n"
                   "%6 = load $2 %7 = math1 #0 %6 store $2 %7\n");
  assert_int_equal(count_op(p->functions.data[0], IR_OP_math1), 2); /* behind the store it is another v */
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bits_after_every_pass),
      cmocka_unit_test(test_exponential_leaves_the_step),
      cmocka_unit_test(test_matrix_leaves_the_step),
      cmocka_unit_test(test_a_changing_parameter_stays),
      cmocka_unit_test(test_division_by_an_invariant_stays_one),
      cmocka_unit_test(test_cheap_regions_are_flattened),
      cmocka_unit_test(test_common_work_is_done_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
