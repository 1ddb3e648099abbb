/* SPDX-License-Identifier: MIT */
/* statement.c - statements of blocks: what they set, and what they compute. */
#include "model/component/statement.h"
#include "model/component/parts.h"
#include "model/expr/bare.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/expr/select.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_ticks.h"

#include <math.h>

/* ---- targets ---- */

/* A block of a phase becomes one block a population, with the statements about it. */
static bool is_about(const block_env *env, const ast_expr *e) {
  if (env->population == NONE)
    return true;
  const char *owner = owner_of(env->env->ck, e);
  return owner == NULL || population_find(env->env->ck, owner) == env->population;
}

typedef struct {
  model_side side;
  model_ref_kind kind;
  uint32_t item;
  dim unit;
  const ast_expr *slice; /* AST_INDEX around the target, or NULL */
} assign_target;

static bool report_target(block_env *env, const ast_expr *e, model_ref_kind kind) {
  diag *d = diag_report(env->env->ck->sink, DIAG_E0409, e->at, "`%s` is %s: only a state can be assigned",
                        expr_text(env->env->ck, e), kind_word(kind));
  if (kind == REF_PARAM)
    diag_hint(d, "make it a `state` when it is to change during the run");
  if (kind == REF_TIMER)
    diag_hint(d, "write `start %s for TIME`", expr_text(env->env->ck, e));
  return false;
}

static bool find_target_name(block_env *env, const ast_expr *e, const char **name) {
  const ast_expr *object = e->kind == AST_MEMBER ? e->as.member.object : NULL;
  bool is_own = object == NULL ? e->kind == AST_NAME && env->population == NONE
                               : object->kind == AST_NAME && env->env->self_name != NULL &&
                                     object->as.name.text == env->env->self_name;
  if (is_own) {
    *name = object == NULL ? e->as.name.text : e->as.member.name.text;
    return true;
  }
  if (e->kind != AST_BAD)
    diag_report(env->env->ck->sink, DIAG_E0409, e->at, "`%s` cannot be assigned here: %s", expr_text(env->env->ck, e),
                env->population == NONE ? "a block sets the states of its own component"
                                        : "a block of a phase sets `POPULATION.STATE`");
  return false;
}

/* A let of the block, or the value of its signal. */
static bool is_local(const expr_env *env, const char *name, model_ref_kind *kind) {
  for (const binding *b = env->bindings; b != NULL; b = b->next)
    if (b->name == name) {
      bool is_signal = b->value != NULL && b->value->kind == MX_REF && b->value->ref.kind == REF_SIGNAL;
      *kind = is_signal ? REF_SIGNAL : REF_LET;
      return true;
    }
  return false;
}

/* A synapse adds to states and inputs of its ends. It does nothing else to them. */
static bool find_end_target(block_env *env, const ast_expr *e, ast_assign_op op, assign_target *out) {
  checker *ck = env->env->ck;
  if (op != AST_ASSIGN_ADD && op != AST_ASSIGN_SUB) {
    diag *d = diag_report(ck->sink, DIAG_E0409, e->at,
                          "`%s` cannot be set here: a synapse can only add to its partners", expr_text(ck, e));
    diag_hint(d, "write `%s += value`", expr_text(ck, e));
    return false;
  }
  if (end_target(env->env, e, out->side, true, &out->kind, &out->item) != END_FOUND)
    return false;
  out->unit = component_item_unit(env->env->side[out->side].component, out->kind, out->item);
  return true;
}

static bool find_target(block_env *env, const ast_expr *e, ast_assign_op op, assign_target *out) {
  const model_component *c = env->env->side[SIDE_SELF].component;
  component_builder *builder = env->env->builder;
  const char *name;
  *out = (assign_target){.side = SIDE_SELF, .kind = REF_LET};
  if (env->env->has_ends && end_named(e, &out->side))
    return find_end_target(env, e, op, out);
  if (e->kind == AST_INDEX && env->population != NONE) {
    out->slice = e;
    e = e->as.index.object;
  }
  if (!find_target_name(env, e, &name))
    return false;
  if (is_local(env->env, name, &out->kind) || (builder != NULL && builder_find_let(builder, name) != NULL))
    return report_target(env, e, out->kind);
  if (component_find(c, name, &out->kind, &out->item)) {
    if (out->kind != REF_STATE)
      return report_target(env, e, out->kind);
    out->unit = c->states.data[out->item].unit;
    return true;
  }
  name_list known = {0};
  for (uint32_t i = 0; i < c->states.len; i++)
    vec_push(env->env->ck->arena, &known, c->states.data[i].name);
  report_unknown(env->env->ck, e->at, DIAG_E0201, "the state", name, &known);
  return false;
}

