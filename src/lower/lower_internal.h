/* SPDX-License-Identifier: MIT */
/* lower_internal.h - what the files of this stage share. */
#ifndef NSA_LOWER_INTERNAL_H
#define NSA_LOWER_INTERNAL_H

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
  uint32_t *start;       /* per state: where the stages of a step start; NO_FIELD: of no equation that stages advance */
  uint32_t *frozen;      /* likewise: `unless` holds it in this step */
  uint32_t *stage_rate;  /* per state and stage: its rate there */
  bool *is_staged_input; /* per input: something contributes to it while phase 4 goes on */
  uint32_t *held_input;  /* per input: what is held of it while the stages are made; NO_FIELD: nothing is */
  double coupling_rate;  /* 1/ms, at which links change its states; 0 where none do, or nothing is known */
  bool is_looked_at;     /* by events or clocked links: they see it after phase 1 */
  bool is_added_to_at_once; /* what arrives, and what signals and phases do, becomes part of the states in phase 2, not
                               in the step */
  uint32_t *input_every;    /* base ticks between two collections into the input; 0: nothing is collected */
  bool *is_windowed;        /* per input of a slow population: something comes to it between two ticks (windows.c) */
  bool *is_by_step;         /* per such input: it is combined before each fast step, not where links are collected */
  uint32_t *given,
      *window; /* per such input: what links gave last; what its window has come to. NO_FIELD: not needed */
  VEC(input_part) parts;
  let_memo *lets; /* NULL until the fields are complete */
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
  let_memo *lets; /* NULL until the fields are complete */
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

/* ---- expressions ---- */

ir_value lower_expr(scope *s, const model_expr *e);
/* Has the run stop where p, of a draw that is used, does not lie between 0 and 1. */
void lower_watch_probability(scope *s, const model_expr *draw, ir_value p);
/* Such fields are looked at beside states; when all functions and tables are there. */
void lower_watched_probabilities(lowering *l);
/* The product of factors; 1 when there are none. */
ir_value lower_product(scope *s, model_expr *const *factors, uint32_t count);
/* round(duration / dt), at least 0: whole ticks. */
/* finite.c */
void lower_check(ir_builder *b, ir_value x);
/* Whether an input that is not finite shows in a state at once. */
bool lower_shows_input(const lowering *l, uint32_t population, uint32_t input);

ir_value lower_time_of(ir_builder *b, ir_value tick, double dt);
ir_value lower_nearest_tick(ir_builder *b, ir_value time, double dt);
ir_value lower_ticks(scope *s, const model_expr *duration, uint32_t timescale);

/* ---- what an expression depends on ---- */

/* Only owner and component of the views are looked at. */
dependence lower_dependence(lowering *l, view *const side[4], const model_expr *e);
/* The views of an owner's sides, with owner and component only. */
void lower_sides(lowering *l, bool is_connection, uint32_t owner, view views[4], view *side[4]);
/* Of an expression of a population's or connection's component, all sides together. */
uint32_t lower_self_dependence(lowering *l, bool is_connection, uint32_t owner, const model_expr *e);

/* ---- numbers ---- */

/* The value at the start of a run, by the model's own numbers: random draws are at their mean,
 * inputs zero, timers off, t = 0. exact: only when nothing of that was assumed and no parameter was
 * read. */
typedef struct {
  double value;
  bool is_constant;
} evaluated;
evaluated lower_evaluate(lowering *l, bool is_connection, uint32_t owner, const model_expr *e);

/* ---- the parts of the stage, in the order in which they run ---- */

void lower_population_fields(lowering *l, uint32_t population);
void lower_connection_fields(lowering *l, uint32_t connection);
void lower_connection_init(lowering *l, uint32_t connection); /* parameters and states of links */
nsa_rule_kind lower_rule_kind(rule_kind kind);
void lower_connection_table(lowering *l, uint32_t connection); /* rules and partner */
void lower_contributions(lowering *l, uint32_t connection);    /* split into terms */
void lower_input_fields(lowering *l);                          /* after all contributions are split */
void lower_link_values(lowering *l);                           /* after the fields of inputs */
/* pasts.c: the values of pre that an expression at links reads and that change, each once; their fields are not there
 * yet. */
