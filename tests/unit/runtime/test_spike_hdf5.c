/* SPDX-License-Identifier: MIT */
/* Spikes of SONATA files of other tools: units, populations, kinds of text. */
#include "unit/cmocka_all.h"

#include "stimuli/spike_hdf5.h"

#include <fcntl.h>
#include <hdf5.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  double time[4];
  uint64_t element[4];
  uint32_t count;
} taken;

static void take(void *context, const spike *spikes, size_t count) {
  taken *t = context;
  for (size_t k = 0; k < count; k++) {
    t->time[t->count] = spikes[k].time_ms;
    t->element[t->count++] = spikes[k].element;
  }
}

static void put_list(hid_t group, const char *name, hid_t type, const void *values, hsize_t n) {
  hid_t space = H5Screate_simple(1, &n, NULL),
        set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  H5Dclose(set);
  H5Sclose(space);
}

static void put_units(hid_t group, const char *unit, bool is_variable) {
  hid_t set = H5Dopen2(group, "timestamps", H5P_DEFAULT), type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  H5Tset_size(type, is_variable ? H5T_VARIABLE : strlen(unit));
  hid_t attribute = H5Acreate2(set, "units", type, space, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(H5Awrite(attribute, type, is_variable ? (const void *)&unit : unit) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
  H5Dclose(set);
}

/* Two spikes, at 0.5 and 12 of the unit, of elements 3 and `last`. */
static void add_population(hid_t spikes, const char *name, const char *unit, bool is_variable, uint64_t last) {
  hid_t group = H5Gcreate2(spikes, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  put_list(group, "timestamps", H5T_NATIVE_DOUBLE, (double[]){0.5, 12}, 2);
  put_list(group, "node_ids", H5T_NATIVE_UINT64, (uint64_t[]){3, last}, 2);
  if (unit)
    put_units(group, unit, is_variable);
  H5Gclose(group);
}

static void write_file(const char *const *names, uint32_t count, const char *unit, bool is_variable) {
  hid_t file = H5Fcreate("spikes.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t spikes = H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  for (uint32_t k = 0; k < count; k++)
    add_population(spikes, names[k], unit, is_variable, 10 + k);
  H5Gclose(spikes);
  H5Fclose(file);
}

static bool read_as(const char *name, bool is_named, taken *t, char error[SIM_ERROR_SIZE]) {
  spike_source source = {.path = "spikes.h5", .name = name, .is_named = is_named};
  *t = (taken){.count = 0};
  int file = open("spikes.h5", O_RDONLY | O_CLOEXEC);
  bool is_read = spike_hdf5_read(file, &source, take, t, error);
  close(file);
  return is_read;
}

static void units_are_read(void **state) {
  (void)state;
  static const struct {
    const char *unit;
    double factor;
  } units[] = {{NULL, 1},         {"ms", 1},    {"milliseconds", 1},    {"millisecond", 1}, {"s", 1000},
               {"seconds", 1000}, {"us", 1e-3}, {"microseconds", 1e-3}, {"min", 60000},     {"ns", 1e-6}};
  char error[SIM_ERROR_SIZE];
  taken t;
  for (size_t k = 0; k < sizeof units / sizeof *units; k++)
    for (int is_variable = 0; is_variable < 2; is_variable++) {
      write_file((const char *const[]){"other"}, 1, units[k].unit, is_variable);
      assert_true(read_as("p", false, &t, error));
      assert_int_equal(t.count, 2);
      assert_true(fabs(t.time[0] - 0.5 * units[k].factor) <= 1e-12 * units[k].factor);
      assert_true(fabs(t.time[1] - 12 * units[k].factor) <= 1e-11 * units[k].factor);
      assert_true(t.element[0] == 3 && t.element[1] == 10);
    }
}

static void other_units_are_refused(void **state) {
  (void)state;
  static const char *const units[] = {"mV", "steps", "parsec", "1", "ms/s"};
  char error[SIM_ERROR_SIZE];
  taken t;
  for (size_t k = 0; k < sizeof units / sizeof *units; k++) {
    write_file((const char *const[]){"p"}, 1, units[k], true);
    assert_false(read_as("p", false, &t, error));
    assert_int_equal(t.count, 0);
    assert_non_null(strstr(error, "no unit of time"));
    assert_non_null(strstr(error, units[k]));
  }
}

static void populations_are_named(void **state) {
  (void)state;
  static const char *const names[] = {"V1", "LGN"};
  char error[SIM_ERROR_SIZE];
  taken t;
  write_file(names, 2, "ms", true);
  assert_true(read_as("V1", false, &t, error) && t.element[1] == 10);
  assert_true(read_as("LGN", true, &t, error) && t.element[1] == 11);
  assert_false(read_as("p", false, &t, error));
  assert_non_null(strstr(error, "LGN, V1"));
  write_file(names, 1, "ms", true);
  assert_true(read_as("p", false, &t, error) && t.element[1] == 10);
  assert_false(read_as("p", true, &t, error)); /* it was named */
  assert_non_null(strstr(error, "V1"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(units_are_read), cmocka_unit_test(other_units_are_refused),
                                     cmocka_unit_test(populations_are_named)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
