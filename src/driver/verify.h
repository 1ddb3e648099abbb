/* SPDX-License-Identifier: MIT */
/* verify.h - how far a model's steps are from its equations: `nsa verify` (docs/verify.md).
 *
 * For each timescale three runs go side by side: the model as it is compiled, and with a half and a quarter of that
 * step. They share seed, network and initial values; nothing is drawn at random while they run. Their states are
 * compared until an event of one run has no counterpart in the next. Events and measures are compared to the end. */
#ifndef NSA_DRIVER_VERIFY_H
#define NSA_DRIVER_VERIFY_H

#include "driver/arguments.h"
#include "driver/compile.h"
#include "nsa_session.h"

enum { VERIFY_LEGS = 3 }; /* as written, half the step, a quarter */

typedef struct {
  const arguments *args;
  double tolerance;        /* relative error that steps are suggested for */
  bool is_tolerance_asked; /* an error above it is an exit code */
  nsa_inputs *inputs;      /* of every run */
  int starter;             /* nsa_starter_socket */
} verify_options;

/* ---- one run of a comparison (verify_leg.c) ---- */

/* Says it on stderr; the exit code of usage and environment. */
int verify_fail(const char *message);
/* The model as the command line asks for it, nothing drawn while it runs: what every run starts from. */
compile_options verify_compile_options(const verify_options *o);

typedef struct {
  compilation c;
  compile_options options; /* c points to it */
  nsa_session *session;
} verify_leg;

/* Compiles and starts the model, each step of a timescale (NULL: of all) in `refine` steps; reports what is wrong on
 * stderr. An exit code. verify_leg_close in any case. */
int verify_leg_open(const verify_options *o, const char *timescale, uint32_t refine, verify_leg *leg);
void verify_leg_close(verify_leg *leg);

/* ---- errors (verify_error.c) ---- */

/* Differences of neighbouring runs: [0] as written and half the step, [1] half and quarter. */
typedef struct {
  double sum[2], most[2];
  uint64_t count;
  double low, high;       /* of the run as written */
  uint64_t worst_element; /* of most[0] */
  double worst_time;      /* ms */
} verify_sums;

void verify_sums_clear(verify_sums *s);
void verify_sums_add(verify_sums *to, const verify_sums *from);

typedef enum {
  VERIFY_ERROR_MEASURED, /* with an order that it shows */
  VERIFY_ERROR_UNSURE,   /* differences do not shrink as those of an order do: taken as of order 1 */
  VERIFY_ERROR_NONE      /* to rounding */
} verify_kind;

typedef struct {
  verify_kind kind;
  double error;   /* estimate of that of the steps as written, relative to the variable's range */
  double largest; /* likewise, anywhere */
  double order;
  double of_leg[VERIFY_LEGS]; /* estimates of the errors of the steps as written, half and a quarter of them */
  double factor;              /* the longest of these steps with an error of at most the tolerance; 0: there is none */
} verify_error;

/* by_mean: the error is the mean over elements and times, else the largest one. */
verify_error verify_error_of(const verify_sums *s, bool by_mean, double tolerance);

/* ---- events (verify_events.c) ---- */

typedef struct verify_events verify_events;

/* Of one event of a population. */
typedef struct {
  const char *name;
  uint64_t count[VERIFY_LEGS - 1]; /* as written, half the step; over the whole run */
  uint64_t paired;                 /* in both, while the states are compared */
  double apart_sum, apart_most;    /* ms, between the two of a pair */
} verify_event;

/* In the arena; p and session are the program as written, and its run. */
verify_events *verify_events_new(arena *a, const nsa_program *p, const nsa_session *session);
/* What fired in a leg at the end of its last tick, at `time`. */
void verify_events_take(verify_events *e, uint32_t leg, const nsa_session *session, double time);
/* All legs have come to `now`. Whether an event has no counterpart within a step. */
bool verify_events_part(verify_events *e, double now);
/* From now on events are only counted. */
void verify_events_stop(verify_events *e);
/* Whether an element had an event within the last step. */
bool verify_events_is_near(const verify_events *e, nsa_population_id population, uint64_t element, double now);
bool verify_events_any(const verify_events *e); /* whether there was one */
const verify_event *verify_events_list(const verify_events *e, uint32_t *count);

