/* SPDX-License-Identifier: MIT */
/* expr.h - what loads fields: scopes, expressions, source terms.
 *
 * Takes the model, the plan and the fields of `lowering`; appends operations to the function that a scope builds. What
 * changes states is in advance.h, what adds fields in fields.h. */
#ifndef NSA_LOWER_EXPR_H
#define NSA_LOWER_EXPR_H

#include "lower/plan/plan.h"

/* Fields of what a source, or a partner, computes for its links. */
typedef struct {
  nsa_field_id field;  /* NSA_FIELD_SOURCE_TERM of the population */
  nsa_field_id active; /* b1 field beside it: the term is not zero */
} source_fields;

/* Fields of one term of a contribution, on the target side. */
typedef struct {
  nsa_field_id sum;     /* what its target factors multiply; NSA_NO_FIELD: they stand alone */
  nsa_field_id arrived; /* TERM_TOTAL: what events add to the sum */
} term_fields;

/* What the contributions to an input give that are evaluated every so many base ticks, where others are more often. */
typedef struct {
  uint32_t input, every;
  nsa_field_id field;
} input_part;

typedef struct {
  uint32_t domain;
  nsa_field_id *param, *state, *timer, *input, *external, *fired, *edge, *refractory,
      *driven; /* by item; NSA_NO_FIELD where not needed */
  nsa_field_id *repeated,
      *stuck;          /* per event, counters of each element: it was emitted or driven once more in one step;
                      its own blocks left its crossing's condition true; NSA_NO_FIELD where that cannot be */
  nsa_field_id *slope; /* per state: its last change by its equation, a base tick; NSA_NO_FIELD: held for its readers */
  nsa_field_id *arrived_state, *arrived_input; /* what events add to; NSA_NO_FIELD where none does */
  nsa_field_id *sent;                          /* per signal: flag that a block sends it; NSA_NO_FIELD */
  nsa_field_id *pending; /* per own event, then per signal: flag that a block emitted it before the step's function;
                            NSA_NO_FIELD */
  nsa_field_id
      *start; /* per state: where the stages of a step start; NSA_NO_FIELD: of no equation that stages advance */
  nsa_field_id *frozen;     /* likewise: `unless` holds it in this step */
  nsa_field_id *stage_rate; /* per state and stage: its rate there */
  nsa_field_id *held_input; /* per input: what is held of it while the stages are made; NSA_NO_FIELD: nothing is */
  nsa_field_id *given,
      *window; /* per such input: what links gave last; what its window has come to. NSA_NO_FIELD: not needed */
  VEC(input_part) parts;
} population_fields;

typedef struct {
  uint32_t domain, candidates;
  nsa_field_id *param, *state; /* state: NSA_NO_FIELD where only its sums are kept */
  nsa_field_id
      advanced[4];   /* by home: the tick of lower_clock_of_links that event-driven states stand at; NSA_NO_FIELD */
  uint32_t arrivals; /* domain of a batch of links; NSA_NONE */
  nsa_field_id arrival_link, arrival_source, arrival_target, arrival_partner;
  nsa_field_id delay, delay_back;
  nsa_field_id link_source, link_target, link_distance, link_copy;
  nsa_field_id *link_column; /* by column of its table; NSA_NO_FIELD: nobody looks at it */
  nsa_field_id candidate_source, candidate_target, candidate_distance;
  nsa_field_id partner_index, partner_known, partner_fan;
  nsa_field_id fan_in, fan_out; /* of target and source domain; made when used */
} connection_fields;

typedef VEC(nsa_field_id) field_ids;

/* A value of pre that a term reads link by link: where the connection has a delay, a field of the links has it as it
 * was. */
typedef struct {
  const model_expr *ref;
  nsa_field_id field;
} past_value;
typedef VEC(past_value) past_values;

/* A factor of a contribution that is evaluated at each link: its function's body waits for the fields of inputs. */
typedef struct {
  ir_function *function;
  const term_plan *term;
  nsa_field_id field;
  past_values pasts;
} link_value;

/* How often an event of each element of a population happened in the window of a decision. */
typedef struct {
  uint32_t population, event;
  nsa_field_id field;
} window_count;
typedef VEC(window_count) window_counts;

