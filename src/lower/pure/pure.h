/* SPDX-License-Identifier: MIT */
/* pure.h - what the rooms of this stage share about the model, and what follows from the model alone. */
#ifndef NSA_LOWER_PURE_H
#define NSA_LOWER_PURE_H

#include "lower/lower.h"

typedef VEC(uint32_t) nums;
typedef VEC(nsa_kernel_id) kernel_ids;

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
  DEPENDS_DISTANCE = 1024,
  DEPENDS_CHANNEL = 2048, /* what an environment shows */
  DEPENDS_LASTING_PARAM = 512,
  DEPENDS_PHASED_PARAM = 4096, /* one that a phase sets, or that follows from such a one */
  DEPENDS_PARAM = DEPENDS_LASTING_PARAM | DEPENDS_PHASED_PARAM /* either */
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

/* Whether phases change it. */
typedef enum { CHANGE_UNKNOWN, CHANGE_NEVER, CHANGE_AT_PHASES } change_memo;

/* The value of a parameter or let at the start of a run. */
typedef struct {
  bool is_known, is_constant;
  double value;
} value_memo;

/* What was asked about an owner before; filled when it is first asked for. */
typedef struct {
  let_memo *lets;
  param_memo *params;
  change_memo *changes; /* of params */
  value_memo *let_values, *param_values;
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
/* Signals in the order in which those of one tick arrive: plain ones as declared, then by environment, by moment of its
 * decision, as declared. */
const uint32_t *lower_signals_by_rank(const lower_context *ctx);
/* The fastest first, whatever the order of their declarations. */
const uint32_t *lower_timescales_by_length(const lower_context *ctx);

#endif
