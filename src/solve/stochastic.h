/* SPDX-License-Identifier: MIT */
/* stochastic.h - what the methods for noise share. dx_i = f_i dt + sum_k g_ik dW_k, in Ito's sense. */
#ifndef NSA_SOLVE_STOCHASTIC_H
#define NSA_SOLVE_STOCHASTIC_H

#include "solve/equations.h"
#include "solve/solve_internal.h"

typedef struct {
  symbolic *s;
  uint32_t n, noises; /* of the group; of the system */
  ir_value *outputs;  /* of the system */
  ir_value *g;        /* n x noises, row a state */
} stochastic;

stochastic stochastic_of(arena *a, const solve_system *system, const uint32_t *states, uint32_t n);

/* (L^k g_l)_i = sum over j of g_jk dg_il/dx_j, over the group's states j: n x noises x noises,
 * [i][k][l]. The tensor of Milstein's correction. */
ir_value *stochastic_correction(stochastic *st, const uint32_t *states);

/* sqrt(dt) sum over k of g_ik gauss_k, per state; IR_NO_VALUE where there is none. g: n x noises values of
 * the builder's function. */
void stochastic_increments(const solve_group *group, const ir_value *g, ir_value *out);

#endif
