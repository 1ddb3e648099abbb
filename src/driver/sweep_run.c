/* SPDX-License-Identifier: MIT */
/* sweep_run.c - the points, side by side: each worker takes the next one, opens a session and runs it alone.
 *
 * Points whose params of the top level agree share one compiled model, a *build*. The builds follow one another, and
 * each is given back with its last point, so that memory does not grow with their number. A model is compiled by the
 * worker that needs it first, one at a time, while the others run. */
#include "driver/sweep_warm.h"
#include "driver/workers.h"
#include "nsa_interrupts.h"
#include "nsa_text.h"
#include "support/exhausted.h"
#include "support/map.h"
#include "support/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
  uint64_t first_point; /* whose values it is compiled with */
  uint64_t left;        /* points that still need it */
  bool has_failed;
  char *failure;  /* malloc'd */
  compilation *c; /* its own, or the one that was compiled first */
  compilation own;
  compile_options options; /* of its own */
  arena *arena;            /* of the options */
} build;

typedef struct {
  sweep_table *table;
  compilation *first; /* serves the build that it was compiled for */
  nsa_inputs *inputs; /* of all builds */
  VEC(build) builds;
  uint32_t *build_of; /* by point */
  sweep_warm *warm;
  uint64_t *order; /* open points, build by build */
  uint64_t open, done, failed;
  uint64_t asked; /* all points of this part, with those that were there */
  workers crew;
  pthread_mutex_t compiling;
  bool is_terminal;
  int disk_error; /* of the journal: errno, or 0 */
  double started, shown;
} sweeping;

/* ---- builds ---- */

/* Points with the same values of what is compiled in. */
static void write_build_key(const sweep_plan *plan, uint64_t number, text *out) {
  sweep_point point = sweep_point_at(plan, number);
  const sweep_variant *v = &plan->variants.data[point.variant];
  text_printf(out, "%s", v->is_compiled ? v->name : "");
  for (uint32_t k = 0; k < plan->axes.len; k++)
    if (plan->axes.data[k].is_global)
      text_printf(out, ",%s", sweep_words_of(out->arena, plan, k, point));
}

static void find_builds(arena *a, sweeping *s) {
  const sweep_plan *plan = s->table->plan;
  map *known = map_new(a);
  text key = text_new(a);
  s->build_of = ARENA_ARRAY(a, uint32_t, plan->point_count);
  for (uint64_t k = 0; k < plan->point_count; k++) {
    key.len = 0;
    write_build_key(plan, k, &key);
    if (!map_find(known, text_cstr(&key), &s->build_of[k])) {
      s->build_of[k] = s->builds.len;
      map_insert(known, arena_strdup(a, key.data, key.len), s->builds.len);
      vec_push(a, &s->builds, ((build){.first_point = k}));
    }
  }
}

static bool is_to_run(const sweeping *s, uint64_t point) { return sweep_is_to_run(s->table, point); }

static void find_order(arena *a, sweeping *s) {
  const sweep_plan *plan = s->table->plan;
  uint64_t *next = ARENA_ARRAY(a, uint64_t, s->builds.len); /* by build: where its next point goes */
  s->order = ARENA_ARRAY(a, uint64_t, plan->point_count);
  for (uint64_t k = 0; k < plan->point_count; k++) {
    s->asked += sweep_is_own(plan, k);
    s->builds.data[s->build_of[k]].left += is_to_run(s, k);
  }
  for (uint32_t b = 0; b < s->builds.len; b++) {
    next[b] = s->open;
    s->open += s->builds.data[b].left;
  }
  s->warm = sweep_warm_new(a, s->table);
  for (uint64_t k = 0; k < plan->point_count; k++) {
    uint64_t point = sweep_warm_point(s->warm, k);
    if (is_to_run(s, point))
      s->order[next[s->build_of[point]]++] = point;
  }
}

/* What is compiled in, as --set has it. */
static void choose_options(const sweeping *s, build *b) {
  const sweep_plan *plan = s->table->plan;
  sweep_point point = sweep_point_at(plan, b->first_point);
  const char **settings = ARENA_ARRAY(b->arena, const char *, plan->axes.len);
  b->options = *s->first->options;
  b->options.settings = settings;
  b->options.setting_count = 0;
  b->options.variant = plan->variants.data[point.variant].name;
  for (uint32_t k = 0; k < plan->axes.len; k++)
    if (plan->axes.data[k].is_global)
      settings[b->options.setting_count++] =
          arena_printf(b->arena, "%s=%s", plan->axes.data[k].name, sweep_words_of(b->arena, plan, k, point));
}

/* The model as it was compiled first has the first point's values of --set, but no variant, and nothing was drawn. */
static bool is_first(const sweeping *s, const build *b) {
  const sweep_plan *plan = s->table->plan;
  for (uint32_t k = 0; k < plan->axes.len; k++)
    if (plan->axes.data[k].is_drawn && plan->axes.data[k].is_global)
      return false;
  return b->first_point == 0 && !plan->variants.data[sweep_point_at(plan, 0).variant].is_compiled;
}

static compilation *start_own(const sweeping *s, build *b) {
  b->arena = arena_new();
  choose_options(s, b);
  compile_start(&b->own, &b->options);
  return &b->own;
}

static void compile_build(const sweeping *s, build *b) {
  b->c = is_first(s, b) ? s->first : start_own(s, b);
  b->has_failed = compile_to(b->c, STAGE_LINK) != 0;
  if (b->has_failed)
    b->failure = sweep_compile_failure(b->c);
}

