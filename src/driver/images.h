/* SPDX-License-Identifier: MIT */
#ifndef NSA_DRIVER_IMAGES_H
#define NSA_DRIVER_IMAGES_H

#include "driver/compile.h"

/* Fills program->images; E0001 and E0501 where one is missing or does not fit. */
bool images_load(compilation *c);

#endif
