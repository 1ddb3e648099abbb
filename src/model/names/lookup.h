/* SPDX-License-Identifier: MIT */
/* lookup.h - finds what is declared by its name.
 *
 * Names are interned: equal names are equal pointers. What is not there is NONE or false; functions that take an
 * ast_name report that, the others do not. */
#ifndef NSA_MODEL_NAMES_LOOKUP_H
#define NSA_MODEL_NAMES_LOOKUP_H

#include "model/names/checker.h"

/* An item of a component: a param, state, input, let, noise or timer. */
bool component_find(const model_component *c, const char *name, model_ref_kind *kind, uint32_t *item);
uint32_t component_find_event(const model_component *c, const char *name);
dim component_item_unit(const model_component *c, model_ref_kind kind, uint32_t item);
const char *kind_word(model_ref_kind kind);      /* "a state" */
const char *component_word(component_kind kind); /* "a neuron" */
/* pre, post or astro. */
bool side_find(const char *name, model_side *side);

/* Whether the model declares a population, phase or measure of this name, also where that is checked later. */
bool is_declared(const checker *ck, ast_decl_kind kind, const char *name);
uint32_t population_find(checker *ck, const char *name);
uint32_t connection_find(checker *ck, const char *name);
uint32_t environment_find(const checker *ck, const char *name);
/* The environment that `maze.NAME` is about; NONE: it is about something else. */
uint32_t environment_of(const checker *ck, const ast_expr *e);
uint32_t channel_find(const checker *ck, uint32_t environment, const char *name);
/* Of the figures of its trials; NONE: it has none of this name. */
uint32_t figure_find(const checker *ck, uint32_t environment, const char *name);
void channel_names(checker *ck, uint32_t environment, name_list *out);
uint32_t signal_find(const checker *ck, const char *name);
void signal_names(checker *ck, name_list *out);
void report_unknown_phase(checker *ck, span at, const char *name);
bool event_named(checker *ck, const ast_expr *e); /* `POPULATION.EVENT` */
uint32_t timescale_find(checker *ck, ast_name name);

#endif
