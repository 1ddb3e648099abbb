/* SPDX-License-Identifier: MIT */
/* verbs.c - what the tool does: a verb is how far the stages go, with which options, and what is printed then. */
#include "driver/analyse.h"
#include "driver/arguments.h"
#include "driver/compile.h"
#include "driver/driver.h"
#include "driver/explain.h"
#include "driver/export.h"
#include "driver/find.h"
#include "driver/plot.h"
#include "driver/sandbox.h"
#include "driver/sweep.h"
#include "driver/verify.h"
#include "nsa_checkpoint.h"
#include "nsa_interrupts.h"
#include "nsa_output.h"
#include "nsa_starter.h"
#include "nsa_text.h"
#include "opt/opt.h"
#include "support/file.h"
#include <unistd.h>

typedef struct {
  arena *arena;
  arguments args;
  double start;
  int starter; /* nsa_starter_socket */
} invocation;

typedef struct {
  const char *name;
  int (*run)(invocation *v);
  const char *usage, *help;
} verb;

/* ---- shared steps ---- */

static int world_failure(const char *verb_name, const char *message) {
  char who[64];
  snprintf(who, sizeof who, "nsa %s", verb_name);
  nsa_complain(who, "%s", message);
  return 2;
}

static compile_options options_of(const invocation *v) {
  const arguments *args = &v->args;
  return (compile_options){.path = args->file,
                           .precision = args->values[ARGUMENT_precision],
                           .timescales = args->timescales.data,
                           .timescale_count = args->timescales.len,
                           .records = args->records.data,
                           .record_count = args->records.len,
                           .allowed = args->allowed.data,
                           .allowed_count = args->allowed.len,
                           .settings = args->settings.data,
                           .setting_count = args->settings.len,
                           .variant = args->variant,
                           .has_all_variants = args->has_all_variants,
                           .patterns = args->patterns.data,
                           .pattern_count = args->patterns.len,
                           .plugins = args->plugins.data,
                           .plugin_count = args->plugins.len,
                           .last_pass = args->values[ARGUMENT_after],
                           .interpret = args->values[ARGUMENT_interpret] != NULL,
                           .width = args->values[ARGUMENT_width],
                           .use_cache = !args->values[ARGUMENT_no_cache],
                           .output = args->values[ARGUMENT_output],
                           .is_verbose = args->values[ARGUMENT_verbose] != NULL,
                           .run = args->run.data,
                           .run_count = args->run.len,
                           .starter = v->starter,
                           .process_start = v->start};
}

static int compile(invocation *v, compilation *c, const compile_options *options, compile_stage_id last) {
  return compile_telling(c, options, last, v->args.verb);
}

/* ---- one function a verb ---- */

static int verb_run(invocation *v) {
  compilation c;
  compile_options options = options_of(v);
  options.needs_run = true;
  int code = compile(v, &c, &options, STAGE_RUN);
  return compile_end(&c, code);
}

static int verb_build(invocation *v) {
  compilation c;
  compile_options options = options_of(v);
  options.needs_run = options.is_executable = true;
  int code = compile(v, &c, &options, STAGE_LINK);
  return compile_end(&c, code);
}

static int verb_check(invocation *v) {
  compilation c;
  compile_options options = options_of(v);
  options.analyse_timescales = true;
  compile_start(&c, &options);
  int code = compile_to(&c, STAGE_PLAN);
  if (c.failure)
    world_failure("check", c.failure);
  else if (v->args.values[ARGUMENT_json])
    diag_print_json(c.sink, stdout);
  else
    diag_print(c.sink, stderr, isatty(STDERR_FILENO) != 0);
  if (!code && !v->args.values[ARGUMENT_json]) {
    uint32_t warnings = diag_warning_count(c.sink);
    nsa_put_safe(stdout, v->args.file, strlen(v->args.file));
    printf(": no errors, %u warning%s\n", warnings, warnings == 1 ? "" : "s");
  }
  return compile_end(&c, code);
}

static int verb_explain(invocation *v) {
  compilation c;
  compile_options options = options_of(v);
  options.analyse_timescales = true;
  int code = compile(v, &c, &options, STAGE_TARGET);
  if (!code)
    explain_print(&c, c.target.width, stdout);
  return compile_end(&c, code);
}

