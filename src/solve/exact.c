/* SPDX-License-Identifier: MIT */
/* exact.c - linear systems x' = A x + b by the matrix exponential: x(t + dt) = E x + F b, E = exp(A dt), F its
 * integral. A and b, and with them t and the inputs, are held over the step. Additive noise gathers its exact
 * covariance over the step, the Ornstein-Uhlenbeck update (Gillespie 1996, doi 10.1103/PhysRevE.54.2084).
 *
 * The group falls into parts that do not act on each other. Each has its own, smaller matrix. Where reactions move
 * several states the matrix is that of the terms: their changes are F times their rates at the start, so that reactions
 * keep their totals. States that stand still (`unless`) have no rate; each combination of conditions has its own
 * matrix. */
#include "solve/equations.h"
#include "solve/solve_internal.h"

/* One part: states of the system, and what is needed of it. */
typedef struct {
  const uint32_t *states;
  const ir_value *held; /* n, as in the group */
  uint32_t n;
  ir_value *matrix;   /* n x n */
  ir_value *constant; /* n: rates where all states of the part are zero */
  ir_value *noise;    /* n x noise_count */
} part;

/* What is built from here on carries the span of the equation of the part's state r. */
static void go_to(const solve_group *g, const part *p, uint32_t r) {
  if (g->system->at != NULL)
    g->b->at = g->system->at[p->states[r]];
}

/* ---- matrix, constant and noise of a part ---- */

static ir_fragment *part_fragment(const solve_group *g, const part *p) {
  arena *a = g->b->arena;
  const solve_system *system = g->system;
  uint32_t n = p->n, m = system->noise_count;
  ir_value *outputs, *wanted = ARENA_ARRAY(a, ir_value, (size_t)n * (n + 1 + m));
  symbolic *s = solve_symbolic(a, system, &outputs);
  ir_value *rates = ARENA_ARRAY(a, ir_value, n), *column = ARENA_ARRAY(a, ir_value, n);
  for (uint32_t r = 0; r < n; r++)
    rates[r] = outputs[p->states[r]];
  for (uint32_t c = 0; c < n; c++) {
    symbolic_derive(s, rates, n, p->states[c], column);
    for (uint32_t r = 0; r < n; r++)
      wanted[r * n + c] = column[r];
  }
  for (uint32_t r = 0; r < n; r++)
    for (uint32_t k = 0; k < m; k++)
      wanted[n * (n + 1) + r * m + k] = outputs[solve_noise_output(system, p->states[r], k)];
  ir_value *replace = ARENA_ARRAY(a, ir_value, system->rates->arg_count);
  for (uint32_t i = 0; i < system->rates->arg_count; i++)
    replace[i] = IR_NO_VALUE;
  for (uint32_t r = 0; r < n; r++)
    replace[p->states[r]] = symbolic_number(s, 0);
  ir_value *at_zero = ARENA_ARRAY(a, ir_value, system->rates->outputs.len);
  symbolic_copy(s, system->rates, replace, at_zero);
  for (uint32_t r = 0; r < n; r++)
    wanted[n * n + r] = at_zero[p->states[r]];
  return symbolic_fragment(s, wanted, n * (n + 1 + m));
}

static void evaluate_part(const solve_group *g, part *p) {
  uint32_t n = p->n, m = g->system->noise_count;
  p->matrix = ARENA_ARRAY(g->b->arena, ir_value, (size_t)n * (n + 1 + m));
  p->constant = p->matrix + n * n;
  p->noise = p->constant + n;
  ir_inline(g->b, part_fragment(g, p), g->values, p->matrix);
}

static bool has_noise(const solve_group *g, const part *p) {
  for (uint32_t i = 0; i < p->n * g->system->noise_count; i++)
    if (!is_number(g->b, p->noise[i], 0))
      return true;
  return false;
}

static ir_value step_of(const solve_group *g) {
  return g->system->has_step ? g->system->step : ir_number(g->b, g->system->dt);
}

/* ---- one state ---- */

/* Standard deviation of unit noise gathered over dt: sqrt(dt exprel(2 a dt)). */
static ir_value gathered(const solve_group *g, ir_value a) {
  ir_builder *b = g->b;
  ir_value exponent = times(b, a, ir_number(b, 2 * g->system->dt));
  ir_value variance = scaled(b, g->system->dt, ir_math(b, "exprel", &exponent, 1));
  return ir_unary(b, IR_OP_sqrt, variance);
}

