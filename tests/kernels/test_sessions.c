/* SPDX-License-Identifier: MIT */
/* Models made by chance (generate_model), in this one process: what kernels do, at the width and with the threads that
 * the seed says, beside what the interpreter does. Behind each tick all fields of elements and links, all that fired
 * and all that is recorded have the same bits; and at the end the measures, also of a run whose steps are fused.
 * test_models.sh compares more of each model (all widths, files, the model said otherwise) and fewer models.
 *
 *   MODELS_SEEDS (4)   how many seeds       MODELS_FIRST (1)   the first of them
 *   MODELS_SECONDS     stop after this time instead */
#include "driver/compile.h"
#include "nsa_session.h"
#include "unit/cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NONE_STARTED = -1, AT_ONCE = 3 }; /* no environments of others; sessions of a model */

static uint64_t number_from(const char *name, uint64_t otherwise) {
  const char *word = getenv(name);
  return word == NULL ? otherwise : strtoull(word, NULL, 10);
}

/* ---- legs ---- */

typedef struct {
  compile_options options;
  compilation c;
  nsa_session *session;
} leg;

static void compile(leg *l, const char *path, uint64_t seed, bool interpret) {
  static const char *const widths[] = {"1", "2", "4", "8"};
  *l = (leg){.options = {.path = path,
                         .needs_run = true,
                         .interpret = interpret,
                         .width = interpret ? NULL : widths[seed % 4],
                         .precision = seed % 5 == 4 ? "single" : NULL}};
  compile_start(&l->c, &l->options);
  int code = compile_to(&l->c, STAGE_LINK);
  if (code != 0) {
    diag_print(l->c.sink, stderr, false);
    fail_msg("%s does not compile: %d %s", path, code, l->c.failure ? l->c.failure : "");
  }
}

static nsa_session *open_session(const leg *l, const nsa_inputs *inputs, uint64_t threads) {
  char error[NSA_SESSION_ERROR], word[16];
  snprintf(word, sizeof word, "%u", (unsigned)threads);
  char *argv[] = {"--threads", word};
  nsa_session *s = nsa_session_open(l->c.ir->program, inputs, l->c.entries, 2, argv, NONE_STARTED, AT_ONCE, error);
  if (s == NULL)
    fail_msg("%s: %s", l->options.path, error);
  return s;
}

/* ---- comparisons: of `expected` and `got` behind the same tick ---- */

typedef struct {
  const nsa_program *program;
  const char *path;
  nsa_session *expected, *got;
} pair;

static void compare_numbers(const pair *p, const char *name, const double *x, const double *y, uint64_t n) {
  for (uint64_t k = 0; k < n; k++)
    if (memcmp(&x[k], &y[k], sizeof *x) != 0 && !(isnan(x[k]) && isnan(y[k])))
      fail_msg("%s: %s[%llu] is %a, not %a, behind tick %llu", p->path, name, (unsigned long long)k, y[k], x[k],
               (unsigned long long)nsa_session_tick(p->expected));
}

static double *numbers(uint64_t n) {
  double *x = malloc((n + 1) * sizeof *x);
  assert_non_null(x);
  return x;
}

static void compare_field(const pair *p, nsa_field_id id) {
  uint64_t n, m;
  nsa_session_field(p->expected, id, &n);
  nsa_session_field(p->got, id, &m);
  assert_int_equal(n, m);
  double *x = numbers(n), *y = numbers(n);
  nsa_session_read(p->expected, id, 0, n, x);
  nsa_session_read(p->got, id, 0, n, y);
  compare_numbers(p, p->program->fields[id.id].name, x, y, n);
  free(x);
  free(y);
}

/* What the optimiser may leave out, or make earlier or later, is not compared. */
static bool is_compared(const nsa_program *program, const nsa_field *f) {
  nsa_domain_kind domain = program->domains[f->domain].kind;
  bool is_kept = domain == NSA_DOMAIN_POPULATION || domain == NSA_DOMAIN_CONNECTION;
  return is_kept && (f->kind == NSA_FIELD_PARAM || f->kind == NSA_FIELD_STATE || f->kind == NSA_FIELD_TIMER ||
                     f->kind == NSA_FIELD_FIRED);
}

static void compare_fields(const pair *p) {
  for (nsa_field_id k = {0}; k.id < p->program->fields_count; k.id++)
    if (is_compared(p->program, &p->program->fields[k.id]))
      compare_field(p, k);
}

static void compare_events(const pair *p, nsa_population_id population) {
  for (nsa_event_id e = {0}; e.id < p->program->populations[population.id].events_count; e.id++) {
    uint32_t n, m;
    const uint32_t *x = nsa_session_fired(p->expected, population, e, &n);
    const uint32_t *y = nsa_session_fired(p->got, population, e, &m);
    if (n != m || (n != 0 && memcmp(x, y, n * sizeof *x) != 0))
      fail_msg("%s: %u elements of %s fired, not %u (or others), behind tick %llu", p->path, m,
               p->program->populations[population.id].name, n, (unsigned long long)nsa_session_tick(p->expected));
  }
}

