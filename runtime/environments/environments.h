/* SPDX-License-Identifier: MIT */
/* environments.h - inside this folder: each world, a file each, and what they share. */
#ifndef NSA_RUNTIME_ENVIRONMENTS_H
#define NSA_RUNTIME_ENVIRONMENTS_H

#include "nsa_environment.h"

#include <string.h>

extern const nsa_environment_kind environment_gridworld, environment_bandit, environment_conditioning,
    environment_linear_track, environment_cartpole, environment_pattern_stream;

#define COUNT_OF(array) (uint32_t)(sizeof(array) / sizeof *(array))

/* Of what is drawn once for all trials. */
#define NO_TRIAL UINT64_MAX

/* Whole number in [0, n): see nsa_environment_uniform. */
static inline uint64_t environment_choice(uint64_t key, uint64_t trial, uint64_t draw, uint64_t n) {
  uint64_t k = (uint64_t)(nsa_environment_uniform(key, trial, draw) * (double)n);
  return k < n ? k : n - 1;
}

/* `size` and `save` of a kind whose worlds are of this type, and keep their state in the member `now`. */
#define SAVES_NOW_OF(type)                                                                                             \
  static size_t size(const void *world) { return sizeof((const type *)world)->now; }                                   \
  static void save(const void *world, void *bytes) { memcpy(bytes, &((const type *)world)->now, size(world)); }

/* A state that is a struct without pointers and padding. False: the bytes are not of it. */
bool environment_restore(void *state, size_t size, const void *bytes, size_t length, char *error);

#endif
