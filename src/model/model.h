/* SPDX-License-Identifier: MIT */
/* model.h - a checked model: what every stage behind the front reads.
 *
 * Takes the AST of a file (and of what it imports and extends); gives names resolved, units checked
 * and converted to the internal system (ms, mV, pA, um, uM um^3, K; see docs/architecture.md),
 * functions inlined, constants of the experiment evaluated, lets in dependency order. All mistakes
 * of an author are found here, all of a file at once. Everything lives in the arena of the compile
 * and is const for later stages. */
#ifndef NSA_MODEL_MODEL_H
#define NSA_MODEL_MODEL_H

#include "diag/diag.h"
#include "nsa_program.h"
#include "support/intern.h"
#include "support/vec.h"
#include "syntax/ast.h"

/* ---- dimensions ---- */

/* Exponents, in quarters (so that 1/sqrt(time) is exact), of time, voltage, current, length,
 * amount, temperature. */
enum { DIM_TIME, DIM_VOLTAGE, DIM_CURRENT, DIM_LENGTH, DIM_AMOUNT, DIM_TEMPERATURE, DIM_COUNT };
typedef struct {
  int8_t q[DIM_COUNT];
} dim;

/* ---- expressions ---- */

/* The first four of nsa_side: what a name of an expression is looked up in. */
typedef enum {
  SIDE_SELF = NSA_SIDE_LINK,
  SIDE_PRE = NSA_SIDE_PRE,
  SIDE_POST = NSA_SIDE_POST,
  SIDE_ASTRO = NSA_SIDE_ASTRO
} model_side;

typedef enum {
  REF_PARAM,
  REF_STATE,
  REF_INPUT,
  REF_LET,
  REF_NOISE,
  REF_TIMER,      /* item: index into the component */
  REF_LOCAL,      /* a let of a block; item: its number within the block's component */
  REF_REFRACTORY, /* true in the refractory time of event `item` (the spike) */
  REF_TIME,
  REF_DT,
  REF_INDEX,
  REF_ROW,
  REF_COL,
  REF_X,
  REF_Y,
  REF_FAN_IN,
  REF_FAN_OUT,  /* number of links of the partner on `side` in this connection */
  REF_DISTANCE, /* between source and target of a link, um (grid steps when not spaced) */
  REF_SIGNAL,   /* the value that signal `item` (index into model.signals) was last sent with */
  REF_PIXEL     /* 1 where the pattern image `item` (index into model.images) has ink */
} model_ref_kind;

typedef enum {
  MX_NUMBER,
  MX_BOOL,
  MX_REF,
  MX_NEG,
  MX_NOT,
  MX_ADD,
  MX_SUB,
  MX_MUL,
  MX_DIV,
  MX_POW,
  MX_LT,
  MX_LE,
  MX_GT,
  MX_GE,
  MX_EQ,
  MX_NE,
  MX_AND,
  MX_OR,
  MX_SELECT, /* args[0] ? args[1] : args[2] */
  MX_CALL,   /* builtin function fn of builtin.def */
  MX_RANDOM  /* random function fn of builtin.def; `key` names the draw */
} model_expr_kind;

typedef struct model_expr model_expr;
struct model_expr {
  model_expr_kind kind;
  bool is_bool;
  dim unit; /* of a number-valued expression */
  span at;
  double number; /* MX_NUMBER (internal units), MX_BOOL (0 or 1) */
  struct {
    model_ref_kind kind;
    model_side side;
    uint32_t item;
  } ref;
  uint32_t fn;            /* model_builtin */
  const char *key;        /* MX_RANDOM: declaration and draw: "sheet.v#0"; inside a component "each_step1#2" */
  uint32_t depth, weight; /* levels and nodes of the tree (shared parts counted each time); limited */
  bool goes_by_ticks;     /* times.c has seen it */
  model_expr *args[3];
};

typedef enum {
#define BUILTIN(name, arity, kind, rule) BUILTIN_##name,
#include "model/builtin.def"
#undef BUILTIN
  BUILTIN_COUNT
} model_builtin;

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
  model_side side;       /* SET..DIV: whose variable (SIDE_SELF, or a partner: += and -= only) */
  model_ref_kind target; /* REF_STATE, REF_INPUT (of partners: += and -= only); REF_PARAM never */
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
  uint32_t event;     /* EVENT: own event; PRE, POST, ASTRO: event of that partner; SIGNAL: into model.signals */
  model_expr *period; /* BLOCK_EVERY, ms */
  model_block body;
} model_on;

