/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_PATH, syscall */
#include "nsa_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

enum { EXIT_WORLD = 2 };

/* A file that is opened gets the lowest number that is free. */
void nsa_input_guard(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
      _exit(EXIT_WORLD); /* nowhere to say it */
}

/* ---- regular files ---- */

static const char *why_not(mode_t mode) {
  return S_ISREG(mode)    ? NULL
         : S_ISDIR(mode)  ? "it is a folder, not a file"
         : S_ISFIFO(mode) ? "it is a pipe, and only regular files are read"
                          : "it is a device, and only regular files are read";
}

static int refuse(const char *why, const char **error) {
  errno = 0;
  *error = why;
  return -1;
}

/* What a name stands for may change at any time: what was opened is looked at. */
static int take_regular(int fd, const char **error) {
  struct stat info;
  int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);
  if (flags < 0 || fstat(fd, &info) != 0) {
    *error = strerror(errno);
    return -1;
  }
  const char *why = why_not(info.st_mode);
  if (why) {
    close(fd);
    return refuse(why, error);
  }
  fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  return fd;
}

/* O_NONBLOCK: opening a pipe does not wait for a writer. */
enum { HOW = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

/* ---- below folders ---- */

/* What of a path lies below a folder, both without links; NULL: it does not. */
static const char *rest_of(const char *path, const char *folder) {
  size_t len = strlen(folder);
  while (len > 0 && folder[len - 1] == '/') /* of "/" itself */
    len--;
  if (strncmp(path, folder, len) != 0 || (path[len] != '/' && path[len] != 0))
    return NULL;
  return path[len] ? path + len + 1 : path + len;
}

/* Part for part, none of them a link. */
static int walk(int folder, const char *rest) {
  char part[256];
  for (int at = folder;;) {
    size_t len = strcspn(rest, "/");
    bool is_last = rest[len] == 0;
    if (len >= sizeof part)
      errno = ENAMETOOLONG;
    memcpy(part, rest, len < sizeof part ? len : 0);
    part[len < sizeof part ? len : 0] = 0;
    int next = part[0] ? openat(at, part, O_NOFOLLOW | (is_last ? HOW : O_PATH | O_DIRECTORY | O_CLOEXEC)) : -1;
    int problem = errno;
    if (at != folder)
      close(at);
    errno = problem;
    if (is_last || next < 0)
      return next;
    at = next;
    rest += len + 1;
  }
}

/* `rest` has no links and no `..`, unless somebody changes folders just now: then it is refused. */
static int open_rest(int folder, const char *rest) {
#ifdef SYS_openat2
  struct open_how how = {.flags = HOW, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
  long fd = syscall(SYS_openat2, folder, rest, &how, sizeof how);
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) /* EPERM: of a filter of system calls that does not know it */
    return (int)fd;
#endif
  return walk(folder, rest);
}

/* -1 with errno; EXDEV: it lies elsewhere. */
static int open_in(const char *folder, const char *real) {
  char *real_folder = realpath(folder, NULL);
  const char *rest = real_folder ? rest_of(real, real_folder) : NULL;
  int at = rest ? open(real_folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
  int fd = at < 0 ? -1 : open_rest(at, rest[0] ? rest : ".");
  int problem = rest ? errno : EXDEV;
  if (at >= 0)
    close(at);
  free(real_folder);
  errno = problem;
  return fd;
}

static int open_below(const nsa_input_folders *below, const char *path) {
  char *real = realpath(path, NULL);
  if (!real)
    return -1;
  int fd = -1;
  errno = EXDEV;
  for (uint32_t k = 0; k < below->count && fd < 0 && errno == EXDEV; k++)
    fd = open_in(below->list[k].path, real);
  int problem = errno;
  free(real);
  errno = problem;
  return fd;
}

int nsa_input_open(const nsa_input_folders *below, const char *path, const char **error) {
  int fd = below ? open_below(below, path) : open(path, HOW);
  if (fd < 0 && errno == EXDEV)
    return refuse("it lies outside the folders that the model may read; --allow DIR adds one", error);
  return take_regular(fd, error);
}

FILE *nsa_input_stream(const nsa_input_folders *below, const char *path, const char **error) {
  int fd = nsa_input_open(below, path, error);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
  if (!file && fd >= 0) {
    *error = strerror(errno);
    close(fd);
  }
  return file;
}
