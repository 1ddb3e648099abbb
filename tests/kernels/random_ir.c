/* SPDX-License-Identifier: MIT */
#include "random_ir.h"
#include "unit/cmocka_all.h"
#include <math.h>

/* ---- chance ---- */

static uint64_t next(uint64_t *state) { /* xorshift64* */
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return x * 0x2545F4914F6CDD1Du;
}

static uint32_t below(uint64_t *state, uint32_t n) { return (uint32_t)((next(state) >> 33) % n); }

static double unit(uint64_t *state) { return (double)(next(state) >> 11) * 0x1p-53; }

static double any_number(uint64_t *state) {
  static const double special[] = {0.0,
                                   -0.0,
                                   1.0,
                                   -1.0,
                                   0.5,
                                   -0.5,
                                   1.5,
                                   -2.5,
                                   1e300,
                                   -1e300,
                                   1e-310,
                                   709.0,
                                   -745.0,
                                   4503599627370497.5,
                                   0.49999999999999994};
  switch (below(state, 8)) {
  case 0:
    return special[below(state, sizeof special / sizeof special[0])];
  case 1:
    return ldexp(unit(state) - 0.5, (int)below(state, 120) - 60);
  case 2:
    return (double)below(state, 40) - 20;
  default:
    return 20 * (unit(state) - 0.5);
  }
}

/* ---- programs ---- */

enum { ARRAYS = 4, UNIFORMS = 3, FLAGS = 3, TARGETS = 2 };

typedef struct {
  ir_program *program;
  nsa_field_id arrays[ARRAYS], sources[2], uniforms[UNIFORMS], flags[FLAGS], indices[TARGETS], stored[2];
} random_fields;

typedef struct {
  arena *arena;
  uint64_t state;
  const random_fields *fields;
  ir_builder b;
  bool is_run;
  /* what may be used here, by type */
  VEC(ir_value) numbers, truths, indices;
} generator;

static ir_value a_number(generator *g) { return g->numbers.data[below(&g->state, g->numbers.len)]; }
static ir_value a_truth(generator *g) { return g->truths.data[below(&g->state, g->truths.len)]; }

static ir_value pick_arg(generator *g, char letter) {
  if (letter == 'b')
    return a_truth(g);
  return letter == 'i' ? g->indices.data[below(&g->state, g->indices.len)] : a_number(g);
}

static void keep(generator *g, ir_value value) {
  switch (g->b.function->ops.data[value].type) {
  case IR_F64:
    vec_push(g->arena, &g->numbers, value);
    break;
  case IR_B1:
    vec_push(g->arena, &g->truths, value);
    break;
  case IR_INDEX:
    vec_push(g->arena, &g->indices, value);
    break;
  default:
    break;
  }
}

static void add_plain(generator *g) {
  static const ir_opcode choices[] = {IR_OP_add,    IR_OP_sub,     IR_OP_mul,    IR_OP_div,  IR_OP_neg,   IR_OP_fma,
                                      IR_OP_min,    IR_OP_max,     IR_OP_abs,    IR_OP_sqrt, IR_OP_floor, IR_OP_ceil,
                                      IR_OP_round,  IR_OP_sign,    IR_OP_step,   IR_OP_lt,   IR_OP_le,    IR_OP_gt,
                                      IR_OP_ge,     IR_OP_eq,      IR_OP_ne,     IR_OP_and,  IR_OP_or,    IR_OP_not,
                                      IR_OP_select, IR_OP_bselect, IR_OP_select, IR_OP_fma};
  ir_op op = {.op = (uint16_t)choices[below(&g->state, sizeof choices / sizeof choices[0])]};
  const char *letters = ir_ops[op.op].args;
  for (uint32_t i = 0; letters[i] != '\0'; i++)
    op.args[i] = pick_arg(g, letters[i]);
  g->b.is_single = g->b.function->is_single && below(&g->state, 4) != 0;
  keep(g, ir_add_op(&g->b, op));
  g->b.is_single = false;
}

static void add_maths(generator *g) {
  uint32_t row = below(&g->state, ir_math_count);
  ir_value args[3] = {a_number(g), a_number(g), a_number(g)};
  ir_builder *b = &g->b;
  b->is_single = b->function->is_single && below(&g->state, 4) != 0;
  keep(g, ir_math(&g->b, ir_maths[row].name, args, ir_maths[row].arity));
  b->is_single = false;
}

