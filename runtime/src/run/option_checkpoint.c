/* SPDX-License-Identifier: MIT */
/* option_checkpoint.c - when a run saves its state, and from what it goes on. */
#include "base/units.h"
#include "nsa_ticks.h"
#include "nsa_units.h"
#include "run/options_internal.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_KEPT = 1000 };

static const char *skip_spaces(const char *text) { return text + strspn(text, " "); }

/* "10 s wall": cuts the last word off. */
static bool cut_wall(char *text) {
  size_t len = strlen(text);
  while (len > 0 && text[len - 1] == ' ')
    text[--len] = 0;
  if (len < 5 || strcmp(text + len - 5, " wall") != 0)
    return false;
  text[len - 5] = 0;
  return true;
}

bool option_take_checkpoint(parse *p, const char *text) {
  char time[80], why[160];
  double ms;
  uint64_t dimension;
  const char *at = skip_spaces(text);
  if (strcmp(at, "every") == 0)
    return option_refuse(p, "--checkpoint takes one word: put quotes around it, --checkpoint \"every 10 s\"");
  if (strncmp(at, "every ", 6) != 0)
    return option_refuse(p, "--checkpoint wants \"every 10 s\" or \"every 10 min wall\", not \"%.80s\"", text);
  snprintf(time, sizeof time, "%.70s", skip_spaces(at + 6));
  bool is_wall = cut_wall(time);
  if (!nsa_quantity_parse(time, &ms, &dimension, why, sizeof why))
    return option_refuse(p, "--checkpoint: %s; it wants \"every 10 s\" or \"every 10 min wall\"", why);
  double ticks = nsa_nearest_tick(ms, p->program->base_dt);
  if (dimension == 0)
    return option_refuse(p,
                         "--checkpoint: a unit is missing in \"%.70s\"; \"every %.40s s\" or \"every %.40s min wall\"",
                         text, time, time);
  if (dimension != UNITS_TIME || !(ms > 0) || (!is_wall && !(ticks >= 1 && ticks < 0x1p53)))
    return option_refuse(p, "--checkpoint: \"%.70s\" is no time of a step of the model or more", time);
  p->out->checkpoints.every = is_wall ? 0 : (uint64_t)ticks;
  p->out->checkpoints.interval = is_wall ? ms * 1e-3 : 0;
  if (p->out->checkpoints.keep == 0)
    p->out->checkpoints.keep = 2;
  p->out->has_checkpoints = true;
  return true;
}

bool option_take_keep(parse *p, const char *text) {
  char *end;
  unsigned long number = strtoul(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end || number < 1 || number > MOST_KEPT)
    return option_refuse(p, "--keep wants a number from 1 to %d, not \"%.80s\"", MOST_KEPT, text);
  p->out->checkpoints.keep = (uint32_t)number;
  p->out->has_keep = true;
  return true;
}

bool option_take_resume(parse *p, const char *text) {
  p->out->resumes = true;
  p->out->resume_file = text;
  return !text || text[0] != 0 || option_refuse(p, "--resume= wants a file");
}

static bool allow_word(parse *p, const char *word, size_t len) {
  for (uint32_t bit = 0; checkpoint_allowed_words[bit]; bit++)
    if (strlen(checkpoint_allowed_words[bit]) == len && strncmp(checkpoint_allowed_words[bit], word, len) == 0) {
      p->out->resume_allowed |= 1u << bit;
      return true;
    }
  return option_refuse(p,
                       "--resume-allow wants some of model, seed, step, links, missing, size with commas between, "
                       "not \"%.80s\"",
                       word);
}

/* "links,size" */
bool option_take_resume_allow(parse *p, const char *text) {
  bool is_good = true;
  for (const char *at = text; is_good; at++) {
    size_t len = strcspn(at, ",");
    is_good = allow_word(p, at, len);
    at += len;
    if (!*at)
      break;
  }
  return is_good;
}

bool option_check_checkpoints(parse *p) {
  const run_options *o = p->out;
  if (o->has_keep && !o->has_checkpoints)
    return option_refuse(p, "--keep says how many checkpoints stay; add --checkpoint \"every TIME\"");
  if (o->resume_allowed && !o->resumes)
    return option_refuse(p, "--resume-allow says what --resume may find changed; add that");
  if (o->has_checkpoints && o->no_results)
    return option_refuse(p, "checkpoints lie in the folder of results, and --no-results makes none");
  if (o->resumes && o->all_variants)
    return option_refuse(p,
                         "--resume goes on with one run; name the variant with --variant, and its folder with --out");
  if (o->resumes && !o->resume_file && o->no_results)
    return option_refuse(p, "--resume looks for checkpoints in the folder of results; with --no-results name one, "
                            "--resume FILE.h5");
  return true;
}

bool nsa_option_takes(const nsa_option *option, const char *word) {
  if (!option->argument || option->argument[0] != '[')
    return option->argument != NULL;
  const char *ending = strchr(option->argument, '.');
  size_t len = ending ? strcspn(ending, "]") : 0, size = strlen(word);
  return word[0] != '-' && size > len && strncmp(word + size - len, ending ? ending : "", len) == 0;
}
