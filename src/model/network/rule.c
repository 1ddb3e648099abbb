/* SPDX-License-Identifier: MIT */
/* rule.c - how links are drawn: the rules of connections and of partners. */
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/expr/select.h"
#include "model/names/import.h"
#include "model/names/report.h"
#include "model/network/rule_env.h"
#include "model/operations.h"
#include "nsa_link_count.h"
#include "nsa_words.h"
#include "support/file.h"
#include "support/limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool are_spaced(const rule_ends *ends) { return ends->source->spacing > 0 && ends->target->spacing > 0; }

static expr_env condition_scope(rule_env *r, uint32_t *draws) {
  checker *ck = r->ck;
  const rule_ends *ends = r->ends;
  expr_env env = env_constant(ck, NULL, "a connection rule");
  const model_component *components = ck->model->components.data;
  env.side[ends->source_side] =
      (expr_side){.component = &components[ends->source->component], .population = ends->source};
  env.side[ends->target_side] =
      (expr_side){.component = &components[ends->target->component], .population = ends->target};
  env.has_ends = true;
  env.is_partner_rule = ends->is_partner;
  env.has_distance_unit = are_spaced(ends);
  env.allow = ALLOW_RANDOM | ALLOW_DISTANCE;
  env.key_base = ends->key;
  env.draws = draws;
  return env;
}

/* ---- arguments ---- */

bool rule_has_args(rule_env *r, uint32_t least, uint32_t most) {
  uint32_t got = r->ast->args.len;
  if (got >= least && got <= most)
    return true;
  if (least == most)
    diag_report(r->ck->sink, DIAG_E0305, r->ast->at, "`%s` takes %u argument%s, not %u", r->ast->name.text, least,
                least == 1 ? "" : "s", got);
  else
    diag_report(r->ck->sink, DIAG_E0305, r->ast->at, "`%s` takes %u to %u arguments, not %u", r->ast->name.text, least,
                most, got);
  return false;
}

diag *rule_misfit(rule_env *r, const char *reason) {
  return diag_report(r->ck->sink, DIAG_E0502, r->ast->at, "`%s` %s", r->ast->name.text, reason);
}

static bool no_arguments(rule_env *r) { return rule_has_args(r, 0, 0); }

static bool one_to_one(rule_env *r) {
  if (!rule_has_args(r, 0, 0))
    return false;
  double n = rule_size(r->ends->source), m = rule_size(r->ends->target);
  if (n == m)
    return true;
  rule_misfit(r, arena_printf(r->ck->arena, "needs populations of one size: `%s` has %.0f elements, `%s` %.0f",
                              r->ends->source->name, n, r->ends->target->name, m));
  return false;
}

bool rule_is_link_count_good(rule_env *r, double links) {
  if (links <= LIMIT_LINKS)
    return true;
  diag_report(r->ck->sink, DIAG_E0901, r->ast->at,
              "this makes about %.3g links (`%s` has %.0f elements, `%s` %.0f); a connection may have %.3g", links,
              r->ends->source->name, rule_size(r->ends->source), r->ends->target->name, rule_size(r->ends->target),
              LIMIT_LINKS);
  return false;
}

static bool all_to_all(rule_env *r) {
  return rule_has_args(r, 0, 0) && rule_is_link_count_good(r, rule_size(r->ends->source) * rule_size(r->ends->target));
}

/* The expression of a probability; NULL after an error. *p: its value where it is a constant, else 1. */
static model_expr *probability_of(rule_env *r, const ast_expr *e, double *p) {
  uint32_t draws = 0;
  expr_env env = condition_scope(r, &draws);
  model_expr *value = expr_of_unit(&env, e, dim_none(), "a probability");
  *p = 1;
  bool is_good = value == NULL || !constant_value(value, NULL, p) || probability_check(r->ck, e->at, *p);
  return is_good ? value : NULL;
}

static bool probability(rule_env *r) {
  double p;
  if (!rule_has_args(r, 1, 1))
    return false;
  r->out->probability = probability_of(r, r->ast->args.data[0].value, &p);
  return r->out->probability != NULL &&
         rule_is_link_count_good(r, p * rule_size(r->ends->source) * rule_size(r->ends->target));
}

model_expr *rule_partner_probability(checker *ck, const rule_ends *ends, const ast_expr *e) {
  rule_env r = {.ck = ck, .ends = ends};
  double p;
  return probability_of(&r, e, &p);
}

