/* SPDX-License-Identifier: MIT */
/* diag.h - what is wrong with a model, said to its author.
 *
 * Stages report and go on; the driver prints all diagnostics of a compile at once, in the order of
 * their place, at most 20 errors, one for the same place and code. A diagnostic has a stable code
 * (diag_codes.def), a span, a message in the author's terms, and any number of notes (with or
 * without a place of their own) and at most one hint, the remedy. */
#ifndef NSA_DIAG_DIAG_H
#define NSA_DIAG_DIAG_H

#include "support/arena.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A piece of source: bytes [start, end) of file number `file` in the sink's file table. */
typedef struct {
  uint32_t file, start, end;
} span;

#define SPAN_NONE ((span){UINT32_MAX, 0, 0})
span span_join(span a, span b);

typedef enum {
#define DIAG(code, severity, title) DIAG_##code,
#include "diag/diag_codes.def"
#undef DIAG
  DIAG_COUNT
} diag_code;

typedef enum { DIAG_ERROR, DIAG_WARNING } diag_severity;

typedef struct diag_sink diag_sink;
typedef struct diag diag;

diag_sink *diag_sink_new(arena *a);

/* Registers a source file; its number goes into spans. path and source are kept, not copied. */
uint32_t diag_add_file(diag_sink *sink, const char *path, const char *source, size_t len);
const char *diag_file_path(const diag_sink *sink, uint32_t file);
const char *diag_file_text(const diag_sink *sink, uint32_t file, size_t *len);
uint32_t diag_file_count(const diag_sink *sink);
/* 1-based line, 1-based column in characters (not bytes). */
void diag_locate(const diag_sink *sink, span at, uint32_t *line, uint32_t *column);

/* Reports; the result takes notes and a hint. Never NULL. */
diag *diag_report(diag_sink *sink, diag_code code, span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_note(diag *d, span at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_hint(diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The candidate nearest to name: one with the same letters but for case, else one at a distance (text_distance) of at
 * most 1 + len/4; NULL where there is none. */
const char *diag_nearest(const char *name, const char *const *candidates, uint32_t count);

uint32_t diag_error_count(const diag_sink *sink);
uint32_t diag_warning_count(const diag_sink *sink);

/* All diagnostics, with source lines and carets; control bytes of the source are never echoed. */
void diag_print(const diag_sink *sink, FILE *out, bool color);
/* One JSON object a diagnostic and line: code, severity, file, line, column, end_line, end_column
 * (the first place behind it), message, hint (or null), notes (message and place). */
void diag_print_json(const diag_sink *sink, FILE *out);

const char *diag_code_name(diag_code code); /* "E0101" */

#endif
