/* SPDX-License-Identifier: MIT */
/* nsa_program.h - the structs of nsa_program.def, and their bytes. */
#ifndef NSA_PROGRAM_H
#define NSA_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define NSA_NONE UINT32_MAX
#define NSA_EVENT_ARRIVALS (UINT32_MAX - 1)
#define NSA_PROGRAM_VERSION 9

typedef enum { NSA_F64, NSA_B1 /* one byte, 0 or 1 */, NSA_INDEX /* uint32_t */, NSA_F32 /* float */ } nsa_type;
#define NSA_TYPE_SIZES {[NSA_F64] = 8, [NSA_B1] = 1, [NSA_INDEX] = 4, [NSA_F32] = 4} /* bytes of an entry */
#define NSA_TYPE_COUNT 4

/* What numbers of a run are: `precision` of the language. */
typedef enum { NSA_PRECISION_DOUBLE, NSA_PRECISION_SINGLE, NSA_PRECISION_MIXED } nsa_precision;

typedef enum {
  NSA_DOMAIN_RUN,        /* one entry: what is uniform for all */
  NSA_DOMAIN_POPULATION, /* one entry an element */
  NSA_DOMAIN_CONNECTION, /* one entry a link, ordered by target, then source */
  NSA_DOMAIN_CANDIDATES, /* pairs for which a connection rule asks its condition, a block at a time */
  NSA_DOMAIN_ARRIVALS    /* links that an event arrives at, a block at a time */
} nsa_domain_kind;

typedef enum {
  NSA_FIELD_PARAM,
  NSA_FIELD_GIVEN, /* 1 when a parameter was set from outside */
  NSA_FIELD_STATE,
  NSA_FIELD_TIMER,
  NSA_FIELD_INPUT,
  NSA_FIELD_EXTERNAL,
  NSA_FIELD_COMBINED, /* of slow inputs: within a window */
  NSA_FIELD_SUM,
  NSA_FIELD_SOURCE_TERM,
  NSA_FIELD_FIRED,
  NSA_FIELD_EDGE,
  NSA_FIELD_LINK_SOURCE,
  NSA_FIELD_LINK_TARGET,
  NSA_FIELD_LINK_DISTANCE,
  NSA_FIELD_LINK_VALUE,
  NSA_FIELD_LINK_COPY,
  NSA_FIELD_PROBABILITY, /* of a draw: 0, or infinite where it is none */
  NSA_FIELD_PARTNER,
  NSA_FIELD_PARTNER_KNOWN, /* owner: connection */
  NSA_FIELD_FAN_IN,
  NSA_FIELD_FAN_OUT, /* owner: connection; filled after the links are built */
  NSA_FIELD_PIXEL,   /* owner: image or none; f64 */
  NSA_FIELD_INVARIANT,
  NSA_FIELD_SCRATCH,
  NSA_FIELD_ARRIVED,  /* what events added to a state or input, not yet taken up */
  NSA_FIELD_ADVANCED, /* the tick of the fastest partner up to which event-driven states are advanced */
  NSA_FIELD_DELAY,    /* owner: connection; in base ticks */
  NSA_FIELD_SIGNAL,
  NSA_FIELD_COUNTER, /* how often something happened to an element, to be told at the end */
  NSA_FIELD_SLOPE    /* what equations changed in a slow state in its last step, a base tick */
} nsa_field_kind;

/* What a kernel is for, and when the runtime calls it. */
typedef enum {
  NSA_ROLE_INIT,
  NSA_ROLE_SETUP,
  NSA_ROLE_STEP,
  NSA_ROLE_SOURCE,
  NSA_ROLE_LINK,
  NSA_ROLE_COLLECT,
  NSA_ROLE_CANDIDATE,
  NSA_ROLE_STIMULUS,
  NSA_ROLE_PHASE_BLOCK,
  NSA_ROLE_PROBE,
  NSA_ROLE_SETTLE,
  NSA_ROLE_ARRIVAL,
  NSA_ROLE_LINK_STEP
} nsa_role;

