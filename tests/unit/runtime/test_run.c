/* SPDX-License-Identifier: MIT */
/* A whole run with a kernel that is written here, as a user sees it: exit code, output, files. */
#include "nsa_rt.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Ten cells whose v grows by rate * (i + 1) a tick and that spike at 1. */
enum { CELLS = 10 };

static void step(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                 nsa_range_out *out) {
  (void)self;
  (void)clock;
  double rate = *(const double *)fields[0], *v = fields[1];
  uint8_t *fired = fields[2];
  for (uint64_t i = begin; i < end; i++) {
    if (fired[i])
      v[i] -= 1;
    v[i] += rate * (double)(i + 1);
    fired[i] = v[i] >= 1;
    out->events |= fired[i];
    out->nonfinite |= isfinite(v[i]) ? 0u : 1u;
  }
}

static nsa_place place = {.file = 0, .line = 2, .column = 3};
static nsa_timescale timescales[] = {{.name = "fast", .dt = 0.5, .ticks = 1}};
static nsa_domain domains[] = {{.name = "run", .kind = NSA_DOMAIN_RUN},
                               {.name = "cells", .kind = NSA_DOMAIN_POPULATION, .connection = NSA_NO_CONNECTION}};
static nsa_field fields[] = {
    {.name = "cells.rate", .domain = 0, .type = NSA_F64, .is_uniform = 1, .kind = NSA_FIELD_PARAM, .value = 0.01},
    {.name = "cells.rate given", .domain = 0, .type = NSA_B1, .is_uniform = 1, .kind = NSA_FIELD_GIVEN},
    {.name = "cells.v", .domain = 1, .type = NSA_F64, .kind = NSA_FIELD_STATE, .unit = "mV"},
    {.name = "cells.fired", .domain = 1, .type = NSA_B1, .kind = NSA_FIELD_FIRED},
};
static nsa_field_id slots[] = {{0}, {2}, {3}}, states[] = {{2}};
static nsa_kernel kernels[] = {
    {.name = "cells.step", .role = NSA_ROLE_STEP, .domain = 1, .slots = slots, .slots_count = 3}};
static nsa_event events[] = {{.name = "spike", .flag = {3}, .is_spike = 1}};
static nsa_population populations[] = {{.name = "cells",
                                        .component = "counter",
                                        .domain = 1,
                                        .rows = 1,
                                        .cols = CELLS,
                                        .step = {0},
                                        .settle = NSA_NO_KERNEL,
                                        .absorb = NSA_NO_KERNEL,
                                        .window = NSA_NO_KERNEL,
                                        .hear = NSA_NO_KERNEL,
                                        .fire = NSA_NO_KERNEL,
                                        .events = events,
                                        .events_count = 1,
                                        .states = states,
                                        .states_count = 1}};
static nsa_probe probes[] = {
    {.domain = 1, .event = {0}, .field = NSA_NO_FIELD, .kernel = NSA_NO_KERNEL, .last = CELLS - 1, .unit = "1"},
    {.domain = 1,
     .event = NSA_NO_EVENT,
     .field = {2},
     .kernel = NSA_NO_KERNEL,
     .last = CELLS - 1,
     .reduce = NSA_REDUCE_MEAN,
     .unit = "mV"},
};
static nsa_record records[] = {{.name = "cells.spike", .probe = 0, .every = 1, .phase = NSA_NONE},
                               {.name = "mean_cells.v", .probe = 1, .every = 10, .phase = NSA_NONE}};
static nsa_measure_node nodes[] = {{.kind = NSA_MEASURE_COUNT, .probe = 0, .phase = NSA_NONE},
                                   {.kind = NSA_MEASURE_DURATION, .phase = NSA_NONE}};
static nsa_measure measures[] = {{.name = "spikes", .unit = "1", .node = 0}, {.name = "time", .unit = "ms", .node = 1}};
static nsa_settable settables[] = {{.name = "cells.rate", .field = {0}, .given = {1}, .unit = "1"}};
static nsa_setting fast[] = {{0, 0.02}}, broken[] = {{0, DBL_MAX}};
static nsa_variant variants[] = {{.name = "fast", .settings = fast, .settings_count = 1},
                                 {.name = "broken", .settings = broken, .settings_count = 1}};
static nsa_source_file files[] = {{.path = "demo.nsa", .text = "neuron counter {\n  dv/dt = rate\033\n}\n"}};

