/* SPDX-License-Identifier: MIT */
/* Objects, the cache and executables. */
#include "build/build.h"
#include "support/file.h"
#include "unit/cmocka_all.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* x = x * factor + 1, and the parameter's value is 2; LINES lets places differ. */
#define SOURCE(factor, value, place)                                                                                   \
  "program { version 1 name \"tiny\"\n"                                                                                \
  "  timescales [ { name \"fast\" dt 0.1 ticks 1 } ]\n"                                                                \
  "  populations [ { name \"grid\" domain 1 rows 2 cols 5 } ] }\n"                                                     \
  "domain 0 run \"run\" owner none\n"                                                                                  \
  "domain 1 population \"grid\" owner 0\n"                                                                             \
  "field 0 \"grid.x\" f64 state domain 1 value 3 unit \"\" dimension 0x0 at 0 0 0\n"                                   \
  "field 1 \"grid.u\" f64 uniform param domain 0 value " value " unit \"\" dimension 0x0 at 0 0 0\n"                   \
  "function \"grid.init\" init domain 1 timescale 0 {\n"                                                               \
  "%0 = const 3" place "\nstore $0 %0\n}\n"                                                                            \
  "function \"grid.step\" step domain 1 timescale 0 {\n"                                                               \
  "%0 = load $0" place "\n%1 = load $1\n%2 = const " factor "\n%3 = fma %0 %2 %1\n"                                    \
  "%4 = math1 #0 %3\nstore $0 %4\n}\n"

static ir_program *read_program(arena *a, const char *source) {
  const char *error = NULL;
  ir_program *p = ir_read(a, source, &error);
  if (p == NULL)
    fail_msg("ir_read: %s", error);
  ir_program_finish(p);
  return p;
}

static build_target host(arena *a, uint32_t width) {
  build_target target;
  const char *error = NULL;
  if (!build_target_host(a, width, &target, &error))
    fail_msg("%s", error);
  return target;
}

static build_objects compile(arena *a, const ir_program *p, bool use_cache, bool *is_cached) {
  build_target target = host(a, 0);
  build_objects objects;
  const char *error = NULL;
  build_options options = {.use_cache = use_cache};
  if (!build_compile(a, p, &target, &options, &objects, is_cached, &error))
    fail_msg("%s", error);
  return objects;
}

static bool is_same(const build_objects *x, const build_objects *y) {
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    if (x->parts[i].len != y->parts[i].len ||
        (x->parts[i].len != 0 && memcmp(x->parts[i].data, y->parts[i].data, x->parts[i].len) != 0))
      return false;
  return true;
}

static int start(void **state) {
  *state = arena_new();
  return 0;
}

static int stop(void **state) {
  arena_free(*state);
  return 0;
}

/* ---- targets ---- */

static void the_host_has_a_width(void **state) {
  arena *a = *state;
  build_target target = host(a, 0);
  assert_true(target.width == 2 || target.width == 4 || target.width == 8);
  assert_int_equal(host(a, 8).width, 8);
  const char *error = NULL;
  assert_false(build_target_host(a, 3, &target, &error));
  assert_non_null(strstr(error, "not 3"));
}

/* ---- objects ---- */

static void the_same_program_gives_the_same_bytes(void **state) {
  arena *a = *state;
  build_objects x = compile(a, read_program(a, SOURCE("0.5", "2", "")), false, NULL);
  build_objects y = compile(a, read_program(a, SOURCE("0.5", "7", " @0:3-5")), false, NULL);
  assert_true(x.parts[0].len != 0);
  assert_true(x.parts[2].len != 0); /* grid.init */
  assert_true(is_same(&x, &y));
  build_objects z = compile(a, read_program(a, SOURCE("0.75", "2", "")), false, NULL);
  assert_false(is_same(&x, &z));
}

static void stages_can_be_read(void **state) {
  arena *a = *state;
  ir_program *p = read_program(a, SOURCE("0.5", "2", ""));
  build_target target = host(a, 4);
  build_options options = {.is_text = true};
  const char *error = NULL;
  build_objects objects;
  build_modules *m = build_emit(a, p, &target, &options, &error);
  assert_non_null(strstr(build_modules_text(m), "call <4 x double> @nsa_exp_4"));
  assert_true(build_optimise(m, &error));
  const char *optimised = build_modules_text(m);
  assert_null(strstr(optimised, "@nsa_exp_4"));
  assert_null(strstr(optimised, "alloca"));
  assert_true(build_generate(m, &objects, &error));
  assert_non_null(strstr((const char *)objects.parts[0].data, "nsa_kernel_1:"));
  build_modules_free(m);
  options.passes = "no-such-pass";
  m = build_emit(a, p, &target, &options, &error);
  assert_false(build_optimise(m, &error));
  assert_non_null(strstr(error, "no-such-pass"));
  build_modules_free(m);
}

