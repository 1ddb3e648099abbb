/* SPDX-License-Identifier: MIT */
/* plan.h - what is decided of populations, connections and timescales before anything is built. */
#ifndef NSA_LOWER_PLAN_H
#define NSA_LOWER_PLAN_H

#include "lower/pure/system.h"

/* ---- equations ---- */

/* Equations of one owner that are advanced together. */
typedef struct {
  equation_system *system;     /* NULL: there are none */
  solve_system solve;          /* but for values; held: as lower_equal_conditions says */
  bool is_refused;             /* a solver cannot take them: an error was reported */
  const solve_choice *choices; /* per equation, with the reason; NULL at stages and at events */
  const model_stage_set *set;  /* evaluated at its stages, by its solver; NULL */
  solve_spectrum spectrum;     /* at the initial state; fastest is 0 where there is none */
} system_plan;

/* ---- links ---- */

/* When a state of links changes by its equation. */
typedef enum {
  ADVANCE_NEVER,     /* it has none: blocks change it */
  ADVANCE_AT_EVENTS, /* in closed form, when somebody looks */
  ADVANCE_BY_CLOCK
} link_advance;

/* How a state of links is kept. */
typedef struct {
  link_advance advance;
  model_side home;   /* SIDE_SELF: one value a link; else one for each element of that side */
  bool is_summed;    /* only its sums over the links of an element are kept: events only add to it, it decays in
                        proportion to itself, and contributions only sum it up */
  bool is_changing;  /* during the run */
  bool is_following; /* a slow partner's value enters its equation */
  const char *why;   /* by the clock: the reason */
} state_plan;

/* A product of expressions; 1 where there are none. */
typedef struct {
  model_expr *const *list;
  uint32_t count;
} factors;

/* What an element computes once for all its links. */
typedef struct {
  uint32_t number; /* among those of all connections */
  uint32_t connection;
  model_side side; /* that the element is for the connection */
  factors factors; /* all of that side */
  bool is_fused;   /* part of the element's step; else of a function of its own */
  bool is_exact;   /* no factor of a sum: what is next to nothing is kept, too */
  bool reads_timers;
  bool counts_at_start; /* links see it before the first step of its population */
  uint32_t timescale;
} source_plan;

/* A value of pre that a term reads link by link, and that a delay shows as it was. */
typedef struct {
  const model_expr *ref;
  source_plan source;
} past_plan;

typedef enum {
  TERM_STENCIL, /* the whole expression at each grid neighbour, without stored links */
  TERM_COUNT,   /* the same for all links of a target: their number times that */
  TERM_TOTAL,   /* the total of a state of which only sums are kept */
  TERM_SPLIT,   /* target factors * sum of source term * weight */
  TERM_WHOLE    /* target factors * sum of the whole, evaluated at each link */
} term_kind;

typedef enum {
  WEIGHT_NONE,
  WEIGHT_PARAM, /* a parameter or state of the link, as it is */
  WEIGHT_STATE,
  WEIGHT_ONCE, /* evaluated when the links are there */
  WEIGHT_EACH  /* evaluated before each sum */
} weight_kind;

/* One additive term of a contribution. */
typedef struct {
  uint32_t number; /* among those of all connections */
  term_kind kind;
  uint32_t connection;
  const model_contribution *contribution;
  bool is_negative;
  factors target;     /* of the side that is added to, a partner that follows from it, and uniform values */
  uint32_t every;     /* base ticks between two evaluations by the target */
  model_side from;    /* TERM_SPLIT: the side whose values are summed up */
  source_plan source; /* TERM_SPLIT; without factors: none */
  factors weight;     /* TERM_SPLIT, TERM_TOTAL, TERM_WHOLE: what is of the link */
  weight_kind weight_kind;
  uint32_t state;     /* TERM_TOTAL */
  bool is_delayed;    /* TERM_SPLIT: sources are seen as they were */
  uint32_t sum_every; /* TERM_SPLIT, TERM_WHOLE: base ticks between two sums; 0: made once */
  VEC(past_plan) pasts;
} term_plan;

/* An event, or a signal, at which links run blocks. */
typedef struct {
  block_kind kind;
  uint32_t event;      /* of the population whose events these are; or the signal */
  bool changes_shared; /* blocks set a state that all links of an element share: a kernel over the elements does that,
                          behind the one over the links */
} arrival_plan;

/* How the links of a connection, or the partners of its links or elements, are found. */
typedef struct {
  const model_rule *rule;      /* NULL: there is none */
  const char *name;            /* of what belongs to it */
  uint32_t source, target;     /* the populations that it joins: PRE and POST of its condition */
  double probability;          /* where it is one number; else -1 */
  const model_expr *condition; /* asked of each pair that may be joined, or of each link; NULL: nothing is */
  double expected;             /* of the condition, for the forecast of memory */
  double reach;                /* beyond this distance, the condition is false or 0; 0: it does not say */
  bool reads_distance;         /* the condition */
  bool has_copies;             /* links of one pair are asked one by one */
} rule_plan;

