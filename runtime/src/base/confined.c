/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pipe2 */
#include "base/confined.h"

#include "nsa_interrupts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORK_FAILED = 1, LOOK_MS = 100, BLOCK = 65536 };

struct confined {
  int to;
};

/* ---- in the process ---- */

void confined_put(confined *to, const void *bytes, size_t count) {
  const char *from = bytes;
  while (count > 0) {
    ssize_t done = write(to->to, from, count);
    if (done < 0 && errno != EINTR)
      _exit(WORK_FAILED); /* nobody listens any more */
    from += done < 0 ? 0 : done;
    count -= done < 0 ? 0 : (size_t)done;
  }
}

static void limit(int what, rlim_t most) {
  struct rlimit now;
  if (getrlimit(what, &now) == 0 && now.rlim_max < most)
    most = now.rlim_max;
  setrlimit(what, &(struct rlimit){most, most});
}

/* Bytes of addresses that this process has: 0 where the system does not say. */
static rlim_t addresses_in_use(void) {
  FILE *file = fopen("/proc/self/statm", "r");
  unsigned long long pages = 0;
  if (file && fscanf(file, "%llu", &pages) != 1)
    pages = 0;
  if (file)
    fclose(file);
  return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void confine(const confined_limits *limits) {
  rlim_t in_use = addresses_in_use();
  if (in_use)
    limit(RLIMIT_AS, in_use + limits->memory);
  limit(RLIMIT_CPU, limits->seconds);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
}

/* Interrupts and faults end it, and what a library says of them is nobody's. */
static void leave_behind(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGPIPE, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGXFSZ};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    signal(numbers[i], SIG_DFL);
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = STDIN_FILENO; nothing >= 0 && fd <= STDERR_FILENO; fd++)
    dup2(nothing, fd);
}

static _Noreturn void do_work(confined_work *work, void *context, const confined_limits *limits, int data, int told) {
  char error[CONFINED_ERROR] = "";
  confined to = {.to = data};
  setpgid(0, 0); /* whoever comes first */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  leave_behind();
  confine(limits);
  if (work(context, &to, error))
    _exit(0);
  to.to = told;
  confined_put(&to, error, strnlen(error, sizeof error - 1));
  _exit(WORK_FAILED);
}

/* ---- here ---- */

static bool say(char error[CONFINED_ERROR], const char *what) {
  snprintf(error, CONFINED_ERROR, "%s", what);
  return false;
}

typedef struct {
  confined_taker *take;
  void *context;
  size_t count, most;
  uint8_t block[BLOCK];
} receiver;

/* To the end of what it puts. */
static bool receive(int from, receiver *in, char error[CONFINED_ERROR]) {
  for (;;) {
    struct pollfd wait = {.fd = from, .events = POLLIN};
    if (nsa_interrupts_caught())
      return say(error, "interrupted");
    if (poll(&wait, 1, LOOK_MS) <= 0)
      continue;
    ssize_t got = read(from, in->block, BLOCK);
    if (got == 0)
      return true;
    in->count += got < 0 ? 0 : (size_t)got;
    if (got < 0 && errno != EINTR && errno != EAGAIN)
      return say(error, strerror(errno));
    if (in->count > in->most)
      return say(error, "more comes of it than it can hold; the file is damaged");
    if (got > 0 && !in->take(in->context, in->block, (size_t)got, error))
      return false;
  }
}

static int end_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/* Why there is nothing of it. */
static bool explain(int status, int told, const confined_limits *limits, char error[CONFINED_ERROR]) {
  ssize_t length = WIFEXITED(status) && WEXITSTATUS(status) == WORK_FAILED ? read(told, error, CONFINED_ERROR - 1) : 0;
  error[length > 0 ? length : 0] = 0;
  if (length > 0)
    return false;
  if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
    snprintf(error, CONFINED_ERROR, "reading it takes more than %u s of the processor, or was stopped from outside",
             limits->seconds);
  else if (WIFSIGNALED(status))
    snprintf(error, CONFINED_ERROR, "the library that reads it crashed (%s): the file is damaged, or made to do so",
             nsa_interrupts_name(WTERMSIG(status)));
  else
    say(error, "the library that reads it gave up: the file is damaged, or made to do so");
  return false;
}

typedef struct {
  int data[2], told[2];
} channels;

static void close_ends(const channels *c, int end) {
  close(c->data[end]);
  close(c->told[end]);
}

static bool open_channels(channels *c) {
  if (pipe2(c->data, O_CLOEXEC) != 0)
    return false;
  if (pipe2(c->told, O_CLOEXEC) == 0)
    return true;
  close(c->data[0]);
  close(c->data[1]);
  return false;
}

static bool run(confined_work *work, void *context, const confined_limits *limits, receiver *in,
                char error[CONFINED_ERROR]) {
  channels c;
  if (!open_channels(&c))
    return say(error, strerror(errno));
  pid_t child = fork();
  if (child == 0)
    do_work(work, context, limits, c.data[1], c.told[1]);
  int problem = errno;
  if (child > 0) { /* a group of its own, which an interrupt takes along */
    setpgid(child, child);
    nsa_leftover_group(child);
  }
  close_ends(&c, 1);
  bool is_good = child > 0 ? receive(c.data[0], in, error) : say(error, strerror(problem));
  if (child > 0 && !is_good)
    kill(child, SIGKILL);
  int status = child > 0 ? end_of(child) : 0;
  if (child > 0)
    nsa_leftover_forget_group(child);
  if (is_good && status != 0)
    is_good = explain(status, c.told[0], limits, error);
  close_ends(&c, 0);
  return is_good;
}

bool confined_stream(confined_work *work, void *context, const confined_limits *limits, confined_taker *take,
                     void *taking, char error[CONFINED_ERROR]) {
  receiver *in = malloc(sizeof *in);
  if (!in)
    return say(error, "out of memory");
  in->take = take;
  in->context = taking;
  in->most = limits->most;
  in->count = 0;
  bool is_good = run(work, context, limits, in, error);
  free(in);
  return is_good;
}

/* ---- all of it at once ---- */

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} gathered;

static bool gather(void *context, const void *bytes, size_t count, char error[CONFINED_ERROR]) {
  gathered *g = context;
  if (g->capacity - g->count < count) {
    size_t capacity = g->capacity * 2 + count;
    uint8_t *grown = realloc(g->bytes, capacity);
    if (!grown)
      return say(error, "out of memory");
    g->bytes = grown;
    g->capacity = capacity;
  }
  memcpy(g->bytes + g->count, bytes, count);
  g->count += count;
  return true;
}

void *confined_run(confined_work *work, void *context, const confined_limits *limits, size_t *count,
                   char error[CONFINED_ERROR]) {
  gathered g = {.bytes = malloc(1), .capacity = 1};
  bool is_good = g.bytes ? confined_stream(work, context, limits, gather, &g, error) : say(error, "out of memory");
  *count = g.count;
  if (is_good)
    return g.bytes;
  free(g.bytes);
  return NULL;
}
