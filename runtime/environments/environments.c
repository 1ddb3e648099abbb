/* SPDX-License-Identifier: MIT */
/* environments.c - the table of worlds. */
#include "environments.h"

#include "nsa_environments.h"

#include <string.h>

static const nsa_environment_kind *const kinds[] = {
    &environment_gridworld,    &environment_bandit,   &environment_conditioning,
    &environment_linear_track, &environment_cartpole, &environment_pattern_stream,
};

const nsa_environment_kind *const *nsa_environment_list(uint32_t *count) {
  *count = sizeof kinds / sizeof *kinds;
  return kinds;
}

const nsa_environment_kind *nsa_environment_find(const char *name) {
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
    if (strcmp(kinds[k]->name, name) == 0)
      return kinds[k];
  return NULL;
}
