/* SPDX-License-Identifier: MIT */
/* parsed.h - a parsed text with its own arena, for the tests of the syntax stage. */
#ifndef NSA_TESTS_PARSED_H
#define NSA_TESTS_PARSED_H

#include "syntax/syntax.h"
#include "unit/cmocka_all.h"

typedef struct {
  arena *arena;
  diag_sink *sink;
  ast_file *file;
} parsed;

parsed parse_bytes(const char *bytes, size_t len);
parsed parse_string(const char *source);
void parsed_free(parsed *p);

/* All diagnostics as the author reads them. */
const char *parsed_messages(const parsed *p);
const char *parsed_layout(const parsed *p);
/* The tree without spans: equal for texts that mean the same. */
const char *parsed_tree(const parsed *p);

/* A file of the sources: path relative to their root, from the environment's SRC. */
const char *test_source(arena *a, const char *path);

/* Fails with the messages when there is any. */
void assert_clean(const parsed *p);
/* Printing and parsing again gives the same tree, the same comments and the same text. */
void assert_round_trip(const char *source);

#endif
