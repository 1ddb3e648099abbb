/* SPDX-License-Identifier: MIT */
/* lower.h - from the model to the IR and the program.
 *
 * Takes a model without errors. Makes, for each population and connection, the fields it needs and
 * the functions that initialise and advance it, with solvers expanded (src/solve) and link sums
 * split into source terms, weights and target factors; and the program's tables of the network and
 * the experiment. What was decided, and why, goes into the report (`nsa explain`). The only
 * mistakes that are found here are equations that a solver cannot take (E0403); the timescale
 * analysis adds its warnings (W0401, W0403). */
#ifndef NSA_LOWER_LOWER_H
#define NSA_LOWER_LOWER_H

#include "diag/diag.h"
#include "ir/ir.h"
#include "model/model.h"

typedef struct {
  const char *subject; /* "sheet", "excitatory: sheet -> sheet" */
  const char *topic;   /* "solver", "link sum", "timescale", "parameter", "random" */
  const char *text;
} lower_decision;

/* An equation: fields of its state and of its rate. */
typedef struct {
  uint32_t state, rate, timescale;
} lower_equation;

/* With equations_only: a kernel (role PROBE) that computes dx/dt of a population's states from what their fields hold.
 */
typedef struct {
  uint32_t population, kernel;
  VEC(lower_equation) equations;
} lower_rates;

/* The order that the solver of an equation, and what reaches it, leave to a state; 0: exact. */
typedef struct {
  const char *subject, *state;
  double order;
} lower_order;

typedef struct {
  VEC(lower_decision) decisions;
  VEC(lower_order) orders;
  VEC(lower_rates) rates;
  VEC(const char *) draws; /* with draws_at_mean: what was drawn at random during the run */
} lower_report;

typedef struct {
  const char *folder;      /* of the model file, for the paths that a run opens */
  const nsa_image *images; /* of the model, read; NULL: they stay empty */
  bool analyse_timescales; /* report W0401 and W0403 */
  bool equations_only;     /* populations step by their equations alone (no events, no blocks), and have rates */
  bool draws_at_mean;      /* noise is zero and random functions give their mean, but for what a run starts with */
} lower_options;

/* Everything lives in the arena. NULL when an error was reported. */
ir_program *lower_model(arena *a, const model *m, diag_sink *sink, const lower_options *options, lower_report *report);

#endif
