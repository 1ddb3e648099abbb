/* SPDX-License-Identifier: MIT */
/* diag_json.c - diagnostics for editors and tests: one JSON object a line, all of them. */
#include "diag/diag_internal.h"

static void put_string(FILE *out, const char *s) {
  fputc('"', out);
  for (size_t left = strlen(s); left > 0;) {
    uint32_t len, point = text_utf8_decode(s, left, &len);
    if (point == TEXT_INVALID)
      fprintf(out, "\\\\x%02X", (unsigned char)*s); /* JSON has no bytes: written out */
    else if (point == '"' || point == '\\')
      fprintf(out, "\\%c", *s);
    else if (point < 0x20 || (point >= 0x7F && point < 0xA0))
      fprintf(out, "\\u%04x", point);
    else
      fwrite(s, 1, len, out);
    s += len;
    left -= len;
  }
  fputc('"', out);
}

static void put_field(FILE *out, const char *name, const char *value) {
  fprintf(out, ",\"%s\":", name);
  if (value == NULL)
    fputs("null", out);
  else
    put_string(out, value);
}

/* Line and column are 1-based; the end is the first place behind. No place: file null, zeros. */
static void put_place(const diag_sink *sink, FILE *out, span at) {
  uint32_t line, column, end_line, end_column;
  diag_locate(sink, at, &line, &column);
  diag_locate(sink, (span){.file = at.file, .start = at.end, .end = at.end}, &end_line, &end_column);
  put_field(out, "file", diag_file_path(sink, at.file));
  fprintf(out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", line, column, end_line, end_column);
}

static void put_notes(const diag_sink *sink, FILE *out, const diag *d) {
  fputs(",\"notes\":[", out);
  for (uint32_t i = 0; i < d->notes.len; i++) {
    fputs(i == 0 ? "{\"message\":" : ",{\"message\":", out);
    put_string(out, d->notes.data[i].message);
    put_place(sink, out, d->notes.data[i].at);
    fputc('}', out);
  }
  fputc(']', out);
}

void diag_print_json(const diag_sink *sink, FILE *out) {
  arena *a = arena_new();
  diag **sorted = diag_sorted(sink, a);
  for (uint32_t i = 0; i < sink->items.len; i++) {
    const diag *d = sorted[i];
    bool is_error = diag_severity_of(d->code) == DIAG_ERROR;
    fprintf(out, "{\"code\":\"%s\",\"severity\":\"%s\"", diag_code_name(d->code), is_error ? "error" : "warning");
    put_place(sink, out, d->at);
    put_field(out, "message", d->message);
    put_field(out, "hint", d->hint);
    put_notes(sink, out, d);
    fputs("}\n", out);
  }
  arena_free(a);
}
