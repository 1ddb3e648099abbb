/* SPDX-License-Identifier: MIT */
/* inputs.h - below which folders lie the files that a model names: what a compile and its run may read, besides what
 * the command line names itself. */
#ifndef NSA_DRIVER_INPUTS_H
#define NSA_DRIVER_INPUTS_H

#include "driver/compile.h"

/* The folder of the main file, those of --allow, and the library of models. */
nsa_input_folders inputs_of_compile(arena *a, const compile_options *o);
/* The same without the library, whose models name no tables: a program does not depend on where nsa lies. */
nsa_input_folders inputs_of_run(arena *a, const compile_options *o);
/* The library of models, relative to the executable; NULL where that is not known. */
const char *inputs_library(arena *a);

#endif
