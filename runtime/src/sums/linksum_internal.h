/* SPDX-License-Identifier: MIT */
/* linksum_internal.h - what the files of link sums have in common: linksum_make.c (set-up), linksum_delays.c (terms of
 * the past), linksum_add.c (gather and scatter), linksum.c (which sums are due, and their order). */
#ifndef NSA_RUNTIME_LINKSUM_INTERNAL_H
#define NSA_RUNTIME_LINKSUM_INTERNAL_H

#include "links/link_index.h"
#include "sums/linksum.h"

/* Source terms of the last ticks: slot (ticks done % slots). */
typedef struct {
  nsa_field_id term, delay;
  uint32_t size, slots;
  double *values;
  bool is_uniform;
} delay_line;

/* Sources whose term counts, in ascending order. One for each field of source terms. */
typedef struct {
  nsa_field_id field;
  uint32_t size;
  const delay_line *line; /* NULL: the terms of now */
  const uint8_t *flags;   /* which are not zero; NULL: to be looked at */
  uint32_t *elements;
  uint32_t count;
  uint64_t found_at; /* the evaluation that it was last made for */
  bool is_flushed;   /* the field holds 0 where a term counts as nothing */
} active_list;

/* What one population gets in phase 6. */
typedef struct {
  nsa_population_id population;
  uint32_t slices; /* of its targets; 1 where it is small */
  uint32_t *sums, sum_count;
  uint32_t *collects, collect_count;
} target_work;

struct link_sums {
  link_index *scatter; /* per connection, by source; links where sums are weighted; empty where no sum needs it */
  active_list *lists;
  uint32_t list_count;
  uint32_t *list_of; /* per sum; NSA_NONE without source term */
  struct side_sums *sides;
  delay_line *lines;
  uint32_t line_count;
  uint64_t done;        /* base ticks, of the sums being made */
  uint64_t evaluation;  /* its number, from 1 */
  uint8_t *is_scatter;  /* per sum: the method of this tick */
  uint8_t *is_due;      /* per sum */
  uint8_t *has_changed; /* per sum: its sources since it was made */
  bool is_again;        /* sums that are made once are due: what they are made of has changed */
  uint8_t *collect_due; /* per collect */
  target_work *works;
  uint32_t work_count;
  uint32_t *items; /* owns the lists of all works */
  int forced;
};

/* ---- linksum_make.c ---- */

/* The list of active sources that the program's sum number `sum` takes its terms from; made where there is none yet.
 * False when out of memory. */
bool link_sums_add_list(sim *s, struct link_sums *ls, uint32_t sum);

/* ---- linksum_delays.c ---- */

/* The past of the terms that a sum takes; NULL: it takes those of now. */
const delay_line *delay_line_of(const struct link_sums *ls, const nsa_link_sum *sum);

/* The terms of now are the newest of the past / are all of the past: what was before the first step is the initial
 * state. */
void delay_lines_push(const sim *s, struct link_sums *ls);
void delay_lines_fill(const sim *s, struct link_sums *ls);

/* The terms that a list counts: of now, or of so many ticks ago. */
double *delay_lines_terms(const sim *s, const active_list *list);

/* What link kernels read of sources as they were. */
void delay_lines_look_back(sim *s, const nsa_past *past);

/* ---- linksum_add.c ---- */

/* Of the program's sum number i, the sums of the targets [begin, end), which are those of that slice. */
void link_sums_add(sim *s, uint32_t i, uint32_t slice, uint32_t begin, uint32_t end);

#endif