static nsa_program demo(void) {
  fields[2].at = place;
  return (nsa_program){.version = NSA_PROGRAM_VERSION,
                       .until = NSA_NONE,
                       .name = "demo",
                       .source_hash_lo = 0xabc,
                       .base_dt = 0.5,
                       .ticks = 3000,
                       .files = files,
                       .files_count = 1,
                       .timescales = timescales,
                       .timescales_count = 1,
                       .domains = domains,
                       .domains_count = 2,
                       .fields = fields,
                       .fields_count = 4,
                       .kernels = kernels,
                       .kernels_count = 1,
                       .populations = populations,
                       .populations_count = 1,
                       .probes = probes,
                       .probes_count = 2,
                       .records = records,
                       .records_count = 2,
                       .measure_nodes = nodes,
                       .measure_nodes_count = 2,
                       .measures = measures,
                       .measures_count = 2,
                       .settables = settables,
                       .settables_count = 1,
                       .variants = variants,
                       .variants_count = 2};
}

static char out[65536], err[65536];

static char *read_text(const char *path, char *text, size_t size) {
  FILE *file = fopen(path, "r");
  if (!file)
    fail_msg("cannot open %s", path);
  text[fread(text, 1, size - 1, file)] = 0;
  fclose(file);
  return text;
}

static pid_t start(const char *const *words, bool as_executable) {
  pid_t child = fork();
  if (child != 0)
    return child;
  int count = 0;
  while (words[count])
    count++;
  if (!freopen("stdout.txt", "w", stdout) || !freopen("stderr.txt", "w", stderr))
    _exit(99);
  nsa_program program = demo();
  nsa_kernel_entry entry = {step, NULL};
  nsa_run_info info = {.program_name = "nsa run", .model_path = "demo.nsa", .process_start = 1};
  char *const *argv = (char *const *)(uintptr_t)words;
  if (!as_executable)
    exit(nsa_run_main(&program, &entry, count, argv, &info));
  size_t len = 0;
  uint8_t *bytes = nsa_program_write(&program, &len);
  nsa_kernel_fn table[] = {step};
  int code = nsa_executable_main(bytes, len, table, 1, count, (char **)(uintptr_t)words);
  free(bytes);
  exit(code);
}

