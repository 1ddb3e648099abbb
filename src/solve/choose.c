/* SPDX-License-Identifier: MIT */
/* choose.c - methods for equations whose author named none: one method for all equations that any dependence joins.
 *
 * Equations with different methods see each other as at the start of the step, which is of first order. So a group gets
 * one method, of second order at least; it is `exact` where the whole group is linear. docs/language.md has the rules.
 */
#include "nsa_math.h"
#include "solve/eigenvalues.h"
#include "solve/equations.h"
#include "solve/solve_internal.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  arena *arena, *kept;        /* of this part; of the words of choices */
  const solve_system *system; /* a part */
  symbolic *s;
  ir_value *outputs;
  const double *values;
  const bool *is_reset, *is_set;
  const bool *reads;   /* n x n */
  solver_kind *solver; /* those of the system, and what is chosen */
  solve_choice *choices;
} choosing;

/* Some of the system's states. */
typedef struct {
  const uint32_t *states;
  uint32_t count;
} state_set;

static bool *flags_of(const choosing *q, state_set set, uint32_t count) {
  bool *is_in = ARENA_ARRAY(q->arena, bool, count);
  for (uint32_t k = 0; k < set.count; k++)
    is_in[set.states[k]] = true;
  return is_in;
}

static state_set set_of(const choosing *q, const bool *is_in) {
  uint32_t *states = ARENA_ARRAY(q->arena, uint32_t, q->system->n), count = 0;
  for (uint32_t i = 0; i < q->system->n; i++)
    if (is_in[i])
      states[count++] = i;
  return (state_set){states, count};
}

/* ---- questions ---- */

static bool any(const choosing *q, state_set set, bool (*is_so)(const choosing *q, uint32_t state)) {
  for (uint32_t k = 0; k < set.count; k++)
    if (is_so(q, set.states[k]))
      return true;
  return false;
}

static bool is_noisy(const choosing *q, uint32_t state) { return solve_has_noise(q->s, q->system, q->outputs, state); }

static bool has_noise(const choosing *q, state_set set) { return any(q, set, is_noisy); }

static bool is_in_reaction(const choosing *q, uint32_t state) {
  for (uint32_t j = 0; j < q->system->flow_count; j++)
    if (q->system->gain[state * q->system->flow_count + j] != 0)
      return true;
  return false;
}

static bool depends_on_time(const choosing *q, uint32_t state) {
  bool *set = ARENA_ARRAY(q->arena, bool, q->system->rates->arg_count);
  set[q->system->n] = true;
  return symbolic_depends(q->s, set, q->outputs[state]);
}

static bool is_linear_in_itself(const choosing *q, uint32_t state) {
  return solve_is_linear_in_itself(q->s, q->system, q->outputs, state);
}

static bool all_linear_in_themselves(const choosing *q, state_set set) {
  for (uint32_t k = 0; k < set.count; k++)
    if (!is_linear_in_itself(q, set.states[k]))
      return false;
  return true;
}

/* Of t and the values behind it: not the same at every step. */
static bool is_varying(const solve_system *system, uint32_t argument) {
  return argument == system->n || system->is_invariant == NULL || !system->is_invariant[argument - system->n - 1];
}

/* Whether the state's row of the matrix is the same at every step. */
static bool has_invariant_row(const choosing *q, uint32_t state, const bool *is_in) {
  const solve_system *system = q->system;
  bool *varying = ARENA_ARRAY(q->arena, bool, system->rates->arg_count);
  for (uint32_t i = 0; i < system->rates->arg_count; i++)
    varying[i] = i < system->n || is_varying(system, i);
  for (uint32_t c = 0; c < system->n; c++) {
    ir_value slope;
    if (!is_in[c] || !q->reads[state * system->n + c])
      continue;
    symbolic_derive(q->s, &q->outputs[state], 1, c, &slope);
    if (symbolic_depends(q->s, varying, slope))
      return false;
  }
  return true;
}

/* Linear in the states of the set with coefficients that never change, and without t. */
static bool is_linear(const choosing *q, uint32_t state, const bool *is_in) {
  bool *in_set = ARENA_ARRAY(q->arena, bool, q->system->rates->arg_count);
  memcpy(in_set, is_in, q->system->n * sizeof *in_set);
  return symbolic_linearity(q->s, in_set, q->outputs[state]) <= 1 && !depends_on_time(q, state) &&
         has_invariant_row(q, state, is_in);
}

