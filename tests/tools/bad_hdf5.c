/* SPDX-License-Identifier: MIT */
/* bad_hdf5.c - files of spikes that are not as they should be, and some that are good in an unusual way.
 *
 * bad_hdf5 KIND FILE makes one; bad_hdf5 lists the kinds. The events of good ones are (1 ms, 1), (2 ms, 2), (3 ms, 3).
 */
#include <hdf5.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  hid_t file, spikes, population;
} places;

static const double three_times[] = {1, 2, 3};
static const double three_nodes[] = {1, 2, 3};

static hid_t list(hsize_t length) { return H5Screate_simple(1, &length, NULL); }

/* A data set with what is in plist; values may be NULL: nothing is stored. */
static void add_set(const places *p, const char *name, hid_t type, hsize_t length, hid_t plist, const double *values) {
  hid_t set = H5Dcreate2(p->population, name, type, list(length), H5P_DEFAULT, plist, H5P_DEFAULT);
  if (values)
    H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  H5Dclose(set);
}

static void add_times(const places *p) { add_set(p, "timestamps", H5T_NATIVE_DOUBLE, 3, H5P_DEFAULT, three_times); }
static void add_nodes(const places *p) { add_set(p, "node_ids", H5T_NATIVE_UINT64, 3, H5P_DEFAULT, three_nodes); }

static hid_t chunks(hsize_t length) {
  hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(plist, 1, &length);
  return plist;
}

static void add_unit(const places *p, const char *text, size_t size, hsize_t count) {
  hid_t set = H5Dopen2(p->population, "timestamps", H5P_DEFAULT), type = H5Tcopy(H5T_C_S1);
  char *all = calloc(count + 1, size);
  H5Tset_size(type, size);
  for (hsize_t k = 0; all && k < count; k++)
    memcpy(all + k * size, text, strlen(text) < size ? strlen(text) : size);
  hid_t attribute = H5Acreate2(set, "units", type, list(count), H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, type, all);
  H5Aclose(attribute);
  H5Dclose(set);
  free(all);
}

/* ---- claims ---- */

static void claims_2_61(const places *p) {
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, (hsize_t)1 << 61, chunks(1024), NULL);
  add_set(p, "node_ids", H5T_NATIVE_UINT64, (hsize_t)1 << 61, chunks(1024), NULL);
}
static void claims_2_30(const places *p) {
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, (hsize_t)1 << 30, chunks(1024), NULL);
  add_set(p, "node_ids", H5T_NATIVE_UINT64, (hsize_t)1 << 30, chunks(1024), NULL);
}
static void claims_deflated(const places *p) {
  hid_t plist = chunks(1024);
  H5Pset_deflate(plist, 9);
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, (hsize_t)1 << 40, plist, NULL);
  add_set(p, "node_ids", H5T_NATIVE_UINT64, (hsize_t)1 << 40, plist, NULL);
}
static void large_chunks(const places *p) {
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, (hsize_t)1 << 24, chunks((hsize_t)1 << 24), NULL);
  add_nodes(p);
}

/* ---- other places ---- */

static void external_storage(const places *p) {
  hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(plist, "secret.bin", 0, 24);
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, 3, plist, NULL);
  add_nodes(p);
}
static void external_link(const places *p) {
  H5Lcreate_external("good.h5", "/spikes/p/timestamps", p->population, "timestamps", H5P_DEFAULT, H5P_DEFAULT);
  add_nodes(p);
}
static void soft_link(const places *p) {
  add_times(p);
  H5Lcreate_soft("/spikes/p/timestamps", p->population, "node_ids", H5P_DEFAULT, H5P_DEFAULT);
}
static void external_population(const places *p) {
  H5Ldelete(p->spikes, "p", H5P_DEFAULT);
  H5Lcreate_external("good.h5", "/spikes/p", p->spikes, "p", H5P_DEFAULT, H5P_DEFAULT);
}
static void external_spikes(const places *p) {
  H5Ldelete(p->file, "spikes", H5P_DEFAULT);
  H5Lcreate_external("good.h5", "/spikes", p->file, "spikes", H5P_DEFAULT, H5P_DEFAULT);
}
static void virtual_set(const places *p) {
  hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_virtual(plist, list(3), "good.h5", "/spikes/p/timestamps", list(3));
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, 3, plist, NULL);
  add_nodes(p);
}

/* ---- filters and types ---- */

