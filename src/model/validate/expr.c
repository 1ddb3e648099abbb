/* SPDX-License-Identifier: MIT */
/* expr.c - expressions and statements: arguments, units and what they refer to. */
#include "model/validate/validate.h"
#include "model/walk.h"

static const model_component *component_at(const model *m, uint32_t index) {
  return index < m->components.len ? &m->components.data[index] : NULL;
}

expr_limits limits_in_component(const model *m, const model_component *c) {
  return (expr_limits){.side = {c, component_at(m, c->pre_component), component_at(m, c->post_component),
                                component_at(m, c->astro_component)},
                       .params = c->params.len,
                       .lets = c->lets.len,
                       .locals = c->local_count};
}

expr_limits limits_in_owner(const model *m, bool is_connection, uint32_t owner) {
  uint32_t c = is_connection ? m->connections.data[owner].component : m->populations.data[owner].component;
  return limits_in_component(m, &m->components.data[c]);
}

typedef struct {
  validation *v;
  const expr_limits *limits;
  const char *what;
} expr_check;

static walk_step wrong_here(const expr_check *x, const char *reason) {
  is_wrong(x->v, "%s: %s", x->what, reason);
  return WALK_STOP;
}

/* ---- references ---- */

static uint32_t count_of(const expr_limits *limits, const model_expr *e) {
  const model_component *c = limits->side[e->ref.side];
  bool is_own = e->ref.side == SIDE_SELF;
  switch (e->ref.kind) {
  case REF_PARAM:
    return is_own ? limits->params : c->params.len;
  case REF_STATE:
    return c->states.len;
  case REF_INPUT:
    return c->inputs.len;
  case REF_LET:
    return is_own ? limits->lets : c->lets.len;
  case REF_NOISE:
    return c->noises.len;
  case REF_TIMER:
    return c->timers.len;
  case REF_REFRACTORY:
  case REF_WINDOW_COUNT:
    return c->events.len;
  default:
    return UINT32_MAX;
  }
}

static walk_step check_ref(const expr_check *x, const model_expr *e) {
  const model *m = x->v->m;
  uint32_t count;
  if (e->ref.kind > REF_GLOBAL || e->ref.side > SIDE_ASTRO)
    return wrong_here(x, "a reference of no kind or side");
  if (e->ref.kind == REF_LOCAL)
    count = x->limits->locals;
  else if (e->ref.kind == REF_GLOBAL)
    count = m->globals.len;
  else if (e->ref.kind == REF_SIGNAL || e->ref.kind == REF_PIXEL)
    count = e->ref.kind == REF_SIGNAL ? m->signals.len : m->images.len;
  else if (e->ref.kind > REF_REFRACTORY && e->ref.kind != REF_WINDOW_COUNT)
    return WALK_ON;
  else if (x->limits->side[e->ref.side] == NULL)
    return wrong_here(x, "a reference to a side where nobody is");
  else
    count = count_of(x->limits, e);
  return e->ref.item < count ? WALK_ON : wrong_here(x, "a reference to what is not there, or comes later");
}

/* ---- operators ---- */

static int least_args(const model_expr *e) {
  switch (e->kind) {
  case MX_NUMBER:
  case MX_BOOL:
  case MX_REF:
    return 0;
  case MX_NEG:
  case MX_NOT:
  case MX_CALL:
  case MX_RANDOM:
  case MX_CHANNEL:
    return 1;
  case MX_SELECT:
    return 3;
  default:
    return 2;
  }
}

static int count_args(const model_expr *e) {
  int count = 0;
  while (count < 3 && e->args[count] != NULL)
    count++;
  return count;
}

static bool has_truths(const model_expr *e) { return e->kind == MX_NOT || e->kind == MX_AND || e->kind == MX_OR; }

static bool are_kinds_right(const model_expr *e, int count) {
  bool is_truth = has_truths(e) || e->kind == MX_BOOL || (e->kind >= MX_LT && e->kind <= MX_NE);
  if (e->kind == MX_SELECT)
    return e->args[0]->is_bool && e->args[1]->is_bool == e->is_bool && e->args[2]->is_bool == e->is_bool;
  for (int i = 0; i < count; i++)
    if (e->args[i]->is_bool != has_truths(e))
      return false;
  return e->kind == MX_REF || e->is_bool == is_truth;
}

static bool is_of_one_unit(const model_expr *e) {
  return e->kind == MX_ADD || e->kind == MX_SUB || (e->kind >= MX_LT && e->kind <= MX_NE);
}

