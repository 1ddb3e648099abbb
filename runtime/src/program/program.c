/* SPDX-License-Identifier: MIT */
/* program.c - a program as bytes and back.
 *
 * The bytes are: magic, version, length and checksum of the rest, then the structs of nsa_program.def in
 * order, numbers in little-endian order, lists as their count and entries, texts as length + 1 (0: NULL)
 * and bytes. One writer and one reader function a struct come from the same description as the structs,
 * so that a new member cannot be forgotten. The reader goes over the bytes twice: first to measure and
 * to check, then to fill one allocation. */
#include "nsa_program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t magic[8] = {'N', 'S', 'A', 'P', 'R', 'O', 'G', '\n'};
enum { HEADER = 8 + 4 + 8 + 8 };

static uint64_t checksum(const uint8_t *bytes, size_t len) { /* FNV-1a */
  uint64_t hash = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < len; i++)
    hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
  return hash;
}

/* ---- writing ---- */

typedef struct {
  uint8_t *bytes;
  size_t len, capacity;
  bool failed, skips_places;
} writer;

static uint8_t *put(writer *w, size_t n) {
  if (!w->failed && w->capacity - w->len < n) {
    size_t capacity = w->capacity + w->capacity / 2 + n + 4096;
    uint8_t *bytes = realloc(w->bytes, capacity);
    w->failed = !bytes;
    if (bytes) {
      w->bytes = bytes;
      w->capacity = capacity;
    }
  }
  if (w->failed)
    return NULL;
  w->len += n;
  return w->bytes + w->len - n;
}

static void store_le(uint8_t *at, uint64_t x, unsigned n) {
  for (unsigned i = 0; i < n; i++)
    at[i] = (uint8_t)(x >> (8 * i));
}

static void put_number(writer *w, uint64_t x, unsigned n) {
  uint8_t *at = put(w, n);
  if (at)
    store_le(at, x, n);
}

static void put_real(writer *w, double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  put_number(w, bits, 8);
}

static void put_bytes(writer *w, const void *bytes, size_t n) {
  uint8_t *at = put(w, n);
  if (at && n)
    memcpy(at, bytes, n);
}

static void put_text(writer *w, const char *s) {
  size_t len = s ? strlen(s) : 0;
  put_number(w, s ? len + 1 : 0, 8);
  put_bytes(w, s, len);
}

#define STRUCT(name, members)                                                                                          \
  static void write_##name(writer *w, const nsa_##name *s) { members }