static bool where(rule_env *r) {
  uint32_t draws = 0;
  expr_env env = condition_scope(r, &draws);
  if (!rule_has_args(r, 1, 1))
    return false;
  r->out->condition = expr_bool(&env, r->ast->args.data[0].value);
  return r->out->condition != NULL;
}

/* A rule that makes no links of an element to itself cannot be asked for them. */
bool rule_makes_no_selves(rule_env *r) {
  if (!r->ends->is_same || !r->ends->allow_self)
    return true;
  rule_misfit(r, "links no element with itself: leave out `self`");
  return false;
}

/* ---- degrees and profiles ---- */

static bool check_profile(rule_env *r, const ast_expr *e) {
  checker *ck = r->ck;
  expr_env env = env_constant(ck, NULL, "a kernel");
  const char *name = e->kind == AST_CALL ? e->as.call.function.text : "";
  r->out->profile = NSA_PROFILE_NONE;
  for (uint32_t k = NSA_PROFILE_NONE + 1; k < nsa_profile_kind_count; k++)
    if (strcmp(name, nsa_word_of_profile_kind(k)) == 0)
      r->out->profile = (nsa_profile_kind)k;
  if (r->out->profile == NSA_PROFILE_NONE || e->as.call.args.len != 1) {
    diag_report(ck->sink, DIAG_E0502, e->at, "a kernel is `exponential(length)` or `gaussian(length)`, not `%s`",
                expr_text(ck, e));
    return false;
  }
  if (!r->ends->source->is_grid || !r->ends->target->is_grid) {
    diag *d = rule_misfit(r, "with a kernel needs grids");
    diag_hint(d, "give the populations rows and columns: `[79 x 79]`");
    return false;
  }
  bool has_unit = are_spaced(r->ends);
  if (!expr_constant(&env, e->as.call.args.data[0].value, has_unit ? dim_um : dim_none(),
                     has_unit ? "the length of a kernel" : "the length of a kernel, in grid steps,", &r->out->length))
    return false;
  if (r->out->length > 0)
    return true;
  diag_report(ck->sink, DIAG_E0502, e->at, "the length of a kernel must be more than nothing");
  return false;
}

static bool degree(rule_env *r) {
  checker *ck = r->ck;
  expr_env env = env_constant(ck, NULL, "a number of links");
  bool is_in = r->out->kind == NSA_RULE_INDEGREE;
  if (!rule_has_args(r, 1, 2) ||
      !expr_constant_count(&env, r->ast->args.data[0].value, "the number of links", 0, 1e9, &r->out->degree))
    return false;
  const model_population *far = is_in ? r->ends->source : r->ends->target;
  const model_population *near = is_in ? r->ends->target : r->ends->source;
  double candidates = rule_size(far) - (r->ends->is_same && !r->ends->allow_self ? 1 : 0);
  if (r->out->degree > candidates) {
    rule_misfit(r, arena_printf(ck->arena, "asks for %u partners, but `%s` has only %.0f to offer", r->out->degree,
                                far->name, candidates));
    return false;
  }
  bool is_good = rule_is_link_count_good(r, r->out->degree * rule_size(near));
  return (r->ast->args.len < 2 || check_profile(r, r->ast->args.data[1].value)) && is_good;
}

static bool neighbours(rule_env *r) {
  expr_env env = env_constant(r->ck, NULL, "a number of neighbours");
  if (!rule_has_args(r, 1, 1) ||
      !expr_constant_count(&env, r->ast->args.data[0].value, "the number of neighbours", 1, 1e9, &r->out->degree))
    return false;
  if (r->out->degree != 4 && r->out->degree != 8) {
    rule_misfit(r, "takes 4 or 8");
    return false;
  }
  if (r->ends->is_same && r->ends->source->is_grid)
    return rule_makes_no_selves(r);
  diag *d = rule_misfit(r, r->ends->is_same ? "needs a grid" : "joins the elements of one population");
  if (r->ends->is_same)
    diag_hint(d, "give the population rows and columns: `[26 x 26]`");
  return false;
}

/* ---- tiles ---- */

static bool tile_stride(rule_env *r) {
  expr_env env = env_constant(r->ck, NULL, "a stride");
  if (r->ast->args.len < 2) {
    r->out->stride = r->out->tile_rows;
    if (r->out->tile_rows == r->out->tile_cols)
      return true;
    rule_misfit(r, "of tiles that are not square needs a stride");
    return false;
  }
  const ast_arg *arg = &r->ast->args.data[1];
  if (arg->keyword.text == NULL || strcmp(arg->keyword.text, "stride") != 0) {
    diag_report(r->ck->sink, DIAG_E0305, arg->at, "write `tiles(r x c, stride n)`");
    return false;
  }
  return expr_constant_count(&env, arg->value, "a stride", 1, 1e9, &r->out->stride);
}