void lower_find_pasts(lowering *l, uint32_t connection, const model_expr *e, past_values *out);
uint32_t lower_past_field(const past_values *pasts, const model_expr *ref); /* NO_FIELD: it is read as it is */
void lower_population_init(lowering *l, uint32_t population);
void lower_step(lowering *l, uint32_t population);
void lower_rates_of(lowering *l, uint32_t population); /* of options->equations_only */
bool lower_needs_settling(const lowering *l, uint32_t population);
bool lower_settles_apart(lowering *l, uint32_t population);       /* needs it, or is faster with it */
bool lower_hears(const model_component *c);                       /* whether it has blocks of signals */
bool lower_emits_event(const model_component *c, uint32_t event); /* whether a block emits it */
bool lower_is_crossing(const model_event *ev);
bool lower_draws(lowering *l, uint32_t population, const model_expr *e);
void lower_settle(lowering *l, uint32_t population); /* phase 1, and what arrived, apart from the step */
uint32_t lower_signal_bit(const lowering *l, uint32_t population, uint32_t signal); /* its number among the events */
void lower_phase_block(lowering *l, uint32_t number);
void lower_source_term(scope *s, const source_term *t); /* stores it, and whether it is not zero */
void lower_sources(lowering *l, uint32_t population);
void lower_collects(lowering *l, uint32_t population);
void lower_window_fields(lowering *l, uint32_t population, uint32_t input);
uint32_t lower_part_of(const population_fields *f, uint32_t input, uint32_t every); /* NO_FIELD: none */
void lower_into_window(lowering *l, ir_builder *b, uint32_t population, uint32_t input, ir_value x);
/* For a function of a slow component that runs at fast steps: t and what is drawn are those of the fast step. */
void lower_at_fast_steps(scope *s);
/* For a continuous contribution: t is the time of the tick of the fastest participant, whatever the clock of the links.
 */
void lower_when_contributing(scope *s, uint32_t connection);
void lower_hear(lowering *l, uint32_t population);   /* what signals and driven events do between its ticks */
void lower_window(lowering *l, uint32_t population); /* what is combined before each fast step */
/* Of an input that has a window: its value at the tick. Where it is taken, it is left in the input's field, and the
 * window begins anew. */
ir_value lower_windowed_input(lowering *l, ir_builder *b, uint32_t population, uint32_t input, bool is_taken);
void lower_experiment(lowering *l);
void lower_signal_fields(lowering *l);
void lower_signals(lowering *l); /* their schedules */

/* What a block of a synapse adds to a state or input of a partner. */
typedef struct {
  model_side side;
  bool is_input;
  uint32_t item;
  uint32_t total; /* into the connection's totals; NSA_NONE: a state or input */
  ir_value value;
  span at; /* where it is said first */
} block_increment;
typedef VEC(block_increment) block_increments;

/* The values that blocks change, while a function is being built. */
typedef struct {
  ir_value *states, *timers, *emitted; /* timers: then the refractory ends, by event; emitted: events, then signals */
  ir_value *repeated; /* by event: how often it was emitted when it had been already; IR_NO_VALUE: not counted */
  uint32_t state_count, timer_count, event_count;
  block_increments increments; /* of blocks of a synapse: all there can be, made before */
} block_state;
void lower_block(scope *s, block_state *state, const model_block *block);
/* Makes the increments that a block can have, from zero. */
void lower_find_increments(scope *s, block_state *state, const model_block *block);
/* Runs the block for the lanes where cond is true. */
void lower_block_if(scope *s, block_state *state, const model_block *block, ir_value cond);

/* What is lost where equations have different solvers: W0406, W0407. odes: of the system's states. */
void lower_warn_of_mixes(lowering *l, const model_component *c, const solve_system *sys, const model_ode *const *odes,
                         const solve_choice *choices);