#define NUM(x) put_number(w, s->x, 4);
#define WORD(x, type) NUM(x)
#define ID(x, list) NUM(x.id)
#define WIDE(x) put_number(w, s->x, 8);
#define REAL(x) put_real(w, s->x);
#define TEXT(x) put_text(w, s->x);
#define NUMS(x)                                                                                                        \
  put_number(w, s->x##_count, 4);                                                                                      \
  for (uint32_t i = 0; i < s->x##_count; i++)                                                                          \
    put_number(w, s->x[i], 4);
#define IDS(x, list)                                                                                                   \
  put_number(w, s->x##_count, 4);                                                                                      \
  for (uint32_t i = 0; i < s->x##_count; i++)                                                                          \
    put_number(w, s->x[i].id, 4);
#define REALS(x)                                                                                                       \
  put_number(w, s->x##_count, 4);                                                                                      \
  for (uint32_t i = 0; i < s->x##_count; i++)                                                                          \
    put_real(w, s->x[i]);
#define BYTES(x)                                                                                                       \
  put_number(w, s->x##_count, 4);                                                                                      \
  put_bytes(w, s->x, s->x##_count);
#define LIST(x, type)                                                                                                  \
  put_number(w, s->x##_count, 4);                                                                                      \
  for (uint32_t i = 0; i < s->x##_count; i++)                                                                          \
    write_##type(w, &s->x[i]);
#define STRUCT_MEMBER(x, type)                                                                                         \
  if (!w->skips_places || strcmp(#type, "place") != 0)                                                                 \
    write_##type(w, &s->x);
#include "nsa_program.def"

uint8_t *nsa_program_write_unplaced(const nsa_program *program, size_t *len) {
  writer w = {.skips_places = true};
  write_program(&w, program);
  *len = w.len;
  if (!w.failed)
    return w.bytes;
  free(w.bytes);
  return NULL;
}

uint8_t *nsa_program_write(const nsa_program *program, size_t *len) {
  writer w = {0};
  put(&w, HEADER);
  write_program(&w, program);
  if (w.failed) {
    free(w.bytes);
    return NULL;
  }
  memcpy(w.bytes, magic, sizeof magic);
  store_le(w.bytes + 8, NSA_PROGRAM_VERSION, 4);
  store_le(w.bytes + 12, w.len - HEADER, 8);
  store_le(w.bytes + 20, checksum(w.bytes + HEADER, w.len - HEADER), 8);
  *len = w.len;
  return w.bytes;
}

/* ---- reading ---- */

typedef struct {
  const uint8_t *at, *end;
  uint8_t *memory; /* NULL while measuring */
  size_t used;     /* of memory, so far */
  bool failed;
} reader;

enum { ALIGN = 16 };

static void *take(reader *r, size_t bytes) {
  size_t start = r->used;
  r->used += (bytes + ALIGN - 1) / ALIGN * ALIGN;
  return r->memory ? r->memory + start : NULL;
}

static const uint8_t *get(reader *r, uint64_t n) {
  if (r->failed || (uint64_t)(r->end - r->at) < n) {
    r->failed = true;
    return NULL;
  }
  const uint8_t *at = r->at;
  r->at += n;
  return at;
}

static uint64_t load_le(const uint8_t *at, unsigned n) {
  uint64_t x = 0;
  for (unsigned i = 0; i < n; i++)
    x |= (uint64_t)at[i] << (8 * i);
  return x;
}

static uint64_t get_number(reader *r, unsigned n) {
  const uint8_t *at = get(r, n);
  return at ? load_le(at, n) : 0;
}

static double get_real(reader *r) {
  uint64_t bits = get_number(r, 8);
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static const char *get_text(reader *r) {
  uint64_t len = get_number(r, 8);
  if (len == 0)
    return NULL;
  const uint8_t *at = get(r, len - 1);
  if (!at)
    return NULL;
  char *s = take(r, (size_t)len);
  if (s) {
    memcpy(s, at, (size_t)len - 1);
    s[len - 1] = 0;
  }
  return s;
}

static uint8_t *get_bytes(reader *r, uint32_t n) {
  const uint8_t *at = get(r, n);
  uint8_t *copy = at && n ? take(r, n) : NULL;
  if (copy)
    memcpy(copy, at, n);
  return copy;
}

/* How many entries of at least `least` bytes follow; more than the bytes can hold are damage. */
static uint32_t get_count(reader *r, unsigned least) {
  uint32_t n = (uint32_t)get_number(r, 4);
  if ((uint64_t)n * least > (uint64_t)(r->end - r->at))
    r->failed = true;
  return r->failed ? 0 : n;
}

#define STRUCT(name, members)                                                                                          \
  static void read_##name(reader *r, nsa_##name *s) { members }
#define NUM(x) s->x = (uint32_t)get_number(r, 4);
#define WORD(x, type) NUM(x)
#define ID(x, list) NUM(x.id)
#define WIDE(x) s->x = get_number(r, 8);
#define REAL(x) s->x = get_real(r);
#define TEXT(x) s->x = get_text(r);
#define NUMBERS(x, member)                                                                                             \
  s->x##_count = get_count(r, 4);                                                                                      \
  s->x = s->x##_count ? take(r, s->x##_count * sizeof *s->x) : NULL;                                                   \
  for (uint32_t i = 0; i < s->x##_count; i++) {                                                                        \
    uint32_t number = (uint32_t)get_number(r, 4);                                                                      \
    if (s->x)                                                                                                          \
      s->x[i] member = number;                                                                                         \
  }
#define NUMS(x) NUMBERS(x, )
#define IDS(x, list) NUMBERS(x, .id)
#define REALS(x)                                                                                                       \
  s->x##_count = get_count(r, 8);                                                                                      \
  s->x = s->x##_count ? take(r, s->x##_count * sizeof *s->x) : NULL;                                                   \
  for (uint32_t i = 0; i < s->x##_count; i++) {                                                                        \
    double number = get_real(r);                                                                                       \
    if (s->x)                                                                                                          \
      s->x[i] = number;                                                                                                \
  }
#define BYTES(x)                                                                                                       \
  s->x##_count = get_count(r, 1);                                                                                      \
  s->x = get_bytes(r, s->x##_count);
#define LIST(x, type)                                                                                                  \
  s->x##_count = get_count(r, 4);                                                                                      \
  s->x = s->x##_count ? take(r, s->x##_count * sizeof *s->x) : NULL;                                                   \
  for (uint32_t i = 0; i < s->x##_count && !r->failed; i++) {                                                          \
    nsa_##type measured;                                                                                               \
    read_##type(r, s->x ? &s->x[i] : &measured);                                                                       \
  }
#define STRUCT_MEMBER(x, type) read_##type(r, &s->x);
#include "nsa_program.def"

static const char *check_header(const uint8_t *bytes, size_t len) {
  if (len < HEADER || memcmp(bytes, magic, sizeof magic) != 0)
    return "this is not a program of nsa";
  if (load_le(bytes + 8, 4) != NSA_PROGRAM_VERSION)
    return "the program was made by another version of nsa";
  if (load_le(bytes + 12, 8) != len - HEADER)
    return "the program is cut short or too long";
  if (load_le(bytes + 20, 8) != checksum(bytes + HEADER, len - HEADER))
    return "the program is damaged: its checksum is wrong";
  return NULL;
}

static nsa_program *fill(const uint8_t *bytes, size_t len, size_t memory_len) {
  uint8_t *memory = malloc(memory_len);
  if (!memory)
    return NULL;
  reader r = {.at = bytes, .end = bytes + len, .memory = memory};
  nsa_program *program = take(&r, sizeof *program);
  read_program(&r, program);
  return program;
}

nsa_program *nsa_program_read(const uint8_t *bytes, size_t len, const char **error) {
  *error = check_header(bytes, len);
  if (*error)
    return NULL;
  reader measure = {.at = bytes + HEADER, .end = bytes + len};
  nsa_program measured;
  take(&measure, sizeof measured);
  read_program(&measure, &measured);
  if (measure.failed || measure.at != measure.end) {
    *error = "the program is damaged: a list does not fit into it";
    return NULL;
  }
  nsa_program *program = fill(bytes + HEADER, len - HEADER, measure.used);
  if (!program)
    *error = "out of memory while the program was read";
  return program;
}

void nsa_program_free(nsa_program *program) { free(program); }
