/* SPDX-License-Identifier: MIT */
/* block.c - events, and the blocks that run at events and on clocks. */
#include "model/check.h"

/* ---- events and blocks ---- */

static model_expr *check_when(expr_env *env, const ast_when *when) {
  if (when->kind == AST_WHEN_TRUE)
    return expr_bool(env, when->value);
  model_expr *value = expr_number(env, when->value, NULL);
  if (value == NULL)
    return NULL;
  model_expr *threshold =
      expr_of_unit(env, when->threshold, value->unit,
                   arena_printf(env->ck->arena, "`%s`", expr_text(env->ck, when->value)));
  return expr_binary(env->ck, when->kind == AST_WHEN_RISES_ABOVE ? MX_GT : MX_LT, value, threshold,
                     when->at);
}

static const char *block_key(component_builder *b, block_kind kind, const char *word) {
  return arena_printf(b->ck->arena, "%s%u", word, ++b->block_counts[kind]);
}

static model_on *add_block(component_builder *b, const flat_item *item, block_kind kind,
                           const ast_block *block, const char *key) {
  model_on *on = vec_add(b->ck->arena, &b->c->blocks);
  on->kind = kind;
  on->at = item->ast->at;
  expr_env env = builder_scope(b, IN_BLOCKS, "a block", key);
  env.home = item->def->home;
  block_env block_scope = {.env = &env, .local_count = &b->c->local_count, .population = NONE};
  block_check(&block_scope, block, &on->body);
  return on;
}

void event_check(component_builder *b, const flat_item *item) {
  const char *name = intern_cstr(b->ck->names, item->ast->as.event.name.text);
  uint32_t event = component_find_event(b->c, name);
  if (event == NONE)
    return;
  expr_env env = builder_scope(b, IN_VALUES, "a condition", "");
  env.home = item->def->home;
  b->c->events.data[event].when = check_when(&env, &item->ast->as.event.when);
  if (item->ast->as.event.block != NULL)
    add_block(b, item, BLOCK_EVENT, item->ast->as.event.block, name)->event = event;
}

static void report_unknown_event(component_builder *b, const ast_name *name) {
  name_list known = {0};
  for (uint32_t i = 0; i < b->c->events.len; i++)
    vec_push(b->ck->arena, &known, b->c->events.data[i].name);
  report_unknown(b->ck, name->at, DIAG_E0407, "the event", name->text, &known);
}

void on_check(component_builder *b, const flat_item *item) {
  const ast_name *partner = &item->ast->as.on.partner, *name = &item->ast->as.on.event;
  if (partner->text != NULL) {
    diag_report(b->ck->sink, DIAG_E0407, partner->at,
                "`%s` is known in synapses only: %s reacts to its own events", partner->text,
                component_word(b->c->kind));
    return;
  }
  uint32_t event = component_find_event(b->c, intern_cstr(b->ck->names, name->text));
  if (event == NONE) {
    report_unknown_event(b, name);
    return;
  }
  const char *key = arena_printf(b->ck->arena, "on_%s", name->text);
  add_block(b, item, BLOCK_EVENT, item->ast->as.on.block, block_key(b, BLOCK_EVENT, key))->event =
      event;
}

void every_check(component_builder *b, const flat_item *item) {
  expr_env env = builder_scope(b, 0, "the period of a block", "");
  env.home = item->def->home;
  model_expr *period =
      duration_check(&env, item->ast->as.every.period,
                     b->ck->model->timescales.data[b->c->timescale].dt, "the period", true);
  add_block(b, item, BLOCK_EVERY, item->ast->as.every.block, block_key(b, BLOCK_EVERY, "every"))
      ->period = period;
}

void each_step_check(component_builder *b, const flat_item *item) {
  add_block(b, item, BLOCK_EACH_STEP, item->ast->as.each_step.block,
            block_key(b, BLOCK_EACH_STEP, "each_step"));
}