/* The states of the set are joined. */
static bool can_be_exact(const choosing *q, state_set set) {
  if (set.count > SOLVE_LARGEST_EXACT)
    return false;
  const bool *is_in = flags_of(q, set, q->system->n);
  for (uint32_t k = 0; k < set.count; k++)
    if (!is_linear(q, set.states[k], is_in))
      return false;
  bool *with = ARENA_ARRAY(q->arena, bool, q->system->n); /* and all that are exact already: they are solved together */
  for (uint32_t i = 0; i < q->system->n; i++)
    with[i] = is_in[i] || q->solver[i] == SOLVER_exact;
  return solve_refuses_exact(q->arena, q->system, is_in) == NULL &&
         solve_refuses_exact(q->arena, q->system, with) == NULL;
}

/* ---- the Jacobians on the way of a group ---- */

/* What the choice by values looks at. */
typedef struct {
  double stiffness;        /* the step in fastest time constants of what decays, at most */
  bool is_midpoint_stable; /* the exponential midpoint rule grows nowhere faster than the equations do, by more than 5%
                            */
} outlook;

typedef struct {
  double decay, growth; /* largest magnitude of what decays; largest real part, at least 0 */
  double radius;        /* largest magnitude of all */
} spectrum;

static spectrum spectrum_of(const choosing *q, uint32_t n, const double *matrix) {
  double *real = ARENA_ARRAY(q->arena, double, n), *imaginary = ARENA_ARRAY(q->arena, double, n);
  spectrum s = {0};
  if (!eigenvalues_of(q->arena, n, matrix, real, imaginary))
    return s;
  for (uint32_t i = 0; i < n; i++) {
    double size = hypot(real[i], imaginary[i]);
    s.radius = fmax(s.radius, size);
    s.growth = fmax(s.growth, real[i]);
    s.decay = real[i] < 0 ? fmax(s.decay, size) : s.decay;
  }
  return s;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* What a step of the exponential midpoint rule makes of a linear system: with D the diagonal and N the rest of J
 *   1 + dt exprel(D dt) (D + N (1 + dt/2 exprel(D dt/2) J)). */
static double *midpoint_step(const choosing *q, uint32_t n, const double *jacobian) {
  double *step = ARENA_ARRAY(q->arena, double, (size_t)n *n), dt = q->system->dt;
  for (uint32_t r = 0; r < n; r++)
    for (uint32_t c = 0; c < n; c++) {
      double sum = jacobian[r * n + c];
      for (uint32_t k = 0; k < n; k++)
        if (k != r)
          sum += jacobian[r * n + k] * dt / 2 * nsa_exprel_1(jacobian[k * n + k] * dt / 2) * jacobian[k * n + c];
      step[r * n + c] = (r == c) + dt * nsa_exprel_1(jacobian[r * n + r] * dt) * sum;
    }
  return step;
}

/* No eigenvalue is larger than the largest sum of a row. */
static double largest_row(uint32_t n, const double *matrix) {
  double largest = 0;
  for (uint32_t r = 0; r < n; r++) {
    double sum = 0;
    for (uint32_t c = 0; c < n; c++)
      sum += fabs(matrix[r * n + c]);
    largest = fmax(largest, sum);
  }
  return largest;
}

/* Whether a step of the midpoint rule nowhere grows faster than the equations do. Where everything decays, some of it
 * faster than the step, what is left of each eigenvector must also be right to a tenth: of states that bind each other
 * quickly, the rule takes each for still while the other moves. */
static bool midpoint_follows(const choosing *q, uint32_t n, const double *jacobian, const spectrum *s) {
  double dt = q->system->dt, *real = ARENA_ARRAY(q->arena, double, 2 * n), *left = ARENA_ARRAY(q->arena, double, 2 * n);
  double *kept = ARENA_ARRAY(q->arena, double, n), *right = ARENA_ARRAY(q->arena, double, n);
  if (!eigenvalues_of(q->arena, n, midpoint_step(q, n, jacobian), left, left + n) ||
      !eigenvalues_of(q->arena, n, jacobian, real, real + n))
    return true;
  for (uint32_t i = 0; i < n; i++) {
    kept[i] = hypot(left[i], left[n + i]);
    right[i] = nsa_exp_1(real[i] * dt);
    if (kept[i] > 1.05 * nsa_exp_1(s->growth * dt))
      return false;
  }
  qsort(kept, n, sizeof *kept, by_size);
  qsort(right, n, sizeof *right, by_size);
  for (uint32_t i = 0; s->growth == 0 && s->decay * dt > 1 && i < n; i++)
    if (fabs(kept[i] - right[i]) > 0.1)
      return false;
  return true;
}

/* Of a large set: at its start alone, by a bound. */
static outlook look_at_rows(const choosing *q, state_set set) {
  uint32_t n = q->system->n;
  double *outputs = ARENA_ARRAY(q->arena, double, (size_t)n *(n + 1)), largest = 0;
  if (q->values == NULL)
    return (outlook){0, true};
  solve_evaluate(solve_rates_and_jacobian(q->arena, q->system), q->values, outputs);
  for (uint32_t k = 0; k < set.count; k++) {
    double sum = 0;
    for (uint32_t i = 0; i < set.count; i++)
      sum += fabs(outputs[(size_t)n * (1 + set.states[k]) + set.states[i]]);
    largest = fmax(largest, sum);
  }
  return (outlook){q->system->dt * largest, q->system->dt * largest < 0.5};
}

static outlook look_ahead(const choosing *q, state_set set) {
  outlook o = {0, true};
  if (set.count > SOLVE_LARGEST_ANALYSED)
    return look_at_rows(q, set);
  double *jacobians = NULL, dt = q->system->dt;
  uint32_t n = set.count,
           count = q->values == NULL ? 0 : solve_follow(q->arena, q->system, q->values, set.states, n, &jacobians);
  uint32_t stride = 1 + n * n * n / 20000; /* eigenvalues of large ones take their time */
  for (uint32_t k = 0; k < count; k += stride) {
    const double *jacobian = jacobians + (size_t)k * n * n;
    if (dt * largest_row(n, jacobian) < 0.5)
      continue; /* neither is in question */
    spectrum s = spectrum_of(q, n, jacobian);
    o.stiffness = fmax(o.stiffness, dt * s.decay);
    if (o.is_midpoint_stable)
      o.is_midpoint_stable = midpoint_follows(q, n, jacobian, &s);
  }
  return o;
}

/* ---- choosing ---- */

static void take(const choosing *q, uint32_t state, solver_kind solver, bool depends_on_values, const char *reason) {
  q->solver[state] = solver;
  q->choices[state].solver = solver;
  q->choices[state].reason = reason;
  q->choices[state].depends_on_values = depends_on_values;
}

static void take_all(const choosing *q, state_set set, solver_kind solver, bool depends_on_values, const char *reason) {
  for (uint32_t k = 0; k < set.count; k++)
    take(q, set.states[k], solver, depends_on_values, reason);
}

/* Whether a reset sets a state of the set whose equation may run away before. */
static bool has_upstroke(const choosing *q, state_set set) {
  for (uint32_t k = 0; k < set.count; k++)
    if (q->is_reset != NULL && q->is_reset[set.states[k]] && !is_linear_in_itself(q, set.states[k]))
      return true;
  return false;
}

static bool has_reaction(const choosing *q, state_set set) { return any(q, set, is_in_reaction); }

/* ---- what no start shows ---- */

/* Per argument, whether it may be anything at the next step: t and what comes from outside, states that blocks set. */
static bool *unforeseen(const choosing *q) {
  const solve_system *system = q->system;
  bool *is_so = ARENA_ARRAY(q->arena, bool, system->rates->arg_count);
  for (uint32_t i = 0; i < system->rates->arg_count; i++)
    is_so[i] = i < system->n ? q->is_set != NULL && q->is_set[i] : is_varying(system, i);
  return is_so;
}

/* n x n: whether the row's state reads the column's, also through others. In large systems all count as doing so. */
static bool *find_reach(const choosing *q) {
  uint32_t n = q->system->n;
  bool *reach = ARENA_ARRAY(q->arena, bool, (size_t)n *n);
  if (n > SOLVE_LARGEST_ANALYSED) {
    memset(reach, true, (size_t)n * n * sizeof *reach);
    return reach;
  }
  memcpy(reach, q->reads, (size_t)n * n * sizeof *reach);
  for (uint32_t k = 0; k < n; k++)
    for (uint32_t i = 0; i < n; i++)
      for (uint32_t j = 0; j < n; j++)
        reach[i * n + j] = reach[i * n + j] || (reach[i * n + k] && reach[k * n + j]);
  return reach;
}

/* Whether a value that the initial state does not show (a transmitter that binds, say) decides how strongly states act
 * on each other. In reactions any dependence on it counts. Elsewhere only a linear one does, because it has no bound;
 * and what a state does to itself does not count: gates and conductances from outside do not make a step stiff. */
static bool may_stiffen(const choosing *q, state_set set) {
  uint32_t n = q->system->n;
  bool reacts = has_reaction(q, set);
  const bool *is_unforeseen = unforeseen(q), *reach = find_reach(q), *is_in = flags_of(q, set, n);
  for (uint32_t k = 0; k < set.count; k++)
    for (uint32_t c = 0, r = set.states[k]; c < n; c++) {
      ir_value slope;
      if (!is_in[c] || !q->reads[r * n + c] || !(reacts || (r != c && reach[c * n + r])))
        continue;
      symbolic_derive(q->s, &q->outputs[r], 1, c, &slope);
      uint8_t dependence = symbolic_linearity(q->s, is_unforeseen, slope);
      if (dependence == 1 || (reacts && dependence > 0))
        return true;
    }
  return false;
}

/* Where it depends on values. */
static void choose_by_values(const choosing *q, state_set set, bool are_linear) {
  outlook o = look_ahead(q, set);
  bool is_stiff = o.stiffness > 1, is_open = may_stiffen(q, set);
  if (has_upstroke(q, set) && !is_stiff)
    take_all(q, set, SOLVER_adaptive, true, "a reset ends an upstroke that may be of any speed");
  else if (are_linear && !has_reaction(q, set) && o.is_midpoint_stable && !is_open)
    take_all(q, set, SOLVER_exponential_midpoint, set.count > 1,
             set.count > 1 ? "each linear in itself" : "linear in itself, with a term in t");
  else if (is_stiff)
    take_all(q, set, SOLVER_implicit, true,
             arena_printf(q->kept, "stiff: the step is %.3g of the fastest time constant", o.stiffness));
  else if (is_open)
    take_all(q, set, SOLVER_implicit, true, "what comes from outside, t or what blocks set may make it stiff");
  else
    take_all(q, set, SOLVER_rk4, true,
             are_linear ? "in reactions, or acting on each other more than on themselves" : "not linear in itself");
}

static void choose_without_noise(const choosing *q, state_set set) {
  bool are_linear = all_linear_in_themselves(q, set);
  if (can_be_exact(q, set))
    take_all(q, set, SOLVER_exact, false,
             set.count > 1 ? "all linear with constant coefficients" : "linear with constant coefficients");
  else if (set.count == 1 && are_linear && !depends_on_time(q, set.states[0]))
    take_all(q, set, SOLVER_exponential_euler, false, "linear in itself, and all else stands still");
  else
    choose_by_values(q, set, are_linear);
}

/* For all that are joined within the set. */
static void choose_joined(const choosing *q, state_set set, void (*choose)(const choosing *q, state_set set)) {
  uint32_t *part_of = ARENA_ARRAY(q->arena, uint32_t, set.count);
  solve_find_joined(q->arena, q->system, set.states, set.count, part_of);
  for (uint32_t id = 0; id < set.count; id++) {
    uint32_t *states = ARENA_ARRAY(q->arena, uint32_t, set.count), count = 0;
    for (uint32_t k = 0; k < set.count; k++)
      if (part_of[k] == id)
        states[count++] = set.states[k];
    if (count > 0)
      choose(q, (state_set){states, count});
  }
}

static void take_exact(const choosing *q, state_set set) {
  if (can_be_exact(q, set))
    take_all(q, set, SOLVER_exact, false, "linear with constant coefficients and additive noise");
}

/* Takes `exact` for states of the set that read none but one another and are linear. */
static void take_linear_drivers(const choosing *q, state_set set) {
  bool *is_in = flags_of(q, set, q->system->n), *of_set = flags_of(q, set, q->system->n);
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (uint32_t i = 0; i < q->system->n; i++) {
      bool stays = is_in[i] && is_linear(q, i, is_in);
      for (uint32_t j = 0; j < q->system->n; j++)
        stays = stays && !(of_set[j] && !is_in[j] && q->reads[i * q->system->n + j]);
      has_changed = has_changed || stays != is_in[i];
      is_in[i] = stays;
    }
  }
  choose_joined(q, set_of(q, is_in), take_exact);
}