static ir_value single_noise(const solve_group *g, const part *p) {
  ir_builder *b = g->b;
  ir_value sum = IR_NO_VALUE;
  for (uint32_t k = 0; k < g->system->noise_count; k++)
    if (!is_number(b, p->noise[k], 0))
      accumulate(b, &sum, times(b, p->noise[k], g->gauss[k]));
  return times(b, gathered(g, p->matrix[0]), sum);
}

static ir_value expand_single(const solve_group *g, const part *p) {
  ir_builder *b = g->b;
  ir_value x = g->values[p->states[0]], a = p->matrix[0];
  ir_value next = x, factor = step_of(g);
  if (!is_number(b, a, 0)) {
    ir_value exponent = times(b, a, factor);
    next = times(b, x, ir_math(b, "exp", &exponent, 1));
    factor = times(b, ir_math(b, "exprel", &exponent, 1), factor);
  }
  if (!is_number(b, p->constant[0], 0))
    next = plus(b, next, times(b, factor, p->constant[0]));
  return has_noise(g, p) ? plus(b, next, single_noise(g, p)) : next;
}

/* ---- several states ---- */

static ir_value grown(const solve_group *g, ir_value a, const char *function) {
  ir_value exponent = times(g->b, a, step_of(g));
  return ir_math(g->b, function, &exponent, 1);
}

/* Two states, one of which drives the other: y' = d y, x' = a x + b y + c. Over a step that differs between elements
 * the closed form is used: x(t) = e^(a t) x + b t e^(d t) exprel((a - d) t) y + t exprel(a t) c. False where the states
 * are coupled in another way. */
static bool expand_driven(const solve_group *g, const part *p, ir_value *next) {
  ir_builder *b = g->b;
  if (!g->system->has_step || p->n != 2)
    return false;
  uint32_t x = is_number(b, p->matrix[2], 0) ? 0 : 1, y = 1 - x; /* matrix[2]: what the second takes of the first */
  if (!is_number(b, p->matrix[y * 2 + x], 0) || !is_number(b, p->constant[y], 0))
    return false;
  ir_value a = p->matrix[x * 3], d = p->matrix[y * 3], of_y = g->values[p->states[y]];
  ir_value e = grown(g, d, "exp");
  ir_value taken =
      times(b, times(b, p->matrix[x * 2 + y], step_of(g)), times(b, e, grown(g, minus(b, a, d), "exprel")));
  next[y] = times(b, e, of_y);
  next[x] = plus(b, times(b, grown(g, a, "exp"), g->values[p->states[x]]), times(b, taken, of_y));
  if (!is_number(b, p->constant[x], 0))
    next[x] = plus(b, next[x], times(b, times(b, step_of(g), grown(g, a, "exprel")), p->constant[x]));
  return true;
}

/* Which entries of exp(A dt) can be other than zero: paths through the non-zero entries of A. */
static bool *reachable(const solve_group *g, const part *p) {
  uint32_t n = p->n;
  bool *path = ARENA_ARRAY(g->b->arena, bool, (size_t)n *n);
  for (uint32_t i = 0; i < n * n; i++)
    path[i] = !is_number(g->b, p->matrix[i], 0) || i % (n + 1) == 0;
  for (uint32_t k = 0; k < n; k++)
    for (uint32_t i = 0; i < n * n; i++)
      path[i] = path[i] || (path[i / n * n + k] && path[k * n + i % n]);
  return path;
}

static void expand_linear(const solve_group *g, const part *p, ir_value *next) {
  ir_builder *b = g->b;
  uint32_t n = p->n;
  ir_value *args = ARENA_ARRAY(b->arena, ir_value, (size_t)n * n + 1);
  memcpy(args, p->matrix, (size_t)n * n * sizeof *args);
  args[n * n] = step_of(g);
  ir_value tuple = ir_tuple_op(b, IR_OP_expm, n, args, n * n + 1);
  const bool *path = reachable(g, p);
  for (uint32_t r = 0; r < n; r++) {
    next[r] = IR_NO_VALUE;
    go_to(g, p, r);
    for (uint32_t c = 0; c < n; c++)
      if (path[r * n + c])
        accumulate(b, &next[r], times(b, ir_get(b, tuple, r * n + c), g->values[p->states[c]]));
    for (uint32_t c = 0; c < n; c++)
      if (path[r * n + c] && !is_number(b, p->constant[c], 0))
        accumulate(b, &next[r], times(b, ir_get(b, tuple, n * n + r * n + c), p->constant[c]));
  }
}

