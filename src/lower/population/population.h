/* SPDX-License-Identifier: MIT */
/* population.h - the functions of a population: initial values, steps, settling, collections, stages. */
#ifndef NSA_LOWER_POPULATION_H
#define NSA_LOWER_POPULATION_H

#include "lower/expr/advance.h"
#include "lower/expr/fields.h"

void lower_population_fields(lowering *l, uint32_t population);
void lower_input_fields(lowering *l); /* after all contributions are split */
void lower_population_init(lowering *l, uint32_t population);
void lower_step(lowering *l, uint32_t population);
void lower_rates_of(lowering *l, uint32_t population); /* of options->equations_only */
void lower_settle(lowering *l, uint32_t population);   /* phase 1, and what arrived, apart from the step */
uint32_t lower_signal_bit(const lowering *l, uint32_t population, uint32_t signal); /* its number among the events */
void lower_phase_blocks(lowering *l); /* those of the top level: of signals, of phases */
void lower_sources(lowering *l, uint32_t population);
void lower_collects(lowering *l, uint32_t population);
void lower_window_fields(lowering *l, uint32_t population, uint32_t input);
nsa_field_id lower_part_of(const population_fields *f, uint32_t input, uint32_t every); /* NSA_NO_FIELD: none */
void lower_into_window(lowering *l, ir_builder *b, uint32_t population, uint32_t input, ir_value x);
void lower_hear(lowering *l, uint32_t population);   /* what signals and driven events do between its ticks */
void lower_window(lowering *l, uint32_t population); /* what is combined before each fast step */
/* Of an input that has a window: its value at the tick. Where it is taken, it is left in the input's field, and the
 * window begins anew. */
ir_value lower_windowed_input(lowering *l, ir_builder *b, uint32_t population, uint32_t input, bool is_taken);
void lower_stage_sets(lowering *l);                        /* before all fields */
void lower_stage_fields(lowering *l, uint32_t population); /* with the population's */
void lower_stage_inputs(lowering *l, uint32_t population); /* when all contributions are split */
void lower_stages(lowering *l, uint32_t population);       /* its functions */
void lower_finish_stages(lowering *l);
/* The sum of the terms of an input: all, or those of connections that are held, or evaluated at stages. IR_NO_VALUE:
 * none. */
typedef enum { TERMS_ALL, TERMS_HELD, TERMS_STAGED } term_choice;
ir_value lower_input_total(lowering *l, ir_builder *b, uint32_t population, uint32_t input, uint32_t every,
                           term_choice choice);

#endif
