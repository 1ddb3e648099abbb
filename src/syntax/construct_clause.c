/* SPDX-License-Identifier: MIT */
/* construct_clause.c - lists, clauses, checks that all constructors share. */
#include "support/text.h"
#include "syntax/construct.h"

#include <string.h>

static const char *const clause_texts[] = {
#define X(id, text) text,
    CLAUSES(X)
#undef X
};

/* ------------------------------------------------------------------------------------ lists */

#define LIST(type, name)                                                                                               \
  type *name(parse_context *ctx) { return ARENA_NEW(ctx->arena, type); }
LIST(ast_decl_list, make_decls)
LIST(ast_item_list, make_items)
LIST(ast_block, make_block)
LIST(ast_expr_list, make_exprs)
LIST(ast_arg_list, make_args)
LIST(ast_selector_list, make_selectors)
LIST(ast_name_list, make_names)
LIST(ast_entry_list, make_entries)
LIST(ast_species_list, make_species)
LIST(clause_list, make_clauses)
#undef LIST

settings_block make_settings(parse_context *ctx) {
  (void)ctx;
  return (settings_block){0};
}

ast_decl_list *append_decl(parse_context *ctx, ast_decl_list *list, ast_decl *decl) {
  if (decl != NULL)
    vec_push(ctx->arena, list, decl);
  return list;
}

ast_item_list *append_item(parse_context *ctx, ast_item_list *list, ast_item *item) {
  if (item != NULL)
    vec_push(ctx->arena, list, item);
  return list;
}

ast_block *append_stmt(parse_context *ctx, ast_block *block, ast_stmt *stmt) {
  if (stmt != NULL)
    vec_push(ctx->arena, &block->stmts, stmt);
  return block;
}

ast_expr_list *append_expr(parse_context *ctx, ast_expr_list *list, ast_expr *expr) {
  vec_push(ctx->arena, list, expr);
  return list;
}

ast_arg_list *append_arg(parse_context *ctx, ast_arg_list *list, ast_arg arg) {
  vec_push(ctx->arena, list, arg);
  return list;
}

ast_selector_list *append_selector(parse_context *ctx, ast_selector_list *list, ast_selector s) {
  vec_push(ctx->arena, list, s);
  return list;
}

ast_name_list *append_name(parse_context *ctx, ast_name_list *list, ast_name name) {
  vec_push(ctx->arena, list, name);
  return list;
}

ast_entry_list *append_entry(parse_context *ctx, ast_entry_list *list, const ast_entry *entry) {
  vec_push(ctx->arena, list, *entry);
  return list;
}

ast_species_list *append_species(parse_context *ctx, ast_species_list *list, ast_species one) {
  vec_push(ctx->arena, list, one);
  return list;
}

clause_list *append_clause(parse_context *ctx, clause_list *list, clause c, span at) {
  c.at = at;
  if (find_clause(list, c.kind)->kind == c.kind) {
    diag *d = syntax_error_at(ctx, DIAG_E0101, at, "`%s` is given twice", clause_texts[c.kind]);
    diag_note(d, find_clause(list, c.kind)->at, "it was given here");
    return list;
  }
  vec_push(ctx->arena, list, c);
  return list;
}

settings_block append_setting(parse_context *ctx, settings_block block, ast_setting setting) {
  vec_push(ctx->arena, &block.list, setting);
  return block;
}

settings_block append_act(parse_context *ctx, settings_block block, const ast_act *act) {
  vec_push(ctx->arena, &block.acts, *act);
  return block;
}

settings_block append_modify(parse_context *ctx, settings_block block, ast_decl *modify) {
  if (modify != NULL)
    vec_push(ctx->arena, &block.modifies, modify);
  return block;
}

world_block append_world_entry(parse_context *ctx, world_block block, ast_world_entry entry) {
  vec_push(ctx->arena, &block.list, entry);
  return block;
}

world_block close_world(span at, world_block block) {
  block.at = at;
  return block;
}

settings_block close_settings(span at, settings_block block) {
  block.is_present = true;
  block.at = at;
  return block;
}

ast_block *close_block(parse_context *ctx, span at, ast_block *block) {
  (void)ctx;
  block->at = at;
  return block;
}

/* ---------------------------------------------------------------------------------- clauses */

clause clause_name(clause_kind kind, ast_name name) { return (clause){.kind = kind, .name = name}; }

clause clause_expr(clause_kind kind, ast_expr *expr) { return (clause){.kind = kind, .expr = expr}; }

clause clause_in(ast_unit *unit) { return (clause){.kind = CLAUSE_IN, .unit = unit}; }

clause clause_rule(ast_rule rule) { return (clause){.kind = CLAUSE_BY, .rule = rule}; }

clause clause_with(ast_expr *partner, ast_name of, ast_rule rule, ast_rule probability) {
  return (clause){.kind = CLAUSE_WITH, .expr = partner, .name = of, .rule = rule, .second_rule = probability};
}

clause clause_self(int self) { return (clause){.kind = CLAUSE_SELF, .self = (ast_self)self}; }