/* The stages that a command line asks to see: how many, and the last. */
static uint32_t count_stages_asked(const arguments *args, compile_stage_id *last) {
  uint32_t count = 0;
  for (uint32_t k = 0; k < STAGE_COUNT; k++)
    if (compile_stages[k].dump && args->values[compile_stages[k].option]) {
      *last = (compile_stage_id)k;
      count++;
    }
  return count;
}

static int verb_emit(invocation *v) {
  compile_stage_id stage = STAGE_COUNT;
  uint32_t count = count_stages_asked(&v->args, &stage);
  if (count != 1)
    return world_failure("emit", count == 0 ? "say which stage (`nsa help emit` lists them)"
                                            : "say one stage; each is printed by itself");
  if (v->args.values[ARGUMENT_after] && stage != STAGE_OPTIMISE)
    return world_failure("emit", "--after goes with --ir");
  compilation c;
  compile_options options = options_of(v);
  options.is_text = options.validate_passes = true;
  int code = compile(v, &c, &options, stage);
  if (!code) {
    text out = text_new(c.arena);
    compile_stages[stage].dump(&c, &out);
    fwrite(out.data, 1, out.len, stdout);
  }
  return compile_end(&c, code);
}

static int verb_fmt(invocation *v) {
  compilation c;
  compile_options options = options_of(v);
  int code = compile(v, &c, &options, STAGE_PARSE);
  const char *error = NULL;
  if (!code) {
    text out = text_new(c.arena);
    syntax_print(c.ast, &out);
    if (!v->args.values[ARGUMENT_write])
      fwrite(out.data, 1, out.len, stdout);
    else if (!file_rewrite(c.arena, v->args.file, out.data, out.len, &error))
      code = world_failure("fmt", arena_printf(c.arena, "cannot write %s: %s", v->args.file, error));
  }
  return compile_end(&c, code);
}

static int verb_sweep(invocation *v) { return sweep_main(v->arena, &v->args, options_of(v)); }
static int verb_find(invocation *v) { return find_main(v->arena, &v->args, options_of(v)); }
static int verb_analyse(invocation *v) { return analyse_main(v->arena, &v->args, options_of(v)); }
static int verb_checkpoint(invocation *v) {
  static const char who[] = "nsa checkpoint";
  compilation c;
  compile_options options = options_of(v);
  options.path = v->args.values[ARGUMENT_against];
  options.needs_run = true;
  if (!options.path)
    return nsa_checkpoint_list(v->args.file, who);
  int code = compile(v, &c, &options, STAGE_LINK);
  if (!code)
    code = nsa_checkpoint_compare(v->args.file, &(nsa_compiled){c.ir->program, c.entries}, (int)v->args.run.len,
                                  v->args.run.data, who);
  return compile_end(&c, code);
}

static int verb_export(invocation *v) { return export_main(v->arena, &v->args, options_of(v)); }
static int verb_plot(invocation *v) { return plot_main(v->arena, &v->args); }
static int verb_verify(invocation *v) { return verify_main(v->arena, &v->args, v->starter); }

/* ---- the table, and what is not in it ---- */

static const verb verbs[] = {
    {"run", verb_run, "nsa run FILE [options]", "compile in memory and run"},
    {"build", verb_build, "nsa build FILE -o EXE", "make a native executable, which takes the options of run"},
    {"check", verb_check, "nsa check FILE", "errors, warnings and the timescale analysis; runs nothing"},
    {"explain", verb_explain, "nsa explain FILE", "what the compiler decided, and the memory a run takes"},
    {"verify", verb_verify, "nsa verify FILE [options]",
     "the error of each timescale's step, and a step for a tolerance"},
    {"sweep", verb_sweep, "nsa sweep FILE --set NAME=A..B:N --seeds 1..20",
     "many runs side by side: values, variants, seeds; a table and its statistics"},
    {"find", verb_find, "nsa find FILE NAME A..B where \"CONDITION\"",
     "where a condition over measures changes its answer along a param"},
    {"analyse", verb_analyse, "nsa analyse FILE POP [options]",
     "one element of a population: fixed points, and along a value bifurcations and oscillations"},
    {"plot", verb_plot, "nsa plot OUT [ITEM ...] [-o FILE.svg|FILE.png]",
     "a picture of results: traces, rasters, maps, measures, sweeps"},
    {"export", verb_export, "nsa export FILE --edges", "the links of a model, as tables"},
    {"checkpoint", verb_checkpoint, "nsa checkpoint FILE.h5 [--against MODEL]",
     "what a checkpoint holds, and what a model would find changed"},
    {"emit", verb_emit, "nsa emit --STAGE FILE", "print what a stage of the compiler makes"},
    {"fmt", verb_fmt, "nsa fmt [--write] FILE", "the one canonical layout"},
};

