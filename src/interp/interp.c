/* SPDX-License-Identifier: MIT */
#include "interp/interp.h"
#include "nsa_math.h"
#include "support/exhausted.h"

#include <math.h>
#include <stdlib.h>

/* A function that is prepared to be run; `self` of its entry points to this. */
typedef struct {
  const ir_program *program;
  const ir_function *function;
  uint32_t *slot;       /* per operation with a field: its place in the kernel's argument */
  uint32_t *skip_to;    /* per skip_begin: the operation of its skip_end */
  uint32_t *tuple;      /* per expm, oucov: where its entries lie behind the values */
  uint32_t value_count; /* operations and entries of tuples */
  uint32_t work_count;  /* numbers of work space for matrices, behind them */
  uint32_t rows, cols;  /* of its population, for shifts */
} interp_function;

/* What the operations of one call see. Numbers, truth values (0, 1) and indices are all kept as doubles, which hold
 * each of them exactly. */
typedef struct {
  const interp_function *f;
  void *const *fields;
  const nsa_clock *clock;
  nsa_range_out *out;
  uint64_t element;
  double *values, *work;
} frame;

typedef double operation(frame *fr, const ir_op *op, uint32_t position, const double *x);

/* ---- memory ---- */

static const nsa_field *field_of(const frame *fr, const ir_op *op) {
  return &fr->f->program->fields.data[op->field.id];
}

static double read_entry(const frame *fr, const ir_op *op, uint32_t position, uint64_t entry) {
  const nsa_field *field = field_of(fr, op);
  const void *array = fr->fields[fr->f->slot[position]];
  if (field->is_uniform)
    entry = 0;
  switch (field->type) {
  case NSA_B1:
    return ((const uint8_t *)array)[entry] != 0;
  case NSA_INDEX:
    return ((const uint32_t *)array)[entry];
  case NSA_F32:
    return (double)((const float *)array)[entry];
  default:
    return ((const double *)array)[entry];
  }
}

static double op_load(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)x;
  return read_entry(fr, op, position, fr->element);
}

static double op_load_at(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  return read_entry(fr, op, position, (uint64_t)x[0]);
}

static void write_entry(const frame *fr, const ir_op *op, uint32_t position, uint64_t entry, double x) {
  void *array = fr->fields[fr->f->slot[position]];
  switch (field_of(fr, op)->type) {
  case NSA_B1:
    ((uint8_t *)array)[entry] = x != 0;
    break;
  case NSA_INDEX:
    ((uint32_t *)array)[entry] = (uint32_t)x;
    break;
  case NSA_F32:
    ((float *)array)[entry] = (float)x;
    break;
  default:
    ((double *)array)[entry] = x;
  }
}

static double op_store_at(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  write_entry(fr, op, position, (uint64_t)x[0], x[1]);
  return 0;
}

static double op_store(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  const nsa_field *field = field_of(fr, op);
  if (field->is_uniform && fr->element != 0)
    return 0; /* the padding of a domain of one entry */
  write_entry(fr, op, position, field->is_uniform ? 0 : fr->element, x[0]);
  return 0;
}

static double op_event(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  op_store(fr, op, position, x);
  if (x[0] != 0)
    fr->out->events |= 1u << op->aux;
  return 0;
}

static double op_check(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)position;
  if (!isfinite(op->is_single ? (double)(float)x[0] : x[0]))
    fr->out->nonfinite = 1;
  return 0;
}

/* ---- where we are ---- */

static double number_of(const frame *fr) { return (double)fr->element + fr->clock->first[fr->f->function->domain]; }

static double op_element(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)op, (void)position, (void)x;
  return number_of(fr);
}

static double op_index_number(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)position;
  return x[0] + fr->clock->first[op->aux];
}

static double op_entry(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)fr, (void)position;
  double last = (double)op->aux - 1, from_first = x[0] > 0 ? x[0] : 0;
  return floor(from_first < last ? from_first : last);
}

static double op_tick(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)position, (void)x;
  return fr->clock->tick[op->aux];
}

static double op_time(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)position, (void)x;
  return fr->clock->time[op->aux];
}

/* The grid neighbour's row and column; whether it is on the grid. */
static bool shifted(const frame *fr, const ir_op *op, int64_t *row, int64_t *col) {
  int64_t element = (int64_t)number_of(fr), cols = fr->f->cols;
  *row = element / cols + (int64_t)(op->aux / 16) - 8;
  *col = element % cols + (int64_t)(op->aux % 16) - 8;
  return *row >= 0 && *row < fr->f->rows && *col >= 0 && *col < cols;
}

