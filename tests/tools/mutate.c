/* SPDX-License-Identifier: MIT */
/* mutate.c - damages a text at random, for fuzzing.
 *
 *   mutate SEED FILE [OTHER]     prints FILE with some bytes changed, pieces deleted, repeated,
 *                                or taken from OTHER; the same seed gives the same text */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 20 };

typedef struct {
  char *data;
  size_t len;
} bytes;

static uint64_t next(uint64_t *state) { /* splitmix64 */
  uint64_t x = *state += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

static size_t below(uint64_t *state, size_t limit) { return limit == 0 ? 0 : (size_t)(next(state) % limit); }

static bytes read_file(const char *path) {
  bytes b = {.data = malloc(MAX_BYTES)};
  FILE *in = fopen(path, "rb");
  if (b.data == NULL || in == NULL) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(2);
  }
  b.len = fread(b.data, 1, MAX_BYTES, in);
  fclose(in);
  return b;
}

/* Replaces [at, at + old_len) of b by new bytes; what would grow beyond the limit is left. */
static void splice(bytes *b, size_t at, size_t old_len, const char *fresh, size_t new_len) {
  if (b->len - old_len + new_len > MAX_BYTES)
    return;
  memmove(b->data + at + new_len, b->data + at + old_len, b->len - at - old_len);
  memcpy(b->data + at, fresh, new_len);
  b->len = b->len - old_len + new_len;
}

/* Pieces that a grammar trips over more often than over random bytes. */
static const char *const words[] = {
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "=",
    "+=",
    "dv/dt",
    "\n",
    ";",
    "\"",
    "..",
    "1e999",
    "1e-999",
    "0",
    "-1",
    "ms",
    "mV^9",
    "/",
    "if",
    "else",
    "let a = a",
    "neuron",
    "synapse",
    "extends",
    "import \"x\"",
    "\xFF",
    "\xCE\xBC",
    "#",
    "x",
    "99999999999999999999",
    "for k in 0..9999999 {",
    "((((((((((((",
};

static void mutate_once(bytes *b, const bytes *other, uint64_t *state) {
  char piece[64];
  size_t at = below(state, b->len + 1);
  size_t len = below(state, sizeof piece);
  if (len > b->len - at)
    len = b->len - at;
  switch (below(state, 5)) {
  case 0: /* one byte */
    if (at < b->len)
      b->data[at] = (char)next(state);
    break;
  case 1: /* a piece goes */
    splice(b, at, len, "", 0);
    break;
  case 2: /* a piece is said again somewhere else */
    memcpy(piece, b->data + at, len);
    splice(b, below(state, b->len + 1), 0, piece, len);
    break;
  case 3: { /* a word comes in */
    const char *word = words[below(state, sizeof words / sizeof words[0])];
    splice(b, at, 0, word, strlen(word));
    break;
  }
  default: { /* a piece of the other text comes in */
    size_t from = below(state, other->len);
    len = below(state, sizeof piece);
    if (len > other->len - from)
      len = other->len - from;
    splice(b, at, 0, other->data + from, len);
  }
  }
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s SEED FILE [OTHER]\n", argv[0]);
    return 2;
  }
  uint64_t state = strtoull(argv[1], NULL, 10);
  bytes b = read_file(argv[2]), other = read_file(argv[argc > 3 ? 3 : 2]);
  for (size_t count = 1 + below(&state, 8); count > 0; count--)
    mutate_once(&b, &other, &state);
  size_t written = fwrite(b.data, 1, b.len, stdout);
  free(other.data);
  int code = written == b.len ? 0 : 2;
  free(b.data);
  return code;
}
