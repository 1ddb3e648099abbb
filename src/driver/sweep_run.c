/* SPDX-License-Identifier: MIT */
/* sweep_run.c - the points, side by side: each worker takes the next one, opens a session and runs it alone.
 *
 * Points whose params of the top level agree share one compiled model, a *build*. The builds follow one another, and
 * each is given back with its last point, so that memory does not grow with their number. A model is compiled by the
 * worker that needs it first, one at a time, while the others run. */
#include "driver/sweep.h"
#include "nsa_interrupts.h"
#include "nsa_text.h"
#include "support/exhausted.h"
#include "support/map.h"
#include "support/text.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const long look_ms = 50; /* how often interrupts are looked for */
static const double patience_seconds = 0.1;

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
  uint64_t *order;    /* open points, build by build */
  uint64_t open, taken, done, failed;
  uint64_t asked;   /* all points of this part, with those that were there */
  uint32_t working; /* threads */
  pthread_mutex_t lock, compiling;
  pthread_cond_t has_ended; /* one of the threads */
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
      text_printf(out, ",%u", sweep_value_of(plan, k, point.setting));
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

static bool is_to_run(const sweeping *s, uint64_t point) {
  return sweep_is_own(s->table->plan, point) && s->table->states[point] == POINT_OPEN;
}

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
  for (uint64_t k = 0; k < plan->point_count; k++)
    if (is_to_run(s, k))
      s->order[next[s->build_of[k]]++] = k;
}

/* What is wrong with a model or with a run, as it would be printed; malloc'd. The other is NULL. */
static char *text_of(const compilation *c, const nsa_session *session) {
  char *out = NULL;
  size_t len = 0;
  FILE *to = exhausted_unless(open_memstream(&out, &len));
  if (c != NULL)
    diag_print(c->sink, to, false);
  else
    nsa_session_failure(session, to);
  if (fclose(to) != 0)
    exhausted();
  return out;
}

static char *copy_of(const char *reason) { return exhausted_unless(strdup(reason)); }

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
          arena_printf(b->arena, "%s=%s", plan->axes.data[k].name,
                       plan->axes.data[k].values.data[sweep_value_of(plan, k, point.setting)]);
}

