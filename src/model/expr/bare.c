/* SPDX-License-Identifier: MIT */
/* bare.c - numbers that lack their unit where they are declared. The mistake of `state v = -65` is in that line, and is
 * reported there, once, however v is used beside quantities. */
#include "model/expr/bare.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

typedef struct bare_number bare_number;
struct bare_number {
  const char *name;
  span at;
  const char *declaration; /* "state v = -65", "input I" */
  bool is_input, is_literal;
};

/* ---- where they are declared ---- */

/* Numbers alone: 3, -65, uniform(-70, -50). */
static bool is_of_numbers(const ast_expr *e) {
  if (e->kind != AST_CALL)
    return expr_is_plain_literal(e);
  for (uint32_t i = 0; i < e->as.call.args.len; i++)
    if (!expr_is_plain_literal(e->as.call.args.data[i].value))
      return false;
  return e->as.call.args.len > 0;
}

const bare_number *bare_declared(checker *ck, const model_component *c, const char *word, const ast_entry *entry) {
  const ast_expr *value = entry->value;
  model_ref_kind kind;
  uint32_t item;
  if (entry->unit != NULL)
    return NULL;
  if (value != NULL && value->kind == AST_NAME)
    return component_find(c, value->as.name.text, &kind, &item) ? bare_of_item(c, kind, item) : NULL;
  if (value != NULL && !is_of_numbers(value))
    return NULL;
  bare_number *b = ARENA_NEW(ck->arena, bare_number);
  *b = (bare_number){.name = entry->name.text, .at = entry->name.at, .is_input = value == NULL};
  b->declaration = arena_printf(ck->arena, "%s %s", word, b->name);
  if (value == NULL)
    return b;
  const ast_expr *digits = value->kind == AST_UNARY ? value->as.unary.operand : value;
  b->is_literal = digits->kind == AST_NUMBER && !value->parenthesised;
  b->declaration = arena_printf(ck->arena, "%s = %s", b->declaration, expr_text(ck, value));
  return b;
}

const bare_number *bare_of_item(const model_component *c, model_ref_kind kind, uint32_t item) {
  return kind == REF_PARAM   ? c->params.data[item].bare
         : kind == REF_STATE ? c->states.data[item].bare
         : kind == REF_INPUT ? c->inputs.data[item].bare
                             : NULL;
}

/* ---- where they are used ---- */

static const bare_number *bare_named(const expr_env *env, const ast_expr *e) {
  model_side side = SIDE_SELF;
  model_ref_kind kind;
  uint32_t item;
  while (e->kind == AST_UNARY && e->as.unary.op == AST_OP_NEG)
    e = e->as.unary.operand;
  const char *name = e->kind == AST_NAME ? e->as.name.text : NULL;
  if (e->kind == AST_MEMBER && e->as.member.object->kind == AST_NAME &&
      (e->as.member.object->as.name.text == env->self_name || side_find(e->as.member.object->as.name.text, &side)))
    name = e->as.member.name.text;
  const model_component *c = env->side[side].component;
  for (const binding *b = env->bindings; b != NULL && e->kind == AST_NAME; b = b->next)
    if (b->name == name)
      return NULL;
  return name != NULL && c != NULL && component_find(c, name, &kind, &item) ? bare_of_item(c, kind, item) : NULL;
}

/* Nobody means a state in 1/ms^0.5. */
static bool is_whole(dim unit) {
  for (int i = 0; i < DIM_COUNT; i++)
    if (unit.q[i] % 4 != 0)
      return false;
  return true;
}

bool report_bare(expr_env *env, const bare_number *b, dim unit, span use) {
  checker *ck = env->ck;
  if (b == NULL || dim_is_none(unit) || dim_is_unknown(unit) || !is_whole(unit))
    return false;
  const char *name = dim_name(ck->arena, unit);
  diag *d = diag_report(ck->sink, DIAG_E0302, b->at, "`%s` is a plain number, but is used as a quantity in %s", b->name,
                        name);
  diag_note(d, use, "here it meets what is in %s", name);
  if (b->is_input)
    diag_hint(d, "write `%s : %s`", b->declaration, name);
  else if (b->is_literal) /* "1/ms" is written "/ms" behind a number */
    diag_hint(d, "write `%s %s`", b->declaration, strncmp(name, "1/", 2) == 0 ? name + 1 : name);
  else
    diag_hint(d, "give the numbers in `%s` their unit, %s", b->declaration, name);
  return true;
}

bool report_bare_name(expr_env *env, const ast_expr *e, dim got, dim want) {
  return dim_is_none(got) && report_bare(env, bare_named(env, e), want, e->at);
}

void report_disagreement(expr_env *env, const ast_expr *offender, dim got, const ast_expr *other, dim want) {
  span both = span_join(offender->at, other->at);
  if ((dim_is_none(got) && report_bare(env, bare_named(env, offender), want, both)) ||
      (dim_is_none(want) && report_bare(env, bare_named(env, other), got, both)))
    return;
  report_units(env->ck, offender, got, want, arena_printf(env->ck->arena, "`%s`", expr_text(env->ck, other)),
               other->at);
}
