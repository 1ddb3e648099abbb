/* SPDX-License-Identifier: MIT */
/* results_folder.h - a folder with a run in it: who writes there, which files are the run's. */
#ifndef NSA_RUNTIME_RESULTS_FOLDER_H
#define NSA_RUNTIME_RESULTS_FOLDER_H

#include <stdbool.h>

enum { FOLDER_FAILED = -1, FOLDER_IS_HELD = -2 };

/* A descriptor that holds the folder's lock; FOLDER_FAILED, by errno; FOLDER_IS_HELD, by the process *holder (0: not
 * known). On file systems that know no locks everybody gets one. */
int folder_lock(const char *folder, long *holder);
void folder_unlock(const char *folder, int lock);

/* Whether there is a run.json, and whether it says that the run came to its end (or cannot be read). */
bool folder_has_run(const char *folder);
bool folder_has_completed(const char *folder);
/* Whether it names files (or cannot be read). */
bool folder_has_recordings(const char *folder);

/* Removes the files of a run that run.json names, and run.json itself. All others stay. */
void folder_clear(const char *folder);
/* Clears `from`, and moves what is left to `to` where nothing has its name. */
void folder_merge(const char *from, const char *to);

#endif
