/* SPDX-License-Identifier: MIT */
/* measure_node.c - making nodes of measures, and saying what is wrong with them; see measure.h. */
#include "model/experiment/measure.h"

model_measure_node *measure_new(checker *ck, nsa_measure_kind kind, dim unit, span at) {
  model_measure_node *n = ARENA_NEW(ck->arena, model_measure_node);
  *n = (model_measure_node){
      .kind = kind, .at = at, .unit = unit, .ref = NONE, .phase = NONE, .among = NONE, .environment = NONE};
  return n;
}

model_measure_node *measure_malformed(checker *ck, span at, const char *message, const char *hint) {
  diag *d = diag_report(ck->sink, DIAG_E0603, at, "%s", message);
  if (hint != NULL)
    diag_hint(d, "%s", hint);
  return NULL;
}

bool measure_has_args(checker *ck, const ast_expr *e, uint32_t wanted) {
  if (e->as.call.args.len == wanted)
    return true;
  diag_report(ck->sink, DIAG_E0305, e->as.call.function.at, "`%s` takes %u argument%s, not %u",
              e->as.call.function.text, wanted, wanted == 1 ? "" : "s", e->as.call.args.len);
  return false;
}

bool measure_is_condition(const model_measure_node *n) {
  return n->kind >= NSA_MEASURE_LT && n->kind <= NSA_MEASURE_NOT;
}

bool measure_is_number(checker *ck, const model_measure_node *n) {
  if (n == NULL || !measure_is_condition(n))
    return n != NULL;
  measure_malformed(ck, n->at, "a number is needed here, not a condition", NULL);
  return false;
}