static build *build_for(sweeping *s, uint64_t point) {
  build *b = &s->builds.data[s->build_of[point]];
  pthread_mutex_lock(&s->compiling);
  if (b->c == NULL)
    compile_build(s, b);
  pthread_mutex_unlock(&s->compiling);
  return b;
}

static void release_build(build *b) {
  if (b->c == &b->own)
    compile_free(b->c);
  if (b->arena != NULL)
    arena_free(b->arena);
  free(b->failure);
  *b = (build){0};
}

/* ---- a point ---- */

static uint32_t jobs_of(const sweeping *s) {
  return s->table->plan->jobs < s->open ? s->table->plan->jobs : (uint32_t)s->open;
}

typedef struct {
  arena *a;
  sweep_warm *warm;
  uint64_t number;
} warm_point;

static bool run_warm(void *self, const nsa_program *program, nsa_session *session, nsa_session_end *end,
                     char error[SWEEP_ERROR]) {
  const warm_point *p = self;
  return sweep_warm_run(p->a, p->warm, program, p->number, session, end, error);
}

static sweep_outcome run_point(arena *a, const sweeping *s, const build *b, uint64_t number) {
  const sweep_plan *plan = s->table->plan;
  uint32_t measures = s->table->program->measures_count;
  warm_point warm = {a, s->warm, number};
  sweep_runner by = {s->warm != NULL ? run_warm : NULL, &warm, jobs_of(s)};
  if (!b->has_failed)
    return sweep_point_run(a, plan, b->c, s->inputs, sweep_point_at(plan, number), NULL, by, measures);
  sweep_outcome out = {.end = NSA_SESSION_FAILED,
                       .values = ARENA_ARRAY(a, double, measures),
                       .reason = exhausted_unless(strdup(b->failure))};
  for (uint32_t k = 0; k < measures; k++)
    out.values[k] = 0.0 / 0.0;
  return out;
}

/* ---- workers ---- */

static void show_progress(sweeping *s) {
  double now = compile_seconds(), took = now - s->started;
  bool is_last = s->done == s->open;
  if (s->table->plan->args->values[ARGUMENT_sweep_quiet] != NULL ||
      (!is_last && now - s->shown < (s->is_terminal ? 0.5 : 10)))
    return;
  s->shown = now;
  double left = took / (double)s->done * (double)(s->open - s->done);
  fprintf(stderr, "%s%" PRIu64 " of %" PRIu64 " points, %" PRIu64 " failed, %.3g s%s", s->is_terminal ? "\r" : "",
          s->asked - s->open + s->done, s->asked, s->failed, is_last ? took : left, is_last ? "" : " left");
  fprintf(stderr, s->is_terminal && !is_last ? "   " : "      \n");
}

static void note(sweeping *s, uint64_t number, build *b, const sweep_outcome *out) {
  pthread_mutex_lock(&s->crew.lock);
  b->left--;
  if (out->end != NSA_SESSION_INTERRUPTED) {
    point_state state = out->end == NSA_SESSION_DONE ? POINT_OK : POINT_FAILED;
    s->failed += state == POINT_FAILED;
    s->done++;
    int why = sweep_table_add(s->table, number, state, out->values, out->reason);
    s->disk_error = s->disk_error ? s->disk_error : why;
    if (why)
      workers_stop(&s->crew);
    show_progress(s);
  }
  if (b->left == 0)
    release_build(b);
  pthread_mutex_unlock(&s->crew.lock);
}

static void work(void *context, uint64_t place) {
  sweeping *s = context;
  uint64_t number = s->order[place];
  arena *a = arena_new();
  build *b = build_for(s, number);
  sweep_outcome out = run_point(a, s, b, number);
  note(s, number, b, &out);
  arena_free(a);
}

static void tell_stop(void) { fprintf(stderr, "nsa sweep: stopped; the same command goes on from here\n"); }

static int run_workers(sweep_table *t, compilation *first, nsa_inputs *inputs) {
  arena *a = arena_new();
  sweeping s = {.table = t,
                .first = first,
                .inputs = inputs,
                .is_terminal = isatty(STDERR_FILENO) != 0,
                .started = compile_seconds()};
  pthread_mutex_init(&s.compiling, NULL);
  find_builds(a, &s);
  find_order(a, &s);
  s.crew = (workers){.count = s.open, .task = work, .context = &s};
  if (!workers_run(&s.crew, jobs_of(&s))) {
    tell_stop();
    nsa_interrupts_end();
  }
  for (uint32_t b = 0; b < s.builds.len; b++)
    release_build(&s.builds.data[b]);
  sweep_warm_free(s.warm);
  int signal = nsa_interrupts_caught();
  int disk_error = s.disk_error;
  arena_free(a);
  if (disk_error)
    nsa_complain("nsa sweep", "cannot write %s: %s", t->journal_path, strerror(disk_error));
  if (signal)
    tell_stop();
  return disk_error ? 2 : signal ? 128 + signal : 0;
}

/* Files are read before there are threads. */
int sweep_run(sweep_table *t, compilation *first) {
  char error[NSA_SESSION_ERROR];
  nsa_inputs *inputs = nsa_inputs_read(t->program, error);
  int code = 2;
  if (inputs != NULL)
    code = run_workers(t, first, inputs);
  else
    nsa_complain("nsa sweep", "%s", error);
  nsa_inputs_free(inputs);
  return code;
}
