/* SPDX-License-Identifier: MIT */
/* find.c - the verb: compile once, bisect, say what was found. */
#include "driver/find.h"
#include "driver/workers.h"
#include "nsa_interrupts.h"
#include "nsa_text.h"
#include "support/exhausted.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

typedef struct {
  const find_plan *plan;
  compilation *first; /* with the lower end */
  nsa_inputs *inputs;
  find_result *results; /* by seed */
  uint32_t done;
  workers crew;
  pthread_mutex_t compiling;
} finding;

static int complain(const char *message) {
  nsa_complain("nsa find", "%s", message);
  return 2;
}

/* ---- one run ---- */

/* What --set says, and the param with this value. */
static const char *const *settings_with(arena *a, const find_plan *plan, const char *setting) {
  const sweep_plan *sweep = &plan->sweep;
  const char **all = ARENA_ARRAY(a, const char *, sweep->axes.len + 1);
  for (uint32_t k = 0; k < sweep->axes.len; k++)
    all[k] = arena_printf(a, "%s=%s", sweep->axes.data[k].name, sweep->axes.data[k].values.data[0]);
  all[sweep->axes.len] = setting;
  return all;
}

static const char *setting_at(arena *a, const find_plan *plan, double at) {
  return arena_printf(a, "%s=%s", plan->name, sweep_quantity(a, at, plan->ends.unit));
}

static sweep_outcome run_compiled(arena *a, finding *f, const compilation *c, uint32_t seed, const char *setting) {
  const sweep_plan *sweep = &f->plan->sweep;
  uint32_t at_once = sweep->jobs < sweep->seeds.len ? sweep->jobs : sweep->seeds.len;
  return sweep_point_run(a, sweep, c, f->inputs, sweep_point_at(sweep, seed), setting,
                         (sweep_runner){.at_once = at_once}, f->first->ir->program->measures_count);
}

/* A param of the top level: the model is compiled with it. */
static sweep_outcome run_anew(arena *a, finding *f, uint32_t seed, const char *setting) {
  compilation c;
  compile_options options = *f->first->options;
  sweep_outcome out = {.end = NSA_SESSION_FAILED};
  options.settings = settings_with(a, f->plan, setting);
  options.setting_count = f->plan->sweep.axes.len + 1;
  compile_start(&c, &options);
  pthread_mutex_lock(&f->compiling);
  bool is_compiled = compile_to(&c, STAGE_LINK) == 0;
  pthread_mutex_unlock(&f->compiling);
  if (is_compiled)
    out = run_compiled(a, f, &c, seed, setting);
  else
    out.reason = sweep_compile_failure(&c);
  compile_free(&c);
  return out;
}

/* Which of the numbers that are compared has no value; NULL: all have one. */
static const char *without_value(const finding *f, const double *values) {
  const nsa_program *program = f->first->ir->program;
  uint32_t where = program->measures_count - 1;
  for (uint32_t k = where - f->first->model->compared; k < where; k++)
    if (isnan(values[k]))
      return program->measures[k].name;
  return NULL;
}

/* False: there is no answer, and the result says why. */
static bool ask(finding *f, uint32_t seed, double at, bool *answer) {
  find_result *r = &f->results[seed];
  arena *a = arena_new();
  const char *setting = setting_at(a, f->plan, at), *without = NULL;
  sweep_outcome out = f->plan->is_global ? run_anew(a, f, seed, setting) : run_compiled(a, f, f->first, seed, setting);
  bool is_done = out.end == NSA_SESSION_DONE;
  r->runs++;
  if (is_done)
    without = without_value(f, out.values);
  if (is_done && without == NULL)
    *answer = out.values[f->first->ir->program->measures_count - 1] != 0;
  else if (is_done)
    r->reason = exhausted_unless(strdup(arena_printf(a, "`%s` has no value with %s", without, setting)));
  else
    r->reason = out.reason;
  r->state = is_done && without != NULL                      ? FIND_NO_VALUE
             : is_done || out.end == NSA_SESSION_INTERRUPTED ? FIND_INTERRUPTED
                                                             : FIND_FAILED;
  arena_free(a);
  return is_done && without == NULL;
}

/* ---- one seed ---- */

static void tell(finding *f, uint32_t seed) {
  const find_result *r = &f->results[seed];
  const sweep_plan *sweep = &f->plan->sweep;
  pthread_mutex_lock(&f->crew.lock);
  f->done++;
  if (sweep->args->values[ARGUMENT_sweep_quiet] == NULL && r->state != FIND_INTERRUPTED)
    fprintf(stderr, "seed %" PRIu64 ": %u runs (%u of %u seeds)\n", sweep->seeds.data[seed], r->runs, f->done,
            sweep->seeds.len);
  pthread_mutex_unlock(&f->crew.lock);
}