clause clause_delay(ast_expr *delay, ast_expr *back) {
  return (clause){.kind = CLAUSE_DELAY, .expr = delay, .second = back};
}

clause clause_using(ast_solver solver) { return (clause){.kind = CLAUSE_USING, .solver = solver}; }

clause clause_when(ast_when when) { return (clause){.kind = CLAUSE_WHEN, .when = when}; }

clause clause_rates(const ast_expr_list *rates) { return (clause){.kind = CLAUSE_RATES, .list = *rates}; }

const clause *find_clause(const clause_list *list, clause_kind kind) {
  static const clause none = {.kind = CLAUSE_COUNT};
  for (uint32_t i = 0; i < list->len; i++)
    if (list->data[i].kind == kind)
      return &list->data[i];
  return &none;
}

static const char *list_clauses(parse_context *ctx, uint32_t allowed) {
  text out = text_new(ctx->scratch);
  for (uint32_t k = 0; k < CLAUSE_COUNT; k++)
    if (allowed & 1u << k)
      text_printf(&out, "%s`%s`", out.len > 0 ? ", " : "", clause_texts[k]);
  return text_cstr(&out);
}

void check_clauses(parse_context *ctx, const clause_list *list, uint32_t allowed, const char *what) {
  for (uint32_t i = 0; i < list->len; i++) {
    const clause *c = &list->data[i];
    if (allowed & 1u << c->kind)
      continue;
    diag *d = syntax_error_at(ctx, DIAG_E0101, c->at, "`%s` does not belong to %s", clause_texts[c->kind], what);
    if (allowed != 0)
      diag_hint(d, "%s takes %s", what, list_clauses(ctx, allowed));
  }
}

void check_word(parse_context *ctx, ast_name word, const char *const *words, const char *what) {
  if (word.text == NULL)
    return;
  text out = text_new(ctx->scratch);
  for (; *words != NULL; words++) {
    if (strcmp(word.text, *words) == 0)
      return;
    text_printf(&out, "%s`%s`", out.len == 0 ? "" : words[1] == NULL ? " or " : ", ", *words);
  }
  syntax_error_at(ctx, DIAG_E0101, word.at, "%s %s, not `%s`", what, text_cstr(&out), word.text);
}

ast_rule make_rule(parse_context *ctx, span at, ast_name name, const ast_arg_list *args) {
  (void)ctx;
  ast_rule rule = {.at = at, .name = name};
  if (args != NULL)
    rule.args = *args;
  return rule;
}

ast_solver make_solver(parse_context *ctx, span at, ast_name name, ast_name order, const ast_arg_list *options) {
  static const char *const order_words[] = {"order", NULL};
  check_word(ctx, order, order_words, "`in` stands here only in");
  ast_solver solver = {.at = at, .name = name, .in_order = order.text != NULL};
  if (options != NULL)
    solver.options = *options;
  return solver;
}

ast_when make_when(span at, ast_when_kind kind, ast_expr *value, ast_expr *threshold) {
  return (ast_when){at, kind, value, threshold};
}

/* ----------------------------------------------------------------------------------- checks */

void check_declared(parse_context *ctx, ast_name name) {
  if (name.text == NULL || !filter_is_reserved(name.text, strlen(name.text)))
    return;
  diag *d = syntax_error_at(ctx, DIAG_E0204, name.at, "`%s` is a reserved word and cannot be declared", name.text);
  diag_hint(d, "choose another name, `%s_` for instance", name.text);
}

/* Is there nothing but blanks and exactly one line end between these places? */
static bool is_next_line(const char *source, uint32_t from, uint32_t to) {
  uint32_t lines = 0;
  for (uint32_t i = from; i < to; i++) {
    if (source[i] == '\n')
      lines++;
    else if (source[i] != ' ' && source[i] != '\t' && source[i] != '\r')
      return false;
  }
  return lines == 1;
}

static uint32_t count_comments_before(const ast_comment_list *list, uint32_t start) {
  uint32_t low = 0, high = list->len;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (list->data[middle].at.start < start)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Goes up the comments that stand right above; a plain one below the ## lines is passed over. */
const char *find_doc(parse_context *ctx, uint32_t start) {
  const ast_comment_list *list = &ctx->file->comments;
  const char *source = ctx->file->text;
  uint32_t first = count_comments_before(list, start), end = first;
  for (uint32_t below = start; first > 0; first--) {
    const ast_comment *c = &list->data[first - 1];
    bool is_docless = first == end;
    if (!c->stands_alone || !is_next_line(source, c->at.end, below) || (!c->is_doc && !is_docless))
      break;
    end -= !c->is_doc;
    below = c->at.start;
  }
  if (first == end)
    return NULL;
  text out = text_new(ctx->arena);
  for (uint32_t i = first; i < end; i++) {
    span at = list->data[i].at;
    uint32_t from = at.start + 2;
    if (from < at.end && source[from] == ' ')
      from++;
    text_printf(&out, "%s%.*s", i > first ? "\n" : "", (int)(at.end - from), source + from);
  }
  return text_cstr(&out);
}
