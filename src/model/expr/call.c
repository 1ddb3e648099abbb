/* SPDX-License-Identifier: MIT */
/* call.c - calls of builtin functions, with their rules of units; functions of the author are put in. */
#include "model/expr/bare.h"
#include "model/expr/expr.h"
#include "model/expr/lets.h"
#include "model/expr/make.h"
#include "model/names/report.h"
#include "model/operations.h"
#include "support/limits.h"

#include <strings.h>

typedef enum { KIND_MATH, KIND_RANDOM } function_kind;
typedef enum {
  RULE_UNIT_NONE,
  RULE_UNIT_SAME,
  RULE_UNIT_FIRST,  /* that of the first argument; the other is a plain number */
  RULE_UNIT_SECOND, /* likewise of the second */
  RULE_UNIT_SQRT,
  RULE_UNIT_SIGN,
  RULE_UNIT_HILL,
  RULE_UNIT_RATIO
} unit_rule;

typedef struct {
  const char *name;
  uint32_t arity;
  function_kind kind;
  unit_rule rule;
} builtin_row;

static const builtin_row builtins[BUILTIN_COUNT] = {
#define BUILTIN(name, arity, kind, rule) {#name, arity, KIND_##kind, RULE_UNIT_##rule},
#include "model/builtin.def"
#undef BUILTIN
};

bool builtin_find(const char *name, model_builtin *fn) {
  for (uint32_t i = 0; i < BUILTIN_COUNT; i++)
    if (strcmp(builtins[i].name, name) == 0) {
      *fn = (model_builtin)i;
      return true;
    }
  return false;
}

static void builtin_add_names(checker *ck, name_list *names) {
  for (uint32_t i = 0; i < BUILTIN_COUNT; i++)
    vec_push(ck->arena, names, builtins[i].name);
}

/* Arguments must be plain expressions: no `during`, no `name = value`. */
static bool is_plain_arg(expr_env *env, const char *function, const ast_arg *arg) {
  ast_name during = {arg->during != NULL ? expr_text(env->ck, arg->during) : NULL,
                     arg->during != NULL ? arg->during->at : SPAN_NONE};
  const ast_name *odd = arg->keyword.text != NULL ? &arg->keyword
                        : arg->name.text != NULL  ? &arg->name
                        : during.text != NULL     ? &during
                        : arg->over.text != NULL  ? &arg->over
                                                  : NULL;
  if (odd == NULL)
    return true;
  diag_report(env->ck->sink, DIAG_E0305, odd->at, "`%s` takes plain arguments here, without `%s`", function, odd->text);
  return false;
}

static bool has_arity(expr_env *env, const ast_expr *e, uint32_t wanted, bool is_variadic) {
  uint32_t got = e->as.call.args.len;
  if (got == wanted || (is_variadic && got >= wanted))
    return true;
  diag_report(env->ck->sink, DIAG_E0305, e->as.call.function.at, "`%s` takes %s%u argument%s, not %u",
              e->as.call.function.text, is_variadic ? "at least " : "", wanted, wanted == 1 ? "" : "s", got);
  return false;
}

/* ---- builtin functions ---- */

static bool agree_with_first(expr_env *env, const ast_expr *e, model_expr **args, uint32_t count, uint32_t first) {
  bool is_good = true;
  for (uint32_t i = 0; i < count; i++) {
    if (i == first || dim_equal(args[i]->unit, args[first]->unit))
      continue;
    const ast_expr *other = e->as.call.args.data[first].value;
    report_disagreement(env, e->as.call.args.data[i].value, args[i]->unit, other, args[first]->unit);
    is_good = false;
  }
  return is_good;
}

/* The argument that decides the unit of all: the first that is not a bare number. */
static uint32_t deciding_arg(const ast_expr *e, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (!expr_is_plain_literal(e->as.call.args.data[i].value))
      return i;
  return 0;
}

static bool is_plain_number(expr_env *env, const ast_expr *e, model_expr **args, uint32_t i) {
  if (dim_is_none(args[i]->unit))
    return true;
  report_units(env->ck, e->as.call.args.data[i].value, args[i]->unit, dim_none(),
               arena_printf(env->ck->arena, "an argument of `%s`", e->as.call.function.text), SPAN_NONE);
  return false;
}

static bool unit_of_sqrt(expr_env *env, const ast_expr *e, dim unit, dim *out) {
  if (dim_try_pow(unit, 0.5, out))
    return true;
  diag_report(env->ck->sink, DIAG_E0301, e->at, "the root of %s is not a unit that can be counted in",
              dim_name(env->ck->arena, unit));
  return false;
}

