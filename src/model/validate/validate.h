/* SPDX-License-Identifier: MIT */
/* validate.h - the parts of model_validate (dump.h). Each returns whether its part is right; the first that is not
 * fills `wrong`. */
#ifndef NSA_MODEL_VALIDATE_VALIDATE_H
#define NSA_MODEL_VALIDATE_VALIDATE_H

#include "model/model.h"

typedef struct {
  arena *arena;
  const model *m;
  const char *where; /* "component `lif`": what is being looked at */
  const char *wrong; /* NULL: nothing */
} validation;

/* False; says it with `where`, unless something was wrong before. */
bool is_wrong(validation *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether an index lies in a list; `what` names the list. */
bool is_index(validation *v, uint32_t index, uint32_t len, const char *what);

/* What an expression can refer to. */
typedef struct {
  const model_component *side[4]; /* by model_side; NULL: nobody is there */
  uint32_t params, lets, locals;  /* of SIDE_SELF: those below it are there already */
} expr_limits;
expr_limits limits_in_component(const model *m, const model_component *c);
expr_limits limits_in_owner(const model *m, bool is_connection, uint32_t owner);

/* e: NULL is right where it is optional. */
bool validate_expr(validation *v, const expr_limits *limits, const model_expr *e, const char *what);
/* NULL is wrong, and so is a truth value where a number is wanted, or the other way round. */
bool validate_number(validation *v, const expr_limits *limits, const model_expr *e, const char *what);
bool validate_truth(validation *v, const expr_limits *limits, const model_expr *e, const char *what);
bool validate_block(validation *v, const expr_limits *limits, const model_block *block);

bool is_phase(validation *v, uint32_t phase); /* or none */
bool is_owner(validation *v, bool is_connection, uint32_t owner);
bool validate_probe(validation *v, const model_probe *p);
/* own: the number of the measure, which may use those before it. */
bool validate_measure(validation *v, uint32_t own, const model_measure_node *n);
bool validate_act(validation *v, const model_act *act);
/* Environments, decisions, and the condition of the run. */
bool validate_world(validation *v);
bool validate_component(validation *v, const model_component *c);
bool validate_network(validation *v);
bool validate_experiment(validation *v);

#endif
