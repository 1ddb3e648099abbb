/* SPDX-License-Identifier: MIT */
/* diag.c - collecting diagnostics; showing them is in diag_print.c and diag_json.c. */
#include "diag/diag_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

typedef struct {
  const char *name;
  diag_severity severity;
} code_row;

static const code_row codes[DIAG_COUNT] = {
#define DIAG(code, level, title) [DIAG_##code] = {#code, DIAG_##level},
#include "diag/diag_codes.def"
#undef DIAG
};

const char *diag_code_name(diag_code code) { return codes[code].name; }

diag_severity diag_severity_of(diag_code code) { return codes[code].severity; }

span span_join(span a, span b) {
  if (a.file == UINT32_MAX)
    return b;
  if (b.file != a.file)
    return a;
  return (span){.file = a.file, .start = a.start < b.start ? a.start : b.start, .end = a.end > b.end ? a.end : b.end};
}

diag_sink *diag_sink_new(arena *a) {
  diag_sink *sink = ARENA_NEW(a, diag_sink);
  sink->arena = a;
  sink->seen = map_new(a);
  return sink;
}

uint32_t diag_add_file(diag_sink *sink, const char *path, const char *source, size_t len) {
  diag_file *file = vec_add(sink->arena, &sink->files);
  *file = (diag_file){.path = path, .text = source, .len = len};
  vec_push(sink->arena, &file->lines, 0);
  for (size_t i = 0; i < len && i < UINT32_MAX; i++)
    if (source[i] == '\n')
      vec_push(sink->arena, &file->lines, (uint32_t)i + 1);
  return sink->files.len - 1;
}

const char *diag_file_path(const diag_sink *sink, uint32_t file) {
  return file < sink->files.len ? sink->files.data[file].path : NULL;
}

const char *diag_file_text(const diag_sink *sink, uint32_t file, size_t *len) {
  if (file >= sink->files.len)
    return NULL;
  if (len != NULL)
    *len = sink->files.data[file].len;
  return sink->files.data[file].text;
}

uint32_t diag_file_count(const diag_sink *sink) { return sink->files.len; }

bool diag_has_place(const diag_sink *sink, span at) { return at.file < sink->files.len; }

uint32_t diag_line_at(const diag_file *file, size_t offset) {
  uint32_t low = 0, high = file->lines.len; /* the line is in [low, high) */
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (file->lines.data[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

span diag_line_span(const diag_file *file, uint32_t line) {
  span at = {.start = file->lines.data[line]};
  at.end = line + 1 < file->lines.len ? file->lines.data[line + 1] - 1 : (uint32_t)file->len;
  if (at.end > at.start && file->text[at.end - 1] == '\r')
    at.end--;
  return at;
}

void diag_locate(const diag_sink *sink, span at, uint32_t *line, uint32_t *column) {
  *line = *column = 0;
  if (!diag_has_place(sink, at))
    return;
  const diag_file *file = &sink->files.data[at.file];
  size_t offset = at.start < file->len ? at.start : file->len;
  uint32_t row = diag_line_at(file, offset);
  *line = row + 1;
  *column = 1;
  for (size_t i = file->lines.data[row]; i < offset; (*column)++) {
    uint32_t len = text_utf8_len(file->text + i, file->len - i);
    i += len == 0 ? 1 : len;
  }
}

static const char *format_text(arena *a, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  char *out = arena_alloc(a, len < 0 ? 1 : (size_t)len + 1);
  if (len > 0)
    vsnprintf(out, (size_t)len + 1, format, again);
  va_end(again);
  return out;
}

/* True the first time that this code is reported at this place. Where there is no place the message stands for it: two
 * files that cannot be read are two errors. */
static bool is_new(diag_sink *sink, const diag *d) {
  bool has_place = d->at.file != UINT32_MAX;
  const char *key =
      arena_printf(sink->arena, "%d:%u:%u:%s", (int)d->code, d->at.file, d->at.start, has_place ? "" : d->message);
  return map_insert(sink->seen, key, 0);
}

diag *diag_report(diag_sink *sink, diag_code code, span at, const char *format, ...) {
  diag *d = ARENA_NEW(sink->arena, diag);
  *d = (diag){.sink = sink, .code = code, .at = at, .order = sink->items.len};
  va_list args;
  va_start(args, format);
  d->message = format_text(sink->arena, format, args);
  va_end(args);
  if (is_new(sink, d)) {
    vec_push(sink->arena, &sink->items, d);
    sink->counts[diag_severity_of(code)]++;
  }
  return d; /* a duplicate takes notes like any other, but nobody sees it */
}

void diag_note(diag *d, span at, const char *format, ...) {
  va_list args;
  va_start(args, format);
  diag_note_item note = {.at = at, .message = format_text(d->sink->arena, format, args)};
  va_end(args);
  vec_push(d->sink->arena, &d->notes, note);
}

void diag_hint(diag *d, const char *format, ...) {
  va_list args;
  va_start(args, format);
  d->hint = format_text(d->sink->arena, format, args);
  va_end(args);
}

const char *diag_nearest(const char *name, const char *const *candidates, uint32_t count) {
  uint32_t limit = 2 + (uint32_t)strlen(name) / 4; /* one more than the farthest accepted */
  const char *nearest = NULL;
  for (uint32_t i = 0; i < count; i++) {
    if (strcasecmp(name, candidates[i]) == 0) /* `ip3` is IP3, however many letters differ */
      return candidates[i];
    uint32_t distance = text_distance(name, candidates[i], limit);
    if (distance >= limit)
      continue;
    limit = distance;
    nearest = candidates[i];
  }
  return nearest;
}

uint32_t diag_error_count(const diag_sink *sink) { return sink->counts[DIAG_ERROR]; }

uint32_t diag_warning_count(const diag_sink *sink) { return sink->counts[DIAG_WARNING]; }

static int three_way(uint32_t a, uint32_t b) { return (a > b) - (a < b); }

/* What has no place comes first: it is about the whole compile. */
static int compare_places(const void *left, const void *right) {
  const diag *a = *(diag *const *)left, *b = *(diag *const *)right;
  int by_file = three_way(a->at.file + 1, b->at.file + 1);
  if (by_file != 0)
    return by_file;
  int by_start = three_way(a->at.start, b->at.start);
  return by_start != 0 ? by_start : three_way(a->order, b->order);
}

diag **diag_sorted(const diag_sink *sink, arena *a) {
  diag **sorted = ARENA_ARRAY(a, diag *, sink->items.len);
  if (sink->items.len == 0)
    return sorted;
  memcpy(sorted, sink->items.data, sink->items.len * sizeof *sorted);
  qsort(sorted, sink->items.len, sizeof *sorted, compare_places);
  return sorted;
}