static void a_damaged_object_is_an_error_with_text(void **state) {
  arena *a = *state;
  build_objects objects = {.parts = {{(const uint8_t *)"no object", 9}}};
  const char *error = NULL;
  assert_null(build_jit_new(a, &objects, &error));
  assert_non_null(error);
  objects = compile(a, read_program(a, SOURCE("0.5", "2", "")), false, NULL);
  objects.parts[2].len = 0; /* nsa_kernel_0 is missing */
  assert_null(build_jit_new(a, &objects, &error));
  assert_non_null(strstr(error, "nsa_kernel_0"));
}

/* ---- the cache ---- */

static const char *new_folder(arena *a) {
  char *folder = arena_printf(a, "/tmp/nsa-test-XXXXXX");
  assert_non_null(mkdtemp(folder));
  setenv("NSA_CACHE", folder, 1);
  return folder;
}

static char *entry_of(arena *a, const char *folder, const ir_program *p) {
  build_target target = host(a, 0);
  build_key key = build_cache_key(p, &target);
  return arena_printf(a, "%s/%016llx%016llx.nsaobj", folder, (unsigned long long)key.hi, (unsigned long long)key.lo);
}

static void remove_folder(const char *folder, const char *entry) {
  unlink(entry);
  assert_int_equal(rmdir(folder), 0);
  unsetenv("NSA_CACHE");
}

static void a_changed_parameter_is_found_in_the_cache(void **state) {
  arena *a = *state;
  const char *folder = new_folder(a);
  ir_program *p = read_program(a, SOURCE("0.5", "2", ""));
  bool is_cached;
  build_objects first = compile(a, p, true, &is_cached);
  assert_false(is_cached);
  build_objects second = compile(a, read_program(a, SOURCE("0.5", "3", " @0:3-5")), true, &is_cached);
  assert_true(is_cached);
  assert_true(is_same(&first, &second));
  ir_program *other = read_program(a, SOURCE("0.25", "2", ""));
  compile(a, other, true, &is_cached);
  assert_false(is_cached);
  unlink(entry_of(a, folder, other));
  remove_folder(folder, entry_of(a, folder, p));
}

/* Flips one byte at `at` (from the end when negative), or cuts the file there. */
static void damage(arena *a, const char *path, long at, bool cut) {
  size_t len;
  const char *error;
  char *data = file_read(a, path, 1 << 24, &len, &error);
  assert_non_null(data);
  size_t place = at < 0 ? len - (size_t)-at : (size_t)at;
  data[place] ^= 1;
  assert_true(file_write_atomic(a, path, data, cut ? place : len, &error));
}

static void a_damaged_entry_is_made_anew(void **state) {
  arena *a = *state;
  static const struct {
    long at;
    bool cut;
  } ways[] = {{0, false}, {9, false}, {30, false}, {-1, false}, {-200, true}, {5, true}, {0, true}};
  const char *folder = new_folder(a);
  ir_program *p = read_program(a, SOURCE("0.5", "2", ""));
  const char *entry = entry_of(a, folder, p);
  bool is_cached;
  build_objects good = compile(a, p, true, &is_cached);
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    damage(a, entry, ways[i].at, ways[i].cut);
    build_objects again = compile(a, p, true, &is_cached);
    assert_false(is_cached);
    assert_true(is_same(&good, &again));
    compile(a, p, true, &is_cached);
    assert_true(is_cached);
  }
  remove_folder(folder, entry);
}

static void copy(arena *a, const char *from, const char *to) {
  size_t len;
  const char *error;
  char *data = file_read(a, from, 1 << 24, &len, &error);
  assert_non_null(data);
  assert_true(file_write_atomic(a, to, data, len, &error));
}

/* Whatever lies under its name. */
static void only_an_entry_of_our_own_is_taken(void **state) {
  arena *a = *state;
  const char *folder = new_folder(a), *away = arena_printf(a, "%s/away", folder);
  ir_program *p = read_program(a, SOURCE("0.5", "2", "")), *other = read_program(a, SOURCE("0.25", "2", ""));
  const char *entry = entry_of(a, folder, p), *of_other = entry_of(a, folder, other);
  bool is_cached;
  compile(a, p, true, &is_cached);
  compile(a, other, true, &is_cached);
  copy(a, of_other, entry); /* whole, but of other functions */
  compile(a, p, true, &is_cached);
  assert_false(is_cached);
  assert_int_equal(rename(entry, away), 0);
  assert_int_equal(symlink(away, entry), 0);
  compile(a, p, true, &is_cached);
  assert_false(is_cached);
  unlink(entry);
  assert_int_equal(mkfifo(entry, 0600), 0);
  compile(a, p, true, &is_cached);
  assert_false(is_cached);
  compile(a, p, true, &is_cached); /* what was in the way was replaced */
  assert_true(is_cached);
  if (geteuid() == 0) {
    assert_int_equal(chown(entry, 65534, 65534), 0);
    compile(a, p, true, &is_cached);
    assert_false(is_cached);
  }
  unlink(away);
  unlink(of_other);
  remove_folder(folder, entry);
}

