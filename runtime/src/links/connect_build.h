/* SPDX-License-Identifier: MIT */
/* connect_build.h - what rules write links into.
 *
 * A rule goes over the elements of one side in order and adds to each its partners of the other side.
 * Rules that go over sources are turned round at the end by a counting sort, which leaves each target's
 * sources in ascending order.
 *
 * Rules speak of elements by their global numbers. Ends become local numbers when the builder's arrays become links. */
#ifndef NSA_RUNTIME_CONNECT_BUILD_H
#define NSA_RUNTIME_CONNECT_BUILD_H

#include "state/sim.h"

#define LINKS_MAX (UINT32_MAX - 64) /* link numbers have 32 bits */

typedef struct {
  sim *s;
  const nsa_connection *connection;
  const nsa_population *source, *target;
  const sim_population *sources, *targets; /* the same: which elements are here */
  uint64_t key;                            /* of random numbers */
  bool by_target;                          /* rows are the targets that are here, else all sources */
  bool is_counting;                        /* stencils: partners are counted, not kept */
  uint32_t row_count, other_count;
  uint32_t *row; /* row_count + 1 */
  uint32_t *others;
  uint64_t count, capacity;
  uint64_t left_out;        /* lines of a table that link an element with itself */
  uint32_t *count_of_other; /* is_counting: links of each element of the other side */
  char *error;
} link_builder;

/* Links that the rule is expected to make in the whole; not for tables, which must be read for that. */
uint64_t build_expected(const link_builder *b);

/* All return false with a sentence in b->error. */
bool build_begin(link_builder *b, bool by_target, uint64_t expected);
bool build_add(link_builder *b, uint32_t other);
bool build_reserve(link_builder *b, uint64_t capacity); /* keeps what there is */
void build_end_row(link_builder *b, uint32_t row);      /* rows are ended in order */
bool build_by_target(link_builder *b);                  /* turns round where needed */
void build_free(link_builder *b);

/* The element whose row this is. */
static inline uint32_t build_element(const link_builder *b, uint32_t row) {
  return b->by_target ? population_global(b->targets, row) : row;
}

/* Writes "place: connection 'name': …" into error. */
bool build_fail(const link_builder *b, const char *format, ...);
bool build_out_of_memory(const link_builder *b, uint64_t bytes);
/* Whether there may be memory for so many links. */
bool build_may_have(const link_builder *b, uint64_t links);

/* Writes the same about a number of the model that cannot be: the exit code is that of a numerical failure. */
bool build_fail_value(const link_builder *b, const char *format, ...);

/* Whether a probability is one; NaN is none. */
static inline bool is_probability(double p) { return p >= 0 && p <= 1; }
bool build_fail_probability(const link_builder *b, double p, uint32_t source, uint32_t target);

/* The key of random numbers of one part of the connection: "" for the links themselves. */
uint64_t build_key(const link_builder *b, const char *part);

/* ---- rules (connect_rules.c, connect_random.c, connect_graph.c, connect_file.c) ---- */

typedef bool (*link_rule)(link_builder *b);

bool rule_one_to_one(link_builder *b);
bool rule_all_to_all(link_builder *b);
bool rule_probability(link_builder *b);
bool rule_where(link_builder *b);
bool rule_indegree(link_builder *b);
bool rule_outdegree(link_builder *b);
bool rule_neighbours(link_builder *b);
bool rule_tiles(link_builder *b);
bool rule_nearest(link_builder *b);
bool rule_file(link_builder *b);
bool rule_scale_free(link_builder *b);
bool rule_small_world(link_builder *b);

/* Whether a link from a source to a target of that number would be one to itself that is not wanted. */
static inline bool is_unwanted_self(const link_builder *b, uint32_t i, uint32_t j) {
  return i == j && nsa_population_is(b->connection->source, b->connection->target) && !b->connection->allow_self;
}

/* ---- conditions (connect_candidates.c) ---- */

/* Pairs for which a rule's condition is asked, NSA_TILE at most; one a thread. */
typedef struct {
  const sim *s;
  const nsa_rule *rule;
  const nsa_population *source, *target;
  uint32_t *sources, *targets; /* global numbers, written by who asks */
  const sim_population *source_here, *target_here;
  uint32_t *source_entries, *target_entries; /* what the kernel loads by */
  double *distance, *copy; /* NULL where the condition does not look at it; copies are written by who asks */
  void *result;
  void **fields; /* of the kernel */
  void *memory;
} candidates;

bool candidates_new(candidates *c, const link_builder *b, const nsa_rule *rule, const nsa_population *source,
                    const nsa_population *target);
void candidates_free(candidates *c);

/* The condition of the first `count` pairs: f64 or bytes. */
const void *candidates_evaluate(candidates *c, uint32_t count);

/* ---- partners (connect_partner.c) ---- */

/* The third partners of links that are built: their fields, fans and coverage. */
bool partners_build(link_builder *b, sim_links *links);

#endif
