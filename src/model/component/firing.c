/* SPDX-License-Identifier: MIT */
/* firing.c - conditions of events: what they say, and what looks like a mistake once all blocks are known. */
#include "model/component/parts.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/report.h"
#include "model/walk.h"

/* ---- what is written behind `when` ---- */

static void add_condition(const expr_env *env, model_event *ev, model_expr *condition) {
  if (condition != NULL && ev->also != NULL)
    condition = expr_binary(env->ck, MX_AND, ev->also, condition, condition->at);
  if (condition != NULL)
    ev->also = condition;
}

/* `and` binds stronger than `rises above`: `c and x rises above y and d` is read as (c and x) rises above (y and d). It
 * means that x crosses y while c and d hold. at_end: the operand that crosses is the last one. */
static const ast_expr *take_conditions(expr_env *env, const ast_expr *e, bool at_end, model_event *ev) {
  if (e->kind != AST_BINARY || e->as.binary.ops.data[0] != AST_OP_AND || e->parenthesised)
    return e;
  uint32_t own = at_end ? e->as.binary.operands.len - 1 : 0;
  for (uint32_t i = 0; i < e->as.binary.operands.len; i++)
    if (i != own)
      add_condition(env, ev, expr_bool(env, e->as.binary.operands.data[i]));
  return e->as.binary.operands.data[own];
}

static model_expr *crossing(expr_env *env, const ast_when *when, model_event *ev) {
  const ast_expr *what = take_conditions(env, when->value, true, ev);
  const ast_expr *over = take_conditions(env, when->threshold, false, ev);
  model_expr *value = expr_number(env, what, NULL);
  if (value == NULL)
    return NULL;
  model_expr *threshold =
      expr_of_unit(env, over, value->unit, arena_printf(env->ck->arena, "`%s`", expr_text(env->ck, what)));
  return expr_binary(env->ck, when->kind == AST_WHEN_RISES_ABOVE ? MX_GT : MX_LT, value, threshold, when->at);
}

void when_check(expr_env *env, const ast_when *when, model_event *ev) {
  bool has_direction = when->kind != AST_WHEN_TRUE;
  ev->is_crossing = has_direction || !ev->is_spike;
  ev->when = has_direction ? crossing(env, when, ev) : expr_bool(env, when->value);
}

/* ---- what blocks do to it ---- */

typedef struct {
  const model_component *c;
  bool *states, *timers, *lets; /* that a condition reads, lets looked through */
  bool has_equation;            /* one of the states has */
} reading;

static const model_ode *equation_of(const model_component *c, uint32_t state) {
  for (uint32_t i = 0; i < c->odes.len; i++)
    if (c->odes.data[i].state == state)
      return &c->odes.data[i];
  return NULL;
}

const model_expr *model_held_by(const model_component *c, uint32_t state) {
  const model_ode *ode = equation_of(c, state);
  return ode == NULL ? NULL : ode->unless;
}

static walk_step read_item(void *context, const model_expr *e) {
  reading *r = context;
  if (e->kind != MX_REF)
    return WALK_ON;
  bool *read = e->ref.kind == REF_LET     ? r->lets
               : e->ref.kind == REF_TIMER ? r->timers
               : e->ref.kind == REF_STATE ? r->states
                                          : NULL;
  if (read == NULL || read[e->ref.item])
    return WALK_PAST;
  read[e->ref.item] = true;
  r->has_equation = r->has_equation || (e->ref.kind == REF_STATE && equation_of(r->c, e->ref.item) != NULL);
  return WALK_ON;
}

static walk_step is_set_here(void *context, const model_stmt *s) {
  const reading *r = context;
  bool is_set = (s->kind <= STMT_DIV && r->states[s->item]) || (s->kind == STMT_START && r->timers[s->item]);
  return is_set ? WALK_STOP : WALK_ON;
}

static bool is_set_by_own_blocks(uint32_t event, reading *r) {
  walker w = {.stmt = is_set_here, .context = r};
  for (uint32_t i = 0; i < r->c->blocks.len; i++) {
    const model_on *on = &r->c->blocks.data[i];
    if (on->kind == BLOCK_EVENT && on->event == event && walk_block(&w, &on->body))
      return true;
  }
  return false;
}

static void warn_of_firing_on(checker *ck, const model_event *ev) {
  diag *d = diag_report(
      ck->sink, DIAG_W0410, ev->when->at,
      "this spike fires at every step in which the condition holds: it is not refractory, and its block sets "
      "nothing that the condition reads");
  diag_hint(
      d,
      "for one spike at each crossing write `spike when x rises above y`; else give it `refractory TIME` or a reset");
}

void firing_check(checker *ck, model_component *c) {
  for (uint32_t k = 0; k < c->events.len; k++) {
    model_event *ev = &c->events.data[k];
    if (ev->when == NULL)
      continue;
    reading r = {.c = c,
                 .states = ARENA_ARRAY(ck->arena, bool, c->states.len + 1),
                 .timers = ARENA_ARRAY(ck->arena, bool, c->timers.len + 1),
                 .lets = ARENA_ARRAY(ck->arena, bool, c->lets.len + 1)};
    walk_expr(&(walker){.expr = read_item, .context = &r, .own = c}, ev->when);
    ev->is_reset = is_set_by_own_blocks(k, &r);
    if (!ev->is_crossing && ev->refractory == NULL && r.has_equation && !ev->is_reset)
      warn_of_firing_on(ck, ev);
  }
}
