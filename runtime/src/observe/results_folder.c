/* SPDX-License-Identifier: MIT */
#include "observe/results_folder.h"

#include "nsa_input.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_SIZE = 4096 + 32, PATH_SIZE = FOLDER_SIZE + 300, MAX_JSON = 1 << 26 };

static const char lock_name[] = ".lock", json_name[] = "run.json";

void folder_path(const char *folder, const char *path, char out[FOLDER_PATH]) {
  const char *slash = strrchr(path, '/');
  snprintf(out, FOLDER_PATH, "%.4000s/%.250s", folder, slash ? slash + 1 : path);
}

/* ---- the lock ---- */

static bool is_same_file(int fd, const char *path) {
  struct stat held, there;
  return fstat(fd, &held) == 0 && lstat(path, &there) == 0 && held.st_dev == there.st_dev &&
         held.st_ino == there.st_ino;
}

static long read_holder(int fd) {
  char text[32] = "";
  return pread(fd, text, sizeof text - 1, 0) > 0 ? strtol(text, NULL, 10) : 0;
}

static void write_holder(int fd) {
  char text[32];
  int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
  if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
    return; /* who it is remains unknown */
}

int folder_lock(const char *folder, long *holder) {
  enum { TRIES = 100 };
  char path[PATH_SIZE];
  snprintf(path, sizeof path, "%s/%s", folder, lock_name);
  *holder = 0;
  for (int i = 0; i < TRIES; i++) {
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
      return FOLDER_FAILED;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      *holder = read_holder(fd);
      close(fd);
      return FOLDER_IS_HELD;
    }
    if (is_same_file(fd, path)) {
      write_holder(fd);
      return fd;
    }
    close(fd); /* its holder has just removed it, or moved the folder */
  }
  errno = EAGAIN;
  return FOLDER_FAILED;
}

void folder_unlock(const char *folder, int lock) {
  char path[PATH_SIZE];
  if (lock < 0)
    return;
  snprintf(path, sizeof path, "%s/%s", folder, lock_name);
  unlink(path);
  close(lock);
}

/* ---- the disk ---- */

void folder_sync(const char *folder) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    fsync(fd);
    close(fd);
  }
}

/* ---- checkpoints ---- */

enum { TICK_DIGITS = 16 };

/* "0000000000001000.h5", and what comes behind that. */
static bool is_checkpoint(const char *name, uint64_t *tick, const char **rest) {
  size_t digits = strspn(name, "0123456789");
  if (digits != TICK_DIGITS || strncmp(name + digits, ".h5", 3) != 0)
    return false;
  *tick = strtoull(name, NULL, 10);
  *rest = name + digits + 3;
  return true;
}

/* The largest tick below `below`. */
static bool newest_below(const char *path, uint64_t below, uint64_t *tick) {
  DIR *dir = opendir(path);
  bool has_any = false;
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
    uint64_t its;
    const char *rest;
    if (!is_checkpoint(entry->d_name, &its, &rest) || *rest || its >= below || (has_any && its <= *tick))
      continue;
    *tick = its;
    has_any = true;
  }
  if (dir)
    closedir(dir);
  return has_any;
}

bool folder_checkpoint(const char *folder, uint32_t i, uint64_t *tick) {
  char path[FOLDER_SIZE];
  uint64_t below = UINT64_MAX;
  snprintf(path, sizeof path, "%.4096s/%s", folder, CHECKPOINT_FOLDER);
  for (uint32_t k = 0; k <= i; k++, below = *tick)
    if (!newest_below(path, below, tick))
      return false;
  return true;
}

/* ---- run.json ---- */

bool folder_has_run(const char *folder) {
  char path[PATH_SIZE];
  snprintf(path, sizeof path, "%s/%s", folder, json_name);
  return access(path, F_OK) == 0;
}

static cJSON *read_json(const char *folder) {
  char path[PATH_SIZE];
  snprintf(path, sizeof path, "%s/%s", folder, json_name);
  const char *why;
  int fd = nsa_input_open(NULL, path, &why);
  struct stat status;
  bool is_file = fd >= 0 && fstat(fd, &status) == 0 && status.st_size <= MAX_JSON;
  size_t size = is_file ? (size_t)status.st_size : 0, len = 0;
  char *text = is_file ? malloc(size + 1) : NULL;
  for (ssize_t got = 1; text && len < size && got > 0; len += got > 0 ? (size_t)got : 0)
    got = read(fd, text + len, size - len);
  if (fd >= 0)
    close(fd);
  cJSON *json = text ? cJSON_ParseWithLength(text, len) : NULL;
  free(text);
  return json;
}

/* NULL: it does not say. */
static const char *text_in(const cJSON *json, const char *object, const char *name) {
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, object), name));
}

static bool is_text(const char *text, const char *wanted) { return text && wanted && strcmp(text, wanted) == 0; }

bool folder_has_completed(const char *folder) {
  if (!folder_has_run(folder))
    return false;
  cJSON *json = read_json(folder);
  const char *state = text_in(json, "outcome", "state");
  bool has_completed = !state || is_text(state, "completed");
  cJSON_Delete(json);
  return has_completed;
}

