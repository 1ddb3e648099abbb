/* SPDX-License-Identifier: MIT */
/* verbs.c - what the tool does, one function a verb. */
#include "build/build.h"
#include "driver/arguments.h"
#include "driver/driver.h"
#include "driver/explain.h"
#include "driver/verify.h"
#include "interp/interp.h"
#include "support/file.h"
#include <stdlib.h>
#include <unistd.h>

typedef struct {
  arena *arena;
  arguments args;
  double start;
} invocation;

typedef struct {
  const char *name;
  int (*run)(invocation *v);
  const char *usage, *help;
} verb;

/* ---- shared steps ---- */

static int world_failure(const char *verb_name, const char *message) {
  fprintf(stderr, "nsa %s: %s\n", verb_name, message);
  return 2;
}

static bool needs_file(const invocation *v) {
  if (v->args.file)
    return true;
  fprintf(stderr, "nsa %s: which model? Usage: nsa %s FILE.nsa\n", v->args.verb, v->args.verb);
  return false;
}

static compile_options options_of(const invocation *v) {
  return (compile_options){.path = v->args.file,
                           .precision = v->args.values[ARGUMENT_precision],
                           .timescales = v->args.timescales.data,
                           .timescale_count = v->args.timescales.len,
                           .settings = v->args.settings.data,
                           .setting_count = v->args.settings.len,
                           .patterns = v->args.patterns.data,
                           .pattern_count = v->args.patterns.len};
}

/* Compiles and says what is wrong on stderr. */
static int compile_and_report(invocation *v, compilation *c, const compile_options *options) {
  int code = compile_run(c, options);
  if (c->failure)
    return world_failure(v->args.verb, c->failure);
  diag_print(c->sink, stderr, isatty(STDERR_FILENO) != 0);
  return code;
}

static bool target_of(invocation *v, build_target *target) {
  const char *error = NULL, *word = v->args.values[ARGUMENT_width];
  char *end = NULL;
  unsigned long width = word ? strtoul(word, &end, 10) : 0;
  if (word && (*end || width < 1 || width > 8 || (width & (width - 1)))) {
    world_failure(v->args.verb, "--width is 1, 2, 4 or 8");
    return false;
  }
  if (build_target_host(v->arena, (uint32_t)width, target, &error))
    return true;
  world_failure(v->args.verb, error);
  return false;
}

static bool object_of(invocation *v, compilation *c, const build_target *target, build_objects *object) {
  const char *error = NULL;
  build_options options = {.use_cache = !v->args.values[ARGUMENT_no_cache]};
  build_times times = {0};
  if (!build_compile(v->arena, c->ir, target, &options, object, &times, &error)) {
    world_failure(v->args.verb, error);
    return false;
  }
  if (times.is_cached)
    return true;
  compile_add_time(c, "emit", times.emit);
  compile_add_time(c, "optimise LLVM", times.optimise);
  compile_add_time(c, "machine code", times.codegen);
  return true;
}

/* ---- run ---- */

static int start_run(invocation *v, compilation *c, const nsa_kernel_entry *entries, const char *cpu,
                     bool is_reference) {
  nsa_run_info info = {.program_name = "nsa run",
                       .model_path = v->args.file,
                       .stages = c->times,
                       .stage_count = c->time_count,
                       .process_start = v->start,
                       .llvm_version = build_llvm_version(v->arena),
                       .processor = cpu,
                       .is_reference = is_reference};
  return nsa_run_main(c->ir->program, entries, (int)v->args.run.len, v->args.run.data, &info);
}

static int run_interpreted(invocation *v, compilation *c) {
  return start_run(v, c, interp_entries(v->arena, c->ir), "interpreter", true);
}

