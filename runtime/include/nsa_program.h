/* SPDX-License-Identifier: MIT */
/* nsa_program.h - the structs of nsa_program.def, and their bytes. */
#ifndef NSA_PROGRAM_H
#define NSA_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NSA_NONE UINT32_MAX
#define NSA_PROGRAM_VERSION 29

#define VALUE(id, word) id,
#define ENUM(name, values) typedef enum { values } nsa_##name;
#include "nsa_enums.def"
/* How many values each has: nsa_rule_kind_count. */
#define VALUE(id, word) +1
#define ENUM(name, values) enum { nsa_##name##_count = 0 values };
#include "nsa_enums.def"

#define NSA_TYPE_SIZES {[NSA_F64] = 8, [NSA_B1] = 1, [NSA_INDEX] = 4, [NSA_F32] = 4} /* bytes of an entry */

/* Numbers of rows in lists of the program: a type for each list, so that they do not mix. */
#define ID_OF(row)                                                                                                     \
  typedef struct {                                                                                                     \
    uint32_t id;                                                                                                       \
  } nsa_##row##_id;                                                                                                    \
  static inline bool nsa_##row##_is_none(nsa_##row##_id x) { return x.id == NSA_NONE; }                                \
  static inline bool nsa_##row##_is(nsa_##row##_id a, nsa_##row##_id b) { return a.id == b.id; }                       \
  _Static_assert(sizeof(nsa_##row##_id) == sizeof(uint32_t), "an id is a number")
ID_OF(field);
ID_OF(kernel);
ID_OF(population);
ID_OF(connection);
ID_OF(channel);
ID_OF(signal);
ID_OF(image);
ID_OF(event); /* in its population's list */
#undef ID_OF

#define NSA_NO_FIELD ((nsa_field_id){NSA_NONE})
#define NSA_NO_KERNEL ((nsa_kernel_id){NSA_NONE})
#define NSA_NO_POPULATION ((nsa_population_id){NSA_NONE})
#define NSA_NO_CONNECTION ((nsa_connection_id){NSA_NONE})
#define NSA_NO_CHANNEL ((nsa_channel_id){NSA_NONE})
#define NSA_NO_SIGNAL ((nsa_signal_id){NSA_NONE})
#define NSA_NO_IMAGE ((nsa_image_id){NSA_NONE})
#define NSA_NO_EVENT ((nsa_event_id){NSA_NONE})
/* Of a connection: spikes of its source, once for each link. */
#define NSA_EVENT_ARRIVALS ((nsa_event_id){UINT32_MAX - 1})

/* The structs: nsa_place, nsa_timescale, …, nsa_program; lists are `x` and `x_count`. */
#define STRUCT(name, members)                                                                                          \
  typedef struct {                                                                                                     \
    members                                                                                                            \
  } nsa_##name;
#define NUM(x) uint32_t x;
#define WORD(x, type) uint32_t x; /* nsa_<type> */
#define ID(x, list) nsa_##list##_id x;
#define WIDE(x) uint64_t x;
#define REAL(x) double x;
#define TEXT(x) const char *x;
#define NUMS(x)                                                                                                        \
  uint32_t *x;                                                                                                         \
  uint32_t x##_count;
#define IDS(x, list)                                                                                                   \
  nsa_##list##_id *x;                                                                                                  \
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

/* The program as bytes (malloc'd, *len of them); NULL when out of memory. */
uint8_t *nsa_program_write(const nsa_program *program, size_t *len);
/* The same without the places in the source: what does not change when lines move. Nobody reads it back. */
uint8_t *nsa_program_write_unplaced(const nsa_program *program, size_t *len);
/* Reads them back; everything hangs on one allocation that nsa_program_free returns. NULL with
 * *error when they are damaged or of another version. */
nsa_program *nsa_program_read(const uint8_t *bytes, size_t len, const char **error);
void nsa_program_free(nsa_program *program);

#endif
