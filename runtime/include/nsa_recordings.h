/* SPDX-License-Identifier: MIT */
/* nsa_recordings.h - what a file of recordings holds: spikes and reports in SONATA's layouts (docs/results.md).
 *
 * The file may be anybody's, or damaged: it is read by a process of its own. Values are as they stand there, in the
 * unit that is named; times are in ms. */
#ifndef NSA_RECORDINGS_H
#define NSA_RECORDINGS_H

#include <stdbool.h>
#include <stdint.h>

enum { NSA_RECORDING_NAME = 256, NSA_RECORDING_WORD = 64, NSA_RECORDING_ERROR = 512 };

/* Spikes of a population, or a part of a report: rows at start, start + step, … */
typedef struct {
  char owner[NSA_RECORDING_NAME]; /* "glia"; of a later part "glia.2" */
  char unit[NSA_RECORDING_WORD], reduced[NSA_RECORDING_WORD];
  bool is_events;
  uint64_t rows, columns;
  double start, step;
  const double *times;      /* of events, rows of them */
  const uint64_t *elements; /* of columns; of events, rows of them */
  const double *values;     /* row by row */
} nsa_recording;

typedef struct {
  nsa_recording *list; /* parts by their start */
  uint32_t count;
  void *bytes; /* what they lie in */
} nsa_recordings;

/* False with a sentence in error. */
bool nsa_recordings_read(const char *path, nsa_recordings *out, char error[NSA_RECORDING_ERROR]);
void nsa_recordings_free(nsa_recordings *r);

#endif
