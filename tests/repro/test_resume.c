/* SPDX-License-Identifier: MIT */
/* A run that goes on from any tick ends as one that was never stopped, to the last bit of its state and measures, with
 * any number of threads; and each piece of the state is needed by some model. Without files: what is saved is kept
 * in memory. */
#include "unit/cmocka_all.h"

#include "checkpoint/checkpoint.h"
#include "driver/compile.h"
#include "nsa_session.h"
#include "nsa_words.h"
#include "observe/measure.h"
#include "run/make.h"
#include "run/options.h"
#include "state/kernels.h"
#include "tick/step.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS = 5, MOST_TICKS = 400, MOST_PIECES = 1000, MOST_GROUPS = 64 };

/* ---- a keeper in memory ---- */

typedef struct {
  keeper keeper; /* comes first */
  keep_piece pieces[MOST_PIECES];
  uint32_t count;
} memory;

static bool take(keeper *k, const keep_piece *piece) {
  memory *m = (memory *)k;
  size_t size = (size_t)piece->count * keep_type_size[piece->type];
  void *copy = malloc(size + 1);
  assert_non_null(copy);
  assert_true(m->count < MOST_PIECES);
  if (size)
    memcpy(copy, piece->data, size);
  m->pieces[m->count++] = (keep_piece){strdup(piece->name), piece->type, piece->count, copy};
  return true;
}

static const keep_piece *piece_named(const memory *m, const char *name) {
  for (uint32_t i = 0; i < m->count; i++)
    if (strcmp(m->pieces[i].name, name) == 0)
      return &m->pieces[i];
  return NULL;
}

static memory *save(sim *s) {
  memory *m = calloc(1, sizeof *m);
  assert_non_null(m);
  m->keeper.take = take;
  checkpoint_keep(s, &m->keeper);
  if (m->keeper.has_failed)
    fail_msg("%s", m->keeper.error);
  keep_release(&m->keeper);
  return m;
}

static void forget(memory *m) {
  for (uint32_t i = 0; i < m->count; i++) {
    free((void *)(uintptr_t)m->pieces[i].name);
    free((void *)(uintptr_t)m->pieces[i].data);
  }
  free(m);
}

static bool is_same_piece(const keep_piece *a, const keep_piece *b) {
  return strcmp(a->name, b->name) == 0 && a->count == b->count &&
         memcmp(a->data, b->data, (size_t)a->count * keep_type_size[a->type]) == 0;
}

/* The name of the first piece that differs, or NULL. */
static const char *difference(const memory *a, const memory *b) {
  if (a->count != b->count)
    return "the number of pieces";
  for (uint32_t i = 0; i < a->count; i++)
    if (!is_same_piece(&a->pieces[i], &b->pieces[i]))
      return a->pieces[i].name;
  return NULL;
}

/* ---- what kinds of pieces there are ---- */

typedef struct {
  char name[40];
  bool is_needed;
} piece_group;
static piece_group groups[MOST_GROUPS];
static uint32_t group_count;

/* Of fields their kind, of others what stands before the slash. */
static void group_of(const nsa_program *p, const char *name, char out[40]) {
  size_t len = strcspn(name, "/");
  snprintf(out, 40, "%.*s", (int)len, name);
  bool is_field = strcmp(out, KEEP_FIELDS) == 0 || strcmp(out, KEEP_STATES) == 0;
  for (uint32_t f = 0; is_field && f < p->fields_count; f++) {
    char piece[KEEP_NAME];
    field_piece_name(p, (nsa_field_id){f}, piece);
    if (strcmp(piece, name + len + 1) != 0)
      continue;
    snprintf(out, 40, "fields %s", nsa_word_of_field_kind(p->fields[f].kind));
    return;
  }
}

static piece_group *find_group(const char *name) {
  for (uint32_t i = 0; i < group_count; i++)
    if (strcmp(groups[i].name, name) == 0)
      return &groups[i];
  assert_true(group_count < MOST_GROUPS);
  snprintf(groups[group_count].name, sizeof groups[0].name, "%s", name);
  return &groups[group_count++];
}

