/* SPDX-License-Identifier: MIT */
/* print_item.c - settings, statements and items in the canonical layout. */
#include "syntax/printer.h"

/* ---------------------------------------------------------------------------------- settings */

static const ast_setting *setting_at(const body *b, uint32_t i) {
  return &((const ast_setting_list *)b->list)->data[i];
}

static span setting_place(const body *b, uint32_t i) { return setting_at(b, i)->at; }
static uint32_t setting_head_end(const body *b, uint32_t i) { return setting_at(b, i)->at.end; }

void printer_setting(printer *p, const ast_setting *s) {
  printer_expr(p, s->target);
  text_puts(p->out, " = ");
  printer_expr(p, s->value);
}

static void setting_print(printer *p, const body *b, uint32_t i) { printer_setting(p, setting_at(b, i)); }

void printer_settings(printer *p, span braces, const ast_setting_list *list) {
  body b = {list, list->len, ", ", setting_place, setting_head_end, setting_print};
  printer_block(p, braces, &b);
}

/* -------------------------------------------------------------------------------- statements */

static void print_branch(printer *p, const ast_stmt *s) {
  text_puts(p->out, "if ");
  printer_expr(p, s->as.branch.condition);
  printer_stmts(p, s->as.branch.then_block);
  const ast_block *rest = s->as.branch.else_block;
  if (rest == NULL)
    return;
  text_puts(p->out, " else");
  bool is_else_if = rest->stmts.len == 1 && rest->stmts.data[0]->kind == AST_BRANCH &&
                    rest->at.start == rest->stmts.data[0]->at.start;
  if (!is_else_if) {
    printer_stmts(p, rest);
    return;
  }
  text_puts(p->out, " ");
  print_branch(p, rest->stmts.data[0]);
}

static void print_stmt(printer *p, const ast_stmt *s) {
  switch (s->kind) {
  case AST_ASSIGN:
    printer_expr(p, s->as.assign.target);
    text_printf(p->out, " %s ", print_assign_text(s->as.assign.op));
    printer_expr(p, s->as.assign.value);
    break;
  case AST_LET:
    text_printf(p->out, "let %s = ", s->as.let.name.text);
    printer_expr(p, s->as.let.value);
    break;
  case AST_BRANCH:
    print_branch(p, s);
    break;
  case AST_EMIT:
    text_printf(p->out, "emit %s", s->as.emit.event.text);
    break;
  case AST_START:
    text_printf(p->out, "start %s for ", s->as.start.timer.text);
    printer_expr(p, s->as.start.duration);
    break;
  }
}

static const ast_stmt *stmt_at(const body *b, uint32_t i) { return ((const ast_block *)b->list)->stmts.data[i]; }

static span stmt_place(const body *b, uint32_t i) { return stmt_at(b, i)->at; }

static uint32_t stmt_head_end(const body *b, uint32_t i) {
  const ast_stmt *s = stmt_at(b, i);
  return s->kind == AST_BRANCH ? s->as.branch.then_block->at.start : s->at.end;
}

static void stmt_print(printer *p, const body *b, uint32_t i) { print_stmt(p, stmt_at(b, i)); }

void printer_stmts(printer *p, const ast_block *block) {
  body b = {block, block->stmts.len, "; ", stmt_place, stmt_head_end, stmt_print};
  printer_block(p, block->at, &b);
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
    printer_expr(p, e->value);
  }
  if (e->low != NULL) {
    text_puts(p->out, " in ");
    printer_expr(p, e->low);
    text_puts(p->out, "..");
    printer_expr(p, e->high);
  }
}

/* With comments among them the entries stand one a line, under the first. */
static void print_entries_in_lines(printer *p, const ast_entry_list *list) {
  uint32_t indent = p->indent;
  p->indent = (uint32_t)printer_column(p);
  for (uint32_t i = 0; i < list->len; i++) {
    const ast_entry *e = &list->data[i];
    if (i > 0) {
      printer_comments_before(p, e->at.end);
      printer_indent(p);
    }
    print_entry(p, e);
    if (i + 1 == list->len)
      break;
    text_puts(p->out, ",");
    printer_end_line(p, e->at.end);
  }
  p->indent = indent;
}

