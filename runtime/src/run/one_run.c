/* SPDX-License-Identifier: MIT */
/* one_run.c - see one_run.h. */
#include "run/one_run.h"

#include "base/units.h"
#include "nsa_interrupts.h"
#include "nsa_session.h"
#include "nsa_text.h"
#include "observe/record_measures.h"
#include "run/make.h"
#include "run/progress.h"
#include "run/report.h"
#include "run/resume.h"
#include "run/run_json.h"
#include "state/failure.h"
#include "tick/step.h"
#include "worlds/worlds.h"

#include <stdlib.h>

/* What is recorded goes to the disk so often, but takes no more of the time than this share. */
static const double flush_seconds = 0.2, flush_share = 0.02;

static void end_stage(one_run *c, const char *name) {
  double now = progress_clock();
  c->stages[c->stage_count++] = (nsa_stage_time){name, now - c->stage_started};
  c->stage_started = now;
}

int one_run_complain(const one_run *c, const char *error) {
  nsa_complain(c->command->info->program_name, "%s%s%s", c->label ? c->label : "", c->label ? ": " : "", error);
  return EXIT_ENVIRONMENT;
}

const char *one_run_variant(const one_run *c) {
  return c->variant != NSA_NONE ? c->command->program->variants[c->variant].name : NULL;
}

/* ---- before the first step ---- */

