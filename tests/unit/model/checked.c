/* SPDX-License-Identifier: MIT */
#include "unit/model/checked.h"

#include "support/file.h"
#include "support/text.h"
#include "syntax/syntax.h"

#include <stdlib.h>

static checked check_source(arena *a, const char *path, const char *source, size_t len, const model_options *options) {
  checked c = {.arena = a, .sink = diag_sink_new(a)};
  interner *names = intern_new(a);
  uint32_t file = diag_add_file(c.sink, path, source, len);
  const ast_file *ast = syntax_parse(a, names, c.sink, file);
  c.model = model_check(a, names, c.sink, ast, options);
  return c;
}

checked check_with(const char *source, const model_options *options) {
  return check_source(arena_new(), "test.nsa", source, strlen(source), options);
}

checked check_text(const char *source) { return check_with(source, &(model_options){0}); }

checked check_file(const char *path) {
  arena *a = arena_new();
  size_t len = 0;
  const char *error = NULL;
  const char *source = file_read(a, path, 1u << 24, &len, &error);
  if (source == NULL)
    fail_msg("%s: %s", path, error);
  return check_source(a, path, source, len, &(model_options){0});
}

void checked_free(checked *c) { arena_free(c->arena); }

void assert_no_errors(const checked *c) {
  if (diag_error_count(c->sink) == 0)
    return;
  diag_print(c->sink, stderr, false);
  fail_msg("the model has errors");
}

const model_component *component_named(const checked *c, const char *name) {
  for (uint32_t i = 0; i < c->model->components.len; i++)
    if (strcmp(c->model->components.data[i].name, name) == 0)
      return &c->model->components.data[i];
  fail_msg("no component %s", name);
  return NULL;
}

const model_param *param_named(const model_component *c, const char *name) {
  for (uint32_t i = 0; i < c->params.len; i++)
    if (strcmp(c->params.data[i].name, name) == 0)
      return &c->params.data[i];
  fail_msg("no param %s", name);
  return NULL;
}

const model_let *let_named(const model_component *c, const char *name) {
  for (uint32_t i = 0; i < c->lets.len; i++)
    if (strcmp(c->lets.data[i].name, name) == 0)
      return &c->lets.data[i];
  fail_msg("no let %s", name);
  return NULL;
}

const model_ode *ode_of(const model_component *c, const char *state) {
  for (uint32_t i = 0; i < c->odes.len; i++)
    if (strcmp(c->states.data[c->odes.data[i].state].name, state) == 0)
      return &c->odes.data[i];
  fail_msg("no equation of %s", state);
  return NULL;
}

/* ---- expressions as text ---- */

static const char *const builtin_names[] = {
#define BUILTIN(name, arity, kind, rule) #name,
#include "model/builtin.def"
#undef BUILTIN
};

static const model_component *side_component(const checked *c, const model_component *owner, model_side side) {
  uint32_t index = side == SIDE_PRE    ? owner->pre_component
                   : side == SIDE_POST ? owner->post_component
                                       : owner->astro_component;
  return side == SIDE_SELF ? owner : &c->model->components.data[index];
}

static const char *item_name(const model_component *c, model_ref_kind kind, uint32_t item) {
  switch (kind) {
  case REF_PARAM:
    return c->params.data[item].name;
  case REF_STATE:
    return c->states.data[item].name;
  case REF_INPUT:
    return c->inputs.data[item].name;
  case REF_LET:
    return c->lets.data[item].name;
  case REF_NOISE:
    return c->noises.data[item].name;
  case REF_TIMER:
    return c->timers.data[item].name;
  default:
    return "?";
  }
}

static void show_ref(const checked *c, const model_component *owner, const model_expr *e, text *out) {
  static const char *const sides[] = {"", "pre.", "post.", "astro."};
  static const char *const others[] = {[REF_REFRACTORY] = "refractory",
                                       [REF_TIME] = "t",
                                       [REF_DT] = "dt",
                                       [REF_INDEX] = "i",
                                       [REF_ROW] = "row",
                                       [REF_COL] = "col",
                                       [REF_X] = "x",
                                       [REF_Y] = "y",
                                       [REF_FAN_IN] = "fan_in",
                                       [REF_FAN_OUT] = "fan_out",
                                       [REF_DISTANCE] = "distance"};
  text_puts(out, sides[e->ref.side]);
  if (e->ref.kind <= REF_TIMER)
    text_puts(out, item_name(side_component(c, owner, e->ref.side), e->ref.kind, e->ref.item));
  else if (e->ref.kind == REF_LOCAL)
    text_printf(out, "local%u", e->ref.item);
  else if (e->ref.kind == REF_PIXEL)
    text_printf(out, "pixel%u", e->ref.item);
  else
    text_puts(out, others[e->ref.kind]);
}

static void show(const checked *c, const model_component *owner, const model_expr *e, text *out) {
  static const char *const operators[] = {
      [MX_ADD] = " + ", [MX_SUB] = " - ",   [MX_MUL] = " * ", [MX_DIV] = " / ", [MX_POW] = " ^ ",
      [MX_LT] = " < ",  [MX_LE] = " <= ",   [MX_GT] = " > ",  [MX_GE] = " >= ", [MX_EQ] = " == ",
      [MX_NE] = " != ", [MX_AND] = " and ", [MX_OR] = " or "};
  const char *between = ", ", *open = "(";
  switch (e->kind) {
  case MX_NUMBER:
  case MX_BOOL:
    text_printf(out, "%.12g", e->number);
    return;
  case MX_REF:
    show_ref(c, owner, e, out);
    return;
  case MX_NEG:
    open = "-(";
    break;
  case MX_NOT:
    open = "not(";
    break;
  case MX_SELECT:
    open = "if(";
    break;
  case MX_CALL:
  case MX_RANDOM:
    text_puts(out, builtin_names[e->fn]);
    break;
  default:
    between = operators[e->kind];
  }
  text_puts(out, open);
  for (int i = 0; i < 3 && e->args[i] != NULL; i++) {
    text_puts(out, i > 0 ? between : "");
    show(c, owner, e->args[i], out);
  }
  text_puts(out, ")");
  if (e->kind == MX_RANDOM)
    text_printf(out, "@%s", e->key);
}

const char *expr_shown(const checked *c, const model_component *owner, const model_expr *e) {
  text out = text_new(c->arena);
  if (e == NULL)
    return "nothing";
  show(c, owner, e, &out);
  return text_cstr(&out);
}
