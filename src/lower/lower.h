/* SPDX-License-Identifier: MIT */
/* lower.h - from the model to the IR and the program: decide, then build.
 *
 * Takes a model without errors. The plan says how each state is kept and by which solver it advances, how contributions
 * are split into source terms, weights and target factors, and which kernels and arrays there are. From model and plan
 * come the functions that initialise and advance each population and connection, with solvers expanded (src/solve), and
 * the program's tables of the network and the experiment. Mistakes are found while the plan is made, and only there:
 * equations that a solver, or an advance at events, cannot take (E0403, E0411). The timescale analysis adds its
 * warnings (W0401, W0403), and mixed solvers have theirs (W0406, W0407). */
#ifndef NSA_LOWER_LOWER_H
#define NSA_LOWER_LOWER_H

#include "diag/diag.h"
#include "ir/ir.h"
#include "model/model.h"
#include "support/text.h"

typedef struct {
  const char *subject; /* "sheet", "excitatory: sheet -> sheet" */
  const char *topic;   /* "solver", "link sum", "timescale", "parameter", "random" */
  const char *text;
} lower_decision;

/* An equation: fields of its state and of its rate. */
typedef struct {
  nsa_field_id state, rate;
  uint32_t timescale;
} lower_equation;

/* With equations_only: a kernel (role PROBE) that computes dx/dt of a population's states from what their fields hold.
 */
typedef struct {
  uint32_t population;
  nsa_kernel_id kernel;
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
  nsa_input_folders inputs; /* below which the files lie that a run opens */
  const nsa_image *images;  /* of the model, read; NULL: they stay empty */
  bool analyse_timescales;  /* report W0401 and W0403 */
  bool equations_only;      /* populations step by their equations alone (no events, no blocks), and have rates */
  bool draws_at_mean;       /* noise is zero and random functions give their mean, but for what a run starts with */
} lower_options;

/* What is decided before anything is built (plan/plan.h). */
typedef struct lower_plan lower_plan;

/* Only reads the model; everything lives in the arena. Puts what it decided into the report. With errors (E0403, E0411)
 * there is nothing to build. */
const lower_plan *lower_decide_plan(arena *a, const model *m, diag_sink *sink, const lower_options *options,
                                    lower_report *report);
/* A line a decision, in the names of the model. */
void lower_plan_print(const lower_plan *plan, text *out);
/* Builds what the plan says. Finds no mistakes. */
ir_program *lower_model(const lower_plan *plan);

#endif
