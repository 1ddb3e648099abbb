/* SPDX-License-Identifier: MIT */
/* landlock: prints the version of Landlock that the kernel has, 0 for none.
 * landlock COMMAND...: executes it as on a kernel without Landlock. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_RULES = 444, RESTRICT_SELF = 446 };

int main(int argc, char **argv) {
  long version = syscall(CREATE_RULES, NULL, 0, 1);
  struct sock_filter ops[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
      {BPF_JMP | BPF_JGE | BPF_K, 0, 2, CREATE_RULES},
      {BPF_JMP | BPF_JGT | BPF_K, 1, 0, RESTRICT_SELF},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  struct sock_fprog program = {sizeof ops / sizeof ops[0], ops};
  if (argc < 2) {
    printf("%ld\n", version > 0 ? version : 0);
    return 0;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    return 125;
  execvp(argv[1], argv + 1);
  return 126;
}
