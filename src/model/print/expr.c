/* SPDX-License-Identifier: MIT */
/* expr.c - expressions and statements of a dump. */
#include "model/print/print.h"

static const model_component *component_at(const model *m, uint32_t index) {
  return index < m->components.len ? &m->components.data[index] : NULL;
}

printer print_in_component(const model *m, text *out, const model_component *c) {
  return (printer){
      m,
      out,
      {c, component_at(m, c->pre_component), component_at(m, c->post_component), component_at(m, c->astro_component)}};
}

printer print_in_owner(const model *m, text *out, bool is_connection, uint32_t owner) {
  uint32_t c = is_connection ? m->connections.data[owner].component : m->populations.data[owner].component;
  return print_in_component(m, out, &m->components.data[c]);
}

const char *print_owner(const printer *p, bool is_connection, uint32_t owner) {
  return is_connection ? p->m->connections.data[owner].name : p->m->populations.data[owner].name;
}

/* ---- numbers ---- */

void print_number(const printer *p, double value, dim unit) {
  const char *name = dim_name(p->out->arena, unit);
  text_number(p->out, value);
  if (!dim_equal(unit, dim_none())) /* "1/ms" is written "/ms" behind a number */
    text_printf(p->out, " %s", strncmp(name, "1/", 2) == 0 ? name + 1 : name);
}

void print_ms(const printer *p, double time) {
  text_number(p->out, time);
  text_puts(p->out, " ms");
}

/* ---- references ---- */

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
  default:
    return c->timers.data[item].name;
  }
}

static void print_pixel(const printer *p, uint32_t image) {
  const model_image *i = &p->m->images.data[image];
  text_printf(p->out, "%s[%u]", p->m->patterns.data[i->pattern].name, i->number);
}

static void print_ref(const printer *p, const model_expr *e) {
  static const char *const sides[] = {"", "pre.", "post.", "astro."};
  static const char *const words[] = {[REF_REFRACTORY] = "refractory",
                                      [REF_TIME] = "t",
                                      [REF_DT] = "dt",
                                      [REF_INDEX] = "i",
                                      [REF_ROW] = "row",
                                      [REF_COL] = "col",
                                      [REF_X] = "x",
                                      [REF_Y] = "y",
                                      [REF_FAN_IN] = "fan_in",
                                      [REF_FAN_OUT] = "fan_out",
                                      [REF_COLUMN] = "column",
                                      [REF_DISTANCE] = "distance"};
  text_puts(p->out, sides[e->ref.side]);
  if (e->ref.kind <= REF_TIMER)
    text_puts(p->out, item_name(p->side[e->ref.side], e->ref.kind, e->ref.item));
  else if (e->ref.kind == REF_LOCAL)
    text_printf(p->out, "let%u", e->ref.item);
  else if (e->ref.kind == REF_SIGNAL)
    text_puts(p->out, p->m->signals.data[e->ref.item].name);
  else if (e->ref.kind == REF_GLOBAL)
    text_puts(p->out, p->m->globals.data[e->ref.item].name);
  else if (e->ref.kind == REF_PIXEL)
    print_pixel(p, e->ref.item);
  else if (e->ref.kind == REF_WINDOW_COUNT)
    text_printf(p->out, "count(%s)", p->side[e->ref.side]->events.data[e->ref.item].name);
  else
    text_puts(p->out, words[e->ref.kind]);
}

/* ---- operators ---- */

enum {
  BINDS_IF,
  BINDS_OR,
  BINDS_AND,
  BINDS_NOT,
  BINDS_COMPARISON,
  BINDS_SUM,
  BINDS_PRODUCT,
  BINDS_SIGN,
  BINDS_POWER,
  BINDS_ALL
};

static const struct {
  const char *text;
  int binds;
} operators[] = {
    [MX_NEG] = {"-", BINDS_SIGN},         [MX_NOT] = {"not ", BINDS_NOT},       [MX_ADD] = {" + ", BINDS_SUM},
    [MX_SUB] = {" - ", BINDS_SUM},        [MX_MUL] = {" * ", BINDS_PRODUCT},    [MX_DIV] = {" / ", BINDS_PRODUCT},
    [MX_POW] = {"^", BINDS_POWER},        [MX_LT] = {" < ", BINDS_COMPARISON},  [MX_LE] = {" <= ", BINDS_COMPARISON},
    [MX_GT] = {" > ", BINDS_COMPARISON},  [MX_GE] = {" >= ", BINDS_COMPARISON}, [MX_EQ] = {" == ", BINDS_COMPARISON},
    [MX_NE] = {" != ", BINDS_COMPARISON}, [MX_AND] = {" and ", BINDS_AND},      [MX_OR] = {" or ", BINDS_OR},
    [MX_SELECT] = {"", BINDS_IF}};

/* A quantity in /ms binds as the product that it looks like. */
static int binds(const printer *p, const model_expr *e) {
  if (e->kind == MX_NUMBER && strchr(dim_name(p->out->arena, e->unit), '/') != NULL)
    return BINDS_PRODUCT;
  if (e->kind == MX_NUMBER)
    return e->number < 0 || !dim_equal(e->unit, dim_none()) ? BINDS_SIGN : BINDS_ALL;
  return e->kind >= MX_NEG && e->kind <= MX_SELECT ? operators[e->kind].binds : BINDS_ALL;
}

