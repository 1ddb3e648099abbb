/* SPDX-License-Identifier: MIT */
#include "run/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Dimensions: time 4 in byte 0, voltage 4 in byte 1. */
static nsa_settable settables[] = {
    {.name = "sheet.tau_m", .dimension = 0x4, .unit = "ms", .has_range = 1, .lo = 1, .hi = 100},
    {.name = "sheet.v_th", .dimension = 0x400, .unit = "mV"},
    {.name = "excitatory.gain", .dimension = 0xfc, .unit = "1/ms"},
};
static nsa_variant variants[] = {{.name = "no_glia"}, {.name = "strong"}};
static nsa_pattern patterns[] = {{.name = "digit", .path = "digits/{}.pgm", .count = 10}};
static const nsa_program program = {
    .name = "demo",
    .base_dt = 0.1,
    .ticks = 60000,
    .settables = settables,
    .settables_count = 3,
    .variants = variants,
    .variants_count = 2,
    .patterns = patterns,
    .patterns_count = 1,
};

static bool parse(run_options *o, char error[256], const char *const *words) {
  int count = 0;
  while (words[count])
    count++;
  return options_parse(&program, count, (char *const *)(uintptr_t)words, o, error, 256);
}

#define WORDS(...)                                                                                                     \
  (const char *const[]) { __VA_ARGS__, NULL }

static void defaults(void **state) {
  (void)state;
  run_options o;
  char error[256];
  assert_true(options_parse(&program, 0, NULL, &o, error, sizeof error));
  assert_int_equal(o.seed, 1);
  assert_int_equal(o.threads, 0);
  assert_int_equal(o.variant, NSA_NONE);
  assert_int_equal(o.ticks, 60000);
  assert_null(o.out);
  options_free(&o);
}

static void all_of_them(void **state) {
  (void)state;
  run_options o;
  char error[256];
  assert_true(parse(&o, error,
                    WORDS("--set", "sheet.tau_m=0.02 s", "--set=sheet.v_th=-50 mV", "--variant", "strong",
                          "--seed=18446744073709551615", "--threads", "3", "--out", "o", "--for", "2 s", "--pattern",
                          "digit=x/{}.pgm", "--csv", "--force", "--time", "--quiet", "--no-results")));
  assert_int_equal(o.override_count, 2);
  assert_true(o.overrides[0].value == 20 && o.overrides[0].settable == 0);
  assert_true(o.overrides[1].value == -50 && o.overrides[1].settable == 1);
  assert_int_equal(o.variant, 1);
  assert_true(o.seed == UINT64_MAX);
  assert_int_equal(o.threads, 3);
  assert_string_equal(o.out, "o");
  assert_int_equal(o.ticks, 20000);
  assert_int_equal(o.pattern_count, 1);
  assert_string_equal(o.patterns[0].path, "x/{}.pgm");
  assert_true(o.csv && o.force && o.time && o.quiet && o.no_results);
  options_free(&o);
}

static void refused(const char *part, const char *const *words) {
  run_options o;
  char error[256] = "";
  assert_false(parse(&o, error, words));
  if (!strstr(error, part))
    fail_msg("\"%s\" does not say \"%s\"", error, part);
  options_free(&o);
}

static void mistakes_say_what_is_right(void **state) {
  (void)state;
  refused("did you mean \"sheet.tau_m\"", WORDS("--set", "sheet.tau=20 ms"));
  refused("there are: sheet.tau_m", WORDS("--set", "zzz=20 ms"));
  refused("is in ms, but \"20 mV\" is in mV", WORDS("--set", "sheet.tau_m=20 mV"));
  refused("has no unit; it wants one such as ms", WORDS("--set", "sheet.tau_m=20"));
  refused("outside its range, 1 to 100 ms", WORDS("--set", "sheet.tau_m=1 s"));
  refused("not a unit", WORDS("--set", "sheet.tau_m=1 foo"));
  refused("NAME=value", WORDS("--set", "sheet.tau_m"));
  refused("wants NAME=VALUE", WORDS("--set"));
  refused("did you mean \"no_glia\"", WORDS("--variant", "no_gila"));
  refused("--variants knows only", WORDS("--variants", "some"));
  refused("exclude each other", WORDS("--variants", "all", "--variant", "strong"));
  refused("--seed wants", WORDS("--seed", "-1"));
  refused("--seed wants", WORDS("--seed", "18446744073709551616"));
  refused("--threads wants", WORDS("--threads", "0"));
  refused("wants a time", WORDS("--for", "2 mV"));
  refused("shorter", WORDS("--for", "1 us"));
  refused("shorter", WORDS("--for", "-1 s"));
  refused("longer", WORDS("--for", "1e20 s"));
  refused("has no {}", WORDS("--pattern", "digit=x.pgm"));
  refused("did you mean --threads", WORDS("--thread", "2"));
  refused("takes no value", WORDS("--csv=1"));
  refused("unexpected \"model.nsa\"", WORDS("model.nsa"));
}

static void the_table_is_printed(void **state) {
  (void)state;
  char text[4096] = "";
  FILE *to = tmpfile();
  options_print(to);
  rewind(to);
  size_t len = fread(text, 1, sizeof text - 1, to);
  text[len] = 0;
  fclose(to);
  for (uint32_t i = 0; i < nsa_run_option_count; i++)
    assert_non_null(strstr(text, nsa_run_options[i].name));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(defaults),
      cmocka_unit_test(all_of_them),
      cmocka_unit_test(mistakes_say_what_is_right),
      cmocka_unit_test(the_table_is_printed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
