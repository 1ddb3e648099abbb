/* SPDX-License-Identifier: MIT */
/* parts.c - a system as systems of their own that know nothing of one another, so that what is asked about equations
 * costs what is joined with them, and not what the whole component holds. */
#include "ir/needed.h"
#include "solve/equations.h"
#include "solve/solve_internal.h"

#include <stdlib.h>

/* What is kept from one part to the next. Costs of a part may not depend on the whole. */
typedef struct {
  arena *arena;
  const solve_system *whole;
  const bool *is_noisy; /* n x noise_count: not plainly zero */
  ir_walk walk;
  ir_value *value_of;    /* per operation of the whole: in the part */
  uint32_t *argument_of; /* per argument of the whole: in the part */
  VEC(uint32_t) outputs, flows, noises, arguments;
} splitter;

/* ---- what a part has of the whole ---- */

static void find_noises(splitter *sp, const solve_part *p) {
  uint32_t count = sp->whole->noise_count;
  sp->noises.len = 0;
  for (uint32_t k = 0; k < count; k++)
    for (uint32_t i = 0; i < p->system.n; i++)
      if (sp->is_noisy[p->states[i] * count + k]) {
        vec_push(sp->arena, &sp->noises, k);
        break;
      }
}

static void find_flows(splitter *sp, const solve_part *p) {
  uint32_t count = sp->whole->flow_count;
  sp->flows.len = 0;
  for (uint32_t j = 0; j < count; j++)
    for (uint32_t i = 0; i < p->system.n; i++)
      if (sp->whole->gain[p->states[i] * count + j] != 0) {
        vec_push(sp->arena, &sp->flows, j);
        break;
      }
}

/* Numbers of outputs, in the order that solve.h asks for. */
static void find_outputs(splitter *sp, const solve_part *p) {
  const solve_system *whole = sp->whole;
  uint32_t n = whole->n, m = whole->noise_count;
  sp->outputs.len = 0;
  for (uint32_t i = 0; i < p->system.n; i++)
    vec_push(sp->arena, &sp->outputs, p->states[i]);
  for (uint32_t i = 0; i < p->system.n; i++)
    for (uint32_t k = 0; k < sp->noises.len; k++)
      vec_push(sp->arena, &sp->outputs, solve_noise_output(whole, p->states[i], sp->noises.data[k]));
  for (uint32_t i = 0; i < p->system.n && sp->flows.len != 0; i++)
    vec_push(sp->arena, &sp->outputs, n * (1 + m) + p->states[i]);
  for (uint32_t j = 0; j < sp->flows.len; j++)
    vec_push(sp->arena, &sp->outputs, n * (2 + m) + sp->flows.data[j]);
}

