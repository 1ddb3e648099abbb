/* SPDX-License-Identifier: MIT */
/* finite.h - values that are not finite, found outside of the steps of populations (step_tiles.c) and of deliveries
 * (events.c).
 *
 * Kernels say that a value somewhere in their range was not finite, padding included. What they run over is then
 * suspected, and looked through before anybody builds on it. */
#ifndef NSA_FINITE_H
#define NSA_FINITE_H

#include "state/sim.h"

/* Room for suspicions; false when out of memory. */
bool finite_prepare(sim *s);
void finite_release(sim *s);

/* From any thread: a kernel's domain is suspected where it said so. */
void finite_note(sim *s, nsa_kernel_id kernel, const nsa_range_out *out);

/* s->failure becomes this entry of a field. */
void finite_tell(sim *s, nsa_field_id field, uint64_t entry, double value);

/* The entries of one field of numbers. False: one is not finite, and s->failure says which. */
bool finite_look_at(sim *s, nsa_field_id field);

/* Looks through what is suspected. False: a value is not finite, and s->failure says which. */
bool finite_check(sim *s);

/* The same for all that the run begins with. */
bool finite_at_start(sim *s);

/* Once a state of an element is known: what it got that is not finite itself, an input or a link, is told instead. */
void finite_trace(sim *s);

#endif