/* S = G G^T, the covariance of the noise a unit of time. */
static ir_value covariance(const solve_group *g, const part *p, uint32_t r, uint32_t c) {
  ir_builder *b = g->b;
  uint32_t m = g->system->noise_count;
  ir_value sum = IR_NO_VALUE;
  for (uint32_t k = 0; k < m; k++) {
    ir_value x = p->noise[r * m + k], y = p->noise[c * m + k];
    if (!is_number(b, x, 0) && !is_number(b, y, 0))
      accumulate(b, &sum, times(b, x, y));
  }
  return sum == IR_NO_VALUE ? ir_number(b, 0) : sum;
}

/* As many draws as the part has states: its noises first, then the states' own draws. The gathered noise has that many
 * dimensions, even where there are fewer noises. */
static void choose_draws(const solve_group *g, const part *p, ir_value *draws) {
  uint32_t m = g->system->noise_count, count = 0;
  for (uint32_t k = 0; k < m && count < p->n; k++) {
    bool is_used = false;
    for (uint32_t r = 0; r < p->n; r++)
      is_used = is_used || !is_number(g->b, p->noise[r * m + k], 0);
    if (is_used)
      draws[count++] = g->gauss[k];
  }
  for (; count < p->n; count++)
    draws[count] = g->gauss[m + p->states[count]];
}

static void add_noise(const solve_group *g, const part *p, ir_value *next) {
  ir_builder *b = g->b;
  uint32_t n = p->n;
  ir_value *args = ARENA_ARRAY(b->arena, ir_value, 2 * (size_t)n * n + 1);
  ir_value *draws = ARENA_ARRAY(b->arena, ir_value, n);
  memcpy(args, p->matrix, (size_t)n * n * sizeof *args);
  for (uint32_t i = 0; i < n * n; i++)
    args[n * n + i] = covariance(g, p, i / n, i % n);
  args[2 * n * n] = ir_number(b, g->system->dt);
  ir_value factor = ir_tuple_op(b, IR_OP_oucov, n, args, 2 * n * n + 1);
  choose_draws(g, p, draws);
  for (uint32_t r = 0; r < n; r++) {
    go_to(g, p, r);
    for (uint32_t c = 0; c <= r; c++)
      next[r] = plus(b, next[r], times(b, ir_get(b, factor, r * n + c), draws[c]));
  }
}

/* ---- reactions ---- */

/* The part as a group of its own in which these states do not move. */
static solve_group standing_group(const solve_group *g, const part *p, const bool *is_held) {
  solve_group sub = *g;
  sub.states = p->states;
  sub.count = p->n;
  solve_find_terms(&sub);
  ir_value *held = ARENA_ARRAY(g->b->arena, ir_value, p->n);
  solve_term *terms = ARENA_ARRAY(g->b->arena, solve_term, sub.term_count);
  for (uint32_t t = 0; t < sub.term_count; t++) {
    int32_t *gain = ARENA_ARRAY(g->b->arena, int32_t, p->n);
    for (uint32_t k = 0; k < p->n; k++)
      gain[k] = is_held[k] ? 0 : sub.terms[t].gain[k];
    terms[t] = (solve_term){sub.terms[t].output, gain, sub.terms[t].first, sub.terms[t].end, sub.terms[t].at};
  }
  for (uint32_t k = 0; k < p->n; k++)
    held[k] = IR_NO_VALUE;
  sub.terms = terms;
  sub.held = held;
  return sub;
}

static void expand_terms(const solve_group *g, ir_value *next) {
  ir_builder *b = g->b;
  uint32_t n = g->term_count;
  ir_value *args = ARENA_ARRAY(b->arena, ir_value, (size_t)n * n + 1), *rates = ARENA_ARRAY(b->arena, ir_value, n);
  ir_value *changes = ARENA_ARRAY(b->arena, ir_value, n), *start = solve_start(g);
  const ir_value *slopes = solve_slopes(g);
  for (uint32_t i = 0; i < n * n; i++) {
    ir_value x = solve_effect(g, slopes, i / n, i % n);
    args[i] = x == IR_NO_VALUE ? ir_number(b, 0) : x;
  }
  args[n * n] = step_of(g);
  ir_value tuple = ir_tuple_op(b, IR_OP_expm, n, args, n * n + 1);
  part all = {.n = n, .matrix = args};
  const bool *path = reachable(g, &all);
  solve_rates(g, start, solve_time(g), rates);
  for (uint32_t r = 0; r < n; r++) {
    changes[r] = IR_NO_VALUE;
    solve_at_term(g, r);
    for (uint32_t c = 0; c < n; c++)
      if (path[r * n + c])
        accumulate(b, &changes[r], times(b, ir_get(b, tuple, n * n + r * n + c), rates[c]));
  }
  solve_move(g, start, changes, next);
}

