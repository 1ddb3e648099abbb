/* SPDX-License-Identifier: MIT */
/* print.h - the parts of a dump. */
#ifndef NSA_MODEL_PRINT_PRINT_H
#define NSA_MODEL_PRINT_PRINT_H

#include "model/model.h"
#include "support/text.h"

/* What is printed to, and whose items the sides of expressions are. */
typedef struct {
  const model *m;
  text *out;
  const model_component *side[4]; /* by model_side; NULL: nobody is there */
} printer;

/* A printer for expressions of a component, respectively of values that belong to a population or connection. */
printer print_in_component(const model *m, text *out, const model_component *c);
printer print_in_owner(const model *m, text *out, bool is_connection, uint32_t owner);

/* In the notation of the language, with the fewest parentheses that keep the tree. NULL: "nothing". */
void print_expr(const printer *p, const model_expr *e);
/* "20 mV": a number of the internal system with its unit; "inf". */
void print_number(const printer *p, double value, dim unit);
void print_ms(const printer *p, double time);
/* Lines of statements, each behind `indent` spaces. */
void print_block(const printer *p, const model_block *block, int indent);
/* " NAME = VALUE" lines behind two spaces. */
void print_overrides(const printer *p, const model_override *data, uint32_t len);
/* "sheet" or "stdp", the name of a population or connection. */
const char *print_owner(const printer *p, bool is_connection, uint32_t owner);

/* " WORD PHASE", nothing where there is none. */
void print_during(const printer *p, const char *word, uint32_t phase);
void print_probe(const model *m, const model_probe *x, text *out);
void print_measure(const printer *p, const model_measure_node *n);
void print_channel(const printer *p, uint32_t channel); /* "maze.here" */
void print_environment(const model *m, const model_environment *e, text *out);
void print_act(const model *m, const model_act *act, text *out);

void print_component(const model *m, uint32_t component, text *out);
void print_network(const model *m, text *out);
void print_experiment(const model *m, text *out);

#endif
