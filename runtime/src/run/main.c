/* SPDX-License-Identifier: MIT */
/* main.c - a run from its command line to its exit code: `nsa run` and native executables alike.
 *
 * Exit codes: 0 ok, 2 usage or environment, 3 a numerical failure, 128 + n a signal. */
#include "base/interrupts.h"
#include "base/units.h"
#include "observe/measure.h"
#include "observe/record.h"
#include "observe/record_h5.h"
#include "run/make.h"
#include "run/options.h"
#include "run/progress.h"
#include "run/report.h"
#include "run/run_json.h"
#include "tick/step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_ENVIRONMENT = 2, EXIT_NUMERICAL = 3, EXIT_SIGNAL = 128 };
enum { MAX_STAGES = 16, FOLDER_SIZE = 4096 };
static const double flush_seconds = 3;

/* What all runs of one command share. */
typedef struct {
  const nsa_program *program; /* with the length of --for */
  const nsa_kernel_entry *kernels;
  const run_options *options;
  const nsa_run_info *info;
  double first_step_end; /* of the first run */
} session;

/* One run: the model as it stands or one of its variants. */
typedef struct {
  session *session;
  uint32_t variant;         /* NSA_NONE */
  const char *label;        /* for messages, when there are several runs; else NULL */
  char folder[FOLDER_SIZE]; /* "": nothing is written */
  bool had_results;
  sim *sim;
  recorder *recorder;
  measurer *measurer;
  double *values; /* of measures */
  bool has_values;
  double started;
  nsa_stage_time stages[MAX_STAGES];
  uint32_t stage_count;
  double stage_started;
} run_case;

static void end_stage(run_case *c, const char *name) {
  double now = progress_clock();
  c->stages[c->stage_count++] = (nsa_stage_time){name, now - c->stage_started};
  c->stage_started = now;
}

static int complain(const run_case *c, const char *error) {
  report_error(c->session->info->program_name, "%s%s%s", c->label ? c->label : "", c->label ? ": " : "", error);
  return EXIT_ENVIRONMENT;
}

/* ---- before the first step ---- */

/* What wins: file, population, variant, --set. */
static bool build_network(run_case *c, char error[SIM_ERROR_SIZE]) {
  const session *shared = c->session;
  c->sim = sim_new(shared->program, shared->kernels, shared->options->seed, shared->options->threads, error);
  if (!c->sim)
    return false;
  c->sim->timed = shared->options->time;
  if (!options_apply(shared->options, c->variant, c->sim, error))
    return false;
  end_stage(c, "allocate");
  if (!sim_connect(c->sim, error))
    return false;
  end_stage(c, "connect");
  if (!sim_init(c->sim, error))
    return false;
  if (!shared->info->is_reference && !step_fuse(c->sim, error))
    return false;
  end_stage(c, "initialise");
  return true;
}

static void observe(sim *s, sim_observer observer) {
  sim_observe(s, observer);
  observer.after_tick(observer.self, s); /* t = 0 */
}

static bool open_results(run_case *c, char error[SIM_ERROR_SIZE]) {
  sim *s = c->sim;
  record_format format = {.with_csv = c->session->options->csv, .is_single = c->session->options->float32};
  if (c->folder[0] && s->program->records_count > 0) {
    c->recorder = recorder_new(s, c->folder, format, error);
    if (!c->recorder)
      return false;
  }
  c->measurer = measurer_new(s, error);
  c->values = calloc((size_t)s->program->measures_count + 1, sizeof *c->values);
  if (!c->measurer || !c->values)
    return false;
  if (c->recorder)
    observe(s, recorder_observer(c->recorder));
  observe(s, measurer_observer(c->measurer));
  end_stage(c, "open results");
  return true;
}

/* ---- the steps ---- */

typedef enum { STEPS_DONE, STEPS_SIGNAL, STEPS_NUMERICAL, STEPS_DISK } steps_end;

static bool is_disk_bad(const run_case *c) { return c->recorder && recorder_error(c->recorder); }

