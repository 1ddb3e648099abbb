/* SPDX-License-Identifier: MIT */
/* Machine code at every width gives the bits that the interpreter gives, on functions made by chance.
 * NSA_TEST_PROGRAMS: how many programs (of 10 functions each); NSA_TEST_SEED: the first. */
#include "interp/interp.h"
#include "random_ir.h"
#include "unit/cmocka_all.h"
#include <stdlib.h>

enum { FUNCTIONS = 10, PROGRAMS = 30 };

static uint64_t number_from(const char *name, uint64_t otherwise) {
  const char *word = getenv(name);
  return word == NULL ? otherwise : strtoull(word, NULL, 10);
}

/* Padding may say that something fired or is not finite; what real entries say must be said. */
static void compare_out(const fixture_memory *m, uint32_t number, nsa_range_out expected, nsa_range_out got,
                        const char *where) {
  uint64_t entries = fixture_entries(m->program, m->program->functions.data[number]->domain);
  bool has_padding = entries != fixture_padded(entries);
  if (has_padding ? (expected.events & ~got.events) != 0 : expected.events != got.events)
    fail_msg("%s: events %x, not %x", where, got.events, expected.events);
  if (has_padding ? expected.nonfinite > got.nonfinite : expected.nonfinite != got.nonfinite)
    fail_msg("%s: nonfinite %u, not %u", where, got.nonfinite, expected.nonfinite);
}

static void compare(arena *a, const ir_program *p, uint64_t seed, uint32_t width) {
  build_jit *jit = fixture_jit(a, p, width);
  const nsa_kernel_entry *interpreted = interp_entries(a, p);
  for (uint32_t number = 0; number < p->functions.len; number++) {
    fixture_memory expected = fixture_memory_new(p), got = fixture_memory_new(p);
    random_fill(&expected, seed + number);
    random_fill(&got, seed + number);
    nsa_range_out x = fixture_call_entry(&interpreted[number], &expected, number);
    nsa_range_out y = fixture_call(jit, &got, number);
    const char *where = arena_printf(a, "seed %llu, function %u, width %u", (unsigned long long)seed, number, width);
    const char *difference = fixture_difference(a, &expected, &got);
    if (difference != NULL) {
      text printed = text_new(a);
      ir_print_function(p, p->functions.data[number], &printed);
      fputs(text_cstr(&printed), stderr); /* fail_msg cuts long texts */
      fail_msg("%s: %s", where, difference);
    }
    compare_out(&expected, number, x, y, where);
    fixture_memory_free(&expected);
    fixture_memory_free(&got);
  }
  build_jit_free(jit);
}

static void every_width_agrees(void **state) {
  (void)state;
  static const uint32_t widths[] = {4, 1, 2, 8};
  uint64_t first = number_from("NSA_TEST_SEED", 1);
  uint64_t programs = number_from("NSA_TEST_PROGRAMS", PROGRAMS);
  for (uint64_t seed = first; seed < first + programs; seed++) {
    arena *a = arena_new();
    ir_program *p = random_program(a, seed, FUNCTIONS);
    compare(a, p, seed, widths[0]);
    compare(a, p, seed, widths[1 + seed % 3]); /* the others in turn: compiling takes the time */
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_width_agrees)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
