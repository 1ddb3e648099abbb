/* SPDX-License-Identifier: MIT */
/* print.c - a whole file in the canonical layout (`nsa fmt`).
 *
 * Two blanks an indent, one statement a line; a block that was written on one line stays there when
 * it fits. Comments are not in the tree: they are put back by their place. Those before a thing come
 * above it, those behind it on its line stay there, those in its midst move above it. */
#include "syntax/print.h"

#include <string.h>

enum { WIDTH = 100, INDENT = 2, HANGING_INDENT = 4 };

typedef struct {
  const ast_file *file;
  text *out;
  size_t line_start; /* in out */
  uint32_t indent;
  uint32_t comment; /* the next one to be printed */
  bool is_first;    /* nothing was printed in this block: no blank line yet */
  bool is_flat;     /* all on one line */
} printer;

/* ------------------------------------------------------------------------- lines and comments */

static size_t column(const printer *p) { return p->out->len - p->line_start; }

static void newline(printer *p) {
  text_puts(p->out, "\n");
  p->line_start = p->out->len;
}

static void write_indent(printer *p) {
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
    newline(p);
  p->is_first = false;
}

static void write_comment(printer *p, const ast_comment *c) {
  text_add(p->out, p->file->text + c->at.start, c->at.end - c->at.start);
}

static const ast_comment *next_comment(const printer *p, uint32_t before) {
  const ast_comment_list *list = &p->file->comments;
  return p->comment < list->len && list->data[p->comment].at.start < before
             ? &list->data[p->comment]
             : NULL;
}

