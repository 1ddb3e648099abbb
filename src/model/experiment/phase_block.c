/* SPDX-License-Identifier: MIT */
/* phase_block.c - blocks that run when a window of a phase starts, or where a signal arrives. */
#include "model/component/statement.h"
#include "model/experiment/parts.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/expr/select.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

/* Notes every population that the block sets. A target of no population is an error. */
static void collect_populations(checker *ck, const ast_block *block, bool *is_set) {
  for (uint32_t i = 0; block != NULL && i < block->stmts.len; i++) {
    const ast_stmt *s = block->stmts.data[i];
    if (s->kind == AST_BRANCH) {
      collect_populations(ck, s->as.branch.then_block, is_set);
      collect_populations(ck, s->as.branch.else_block, is_set);
    }
    if (s->kind == AST_EMIT || s->kind == AST_START)
      diag_report(ck->sink, DIAG_E0405, s->at, "`%s` belongs in the blocks of components, not in those of phases",
                  s->kind == AST_EMIT ? "emit" : "start");
    if (s->kind != AST_ASSIGN)
      continue;
    const char *owner = owner_of(ck, s->as.assign.target);
    uint32_t population = owner != NULL ? population_find(ck, owner) : NONE;
    if (population != NONE)
      is_set[population] = true;
    else if (s->as.assign.target->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0409, s->as.assign.target->at,
                  "a block of a phase sets states of populations, `POPULATION.STATE`, not `%s`",
                  expr_text(ck, s->as.assign.target));
  }
}

/* What the block waits for: a phase or a signal, the other is NONE. */
typedef struct {
  uint32_t phase, signal;
} block_start;

/* The block of a signal reads its value by its name. */
static const binding *value_of(checker *ck, const ast_name *name, uint32_t signal, binding *out) {
  if (signal == NONE)
    return NULL;
  const model_signal *s = &ck->model->signals.data[signal];
  *out = (binding){.name = name->text};
  if (!dim_is_unknown(s->unit))
    out->value = expr_ref(ck, REF_SIGNAL, SIDE_SELF, signal, s->unit, name->at);
  return out;
}

static void check_phase_block(checker *ck, const ast_decl *d, block_start start, uint32_t population) {
  const model_population *p = &ck->model->populations.data[population];
  uint32_t draws = 0;
  binding value;
  model_phase_block out = {.at = d->at, .phase = start.phase, .signal = start.signal, .population = population};
  expr_env env = env_constant(ck, NULL, start.signal != NONE ? "a block of a signal" : "a block of a phase");
  env.side[SIDE_SELF] = (expr_side){.component = &ck->model->components.data[p->component],
                                    .usage = ck->infos.data[p->component].usage,
                                    .population = p};
  env.self_name = p->name;
  env.allow = ALLOW_STATE | ALLOW_TIME | ALLOW_DT | ALLOW_PLACE | ALLOW_RANDOM | ALLOW_CHANNEL;
  env.draws = &draws;
  env.key_base = arena_printf(ck->arena, "%s/on_%s", p->name, d->as.on.phase.text);
  env.bindings = value_of(ck, &d->as.on.phase, start.signal, &value);
  block_env block = {.env = &env, .local_count = &out.local_count, .population = population};
  block_check(&block, d->as.on.block, &out.body);
  entries_check(ck, population, NULL, &out.body);
  vec_push(ck->arena, &ck->model->phase_blocks, out);
}

static block_start start_of(checker *ck, const ast_name *name) {
  uint32_t phase;
  block_start start = {NONE, signal_find(ck, name->text)};
  if (start.signal == NONE) {
    name_list known = {0};
    signal_names(ck, &known);
    for (uint32_t i = 0; i < map_count(ck->phases); i++)
      vec_push(ck->arena, &known, map_key_at(ck->phases, i));
    if (!map_find(ck->phases, name->text, &start.phase))
      report_unknown(ck, name->at, DIAG_E0602, "the phase or signal", name->text, &known);
  } else if (map_find(ck->phases, name->text, &phase)) {
    diag *d =
        diag_report(ck->sink, DIAG_E0202, name->at, "`%s` is a phase and a signal: which one is meant?", name->text);
    diag_note(d, ck->model->signals.data[start.signal].at, "the signal is declared here");
    diag_hint(d, "give one of them another name");
  }
  return start;
}

void phase_block_check(checker *ck, const ast_decl *d) {
  uint32_t count = ck->model->populations.len;
  bool *is_set = ARENA_ARRAY(ck->arena, bool, count + 1);
  block_start start = start_of(ck, &d->as.on.phase);
  collect_populations(ck, d->as.on.block, is_set);
  for (uint32_t i = 0; i < count; i++)
    if (is_set[i])
      check_phase_block(ck, d, start, i);
}