static steps_end run_steps(run_case *c, progress *p) {
  sim *s = c->sim;
  uint64_t ticks = s->program->ticks;
  double flushed = p->started;
  while (s->tick < ticks) {
    if (!sim_step(s))
      return STEPS_NUMERICAL;
    if (s->tick == 1 && c->session->first_step_end == 0)
      c->session->first_step_end = progress_clock();
    if (interrupts_caught())
      return s->tick < ticks ? STEPS_SIGNAL : STEPS_DONE;
    if (!progress_is_due(p))
      continue;
    double now = progress_look(p, s->tick);
    if (c->recorder && now - flushed >= flush_seconds) {
      recorder_flush(c->recorder);
      flushed = now;
    }
    if (is_disk_bad(c))
      return STEPS_DISK;
  }
  return STEPS_DONE;
}

static void add_step_stages(run_case *c) {
  const sim_times *times = &c->sim->times;
  if (!c->sim->timed)
    return;
  const nsa_stage_time parts[] = {{"  arrivals", times->arrivals},    {"  stimuli", times->stimuli},
                                  {"  step kernels", times->step},    {"  events", times->events},
                                  {"  source terms", times->sources}, {"  link sums", times->sums},
                                  {"  record", times->record}};
  double all = c->stages[c->stage_count - 1].seconds, sum = 0; /* "steps" was the last stage */
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    sum += parts[i].seconds;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    if (parts[i].seconds > 0) /* reading the clock is in the ticks that were timed only: shares hold, sums may not */
      c->stages[c->stage_count++] = (nsa_stage_time){parts[i].name, parts[i].seconds * (sum > all ? all / sum : 1)};
}

/* ---- after the last step ---- */

static const char *const outcomes[] = {
    [STEPS_DONE] = "completed", [STEPS_SIGNAL] = "interrupted", [STEPS_NUMERICAL] = "failed", [STEPS_DISK] = "failed"};

static void describe_stop(const sim *s, char *text, size_t size) {
  char unit[16];
  double time = units_pleasant(sim_time(s, s->tick), "ms", unit, sizeof unit);
  snprintf(text, size, "stopped by %s at t = %.6g %s, %.3g%% of the run", interrupts_name(interrupts_caught()), time,
           unit, 100 * (double)s->tick / (double)s->program->ticks);
}

static void describe_end(const run_case *c, steps_end end, char *text, size_t size) {
  const sim *s = c->sim;
  text[0] = 0;
  if (end == STEPS_NUMERICAL)
    report_failure_text(s, text, size);
  else if (end == STEPS_SIGNAL)
    describe_stop(s, text, size);
  else if (end == STEPS_DISK)
    snprintf(text, size, "%s", recorder_error(c->recorder));
}

static int save_results(run_case *c, steps_end end, const char *message) {
  char error[SIM_ERROR_SIZE] = "";
  if (!c->folder[0])
    return EXIT_OK;
  /* Earlier results stay as they are when the new ones are not whole. */
  bool is_good = !c->recorder || recorder_close(c->recorder, c->had_results, error);
  end_stage(c, "close results");
  run_report report = {
      .sim = c->sim,
      .options = c->session->options,
      .info = c->session->info,
      .variant = c->variant != NSA_NONE ? c->session->program->variants[c->variant].name : NULL,
      .folder = c->folder,
      .outcome = is_good ? outcomes[end] : "failed",
      .message = !is_good     ? error
                 : message[0] ? message
                              : NULL,
      .recorder = c->recorder,
      .values = c->values,
      .stages = c->stages,
      .stage_count = c->stage_count,
      .wall_seconds = progress_clock() - c->started,
  };
  if (is_good)
    is_good = run_json_write(&report, error);
  return is_good || end == STEPS_DISK ? EXIT_OK : complain(c, error); /* the disk was reported */
}

static int say_end(const run_case *c, steps_end end, const char *message) {
  switch (end) {
  case STEPS_NUMERICAL:
    report_failure(stderr, c->sim);
    return EXIT_NUMERICAL;
  case STEPS_DISK:
    return complain(c, message);
  case STEPS_SIGNAL:
    report_error(c->session->info->program_name, "%s", message);
    return EXIT_SIGNAL + interrupts_caught();
  case STEPS_DONE:
    break;
  }
  return EXIT_OK;
}

