/* SPDX-License-Identifier: MIT */
#include "observe/record.h"
#include "observe/record_h5.h"

#include <hdf5.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A sheet of five cells with spikes, releases and a potential; the sim is filled in by hand. */
enum { CELLS = 5, SPIKE = 0, RELEASE = 1, FIELD_V = 0, FIELD_FIRED = 1 };

static nsa_domain domains[] = {{.name = "sheet", .kind = NSA_DOMAIN_POPULATION, .connection = NSA_NO_CONNECTION}};
static nsa_field fields[] = {{.name = "sheet.v", .type = NSA_F64}, {.name = "sheet.fired", .type = NSA_B1}};
static nsa_event events[] = {{.name = "spike", .is_spike = 1}, {.name = "release"}};
static nsa_population populations[] = {{.name = "sheet", .events = events, .events_count = 2}};
static nsa_phase phases[] = {{"learn"}};

#define ALL .first = 0, .last = UINT32_MAX
static nsa_probe probes[] = {
    {.event = {SPIKE}, .kernel = NSA_NO_KERNEL, ALL, .unit = ""},
    {.event = {RELEASE}, .kernel = NSA_NO_KERNEL, .first = 1, .last = 3, .unit = ""},
    {.event = NSA_NO_EVENT, .field = {FIELD_V}, .kernel = NSA_NO_KERNEL, ALL, .unit = "mV"},
    {.event = NSA_NO_EVENT, .field = {FIELD_V}, .kernel = NSA_NO_KERNEL, .first = 1, .last = 2, .unit = "mV"},
    {.event = NSA_NO_EVENT, .field = {FIELD_V}, .kernel = NSA_NO_KERNEL, ALL, .reduce = NSA_REDUCE_MEAN, .unit = "mV"},
    {.event = NSA_NO_EVENT, .field = {FIELD_FIRED}, .kernel = NSA_NO_KERNEL, ALL, .unit = "1"},
};
static nsa_record records[] = {
    {.name = "sheet.spike", .probe = 0, .phase = NSA_NONE},
    {.name = "sheet.release", .probe = 1, .phase = NSA_NONE},
    {.name = "sheet.v", .probe = 2, .every = 5, .phase = NSA_NONE},
    {.name = "sheet.v", .probe = 3, .every = 1, .phase = 0},
    {.name = "mean_sheet.v", .probe = 4, .every = 1, .phase = NSA_NONE},
    {.name = "sheet.fired", .probe = 5, .every = 10, .phase = NSA_NONE},
    {.name = "sheet.spike", .probe = 0, .phase = 0},
};
static const nsa_program program = {
    .name = "demo",
    .base_dt = 0.1,
    .ticks = 20,
    .domains = domains,
    .domains_count = 1,
    .fields = fields,
    .fields_count = 2,
    .populations = populations,
    .populations_count = 1,
    .phases = phases,
    .phases_count = 1,
    .probes = probes,
    .probes_count = 6,
    .records = records,
    .records_count = 7,
};

typedef struct {
  sim s;
  double v[8];
  uint8_t fired[8], active[1];
  void *data[2];
  uint64_t count[2], domain_count[1];
  uint32_t spikes[CELLS], releases[CELLS];
  sim_fired lists[2];
  sim_population population;
} fake;

static void fake_init(fake *f) {
  memset(f, 0, sizeof *f);
  f->data[0] = f->v;
  f->data[1] = f->fired;
  f->count[0] = f->count[1] = f->domain_count[0] = CELLS;
  f->lists[0].elements = f->spikes;
  f->lists[1].elements = f->releases;
  f->population = (sim_population){.count = CELLS, .global = CELLS, .padded = 8, .every = 1, .events = f->lists};
  f->s = (sim){.program = &program,
               .base_step = nsa_step_of(program.base_dt),
               .field_data = f->data,
               .field_count = f->count,
               .domain_count = f->domain_count,
               .populations = &f->population,
               .phase_active = f->active};
}

/* At tick n the cells have v = 10 n + i; at even ticks cells 0 and 4 spike, at ticks 3 and 7 all
 * release; the phase has three windows: ticks 4 to 6, 11 and 13. */
static void fake_tick(fake *f, uint64_t tick) {
  f->s.tick = tick;
  for (uint32_t i = 0; i < CELLS; i++)
    f->v[i] = 10.0 * (double)tick + i;
  f->fired[2] = tick == 10;
  f->spikes[0] = 0;
  f->spikes[1] = 4;
  f->lists[SPIKE].count = tick > 0 && tick % 2 == 0 ? 2 : 0;
  f->lists[RELEASE].count = tick == 3 || tick == 7 ? CELLS : 0;
  for (uint32_t i = 0; i < CELLS; i++)
    f->releases[i] = i;
  f->active[0] = (tick >= 4 && tick < 7) || tick == 11 || tick == 13;
}

