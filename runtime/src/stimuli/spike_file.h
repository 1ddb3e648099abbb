/* SPDX-License-Identifier: MIT */
/* spike_file.h - times and elements of events from a table (base/table.h).
 *
 * It has one "time,element" a line: the time in ms, the element counted from 0, in any order. */
#ifndef NSA_RUNTIME_SPIKE_FILE_H
#define NSA_RUNTIME_SPIKE_FILE_H

#include "state/sim.h"

/* Gets each event, with its line, and may refuse it with an error. */
typedef bool spike_taker(void *context, uint64_t line, double time_ms, uint64_t element);

/* False with a sentence in error; what the taker wrote there stays. */
bool spike_file_read(const nsa_program *program, const char *path, spike_taker *take, void *context,
                     char error[SIM_ERROR_SIZE]);

#endif
