/* SPDX-License-Identifier: MIT */
/* block.c - events, and the blocks that run at events and on clocks. */
#include "model/component/parts.h"
#include "model/component/statement.h"
#include "model/expr/duration.h"
#include "model/expr/make.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_words.h"

/* ---- events and blocks ---- */

static const char *block_key(component_builder *b, block_kind kind, const char *word) {
  return arena_printf(b->ck->arena, "%s%u", word, ++b->block_counts[kind]);
}

/* names: of values that the block alone can read. */
static void check_body(component_builder *b, const flat_item *item, const ast_block *block, const char *key,
                       const binding *names, model_block *out) {
  expr_env env = builder_scope(b, IN_BLOCKS, "a block", key);
  env.home = item->def->home;
  env.bindings = names;
  block_env block_scope = {.env = &env, .local_count = &b->c->local_count, .population = NONE};
  block_check(&block_scope, block, out);
}

static model_on *add_block(component_builder *b, const flat_item *item, block_kind kind, const ast_block *block,
                           const char *key) {
  model_on *on = vec_add(b->ck->arena, &b->c->blocks);
  on->kind = kind;
  on->at = item->ast->at;
  check_body(b, item, block, key, NULL, &on->body);
  return on;
}

void event_check(component_builder *b, const flat_item *item) {
  const char *name = intern_cstr(b->ck->names, item->ast->as.event.name.text);
  uint32_t event = component_find_event(b->c, name);
  if (event == NONE)
    return;
  expr_env env = builder_scope(b, IN_BLOCKS, "a condition", arena_printf(b->ck->arena, "%s_when", name));
  env.home = item->def->home;
  when_check(&env, &item->ast->as.event.when, &b->c->events.data[event]);
  if (item->ast->as.event.block != NULL)
    add_block(b, item, BLOCK_EVENT, item->ast->as.event.block, name)->event = event;
}

/* ---- blocks at events of the ends ---- */

static void report_end_event(component_builder *b, const ast_name *at, model_side side, const char *name) {
  const model_component *partner = b->env.side[side].component;
  text known = text_new(b->ck->arena);
  for (uint32_t i = 0; i < partner->events.len; i++)
    text_printf(&known, "%s`%s`", i > 0 ? ", " : "", partner->events.data[i].name);
  if (b->ck->is_broken)
    return;
  diag *d = diag_report(b->ck->sink, DIAG_E0407, at->at, "`%s` has no event `%s`: it has %s", partner->name, name,
                        partner->events.len > 0 ? text_cstr(&known) : "none");
  if (partner->events.len > 0)
    diag_hint(d, "write `on %s.%s`", nsa_word_of_side(side), partner->events.data[0].name);
  else
    diag_hint(d, "declare it there: `event %s when ...`", strcmp(name, "spike") == 0 ? "NAME" : name);
}

/* Where nobody is on that side, the body never runs. It is still checked, as far as that is possible. */
static void on_end_event(component_builder *b, const flat_item *item, model_side side) {
  static const block_kind kinds[] = {[SIDE_PRE] = BLOCK_PRE, [SIDE_POST] = BLOCK_POST, [SIDE_ASTRO] = BLOCK_ASTRO};
  const ast_name *partner = &item->ast->as.on.partner, *name = &item->ast->as.on.event;
  bool is_bare = partner->text == NULL; /* `on pre`: its spike */
  const char *event_name = intern_cstr(b->ck->names, is_bare ? "spike" : name->text);
  const char *what = is_bare ? name->text : arena_printf(b->ck->arena, "%s.%s", partner->text, name->text);
  block_kind kind = kinds[side];
  const char *key = block_key(b, kind, arena_printf(b->ck->arena, "on_%s", what));
  end_result there = end_check(&b->env, side, item->ast->at, arena_printf(b->ck->arena, "on %s", what));
  uint32_t event = there == END_FOUND ? component_find_event(b->env.side[side].component, event_name) : NONE;
  if (event != NONE) {
    add_block(b, item, kind, item->ast->as.on.block, key)->event = event;
    return;
  }
  if (there == END_FOUND)
    report_end_event(b, name, side, event_name);
  bool were_unknown = b->env.ends_unknown;
  model_block never_runs = {0};
  b->env.ends_unknown = were_unknown || there != END_FOUND;
  check_body(b, item, item->ast->as.on.block, key, NULL, &never_runs);
  b->env.ends_unknown = were_unknown;
}

/* ---- blocks at own events and signals ---- */

