/* SPDX-License-Identifier: MIT */
/* where.c - the condition of `nsa find`. It becomes the last measure, 1 where it is true and 0 where it is not. Before
 * it stands a measure for each number that it compares, so that one without data is noticed, which compares as false.
 */
#include "model/experiment/experiment.h"
#include "model/experiment/measure.h"

/* Its text, as it was typed. */
static const char *text_at(checker *ck, span at) {
  size_t len;
  const char *source = diag_file_text(ck->sink, at.file, &len);
  return arena_strdup(ck->arena, source + at.start, at.end - at.start);
}

static void add(checker *ck, const char *name, model_measure_node *value) {
  vec_push(ck->arena, &ck->model->measures, ((model_measure){.name = name, .at = value->at, .value = value}));
}

static void name_compared(checker *ck, model_measure_node *condition) {
  bool is_comparison = condition->kind >= NSA_MEASURE_LT && condition->kind <= NSA_MEASURE_NE;
  for (uint32_t k = 0; k < 3 && condition->args[k] != NULL; k++) {
    model_measure_node *n = condition->args[k];
    if (!is_comparison) {
      name_compared(ck, n);
    } else if (n->is_ref || n->kind != NSA_MEASURE_NUMBER) {
      add(ck, text_at(ck, n->at), n);
      condition->args[k] = measure_reference(ck, ck->model->measures.len - 1, n->at);
      ck->model->compared++;
    }
  }
}

static model_measure_node *number(checker *ck, double x, span at) {
  model_measure_node *n = measure_new(ck, NSA_MEASURE_NUMBER, dim_none(), at);
  n->number = x;
  return n;
}

void where_check(checker *ck) {
  const ast_expr *e = ck->options->where;
  if (e == NULL)
    return;
  const measure_scope scope = measure_scope_of(ck, "the condition of `nsa find`", NULL);
  model_measure_node *n = measure_tree(&scope, e);
  if (n == NULL || !measure_is_answer(&scope, e, n, "compare it with the value that is to be crossed: `... > 0.1 uM`"))
    return;
  name_compared(ck, n);
  add(ck, "where", measure_join(ck, NSA_MEASURE_IF, dim_none(), n, number(ck, 1, e->at), number(ck, 0, e->at), e->at));
}
