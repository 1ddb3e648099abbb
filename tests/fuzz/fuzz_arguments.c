/* SPDX-License-Identifier: MIT */
/* Any words are a command line, or have an error. The first byte of the input says the verb, each line behind it is a
 * word. */
#include "fuzz/target.h"

#include "driver/sweep.h"
#include "run/options.h"

#include <string.h>

enum { MOST_WORDS = 64 };

static nsa_settable settables[] = {
    {.name = "sheet.tau_m", .dimension = 0x4, .unit = "ms", .has_range = 1, .lo = 1, .hi = 100},
    {.name = "sheet.v_th", .dimension = 0x400, .unit = "mV"},
    {.name = "excitatory.gain", .dimension = 0xfc, .unit = "1/ms"},
};
static nsa_variant variants[] = {{.name = "no_glia"}, {.name = "strong"}};
static nsa_pattern patterns[] = {{.name = "digit", .path = "digits/{}.pgm", .count = 10}};
static const nsa_program program = {
    .name = "demo",
    .base_dt = 0.1,
    .ticks = 60000,
    .settables = settables,
    .settables_count = 3,
    .variants = variants,
    .variants_count = 2,
    .patterns = patterns,
    .patterns_count = 1,
};

/* Those of the run, as the runtime reads them. */
static void parse_run(const arguments *args) {
  run_options options;
  char error[256] = "";
  if (!options_parse(&program, (int)args->run.len, args->run.data, &options, error, sizeof error) && !error[0])
    target_fail("options that are refused have no error");
  options_free(&options);
}

static void parse_all(arena *a, int argc, char **argv) {
  arguments args;
  sweep_plan plan;
  if (!arguments_parse(a, argc, argv, &args))
    return;
  parse_run(&args);
  if (!strcmp(args.verb, "sweep") && sweep_plan_read(a, &args, &plan) == NULL)
    sweep_plan_bind(a, &program, &plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const verbs[] = {"run", "build", "check", "explain", "verify", "sweep", "emit", "fmt"};
  if (size == 0)
    return 0;
  arena *a = arena_new();
  char *argv[MOST_WORDS + 1] = {"nsa", arena_printf(a, "%s", verbs[data[0] % 8])};
  int argc = 2;
  char *at = arena_strdup(a, (const char *)data + 1, size - 1);
  for (char *end; (end = strchr(at, '\n')) != NULL && argc < MOST_WORDS; at = end + 1) {
    *end = 0;
    argv[argc++] = at;
  }
  parse_all(a, argc, argv);
  arena_free(a);
  return 0;
}