static void make_folder(const char *folder) { assert_int_equal(mkdir(folder, 0777), 0); }

static void run_as(const char *folder, record_format format) {
  fake f;
  char error[SIM_ERROR_SIZE] = "";
  fake_init(&f);
  make_folder(folder);
  recorder *r = recorder_new(&f.s, folder, format, error);
  if (!r)
    fail_msg("%s", error);
  for (uint64_t tick = 0; tick <= program.ticks; tick++) {
    fake_tick(&f, tick);
    recorder_observer(r).after_tick(r, &f.s);
    if (tick == 9)
      recorder_flush(r);
  }
  assert_null(recorder_error(r));
  assert_int_equal(recorder_file_count(r), format.with_csv ? 14 : 7);
  assert_string_equal(recorder_file(r, 0), "spikes.h5");
  assert_true(recorder_close(r, error));
  recorder_free(r);
}

static void run(const char *folder, bool with_csv) { run_as(folder, (record_format){.with_csv = with_csv}); }

/* ---- reading back ---- */

static hid_t open_h5(const char *path) {
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0)
    fail_msg("cannot open %s", path);
  return file;
}

static hsize_t read_doubles(hid_t file, const char *path, double *values, hsize_t most) {
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
  if (set < 0)
    fail_msg("no %s", path);
  hid_t space = H5Dget_space(set);
  hsize_t n = (hsize_t)H5Sget_simple_extent_npoints(space);
  assert_true(n <= most);
  assert_true(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  H5Sclose(space);
  H5Dclose(set);
  return n;
}

static void assert_values(hid_t file, const char *path, const double *expected, hsize_t n) {
  double values[256];
  assert_int_equal(read_doubles(file, path, values, 256), n);
  assert_memory_equal(values, expected, n * sizeof *values);
}

static void assert_units(hid_t file, const char *path, const char *expected) {
  hid_t attribute = H5Aopen_by_name(file, path, "units", H5P_DEFAULT, H5P_DEFAULT);
  assert_true(attribute >= 0);
  hid_t type = H5Aget_type(attribute);
  char *text = NULL;
  assert_true(H5Tis_variable_str(type) > 0);
  assert_true(H5Aread(attribute, type, &text) >= 0);
  assert_string_equal(text, expected);
  H5free_memory(text);
  H5Tclose(type);
  H5Aclose(attribute);
}

static void spikes_are_sonata(void **state) {
  (void)state;
  run("spikes.out", false);
  hid_t file = open_h5("spikes.out/spikes.h5");
  double times[64], nodes[64];
  assert_int_equal(read_doubles(file, "/spikes/sheet/timestamps", times, 64), 20);
  assert_int_equal(read_doubles(file, "/spikes/sheet/node_ids", nodes, 64), 20);
  for (uint32_t i = 0; i < 20; i++) {
    assert_true(times[i] == (double)(2 * (i / 2) + 2) / 10);
    assert_true(nodes[i] == (i % 2 ? 4 : 0));
  }
  assert_units(file, "/spikes/sheet/timestamps", "ms");
  hid_t sorting = H5Aopen_by_name(file, "/spikes/sheet", "sorting", H5P_DEFAULT, H5P_DEFAULT);
  hid_t type = H5Aget_type(sorting);
  assert_int_equal(H5Tget_class(type), H5T_ENUM);
  uint8_t value = 0;
  char name[16];
  assert_true(H5Aread(sorting, type, &value) >= 0);
  assert_true(H5Tenum_nameof(type, &value, name, sizeof name) >= 0);
  assert_string_equal(name, "by_time");
  H5Tclose(type);
  H5Aclose(sorting);
  H5Fclose(file);
}

static void other_events_and_slices(void **state) {
  (void)state;
  run("events.out", false);
  hid_t file = open_h5("events.out/sheet.release.h5");
  assert_values(file, "/spikes/sheet/node_ids", (double[]){1, 2, 3, 1, 2, 3}, 6);
  H5Fclose(file);
  file = open_h5("events.out/sheet.spike.h5"); /* a second recording of the same spikes, in a phase */
  assert_values(file, "/spikes/sheet/timestamps", (double[]){0.4, 0.4, 0.6, 0.6}, 4);
  H5Fclose(file);
}

static void reports_are_sonata(void **state) {
  (void)state;
  run("reports.out", false);
  hid_t file = open_h5("reports.out/sheet.v.h5");
  double expected[25];
  for (uint32_t row = 0; row < 5; row++)
    for (uint32_t i = 0; i < CELLS; i++)
      expected[5 * row + i] = 50.0 * row + i;
  assert_values(file, "/report/sheet/data", expected, 25);
  assert_values(file, "/report/sheet/mapping/node_ids", (double[]){0, 1, 2, 3, 4}, 5);
  assert_values(file, "/report/sheet/mapping/index_pointers", (double[]){0, 1, 2, 3, 4, 5}, 6);
  assert_values(file, "/report/sheet/mapping/time", (double[]){0, 2.5, 0.5}, 3);
  assert_units(file, "/report/sheet/data", "mV");
  assert_units(file, "/report/sheet/mapping/time", "ms");
  H5Fclose(file);
  file = open_h5("reports.out/mean_sheet.v.h5");
  double means[32];
  assert_int_equal(read_doubles(file, "/report/sheet/data", means, 32), 21);
  assert_true(means[0] == 2 && means[20] == 202);
  H5Fclose(file);
  file = open_h5("reports.out/sheet.fired.h5");
  double fired[15] = {[7] = 1};
  assert_values(file, "/report/sheet/data", fired, 15);
  H5Fclose(file);
}

/* A report for each window, whose start, stop and step give each row its time. */
static void phases_have_gaps(void **state) {
  (void)state;
  run("phases.out", false);
  hid_t file = open_h5("phases.out/sheet.v-2.h5"); /* its name was taken */
  assert_values(file, "/report/sheet/data", (double[]){41, 42, 51, 52, 61, 62}, 6);
  assert_values(file, "/report/sheet/mapping/node_ids", (double[]){1, 2}, 2);
  assert_values(file, "/report/sheet/mapping/time", (double[]){0.4, 0.7, 0.1}, 3);
  assert_values(file, "/report/sheet.2/data", (double[]){111, 112}, 2);
  assert_values(file, "/report/sheet.2/mapping/time", (double[]){1.1, 1.2, 0.1}, 3);
  assert_values(file, "/report/sheet.2/mapping/node_ids", (double[]){1, 2}, 2);
  assert_units(file, "/report/sheet.2/mapping/time", "ms");
  assert_values(file, "/report/sheet.3/data", (double[]){131, 132}, 2);
  assert_values(file, "/report/sheet.3/mapping/time", (double[]){1.3, 1.4, 0.1}, 3);
  assert_values(file, "/report/sheet.3/mapping/index_pointers", (double[]){0, 1, 2}, 3);
  H5Fclose(file);
}

static void values_as_floats(void **state) {
  (void)state;
  run_as("floats.out", (record_format){.is_single = true});
  hid_t file = open_h5("floats.out/sheet.v.h5"), set = H5Dopen2(file, "/report/sheet/data", H5P_DEFAULT),
        type = H5Dget_type(set);
  assert_true(H5Tequal(type, H5T_IEEE_F32LE) > 0);
  double values[25];
  assert_int_equal(read_doubles(file, "/report/sheet/data", values, 25), 25);
  assert_true(values[24] == 204);
  H5Tclose(type);
  H5Dclose(set);
  H5Fclose(file);
}

static void text_has_the_same(void **state) {
  (void)state;
  run("csv.out", true);
  char text[4096];
  FILE *file = fopen("csv.out/sheet.v.csv", "r");
  size_t len = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[len] = 0;
  assert_string_equal(
      text, "time (ms),0 (mV),1 (mV),2 (mV),3 (mV),4 (mV)\n0,0,1,2,3,4\n0.5,50,51,52,53,54\n1,100,101,102,103,104\n"
            "1.5,150,151,152,153,154\n2,200,201,202,203,204\n");
  file = fopen("csv.out/sheet.release.csv", "r");
  len = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[len] = 0;
  assert_non_null(strstr(text, "timestamps (ms),node_ids\n0.3,1\n"));
}

/* What the child says with its exit code: the number of the first thing that was not so, 0 for
 * none. */
static int fill_disk(void) {
  char error[SIM_ERROR_SIZE] = "";
  uint64_t total = 0;
  if (mkdir("full.out", 0777) != 0)
    return 1;
  signal(SIGXFSZ, SIG_IGN);
  h5_file *file = h5_create("full.out", "spikes", &total, error);
  h5_spikes *spikes = h5_add_spikes(file, "sheet");
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){100000, 100000}); /* stands for a full disk */
  for (uint32_t i = 0; i < 100000; i++)
    h5_put_spike(spikes, i, i);
  if (h5_flush(file) || !strstr(h5_error(file), "full.out/spikes.h5"))
    return 2;
  if (h5_close(file, error) || !strstr(error, "full.out/spikes.h5"))
    return 3;
  return 0;
}

