/* SPDX-License-Identifier: MIT */
/* sweep.c - the verb: read the command line, compile once, run the points, write and print what came out. */
#include "driver/sweep.h"
#include "support/text.h"

#include <inttypes.h>
#include <stdlib.h>

static int complain(const char *message) {
  nsa_complain("nsa sweep", "%s", message);
  return 2;
}

/* With the first value of each axis: what is compiled in, and what the others are checked against. */
static void choose_options(arena *a, const sweep_plan *plan, compile_options *options) {
  const char **settings = ARENA_ARRAY(a, const char *, plan->axes.len);
  for (uint32_t k = 0; k < plan->axes.len; k++)
    settings[k] = arena_printf(a, "%s=%s", plan->axes.data[k].name, plan->axes.data[k].values.data[0]);
  options->settings = settings;
  options->setting_count = plan->axes.len;
  options->needs_run = true;
}

static uint64_t count_open(const sweep_table *t) {
  uint64_t open = 0;
  for (uint64_t k = 0; k < t->plan->point_count; k++)
    open += t->states[k] == POINT_OPEN;
  return open;
}

/* 3 where no point came to its end. */
static int tell_failed(const sweep_table *t) {
  uint64_t failed = 0, own = 0;
  for (uint64_t k = 0; k < t->plan->point_count; k++) {
    own += sweep_is_own(t->plan, k);
    failed += sweep_is_own(t->plan, k) && t->states[k] == POINT_FAILED;
  }
  if (failed > 0)
    fprintf(stderr, "nsa sweep: %" PRIu64 " of %" PRIu64 " points failed; the table has the reason of each\n", failed,
            own);
  return failed > 0 && failed == own ? 3 : 0;
}

/* A part alone has no statistics: the table is for --merge. */
static int finish(arena *a, sweep_table *t, const compilation *c) {
  const char *wrong = sweep_table_write(a, t);
  if (wrong == NULL && t->plan->parts == 1)
    wrong = sweep_summary(a, t, c, stdout);
  if (wrong != NULL)
    return complain(wrong);
  if (t->plan->args->values[ARGUMENT_sweep_quiet] == NULL) {
    fputs("results in ", stderr);
    nsa_put_safe(stderr, t->plan->out, strlen(t->plan->out));
    fputc('\n', stderr);
  }
  return tell_failed(t);
}

static int merge(arena *a, sweep_table *t, const compilation *c) {
  uint64_t open = count_open(t);
  if (open == 0)
    return finish(a, t, c);
  return complain(arena_printf(a,
                               "of %" PRIu64 " points %" PRIu64
                               " are in no table of %s: run the parts that are missing, "
                               "and merge with the same options",
                               t->plan->point_count, open, t->plan->out));
}

static int run(arena *a, sweep_table *t, compilation *c) {
  int code = sweep_run(t, c);
  return code ? code : finish(a, t, c);
}

static int sweep_compiled(arena *a, sweep_plan *plan, compilation *c) {
  sweep_table table = {.journal = -1};
  const char *wrong = sweep_plan_bind(a, c->ir->program, plan);
  if (wrong == NULL)
    wrong = sweep_jitter_bind(a, c, plan);
  if (wrong == NULL && c->ir->program->measures_count == 0)
    wrong = "the model has no measures, and a sweep is a table of them";
  if (plan->out == NULL)
    plan->out = arena_printf(a, "%s.sweep", c->ir->program->name);
  if (wrong == NULL)
    wrong = sweep_table_open(a, plan, c, &table);
  int code = wrong != NULL ? complain(wrong) : plan->is_merge ? merge(a, &table, c) : run(a, &table, c);
  sweep_table_close(&table);
  return code;
}

int sweep_main(arena *a, const arguments *args, compile_options options) {
  sweep_plan plan;
  compilation c;
  const char *wrong = sweep_plan_read(a, args, &plan);
  if (wrong != NULL)
    return complain(wrong);
  choose_options(a, &plan, &options);
  int code = compile_telling(&c, &options, STAGE_TARGET, "sweep");
  if (!code)
    code = sweep_compiled(a, &plan, &c);
  return compile_end(&c, code);
}
