/* SPDX-License-Identifier: MIT */
/* library.h - calls of a library that crashes where it finds no memory.
 *
 * HDF5 does (seen with 1.10.8: its start recurses without end, its end frees twice, and it calls exit(-1)). Between
 * begin and end a fault, an abort or an exit is told as what it is, not as a bug of ours, and ends the process with
 * code 2. Pairs may be nested; the outermost counts. One thread at a time, the others at rest. */
#ifndef NSA_RUNTIME_LIBRARY_H
#define NSA_RUNTIME_LIBRARY_H

#include <stdbool.h>

/* "out of memory, or a bug of LIBRARY: it crashed while WHAT was written". */
void library_begin(const char *library, const char *what);
void library_end(void);

/* Whether what it writes to stderr is to be seen: its start complains before it can be told to be silent. */
void library_silence(bool is_silent);

#endif