static void report_unknown_event(component_builder *b, const ast_name *name) {
  if (b->c->kind == COMPONENT_SYNAPSE && strcmp(name->text, "spike") == 0) {
    diag *d = diag_report(b->ck->sink, DIAG_E0407, name->at, "a synapse has no spikes of its own");
    diag_hint(d, "write `on pre` for spikes of the source, `on post` for those of the target");
    return;
  }
  if (is_declared(b->ck, AST_DECL_PHASE, name->text)) {
    diag *d = diag_report(b->ck->sink, DIAG_E0407, name->at, "`%s` is a phase: no block of a component waits for it",
                          name->text);
    diag_hint(d, "`on %s { POPULATION.STATE = … }` stands at the top level; `set %s { … }` changes params there",
              name->text, name->text);
    return;
  }
  name_list known = {0};
  for (uint32_t i = 0; i < b->c->events.len; i++)
    vec_push(b->ck->arena, &known, b->c->events.data[i].name);
  signal_names(b->ck, &known);
  if (known.len == 0 && !name_is_silent(b->ck, name->text)) {
    diag *d = diag_report(b->ck->sink, DIAG_E0407, name->at, "the signal `%s` is not known", name->text);
    diag_hint(d, "declare it at the top level: `signal %s`, or `signal %s at ENVIRONMENT.reward`", name->text,
              name->text);
    return;
  }
  report_unknown(b->ck, name->at, DIAG_E0407, b->c->kind == COMPONENT_SYNAPSE ? "the signal" : "the event or signal",
                 name->text, &known);
}

/* The block can read the value that came with the signal by its name. */
static void on_signal(component_builder *b, const flat_item *item, uint32_t signal) {
  const model_signal *s = &b->ck->model->signals.data[signal];
  const char *name = item->ast->as.on.event.text;
  const char *key = block_key(b, BLOCK_SIGNAL, arena_printf(b->ck->arena, "on_%s", name));
  binding value = {.name = name};
  if (!dim_is_unknown(s->unit))
    value.value = expr_ref(b->ck, REF_SIGNAL, SIDE_SELF, signal, s->unit, item->ast->as.on.event.at);
  model_on *on = vec_add(b->ck->arena, &b->c->blocks);
  on->kind = BLOCK_SIGNAL;
  on->at = item->ast->at;
  on->event = signal;
  check_body(b, item, item->ast->as.on.block, key, &value, &on->body);
}

static bool is_event_of_end(const flat_item *item, model_side *side) {
  const ast_name *partner = &item->ast->as.on.partner, *name = &item->ast->as.on.event;
  return side_find(partner->text != NULL ? partner->text : name->text, side);
}

void on_check(component_builder *b, const flat_item *item) {
  const ast_name *partner = &item->ast->as.on.partner, *name = &item->ast->as.on.event;
  model_side side;
  if (is_event_of_end(item, &side)) {
    if (b->c->kind == COMPONENT_SYNAPSE)
      on_end_event(b, item, side);
    else
      diag_report(b->ck->sink, DIAG_E0407, item->ast->at,
                  "`%s` is known in synapses only: %s reacts to its own events and to signals",
                  partner->text != NULL ? partner->text : name->text, component_word(b->c->kind));
    return;
  }
  if (partner->text != NULL) /* no end, and reported already */
    return;
  uint32_t event = component_find_event(b->c, intern_cstr(b->ck->names, name->text));
  uint32_t signal = signal_find(b->ck, name->text);
  const char *key = arena_printf(b->ck->arena, "on_%s", name->text);
  if (event != NONE)
    add_block(b, item, BLOCK_EVENT, item->ast->as.on.block, block_key(b, BLOCK_EVENT, key))->event = event;
  else if (signal != NONE)
    on_signal(b, item, signal);
  else
    report_unknown_event(b, name);
}

/* ---- blocks on clocks ---- */

void every_check(component_builder *b, const flat_item *item) {
  expr_env env = builder_scope(b, 0, "the period of a block", "");
  env.has_ends = false;
  env.home = item->def->home;
  model_expr *period = duration_check(&env, item->ast->as.every.period,
                                      b->ck->model->timescales.data[b->c->timescale].dt, "the period", true);
  add_block(b, item, BLOCK_EVERY, item->ast->as.every.block, block_key(b, BLOCK_EVERY, "every"))->period = period;
}

void each_step_check(component_builder *b, const flat_item *item) {
  add_block(b, item, BLOCK_EACH_STEP, item->ast->as.each_step.block, block_key(b, BLOCK_EACH_STEP, "each_step"));
}