static bool covers(const model_rule *rule, const model_population *tiled, const model_population *one) {
  return tiled->rows >= rule->tile_rows && tiled->cols >= rule->tile_cols &&
         (tiled->rows - rule->tile_rows) / rule->stride + 1 == one->rows &&
         (tiled->cols - rule->tile_cols) / rule->stride + 1 == one->cols;
}

static const char *tile_count(rule_env *r, const model_population *p) {
  const model_rule *t = r->out;
  if (p->rows < t->tile_rows || p->cols < t->tile_cols)
    return arena_printf(r->ck->arena, "no tile fits into `%s` (%u x %u)", p->name, p->rows, p->cols);
  return arena_printf(r->ck->arena, "`%s` (%u x %u) has %u x %u such tiles", p->name, p->rows, p->cols,
                      (p->rows - t->tile_rows) / t->stride + 1, (p->cols - t->tile_cols) / t->stride + 1);
}

/* Tiles are counted in rows and columns: lengths may say otherwise. */
static void check_tile_places(rule_env *r, const model_population *tiled, const model_population *one) {
  const model_rule *t = r->out;
  double spacing = t->stride * tiled->spacing, slack = 1e-6 * tiled->spacing;
  double x = tiled->at_x + (t->tile_cols * tiled->spacing - spacing) / 2,
         y = tiled->at_y + (t->tile_rows * tiled->spacing - spacing) / 2;
  if (!are_spaced(r->ends) ||
      (fabs(one->spacing - spacing) < slack && fabs(one->at_x - x) < slack && fabs(one->at_y - y) < slack))
    return;
  diag *d =
      diag_report(r->ck->sink, DIAG_W0502, r->ast->at,
                  "the middles of these tiles of `%s` are not where the elements of `%s` are", tiled->name, one->name);
  diag_hint(d, "`population %s : ... spaced %s um at (%s um, %s um)` would be", one->name, number_text(r->ck, spacing),
            number_text(r->ck, x), number_text(r->ck, y));
}

static bool tiles(rule_env *r) {
  expr_env env = env_constant(r->ck, NULL, "a tile");
  const model_population *source = r->ends->source, *target = r->ends->target;
  if (!rule_has_args(r, 1, 2))
    return false;
  const ast_expr *size = r->ast->args.data[0].value;
  if (size->kind != AST_SIZE) {
    diag_report(r->ck->sink, DIAG_E0501, size->at, "a tile has a size: `tiles(4 x 4, stride 3)`");
    return false;
  }
  if (!expr_constant_count(&env, size->as.size.rows, "the rows of a tile", 1, 1e9, &r->out->tile_rows) ||
      !expr_constant_count(&env, size->as.size.columns, "the columns of a tile", 1, 1e9, &r->out->tile_cols) ||
      !tile_stride(r))
    return false;
  if (!source->is_grid || !target->is_grid) {
    rule_misfit(r, "needs grids");
    return false;
  }
  bool is_source_tiled = covers(r->out, source, target);
  if (is_source_tiled || (!r->ends->is_partner && covers(r->out, target, source))) {
    check_tile_places(r, is_source_tiled ? source : target, is_source_tiled ? target : source);
    return true;
  }
  diag *d = rule_misfit(r, "does not fit: there must be one tile an element");
  diag_note(d, SPAN_NONE, "%s, but `%s` is %u x %u", tile_count(r, source), target->name, target->rows, target->cols);
  return false;
}

/* ---- files ---- */

