/* SPDX-License-Identifier: MIT */
#include "checkpoint/head.h"

#include "base/hash.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 20 };
static const char first_words[] = "nsa checkpoint ";

static void print(char head[HEAD_BYTES + 1], uint64_t length, uint64_t hash) {
  memset(head, '\n', HEAD_BYTES);
  head[HEAD_BYTES] = 0;
  int len = snprintf(head, HEAD_BYTES, "%s%d\nlength %" PRIu64 "\nhash %016" PRIx64 "\n", first_words, HEAD_VERSION,
                     length, hash);
  head[len] = '\n';
}

/* Of all that follows the head. False by errno; ENODATA: it is shorter. */
static bool hash_rest(int file, uint64_t length, uint64_t *hash) {
  hash64 h = hash64_begin();
  uint8_t *block = malloc(BLOCK);
  uint64_t at = 0;
  int problem = block ? 0 : ENOMEM;
  while (!problem && at < length) {
    ssize_t got = pread(file, block, length - at < BLOCK ? length - at : BLOCK, (off_t)(HEAD_BYTES + at));
    if (got <= 0)
      problem = got == 0 ? ENODATA : errno == EINTR ? 0 : errno;
    if (got > 0)
      hash64_add(&h, block, (size_t)got);
    at += got > 0 ? (uint64_t)got : 0;
  }
  free(block);
  *hash = hash64_end(&h);
  errno = problem;
  return problem == 0;
}

bool head_write(int file) {
  struct stat info;
  char head[HEAD_BYTES + 1];
  uint64_t hash, length;
  if (fstat(file, &info) != 0)
    return false;
  length = (uint64_t)info.st_size - HEAD_BYTES;
  if (!hash_rest(file, length, &hash))
    return false;
  print(head, length, hash);
  ssize_t done = pwrite(file, head, HEAD_BYTES, 0);
  if (done >= 0 && done != HEAD_BYTES)
    errno = ENOSPC;
  return done == HEAD_BYTES;
}

static bool refuse(char error[HEAD_ERROR], const char *why) {
  snprintf(error, HEAD_ERROR, "%s", why);
  return false;
}

bool head_check(int file, char error[HEAD_ERROR]) {
  struct stat info;
  char head[HEAD_BYTES + 1] = "", expected[HEAD_BYTES + 1];
  int version = 0;
  uint64_t length = 0, told = 0, hash;
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode))
    return refuse(error, "is no file");
  ssize_t got = pread(file, head, HEAD_BYTES, 0);
  if (got < (ssize_t)strlen(first_words) || strncmp(head, first_words, strlen(first_words)) != 0)
    return refuse(error, "is no checkpoint of nsa");
  int items = sscanf(head + strlen(first_words), "%9d\nlength %" SCNu64 "\nhash %" SCNx64, &version, &length, &told);
  if (items >= 1 && version > HEAD_VERSION)
    return refuse(error, "is of a later version of nsa");
  if (items >= 1 && version < HEAD_VERSION)
    return refuse(error, "is of an earlier version of nsa, which goes on with it");
  print(expected, length, told);
  if (items != 3 || got != HEAD_BYTES || memcmp(head, expected, HEAD_BYTES) != 0)
    return refuse(error, "is damaged in its head");
  if ((uint64_t)info.st_size != HEAD_BYTES + length)
    return refuse(error, (uint64_t)info.st_size < HEAD_BYTES + length ? "is cut short" : "is longer than it says");
  if (!hash_rest(file, length, &hash))
    return refuse(error, strerror(errno));
  return hash == told || refuse(error, "is damaged: it is not what was written");
}