typedef VEC(ir_value) setter_values;

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
  term_fields *terms;     /* by number of the plan */
  source_fields *sources; /* likewise */
  /* growing lists of the program */
  VEC(nsa_population) population_list;
  VEC(nsa_connection) connection_list;
  VEC(nsa_kernel_id) init_list;
  VEC(nsa_kernel_id) weight_init_list; /* constant weights, after what the links start with */
  VEC(nsa_kernel_id) source_list, start_list;
  VEC(link_value) link_value_list;
  VEC(nsa_link_sum) sum_list;
  VEC(nsa_past) past_list;
  VEC(nsa_collect) collect_list;
  VEC(nsa_coupling_bound) bound_list;
  VEC(nsa_stage_set) stage_list; /* by the model's stage_sets */
  VEC(kernel_ids) stage_sources;
  VEC(nums) stage_sums, stage_collects; /* of these */
  VEC(nsa_arrival) arrival_list;
  VEC(nsa_link_step) link_step_list;
  VEC(nsa_stimulus) stimulus_list;
  VEC(nsa_phase_block) phase_block_list;
  kernel_ids edge_link_list, edge_param_list; /* where phases set params */
  VEC(nsa_act) act_list;                      /* as the plan has them */
  VEC(nsa_probe) probe_list;
  VEC(nsa_record) record_list;
  VEC(nsa_measure_node) node_list;
  VEC(nsa_settable) settable_list;
  VEC(nsa_setter) setter_list;
  setter_values setter_values;              /* what these give */
  nsa_field_id when;                        /* the flag of the event or signal whose block is built; or none */
  nsa_field_id *signal_flag, *signal_value; /* uniform fields, by signal */
  nsa_field_id *channels;                   /* fields, by channel */
} lowering;

/* ---- views: what a side of an expression is, in the function being built ---- */

/* What a let was when it was computed, and in which epoch of its view. */
typedef struct {
  ir_value value;
  uint32_t epoch; /* 0: never */
} known_let;

typedef struct view view;
struct view {
  bool is_connection;
  uint32_t owner;
  const model_component *component;
  uint32_t timescale; /* whose step `dt` is: the component's, or that of what is evaluated for it more often */
  ir_value index;     /* of another entry; IR_NO_VALUE: the own one */
  /* Present values inside a step; NULL: what the fields hold. */
  const ir_value *states, *timers, *inputs;
  ir_value tick; /* of the owner's timescale, at the time looked at */
  ir_value time; /* ms */
  /* A let is computed once an epoch. What its value may depend on changes by view_show, view_set and view_set_time
   * alone, and they raise the epoch; so do the two ends of a skip region (lower_skip_begin). */
  uint32_t epoch;
  known_let *lets; /* NULL: it has none */
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
  past_values pasts;     /* what is read of pre as it was */
  window_counts counts;  /* of the decision whose scores these are */
  uint32_t connection;   /* of links: for distance, fan; NSA_NONE */
  nsa_field_id distance; /* field of it; NSA_NO_FIELD: that of the links, made when used */
  bool has_copies;       /* several links of a pair draw for themselves */
  nsa_field_id copy;     /* field of which of them it is; NSA_NO_FIELD: that of the links, made when used */
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
/* The same, with no let computed: for other values, another time, or other sides beside it, while v stays as it is. */
view *view_like(lowering *l, const view *v);
/* Shows these values of states and timers. Who changes one of them later does it by view_set. */
void view_show(view *v, const ir_value *states, const ir_value *timers);
void view_show_inputs(view *v, const ir_value *inputs);
/* Gives a value that v shows, `shown`, a new value. */
void view_set(view *v, ir_value *shown, ir_value x);
void view_set_time(view *v, ir_value tick, ir_value time);
/* Between these, what is built may be skipped where no lane has cond. No let is carried over either end: behind the
 * region there is nothing that was computed in it. (A region in which no expression is lowered needs no such ends.) */
void lower_skip_begin(scope *s, ir_value cond);
void lower_skip_end(scope *s);

ir_value lower_expr(scope *s, const model_expr *e);
/* Has the run stop where p, of a draw that is used, does not lie between 0 and 1. */
void lower_watch_probability(scope *s, const model_expr *draw, ir_value p);
/* The product of factors; 1 when there are none. */
ir_value lower_product(scope *s, factors f);
/* Raises the flag of what is not finite where x is (finite.c). */
void lower_check(ir_builder *b, ir_value x);
ir_value lower_time_of(ir_builder *b, ir_value tick, double dt);
ir_value lower_nearest_tick(ir_builder *b, ir_value time, double dt);
/* round(duration / dt), at least 0: whole ticks. */
ir_value lower_ticks(scope *s, const model_expr *duration, uint32_t timescale);
void lower_source_term(scope *s, const source_plan *source); /* stores it, and whether it is not zero */
/* For a function of a slow component that runs at fast steps: t and what is drawn are those of the fast step. */
void lower_at_fast_steps(scope *s);
/* For a continuous contribution: t is the time of the tick of the fastest participant, whatever the clock of the links.
 */
void lower_when_contributing(scope *s, uint32_t connection);

#endif
