/* SPDX-License-Identifier: MIT */
/* nodes.h - arithmetic and conditions of measure nodes: what measures, decisions and `run until` have in common. */
#ifndef NSA_RUNTIME_NODES_H
#define NSA_RUNTIME_NODES_H

#include "nsa_program.h"

/* Whether a node's value follows from those of its arguments alone; whether they are two, a and b, or a. */
bool node_is_plain(uint32_t kind);

bool node_has_two(uint32_t kind);

/* Whether it makes one number of the series a. */
bool node_is_reduction(uint32_t kind);

/* The value of a plain node; conditions give 0 or 1, and compare false with what is no number. */
double node_combine(uint32_t kind, double a, double b);

/* needed[i] = 1 for node `root` and all that it follows from. */
void node_mark(const nsa_program *program, uint32_t root, uint8_t *needed);

#endif