typedef struct {
  rule_plan rule, partner_rule, partner_probability;
  bool has_default;           /* a link without a partner has a value for all that it reads of one */
  VEC(arrival_plan) arrivals; /* each once: of pre, of post, of the partner, signals */
  state_plan *states;
  uint32_t state_count;
  uint32_t refresh; /* base ticks after which event-driven states are brought up to date: a slow partner's value, which
                       enters an equation, is about to change; 0: never */
  bool is_stencil;  /* no stored links: each contribution is made at the grid neighbours of a target */
  VEC(term_plan) terms;
  bool is_clocked;            /* its links do something by the clock */
  const system_plan *systems; /* by timescale: what is advanced by the clock */
  system_plan at_events[4];   /* by home: what is advanced in closed form, by a step that is given */
} connection_plan;

/* ---- populations ---- */

/* What links add at events to a state. */
typedef enum {
  ADDED_NEVER,
  ADDED_DIRECTLY, /* to the state itself */
  ADDED_APART     /* it becomes part of the state at the end of phase 2 */
} addition_kind;

typedef struct {
  addition_kind added;
  bool is_extrapolated; /* others read it between two ticks as it goes on from its last step */
  bool is_staged;       /* kernels of a stage set advance its equation */
  bool is_single;       /* kept as floats */
} element_state;

typedef struct {
  const model_on *keeper; /* the first block that emits it before the step's kernel, which sends it; NULL: none does */
  bool is_driven;         /* from outside */
  bool is_remembered;     /* whether its condition held is kept from step to step; else it is evaluated again */
  bool counts_repeats;    /* it may be emitted or driven once more in one step */
  bool counts_stuck;      /* its own blocks may leave its crossing's condition true */
  bool is_rare;           /* in the step's kernel it comes from its condition alone: nothing is done for elements where
                             that does not hold */
} event_plan;

typedef struct {
  const model_on *keeper; /* as for events */
  const model_on *sender; /* the first block that sends it; NULL: none does */
} signal_plan;

typedef enum {
  SETTLES_IN_STEP,   /* the step's kernel does phase 1 */
  SETTLES_APART,     /* a kernel of its own, for the few elements that fired */
  SETTLES_FOR_OTHERS /* a kernel of its own, before anything looks at the population */
} settle_kind;

/* When blocks of signals run. */
typedef enum {
  HEARS_NOTHING, /* there are none */
  HEARS_IN_STEP, /* in the step's kernel, or the first of phase 4 */
  HEARS_APART    /* a kernel of its own: between two ticks of a slow population; before blocks of the top level */
} hearing_kind;

typedef struct {
  element_state *states;
  event_plan *events;
  signal_plan *signals;
  bool *has_stimulus, *is_input_added_to; /* per input; the latter by events */
  settle_kind settle;
  bool is_settled; /* no block of an event runs in the step's kernel */
  hearing_kind hears;
  bool fires_apart;  /* events from outside happen between two ticks of a slow population, by a kernel of its own */
  bool is_looked_at; /* by events or clocked links: they see it after phase 1 */
  bool is_added_to_at_once; /* what arrives, and what signals and phases do, becomes part of the states in phase 2, not
                               in the step */
  bool absorbs;             /* then by a kernel of its own */
  bool is_split;            /* kernels of a stage set do phase 4 */
  bool is_single;           /* its kernels compute with floats, and so its inputs are kept; */
  bool keeps_doubles;       /* but not all states are */
  bool *is_param_single;    /* per parameter: of one value for each element, kept as floats */
} population_plan;

/* How an input is made (inputs.c). */
typedef struct {
  uint32_t every;         /* base ticks between two collections into it; 0: nothing is collected */
  nums parts;             /* longer intervals at which terms are evaluated that hold in between */
  bool is_windowed;       /* something comes to it between two ticks of its slow population */
  bool accumulates;       /* collect kernels combine what comes in the window */
  bool is_given;          /* what links give is kept, */
  bool is_given_at_steps; /* and changes between two ticks */
  bool is_by_step;        /* a kernel before each fast step combines it */
  bool is_staged;         /* something contributes to it while phase 4 goes on, */
  bool keeps_held;        /* and what is held meanwhile is kept apart */
} input_plan;

/* ---- the experiment ---- */

/* How a stimulus is made; those that may share do (experiment.c). */
typedef struct {
  uint32_t pixels; /* the stimulus in whose array its image is: itself, or one before; NSA_NONE: it shows none */
  uint32_t kernel; /* the stimulus whose kernel makes it: itself, or one before */
  bool is_varying; /* its value changes while it lasts, whatever environments show */
  bool reads_channels;
} stimulus_plan;

/* Where what a record or measure looks at comes from. */
typedef enum {
  PROBE_SIZE, /* nothing is looked at: how many elements or links there are */
  PROBE_EVENTS,
  PROBE_STORED,  /* an array has it */
  PROBE_COMPUTED /* a kernel computes it, into an array of its own */
} probe_kind;