/* In a process of its own, for the limit. */
static void a_full_disk_is_an_error(void **state) {
  (void)state;
  int status = 0;
  pid_t child = fork();
  if (child == 0)
    _exit(fill_disk());
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

/* Rows that are longer than the buffer go to the file in pieces. */
static void long_rows(void **state) {
  (void)state;
  enum { COLUMNS = 300000, PIECE = 7001 };
  char error[SIM_ERROR_SIZE] = "";
  uint64_t total = 0;
  make_folder("long.out");
  h5_file *file = h5_create("long.out", "w", &total, error);
  h5_report *report = h5_add_report(
      file, &(h5_report_shape){.population = "w", .units = "nS", .columns = COLUMNS, .step_ms = 1, .expected_rows = 2});
  double *row = malloc(COLUMNS * sizeof *row), *back = malloc(2 * COLUMNS * sizeof *back);
  for (uint32_t i = 0; i < COLUMNS; i++)
    row[i] = i;
  for (uint32_t t = 0; t < 2; t++)
    for (uint32_t at = 0; at < COLUMNS; at += PIECE)
      h5_put_values(report, (h5_row_time){t, t + 1}, row + at, COLUMNS - at < PIECE ? COLUMNS - at : PIECE);
  assert_true(h5_close(file, error));
  assert_true(total > 2 * COLUMNS * sizeof *row);
  hid_t h5 = open_h5("long.out/w.h5");
  assert_int_equal(read_doubles(h5, "/report/w/data", back, 2 * COLUMNS), 2 * COLUMNS);
  assert_memory_equal(back, row, COLUMNS * sizeof *row);
  assert_memory_equal(back + COLUMNS, row, COLUMNS * sizeof *row);
  H5Fclose(h5);
  free(row);
  free(back);
}

/* A process with the last five of eight cells writes their numbers in the whole population. */
static void numbers_are_those_of_the_whole_population(void **state) {
  (void)state;
  enum { FIRST = 3 };
  fake f;
  char error[SIM_ERROR_SIZE] = "";
  fake_init(&f);
  f.population.first = FIRST;
  f.population.global = FIRST + CELLS;
  make_folder("part.out");
  recorder *r = recorder_new(&f.s, "part.out", (record_format){.with_csv = true}, error);
  assert_non_null(r);
  for (uint64_t tick = 0; tick <= program.ticks; tick++) {
    fake_tick(&f, tick);
    recorder_observer(r).after_tick(r, &f.s);
  }
  assert_true(recorder_close(r, error));
  recorder_free(r);
  double nodes[64];
  hid_t file = open_h5("part.out/spikes.h5");
  assert_int_equal(read_doubles(file, "/spikes/sheet/node_ids", nodes, 64), 20);
  for (uint32_t i = 0; i < 20; i++)
    assert_true(nodes[i] == FIRST + (i % 2 ? 4 : 0));
  H5Fclose(file);
  file = open_h5("part.out/sheet.release.h5"); /* of cells 1 to 3: one is here */
  assert_values(file, "/spikes/sheet/node_ids", (double[]){3, 3}, 2);
  H5Fclose(file);
  file = open_h5("part.out/sheet.v.h5");
  assert_values(file, "/report/sheet/mapping/node_ids", (double[]){3, 4, 5, 6, 7}, 5);
  H5Fclose(file);
  char line[128] = "";
  FILE *text = fopen("part.out/sheet.v.csv", "r");
  assert_non_null(fgets(line, sizeof line, text));
  assert_string_equal(line, "time (ms),3 (mV),4 (mV),5 (mV),6 (mV),7 (mV)\n");
  fclose(text);
}

static int empty_folder(void **state) {
  (void)state;
  return system("rm -rf ./*.out kept");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(spikes_are_sonata, empty_folder),
      cmocka_unit_test_setup(other_events_and_slices, empty_folder),
      cmocka_unit_test_setup(reports_are_sonata, empty_folder),
      cmocka_unit_test_setup(phases_have_gaps, empty_folder),
      cmocka_unit_test_setup(values_as_floats, empty_folder),
      cmocka_unit_test_setup(text_has_the_same, empty_folder),
      cmocka_unit_test_setup(a_full_disk_is_an_error, empty_folder),
      cmocka_unit_test_setup(long_rows, empty_folder),
      cmocka_unit_test_setup(numbers_are_those_of_the_whole_population, empty_folder),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  h5_library_close();
  return failed;
}
