/* SPDX-License-Identifier: MIT */
/* diag_internal.h - what diag.c (collecting) and diag_print.c, diag_json.c (showing) share. */
#ifndef NSA_DIAG_INTERNAL_H
#define NSA_DIAG_INTERNAL_H

#include "diag/diag.h"
#include "support/map.h"
#include "support/text.h"
#include "support/vec.h"

typedef struct {
  const char *path, *text;
  size_t len;
  VEC(uint32_t) lines; /* the byte at which each line starts */
} diag_file;

typedef struct {
  span at;
  const char *message;
} diag_note_item;

struct diag {
  diag_sink *sink;
  diag_code code;
  span at;
  const char *message, *hint; /* hint may be NULL */
  VEC(diag_note_item) notes;
  uint32_t order; /* of reporting */
};

struct diag_sink {
  arena *arena;
  VEC(diag_file) files;
  VEC(diag *) items;
  map *seen;          /* code and place of each item */
  uint32_t counts[2]; /* by severity */
};

diag_severity diag_severity_of(diag_code code);

/* True when the span names a registered file; clamped then to that file's text. */
bool diag_has_place(const diag_sink *sink, span at);
/* The line (0-based) that holds byte `offset`, and its bytes without the line end. */
uint32_t diag_line_at(const diag_file *file, size_t offset);
span diag_line_span(const diag_file *file, uint32_t line);

/* The diagnostics ordered by place, then by the order of reporting; in `a`. */
diag **diag_sorted(const diag_sink *sink, arena *a);

#endif
