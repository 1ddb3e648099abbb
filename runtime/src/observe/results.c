/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* renameat2 */
#include "observe/results.h"

#include "observe/results_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char part_ending[] = ".part", aside_ending[] = ".part.before";

static bool fail(char error[SIM_ERROR_SIZE], const char *what, const char *path) {
  snprintf(error, SIM_ERROR_SIZE, "cannot %s %.300s: %s", what, path, strerror(errno));
  return false;
}

static bool refuse(char error[SIM_ERROR_SIZE], const char *path, const char *why) {
  snprintf(error, SIM_ERROR_SIZE, "cannot write results to %.300s: %s", path, why);
  return false;
}

/* ---- where ---- */

static bool make_folders_above(const char *folder) {
  char path[RESULTS_PATH];
  snprintf(path, sizeof path, "%s", folder);
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
      return false;
    *slash = '/';
  }
  return true;
}

/* Whether the name is not the folder's own: what lies beside it would not be beside the folder. */
static bool is_other_name(const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  struct stat status;
  return name[0] == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
         (lstat(path, &status) == 0 && S_ISLNK(status.st_mode));
}

static bool resolve(results *r, const char *out, char error[SIM_ERROR_SIZE]) {
  struct stat status;
  size_t len = strlen(out);
  while (len > 1 && out[len - 1] == '/')
    len--;
  errno = ENAMETOOLONG;
  if (len + sizeof part_ending > sizeof r->out)
    return fail(error, "make the folder", out);
  snprintf(r->out, sizeof r->out, "%.*s", (int)len, out);
  snprintf(r->folder, sizeof r->folder, "%s", r->out);
  if (!make_folders_above(r->out))
    return fail(error, "make the folder", out);
  if (stat(r->out, &status) != 0)
    return lstat(r->out, &status) != 0 || refuse(error, out, "it is a link to a folder that is not there");
  if (!S_ISDIR(status.st_mode))
    return refuse(error, out, "it is not a folder");
  char *found = is_other_name(r->out) ? realpath(r->out, NULL) : NULL;
  if (found)
    snprintf(r->folder, sizeof r->folder, "%s", found);
  free(found);
  return true;
}

/* A folder that cannot change places with another one. */
static bool can_move(const results *r, char error[SIM_ERROR_SIZE]) {
  char *here = realpath(".", NULL), *folder = realpath(r->folder, NULL), above[RESULTS_PATH + 4];
  size_t len = folder ? strlen(folder) : 0;
  bool is_here = folder && (strcmp(folder, "/") == 0 ||
                            (here && strncmp(here, folder, len) == 0 && (here[len] == 0 || here[len] == '/')));
  free(here);
  free(folder);
  if (is_here)
    return refuse(error, r->out, "it is the folder that this command works in, or one above; name one of their own");
  struct stat status, status_above;
  snprintf(above, sizeof above, "%s/..", r->folder);
  if (stat(r->folder, &status) == 0 && stat(above, &status_above) == 0 && status.st_dev != status_above.st_dev)
    return refuse(error, r->out, "another file system is mounted there; name a folder below it");
  return true;
}

static bool make_part(const results *r, char error[SIM_ERROR_SIZE]) {
  struct stat status;
  if (mkdir(r->part, 0777) == 0)
    return true;
  if (errno != EEXIST || lstat(r->part, &status) != 0)
    return fail(error, "make the folder", r->part);
  if (S_ISLNK(status.st_mode))
    return refuse(error, r->part, "it is a link, and might lead anywhere; remove it");
  return S_ISDIR(status.st_mode) || refuse(error, r->part, "it is not a folder");
}

static bool refuse_holder(char error[SIM_ERROR_SIZE], const results *r, long holder) {
  char process[40] = "";
  if (holder > 0)
    snprintf(process, sizeof process, " (process %ld)", holder);
  snprintf(error, SIM_ERROR_SIZE,
           "another run%s is writing results to %.300s; wait for its end, or name another folder with --out", process,
           r->out);
  return false;
}

/* A run that was killed may leave a process behind for a moment that reads for it, and holds its lock, too. */
static int lock_part(const results *r, long *holder) {
  enum { TRIES = 200, WAIT_MS = 10 };
  int lock = folder_lock(r->part, holder);
  for (int i = 0; i < TRIES && lock == FOLDER_IS_HELD && *holder > 0; i++) {
    if (kill((pid_t)*holder, 0) == 0 || errno != ESRCH)
      break;
    poll(NULL, 0, WAIT_MS);
    lock = folder_lock(r->part, holder);
  }
  return lock;
}