static int end_of(pid_t child) {
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  read_text("stdout.txt", out, sizeof out);
  read_text("stderr.txt", err, sizeof err);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

#define WORDS(...)                                                                                                     \
  (const char *const[]) { __VA_ARGS__, NULL }
#define RUN(...) end_of(start(WORDS(__VA_ARGS__), false))

static void expect(int code, int wanted) {
  if (code != wanted)
    fail_msg("exit code %d, not %d; stderr: %s", code, wanted, err);
}

static void contains(const char *text, const char *part) {
  if (!strstr(text, part))
    fail_msg("no \"%s\" in \"%s\"", part, text);
}

static bool exists(const char *path) { return access(path, F_OK) == 0; }

static cJSON *read_json(const char *path) {
  char *text = malloc(1 << 20);
  cJSON *json = cJSON_Parse(read_text(path, text, 1 << 20));
  free(text);
  assert_non_null(json);
  return json;
}

static cJSON *member(cJSON *json, const char *a, const char *b) {
  cJSON *found = cJSON_GetObjectItemCaseSensitive(json, a);
  found = b ? cJSON_GetObjectItemCaseSensitive(found, b) : found;
  if (!found)
    fail_msg("no %s %s", a, b ? b : "");
  return found;
}

static int empty_folder(void **state) {
  (void)state;
  return system("rm -rf ./*.out ./*.part o stdout.txt stderr.txt");
}

/* ---- tests ---- */

static void a_run_leaves_measures_and_results(void **state) {
  (void)state;
  expect(RUN("--seed", "18446744073709551615", "--threads", "2", "--csv", "--time"), 0);
  /* cell i spikes every 100/(i+1) ticks: 0.01 * 55 * 3000 in all, up to rounding */
  contains(out, "time    1.5");
  contains(out, "spikes  16");
  contains(err, "results are in demo.out");
  contains(err, "process start to end of first step");
  assert_true(exists("demo.out/spikes.h5") && exists("demo.out/mean_cells.v.h5") &&
              exists("demo.out/mean_cells.v.csv"));
  assert_false(exists("demo.out.part") || exists("demo.out/.lock"));
  cJSON *json = read_json("demo.out/run.json");
  assert_string_equal(member(json, "outcome", "state")->valuestring, "completed");
  assert_true(member(member(json, "measures", "time"), "value", NULL)->valuedouble == 1500);
  assert_string_equal(member(member(json, "measures", "time"), "unit", NULL)->valuestring, "ms");
  assert_string_equal(member(json, "source", "hash")->valuestring, "00000000000000000000000000000abc");
  assert_int_equal(cJSON_GetArraySize(member(json, "files", NULL)), 4);
  assert_int_equal(member(json, "threads", NULL)->valueint, 2);
  member(json, "versions", "hdf5");
  cJSON_Delete(json);
  char text[65536];
  contains(read_text("demo.out/run.json", text, sizeof text), "18446744073709551615");
}

static void results_are_kept(void **state) {
  (void)state;
  expect(RUN("--csv", "--quiet"), 0);
  assert_string_equal(err, "");
  expect(RUN("--quiet"), 2);
  contains(err, "--force");
  assert_int_equal(system("touch demo.out/notes.h5 demo.out/notes.txt"), 0);
  expect(RUN("--quiet", "--force"), 0);
  assert_true(exists("demo.out/notes.h5") && exists("demo.out/notes.txt")); /* not ours */
  assert_true(exists("demo.out/spikes.h5"));
  assert_false(exists("demo.out/cells.spike.csv")); /* of the run before */
  expect(RUN("--no-results", "--quiet"), 0);
}

static void nothing_is_written(void **state) {
  (void)state;
  expect(RUN("--no-results", "--for", "10 ms"), 0);
  contains(out, "time    10  ms");
  assert_false(exists("demo.out"));
}

static void settings_and_variants(void **state) {
  (void)state;
  expect(RUN("--set", "cells.rate=0", "--no-results"), 0);
  contains(out, "spikes  0\n");
  expect(RUN("--variant", "fast", "--out", "o/a"), 0);
  contains(out, "spikes  3");
  cJSON *json = read_json("o/a/run.json");
  assert_string_equal(member(json, "variant", NULL)->valuestring, "fast");
  cJSON_Delete(json);
  expect(RUN("--variant", "fast", "--set", "cells.rate=0", "--no-results"), 0); /* --set wins */
  contains(out, "spikes  0\n");
}

static void variants_side_by_side(void **state) {
  (void)state;
  expect(RUN("--variants", "all", "--out", "o"), 3); /* one of them is broken */
  contains(out, "base");
  contains(out, "fast");
  contains(out, "broken");
  assert_true(exists("o/base/run.json") && exists("o/fast/spikes.h5") && exists("o/broken/run.json"));
  expect(RUN("--variants", "all", "--out", "o"), 2);
}

static void a_numerical_failure_says_where(void **state) {
  (void)state;
  expect(RUN("--variant", "broken"), 3);
  contains(err, "demo.nsa:2:3: error: numerical failure: cells (counter) element 1: v is inf at t "
                "= 0.5 ms\n");
  contains(err, "    2 |   dv/dt = rate\\x1B\n");
  contains(err, "      |   ^\n");
  contains(err, "the element's state: v = inf mV\n");
  assert_null(strchr(err, '\033'));
  assert_true(exists("demo.out/spikes.h5"));
  cJSON *json = read_json("demo.out/run.json");
  assert_string_equal(member(json, "outcome", "state")->valuestring, "failed");
  assert_int_equal(member(member(json, "outcome", "failure"), "line", NULL)->valueint, 2);
  cJSON_Delete(json);
}

static void usage(void **state) {
  (void)state;
  expect(RUN("--set", "cells.rat=0"), 2);
  assert_string_equal(err, "nsa run: there is no parameter \"cells.rat\"; did you mean \"cells.rate\"?\n");
  expect(RUN("--help"), 0);
  contains(out, "--variants all");
  expect(RUN("--out", "stdout.txt"), 2);
  contains(err, "stdout.txt");
}

static void wait_for(const char *path) {
  for (int i = 0; i < 500 && !exists(path); i++)
    nanosleep(&(struct timespec){0, 10000000}, NULL);
  nanosleep(&(struct timespec){0, 100000000}, NULL);
}

static void assert_state(const char *path, const char *expected) {
  cJSON *json = read_json(path);
  assert_string_equal(member(json, "outcome", "state")->valuestring, expected);
  cJSON_Delete(json);
}

static void an_interrupted_run_keeps_what_it_has(void **state) {
  (void)state;
  pid_t child = start(WORDS("--for", "100 h"), false);
  wait_for("demo.out.part/spikes.h5");
  kill(child, SIGINT);
  expect(end_of(child), 130);
  contains(err, "stopped by SIGINT at t = ");
  assert_true(exists("demo.out/spikes.h5"));
  cJSON *json = read_json("demo.out/run.json");
  assert_string_equal(member(json, "outcome", "state")->valuestring, "interrupted");
  assert_true(member(json, "outcome", "time_ms")->valuedouble > 0);
  cJSON_Delete(json);
}

/* What did not end leaves what ended alone; and two runs do not write into one folder. */
static void a_completed_run_stays(void **state) {
  (void)state;
  expect(RUN("--quiet"), 0);
  pid_t child = start(WORDS("--for", "100 h", "--force"), false);
  wait_for("demo.out.part/spikes.h5");
  assert_state("demo.out.part/run.json", "running");
  pid_t second = start(WORDS("--force", "--quiet"), false);
  expect(end_of(second), 2);
  contains(err, "nsa run: another run (process ");
  kill(child, SIGTERM);
  int status = 0;
  waitpid(child, &status, 0);
  assert_int_equal(WEXITSTATUS(status), 143);
  assert_state("demo.out/run.json", "completed");
  assert_state("demo.out.part/run.json", "interrupted");
  assert_true(exists("demo.out.part/spikes.h5"));
  assert_false(exists("demo.out.part/.lock"));
  expect(RUN("--quiet", "--force", "--variant", "broken"), 3);
  assert_state("demo.out/run.json", "completed");
  assert_state("demo.out.part/run.json", "failed");
  expect(RUN("--quiet", "--force"), 0);
  assert_false(exists("demo.out.part"));
}

static void a_killed_run_leaves_what_it_flushed(void **state) {
  (void)state;
  pid_t child = start(WORDS("--for", "100 h"), false);
  wait_for("demo.out.part/spikes.h5");
  nanosleep(&(struct timespec){0, 500000000}, NULL);
  kill(child, SIGKILL);
  expect(end_of(child), 1000 + SIGKILL);
  assert_state("demo.out.part/run.json", "running");
  cJSON *json = read_json("demo.out.part/run.json");
  assert_int_equal(cJSON_GetArraySize(member(json, "files", NULL)), 2);
  member(json, "populations", NULL);
  cJSON_Delete(json);
  expect(RUN("--quiet"), 2);
  contains(err, "demo.out.part holds results that do not say which model they are of");
  expect(RUN("--quiet", "--force"), 0);
  assert_state("demo.out/run.json", "completed");
}

static void output_has_a_limit(void **state) {
  (void)state;
  expect(RUN("--max-output", "200 kB", "--for", "100 h"), 2);
  contains(err, "the recordings are larger than --max-output 0.2 MB");
  struct stat status;
  assert_int_equal(stat("demo.out/spikes.h5", &status), 0);
  assert_true(status.st_size < 400000);
  assert_state("demo.out/run.json", "failed");
  expect(RUN("--max-output", "1 TiB", "--quiet", "--force"), 0);
  expect(RUN("--max-output", "much"), 2);
  contains(err, "--max-output wants a size such as \"500 MB\"");
  expect(RUN("--max-output=-1"), 2);
}

/* A limit on the size of files stands for a full disk. Earlier results stay, all of them. */
static void a_full_disk_leaves_earlier_results(void **state) {
  (void)state;
  char before[65536], after[65536];
  expect(RUN("--quiet"), 0);
  struct stat spikes, mean, now;
  assert_int_equal(stat("demo.out/spikes.h5", &spikes) + stat("demo.out/mean_cells.v.h5", &mean), 0);
  read_text("demo.out/run.json", before, sizeof before);
  struct rlimit old;
  getrlimit(RLIMIT_FSIZE, &old);
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){40000, old.rlim_max});
  int code = RUN("--force", "--for", "10 s");
  setrlimit(RLIMIT_FSIZE, &old);
  expect(code, 2);
  contains(err, "demo.out.part/");
  contains(err, "what was flushed before is in demo.out.part\n");
  assert_string_equal(read_text("demo.out/run.json", after, sizeof after), before);
  assert_int_equal(stat("demo.out/spikes.h5", &now), 0);
  assert_int_equal(now.st_ino, spikes.st_ino);
  assert_int_equal(stat("demo.out/mean_cells.v.h5", &now), 0);
  assert_int_equal(now.st_ino, mean.st_ino);
}

