/* SPDX-License-Identifier: MIT */
/* equations.h - questions about the equations of a system: who reads whom, what is linear, what is noisy. */
#ifndef NSA_SOLVE_EQUATIONS_H
#define NSA_SOLVE_EQUATIONS_H

#include "solve/solve.h"
#include "solve/symbolic.h"

/* The rates and noise coefficients with algebra; outputs as those of system->rates. */
symbolic *solve_symbolic(arena *a, const solve_system *system, ir_value **outputs);
/* Whether the equation has a noise term that is not plainly zero; outputs are those of solve_symbolic. */
bool solve_has_noise(const symbolic *s, const solve_system *system, const ir_value *outputs, uint32_t state);
const char *solve_refuses_nothing(arena *a, const solve_system *system, uint32_t state);
/* What methods without noise refuse. */
const char *solve_refuses_noise(arena *a, const solve_system *system, uint32_t state);
/* Output number of the coefficient of noise k in the equation of `state`. */
uint32_t solve_noise_output(const solve_system *system, uint32_t state, uint32_t k);

/* part_of[k] is the least number of those that are joined with states[k], among `states`. */
void solve_find_joined(arena *a, const solve_system *system, const uint32_t *states, uint32_t count, uint32_t *part_of);

/* ---- parts (parts.c) ---- */

/* Equations that any dependence joins, as a system of their own. Its arguments are its states, t, and what else it
 * reads; its noises and flows are those that it has. It has no `stop`, and no spans, options and upstrokes. */
typedef struct {
  solve_system system;
  const uint32_t *states;    /* per state: its number in the whole, ascending */
  const uint32_t *arguments; /* per argument: likewise */
} solve_part;
/* All parts, by their first states. What is asked of a whole is asked of each part by itself, at the cost of the part.
 */
const solve_part *solve_split(arena *a, const solve_system *system, uint32_t *count);
/* What the whole has per argument, and per state, for the part; NULL of NULL. */
const double *solve_part_values(arena *a, const solve_part *p, const double *values);
const bool *solve_part_flags(arena *a, const solve_part *p, const bool *flags);

/* A fragment whose outputs are the n rates, then the Jacobian in rows. */
ir_fragment *solve_rates_and_jacobian(arena *a, const solve_system *system);
/* The Jacobians (n x n, row by row) along the way that these n states take from their values while all others stand
 * still. Gives how many there are. */
uint32_t solve_follow(arena *a, const solve_system *system, const double *values, const uint32_t *states, uint32_t n,
                      double **jacobians);

/* Whether the equation of `state` is affine in its own state, or without it; outputs as those of solve_symbolic. */
bool solve_is_linear_in_itself(const symbolic *s, const solve_system *system, const ir_value *outputs, uint32_t state);

/* Why `exact` cannot take the states of the set (per state, whether it is in it); NULL: it can. It needs equations that
 * are affine in the states of the set. */
const char *solve_refuses_exact(arena *a, const solve_system *system, const bool *set);

#endif
