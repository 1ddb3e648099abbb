/* SPDX-License-Identifier: MIT */
/* stimulus.h - windows: which stimuli are on, what they add up to, which phases run.
 *
 * Windows are judged at the begin of each base tick, those of slow populations as well. The next changes are kept in
 * order; a tick in which nothing changes costs one comparison a population. */
#ifndef NSA_RUNTIME_STIMULUS_H
#define NSA_RUNTIME_STIMULUS_H

#include "state/keep.h"

void stimuli_free(struct stimuli *stimuli, uint32_t populations);

/* Replaces the images of a pattern by files ("digits/{}.pgm"). Sizes must agree. */
bool stimuli_set_pattern(sim *s, uint32_t pattern, const char *path, char error[SIM_ERROR_SIZE]);

/* Makes s->stimuli, when settings, decisions and images are known: lists the windows, fills the images that expressions
 * read, reads the files of driven events. False with a sentence in error. */
bool stimuli_prepare(sim *s, char error[SIM_ERROR_SIZE]);

/* Adds the windows of a phase to a queue, as starts and stops of `item` (changes.h). */
struct change_queue;
void stimuli_list_phase(const sim *s, struct change_queue *queue, bool is_counting, uint32_t phase, uint32_t item);

/* What happens to a population in base tick n before it steps, in this order: pixels of images whose window begins,
 * external inputs, blocks of signals that do not wait for the step, blocks of phases that begin, driven events. True
 * when events are driven. */
bool stimuli_before_step(sim *s, nsa_population_id population, uint64_t n);

/* An environment shows something else: inputs that follow from it are made anew. */
void stimuli_channels_changed(sim *s);

/* How many steps from base tick n on find the same stimuli, n included. stimuli_before_step was called for n. */
uint64_t stimuli_quiet_steps(const sim *s, nsa_population_id population, uint64_t n);

/* Sets s->phase_active for the time of `tick`; ticks must not go back. */
void stimuli_update_phases(sim *s, uint64_t tick);

/* What is state: where windows and lists of driven events are follows from the tick. */
void stimuli_keep(sim *s, keeper *k);

#endif
