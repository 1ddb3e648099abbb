/* SPDX-License-Identifier: MIT */
/* events.h - phases 1 and 2 of a tick: resets where events look at them, arrivals at links, signals; and the links'
 * own clocked work of phases 3 and 4.
 *
 * An event that is detected at the end of tick n reaches a link with a delay of k base ticks in tick n + 1 + k. What
 * fired in the last ticks is kept as bits, one an element and tick, for as long as the longest delay asks. The links
 * of one event are worked through a batch at a time, in the order of the links (with delays of their own: of each
 * delay, shortest first); what they add to their partners is summed in that order. Threads own ranges of targets. */
#ifndef NSA_RUNTIME_EVENTS_H
#define NSA_RUNTIME_EVENTS_H

#include "state/keep.h"

/* The longest delay, in base ticks. */
#define EVENTS_MAX_DELAY 65535

/* The delays of all links, when they have their values; false with a sentence in error. */
bool events_check_delays(sim *s, char error[SIM_ERROR_SIZE]);

/* After the links and what they start with, delays among it. NULL with a sentence in error. */
struct events *events_new(sim *s, char error[SIM_ERROR_SIZE]);
void events_free(struct events *events);

/* Phases 1 and 2 of base tick n, as far as step kernels do not do them, and the links' clocked work. False
 * when a state of a link is not finite: s->failure says which. */
bool events_begin_tick(sim *s, uint64_t n);

/* Deliveries that need nothing but the links and add to the targets of one slice (slices.h) may be left to the threads
 * that step these: whether events_begin_tick has left some; those of one slice; and that all slices had theirs.
 */
bool events_are_left(const sim *s);
void events_deliver_slice(sim *s, uint32_t slice);
void events_delivered(sim *s);

/* Remembers what was detected at the end of base tick n. */
void events_end_tick(sim *s, uint64_t n);

/* The signal arrives in the next base tick, with this value. */
void events_send(sim *s, nsa_signal_id signal, double value);

/* How often links of a connection were brought up to date, so far: at events, and by the clock. */
typedef struct {
  uint64_t at_events, by_clock;
} events_count;
events_count events_updates(const sim *s, nsa_connection_id connection);

/* What is state. */
void events_keep(sim *s, keeper *k);

/* Whether the index of links that an event reaches keeps their numbers, and their targets. */
bool events_keep_links(const nsa_program *p, const nsa_arrival *a);
bool events_keep_targets(const nsa_program *p, const nsa_arrival *a);

#endif
