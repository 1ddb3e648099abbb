/* SPDX-License-Identifier: MIT */
/* main.c - a run from its command line to its exit code: `nsa run` and native executables alike.
 *
 * Exit codes: 0 ok, 2 usage or environment, 3 a numerical failure, 128 + n a signal. */
#include "run/one_run.h"

#include "nsa_input.h"
#include "nsa_interrupts.h"
#include "nsa_output.h"
#include "nsa_sandbox.h"
#include "nsa_starter.h"
#include "nsa_text.h"
#include "observe/record_h5.h"
#include "run/memory_limit.h"
#include "run/progress.h"
#include "run/report.h"
#include "run/resume.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool choose_folder(one_run *c, char error[SIM_ERROR_SIZE]) {
  const run_options *options = c->command->options;
  char out[RESULTS_PATH];
  if (options->no_results)
    return !options->resumes || resume_open(c, NULL, error);
  const char *folder = options->out ? options->out : c->command->program->name, *ending = options->out ? "" : ".out";
  snprintf(out, sizeof out, "%s%s%s%s", folder, ending, options->all_variants ? "/" : "",
           options->all_variants ? c->label : "");
  return options->resumes ? resume_open(c, out, error)
                          : results_open(&c->results, out, c->command->model_file, options->force, error);
}

/* The model itself comes first. It is called base, or (base) where a variant has that name. */
static const char *case_label(const nsa_program *program, uint32_t variant) {
  if (variant != NSA_NONE)
    return program->variants[variant].name;
  for (uint32_t i = 0; i < program->variants_count; i++) {
    if (strcmp(program->variants[i].name, "base") == 0)
      return "(base)";
  }
  return "base";
}

/* One object, or with several variants a list of them. */
static void show_json(const run_command *shared, const one_run *cases, uint32_t count) {
  bool is_list = shared->options->all_variants, has_any = false;
  fputs(is_list ? "[" : "", stdout);
  for (uint32_t i = 0; i < count; i++) {
    if (cases[i].json)
      printf("%s%s", has_any ? ",\n" : "", cases[i].json);
    has_any = has_any || cases[i].json;
  }
  fputs(is_list ? "]\n" : has_any ? "\n" : "", stdout);
}

/* False: there is no memory for their table. */
static bool show_measures(const run_command *shared, const one_run *cases, uint32_t count) {
  report_column *columns = calloc((size_t)count + 1, sizeof *columns);
  bool has_any = false;
  if (!columns)
    return false;
  for (uint32_t i = 0; i < count; i++) {
    columns[i] = (report_column){.name = cases[i].label, .values = cases[i].has_values ? cases[i].values : NULL};
    has_any = has_any || cases[i].has_values;
  }
  if (has_any)
    report_measures(stdout, shared->program, columns, count);
  free(columns);
  return true;
}

static void show_times(const run_command *shared, const one_run *cases, uint32_t count) {
  nsa_stage_time stages[4 * MAX_STAGES];
  uint32_t stage_count = 0;
  for (uint32_t i = 0; i < shared->info->stage_count && stage_count < 2 * MAX_STAGES; i++)
    stages[stage_count++] = shared->info->stages[i];
  for (uint32_t k = 0; k < count && cases[k].stage_count > 0; k++) {
    uint32_t before = k == 0 ? stage_count : 0; /* the compiler's stages stand before the first run */
    memcpy(stages + before, cases[k].stages, cases[k].stage_count * sizeof *stages);
    if (cases[k].label)
      fprintf(stderr, "%s:\n", cases[k].label);
    report_times(stderr, stages, before + cases[k].stage_count, k == 0 ? shared->info->process_start : 0,
                 shared->first_step_end);
  }
}

/* What the model as it stands has recorded is taken over by variants that go on from it. */
static void note_place(const one_run *c) {
  branches *b = c->command->branches;
  const char *place = one_run_place(c);
  if (b && c->variant == NSA_NONE && place)
    snprintf(b->folder, sizeof b->folder, "%s", place);
}

