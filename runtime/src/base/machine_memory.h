/* SPDX-License-Identifier: MIT */
/* machine_memory.h - how much memory there is for this process, in bytes. */
#ifndef NSA_RUNTIME_MACHINE_MEMORY_H
#define NSA_RUNTIME_MACHINE_MEMORY_H

#include <stdint.h>

/* The least of what the machine has, what its control groups (cgroup) may have, and the process's own limit (ulimit
 * -v). What cannot be read limits nothing. */
uint64_t machine_memory(void);

#endif
