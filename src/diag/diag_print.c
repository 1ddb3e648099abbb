/* SPDX-License-Identifier: MIT */
/* diag_print.c - diagnostics for people:
 *
 *   net.nsa:7:14: error[E0301]: units do not agree
 *      7 |   dv/dt = -(v - 3 ms)/tau
 *        |              ^~~~~~~~
 *   net.nsa:3:9: note: `v` is in mV
 *      3 |   state v = -70 mV
 *        |         ^
 *     = help: write `3 mV`
 */
#include "diag/diag_glyph.h"
#include "diag/diag_internal.h"

/* How many of each severity are shown: more than anybody mends before compiling again. */
enum { MAX_SHOWN = 20 };
/* Of a longer line only this many bytes are shown, the caret this far from their start. */
enum { MAX_LINE = 160, BEFORE_CARET = 60 };

typedef enum { LOOK_ERROR, LOOK_WARNING, LOOK_NOTE, LOOK_HELP, LOOK_FRAME, LOOK_COUNT } look;

static const struct {
  const char *word, *color;
} looks[LOOK_COUNT] = {
    [LOOK_ERROR] = {"error", "\033[1;31m"}, [LOOK_WARNING] = {"warning", "\033[1;35m"},
    [LOOK_NOTE] = {"note", "\033[1;36m"},   [LOOK_HELP] = {"help", "\033[1;32m"},
    [LOOK_FRAME] = {"", "\033[34m"},
};

typedef struct {
  const diag_sink *sink;
  arena *arena;
  FILE *out;
  bool has_color;
  int gutter; /* digits of the largest line number shown */
} printer;

static void paint(const printer *p, look as, const char *words) {
  if (p->has_color)
    fprintf(p->out, "%s%s\033[0m", looks[as].color, words);
  else
    fputs(words, p->out);
}

/* The part [from, to) of a line that is shown around [start, end), whole characters only. */
static span window_of(const diag_file *file, span line, uint32_t start) {
  if (line.end - line.start <= MAX_LINE)
    return line;
  span shown = line;
  if (start - line.start > BEFORE_CARET)
    shown.start = start - BEFORE_CARET;
  if (line.end - shown.start > MAX_LINE)
    shown.end = shown.start + MAX_LINE;
  /* Bytes 10xxxxxx continue a character; at most three of them, in valid text. */
  for (int i = 0; i < 3 && shown.start > line.start; i++)
    if ((file->text[shown.start] & 0xC0) == 0x80)
      shown.start--;
  for (int i = 0; i < 3 && shown.end < line.end; i++)
    if ((file->text[shown.end] & 0xC0) == 0x80)
      shown.end++;
  return shown;
}

typedef struct {
  text source;       /* the line as shown */
  uint32_t from, to; /* columns to underline */
} drawing;

static drawing draw_line(const printer *p, const diag_file *file, span line, span at) {
  span shown = window_of(file, line, at.start);
  drawing d = {.source = text_new(p->arena)};
  uint32_t column = 0, i = shown.start;
  if (shown.start > line.start) {
    text_puts(&d.source, "...");
    column = 3;
  }
  while (i < shown.end) {
    if (i <= at.start)
      d.from = column;
    i += diag_glyph_add(&d.source, file->text + i, shown.end - i, &column);
    if (i <= at.end)
      d.to = column;
  }
  if (at.start >= shown.end)
    d.from = column; /* behind the last character: at the line's end */
  if (at.end > shown.end)
    d.to = column;
  if (d.to <= d.from)
    d.to = d.from + 1;
  if (shown.end < line.end)
    text_puts(&d.source, "...");
  return d;
}

