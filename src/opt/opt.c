/* SPDX-License-Identifier: MIT */
/* opt.c - the list of passes. */
#include "opt/opt_internal.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
  const char *name;
  void (*run)(ir_program *p);
} passes[] = {
    {"fold", opt_fold},       /* constants of equations meet dt */
    {"cse", opt_cse},         /* stages of a solver share subexpressions */
    {"dce", opt_dce},         /* so that nothing dead is hoisted */
    {"hoist", opt_hoist},     /* exp(-dt/tau) leaves the step */
    {"sink", opt_sink},       /* stores into regions, which are worth skipping then */
    {"flatten", opt_flatten}, /* after hoisting, as that makes regions cheaper */
    {"fold_again", opt_fold}, /* conditions that flattening brought together */
    {"cse_again", opt_cse},   /* across what were regions, and in the setup functions */
    {"dce_again", opt_dce},
};
enum { PASS_COUNT = sizeof passes / sizeof passes[0] };

const char *opt_pass_name(uint32_t number) { return number < PASS_COUNT ? passes[number].name : NULL; }

static void validate(const ir_program *p, const char *pass) {
  const char *wrong = ir_validate(p->arena, p);
  if (wrong == NULL)
    return;
  fprintf(stderr, "opt: after %s: %s\n", pass, wrong);
  abort();
}

void opt_run(ir_program *p, const opt_options *options) {
  for (uint32_t i = 0; i < PASS_COUNT; i++) {
    passes[i].run(p);
    if (options == NULL)
      continue;
    if (options->validate)
      validate(p, passes[i].name);
    if (options->stop_after != NULL && strcmp(options->stop_after, passes[i].name) == 0)
      break;
  }
  ir_program_finish(p);
}

opt_rewrite opt_rewrite_begin(ir_program *p, ir_function *f) {
  opt_rewrite rw = {.from = f, .to = ir_function_anew(p->arena, f)};
  vec_reserve(p->arena, &rw.to->ops, f->ops.len);
  rw.b = ir_builder_on(p, rw.to);
  rw.map = ARENA_ARRAY(p->arena, ir_value, f->ops.len);
  for (uint32_t i = 0; i < f->ops.len; i++)
    rw.map[i] = IR_NO_VALUE;
  return rw;
}

ir_value opt_rewrite_copy(opt_rewrite *rw, uint32_t i) {
  rw->map[i] = ir_copy_op(&rw->b, rw->from, &rw->from->ops.data[i], rw->map);
  return rw->map[i];
}

void opt_rewrite_end(opt_rewrite *rw) {
  rw->from->ops.data = rw->to->ops.data;
  rw->from->ops.len = rw->to->ops.len;
  rw->from->ops.cap = rw->to->ops.cap;
  rw->from->extra.data = rw->to->extra.data;
  rw->from->extra.len = rw->to->extra.len;
  rw->from->extra.cap = rw->to->extra.cap;
}
