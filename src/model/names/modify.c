/* SPDX-License-Identifier: MIT */
/* modify.c - components that a file or a variant changes. `modify` makes a definition that stands on the one before, as
 * one that extends it would, and takes its name: whatever uses the component, or extends it, uses the new one. */
#include "model/names/modify.h"
#include "model/names/report.h"

/* The definition that has the name: the last that was made since `own`, else that of the scope. */
static uint32_t find_modified(checker *ck, const file_scope *scope, const ast_name *name, uint32_t own) {
  uint32_t index;
  for (uint32_t i = ck->component_defs.len; i-- > own;)
    if (ck->component_defs.data[i].name == name->text)
      return i;
  if (map_find(scope->components, name->text, &index))
    return index;
  name_list known = {0};
  for (uint32_t i = 0; i < map_count(scope->components); i++)
    vec_push(ck->arena, &known, map_key_at(scope->components, i));
  report_unknown(ck, name->at, DIAG_E0201, "the component", name->text, &known);
  return NONE;
}

/* is_used: from here on the name means what is defined here. */
static void modify_one(checker *ck, file_scope *scope, const ast_decl *d, uint32_t own, bool is_used) {
  uint32_t before = find_modified(ck, scope, &d->as.component.name, own);
  if (before == NONE)
    return;
  component_def def = ck->component_defs.data[before];
  ast_component *ast = ARENA_NEW(ck->arena, ast_component);
  *ast = d->as.component;
  ast->kind = def.ast->kind;
  def.ast = ast;
  def.at = ast->name.at;
  def.home = scope;
  def.modified = before;
  def.is_modified = false;
  if (is_used || before >= own)
    ck->component_defs.data[before].is_modified = true;
  if (is_used)
    map_replace(scope->components, def.name, ck->component_defs.len);
  vec_push(ck->arena, &ck->component_defs, def);
}

static void modify_for_variant(checker *ck, file_scope *scope, const ast_decl *variant) {
  const char *chosen = ck->options->variant;
  bool is_used = scope->is_main && chosen != NULL && strcmp(variant->as.variant.name.text, chosen) == 0;
  uint32_t own = ck->component_defs.len;
  for (uint32_t k = 0; k < variant->as.variant.modifies.len; k++)
    modify_one(ck, scope, variant->as.variant.modifies.data[k], own, is_used);
}

void modify_components(checker *ck, file_scope *scope, const ast_decl *const *decls, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (decls[i]->kind == AST_DECL_MODIFY)
      modify_one(ck, scope, decls[i], ck->component_defs.len, true);
  for (uint32_t i = 0; i < count; i++)
    if (decls[i]->kind == AST_DECL_VARIANT && scope->is_main)
      modify_for_variant(ck, scope, decls[i]);
}