/* ---- a model and its runs ---- */

typedef struct {
  const char *name;
  compile_options options;
  compilation c;
  nsa_program program;
  nsa_inputs *inputs;
} subject;

typedef struct {
  sim *s;
  measurer *m;
} running;

static running start(subject *of, uint32_t threads) {
  char error[SIM_ERROR_SIZE] = "";
  running r = {.s = sim_new(&of->program, of->c.entries, 7, threads, error)};
  if (!r.s)
    fail_msg("%s", error);
  r.s->inputs = of->inputs;
  if (!sim_connect(r.s, error) || !sim_init(r.s, error) || !step_fuse(r.s, error) || !(r.m = measurer_new(r.s, error)))
    fail_msg("%s: %s", of->name, error);
  sim_observe(r.s, measurer_observer(r.m));
  return r;
}

static void end(running r) {
  measurer_free(r.m);
  sim_free(r.s);
}

static void look_at_start(running r) { r.s->observers[0].after_tick(r.s->observers[0].self, r.s); }

/* To a tick at which no fused step is under way. */
static void run_to(running r, uint64_t tick) {
  r.s->pause = tick;
  while (r.s->tick < tick && !r.s->is_over)
    if (!sim_step(r.s))
      fail_msg("the run failed at tick %u", (unsigned)r.s->tick);
}

/* ---- restoring, all of it or all but one group ---- */

typedef struct {
  keeper keeper; /* comes first */
  const memory *from, *initial;
  const nsa_program *program;
  const char *left_out;
} restoring;

static const keep_piece *find(keeper *k, const char *name) {
  const restoring *r = (const restoring *)k;
  char group[40];
  group_of(r->program, name, group);
  bool is_left_out = r->left_out && strcmp(group, r->left_out) == 0;
  return piece_named(is_left_out ? r->initial : r->from, name);
}

static running go_on(subject *of, const memory *from, uint64_t tick, uint32_t threads, const memory *initial,
                     const char *left_out) {
  running r = start(of, threads);
  restoring k = {{.find = find}, from, initial, &of->program, left_out};
  r.s->tick = tick;
  checkpoint_keep(r.s, &k.keeper);
  if (k.keeper.has_failed)
    fail_msg("%s: %s", of->name, k.keeper.error);
  sim_set_clock(r.s, &r.s->state_clock, tick);
  return r;
}

static void check_values(const subject *of, running a, running b) {
  double *x = calloc((size_t)of->program.measures_count + 1, sizeof *x);
  double *y = calloc((size_t)of->program.measures_count + 1, sizeof *y);
  assert_true(measurer_finish(a.m, a.s, x) && measurer_finish(b.m, b.s, y));
  for (uint32_t i = 0; i < of->program.measures_count; i++)
    if (memcmp(&x[i], &y[i], sizeof *x) != 0 && !(isnan(x[i]) && isnan(y[i])))
      fail_msg("%s: the measure %s is %.17g, not %.17g", of->name, of->program.measures[i].name, y[i], x[i]);
  free(x);
  free(y);
}

static void try_groups(subject *of, const memory *cut, uint64_t tick, const memory *initial, const memory *last) {
  for (uint32_t i = 0; i < cut->count; i++) {
    char name[40];
    group_of(&of->program, cut->pieces[i].name, name);
    piece_group *group = find_group(name);
    if (group->is_needed)
      continue;
    running r = go_on(of, cut, tick, 1, initial, group->name);
    r.s->pause = UINT64_MAX;
    bool has_failed = false;
    while (r.s->tick < of->program.ticks && !r.s->is_over && !has_failed)
      has_failed = !sim_step(r.s);
    memory *now = save(r.s);
    group->is_needed = has_failed || difference(last, now) != NULL;
    forget(now);
    end(r);
  }
}

