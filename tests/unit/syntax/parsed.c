/* SPDX-License-Identifier: MIT */
#include "parsed.h"

#include "support/file.h"

#include <stdlib.h>
#include <string.h>

parsed parse_bytes(const char *bytes, size_t len) {
  parsed p = {.arena = arena_new()};
  p.sink = diag_sink_new(p.arena);
  uint32_t file = diag_add_file(p.sink, "model.nsa", arena_strdup(p.arena, bytes, len), len);
  p.file = syntax_parse(p.arena, intern_new(p.arena), p.sink, file);
  return p;
}

parsed parse_string(const char *source) { return parse_bytes(source, strlen(source)); }

void parsed_free(parsed *p) {
  arena_free(p->arena);
  p->arena = NULL;
}

const char *parsed_messages(const parsed *p) {
  char *bytes = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&bytes, &len);
  assert_non_null(out);
  diag_print(p->sink, out, false);
  fclose(out);
  const char *copy = arena_strdup(p->arena, bytes, len);
  free(bytes);
  return copy;
}

const char *parsed_layout(const parsed *p) {
  text out = text_new(p->arena);
  text_puts(&out, "");
  syntax_print(p->file, &out);
  return text_cstr(&out);
}

const char *parsed_tree(const parsed *p) {
  text dump = text_new(p->arena), out = text_new(p->arena);
  syntax_dump(p->file, &dump);
  text_puts(&out, "");
  for (const char *line = dump.len > 0 ? text_cstr(&dump) : ""; *line != '\0';) {
    const char *end = strchr(line, '\n');
    const char *span_start = end;
    while (span_start > line && *span_start != '[')
      span_start--;
    text_add(&out, line, (size_t)(span_start - line));
    text_puts(&out, "\n");
    line = end + 1;
  }
  return text_cstr(&out);
}

const char *test_source(arena *a, const char *path) {
  const char *root = getenv("SRC");
  const char *error = NULL;
  size_t len = 0;
  const char *whole = file_join(a, root != NULL ? root : ".", path);
  const char *bytes = file_read(a, whole, 1u << 24, &len, &error);
  if (bytes == NULL)
    fail_msg("%s: %s", whole, error);
  return bytes;
}

void assert_clean(const parsed *p) {
  if (diag_error_count(p->sink) > 0 || diag_warning_count(p->sink) > 0)
    fail_msg("unexpected messages:\n%s\nfor\n%s", parsed_messages(p), p->file->text);
}

void assert_round_trip(const char *source) {
  parsed once = parse_string(source);
  assert_clean(&once);
  parsed twice = parse_string(parsed_layout(&once));
  assert_clean(&twice);
  assert_string_equal(parsed_tree(&once), parsed_tree(&twice));
  assert_string_equal(parsed_layout(&once), parsed_layout(&twice));
  assert_int_equal(once.file->comments.len, twice.file->comments.len);
  parsed_free(&once);
  parsed_free(&twice);
}
