/* SPDX-License-Identifier: MIT */
#include "observe/results.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char error[SIM_ERROR_SIZE];

static bool exists(const char *path) { return access(path, F_OK) == 0; }

static void write_file(const char *path, const char *content) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(content, file);
  assert_int_equal(fclose(file), 0);
}

static void assert_content(const char *path, const char *expected) {
  char text[256] = "";
  FILE *file = fopen(path, "r");
  if (!file)
    fail_msg("no %s", path);
  text[fread(text, 1, sizeof text - 1, file)] = 0;
  fclose(file);
  assert_string_equal(text, expected);
}

static const char *model; /* of the next run; NULL: not known */

/* What a run leaves in its folder. */
static void write_run(const char *folder, const char *state, const char *content) {
  char path[256], json[400];
  snprintf(path, sizeof path, "%s/a.h5", folder);
  write_file(path, content);
  snprintf(path, sizeof path, "%s/run.json", folder);
  snprintf(json, sizeof json,
           "{\"outcome\": {\"state\": \"%s\"}, \"source\": {%s%s%s}, \"files\": [\"a.h5\", \"../b.h5\"]}", state,
           model ? "\"file\": \"" : "", model ? model : "", model ? "\"" : "");
  write_file(path, json);
}

static void open_good(results *r, const char *out, bool force) {
  if (!results_open(r, out, model, force, error))
    fail_msg("%s", error);
}

static void open_refused(const char *out, bool force, const char *words) {
  results r;
  assert_false(results_open(&r, out, model, force, error));
  if (!strstr(error, words))
    fail_msg("no \"%s\" in \"%s\"", words, error);
  results_close(&r);
}

static void publish(const char *out, bool force, const char *content) {
  results r;
  open_good(&r, out, force);
  write_run(r.part, "completed", content);
  if (!results_publish(&r, error))
    fail_msg("%s", error);
  results_close(&r);
}

static void a_run_becomes_its_folder(void **state) {
  (void)state;
  publish("t/deep/out/", false, "one");
  assert_content("t/deep/out/a.h5", "one");
  assert_false(exists("t/deep/out.part"));
  assert_false(exists("t/deep/out/.lock"));
  open_refused("t/deep/out", false, "--force");
  assert_false(exists("t/deep/out.part"));
}

static void a_later_run_takes_its_place(void **state) {
  (void)state;
  publish("t/out", false, "one");
  write_file("t/out/notes.h5", "mine");
  assert_int_equal(mkdir("t/out/more", 0777) + mkdir("t/out.part", 0777), 0);
  write_file("t/b.h5", "outside");
  assert_int_equal(chmod("t/out", 0750), 0);
  publish("t/out", true, "two");
  assert_content("t/out/a.h5", "two");
  assert_content("t/out/notes.h5", "mine");
  assert_content("t/b.h5", "outside");
  assert_true(exists("t/out/more"));
  assert_false(exists("t/out.part"));
  struct stat status;
  assert_int_equal(stat("t/out", &status), 0);
  assert_int_equal(status.st_mode & 07777, 0750);
}

static void what_did_not_end_is_kept(void **state) {
  (void)state;
  results r;
  open_good(&r, "t/out", false);
  write_run(r.part, "running", "half");
  results_close(&r);
  assert_content("t/out.part/a.h5", "half");
  open_refused("t/out", false, "t/out.part holds results that do not say");
  assert_content("t/out.part/a.h5", "half");
  open_good(&r, "t/out", true);
  assert_false(exists("t/out.part/a.h5"));
  assert_false(r.has_completed);
  results_discard(&r);
  assert_false(exists("t/out.part"));
  publish("t/out", false, "whole");
  open_good(&r, "t/out", true);
  assert_true(r.has_completed);
  results_discard(&r);
  assert_content("t/out/a.h5", "whole");
}

/* Killed before its first step. */
static void what_recorded_nothing_is_not_kept(void **state) {
  (void)state;
  results r;
  open_good(&r, "t/out", false);
  write_file("t/out.part/run.json", "{\"outcome\": {\"state\": \"running\"}, \"files\": []}");
  results_close(&r);
  publish("t/out", false, "one");
  assert_content("t/out/a.h5", "one");
}

static void one_run_at_a_time(void **state) {
  (void)state;
  results r;
  open_good(&r, "t/out", false);
  write_run(r.part, "running", "mine");
  char words[64];
  snprintf(words, sizeof words, "another run (process %ld) is writing results to t/out", (long)getpid());
  open_refused("t/out", true, words);
  assert_content("t/out.part/a.h5", "mine");
  assert_true(results_publish(&r, error));
  results_close(&r);
  publish("t/out", true, "next");
}

