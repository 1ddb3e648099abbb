/* SPDX-License-Identifier: MIT */
/* link.h - the functions of links: initial values, events, clocks, sums. */
#ifndef NSA_LOWER_LINK_H
#define NSA_LOWER_LINK_H

#include "lower/expr/advance.h"
#include "lower/expr/fields.h"

void lower_connection_fields(lowering *l, uint32_t connection);
void lower_connection_init(lowering *l, uint32_t connection); /* parameters and states of links */
void lower_contributions(lowering *l, uint32_t connection);   /* split into terms */
void lower_link_values(lowering *l);                          /* after the fields of inputs */
void lower_arrival_fields(lowering *l, uint32_t connection);
void lower_arrivals(lowering *l);
void lower_link_step(lowering *l, uint32_t connection);

#endif
