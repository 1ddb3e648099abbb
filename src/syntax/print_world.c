/* SPDX-License-Identifier: MIT */
/* print_world.c - environments, decisions and variants in the canonical layout. */
#include "syntax/printer.h"

/* ---- environments ---- */

static const ast_world_entry *entry_at(const body *b, uint32_t i) {
  return &((const ast_world_list *)b->list)->data[i];
}

static span entry_place(const body *b, uint32_t i) { return entry_at(b, i)->at; }
static uint32_t entry_head_end(const body *b, uint32_t i) { return entry_at(b, i)->at.end; }

static void entry_print(printer *p, const body *b, uint32_t i) {
  static const char *const words[] = {"", "channel ", "action ", "action "};
  const ast_world_entry *e = entry_at(b, i);
  text_printf(p->out, "%s%s", words[e->kind], e->name.text);
  if (e->count != NULL) {
    text_puts(p->out, "[");
    printer_expr(p, e->count);
    text_puts(p->out, "]");
  }
  if (e->unit != NULL)
    text_printf(p->out, " : %s", e->unit->text);
  printer_word_expr(p, "=", e->value);
  printer_word_expr(p, "in", e->low);
  if (e->high == NULL)
    return;
  text_puts(p->out, "..");
  printer_expr(p, e->high);
}

void printer_environment(printer *p, const ast_decl *d) {
  const ast_world_list *list = &d->as.environment.entries;
  text_printf(p->out, "environment %s : %s", d->as.environment.name.text, d->as.environment.kind.text);
  if (d->as.environment.plugin.text != NULL) {
    text_puts(p->out, "(");
    print_string(d->as.environment.plugin.text, p->out);
    text_puts(p->out, ")");
  }
  body b = {list, list->len, ", ", entry_place, entry_head_end, entry_print};
  if (d->as.environment.block.end > d->as.environment.block.start)
    printer_block(p, d->as.environment.block, &b);
}

/* ---- decisions ---- */

void printer_act(printer *p, const ast_act *act) {
  text_printf(p->out, "act %s", act->environment.text);
  for (uint32_t i = 0; i < act->decoders.len; i++) {
    size_t start = printer_begin_clause(p);
    printer_word_expr(p, i > 0 ? "else" : "=", act->decoders.data[i].value);
    printer_word_expr(p, "among", act->decoders.data[i].among);
    printer_end_clause(p, start);
  }
  printer_clause_expr(p, "every", act->every);
  printer_clause_expr(p, "window", act->window);
  printer_clause_name(p, "as", act->as);
}

/* ---- variants ---- */

/* One of the three, the others are NULL. */
typedef struct {
  const ast_setting *setting;
  const ast_act *act;
  const ast_decl *modify;
} change;

static span change_span(change c) { return c.setting ? c.setting->at : c.act ? c.act->at : c.modify->at; }

static void take_first(change *first, change next) {
  bool has_first = first->setting || first->act || first->modify;
  if (!has_first || change_span(next).start < change_span(*first).start)
    *first = next;
}

/* Number i, in the order in which they were written. */
static change change_at(const body *b, uint32_t i) {
  const ast_decl *d = b->list;
  const ast_setting_list *settings = &d->as.variant.settings;
  const ast_act_list *acts = &d->as.variant.acts;
  const ast_decl_list *modifies = &d->as.variant.modifies;
  for (uint32_t s = 0, a = 0, m = 0;; i--) {
    change first = {0};
    if (s < settings->len)
      take_first(&first, (change){.setting = &settings->data[s]});
    if (a < acts->len)
      take_first(&first, (change){.act = &acts->data[a]});
    if (m < modifies->len)
      take_first(&first, (change){.modify = modifies->data[m]});
    if (i == 0)
      return first;
    *(first.setting ? &s : first.act ? &a : &m) += 1;
  }
}

static span change_place(const body *b, uint32_t i) { return change_span(change_at(b, i)); }

static uint32_t change_head_end(const body *b, uint32_t i) {
  change c = change_at(b, i);
  return c.modify ? c.modify->as.component.body.start : change_span(c).end;
}

static void change_print(printer *p, const body *b, uint32_t i) {
  change c = change_at(b, i);
  if (c.modify)
    printer_component(p, c.modify);
  else if (c.act)
    printer_act(p, c.act);
  else
    printer_setting(p, c.setting);
}

void printer_variant(printer *p, const ast_decl *d) {
  uint32_t count = d->as.variant.settings.len + d->as.variant.acts.len + d->as.variant.modifies.len;
  text_printf(p->out, "variant %s", d->as.variant.name.text);
  printer_clause_name(p, "from", d->as.variant.from);
  body b = {d, count, ", ", change_place, change_head_end, change_print};
  printer_block(p, d->as.variant.block, &b);
}
