/* SPDX-License-Identifier: MIT */
/* nsa_interrupts.h - SIGINT and SIGTERM, and what an end at once must not leave behind.
 *
 * There are two ways to take an interrupt. Where nothing is kept yet (reading, compiling, making a network) it ends the
 * process at once. Where results are open it is caught: who runs asks for it between two ticks, and closes them. A
 * second one within two seconds ends the process at once in any case. The exit code is 128 + its number.
 *
 * Before an end at once, processes that are noted here are ended, and files and empty folders that are noted removed.
 */
#ifndef NSA_INTERRUPTS_H
#define NSA_INTERRUPTS_H

/* From now on they end the process at once. */
void nsa_interrupts_end(void);
/* From now on they are caught. */
void nsa_interrupts_catch(void);
/* The number of the one that was caught, or 0. */
int nsa_interrupts_caught(void);
/* From now on SIGUSR1 asks for a checkpoint: whether one was asked for since somebody looked. */
void nsa_saves_catch(void);
int nsa_saves_asked(void);
/* "SIGINT" */
const char *nsa_interrupts_name(int number);

/* Faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL) are bugs of ours: exit code 70. Who knows what was being done says it, by
 * `put`; it is called by the handler. */
void nsa_faults_explain(void (*explain)(void (*put)(const char *text)));
/* Faults of this thread are told where its stack is used up, too. The main thread's are without it. */
void nsa_faults_of_thread(void);

/* A file or folder that is not to stay. The path is kept, not copied, until it is forgotten. */
void nsa_leftover_file(const char *path);
void nsa_leftover_forget_file(const char *path);
/* A process group of ours, by the number of its first process. */
void nsa_leftover_group(long group);
void nsa_leftover_forget_group(long group);
/* Ends and removes what is noted. For handlers of signals, and where memory has ended: nothing is allocated, no lock is
 * taken. Takes up to a fifth of a second, where a process does not end by itself. */
void nsa_leftovers_remove(void);

#endif
