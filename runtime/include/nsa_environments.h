/* SPDX-License-Identifier: MIT */
/* nsa_environments.h - where kinds of worlds are found, and what is asked of each. docs/environments.md says what those
 * are that come with nsa. */
#ifndef NSA_ENVIRONMENTS_H
#define NSA_ENVIRONMENTS_H

#include "nsa_environment.h"

/* One that comes with nsa by its name, "gridworld"; NULL: there is none. */
const nsa_environment_kind *nsa_environment_find(const char *name);
const nsa_environment_kind *const *nsa_environment_list(uint32_t *count);

/* The kind of a plugin, from its file. Its tables are whole: names are names and no name is there twice, bounds hold
 * something, functions are there. The library stays loaded as long as this process lives; loaded twice it is the same.
 * NULL: error has one sentence. */
const nsa_environment_kind *nsa_environment_load(const char *path, char error[NSA_ENVIRONMENT_ERROR]);

/* kind->describe, whose shape is looked at: no channel is empty, and the action has choices, or numbers with bounds. */
bool nsa_environment_describe(const nsa_environment_kind *kind, const nsa_environment_value *values,
                              nsa_environment_shape *shape, char error[NSA_ENVIRONMENT_ERROR]);

#endif