static void links_are_not_followed(void **state) {
  (void)state;
  assert_int_equal(mkdir("t/elsewhere", 0777) + symlink("elsewhere", "t/out.part"), 0);
  open_refused("t/out", true, "t/out.part: it is a link");
  assert_int_equal(unlink("t/out.part"), 0);
  publish("t/elsewhere", true, "one");
  assert_int_equal(symlink("elsewhere", "t/out"), 0); /* OUT itself may be one */
  publish("t/out", true, "two");
  assert_content("t/elsewhere/a.h5", "two");
  struct stat status;
  assert_int_equal(lstat("t/out", &status), 0);
  assert_true(S_ISLNK(status.st_mode));
  assert_int_equal(symlink("nowhere", "t/dangling"), 0);
  open_refused("t/dangling", true, "it is a link to a folder that is not there");
  write_file("t/file", "");
  open_refused("t/file", true, "it is not a folder");
  open_refused("t/file/out", true, "Not a directory");
}

static void some_folders_cannot_be_replaced(void **state) {
  (void)state;
  open_refused(".", true, "name one of their own");
  open_refused("..", true, "name one of their own");
  open_refused("/", true, "name one of their own");
  open_refused("/proc", true, "another file system is mounted there");
}

/* A file system without exchange: killed between the two renames. */
static void a_run_aside_is_brought_back(void **state) {
  (void)state;
  publish("t/out", false, "one");
  assert_int_equal(rename("t/out", "t/out.part.before"), 0);
  open_refused("t/out", false, "t/out holds results that do not say which model they are of");
  assert_content("t/out/a.h5", "one");
  assert_false(exists("t/out.part.before"));
}

static void a_run_of_the_same_model_makes_room(void **state) {
  (void)state;
  model = "/m/a.nsa";
  publish("t/out", false, "one");
  publish("t/out", false, "two");
  assert_content("t/out/a.h5", "two");
  model = "/m/b.nsa";
  open_refused("t/out", false, "t/out holds results of /m/a.nsa; name another folder with --out");
  model = NULL;
  open_refused("t/out", false, "t/out holds results of /m/a.nsa");
  publish("t/out", true, "three");
  open_refused("t/out", false, "which model");
}

/* Until then what was there is whole. */
static void it_makes_room_at_the_end(void **state) {
  (void)state;
  results r;
  model = "/m/a.nsa";
  publish("t/out", false, "one");
  open_good(&r, "t/out", false);
  write_run(r.part, "running", "half");
  assert_true(r.has_completed);
  assert_content("t/out/a.h5", "one");
  results_discard(&r);
  assert_content("t/out/a.h5", "one");
}

static void others_files_are_no_results(void **state) {
  (void)state;
  model = "/m/a.nsa";
  publish("t/out", false, "one");
  assert_int_equal(mkdir("t/out/base", 0777), 0);
  write_run("t/out/base", "completed", "of a variant");
  publish("t/out", false, "two");
  assert_content("t/out/base/a.h5", "of a variant");
  write_file("t/out/b.h5", "mine");
  open_refused("t/out", false, "files beside its results (`b.h5`); name another folder");
  publish("t/out", true, "three");
  assert_content("t/out/b.h5", "mine");
}

static void checkpoints_are_kept(void **state) {
  (void)state;
  model = "/m/a.nsa";
  publish("t/out", false, "one");
  assert_int_equal(mkdir("t/out/checkpoints", 0777), 0);
  publish("t/out", false, "two"); /* there are none in it */
  assert_int_equal(mkdir("t/out/checkpoints", 0777), 0);
  write_file("t/out/checkpoints/0000000000001000.h5", "mine");
  open_refused("t/out", false, "t/out holds checkpoints, from which --resume goes on; name another folder");
}

/* One that failed has said so; one that was killed could not. */
static void what_was_cut_is_kept(void **state) {
  (void)state;
  results r;
  model = "/m/a.nsa";
  assert_int_equal(mkdir("t/out.part", 0777), 0);
  write_run("t/out.part", "running", "cut");
  open_refused("t/out", false, "t/out.part holds what a run had recorded when it was killed; give it another name");
  write_run("t/out.part", "failed", "told");
  open_good(&r, "t/out", false);
  results_close(&r);
}

static int clean(void **state) {
  (void)state;
  model = NULL;
  return system("rm -rf t && mkdir t");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(a_run_becomes_its_folder, clean),
      cmocka_unit_test_setup(a_later_run_takes_its_place, clean),
      cmocka_unit_test_setup(what_did_not_end_is_kept, clean),
      cmocka_unit_test_setup(what_recorded_nothing_is_not_kept, clean),
      cmocka_unit_test_setup(one_run_at_a_time, clean),
      cmocka_unit_test_setup(links_are_not_followed, clean),
      cmocka_unit_test_setup(some_folders_cannot_be_replaced, clean),
      cmocka_unit_test_setup(a_run_aside_is_brought_back, clean),
      cmocka_unit_test_setup(a_run_of_the_same_model_makes_room, clean),
      cmocka_unit_test_setup(it_makes_room_at_the_end, clean),
      cmocka_unit_test_setup(others_files_are_no_results, clean),
      cmocka_unit_test_setup(checkpoints_are_kept, clean),
      cmocka_unit_test_setup(what_was_cut_is_kept, clean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
