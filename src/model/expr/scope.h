/* SPDX-License-Identifier: MIT */
/* scope.h - where an expression stands: what it can name, and what it may use.
 *
 * Names are found in this order: bindings (arguments of a function, lets of a block, loop variables), the items of the
 * component, constants, functions, units. */
#ifndef NSA_MODEL_EXPR_SCOPE_H
#define NSA_MODEL_EXPR_SCOPE_H

#include "model/names/checker.h"

enum {
  ALLOW_STATE = 1, /* states, inputs, lets, timers: what changes during the run */
  ALLOW_TIME = 2,  /* t */
  ALLOW_DT = 4,
  ALLOW_PLACE = 8, /* i row col x y of the element itself */
  ALLOW_RANDOM = 16,
  ALLOW_NOISE = 32,
  ALLOW_DISTANCE = 64,
  ALLOW_PIXEL = 128,
  ALLOW_CHANNEL = 256,     /* what an environment shows */
  ALLOW_WINDOW_COUNT = 512 /* count(POPULATION.EVENT), of a decision's window */
};

typedef struct binding binding;
struct binding {
  const char *name;
  model_expr *value; /* NULL: unknown after an error */
  const binding *next;
};

typedef struct function_frame function_frame;
struct function_frame {
  const ast_function *function;
  const function_frame *next;
};

typedef struct component_builder component_builder;

/* A component with items that an expression can name. */
typedef struct {
  const model_component *component; /* NULL: not there */
  component_usage *usage;
  const model_population *population; /* for the unit of places; NULL: places are lengths */
} expr_side;

typedef struct {
  checker *ck;
  component_builder *builder; /* NULL outside of a component that is being checked */
  expr_side side[4];          /* by model_side */
  bool has_ends;              /* pre., post. and astro. can be named */
  bool ends_unknown;          /* a synapse that no connection uses */
  bool is_partner_rule;       /* in the result the near element is SIDE_PRE, the partner SIDE_POST */
  model_side near;            /* the end that ASTRO goes with, where both are there */
  unsigned allow;
  const char *where;    /* "an initial value": for messages */
  uint32_t param_limit; /* params from this item on are not there yet */
  file_scope *home;     /* functions are looked up here */
  const binding *bindings;
  const function_frame *frames;
  const char *key_base; /* of random draws */
  uint32_t *draws;
  span connect_at;                  /* of the connection, for notes */
  const char *self_name;            /* `NAME.item` means an item of SIDE_SELF; NULL: nothing does */
  bool has_distance_unit;           /* distance is a length, not grid steps */
  const struct bare_number *target; /* what the value is for, where that is a bare number; else NULL */
  bool is_rate;                     /* the value is its equation's */
} expr_env;

#endif
