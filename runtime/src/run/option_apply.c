/* SPDX-License-Identifier: MIT */
/* option_apply.c - what the options say becomes part of a sim. */
#include "run/make.h"
#include "run/memory_limit.h"
#include "run/options.h"
#include "stimuli/stimulus.h"

/* What it sets holds from the start, or from its checkpoint on. */
static bool apply_variant(const nsa_variant *v, sim *s, char error[SIM_ERROR_SIZE]) {
  if (v->from >= s->program->ticks && v->from > 0) {
    snprintf(error, SIM_ERROR_SIZE,
             "the variant %.100s begins at the checkpoint '%.100s', %g ms, and the run ends at %g ms; make it longer, "
             "--for",
             v->name, v->checkpoint ? v->checkpoint : "", sim_time(s, v->from), sim_time(s, s->program->ticks));
    return false;
  }
  s->later = v->from > 0 ? v : NULL;
  for (uint32_t i = 0; !s->later && i < v->settings_count; i++)
    if (!sim_set(s, v->settings[i].settable, v->settings[i].value))
      return false;
  return true;
}

bool options_apply(const run_options *options, uint32_t variant, sim *s, char error[SIM_ERROR_SIZE]) {
  snprintf(error, SIM_ERROR_SIZE, "out of memory");
  sim_choose_acts(s, variant);
  s->sources = options->sources;
  s->answer_seconds = options->answer_seconds;
  s->most_memory = memory_limit(options);
  s->starter = options->starter;
  if (variant != NSA_NONE && !apply_variant(&s->program->variants[variant], s, error))
    return false;
  for (uint32_t i = 0; i < options->override_count; i++)
    if (!sim_set(s, options->overrides[i].settable, options->overrides[i].value))
      return false;
  for (uint32_t i = 0; i < options->pattern_count; i++)
    if (!stimuli_set_pattern(s, options->patterns[i].pattern, options->patterns[i].path, error))
      return false;
  return true;
}
