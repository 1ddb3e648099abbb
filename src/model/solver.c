/* SPDX-License-Identifier: MIT */
/* solver.c - what is known of a solver by its name alone. */
#include "model/model.h"

const char *const solver_words[SOLVER_COUNT] = {
#define SOLVER(name, text, order) [SOLVER_##name] = text,
#include "model/solver_names.def"
#undef SOLVER
};

const double solver_orders[SOLVER_COUNT] = {
#define SOLVER(name, text, order) [SOLVER_##name] = order,
#include "model/solver_names.def"
#undef SOLVER
};

bool solver_is_of_second_order(solver_kind solver) { return solver == SOLVER_exact || solver_orders[solver] >= 2; }