static int run_compiled(invocation *v, compilation *c) {
  build_target target;
  build_objects object;
  const char *error = NULL;
  double start = compile_seconds();
  if (!target_of(v, &target))
    return 2;
  compile_add_time(c, "processor", compile_seconds() - start);
  start = compile_seconds();
  if (!object_of(v, c, &target, &object))
    return 2;
  compile_add_time(c, "object, in all", compile_seconds() - start);
  start = compile_seconds();
  build_jit *jit = build_jit_new(v->arena, &object, &error);
  if (!jit)
    return world_failure("run", error);
  uint32_t count;
  const nsa_kernel_fn *kernels = build_jit_kernels(jit, &count);
  nsa_kernel_entry *entries = ARENA_ARRAY(v->arena, nsa_kernel_entry, count);
  for (uint32_t k = 0; k < count; k++)
    entries[k].fn = kernels[k];
  compile_add_time(c, "link", compile_seconds() - start);
  int code = start_run(v, c, entries, target.cpu, false);
  build_jit_free(jit);
  return code;
}

static int verb_run(invocation *v) {
  if (!needs_file(v))
    return 2;
  compilation c;
  compile_options options = options_of(v);
  options.needs_run = true;
  options.keep_unoptimised = v->args.values[ARGUMENT_interpret] != NULL;
  int code = compile_and_report(v, &c, &options);
  if (!code)
    code = options.keep_unoptimised ? run_interpreted(v, &c) : run_compiled(v, &c);
  compile_free(&c);
  return code;
}

/* ---- build ---- */

static int link_executable(invocation *v, compilation *c) {
  build_target target;
  build_objects object;
  const char *error = NULL, *out = v->args.values[ARGUMENT_output];
  if (!out)
    out = c->model->name;
  if (!target_of(v, &target) || !object_of(v, c, &target, &object))
    return 2;
  const char *library = build_library_folder(v->arena);
  if (!library)
    return world_failure("build", "the runtime library is not beside the compiler (../lib/nsa)");
  if (!build_executable(v->arena, c->ir->program, &target, &object, library, out, &error))
    return world_failure("build", error);
  return 0;
}

static int verb_build(invocation *v) {
  if (!needs_file(v))
    return 2;
  compilation c;
  compile_options options = options_of(v);
  options.needs_run = true;
  int code = compile_and_report(v, &c, &options);
  if (!code)
    code = link_executable(v, &c);
  compile_free(&c);
  return code;
}

/* ---- check, explain, emit, fmt ---- */

static int verb_check(invocation *v) {
  if (!needs_file(v))
    return 2;
  compilation c;
  compile_options options = options_of(v);
  options.analyse_timescales = true;
  int code = compile_run(&c, &options);
  if (c.failure)
    world_failure("check", c.failure);
  else if (v->args.values[ARGUMENT_json])
    diag_print_json(c.sink, stdout);
  else
    diag_print(c.sink, stderr, isatty(STDERR_FILENO) != 0);
  if (!code && !v->args.values[ARGUMENT_json]) {
    uint32_t warnings = diag_warning_count(c.sink);
    printf("%s: no errors, %u warning%s\n", v->args.file, warnings, warnings == 1 ? "" : "s");
  }
  compile_free(&c);
  return code;
}

static int verb_explain(invocation *v) {
  if (!needs_file(v))
    return 2;
  compilation c;
  build_target target;
  compile_options options = options_of(v);
  options.analyse_timescales = true;
  if (!target_of(v, &target))
    return 2;
  int code = compile_and_report(v, &c, &options);
  if (!code)
    explain_print(&c, target.width, stdout);
  compile_free(&c);
  return code;
}

static int emit_stage(invocation *v, const char *stage_name) {
  compilation c;
  compile_options options = options_of(v);
  options.stop_after = stage_name;
  int code = compile_and_report(v, &c, &options);
  if (!code) {
    text out = text_new(c.arena);
    for (uint32_t k = 0; k < compile_stage_count; k++)
      if (!strcmp(compile_stages[k].name, stage_name))
        compile_stages[k].dump(&c, &out);
    fwrite(out.data, 1, out.len, stdout);
  }
  compile_free(&c);
  return code;
}

