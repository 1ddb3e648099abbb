/* SPDX-License-Identifier: MIT */
/* nsa_environment.h - a world in discrete steps, in which an agent acts: gridworld, bandit, arm.
 *
 * The worlds that come with nsa, plugins and processes all have this shape. A kind of world says what it is (static
 * tables); `describe` says how large its channels are for given settings; `create` makes one. nsa then calls `reset`
 * at the start of each trial and `step` once a decision. Both leave the observation in the channels, whose memory is
 * nsa's. What one world does follows from its settings, its key and its actions alone: it has no globals, since a sweep
 * holds many at once on several threads, and takes random numbers from nsa_environment_uniform only.
 *
 * Numbers are in nsa's internal units (ms, mV, pA, um, uM, K, and what these combine to). Functions that can fail
 * return false and leave one sentence in `error`. */
#ifndef NSA_ENVIRONMENT_H
#define NSA_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NSA_ENVIRONMENT_ABI 1
#define NSA_ENVIRONMENT_ERROR 512 /* bytes of an error's sentence, with its end */
/* Figures that every world has; those of its kind follow behind them. */
enum { NSA_FIGURE_STEPS, NSA_FIGURE_REWARD, NSA_FIGURE_SUCCESS, NSA_FIGURES_COMMON };

typedef enum {
  NSA_SETTING_NUMBER, /* `walls = 0.2`, `length = 1 m` */
  NSA_SETTING_WHOLE,  /* `rows = 10` */
  NSA_SETTING_TEXT,   /* `map = "S.#/..G"`, `order = "ring"` */
  NSA_SETTING_NUMBERS /* `probabilities = [0.2, 0.8]` */
} nsa_setting_kind;

/* What a kind of world can be told. */
typedef struct {
  const char *name, *unit; /* "" for plain numbers and texts */
  nsa_setting_kind kind;
  double value, low, high; /* where it is not said; bounds of each number, inclusive */
  const char *text;        /* a text that is not said; NULL: none */
  bool is_needed;          /* it must be said */
} nsa_environment_setting;

/* What it is told: one a setting, in the order of the kind's list. */
typedef struct {
  bool is_given;
  double value;         /* NUMBER, WHOLE: as given, else the setting's own */
  const char *text;     /* TEXT: likewise; may be NULL */
  const double *values; /* NUMBERS */
  uint32_t count;       /* of values */
} nsa_environment_value;

typedef struct {
  const char *name, *unit;
} nsa_environment_name; /* of a channel, or of a figure that each trial has */

/* One action a decision: the number of a choice, or a vector of numbers within bounds. */
typedef struct {
  uint32_t choices; /* 0: a vector */
  uint32_t length;  /* of the vector; 1 for choices */
  double low, high; /* bounds of each of its numbers, inclusive; choices: 0 and choices - 1 */
  const char *unit; /* of its numbers; "" for choices */
} nsa_environment_action;

enum { NSA_ENVIRONMENT_CHANNELS = 32 };

typedef struct {
  uint64_t counts[NSA_ENVIRONMENT_CHANNELS]; /* numbers in each channel of the kind */
  nsa_environment_action action;
} nsa_environment_shape;

/* What a step led to. */
typedef struct {
  double reward;
  bool terminated, truncated; /* the trial is over: by what happened; by a limit of steps */
  bool succeeded;             /* matters where the trial is over */
} nsa_environment_outcome;

typedef struct nsa_environment_kind {
  uint32_t abi; /* NSA_ENVIRONMENT_ABI */
  const char *name;
  const nsa_environment_setting *settings;
  uint32_t setting_count;
  const nsa_environment_name *channels;
  uint32_t channel_count;
  const nsa_environment_name *figures; /* of a trial, beside the common ones */
  uint32_t figure_count;

  /* Values have passed their bounds. False: they do not go together, or a text cannot be read. */
  bool (*describe)(const nsa_environment_value *values, nsa_environment_shape *shape, char *error);

  /* A world with these settings; values live as long as it does. key: of all its random numbers. NULL: error says why.
   */
  void *(*create)(const nsa_environment_value *values, uint64_t key, char *error);
  void (*destroy)(void *world);

  /* Trial number `trial`, from 0, begins. channels[c]: counts[c] numbers to be filled, all of them. */
  bool (*reset)(void *world, uint64_t trial, double *const *channels, char *error);
  /* action: a choice's number in action[0], or the vector. A choice may be one that cannot be done (a wall): the world
   * says what happens then. */
  bool (*step)(void *world, const double *action, double *const *channels, nsa_environment_outcome *outcome,
               char *error);
  /* The kind's own figures of the trial that runs, or has just ended; NULL where it has none. */
  void (*measure)(const void *world, double *figures);

  /* The whole state as bytes, for a checkpoint; all three or none. size: 0 where this world cannot be saved. save:
   * called behind size, fills as many. restore: into a world made with the same values and key. */
  size_t (*size)(const void *world);
  void (*save)(const void *world, void *bytes);
  bool (*restore)(void *world, const void *bytes, size_t length, char *error);
} nsa_environment_kind;

/* A plugin is a shared library that offers this function. */
typedef const nsa_environment_kind *nsa_environment_plugin_fn(void);
#define NSA_ENVIRONMENT_PLUGIN "nsa_environment_plugin"

static inline uint64_t nsa_environment_mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/* In [0, 1): number `draw` of trial `trial` under a key. The finaliser of SplitMix64 (Steele, Lea and Flood 2014,
 * doi 10.1145/2714064.2660195), once for each of the three. What is drawn once for all trials takes UINT64_MAX as
 * trial. */
static inline double nsa_environment_uniform(uint64_t key, uint64_t trial, uint64_t draw) {
  uint64_t bits = nsa_environment_mix(nsa_environment_mix(nsa_environment_mix(key) ^ trial) ^ draw);
  return (double)(bits >> 11) * 0x1p-53;
}

#endif
