/* SPDX-License-Identifier: MIT */
/* pure.h - what the rooms of this stage share about the model, and what follows from the model alone. */
#ifndef NSA_LOWER_PURE_H
#define NSA_LOWER_PURE_H

#include "lower/lower.h"
#include "solve/solve.h"

#define NO_FIELD NSA_NONE

typedef VEC(uint32_t) nums;

/* ---- what an expression depends on, lets looked through ---- */

enum {
  DEPENDS_STATE = 1,      /* a state with an equation */
  DEPENDS_HELD_STATE = 2, /* a state that only blocks change */
  DEPENDS_TIME = 4,
  DEPENDS_INPUT = 8,
  DEPENDS_TIMER = 16,   /* and refractory */
  DEPENDS_ELEMENT = 32, /* index, place, fan */
  DEPENDS_RANDOM = 64,
  DEPENDS_LOCAL = 128,
  DEPENDS_VARIED_PARAM = 256, /* one value an element or link */
  DEPENDS_PARAM = 512,
  DEPENDS_DISTANCE = 1024
};
#define DEPENDS_INVARIANT (DEPENDS_ELEMENT | DEPENDS_VARIED_PARAM | DEPENDS_PARAM | DEPENDS_DISTANCE)

typedef struct {
  uint32_t side[4]; /* by model_side */
} dependence;

/* What a let depends on, once it was asked for. */
typedef struct {
  bool is_known;
  dependence depends;
} let_memo;

/* Whether a parameter has a value for each element or link. */
typedef enum { PARAM_UNKNOWN, PARAM_UNIFORM, PARAM_VARIED } param_memo;

/* What was asked about an owner before; filled when it is first asked for. */
typedef struct {
  let_memo *lets;
  param_memo *params;
} lower_memo;

/* What questions about the model need. */
typedef struct {
  arena *arena;
  const model *m;
  diag_sink *sink;
  const lower_options *options;
  lower_report *report;
  lower_memo *populations, *connections;
} lower_context;

/* What was decided (plan/plan.h). */
typedef struct lower_plan lower_plan;

/* A term of phase 6 that a source, or a third partner, computes for its links: fused into its step.
 */
typedef struct {
  uint32_t field;  /* NSA_FIELD_SOURCE_TERM of the population */
  uint32_t active; /* b1 field beside it: the term is not zero */
  uint32_t connection;
  model_side side;            /* that the population is for the connection */
  model_expr *const *factors; /* product of these, all of that side */
  uint32_t factor_count;
  bool is_fused;      /* part of the population's step; else of its source function */
  bool is_exact;      /* no factor of a sum: what is next to nothing is kept, too */
  uint32_t timescale; /* the fastest of those that enter it */
} source_term;

/* One additive term of an input, on the target side. */
typedef struct {
  uint32_t input;
  uint32_t connection;
  model_side side; /* that the population is for the connection */
  bool is_negative;
  bool is_stencil;            /* the whole expression at each grid neighbour */
  model_expr *const *factors; /* of that side, a partner that follows from it, and uniform values */
  uint32_t factor_count;
  uint32_t sum;   /* field that they multiply; NO_FIELD: 1 (with fan_in among the fields) */
  uint32_t every; /* base ticks */
} target_term;

/* What the contributions to an input give that are evaluated every so many base ticks, where others are more often. */
typedef struct {
  uint32_t input, every, field;
} input_part;

typedef struct {
  uint32_t domain;
  uint32_t *param, *state, *timer, *input, *external, *fired, *edge, *refractory,
      *driven;                /* by item; NO_FIELD where not needed */
  uint32_t *repeated, *stuck; /* per event, counters of each element: it was emitted or driven once more in one step;
                                 its own blocks left its crossing's condition true; NO_FIELD where that cannot be */
  uint32_t *slope; /* per state: its last change by its equation, a base tick; NO_FIELD: held for its readers */
  uint32_t *arrived_state, *arrived_input; /* what events add to; NO_FIELD where none does */
  uint32_t *sent;                          /* per signal: flag that a block sends it; NO_FIELD */
  uint32_t
      *pending; /* per own event, then per signal: flag that a block emitted it before the step's function; NO_FIELD */
  uint32_t *start;      /* per state: where the stages of a step start; NO_FIELD: of no equation that stages advance */
  uint32_t *frozen;     /* likewise: `unless` holds it in this step */
  uint32_t *stage_rate; /* per state and stage: its rate there */
  uint32_t *held_input; /* per input: what is held of it while the stages are made; NO_FIELD: nothing is */
  double coupling_rate; /* 1/ms, at which links change its states; 0 where none do, or nothing is known */
  uint32_t *given,
      *window; /* per such input: what links gave last; what its window has come to. NO_FIELD: not needed */
  VEC(input_part) parts;
  VEC(source_term) source_terms;
  VEC(target_term) target_terms;
} population_fields;

/* When a state of links changes by its equation. */
typedef enum {
  ADVANCE_NEVER,     /* it has none: blocks change it */
  ADVANCE_AT_EVENTS, /* in closed form, when somebody looks */
  ADVANCE_BY_CLOCK
} link_advance;

