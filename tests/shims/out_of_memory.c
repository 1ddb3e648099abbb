/* SPDX-License-Identifier: MIT */
/* out_of_memory.c - preloaded: allocations that fail (malloc, calloc, realloc, aligned_alloc, posix_memalign, mmap;
 * C++'s `new` takes malloc). They are counted from the start of main, over all threads.
 *
 *   OOM_AT=N         the N-th fails
 *   OOM_FROM=N       the N-th and all later ones fail
 *   OOM_FORK=N/STEP  at the N-th and at each STEP-th behind it two copies of the process go on: in one this allocation
 *                    fails, in the other also all later ones. Either may do without it and end well (code 0), or must
 *                    end with code 2 and one line on stderr that says what is missing. What does not is written to the
 *                    file OOM_REPORT. There are no other threads then: starting one fails. Copies share with the
 *                    process what lies on disk: it reads, but does not write.
 *   OOM_COUNT=FILE   how many there were
 *
 * The processes that the program starts are left alone. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 30 /* s */, FILES = 64 };

typedef int (*main_fn)(int argc, char **argv, char **environment);

/* The C library's own, by the names under which they may be called from here. */
extern void *__libc_malloc(size_t size), *__libc_calloc(size_t count, size_t size),
    *__libc_realloc(void *p, size_t size), *__libc_memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size);
int __libc_start_main(main_fn main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*ld_fini)(void), void *stack_end);

static atomic_bool counts;
static atomic_ulong count;
static unsigned long first, last, fork_first, fork_step;
static const char *report, *count_file;
static main_fn the_main;

/* ---- copies of the process in which memory ends here ---- */

static void become_copy(unsigned long n, bool lasts, int messages) {
  fork_step = 0;
  first = n;
  last = lasts ? (unsigned long)-1 : n;
  count_file = NULL;
  int nowhere = open("/dev/null", O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);
  dup2(messages, STDERR_FILENO);
  alarm(PATIENCE);
}

static bool is_good(int status, const char *message) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return true;
  const char *end = strchr(message, '\n');
  bool tells = strstr(message, "out of memory") != NULL || strstr(message, strerror(ENOMEM)) != NULL;
  return WIFEXITED(status) && WEXITSTATUS(status) == 2 && tells && end != NULL && end[1] == '\0';
}

static void judge(unsigned long n, bool lasts, int status, const char *message) {
  int file = is_good(status, message) ? -1 : open(report, O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (file < 0)
    return;
  dprintf(file, "OOM_%s=%lu: %s %d: %s\n", lasts ? "FROM" : "AT", n, WIFEXITED(status) ? "exit code" : "signal",
          WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), message);
  close(file);
}

/* Copies share the places in files up to which was read. */
static void keep_places(off_t places[FILES], bool again) {
  for (int file = 0; file < FILES; file++)
    if (!again)
      places[file] = lseek(file, 0, SEEK_CUR);
    else if (places[file] >= 0)
      lseek(file, places[file], SEEK_SET);
}

/* True in the copy. */
static bool try_copy(unsigned long n, bool lasts) {
  int ends[2], status = 0;
  off_t places[FILES];
  keep_places(places, false);
  if (pipe(ends) != 0)
    abort();
  pid_t copy = fork();
  if (copy < 0)
    abort();
  if (copy == 0) {
    become_copy(n, lasts, ends[1]);
    close(ends[0]);
    close(ends[1]);
    return true;
  }
  close(ends[1]);
  waitpid(copy, &status, 0);
  char message[2000];
  ssize_t got = read(ends[0], message, sizeof message - 1);
  message[got < 0 ? 0 : got] = '\0';
  close(ends[0]);
  judge(n, lasts, status, message);
  keep_places(places, true);
  return false;
}

/* ---- which allocation fails ---- */

static bool is_failing(void) {
  if (!atomic_load(&counts))
    return false;
  unsigned long n = atomic_fetch_add(&count, 1) + 1;
  bool fails = first != 0 && n >= first && n <= last;
  if (fork_step != 0 && n >= fork_first && (n - fork_first) % fork_step == 0) {
    atomic_store(&counts, false); /* not what the copying itself takes */
    fails = try_copy(n, false) || try_copy(n, true);
    atomic_store(&counts, true);
  }
  if (fails)
    errno = ENOMEM;
  return fails;
}

void *malloc(size_t size) { return is_failing() ? NULL : __libc_malloc(size); }
void *calloc(size_t n, size_t size) { return is_failing() ? NULL : __libc_calloc(n, size); }
void *realloc(void *p, size_t size) { return is_failing() ? NULL : __libc_realloc(p, size); }
void *memalign(size_t alignment, size_t size) { return is_failing() ? NULL : __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **p, size_t alignment, size_t size) {
  void *made = memalign(alignment, size);
  if (made == NULL)
    return ENOMEM;
  *p = made;
  return 0;
}

/* The function of that name behind this library. */
static void *behind(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL)
    abort();
  return found;
}

void *mmap(void *at, size_t len, int protection, int flags, int file, off_t offset) {
  static void *(*real)(void *, size_t, int, int, int, off_t);
  if (real == NULL)
    *(void **)&real = behind("mmap");
  return is_failing() ? MAP_FAILED : real(at, len, protection, flags, file, offset);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context) {
  static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (fork_step != 0)
    return EAGAIN;
  if (real == NULL)
    *(void **)&real = behind("pthread_create");
  return real(thread, attributes, run, context);
}

/* ---- from the start of main to the end ---- */

static void read_number(const char *name, unsigned long *number, unsigned long *step) {
  const char *word = getenv(name);
  char *rest = NULL;
  if (word == NULL)
    return;
  *number = strtoul(word, &rest, 10);
  if (*rest == '/')
    *step = strtoul(rest + 1, NULL, 10);
}

static int counting_main(int argc, char **argv, char **environment) {
  unsigned long unused = 0;
  read_number("OOM_FROM", &first, &unused);
  last = first != 0 ? (unsigned long)-1 : 0;
  if (first == 0) {
    read_number("OOM_AT", &first, &unused);
    last = first;
  }
  read_number("OOM_FORK", &fork_first, &fork_step);
  report = getenv("OOM_REPORT");
  count_file = getenv("OOM_COUNT");
  unsetenv("LD_PRELOAD");
  atomic_store(&counts, true);
  return the_main(argc, argv, environment);
}

int __libc_start_main(main_fn main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*ld_fini)(void), void *stack_end) {
  int (*real)(main_fn, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);
  *(void **)&real = behind("__libc_start_main");
  the_main = main;
  return real(counting_main, argc, argv, init, fini, ld_fini, stack_end);
}

__attribute__((destructor)) static void write_count(void) {
  atomic_store(&counts, false);
  int file = count_file != NULL ? open(count_file, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
  if (file < 0)
    return;
  dprintf(file, "%lu\n", atomic_load(&count));
  close(file);
}