/* The model as it was compiled first has the first point's values, but no variant. */
static bool is_first(const sweeping *s, const build *b) {
  const sweep_plan *plan = s->table->plan;
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
    b->failure = b->c->failure != NULL ? copy_of(b->c->failure) : text_of(b->c, NULL);
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

/* The command line of a session. */
static uint32_t write_options(arena *a, const sweep_plan *plan, sweep_point point, char **words) {
  uint32_t n = 0;
  for (uint32_t k = 0; k < plan->options.len; k++)
    words[n++] = plan->options.data[k];
  for (uint32_t k = 0; k < plan->axes.len; k++) {
    const sweep_axis *axis = &plan->axes.data[k];
    words[n++] = arena_printf(a, "--set=%s=%s", axis->name, axis->values.data[sweep_value_of(plan, k, point.setting)]);
  }
  if (plan->variants.data[point.variant].name != NULL)
    words[n++] = arena_printf(a, "--variant=%s", plan->variants.data[point.variant].name);
  words[n++] = arena_printf(a, "--seed=%" PRIu64, point.seed);
  words[n++] = arena_printf(a, "--threads=1");
  return n;
}

typedef struct {
  nsa_session_end end;
  double *values;
  char *reason; /* malloc'd */
} outcome;

static void run_session(nsa_session *session, outcome *out) {
  char error[SWEEP_ERROR];
  if (!nsa_session_fuse(session, error)) {
    out->reason = copy_of(error);
    return;
  }
  out->end = nsa_session_run(session);
  if (out->end == NSA_SESSION_DONE && !nsa_session_measures(session, out->values)) {
    out->end = NSA_SESSION_FAILED;
    out->reason = copy_of("out of memory for the measures");
  } else if (out->end == NSA_SESSION_FAILED)
    out->reason = text_of(NULL, session);
}

static uint32_t jobs_of(const sweeping *s) {
  return s->table->plan->jobs < s->open ? s->table->plan->jobs : (uint32_t)s->open;
}

static void run_point(arena *a, const sweeping *s, const build *b, uint64_t number, outcome *out) {
  const sweep_plan *plan = s->table->plan;
  char error[SWEEP_ERROR];
  if (b->has_failed) {
    out->reason = copy_of(b->failure);
    return;
  }
  char **words = ARENA_ARRAY(a, char *, plan->options.len + plan->axes.len + 3);
  uint32_t count = write_options(a, plan, sweep_point_at(plan, number), words);
  nsa_session *session = nsa_session_open(b->c->ir->program, s->inputs, b->c->entries, (int)count, words,
                                          b->c->options->starter, jobs_of(s), error);
  if (session == NULL)
    out->reason = copy_of(error);
  else
    run_session(session, out);
  nsa_session_close(session);
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

static void note(sweeping *s, uint64_t number, build *b, outcome *out) {
  pthread_mutex_lock(&s->lock);
  b->left--;
  if (out->end != NSA_SESSION_INTERRUPTED) {
    point_state state = out->end == NSA_SESSION_DONE ? POINT_OK : POINT_FAILED;
    s->failed += state == POINT_FAILED;
    s->done++;
    int why = sweep_table_add(s->table, number, state, out->values, out->reason);
    s->disk_error = s->disk_error ? s->disk_error : why;
    show_progress(s);
  }
  if (b->left == 0)
    release_build(b);
  pthread_mutex_unlock(&s->lock);
}

static bool take(sweeping *s, uint64_t *number) {
  pthread_mutex_lock(&s->lock);
  bool has_one = s->taken < s->open && s->disk_error == 0 && !nsa_interrupts_caught();
  if (has_one)
    *number = s->order[s->taken++];
  pthread_mutex_unlock(&s->lock);
  return has_one;
}

static void *work(void *context) {
  sweeping *s = context;
  uint32_t measures = s->table->program->measures_count;
  for (uint64_t number; take(s, &number);) {
    arena *a = arena_new();
    outcome out = {.end = NSA_SESSION_FAILED, .values = ARENA_ARRAY(a, double, measures)};
    for (uint32_t k = 0; k < measures; k++)
      out.values[k] = 0.0 / 0.0;
    build *b = build_for(s, number);
    run_point(a, s, b, number, &out);
    note(s, number, b, &out);
    arena_free(a);
  }
  pthread_mutex_lock(&s->lock);
  s->working--;
  pthread_cond_signal(&s->has_ended);
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

static bool start_worker(sweeping *s) {
  pthread_t thread;
  s->working++;
  bool is_started = pthread_create(&thread, NULL, work, s) == 0;
  if (is_started)
    pthread_detach(thread);
  else
    s->working--;
  return is_started;
}

/* The lock is held. False: after an interrupt some of them go on, in a compile or in a long step. */
static bool wait_for_workers(sweeping *s) {
  double end = INFINITY;
  while (s->working > 0 && compile_seconds() < end) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += look_ms * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&s->has_ended, &s->lock, &until);
    if (nsa_interrupts_caught() && end == INFINITY)
      end = compile_seconds() + patience_seconds;
  }
  return s->working == 0;
}

/* This thread waits, so that an interrupt ends what the others are at. */
static bool work_side_by_side(sweeping *s) {
  uint32_t jobs = jobs_of(s);
  pthread_mutex_lock(&s->lock);
  while (s->working < jobs && start_worker(s))
    ;
  bool is_alone = s->working == 0;
  s->working += is_alone;
  if (is_alone) {
    pthread_mutex_unlock(&s->lock);
    work(s);
    pthread_mutex_lock(&s->lock);
  }
  bool have_ended = wait_for_workers(s);
  if (have_ended)
    pthread_mutex_unlock(&s->lock); /* else nobody begins another row */
  return have_ended;
}

static void tell_stop(void) { fprintf(stderr, "nsa sweep: stopped; the same command goes on from here\n"); }

static int run_workers(sweep_table *t, compilation *first, nsa_inputs *inputs) {
  arena *a = arena_new();
  sweeping s = {.table = t,
                .first = first,
                .inputs = inputs,
                .is_terminal = isatty(STDERR_FILENO) != 0,
                .started = compile_seconds()};
  pthread_mutex_init(&s.lock, NULL);
  pthread_mutex_init(&s.compiling, NULL);
  pthread_cond_init(&s.has_ended, NULL);
  find_builds(a, &s);
  find_order(a, &s);
  nsa_interrupts_catch();
  if (!work_side_by_side(&s)) {
    tell_stop();
    nsa_interrupts_end();
  }
  for (uint32_t b = 0; b < s.builds.len; b++)
    release_build(&s.builds.data[b]);
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
