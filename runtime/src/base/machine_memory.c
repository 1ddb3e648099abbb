/* SPDX-License-Identifier: MIT */
/* machine_memory.c - see machine_memory.h. */
#include "base/machine_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PATH_SIZE = 1024 };

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static uint64_t of_processor(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_MAX;
}

static uint64_t of_process(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? (uint64_t)limit.rlim_cur : UINT64_MAX;
}

/* A file with one number; "max" is none. */
static uint64_t read_number(const char *path) {
  uint64_t number = UINT64_MAX;
  FILE *file = fopen(path, "r");
  if (!file)
    return number;
  if (fscanf(file, "%" SCNu64, &number) != 1)
    number = UINT64_MAX;
  fclose(file);
  return number;
}

/* A group, and all that it is in. */
static uint64_t of_group(const char *root, const char *group, const char *name) {
  char path[PATH_SIZE], folder[PATH_SIZE / 2];
  uint64_t limit = UINT64_MAX;
  snprintf(folder, sizeof folder, "%s", group);
  for (char *end = folder + strlen(folder);; *end = 0) {
    snprintf(path, sizeof path, "%s%s/%s", root, folder, name);
    limit = least(limit, read_number(path));
    end = strrchr(folder, '/');
    if (!end)
      return limit;
  }
}

/* Lines "0::/group" (version 2) and "7:memory:/group" (version 1). */
static uint64_t of_groups(void) {
  char line[PATH_SIZE / 2];
  uint64_t limit = UINT64_MAX;
  FILE *file = fopen("/proc/self/cgroup", "r");
  if (!file)
    return limit;
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    const char *second = strstr(line, ":memory:");
    if (strncmp(line, "0::", 3) == 0)
      limit = least(limit, of_group("/sys/fs/cgroup", line + 3, "memory.max"));
    else if (second)
      limit = least(limit, of_group("/sys/fs/cgroup/memory", second + 8, "memory.limit_in_bytes"));
  }
  fclose(file);
  return limit;
}

uint64_t machine_memory(void) { return least(least(of_processor(), of_process()), of_groups()); }
