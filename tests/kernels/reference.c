/* SPDX-License-Identifier: MIT */
#include "reference.h"
#include "nsa_math.h"
#include "unit/cmocka_all.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The evaluation of one entry. Indices and truth values are exact in double, as all values are. */
typedef struct {
  const fixture_memory *m;
  const ir_function *function;
  uint64_t entry;
  double *values;
  double **tuples;
  nsa_range_out *out;
} evaluation;

static double arg(const evaluation *e, const ir_op *op, uint32_t i) { return e->values[op->args[i]]; }

static const nsa_field *field_of(const evaluation *e, const ir_op *op) {
  return &e->m->program->program->fields[op->field];
}

static double read_field(const evaluation *e, const ir_op *op, uint64_t entry) {
  const nsa_field *f = field_of(e, op);
  if (f->is_uniform)
    entry = 0;
  if (f->type == NSA_F64)
    return fixture_f64(e->m, op->field)[entry];
  return f->type == NSA_B1 ? fixture_b1(e->m, op->field)[entry]
                           : fixture_index(e->m, op->field)[entry];
}

static void write_field(const evaluation *e, const ir_op *op, double x) {
  const nsa_field *f = field_of(e, op);
  uint64_t entry = f->is_uniform ? 0 : e->entry;
  if (f->type == NSA_F64)
    fixture_f64(e->m, op->field)[entry] = x;
  else if (f->type == NSA_B1)
    fixture_b1(e->m, op->field)[entry] = x != 0;
  else
    fixture_index(e->m, op->field)[entry] = (uint32_t)x;
}

/* The neighbour's number, or -1. */
static double neighbour(const evaluation *e, uint32_t aux) {
  const nsa_population *p = &e->m->program->program->populations[0];
  int64_t row = (int64_t)(e->entry / p->cols) + (int64_t)(aux / 16) - 8;
  int64_t column = (int64_t)(e->entry % p->cols) + (int64_t)(aux % 16) - 8;
  if (row < 0 || row >= p->rows || column < 0 || column >= p->cols)
    return -1;
  return (double)(row * p->cols + column);
}

static double draw(const evaluation *e, const ir_op *op) {
  double tick = e->m->clock.tick[op->aux], x = arg(e, op, 0), y = arg(e, op, 1);
  uint64_t key = op->key ^ e->m->clock.seed;
  switch (op->op) {
  case IR_OP_rand_uniform:
    return nsa_rand_uniform_1(key, x, y, tick, arg(e, op, 2), arg(e, op, 3));
  case IR_OP_rand_normal:
    return nsa_rand_normal_1(key, x, y, tick, arg(e, op, 2), arg(e, op, 3));
  case IR_OP_rand_exponential:
    return nsa_rand_exponential_1(key, x, y, tick, arg(e, op, 2));
  case IR_OP_rand_poisson:
    return nsa_rand_poisson_1(key, x, y, tick, arg(e, op, 2));
  default:
    return nsa_rand_bernoulli_1(key, x, y, tick, arg(e, op, 2));
  }
}

static void make_tuple(evaluation *e, const ir_op *op, uint32_t position) {
  uint32_t n = op->aux, square = n * n;
  double *args = calloc(op->extra_count, sizeof *args);
  double *work = calloc((size_t)NSA_OU_COV_WORK(n), sizeof *work);
  double *out = calloc(2 * square, sizeof *out);
  for (uint32_t i = 0; i < op->extra_count; i++)
    args[i] = e->values[e->function->extra.data[op->extra + i]];
  double dt = args[op->extra_count - 1];
  int failed = op->op == IR_OP_expm
                   ? nsa_expm_phi((int)n, args, dt, out, out + square, work)
                   : nsa_ou_cov((int)n, args, args + square, dt, out, work);
  for (uint32_t i = 0; failed && i < 2 * square; i++)
    out[i] = NAN;
  free(e->tuples[position]);
  e->tuples[position] = out;
  free(args);
  free(work);
}

static double evaluate_other(evaluation *e, const ir_op *op, uint32_t position) {
  switch (op->op) {
  case IR_OP_element:
    return (double)e->entry;
  case IR_OP_tick:
    return e->m->clock.tick[op->aux];
  case IR_OP_time:
    return e->m->clock.time[op->aux];
  case IR_OP_load:
    return read_field(e, op, e->entry);
  case IR_OP_load_at:
    return read_field(e, op, (uint64_t)arg(e, op, 0));
  case IR_OP_store:
    write_field(e, op, arg(e, op, 0));
    return 0;
  case IR_OP_event:
    write_field(e, op, arg(e, op, 0));
    e->out->events |= arg(e, op, 0) != 0 ? 1u << op->aux : 0;
    return 0;
  case IR_OP_check:
    e->out->nonfinite |= isfinite(arg(e, op, 0)) ? 0u : 1u;
    return 0;
  case IR_OP_shift:
    return neighbour(e, op->aux) < 0 ? (double)e->entry : neighbour(e, op->aux);
  case IR_OP_shift_valid:
    return neighbour(e, op->aux) >= 0;
  case IR_OP_index_number:
    return arg(e, op, 0);
  case IR_OP_get:
    return e->tuples[op->args[0]][op->aux];
  case IR_OP_expm:
  case IR_OP_oucov:
    make_tuple(e, op, position);
    return 0;
  case IR_OP_skip_begin: /* skipping nothing is always right */
  case IR_OP_skip_end:
    return 0;
  default:
    return draw(e, op);
  }
}

static void evaluate_entry(evaluation *e) {
  for (uint32_t i = 0; i < e->function->ops.len; i++) {
    const ir_op *op = &e->function->ops.data[i];
    double args[4] = {0};
    for (uint32_t k = 0; k < strlen(ir_ops[op->op].args); k++)
      args[k] = e->values[op->args[k]];
    e->values[i] = ir_can_evaluate(op) ? ir_evaluate(op, args) : evaluate_other(e, op, i);
  }
}

nsa_range_out reference_call(const fixture_memory *m, uint32_t number) {
  nsa_range_out out = {0, 0};
  const ir_function *f = m->program->functions.data[number];
  evaluation e = {.m = m, .function = f, .out = &out};
  e.values = calloc(f->ops.len + 1, sizeof *e.values);
  e.tuples = calloc(f->ops.len + 1, sizeof *e.tuples);
  assert_non_null(e.values);
  assert_non_null(e.tuples);
  for (e.entry = 0; e.entry < fixture_entries(m->program, f->domain); e.entry++)
    evaluate_entry(&e);
  for (uint32_t i = 0; i < f->ops.len; i++)
    free(e.tuples[i]);
  free(e.tuples);
  free(e.values);
  return out;
}