bool folder_has_recordings(const char *folder) {
  uint64_t tick;
  if (folder_checkpoint(folder, 0, &tick))
    return true;
  if (!folder_has_run(folder))
    return false;
  cJSON *json = read_json(folder);
  bool has_some = !json || cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(json, "files")) > 0;
  cJSON_Delete(json);
  return has_some;
}

/* A name that stays in the folder, of a file that a run writes. */
static bool is_recording(const char *name) {
  const char *ending = name ? strrchr(name, '.') : NULL;
  return ending && !strchr(name, '/') && (strcmp(ending, ".h5") == 0 || strcmp(ending, ".csv") == 0);
}

static void remove_file(const char *folder, const char *name) {
  char path[PATH_SIZE];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  unlink(path);
}

static void remove_checkpoints(const char *folder, bool also_whole) {
  char path[FOLDER_SIZE];
  snprintf(path, sizeof path, "%.4096s/%s", folder, CHECKPOINT_FOLDER);
  DIR *dir = opendir(path);
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
    uint64_t tick;
    const char *rest;
    if (is_checkpoint(entry->d_name, &tick, &rest) && ((also_whole && *rest == 0) || strcmp(rest, ".part") == 0))
      remove_file(path, entry->d_name);
  }
  if (dir)
    closedir(dir);
  rmdir(path); /* stays where something is in it */
}

void folder_clear_unfinished(const char *folder) { remove_checkpoints(folder, false); }

void folder_clear_continued(const char *folder) {
  char path[FOLDER_SIZE];
  snprintf(path, sizeof path, "%.4096s/%s", folder, CONTINUED_FOLDER);
  DIR *dir = opendir(path);
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
    if (is_recording(entry->d_name))
      remove_file(path, entry->d_name);
  if (dir)
    closedir(dir);
  rmdir(path);
}

void folder_clear(const char *folder) {
  cJSON *json = read_json(folder), *file;
  cJSON_ArrayForEach(file, cJSON_GetObjectItemCaseSensitive(json, "files")) {
    const char *name = cJSON_GetStringValue(file);
    if (is_recording(name))
      remove_file(folder, name);
  }
  cJSON_Delete(json);
  remove_checkpoints(folder, true);
  folder_clear_continued(folder);
  remove_file(folder, json_name);
  remove_file(folder, "run.json.part");
}

/* ---- what is not ours ---- */

static bool is_own(const cJSON *json, const char *name) {
  static const char *const always[] = {
      ".", "..", lock_name, json_name, "run.json.part", CHECKPOINT_FOLDER, CONTINUED_FOLDER};
  const cJSON *file;
  for (size_t i = 0; i < sizeof always / sizeof *always; i++)
    if (strcmp(name, always[i]) == 0)
      return true;
  cJSON_ArrayForEach(file, cJSON_GetObjectItemCaseSensitive(json, "files")) {
    if (is_recording(name) && is_text(cJSON_GetStringValue(file), name))
      return true;
  }
  return false;
}

static bool is_of_model(const char *folder, const char *model) {
  cJSON *json = read_json(folder);
  bool is_of = is_text(text_in(json, "source", "file"), model);
  cJSON_Delete(json);
  return is_of;
}

static bool has_others(const char *folder, const cJSON *json, const char *model, char what[FOLDER_WHAT]) {
  char path[PATH_SIZE];
  bool has_any = false;
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir && !has_any && (entry = readdir(dir)) != NULL;) {
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    has_any = !is_own(json, entry->d_name) && !is_of_model(path, model);
    if (has_any)
      snprintf(what, FOLDER_WHAT, "files beside its results (`%.200s`)", entry->d_name);
  }
  if (dir)
    closedir(dir);
  return has_any;
}

bool folder_keeps(const char *folder, const char *model, char what[FOLDER_WHAT]) {
  uint64_t tick;
  cJSON *json = read_json(folder);
  const char *of = text_in(json, "source", "file");
  bool keeps = true;
  if (!of)
    snprintf(what, FOLDER_WHAT, "results that do not say which model they are of");
  else if (!is_text(of, model))
    snprintf(what, FOLDER_WHAT, "results of %.200s", of);
  else if (folder_checkpoint(folder, 0, &tick))
    snprintf(what, FOLDER_WHAT, "checkpoints, from which --resume goes on");
  else if (is_text(text_in(json, "outcome", "state"), "running"))
    snprintf(what, FOLDER_WHAT, "what a run had recorded when it was killed");
  else
    keeps = has_others(folder, json, model, what);
  cJSON_Delete(json);
  return keeps;
}

static void move(const char *from, const char *to, const char *name) {
  char old_path[PATH_SIZE], new_path[PATH_SIZE];
  struct stat status;
  snprintf(old_path, sizeof old_path, "%s/%s", from, name);
  snprintf(new_path, sizeof new_path, "%s/%s", to, name);
  if (lstat(new_path, &status) != 0 && errno == ENOENT)
    rename(old_path, new_path);
}

void folder_merge(const char *from, const char *to) {
  folder_clear(from);
  DIR *dir = opendir(from);
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, lock_name) != 0)
      move(from, to, name);
  }
  if (dir)
    closedir(dir);
}
