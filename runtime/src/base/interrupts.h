/* SPDX-License-Identifier: MIT */
/* interrupts.h - SIGINT and SIGTERM ask the run to end after its tick, with files closed; a second one
 * within two seconds ends it at once. SIGPIPE is ignored. A fault inside a kernel is reported as a
 * bug. */
#ifndef NSA_RUNTIME_INTERRUPTS_H
#define NSA_RUNTIME_INTERRUPTS_H

void interrupts_install(void);
/* The number of the signal that asks the run to end, or 0. */
int interrupts_caught(void);
/* "SIGINT" */
const char *interrupts_name(int number);

#endif