static void add_draw(generator *g) {
  static const ir_opcode choices[] = {IR_OP_rand_uniform,   IR_OP_rand_normal,  IR_OP_rand_exponential,
                                      IR_OP_rand_bernoulli, IR_OP_rand_poisson, IR_OP_rand_lognormal,
                                      IR_OP_rand_gamma,     IR_OP_rand_binomial};
  ir_opcode op = choices[below(&g->state, sizeof choices / sizeof choices[0])];
  ir_value who = ir_nullary(&g->b, IR_OP_element, 0), zero = ir_number(&g->b, 0);
  bool is_counted = op == IR_OP_rand_poisson || op == IR_OP_rand_gamma || op == IR_OP_rand_binomial;
  ir_value x = is_counted ? ir_number(&g->b, below(&g->state, 60)) : a_number(g);
  ir_value y = op == IR_OP_rand_binomial ? ir_number(&g->b, unit(&g->state)) : a_number(g);
  keep(g, ir_random(&g->b, op, next(&g->state), below(&g->state, 1), who, zero, x, y));
}

/* A neighbour within two rows and columns. */
static uint32_t a_shift(generator *g) { return (6 + below(&g->state, 5)) * 16 + 6 + below(&g->state, 5); }

static void add_memory(generator *g) {
  const random_fields *f = g->fields;
  uint32_t kind = below(&g->state, g->is_run ? 2 : 8);
  if (kind == 0)
    keep(g, ir_load(&g->b, f->uniforms[below(&g->state, UNIFORMS)]));
  else if (kind == 1)
    keep(g, ir_load_at(&g->b, f->sources[below(&g->state, 2)], g->indices.data[below(&g->state, g->indices.len)]));
  else if (kind == 2)
    keep(g, ir_load(&g->b, f->arrays[below(&g->state, ARRAYS)]));
  else if (kind == 3)
    keep(g, ir_load(&g->b, f->flags[below(&g->state, FLAGS)]));
  else if (kind == 4)
    keep(g, ir_nullary(&g->b, IR_OP_shift, a_shift(g)));
  else if (kind == 5)
    keep(g, ir_nullary(&g->b, IR_OP_shift_valid, a_shift(g)));
  else if (kind == 6)
    ir_store(&g->b, f->arrays[below(&g->state, ARRAYS)], a_number(g));
  else
    ir_store(&g->b, f->flags[below(&g->state, FLAGS)], a_truth(g));
}

static void add_effect(generator *g) {
  if (below(&g->state, 2) == 0)
    ir_unary(&g->b, IR_OP_check, a_number(g));
  else if (g->b.function->role == NSA_ROLE_STEP)
    ir_add_op(&g->b, (ir_op){.op = IR_OP_event,
                             .field = g->fields->flags[below(&g->state, FLAGS)],
                             .aux = below(&g->state, NSA_MAX_EVENTS),
                             .args = {a_truth(g)}});
  else if (g->is_run)
    ir_store(&g->b, g->fields->stored[below(&g->state, 2)], a_number(g));
}

static void add_pure(generator *g) {
  uint32_t kind = below(&g->state, 12);
  if (kind == 0)
    add_maths(g);
  else if (kind == 1)
    add_draw(g);
  else if (kind == 2)
    keep(g, ir_number(&g->b, any_number(&g->state)));
  else
    add_plain(g);
}

/* A skip region: its values are used inside, and behind it by a select on the condition. Some are
 * never true, some always, some for some lanes. */
static void add_skip(generator *g, uint32_t depth) {
  ir_value cond = a_truth(g);
  uint32_t numbers = g->numbers.len, truths = g->truths.len, indices = g->indices.len;
  ir_unary(&g->b, IR_OP_skip_begin, cond);
  for (uint32_t i = 0; i < 4; i++)
    add_pure(g);
  if (depth < 2 && below(&g->state, 3) == 0)
    add_skip(g, depth + 1);
  ir_value x = g->numbers.data[g->numbers.len - 1], y = g->truths.data[g->truths.len - 1];
  if (depth == 0 && !g->is_run && below(&g->state, 2) == 0) {
    nsa_field_id field = g->fields->arrays[below(&g->state, ARRAYS)];
    ir_store(&g->b, field, ir_select(&g->b, cond, x, ir_load(&g->b, field)));
  }
  ir_nullary(&g->b, IR_OP_skip_end, 0);
  g->numbers.len = numbers; /* out of reach from here on */
  g->truths.len = truths;
  g->indices.len = indices;
  keep(g, ir_select(&g->b, cond, x, a_number(g)));
  keep(g, ir_select(&g->b, cond, y, a_truth(g)));
}

