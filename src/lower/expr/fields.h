/* SPDX-License-Identifier: MIT */
/* fields.h - fields of populations and connections, and how they and kernels are named.
 *
 * Each function that adds a field gives its number; those of a connection's links are made when they are first used. */
#ifndef NSA_LOWER_FIELDS_H
#define NSA_LOWER_FIELDS_H

#include "lower/expr/expr.h"

/* Notes for the report that something was drawn at random; once for each text. */
void lower_note_draw(lowering *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
nsa_field_id lower_add_field(lowering *l, const char *name, uint32_t domain, nsa_type type, nsa_field_kind kind,
                             double value, const dim *unit, span at);
/* A population or connection, for functions that serve both. */
typedef struct {
  lowering *l;
  bool is_connection;
  uint32_t owner;
  const char *name;
  const model_component *c;
} owner_info;
owner_info lower_owner(lowering *l, bool is_connection, uint32_t owner);
/* The fields of its parameters. */
void lower_add_params(const owner_info *o, uint32_t domain, nsa_field_id *param);
/* --set and variants may say what a state starts with. */
void lower_initial_is_settable(const owner_info *o, nsa_field_id state);
/* A field that the runtime fills for a connection. */
nsa_field_id lower_link_field(lowering *l, uint32_t connection, const char *what, uint32_t domain, nsa_type type,
                              nsa_field_kind kind);
/* Stores the value of a parameter that is not a constant, unless it was given from outside. */
void lower_store_param(scope *s, nsa_field_id field, const model_expr *value);
/* Likewise that of a state; where nothing may give it one, in any case. */
void lower_store_initial(scope *s, nsa_field_id field, const model_expr *value);
/* A function over the run for the uniform ones of an owner, where there are any. */
void lower_uniform_params(lowering *l, bool is_connection, uint32_t owner);
/* Where phases set params: the kernel computes anew at their edges what follows from these. */
void lower_run_at_edges(lowering *l, nsa_kernel_id kernel);
/* A function for those of each element or link that follow so, where there are any: without the states. */
void lower_phased_params(lowering *l, bool is_connection, uint32_t owner);
/* For values of a connection that are the same for all its links. */
scope lower_uniform_scope(lowering *l, uint32_t connection, ir_builder *b);
/* Of the links of each target or partner (fan_in), or source (fan_out). */
nsa_field_id lower_fan_field(lowering *l, uint32_t connection, model_side side);
nsa_field_id lower_distance_field(lowering *l, uint32_t connection);
nsa_field_id lower_column_field(lowering *l, uint32_t connection, uint32_t column);
nsa_field_id lower_copy_field(lowering *l, uint32_t connection);
/* "owner.of.what", or "owner.what" where `of` is NULL; a second kernel of that name gets a 2 behind it, and so on. */
const char *lower_kernel_name(const lowering *l, const char *owner, const char *of, const char *what);
nsa_place lower_place(lowering *l, span at);
nsa_field_id *lower_no_fields(lowering *l, uint32_t count);
uint64_t lower_dimension(dim d); /* one byte an exponent, for the program */
ir_value lower_tick_of_links(const lowering *l, ir_builder *b, uint32_t connection);

#endif