/* Until the range is as narrow as asked, or no number lies within it. */
static bool bisect(finding *f, uint32_t seed, find_result *r) {
  bool answer;
  while (r->high - r->low > f->plan->tolerance) {
    double middle = r->low + (r->high - r->low) / 2;
    if (middle <= r->low || middle >= r->high)
      break;
    if (!ask(f, seed, middle, &answer))
      return false;
    *(answer == r->is_true_above ? &r->high : &r->low) = middle;
  }
  return true;
}

static void find_of_seed(void *context, uint64_t number) {
  finding *f = context;
  uint32_t seed = (uint32_t)number;
  find_result *r = &f->results[seed];
  bool below;
  r->low = f->plan->ends.from;
  r->high = f->plan->ends.to;
  if (ask(f, seed, r->low, &below) && ask(f, seed, r->high, &r->is_true_above)) {
    if (below == r->is_true_above)
      r->state = FIND_SAME;
    else if (bisect(f, seed, r))
      r->state = FIND_FOUND;
  }
  tell(f, seed);
}

/* ---- the verb ---- */

/* The worst of the seeds: 0, 1 no answer, 2 none in the range, 3 a run failed. */
static int tell_seeds(const find_plan *plan, const find_result *results) {
  static const int codes[] = {[FIND_FOUND] = 0, [FIND_NO_VALUE] = 1, [FIND_SAME] = 2, [FIND_FAILED] = 3};
  int code = 0;
  for (uint32_t k = 0; k < plan->sweep.seeds.len; k++) {
    const find_result *r = &results[k];
    uint64_t seed = plan->sweep.seeds.data[k];
    code = codes[r->state] > code ? codes[r->state] : code;
    if (r->state == FIND_SAME)
      nsa_complain("nsa find",
                   "seed %" PRIu64 ": \"%s\" is %s at both ends, %.6g and %.6g%s%s: there is nothing to bisect; "
                   "give a range at whose ends the answers differ",
                   seed, plan->condition, r->is_true_above ? "true" : "false", plan->ends.from, plan->ends.to,
                   *plan->ends.unit ? " " : "", plan->ends.unit);
    else if (r->state == FIND_NO_VALUE)
      nsa_complain("nsa find",
                   "seed %" PRIu64 ": %s, so that the condition has no answer; compare what has a value in the whole "
                   "range",
                   seed, r->reason);
    else if (r->state == FIND_FAILED)
      nsa_complain("nsa find", "seed %" PRIu64 ": a run failed: %s", seed, r->reason);
  }
  return code;
}

static int run(arena *a, finding *f) {
  const find_plan *plan = f->plan;
  pthread_mutex_init(&f->compiling, NULL);
  f->results = ARENA_ARRAY(a, find_result, plan->sweep.seeds.len);
  f->crew = (workers){.count = plan->sweep.seeds.len, .task = find_of_seed, .context = f};
  if (!workers_run(&f->crew, plan->sweep.jobs < f->crew.count ? plan->sweep.jobs : (uint32_t)f->crew.count))
    nsa_interrupts_end();
  int signal = nsa_interrupts_caught();
  if (signal)
    return 128 + signal;
  if (plan->sweep.args->values[ARGUMENT_json] != NULL)
    find_print_json(a, plan, f->results, stdout);
  else
    find_print(a, plan, f->results, stdout);
  int code = tell_seeds(plan, f->results);
  for (uint32_t k = 0; k < plan->sweep.seeds.len; k++)
    free(f->results[k].reason);
  return code;
}

static int find_compiled(arena *a, find_plan *plan, compilation *c) {
  const char *wrong = find_plan_bind(a, c->ir->program, plan);
  if (wrong != NULL)
    return complain(wrong);
  char error[SWEEP_ERROR];
  finding f = {.plan = plan, .first = c, .inputs = nsa_inputs_read(c->ir->program, error)};
  if (f.inputs == NULL)
    return complain(error);
  int code = plan->is_global ? 0 : compile_to(c, STAGE_LINK);
  if (code && c->failure != NULL)
    complain(c->failure);
  if (!code)
    code = run(a, &f);
  nsa_inputs_free(f.inputs);
  return code;
}

int find_main(arena *a, const arguments *args, compile_options options) {
  find_plan plan;
  compilation c;
  const char *wrong = find_plan_read(a, args, &plan);
  if (wrong != NULL)
    return complain(wrong);
  options.settings = settings_with(a, &plan, setting_at(a, &plan, plan.ends.from));
  options.setting_count = plan.sweep.axes.len + 1;
  options.needs_run = true;
  options.where = plan.condition;
  int code = compile_telling(&c, &options, STAGE_TARGET, "find");
  if (!code)
    code = find_compiled(a, &plan, &c);
  return compile_end(&c, code);
}