static const verb *find_verb(const char *name) {
  for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
    if (!strcmp(verbs[k].name, name))
      return &verbs[k];
  return NULL;
}

static void print_usage(FILE *out) {
  fprintf(out, "nsa %s - models of spiking networks with astrocytes\n\n", NSA_VERSION);
  for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
    fprintf(out, "  %-50s %s\n", verbs[k].usage, verbs[k].help);
  fprintf(out, "\nnsa help VERB, or nsa VERB --help, lists the options of a verb; nsa -V prints the version.\n");
}

static void print_passes(FILE *out) {
  fprintf(out, "\nThe passes of --after, what each expects, and what it promises:\n");
  for (uint32_t k = 0; k < opt_pass_count; k++)
    fprintf(out, "  %-11s %-49s -> %s\n", opt_passes[k].name, opt_passes[k].expects, opt_passes[k].promises);
}

static int unknown_verb(const char *name);

static int help(const char *name) {
  const verb *v = name ? find_verb(name) : NULL;
  if (name && !v)
    return unknown_verb(name);
  if (!v) {
    print_usage(stdout);
    return 0;
  }
  printf("%s\n  %s\n\n", v->usage, v->help);
  arguments_print(v->name, stdout);
  if (v->run == verb_emit)
    print_passes(stdout);
  return 0;
}

static int unknown_verb(const char *name) {
  const char *names[sizeof verbs / sizeof *verbs];
  for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
    names[k] = verbs[k].name;
  const char *near = diag_nearest(name, names, sizeof verbs / sizeof *verbs);
  if (near)
    nsa_complain("nsa", "there is no verb `%s`; did you mean `nsa %s`?", name, near);
  else if (strstr(name, ".nsa"))
    nsa_complain("nsa", "there is no verb `%s`; to run a model: nsa run %s", name, name);
  else
    nsa_complain("nsa", "there is no verb `%s`", name);
  return 2;
}

static int version(void) {
  printf("nsa %s\n", NSA_VERSION);
  return 0;
}

static bool wants_help(const char *word) { return !strcmp(word, "-h") || !strcmp(word, "--help"); }
static bool wants_version(const char *word) { return !strcmp(word, "-V") || !strcmp(word, "--version"); }

/* `nsa VERB --help` and `nsa VERB -V`; the exit code, or -1 where neither is asked. */
static int answer(int argc, char **argv) {
  for (int k = 2; k < argc; k++) {
    if (wants_version(argv[k]))
      return version();
    if (wants_help(argv[k]))
      return help(argv[1]);
  }
  return -1;
}

static bool has_file(const invocation *v, const verb *chosen) {
  if (v->args.file)
    return true;
  fprintf(stderr, "nsa %s: which %s? Usage: %s\n", chosen->name,
          chosen->run == verb_plot         ? "results"
          : chosen->run == verb_checkpoint ? "checkpoint"
                                           : "model",
          chosen->usage);
  return false;
}

/* What the command line names is started beside us, and keeps the rights that we give away. */
static int carry_out(invocation *v, const verb *chosen) {
  nsa_starter *starter = v->args.has_processes ? nsa_starter_begin() : NULL;
  v->starter = nsa_starter_socket(starter);
  int code = sandbox_enter(v->arena, &v->args) ? chosen->run(v) : 2;
  nsa_starter_end(starter);
  return code;
}

static int answer_or_run(int argc, char **argv) {
  double start = compile_seconds();
  if (argc < 2) {
    print_usage(stderr);
    return 2;
  }
  if (wants_version(argv[1]))
    return version();
  if (!strcmp(argv[1], "help") || wants_help(argv[1]))
    return help(argc > 2 ? argv[2] : NULL);
  const verb *chosen = find_verb(argv[1]);
  if (!chosen)
    return unknown_verb(argv[1]);
  int answered = answer(argc, argv);
  if (answered >= 0)
    return answered;
  invocation v = {.arena = arena_new(), .start = start};
  int code = arguments_parse(v.arena, argc, argv, &v.args) && has_file(&v, chosen) ? carry_out(&v, chosen) : 2;
  arena_free(v.arena);
  return code;
}

int driver_main(int argc, char **argv) {
  nsa_output_begin();
  nsa_interrupts_end();
  return nsa_output_end("nsa", answer_or_run(argc, argv));
}