/* Per equation, the truth value that its state stands still in this step; IR_NO_VALUE: it never does. */
const ir_value *lower_find_held(scope *s, const model_ode *const *odes, uint32_t n);
/* Standard normal draws of a step for a system; pop: its owner's name, in the keys. */
const ir_value *lower_draw_noise(scope *s, const char *pop, const solve_system *sys, const model_ode *const *odes);
/* Advances the equations of SELF (a population, or the clocked ones of a connection) by a step; checks the new states.
 */
void lower_equations(scope *s, block_state *state);

/* ---- phase 4 in several functions (stages.c) ---- */

/* Whether phase 4 of a population is done by functions of its own, before the step's: stages, or solvers between two
 * halves of diffusion. */
bool lower_is_split(const lowering *l, uint32_t population);
bool lower_is_staged(const lowering *l,
                     uint32_t connection); /* contributes in these functions, not to what is held over them */
void lower_stage_sets(lowering *l);        /* before all fields */
void lower_stage_fields(lowering *l, uint32_t population); /* with the population's */
void lower_stage_inputs(lowering *l, uint32_t population); /* when all contributions are split */
void lower_stages(lowering *l, uint32_t population);       /* its functions */
/* A source function, respectively the newest sum, of a connection is evaluated at stages as well. */
void lower_stage_source(lowering *l, uint32_t connection, uint32_t kernel);
void lower_stage_sum(lowering *l, uint32_t connection);
void lower_finish_stages(lowering *l);
/* How fast links couple, and for which steps that is stable (coupling.c). */
void lower_coupling_rates(lowering *l);
/* Its own equations by their solvers, wherever they are in the step. */
void lower_own_equations(scope *s, block_state *state);
/* The rates of a component's own equations at these states and this time, by state; IR_NO_VALUE: it has none.
 * explained: the set whose choice and time constants are to be told, or NULL. */
void lower_rates_at(scope *s, const block_state *state, ir_value time, const model_stage_set *explained,
                    ir_value *rates);
/* The sum of the terms of an input: all, or those of connections that are held, or evaluated at stages. IR_NO_VALUE:
 * none. */
typedef enum { TERMS_ALL, TERMS_HELD, TERMS_STAGED } term_choice;
ir_value lower_input_total(lowering *l, ir_builder *b, uint32_t population, uint32_t input, uint32_t every,
                           term_choice choice);

/* ---- links: their states, and what events do at them ---- */

/* Which equations are advanced together. */
typedef struct {
  uint32_t timescale;
  const link_advance *advance; /* of a connection: per state; NULL: all equations of the timescale */
  const model_side *home;
  link_advance wanted;
  model_side of_home;
  ir_value step; /* ms; IR_NO_VALUE: that of the timescale */
} system_of;
/* Advances the event-driven states of a home by `step`. */
void lower_advance_links(scope *s, block_state *state, model_side home, ir_value step);
/* Whether the equation of a state of this system is linear with constant coefficients; if not, why. */
bool lower_is_exact(scope *s, const system_of *of, uint32_t state, const char **why);