/* The first line whose two numbers are the same; 0: none. What else is wrong with a table is for the run to say. */
static uint32_t line_of_self(const char *table) {
  table += strncmp(table, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; /* a byte-order mark */
  for (uint32_t line = 1; *table; line++) {
    char *behind;
    unsigned long long source = strtoull(table, &behind, 10);
    behind += strspn(behind, " \t");
    if (behind > table && *behind == ',' && strtoull(behind + 1, NULL, 10) == source)
      return line;
    table += strcspn(table, "\n");
    table += *table == '\n';
  }
  return 0;
}

/* Warns of lines that are left out, unless the author asked for it. A larger table is not read here; the run says how
 * many lines it left out. */
static void warn_of_selves(rule_env *r, span at) {
  const char *error;
  size_t len;
  if (!r->ends->is_same || r->ends->says_self)
    return;
  const char *table =
      file_read_below(r->ck->arena, r->ck->options->inputs, r->out->path, LIMIT_FILE_BYTES, &len, &error);
  uint32_t line = table ? line_of_self(table) : 0;
  if (line == 0)
    return;
  diag *d = diag_report(r->ck->sink, DIAG_W0501, at,
                        "line %u of `%s` links an element with itself; such lines are left out", line, r->out->path);
  diag_hint(d, "`self` keeps them, `no self` leaves them out without this warning");
}

/* Which columns say something of links; what they are is found when the synapse is known. */
static bool take_columns(rule_env *r) {
  for (uint32_t k = 1; k < r->ast->args.len; k++) {
    const ast_expr *e = r->ast->args.data[k].value;
    if (e->kind != AST_NAME) {
      diag_report(r->ck->sink, DIAG_E0203, e->at,
                  "a column is named as what it sets: a param or state of the synapse, `delay` or `delay_back`");
      return false;
    }
    model_column column = {.name = e->as.name.text, .at = e->at};
    for (uint32_t i = 0; i < r->out->columns.len; i++)
      if (strcmp(r->out->columns.data[i].name, column.name) == 0) {
        diag_report(r->ck->sink, DIAG_E0202, e->at, "the column `%s` is named twice", column.name);
        return false;
      }
    vec_push(r->ck->arena, &r->out->columns, column);
  }
  return true;
}

static bool from_file(rule_env *r) {
  enum { MOST_COLUMNS = 64 };
  if (!rule_has_args(r, 1, MOST_COLUMNS) || !take_columns(r))
    return false;
  const ast_expr *path = r->ast->args.data[0].value;
  if (path->kind != AST_STRING) {
    diag_report(r->ck->sink, DIAG_E0203, path->at, "a file is named by a text: `file(\"edges.csv\")`");
    return false;
  }
  r->out->path = path_from(r->ck, path->at, path->as.string.text);
  if (r->out->path == NULL || path_check(r->ck, path->at, r->out->path, false) != NULL)
    return false;
  warn_of_selves(r, path->at);
  return true;
}

/* ---- pools of partners ---- */

static bool pool_choice(rule_env *r) {
  if (r->ast->args.len < 2)
    return true;
  const ast_expr *e = r->ast->args.data[1].value;
  const char *word = e->kind == AST_NAME ? e->as.name.text : "";
  r->out->pool_block = strcmp(word, "block") == 0;
  if (r->out->pool_block || strcmp(word, "random") == 0)
    return true;
  diag_report(r->ck->sink, DIAG_E0502, e->at, "a pool is `random` or `block`, not `%s`", expr_text(r->ck, e));
  return false;
}

/* As in NEST: consecutive partners for each element, or consecutive elements that have one partner. */
static bool is_block_good(rule_env *r) {
  double near = rule_size(r->ends->source), partners = rule_size(r->ends->target);
  double size = r->out->degree, share = size > 1 ? 0 : near / partners;
  if (near * size == partners || (size == 1 && share >= 1 && share == floor(share)))
    return true;
  diag *d = rule_misfit(r, "does not fit: blocks must use all partners evenly");
  diag_note(d, SPAN_NONE, "`%s` has %.0f elements, `%s` %.0f", r->ends->source->name, near, r->ends->target->name,
            partners);
  if (floor(partners / near) * near == partners)
    diag_hint(d, "`pool(%.0f, block)` would", partners / near);
  return false;
}

static bool pool(rule_env *r) {
  expr_env env = env_constant(r->ck, NULL, "the size of a pool");
  if (!rule_has_args(r, 1, 2) ||
      !expr_constant_count(&env, r->ast->args.data[0].value, "the size of a pool", 1, 1e9, &r->out->degree))
    return false;
  double offered = rule_size(r->ends->target);
  if (!pool_choice(r))
    return false;
  if (r->out->degree > offered) {
    rule_misfit(
        r, arena_printf(r->ck->arena, "is larger than `%s`, which has %.0f elements", r->ends->target->name, offered));
    return false;
  }
  return !r->out->pool_block || is_block_good(r);
}

/* ---- numbers of links ---- */

double rule_link_count(const rule_ends *ends, const model_rule *rule) {
  bool lacks_selves = ends->is_same && !ends->allow_self;
  double targets = rule_size(ends->target);
  nsa_rule_kind kind = rule->kind;
  if (kind == NSA_RULE_PROBABILITY || kind == NSA_RULE_WHERE || kind == NSA_RULE_FILE ||
      (kind == NSA_RULE_TILES && lacks_selves))
    return -1;
  if (lacks_selves && (kind == NSA_RULE_ONE_TO_ONE || (kind == NSA_RULE_NEAREST && targets == 1)))
    return 0;
  nsa_link_rule of = {.kind = kind,
                      .source_rows = ends->source->rows,
                      .source_cols = ends->source->cols,
                      .target_rows = ends->target->rows,
                      .target_cols = ends->target->cols,
                      .leaves_out_self = lacks_selves,
                      .degree = rule->degree,
                      .tile_rows = rule->tile_rows,
                      .tile_cols = rule->tile_cols,
                      .stride = rule->stride};
  return nsa_count_links(&of).all;
}

/* ---- all rules ---- */

static const struct {
  bool (*check)(rule_env *r);
  bool is_link, is_partner; /* where it may stand */
} rules[nsa_rule_kind_count] = {
    [NSA_RULE_ONE_TO_ONE] = {one_to_one, true, true},
    [NSA_RULE_ALL_TO_ALL] = {all_to_all, true, false},
    [NSA_RULE_PROBABILITY] = {probability, true, false},
    [NSA_RULE_INDEGREE] = {degree, true, false},
    [NSA_RULE_OUTDEGREE] = {degree, true, false},
    [NSA_RULE_NEIGHBOURS] = {neighbours, true, false},
    [NSA_RULE_TILES] = {tiles, true, true},
    [NSA_RULE_NEAREST] = {no_arguments, true, true},
    [NSA_RULE_WHERE] = {where, true, true},
    [NSA_RULE_FILE] = {from_file, true, false},
    [NSA_RULE_SCALE_FREE] = {rule_check_scale_free, true, false},
    [NSA_RULE_SMALL_WORLD] = {rule_check_small_world, true, false},
    [NSA_RULE_ONE_PER_SYNAPSE] = {no_arguments, false, true},
    [NSA_RULE_POOL] = {pool, false, true},
};

bool rule_check(checker *ck, const rule_ends *ends, const ast_rule *ast, model_rule *out) {
  rule_env r = {.ck = ck, .ends = ends, .ast = ast, .out = out};
  name_list known = {0};
  out->at = ast->at;
  if (ast->name.text == NULL)
    return false; /* the parser has said so */
  for (uint32_t i = 0; i < nsa_rule_kind_count; i++) {
    const char *word = nsa_word_of_rule_kind(i);
    bool may_stand = ends->is_partner ? rules[i].is_partner : rules[i].is_link;
    if (strcmp(word, ast->name.text) != 0) {
      if (may_stand)
        vec_push(ck->arena, &known, word);
      continue;
    }
    out->kind = (nsa_rule_kind)i;
    if (may_stand)
      return rules[i].check(&r);
    rule_misfit(&r, ends->is_partner ? "is no rule for the third partner, which is one at most"
                                     : "is a rule for the third partner only");
    return false;
  }
  report_unknown(ck, ast->name.at, DIAG_E0201, "the rule", ast->name.text, &known);
  return false;
}

/* ---- slices of the ends ---- */

static model_expr *slice_condition(checker *ck, const rule_ends *ends, const ast_expr *end, model_side side) {
  const model_population *p = side == ends->source_side ? ends->source : ends->target;
  expr_env env = env_constant(ck, NULL, "a slice");
  return selector_condition(&env, end, p, side);
}

void rule_slice(checker *ck, const rule_ends *ends, const ast_expr *end, model_side side, model_rule *rule) {
  if (end->kind != AST_INDEX)
    return;
  if (rule->kind != NSA_RULE_ALL_TO_ALL && rule->kind != NSA_RULE_PROBABILITY && rule->kind != NSA_RULE_WHERE) {
    refuse(ck, end->at, "slices with this rule", "all_to_all, probability and where can");
    return;
  }
  model_expr *inside = slice_condition(ck, ends, end, side);
  if (inside == NULL)
    return;
  if (rule->kind == NSA_RULE_PROBABILITY) {
    rule->probability = expr_select(ck, inside, rule->probability, expr_literal(ck, 0, dim_none(), end->at), end->at);
    return;
  }
  rule->condition = rule->kind == NSA_RULE_WHERE ? expr_binary(ck, MX_AND, inside, rule->condition, end->at) : inside;
  rule->kind = NSA_RULE_WHERE;
}