static void choose_noisy(const choosing *q, uint32_t state) {
  if (is_noisy(q, state))
    take(q, state, SOLVER_euler_maruyama, false, "it has noise and is not linear with constant coefficients");
  else if (is_in_reaction(q, state) || !is_linear_in_itself(q, state))
    take(q, state, SOLVER_euler_maruyama, false, "joined with equations that have noise");
  else
    take(q, state, SOLVER_exponential_euler, false, "linear in itself, joined with equations that have noise");
}

static void choose_group(const choosing *q, state_set set) {
  if (!has_noise(q, set)) {
    choose_without_noise(q, set);
    return;
  }
  take_linear_drivers(q, set);
  bool *is_left = flags_of(q, set, q->system->n);
  for (uint32_t k = 0; k < set.count; k++)
    is_left[set.states[k]] = q->solver[set.states[k]] == SOLVER_automatic;
  state_set left = set_of(q, is_left);
  for (uint32_t k = 0; k < left.count && has_noise(q, left); k++)
    choose_noisy(q, left.states[k]);
  if (!has_noise(q, left))
    choose_joined(q, left, choose_without_noise);
}

/* ---- with named ones ---- */

/* The only solver that the author named in the set, if it is of second order at least; else automatic. */
static solver_kind solver_to_join(const choosing *q, state_set set) {
  solver_kind found = SOLVER_automatic;
  for (uint32_t k = 0; k < set.count; k++) {
    solver_kind named = q->system->solver[set.states[k]];
    if (named != SOLVER_automatic && found != SOLVER_automatic && named != found)
      return SOLVER_automatic;
    found = named == SOLVER_automatic ? found : named;
  }
  return found != SOLVER_automatic && solver_is_of_second_order(found) ? found : SOLVER_automatic;
}

