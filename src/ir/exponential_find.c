/* SPDX-License-Identifier: MIT */
#include "ir/exponential.h"

#include "nsa_whole.h"

#include <math.h>
#include <stdlib.h>

enum {
  MOST_OFFSET = 20,       /* a power is infinite, or 0, where e^offset times the power is beyond e^(+-689) or so */
  MOST_DENOMINATOR = 720, /* of the ratio of two scales */
  COST_OF_EXP = 24,       /* operations that are saved with each exponential */
  COST_OF_CALL = 4        /* operations that a call needs to make its value of a power */
};

typedef struct {
  arena *arena;
  const ir_function *from;
  const ir_affine *affine;
  uint32_t *uses, *divisions; /* per operation: how many operations take it, how many divide by it */
  bool *loses_one;            /* per operation: 1 is added to or taken from it */
  exponential_families found;
} search;

static exponential_kind kind_of(const ir_op *op) {
  static const char *const names[] = {
      [EXPONENTIAL_EXP] = "exp", [EXPONENTIAL_EXPREL] = "exprel", [EXPONENTIAL_SIGMOID] = "sigmoid"};
  if (op->op == IR_OP_math1)
    for (int kind = EXPONENTIAL_EXP; kind <= EXPONENTIAL_SIGMOID; kind++)
      if (strcmp(ir_maths[op->aux].name, names[kind]) == 0)
        return (exponential_kind)kind;
  return EXPONENTIAL_NONE;
}

static bool is_one(const ir_function *f, ir_value v) {
  return f->ops.data[v].op == IR_OP_const && fabs(f->ops.data[v].number) == 1;
}

static void look_at_uses(search *s) {
  const ir_function *f = s->from;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
      s->uses[ir_op_arg(f, op, k)]++;
    if (op->op == IR_OP_div)
      s->divisions[op->args[1]]++;
    for (uint32_t k = 0; (op->op == IR_OP_add || op->op == IR_OP_sub) && k < 2; k++)
      s->loses_one[op->args[k]] |= is_one(f, op->args[1 - k]);
  }
}

/* ---- a common scale ---- */

/* The least q with which x q is whole to within rounding; 0 where there is none. */
static int32_t denominator_of(double x) {
  for (int32_t q = 1; q <= MOST_DENOMINATOR; q++)
    if (round(x * q) != 0 && fabs(x * q - round(x * q)) <= 4e-16 * fabs(x * q))
      return q;
  return 0;
}

/* The least n for which all scales are whole multiples of the n-th part of the first scale; 0 where n would be too
 * large. */
static int32_t parts_of_first(const exponential_family *f) {
  int32_t parts = 1;
  for (uint32_t i = 0; i < f->calls.len; i++) {
    int32_t q = denominator_of(f->calls.data[i].scale / f->calls.data[0].scale);
    int32_t others = q == 0 ? 0 : parts / (int32_t)nsa_common_divisor((uint32_t)parts, (uint32_t)q);
    if (q == 0 || others > MOST_DENOMINATOR / q)
      return 0;
    parts = others * q;
  }
  return parts;
}

/* Sets the common scale and the powers; false where no common scale has small enough powers. */
static bool find_unit(exponential_family *f) {
  int32_t parts = parts_of_first(f), shared = 0;
  if (parts == 0)
    return false;
  for (uint32_t i = 0; i < f->calls.len; i++) {
    double power = round(f->calls.data[i].scale / f->calls.data[0].scale * parts);
    if (fabs(power) > (double)EXPONENTIAL_MOST_POWER * MOST_DENOMINATOR)
      return false;
    f->calls.data[i].power = (int32_t)power;
    shared = (int32_t)nsa_common_divisor((uint32_t)shared, (uint32_t)abs(f->calls.data[i].power));
  }
  f->unit = f->calls.data[0].scale / parts * shared;
  for (uint32_t i = 0; i < f->calls.len; i++) {
    int32_t power = f->calls.data[i].power /= shared;
    if (power > EXPONENTIAL_MOST_POWER || power < -EXPONENTIAL_MOST_POWER)
      return false;
  }
  return true;
}

/* What the other sign costs: for exp a quotient, for exprel a product and a limit, for sigmoid, which is made of e^-x,
 * a limit. */
