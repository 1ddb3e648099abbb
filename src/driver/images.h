/* SPDX-License-Identifier: MIT */
/* images.h - the images of patterns are read by the compiler, so that a missing or misfitting one is a mistake with a
 * place, and an executable needs no files. */
#ifndef NSA_DRIVER_IMAGES_H
#define NSA_DRIVER_IMAGES_H

#include "diag/diag.h"
#include "model/model.h"
#include "nsa_program.h"

/* One a model image, in the arena; E0001 and E0501 where one is missing or does not fit. */
const nsa_image *images_read(arena *a, diag_sink *sink, const model *m, const nsa_input_folders *below);

#endif