/* One to five rounds, differently many in each lane. */
static void add_loop(generator *g) {
  ir_builder *b = &g->b;
  ir_value rounds = ir_select(b, a_truth(g), ir_number(b, 1 + below(&g->state, 5)), ir_number(b, 1));
  ir_value before[2] = {a_number(g), ir_number(b, 0)}, next[2];
  uint32_t numbers = g->numbers.len, truths = g->truths.len, indices = g->indices.len;
  ir_value begin = ir_loop_begin(b, before, 2), count = ir_get(b, begin, 1);
  keep(g, ir_get(b, begin, 0));
  for (uint32_t i = 0; i < 4; i++)
    add_pure(g);
  if (below(&g->state, 3) == 0)
    add_skip(g, 1);
  ir_value is_active = ir_binary(b, IR_OP_lt, count, rounds);
  next[0] = ir_select(b, is_active, a_number(g), ir_get(b, begin, 0));
  next[1] = ir_select(b, is_active, ir_binary(b, IR_OP_add, count, ir_number(b, 1)), count);
  ir_value end = ir_loop_end(b, begin, ir_binary(b, IR_OP_lt, next[1], rounds), next, 2);
  g->numbers.len = numbers; /* out of reach from here on */
  g->truths.len = truths;
  g->indices.len = indices;
  keep(g, ir_get(b, end, 0));
  keep(g, ir_get(b, end, 1));
}

/* An n x n system of small numbers, so that e^A stays within range (mostly). */
static void add_system(generator *g) {
  uint32_t n = 1 + below(&g->state, 3), square = n * n;
  bool is_cov = below(&g->state, 2) == 0;
  uint32_t count = (is_cov ? 2 : 1) * square + 1;
  ir_value *args = ARENA_ARRAY(g->arena, ir_value, count);
  ir_value hundredth = ir_number(&g->b, 0.01);
  for (uint32_t i = 0; i < count; i++) {
    ir_value bounded = ir_binary(&g->b, IR_OP_min, a_number(g), ir_number(&g->b, 100));
    args[i] = ir_binary(&g->b, IR_OP_mul, bounded, hundredth);
  }
  args[count - 1] = ir_number(&g->b, 0.1);
  ir_value tuple = ir_tuple_op(&g->b, is_cov ? IR_OP_oucov : IR_OP_expm, n, args, count);
  keep(g, ir_get(&g->b, tuple, below(&g->state, (is_cov ? 1 : 2) * square)));
}

static void start_values(generator *g) {
  const random_fields *f = g->fields;
  keep(g, ir_nullary(&g->b, IR_OP_element, 0));
  keep(g, ir_nullary(&g->b, IR_OP_tick, 0));
  keep(g, ir_nullary(&g->b, IR_OP_time, 0));
  keep(g, ir_bool(&g->b, below(&g->state, 2) == 0));
  keep(g, ir_load(&g->b, f->uniforms[0]));
  keep(g, ir_binary(&g->b, IR_OP_gt, g->numbers.data[3], ir_number(&g->b, 0)));
  if (g->is_run) {
    keep(g, ir_load(&g->b, f->stored[1]));
    vec_push(g->arena, &g->indices, ir_load(&g->b, f->indices[1]));
    return;
  }
  for (uint32_t i = 0; i < ARRAYS; i++)
    keep(g, ir_load(&g->b, f->arrays[i]));
  keep(g, ir_load(&g->b, f->flags[0]));
  keep(g, ir_load(&g->b, f->indices[0]));
  keep(g, ir_index_number(&g->b, g->indices.data[0], g->b.function->domain));
  vec_push(g->arena, &g->indices, ir_entry(&g->b, a_number(g), 5));
}

