/* SPDX-License-Identifier: MIT */
/* verify_leg.c - one run of a comparison: compiled with its own step, then held open as a session. */
#include "driver/verify.h"
#include "nsa_text.h"
#include <unistd.h>

int verify_fail(const char *message) {
  nsa_complain("nsa verify", "%s", message);
  return 2;
}

compile_options verify_compile_options(const verify_options *o) {
  return (compile_options){.path = o->args->file,
                           .needs_run = true,
                           .timescales = o->args->timescales.data,
                           .timescale_count = o->args->timescales.len,
                           .allowed = o->args->allowed.data,
                           .allowed_count = o->args->allowed.len,
                           .settings = o->args->settings.data,
                           .setting_count = o->args->settings.len,
                           .variant = o->args->variant,
                           .patterns = o->args->patterns.data,
                           .pattern_count = o->args->patterns.len,
                           .plugins = o->args->plugins.data,
                           .plugin_count = o->args->plugins.len,
                           .precision = o->args->values[ARGUMENT_precision],
                           .use_cache = !o->args->values[ARGUMENT_no_cache],
                           .draws_at_mean = true};
}

static int compile_leg(verify_leg *leg, uint32_t refine) {
  compile_start(&leg->c, &leg->options);
  int code = compile_to(&leg->c, STAGE_LINK);
  if (leg->c.failure)
    return verify_fail(leg->c.failure);
  if (code) { /* the model as written was compiled before: it has none */
    fprintf(stderr, "nsa verify: with %u steps for one the model cannot be compiled\n", refine);
    diag_print(leg->c.sink, stderr, isatty(STDERR_FILENO) != 0);
  }
  return code;
}

int verify_leg_open(const verify_options *o, const char *timescale, uint32_t refine, verify_leg *leg) {
  *leg = (verify_leg){0};
  leg->options = verify_compile_options(o);
  leg->options.in_double = refine > 1;
  leg->options.refined = timescale;
  leg->options.refine = refine;
  int code = compile_leg(leg, refine);
  if (code)
    return code;
  char error[NSA_SESSION_ERROR];
  leg->session = nsa_session_open(leg->c.ir->program, o->inputs, leg->c.entries, (int)o->args->run.len,
                                  o->args->run.data, o->starter, VERIFY_LEGS, error);
  return leg->session ? 0 : verify_fail(error);
}

void verify_leg_close(verify_leg *leg) {
  nsa_session_close(leg->session);
  if (leg->c.arena)
    compile_free(&leg->c);
  *leg = (verify_leg){0};
}