static int finish_run(run_case *c, steps_end end) {
  char message[SIM_ERROR_SIZE];
  describe_end(c, end, message, sizeof message);
  measurer_finish(c->measurer, c->sim, c->values);
  c->has_values = end == STEPS_DONE || end == STEPS_SIGNAL;
  int code = say_end(c, end, message);
  if (end == STEPS_DONE)
    report_no_data(stderr, c->sim, c->recorder, c->values);
  int saved = save_results(c, end, message);
  const run_options *options = c->session->options;
  if (!options->quiet && end != STEPS_DISK && saved == EXIT_OK) {
    if (c->label)
      fprintf(stderr, "%s: ", c->label);
    report_summary(stderr, c->sim, progress_clock() - c->started, c->folder[0] ? c->folder : NULL);
  }
  return code ? code : saved;
}

static int execute(run_case *c) {
  char error[SIM_ERROR_SIZE] = "";
  c->started = c->stage_started = progress_clock();
  if (!build_network(c, error) || !open_results(c, error)) {
    int code = complain(c, error);
    return c->sim && c->sim->has_bad_value ? EXIT_NUMERICAL : code;
  }
  report_coupling(stderr, c->sim);
  progress p;
  progress_begin(&p, c->label, c->session->program->ticks, c->session->program->base_dt, c->session->options->quiet);
  steps_end end = run_steps(c, &p);
  if (end == STEPS_DONE && is_disk_bad(c))
    end = STEPS_DISK;
  progress_end(&p);
  end_stage(c, "steps");
  add_step_stages(c);
  return finish_run(c, end);
}

static void release(run_case *c) {
  recorder_free(c->recorder);
  measurer_free(c->measurer);
  sim_free(c->sim);
  c->recorder = NULL;
  c->measurer = NULL;
  c->sim = NULL;
}

/* ---- all runs of a command ---- */

static bool choose_folder(run_case *c, char error[SIM_ERROR_SIZE]) {
  const run_options *options = c->session->options;
  const nsa_program *program = c->session->program;
  if (options->no_results)
    return true;
  char out[FOLDER_SIZE / 2], json[FOLDER_SIZE + 16];
  snprintf(out, sizeof out, "%s%s", options->out ? options->out : program->name, options->out ? "" : ".out");
  if (options->all_variants)
    snprintf(c->folder, sizeof c->folder, "%s/%s", out, c->label);
  else
    snprintf(c->folder, sizeof c->folder, "%s", out);
  snprintf(json, sizeof json, "%s/run.json", c->folder);
  c->had_results = access(json, F_OK) == 0;
  return results_prepare(c->folder, options->force, error);
}

/* The model itself comes first; its name gives way to a variant that is called so. */
static const char *case_label(const nsa_program *program, uint32_t variant) {
  if (variant != NSA_NONE)
    return program->variants[variant].name;
  for (uint32_t i = 0; i < program->variants_count; i++) {
    if (strcmp(program->variants[i].name, "base") == 0)
      return "(base)";
  }
  return "base";
}

static void show_measures(const session *shared, const run_case *cases, uint32_t count) {
  report_column *columns = calloc((size_t)count + 1, sizeof *columns);
  bool has_any = false;
  for (uint32_t i = 0; columns && i < count; i++) {
    columns[i] = (report_column){cases[i].label, cases[i].has_values ? cases[i].values : NULL};
    has_any = has_any || cases[i].has_values;
  }
  if (columns && has_any)
    report_measures(stdout, shared->program, columns, count);
  free(columns);
}