static bool unit_of_call(expr_env *env, const ast_expr *e, unit_rule rule, model_expr **args, uint32_t count,
                         dim *out) {
  bool is_good = true;
  *out = dim_none();
  switch (rule) {
  case RULE_UNIT_NONE:
    for (uint32_t i = 0; i < count; i++)
      is_good = is_plain_number(env, e, args, i) && is_good;
    return is_good;
  case RULE_UNIT_SAME: {
    uint32_t first = deciding_arg(e, count);
    *out = args[first]->unit;
    for (uint32_t i = 0; i < count; i++)
      *out = dim_of_sum(*out, args[i]->unit);
    return agree_with_first(env, e, args, count, first);
  }
  case RULE_UNIT_FIRST:
    *out = args[0]->unit;
    return is_plain_number(env, e, args, 1);
  case RULE_UNIT_SECOND:
    *out = args[1]->unit;
    return is_plain_number(env, e, args, 0);
  case RULE_UNIT_RATIO:
    return agree_with_first(env, e, args, count, deciding_arg(e, count));
  case RULE_UNIT_SQRT:
    return unit_of_sqrt(env, e, args[0]->unit, out);
  case RULE_UNIT_SIGN:
    return true;
  case RULE_UNIT_HILL:
    is_good = agree_with_first(env, e, args, 2, deciding_arg(e, 2));
    return is_plain_number(env, e, args, 2) && is_good;
  }
  return false;
}

static model_expr *make_call(expr_env *env, const ast_expr *e, uint32_t fn, dim unit, model_expr **args,
                             uint32_t count) {
  bool is_random = builtins[fn].kind == KIND_RANDOM;
  model_expr *out = expr_new(env->ck, is_random ? MX_RANDOM : MX_CALL, unit, e->at);
  out->fn = fn;
  for (uint32_t i = 0; i < count; i++) {
    out->args[i] = args[i];
    out->weight += args[i]->weight;
    if (args[i]->depth >= out->depth)
      out->depth = args[i]->depth + 1;
  }
  double p;
  uint32_t at = fn == BUILTIN_binomial ? 1 : 0; /* of the probability */
  if ((fn == BUILTIN_bernoulli || fn == BUILTIN_binomial) &&
      constant_value(args[at], env->side[SIDE_SELF].component, &p))
    probability_check(env->ck, e->as.call.args.data[at].value->at, p);
  if (is_random)
    out->key = arena_printf(env->ck->arena, "%s#%u", env->key_base, (*env->draws)++);
  return out;
}

static bool may_draw(expr_env *env, const ast_expr *e) {
  if ((env->allow & ALLOW_RANDOM) != 0)
    return true;
  diag *d = diag_report(env->ck->sink, DIAG_E0406, e->at, "`%s` draws a random number, and %s cannot",
                        e->as.call.function.text, env->where);
  diag_hint(d, (env->allow & ALLOW_NOISE) != 0
                   ? "declare `noise xi` and use `xi` in the equation"
                   : "random functions stand in initial values, populations, connections and blocks");
  return false;
}

static model_expr *check_builtin(expr_env *env, const ast_expr *e, model_builtin fn) {
  enum { MOST_ARGS = 64 };
  const builtin_row *row = &builtins[fn];
  bool is_variadic = fn == BUILTIN_min || fn == BUILTIN_max;
  uint32_t count = e->as.call.args.len;
  if (!has_arity(env, e, row->arity, is_variadic) || (row->kind == KIND_RANDOM && !may_draw(env, e)))
    return NULL;
  if (count > MOST_ARGS) {
    diag_report(env->ck->sink, DIAG_E0305, e->at, "`%s` takes at most %d arguments", row->name, MOST_ARGS);
    return NULL;
  }
  model_expr *args[MOST_ARGS] = {NULL};
  bool is_good = true;
  for (uint32_t i = 0; i < count; i++) {
    const ast_arg *arg = &e->as.call.args.data[i];
    is_good = is_plain_arg(env, row->name, arg) && is_good;
    args[i] = expr_number(env, arg->value, NULL);
    is_good = is_good && args[i] != NULL;
  }
  dim unit;
  if (!is_good || !unit_of_call(env, e, row->rule, args, count, &unit))
    return NULL;
  model_expr *out = make_call(env, e, fn, unit, args, count < 3 || !is_variadic ? count : 2);
  for (uint32_t i = 2; is_variadic && i < count; i++) {
    model_expr *pair[2] = {out, args[i]};
    out = make_call(env, e, fn, unit, pair, 2);
  }
  return out;
}

/* ---- functions of the author ---- */

const ast_function *function_find(expr_env *env, const char *name, bool *is_own, file_scope **home) {
  *is_own = false;
  uint32_t at;
  if (env->builder != NULL && map_find(env->builder->item_at, name, &at)) {
    const flat_item *item = &env->builder->items.data[at];
    if (item->ast->kind == AST_ITEM_FUNCTION) {
      *is_own = true;
      *home = item->def->home;
      return &item->ast->as.function;
    }
  }
  uint32_t index;
  if (env->home == NULL || !map_find(env->home->functions, name, &index))
    return NULL;
  function_def *def = &env->ck->function_defs.data[index];
  def->is_used = true;
  *home = def->home;
  return def->ast;
}