static void compare_record(const pair *p, const nsa_record *r) {
  const nsa_probe *probe = &p->program->probes[r->probe];
  if (!nsa_event_is_none(probe->event) || nsa_session_tick(p->expected) % r->every != 0)
    return;
  uint64_t n = nsa_session_look(p->expected, r->probe);
  assert_int_equal(nsa_session_look(p->got, r->probe), n);
  double *x = numbers(n), *y = numbers(n);
  nsa_session_looked(p->expected, r->probe, 0, n, x);
  nsa_session_looked(p->got, r->probe, 0, n, y);
  compare_numbers(p, r->name, x, y, n);
  free(x);
  free(y);
}

static void compare_tick(const pair *p) {
  compare_fields(p);
  for (nsa_population_id k = {0}; k.id < p->program->populations_count; k.id++)
    compare_events(p, k);
  for (uint32_t k = 0; k < p->program->records_count; k++)
    compare_record(p, &p->program->records[k]);
}

static char *failure_of(const nsa_session *s) {
  char *said = NULL;
  size_t size;
  FILE *to = open_memstream(&said, &size);
  assert_non_null(to);
  nsa_session_failure(s, to);
  fclose(to);
  return said;
}

static void compare_failures(const pair *p) {
  char *x = failure_of(p->expected), *y = failure_of(p->got);
  if (strcmp(x, y) != 0)
    fail_msg("%s: it says\n%s\nnot\n%s", p->path, y, x);
  free(x);
  free(y);
}

static void compare_measures(const pair *p) {
  uint64_t n = p->program->measures_count;
  double *x = numbers(n), *y = numbers(n);
  assert_true(nsa_session_measures(p->expected, x));
  assert_true(nsa_session_measures(p->got, y));
  compare_numbers(p, "measures", x, y, n);
  free(x);
  free(y);
}

/* ---- runs ---- */

/* Gives how many ticks there were. */
static uint64_t run_side_by_side(const pair *p) {
  bool goes_on = true;
  compare_tick(p);
  while (goes_on && !nsa_session_is_over(p->expected)) {
    goes_on = nsa_session_step(p->expected);
    assert_int_equal(nsa_session_step(p->got), goes_on);
    if (goes_on)
      compare_tick(p);
    else
      compare_failures(p);
  }
  assert_int_equal(nsa_session_is_over(p->got), nsa_session_is_over(p->expected));
  return nsa_session_tick(p->expected);
}

static void run_fused(const pair *p) {
  char error[NSA_SESSION_ERROR];
  assert_true(nsa_session_fuse(p->got, error));
  bool is_whole = nsa_session_run(p->got) == NSA_SESSION_DONE;
  assert_int_equal(is_whole, nsa_session_is_over(p->expected));
  if (is_whole)
    compare_fields(p);
}

static uint64_t compare_model(const char *path, uint64_t seed) {
  leg interpreted, compiled;
  char error[NSA_SESSION_ERROR];
  compile(&interpreted, path, seed, true);
  compile(&compiled, path, seed, false);
  const nsa_program *program = interpreted.c.ir->program;
  nsa_inputs *inputs = nsa_inputs_read(program, error);
  assert_non_null(inputs);
  pair p = {program, path, open_session(&interpreted, inputs, 1), open_session(&compiled, inputs, 1 + seed / 4 % 3)};
  pair fused = {program, path, p.expected, open_session(&compiled, inputs, 1 + seed / 12 % 3)};
  uint64_t ticks = run_side_by_side(&p);
  run_fused(&fused);
  if (nsa_session_is_over(p.expected))
    compare_measures(&p);
  nsa_session_close(fused.got);
  nsa_session_close(p.got);
  nsa_session_close(p.expected);
  nsa_inputs_free(inputs);
  compile_free(&compiled.c);
  compile_free(&interpreted.c);
  return ticks;
}

static void make_model(const char *path, uint64_t seed) {
  char command[512];
  const char *tools = getenv("TOOLS");
  assert_non_null(tools);
  snprintf(command, sizeof command, "'%s/generate_model' %llu > %s", tools, (unsigned long long)seed, path);
  assert_int_equal(system(command), 0);
}

static void kernels_and_interpreter_agree(void **state) {
  (void)state;
  uint64_t first = number_from("MODELS_FIRST", 1), count = number_from("MODELS_SEEDS", 4), ticks = 0, seed;
  double end = compile_seconds() + (double)number_from("MODELS_SECONDS", 1000000000);
  for (seed = first; seed < first + count && compile_seconds() < end; seed++) {
    make_model("random.nsa", seed);
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout); /* where it crashes, this is the model */
    ticks += compare_model("random.nsa", seed);
  }
  printf("%llu models from seed %llu: %llu ticks the same\n", (unsigned long long)(seed - first),
         (unsigned long long)first, (unsigned long long)ticks);
  assert_true(ticks > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(kernels_and_interpreter_agree)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