static void choose_sign(exponential_family *f) {
  static const int weights[] = {[EXPONENTIAL_EXP] = 3, [EXPONENTIAL_EXPREL] = 2, [EXPONENTIAL_SIGMOID] = -2};
  int sum = 0;
  for (uint32_t i = 0; i < f->calls.len; i++)
    sum += f->calls.data[i].power > 0 ? weights[f->calls.data[i].kind] : -weights[f->calls.data[i].kind];
  if (sum >= 0)
    return;
  f->unit = -f->unit;
  for (uint32_t i = 0; i < f->calls.len; i++)
    f->calls.data[i].power = -f->calls.data[i].power;
}

/* ---- a short chain of products ---- */

/* Makes the power n from two powers that are there; else from its half, or from the power before. */
static void plan_power(arena *a, exponential_family *f, bool *is_made, int32_t n) {
  if (is_made[n])
    return;
  int32_t by = 0;
  for (int32_t k = n / 2; k >= 1 && by == 0; k--)
    by = is_made[k] && is_made[n - k] ? k : 0;
  if (by == 0) {
    by = n % 2 == 0 ? n / 2 : 1;
    plan_power(a, f, is_made, n - by);
  }
  vec_push(a, &f->products, ((exponential_product){n, by}));
  is_made[n] = true;
}

static void plan_powers(arena *a, exponential_family *f) {
  bool is_made[EXPONENTIAL_MOST_POWER + 1] = {[1] = true}, is_needed[EXPONENTIAL_MOST_POWER + 1] = {false};
  for (uint32_t i = 0; i < f->calls.len; i++)
    is_needed[f->calls.data[i].power < 0 ? -f->calls.data[i].power : f->calls.data[i].power] = true;
  for (int32_t n = 1; n <= EXPONENTIAL_MOST_POWER; n++)
    if (is_needed[n])
      plan_power(a, f, is_made, n);
}

static bool is_worth_it(const exponential_family *f) {
  return (f->calls.len - 1) * COST_OF_EXP > f->products.len + f->calls.len * COST_OF_CALL;
}

/* ---- families ---- */

static exponential_family *family_with_base(search *s, ir_value base) {
  for (uint32_t i = 0; i < s->found.len; i++)
    if (ir_is_same(s->from, s->found.data[i]->base, base))
      return s->found.data[i];
  exponential_family *f = ARENA_NEW(s->arena, exponential_family);
  f->base = base;
  f->powers[1] = IR_NO_VALUE;
  vec_push(s->arena, &s->found, f);
  return f;
}

/* A call joins the family unless the others would lose their common scale. */
static void join(search *s, ir_value at, exponential_kind kind) {
  const ir_affine *x = &s->affine[s->from->ops.data[at].args[0]];
  if (x->base == IR_NO_VALUE || x->scale == 0 || !(fabs(x->offset) <= MOST_OFFSET) ||
      (kind == EXPONENTIAL_EXP && s->loses_one[at]))
    return;
  exponential_family *f = family_with_base(s, x->base);
  exponential_call call = {.at = at, .kind = kind, .scale = x->scale, .offset = x->offset};
  call.is_divided_by = s->divisions[at] != 0;
  call.is_used_else = s->uses[at] != s->divisions[at];
  vec_push(s->arena, &f->calls, call);
  if (!find_unit(f)) {
    f->calls.len--;
    find_unit(f);
  }
}

static void find_calls(search *s) {
  uint32_t depth = 0;
  for (uint32_t i = 0; i < s->from->ops.len; i++) {
    const ir_op *op = &s->from->ops.data[i];
    if (op->op == IR_OP_store || op->op == IR_OP_store_at || op->op == IR_OP_event)
      return;
    depth += op->op == IR_OP_skip_begin || op->op == IR_OP_loop_begin;
    depth -= op->op == IR_OP_skip_end || op->op == IR_OP_loop_end;
    exponential_kind kind = kind_of(op);
    if (kind != EXPONENTIAL_NONE && depth == 0)
      join(s, i, kind);
  }
}

exponential_families exponential_find(arena *a, const ir_function *f) {
  search s = {.arena = a, .from = f, .affine = ir_affines_of(a, f)};
  exponential_families worth = {0};
  s.uses = ARENA_ARRAY(a, uint32_t, f->ops.len);
  s.divisions = ARENA_ARRAY(a, uint32_t, f->ops.len);
  s.loses_one = ARENA_ARRAY(a, bool, f->ops.len);
  look_at_uses(&s);
  find_calls(&s);
  for (uint32_t i = 0; i < s.found.len; i++) {
    exponential_family *family = s.found.data[i];
    if (family->calls.len < 2)
      continue;
    choose_sign(family);
    plan_powers(a, family);
    if (is_worth_it(family))
      vec_push(a, &worth, family);
  }
  return worth;
}
