/* SPDX-License-Identifier: MIT */
/* component.c - one component: its items put together with those of its bases, then checked in the
 * order in which they can depend on each other: params, states, lets, equations and blocks. */
#include "model/component/component.h"
#include "model/component/parts.h"
#include "model/expr/expr.h"

static item_action *action_of(ast_item_kind kind) {
  switch (kind) {
  case AST_ITEM_EVENT:
    return event_check;
  case AST_ITEM_ON:
    return on_check;
  case AST_ITEM_EVERY:
    return every_check;
  case AST_ITEM_EACH_STEP:
    return each_step_check;
  case AST_ITEM_ODE:
    return ode_check;
  default:
    return NULL;
  }
}

/* A synapse goes by the clock of its fastest end, unless its head says otherwise. */
static uint32_t fastest_end(const checker *ck, const expr_env *env) {
  const model_timescale *scales = ck->model->timescales.data;
  uint32_t fastest = NONE;
  for (int side = SIDE_PRE; side <= SIDE_ASTRO; side++) {
    const model_component *c = env->side[side].component;
    if (c != NULL && (fastest == NONE || scales[c->timescale].ticks < scales[fastest].ticks))
      fastest = c->timescale;
  }
  return fastest == NONE ? 0 : fastest;
}

static void check_items(component_builder *b) {
  lets_check(b);
  for (uint32_t i = 0; i < b->items.len; i++) {
    item_action *action = action_of(b->items.data[i].ast->kind);
    if (action != NULL && !b->items.data[i].is_dropped)
      action(b, &b->items.data[i]);
  }
  builder_for_items(b, AST_ITEM_REACTION, reaction_check);
  builder_for_items(b, AST_ITEM_CONTRIBUTION, contribution_check);
  builder_for_items(b, AST_ITEM_DEFAULT, default_check);
}

static void finish_usage(component_builder *b) {
  b->usage->lets = ARENA_ARRAY(b->ck->arena, bool, b->c->lets.len + 1);
  for (uint32_t i = 0; i < b->lets.len; i++)
    b->usage->lets[b->lets.data[i].index] = b->lets.data[i].is_used || b->lets.data[i].is_bad;
}

void component_build(checker *ck, uint32_t def, const expr_env *ends, model_component *out, component_usage *usage) {
  const component_def *d = &ck->component_defs.data[def];
  component_builder b = {.ck = ck,
                         .def = d,
                         .c = out,
                         .usage = usage,
                         .solver = SOLVER_automatic,
                         .options = {SOLVE_USUAL_TOLERANCE, SOLVE_USUAL_SUBSTEPS}};
  *out = (model_component){.kind = (component_kind)d->ast->kind,
                           .name = d->name,
                           .doc = d->doc != NULL ? d->doc : "",
                           .at = d->at,
                           .timescale = fastest_end(ck, ends),
                           .coupling_at = SPAN_NONE,
                           .pre_component = NONE,
                           .post_component = NONE,
                           .astro_component = NONE};
  b.env = *ends;
  b.env.builder = &b;
  b.env.draws = &b.draws;
  b.env.param_limit = NONE;
  b.env.has_ends = d->ast->kind == AST_SYNAPSE;
  b.env.side[SIDE_SELF] = (expr_side){.component = out, .usage = usage};
  items_collect(&b);
  usage->inputs = ARENA_ARRAY(ck->arena, bool, b.items.len + 1);
  items_declare(&b);
  check_items(&b);
  firing_check(ck, out);
  finish_usage(&b);
}

uint32_t component_for_population(checker *ck, uint32_t def) {
  for (uint32_t i = 0; i < ck->infos.len; i++)
    if (ck->infos.data[i].def == def)
      return i;
  component_info info = {.def = def};
  model_component component;
  component_usage *usage = ARENA_NEW(ck->arena, component_usage);
  expr_env env = env_constant(ck, NULL, "a component");
  component_build(ck, def, &env, &component, usage);
  info.usage = usage;
  vec_push(ck->arena, &ck->infos, info);
  vec_push(ck->arena, &ck->model->components, component);
  return ck->model->components.len - 1;
}
