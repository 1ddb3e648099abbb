/* SPDX-License-Identifier: MIT */
/* leftovers.h - what an end at once must not leave behind (nsa_interrupts.h): taking it away. */
#ifndef NSA_RUNTIME_LEFTOVERS_H
#define NSA_RUNTIME_LEFTOVERS_H

/* For a handler of signals: nothing is allocated, no lock is taken. Takes up to a fifth of a second, where a process
 * does not end by itself. */
void leftovers_remove(void);

#endif