void lower_link_states(lowering *l, uint32_t connection); /* how each is kept: before its fields are made */
void lower_arrival_fields(lowering *l, uint32_t connection);
void lower_arrivals(lowering *l);
/* Whose events a block of a synapse runs at; SIDE_SELF: no partner's. */
model_side lower_side_of_block(block_kind kind);
uint32_t lower_population_of_side(const lowering *l, uint32_t connection, model_side side);
/* Whether links read the state of an element, in blocks, equations or contributions. */
bool lower_links_read(const lowering *l, uint32_t population, uint32_t state);
/* Whether a block sets a state of its own. */
bool lower_sets_state(const model_block *block, uint32_t state);
/* Whether a block of a connection adds to a state of the population. */
bool lower_is_added_to(const lowering *l, uint32_t population, uint32_t state);
bool lower_is_set_by_phase(const lowering *l, uint32_t population, uint32_t state);
/* Whether a block of an event of its own sets the state; whether anything but its equation does. */
bool lower_is_reset(const lowering *l, bool is_connection, uint32_t owner, uint32_t state);
bool lower_is_set(const lowering *l, bool is_connection, uint32_t owner, uint32_t state);
/* Whether an expression of a synapse reads a state of its link, lets looked through. */
bool lower_reads_state(const lowering *l, uint32_t connection, const model_expr *e, uint32_t state);
/* Whether the event-driven states of a home follow a slow partner's values. */
bool lower_follows_partner(const lowering *l, uint32_t connection, model_side home);
/* Whether a measure reads a state of a connection's links. */
bool lower_measure_reads(const lowering *l, const model_measure_node *n, uint32_t connection, uint32_t state);
/* Phase 3: `every` and `each step` blocks of SELF. */
void lower_clocked_blocks(scope *s, block_state *state);
void lower_link_step(lowering *l, uint32_t connection);
/* All states as they are when the base tick `tick` begins, into the view: event-driven ones are advanced. */
void lower_load_links(scope *s, block_state *state, ir_value tick);

/* ---- small helpers ---- */

void lower_decide(lowering *l, const char *subject, const char *topic, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Once for each text. */
void lower_note_draw(lowering *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
uint32_t lower_add_field(lowering *l, const char *name, uint32_t domain, nsa_type type, nsa_field_kind kind,
                         double value, const dim *unit, span at);
/* What a parameter or state starts with: its last override, else its declaration. */
const model_expr *lower_initial_value(const lowering *l, bool is_connection, uint32_t owner, model_ref_kind kind,
                                      uint32_t item);
/* Stores the value of a parameter that is not a constant, unless it was given from outside. */
void lower_store_param(scope *s, uint32_t field, const model_expr *value);
/* A function over the run for the uniform ones of an owner, where there are any. */
void lower_uniform_params(lowering *l, bool is_connection, uint32_t owner);
/* For values of a connection that are the same for all its links. */
scope lower_uniform_scope(lowering *l, uint32_t connection, ir_builder *b);
/* Of the links of each target or partner (fan_in), or source (fan_out). */
uint32_t lower_fan_field(lowering *l, uint32_t connection, model_side side);
uint32_t lower_distance_field(lowering *l, uint32_t connection);
uint32_t lower_copy_field(lowering *l, uint32_t connection);
nsa_place lower_place(lowering *l, span at);
uint64_t lower_dim_bits(dim d);
/* What the window of an input's collections starts from, where they come faster than the
 * component's ticks. */
uint32_t *lower_no_fields(lowering *l, uint32_t count);
const model_component *component_of_population(const lowering *l, uint32_t population);
const model_component *component_of_connection(const lowering *l, uint32_t connection);
uint32_t ticks_of_population(const lowering *l, uint32_t population); /* base ticks a tick */
bool lower_is_slow(const lowering *l, uint32_t population);           /* on a timescale that is not the fastest */
bool lower_is_extrapolated(const lowering *l, uint32_t population); /* by those who read its states between its ticks */
uint64_t lower_whole_ticks(const lowering *l, double ms);           /* base ticks, rounded; UINT64_MAX: without end */
uint32_t lower_base_timescale(const lowering *l);                   /* the one whose tick is the base tick */
/* The timescale of the fastest partner: on it contributions are evaluated and event-driven states of links stand. */
uint32_t lower_clock_of_links(const lowering *l, uint32_t connection);
ir_value lower_tick_of_links(const lowering *l, ir_builder *b, uint32_t connection);
bool state_has_equation(const model_component *c, uint32_t state);

/* ---- precision.c ---- */

/* Which fields and operations are of single precision; when all functions and tables are there. */
void lower_precision(lowering *l);
/* Whether that will make f compute with floats. */
bool lower_is_narrowed(const lowering *l, const ir_function *f);

#endif
