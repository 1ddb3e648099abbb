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

double solver_stability_limit(solver_kind solver) {
  switch (solver) {
  case SOLVER_euler:
  case SOLVER_euler_in_order:
  case SOLVER_heun:
  case SOLVER_euler_maruyama:
  case SOLVER_milstein:
    return 2;
  case SOLVER_rk4:
    return 2.785;
  default:
    return 0;
  }
}

bool solver_is_of_second_order(solver_kind solver) { return solver == SOLVER_exact || solver_orders[solver] >= 2; }
