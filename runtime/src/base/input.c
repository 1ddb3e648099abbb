/* SPDX-License-Identifier: MIT */
#include "nsa_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_WORLD = 2 };

/* A file that is opened gets the lowest number that is free. */
void nsa_input_guard(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
      _exit(EXIT_WORLD); /* nowhere to say it */
}

static const char *why_not(mode_t mode) {
  return S_ISREG(mode)    ? NULL
         : S_ISDIR(mode)  ? "it is a folder, not a file"
         : S_ISFIFO(mode) ? "it is a pipe, and only regular files are read"
                          : "it is a device, and only regular files are read";
}

static int refuse(int fd, const char *why, const char **error) {
  close(fd);
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
  if (why)
    return refuse(fd, why, error);
  fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  return fd;
}

/* O_NONBLOCK: opening a pipe does not wait for a writer. */
enum { HOW = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

int nsa_input_open(const char *path, const char **error) { return take_regular(open(path, HOW), error); }

FILE *nsa_input_stream(const char *path, const char **error) {
  int fd = nsa_input_open(path, error);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
  if (!file && fd >= 0) {
    *error = strerror(errno);
    close(fd);
  }
  return file;
}