/* Whether a solver takes these states, beside those that have it. */
static bool can_join(const choosing *q, state_set set, solver_kind solver) {
  solver_kind *tried = ARENA_ARRAY(q->arena, solver_kind, q->system->n);
  memcpy(tried, q->solver, q->system->n * sizeof *tried);
  for (uint32_t k = 0; k < set.count; k++)
    tried[set.states[k]] = solver;
  solve_system with = *q->system;
  with.solver = tried;
  for (uint32_t k = 0; k < set.count; k++)
    if (solve_refuses(q->arena, &with, set.states[k], solver) != NULL)
      return false;
  return true;
}

static void choose_open(const choosing *q, state_set set) {
  bool *is_open = ARENA_ARRAY(q->arena, bool, q->system->n);
  for (uint32_t k = 0; k < set.count; k++) {
    is_open[set.states[k]] = q->system->solver[set.states[k]] == SOLVER_automatic;
    q->choices[set.states[k]].group = set.states[0];
  }
  state_set open = set_of(q, is_open);
  solver_kind joined = solver_to_join(q, set);
  if (joined != SOLVER_automatic && can_join(q, open, joined))
    take_all(q, open, joined, false, "as the equations that it is joined with");
  else
    choose_joined(q, open, choose_group);
}

/* Of one part; what it says goes to the choices of the whole. */
static void choose_of_part(arena *a, const solve_part *p, const double *values, const bool *is_reset,
                           const bool *is_set, solve_choice *choices) {
  arena *scratch = arena_new();
  uint32_t n = p->system.n, *all = ARENA_ARRAY(scratch, uint32_t, n);
  choosing q = {.arena = scratch, .kept = a, .system = &p->system};
  q.values = solve_part_values(scratch, p, values);
  q.is_reset = solve_part_flags(scratch, p, is_reset);
  q.is_set = solve_part_flags(scratch, p, is_set);
  q.s = solve_symbolic(scratch, &p->system, &q.outputs);
  q.solver = ARENA_ARRAY(scratch, solver_kind, n);
  q.choices = ARENA_ARRAY(scratch, solve_choice, n);
  for (uint32_t i = 0; i < n; i++) {
    all[i] = i;
    q.solver[i] = q.choices[i].solver = p->system.solver[i];
  }
  q.reads = solve_dependences(scratch, &p->system, all, n);
  choose_open(&q, (state_set){all, n});
  for (uint32_t i = 0; i < n; i++) {
    choices[p->states[i]] = q.choices[i];
    choices[p->states[i]].group = p->states[0];
  }
  arena_free(scratch);
}

solve_choice *solve_choose(arena *a, const solve_system *system, const double *values, const bool *is_reset,
                           const bool *is_set) {
  uint32_t count;
  const solve_part *parts = solve_split(a, system, &count);
  solve_choice *choices = ARENA_ARRAY(a, solve_choice, system->n);
  for (uint32_t k = 0; k < count; k++)
    choose_of_part(a, &parts[k], values, is_reset, is_set, choices);
  return choices;
}
