/* SPDX-License-Identifier: MIT */
/* nsa_checkpoint.h - what `nsa checkpoint` says of a file. */
#ifndef NSA_CHECKPOINT_H
#define NSA_CHECKPOINT_H

/* What it is of, and its pieces, as a table on stdout. Messages go to stderr. Gives the exit code: 2 where the file is
 * refused. */
int nsa_checkpoint_list(const char *path, const char *who);

#endif
