/* SPDX-License-Identifier: MIT */
#include "support/file.h"

#include "nsa_interrupts.h"
#include "support/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *reason(arena *a, int error_number) {
  if (error_number == ENOENT)
    return "there is no such file";
  if (error_number == EISDIR)
    return "it is a folder, not a file";
  if (error_number == EACCES)
    return "permission is denied";
  const char *words = strerror(error_number);
  return arena_strdup(a, words, strlen(words));
}

/* Reads until the end or until one byte more than max_bytes has come. */
static bool read_all(int fd, size_t max_bytes, text *out) {
  char block[65536];
  while (out->len <= max_bytes) {
    ssize_t got = read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return false;
    if (got == 0)
      return true;
    text_add(out, block, (size_t)got);
  }
  return true;
}

char *file_read_below(arena *a, const nsa_input_folders *below, const char *path, size_t max_bytes, size_t *len,
                      const char **error) {
  int fd = nsa_input_open(below, path, error);
  if (fd < 0) {
    *error = errno ? reason(a, errno) : *error;
    return NULL;
  }
  text content = text_new(a);
  text_add(&content, "", 0); /* an empty file gives "", not NULL */
  bool is_read = read_all(fd, max_bytes, &content);
  int error_number = errno;
  close(fd);
  if (!is_read) {
    *error = reason(a, error_number);
    return NULL;
  }
  if (content.len > max_bytes) {
    *error = arena_printf(a, "it is larger than %zu bytes", max_bytes);
    return NULL;
  }
  *len = content.len;
  return content.data;
}

char *file_read(arena *a, const char *path, size_t max_bytes, size_t *len, const char **error) {
  return file_read_below(a, NULL, path, max_bytes, len, error);
}

bool file_can_be_read(arena *a, const nsa_input_folders *below, const char *path, const char **error) {
  int fd = nsa_input_open(below, path, error);
  if (fd >= 0)
    close(fd);
  else if (errno)
    *error = reason(a, errno);
  return fd >= 0;
}

/* A new file beside path with a name nobody else uses; the umask decides who may read it. */
static int open_temporary(arena *a, const char *path, char **temporary) {
  for (unsigned attempt = 0; attempt < 1000; attempt++) {
    *temporary = arena_printf(a, "%s.%ld-%u.tmp", path, (long)getpid(), attempt);
    nsa_leftover_file(*temporary);
    int fd = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0)
      return fd;
    nsa_leftover_forget_file(*temporary);
    if (errno != EEXIST)
      return fd;
  }
  return -1;
}

static bool write_all(int fd, const char *data, size_t len) {
  while (len > 0) {
    ssize_t done = write(fd, data, len);
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return false;
    data += done;
    len -= (size_t)done;
  }
  return true;
}

static void remove_temporary(const char *temporary) {
  unlink(temporary);
  nsa_leftover_forget_file(temporary);
}

/* Puts it in the place of the file. */
static bool move_temporary(const char *temporary, const char *path) {
  bool is_moved = rename(temporary, path) == 0;
  if (is_moved)
    nsa_leftover_forget_file(temporary);
  return is_moved;
}

/* The whole text in a temporary file beside path, until it is moved or removed. NULL with errno on failure; nothing is
 * left then. */
static char *write_temporary(arena *a, const char *path, const void *data, size_t len) {
  char *temporary;
  int fd = open_temporary(a, path, &temporary);
  if (fd < 0)
    return NULL;
  bool is_written = write_all(fd, data, len);
  int error_number = errno;
  if (close(fd) != 0 && is_written) { /* a full disk may show only here */
    is_written = false;
    error_number = errno;
  }
  if (is_written)
    return temporary;
  remove_temporary(temporary);
  errno = error_number;
  return NULL;
}

/* What errno says of a temporary file. */
static bool fail_to_write(arena *a, const char *temporary, const char **error) {
  *error = errno == ENOENT ? "its folder does not exist" : reason(a, errno);
  if (temporary != NULL)
    remove_temporary(temporary);
  return false;
}