/* What wins: file, population, variant, --set. */
static bool build_with(one_run *c, const nsa_inputs *inputs, char error[SIM_ERROR_SIZE]) {
  const run_command *shared = c->command;
  c->sim = sim_new(shared->program, shared->kernels, shared->options->seed, shared->options->threads, error);
  if (!c->sim)
    return false;
  c->sim->timed = shared->options->time;
  c->sim->inputs = inputs;
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

/* Files are read first: the processes that do so are started before there are threads. */
static bool build_network(one_run *c, char error[SIM_ERROR_SIZE]) {
  nsa_inputs *inputs = nsa_inputs_read(c->command->program, error);
  bool is_built = inputs && build_with(c, inputs, error);
  if (c->sim)
    c->sim->inputs = NULL;
  nsa_inputs_free(inputs);
  return is_built;
}

/* A run that goes on has been looked at. */
static void observe(one_run *c, sim_observer observer) {
  sim_observe(c->sim, observer);
  if (!c->origin && !c->branch)
    observer.after_tick(observer.self, c->sim); /* t = 0 */
}

static bool has_results(const one_run *c) { return c->results.lock >= 0; }

/* sim and recorder may still be missing. */
static run_report report_of(const one_run *c, const char *outcome) {
  return (run_report){
      .program = c->command->program,
      .sim = c->sim,
      .options = c->command->options,
      .info = c->command->info,
      .model_file = c->command->model_file,
      .variant = one_run_variant(c),
      .folder = c->results.part,
      .outcome = outcome,
      .recorder = c->recorder,
      .stages = c->stages,
      .stage_count = c->stage_count,
      .wall_seconds = progress_clock() - c->started,
  };
}

static bool say_running(const one_run *c, char error[SIM_ERROR_SIZE]) {
  run_report report = report_of(c, "running");
  return !has_results(c) || run_json_write(&report, error);
}

static bool open_recorder(one_run *c, char error[SIM_ERROR_SIZE]) {
  const nsa_program *program = c->command->program;
  record_format format = {.with_csv = c->command->options->csv, .is_single = c->command->options->float32};
  if (has_results(c) && program->records_count + program->trial_records_count > 0) {
    c->recorder = recorder_new(c->sim, resume_folder(c), format, error);
    if (!c->recorder)
      return false;
  }
  return true;
}

/* Variants go on from states of the model as it stands. */
static bool has_branches(const one_run *c) { return c->command->branches && c->variant == NSA_NONE; }

static void await_branch(one_run *c) {
  if (has_branches(c))
    series_look_at(&c->checkpoints, c->sim, branches_next(c->command->branches, c->sim->tick));
}

static void keep_branch(one_run *c) {
  if (c->recorder)
    recorder_flush(c->recorder);
  branches_keep(c->command->branches, c->sim);
  await_branch(c);
}

/* From where it goes on, and what it leaves on its way. */
static bool begin_checkpoints(one_run *c, char error[SIM_ERROR_SIZE]) {
  const run_command *shared = c->command;
  if ((c->origin || c->branch) && !resume_restore(c, error))
    return false;
  if (shared->options->checkpoints.keep > 0 && !worlds_can_be_kept(c->sim, error))
    return false;
  if (!series_begin(&c->checkpoints, &shared->options->checkpoints, c->results.part, one_run_variant(c), c->sim,
                    progress_clock(), error))
    return false;
  await_branch(c);
  return say_running(c, error);
}

static bool open_results(one_run *c, char error[SIM_ERROR_SIZE]) {
  sim *s = c->sim;
  if (!open_recorder(c, error))
    return false;
  c->measurer = measurer_new(s, error);
  if (!c->measurer)
    return false;
  c->values = calloc((size_t)s->program->measures_count + 1, sizeof *c->values);
  if (!c->values) {
    snprintf(error, SIM_ERROR_SIZE, "out of memory for the measures");
    return false;
  }
  if (c->recorder)
    observe(c, recorder_observer(c->recorder));
  observe(c, measurer_observer(c->measurer));
  if (!begin_checkpoints(c, error))
    return false;
  end_stage(c, "open results");
  return true;
}

/* ---- the steps ---- */

typedef enum { STEPS_DONE, STEPS_SIGNAL, STEPS_FAILED, STEPS_DISK, STEPS_OUTPUT } steps_end;

static bool is_disk_bad(const one_run *c) { return c->recorder && recorder_error(c->recorder); }

static bool is_output_large(const one_run *c) {
  uint64_t most = c->command->options->max_output;
  return most > 0 && c->recorder && recorder_bytes(c->recorder) > most;
}

/* `run until maze.trials == 20` is 20 trials long, and not the most time that it may take. */
static bool find_goal(const nsa_program *p, uint32_t *environment, uint64_t *goal) {
  const nsa_measure_node *node = p->until == NSA_NONE ? NULL : &p->measure_nodes[p->until];
  if (!node || (node->kind != NSA_MEASURE_EQ && node->kind != NSA_MEASURE_GE))
    return false;
  const nsa_measure_node *a = &p->measure_nodes[node->a], *b = &p->measure_nodes[node->b];
  if (a->kind != NSA_MEASURE_TRIALS || b->kind != NSA_MEASURE_NUMBER || !(b->number >= 1 && b->number < 1e15))
    return false;
  *environment = a->environment;
  *goal = (uint64_t)b->number;
  return true;
}

static double next_flush(double began, double ended) {
  double rest = (ended - began) / flush_share;
  return ended + (rest > flush_seconds ? rest : flush_seconds);
}

static bool is_at_end(const sim *s) { return s->tick >= s->program->ticks || s->is_over; }

/* One that fails is told, and the run goes on. */
static void save_state(one_run *c) {
  char error[SIM_ERROR_SIZE];
  if (!series_save(&c->checkpoints, c->sim, c->recorder, progress_clock(), error))
    one_run_complain(c, error);
}

/* Where there are checkpoints, an interrupt ends the run at the next tick at which it can be saved. */
static bool ends_by_interrupt(one_run *c) {
  bool is_saving = c->checkpoints.plan.keep > 0 && !is_at_end(c->sim);
  if (is_saving)
    series_ask(&c->checkpoints, c->sim);
  if (is_saving && !series_is_due(&c->checkpoints, c->sim))
    return false;
  if (is_saving)
    save_state(c);
  return true;
}

static steps_end run_steps(one_run *c, progress *p) {
  sim *s = c->sim;
  double flush_due = p->started + flush_seconds;
  uint32_t counted = 0;
  bool has_goal = find_goal(s->program, &counted, &p->goal);
  while (!is_at_end(s)) {
    if (!sim_step(s)) /* an interrupt ends waits for a process, too */
      return s->failure.is_of_world && nsa_interrupts_caught() ? STEPS_SIGNAL : STEPS_FAILED;
    if (c->command->first_step_end == 0)
      c->command->first_step_end = progress_clock();
    if (nsa_interrupts_caught() && ends_by_interrupt(c))
      return is_at_end(s) ? STEPS_DONE : STEPS_SIGNAL;
    if (is_output_large(c))
      return STEPS_OUTPUT;
    if (s->tick >= c->checkpoints.other)
      keep_branch(c);
    if (series_is_due(&c->checkpoints, s) && !is_at_end(s))
      save_state(c);
    if (!progress_is_due(p))
      continue;
    series_look(&c->checkpoints, s, progress_clock());
    if (has_goal)
      p->reached = worlds_trials(s, counted);
    double now = progress_look(p, s->tick);
    if (c->recorder && now >= flush_due) {
      recorder_flush(c->recorder);
      flush_due = next_flush(now, progress_clock());
    }
    if (is_disk_bad(c))
      return STEPS_DISK;
  }
  return STEPS_DONE;
}

static void add_step_stages(one_run *c) {
  const sim_times *times = &c->sim->times;
  if (!c->sim->timed)
    return;
  const nsa_stage_time parts[] = {{"  arrivals", times->arrivals}, {"  stimuli", times->stimuli},
                                  {"  step kernels", times->step}, {"  link sums", times->sums},
                                  {"  decisions", times->worlds},  {"  record", times->record}};
  double all = c->stages[c->stage_count - 1].seconds, sum = 0; /* "steps" was the last stage */
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    sum += parts[i].seconds;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    if (parts[i].seconds >
        0) /* only some ticks were timed, and reading the clock takes time: shares hold, sums may not */
      c->stages[c->stage_count++] = (nsa_stage_time){parts[i].name, parts[i].seconds * (sum > all ? all / sum : 1)};
}

/* ---- after the last step ---- */

static const char *const outcomes[] = {[STEPS_DONE] = "completed",
                                       [STEPS_SIGNAL] = "interrupted",
                                       [STEPS_FAILED] = "failed",
                                       [STEPS_DISK] = "failed",
                                       [STEPS_OUTPUT] = "failed"};

static void describe_stop(const sim *s, char *text, size_t size) {
  char unit[16];
  double time = units_pleasant(sim_time(s, s->tick), "ms", unit, sizeof unit);
  int len =
      snprintf(text, size, "stopped by %s at t = %.6g %s", nsa_interrupts_name(nsa_interrupts_caught()), time, unit);
  if (s->program->until == NSA_NONE)
    snprintf(text + len, size - (size_t)len, ", %.3g%% of the run", 100 * (double)s->tick / (double)s->program->ticks);
}

static void describe_size(const sim *s, uint64_t most, char *text, size_t size) {
  char unit[16];
  double time = units_pleasant(sim_time(s, s->tick), "ms", unit, sizeof unit);
  snprintf(text, size, "stopped at t = %.6g %s: the recordings are larger than --max-output %.4g MB", time, unit,
           (double)most * 1e-6);
}

static void describe_end(const one_run *c, steps_end end, char *text, size_t size) {
  const sim *s = c->sim;
  text[0] = 0;
  if (end == STEPS_FAILED)
    report_failure_text(s, text, size);
  else if (end == STEPS_SIGNAL)
    describe_stop(s, text, size);
  else if (end == STEPS_DISK)
    snprintf(text, size, "%s", recorder_error(c->recorder));
  else if (end == STEPS_OUTPUT)
    describe_size(s, c->command->options->max_output, text, size);
}

static int complain_of_disk(const one_run *c, const char *message) {
  char text[SIM_ERROR_SIZE + 400];
  snprintf(text, sizeof text, "%s; what was flushed before is in %.300s", message, c->results.part);
  return one_run_complain(c, text);
}

/* A run that failed or was interrupted replaces none that completed. */
static bool may_replace(const one_run *c, steps_end end) {
  return end == STEPS_DONE || (end != STEPS_DISK && !c->results.has_completed);
}

static int save_results(one_run *c, steps_end end, const char *message) {
  char error[SIM_ERROR_SIZE] = "", later[SIM_ERROR_SIZE];
  if (!has_results(c))
    return EXIT_OK;
  bool is_good = !c->recorder || recorder_close(c->recorder, error);
  is_good = is_good && record_measures(c->measurer, c->sim, c->results.part, c->command->options->csv, error);
  end_stage(c, "close results");
  run_report report = report_of(c, is_good ? outcomes[end] : "failed");
  report.message = is_good ? message : error;
  report.message = report.message[0] ? report.message : NULL;
  report.values = c->values;
  bool is_told = run_json_write(&report, is_good ? error : later);
  is_good = is_good && is_told && (!may_replace(c, end) || results_publish(&c->results, error));
  return is_good || end == STEPS_DISK ? EXIT_OK : complain_of_disk(c, error); /* the disk was reported */
}

const char *one_run_place(const one_run *c) {
  if (!c->results.is_begun)
    return NULL;
  return has_results(c) ? c->results.part : c->results.out;
}

static int say_end(const one_run *c, steps_end end, const char *message) {
  switch (end) {
  case STEPS_FAILED:
    report_failure(stderr, c->sim);
    return c->sim->failure.is_of_world ? EXIT_ENVIRONMENT : EXIT_NUMERICAL;
  case STEPS_DISK:
    return complain_of_disk(c, message);
  case STEPS_OUTPUT:
    return one_run_complain(c, message);
  case STEPS_SIGNAL:
    nsa_complain(c->command->info->program_name, "%s", message);
    return EXIT_SIGNAL + nsa_interrupts_caught();
  case STEPS_DONE:
    break;
  }
  return EXIT_OK;
}

static bool keep_json(one_run *c, const char *outcome, const char *message) {
  run_report report = report_of(c, outcome);
  report.message = message[0] ? message : NULL;
  report.values = c->values;
  c->json = run_json_outcome(&report);
  return c->json;
}

static int finish_run(one_run *c, steps_end end) {
  char message[SIM_ERROR_SIZE];
  if (!measurer_finish(c->measurer, c->sim, c->values) && (end == STEPS_DONE || end == STEPS_SIGNAL)) {
    failure_tell(c->sim, (nsa_place){0}, true, "out of memory for the measures");
    end = STEPS_FAILED;
  }
  describe_end(c, end, message, sizeof message);
  c->has_values = end == STEPS_DONE || end == STEPS_SIGNAL || end == STEPS_OUTPUT;
  int code = say_end(c, end, message);
  if (end == STEPS_DONE) {
    report_until(stderr, c->sim);
    report_no_data(stderr, c->sim, c->recorder, c->values);
  }
  int saved = save_results(c, end, message);
  const run_options *options = c->command->options;
  if (options->json && !keep_json(c, saved == EXIT_OK ? outcomes[end] : "failed", message))
    saved = one_run_complain(c, "out of memory for --json");
  if (!options->quiet && end != STEPS_DISK && saved == EXIT_OK) {
    if (c->label)
      fprintf(stderr, "%s: ", c->label);
    report_summary(stderr, c->sim, c->first_tick, progress_clock() - c->started, one_run_place(c));
  }
  return code ? code : saved;
}

/* What there is of the results before the first step. */
static void note_results(one_run *c, void (*note)(const char *path)) {
  static const char *const names[] = {"run.json", ".lock"};
  for (size_t i = 0; has_results(c) && !c->results.is_continued && i < sizeof names / sizeof *names; i++) {
    snprintf(c->begun[i], sizeof c->begun[i], "%s/%s", c->results.part, names[i]);
    note(c->begun[i]);
  }
  if (has_results(c) && !c->results.is_continued)
    note(c->results.part);
}

/* There is nothing to keep yet: an interrupt ends the process. */
static bool make_network(one_run *c, char error[SIM_ERROR_SIZE]) {
  note_results(c, nsa_leftover_file);
  nsa_interrupts_end();
  bool is_made = build_network(c, error);
  nsa_interrupts_catch();
  note_results(c, nsa_leftover_forget_file);
  return is_made;
}

int one_run_execute(one_run *c) {
  char error[SIM_ERROR_SIZE] = "";
  c->started = c->stage_started = progress_clock();
  if ((!c->results.is_continued && !say_running(c, error)) || !make_network(c, error) || !open_results(c, error)) {
    int code = one_run_complain(c, error);
    bool is_of_model = c->sim && c->sim->has_bad_value;
    if (is_of_model)
      report_place(stderr, c->command->program, c->sim->failure.at);
    recorder_free(c->recorder);
    c->recorder = NULL;
    results_discard(&c->results);
    if (nsa_interrupts_caught()) /* while a process was waited for */
      return EXIT_SIGNAL + nsa_interrupts_caught();
    return is_of_model ? EXIT_NUMERICAL : code;
  }
  report_coupling(stderr, c->sim);
  progress p;
  progress_begin(&p, c->label, c->first_tick, c->command->program->ticks, c->command->program->base_dt,
                 c->command->options->quiet);
  steps_end end = run_steps(c, &p);
  if (end == STEPS_DONE && is_disk_bad(c))
    end = STEPS_DISK;
  progress_end(&p);
  end_stage(c, "steps");
  add_step_stages(c);
  return finish_run(c, end);
}

void one_run_release(one_run *c) {
  checkpoint_free(c->origin);
  c->origin = NULL;
  recorder_free(c->recorder);
  results_close(&c->results);
  measurer_free(c->measurer);
  sim_free(c->sim);
  c->recorder = NULL;
  c->measurer = NULL;
  c->sim = NULL;
}
