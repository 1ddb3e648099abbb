/* SPDX-License-Identifier: MIT */
#include "solve/solve.h"

const solve_tableau solve_dormand_prince = {
    .stages = 7,
    .is_embedded = true,
    .shares = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1},
    .weights = {{0},
                {1.0 / 5},
                {3.0 / 40, 9.0 / 40},
                {44.0 / 45, -56.0 / 15, 32.0 / 9},
                {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
                {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
                {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}},
    .errors = {71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40},
};

static const solve_tableau classical = {
    .stages = 4,
    .shares = {0, 0.5, 0.5, 1},
    .weights = {{0}, {0.5}, {0, 0.5}, {0, 0, 1}, {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}},
};

static const solve_tableau trapezoidal = {
    .stages = 2,
    .shares = {0, 1},
    .weights = {{0}, {1}, {0.5, 0.5}},
};

static const solve_tableau midpoint = {
    .stages = 2,
    .shares = {0, 0.5},
    .weights = {{0}, {0.5}, {0, 1}},
};

const solve_tableau *solve_tableau_of(solver_kind solver) {
  switch (solver) {
  case SOLVER_heun:
    return &trapezoidal;
  case SOLVER_rk2:
    return &midpoint;
  case SOLVER_rk4:
    return &classical;
  case SOLVER_adaptive:
    return &solve_dormand_prince;
  default:
    return NULL;
  }
}
