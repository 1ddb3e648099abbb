/* SPDX-License-Identifier: MIT */
/* nodes.h - arithmetic and conditions of measure nodes: what measures, decisions and `run until` have in common. */
#ifndef NSA_RUNTIME_NODES_H
#define NSA_RUNTIME_NODES_H

#include "nsa_program.h"

/* Whether a node's value follows from those of its arguments alone. */
bool node_is_plain(uint32_t kind);

/* How many arguments a plain node has, and which nodes they are: a, b, c. */
enum { NODE_ARGS = 3 };
uint32_t node_args(uint32_t kind);
uint32_t node_arg(const nsa_measure_node *node, uint32_t number);

/* Whether it makes one number of the series a. */
bool node_is_reduction(uint32_t kind);

/* The value of a plain node; conditions give 0 or 1, and compare false with what is no number. */
double node_combine(uint32_t kind, const double args[NODE_ARGS]);
/* The same, of the values that its arguments have; values: by node. */
double node_of_values(const nsa_measure_node *node, const double *values);

/* needed[i] = 1 for node `root` and all that it follows from. */
void node_mark(const nsa_program *program, uint32_t root, uint8_t *needed);

#endif
