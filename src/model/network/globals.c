/* SPDX-License-Identifier: MIT */
/* globals.c - params of the top level. Each is a number that is known from here on; it may use those before it. The
 * value is the file's, unless the chosen variant or --set says another. */
#include "model/component/component.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/report.h"
#include "model/network/network.h"

/* The last of these settings that says the param's value, or NULL. */
static const ast_setting *setting_in(const ast_setting_list *settings, const char *name) {
  for (uint32_t k = settings->len; k-- > 0;) {
    const ast_expr *target = settings->data[k].target;
    if (target->kind == AST_NAME && strcmp(target->as.name.text, name) == 0)
      return &settings->data[k];
  }
  return NULL;
}

static const ast_setting *setting_of_variant(const checker *ck, const char *name) {
  for (uint32_t i = 0; ck->options->variant != NULL && i < ck->decls.len; i++) {
    const ast_decl *d = ck->decls.data[i];
    if (d->kind == AST_DECL_VARIANT && strcmp(d->as.variant.name.text, ck->options->variant) == 0)
      return setting_in(&d->as.variant.settings, name);
  }
  return NULL;
}

static const ast_setting *setting_of_option(const checker *ck, const char *name) {
  const ast_setting *s = NULL;
  for (uint32_t k = ck->options->setting_count; s == NULL && k-- > 0;)
    s = setting_in(&ck->options->settings[k]->as.variant.settings, name);
  return s;
}

static bool declared_value(checker *ck, const ast_entry *entry, model_global *g) {
  expr_env env = env_constant(ck, NULL, "a param of the top level");
  const char *what = arena_printf(ck->arena, "`%s`", g->name);
  if (entry->unit != NULL) {
    dim unit = unit_check(ck, entry->unit);
    if (dim_is_unknown(unit) || !expr_constant(&env, entry->value, unit, what, &g->value))
      return false;
    g->unit = unit;
    return true;
  }
  const model_expr *value = expr_number(&env, entry->value, NULL);
  if (value == NULL || !expr_constant(&env, entry->value, value->unit, what, &g->value))
    return false;
  g->unit = value->unit;
  return true;
}

static void check_range(checker *ck, const ast_entry *entry, model_global *g) {
  expr_env env = env_constant(ck, NULL, "a range");
  const char *what = arena_printf(ck->arena, "the range of `%s`", g->name);
  if (entry->low == NULL || entry->high == NULL || !expr_constant(&env, entry->low, g->unit, what, &g->lo) ||
      !expr_constant(&env, entry->high, g->unit, what, &g->hi))
    return;
  g->has_range = g->lo <= g->hi;
  if (!g->has_range)
    diag_report(ck->sink, DIAG_E0408, span_join(entry->low->at, entry->high->at),
                "the range of `%s` is empty: its first end is the larger", g->name);
}

static void check_within_range(checker *ck, const model_global *g, double value, span at) {
  model_param p = {.name = g->name, .at = g->at, .unit = g->unit, .has_range = g->has_range, .lo = g->lo, .hi = g->hi};
  param_range_check(ck, &p, expr_literal(ck, value, g->unit, at), at);
}

bool global_value(checker *ck, const ast_setting *s, const model_global *g, double *value) {
  expr_env env = env_constant(ck, NULL, "a param of the top level");
  if (dim_is_unknown(g->unit) ||
      !expr_constant(&env, s->value, g->unit, arena_printf(ck->arena, "`%s`", g->name), value))
    return false;
  check_within_range(ck, g, *value, s->value->at);
  return true;
}

static void check_global(checker *ck, const ast_entry *entry) {
  model_global g = {.name = entry->name.text, .at = entry->name.at, .unit = dim_unknown()};
  const ast_setting *option = setting_of_option(ck, g.name), *s = option ? option : setting_of_variant(ck, g.name);
  if (entry->value != NULL && declared_value(ck, entry, &g)) {
    double declared = g.value;
    check_range(ck, entry, &g);
    if (s == NULL)
      check_within_range(ck, &g, g.value, entry->value->at);
    else
      global_value(ck, s, &g, &g.value);
    g.is_of_variant = option == NULL && g.value != declared;
  }
  map_insert(ck->globals, g.name, ck->model->globals.len);
  vec_push(ck->arena, &ck->model->globals, g);
}

void globals_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_PARAM)
      check_global(ck, &ck->decls.data[i]->as.param->as.entries.data[0]);
}
