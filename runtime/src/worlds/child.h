/* SPDX-License-Identifier: MIT */
/* child.h - a process of ours that answers lines with lines: its standard input and output are pipes, its standard
 * error is ours.
 *
 * It is in a process group of its own, so that Ctrl-C comes to us alone, and all that it started ends with it
 * (starter.h). Several can be used at once, each by one thread at a time. Our ends of the pipes are closed when
 * anything else is started. Errors are the end of a sentence whose subject is the process, of at most CHILD_ERROR
 * bytes. */
#ifndef NSA_RUNTIME_CHILD_H
#define NSA_RUNTIME_CHILD_H

#include <stdbool.h>
#include <stddef.h>

enum { CHILD_ERROR = 256, CHILD_QUOTE = 68 };

typedef struct child child;

/* Has the starter (nsa_starter.h) start `/bin/sh -c command`. From then on this process ignores SIGPIPE. NULL: error
 * says why. */
child *child_start(int starter, const char *command, char error[CHILD_ERROR]);

/* Sends `line`, which ends with its line end, and waits for a line. *answer: that line, without its end; the child's,
 * until the next call. False where it does not come within `seconds`, has more than `longest` bytes, where the process
 * ends, or says something that it was not asked for. After an interrupt it waits a second at most. */
bool child_ask(child *c, const char *line, double seconds, size_t longest, const char **answer,
               char error[CHILD_ERROR]);

/* The start of what it sent, without what a terminal would obey. Gives `out`. */
const char *child_quote(const char *text, size_t len, char out[CHILD_QUOTE]);

/* Sends `last` (NULL: nothing), closes its input, gives it `seconds` to end by itself (none where it did not answer
 * before), and ends what is left of it and of all that it started. NULL is allowed. */
void child_end(child *c, const char *last, double seconds);

#endif