static walk_step check_node(void *context, const model_expr *e) {
  const expr_check *x = context;
  if (e->kind > MX_CHANNEL)
    return wrong_here(x, "an expression of no kind");
  if (e->kind == MX_REF)
    return check_ref(x, e);
  int count = count_args(e), least = least_args(e);
  bool is_call = e->kind == MX_CALL || e->kind == MX_RANDOM;
  if (count < least || (!is_call && count > least))
    return wrong_here(x, "an operator with too few or too many arguments");
  if (is_call && e->fn >= BUILTIN_COUNT)
    return wrong_here(x, "a call of no function");
  if (e->kind == MX_CHANNEL && e->ref.item >= x->v->m->channels.len)
    return wrong_here(x, "a channel that is not there");
  if (e->kind == MX_RANDOM && e->key == NULL)
    return wrong_here(x, "a draw without a key");
  if (!are_kinds_right(e, count))
    return wrong_here(x, "a truth value where a number is, or the other way round");
  if (is_of_one_unit(e) && !dim_equal(e->args[0]->unit, e->args[1]->unit))
    return wrong_here(x, "units that differ");
  return WALK_ON;
}

bool validate_expr(validation *v, const expr_limits *limits, const model_expr *e, const char *what) {
  expr_check x = {v, limits, what};
  return !walk_expr(&(walker){.expr = check_node, .context = &x}, e);
}

static bool validate_kind(validation *v, const expr_limits *limits, const model_expr *e, bool is_bool,
                          const char *what) {
  if (e == NULL)
    return is_wrong(v, "%s: nothing is there", what);
  if (e->is_bool != is_bool)
    return is_wrong(v, "%s: a %s is needed", what, is_bool ? "truth value" : "number");
  return validate_expr(v, limits, e, what);
}

bool validate_number(validation *v, const expr_limits *limits, const model_expr *e, const char *what) {
  return validate_kind(v, limits, e, false, what);
}

bool validate_truth(validation *v, const expr_limits *limits, const model_expr *e, const char *what) {
  return validate_kind(v, limits, e, true, what);
}

/* ---- statements ---- */

static bool validate_target(validation *v, const expr_limits *limits, const model_stmt *s) {
  const model_component *c = s->side <= SIDE_ASTRO ? limits->side[s->side] : NULL;
  if (c == NULL)
    return is_wrong(v, "a statement sets what is on a side where nobody is");
  if (s->side != SIDE_SELF && s->kind != STMT_ADD && s->kind != STMT_SUB)
    return is_wrong(v, "a statement does more than add to a partner");
  if (s->target != REF_STATE && (s->target != REF_INPUT || s->side == SIDE_SELF))
    return is_wrong(v, "a statement sets what is no state");
  return is_index(v, s->item, s->target == REF_STATE ? c->states.len : c->inputs.len, "what a statement sets");
}

/* A factor is a plain number; everything else is in the unit of what is set. */
static bool validate_unit(validation *v, const expr_limits *limits, const model_stmt *s) {
  const model_component *c = limits->side[s->side];
  dim unit = s->target == REF_STATE ? c->states.data[s->item].unit : c->inputs.data[s->item].unit;
  bool is_factor = s->kind == STMT_MUL || s->kind == STMT_DIV;
  return dim_equal(s->value->unit, is_factor ? dim_none() : unit) || is_wrong(v, "a statement in another unit");
}

static bool validate_stmt(validation *v, const expr_limits *limits, const model_stmt *s) {
  const model_component *c = limits->side[SIDE_SELF];
  switch (s->kind) {
  case STMT_LOCAL:
    return is_index(v, s->item, limits->locals, "a let of a block") &&
           validate_kind(v, limits, s->value, s->value != NULL && s->value->is_bool, "a let of a block");
  case STMT_IF:
    return validate_truth(v, limits, s->value, "the condition of an `if`");
  case STMT_EMIT:
    return is_index(v, s->item, s->is_signal ? v->m->signals.len : c->events.len, "what is emitted");
  case STMT_START:
    return is_index(v, s->item, c->timers.len, "a timer") && validate_number(v, limits, s->value, "a timer's time");
  case STMT_SET:
  case STMT_ADD:
  case STMT_SUB:
  case STMT_MUL:
  case STMT_DIV:
    return validate_target(v, limits, s) && validate_number(v, limits, s->value, "a statement") &&
           validate_unit(v, limits, s);
  }
  return is_wrong(v, "a statement of no kind");
}

typedef struct {
  validation *v;
  const expr_limits *limits;
} block_check;

static walk_step check_stmt(void *context, const model_stmt *s) {
  const block_check *x = context;
  return validate_stmt(x->v, x->limits, s) ? WALK_ON : WALK_STOP;
}

bool validate_block(validation *v, const expr_limits *limits, const model_block *block) {
  block_check x = {v, limits};
  return !walk_block(&(walker){.stmt = check_stmt, .context = &x}, block);
}
