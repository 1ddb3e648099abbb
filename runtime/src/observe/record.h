/* SPDX-License-Identifier: MIT */
/* record.h - what a run records.
 *
 * Takes a sim after sim_init; recorder_new makes the files, its observer takes what is
 * due. Spikes of all populations go to spikes.h5, each
 * other recording to a file of its name. Memory is bounded, whatever the length of the run. */
#ifndef NSA_RUNTIME_RECORD_H
#define NSA_RUNTIME_RECORD_H

#include "state/sim.h"

typedef struct recorder recorder;

/* NULL with a sentence in error. s must live as long. */
typedef struct {
  bool with_csv;  /* as text, too */
  bool is_single; /* values in HDF5 as floats */
} record_format;
recorder *recorder_new(const sim *s, const char *folder, record_format format, char error[SIM_ERROR_SIZE]);
/* Writes what is buffered: called when some seconds have passed. */
void recorder_flush(recorder *r);
/* What went wrong (the disk is full), or NULL. */
const char *recorder_error(const recorder *r);
/* What the files have taken so far. */
uint64_t recorder_bytes(const recorder *r);
/* The names of the files, as they lie in the folder. */
uint32_t recorder_file_count(const recorder *r);
const char *recorder_file(const recorder *r, uint32_t i);
/* Whether nothing came in recording number i of the program. */
bool recorder_is_empty(const recorder *r, uint32_t i);
/* Closes the files. False with the first failure in error. */
bool recorder_close(recorder *r, char error[SIM_ERROR_SIZE]);
/* Closes them, too. NULL is fine. */
void recorder_free(recorder *r);

/* ---- a run that goes on ---- */

/* Writes what is buffered, so that it outlasts a loss of power. False with a sentence in error. */
bool recorder_sync(recorder *r, char error[SIM_ERROR_SIZE]);
/* When its state was restored: takes over what was recorded until then from the files of the run before. NULL as
 * folder: they are lost, and recordings begin now. */
bool recorder_continue(recorder *r, const char *folder_before, char error[SIM_ERROR_SIZE]);
/* Moves its files to another folder, in place of those that are there. */
bool recorder_move(recorder *r, const char *folder, char error[SIM_ERROR_SIZE]);

/* What is registered with the sim (sim_observe). */
sim_observer recorder_observer(recorder *r);

#endif