/* ---- the group ---- */

static bool has_reactions(const solve_group *g, const part *p) {
  uint32_t flows = g->system->flow_count;
  for (uint32_t k = 0; k < p->n; k++)
    for (uint32_t j = 0; j < flows; j++)
      if (g->system->gain[p->states[k] * flows + j] != 0)
        return true;
  return false;
}

/* The part where these of its states stand still. */
static part standing(const solve_group *g, const part *p, const bool *is_held) {
  uint32_t n = p->n, m = g->system->noise_count;
  part q = *p;
  q.matrix = ARENA_ARRAY(g->b->arena, ir_value, (size_t)n * (n + 1 + m));
  q.constant = q.matrix + n * n;
  q.noise = q.constant + n;
  memcpy(q.matrix, p->matrix, (size_t)n * (n + 1 + m) * sizeof *q.matrix);
  for (uint32_t r = 0; r < n; r++) {
    if (!is_held[r])
      continue;
    q.constant[r] = ir_number(g->b, 0);
    for (uint32_t c = 0; c < n; c++)
      q.matrix[r * n + c] = q.constant[r];
    for (uint32_t k = 0; k < m; k++)
      q.noise[r * m + k] = q.constant[r];
  }
  return q;
}

static void expand_standing(const solve_group *g, const part *p, const bool *is_held, ir_value *next) {
  part q = standing(g, p, is_held);
  if (has_reactions(g, p)) {
    solve_group sub = standing_group(g, p, is_held);
    expand_terms(&sub, next);
  } else if (expand_driven(g, &q, next)) {
    return;
  } else {
    expand_linear(g, &q, next);
  }
  if (has_noise(g, &q))
    add_noise(g, &q, next);
}

/* Different conditions by which states of the part stand still. */
static uint32_t find_conditions(const part *p, ir_value *conditions, uint32_t *condition_of) {
  uint32_t count = 0;
  for (uint32_t k = 0; k < p->n; k++) {
    condition_of[k] = UINT32_MAX;
    if (p->held[k] == IR_NO_VALUE)
      continue;
    uint32_t i = 0;
    while (i < count && conditions[i] != p->held[k])
      i++;
    conditions[i] = p->held[k];
    count += i == count;
    condition_of[k] = i;
  }
  return count;
}

/* One result for each combination of conditions; a tree of selects takes the right one. */
static void expand_part(const solve_group *g, part *p, ir_value *next) {
  arena *a = g->b->arena;
  go_to(g, p, 0);
  evaluate_part(g, p);
  if (p->n == 1) {
    next[0] = expand_single(g, p);
    return;
  }
  ir_value *conditions = ARENA_ARRAY(a, ir_value, p->n), *results[1 << SOLVE_MOST_HELD];
  uint32_t *condition_of = ARENA_ARRAY(a, uint32_t, p->n), count = find_conditions(p, conditions, condition_of);
  for (uint32_t c = 0; c < 1u << count; c++) {
    bool *is_held = ARENA_ARRAY(a, bool, p->n);
    for (uint32_t k = 0; k < p->n; k++)
      is_held[k] = condition_of[k] != UINT32_MAX && (c >> condition_of[k] & 1);
    results[c] = ARENA_ARRAY(a, ir_value, p->n);
    expand_standing(g, p, is_held, results[c]);
  }
  for (uint32_t j = 0; j < count; j++)
    for (uint32_t c = 0; c < 1u << count; c += 2u << j)
      for (uint32_t k = 0; k < p->n; k++) {
        go_to(g, p, k);
        results[c][k] = ir_select(g->b, conditions[j], results[c | 1u << j][k], results[c][k]);
      }
  memcpy(next, results[0], p->n * sizeof *next);
}

static void expand(const solve_group *g) {
  arena *a = g->b->arena;
  uint32_t *part_of = ARENA_ARRAY(a, uint32_t, g->count);
  solve_find_joined(a, g->system, g->states, g->count, part_of);
  for (uint32_t id = 0; id < g->count; id++) {
    uint32_t *states = ARENA_ARRAY(a, uint32_t, g->count), *places = ARENA_ARRAY(a, uint32_t, g->count);
    ir_value *held = ARENA_ARRAY(a, ir_value, g->count);
    part p = {.states = states, .held = held};
    for (uint32_t k = 0; k < g->count; k++)
      if (part_of[k] == id) {
        places[p.n] = k;
        held[p.n] = g->held[k];
        states[p.n++] = g->states[k];
      }
    if (p.n == 0)
      continue;
    ir_value *next = ARENA_ARRAY(a, ir_value, p.n);
    expand_part(g, &p, next);
    for (uint32_t r = 0; r < p.n; r++)
      g->next[places[r]] = next[r];
  }
}

