/* SPDX-License-Identifier: MIT */
/* pattern.c - patterns: images that stimuli present. */
#include "model/experiment/parts.h"
#include "model/expr/expr.h"
#include "model/names/import.h"
#include "nsa_rt.h"
#include "support/file.h"
#include "support/limits.h"

static const char *replaced_path(checker *ck, const char *name) {
  for (uint32_t i = 0; i < ck->options->pattern_count; i++)
    if (strcmp(ck->options->patterns[i].name, name) == 0)
      return ck->options->patterns[i].path;
  return NULL;
}

static void check_images(checker *ck, const model_pattern *p, span at) {
  if (!nsa_image_hole(p->path) && p->count > 1) {
    diag *d = diag_report(ck->sink, DIAG_E0602, at, "`%s` has %u images, but one file", p->name, p->count);
    diag_hint(d, "put {} where the number of the image stands in the name");
    return;
  }
  for (uint32_t i = 0; i < p->count; i++) {
    char path[NSA_IMAGE_PATH];
    nsa_image_path(p->path, i, path);
    diag *d = path_check(ck, at, path, p->is_given);
    if (d == NULL)
      continue;
    diag_hint(d, "--pattern %s=PATH takes the images from elsewhere", p->name);
    return;
  }
}

void pattern_check(checker *ck, const ast_decl *d) {
  const ast_expr *value = d->as.pattern.value;
  model_pattern p = {.name = d->as.pattern.name.text, .at = d->as.pattern.name.at, .count = 1};
  expr_env env = env_constant(ck, NULL, "a number of images");
  if (d->as.pattern.count != NULL &&
      !expr_constant_count(&env, d->as.pattern.count, "the number of images", 1, LIMIT_ROUNDS, &p.count))
    p.count = 0;
  bool is_images = value->kind == AST_CALL && strcmp(value->as.call.function.text, "images") == 0 &&
                   value->as.call.args.len == 1 && value->as.call.args.data[0].value->kind == AST_STRING;
  map_insert(ck->patterns, p.name, ck->model->patterns.len);
  if (is_images) {
    const ast_expr *path = value->as.call.args.data[0].value;
    const char *other = replaced_path(ck, p.name);
    p.is_given = other != NULL;
    p.path = p.is_given ? other : path_from(ck, path->at, path->as.string.text);
    if (p.path != NULL)
      check_images(ck, &p, path->at);
  } else {
    p.path = "";
    if (value->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0602, value->at, "a pattern is `images(\"NAME{}.pgm\")`");
  }
  vec_push(ck->arena, &ck->model->patterns, p);
}
