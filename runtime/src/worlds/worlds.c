/* SPDX-License-Identifier: MIT */
/* worlds.c - see worlds.h. */
#include "worlds/worlds.h"

#include "stimuli/stimulus.h"
#include "worlds/decide.h"

#include <inttypes.h>
#include <stdlib.h>

struct worlds {
  world *all; /* one an environment */
  uint32_t count;
  decision *decisions; /* by environment */
  uint32_t decision_count;
  uint64_t next; /* tick at whose begin something is to be done */
};

/* ---- making ---- */

static void find_next(struct worlds *w) {
  w->next = UINT64_MAX;
  for (uint32_t i = 0; i < w->decision_count; i++)
    if (w->decisions[i].next < w->next)
      w->next = w->decisions[i].next;
}

static bool make_decisions(const sim *s, struct worlds *w, char error[SIM_ERROR_SIZE]) {
  for (uint32_t i = 0; i < s->act_count; i++) {
    w->decision_count = i + 1;
    if (decision_make(s, s->acts[i], &w->all[s->acts[i]->environment], &w->decisions[i]))
      continue;
    snprintf(error, SIM_ERROR_SIZE, "out of memory for decisions");
    return false;
  }
  return true;
}

struct worlds *worlds_new(sim *s, char error[SIM_ERROR_SIZE]) {
  uint32_t count = s->program->environments_count;
  struct worlds *w = calloc(1, sizeof *w);
  bool is_good = w != NULL;
  if (w) {
    w->all = calloc((size_t)count + 1, sizeof *w->all);
    w->decisions = calloc((size_t)s->act_count + 1, sizeof *w->decisions);
    is_good = w->all && w->decisions;
  }
  if (!is_good)
    snprintf(error, SIM_ERROR_SIZE, "out of memory for %" PRIu32 " environments", count);
  for (; is_good && w->count < count; w->count++)
    is_good = world_make(s, w->count, &w->all[w->count], error);
  if (is_good && make_decisions(s, w, error))
    return w;
  worlds_free(w);
  return NULL;
}

void worlds_free(struct worlds *w) {
  if (!w)
    return;
  for (uint32_t i = 0; i < w->count; i++)
    world_free(&w->all[i]);
  for (uint32_t i = 0; i < w->decision_count; i++)
    decision_free(&w->decisions[i]);
  free(w->all);
  free(w->decisions);
  free(w);
}

bool worlds_begin(sim *s, char error[SIM_ERROR_SIZE]) {
  struct worlds *w = s->worlds;
  for (uint32_t i = 0; i < w->count; i++)
    if (!world_reset(s, &w->all[i], error))
      return false;
  for (uint32_t i = 0; i < w->decision_count; i++)
    decision_open(s, &w->decisions[i]);
  find_next(w);
  return true;
}

/* ---- after a tick ---- */

static bool is_due(const sim *s, const decision *d) { return d->stop == s->tick; }

static bool decide_all(sim *s, struct worlds *w) {
  for (uint32_t i = 0; i < w->decision_count; i++) {
    decision *d = &w->decisions[i];
    decision_pay(s, d);
    if (is_due(s, d) && !decision_make_action(s, d))
      return false;
  }
  return true;
}

static bool move_all(sim *s, struct worlds *w) {
  bool has_moved = false;
  for (uint32_t i = 0; i < w->decision_count; i++) {
    if (!is_due(s, &w->decisions[i]))
      continue;
    has_moved = true;
    if (!world_move_by(s, w->decisions[i].world, w->decisions[i].action))
      return false;
  }
  if (has_moved)
    stimuli_channels_changed(s);
  return true;
}

/* What fired in the tick in which a window ends is the next one's, where that begins at once. */
static bool watch_all(sim *s, struct worlds *w) {
  for (uint32_t i = 0; i < w->decision_count; i++) {
    decision *d = &w->decisions[i];
    if (is_due(s, d)) {
      d->number++;
      decision_open(s, d);
    }
    if (d->watches && d->start <= s->tick && !decision_watch(s, d))
      return false;
  }
  return true;
}

bool worlds_after_tick(sim *s) {
  struct worlds *w = s->worlds;
  if (s->tick < w->next)
    return true;
  if (!decide_all(s, w) || !move_all(s, w) || !watch_all(s, w))
    return false;
  find_next(w);
  return true;
}

uint64_t worlds_quiet_steps(const sim *s, uint32_t every, uint64_t n) {
  const struct worlds *w = s->worlds;
  uint64_t stop = UINT64_MAX;
  for (uint32_t i = 0; i < w->decision_count; i++)
    if (w->decisions[i].stop < stop)
      stop = w->decisions[i].stop;
  if (stop == UINT64_MAX)
    return UINT64_MAX;
  uint64_t ahead = stop - n;
  return ahead / every + (ahead % every != 0);
}

/* ---- who asks ---- */

const world_move *worlds_last_move(const sim *s, uint32_t environment) { return &s->worlds->all[environment].last; }

bool worlds_has_moved(const sim *s, uint32_t environment) { return s->worlds->all[environment].last.tick == s->tick; }

bool worlds_has_ended_trial(const sim *s, uint32_t environment) {
  const world_move *last = worlds_last_move(s, environment);
  return last->tick == s->tick && (last->outcome.terminated || last->outcome.truncated);
}

uint64_t worlds_moves(const sim *s, uint32_t environment) { return s->worlds->all[environment].moves; }

const nsa_environment_kind *worlds_kind(const sim *s, uint32_t environment) {
  return s->worlds->all[environment].origin.kind;
}

uint64_t worlds_trials(const sim *s, uint32_t environment) { return s->worlds->all[environment].trial_count; }

world_series worlds_figure(const sim *s, uint32_t environment, uint32_t figure) {
  const world *w = &s->worlds->all[environment];
  return (world_series){.values = w->figures ? w->figures + figure : NULL,
                        .count = w->trial_count,
                        .stride = w->environment->figures_count};
}

/* ---- their state ---- */

bool worlds_can_be_kept(const sim *s, char error[SIM_ERROR_SIZE]) {
  for (uint32_t i = 0; i < s->worlds->count; i++) {
    if (world_can_be_kept(&s->worlds->all[i]))
      continue;
    snprintf(error, SIM_ERROR_SIZE,
             "environment '%.100s' cannot be saved, so that there are no checkpoints: it has no functions size, save "
             "and restore (docs/environments.md)",
             s->program->environments[i].name);
    return false;
  }
  return true;
}

void worlds_keep(sim *s, keeper *k) {
  struct worlds *w = s->worlds;
  for (uint32_t i = 0; i < w->count; i++)
    world_keep(&w->all[i], k);
  for (uint32_t i = 0; i < w->decision_count; i++) {
    keep_begin(k, "decisions", w->decisions[i].world->environment->name);
    keep_shape(k, (uint64_t)w->decisions[i].act->decoders_count << 32 | w->decisions[i].world->environment->choices);
    decision_keep(s, &w->decisions[i], k);
    keep_end(k);
  }
  find_next(w);
}