/* ---- what it refuses ---- */

static const char *refuses_noise_of_part(arena *a, const solve_system *system, symbolic *s, const ir_value *outputs,
                                         const uint32_t *states, uint32_t count, const uint32_t *part_of, uint32_t id) {
  uint32_t n = 0, noises = 0;
  uint32_t *own = ARENA_ARRAY(a, uint32_t, count);
  for (uint32_t k = 0; k < count; k++)
    if (part_of[k] == id)
      own[n++] = states[k];
  solve_group terms = {.b = &(ir_builder){.arena = a}, .system = system, .states = own, .count = n};
  solve_find_terms(&terms);
  n = terms.term_count > n ? terms.term_count : n;
  for (uint32_t noise = 0; noise < system->noise_count; noise++) {
    bool is_used = false;
    for (uint32_t k = 0; k < count; k++)
      is_used = is_used ||
                (part_of[k] == id && !symbolic_is_number(s, outputs[solve_noise_output(system, states[k], noise)], 0));
    noises += is_used;
  }
  if (n > SOLVE_LARGEST_EXACT)
    return arena_printf(a, "it is part of a system of %u coupled equations and reactions, and exact takes at most %d",
                        n, SOLVE_LARGEST_EXACT);
  bool has_draws = system->gauss_count >= system->noise_count + system->n;
  n = terms.count;
  if (n > 1 && noises != 0 && noises < n && !has_draws)
    return arena_printf(a, "its noise needs %u random numbers a step and %u are drawn; use euler_maruyama", n, noises);
  return NULL;
}

static const char *refuses_held_of_part(arena *a, const solve_system *system, const uint32_t *states, uint32_t count,
                                        const uint32_t *part_of, uint32_t id) {
  ir_value *held = ARENA_ARRAY(a, ir_value, count), *conditions = ARENA_ARRAY(a, ir_value, count);
  uint32_t *condition_of = ARENA_ARRAY(a, uint32_t, count);
  const bool *reads = solve_dependences(a, system, states, count);
  for (uint32_t k = 0; k < count; k++) {
    held[k] = IR_NO_VALUE;
    for (uint32_t r = 0; r < count && system->held != NULL && part_of[k] == id; r++)
      if (r != k && reads[r * count + k])
        held[k] = system->held[states[k]];
  }
  part all = {.n = count, .held = held};
  if (find_conditions(&all, conditions, condition_of) > SOLVE_MOST_HELD)
    return arena_printf(a, "more than %d conditions hold states that others of its system read", SOLVE_MOST_HELD);
  return NULL;
}

const char *solve_refuses_exact(arena *a, const solve_system *system, const bool *set) {
  ir_value *outputs;
  symbolic *s = solve_symbolic(a, system, &outputs);
  uint32_t *states = ARENA_ARRAY(a, uint32_t, system->n), count = 0;
  bool *in_set = ARENA_ARRAY(a, bool, system->rates->arg_count);
  for (uint32_t i = 0; i < system->n; i++)
    if ((in_set[i] = set[i]))
      states[count++] = i;
  for (uint32_t k = 0; k < count; k++) {
    if (symbolic_linearity(s, in_set, outputs[states[k]]) > 1)
      return "the equations that are solved together are not linear in their states";
    for (uint32_t noise = 0; noise < system->noise_count; noise++)
      if (symbolic_depends(s, in_set, outputs[solve_noise_output(system, states[k], noise)]))
        return "its noise depends on the state; use milstein, heun or euler_maruyama";
  }
  uint32_t *part_of = ARENA_ARRAY(a, uint32_t, count);
  solve_find_joined(a, system, states, count, part_of);
  for (uint32_t k = 0; k < count; k++) {
    const char *why = refuses_noise_of_part(a, system, s, outputs, states, count, part_of, part_of[k]);
    if (why == NULL)
      why = refuses_held_of_part(a, system, states, count, part_of, part_of[k]);
    if (why != NULL)
      return why;
  }
  return NULL;
}

static const char *refuses(arena *a, const solve_system *system, uint32_t state) {
  bool *set = ARENA_ARRAY(a, bool, system->n);
  for (uint32_t i = 0; i < system->n; i++)
    set[i] = i == state || system->solver[i] == SOLVER_exact;
  return solve_refuses_exact(a, system, set);
}

const solve_method solve_method_exact = {expand, refuses};