/* A state of links that events only add to, that decays in proportion to itself, and that is only summed up: its sum
 * over the links of an element decays likewise, and is kept instead of it. One for each term that sums it up. */
typedef struct {
  uint32_t state;
  model_side side;            /* of whose element it is the sum */
  model_expr *const *weights; /* constant factors of each link; part of what is added */
  uint32_t weight_count;
  uint32_t total, arrived; /* fields of that side's population */
} link_total;

typedef struct {
  uint32_t domain, candidates;
  uint32_t *param, *state; /* state: NO_FIELD where only its sums are kept */
  bool *is_summed;         /* per state: only its sums are kept */
  VEC(link_total) totals;
  link_advance *advance; /* per state */
  model_side *home;      /* per state: SIDE_SELF: one value a link; else one for each element of that side */
  bool *is_changing;     /* per state: during the run */
  uint32_t refresh; /* base ticks after which event-driven states are brought up to date: a slow partner's value, which
                       enters an equation, is about to change; 0: never */
  bool *is_following;   /* per state: such a value enters its equation */
  uint32_t advanced[4]; /* by home: the tick of lower_clock_of_links that event-driven states stand at; NO_FIELD */
  uint32_t arrivals;    /* domain of a batch of links; NSA_NONE */
  uint32_t arrival_link, arrival_source, arrival_target, arrival_partner;
  uint32_t delay, delay_back;
  uint32_t link_source, link_target, link_distance, link_copy;
  uint32_t candidate_source, candidate_target, candidate_distance;
  uint32_t partner_index, partner_known, partner_fan;
  uint32_t fan_in, fan_out; /* of target and source domain; made when used */
  bool is_stencil;
} connection_fields;

/* A value of pre that a term reads link by link: where the connection has a delay, a field of the links has it as it
 * was. */
typedef struct {
  const model_expr *ref;
  uint32_t field;
} past_value;
typedef VEC(past_value) past_values;

/* A factor of a contribution that is evaluated at each link: its function's body waits for the fields of inputs. */
typedef struct {
  ir_function *function;
  uint32_t connection, field;
  model_expr *const *factors;
  uint32_t factor_count;
  past_values pasts;
  span at;
} link_value;

typedef struct {
  const lower_context *ctx;
  const lower_plan *plan;
  arena *arena;
  const model *m;
  diag_sink *sink;
  const lower_options *options;
  lower_report *report;
  ir_program *p;
  nsa_program *program;
  population_fields *populations;
  connection_fields *connections;
  /* growing lists of the program */
  VEC(nsa_population) population_list;
  VEC(nsa_connection) connection_list;
  VEC(uint32_t) init_list;
  VEC(uint32_t) weight_init_list; /* constant weights, after what the links start with */
  VEC(uint32_t) source_list, start_list;
  VEC(link_value) link_value_list;
  VEC(nsa_link_sum) sum_list;
  VEC(nsa_past) past_list;
  VEC(nsa_collect) collect_list;
  VEC(nsa_coupling_bound) bound_list;
  VEC(nsa_stage_set) stage_list;                       /* by the model's stage_sets */
  VEC(nums) stage_sources, stage_sums, stage_collects; /* of these */
  VEC(nsa_arrival) arrival_list;
  VEC(nsa_link_step) link_step_list;
  VEC(nsa_stimulus) stimulus_list;
  VEC(nsa_phase_block) phase_block_list;
  VEC(nsa_probe) probe_list;
  VEC(nsa_record) record_list;
  VEC(nsa_measure_node) node_list;
  VEC(nsa_settable) settable_list;
  uint32_t *signal_flag, *signal_value; /* uniform fields, by signal */
} lowering;

/* ---- views: what a side of an expression is, in the function being built ---- */

typedef struct view view;
struct view {
  bool is_connection;
  uint32_t owner;
  const model_component *component;
  uint32_t timescale; /* whose step `dt` is: the component's, or that of what is evaluated for it more often */
  ir_value index;     /* of another entry; IR_NO_VALUE: the own one */
  /* Present values inside a step; NULL: what the fields hold. */
  ir_value *states, *timers, *inputs;
  ir_value *lets; /* memo, IR_NO_VALUE where not yet computed; NULL: none */
  ir_value tick;  /* of the owner's timescale, at the time looked at */
  ir_value time;  /* ms */
  bool
      is_extrapolated; /* states are read as they go on since the owner's last tick, where that has `coupling linear` */
  ir_value known;      /* b1, of a partner that may be absent; IR_NO_VALUE: always there */
  const model_component *defaults; /* the synapse that has the defaults for an absent one */
};

