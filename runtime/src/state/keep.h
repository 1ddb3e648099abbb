/* SPDX-License-Identifier: MIT */
/* keep.h - what is state, said once for both directions.
 *
 * Each room has one function that goes over all its state and hands piece by piece to a keeper. A keeper that saves
 * reads the pieces; one that restores fills them, in a sim that has been brought to t = 0 and has the tick already.
 * What nobody hands over is no state: it follows from the program (params, links, delays, setups), or is scratch of a
 * tick. Pieces do not depend on the number of threads. After a failure a keeper does nothing any more. */
#ifndef NSA_RUNTIME_KEEP_H
#define NSA_RUNTIME_KEEP_H

#include "state/sim.h"

enum { KEEP_NAME = 640 };

typedef enum { KEEP_BYTES, KEEP_U32, KEEP_U64, KEEP_F32, KEEP_F64 } keep_type;
enum { KEEP_TYPES = KEEP_F64 + 1 };
extern const uint8_t keep_type_size[KEEP_TYPES];

typedef struct {
  const char *name; /* "GROUP/NAME", with one slash */
  keep_type type;
  uint64_t count;
  const void *data;
} keep_piece;

typedef struct keeper keeper;
struct keeper {
  /* Who saves takes a piece; false: error says why. */
  bool (*take)(keeper *k, const keep_piece *piece);
  /* Who restores finds what was taken under a name; NULL: there is none. NULL itself in a keeper that saves. */
  const keep_piece *(*find)(keeper *k, const char *name);
  /* Who restores into another model may leave what does not fit as it is: true. NULL: never. */
  bool (*leave)(keeper *k, const char *name, const char *why);
  bool has_failed;
  bool is_left; /* what is between keep_begin and keep_end */
  char error[SIM_ERROR_SIZE];
  /* Between keep_begin and keep_end. */
  char name[KEEP_NAME];
  uint8_t *bytes; /* who saves: gathered */
  const uint8_t *from;
  size_t count, capacity;
};

static inline bool keep_restores(const keeper *k) { return k->find != NULL; }
/* The first failure counts. */
void keep_fail(keeper *k, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Gives back what it gathered in. */
void keep_release(keeper *k);

/* An array of a known length. */
void keep_array(keeper *k, const char *group, const char *name, keep_type type, uint64_t count, void *data);
/* The first *count entries of one that holds `most`. */
void keep_some(keeper *k, const char *group, const char *name, uint32_t *count, uint64_t most, uint32_t *data);

/* Small things, one after the other, that make one piece. */
void keep_begin(keeper *k, const char *group, const char *name);
void keep_bytes(keeper *k, void *bytes, size_t size);
/* First of all, where the rest is laid out by the model: a number that tells layouts apart. */
void keep_shape(keeper *k, uint64_t shape);
#define KEEP_VALUE(k, x) keep_bytes(k, &(x), sizeof(x))
/* A list that grows: *values is malloc'd, with room for *capacity entries of `width` doubles. */
void keep_list(keeper *k, double **values, uint64_t *count, uint64_t *capacity, size_t width);
void keep_end(keeper *k);

/* The fields that are state, and the lists of what fired. What the model declares is one group, and what follows from
 * it for the next step another one. */
#define KEEP_STATES "states"
#define KEEP_FIELDS "fields"
void fields_keep(sim *s, keeper *k);
/* A field's name as a piece. Those that the compiler has numbered are counted anew among those of their name, so that
 * edits elsewhere leave it alone. */
void field_piece_name(const nsa_program *p, nsa_field_id field, char name[KEEP_NAME]);

#endif