typedef enum {
  NSA_RULE_ONE_TO_ONE,
  NSA_RULE_ALL_TO_ALL,
  NSA_RULE_PROBABILITY,
  NSA_RULE_INDEGREE,
  NSA_RULE_OUTDEGREE,
  NSA_RULE_NEIGHBOURS,
  NSA_RULE_TILES,
  NSA_RULE_NEAREST,
  NSA_RULE_WHERE,
  NSA_RULE_FILE,
  NSA_RULE_SCALE_FREE,
  NSA_RULE_POOL,
  NSA_RULE_ONE_PER_SYNAPSE /* of the third partner */
} nsa_rule_kind;

/* Whose event arrives, and whom increments go to. */
typedef enum { NSA_SIDE_LINK, NSA_SIDE_PRE, NSA_SIDE_POST, NSA_SIDE_ASTRO, NSA_SIDE_SIGNAL } nsa_side;

typedef enum { NSA_KERNEL_NONE, NSA_KERNEL_EXPONENTIAL, NSA_KERNEL_GAUSSIAN } nsa_kernel_kind;
typedef enum { NSA_REDUCE_NONE, NSA_REDUCE_MEAN, NSA_REDUCE_SUM, NSA_REDUCE_MAX, NSA_REDUCE_MIN } nsa_reduce_kind;

typedef enum {
  NSA_MEASURE_NUMBER,
  NSA_MEASURE_ADD,
  NSA_MEASURE_SUB,
  NSA_MEASURE_MUL,
  NSA_MEASURE_DIV,
  NSA_MEASURE_NEG,
  NSA_MEASURE_POW,
  NSA_MEASURE_COUNT, /* events of the probe in the phase */
  NSA_MEASURE_RATE,  /* events an element and ms */
  NSA_MEASURE_MEAN,
  NSA_MEASURE_MAX,
  NSA_MEASURE_MIN,         /* over time, of the probe's (reduced) value */
  NSA_MEASURE_TIME_ABOVE,  /* ms above `number` */
  NSA_MEASURE_TIME_OF_MAX, /* ms */
  NSA_MEASURE_RECOGNITION, /* `number`: window in ms; phase, among */
  NSA_MEASURE_DURATION,
  NSA_MEASURE_SIZE
} nsa_measure_kind;

/* The structs: nsa_place, nsa_timescale, …, nsa_program; lists are `x` and `x_count`. */
#define STRUCT(name, members)                                                                                          \
  typedef struct {                                                                                                     \
    members                                                                                                            \
  } nsa_##name;
#define NUM(x) uint32_t x;
#define WIDE(x) uint64_t x;
#define REAL(x) double x;
#define TEXT(x) const char *x;
#define NUMS(x)                                                                                                        \
  uint32_t *x;                                                                                                         \
  uint32_t x##_count;
#define REALS(x)                                                                                                       \
  double *x;                                                                                                           \
  uint32_t x##_count;
#define BYTES(x)                                                                                                       \
  uint8_t *x;                                                                                                          \
  uint32_t x##_count;
#define LIST(x, type)                                                                                                  \
  nsa_##type *x;                                                                                                       \
  uint32_t x##_count;
#define STRUCT_MEMBER(x, type) nsa_##type x;
#include "nsa_program.def"
#undef STRUCT
#undef NUM
#undef WIDE
#undef REAL
#undef TEXT
#undef NUMS
#undef REALS
#undef BYTES
#undef LIST
#undef STRUCT_MEMBER

/* The program as bytes (malloc'd, *len of them); NULL when out of memory. */
uint8_t *nsa_program_write(const nsa_program *program, size_t *len);
/* Reads them back; everything hangs on one allocation that nsa_program_free returns. NULL with
 * *error when they are damaged or of another version. */
nsa_program *nsa_program_read(const uint8_t *bytes, size_t len, const char **error);
void nsa_program_free(nsa_program *program);

#endif
