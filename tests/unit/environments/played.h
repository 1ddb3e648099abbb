/* SPDX-License-Identifier: MIT */
/* played.h - a world in a test: made from words, played step by step. */
#ifndef NSA_TESTS_PLAYED_H
#define NSA_TESTS_PLAYED_H

#include "nsa_environments.h"

typedef struct {
  const nsa_environment_kind *kind;
  nsa_environment_value values[32];
  nsa_environment_shape shape;
  double *channels[NSA_ENVIRONMENT_CHANNELS];
  void *world;
  uint64_t trial;
  nsa_environment_outcome last;
  char error[NSA_ENVIRONMENT_ERROR];
} played;

/* All settings as they are where nothing is said. */
void played_begin(played *p, const char *kind);
void played_number(played *p, const char *setting, double value);
void played_text(played *p, const char *setting, const char *value);
void played_numbers(played *p, const char *setting, const double *values, uint32_t count);
/* False: p->error says why. */
bool played_open(played *p, uint64_t key);
void played_close(played *p);

void played_reset(played *p, uint64_t trial);
void played_step(played *p, double action);
const double *played_channel(const played *p, const char *name);
double played_figure(const played *p, const char *name);

#endif
