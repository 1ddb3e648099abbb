/* SPDX-License-Identifier: MIT */
/* event_drive.h - events that fire at times known before the run, listed in the model or in a file. */
#ifndef NSA_RUNTIME_EVENT_DRIVE_H
#define NSA_RUNTIME_EVENT_DRIVE_H

#include "state/sim.h"

/* Reads the files. NULL with a sentence that names file and line. */
struct event_drives *event_drives_new(const sim *s, char error[SIM_ERROR_SIZE]);
void event_drives_free(struct event_drives *d, uint32_t populations);

/* Raises the flags of what is to fire at the end of base tick n, and lowers those that were up. Whether there are any.
 */
bool event_drives_before_step(struct event_drives *d, sim *s, nsa_population_id population, uint64_t n);

/* To where they are when s->tick base ticks are done; flags are those of then. */
void event_drives_seek(struct event_drives *d, const sim *s);

/* Makes what is up happen at the end of a base tick that is no tick of the population. */
void event_drives_fire(sim *s, nsa_population_id population);

#endif