static void end_stores(generator *g) {
  const random_fields *f = g->fields;
  if (g->is_run) {
    ir_store(&g->b, f->stored[0], a_number(g));
    ir_store(&g->b, f->stored[1], a_number(g));
    return;
  }
  for (uint32_t i = 0; i < ARRAYS; i++)
    ir_store(&g->b, f->arrays[i], a_number(g));
  for (uint32_t i = 0; i < FLAGS; i++)
    ir_store(&g->b, f->flags[i], a_truth(g));
}

static void add_function(arena *a, const random_fields *f, uint64_t *state) {
  static const nsa_role roles[] = {NSA_ROLE_STEP, NSA_ROLE_STEP, NSA_ROLE_COLLECT, NSA_ROLE_INIT, NSA_ROLE_SETUP};
  generator g = {.arena = a, .state = next(state) | 1, .fields = f};
  nsa_role role = roles[below(&g.state, sizeof roles / sizeof roles[0])];
  g.is_run = role == NSA_ROLE_SETUP;
  g.b = fixture_function(f->program, role, g.is_run ? FIXTURE_RUN : FIXTURE_GRID);
  g.b.function->is_single = below(&g.state, 2);
  start_values(&g);
  for (uint32_t left = 15 + below(&g.state, 40); left != 0; left--) {
    uint32_t kind = below(&g.state, 10);
    if (kind == 0)
      add_skip(&g, 0);
    else if (kind < 3)
      add_memory(&g);
    else if (kind == 3)
      add_effect(&g);
    else if (kind == 5 && below(&g.state, 4) == 0)
      add_loop(&g);
    else if (kind == 4 && role != NSA_ROLE_STEP && role != NSA_ROLE_COLLECT)
      add_system(&g);
    else
      add_pure(&g);
  }
  end_stores(&g);
}

static nsa_field_id grid_field(ir_program *p, nsa_type type) { return fixture_field(p, FIXTURE_GRID, type, false, 0); }

static void add_fields(random_fields *f) {
  ir_program *p = f->program;
  for (uint32_t i = 0; i < ARRAYS; i++)
    f->arrays[i] = grid_field(p, i < ARRAYS / 2 ? NSA_F64 : NSA_F32);
  f->sources[0] = grid_field(p, NSA_F64);
  f->sources[1] = grid_field(p, NSA_B1);
  f->uniforms[0] = fixture_field(p, FIXTURE_RUN, NSA_F64, true, 0);
  f->uniforms[1] = fixture_field(p, FIXTURE_RUN, NSA_F64, true, 0);
  f->uniforms[2] = fixture_field(p, FIXTURE_RUN, NSA_B1, true, 1);
  for (uint32_t i = 0; i < FLAGS; i++)
    f->flags[i] = grid_field(p, NSA_B1);
  f->indices[0] = grid_field(p, NSA_INDEX);
  f->indices[1] = fixture_field(p, FIXTURE_RUN, NSA_INDEX, true, 2);
  f->stored[0] = fixture_field(p, FIXTURE_RUN, NSA_F64, true, 0);
  f->stored[1] = fixture_field(p, FIXTURE_RUN, NSA_F64, true, 0);
}

ir_program *random_program(arena *a, uint64_t seed, uint32_t functions) {
  uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
  uint32_t rows = 1 + below(&state, 7), columns = 1 + below(&state, 9);
  random_fields f = {.program = fixture_program(a, rows, columns)};
  add_fields(&f);
  for (uint32_t i = 0; i < functions; i++)
    add_function(a, &f, &state);
  fixture_finish(a, f.program);
  return f.program;
}

void random_fill(const fixture_memory *m, uint64_t seed) {
  uint64_t state = seed * 0xD1342543DE82EF95u + 1;
  const nsa_program *p = m->program->program;
  uint64_t entries = fixture_entries(m->program, FIXTURE_GRID);
  for (uint32_t f = 0; f < p->fields_count; f++) {
    uint64_t count = p->fields[f].is_uniform ? 1 : entries;
    for (uint64_t i = 0; i < count; i++) {
      if (p->fields[f].type == NSA_F64)
        fixture_f64(m, f)[i] = any_number(&state);
      else if (p->fields[f].type == NSA_F32)
        fixture_f32(m, f)[i] = (float)any_number(&state);
      else if (p->fields[f].type == NSA_B1)
        fixture_b1(m, f)[i] = (uint8_t)below(&state, 2);
      else
        fixture_index(m, f)[i] = below(&state, (uint32_t)entries);
    }
  }
}
