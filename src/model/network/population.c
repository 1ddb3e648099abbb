/* SPDX-License-Identifier: MIT */
/* population.c - populations: sizes, places, memory. */
#include "model/component/component.h"
#include "model/expr/expr.h"
#include "model/names/report.h"
#include "model/network/network.h"
#include "model/network/parts.h"
#include "support/limits.h"

uint32_t definition_find(checker *ck, ast_name name, bool wants_synapse) {
  uint32_t index;
  if (!map_find(ck->main->components, name.text, &index)) {
    name_list known = {0};
    for (uint32_t i = 0; i < map_count(ck->main->components); i++) {
      const component_def *def = &ck->component_defs.data[map_value_at(ck->main->components, i)];
      if ((def->ast->kind == AST_SYNAPSE) == wants_synapse)
        vec_push(ck->arena, &known, map_key_at(ck->main->components, i));
    }
    report_unknown(ck, name.at, DIAG_E0201, wants_synapse ? "the synapse" : "the component", name.text, &known);
    return NONE;
  }
  const component_def *def = &ck->component_defs.data[index];
  if ((def->ast->kind == AST_SYNAPSE) == wants_synapse)
    return index;
  diag *d = diag_report(ck->sink, DIAG_E0203, name.at,
                        wants_synapse ? "`%s` is not a synapse: a connection needs one"
                                      : "`%s` is a synapse: a population holds neurons or astrocytes",
                        name.text);
  diag_note(d, def->at, "it is declared here");
  return NONE;
}

static bool check_size(checker *ck, const ast_expr *size, model_population *p) {
  const double most = 4294967294.0;
  expr_env env = env_constant(ck, NULL, "a size");
  p->rows = p->cols = 1;
  p->has_no_size = size == NULL;
  if (size == NULL)
    return true;
  if (size->kind != AST_SIZE)
    return expr_constant_count(&env, size, "the size of a population", 1, most, &p->cols);
  p->is_grid = true;
  bool is_good = expr_constant_count(&env, size->as.size.rows, "the number of rows", 1, most, &p->rows);
  return expr_constant_count(&env, size->as.size.columns, "the number of columns", 1, most, &p->cols) && is_good;
}

static const char *bytes_text(checker *ck, double bytes) {
  static const char *const words[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  int i = 0;
  for (; bytes >= 1000 && i < 6; i++)
    bytes /= 1000;
  return arena_printf(ck->arena, "%.3g %s", bytes, words[i]);
}

void memory_check(checker *ck, const model_population *p, span at) {
  const model_component *c = &ck->model->components.data[p->component];
  double elements = (double)p->rows * p->cols;
  uint32_t variables = c->states.len + c->inputs.len + c->timers.len + p->overrides.len + 1;
  double bytes = elements * 8 * variables;
  if (ck->state_bytes + bytes <= LIMIT_STATE_BYTES && elements < 4294967295.0) {
    ck->state_bytes += bytes;
    return;
  }
  diag *d = diag_report(ck->sink, DIAG_E0901, at,
                        "`%s` is too large: %.0f elements x 8 B x %u variables = %s; all "
                        "populations together may take %s",
                        p->name, elements, variables, bytes_text(ck, bytes), bytes_text(ck, LIMIT_STATE_BYTES));
  diag_hint(d, "a smaller population, or several models");
}

/* Where the corner of the grid lies: behind `at`. */
static void check_corner(checker *ck, const ast_expr *corner, model_population *p) {
  expr_env env = env_constant(ck, NULL, "a place");
  if (corner == NULL)
    return;
  if (corner->kind != AST_TUPLE || corner->as.list.values.len != 2) {
    diag_report(ck->sink, DIAG_E0501, corner->at, "a place has two lengths: `spaced 100 um at (50 um, 50 um)`");
    return;
  }
  expr_constant(&env, corner->as.list.values.data[0], dim_um, "the x of a place", &p->at_x);
  expr_constant(&env, corner->as.list.values.data[1], dim_um, "the y of a place", &p->at_y);
}

static void check_spacing(checker *ck, const ast_expr *spacing, model_population *p) {
  expr_env env = env_constant(ck, NULL, "a spacing");
  if (spacing == NULL || !expr_constant(&env, spacing, dim_um, "a spacing", &p->spacing) || p->spacing > 0)
    return;
  diag_report(ck->sink, DIAG_E0501, spacing->at, "a spacing must be longer than nothing");
  p->spacing = 0;
}

static void check_places(checker *ck, const model_population *p) {
  if (p->spacing > 0 || !ck->infos.data[p->component].usage->has_place)
    return;
  diag *d =
      diag_report(ck->sink, DIAG_E0501, p->at, "`%s` uses x or y, which are lengths, so its population needs a spacing",
                  ck->model->components.data[p->component].name);
  diag_hint(d, "write `... spaced 10 um`");
}

/* The scope of values that belong to single elements of a population. */
static expr_env element_scope(checker *ck, const model_population *p, const char *where) {
  expr_env env = env_constant(ck, NULL, where);
  env.side[SIDE_SELF] = (expr_side){.component = &ck->model->components.data[p->component], .population = p};
  env.allow = ALLOW_PLACE | ALLOW_RANDOM;
  return env;
}

static void add_population(checker *ck, const ast_decl *decl) {
  const ast_population *ast = &decl->as.population;
  model_population p = {.name = ast->name.text, .at = ast->name.at};
  bool has_size = check_size(ck, ast->size, &p);
  check_spacing(ck, ast->spacing, &p);
  check_corner(ck, ast->corner, &p);
  uint32_t def = definition_find(ck, ast->component, false);
  if (def == NONE) {
    name_silence(ck, p.name);
    return;
  }
  p.component = component_for_population(ck, def);
  check_places(ck, &p);
  expr_env env = element_scope(ck, &p, "an override");
  override_list overrides = {0};
  overrides_check(&env, &ast->overrides, p.name, &overrides);
  p.overrides.data = overrides.data;
  p.overrides.len = overrides.len;
  if (has_size)
    memory_check(ck, &p, ast->size != NULL ? ast->size->at : ast->name.at);
  map_insert(ck->populations, p.name, ck->model->populations.len);
  vec_push(ck->arena, &ck->model->populations, p);
}

static uint32_t count_decls(checker *ck, ast_decl_kind kind) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < ck->decls.len; i++)
    count += ck->decls.data[i]->kind == kind;
  return count;
}

/* Expressions point into these lists while they are checked: they must not move. */
void populations_check(checker *ck) {
  uint32_t populations = count_decls(ck, AST_DECL_POPULATION);
  vec_reserve(ck->arena, &ck->model->populations, populations);
  vec_reserve(ck->arena, &ck->model->components, populations + count_decls(ck, AST_DECL_CONNECT));
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_POPULATION)
      add_population(ck, ck->decls.data[i]);
}