static double op_shift(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)position, (void)x;
  int64_t row, col, down = (int64_t)(op->aux / 16) - 8, right = (int64_t)(op->aux % 16) - 8;
  int64_t offset = shifted(fr, op, &row, &col) ? down * fr->f->cols + right : 0;
  return (double)((int64_t)fr->element + offset);
}

static double op_shift_valid(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)position, (void)x;
  int64_t row, col;
  return shifted(fr, op, &row, &col);
}

static double op_none(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)fr, (void)op, (void)position, (void)x;
  return 0;
}

/* ---- random draws ---- */

#define DRAW_1(name) nsa_rand_##name##_1(key, x[0], x[1], tick, x[2])
#define DRAW_2(name) nsa_rand_##name##_1(key, x[0], x[1], tick, x[2], x[3])
#define NSA_RAND(name, nargs)                                                                                          \
  static double op_rand_##name(frame *fr, const ir_op *op, uint32_t position, const double *x) {                       \
    (void)position;                                                                                                    \
    uint64_t key = fr->clock->seed ^ op->key;                                                                          \
    double tick = fr->clock->tick[op->aux];                                                                            \
    return DRAW_##nargs(name);                                                                                         \
  }
#include "nsa_math.def"

/* ---- matrices ---- */

static void gather_extra(const frame *fr, const ir_op *op, double *to) {
  for (uint32_t i = 0; i < op->extra_count; i++)
    to[i] = fr->values[fr->f->function->extra.data[op->extra + i]];
}

static void fill_with_nan(double *x, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    x[i] = NAN;
}

static double op_expm(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)x;
  uint32_t square = op->aux * op->aux;
  double *args = fr->work, *results = &fr->values[fr->f->tuple[position]];
  gather_extra(fr, op, args);
  if (nsa_expm_phi((int)op->aux, args, args[square], results, results + square, args + square + 1) != 0)
    fill_with_nan(results, 2 * square);
  return 0;
}

static double op_oucov(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)x;
  uint32_t square = op->aux * op->aux;
  double *args = fr->work, *results = &fr->values[fr->f->tuple[position]];
  gather_extra(fr, op, args);
  if (nsa_ou_cov((int)op->aux, args, args + square, args[2 * square], results, args + 2 * square + 1) != 0)
    fill_with_nan(results, square);
  return 0;
}

static double op_get(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)x;
  const ir_op *self = &fr->f->function->ops.data[position];
  return fr->values[fr->f->tuple[self->args[0]] + op->aux];
}

/* ---- loops ---- */

static double op_loop_begin(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  (void)x;
  gather_extra(fr, op, &fr->values[fr->f->tuple[position]]);
  return 0;
}

/* Stores the next values of the variables: for the next round, or for behind the loop. */
static double op_loop_end(frame *fr, const ir_op *op, uint32_t position, const double *x) {
  const ir_op *self = &fr->f->function->ops.data[position];
  gather_extra(fr, op, &fr->values[fr->f->tuple[x[1] != 0 ? self->args[0] : position]]);
  return 0;
}

/* ---- the walk ---- */

/* The operations that are not pure functions of numbers; ir_evaluate does those. */
static operation *const operations[IR_OP_COUNT] = {
    [IR_OP_load] = op_load,
    [IR_OP_load_at] = op_load_at,
    [IR_OP_store] = op_store,
    [IR_OP_store_at] = op_store_at,
    [IR_OP_event] = op_event,
    [IR_OP_check] = op_check,
    [IR_OP_element] = op_element,
    [IR_OP_tick] = op_tick,
    [IR_OP_time] = op_time,
    [IR_OP_shift] = op_shift,
    [IR_OP_shift_valid] = op_shift_valid,
    [IR_OP_index_number] = op_index_number,
    [IR_OP_entry] = op_entry,
    [IR_OP_rand_uniform] = op_rand_uniform,
    [IR_OP_rand_normal] = op_rand_normal,
    [IR_OP_rand_exponential] = op_rand_exponential,
    [IR_OP_rand_poisson] = op_rand_poisson,
    [IR_OP_rand_bernoulli] = op_rand_bernoulli,
    [IR_OP_rand_lognormal] = op_rand_lognormal,
    [IR_OP_rand_gamma] = op_rand_gamma,
    [IR_OP_rand_binomial] = op_rand_binomial,
    [IR_OP_expm] = op_expm,
    [IR_OP_oucov] = op_oucov,
    [IR_OP_get] = op_get,
    [IR_OP_loop_begin] = op_loop_begin,
    [IR_OP_loop_end] = op_loop_end,
    [IR_OP_skip_begin] = op_none,
    [IR_OP_skip_end] = op_none,
};