typedef struct {
  lowering *l;
  ir_builder *b;
  view *side[4];          /* by model_side; NULL: not there */
  ir_value who_a, who_b;  /* who draws random numbers */
  uint32_t timescale;     /* whose tick keys the draws */
  const char *key_prefix; /* of draws that belong to a component, "sheet/" */
  ir_value *locals;
  past_values pasts;   /* what is read of pre as it was */
  uint32_t connection; /* of links: for distance, fan; NSA_NONE */
  uint32_t distance;   /* field of it; NO_FIELD: that of the links, made when used */
  bool has_copies;     /* several links of a pair draw for themselves */
  uint32_t copy;       /* field of which of them it is; NO_FIELD: that of the links, made when used */
} scope;

/* A view of what the fields of a population hold, at an entry. */
view *view_of_population(lowering *l, ir_builder *b, uint32_t population, ir_value index);
view *view_of_connection(lowering *l, ir_builder *b, uint32_t connection, ir_value index);
scope scope_of_population(lowering *l, ir_builder *b, uint32_t population);
/* For functions over links: SELF, PRE, POST and ASTRO by the link's indices. */
scope scope_of_links(lowering *l, ir_builder *b, uint32_t connection);
/* The same by given indices; link IR_NO_VALUE: the own entry. */
scope scope_of_links_at(lowering *l, ir_builder *b, uint32_t connection, ir_value link, ir_value source,
                        ir_value target);
/* The partner's view, for a function over the side that it follows from (index: that side's entry),
 * or over links that have a partner each (index: the link). */
view *view_of_partner(lowering *l, ir_builder *b, uint32_t connection, ir_value index);
void view_forget_lets(view *v);

/* Of an expression of a population's or connection's component. */
dependence lower_dependence(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e);
/* The same, all sides together. */
uint32_t lower_self_dependence(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e);
/* The value at the start of a run, by the model's own numbers: random draws are at their mean,
 * inputs zero, timers off, t = 0. is_constant: nothing of that was assumed, and no parameter was read. */
typedef struct {
  double value;
  bool is_constant;
} evaluated;
evaluated lower_evaluate(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e);
/* Words of sides in names of kernels, as in the language. */
extern const char *const lower_side_words[4];
bool lower_hears(const model_component *c);                       /* whether it has blocks of signals */
bool lower_emits_event(const model_component *c, uint32_t event); /* whether a block emits it */
bool lower_is_crossing(const model_event *ev);
bool lower_is_arrival(const model_on *on); /* a block of a synapse that events or signals run */
bool lower_has_event_blocks(const model_component *c);
/* Whether a block emits an event or signal, in any of its statements; how many statements of a component emit an event.
 */
bool lower_emits(const model_block *block, bool is_signal, uint32_t item);
uint32_t lower_emissions(const model_component *c, uint32_t event);
/* Whether a parameter has a value for each element or link. */
bool lower_is_varied(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t param);
const model_component *component_of(const lower_context *ctx, bool is_connection, uint32_t owner);
bool lower_draws(const lower_context *ctx, uint32_t population, const model_expr *e);
/* Whether phase 4 of a population is done by functions of its own, before the step's: stages, or solvers between two
 * halves of diffusion. */
bool lower_is_split(const lower_context *ctx, uint32_t population);
bool lower_is_staged(const lower_context *ctx,
                     uint32_t connection); /* contributes in these functions, not to what is held over them */
/* Whose events a block of a synapse runs at; SIDE_SELF: no partner's. */
model_side lower_side_of_block(block_kind kind);
uint32_t lower_population_of_side(const lower_context *ctx, uint32_t connection, model_side side);
void lower_decide(const lower_context *ctx, const char *subject, const char *topic, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* What a parameter or state starts with: its last override, else its declaration. */
const model_expr *lower_initial_value(const lower_context *ctx, bool is_connection, uint32_t owner, model_ref_kind kind,
                                      uint32_t item);
const model_component *component_of_population(const lower_context *ctx, uint32_t population);
const model_component *component_of_connection(const lower_context *ctx, uint32_t connection);
uint32_t ticks_of_population(const lower_context *ctx, uint32_t population); /* base ticks a tick */
bool lower_is_slow(const lower_context *ctx, uint32_t population); /* on a timescale that is not the fastest */
bool lower_is_extrapolated(const lower_context *ctx,
                           uint32_t population);                 /* by those who read its states between its ticks */
uint64_t lower_whole_ticks(const lower_context *ctx, double ms); /* base ticks, rounded; UINT64_MAX: without end */
uint32_t lower_base_timescale(const lower_context *ctx);         /* the one whose tick is the base tick */
/* The timescale of the fastest partner: on it contributions are evaluated and event-driven states of links stand. */
uint32_t lower_clock_of_links(const lower_context *ctx, uint32_t connection);
bool state_has_equation(const model_component *c, uint32_t state);
/* Which equations are advanced together. */
typedef struct {
  uint32_t timescale;
  const link_advance *advance; /* of a connection: per state; NULL: all equations of the timescale */
  const model_side *home;
  link_advance wanted;
  model_side of_home;
  ir_value step; /* ms; IR_NO_VALUE: that of the timescale */
} system_of;
/* Whether the equation of a state of this system is linear with constant coefficients; if not, why. */
bool lower_is_exact(scope *s, const system_of *of, uint32_t state, const char **why);

#endif
