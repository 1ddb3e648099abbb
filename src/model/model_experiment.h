/* SPDX-License-Identifier: MIT */
/* model_experiment.h - stimuli, signals, records, measures, environments and variants. Times are in ms; UINT32_MAX is
 * the index of nothing. */
#ifndef NSA_MODEL_MODEL_EXPERIMENT_H
#define NSA_MODEL_MODEL_EXPERIMENT_H

#include "model/model_component.h"
#include "nsa_environment.h"

typedef struct {
  uint32_t pattern; /* into patterns */
  uint32_t number;  /* what {} became */
  span at;
} model_image;

typedef struct {
  const char *name;
  const char *path; /* with {}; resolved against the model's folder */
  bool is_given;    /* by the command line, and not by the model */
  uint32_t count;
  span at;
} model_pattern;

typedef struct {
  const char *name;
} model_phase;

/* A window that a phase has without a stimulus. */
typedef struct {
  span at;
  uint32_t phase;     /* into phases */
  double start, stop; /* ms */
  double every;       /* ms; 0: one window */
} model_phase_window;

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
  uint32_t environment; /* that sends it at this moment of its decisions; UINT32_MAX: none */
  nsa_moment moment;
} model_signal;

typedef struct {
  span at;
  uint32_t phase;       /* runs at the start of each window of it; UINT32_MAX: none, but */
  uint32_t signal;      /* where this signal arrives, else UINT32_MAX */
  uint32_t local_count; /* as in a component */
  uint32_t population;  /* statements with SIDE_SELF refer to it; one entry a population in the block */
  model_block body;
} model_phase_block;

/* What is looked at: a value of a population or connection, or its events; or the numbers of a channel. */
typedef struct {
  bool is_connection, is_channel;
  uint32_t owner; /* population, connection or channel */
  bool is_event;
  uint32_t event;       /* event of the component ("pre": the links' arrivals, UINT32_MAX-1) */
  model_expr *value;    /* SIDE_SELF refs to the owner; NULL for events and channels */
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
  double number;    /* NUMBER; AT: ms; PERCENTILE */
  double threshold; /* TIME_ABOVE, PERSISTENCE: in the probe's unit */
  double window;    /* RECOGNITION, FANO: ms */
  bool is_ref;      /* the value of an earlier measure */
  uint32_t ref;
  model_probe probe;     /* of the functions */
  model_probe *other;    /* CORRELATION: the second one */
  uint32_t phase, among; /* during; among, or after; UINT32_MAX: none */
  model_measure_node *args[3];
  bool is_series; /* one value a trial, or a step, of an environment, or an element; HEAD, TAIL: args[1] of those of
                     args[0] */
  const model_probe *elements; /* whose they are, where it is a series of elements */
  uint32_t environment;        /* FIGURE, TRIALS, and what is counted `per` its trial or step; UINT32_MAX: none */
  uint32_t figure;             /* FIGURE: as in nsa_environment.h */
  nsa_per per;
};

typedef struct {
  const char *name; /* "peak", "peak[2]" of a loop; "top.mean" of a series */
  span at;
  model_measure_node *value;
  bool is_whole; /* a series, which is written as it is; measures of it follow */
} model_measure;

/* ---- environments ---- */

typedef struct {
  const char *name; /* "here" */
  uint32_t environment;
  uint64_t count; /* of its numbers */
  dim unit;
  const char *wire_unit; /* of an external environment: in which its process counts, as written; else "" */
} model_channel;

typedef struct {
  const char *name;
  dim unit;
} model_figure;

typedef struct {
  const char *name;
  span at;
  nsa_environment_source source;
  const char *kind_name;             /* "gridworld"; of a plugin its name; external: "" */
  const nsa_environment_kind *kind;  /* NULL: external, whose shape is declared */
  VEC(nsa_environment_value) values; /* one a setting of the kind */
  nsa_environment_shape shape;
  uint32_t first_channel, channel_count; /* into model.channels, in the order of the kind's */
  VEC(model_figure) figures;             /* the common ones first: NSA_FIGURE_STEPS, ... */
  dim action_unit;
  const char *wire_unit; /* of the action, as that of channels */
  bool has_seed;         /* { seed = 7 } */
  uint64_t seed;
} model_environment;

typedef struct {
  nsa_decoder_kind kind;
  span at;
  bool is_of_channel; /* scores: `owner` is a channel, whose numbers are the entries; else a population */
  uint32_t owner;
  uint32_t event;                   /* FIRST: of the population's component */
  model_expr *scores;               /* ARGMAX, SAMPLE, SOFTMAX: SIDE_SELF refs to the population; NULL: all alike */
  model_expr *tie;                  /* FIRST: or NULL */
  uint32_t among;                   /* into channels; UINT32_MAX: all choices */
  const char *key;                  /* of its random draws */
  VEC(model_measure_node *) vector; /* VECTOR: NOW, WINDOW_COUNT and arithmetic */
} model_decoder;

typedef struct {
  span at;
  uint32_t environment;
  double every, window;        /* ms, whole ticks; window <= every */
  uint32_t phase;              /* into phases: the windows are its windows; always there */
  VEC(model_decoder) decoders; /* the last one always decides */
} model_act;

typedef struct {
  const char *name;
  span at;
  uint32_t environment;
} model_trial_record;

/* ---- variants ---- */

typedef struct {
  bool is_connection;
  uint32_t owner;
  model_ref_kind kind; /* REF_PARAM, or REF_STATE: what it starts with */
  uint32_t item;       /* of the component's params or states */
  model_expr *value;   /* constant */
  span at;
} model_set;
typedef VEC(model_set) model_sets;

/* A param that changes in the course of a run: while a window of the phase is open it has this value, or from the
 * checkpoint of the variant on. */
typedef struct {
  uint32_t phase, variant; /* one of them; the other is NONE */
  model_set set;
} model_phase_set;

typedef struct {
  const char *name;
  span at;     /* of its time */
  double time; /* ms, whole ticks */
} model_checkpoint;

typedef struct {
  uint32_t global; /* param of the top level */
  double value;
  span at;
} model_global_set;

typedef struct {
  const char *name;
  span at;
  uint32_t checkpoint; /* from which on its sets hold; NONE: from the start */
  model_sets sets;
  VEC(model_global_set) globals; /* the compiler must be told of the variant for these to hold */
  bool modifies;                 /* likewise, for components that it changes */
  bool is_chosen;                /* the compiler was told of it */
  VEC(model_act) acts;           /* instead of those of the same environments */
} model_variant;

#endif