/* A numerical failure of one variant says nothing about the others; all else ends the command. */
static int run_all(run_command *shared, one_run *cases, uint32_t count) {
  int code = EXIT_OK;
  char error[SIM_ERROR_SIZE];
  for (uint32_t i = 0; i < count; i++)
    if (!memory_limit_check(cases[i].command->program, cases[i].command->options, error))
      return one_run_complain(&cases[i], error);
  for (uint32_t i = 0; i < count; i++) { /* all folders first: a refused one is to end no run */
    if (choose_folder(&cases[i], error))
      continue;
    for (uint32_t k = 0; k <= i; k++)
      results_discard(&cases[k].results);
    return one_run_complain(&cases[i], error);
  }
  for (uint32_t i = 0; i < count && (code == EXIT_OK || code == EXIT_NUMERICAL); i++) {
    resume_find_branch(&cases[i]);
    int this_code = one_run_execute(&cases[i]);
    code = this_code ? this_code : code;
    note_place(&cases[i]);
    one_run_release(&cases[i]);
  }
  for (uint32_t i = 0; i < count; i++)
    results_discard(&cases[i].results);
  if (shared->options->json)
    show_json(shared, cases, count);
  else if (!show_measures(shared, cases, count) && code != EXIT_ENVIRONMENT) {
    nsa_complain(shared->info->program_name, "out of memory for the table of measures");
    code = EXIT_ENVIRONMENT;
  }
  if (shared->options->time)
    show_times(shared, cases, count);
  if (code != EXIT_ENVIRONMENT) /* it may be memory that there is none of, and HDF5 takes some to end */
    h5_library_close();
  return code;
}

/* ---- variants that were compiled by themselves ---- */

/* A command for another program: the same options, read anew for it. */
typedef struct {
  run_command command;
  run_options options;
  nsa_program program;
} own_command;

static bool make_own_command(const run_command *shared, uint32_t variant, own_command *own) {
  const nsa_compiled *compiled = &shared->info->variants[variant];
  char error[SIM_ERROR_SIZE] = "";
  own->command = *shared;
  own->command.branches = NULL;
  if (!options_parse(compiled->program, shared->argc, shared->argv, &own->options, error, sizeof error)) {
    nsa_complain(shared->info->program_name, "%s: %s", shared->program->variants[variant].name, error);
    return false;
  }
  own->program = *compiled->program;
  own->program.ticks = own->options.ticks;
  own->options.starter = shared->info->starter;
  own->command.program = &own->program;
  own->command.kernels = compiled->kernels;
  own->command.options = &own->options;
  return true;
}

static bool choose_command(const run_command *shared, one_run *c, own_command *own) {
  char error[SIM_ERROR_SIZE];
  if (shared->info->variants && c->variant != NSA_NONE && shared->info->variants[c->variant].program) {
    c->command = &own->command;
    return make_own_command(shared, c->variant, own);
  }
  if (options_suit_variant(shared->options, shared->program, c->variant, error, sizeof error))
    return true;
  nsa_complain(shared->info->program_name, "%s", error);
  return false;
}

/* ---- the runs of a command ---- */

static int run_session(run_command *shared) {
  const run_options *options = shared->options;
  uint32_t count = options->all_variants ? 1 + shared->program->variants_count : 1;
  one_run *cases = calloc(count, sizeof *cases);
  own_command *own = calloc(count, sizeof *own);
  branches states = {0};
  bool is_good = cases && own && branches_list(&states, options, shared->program);
  shared->branches = &states;
  if (!is_good)
    nsa_complain(shared->info->program_name, "out of memory");
  for (uint32_t i = 0; is_good && i < count; i++) {
    cases[i].command = shared;
    cases[i].results.lock = -1;
    cases[i].variant = options->all_variants ? i - 1 : options->variant; /* 0 - 1 is NSA_NONE */
    cases[i].label = options->all_variants ? case_label(shared->program, cases[i].variant) : NULL;
    if (options->all_variants)
      is_good = choose_command(shared, &cases[i], &own[i]);
  }
  int code = is_good ? run_all(shared, cases, count) : EXIT_ENVIRONMENT;
  for (uint32_t i = 0; cases && i < count; i++) {
    free(cases[i].values);
    free(cases[i].json);
  }
  for (uint32_t i = 0; own && i < count; i++)
    options_free(&own[i].options);
  free(own);
  free(cases);
  branches_free(&states);
  return code;
}

static void print_help(const nsa_run_info *info, const nsa_program *program) {
  fputs("usage: ", stdout);
  nsa_put_safe(stdout, info->program_name, strlen(info->program_name));
  fputs(" [options]\n\nRuns the model ", stdout);
  nsa_put_safe(stdout, program->name, strlen(program->name));
  fputs(".\n\n", stdout);
  options_print(stdout);
  if (program->settables_count > 0)
    printf("\nparameters for --set:\n");
  for (uint32_t i = 0; i < program->settables_count; i++)
    printf("  %s%s%s%s\n", program->settables[i].name, program->settables[i].dimension ? "  in " : "",
           program->settables[i].dimension ? program->settables[i].unit : "",
           program->settables[i].is_initial ? "  (what the state starts with)" : "");
  if (program->variants_count > 0)
    printf("\nvariants:\n");
  for (uint32_t i = 0; i < program->variants_count; i++)
    printf("  %s\n", program->variants[i].name);
}

