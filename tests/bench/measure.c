/* SPDX-License-Identifier: MIT */
/* measure FILE COMMAND...: runs the command and writes to FILE what it took, a name and a number a line:
 * wall and cpu (seconds) and memory (peak, MB). Exits as the command does. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + 1e-6 * (double)time.tv_usec; }

int main(int argc, char **argv) {
  if (argc < 3) {
    fputs("usage: measure FILE COMMAND...\n", stderr);
    return 2;
  }
  double start = now();
  pid_t child = fork();
  if (child == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status = 0;
  struct rusage use;
  if (child < 0 || wait4(child, &status, 0, &use) != child) {
    perror("measure");
    return 2;
  }
  double wall = now() - start;
  FILE *file = fopen(argv[1], "w");
  if (!file) {
    perror(argv[1]);
    return 2;
  }
  fprintf(file, "wall %.6f\ncpu %.6f\nmemory %.1f\n", wall, seconds(use.ru_utime) + seconds(use.ru_stime),
          (double)use.ru_maxrss / 1024);
  fclose(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
