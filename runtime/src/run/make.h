/* SPDX-License-Identifier: MIT */
/* make.h - allocating a run, setting its parameters, and bringing it to t = 0.
 *
 * The order is: sim_new, any sim_set, sim_choose_acts and stimuli_set_pattern, sim_connect, sim_init; then observers
 * are registered and shown t = 0; then sim_step until program->ticks or a failure; then sim_free. */
#ifndef NSA_RUNTIME_MAKE_H
#define NSA_RUNTIME_MAKE_H

#include "state/sim.h"

/* Allocates all but links. threads: 0 means one a processor. NULL with a sentence in error (out of
 * memory says how many bytes of what). */
sim *sim_new(const nsa_program *program, const nsa_kernel_entry *kernels, uint64_t seed, uint32_t threads,
             char error[SIM_ERROR_SIZE]);
void sim_free(sim *s);

/* A value for a settable, between sim_new and sim_connect; the last one wins. It is within its
 * range (the caller's to check). False when out of memory. */
bool sim_set(sim *s, uint32_t settable, double value);

/* The decisions of a variant (or NSA_NONE), between sim_new and sim_connect. */
void sim_choose_acts(sim *s, uint32_t variant);

/* Init kernels of the run and of populations (rules may ask for parameters and places), then the
 * links, their fields and partners. */
bool sim_connect(sim *s, char error[SIM_ERROR_SIZE]);

/* Init kernels of links, set-up kernels, sums that are made once, the first trial of each environment. The state is
 * then that at t = 0. */
bool sim_init(sim *s, char error[SIM_ERROR_SIZE]);

#endif
