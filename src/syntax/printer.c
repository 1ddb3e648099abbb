/* SPDX-License-Identifier: MIT */
/* printer.c - lines, comments and blocks of the canonical layout (see print.c). */
#include "syntax/printer.h"

#include <string.h>

/* ------------------------------------------------------------------------- lines and comments */

size_t printer_column(const printer *p) { return p->out->len - p->line_start; }

void printer_newline(printer *p) {
  text_puts(p->out, "\n");
  p->line_start = p->out->len;
}

void printer_indent(printer *p) {
  for (uint32_t i = 0; i < p->indent; i++)
    text_puts(p->out, " ");
}

/* Is the source line before this place empty? */
static bool follows_blank_line(const printer *p, uint32_t start) {
  uint32_t lines = 0;
  while (start > 0 && strchr(" \t\r\n", p->file->text[start - 1]) != NULL)
    lines += p->file->text[--start] == '\n';
  return lines >= 2;
}

static void keep_blank_line(printer *p, uint32_t start) {
  if (!p->is_first && follows_blank_line(p, start))
    printer_newline(p);
  p->is_first = false;
}

static void write_comment(printer *p, const ast_comment *c) {
  text_add(p->out, p->file->text + c->at.start, c->at.end - c->at.start);
}

static const ast_comment *next_comment(const printer *p, uint32_t before) {
  const ast_comment_list *list = &p->file->comments;
  return p->comment < list->len && list->data[p->comment].at.start < before ? &list->data[p->comment] : NULL;
}

/* All comments that begin before this place, each on a line of its own. */
void printer_comments_before(printer *p, uint32_t before) {
  const ast_comment *c;
  while ((c = next_comment(p, before)) != NULL) {
    keep_blank_line(p, c->at.start);
    printer_indent(p);
    write_comment(p, c);
    printer_newline(p);
    p->comment++;
  }
}

/* The comment behind this place on the same source line. */
static void write_trailing(printer *p, uint32_t end) {
  const ast_comment *c = next_comment(p, p->file->len);
  if (p->is_flat || c == NULL || c->at.start < end)
    return;
  for (uint32_t i = end; i < c->at.start; i++)
    if (strchr(" \t\r;,", p->file->text[i]) == NULL)
      return;
  text_puts(p->out, "  ");
  write_comment(p, c);
  p->comment++;
}

/* A thing that begins at `start`, and whose first part, without blocks, ends at `head_end`. */
static void printer_begin_line(printer *p, uint32_t start, uint32_t head_end) {
  printer_comments_before(p, head_end);
  keep_blank_line(p, start);
  printer_indent(p);
}

void printer_end_line(printer *p, uint32_t end) {
  write_trailing(p, end);
  printer_newline(p);
}

/* ------------------------------------------------------------------------------------ blocks */

bool printer_has_comment(const printer *p, span at) {
  const ast_comment *c = next_comment(p, at.end);
  return c != NULL;
}

static bool may_be_flat(const printer *p, span braces) {
  const char *start = p->file->text + braces.start;
  return memchr(start, '\n', braces.end - braces.start) == NULL && !printer_has_comment(p, braces);
}

static void print_flat_items(printer *p, const body *b) {
  text_puts(p->out, "{ ");
  for (uint32_t i = 0; i < b->count && printer_column(p) <= WIDTH; i++) {
    if (i > 0)
      text_puts(p->out, b->separator);
    b->print(p, b, i);
  }
  text_puts(p->out, b->count > 0 ? " }" : "}");
}

/* On one line, if it fits; otherwise leaves no trace. */
static bool print_flat(printer *p, const body *b) {
  size_t len = p->out->len;
  bool was_flat = p->is_flat;
  p->is_flat = true;
  print_flat_items(p, b);
  p->is_flat = was_flat;
  if (was_flat || printer_column(p) <= WIDTH)
    return true;
  p->out->len = len;
  p->out->data[len] = '\0';
  return false;
}

void printer_lines(printer *p, const body *b, uint32_t end) {
  p->is_first = true;
  for (uint32_t i = 0; i < b->count; i++) {
    span at = b->place(b, i);
    printer_begin_line(p, at.start, b->head_end(b, i));
    b->print(p, b, i);
    printer_end_line(p, at.end);
  }
  printer_comments_before(p, end);
}

/* " { … }" */
void printer_block(printer *p, span braces, const body *b) {
  text_puts(p->out, " ");
  if ((p->is_flat || may_be_flat(p, braces)) && print_flat(p, b))
    return;
  text_puts(p->out, "{");
  printer_end_line(p, braces.start + 1);
  p->indent += INDENT;
  printer_lines(p, b, braces.end);
  p->indent -= INDENT;
  printer_indent(p);
  text_puts(p->out, "}");
  p->is_first = false;
}

/* -------------------------------------------------------------------------------- small parts */

void printer_expr(printer *p, const ast_expr *e) { syntax_print_expr(e, p->out); }

/* A clause goes to the next line where it would not fit, if it may begin a line. */
size_t printer_begin_clause(printer *p) { return p->out->len; }

void printer_end_clause(printer *p, size_t start) {
  bool is_empty = p->out->len == start;
  if (is_empty || p->is_flat || printer_column(p) <= WIDTH || start <= p->line_start + p->indent + HANGING_INDENT)
    return;
  char *clause = arena_strdup(p->out->arena, p->out->data + start, p->out->len - start);
  p->out->len = start;
  p->out->data[start] = '\0';
  printer_newline(p);
  p->indent += HANGING_INDENT;
  printer_indent(p);
  p->indent -= HANGING_INDENT;
  text_puts(p->out, clause + (clause[0] == ' '));
}

/* " word expr" */
void printer_word_expr(printer *p, const char *word, const ast_expr *e) {
  if (e == NULL)
    return;
  text_printf(p->out, " %s ", word);
  printer_expr(p, e);
}

void printer_clause_expr(printer *p, const char *word, const ast_expr *e) {
  size_t start = printer_begin_clause(p);
  printer_word_expr(p, word, e);
  printer_end_clause(p, start);
}

void printer_word_name(printer *p, const char *word, ast_name name) {
  if (name.text != NULL)
    text_printf(p->out, " %s %s", word, name.text);
}

void printer_clause_name(printer *p, const char *word, ast_name name) {
  size_t start = printer_begin_clause(p);
  printer_word_name(p, word, name);
  printer_end_clause(p, start);
}

void printer_solver(printer *p, const ast_solver *solver) {
  if (solver->name.text == NULL)
    return;
  size_t start = printer_begin_clause(p);
  text_printf(p->out, " using %s%s", solver->name.text, solver->in_order ? " in order" : "");
  if (solver->options.len > 0)
    print_args(&solver->options, p->out);
  printer_end_clause(p, start);
}

void printer_when(printer *p, const ast_when *when) {
  static const char *const words[] = {
      [AST_WHEN_RISES_ABOVE] = " rises above ", [AST_WHEN_FALLS_BELOW] = " falls below "};
  if (when->value == NULL)
    return;
  printer_word_expr(p, "when", when->value);
  if (when->kind == AST_WHEN_TRUE)
    return;
  text_puts(p->out, words[when->kind]);
  printer_expr(p, when->threshold);
}

void printer_function(printer *p, const ast_function *f) {
  text_printf(p->out, "function %s(", f->name.text);
  for (uint32_t i = 0; i < f->params.len; i++)
    text_printf(p->out, "%s%s", i > 0 ? ", " : "", f->params.data[i].text);
  text_puts(p->out, ") = ");
  printer_expr(p, f->body);
}
