/* SPDX-License-Identifier: MIT */
/* nsa_checkpoint.h - what `nsa checkpoint` says of a file. Messages go to stderr. Both give the exit code: 2 where the
 * file is refused. */
#ifndef NSA_CHECKPOINT_H
#define NSA_CHECKPOINT_H

#include "nsa_rt.h"

/* What it is of, and its pieces, as a table on stdout. */
int nsa_checkpoint_list(const char *path, const char *who);

/* On stdout what would be another one if a program went on from it, and what of --resume-allow that needs. Nothing is
 * run, and recordings are not looked at. argv: options of a run; the seed is that of the file, unless they say one. */
int nsa_checkpoint_compare(const char *path, const nsa_compiled *with, int argc, char *const *argv, const char *who);

#endif
