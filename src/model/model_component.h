/* SPDX-License-Identifier: MIT */
/* model_component.h - statements and components of a model: what a neuron, an astrocyte or a synapse is made of.
 *
 * Items refer to each other by their index in the component's lists. */
#ifndef NSA_MODEL_MODEL_COMPONENT_H
#define NSA_MODEL_MODEL_COMPONENT_H

#include "model/model_expr.h"
#include "support/vec.h"

/* ---- statements ---- */

typedef enum {
  STMT_SET,
  STMT_ADD,
  STMT_SUB,
  STMT_MUL,
  STMT_DIV,
  STMT_LOCAL,
  STMT_IF,
  STMT_EMIT,
  STMT_START
} model_stmt_kind;

typedef struct model_stmt model_stmt;
typedef VEC(model_stmt) model_block;
struct model_stmt {
  model_stmt_kind kind;
  span at;
  model_side side;       /* SET..DIV: whose variable (SIDE_SELF, or an end: += and -= only) */
  model_ref_kind target; /* REF_STATE, REF_INPUT (of ends: += and -= only); REF_PARAM never */
  uint32_t item;         /* the target; LOCAL: its number; EMIT: event; START: timer */
  bool is_signal;        /* EMIT: item is a signal (index into model.signals) */
  model_expr *value;     /* SET..LOCAL; IF: condition; START: duration (ms) */
  model_block then_block, else_block;
};

/* ---- components ---- */

typedef enum { COMPONENT_NEURON, COMPONENT_ASTROCYTE, COMPONENT_SYNAPSE } component_kind;
typedef enum { COMBINE_NONE, COMBINE_MEAN, COMBINE_SUM, COMBINE_MAX, COMBINE_MIN, COMBINE_LAST } combine_kind;

typedef enum {
#define SOLVER(name, text, order, limit, first, sharing) SOLVER_##name,
#include "model/solver_names.def"
#undef SOLVER
  SOLVER_COUNT
} solver_kind; /* SOLVER_automatic where the author said nothing */

/* A row of solver_names.def, which says what each member means. */
typedef struct {
  const char *words;
  double order, stability_limit;
  solver_kind first_stage;
  bool is_staged;
} solver_row;
extern const solver_row solver_rows[SOLVER_COUNT];
bool solver_is_of_second_order(solver_kind solver); /* at least */

/* using adaptive(tolerance = 1e-6, substeps = 10000) */
#define SOLVE_USUAL_TOLERANCE 1e-6
enum { SOLVE_USUAL_SUBSTEPS = 10000 };
typedef struct {
  double tolerance;  /* relative error of a sub-step */
  uint32_t substeps; /* that a step may have at most */
} solver_options;

typedef struct {
  const char *name;
  dim unit;
  span at;
  model_expr *value;              /* params: may refer to params before it; NULL never */
  const struct bare_number *bare; /* a number without a unit, for messages; NULL: it is none */
  bool has_range;
  double lo, hi;
  bool goes_by_ticks; /* compared with times: a double in every precision */
} model_param;

typedef struct {
  const char *name;
  dim unit;
  span at;
  model_expr *initial;
  bool goes_by_ticks; /* a time, or keeps one, or is compared with one: a double in every precision */
  const struct bare_number *bare;
} model_state;

typedef struct {
  const char *name;
  dim unit;
  span at;
  combine_kind combine; /* COMBINE_NONE when not said */
  const struct bare_number *bare;
} model_input;

typedef struct {
  const char *name;
  span at;
  model_expr *value; /* is_bool possible */
} model_let;         /* in dependency order: refers only to lets before it */

typedef struct {
  const char *name;
  span at;
} model_noise;

typedef struct {
  const char *name;
  span at;
  model_expr *initial; /* remaining time, ms; NULL: not running */
} model_timer;