/* Results of the same model make room for new ones. */
static bool may_overwrite(const results *r, const char *model, char error[SIM_ERROR_SIZE]) {
  char what[FOLDER_WHAT];
  if (folder_has_run(r->folder) && folder_keeps(r->folder, model, what))
    snprintf(error, SIM_ERROR_SIZE, "%.160s holds %s; name another folder with --out, or overwrite it with --force",
             r->out, what);
  else if (folder_has_recordings(r->part) && folder_keeps(r->part, model, what))
    snprintf(error, SIM_ERROR_SIZE, "%.160s holds %s; give it another name, or overwrite it with --force", r->part,
             what);
  else
    return true;
  return false;
}

/* What a run left that was killed between two renames. */
static void bring_back(const results *r) {
  char aside[RESULTS_PATH + 16];
  struct stat status;
  snprintf(aside, sizeof aside, "%s%s", r->folder, aside_ending);
  if (lstat(aside, &status) != 0 || rename(aside, r->folder) == 0)
    return;
  folder_merge(aside, r->folder);
  rmdir(aside);
}

bool results_hold(results *r, const char *out, char error[SIM_ERROR_SIZE]) {
  long holder = 0;
  *r = (results){.lock = -1};
  if (!resolve(r, out, error) || !can_move(r, error))
    return false;
  if (snprintf(r->part, sizeof r->part, "%s%s", r->folder, part_ending) >= RESULTS_PATH) {
    errno = ENAMETOOLONG;
    return fail(error, "make the folder", out);
  }
  if (!make_part(r, error))
    return false;
  r->lock = lock_part(r, &holder);
  if (r->lock == FOLDER_IS_HELD)
    return refuse_holder(error, r, holder);
  if (r->lock < 0) {
    fail(error, "write into", r->part);
    rmdir(r->part); /* stays where something is in it */
    return false;
  }
  bring_back(r);
  return true;
}

bool results_begin(results *r, const char *model, bool force, char error[SIM_ERROR_SIZE]) {
  if (!force && !may_overwrite(r, model, error))
    return false;
  folder_clear(r->part);
  r->has_completed = folder_has_completed(r->folder);
  r->is_begun = true;
  return true;
}

void results_continue(results *r) {
  r->has_completed = folder_has_completed(r->folder);
  r->is_begun = r->is_continued = true;
}

bool results_open(results *r, const char *out, const char *model, bool force, char error[SIM_ERROR_SIZE]) {
  return results_hold(r, out, error) && results_begin(r, model, force, error);
}

/* ---- the end ---- */

/* Where the folder before is now, or "" where there was none; NULL with errno. */
static const char *change_places(const results *r, const char *aside) {
  if (rename(r->part, r->folder) == 0)
    return "";
  if (errno != ENOTEMPTY && errno != EEXIST)
    return NULL;
#ifdef RENAME_EXCHANGE
  if (renameat2(AT_FDCWD, r->part, AT_FDCWD, r->folder, RENAME_EXCHANGE) == 0)
    return r->part;
  if (errno != ENOSYS && errno != EINVAL)
    return NULL;
#endif
  if (rename(r->folder, aside) != 0)
    return NULL;
  if (rename(r->part, r->folder) == 0)
    return aside;
  int why = errno;
  rename(aside, r->folder);
  errno = why;
  return NULL;
}

bool results_publish(results *r, char error[SIM_ERROR_SIZE]) {
  char aside[RESULTS_PATH + 16];
  struct stat status;
  long holder;
  snprintf(aside, sizeof aside, "%s%s", r->folder, aside_ending);
  bool has_before = stat(r->folder, &status) == 0;
  int lock = has_before ? folder_lock(r->folder, &holder) : -1; /* else another run takes it for a left-over */
  if (has_before)
    chmod(r->part, status.st_mode & 07777);
  folder_sync(r->part);
  const char *before = change_places(r, aside);
  if (!before) {
    fail(error, "write results to", r->out);
    folder_unlock(r->folder, lock);
    return false;
  }
  folder_unlock(r->folder, r->lock);
  r->lock = -1;
  if (before[0]) {
    folder_merge(before, r->folder);
    folder_unlock(before, lock);
    rmdir(before);
  }
  snprintf(aside, sizeof aside, "%s/..", r->folder);
  folder_sync(aside);
  return true;
}

void results_discard(results *r) {
  if (r->lock >= 0 && r->is_begun && !r->is_continued)
    folder_clear(r->part);
  results_close(r);
}

void results_close(results *r) {
  if (r->lock < 0)
    return;
  folder_unlock(r->part, r->lock);
  r->lock = -1;
  rmdir(r->part); /* stays where something is in it */
}