static void check_cut(subject *of, running whole, const memory *cut, uint64_t tick, const memory *last) {
  for (uint32_t threads = 1; threads <= 2; threads++) {
    running r = go_on(of, cut, tick, threads, NULL, NULL);
    run_to(r, of->program.ticks);
    memory *now = save(r.s);
    const char *what = difference(last, now);
    if (what)
      fail_msg("%s: from tick %u on, with %u threads: %s differs", of->name, (unsigned)tick, threads, what);
    check_values(of, whole, r);
    forget(now);
    end(r);
  }
}

/* ---- all models ---- */

static void compile(subject *of, char *path) {
  of->options = (compile_options){.path = path, .needs_run = true};
  compile_start(&of->c, &of->options);
  if (compile_to(&of->c, STAGE_LINK))
    fail_msg("%s: %s", path, of->c.failure ? of->c.failure : "it cannot be compiled");
  of->program = *of->c.ir->program;
}

static void check_model(const char *name, uint64_t ticks) {
  char path[1000], error[SIM_ERROR_SIZE];
  subject of = {.name = name};
  memory *cuts[CUTS];
  uint64_t at[CUTS];
  snprintf(path, sizeof path, "%s/%s.nsa", getenv("SRC"), name);
  compile(&of, path);
  of.program.ticks = ticks && ticks < of.program.ticks ? ticks : of.program.ticks;
  of.inputs = nsa_inputs_read(&of.program, error);
  assert_non_null(of.inputs);
  running whole = start(&of, 2);
  look_at_start(whole);
  memory *initial = save(whole.s);
  for (int i = 0; i < CUTS; i++) { /* also where decisions fall, and not at multiples of fused steps alone */
    at[i] = of.program.ticks * (uint64_t)(i + 1) / (CUTS + 1) + (i % 2 == 0);
    run_to(whole, at[i]);
    cuts[i] = save(whole.s);
  }
  run_to(whole, of.program.ticks);
  memory *last = save(whole.s);
  for (int i = 0; i < CUTS; i++)
    check_cut(&of, whole, cuts[i], at[i], last);
  for (int i = 0; i < CUTS; i++)
    try_groups(&of, cuts[i], at[i], initial, last);
  for (int i = 0; i < CUTS; i++)
    forget(cuts[i]);
  forget(last);
  forget(initial);
  end(whole);
  nsa_inputs_free(of.inputs);
  compile_free(&of.c);
}

static int is_model(const struct dirent *entry) {
  size_t len = strlen(entry->d_name);
  return len > 4 && strcmp(entry->d_name + len - 4, ".nsa") == 0;
}

static void a_run_goes_on_with_the_same_bits(void **state) {
  (void)state;
  static const struct {
    const char *name;
    uint64_t ticks; /* so that a decision falls where one of them is cut */
  } others[] = {{"tests/semantics/closed_loop", 21}, {"examples/cartpole", 2994}, {"examples/navigation", 5000}};
  char folder[1000], name[600];
  struct dirent **models;
  snprintf(folder, sizeof folder, "%s/tests/models", getenv("SRC"));
  int count = scandir(folder, &models, is_model, alphasort);
  assert_true(count > 5);
  for (int i = 0; i < count; i++) {
    snprintf(name, sizeof name, "tests/models/%.*s", (int)strlen(models[i]->d_name) - 4, models[i]->d_name);
    check_model(name, MOST_TICKS);
    free(models[i]);
  }
  free(models);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    check_model(others[i].name, others[i].ticks);
}

static void each_piece_is_needed(void **state) {
  (void)state;
  int missing = 0;
  for (uint32_t i = 0; i < group_count; i++)
    if (!groups[i].is_needed) {
      print_error("no model needs '%s'\n", groups[i].name);
      missing++;
    }
  assert_int_equal(missing, 0);
  assert_true(group_count > 12);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_run_goes_on_with_the_same_bits),
                                     cmocka_unit_test(each_piece_is_needed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