static void show_times(const session *shared, const run_case *cases, uint32_t count) {
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

/* A reader that has seen enough (| head) is no failure, a full disk behind stdout is. */
static int check_stdout(const session *shared, int code) {
  errno = 0;
  if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
    return code;
  report_error(shared->info->program_name, "cannot write the measures to stdout: %s", strerror(errno));
  return code ? code : EXIT_ENVIRONMENT;
}

/* A numerical failure of one variant says nothing about the others; all else ends the command. */
static int run_all(session *shared, run_case *cases, uint32_t count) {
  int code = EXIT_OK;
  char error[SIM_ERROR_SIZE];
  for (uint32_t i = 0; i < count; i++) { /* first all folders: no run is to end at a refused one */
    if (!choose_folder(&cases[i], error))
      return complain(&cases[i], error);
  }
  for (uint32_t i = 0; i < count && (code == EXIT_OK || code == EXIT_NUMERICAL); i++) {
    int this_code = execute(&cases[i]);
    code = this_code ? this_code : code;
    release(&cases[i]);
  }
  show_measures(shared, cases, count);
  if (shared->options->time)
    show_times(shared, cases, count);
  if (code != EXIT_ENVIRONMENT)
    h5_library_close();
  return check_stdout(shared, code);
}

static int run_session(session *shared) {
  const run_options *options = shared->options;
  uint32_t count = options->all_variants ? 1 + shared->program->variants_count : 1;
  run_case *cases = calloc(count, sizeof *cases);
  if (!cases) {
    report_error(shared->info->program_name, "out of memory");
    return EXIT_ENVIRONMENT;
  }
  for (uint32_t i = 0; i < count; i++) {
    cases[i].session = shared;
    cases[i].variant = options->all_variants ? i - 1 : options->variant; /* 0 - 1 is NSA_NONE */
    cases[i].label = options->all_variants ? case_label(shared->program, cases[i].variant) : NULL;
  }
  int code = run_all(shared, cases, count);
  for (uint32_t i = 0; i < count; i++)
    free(cases[i].values);
  free(cases);
  return code;
}

static int print_help(const nsa_run_info *info, const nsa_program *program) {
  printf("usage: %s [options]\n\nRuns the model %s.\n\n", info->program_name, program->name);
  options_print(stdout);
  if (program->settables_count > 0)
    printf("\nparameters for --set:\n");
  for (uint32_t i = 0; i < program->settables_count; i++)
    printf("  %s%s%s\n", program->settables[i].name, program->settables[i].dimension ? "  in " : "",
           program->settables[i].dimension ? program->settables[i].unit : "");
  if (program->variants_count > 0)
    printf("\nvariants:\n");
  for (uint32_t i = 0; i < program->variants_count; i++)
    printf("  %s\n", program->variants[i].name);
  return fflush(stdout) == 0 || errno == EPIPE ? EXIT_OK : EXIT_ENVIRONMENT;
}

int nsa_run_main(const nsa_program *program, const nsa_kernel_entry *kernels, int argc, char *const *argv,
                 const nsa_run_info *info) {
  run_options options;
  char error[SIM_ERROR_SIZE] = "";
  int code = EXIT_ENVIRONMENT;
  interrupts_install();
  if (!options_parse(program, argc, argv, &options, error, sizeof error)) {
    report_error(info->program_name, "%s", error);
  } else if (options.help) {
    code = print_help(info, program);
  } else {
    nsa_program timed = *program;
    timed.ticks = options.ticks;
    session shared = {.program = &timed, .kernels = kernels, .options = &options, .info = info};
    code = run_session(&shared);
  }
  options_free(&options);
  return code;
}

/* ---- native executables ---- */

static int run_program(const nsa_program *program, const nsa_kernel_fn *kernels, int argc, char **argv,
                       const nsa_run_info *info) {
  nsa_kernel_entry *entries = calloc((size_t)program->kernels_count + 1, sizeof *entries);
  if (!entries) {
    report_error(info->program_name, "out of memory");
    return EXIT_ENVIRONMENT;
  }
  for (uint32_t i = 0; i < program->kernels_count; i++)
    entries[i].fn = kernels[i];
  int code = nsa_run_main(program, entries, argc > 0 ? argc - 1 : 0, argv + 1, info);
  free(entries);
  return code;
}

int nsa_executable_main(const uint8_t *program_bytes, size_t program_len, const nsa_kernel_fn *kernels,
                        uint32_t kernel_count, int argc, char **argv) {
  const char *name = argc > 0 && argv[0] ? argv[0] : "model", *slash = strrchr(name, '/');
  nsa_run_info info = {.program_name = slash ? slash + 1 : name, .process_start = progress_clock()};
  const char *error = NULL;
  nsa_program *program = nsa_program_read(program_bytes, program_len, &error);
  if (program && program->kernels_count != kernel_count)
    error = "its program and its kernels do not belong together";
  if (!program || error) {
    report_error(info.program_name, "this executable is damaged: %s; build it again", error ? error : "unreadable");
    nsa_program_free(program);
    return EXIT_ENVIRONMENT;
  }
  int code = run_program(program, kernels, argc, argv, &info);
  nsa_program_free(program);
  return code;
}
