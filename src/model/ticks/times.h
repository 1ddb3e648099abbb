/* SPDX-License-Identifier: MIT */
/* times.h - times are compared by ticks ("Times are compared by ticks" of docs/language.md).
 *
 * n steps of 0.1 ms are no exact double, so that `t >= 0.9 ms` would turn true a step late here and there. Each
 * comparison of times, and each floor, ceil and round of what is computed from times, is given its slack in the model's
 * own expressions
 * (`t >= 0.9 ms - h`): every stage behind takes it as the author's, and all agree. times.c finds these places, slack.c
 * says how much slack a value has. */
#ifndef NSA_MODEL_TIMES_H
#define NSA_MODEL_TIMES_H

#include "model/names/checker.h"

/* A millionth of a step is far above what doubles lose in 10^9 steps, and far below what anyone means. */
#define TIMES_SLACK 1e-6

/* A let, of a component or of a block, and what is known of it already: other lets may ask again and again. */
typedef enum { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES } time_answer;
typedef struct {
  const model_expr *value;
  time_answer follows, drawn, settled, slacked, marked;
  model_expr *slack; /* in terms of the component that the let belongs to */
} named_time;

/* Of a component. */
typedef struct {
  named_time *lets;
  model_expr **kept; /* a state: the slack of what it keeps of the time, where it is no time itself; NULL: nothing */
} component_times;

/* Where an expression stands. */
typedef struct {
  checker *ck;
  const model_component *component; /* of SIDE_SELF; NULL: there is none */
  named_time *locals;               /* lets of blocks, by item; or NULL */
  const component_times *times;     /* one a component */
  double h;                         /* ms */
} time_scope;

/* h of a component. */
double times_slack(const model *m, const model_component *c);
bool is_time(dim unit);
/* Whether its value follows from the time of the run. */
bool follows_time(const time_scope *s, const model_expr *e);
/* Whether it contains a random draw. */
bool is_drawn(const time_scope *s, const model_expr *e);
/* Whether it is made of numbers, params and places alone. */
bool is_settled(const time_scope *s, const model_expr *e);
/* By how much it changes when the times in it change by h; NULL: not at all. */
model_expr *slack_of(const time_scope *s, const model_expr *e);
/* Its params and states are compared by ticks. */
void mark_by_ticks(const time_scope *s, const model_expr *e);
/* The larger of two slacks. */
model_expr *slack_most(const time_scope *s, model_expr *a, model_expr *b);

/* Rewrites the whole model; once, when it has no errors. */
void times_by_ticks(checker *ck);

#endif
