/* SPDX-License-Identifier: MIT */
/* sandbox_calls.c - a filter of system calls: a small program that the kernel runs before each. */
#define _GNU_SOURCE /* syscall */
#include "base/sandbox_calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __x86_64__ && !defined __ILP32__
enum { ARCHITECTURE = 1, OTHER_NUMBERS = 0x40000000 }; /* the x32 numbers of the same calls */
#define AUDIT_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
enum { ARCHITECTURE = 1, OTHER_NUMBERS = 0x40000000 }; /* above all numbers */
#define AUDIT_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
enum { ARCHITECTURE = 0, OTHER_NUMBERS = 0x40000000 };
#define AUDIT_ARCHITECTURE 0u
#endif

/* io_uring makes calls that no filter sees; 425 on all processors, and unknown to older headers. */
enum { IO_URING_SETUP = 425 };

static const unsigned network[] = {SYS_socket, SYS_connect, SYS_bind,      SYS_listen,
                                   SYS_accept, SYS_accept4, IO_URING_SETUP};
static const unsigned programs[] = {SYS_execve, SYS_execveat};
/* A terminal takes these for what its user types. */
static const unsigned typing[] = {TIOCSTI, TIOCLINUX};

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))
enum { BEFORE_CALLS = 4, OF_IOCTL = 4 /* beside what is refused */, MOST = 32 };

/* Jumps are counted from the next operation. The last operation refuses. */
typedef struct {
  struct sock_filter ops[MOST];
  int count, last;
} filter;

static void add(filter *f, int code, unsigned k, int if_true, int if_false) {
  f->ops[f->count++] = (struct sock_filter){(unsigned short)code, (unsigned char)if_true, (unsigned char)if_false, k};
}

static int to_refusal(const filter *f) { return f->last - f->count - 1; }

static void load(filter *f, size_t at) { add(f, BPF_LD | BPF_W | BPF_ABS, (unsigned)at, 0, 0); }

static void refuse(filter *f, const unsigned *values, int count) {
  for (int i = 0; i < count; i++)
    add(f, BPF_JMP | BPF_JEQ | BPF_K, values[i], to_refusal(f), 0);
}

/* Calls for another kind of processor, such as int 0x80, have other numbers: none is let through. */
static filter make_filter(bool with_programs) {
  int calls = COUNT(network) + (with_programs ? 0 : COUNT(programs));
  filter f = {.last = BEFORE_CALLS + calls + OF_IOCTL + COUNT(typing) - 1};
  load(&f, offsetof(struct seccomp_data, arch));
  add(&f, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCHITECTURE, 0, to_refusal(&f));
  load(&f, offsetof(struct seccomp_data, nr));
  add(&f, BPF_JMP | BPF_JGE | BPF_K, OTHER_NUMBERS, to_refusal(&f), 0);
  refuse(&f, network, COUNT(network));
  if (!with_programs)
    refuse(&f, programs, COUNT(programs));
  add(&f, BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 1 + COUNT(typing));
  load(&f, offsetof(struct seccomp_data, args[1])); /* its lower half: these processors have it first */
  refuse(&f, typing, COUNT(typing));
  add(&f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
  add(&f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES, 0, 0);
  return f;
}

/* SPEC_ALLOW: without it some kernels would slow the whole process down against side channels. */
bool sandbox_forbid_calls(bool with_programs) {
  filter f = make_filter(with_programs);
  struct sock_fprog program = {(unsigned short)f.count, f.ops};
  if (!ARCHITECTURE || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0)
    return true;
  return errno == ENOSYS || errno == EINVAL;
}
