/* SPDX-License-Identifier: MIT */
#include "driver/variants.h"

#include <unistd.h>

/* Mistakes of a variant show only where it is compiled. Its warnings are those of the model, said before. */
static int compile_one(compilation *c, const char *name, compilation *out) {
  compile_options *options = ARENA_NEW(c->arena, compile_options);
  *options = *c->options;
  options->variant = name;
  options->has_all_variants = false;
  compile_start(out, options);
  int code = compile_to(out, STAGE_LINK);
  if (code && out->failure)
    c->failure = arena_printf(c->arena, "variant %s: %s", name, out->failure);
  else if (code)
    diag_print(out->sink, stderr, isatty(STDERR_FILENO) != 0);
  return code;
}

int variants_compile(compilation *c, const nsa_compiled **list) {
  uint32_t count = c->model->variants.len;
  nsa_compiled *compiled = ARENA_ARRAY(c->arena, nsa_compiled, count);
  c->variants = ARENA_ARRAY(c->arena, compilation, count);
  *list = compiled;
  for (uint32_t k = 0; k < count; k++) {
    if (c->model->variants.data[k].globals.len == 0 && !c->model->variants.data[k].modifies)
      continue;
    int code = compile_one(c, c->model->variants.data[k].name, &c->variants[k]);
    if (code)
      return code;
    compiled[k] = (nsa_compiled){c->variants[k].ir->program, c->variants[k].entries};
  }
  return 0;
}

void variants_free(compilation *c) {
  for (uint32_t k = 0; c->variants && k < c->model->variants.len; k++)
    if (c->variants[k].arena)
      compile_free(&c->variants[k]);
}

const char *variants_unknown(arena *a, const char *name, const char *const *names, uint32_t count) {
  const char *near = diag_nearest(name, names, count);
  return arena_printf(a, "the model has no variant `%s`%s%s%s", name, near ? "; did you mean `" : "", near ? near : "",
                      near ? "`?" : "");
}