/* All comments that begin before this place, each on a line of its own. */
static void flush_comments(printer *p, uint32_t before) {
  const ast_comment *c;
  while ((c = next_comment(p, before)) != NULL) {
    keep_blank_line(p, c->at.start);
    write_indent(p);
    write_comment(p, c);
    newline(p);
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
static void begin_line(printer *p, uint32_t start, uint32_t head_end) {
  flush_comments(p, head_end);
  keep_blank_line(p, start);
  write_indent(p);
}

static void end_line(printer *p, uint32_t end) {
  write_trailing(p, end);
  newline(p);
}

/* ------------------------------------------------------------------------------------ blocks */

/* What stands in a block: a list of things of one kind. */
typedef struct body body;
struct body {
  const void *list;
  uint32_t count;
  const char *separator; /* on one line */
  span (*place)(const body *b, uint32_t i);
  uint32_t (*head_end)(const body *b, uint32_t i);
  void (*print)(printer *p, const body *b, uint32_t i);
};

static bool has_comment_in(const printer *p, span at) {
  const ast_comment *c = next_comment(p, at.end);
  return c != NULL;
}

static bool may_be_flat(const printer *p, span braces) {
  const char *start = p->file->text + braces.start;
  return memchr(start, '\n', braces.end - braces.start) == NULL && !has_comment_in(p, braces);
}

static void print_flat_items(printer *p, const body *b) {
  text_puts(p->out, "{ ");
  for (uint32_t i = 0; i < b->count && column(p) <= WIDTH; i++) {
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
  if (was_flat || column(p) <= WIDTH)
    return true;
  p->out->len = len;
  p->out->data[len] = '\0';
  return false;
}

static void print_lines(printer *p, const body *b, uint32_t end) {
  p->is_first = true;
  for (uint32_t i = 0; i < b->count; i++) {
    span at = b->place(b, i);
    begin_line(p, at.start, b->head_end(b, i));
    b->print(p, b, i);
    end_line(p, at.end);
  }
  flush_comments(p, end);
}

/* " { … }" */
static void print_block(printer *p, span braces, const body *b) {
  text_puts(p->out, " ");
  if ((p->is_flat || may_be_flat(p, braces)) && print_flat(p, b))
    return;
  text_puts(p->out, "{");
  end_line(p, braces.start + 1);
  p->indent += INDENT;
  print_lines(p, b, braces.end);
  p->indent -= INDENT;
  write_indent(p);
  text_puts(p->out, "}");
  p->is_first = false;
}

/* -------------------------------------------------------------------------------- small parts */

static void print_expr(printer *p, const ast_expr *e) { syntax_print_expr(e, p->out); }

/* A clause; it goes to the next line where it would not fit, if it may begin one. */
static size_t begin_clause(printer *p) { return p->out->len; }

static void end_clause(printer *p, size_t start) {
  bool is_empty = p->out->len == start;
  if (is_empty || p->is_flat || column(p) <= WIDTH ||
      start <= p->line_start + p->indent + HANGING_INDENT)
    return;
  char *clause = arena_strdup(p->out->arena, p->out->data + start, p->out->len - start);
  p->out->len = start;
  p->out->data[start] = '\0';
  newline(p);
  p->indent += HANGING_INDENT;
  write_indent(p);
  p->indent -= HANGING_INDENT;
  text_puts(p->out, clause + (clause[0] == ' '));
}

/* " word expr" */
static void print_word_expr(printer *p, const char *word, const ast_expr *e) {
  if (e == NULL)
    return;
  text_printf(p->out, " %s ", word);
  print_expr(p, e);
}

static void print_clause_expr(printer *p, const char *word, const ast_expr *e) {
  size_t start = begin_clause(p);
  print_word_expr(p, word, e);
  end_clause(p, start);
}

static void print_word_name(printer *p, const char *word, ast_name name) {
  if (name.text != NULL)
    text_printf(p->out, " %s %s", word, name.text);
}

static void print_clause_name(printer *p, const char *word, ast_name name) {
  size_t start = begin_clause(p);
  print_word_name(p, word, name);
  end_clause(p, start);
}

static void print_rule(printer *p, const ast_rule *rule) {
  text_puts(p->out, rule->name.text);
  if (rule->args.len > 0)
    print_args(&rule->args, p->out);
}

static void print_solver(printer *p, const ast_solver *solver) {
  if (solver->name.text == NULL)
    return;
  size_t start = begin_clause(p);
  text_printf(p->out, " using %s%s", solver->name.text, solver->in_order ? " in order" : "");
  if (solver->options.len > 0)
    print_args(&solver->options, p->out);
  end_clause(p, start);
}

static void print_when(printer *p, const ast_when *when) {
  static const char *const words[] = {
      [AST_WHEN_RISES_ABOVE] = " rises above ", [AST_WHEN_FALLS_BELOW] = " falls below "};
  if (when->value == NULL)
    return;
  print_word_expr(p, "when", when->value);
  if (when->kind == AST_WHEN_TRUE)
    return;
  text_puts(p->out, words[when->kind]);
  print_expr(p, when->threshold);
}

static void print_function(printer *p, const ast_function *f) {
  text_printf(p->out, "function %s(", f->name.text);
  for (uint32_t i = 0; i < f->params.len; i++)
    text_printf(p->out, "%s%s", i > 0 ? ", " : "", f->params.data[i].text);
  text_puts(p->out, ") = ");
  print_expr(p, f->body);
}

/* ---------------------------------------------------------------------------------- settings */

static const ast_setting *setting_at(const body *b, uint32_t i) {
  return &((const ast_setting_list *)b->list)->data[i];
}

static span setting_place(const body *b, uint32_t i) { return setting_at(b, i)->at; }
static uint32_t setting_head_end(const body *b, uint32_t i) { return setting_at(b, i)->at.end; }

static void setting_print(printer *p, const body *b, uint32_t i) {
  print_expr(p, setting_at(b, i)->target);
  text_puts(p->out, " = ");
  print_expr(p, setting_at(b, i)->value);
}

static void print_settings(printer *p, span braces, const ast_setting_list *list) {
  body b = {list, list->len, ", ", setting_place, setting_head_end, setting_print};
  print_block(p, braces, &b);
}

/* -------------------------------------------------------------------------------- statements */

static void print_stmts(printer *p, const ast_block *block);

static void print_branch(printer *p, const ast_stmt *s) {
  text_puts(p->out, "if ");
  print_expr(p, s->as.branch.condition);
  print_stmts(p, s->as.branch.then_block);
  const ast_block *rest = s->as.branch.else_block;
  if (rest == NULL)
    return;
  text_puts(p->out, " else");
  bool is_else_if = rest->stmts.len == 1 && rest->stmts.data[0]->kind == AST_BRANCH &&
                    rest->at.start == rest->stmts.data[0]->at.start;
  if (!is_else_if) {
    print_stmts(p, rest);
    return;
  }
  text_puts(p->out, " ");
  print_branch(p, rest->stmts.data[0]);
}

static void print_stmt(printer *p, const ast_stmt *s) {
  switch (s->kind) {
  case AST_ASSIGN:
    print_expr(p, s->as.assign.target);
    text_printf(p->out, " %s ", print_assign_text(s->as.assign.op));
    print_expr(p, s->as.assign.value);
    break;
  case AST_LET:
    text_printf(p->out, "let %s = ", s->as.let.name.text);
    print_expr(p, s->as.let.value);
    break;
  case AST_BRANCH:
    print_branch(p, s);
    break;
  case AST_EMIT:
    text_printf(p->out, "emit %s", s->as.emit.event.text);
    break;
  case AST_START:
    text_printf(p->out, "start %s for ", s->as.start.timer.text);
    print_expr(p, s->as.start.duration);
    break;
  }
}

static const ast_stmt *stmt_at(const body *b, uint32_t i) {
  return ((const ast_block *)b->list)->stmts.data[i];
}

static span stmt_place(const body *b, uint32_t i) { return stmt_at(b, i)->at; }

static uint32_t stmt_head_end(const body *b, uint32_t i) {
  const ast_stmt *s = stmt_at(b, i);
  return s->kind == AST_BRANCH ? s->as.branch.then_block->at.start : s->at.end;
}

static void stmt_print(printer *p, const body *b, uint32_t i) { print_stmt(p, stmt_at(b, i)); }

static void print_stmts(printer *p, const ast_block *block) {
  body b = {block, block->stmts.len, "; ", stmt_place, stmt_head_end, stmt_print};
  print_block(p, block->at, &b);
}

/* ------------------------------------------------------------------------------------- items */

static void print_entry(printer *p, const ast_entry *e) {
  text_puts(p->out, e->name.text);
  if (e->unit != NULL)
    text_printf(p->out, " : %s", e->unit->text);
  if (e->combiner.text != NULL)
    text_printf(p->out, " %s", e->combiner.text);
  if (e->value != NULL) {
    text_puts(p->out, " = ");
    print_expr(p, e->value);
  }
  if (e->low != NULL) {
    text_puts(p->out, " in ");
    print_expr(p, e->low);
    text_puts(p->out, "..");
    print_expr(p, e->high);
  }
}

/* With comments among them the entries stand one a line, under the first. */
static void print_entries_in_lines(printer *p, const ast_entry_list *list) {
  uint32_t indent = p->indent;
  p->indent = (uint32_t)column(p);
  for (uint32_t i = 0; i < list->len; i++) {
    const ast_entry *e = &list->data[i];
    if (i > 0) {
      flush_comments(p, e->at.end);
      write_indent(p);
    }
    print_entry(p, e);
    if (i + 1 == list->len)
      break;
    text_puts(p->out, ",");
    end_line(p, e->at.end);
  }
  p->indent = indent;
}

/* Otherwise as many in a line as fit. */
static void print_entries_filled(printer *p, const ast_entry_list *list) {
  uint32_t indent = p->indent;
  uint32_t first = (uint32_t)column(p);
  for (uint32_t i = 0; i < list->len; i++) {
    size_t start = p->out->len;
    text_puts(p->out, i > 0 ? " " : "");
    print_entry(p, &list->data[i]);
    text_puts(p->out, i + 1 < list->len ? "," : "");
    if (p->is_flat || i == 0 || column(p) <= WIDTH)
      continue;
    p->out->len = start;
    p->out->data[start] = '\0';
    newline(p);
    p->indent = first;
    write_indent(p);
    print_entry(p, &list->data[i]);
    text_puts(p->out, i + 1 < list->len ? "," : "");
  }
  p->indent = indent;
}

static void print_entries(printer *p, const ast_item *item) {
  static const char *const words[] = {
      [AST_ITEM_PARAM] = "param ", [AST_ITEM_STATE] = "state ", [AST_ITEM_INPUT] = "input ",
      [AST_ITEM_NOISE] = "noise ", [AST_ITEM_TIMER] = "timer "};
  text_puts(p->out, words[item->kind]);
  if (!p->is_flat && has_comment_in(p, item->at))
    print_entries_in_lines(p, &item->as.entries);
  else
    print_entries_filled(p, &item->as.entries);
}

static void print_ode(printer *p, const ast_item *item) {
  if (item->as.ode.coefficient != NULL) {
    print_expr(p, item->as.ode.coefficient);
    text_puts(p->out, " * ");
  }
  text_printf(p->out, "d%s/dt = ", item->as.ode.state.text);
  print_expr(p, item->as.ode.rhs);
  print_word_name(p, "on", item->as.ode.timescale);
  print_solver(p, &item->as.ode.solver);
  print_clause_expr(p, "unless", item->as.ode.unless);
}

static void print_species(printer *p, const ast_species_list *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    const ast_species *s = &list->data[i];
    text_printf(p->out, "%s%s%s%s", i > 0 ? " + " : "", s->count != NULL ? s->count : "",
                s->count != NULL ? "*" : "", s->state.text);
  }
}

static void print_reaction(printer *p, const ast_item *item) {
  text_puts(p->out, "reaction ");
  print_species(p, &item->as.reaction.left);
  text_puts(p->out, item->as.reaction.is_reversible ? " <-> " : " -> ");
  print_species(p, &item->as.reaction.right);
  text_puts(p->out, " rates ");
  for (uint32_t i = 0; i < item->as.reaction.rates.len; i++) {
    text_puts(p->out, i > 0 ? ", " : "");
    print_expr(p, item->as.reaction.rates.data[i]);
  }
}

static void print_event(printer *p, const ast_item *item) {
  text_printf(p->out, "%s%s", item->as.event.is_spike ? "" : "event ", item->as.event.name.text);
  print_when(p, &item->as.event.when);
  print_clause_expr(p, "refractory", item->as.event.refractory);
  if (item->as.event.block != NULL)
    print_stmts(p, item->as.event.block);
}

static void print_on(printer *p, const ast_item *item) {
  const char *partner = item->as.on.partner.text;
  text_printf(p->out, "on %s%s%s", partner != NULL ? partner : "", partner != NULL ? "." : "",
              item->as.on.event.text);
  print_stmts(p, item->as.on.block);
}

static void print_item(printer *p, const ast_item *item) {
  switch (item->kind) {
  case AST_ITEM_PARAM:
  case AST_ITEM_STATE:
  case AST_ITEM_INPUT:
  case AST_ITEM_NOISE:
  case AST_ITEM_TIMER:
    print_entries(p, item);
    break;
  case AST_ITEM_LET:
    text_printf(p->out, "let %s = ", item->as.let.name.text);
    print_expr(p, item->as.let.value);
    break;
  case AST_ITEM_FUNCTION:
    print_function(p, &item->as.function);
    break;
  case AST_ITEM_ODE:
    print_ode(p, item);
    break;
  case AST_ITEM_REACTION:
    print_reaction(p, item);
    break;
  case AST_ITEM_EVENT:
    print_event(p, item);
    break;
  case AST_ITEM_ON:
    print_on(p, item);
    break;
  case AST_ITEM_EVERY:
    text_puts(p->out, "every ");
    print_expr(p, item->as.every.period);
    print_stmts(p, item->as.every.block);
    break;
  case AST_ITEM_EACH_STEP:
    text_puts(p->out, "each step");
    print_stmts(p, item->as.each_step.block);
    break;
  case AST_ITEM_CONTRIBUTION:
    print_expr(p, item->as.contribution.target);
    text_puts(p->out, " += ");
    print_expr(p, item->as.contribution.value);
    break;
  case AST_ITEM_DEFAULT:
    text_puts(p->out, "default ");
    print_expr(p, item->as.fallback.target);
    text_puts(p->out, " = ");
    print_expr(p, item->as.fallback.value);
    break;
  }
}

static const ast_item *item_at(const body *b, uint32_t i) {
  return ((const ast_item_list *)b->list)->data[i];
}

static span item_place(const body *b, uint32_t i) { return item_at(b, i)->at; }

/* Where the part of an item ends whose comments move above it. Entries keep theirs. */
static uint32_t item_head_end(const body *b, uint32_t i) {
  const ast_item *item = item_at(b, i);
  const ast_block *block = NULL;
  switch (item->kind) {
  case AST_ITEM_PARAM:
  case AST_ITEM_STATE:
  case AST_ITEM_INPUT:
  case AST_ITEM_NOISE:
  case AST_ITEM_TIMER:
    return item->as.entries.data[0].at.end;
  case AST_ITEM_EVENT:
    block = item->as.event.block;
    break;
  case AST_ITEM_ON:
    block = item->as.on.block;
    break;
  case AST_ITEM_EVERY:
    block = item->as.every.block;
    break;
  case AST_ITEM_EACH_STEP:
    block = item->as.each_step.block;
    break;
  default:
    break;
  }
  return block != NULL ? block->at.start : item->at.end;
}

static void item_print(printer *p, const body *b, uint32_t i) { print_item(p, item_at(b, i)); }

/* ------------------------------------------------------------------------------ declarations */

static void print_component(printer *p, const ast_component *c) {
  static const char *const words[] = {"neuron", "astrocyte", "synapse"};
  text_printf(p->out, "%s %s", words[c->kind], c->name.text);
  print_word_name(p, "extends", c->base);
  print_word_name(p, "on", c->timescale);
  print_solver(p, &c->solver);
  print_word_name(p, "coupling", c->coupling);
  print_word_name(p, "precision", c->precision);
  body b = {&c->items, c->items.len, "; ", item_place, item_head_end, item_print};
  print_block(p, c->body, &b);
}

static void print_population(printer *p, const ast_population *c) {
  text_printf(p->out, "population %s : %s", c->name.text, c->component.text);
  if (c->size != NULL) {
    text_puts(p->out, "[");
    print_expr(p, c->size);
    text_puts(p->out, "]");
  }
  print_word_expr(p, "spaced", c->spacing);
  if (c->has_overrides)
    print_settings(p, c->block, &c->overrides);
}

static void print_partner(printer *p, const ast_connect *c) {
  if (c->partner == NULL)
    return;
  size_t start = begin_clause(p);
  text_puts(p->out, " with ");
  print_expr(p, c->partner);
  print_word_name(p, "of", c->partner_of);
  text_puts(p->out, " by ");
  print_rule(p, &c->partner_rule);
  if (c->partner_probability != NULL) {
    text_puts(p->out, " probability(");
    print_expr(p, c->partner_probability);
    text_puts(p->out, ")");
  }
  end_clause(p, start);
}

static void print_connect(printer *p, const ast_connect *c) {
  static const char *const selves[] = {"", " no self", " self"};
  text_puts(p->out, "connect ");
  if (c->name.text != NULL)
    text_printf(p->out, "%s: ", c->name.text);
  print_expr(p, c->source);
  text_puts(p->out, " -> ");
  print_expr(p, c->target);
  print_clause_name(p, "via", c->synapse);
  size_t start = begin_clause(p);
  text_puts(p->out, " by ");
  print_rule(p, &c->rule);
  end_clause(p, start);
  text_puts(p->out, selves[c->self]);
  print_clause_expr(p, "delay", c->delay);
  print_clause_expr(p, "back", c->delay_back);
  print_partner(p, c);
  if (c->has_overrides)
    print_settings(p, c->block, &c->overrides);
}

static void print_window(printer *p, const ast_window *w) {
  print_clause_expr(p, "from", w->from);
  print_word_expr(p, "for", w->duration);
  print_word_expr(p, "every", w->every);
  print_clause_name(p, "during", w->during);
  print_clause_name(p, "as", w->as);
}

static void print_loop(printer *p, const ast_decl *d);

static void print_present(printer *p, const ast_decl *d) {
  text_puts(p->out, "present ");
  print_expr(p, d->as.present.pattern);
  print_word_expr(p, "on", d->as.present.target);
  print_clause_expr(p, "amplitude", d->as.present.amplitude);
  print_clause_expr(p, "flip", d->as.present.flip);
  print_window(p, &d->as.present.window);
}

static void print_import(printer *p, const ast_decl *d) {
  text_puts(p->out, "import ");
  if (d->as.import.file != NULL)
    print_string(d->as.import.file, p->out);
  for (uint32_t i = 0; i < d->as.import.parts.len; i++)
    text_printf(p->out, "%s%s", i > 0 ? "." : "", d->as.import.parts.data[i].text);
  print_word_name(p, "as", d->as.import.as);
}

static void print_named(printer *p, const char *word, ast_name name, const ast_expr *value) {
  text_printf(p->out, "%s %s", word, name.text);
  print_word_expr(p, "=", value);
}

static void print_pattern(printer *p, const ast_decl *d) {
  text_printf(p->out, "pattern %s", d->as.pattern.name.text);
  if (d->as.pattern.count != NULL) {
    text_puts(p->out, "[");
    print_expr(p, d->as.pattern.count);
    text_puts(p->out, "]");
  }
  print_word_expr(p, "=", d->as.pattern.value);
}

static void print_record(printer *p, const ast_decl *d) {
  text_puts(p->out, "record ");
  print_expr(p, d->as.record.value);
  print_word_expr(p, "every", d->as.record.every);
  print_clause_name(p, "during", d->as.record.during);
  print_clause_name(p, "as", d->as.record.as);
}

static void print_drive(printer *p, const ast_decl *d) {
  text_puts(p->out, "drive ");
  print_expr(p, d->as.drive.target);
  print_word_expr(p, "=", d->as.drive.value);
  print_window(p, &d->as.drive.window);
}

static void print_signal(printer *p, const ast_decl *d) {
  print_named(p, "signal", d->as.signal.name, d->as.signal.value);
  print_when(p, &d->as.signal.when);
  print_window(p, &d->as.signal.window);
}

static void print_environment(printer *p, const ast_decl *d) {
  text_printf(p->out, "environment %s : %s", d->as.environment.name.text,
              d->as.environment.kind.text);
  if (d->as.environment.block.end > d->as.environment.block.start)
    print_settings(p, d->as.environment.block, &d->as.environment.settings);
}

static void print_decl(printer *p, const ast_decl *d) {
  switch (d->kind) {
  case AST_DECL_EXTENDS:
    text_puts(p->out, "extends ");
    print_string(d->as.extends.path.text, p->out);
    break;
  case AST_DECL_IMPORT:
    print_import(p, d);
    break;
  case AST_DECL_PRECISION:
    text_printf(p->out, "precision %s", d->as.precision.text);
    break;
  case AST_DECL_TIMESCALE:
    print_named(p, "timescale", d->as.timescale.name, d->as.timescale.step);
    break;
  case AST_DECL_COMPONENT:
    print_component(p, &d->as.component);
    break;
  case AST_DECL_FUNCTION:
    print_function(p, &d->as.function);
    break;
  case AST_DECL_POPULATION:
    print_population(p, &d->as.population);
    break;
  case AST_DECL_CONNECT:
    print_connect(p, &d->as.connect);
    break;
  case AST_DECL_PATTERN:
    print_pattern(p, d);
    break;
  case AST_DECL_FOR:
    print_loop(p, d);
    break;
  case AST_DECL_PRESENT:
    print_present(p, d);
    break;
  case AST_DECL_DRIVE:
    print_drive(p, d);
    break;
  case AST_DECL_ON:
    text_printf(p->out, "on %s", d->as.on.phase.text);
    print_stmts(p, d->as.on.block);
    break;
  case AST_DECL_ENVIRONMENT:
    print_environment(p, d);
    break;
  case AST_DECL_ACT:
    print_named(p, "act", d->as.act.environment, d->as.act.value);
    print_word_expr(p, "every", d->as.act.every);
    break;
  case AST_DECL_SIGNAL:
    print_signal(p, d);
    break;
  case AST_DECL_RECORD:
    print_record(p, d);
    break;
  case AST_DECL_MEASURE:
    print_named(p, "measure", d->as.measure.name, d->as.measure.value);
    break;
  case AST_DECL_VARIANT:
    text_printf(p->out, "variant %s", d->as.variant.name.text);
    print_settings(p, d->as.variant.block, &d->as.variant.settings);
    break;
  case AST_DECL_RUN:
    text_puts(p->out, "run ");
    print_expr(p, d->as.run.duration);
    break;
  }
}

static const ast_decl *decl_at(const body *b, uint32_t i) {
  return ((const ast_decl_list *)b->list)->data[i];
}

static span decl_place(const body *b, uint32_t i) { return decl_at(b, i)->at; }

static span decl_block(const ast_decl *d) {
  switch (d->kind) {
  case AST_DECL_COMPONENT:
    return d->as.component.body;
  case AST_DECL_POPULATION:
    return d->as.population.block;
  case AST_DECL_CONNECT:
    return d->as.connect.block;
  case AST_DECL_FOR:
    return d->as.loop.block;
  case AST_DECL_ON:
    return d->as.on.block->at;
  case AST_DECL_ENVIRONMENT:
    return d->as.environment.block;
  case AST_DECL_VARIANT:
    return d->as.variant.block;
  default:
    return (span){0, 0, 0};
  }
}

static uint32_t decl_head_end(const body *b, uint32_t i) {
  const ast_decl *d = decl_at(b, i);
  span block = decl_block(d);
  return block.end > block.start ? block.start : d->at.end;
}

static void decl_print(printer *p, const body *b, uint32_t i) { print_decl(p, decl_at(b, i)); }

static void print_loop(printer *p, const ast_decl *d) {
  text_puts(p->out, "for ");
  for (uint32_t i = 0; i < d->as.loop.names.len; i++)
    text_printf(p->out, "%s%s", i > 0 ? ", " : "", d->as.loop.names.data[i].text);
  print_word_expr(p, "in", d->as.loop.over);
  body b = {&d->as.loop.body, d->as.loop.body.len, "; ", decl_place, decl_head_end, decl_print};
  print_block(p, d->as.loop.block, &b);
}

void syntax_print(const ast_file *file, text *out) {
  printer p = {.file = file, .out = out, .line_start = out->len};
  body b = {&file->decls, file->decls.len, "; ", decl_place, decl_head_end, decl_print};
  print_lines(&p, &b, file->len + 1);
}