typedef struct {
  span at;
  model_side side; /* SIDE_POST or SIDE_ASTRO (or SIDE_PRE) */
  uint32_t input;  /* of that partner */
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
  /* Synapses, and only in the copy that a connection owns: which component each partner has. */
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

/* ---- network ---- */

typedef struct {
  model_ref_kind target; /* REF_PARAM or REF_STATE */
  uint32_t item;
  model_expr *value; /* SELF refs: params, index, place; random functions */
  span at;
} model_override;

typedef struct {
  const char *name;
  span at;
  uint32_t component;  /* into model.components */
  uint32_t rows, cols; /* rows x cols elements; a plain [n] is 1 x n with is_grid false */
  bool is_grid;
  bool has_no_size;   /* none is written: a single element, until one_per_synapse gives it as many as there are links */
  double spacing;     /* um; 0 when not said (places then count in grid steps) */
  double at_x, at_y;  /* um; the corner of its grid */
  uint32_t stage_set; /* into stage_sets; UINT32_MAX: none */
  VEC(model_override) overrides;
} model_population;

typedef struct {
  nsa_rule_kind kind;
  span at;
  model_expr *condition; /* PROBABILITY: p; WHERE: condition. Refs: SIDE_PRE/SIDE_POST index, row, col, x, y, params;
                            REF_DISTANCE; random */
  uint32_t degree;       /* INDEGREE, OUTDEGREE: k; NEIGHBOURS: 4 or 8; SCALE_FREE: m; POOL: size */
  nsa_profile_kind profile;
  double length; /* of the kernel, in um when the population is spaced, else grid steps */
  uint32_t tile_rows, tile_cols, stride;
  const char *path; /* FILE, as a path that opens */
  bool pool_block;
} model_rule;

typedef struct {
  const char *name; /* the connection's, or its synapse's */
  span at;
  uint32_t source, target; /* populations */
  uint32_t component;      /* the synapse, as resolved for these partners: a component of its own */
  model_rule rule;
  bool allow_self;
  model_expr
      *delay; /* ms: from pre to the synapse; NULL: none. As overrides: may use distance, places, random functions */
  model_expr *delay_back; /* ms: from post and astro to the synapse; NULL: none */
  coupling_kind coupling; /* its own word, else its synapse's, else that of a component that it contributes to */
  span coupling_at;
  bool has_partner;
  uint32_t partner;      /* population */
  model_side partner_of; /* SIDE_POST or SIDE_PRE */
  model_rule partner_rule;
  model_expr *partner_probability; /* that a link has a partner at all; NULL: each has */
  bool has_partner_per_link;       /* POOL, ONE_PER_SYNAPSE or a probability: each link has a partner of its own */
  VEC(model_override) overrides;
} model_connection;

/* ---- experiment ---- */

typedef struct {
  const char *name;
  double dt;      /* ms */
  uint32_t ticks; /* multiple of the fastest */
  span at;
} model_timescale; /* [0] is the default of components; base_dt is the smallest dt */

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
  double number; /* NUMBER; TIME_ABOVE: threshold; RECOGNITION: window in ms */
  bool is_ref;   /* the value of an earlier measure */
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

/* What `coupling implicit` diffuses: of_links * (pre.state - post.state) into `input`, which the state's equation has
 * as a term, of_equation * input. Both factors are the same everywhere. */
typedef struct {
  uint32_t connection, population, input, state;
  model_expr *of_links, *of_equation; /* of the synapse, of the component */
} model_diffusion;

/* Populations that connections with `coupling stages` join: they go through the stages of one solver together. Or a
 * single one, around whose solvers diffusion goes. */
typedef struct {
  uint32_t timescale;
  bool is_diffusing;
  solver_kind solver; /* rk4, heun or adaptive; of one that is diffusing its equations' own */
  solver_options options;
  VEC(uint32_t) populations; /* ascending */
} model_stage_set;

typedef struct {
  const char *name; /* of the file, without folder and ending */
  uint32_t main_file;
  VEC(model_timescale) timescales;
  double base_dt;                  /* ms */
  VEC(model_component) components; /* those of populations, then one for each connection */
  VEC(model_population) populations;
  VEC(model_connection) connections;
  VEC(model_stage_set) stage_sets;
  VEC(model_diffusion) diffusions;
  VEC(model_pattern) patterns;
  VEC(model_image) images;
  VEC(model_phase) phases;
  VEC(model_stimulus) stimuli;
  VEC(model_event_drive) event_drives;
  VEC(model_signal) signals;
  VEC(model_phase_block) phase_blocks;
  VEC(model_record) records;
  VEC(model_measure) measures;
  VEC(model_variant) variants;
  double duration; /* ms */
  span run_at;
  nsa_precision precision;
} model;

/* "double", "single" or "mixed"; false for other words. */
bool model_precision_find(const char *word, nsa_precision *precision);

/* --pattern NAME=PATH: the images of a pattern come from other files. */
typedef struct {
  const char *name, *path;
} model_pattern_replacement;

typedef struct {
  const ast_decl *const *settings; /* --set: a variant each, `variant set { n.tau = 3 ms }`; its times are checked */
  uint32_t setting_count;
  const ast_decl *const *timescales; /* --timescale: these steps instead of the file's */
  uint32_t timescale_count;
  const model_pattern_replacement *patterns;
  uint32_t pattern_count;
  const char *precision;            /* this one instead of the file's; NULL: the file's */
  bool in_double;                   /* everything is, whatever the file and its components say */
  const char *const *model_folders; /* where `import nsa.x.y` looks; NULL-terminated */
  const char *refined;              /* timescale of which each step becomes `refine` steps; NULL: every timescale */
  uint32_t refine;                  /* 0 and 1: steps are as written */
  bool needs_run; /* a file without populations or `run` is an error (run, build), not for check/fmt of libraries */
} model_options;

/* Checks the file and all it imports. The model is usable only when the sink has no errors. */
model *model_check(arena *a, interner *in, diag_sink *sink, const ast_file *file, const model_options *options);

/* ---- units, for messages and results ---- */

dim dim_none(void);
bool dim_equal(dim a, dim b);
dim dim_mul(dim a, dim b);
dim dim_div(dim a, dim b);
dim dim_pow(dim a, int numerator, int denominator);
/* The author's way of writing it: "mV", "nS", "uM/s", "1/ms", "mV/ms"; "1" for none. */
const char *dim_name(arena *a, dim d);

#endif
