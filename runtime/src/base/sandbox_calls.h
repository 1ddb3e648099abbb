/* SPDX-License-Identifier: MIT */
/* sandbox_calls.h - calls of the system that this process does without, by seccomp. */
#ifndef NSA_RUNTIME_SANDBOX_CALLS_H
#define NSA_RUNTIME_SANDBOX_CALLS_H

#include <stdbool.h>

/* From now on sockets cannot be made or connected (EACCES), nor, without programs, programs be executed. Pairs of
 * connected sockets can be made. True as well where the kernel has no seccomp, or the processor is none that we know;
 * false: it refused. no_new_privs is set before. */
bool sandbox_forbid_calls(bool with_programs);

#endif
