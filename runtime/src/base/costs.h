/* SPDX-License-Identifier: MIT */
/* costs.h - when more threads are worth their while: what work costs, and from how much of it on it is divided.
 *
 * Costs are rough seconds of one thread, measured on a processor of about 3 GHz. None of these numbers decides a
 * result, only how long it takes: a cost that is too low leaves threads idle, one that is too high wakes them for
 * nothing. */
#ifndef NSA_RUNTIME_COSTS_H
#define NSA_RUNTIME_COSTS_H

/* Threads start on work of theirs within this: those that still spin; those that sleep and are woken by the system. */
#define COST_OF_SPINNING 4e-6
#define COST_OF_SLEEPING 100e-6

/* Of one ... */
#define COST_OF_ENTRY 1e-9        /* entry of any kernel: what it computes is not known, so the least */
#define COST_OF_STEP 2e-9         /* element that steps, until trials have measured it (step.c) */
#define COST_OF_DELIVERY 2e-9     /* link that an event arrives at: it is gathered, and its kernel is cheap */
#define COST_OF_INCREMENT 2e-9    /* increment of a link that steps by the clock */
#define COST_OF_PAST 2e-9         /* link that looks back at its source */
#define COST_OF_TARGET 2e-9       /* target that gets its sums and inputs: not counting its links, the least */
#define COST_OF_SIDE_LINK 1e-9    /* link that adds to a source or astrocyte */
#define COST_OF_STRIP_ENTRY 5e-10 /* entry of a strip that is added to the sum */
#define COST_OF_DIFFUSION                                                                                              \
  10e-9 /* element of a line that diffuses: two eliminations, each with a chain of additions                           \
         */

/* What is smaller is one thread's, also in how it is laid out. */
enum {
  DIVIDED_ELEMENTS = 4096, /* of a population: a slice of half of them takes about as long as threads take to meet */
  DIVIDED_LINKS = 8192,    /* of a connection */
  /* Elements that step together and are surely enough for all threads, whatever a step costs: nothing is tried out. */
  SURELY_DIVIDED_ELEMENTS = 4 * DIVIDED_ELEMENTS
};

#endif