/* Equations of synapses: when their states are brought up to date. */
typedef enum {
  ODE_AUTOMATIC, /* at events where that is exact, else at every tick: lowering decides */
  ODE_EVENTS,    /* `on events`: the author insists; an error (E0411) where it is not exact */
  ODE_CLOCK      /* `on TIMESCALE`: at its ticks */
} ode_timing;

typedef struct {
  uint32_t state;
  span at;           /* the whole equation */
  ode_timing timing; /* always ODE_CLOCK in neurons and astrocytes */
  model_expr
      *rate; /* the right side divided by the coefficient, without the noise, with the flows of reactions: unit/ms */
  model_expr *own;         /* the rate without reactions; NULL: there is none */
  VEC(model_expr *) noise; /* per noise of the component: its coefficient, or NULL */
  solver_kind solver;
  solver_options options;
  model_expr *unless; /* frozen while true; or NULL */
  uint32_t timescale; /* of this equation */
} model_ode;

typedef struct {
  uint32_t state;
  int32_t gain; /* how often the flow adds to its rate; not 0 */
} model_gain;

/* Its flow is part of the rates of the states that it changes as well. */
typedef struct {
  span at;
  model_expr *flow; /* unit/ms */
  VEC(model_gain) gains;
} model_reaction;

typedef struct {
  const char *name; /* "spike", or the event's */
  bool is_spike;
  span at;
  model_expr *when;       /* NULL: only emitted by blocks (and by synapses) */
  bool is_crossing;       /* fires when `when` becomes true; else at each step in which it is */
  model_expr *also;       /* what must hold at a crossing as well; or NULL */
  bool is_reset;          /* its own blocks set something that `when` reads */
  model_expr *refractory; /* ms, or NULL */
} model_event;

typedef enum { BLOCK_EVENT, BLOCK_PRE, BLOCK_POST, BLOCK_ASTRO, BLOCK_SIGNAL, BLOCK_EVERY, BLOCK_EACH_STEP } block_kind;

typedef struct {
  block_kind kind;
  span at;
  uint32_t event;     /* EVENT: own event; PRE, POST, ASTRO: event of that end; SIGNAL: into model.signals */
  model_expr *period; /* BLOCK_EVERY, ms */
  model_block body;
} model_on;

typedef struct {
  span at;
  model_side side; /* SIDE_POST or SIDE_ASTRO (or SIDE_PRE) */
  uint32_t input;  /* of that end */
  model_expr *value;
} model_contribution;

/* How contributions follow the states that they read: held over a step; as slow states went on in their last step; at
 * each stage of the solver; as half steps of diffusion before and behind the solvers. */
typedef enum { COUPLING_HOLD, COUPLING_LINEAR, COUPLING_STAGES, COUPLING_IMPLICIT } coupling_kind;

typedef struct {
  component_kind kind;
  const char *name;
  const char *doc; /* "" when none */
  span at;
  uint32_t timescale;
  coupling_kind coupling;
  span coupling_at;
  const char *precision; /* its own: "single", "double" or "mixed"; NULL: the model's */
  VEC(model_param) params;
  VEC(model_state) states;
  VEC(model_input) inputs;
  VEC(model_let) lets;
  VEC(model_noise) noises;
  VEC(model_timer) timers;
  VEC(model_ode) odes; /* in the order of the text; `reaction`s are expanded into them */
  VEC(model_reaction) reactions;
  VEC(model_event) events;
  VEC(model_on) blocks; /* in the order of the text; the block of a spike is a BLOCK_EVENT */
  VEC(model_contribution) contributions;
  uint32_t local_count; /* lets of blocks: REF_LOCAL items are below it */
  /* Synapses, and only in the copy that a connection owns: the component of each end. */
  uint32_t pre_component, post_component, astro_component; /* UINT32_MAX: none */
  VEC(struct {
    uint32_t kind;
    uint32_t item;
    model_expr *value;
  })
  astro_defaults; /* kind: model_ref_kind */
} model_component;

/* The condition behind `unless` of a state's equation; NULL: there is none. */
const model_expr *model_held_by(const model_component *c, uint32_t state);

#endif
