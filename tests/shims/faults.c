/* SPDX-License-Identifier: MIT */
/* faults.c - LD_PRELOAD: one call on a file fails. FAULT=CALL:ERROR:K says which call of a kind, from 1: write (pwrite,
 * too), fsync, rename (renameat2, too), exchange (renameat2 alone), close or ftruncate; K+: that one and all behind it.
 * ERROR is a number of errno. Files are those below the folder FAULT_IN. Where it happened, the file FAULT_LOG is made.
 * Processes that are started from this one are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
  char call[16];
  int number;
  long countdown;
  bool stays;
  const char *folder, *log;
} fault;

static fault f;

__attribute__((constructor)) static void read_fault(void) {
  const char *text = getenv("FAULT");
  char plus = 0;
  f.folder = getenv("FAULT_IN");
  f.log = getenv("FAULT_LOG");
  if (text && f.folder && sscanf(text, "%15[a-z]:%d:%ld%c", f.call, &f.number, &f.countdown, &plus) < 3)
    f.countdown = 0;
  f.stays = plus == '+';
  unsetenv("LD_PRELOAD");
}

static bool is_below(const char *path) { return f.folder && strncmp(path, f.folder, strlen(f.folder)) == 0; }

/* A file below the folder that is written to, and no lock, which holds nothing of worth. */
static bool is_ours(int fd) {
  char link[64], path[4096];
  struct stat status;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
    return false;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t len = readlink(link, path, sizeof path - 1);
  if (len < 0)
    return false;
  path[len] = 0;
  return is_below(path) && strcmp(path + len - 5, ".lock") != 0;
}

static bool strikes(const char *call) {
  if (strcmp(call, f.call) != 0 || f.countdown <= 0 || (--f.countdown > 0))
    return false;
  if (f.stays)
    f.countdown = 1;
  int log = f.log ? open(f.log, O_WRONLY | O_CREAT, 0666) : -1;
  if (log >= 0)
    syscall(SYS_close, log);
  errno = f.number;
  return true;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  return is_ours(fd) && strikes("write") ? -1 : (ssize_t)syscall(SYS_write, fd, bytes, size);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  return is_ours(fd) && strikes("write") ? -1 : (ssize_t)syscall(SYS_pwrite64, fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) { return pwrite(fd, bytes, size, at); }
int fsync(int fd) { return is_ours(fd) && strikes("fsync") ? -1 : (int)syscall(SYS_fsync, fd); }
int ftruncate(int fd, off_t size) {
  return is_ours(fd) && strikes("ftruncate") ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

/* The descriptor is gone, whatever close says. */
int close(int fd) {
  bool is_bad = is_ours(fd) && strikes("close");
  int result = (int)syscall(SYS_close, fd);
  if (!is_bad)
    return result;
  errno = f.number;
  return -1;
}

static const char *absolute(const char *path, char room[8192]) {
  char here[4096];
  if (path[0] == '/' || !getcwd(here, sizeof here))
    return path;
  snprintf(room, 8192, "%s/%s", here, path);
  return room;
}

int rename(const char *from, const char *to) {
  char room[8192];
  return is_below(absolute(to, room)) && strikes("rename")
             ? -1
             : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  char room[8192];
  if (is_below(absolute(to, room)) && (strikes("rename") || strikes("exchange")))
    return -1;
  return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}
