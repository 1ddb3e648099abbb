/* SPDX-License-Identifier: MIT */
/* parse.c - a whole file: is it text at all, then scanner, filter and grammar. */
#include "grammar/nsa.tab.h"
#include "support/text.h"
#include "syntax/report.h"
#include "syntax/syntax.h"

#include <string.h>

/* Whether the file is text, and not too long; reports where it is not. */
static bool is_text(parse_context *ctx, uint32_t start) {
  const char *s = ctx->file->text;
  uint32_t len = ctx->file->len, file = ctx->file->file;
  for (uint32_t i = start; i < len;) {
    uint32_t n = text_utf8_len(s + i, len - i);
    if (n == 0 || s[i] == '\0') {
      diag *d = syntax_error_at(ctx, DIAG_E0002, (span){file, i, i + 1},
                                s[i] == '\0' ? "this file holds a zero byte: it is not text"
                                             : "this is not valid UTF-8 (byte 0x%02X)",
                                (unsigned)(unsigned char)s[i]);
      diag_hint(d, "save the file as UTF-8");
      return false;
    }
    i += n;
  }
  return true;
}

static uint32_t skip_byte_order_mark(const ast_file *file) {
  return file->len >= 3 && memcmp(file->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static void parse_text(parse_context *ctx) {
  uint32_t start = skip_byte_order_mark(ctx->file);
  if (!is_text(ctx, start))
    return;
  filter_open(ctx, start);
  nsa_parse(ctx);
  if (ctx->error_count == 0 && !ctx->is_stopped && ctx->file->decls.len == 0) {
    diag *d = syntax_error_at(ctx, DIAG_E0003, (span){ctx->file->file, 0, 0}, "this file declares nothing");
    diag_hint(d, "a model begins with a `neuron NAME { … }` and a `population`");
  }
}

ast_file *syntax_parse(arena *a, interner *in, diag_sink *sink, uint32_t file_number) {
  ast_file *file = ARENA_NEW(a, ast_file);
  size_t len = 0;
  file->file = file_number;
  file->path = diag_file_path(sink, file_number);
  file->text = diag_file_text(sink, file_number, &len);
  arena *scratch = arena_new();
  parse_context *ctx = ARENA_NEW(scratch, parse_context);
  *ctx = (parse_context){.arena = a, .scratch = scratch, .names = in, .sink = sink, .file = file};
  if (len > LIMIT_FILE_BYTES) {
    report_limit(ctx, (span){file_number, 0, 0}, "this file is longer than %u bytes", LIMIT_FILE_BYTES);
  } else {
    file->len = (uint32_t)len;
    parse_text(ctx);
  }
  arena_free(scratch);
  return file;
}