typedef struct {
  const model_probe *probe;
  const char *name; /* of the record or measure; "maze.scores", "maze.tie" of decisions */
  probe_kind kind;
  uint32_t every;   /* base ticks between two ticks of the owner */
  uint32_t channel; /* what is looked at, instead of an owner's values; NSA_NONE */
  uint32_t act;     /* whose windows the value counts in; NSA_NONE */
} probe_plan;

/* Measures without their trees: each node behind its arguments. */
typedef struct {
  const model_measure_node *node;
  uint32_t args[3];      /* nodes; NSA_NONE */
  uint32_t probe, other; /* NSA_NONE */
  uint32_t every;        /* base ticks between two samples */
} measure_plan;

/* An event that scores of a decision count, for each element of a population. */
typedef struct {
  uint32_t population, event;
} counted_event;

typedef struct {
  const model_decoder *decoder;
  uint32_t scores, tie; /* probes; NSA_NONE */
  nums nodes;           /* VECTOR: one for each number of the action */
} decoder_plan;

typedef struct {
  const model_act *act;
  VEC(counted_event) counts;
  VEC(decoder_plan) decoders;
} act_plan;

typedef struct {
  stimulus_plan *stimuli;
  VEC(probe_plan) probes; /* those of records first, one each */
  VEC(measure_plan) nodes;
  uint32_t *measures; /* the node that gives each */
  uint32_t until;     /* the node that ends the run; NSA_NONE */
  VEC(act_plan) acts; /* the model's, then those of its variants in their order */
} experiment_plan;

/* ---- coupling ---- */

/* How fast links couple populations of one timescale, and for which steps that is stable (coupling.c). */
typedef struct {
  bool is_staged;     /* contributions at stages, with the populations' own equations; else held over a step */
  double rate, limit; /* 1/ms; of the step times the rate, INFINITY: none */
  uint32_t timescale, strongest; /* connection */
  nums populations;
  VEC(nsa_connection_id) connections;
  VEC(double) degrees; /* links that feed an element, per connection */
} coupling_bound;
typedef VEC(coupling_bound) coupling_bounds;

double lower_coupling_rate(const coupling_bounds *bounds, uint32_t population); /* the largest; 0: none is known */

/* ---- the whole ---- */

/* Of one population, in the order of connections and of the terms of each. */
typedef struct {
  VEC(const term_plan *) added;     /* to its inputs */
  VEC(const source_plan *) sources; /* what its elements compute for their links */
} population_terms;

/* What is decided, by numbers of the model; made before anything is built, constant afterwards. */
struct lower_plan {
  const lower_context *ctx;
  connection_plan *connections;
  uint32_t term_count, source_count; /* of all connections */
  population_terms *terms;           /* of each population */
  const population_plan *populations;
  const input_plan **inputs;   /* of each population, by input */
  const system_plan **systems; /* of each population, by timescale. Where `coupling stages` joins it, the own system is
                                  evaluated at stages and has no solvers */
  coupling_bounds coupling;
  experiment_plan experiment;
};

/* Equations that are solved together stand at one time: all of a home follow where one does. */
bool lower_follows_partner(const connection_plan *plan, model_side home);
/* The same of a param that a phase sets. */
bool lower_follows_phase(const lower_context *ctx, uint32_t connection, const connection_plan *plan, model_side home);

/* ---- questions to the model ---- */

bool lower_is_driven(const lower_context *ctx, uint32_t population, uint32_t event); /* from outside */
/* Whether an input that is not finite shows in a state at once. */
bool lower_shows_input(const lower_context *ctx, uint32_t population, uint32_t input);
/* Whether links read the state of an element, in blocks, equations or contributions. */
bool lower_links_read(const lower_context *ctx, uint32_t population, uint32_t state);
/* Whether a block sets a state of its own. */
bool lower_sets_state(const model_block *block, uint32_t state);
/* Whether a block of a connection adds to a state of the population. */
bool lower_is_added_to(const lower_context *ctx, uint32_t population, uint32_t state);
/* Whether what links add to a state may go to the state itself; else it is kept apart until the end of phase 2. */
bool lower_is_added_to_directly(const lower_context *ctx, uint32_t population, uint32_t state);
bool lower_is_set_by_phase(const lower_context *ctx, uint32_t population, uint32_t state);
/* Whether a block of an event of its own sets the state; whether anything but its equation does. */
bool lower_is_reset(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t state);
bool lower_is_set(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t state);
/* Whether an expression of a synapse reads a state of its link, lets looked through. */
bool lower_reads_state(const lower_context *ctx, uint32_t connection, const model_expr *e, uint32_t state);
bool lower_has_probe(nsa_measure_kind kind);
/* Whether a record, a measure, a decision or the end of the run reads a state of a connection's links. */
bool lower_is_observed(const lower_context *ctx, uint32_t connection, uint32_t state);

#endif
