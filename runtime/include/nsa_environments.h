/* SPDX-License-Identifier: MIT */
/* nsa_environments.h - the worlds that come with nsa. docs/environments.md says what each is. */
#ifndef NSA_ENVIRONMENTS_H
#define NSA_ENVIRONMENTS_H

#include "nsa_environment.h"

/* By its name, "gridworld"; NULL: there is none. */
const nsa_environment_kind *nsa_environment_find(const char *name);
const nsa_environment_kind *const *nsa_environment_list(uint32_t *count);

#endif