/* In parentheses unless it binds at least so strongly. */
static void print_part(const printer *p, const model_expr *e, int least) {
  bool is_loose = binds(p, e) < least;
  text_puts(p->out, is_loose ? "(" : "");
  print_expr(p, e);
  text_puts(p->out, is_loose ? ")" : "");
}

static const char *builtin_name(uint32_t fn) {
  static const char *const names[] = {
#define BUILTIN(name, arity, kind, rule) #name,
#include "model/builtin.def"
#undef BUILTIN
  };
  return names[fn];
}

/* A draw shows its key: uniform{sheet.v#0}(0, 1). */
static void print_call(const printer *p, const model_expr *e) {
  text_puts(p->out, builtin_name(e->fn));
  if (e->kind == MX_RANDOM)
    text_printf(p->out, "{%s}", e->key);
  text_puts(p->out, "(");
  for (int i = 0; i < 3 && e->args[i] != NULL; i++) {
    text_puts(p->out, i > 0 ? ", " : "");
    print_expr(p, e->args[i]);
  }
  text_puts(p->out, ")");
}

static void print_select(const printer *p, const model_expr *e) {
  static const char *const words[] = {"if ", " then ", " else "};
  for (int i = 0; i < 3; i++) {
    text_puts(p->out, words[i]);
    print_expr(p, e->args[i]);
  }
}

/* Chains group from the left, but for powers and comparisons, which do not chain. */
static void print_binary(const printer *p, const model_expr *e) {
  int own = operators[e->kind].binds, left = own == BINDS_COMPARISON || own == BINDS_POWER ? own + 1 : own;
  print_part(p, e->args[0], left);
  text_puts(p->out, operators[e->kind].text);
  print_part(p, e->args[1], own + 1);
}

void print_expr(const printer *p, const model_expr *e) {
  if (e == NULL) {
    text_puts(p->out, "nothing");
    return;
  }
  switch (e->kind) {
  case MX_NUMBER:
    print_number(p, e->number, e->unit);
    break;
  case MX_BOOL:
    text_puts(p->out, e->number != 0 ? "true" : "false");
    break;
  case MX_REF:
    print_ref(p, e);
    break;
  case MX_NEG:
  case MX_NOT:
    text_puts(p->out, operators[e->kind].text);
    print_part(p, e->args[0], operators[e->kind].binds);
    break;
  case MX_SELECT:
    print_select(p, e);
    break;
  case MX_CALL:
  case MX_RANDOM:
    print_call(p, e);
    break;
  case MX_CHANNEL:
    print_channel(p, e->ref.item);
    text_puts(p->out, "[");
    print_expr(p, e->args[0]);
    text_puts(p->out, "]");
    break;
  default:
    print_binary(p, e);
  }
}

/* ---- statements ---- */

static void print_assign(const printer *p, const model_stmt *s) {
  static const char *const words[] = {
      [STMT_SET] = "=", [STMT_ADD] = "+=", [STMT_SUB] = "-=", [STMT_MUL] = "*=", [STMT_DIV] = "/="};
  static const char *const sides[] = {"", "pre.", "post.", "astro."};
  text_printf(p->out, "%s%s %s ", sides[s->side], item_name(p->side[s->side], s->target, s->item), words[s->kind]);
  print_expr(p, s->value);
}

static void print_simple(const printer *p, const model_stmt *s) {
  switch (s->kind) {
  case STMT_LOCAL:
    text_printf(p->out, "let let%u = ", s->item);
    print_expr(p, s->value);
    break;
  case STMT_EMIT:
    text_printf(p->out, "emit %s",
                s->is_signal ? p->m->signals.data[s->item].name : p->side[SIDE_SELF]->events.data[s->item].name);
    break;
  case STMT_START:
    text_printf(p->out, "start %s for ", p->side[SIDE_SELF]->timers.data[s->item].name);
    print_expr(p, s->value);
    break;
  case STMT_SET:
  case STMT_ADD:
  case STMT_SUB:
  case STMT_MUL:
  case STMT_DIV:
    print_assign(p, s);
    break;
  case STMT_IF:
    break; /* has lines of its own */
  }
  text_puts(p->out, "\n");
}

static void print_if(const printer *p, const model_stmt *s, int indent) {
  text_puts(p->out, "if ");
  print_expr(p, s->value);
  text_puts(p->out, " {\n");
  print_block(p, &s->then_block, indent + 2);
  if (s->else_block.len > 0) {
    text_printf(p->out, "%*s} else {\n", indent, "");
    print_block(p, &s->else_block, indent + 2);
  }
  text_printf(p->out, "%*s}\n", indent, "");
}

void print_block(const printer *p, const model_block *block, int indent) {
  for (uint32_t i = 0; i < block->len; i++) {
    text_printf(p->out, "%*s", indent, "");
    if (block->data[i].kind == STMT_IF)
      print_if(p, &block->data[i], indent);
    else
      print_simple(p, &block->data[i]);
  }
}

void print_overrides(const printer *p, const model_override *data, uint32_t len) {
  for (uint32_t i = 0; i < len; i++) {
    text_printf(p->out, "  %s = ", item_name(p->side[SIDE_SELF], data[i].target, data[i].item));
    print_expr(p, data[i].value);
    text_puts(p->out, "\n");
  }
}