static bool is_recursive(expr_env *env, const ast_expr *e, const ast_function *f) {
  uint32_t depth = 0;
  for (const function_frame *frame = env->frames; frame != NULL; frame = frame->next, depth++)
    if (frame->function == f) {
      diag_report(env->ck->sink, DIAG_E0401, e->at,
                  "function `%s` calls itself; functions are put in where they are called, so they "
                  "cannot",
                  f->name.text);
      return true;
    }
  if (depth < 64)
    return false;
  diag_report(env->ck->sink, DIAG_E0901, e->at, "functions call each other more than 64 deep");
  return true;
}

/* Where each function calls the next one twice, the work doubles at each level. It is bounded here: that an expression
 * is too large shows only after all of it is put in. */
static bool is_too_much(expr_env *env, const ast_expr *e) {
  if (env->frames == NULL)
    env->ck->calls = 0;
  if (env->ck->calls > LIMIT_EXPR_NODES)
    return true;
  if (++env->ck->calls <= LIMIT_EXPR_NODES)
    return false;
  diag_report(env->ck->sink, DIAG_E0901, e->at, "functions call each other more than %d times in all",
              LIMIT_EXPR_NODES);
  return true;
}

static model_expr *check_function(expr_env *env, const ast_expr *e, const ast_function *f, bool is_own,
                                  file_scope *home) {
  if (is_too_much(env, e) || is_recursive(env, e, f) || !has_arity(env, e, f->params.len, false))
    return NULL;
  binding *bindings = ARENA_ARRAY(env->ck->arena, binding, f->params.len + 1);
  for (uint32_t i = 0; i < f->params.len; i++) {
    const ast_arg *arg = &e->as.call.args.data[i];
    is_plain_arg(env, f->name.text, arg);
    bindings[i] = (binding){.name = f->params.data[i].text,
                            .value = expr_check(env, arg->value, NULL),
                            .next = i > 0 ? &bindings[i - 1] : NULL};
  }
  function_frame frame = {.function = f, .next = env->frames};
  expr_env inner = *env;
  inner.bindings = f->params.len > 0 ? &bindings[f->params.len - 1] : NULL;
  inner.frames = &frame;
  inner.home = home;
  if (!is_own) { /* sees neither the component nor its ends */
    inner.builder = NULL;
    memset(inner.side, 0, sizeof inner.side);
    inner.has_ends = false;
    inner.allow &= ~(unsigned)(ALLOW_PLACE | ALLOW_DISTANCE | ALLOW_PIXEL);
    inner.where = "a function of the file";
  }
  return expr_check(&inner, f->body, NULL);
}

/* What other languages call them. */
static const char *other_name(const char *name) {
  static const struct {
    const char *theirs, *ours;
  } rows[] = {
      {"rand", "uniform"},    {"random", "uniform"},   {"randn", "normal"},       {"gauss", "normal"},
      {"gaussian", "normal"}, {"lognormal", "normal"}, {"binomial", "bernoulli"}, {"expovariate", "exponential"},
      {"ln", "log"},          {"heaviside", "step"},   {"sgn", "sign"},           {"fabs", "abs"},
      {"arctan", "atan"},     {"logistic", "sigmoid"}, {"int", "floor"},          {"trunc", "floor"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (strcasecmp(rows[i].theirs, name) == 0)
      return rows[i].ours;
  return name;
}

static model_expr *unknown_function(expr_env *env, const ast_expr *e) {
  name_list known = {0};
  builtin_add_names(env->ck, &known);
  for (uint32_t i = 0; env->home != NULL && i < map_count(env->home->functions); i++)
    vec_push(env->ck->arena, &known, map_key_at(env->home->functions, i));
  for (uint32_t i = 0; env->builder != NULL && i < env->builder->items.len; i++)
    if (env->builder->items.data[i].ast->kind == AST_ITEM_FUNCTION)
      vec_push(env->ck->arena, &known, env->builder->items.data[i].name);
  if (env->ck->is_broken)
    return NULL;
  const char *name = e->as.call.function.text;
  diag *d = diag_report(env->ck->sink, DIAG_E0201, e->as.call.function.at, "the function `%s` is not known", name);
  hint_at_names(env->ck, d, other_name(name), &known);
  return NULL;
}

model_expr *call_check(expr_env *env, const ast_expr *e) {
  const char *name = e->as.call.function.text;
  bool is_own;
  file_scope *home;
  const ast_function *f = function_find(env, name, &is_own, &home);
  if (f != NULL)
    return check_function(env, e, f, is_own, home);
  if ((env->allow & ALLOW_WINDOW_COUNT) != 0 && strcmp(name, "count") == 0)
    return resolve_window_count(env, e);
  model_builtin fn;
  return builtin_find(name, &fn) ? check_builtin(env, e, fn) : unknown_function(env, e);
}
