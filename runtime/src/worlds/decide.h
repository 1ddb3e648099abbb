/* SPDX-License-Identifier: MIT */
/* decide.h - one decision: what is gathered in its window, and the action that decoders make of it. */
#ifndef NSA_RUNTIME_WORLDS_DECIDE_H
#define NSA_RUNTIME_WORLDS_DECIDE_H

#include "worlds/world.h"

typedef struct {
  const nsa_act *act;
  world *world;
  uint64_t number;      /* of the decision, from 0, and of its window */
  uint64_t start, stop; /* of the window, ticks */
  uint64_t next;        /* tick at whose begin something is to be done */
  bool watches;         /* events in the window matter */
  bool is_owed;         /* the action's signal could not be sent yet, as one was sent for the same tick */
  uint64_t told;        /* tick for which the action's signal was last sent */
  uint32_t *winners;    /* of each decoder FIRST the choice, or NSA_NONE */
  double *action;       /* the choice's number, or the vector */
  double *scores;       /* scratch: of each choice */
  uint8_t *needed;      /* per measure node: the vector follows from it; NULL: there is no vector */
  double *values;       /* likewise: its value, or the events that it has counted */
} decision;

/* False: out of memory. decision_free after that as well. */
bool decision_make(const sim *s, const nsa_act *act, world *of, decision *d);
void decision_free(decision *d);

/* The window that its number says; nothing has happened in it. */
void decision_open(sim *s, decision *d);

/* What fired at the end of the last tick belongs to the window. False: s->failure says why. */
bool decision_watch(sim *s, decision *d);

/* The window is over: makes the action. False: s->failure says why. */
bool decision_make_action(sim *s, decision *d);

/* What is state of it, within a piece. */
void decision_keep(const sim *s, decision *d, keeper *k);

/* Sends the action's signal if it is owed. */
void decision_pay(sim *s, decision *d);

#endif
