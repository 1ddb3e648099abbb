/* SPDX-License-Identifier: MIT */
/* record_h5_before.h - what a run recorded before it was stopped, put into the files of the run that goes on.
 *
 * The file is read by a process of its own (confined.h), up to where the run was: what came behind that is recorded
 * again. False with a sentence in error. */
#ifndef NSA_RUNTIME_RECORD_H5_BEFORE_H
#define NSA_RUNTIME_RECORD_H5_BEFORE_H

#include "observe/record_h5.h"

/* The first `count` spikes, rows of a report (of all its parts), or rows of a table. last: when the last part of the
 * report began, and ended. */
bool h5_spikes_before(h5_spikes *to, const char *path, const char *population, uint64_t count,
                      char error[H5_ERROR_SIZE]);
bool h5_report_before(h5_report *to, const char *path, uint64_t count, h5_row_time last, char error[H5_ERROR_SIZE]);
bool h5_table_before(h5_table *to, const char *path, const char *name, uint64_t count, char error[H5_ERROR_SIZE]);

#endif
