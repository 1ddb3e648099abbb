/* SPDX-License-Identifier: MIT */
/* model_network.h - populations, connections and their coupling. */
#ifndef NSA_MODEL_MODEL_NETWORK_H
#define NSA_MODEL_MODEL_NETWORK_H

#include "model/model_component.h"

/* A param of the top level: a number that the compiler knows. --set and variants give it another one, and the model is
 * compiled anew. */
typedef struct {
  const char *name;
  span at;
  dim unit;
  double value;
  bool has_range;
  double lo, hi;
  bool is_of_variant; /* the value is of the chosen variant, and another one than that of the file */
} model_global;

typedef struct {
  const char *name;
  double dt;      /* ms */
  uint32_t ticks; /* multiple of the fastest */
  span at;
} model_timescale; /* [0] is the default of components; base_dt is the smallest dt */

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

/* What a table says of each link beside its ends. */
typedef struct {
  const char *name; /* in the head of the table: of a param or state, `delay`, `delay_back` */
  span at;
  dim unit;
} model_column;

typedef struct {
  nsa_rule_kind kind;
  span at;
  /* Refs: SIDE_PRE and SIDE_POST index, row, col, x, y, params; REF_DISTANCE; random functions. */
  model_expr *probability;  /* PROBABILITY: a number */
  model_expr *condition;    /* WHERE: a truth value */
  uint32_t degree;          /* INDEGREE, OUTDEGREE: k; NEIGHBOURS: 4 or 8; SCALE_FREE: m; SMALL_WORLD: k; POOL: size */
  double rewiring;          /* SMALL_WORLD: probability of each edge */
  nsa_profile_kind profile; /* INDEGREE, OUTDEGREE: partners are drawn by distance */
  double length;            /* of the profile, in um when the population is spaced, else grid steps */
  uint32_t tile_rows, tile_cols, stride;
  const char *path;          /* FILE, as a path that opens */
  VEC(model_column) columns; /* FILE */
  bool pool_block;           /* POOL: partners that follow one another, else drawn ones */
} model_rule;

typedef struct {
  const char *name; /* the connection's, or its synapse's */
  span at;
  uint32_t source, target; /* populations */
  uint32_t component;      /* the synapse, as resolved for these ends: a component of its own */
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

#endif
