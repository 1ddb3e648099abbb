/* SPDX-License-Identifier: MIT */
/* substeps.h - as many sub-steps in a step as the error asks for. */
#ifndef NSA_SOLVE_SUBSTEPS_H
#define NSA_SOLVE_SUBSTEPS_H

#include "solve/solve_internal.h"

typedef struct {                /* what a sub-step finds and leaves */
  ir_value done, length, count; /* ms of the step that are behind; of the next sub-step; sub-steps so far */
  ir_value *states, *carried;
} solve_position;

typedef struct {
  ir_value *next, *carried;
  ir_value is_good; /* it may be taken */
  ir_value growth;  /* the next sub-step is so many times as long */
} solve_attempt;

typedef struct solve_substeps solve_substeps;
struct solve_substeps {
  const solve_group *g;
  uint32_t most;          /* sub-steps */
  uint32_t carried_count; /* numbers that a sub-step hands to the next beside the states; those of the start must be
                             finite */
  solve_attempt (*attempt)(const solve_substeps *s, const solve_position *from, ir_value h);
  const void *method;
};

/* The states behind the step, from a position within it. */
void solve_run_substeps(const solve_substeps *s, const solve_position *first, ir_value *next);
/* The largest error of a state, divided by what the tolerance allows for it. changes: the errors of the terms
 * (term_count values), which make those of the states. */
ir_value solve_error(const solve_group *g, double tolerance, const ir_value *from, const ir_value *next,
                     const ir_value *changes);
/* 0.9 times the factor, between a fifth and five; a fifth where it is NaN. */
ir_value solve_growth(ir_builder *b, ir_value factor);
/* Whether the condition that ends a step reads a state of the group. */
bool solve_may_stop(const solve_group *g);

#endif
