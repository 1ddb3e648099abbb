/* SPDX-License-Identifier: MIT */
/* opt.c - the list of passes. */
#include "opt/opt_internal.h"

#include <stdio.h>
#include <stdlib.h>

const opt_pass opt_passes[] = {
    {"fold", opt_fold, "equations that have met dt", "no operation of constants alone, no exact identity such as x*1"},
    {"cse", opt_cse, "constants folded: what is equal looks equal", "stages of a solver share their subexpressions"},
    {"dce", opt_dce, "subexpressions shared: their copies are dead", "each value is read by a store, event or check"},
    {"hoist", opt_hoist, "nothing dead, as it would be hoisted too",
     "exp(-dt/tau) is in a setup function, not in a step"},
    {"sink", opt_sink, "skip regions without what is the same each step", "stores of what a region changes are in it"},
    {"flatten", opt_flatten, "regions as cheap as hoisting makes them", "each region costs more than skipping it"},
    {"fold_again", opt_fold, "conditions that flattening brought together", "as fold"},
    {"cse_again", opt_cse, "what was in regions, and setup functions", "as cse, across what were regions"},
    {"dce_again", opt_dce, "what the two before left over", "as dce"},
};
const uint32_t opt_pass_count = sizeof opt_passes / sizeof *opt_passes;

static void validate(const ir_program *p, const char *pass) {
  const char *wrong = ir_validate(p->arena, p);
  if (wrong == NULL)
    return;
  fprintf(stderr, "opt: after %s: %s\n", pass, wrong);
  abort();
}

void opt_run(ir_program *p, const opt_options *options) {
  for (uint32_t i = 0; i < opt_pass_count; i++) {
    opt_passes[i].run(p);
    if (options == NULL)
      continue;
    if (options->validate)
      validate(p, opt_passes[i].name);
    if (options->stop_after != NULL && strcmp(options->stop_after, opt_passes[i].name) == 0)
      break;
  }
  ir_program_finish(p);
}
