/* SPDX-License-Identifier: MIT */
/* blame.h - the statement, equation or initial value that made a value which is not finite.
 *
 * Nothing is remembered while a run is well. When it fails, three things are known: which kernels said that something
 * is not finite, and in what order; which values of the element or link are not; and, from the program, which
 * statements give values in these kernels (nsa_setter). What did not run, as its event or signal did not come, is left
 * out. Mostly one place remains; else all that do are named. */
#ifndef NSA_BLAME_H
#define NSA_BLAME_H

#include "state/sim.h"

/* Room for suspects; false when out of memory. */
bool blame_prepare(sim *s);
void blame_release(sim *s);

/* From any thread: this kernel said that a value is not finite. */
void blame_suspect(sim *s, nsa_kernel_id kernel);
/* It was its padding. */
void blame_forget(sim *s, nsa_kernel_id kernel);
/* Values at the start are those of the init kernels, which look at nothing. */
void blame_suspect_start(sim *s);
/* All of them. */
void blame_clear(sim *s);

/* s->failure, a value of a field, gets the places that can have made it, and becomes the field of the first. */
void blame_find(sim *s);

/* A place in the model that a kernel computes. */
nsa_place blame_kernel(const nsa_program *p, nsa_kernel_id kernel);

/* Where a parameter's value is said; the parameter's own place where it has the one of its declaration. */
nsa_place blame_parameter(const sim *s, nsa_field_id field);

#endif