static int emit_machine(invocation *v, build_text_kind kind) {
  compilation c;
  build_target target;
  compile_options options = options_of(v);
  if (!target_of(v, &target))
    return 2;
  int code = compile_and_report(v, &c, &options);
  const char *error = NULL;
  build_options how = {0};
  if (!code) {
    const char *out = build_text(v->arena, c.ir, &target, &how, kind, &error);
    if (out)
      fputs(out, stdout);
    else
      code = world_failure("emit", error);
  }
  compile_free(&c);
  return code;
}

static int verb_emit(invocation *v) {
  if (!needs_file(v))
    return 2;
  if (v->args.values[ARGUMENT_ast])
    return emit_stage(v, "parse");
  if (v->args.values[ARGUMENT_lowered])
    return emit_stage(v, "lower");
  if (v->args.values[ARGUMENT_ir])
    return emit_stage(v, "optimise");
  if (v->args.values[ARGUMENT_llvm])
    return emit_machine(v, BUILD_TEXT_OPTIMISED);
  if (v->args.values[ARGUMENT_asm])
    return emit_machine(v, BUILD_TEXT_ASSEMBLY);
  return world_failure("emit", "say what: --ast, --lowered, --ir, --llvm or --asm");
}

static int verb_fmt(invocation *v) {
  if (!needs_file(v))
    return 2;
  compilation c;
  compile_options options = options_of(v);
  options.stop_after = "parse";
  int code = compile_and_report(v, &c, &options);
  const char *error = NULL;
  if (!code) {
    text out = text_new(c.arena);
    syntax_print(c.ast, &out);
    if (!v->args.values[ARGUMENT_write])
      fwrite(out.data, 1, out.len, stdout);
    else if (!file_write_atomic(c.arena, v->args.file, out.data, out.len, &error))
      code = world_failure("fmt", error);
  }
  compile_free(&c);
  return code;
}

static int verb_verify(invocation *v) { return needs_file(v) ? verify_main(v->arena, &v->args) : 2; }

/* ---- the table, and what is not in it ---- */

static const verb verbs[] = {
    {"run", verb_run, "nsa run FILE [options]", "compile in memory and run"},
    {"build", verb_build, "nsa build FILE -o EXE", "make a native executable, which takes the options of run"},
    {"check", verb_check, "nsa check FILE", "errors, warnings and the timescale analysis; runs nothing"},
    {"explain", verb_explain, "nsa explain FILE", "what the compiler decided, and the memory a run takes"},
    {"verify", verb_verify, "nsa verify FILE [options]",
     "the error of each timescale's step, and a step for a tolerance"},
    {"emit", verb_emit, "nsa emit --ast|--lowered|--ir|--llvm|--asm FILE", "print a stage"},
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

static int help(const char *name) {
  const verb *v = name ? find_verb(name) : NULL;
  if (!v) {
    print_usage(stdout);
    return 0;
  }
  printf("%s\n  %s\n\n", v->usage, v->help);
  arguments_print(v->name, stdout);
  return 0;
}

static int unknown_verb(const char *name) {
  const char *names[sizeof verbs / sizeof *verbs];
  for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
    names[k] = verbs[k].name;
  const char *near = diag_nearest(name, names, sizeof verbs / sizeof *verbs);
  fprintf(stderr, "nsa: there is no verb `%s`", name);
  if (near)
    fprintf(stderr, "; did you mean `nsa %s`?", near);
  else if (strstr(name, ".nsa"))
    fprintf(stderr, "; to run a model: nsa run %s", name);
  fprintf(stderr, "\n");
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

int driver_main(int argc, char **argv) {
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
  int code = arguments_parse(v.arena, argc, argv, &v.args) ? chosen->run(&v) : 2;
  arena_free(v.arena);
  return code;
}
