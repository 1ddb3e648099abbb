/* SPDX-License-Identifier: MIT */
/* results.c - the folder that results go to. */
#include "observe/record.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool make_folder(const char *folder) { return mkdir(folder, 0777) == 0 || errno == EEXIST; }

static bool make_folders(const char *folder) {
  char path[4096];
  if (strlen(folder) >= sizeof path) {
    errno = ENAMETOOLONG;
    return false;
  }
  snprintf(path, sizeof path, "%s", folder);
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (!make_folder(path))
      return false;
    *slash = '/';
  }
  return make_folder(path);
}

bool results_prepare(const char *folder, bool force, char error[SIM_ERROR_SIZE]) {
  struct stat status;
  char path[4096];
  if (!make_folders(folder) || stat(folder, &status) != 0) {
    snprintf(error, SIM_ERROR_SIZE, "cannot make the folder %.300s: %s", folder, strerror(errno));
    return false;
  }
  if (!S_ISDIR(status.st_mode)) {
    snprintf(error, SIM_ERROR_SIZE, "cannot write results to %.300s: it is not a folder", folder);
    return false;
  }
  snprintf(path, sizeof path, "%s/run.json", folder);
  if (!force && stat(path, &status) == 0) {
    snprintf(error, SIM_ERROR_SIZE,
             "%.300s holds results already; name another folder with --out, or overwrite them with "
             "--force",
             folder);
    return false;
  }
  return true;
}