static int in_order(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static bool is_argument(const ir_op *op) { return op->op == IR_OP_arg || op->op == IR_OP_barg; }

/* The part's states, t, then all else that it reads. Algebra may show later that a state of another part does not
 * matter: such a one counts as anything else. */
static void find_arguments(splitter *sp, const solve_part *p) {
  enum { UNKNOWN = UINT32_MAX };
  const ir_function *body = sp->whole->rates->body;
  for (uint32_t i = 0; i < sp->walk.met.len; i++)
    if (is_argument(&body->ops.data[sp->walk.met.data[i]]))
      sp->argument_of[body->ops.data[sp->walk.met.data[i]].aux] = UNKNOWN;
  sp->arguments.len = 0;
  for (uint32_t i = 0; i < p->system.n; i++)
    vec_push(sp->arena, &sp->arguments, p->states[i]);
  vec_push(sp->arena, &sp->arguments, sp->whole->n);
  for (uint32_t i = 0; i < sp->arguments.len; i++)
    sp->argument_of[sp->arguments.data[i]] = i;
  uint32_t first = sp->arguments.len;
  for (uint32_t i = 0; i < sp->walk.met.len; i++) {
    const ir_op *op = &body->ops.data[sp->walk.met.data[i]];
    if (!is_argument(op) || sp->argument_of[op->aux] != UNKNOWN)
      continue;
    sp->argument_of[op->aux] = 0; /* seen */
    vec_push(sp->arena, &sp->arguments, op->aux);
  }
  qsort(sp->arguments.data + first, sp->arguments.len - first, sizeof *sp->arguments.data, in_order);
  for (uint32_t i = first; i < sp->arguments.len; i++)
    sp->argument_of[sp->arguments.data[i]] = i;
}

/* ---- copies of it ---- */

static const ir_fragment *copy_rates(splitter *sp) {
  const ir_fragment *from = sp->whole->rates;
  ir_fragment *to = ir_fragment_new(sp->arena);
  ir_builder b = ir_builder_in(sp->arena, to);
  to->arg_count = sp->arguments.len;
  for (uint32_t i = 0; i < sp->walk.met.len; i++) {
    ir_op op = from->body->ops.data[sp->walk.met.data[i]];
    if (is_argument(&op))
      op.aux = sp->argument_of[op.aux];
    sp->value_of[sp->walk.met.data[i]] = ir_copy_op(&b, from->body, &op, sp->value_of);
  }
  vec_reserve(sp->arena, &to->outputs, sp->outputs.len);
  for (uint32_t i = 0; i < sp->outputs.len; i++)
    vec_push(sp->arena, &to->outputs, sp->value_of[from->outputs.data[sp->outputs.data[i]]]);
  return to;
}

static const int32_t *copy_gains(const splitter *sp, const solve_part *p) {
  int32_t *gain = ARENA_ARRAY(sp->arena, int32_t, (size_t)p->system.n * sp->flows.len);
  for (uint32_t i = 0; i < p->system.n; i++)
    for (uint32_t j = 0; j < sp->flows.len; j++)
      gain[i * sp->flows.len + j] = sp->whole->gain[p->states[i] * sp->whole->flow_count + sp->flows.data[j]];
  return gain;
}

static const bool *copy_invariance(const splitter *sp, const solve_part *p) {
  const solve_system *whole = sp->whole;
  uint32_t first = p->system.n + 1, count = sp->arguments.len - first;
  bool *is_invariant = ARENA_ARRAY(sp->arena, bool, count);
  for (uint32_t i = 0; i < count && whole->is_invariant != NULL; i++) {
    uint32_t argument = sp->arguments.data[first + i];
    is_invariant[i] = argument > whole->n && whole->is_invariant[argument - whole->n - 1];
  }
  return is_invariant;
}

static void copy_states(const splitter *sp, solve_part *p) {
  const solve_system *whole = sp->whole;
  ir_value *held = ARENA_ARRAY(sp->arena, ir_value, p->system.n);
  solver_kind *solver = ARENA_ARRAY(sp->arena, solver_kind, p->system.n);
  for (uint32_t i = 0; i < p->system.n; i++) {
    held[i] = whole->held != NULL ? whole->held[p->states[i]] : IR_NO_VALUE;
    solver[i] = whole->solver != NULL ? whole->solver[p->states[i]] : SOLVER_automatic;
  }
  p->system.held = whole->held != NULL ? held : NULL;
  p->system.solver = whole->solver != NULL ? solver : NULL;
}

static void make_part(splitter *sp, solve_part *p) {
  const solve_system *whole = sp->whole;
  uint32_t n = p->system.n;
  find_noises(sp, p);
  find_flows(sp, p);
  find_outputs(sp, p);
  ir_value *wanted = ARENA_ARRAY(sp->arena, ir_value, sp->outputs.len);
  for (uint32_t i = 0; i < sp->outputs.len; i++)
    wanted[i] = whole->rates->outputs.data[sp->outputs.data[i]];
  ir_walk_needed(sp->arena, &sp->walk, whole->rates->body, wanted, sp->outputs.len);
  find_arguments(sp, p);
  uint32_t *arguments = ARENA_ARRAY(sp->arena, uint32_t, sp->arguments.len);
  memcpy(arguments, sp->arguments.data, sp->arguments.len * sizeof *arguments);
  p->arguments = arguments;
  bool has_draws = whole->gauss_count >= whole->noise_count + whole->n;
  p->system = (solve_system){.n = n,
                             .noise_count = sp->noises.len,
                             .flow_count = sp->flows.len,
                             .gain = copy_gains(sp, p),
                             .rates = copy_rates(sp),
                             .is_invariant = copy_invariance(sp, p),
                             .dt = whole->dt,
                             .has_step = whole->has_step,
                             .step = whole->step,
                             .gauss_count = has_draws ? sp->noises.len + n : 0};
  copy_states(sp, p);
}

/* ---- all of them ---- */

static const bool *find_noisy(arena *a, const solve_system *whole) {
  bool *is_noisy = ARENA_ARRAY(a, bool, (size_t)whole->n * whole->noise_count);
  ir_value *outputs;
  const symbolic *s = solve_symbolic(a, whole, &outputs);
  for (uint32_t i = 0; i < whole->n; i++)
    for (uint32_t k = 0; k < whole->noise_count; k++)
      is_noisy[i * whole->noise_count + k] = !symbolic_is_number(s, outputs[solve_noise_output(whole, i, k)], 0);
  return is_noisy;
}

/* The states of each part, behind one another. */
static solve_part *distribute(arena *a, const solve_system *whole, const uint32_t *part_of, uint32_t *count) {
  uint32_t n = whole->n, *number = ARENA_ARRAY(a, uint32_t, n), **states = ARENA_ARRAY(a, uint32_t *, n);
  solve_part *parts = ARENA_ARRAY(a, solve_part, n);
  *count = 0;
  for (uint32_t i = 0; i < n; i++) {
    number[i] = part_of[i] == i ? (*count)++ : number[part_of[i]];
    parts[number[i]].system.n++;
  }
  for (uint32_t k = 0; k < *count; k++)
    parts[k].states = states[k] = ARENA_ARRAY(a, uint32_t, parts[k].system.n);
  for (uint32_t i = 0; i < n; i++)
    *states[number[i]]++ = i;
  return parts;
}

const solve_part *solve_split(arena *a, const solve_system *system, uint32_t *count) {
  uint32_t n = system->n, *all = ARENA_ARRAY(a, uint32_t, n), *part_of = ARENA_ARRAY(a, uint32_t, n);
  for (uint32_t i = 0; i < n; i++)
    all[i] = i;
  solve_find_joined(a, system, all, n, part_of);
  solve_part *parts = distribute(a, system, part_of, count);
  splitter sp = {.arena = a, .whole = system, .is_noisy = find_noisy(a, system)};
  sp.value_of = ARENA_ARRAY(a, ir_value, system->rates->body->ops.len);
  sp.argument_of = ARENA_ARRAY(a, uint32_t, system->rates->arg_count);
  for (uint32_t k = 0; k < *count; k++)
    make_part(&sp, &parts[k]);
  return parts;
}

const double *solve_part_values(arena *a, const solve_part *p, const double *values) {
  if (values == NULL)
    return NULL;
  uint32_t count = p->system.rates->arg_count;
  double *own = ARENA_ARRAY(a, double, count);
  for (uint32_t i = 0; i < count; i++)
    own[i] = values[p->arguments[i]];
  return own;
}

const bool *solve_part_flags(arena *a, const solve_part *p, const bool *flags) {
  if (flags == NULL)
    return NULL;
  bool *own = ARENA_ARRAY(a, bool, p->system.n);
  for (uint32_t i = 0; i < p->system.n; i++)
    own[i] = flags[p->states[i]];
  return own;
}
