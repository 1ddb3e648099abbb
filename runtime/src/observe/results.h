/* SPDX-License-Identifier: MIT */
/* results.h - the folder that results go to.
 *
 * A run writes into OUT.part, beside OUT, and holds a lock there (the file .lock, which names its process). When it has
 * ended the two change places, so that OUT is always one run, whole: the one before or the new one. What is in OUT.part
 * without a lock is of a run that was killed, or that failed and was not to replace one that had completed. Results
 * make room for those of the same model; all else that was recorded is overwritten only by force (folder_keeps). Files
 * that are not of a run stay in OUT. */
#ifndef NSA_RUNTIME_RESULTS_H
#define NSA_RUNTIME_RESULTS_H

#include "state/sim.h"

enum { RESULTS_PATH = 4096 };

typedef struct {
  char out[RESULTS_PATH];    /* as it was asked for; "": there are no results */
  char folder[RESULTS_PATH]; /* the same, or where a link leads */
  char part[RESULTS_PATH];   /* where files are written */
  int lock;                  /* a descriptor, or -1 */
  bool has_completed;        /* OUT holds a run that came to its end */
  bool is_begun;             /* there is a run.json in OUT.part that is ours */
  bool is_continued;         /* OUT.part has what a run recorded that goes on */
} results;

/* Makes OUT.part, empty and locked. model: the model's file, by its absolute path; NULL: not known. False with a
 * sentence in error: something is there that the run is not to replace, and not `force`; another run writes there, it
 * cannot be made, … results_close in any case. */
bool results_open(results *r, const char *out, const char *model, bool force, char error[SIM_ERROR_SIZE]);
/* The two halves of it. results_hold: the lock alone, and nothing is changed. results_begin: clears OUT.part. Instead
 * of the second one, a run that goes on from what is in OUT.part keeps it. */
bool results_hold(results *r, const char *out, char error[SIM_ERROR_SIZE]);
bool results_begin(results *r, const char *model, bool force, char error[SIM_ERROR_SIZE]);
void results_continue(results *r);
/* What lies in OUT.part becomes OUT; what a run left there before is removed. */
bool results_publish(results *r, char error[SIM_ERROR_SIZE]);
/* Removes what was begun. */
void results_discard(results *r);
/* Gives the lock back. */
void results_close(results *r);

#endif