static void only_a_folder_of_our_own_is_used(void **state) {
  arena *a = *state;
  static const mode_t too_open[] = {0755, 0770, 0707, 0701, 01777};
  const char *folder = new_folder(a), *alias = arena_printf(a, "%s.alias", folder);
  assert_string_equal(build_cache_folder(a), folder);
  for (size_t i = 0; i < sizeof too_open / sizeof too_open[0]; i++) { /* others could look, or write */
    assert_int_equal(chmod(folder, too_open[i]), 0);
    assert_null(build_cache_folder(a));
  }
  assert_int_equal(chmod(folder, 0700), 0);
  assert_int_equal(symlink(folder, alias), 0); /* which may lead elsewhere the next time */
  setenv("NSA_CACHE", alias, 1);
  assert_null(build_cache_folder(a));
  unlink(alias);
  setenv("NSA_CACHE", folder, 1);
  if (geteuid() == 0) { /* only root can give folders away */
    assert_int_equal(chown(folder, 65534, 65534), 0);
    assert_null(build_cache_folder(a));
    assert_int_equal(chown(folder, 0, 0), 0);
  }
  setenv("NSA_CACHE", "off", 1);
  assert_null(build_cache_folder(a));
  setenv("NSA_CACHE", "", 1);
  setenv("XDG_CACHE_HOME", folder, 1);
  const char *made = build_cache_folder(a);
  assert_string_equal(made, arena_printf(a, "%s/nsa", folder));
  struct stat s;
  assert_int_equal(stat(made, &s), 0);
  assert_int_equal(s.st_mode & 0777, 0700);
  rmdir(made);
  unsetenv("XDG_CACHE_HOME");
  remove_folder(folder, folder);
}

/* ---- executables: need the build folder's runtime library ---- */

static const char *library_folder(arena *a) {
  const char *build = getenv("BUILD");
  const char *folder = arena_printf(a, "%s/lib/nsa", build != NULL ? build : ".");
  if (!file_exists(arena_printf(a, "%s/libnsa_rt.a", folder)))
    skip();
  return folder;
}

static int exit_code(const char *command) {
  int status = system(command);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void an_executable_runs_without_us(void **state) {
  arena *a = *state;
  const char *libraries = library_folder(a), *error = NULL;
  ir_program *p = read_program(a, SOURCE("0.5", "2", ""));
  p->program->ticks = 10;
  build_target target = host(a, 0);
  build_objects objects = compile(a, p, false, NULL);
  const char *path = arena_printf(a, "/tmp/nsa-test-exe-%ld", (long)getpid());
  if (!build_executable(a, p->program, &target, &objects, &(build_executable_options){libraries, path, false}, &error))
    fail_msg("%s", error);
  assert_int_equal(exit_code(arena_printf(a, "%s --help >/dev/null", path)), 0);
  assert_int_equal(exit_code(arena_printf(a, "%s --no-such-option 2>/dev/null", path)), 2);
  unlink(path);
}

static void a_missing_compiler_is_named(void **state) {
  arena *a = *state;
  const char *libraries = library_folder(a), *error = NULL;
  ir_program *p = read_program(a, SOURCE("0.5", "2", ""));
  build_target target = host(a, 0);
  build_objects objects = compile(a, p, false, NULL);
  char *path = arena_printf(a, "%s", getenv("PATH"));
  setenv("PATH", "/nowhere", 1);
  build_executable_options options = {.library_folder = libraries, .path = "/tmp/nsa-never"};
  assert_false(build_executable(a, p->program, &target, &objects, &options, &error));
  setenv("PATH", path, 1);
  assert_non_null(strstr(error, "needs a C compiler"));
  options.library_folder = "/nowhere";
  assert_false(build_executable(a, p->program, &target, &objects, &options, &error));
  assert_non_null(strstr(error, "/nowhere/libnsa_rt.a"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      CASE(the_host_has_a_width),
      CASE(the_same_program_gives_the_same_bytes),
      CASE(stages_can_be_read),
      CASE(a_damaged_object_is_an_error_with_text),
      CASE(a_changed_parameter_is_found_in_the_cache),
      CASE(only_an_entry_of_our_own_is_taken),
      CASE(a_damaged_entry_is_made_anew),
      CASE(only_a_folder_of_our_own_is_used),
      CASE(an_executable_runs_without_us),
      CASE(a_missing_compiler_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
