/* SPDX-License-Identifier: MIT */
/* Files below folders: where links and `..` lead decides, also while somebody changes them. */
#include "nsa_input.h"
#include "unit/cmocka_all.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void put(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

/* inside/ may be read, outside/ may not. */
static int make_folders(void **state) {
  (void)state;
  if (system("rm -rf inside outside && mkdir -p inside/deep outside") != 0)
    return 1;
  put("inside/good", "g");
  put("inside/deep/good", "g");
  put("outside/secret", "s");
  return symlink("../outside/secret", "inside/leaves") || symlink("/etc/passwd", "inside/absolute") ||
         symlink("deep/good", "inside/stays") || symlink("../outside", "inside/folder") ||
         symlink("deep", "inside/deeper") || symlink("round", "inside/round") || mkfifo("inside/pipe", 0600);
}

static const nsa_input_folder inside[] = {{"inside"}}, both[] = {{"inside"}, {"outside/"}}, all[] = {{"/"}};

static void opens(const nsa_input_folder *folders, uint32_t count, const char *path) {
  const char *error = "";
  int fd = nsa_input_open(&(nsa_input_folders){folders, count}, path, &error);
  if (fd < 0)
    fail_msg("%s: %s", path, error);
  close(fd);
}

static void refuses(const nsa_input_folder *folders, uint32_t count, const char *path, const char *words) {
  const char *error = "";
  int fd = nsa_input_open(folders ? &(nsa_input_folders){folders, count} : NULL, path, &error);
  if (fd >= 0)
    fail_msg("%s was opened", path);
  if (!strstr(error, words))
    fail_msg("%s: %s", path, error);
}

static void what_lies_below_is_opened(void **state) {
  (void)state;
  char here[4096], path[4200];
  opens(inside, 1, "inside/good");
  opens(inside, 1, "inside/deep/../good");
  opens(inside, 1, "inside/../inside/stays");
  opens(inside, 1, "inside/deeper/good");
  opens(both, 2, "inside/leaves");
  opens(both, 2, "inside/folder/secret");
  opens(all, 1, "outside/secret");
  assert_non_null(getcwd(here, sizeof here));
  snprintf(path, sizeof path, "%s/inside/good", here);
  opens(inside, 1, path);
}

static void what_lies_elsewhere_is_refused(void **state) {
  (void)state;
  static const char *const outside[] = {"inside/leaves", "inside/absolute",          "inside/folder/secret",
                                        "/etc/passwd",   "inside/../outside/secret", "outside/secret"};
  for (size_t k = 0; k < sizeof outside / sizeof *outside; k++)
    refuses(inside, 1, outside[k], "outside the folders");
  mkdir("inside2", 0700); /* a name that begins alike */
  put("inside2/file", "s");
  refuses(inside, 1, "inside2/file", "outside the folders");
  refuses(inside, 0, "inside/good", "outside the folders");
  refuses(inside, 1, "inside/nothing", strerror(ENOENT));
  refuses(inside, 1, "inside/round", strerror(ELOOP));
  refuses(inside, 1, "inside/pipe", "only regular files");
  refuses(inside, 1, "inside", "it is a folder");
  refuses(NULL, 0, "/dev/zero", "only regular files");
  refuses(NULL, 0, "inside/pipe", "only regular files");
}

/* A name that is a file of ours at one moment, and a link to a secret at the next. */
static void swap_for_ever(void) {
  for (;;) {
    unlink("inside/new");
    if (symlink("../outside/secret", "inside/new") == 0)
      rename("inside/new", "inside/turns");
    if (link("inside/good", "inside/new") == 0)
      rename("inside/new", "inside/turns");
  }
}

static void a_race_is_not_lost(void **state) {
  (void)state;
  put("inside/turns", "g");
  pid_t child = fork();
  if (child == 0)
    swap_for_ever();
  int opened = 0, secrets = 0;
  for (int k = 0; k < 20000; k++) {
    const char *error;
    char byte = 0;
    int fd = nsa_input_open(&(nsa_input_folders){inside, 1}, "inside/turns", &error);
    if (fd < 0)
      continue;
    opened++;
    secrets += read(fd, &byte, 1) != 1 || byte != 'g';
    close(fd);
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  assert_int_equal(secrets, 0);
  assert_true(opened > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_lies_below_is_opened),
                                     cmocka_unit_test(what_lies_elsewhere_is_refused),
                                     cmocka_unit_test(a_race_is_not_lost)};
  return cmocka_run_group_tests(tests, make_folders, NULL);
}
