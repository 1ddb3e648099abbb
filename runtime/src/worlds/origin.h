/* SPDX-License-Identifier: MIT */
/* origin.h - where a world comes from: its kind, and the values that it is made with. */
#ifndef NSA_RUNTIME_WORLDS_ORIGIN_H
#define NSA_RUNTIME_WORLDS_ORIGIN_H

#include "nsa_environment.h"
#include "state/sim.h"

typedef struct {
  const nsa_environment_kind *kind;
  nsa_environment_value *values; /* one a setting of the kind; malloc'd */
  char *hello;                   /* of a process, that one of them is; malloc'd */
} world_origin;

/* Of any source. Its shape is the one that the program was made for. Texts and numbers stay the program's. */
bool origin_find(const sim *s, const nsa_environment *of, world_origin *origin, char error[SIM_ERROR_SIZE]);
void origin_free(world_origin *origin);

#endif