/* ---- statements ---- */

static void check_into(block_env *env, const ast_block *block, model_block *out);

static model_expr *in_slice(block_env *env, const ast_expr *slice) {
  return selector_condition(env->env, slice, env->env->side[SIDE_SELF].population, SIDE_SELF);
}

static void check_assign(block_env *env, const ast_stmt *s, model_block *out) {
  checker *ck = env->env->ck;
  const ast_expr *target_ast = s->as.assign.target;
  assign_target target;
  if (env->population != NONE && !is_about(env, target_ast))
    return;
  if (!find_target(env, target_ast, s->as.assign.op, &target)) {
    expr_number(env->env, s->as.assign.value, NULL);
    return;
  }
  bool is_factor = s->as.assign.op >= AST_ASSIGN_MUL;
  model_stmt m = {.kind = (model_stmt_kind)((int)STMT_SET + (int)s->as.assign.op),
                  .at = s->at,
                  .side = target.side,
                  .target = target.kind,
                  .item = target.item};
  if (is_factor)
    m.value = expr_of_unit(env->env, s->as.assign.value, dim_none(), "the factor of an assignment");
  else if (target.side == SIDE_SELF || env->env->side[target.side].component != NULL)
    env->env->target = bare_of_item(env->env->side[target.side].component, target.kind, target.item);
  if (!is_factor)
    m.value = expr_of_unit(env->env, s->as.assign.value, target.unit,
                           arena_printf(ck->arena, "`%s`", expr_text(ck, target_ast)));
  if (m.value == NULL)
    return;
  if (target.slice == NULL) {
    vec_push(ck->arena, out, m);
    return;
  }
  model_stmt guard = {.kind = STMT_IF, .at = s->at, .value = in_slice(env, target.slice)};
  if (guard.value == NULL)
    return;
  vec_push(ck->arena, &guard.then_block, m);
  vec_push(ck->arena, out, guard);
}

static void check_local(block_env *env, const ast_stmt *s, model_block *out) {
  checker *ck = env->env->ck;
  if (!is_about(env, s->as.let.value))
    return;
  model_stmt m = {.kind = STMT_LOCAL, .at = s->at, .item = *env->local_count};
  m.value = expr_check(env->env, s->as.let.value, NULL);
  binding *b = ARENA_NEW(ck->arena, binding);
  *b = (binding){.name = s->as.let.name.text, .next = env->env->bindings};
  if (m.value != NULL) {
    (*env->local_count)++;
    b->value = expr_ref(ck, REF_LOCAL, SIDE_SELF, m.item, m.value->unit, s->as.let.name.at);
    b->value->is_bool = m.value->is_bool;
    vec_push(ck->arena, out, m);
  }
  env->env->bindings = b;
}

/* Whether a block of a phase sets anything of the population of `env`. */
static bool block_is_about(const block_env *env, const ast_block *block) {
  for (uint32_t i = 0; block != NULL && i < block->stmts.len; i++) {
    const ast_stmt *s = block->stmts.data[i];
    if (s->kind == AST_ASSIGN && is_about(env, s->as.assign.target))
      return true;
    if (s->kind == AST_BRANCH &&
        (block_is_about(env, s->as.branch.then_block) || block_is_about(env, s->as.branch.else_block)))
      return true;
  }
  return false;
}

static void check_branch(block_env *env, const ast_stmt *s, model_block *out) {
  model_stmt m = {.kind = STMT_IF, .at = s->at};
  if (env->population != NONE && !block_is_about(env, s->as.branch.then_block) &&
      !block_is_about(env, s->as.branch.else_block))
    return;
  m.value = expr_bool(env->env, s->as.branch.condition);
  check_into(env, s->as.branch.then_block, &m.then_block);
  if (s->as.branch.else_block != NULL)
    check_into(env, s->as.branch.else_block, &m.else_block);
  if (m.value != NULL)
    vec_push(env->env->ck->arena, out, m);
}

static bool is_in_component(block_env *env, const ast_stmt *s, const char *what) {
  if (env->population == NONE)
    return true;
  diag_report(env->env->ck->sink, DIAG_E0405, s->at, "`%s` belongs in the blocks of components, not in those of phases",
              what);
  return false;
}

