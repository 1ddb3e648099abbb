/* SPDX-License-Identifier: MIT */
/* exhausted.h - the end of a process whose compiler finds no more memory.
 *
 * Nearly every function of a compile takes memory, and a compile holds no results that could be lost. So it ends where
 * the memory does: with one sentence, exit code 2 and nothing left behind, instead of a way back through every caller.
 * Arenas, flex, bison and LLVM (build/target.c) end here. The runtime does not: it returns "out of memory" as any other
 * failure, since it has files to close.
 *
 * Nothing here takes memory. What is set here is global, as a handler that LLVM calls can reach nothing else; any
 * thread may end the process. */
#ifndef NSA_SUPPORT_EXHAUSTED_H
#define NSA_SUPPORT_EXHAUSTED_H

#include <stddef.h>

/* What is being done, for the sentence: a stage of the compile of the file at path. Both strings live as long as the
 * process; two NULL: no compile. */
void exhausted_while(const char *stage, const char *path);

/* From here on memory is only given back; where that takes some (LLVM), the process ends without a word, with the code
 * that it would have ended with. */
void exhausted_at_end(int code);

/* What is noted in nsa_interrupts.h is removed first. */
_Noreturn void exhausted(void);

/* p, but for NULL, with which the process ends: exhausted_unless(strdup(s)). */
void *exhausted_unless(void *p);

/* malloc that does not return NULL, for generated code. */
void *exhausted_malloc(size_t size);

#endif
