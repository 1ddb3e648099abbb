/* SPDX-License-Identifier: MIT */
/* nsa_sandbox.h - this process gives rights away, before it reads a model or runs what was made of one. They never come
 * back, nor do they to processes and threads that begin later; so it is called before there are threads.
 *
 * Files by Landlock, which Linux has from 5.13 on: what is not named cannot be read, what is not named to be written
 * cannot be written, and nothing outside of it can be sent a signal (from 6.12 on). Calls by seccomp: no network, and
 * no programs. What the kernel does not have is left out (docs/security.md says what is promised then). Descriptors
 * that are open stay open. Nothing is allocated. */
#ifndef NSA_SANDBOX_H
#define NSA_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int rules;      /* descriptor; -1: there are no rules about files */
  uint64_t known; /* the kernel's kinds of access */
} nsa_sandbox;

/* Rules, with what all need: the system's libraries, /proc, /dev/null and /dev/urandom. */
nsa_sandbox nsa_sandbox_begin(void);

/* What may be read, and also written or also executed: the file, or all below the folder. Paths that are not there, and
 * NULL, are left out. */
void nsa_sandbox_read(nsa_sandbox *s, const char *path);
void nsa_sandbox_write(nsa_sandbox *s, const char *path);
void nsa_sandbox_execute(nsa_sandbox *s, const char *path);
/* The folder of results that a checkpoint lies in, OUT/checkpoints/FILE. */
void nsa_sandbox_read_results_of(nsa_sandbox *s, const char *checkpoint);
/* All in the folder in which this file is, or is to be; "a/{}.png" too. */
void nsa_sandbox_read_beside(nsa_sandbox *s, const char *path);
/* `path` is made, written or replaced, whether it is there or not, and so is what stands beside it. */
void nsa_sandbox_write_beside(nsa_sandbox *s, const char *path);

/* The rules hold from now on. with_programs: what the rules let execute can be executed. False where the kernel refused
 * them; errno says why. */
bool nsa_sandbox_close(nsa_sandbox *s, bool with_programs);

/* NSA_SANDBOX=off in the environment is as --no-sandbox: for tools that watch a run and write elsewhere. */
bool nsa_sandbox_is_wanted(void);

#endif