static void report_emit(block_env *env, const ast_name *name) {
  checker *ck = env->env->ck;
  const model_component *c = env->env->side[SIDE_SELF].component;
  bool is_synapse = c->kind == COMPONENT_SYNAPSE;
  name_list known = {0};
  for (uint32_t i = 0; i < c->events.len; i++)
    vec_push(ck->arena, &known, c->events.data[i].name);
  signal_names(ck, &known);
  report_unknown(ck, name->at, DIAG_E0407, is_synapse ? "the signal" : "the event or signal", name->text, &known);
}

/* `emit` sends a signal with the value 1. */
static bool is_plain_signal(block_env *env, const ast_name *name, uint32_t signal) {
  checker *ck = env->env->ck;
  const model_signal *s = &ck->model->signals.data[signal];
  if (s->environment != NONE) {
    diag_report(ck->sink, DIAG_E0405, name->at, "`%s` is sent by `%s`, and by nothing else", s->name,
                ck->model->environments.data[s->environment].name);
    return false;
  }
  if (dim_is_none(s->unit) || dim_is_unknown(s->unit))
    return true;
  diag *d =
      diag_report(ck->sink, DIAG_E0302, name->at, "`emit` sends the plain number 1, but the value of `%s` is in %s",
                  s->name, dim_name(ck->arena, s->unit));
  diag_note(d, s->at, "it is declared here");
  return false;
}

static void check_emit(block_env *env, const ast_stmt *s, model_block *out) {
  checker *ck = env->env->ck;
  const model_component *c = env->env->side[SIDE_SELF].component;
  if (!is_in_component(env, s, "emit"))
    return;
  model_stmt m = {.kind = STMT_EMIT, .at = s->at};
  m.item = component_find_event(c, intern_cstr(ck->names, s->as.emit.event.text));
  if (m.item == NONE) {
    m.item = signal_find(ck, s->as.emit.event.text);
    m.is_signal = true;
  }
  if (m.item == NONE)
    report_emit(env, &s->as.emit.event);
  else if (!m.is_signal || is_plain_signal(env, &s->as.emit.event, m.item))
    vec_push(ck->arena, out, m);
}

static void report_timer(block_env *env, const ast_name *name, bool is_found, model_ref_kind kind) {
  checker *ck = env->env->ck;
  const model_component *c = env->env->side[SIDE_SELF].component;
  name_list known = {0};
  if (is_found) {
    diag *d =
        diag_report(ck->sink, DIAG_E0203, name->at, "`%s` is %s: `start` needs a timer", name->text, kind_word(kind));
    diag_hint(d, "declare a timer: `timer NAME`");
    return;
  }
  for (uint32_t i = 0; i < c->timers.len; i++)
    vec_push(ck->arena, &known, c->timers.data[i].name);
  report_unknown(ck, name->at, DIAG_E0201, "the timer", name->text, &known);
}

static void check_start(block_env *env, const ast_stmt *s, model_block *out) {
  checker *ck = env->env->ck;
  const model_component *c = env->env->side[SIDE_SELF].component;
  if (!is_in_component(env, s, "start"))
    return;
  model_stmt m = {.kind = STMT_START, .at = s->at};
  double dt = ck->model->timescales.data[c->timescale].dt;
  m.value = duration_check(env->env, s->as.start.duration, dt, "the time of a timer", false);
  model_ref_kind kind = REF_TIMER;
  bool is_found = component_find(c, s->as.start.timer.text, &kind, &m.item);
  if (!is_found || kind != REF_TIMER)
    report_timer(env, &s->as.start.timer, is_found, kind);
  else if (m.value != NULL)
    vec_push(ck->arena, out, m);
}

static void check_statement(block_env *env, const ast_stmt *s, model_block *out) {
  switch (s->kind) {
  case AST_ASSIGN:
    check_assign(env, s, out);
    break;
  case AST_LET:
    check_local(env, s, out);
    break;
  case AST_BRANCH:
    check_branch(env, s, out);
    break;
  case AST_EMIT:
    check_emit(env, s, out);
    break;
  case AST_START:
    check_start(env, s, out);
    break;
  }
}

/* Names of an inner block end with it. */
static void check_into(block_env *env, const ast_block *block, model_block *out) {
  const binding *outer = env->env->bindings;
  for (uint32_t i = 0; i < block->stmts.len; i++)
    check_statement(env, block->stmts.data[i], out);
  env->env->bindings = outer;
}

void block_check(block_env *env, const ast_block *block, model_block *out) {
  if (block != NULL)
    check_into(env, block, out);
}
