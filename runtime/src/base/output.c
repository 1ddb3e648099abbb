/* SPDX-License-Identifier: MIT */
#include "nsa_output.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_WORLD = 2 };

void nsa_output_begin(void) { signal(SIGXFSZ, SIG_IGN); }

/* A file system may tell of a full disk only when the file is closed. */
int nsa_output_end(const char *who, int code) {
  bool has_failed = ferror(stdout) != 0;
  errno = 0;
  has_failed = fclose(stdout) != 0 || has_failed;
  if (!has_failed || errno == EPIPE)
    return code;
  fprintf(stderr, "%s: cannot write to stdout: %s\n", who, errno ? strerror(errno) : "an earlier write failed");
  return code ? code : EXIT_WORLD;
}

bool nsa_write_all(int fd, const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t done = write(fd, bytes, len);
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return false;
    bytes += done;
    len -= (size_t)done;
  }
  return true;
}