bool file_write_atomic(arena *a, const char *path, const void *data, size_t len, const char **error) {
  const char *temporary = write_temporary(a, path, data, len);
  return (temporary != NULL && move_temporary(temporary, path)) || fail_to_write(a, temporary, error);
}

/* Other names of a file, and an owner whom we cannot give it to, are kept only by writing into the file itself. */
static bool write_into(const char *path, const void *data, size_t len) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  bool is_written = fd >= 0 && write_all(fd, data, len) && ftruncate(fd, (off_t)len) == 0 && fsync(fd) == 0;
  int error_number = errno;
  if (fd >= 0 && close(fd) != 0 && is_written)
    return false;
  errno = error_number;
  return is_written;
}

static bool can_replace(const char *temporary, const struct stat *old) {
  struct stat made;
  return old->st_nlink == 1 && stat(temporary, &made) == 0 &&
         ((made.st_uid == old->st_uid && made.st_gid == old->st_gid) ||
          chown(temporary, old->st_uid, old->st_gid) == 0) &&
         chmod(temporary, old->st_mode & 07777) == 0;
}

bool file_rewrite(arena *a, const char *path, const void *data, size_t len, const char **error) {
  struct stat old;
  char *found = realpath(path, NULL), *file = found == NULL ? NULL : arena_strdup(a, found, strlen(found));
  free(found);
  if (file == NULL || stat(file, &old) != 0 || access(file, W_OK) != 0) {
    *error = reason(a, errno);
    return false;
  }
  const char *temporary = write_temporary(a, file, data, len);
  if (temporary == NULL)
    return fail_to_write(a, NULL, error);
  if (can_replace(temporary, &old))
    return move_temporary(temporary, file) || fail_to_write(a, temporary, error);
  nsa_leftover_forget_file(temporary); /* what an interrupt stops half-way is whole there */
  if (write_into(file, data, len)) {
    unlink(temporary);
    return true;
  }
  *error = arena_printf(a, "%s; the new text is in %s", reason(a, errno), temporary);
  return false;
}

bool file_exists(const char *path) {
  struct stat info;
  return stat(path, &info) == 0;
}

bool file_is_folder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool make_one_folder(const char *path) {
  return mkdir(path, 0777) == 0 || (errno == EEXIST && file_is_folder(path));
}

bool file_make_folder(const char *path) {
  arena *a = arena_new();
  char *part = arena_strdup(a, path, strlen(path));
  bool is_made = *path != '\0';
  for (char *slash = part + 1; is_made && *part != '\0' && *slash != '\0'; slash++) {
    if (*slash != '/')
      continue;
    *slash = '\0';
    is_made = make_one_folder(part);
    *slash = '/';
  }
  is_made = is_made && make_one_folder(part);
  arena_free(a);
  return is_made;
}

char *file_folder(arena *a, const char *path) {
  const char *slash = strrchr(path, '/');
  if (slash == NULL)
    return arena_strdup(a, ".", 1);
  if (slash == path)
    return arena_strdup(a, "/", 1);
  return arena_strdup(a, path, (size_t)(slash - path));
}

char *file_join(arena *a, const char *folder, const char *name) {
  size_t len = strlen(folder);
  if (name[0] == '/' || len == 0)
    return arena_strdup(a, name, strlen(name));
  return arena_printf(a, folder[len - 1] == '/' ? "%s%s" : "%s/%s", folder, name);
}

char *file_executable_folder(arena *a) {
  for (size_t cap = 256; cap <= 1u << 20; cap *= 2) {
    char *path = arena_alloc(a, cap);
    ssize_t len = readlink("/proc/self/exe", path, cap - 1);
    if (len < 0)
      return NULL;
    if ((size_t)len < cap - 1)
      return file_folder(a, path);
  }
  return NULL;
}