/* Otherwise as many in a line as fit. */
static void print_entries_filled(printer *p, const ast_entry_list *list) {
  uint32_t indent = p->indent;
  uint32_t first = (uint32_t)printer_column(p);
  for (uint32_t i = 0; i < list->len; i++) {
    size_t start = p->out->len;
    text_puts(p->out, i > 0 ? " " : "");
    print_entry(p, &list->data[i]);
    text_puts(p->out, i + 1 < list->len ? "," : "");
    if (p->is_flat || i == 0 || printer_column(p) <= WIDTH)
      continue;
    p->out->len = start;
    p->out->data[start] = '\0';
    printer_newline(p);
    p->indent = first;
    printer_indent(p);
    print_entry(p, &list->data[i]);
    text_puts(p->out, i + 1 < list->len ? "," : "");
  }
  p->indent = indent;
}

void printer_entries(printer *p, const ast_item *item) {
  static const char *const words[] = {[AST_ITEM_PARAM] = "param ",
                                      [AST_ITEM_STATE] = "state ",
                                      [AST_ITEM_INPUT] = "input ",
                                      [AST_ITEM_NOISE] = "noise ",
                                      [AST_ITEM_TIMER] = "timer "};
  text_puts(p->out, words[item->kind]);
  if (!p->is_flat && printer_has_comment(p, item->at))
    print_entries_in_lines(p, &item->as.entries);
  else
    print_entries_filled(p, &item->as.entries);
}

static void print_ode(printer *p, const ast_item *item) {
  if (item->as.ode.coefficient != NULL) {
    printer_expr(p, item->as.ode.coefficient);
    text_puts(p->out, " * ");
  }
  text_printf(p->out, "d%s/dt = ", item->as.ode.state.text);
  printer_expr(p, item->as.ode.rhs);
  printer_word_name(p, "on", item->as.ode.timescale);
  printer_solver(p, &item->as.ode.solver);
  printer_clause_expr(p, "unless", item->as.ode.unless);
}

static void print_species(printer *p, const ast_species_list *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    const ast_species *s = &list->data[i];
    text_printf(p->out, "%s%s%s%s", i > 0 ? " + " : "", s->count != NULL ? s->count : "", s->count != NULL ? "*" : "",
                s->state.text);
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
    printer_expr(p, item->as.reaction.rates.data[i]);
  }
}

static void print_event(printer *p, const ast_item *item) {
  text_printf(p->out, "%s%s", item->as.event.is_spike ? "" : "event ", item->as.event.name.text);
  printer_when(p, &item->as.event.when);
  printer_clause_expr(p, "refractory", item->as.event.refractory);
  if (item->as.event.block != NULL)
    printer_stmts(p, item->as.event.block);
}

static void print_on(printer *p, const ast_item *item) {
  const char *partner = item->as.on.partner.text;
  text_printf(p->out, "on %s%s%s", partner != NULL ? partner : "", partner != NULL ? "." : "", item->as.on.event.text);
  printer_stmts(p, item->as.on.block);
}

static void print_item(printer *p, const ast_item *item) {
  switch (item->kind) {
  case AST_ITEM_PARAM:
  case AST_ITEM_STATE:
  case AST_ITEM_INPUT:
  case AST_ITEM_NOISE:
  case AST_ITEM_TIMER:
    printer_entries(p, item);
    break;
  case AST_ITEM_LET:
    text_printf(p->out, "let %s = ", item->as.let.name.text);
    printer_expr(p, item->as.let.value);
    break;
  case AST_ITEM_FUNCTION:
    printer_function(p, &item->as.function);
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
    printer_expr(p, item->as.every.period);
    printer_stmts(p, item->as.every.block);
    break;
  case AST_ITEM_EACH_STEP:
    text_puts(p->out, "each step");
    printer_stmts(p, item->as.each_step.block);
    break;
  case AST_ITEM_CONTRIBUTION:
    printer_expr(p, item->as.contribution.target);
    text_puts(p->out, " += ");
    printer_expr(p, item->as.contribution.value);
    break;
  case AST_ITEM_DEFAULT:
    text_puts(p->out, "default ");
    printer_expr(p, item->as.fallback.target);
    text_puts(p->out, " = ");
    printer_expr(p, item->as.fallback.value);
    break;
  }
}

static const ast_item *item_at(const body *b, uint32_t i) { return ((const ast_item_list *)b->list)->data[i]; }

static span item_place(const body *b, uint32_t i) { return item_at(b, i)->at; }

/* The end of an item's head. Comments in the head move above the item; comments between entries stay with them. */
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

void printer_items(printer *p, span braces, const ast_item_list *list) {
  body b = {list, list->len, "; ", item_place, item_head_end, item_print};
  printer_block(p, braces, &b);
}