typedef struct {
  const char *event; /* NULL: they did not part */
  uint32_t element;
  double time;  /* ms */
  uint32_t leg; /* that has it; its neighbour has not */
} verify_parting;
verify_parting verify_events_parting(const verify_events *e);

/* ---- a comparison (verify_compare.c) ---- */

/* What stimuli add to an input of element 0, on average, in the run as written. */
typedef struct {
  const char *name; /* of its field */
  double sum;
  uint64_t count;
} verify_drive;

/* How an element goes up and down: when it rises through the middle of its range, in each run, ms. */
typedef struct {
  VEC(double) values[VERIFY_LEGS]; /* at the ticks of the variable, as written */
  VEC(double) times;
  uint32_t periods;              /* whole ones, in all runs; 0: it does not come again */
  double period[VERIFY_LEGS];    /* their mean */
  double shift[VERIFY_LEGS - 1]; /* of the last rise, against the next finer run */
} verify_rhythm;

typedef struct {
  const char *name, *unit;         /* in which it is shown */
  nsa_population_id population;    /* none: of links, or a reduction */
  nsa_field_id field[VERIFY_LEGS]; /* by leg; none where it is a probe */
  uint32_t probe;                  /* NSA_NONE where it is a field */
  uint32_t every;                  /* ticks as written */
  bool has_equation;               /* a state that has one: a step is suggested for it */
  double expected;                 /* order that theory gives; 0: exact, NAN: unknown */
  verify_rhythm rhythm;            /* of its first element */
  verify_sums sums;
  verify_error error;
} verify_quantity;

typedef struct {
  const char *name;      /* of the timescale, for messages */
  const char *timescale; /* NULL: all, as they cannot be refined one by one */
  double dt;             /* ms, as written */
  bool is_by_mean;
  double compared; /* ms */
  verify_parting parting;
  verify_quantity *quantities;
  uint32_t quantity_count;
  const verify_event *events;
  uint32_t event_count;
  VEC(verify_drive) drives;
  double *measures[VERIFY_LEGS - 1]; /* by the program's measures, in their units */
  double worst_factor;               /* the least of the quantities' */
  const verify_quantity *worst;      /* the quantity that has it; NULL: the step as written will do */
} verify_comparison;

/* verify_rhythm.c: takes the values of a tick; and what comes of them at the end. */
void verify_rhythm_take(arena *a, verify_rhythm *r, double time, const double x[VERIFY_LEGS]);
void verify_rhythm_find(arena *a, verify_rhythm *r);

/* Runs the legs, which are open, to their end; an exit code (3 after a report of a numerical failure). */
int verify_compare(arena *a, const verify_options *o, verify_leg legs[VERIFY_LEGS], verify_comparison *out);

/* ---- one element without links, beside a reference integrator (verify_reference.c) ---- */

typedef struct {
  const char *name;
  double error, time; /* largest, relative to the range; ms */
} verify_reference_row;

typedef struct {
  const char *unavailable; /* why there is none; NULL: there is */
  double duration;         /* ms */
  VEC(verify_reference_row) rows;
  VEC(const char *) failures; /* populations that the integrator gave up */
} verify_reference;

/* For element 0 of each population, with stimuli held at the mean of the first comparison's. An exit code. */
int verify_reference_run(arena *a, const verify_options *o, const verify_comparison *first, double duration,
                         verify_reference *out);

/* ---- results (verify_report.c) ---- */

typedef struct {
  const char *path;
  uint64_t seed;
  double duration; /* ms */
  const nsa_program *program;
  const char *const *draws; /* what is not drawn at random */
  uint32_t draw_count;
  VEC(const char *) each_step; /* components with blocks that run at each step */
  verify_comparison *comparisons;
  uint32_t comparison_count;
  verify_reference reference;
} verify_result;

void verify_print(arena *a, const verify_options *o, const verify_result *r, FILE *out);
void verify_print_json(const verify_options *o, const verify_result *r, FILE *out);

/* The verb: an exit code. */
int verify_main(arena *a, const arguments *args, int starter);

#endif