static void run_element(frame *fr) {
  const ir_function *f = fr->f->function;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    double x[4] = {0};
    for (uint32_t k = 0; k < 4 && op->args[k] != IR_NO_VALUE; k++)
      x[k] = fr->values[op->args[k]];
    fr->values[i] = operations[op->op] != NULL ? operations[op->op](fr, op, i, x) : ir_evaluate(op, x);
    if (op->op == IR_OP_skip_begin && x[0] == 0)
      i = fr->f->skip_to[i];
    if (op->op == IR_OP_loop_end && x[1] != 0)
      i = op->args[0]; /* its round begins behind it */
  }
}

static void run(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                nsa_range_out *out) {
  enum { ON_STACK = 2048 };
  const interp_function *f = self;
  double stack[ON_STACK];
  uint32_t need = f->value_count + f->work_count;
  double *values = need <= ON_STACK ? stack : exhausted_malloc(need * sizeof *values);
  /* Skipped values are never looked at, but selects still read them. */
  memset(values, 0, need * sizeof *values);
  frame fr = {.f = f, .fields = fields, .clock = clock, .out = out, .values = values};
  fr.work = values + f->value_count;
  for (fr.element = begin; fr.element < end; fr.element++)
    run_element(&fr);
  if (values != stack)
    free(values);
}

/* ---- preparation ---- */

static void find_skips(arena *a, const ir_function *f, uint32_t *skip_to) {
  VEC(uint32_t) open = {0};
  for (uint32_t i = 0; i < f->ops.len; i++) {
    if (f->ops.data[i].op == IR_OP_skip_begin)
      vec_push(a, &open, i);
    else if (f->ops.data[i].op == IR_OP_skip_end && open.len != 0)
      skip_to[open.data[--open.len]] = i;
  }
}

static void place_tuples(interp_function *f) {
  const ir_function *function = f->function;
  f->value_count = function->ops.len;
  for (uint32_t i = 0; i < function->ops.len; i++) {
    const ir_op *op = &function->ops.data[i];
    uint32_t square = op->aux * op->aux;
    bool is_loop = op->op == IR_OP_loop_begin || op->op == IR_OP_loop_end;
    if (is_loop) {
      f->tuple[i] = f->value_count;
      f->value_count += op->aux;
    }
    if (op->op != IR_OP_expm && op->op != IR_OP_oucov)
      continue;
    f->tuple[i] = f->value_count;
    f->value_count += 2 * square;
    uint32_t work = op->op == IR_OP_expm ? NSA_EXPM_PHI_WORK(op->aux) : NSA_OU_COV_WORK(op->aux);
    work += op->extra_count;
    f->work_count = work > f->work_count ? work : f->work_count;
  }
}

static void find_grid(interp_function *f) {
  const nsa_program *program = f->program->program;
  f->rows = f->cols = 1;
  for (uint32_t i = 0; i < program->populations_count; i++)
    if (program->populations[i].domain == f->function->domain) {
      f->rows = program->populations[i].rows;
      f->cols = program->populations[i].cols;
    }
}

static const interp_function *prepare(arena *a, const ir_program *p, const ir_function *function) {
  interp_function *f = ARENA_NEW(a, interp_function);
  f->program = p;
  f->function = function;
  f->slot = ARENA_ARRAY(a, uint32_t, function->ops.len);
  f->skip_to = ARENA_ARRAY(a, uint32_t, function->ops.len);
  f->tuple = ARENA_ARRAY(a, uint32_t, function->ops.len);
  uint32_t *slot_of_field = ARENA_ARRAY(a, uint32_t, p->fields.len);
  ir_function_slots(p, function, slot_of_field, ARENA_ARRAY(a, nsa_field_id, p->fields.len));
  for (uint32_t i = 0; i < function->ops.len; i++)
    if (ir_op_has_field(&function->ops.data[i]))
      f->slot[i] = slot_of_field[function->ops.data[i].field.id];
  find_skips(a, function, f->skip_to);
  place_tuples(f);
  find_grid(f);
  return f;
}

nsa_kernel_entry *interp_entries(arena *a, const ir_program *p) {
  nsa_kernel_entry *entries = ARENA_ARRAY(a, nsa_kernel_entry, p->functions.len);
  for (uint32_t i = 0; i < p->functions.len; i++)
    entries[i] = (nsa_kernel_entry){run, prepare(a, p, p->functions.data[i])};
  return entries;
}
