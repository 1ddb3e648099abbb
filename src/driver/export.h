/* SPDX-License-Identifier: MIT */
/* export.h - what a model is made of, as tables: `nsa export`. */
#ifndef NSA_DRIVER_EXPORT_H
#define NSA_DRIVER_EXPORT_H

#include "driver/arguments.h"
#include "driver/compile.h"

/* The verb. options: what the command line says of compiling. An exit code. */
int export_main(arena *a, const arguments *args, compile_options options);

#endif
