/* SPDX-License-Identifier: MIT */
/* lets.c - lets of a component that is being checked: each is checked when it is first needed, so that they end up in
 * the order of need. */
#include "model/expr/lets.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "support/limits.h"

pending_let *builder_find_let(component_builder *b, const char *name) {
  for (uint32_t i = 0; i < b->lets.len; i++)
    if (b->lets.data[i].name == name)
      return &b->lets.data[i];
  return NULL;
}

static void report_circle(component_builder *b, const pending_let *let, span use) {
  uint32_t start = 0;
  while (start < b->let_path.len && &b->lets.data[b->let_path.data[start]] != let)
    start++;
  text circle = text_new(b->ck->arena);
  for (uint32_t i = start; i < b->let_path.len; i++)
    text_printf(&circle, "%s -> ", b->lets.data[b->let_path.data[i]].name);
  text_puts(&circle, let->name);
  diag *d =
      diag_report(b->ck->sink, DIAG_E0401, let->at, "lets refer to each other in a circle: %s", text_cstr(&circle));
  diag_note(d, use, "the circle closes here");
  diag_hint(d, "make one of them a `state`: it then holds the value of the step before");
}

bool builder_check_let(component_builder *b, pending_let *let, span use) {
  enum { NEW, BEING_CHECKED, DONE };
  if (let->status == DONE)
    return !let->is_bad;
  if (let->status == BEING_CHECKED) {
    report_circle(b, let, use);
    return false;
  }
  if (b->let_path.len >= LIMIT_NESTING) {
    diag_report(b->ck->sink, DIAG_E0901, let->at, "lets depend on each other more than %d deep", LIMIT_NESTING);
    return false;
  }
  let->status = BEING_CHECKED;
  vec_push(b->ck->arena, &b->let_path, (uint32_t)(let - b->lets.data));
  expr_env env = b->env;
  env.allow = b->c->kind == COMPONENT_SYNAPSE ? IN_VALUES & ~ALLOW_PLACE : IN_VALUES;
  env.where = "a let";
  env.home = let->home;
  model_let out = {.name = let->name, .at = let->at};
  out.value = expr_check(&env, let->ast->as.let.value, NULL);
  b->let_path.len--;
  let->status = DONE;
  let->is_bad = out.value == NULL;
  if (let->is_bad) /* keeps its name, so that readers elsewhere stay silent */
    out.value = expr_literal(b->ck, 0, dim_unknown(), let->at);
  let->index = b->c->lets.len;
  vec_push(b->ck->arena, &b->c->lets, out);
  return !let->is_bad;
}

void lets_check(component_builder *b) {
  for (uint32_t i = 0; i < b->lets.len; i++)
    builder_check_let(b, &b->lets.data[i], b->lets.data[i].at);
}
