/* SPDX-License-Identifier: MIT */
/* compare.c - a checkpoint beside a model: as if that went on from it. */
#include "nsa_checkpoint.h"

#include "checkpoint/checkpoint.h"
#include "nsa_session.h"
#include "nsa_text.h"
#include "observe/measure.h"
#include "run/make.h"
#include "run/one_run.h"
#include "run/options.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const checkpoint *from;
  const nsa_compiled *compiled;
  run_options options;
  nsa_inputs *inputs;
  sim *s;
  measurer *m;
} comparison;

/* The options behind the seed of the file. */
static bool read_options(comparison *c, int argc, char *const *argv, char error[SIM_ERROR_SIZE]) {
  char seed[40];
  char **words = calloc((size_t)argc + 1, sizeof *words);
  snprintf(error, SIM_ERROR_SIZE, "out of memory");
  if (!words)
    return false;
  snprintf(seed, sizeof seed, "--seed=%" PRIu64, checkpoint_tells(c->from)->seed);
  words[0] = seed;
  for (int i = 0; i < argc; i++)
    words[i + 1] = argv[i];
  bool is_good = options_parse(c->compiled->program, argc + 1, words, &c->options, error, SIM_ERROR_SIZE);
  free(words);
  return is_good;
}

/* A sim at t = 0. */
static bool make(comparison *c, int argc, char *const *argv, char error[SIM_ERROR_SIZE]) {
  const nsa_program *program = c->compiled->program;
  if (!read_options(c, argc, argv, error) || !(c->inputs = nsa_inputs_read(program, error)))
    return false;
  c->s = sim_new(program, c->compiled->kernels, c->options.seed, 1, error);
  if (!c->s || !options_apply(&c->options, c->options.variant, c->s, error))
    return false;
  c->s->inputs = c->inputs;
  if (!sim_connect(c->s, error) || !sim_init(c->s, error) || !(c->m = measurer_new(c->s, error)))
    return false;
  sim_observe(c->s, measurer_observer(c->m));
  return true;
}

static void say_what_it_takes(const checkpoint_way *way) {
  const char *gap = "it goes on with --resume-allow ";
  for (uint32_t bit = 0; way->needed && checkpoint_allowed_words[bit]; bit++)
    if (way->needed & 1u << bit) {
      printf("%s%s", gap, checkpoint_allowed_words[bit]);
      gap = ",";
    }
  if (way->needed)
    printf("\n");
  else if (way->changes == 0)
    printf("it goes on with the same bits\n");
}

static bool compare(comparison *c, char error[SIM_ERROR_SIZE]) {
  checkpoint_way way = {.allowed = ALLOW_ALL, .report = stdout};
  if (c->options.variant != NSA_NONE)
    way.variant = c->compiled->program->variants[c->options.variant].name;
  if (!checkpoint_restore(c->from, &way, c->s, error))
    return false;
  say_what_it_takes(&way);
  return true;
}

int nsa_checkpoint_compare(const char *path, const nsa_compiled *with, int argc, char *const *argv, const char *who) {
  char error[SIM_ERROR_SIZE] = "";
  checkpoint *from = checkpoint_read(path, error);
  comparison c = {.from = from, .compiled = with};
  bool is_good = from && make(&c, argc, argv, error) && compare(&c, error);
  if (!is_good)
    nsa_complain(who, "%s", error);
  measurer_free(c.m);
  sim_free(c.s);
  nsa_inputs_free(c.inputs);
  options_free(&c.options);
  checkpoint_free(from);
  return is_good ? EXIT_OK : EXIT_ENVIRONMENT;
}
