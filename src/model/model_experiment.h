/* SPDX-License-Identifier: MIT */
/* model_experiment.h - stimuli, signals, records, measures and variants. Times are in ms; UINT32_MAX is the index of
 * nothing. */
#ifndef NSA_MODEL_MODEL_EXPERIMENT_H
#define NSA_MODEL_MODEL_EXPERIMENT_H

#include "model/model_component.h"

typedef struct {
  uint32_t pattern; /* into patterns */
  uint32_t number;  /* what {} became */
  span at;
} model_image;

typedef struct {
  const char *name;
  const char *path; /* with {}; resolved against the model's folder */
  uint32_t count;
  span at;
} model_pattern;

typedef struct {
  const char *name;
} model_phase;

typedef struct {
  span at;
  uint32_t population, input; /* input of the population's component */
  model_expr *value;          /* drive: the value; present: the amplitude */
  bool is_present;
  uint32_t image;     /* present: into images */
  model_expr *flip;   /* probability, constant; or NULL */
  double start, stop; /* ms; [0, inf) when not said */
  double every;       /* ms; 0: one window, else one in each period until the end of the run */
  uint32_t phase;     /* into phases; UINT32_MAX: none */
  uint32_t during;    /* has the windows of this phase instead; UINT32_MAX: none */
  span during_at;
  const char *key; /* for its random draws (flips, and random functions in the value) */
} model_stimulus;

/* Makes an event fire at times that are known before the run. */
typedef struct {
  span at;
  uint32_t population, event; /* event of the population's component */
  const char *path;           /* a file of times and elements, read when the run begins; NULL: `times` */
  const char *source;   /* the population of the file that is meant; NULL: the only one, or the one of the same name */
  VEC(double) times;    /* ms, ascending, for all elements of the slice */
  uint32_t first, last; /* elements, inclusive */
} model_event_drive;

/* A signal reaches all synapses and cells that have an `on NAME` block for it: sent by `emit` in blocks of neurons and
 * astrocytes, and by its schedule. */
typedef struct {
  double start, stop; /* ms, half-open */
  double every;       /* ms; 0: once, at start */
  model_expr *value;  /* of t and random functions; NULL: 1, in all entries of the signal */
  const char *key;    /* of its random draws */
  span at;
} model_signal_times;

typedef struct {
  const char *name;
  span at;
  dim unit; /* of its value */
  VEC(model_signal_times) schedule;
} model_signal;

typedef struct {
  span at;
  uint32_t phase;       /* runs at the start of each window of it */
  uint32_t local_count; /* as in a component */
  uint32_t population;  /* statements with SIDE_SELF refer to it; one entry a population in the block */
  model_block body;
} model_phase_block;

/* What is looked at: a value of a population or connection, or its events. */
typedef struct {
  bool is_connection;
  uint32_t owner; /* population or connection */
  bool is_event;
  uint32_t event;       /* event of the component ("pre": the links' arrivals, UINT32_MAX-1) */
  model_expr *value;    /* SIDE_SELF refs to the owner; NULL for events */
  uint32_t first, last; /* element range, inclusive */
  nsa_reduce_kind reduce;
  dim unit;
} model_probe;

typedef struct {
  const char *name; /* file name stem, e.g. "glia.Ca" or "mean_glia.Ca" */
  span at;
  model_probe probe;
  double every;   /* ms; 0: each tick of the owner */
  uint32_t phase; /* during; UINT32_MAX: always */
} model_record;

typedef struct model_measure_node model_measure_node;
struct model_measure_node {
  nsa_measure_kind kind;
  span at;
  dim unit;
  double number;    /* NUMBER */
  double threshold; /* TIME_ABOVE: in the probe's unit */
  double window;    /* RECOGNITION: ms */
  bool is_ref;      /* the value of an earlier measure */
  uint32_t ref;
  model_probe probe;     /* of the functions */
  uint32_t phase, among; /* during, among; UINT32_MAX: none */
  model_measure_node *args[2];
};

typedef struct {
  const char *name;
  span at;
  model_measure_node *value;
} model_measure;

typedef struct {
  bool is_connection;
  uint32_t owner;
  uint32_t param;
  model_expr *value; /* constant */
  span at;
} model_set;

typedef struct {
  const char *name;
  span at;
  VEC(model_set) sets;
} model_variant;

#endif