static void filter_of_plugin(const places *p) {
  hid_t plist = chunks(3);
  H5Pset_filter(plist, 32001, H5Z_FLAG_OPTIONAL, 0, NULL);
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, 3, plist, three_times);
  add_nodes(p);
}
static void filter_of_library(const places *p) {
  hid_t plist = chunks(3);
  H5Pset_nbit(plist);
  add_times(p);
  add_set(p, "node_ids", H5T_NATIVE_UINT64, 3, plist, three_nodes);
}
static void type_of_texts(const places *p) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  add_set(p, "timestamps", type, 3, H5P_DEFAULT, NULL);
  add_nodes(p);
}
static void type_of_structs(const places *p) {
  hid_t type = H5Tcreate(H5T_COMPOUND, 8);
  H5Tinsert(type, "a", 0, H5T_NATIVE_DOUBLE);
  add_times(p);
  add_set(p, "node_ids", type, 3, H5P_DEFAULT, NULL);
}
static void two_dimensions(const places *p) {
  hsize_t size[2] = {3, 1};
  hid_t space = H5Screate_simple(2, size, NULL);
  H5Dclose(H5Dcreate2(p->population, "timestamps", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  add_nodes(p);
}
static void unequal(const places *p) {
  add_times(p);
  add_set(p, "node_ids", H5T_NATIVE_UINT64, 2, H5P_DEFAULT, three_nodes);
}
static void a_group(const places *p) {
  add_times(p);
  H5Gclose(H5Gcreate2(p->population, "node_ids", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

/* ---- values ---- */

static void with_nodes(const places *p, hid_t type, double second) {
  const double nodes[] = {1, second, 3};
  add_times(p);
  add_set(p, "node_ids", type, 3, H5P_DEFAULT, nodes);
}
static void with_time(const places *p, double second) {
  const double times[] = {1, second, 3};
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, 3, H5P_DEFAULT, times);
  add_nodes(p);
}
static void negative_node(const places *p) { with_nodes(p, H5T_NATIVE_INT64, -1); }
static void negative_real_node(const places *p) { with_nodes(p, H5T_NATIVE_DOUBLE, -1); }
static void node_with_fraction(const places *p) { with_nodes(p, H5T_NATIVE_DOUBLE, 1.5); }
static void infinite_node(const places *p) { with_nodes(p, H5T_NATIVE_DOUBLE, HUGE_VAL); }
static void time_nan(const places *p) { with_time(p, NAN); }
static void time_inf(const places *p) { with_time(p, HUGE_VAL); }

/* ---- units and names ---- */

static void many_units(const places *p) {
  add_times(p);
  add_nodes(p);
  add_unit(p, "ms", 60, 1000);
}
static void long_unit(const places *p) {
  add_times(p);
  add_nodes(p);
  add_unit(p, "millisecondsmillisecondsmillisecondsmillisecondsmillisecondsmilliseconds", 60000, 1);
}
static void many_populations(const places *p) {
  add_times(p);
  add_nodes(p);
  for (int k = 0; k < 5000; k++) {
    char name[16];
    snprintf(name, sizeof name, "q%d", k);
    H5Gclose(H5Gcreate2(p->spikes, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }
}

/* ---- good ones ---- */

static void good(const places *p) {
  add_times(p);
  add_nodes(p);
}
static void good_small_types(const places *p) {
  add_set(p, "timestamps", H5T_IEEE_F32BE, 3, H5P_DEFAULT, three_times);
  add_set(p, "node_ids", H5T_STD_I16BE, 3, H5P_DEFAULT, three_nodes);
}
static void good_real_nodes(const places *p) { with_nodes(p, H5T_NATIVE_DOUBLE, 2); }
static void good_filters(const places *p) {
  hid_t plist = chunks(2);
  H5Pset_shuffle(plist);
  H5Pset_deflate(plist, 9);
  H5Pset_fletcher32(plist);
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, 3, plist, three_times);
  add_set(p, "node_ids", H5T_NATIVE_UINT64, 3, plist, three_nodes);
}
static void good_units(const places *p) {
  const double times[] = {0.001, 0.002, 0.003};
  add_set(p, "timestamps", H5T_NATIVE_DOUBLE, 3, H5P_DEFAULT, times);
  add_nodes(p);
  add_unit(p, "seconds", 7, 1);
}

static const struct {
  const char *name;
  void (*make)(const places *p);
} kinds[] = {
#define KIND(name) {#name, name}
    KIND(claims_2_61),
    KIND(claims_2_30),
    KIND(claims_deflated),
    KIND(large_chunks),
    KIND(external_storage),
    KIND(external_link),
    KIND(soft_link),
    KIND(external_population),
    KIND(external_spikes),
    KIND(virtual_set),
    KIND(filter_of_plugin),
    KIND(filter_of_library),
    KIND(type_of_texts),
    KIND(type_of_structs),
    KIND(two_dimensions),
    KIND(unequal),
    KIND(a_group),
    KIND(negative_node),
    KIND(negative_real_node),
    KIND(node_with_fraction),
    KIND(infinite_node),
    KIND(time_nan),
    KIND(time_inf),
    KIND(many_units),
    KIND(long_unit),
    KIND(many_populations),
    KIND(good),
    KIND(good_small_types),
    KIND(good_real_nodes),
    KIND(good_filters),
    KIND(good_units)};
enum { KINDS = sizeof kinds / sizeof *kinds };

static int make(size_t kind, const char *path) {
  places p = {.file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)};
  p.spikes = H5Gcreate2(p.file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  p.population = H5Gcreate2(p.spikes, "p", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  kinds[kind].make(&p);
  H5Gclose(p.population);
  H5Gclose(p.spikes);
  return H5Fclose(p.file) < 0;
}

int main(int argc, char **argv) {
  for (size_t k = 0; k < KINDS; k++) {
    if (argc < 3)
      puts(kinds[k].name);
    else if (strcmp(kinds[k].name, argv[1]) == 0)
      return make(k, argv[2]);
  }
  return argc >= 3;
}