static void print_source(const printer *p, span at, look as) {
  const diag_file *file = &p->sink->files.data[at.file];
  if (at.start > file->len)
    at.start = (uint32_t)file->len;
  if (at.end < at.start)
    at.end = at.start;
  uint32_t row = diag_line_at(file, at.start);
  span line = diag_line_span(file, row);
  if (at.start > line.end)
    at.start = line.end; /* at a line end of two bytes */
  if (at.end > line.end)
    at.end = line.end; /* the first line stands for all */
  drawing d = draw_line(p, file, line, at);

  text gutter = text_new(p->arena), mark = text_new(p->arena);
  text_printf(&gutter, " %*u | ", p->gutter, row + 1);
  paint(p, LOOK_FRAME, text_cstr(&gutter));
  fprintf(p->out, "%s\n", text_cstr(&d.source));
  gutter = text_new(p->arena);
  text_printf(&gutter, " %*s | ", p->gutter, "");
  paint(p, LOOK_FRAME, text_cstr(&gutter));
  for (uint32_t i = d.from; i < d.to; i++)
    text_puts(&mark, i == d.from ? "^" : "~");
  fprintf(p->out, "%*s", (int)d.from, "");
  paint(p, as, text_cstr(&mark));
  fputc('\n', p->out);
}

static void print_message(const printer *p, span at, look as, const char *code, const char *message) {
  bool has_place = diag_has_place(p->sink, at);
  if (has_place) {
    uint32_t line, column;
    diag_locate(p->sink, at, &line, &column);
    fprintf(p->out, "%s:%u:%u: ", diag_safe(p->arena, diag_file_path(p->sink, at.file)), line, column);
  }
  const char *words = looks[as].word;
  paint(p, as, code == NULL ? words : arena_printf(p->arena, "%s[%s]", words, code));
  fprintf(p->out, ": %s\n", diag_safe(p->arena, message));
  if (has_place)
    print_source(p, at, as);
}

static void print_aside(const printer *p, look as, const char *message) {
  fprintf(p->out, " %*s ", p->gutter, "");
  paint(p, LOOK_FRAME, "= ");
  paint(p, as, looks[as].word);
  fprintf(p->out, ": %s\n", diag_safe(p->arena, message));
}

static int digits(uint32_t number) {
  int count = 1;
  for (; number >= 10; number /= 10)
    count++;
  return count;
}

static int widest_line(const printer *p, const diag *d) {
  uint32_t line, column, last;
  diag_locate(p->sink, d->at, &last, &column);
  for (uint32_t i = 0; i < d->notes.len; i++) {
    diag_locate(p->sink, d->notes.data[i].at, &line, &column);
    if (line > last)
      last = line;
  }
  return digits(last) > 4 ? digits(last) : 4;
}

static void print_diag(printer *p, const diag *d) {
  p->gutter = widest_line(p, d);
  look as = diag_severity_of(d->code) == DIAG_ERROR ? LOOK_ERROR : LOOK_WARNING;
  print_message(p, d->at, as, diag_code_name(d->code), d->message);
  for (uint32_t i = 0; i < d->notes.len; i++) {
    const diag_note_item *note = &d->notes.data[i];
    if (diag_has_place(p->sink, note->at))
      print_message(p, note->at, LOOK_NOTE, NULL, note->message);
    else
      print_aside(p, LOOK_NOTE, note->message);
  }
  if (d->hint != NULL)
    print_aside(p, LOOK_HELP, d->hint);
}

static void print_rest(const printer *p, diag_severity severity, const char *what) {
  uint32_t count = p->sink->counts[severity];
  if (count <= MAX_SHOWN)
    return;
  uint32_t rest = count - MAX_SHOWN;
  fprintf(p->out, "… and %u more %s%s\n", rest, what, rest == 1 ? "" : "s");
}

void diag_print(const diag_sink *sink, FILE *out, bool color) {
  arena *a = arena_new();
  diag **sorted = diag_sorted(sink, a);
  uint32_t shown[2] = {0, 0};
  for (uint32_t i = 0; i < sink->items.len; i++) {
    if (shown[diag_severity_of(sorted[i]->code)]++ >= MAX_SHOWN)
      continue;
    printer p = {.sink = sink, .arena = a, .out = out, .has_color = color};
    print_diag(&p, sorted[i]);
  }
  printer p = {.sink = sink, .arena = a, .out = out, .has_color = color};
  print_rest(&p, DIAG_ERROR, "error");
  print_rest(&p, DIAG_WARNING, "warning");
  arena_free(a);
}
