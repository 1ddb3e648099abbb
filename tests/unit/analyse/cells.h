/* SPDX-License-Identifier: MIT */
/* cells.h - cells of models that are given as text, for tests. */
#ifndef NSA_TESTS_CELLS_H
#define NSA_TESTS_CELLS_H

#include "analyse/analyse.h"

/* The first population; along: a param that is p, or NULL; p starts at 0. Messages go to stderr. NULL: refused. */
analyse_cell *cell_of_text(arena *a, const char *source, const char *along);
/* Of a model of the library, as `nsa.astrocyte.NAME`. */
analyse_cell *cell_of_library(arena *a, const char *name, const char *along);

#endif
