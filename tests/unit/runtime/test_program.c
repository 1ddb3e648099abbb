/* SPDX-License-Identifier: MIT */
/* A program survives its way through bytes; damaged bytes are refused. */
#include "unit/cmocka_all.h"

#include "nsa_program.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static nsa_field_id slots[] = {{3}, {NSA_NONE}, {0}};
static nsa_kernel_id kernel_ids[] = {{1}};
static uint8_t ink[] = {0, 1, 1, 0, 1, 0};
static nsa_source_file files[] = {{.path = "a.nsa", .text = "neuron x {}\n"}};
static nsa_timescale timescales[] = {{.name = "fast", .dt = 0.1, .ticks = 1}};
static nsa_field fields[] = {{.name = "τ.v", .value = -0.0, .unit = NULL, .dimension = UINT64_MAX, .at = {.line = 7}},
                             {.name = "", .value = NAN, .unit = "mV"}};
static nsa_kernel kernels[] = {{.name = "k", .slots = slots, .slots_count = 3}, {.name = "empty"}};
static nsa_event events[] = {{.name = "spike", .flag = {1}, .is_spike = 1}};
static nsa_population populations[] = {
    {.name = "p", .rows = 2, .cols = 3, .events = events, .events_count = 1, .states = slots, .states_count = 2}};
static nsa_connection connections[] = {
    {.name = "c", .rule = {.kind = NSA_RULE_FILE, .path = "e.csv", .length = 1e300}}};
static nsa_input_folder folders[] = {{"."}, {"/models"}};
static nsa_image images[] = {{.rows = 2, .cols = 3, .ink = ink, .ink_count = 6}};
static nsa_setting settings[] = {{.settable = 4, .value = 2.5}};
static nsa_variant variants[] = {{.name = "none"}, {.name = "one", .settings = settings, .settings_count = 1}};

static nsa_program example(void) {
  return (nsa_program){.version = NSA_PROGRAM_VERSION,
                       .name = "example",
                       .folders = folders,
                       .folders_count = 2,
                       .ticks = UINT64_C(1) << 40,
                       .base_dt = 0.1,
                       .files = files,
                       .files_count = 1,
                       .timescales = timescales,
                       .timescales_count = 1,
                       .fields = fields,
                       .fields_count = 2,
                       .kernels = kernels,
                       .kernels_count = 2,
                       .populations = populations,
                       .populations_count = 1,
                       .connections = connections,
                       .connections_count = 1,
                       .images = images,
                       .images_count = 1,
                       .variants = variants,
                       .variants_count = 2,
                       .init = kernel_ids,
                       .init_count = 1};
}

static void comes_back_whole(void **state) {
  (void)state;
  nsa_program from = example();
  size_t len, again_len;
  const char *error;
  uint8_t *bytes = nsa_program_write(&from, &len);
  nsa_program *p = nsa_program_read(bytes, len, &error);
  assert_non_null(p);
  assert_null(error);
  assert_string_equal(p->name, "example");
  assert_int_equal(p->folders_count, 2);
  assert_string_equal(p->folders[1].path, "/models");
  assert_true(p->ticks == UINT64_C(1) << 40);
  assert_string_equal(p->fields[0].name, "τ.v");
  assert_true(signbit(p->fields[0].value) && isnan(p->fields[1].value));
  assert_null(p->fields[0].unit);
  assert_string_equal(p->fields[1].name, "");
  assert_int_equal(p->fields[0].at.line, 7);
  assert_int_equal(p->kernels[0].slots[1].id, NSA_NONE);
  assert_int_equal(p->kernels[1].slots_count, 0);
  assert_string_equal(p->populations[0].events[0].name, "spike");
  assert_string_equal(p->connections[0].rule.path, "e.csv");
  assert_memory_equal(p->images[0].ink, ink, sizeof ink);
  assert_true(p->variants[1].settings[0].value == 2.5);
  uint8_t *again = nsa_program_write(p, &again_len);
  assert_int_equal(len, again_len);
  assert_memory_equal(bytes, again, len);
  free(again);
  free(bytes);
  nsa_program_free(p);
}

static void damage_is_refused(void **state) {
  (void)state;
  nsa_program from = example();
  size_t len;
  uint8_t *bytes = nsa_program_write(&from, &len);
  for (size_t i = 0; i < len; i++) {
    const char *error = NULL;
    bytes[i] ^= 0x55;
    assert_null(nsa_program_read(bytes, len, &error));
    assert_non_null(error);
    bytes[i] ^= 0x55;
    uint8_t *cut = malloc(i + 1); /* of its own, so that reading past it is seen */
    memcpy(cut, bytes, i);
    assert_null(nsa_program_read(cut, i, &error));
    free(cut);
  }
  free(bytes);
}

static uint64_t checksum(const uint8_t *bytes, size_t len) {
  uint64_t hash = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < len; i++)
    hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
  return hash;
}

/* Wrong bytes under a right checksum: refused or read, but nothing is touched that is not there. */
static void wrong_counts_do_no_harm(void **state) {
  (void)state;
  enum { HEADER = 28 };
  nsa_program from = example();
  size_t len;
  uint8_t *bytes = nsa_program_write(&from, &len);
  for (size_t i = HEADER; i < len; i++)
    for (int value = 0; value < 256; value += 51) {
      const char *error = NULL;
      uint8_t kept = bytes[i];
      bytes[i] = (uint8_t)value;
      uint64_t hash = checksum(bytes + HEADER, len - HEADER);
      for (int k = 0; k < 8; k++)
        bytes[20 + k] = (uint8_t)(hash >> (8 * k));
      nsa_program *p = nsa_program_read(bytes, len, &error);
      assert_true(p || error);
      nsa_program_free(p);
      bytes[i] = kept;
    }
  free(bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(comes_back_whole),
      cmocka_unit_test(damage_is_refused),
      cmocka_unit_test(wrong_counts_do_no_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
