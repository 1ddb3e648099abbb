/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pipe2 */
#include "worlds/child.h"

#include "nsa_interrupts.h"
#include "worlds/starter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double interrupted_seconds = 1,
                    dying_seconds = 1; /* until an answer; from the end of its output to its own */
static const int look_ms = 100; /* how often a wait looks for interrupts, which may have come to another thread */

struct child {
  bool is_lost;                     /* it did not answer */
  int keeper;                       /* starter.h */
  int to, from;                     /* our ends of the pipes */
  char *text;                       /* what came: the last answer, with what follows it */
  size_t len, capacity, answer_len; /* answer_len: with its line end */
};

typedef struct {
  double end, seconds; /* when there must be an answer; from the question to there */
  size_t longest;
  char *error;
} question;

__attribute__((format(printf, 2, 3))) static bool refuse(char error[CHILD_ERROR], const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error, CHILD_ERROR, format, arguments);
  va_end(arguments);
  return false;
}

static double now(void) {
  struct timespec t = {0};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- starting ---- */

/* Both ends are above the standard ones: where we were started without those, they would be taken for them. */
static bool make_pipe(int ends[2]) {
  int low[2];
  if (pipe2(low, O_CLOEXEC) != 0)
    return false;
  ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(low[0]);
  close(low[1]);
  if (ends[0] >= 0 && ends[1] >= 0)
    return true;
  close(ends[0] >= 0 ? ends[0] : ends[1]);
  return false;
}

static void ignore_broken_pipes(void) {
  struct sigaction action;
  if (sigaction(SIGPIPE, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
    return;
  action = (struct sigaction){.sa_handler = SIG_IGN};
  sigaction(SIGPIPE, &action, NULL);
}

/* Our ends do not block: waits are for `poll`, which knows of time. */
static int connect_child(child *c, int starter, const char *command) {
  int in[2], out[2];
  if (!make_pipe(in))
    return errno;
  int problem = make_pipe(out) ? 0 : errno;
  if (!problem) {
    c->keeper = starter_start(starter, command, in[0], out[1]);
    problem = c->keeper >= 0 ? 0 : errno;
    close(out[1]);
    c->from = out[0];
  }
  close(in[0]);
  c->to = in[1];
  if (!problem && (fcntl(c->to, F_SETFL, O_NONBLOCK) != 0 || fcntl(c->from, F_SETFL, O_NONBLOCK) != 0))
    problem = errno;
  return problem;
}

child *child_start(int starter, const char *command, char error[CHILD_ERROR]) {
  child *c = calloc(1, sizeof *c);
  if (!c) {
    snprintf(error, CHILD_ERROR, "could not be started: out of memory");
    return NULL;
  }
  c->to = c->from = c->keeper = -1;
  ignore_broken_pipes();
  int problem = connect_child(c, starter, command);
  if (!problem)
    return c;
  snprintf(error, CHILD_ERROR, "could not be started: %s", strerror(problem));
  child_end(c, NULL, 0);
  return NULL;
}

/* ---- its end ---- */

/* What a shell means by an exit code. */
static void explain_code(int code, char *text, size_t size) {
  text[0] = 0;
  if (code == 127)
    snprintf(text, size, " (there is no such command)");
  else if (code == 126)
    snprintf(text, size, " (it cannot be executed)");
  else if (code > 128 && strsignal(code - 128))
    snprintf(text, size, " (signal %d: %s)", code - 128, strsignal(code - 128));
}

/* Its output is at an end. */
static bool tell_end(const child *c, char error[CHILD_ERROR]) {
  starter_end how;
  char meaning[80];
  if (!starter_has_ended(c->keeper, dying_seconds, &how))
    return refuse(error, "closed its standard output");
  if (how.code != CLD_EXITED)
    return refuse(error, "was ended by signal %d (%s)", how.status, strsignal(how.status));
  explain_code(how.status, meaning, sizeof meaning);
  return refuse(error, "ended with exit code %d%s", how.status, meaning);
}

void child_end(child *c, const char *last, double seconds) {
  if (!c)
    return;
  starter_end how;
  if (c->is_lost || (last && write(c->to, last, strlen(last)) < 0))
    seconds = 0; /* it does not listen */
  if (c->to >= 0)
    close(c->to);
  if (c->keeper >= 0) {
    starter_has_ended(c->keeper, seconds, &how);
    starter_finish(c->keeper);
  }
  if (c->from >= 0)
    close(c->from);
  free(c->text);
  free(c);
}

/* ---- asking ---- */

const char *child_quote(const char *text, size_t len, char out[CHILD_QUOTE]) {
  enum { MOST = 60 };
  size_t most = len < MOST ? len : MOST, n = 0;
  for (; n < most && text[n] != '\n'; n++)
    out[n] = (unsigned char)text[n] < ' ' || text[n] == 127 ? '?' : text[n];
  while (n > 0 && n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
    n--; /* not in the middle of a character */
  snprintf(out + n, 4, "%s", n == most && n < len ? "..." : "");
  return out;
}

/* Waits until the file is ready. False: there is no time left. */
static bool wait_for(int file, short events, question *q) {
  while (true) {
    double left = q->end - now();
    if (nsa_interrupts_caught() && left > interrupted_seconds)
      q->end = now() + interrupted_seconds;
    if (left <= 0)
      return false;
    struct pollfd p = {.fd = file, .events = events};
    if (poll(&p, 1, left < 1e-3 * look_ms ? (int)(1e3 * left) + 1 : look_ms) > 0)
      return true;
  }
}

/* Where it does not listen any more, what it said last tells more than that: reading goes on. */
static bool send_line(child *c, const char *line, question *q) {
  size_t left = strlen(line);
  while (left > 0) {
    ssize_t n = write(c->to, line, left);
    if (n < 0 && errno == EAGAIN) {
      if (!wait_for(c->to, POLLOUT, q))
        return refuse(q->error, "did not read within %g s", q->seconds);
    } else if (n < 0 && errno != EINTR) {
      return true;
    } else if (n > 0) {
      line += n;
      left -= (size_t)n;
    }
  }
  return true;
}

static const char no_memory[] = "out of memory for what it answers";

static bool has_room(child *c, size_t longest) {
  if (c->len < c->capacity)
    return true;
  size_t capacity = c->capacity ? 2 * c->capacity : 1 << 12;
  capacity = capacity < longest + 2 ? capacity : longest + 2; /* its line end, and one more */
  char *text = realloc(c->text, capacity);
  if (!text)
    return false;
  c->text = text;
  c->capacity = capacity;
  return true;
}

/* Bytes that are there: how many, 0 at the end of its output, -1 when there are none now. */
static ssize_t take(child *c) {
  ssize_t n;
  do
    n = read(c->from, c->text + c->len, c->capacity - c->len);
  while (n < 0 && errno == EINTR);
  c->len += n > 0 ? (size_t)n : 0;
  return n;
}

/* Some more bytes of the answer. */
static bool receive(child *c, question *q) {
  if (!has_room(c, q->longest))
    return refuse(q->error, no_memory);
  ssize_t n = take(c);
  if (n == 0)
    return tell_end(c, q->error);
  if (n > 0 || wait_for(c->from, POLLIN, q))
    return true;
  if (nsa_interrupts_caught())
    return refuse(q->error, "did not answer any more");
  return refuse(q->error, "did not answer within %g s", q->seconds);
}

/* The answer is then at the start of `text`. */
static bool receive_line(child *c, question *q) {
  size_t looked = 0;
  char *end = NULL;
  while (!end) {
    if (!receive(c, q))
      return false;
    end = memchr(c->text + looked, '\n', c->len - looked);
    looked = end ? (size_t)(end - c->text) : c->len;
    if (looked > q->longest)
      return refuse(q->error, "sent a line of more than %zu bytes", q->longest);
  }
  *end = 0;
  c->answer_len = looked + 1;
  return true;
}

/* Questions and answers take turns: else an answer would be taken for that to another question. */
static bool is_quiet(child *c, const question *q) {
  char quoted[CHILD_QUOTE];
  c->len -= c->answer_len;
  if (c->len > 0)
    memmove(c->text, c->text + c->answer_len, c->len);
  c->answer_len = 0;
  if (!has_room(c, q->longest))
    return refuse(q->error, no_memory);
  if (c->len == 0 && take(c) <= 0)
    return true;
  return refuse(q->error, "sent \"%s\" without having been asked", child_quote(c->text, c->len, quoted));
}

bool child_ask(child *c, const char *line, double seconds, size_t longest, const char **answer,
               char error[CHILD_ERROR]) {
  question q = {.end = now() + seconds, .seconds = seconds, .longest = longest, .error = error};
  bool is_good = is_quiet(c, &q) && send_line(c, line, &q) && receive_line(c, &q);
  c->is_lost = !is_good;
  *answer = c->text;
  return is_good;
}