static void a_native_executable_does_the_same(void **state) {
  (void)state;
  char text[sizeof out];
  expect(RUN("--quiet"), 0);
  memcpy(text, out, sizeof text);
  expect(end_of(start(WORDS("./demo", "--quiet", "--force"), true)), 0);
  assert_string_equal(out, text);
  expect(end_of(start(WORDS("./demo", "--quiet"), true)), 0); /* its own results make room */
  expect(RUN("--quiet"), 2);
  contains(err, "nsa run: demo.out holds results of /");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(a_run_leaves_measures_and_results, empty_folder),
      cmocka_unit_test_setup(results_are_kept, empty_folder),
      cmocka_unit_test_setup(nothing_is_written, empty_folder),
      cmocka_unit_test_setup(settings_and_variants, empty_folder),
      cmocka_unit_test_setup(variants_side_by_side, empty_folder),
      cmocka_unit_test_setup(a_numerical_failure_says_where, empty_folder),
      cmocka_unit_test_setup(usage, empty_folder),
      cmocka_unit_test_setup(an_interrupted_run_keeps_what_it_has, empty_folder),
      cmocka_unit_test_setup(a_completed_run_stays, empty_folder),
      cmocka_unit_test_setup(a_killed_run_leaves_what_it_flushed, empty_folder),
      cmocka_unit_test_setup(output_has_a_limit, empty_folder),
      cmocka_unit_test_setup(a_full_disk_leaves_earlier_results, empty_folder),
      cmocka_unit_test_setup(a_native_executable_does_the_same, empty_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
