/* SPDX-License-Identifier: MIT */
/* solver.c - what is known of a solver by its name alone. */
#include "model/model.h"

enum { ALONE, STAGED };

const solver_row solver_rows[SOLVER_COUNT] = {
#define SOLVER(name, text, order, limit, first, sharing)                                                               \
  [SOLVER_##name] = {text, order, limit, SOLVER_##first, sharing == STAGED},
#include "model/solver_names.def"
#undef SOLVER
};

bool solver_is_of_second_order(solver_kind solver) { return solver == SOLVER_exact || solver_rows[solver].order >= 2; }
