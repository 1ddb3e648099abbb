/* SPDX-License-Identifier: MIT */
/* Any text parses, or has errors that can be told. What parses is laid out, and the layout parses to the same layout.
 */
#include "fuzz/target.h"

#include "syntax/syntax.h"

#include <stdlib.h>
#include <string.h>

static text parse_and_print(arena *a, diag_sink *sink, const char *source, size_t size) {
  text out = text_new(a);
  const ast_file *file = syntax_parse(a, intern_new(a), sink, diag_add_file(sink, "fuzz.nsa", source, size));
  syntax_dump(file, &out);
  out.len = 0;
  text_puts(&out, "");
  if (diag_error_count(sink) == 0)
    syntax_print(file, &out);
  return out;
}

static void tell(const diag_sink *sink) {
  char *said = NULL;
  size_t size;
  FILE *to = open_memstream(&said, &size);
  diag_print(sink, to, true);
  diag_print_json(sink, to);
  fclose(to);
  free(said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  arena *a = arena_new();
  diag_sink *sink = diag_sink_new(a);
  text once = parse_and_print(a, sink, arena_strdup(a, (const char *)data, size), size);
  tell(sink);
  if (diag_error_count(sink) == 0) {
    text twice = parse_and_print(a, sink, once.data, once.len);
    if (diag_error_count(sink) != 0 || twice.len != once.len || memcmp(twice.data, once.data, once.len) != 0)
      target_fail("the layout is not the layout of itself");
  }
  arena_free(a);
  return 0;
}
