/* SPDX-License-Identifier: MIT */
/* signals.h - SIGINT and SIGTERM ask the run to end after its tick, with files closed; a second one
 * within two seconds ends it at once. SIGPIPE is ignored. A fault inside a kernel is reported as a
 * bug. */
#ifndef NSA_RUNTIME_SIGNALS_H
#define NSA_RUNTIME_SIGNALS_H

void signals_install(void);
/* The number of the signal that asks the run to end, or 0. */
int signals_caught(void);
/* "SIGINT" */
const char *signals_name(int number);

#endif
