/* SPDX-License-Identifier: MIT */
/* starter.c - see starter.h.
 *
 * A request is one packet: the command, with the descriptors of a socket to the keeper, the standard input and the
 * output. The keeper sends one packet, the end of its process. When its socket is shut down or closed, it ends what is
 * left, and then closes it. */
#define _GNU_SOURCE /* prctl's numbers, CMSG_LEN */
#include "worlds/starter.h"

#include "nsa_starter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { COMMAND_BYTES = 1 << 16, PASSED = 3, CANNOT_EXECUTE = 126 };
enum { PASSED_SOCKET, PASSED_IN, PASSED_OUT };
static const double ending_seconds = 3, answer_seconds = 5; /* that a keeper takes to end all; that we wait for it */

struct nsa_starter {
  int socket;
  pid_t pid;
  bool has_terminal;
  struct termios terminal;
};

static double now(void) {
  struct timespec t = {0};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- packets with descriptors ---- */

typedef union {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(PASSED * sizeof(int))];
} passed_files;

static bool send_request(int socket, const char *command, const int files[PASSED]) {
  passed_files passed = {.bytes = {0}};
  struct iovec text = {(char *)(size_t)command, strlen(command) + 1};
  struct msghdr packet = {
      .msg_iov = &text, .msg_iovlen = 1, .msg_control = passed.bytes, .msg_controllen = sizeof passed.bytes};
  struct cmsghdr *header = CMSG_FIRSTHDR(&packet);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(PASSED * sizeof(int));
  memcpy(CMSG_DATA(header), files, PASSED * sizeof(int));
  ssize_t sent;
  do
    sent = sendmsg(socket, &packet, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

/* False: nobody will ask any more. A packet without files is of no use: files[0] is -1. */
static bool receive_request(int socket, char command[COMMAND_BYTES], int files[PASSED]) {
  passed_files passed;
  struct iovec text = {command, COMMAND_BYTES - 1};
  struct msghdr packet = {
      .msg_iov = &text, .msg_iovlen = 1, .msg_control = passed.bytes, .msg_controllen = sizeof passed.bytes};
  ssize_t got;
  do
    got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got <= 0)
    return false;
  command[got] = 0;
  const struct cmsghdr *header = CMSG_FIRSTHDR(&packet);
  files[0] = -1;
  if (header && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(PASSED * sizeof(int)))
    memcpy(files, CMSG_DATA(header), PASSED * sizeof(int));
  return true;
}

/* ---- a keeper ---- */

/* What we were started with, but for what this process has changed. */
static void execute(const char *command, int in, int out, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  signal(SIGCHLD, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent || setpgid(0, 0) != 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
    _exit(CANNOT_EXECUTE);
  execl("/bin/sh", "sh", "-c", command, (char *)NULL);
  _exit(CANNOT_EXECUTE);
}

/* Those whose parent has ended are ours: one pass over our children. */
static void kill_children(void) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t len = file < 0 ? 0 : read(file, text, sizeof text - 1);
  if (file >= 0)
    close(file);
  text[len > 0 ? len : 0] = 0;
  for (char *at = text, *end; *at; at = end) {
    long child = strtol(at, &end, 10);
    if (end == at || (*end != ' ' && *end != 0)) /* cut at the end of the text */
      break;
    kill((pid_t)child, SIGKILL);
    end += *end == ' ';
  }
}

/* Where the kernel does not list children, those who left the group stay. */
static void end_all(pid_t group) {
  double end = now() + ending_seconds;
  kill(-group, SIGKILL);
  while (now() < end) {
    kill_children();
    pid_t ended = waitpid(-1, NULL, WNOHANG);
    if (ended < 0 && errno == ECHILD)
      return;
    if (ended == 0)
      poll(NULL, 0, 1);
  }
}

static void tell(int socket, starter_end end) { send(socket, &end, sizeof end, MSG_NOSIGNAL); }

/* Tells how the process ended. It is not reaped: its number stays that of its group. */
static bool tell_end(int socket, pid_t child) {
  siginfo_t how = {.si_pid = 0};
  if (waitid(P_PID, (id_t)child, &how, WEXITED | WNOHANG | WNOWAIT) != 0 || how.si_pid == 0)
    return false;
  tell(socket, (starter_end){how.si_code, how.si_status});
  return true;
}

static void on_child(int number) { (void)number; }

/* From here on the end of a child is noticed in `watch`, and there alone. */
static void hold_ends(void) {
  struct sigaction action = {.sa_handler = on_child};
  sigset_t ends;
  sigemptyset(&action.sa_mask);
  sigaction(SIGCHLD, &action, NULL);
  sigemptyset(&ends);
  sigaddset(&ends, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ends, NULL);
}

/* Waits until we are told to end it, or whoever wanted it is gone. */
static void watch(int socket, pid_t child) {
  bool is_told = false;
  sigset_t none;
  sigemptyset(&none);
  struct pollfd p = {.fd = socket, .events = POLLIN};
  do
    is_told = is_told || tell_end(socket, child);
  while (ppoll(&p, 1, NULL, &none) <= 0);
}

static void keep(const char *command, const int files[PASSED]) {
  hold_ends();
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  pid_t self = getpid(), child = fork();
  if (child == 0)
    execute(command, files[PASSED_IN], files[PASSED_OUT], self);
  if (child > 0)
    setpgid(child, child); /* whoever comes first */
  close(files[PASSED_IN]);
  close(files[PASSED_OUT]);
  if (child < 0) {
    tell(files[PASSED_SOCKET], (starter_end){CLD_EXITED, CANNOT_EXECUTE});
  } else {
    watch(files[PASSED_SOCKET], child);
    end_all(child);
  }
  _exit(0);
}

/* ---- the starter ---- */

static void serve(int socket) {
  static char command[COMMAND_BYTES];
  int files[PASSED];
  signal(SIGCHLD, SIG_IGN); /* keepers are not waited for */
  setpgid(0, 0);            /* Ctrl-C is for others */
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  while (receive_request(socket, command, files)) {
    if (files[0] < 0)
      continue;
    if (fork() == 0) {
      close(socket);
      keep(command, files);
    }
    for (int i = 0; i < PASSED; i++)
      close(files[i]);
  }
  _exit(0);
}

nsa_starter *nsa_starter_begin(void) {
  int ends[2];
  nsa_starter *s = calloc(1, sizeof *s);
  if (!s || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    free(s);
    return NULL;
  }
  s->socket = fcntl(ends[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(ends[0]);
  s->has_terminal = tcgetattr(STDERR_FILENO, &s->terminal) == 0;
  s->pid = s->socket < 0 ? -1 : fork();
  if (s->pid == 0) {
    close(s->socket);
    serve(ends[1]);
  }
  close(ends[1]);
  if (s->pid > 0)
    return s;
  close(s->socket);
  free(s);
  return NULL;
}

int nsa_starter_socket(const nsa_starter *starter) { return starter ? starter->socket : NSA_NO_STARTER; }

/* Only the foreground may change a terminal without being stopped for it. */
static void restore_terminal(const nsa_starter *s) {
  struct termios is;
  if (s->has_terminal && tcgetpgrp(STDERR_FILENO) == getpgrp() && tcgetattr(STDERR_FILENO, &is) == 0 &&
      memcmp(&is, &s->terminal, sizeof is) != 0)
    tcsetattr(STDERR_FILENO, TCSANOW, &s->terminal);
}

void nsa_starter_end(nsa_starter *starter) {
  if (!starter)
    return;
  close(starter->socket);
  while (waitpid(starter->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  restore_terminal(starter);
  free(starter);
}

/* ---- asking it ---- */

int starter_start(int socket, const char *command, int in, int out) {
  int ends[2];
  if (socket == NSA_NO_STARTER || strlen(command) >= COMMAND_BYTES - 1) {
    errno = socket == NSA_NO_STARTER ? ENOTCONN : E2BIG;
    return -1;
  }
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return -1;
  const int files[PASSED] = {[PASSED_SOCKET] = ends[1], [PASSED_IN] = in, [PASSED_OUT] = out};
  bool is_sent = send_request(socket, command, files);
  int problem = errno;
  close(ends[1]);
  if (is_sent)
    return ends[0];
  close(ends[0]);
  errno = problem;
  return -1;
}

/* Whether something can be read, or is at its end. */
static bool wait_for(int keeper, double end) {
  struct pollfd p = {.fd = keeper, .events = POLLIN};
  int ready;
  do {
    double left = end - now();
    ready = poll(&p, 1, left > 0 ? (int)(1e3 * left) + 1 : 0);
  } while (ready == 0 && now() < end);
  return ready > 0;
}

bool starter_has_ended(int keeper, double seconds, starter_end *how) {
  double end = now() + seconds;
  return wait_for(keeper, end) && recv(keeper, how, sizeof *how, 0) == (ssize_t)sizeof *how;
}

void starter_finish(int keeper) {
  starter_end unused;
  double end = now() + answer_seconds;
  shutdown(keeper, SHUT_WR);
  while (wait_for(keeper, end) && recv(keeper, &unused, sizeof unused, 0) > 0)
    ;
  close(keeper);
}