int nsa_run_main(const nsa_program *program, const nsa_kernel_entry *kernels, int argc, char *const *argv,
                 const nsa_run_info *info) {
  run_options options;
  char error[SIM_ERROR_SIZE] = "";
  int code = EXIT_ENVIRONMENT;
  nsa_interrupts_catch();
  if (!options_parse(program, argc, argv, &options, error, sizeof error)) {
    nsa_complain(info->program_name, "%s", error);
  } else if (options.help) {
    print_help(info, program);
    code = EXIT_OK;
  } else {
    options.starter = info->starter;
    nsa_program timed = *program;
    timed.ticks = options.ticks;
    char *model_file = realpath(info->model_path ? info->model_path : "/proc/self/exe", NULL);
    run_command shared = {.program = &timed,
                          .kernels = kernels,
                          .options = &options,
                          .info = info,
                          .model_file = model_file,
                          .argc = argc,
                          .argv = argv};
    code = run_session(&shared);
    free(model_file);
  }
  options_free(&options);
  return code;
}

/* ---- native executables ---- */

static bool has_processes(const nsa_program *p) {
  for (uint32_t i = 0; i < p->environments_count; i++)
    if (p->environments[i].source == NSA_ENVIRONMENT_EXTERNAL)
      return true;
  return false;
}

/* What the command line names, and no more: as the tool does it (src/driver/sandbox.c). */
static bool enter_sandbox(const nsa_program *p, const run_options *o) {
  nsa_sandbox s = nsa_sandbox_begin();
  for (uint32_t i = 0; i < p->folders_count; i++)
    nsa_sandbox_read(&s, p->folders[i].path);
  for (uint32_t i = 0; i < o->pattern_count; i++)
    nsa_sandbox_read_beside(&s, o->patterns[i].path);
  for (uint32_t i = 0; i < p->environments_count; i++)
    if (p->environments[i].source == NSA_ENVIRONMENT_PLUGIN_SOURCE)
      nsa_sandbox_read_beside(&s, o->sources[i]);
  if (o->resume_file)
    nsa_sandbox_read_results_of(&s, o->resume_file);
  if (!o->no_results)
    nsa_sandbox_write_beside(&s, o->out ? o->out : "results");
  return nsa_sandbox_close(&s, false);
}

/* Options that are wrong are told by the run, which reads them again. */
static bool give_up_rights(const nsa_program *program, int argc, char **argv, const nsa_run_info *info) {
  run_options options;
  char error[SIM_ERROR_SIZE];
  bool is_good = true;
  if (options_parse(program, argc, argv, &options, error, sizeof error) && !options.no_sandbox &&
      nsa_sandbox_is_wanted())
    is_good = enter_sandbox(program, &options);
  if (!is_good)
    nsa_complain(info->program_name,
                 "the system does not let it give up rights (%s); --no-sandbox goes on with all of them",
                 strerror(errno));
  options_free(&options);
  return is_good;
}

static int run_program(const nsa_program *program, const nsa_kernel_fn *kernels, int argc, char **argv,
                       const nsa_run_info *info) {
  nsa_kernel_entry *entries = calloc((size_t)program->kernels_count + 1, sizeof *entries);
  if (!entries) {
    nsa_complain(info->program_name, "out of memory");
    return EXIT_ENVIRONMENT;
  }
  for (uint32_t i = 0; i < program->kernels_count; i++)
    entries[i].fn = kernels[i];
  int count = argc > 0 ? argc - 1 : 0, code = EXIT_ENVIRONMENT;
  if (give_up_rights(program, count, argv + 1, info))
    code = nsa_run_main(program, entries, count, argv + 1, info);
  free(entries);
  return code;
}

int nsa_executable_main(const uint8_t *program_bytes, size_t program_len, const nsa_kernel_fn *kernels,
                        uint32_t kernel_count, int argc, char **argv) {
  nsa_input_guard();
  nsa_output_begin();
  nsa_interrupts_end();
  const char *name = argc > 0 && argv[0] ? argv[0] : "model", *slash = strrchr(name, '/');
  nsa_run_info info = {.program_name = slash ? slash + 1 : name, .process_start = progress_clock()};
  const char *error = NULL;
  nsa_program *program = nsa_program_read(program_bytes, program_len, &error);
  if (program && program->kernels_count != kernel_count)
    error = "its program and its kernels do not belong together";
  if (!program || error) {
    nsa_complain(info.program_name, "this executable is damaged: %s; build it again", error ? error : "unreadable");
    nsa_program_free(program);
    return EXIT_ENVIRONMENT;
  }
  nsa_starter *starter = has_processes(program) ? nsa_starter_begin() : NULL;
  info.starter = nsa_starter_socket(starter);
  int code = run_program(program, kernels, argc, argv, &info);
  nsa_starter_end(starter);
  nsa_program_free(program);
  return nsa_output_end(info.program_name, code);
}
