/* SPDX-License-Identifier: MIT */
/* entries.c - entries of channels that elements read by their place: `drive S.I = maze.here[i]`. Where the place says
 * which entry it is, one that is not there is an error of the author, and found before the run. */
#include "model/experiment/parts.h"
#include "model/names/report.h"
#include "model/operations.h"
#include "model/walk.h"

#include <math.h>

/* Of larger populations the first and the last so many are looked at. */
enum { MOST_ELEMENTS = 4096 };

typedef struct {
  checker *ck;
  const model_population *population;
  uint32_t element;
  bool is_known; /* what was evaluated last follows from the element's place */
} look;

static double place_of(void *context, const model_expr *e) {
  look *l = context;
  uint32_t cols = l->population->cols;
  if (e->kind == MX_REF && e->ref.side == SIDE_SELF && e->ref.kind == REF_INDEX)
    return l->element;
  if (e->kind == MX_REF && e->ref.side == SIDE_SELF && e->ref.kind == REF_ROW)
    return l->element / cols;
  if (e->kind == MX_REF && e->ref.side == SIDE_SELF && e->ref.kind == REF_COL)
    return l->element % cols;
  l->is_known = false;
  return 0;
}

static double unknown_draw(void *context, const model_expr *e) {
  (void)e;
  ((look *)context)->is_known = false;
  return 0;
}

static double value_of(look *l, const model_expr *e) {
  number_leaves leaves = {place_of, unknown_draw, l};
  l->is_known = true;
  return expr_evaluate(&leaves, e);
}

static bool is_there(look *l, const model_expr *e) {
  const model_channel *c = &l->ck->model->channels.data[e->ref.item];
  double entry = value_of(l, e->args[0]);
  if (!l->is_known || (entry == floor(entry) && entry >= 0 && entry < (double)c->count))
    return true;
  diag_report(l->ck->sink, DIAG_E0501, e->args[0]->at,
              "`%s.%s` has %llu number%s, counted from 0: element %u of `%s` would read number %s",
              l->ck->model->environments.data[c->environment].name, c->name, (unsigned long long)c->count,
              c->count == 1 ? "" : "s", l->element, l->population->name, number_text(l->ck, entry));
  return false;
}

/* Branches that are not taken do not count; of those of which it is not known nothing is said. */
static bool is_right(look *l, const model_expr *e) {
  if (e == NULL)
    return true;
  if (e->kind == MX_SELECT) {
    if (!is_right(l, e->args[0]))
      return false;
    bool is_true = value_of(l, e->args[0]) != 0;
    return !l->is_known || is_right(l, e->args[is_true ? 1 : 2]);
  }
  if (e->kind == MX_CHANNEL && !is_there(l, e))
    return false;
  for (int i = 0; i < 3 && e->args[i] != NULL; i++)
    if (!is_right(l, e->args[i]))
      return false;
  return true;
}

static bool is_block_right(look *l, const model_block *block) {
  for (uint32_t i = 0; i < block->len; i++) {
    const model_stmt *s = &block->data[i];
    if (!is_right(l, s->value))
      return false;
    if (s->kind != STMT_IF)
      continue;
    bool is_true = value_of(l, s->value) != 0;
    if (l->is_known && !is_block_right(l, is_true ? &s->then_block : &s->else_block))
      return false;
  }
  return true;
}

static walk_step find_entry(void *context, const model_expr *e) {
  (void)context;
  return e->kind == MX_CHANNEL && e->args[0]->kind != MX_NUMBER ? WALK_STOP : WALK_ON;
}

static bool is_worth_it(checker *ck, const model_expr *value, const model_block *block) {
  walker w = {.expr = find_entry};
  return ck->model->channels.len > 0 && (walk_expr(&w, value) || (block != NULL && walk_block(&w, block)));
}

bool entries_check(checker *ck, uint32_t population, const model_expr *value, const model_block *block) {
  look l = {.ck = ck, .population = &ck->model->populations.data[population]};
  uint32_t count = l.population->rows * l.population->cols;
  if (!is_worth_it(ck, value, block))
    return true;
  for (; l.element < count; l.element++) {
    if (l.element == MOST_ELEMENTS && count > 2 * MOST_ELEMENTS)
      l.element = count - MOST_ELEMENTS;
    if (!is_right(&l, value) || (block != NULL && !is_block_right(&l, block)))
      return false;
  }
  return true;
}
