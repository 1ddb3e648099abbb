/* SPDX-License-Identifier: MIT */
/* results_folder.h - a folder with a run in it: who writes there, which files are the run's. */
#ifndef NSA_RUNTIME_RESULTS_FOLDER_H
#define NSA_RUNTIME_RESULTS_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

/* In it lie the checkpoints of the run, TICK.h5. */
#define CHECKPOINT_FOLDER "checkpoints"
/* In it recordings of a run that goes on are made, until they have all that was recorded before. */
#define CONTINUED_FOLDER "continued"

enum { FOLDER_FAILED = -1, FOLDER_IS_HELD = -2, FOLDER_PATH = 4096 + 256 };

/* Where a file of the same name as `path` lies in a folder. */
void folder_path(const char *folder, const char *path, char out[FOLDER_PATH]);

/* A descriptor that holds the folder's lock; FOLDER_FAILED, by errno; FOLDER_IS_HELD, by the process *holder (0: not
 * known). On file systems that know no locks everybody gets one. */
int folder_lock(const char *folder, long *holder);
void folder_unlock(const char *folder, int lock);

/* Whether there is a run.json, and whether it says that the run came to its end (or cannot be read). */
bool folder_has_run(const char *folder);
bool folder_has_completed(const char *folder);
/* Whether it names files (or cannot be read), or there are checkpoints. */
bool folder_has_recordings(const char *folder);

/* What lies there that a new run of this model (a file's absolute path; NULL: not known) is not to replace: results of
 * another one, checkpoints, what a run had recorded when it was killed, files that are no run's. A folder in it with a
 * run of the model is none of these. False: nothing. */
enum { FOLDER_WHAT = 256 };
bool folder_keeps(const char *folder, const char *model, char what[FOLDER_WHAT]);

/* The tick of checkpoint number i, the newest being 0. False: there are no more. */
bool folder_checkpoint(const char *folder, uint32_t i, uint64_t *tick);

/* Makes new names in it last; some file systems cannot, and that is no failure of ours. */
void folder_sync(const char *folder);

/* Removes checkpoints that were not finished. */
void folder_clear_unfinished(const char *folder);
/* Removes what is in CONTINUED_FOLDER, and that. */
void folder_clear_continued(const char *folder);
/* Removes the files of a run that run.json names, its checkpoints, and run.json itself. All others stay. */
void folder_clear(const char *folder);
/* Clears `from`, and moves what is left to `to` where nothing has its name. */
void folder_merge(const char *from, const char *to);

#endif
