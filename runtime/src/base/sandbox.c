/* SPDX-License-Identifier: MIT */
/* sandbox.c - the rules about files. We have the kernel's structures and numbers ourselves: the system's headers may be
 * older than the kernel. */
#define _GNU_SOURCE /* syscall, O_PATH */
#include "nsa_sandbox.h"

#include "base/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_RULES = 444, ADD_RULE = 445, RESTRICT_SELF = 446 }; /* the same on all processors */
enum { ASK_VERSION = 1, RULE_OF_PATH = 1, PATH_BYTES = 4096 };

/* ---- kinds of access (linux/landlock.h), with the version from which on there are so many ---- */

enum {
  EXECUTE = 1 << 0,
  WRITE_FILE = 1 << 1,
  READ_FILE = 1 << 2,
  READ_FOLDER = 1 << 3,
  REMOVE_FOLDER = 1 << 4,
  REMOVE_FILE = 1 << 5,
  MAKE_FOLDER = 1 << 7,
  MAKE_FILE = 1 << 8,
  MOVE = 1 << 13,
  TRUNCATE = 1 << 14,
  DEVICE_CALL = 1 << 15
};
enum {
  READ = READ_FILE | READ_FOLDER,
  WRITE = READ | WRITE_FILE | TRUNCATE | MAKE_FILE | MAKE_FOLDER | REMOVE_FILE | REMOVE_FOLDER | MOVE,
  OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_CALL
};
static const int kinds_of_version[] = {0, 13, 14, 15, 15, 16};      /* later ones have no more of them */
enum { SCOPES = 1 << 0 | 1 << 1, SCOPES_SINCE = 6, NET_SINCE = 4 }; /* abstract sockets, signals */

/* A later version appends a member; an older one is told of fewer. */
typedef struct {
  uint64_t files, net, scopes;
} rules_kernel;

typedef struct {
  uint64_t access;
  int32_t folder;
} rule_kernel;

/* 0: there is none. */
static int landlock_version(void) {
  long version = syscall(CREATE_RULES, NULL, 0, ASK_VERSION);
  return version > 0 ? (int)version : 0;
}

static int make_rules(int version, uint64_t known) {
  rules_kernel all = {.files = known, .scopes = version >= SCOPES_SINCE ? SCOPES : 0};
  size_t size = version >= SCOPES_SINCE ? sizeof all : version >= NET_SINCE ? 2 * sizeof all.files : sizeof all.files;
  return (int)syscall(CREATE_RULES, &all, size, 0);
}

/* ---- rules ---- */

static void allow(const nsa_sandbox *s, const char *path, uint64_t access) {
  struct stat info;
  int at = s->rules < 0 || !path ? -1 : open(path, O_PATH | O_CLOEXEC);
  if (at < 0)
    return;
  rule_kernel rule = {.access = access & s->known, .folder = at};
  if (fstat(at, &info) == 0 && !S_ISDIR(info.st_mode))
    rule.access &= OF_FILES;
  syscall(ADD_RULE, s->rules, RULE_OF_PATH, &rule, 0);
  close(at);
}

void nsa_sandbox_read(nsa_sandbox *s, const char *path) { allow(s, path, READ); }
void nsa_sandbox_write(nsa_sandbox *s, const char *path) { allow(s, path, WRITE); }
void nsa_sandbox_execute(nsa_sandbox *s, const char *path) { allow(s, path, READ | EXECUTE); }

/* The folder of a path, in place. A path that ends with a slash is the folder before it. */
static void cut_last(char *path) {
  size_t len = strlen(path);
  while (len > 1 && path[len - 1] == '/')
    path[--len] = 0;
  char *slash = strrchr(path, '/');
  if (!slash)
    strcpy(path, ".");
  else
    slash[slash == path] = 0;
}

static bool is_there(const char *path) {
  struct stat info;
  return stat(path, &info) == 0;
}

static void allow_beside(const nsa_sandbox *s, const char *path, uint64_t access) {
  char folder[PATH_BYTES];
  if (!path || !path[0] || snprintf(folder, sizeof folder, "%s", path) >= PATH_BYTES)
    return;
  do /* folders on the way may be still to be made */
    cut_last(folder);
  while (access == WRITE && !is_there(folder) && strcmp(folder, ".") != 0 && strcmp(folder, "/") != 0);
  allow(s, folder, access);
}

void nsa_sandbox_read_beside(nsa_sandbox *s, const char *path) { allow_beside(s, path, READ); }

void nsa_sandbox_read_results_of(nsa_sandbox *s, const char *checkpoint) {
  char real[PATH_BYTES];
  nsa_sandbox_read_beside(s, checkpoint);
  if (!realpath(checkpoint, real))
    return;
  nsa_sandbox_read_beside(s, real);
  cut_last(real);
  nsa_sandbox_read_beside(s, real);
}

/* Where it is a link, what it leads to may be what is replaced. */
void nsa_sandbox_write_beside(nsa_sandbox *s, const char *path) {
  char real[PATH_BYTES];
  allow_beside(s, path, WRITE);
  if (path && realpath(path, real))
    allow_beside(s, real, WRITE);
}

/* ---- what all need ---- */

/* Libraries may be loaded late; /proc and /sys say how many processors and how much memory there are. Of other
 * processes the kernel shows no more than their command lines. */
static const char *const system_paths[] = {"/usr/lib",       "/usr/lib64", "/usr/local/lib",      "/usr/share",
                                           "/lib",           "/lib64",     "/nix/store",          "/etc/ld.so.cache",
                                           "/etc/localtime", "/proc",      "/sys/devices/system", "/sys/fs/cgroup",
                                           "/dev/urandom"};

/* "a:b:" */
static void allow_list(const nsa_sandbox *s, const char *paths) {
  char path[PATH_BYTES];
  for (const char *at = paths; at && *at; at += strspn(at, ":")) {
    size_t len = strcspn(at, ":");
    if (snprintf(path, sizeof path, "%.*s", (int)len, at) < PATH_BYTES)
      allow(s, path, READ);
    at += len;
  }
}

nsa_sandbox nsa_sandbox_begin(void) {
  int version = landlock_version(), last = (int)(sizeof kinds_of_version / sizeof kinds_of_version[0]) - 1;
  uint64_t known = ((uint64_t)1 << kinds_of_version[version < last ? version : last]) - 1;
  nsa_sandbox s = {.rules = version > 0 ? make_rules(version, known) : -1, .known = known};
  for (size_t i = 0; i < sizeof system_paths / sizeof system_paths[0]; i++)
    allow(&s, system_paths[i], READ);
  allow_list(&s, getenv("LD_LIBRARY_PATH"));
  allow(&s, "/dev/null", READ | WRITE);
  return s;
}

bool nsa_sandbox_close(nsa_sandbox *s, bool with_programs) {
  bool is_good = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                 (s->rules < 0 || syscall(RESTRICT_SELF, s->rules, 0) == 0) && sandbox_forbid_calls(with_programs);
  int problem = errno;
  if (s->rules >= 0)
    close(s->rules);
  s->rules = -1;
  errno = problem;
  return is_good;
}

bool nsa_sandbox_is_wanted(void) {
  const char *word = getenv("NSA_SANDBOX");
  return !word || strcmp(word, "off") != 0;
}
