/* SPDX-License-Identifier: MIT */
/* record_trials.h - the recording of an environment: a row for each of its steps, and one for each trial that ended.
 *
 * steps: time, trial, action, reward, terminated, truncated. trials: trial, start, end, then its figures. Times are in
 * ms; of a vector action[0], action[1], ... are columns. */
#ifndef NSA_RUNTIME_RECORD_TRIALS_H
#define NSA_RUNTIME_RECORD_TRIALS_H

#include "observe/record_csv.h"
#include "observe/record_h5.h"
#include "state/keep.h"

typedef struct trial_recording trial_recording;

/* Files are the caller's; csv_files: of steps and of trials, each may be NULL. NULL: out of memory, or the file has
 * failed. */
trial_recording *trial_recording_new(const sim *s, uint32_t environment, h5_file *file, csv_file *const csv_files[2]);
void trial_recording_free(trial_recording *r);

/* After a tick: a move, and the trial that it ended. */
void trial_recording_take(trial_recording *r, const sim *s);

/* What is state of it; then a run that goes on takes over the rows of the one before, from the files in that folder, or
 * begins its tables now. */
void trial_recording_keep(trial_recording *r, const char *name, keeper *k);
bool trial_recording_continue(trial_recording *r, const char *folder, char error[SIM_ERROR_SIZE]);
void trial_recording_begin(trial_recording *r);

#endif
