/* SPDX-License-Identifier: MIT */
/* plan.h - what is decided of populations, connections and timescales before anything is built. */
#ifndef NSA_LOWER_PLAN_H
#define NSA_LOWER_PLAN_H

#include "lower/pure/pure.h"

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
} element_state;

typedef struct {
  const model_on *keeper; /* the first block that emits it before the step's kernel, which sends it; NULL: none does */
  bool is_driven;         /* from outside */
  bool is_remembered;     /* whether its condition held is kept from step to step; else it is evaluated again */
  bool counts_repeats;    /* it may be emitted or driven once more in one step */
  bool counts_stuck;      /* its own blocks may leave its crossing's condition true */
} event_plan;

typedef struct {
  const model_on *keeper; /* as for events */
  bool is_sent;           /* by a block */
} signal_plan;

typedef enum {
  SETTLES_IN_STEP,   /* the step's kernel does phase 1 */
  SETTLES_APART,     /* a kernel of its own, for the few elements that fired */
  SETTLES_FOR_OTHERS /* a kernel of its own, before anything looks at the population */
} settle_kind;

typedef struct {
  element_state *states;
  event_plan *events;
  signal_plan *signals;
  bool *has_stimulus, *is_input_added_to; /* per input; the latter by events */
  settle_kind settle;
  bool is_looked_at;        /* by events or clocked links: they see it after phase 1 */
  bool is_added_to_at_once; /* what arrives, and what signals and phases do, becomes part of the states in phase 2, not
                               in the step */
  bool is_split;            /* kernels of a stage set do phase 4 */
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

bool lower_is_driven(const lower_context *ctx, uint32_t population, uint32_t event); /* from outside */
bool lower_is_part(const input_plan *plan, uint32_t every);

/* is_clocked: per connection, whether its links do anything by the clock. */
const population_plan *plan_populations(const lower_context *ctx, const bool *is_clocked);
/* Of one population, by input; terms: what is added to its inputs. */
const input_plan *plan_inputs(const lower_context *ctx, uint32_t population, const population_plan *of,
                              const target_term *terms, uint32_t count);

/* How fast links couple populations of one timescale, and for which steps that is stable (coupling.c). */
typedef struct {
  bool is_staged;     /* contributions at stages, with the populations' own equations; else held over a step */
  double rate, limit; /* 1/ms; of the step times the rate, INFINITY: none */
  uint32_t timescale, strongest; /* connection */
  nums populations, connections;
  VEC(double) degrees; /* links that feed an element, per connection */
} coupling_bound;
typedef VEC(coupling_bound) coupling_bounds;

coupling_bounds plan_coupling(const lower_context *ctx); /* warns of steps that are too long: W0401 */
double lower_coupling_rate(const coupling_bounds *bounds, uint32_t population); /* the largest; 0: none is known */

/* All that is decided before anything is built. */
struct lower_plan {
  coupling_bounds coupling;
  const population_plan *populations;
  const input_plan **inputs; /* of each population, by input */
};

/* Whether an input that is not finite shows in a state at once. */
bool lower_shows_input(const lower_context *ctx, uint32_t population, uint32_t input);
/* pasts.c: the values of pre that an expression at links reads and that change, each once; their fields are not there
 * yet. */
void lower_find_pasts(const lower_context *ctx, uint32_t connection, const model_expr *e, past_values *out);
/* What is lost where equations have different solvers: W0406, W0407. odes: of the system's states. */
void lower_warn_of_mixes(const lower_context *ctx, const model_component *c, const solve_system *sys,
                         const model_ode *const *odes, const solve_choice *choices);
void lower_link_states(lowering *l, uint32_t connection); /* how each is kept: before its fields are made */
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
/* Whether the event-driven states of a home follow a slow partner's values. */
bool lower_follows_partner(const lowering *l, uint32_t connection, model_side home);
bool lower_has_probe(nsa_measure_kind kind);
/* Whether a measure reads a state of a connection's links. */
bool lower_measure_reads(const lower_context *ctx, const model_measure_node *n, uint32_t connection, uint32_t state);

#endif
