/* SPDX-License-Identifier: MIT */
/* one_run.c - see one_run.h. */
#include "run/one_run.h"

#include "base/interrupts.h"
#include "base/units.h"
#include "nsa_session.h"
#include "run/make.h"
#include "run/progress.h"
#include "run/report.h"
#include "run/run_json.h"
#include "state/failure.h"
#include "tick/step.h"
#include "worlds/worlds.h"

#include <stdlib.h>

static const double flush_seconds = 3;

static void end_stage(one_run *c, const char *name) {
  double now = progress_clock();
  c->stages[c->stage_count++] = (nsa_stage_time){name, now - c->stage_started};
  c->stage_started = now;
}

int one_run_complain(const one_run *c, const char *error) {
  report_error(c->command->info->program_name, "%s%s%s", c->label ? c->label : "", c->label ? ": " : "", error);
  return EXIT_ENVIRONMENT;
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

static void observe(sim *s, sim_observer observer) {
  sim_observe(s, observer);
  observer.after_tick(observer.self, s); /* t = 0 */
}

static bool open_results(one_run *c, char error[SIM_ERROR_SIZE]) {
  sim *s = c->sim;
  record_format format = {.with_csv = c->command->options->csv, .is_single = c->command->options->float32};
  if (c->folder[0] && s->program->records_count + s->program->trial_records_count > 0) {
    c->recorder = recorder_new(s, c->folder, format, error);
    if (!c->recorder)
      return false;
  }
  c->measurer = measurer_new(s, error);
  if (!c->measurer)
    return false;
  c->values = calloc((size_t)s->program->measures_count + 1, sizeof *c->values);
  if (!c->values) {
    snprintf(error, SIM_ERROR_SIZE, "out of memory for the measures");
    return false;
  }
  if (c->recorder)
    observe(s, recorder_observer(c->recorder));
  observe(s, measurer_observer(c->measurer));
  end_stage(c, "open results");
  return true;
}

/* ---- the steps ---- */

typedef enum { STEPS_DONE, STEPS_SIGNAL, STEPS_FAILED, STEPS_DISK } steps_end;

static bool is_disk_bad(const one_run *c) { return c->recorder && recorder_error(c->recorder); }

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

static steps_end run_steps(one_run *c, progress *p) {
  sim *s = c->sim;
  uint64_t ticks = s->program->ticks;
  double flushed = p->started;
  uint32_t counted = 0;
  bool has_goal = find_goal(s->program, &counted, &p->goal);
  while (s->tick < ticks && !s->is_over) {
    if (!sim_step(s)) /* an interrupt ends waits for a process, too */
      return s->failure.is_of_world && interrupts_caught() ? STEPS_SIGNAL : STEPS_FAILED;
    if (s->tick == 1 && c->command->first_step_end == 0)
      c->command->first_step_end = progress_clock();
    if (interrupts_caught())
      return s->tick < ticks && !s->is_over ? STEPS_SIGNAL : STEPS_DONE;
    if (!progress_is_due(p))
      continue;
    if (has_goal)
      p->reached = worlds_trials(s, counted);
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

static const char *const outcomes[] = {
    [STEPS_DONE] = "completed", [STEPS_SIGNAL] = "interrupted", [STEPS_FAILED] = "failed", [STEPS_DISK] = "failed"};

static void describe_stop(const sim *s, char *text, size_t size) {
  char unit[16];
  double time = units_pleasant(sim_time(s, s->tick), "ms", unit, sizeof unit);
  int len = snprintf(text, size, "stopped by %s at t = %.6g %s", interrupts_name(interrupts_caught()), time, unit);
  if (s->program->until == NSA_NONE)
    snprintf(text + len, size - (size_t)len, ", %.3g%% of the run", 100 * (double)s->tick / (double)s->program->ticks);
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
}

static int save_results(one_run *c, steps_end end, const char *message) {
  char error[SIM_ERROR_SIZE] = "";
  if (!c->folder[0])
    return EXIT_OK;
  /* Earlier results stay where the new ones are not whole. */
  bool is_good = !c->recorder || recorder_close(c->recorder, c->had_results, error);
  end_stage(c, "close results");
  run_report report = {
      .sim = c->sim,
      .options = c->command->options,
      .info = c->command->info,
      .variant = c->variant != NSA_NONE ? c->command->program->variants[c->variant].name : NULL,
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
  return is_good || end == STEPS_DISK ? EXIT_OK : one_run_complain(c, error); /* the disk was reported */
}

static int say_end(const one_run *c, steps_end end, const char *message) {
  switch (end) {
  case STEPS_FAILED:
    report_failure(stderr, c->sim);
    return c->sim->failure.is_of_world ? EXIT_ENVIRONMENT : EXIT_NUMERICAL;
  case STEPS_DISK:
    return one_run_complain(c, message);
  case STEPS_SIGNAL:
    report_error(c->command->info->program_name, "%s", message);
    return EXIT_SIGNAL + interrupts_caught();
  case STEPS_DONE:
    break;
  }
  return EXIT_OK;
}

static int finish_run(one_run *c, steps_end end) {
  char message[SIM_ERROR_SIZE];
  if (!measurer_finish(c->measurer, c->sim, c->values) && (end == STEPS_DONE || end == STEPS_SIGNAL)) {
    failure_tell(c->sim, (nsa_place){0}, true, "out of memory for the measures");
    end = STEPS_FAILED;
  }
  describe_end(c, end, message, sizeof message);
  c->has_values = end == STEPS_DONE || end == STEPS_SIGNAL;
  int code = say_end(c, end, message);
  if (end == STEPS_DONE) {
    report_until(stderr, c->sim);
    report_no_data(stderr, c->sim, c->recorder, c->values);
  }
  int saved = save_results(c, end, message);
  const run_options *options = c->command->options;
  if (!options->quiet && end != STEPS_DISK && saved == EXIT_OK) {
    if (c->label)
      fprintf(stderr, "%s: ", c->label);
    report_summary(stderr, c->sim, progress_clock() - c->started, c->folder[0] ? c->folder : NULL);
  }
  return code ? code : saved;
}

int one_run_execute(one_run *c) {
  char error[SIM_ERROR_SIZE] = "";
  c->started = c->stage_started = progress_clock();
  if (!build_network(c, error) || !open_results(c, error)) {
    int code = one_run_complain(c, error);
    if (interrupts_caught()) /* while a process was waited for */
      return EXIT_SIGNAL + interrupts_caught();
    return c->sim && c->sim->has_bad_value ? EXIT_NUMERICAL : code;
  }
  report_coupling(stderr, c->sim);
  progress p;
  progress_begin(&p, c->label, c->command->program->ticks, c->command->program->base_dt, c->command->options->quiet);
  steps_end end = run_steps(c, &p);
  if (end == STEPS_DONE && is_disk_bad(c))
    end = STEPS_DISK;
  progress_end(&p);
  end_stage(c, "steps");
  add_step_stages(c);
  return finish_run(c, end);
}

void one_run_release(one_run *c) {
  recorder_free(c->recorder);
  measurer_free(c->measurer);
  sim_free(c->sim);
  c->recorder = NULL;
  c->measurer = NULL;
  c->sim = NULL;
}
