/* SPDX-License-Identifier: MIT */
/* record_internal.h - what the files of record have in common: record.c (opening, taking, closing), record_keep.c (a
 * run that goes on). */
#ifndef NSA_RUNTIME_RECORD_INTERNAL_H
#define NSA_RUNTIME_RECORD_INTERNAL_H

#include "nsa_units.h"
#include "observe/record.h"
#include "observe/record_csv.h"
#include "observe/record_h5.h"
#include "observe/record_trials.h"
#include "state/keep.h"
#include "state/probe.h"

enum { RECORD_NAME = 256, AT_ONCE = 8192 };

/* What a run that goes on finds in the files of the one before. */
typedef struct {
  bool is_new; /* there is none of it */
  uint64_t csv_bytes;
  double first_time, end_time; /* of a report's last part */
} record_before;

/* One recording of the program. */
typedef struct {
  const nsa_record *record;
  const nsa_probe *probe;
  bool is_event;
  uint64_t first, count; /* entries */
  h5_file *file;
  h5_spikes *spikes;    /* events */
  h5_report *report;    /* values */
  csv_file *csv;        /* or NULL */
  nsa_unit_shift shown; /* of values */
  uint64_t taken;       /* rows, or events */
  uint64_t next;        /* tick of the row that follows the last one, if none is left out */
  record_before before; /* of a run that goes on */
} recording;

struct recorder {
  const sim *sim;
  const char *folder;
  record_format format;
  recording *recordings;
  uint32_t recording_count;
  trial_recording **trials;
  uint32_t trial_count;
  h5_file **files;
  uint32_t file_count;
  csv_file **texts;
  uint32_t text_count;
  char (*names)[RECORD_NAME]; /* of files, with their endings */
  uint32_t name_count;
  uint64_t bytes;         /* of all files */
  double values[AT_ONCE]; /* of a row, so many at a time */
};

/* The population or connection that it is of, as its group in the file. */
const char *recording_owner(const recorder *r, const recording *rec);

/* ---- record_keep.c ---- */

void recorder_keep(void *self, sim *s, keeper *k);

#endif
