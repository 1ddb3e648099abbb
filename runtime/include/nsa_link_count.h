/* SPDX-License-Identifier: MIT */
/* nsa_link_count.h - how many links a connection rule makes, before they are drawn.
 *
 * The compiler asks (how fast links couple), the forecast asks (memory), and so does who builds the links (room). A
 * test compares the answers with what is built, for every rule. */
#ifndef NSA_LINK_COUNT_H
#define NSA_LINK_COUNT_H

#include "nsa_program.h"

#include <stdbool.h>

/* A rule between two grids. */
typedef struct {
  uint32_t kind; /* nsa_rule_kind */
  uint32_t source_rows, source_cols, target_rows, target_cols;
  bool leaves_out_self; /* source and target are one population, and no element is linked with itself */
  uint32_t degree, tile_rows, tile_cols, stride; /* as in nsa_rule */
  double share;  /* PROBABILITY, WHERE: the part of all pairs that is linked; NaN: not known */
  double listed; /* FILE: pairs in the table */
} nsa_link_rule;

typedef struct {
  double all;         /* links. Drawn rules: the expected number. A share that is not known: the largest number */
  double of_a_target; /* links of one target; on grids of one far from the edges. Where targets differ and nothing is
                         known of them it is 1, the least that a target with links has */
} nsa_link_count;
nsa_link_count nsa_count_links(const nsa_link_rule *rule);

#endif
