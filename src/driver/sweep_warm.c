/* SPDX-License-Identifier: MIT */
/* sweep_warm.c - see sweep_warm.h. Points that share follow one another, so that few states are kept at a time. One
 * whose state another one is just making waits for it. */
#include "driver/sweep_warm.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef enum { WARM_OPEN, WARM_MADE_NOW, WARM_READY, WARM_FAILED } warm_progress;

typedef struct {
  warm_progress progress;
  nsa_session_state *state;
  uint64_t left; /* points that may still want it */
} warm_state;

struct sweep_warm {
  const sweep_plan *plan;
  VEC(const char *) names; /* of checkpoints */
  warm_state *states;      /* by setting, seed, checkpoint */
  pthread_mutex_t lock;
  pthread_cond_t has_changed;
};

/* A checkpoint that a point comes by. */
typedef struct {
  uint64_t tick;
  warm_state *state;
  bool is_own; /* this point makes it */
} stop;
typedef VEC(stop) stop_list;

/* NULL: the model as it stands. */
static const nsa_variant *variant_of(const nsa_program *program, const char *name) {
  for (uint32_t k = 0; name != NULL && k < program->variants_count; k++)
    if (strcmp(program->variants[k].name, name) == 0)
      return &program->variants[k];
  return NULL;
}

/* Until this tick it is the model as it stands. */
static uint64_t common_ticks(const nsa_program *program, const char *variant) {
  const nsa_variant *v = variant_of(program, variant);
  return v == NULL ? UINT64_MAX : v->from;
}

/* ---- which points share ---- */

static void add_name(arena *a, sweep_warm *w, const char *name) {
  for (uint32_t k = 0; k < w->names.len; k++)
    if (strcmp(w->names.data[k], name) == 0)
      return;
  vec_push(a, &w->names, name);
}

/* Those with the same values and seed; its states follow one another. */
static warm_state *family_of(const sweep_warm *w, uint64_t number) {
  uint64_t seeds = w->plan->seeds.len, family = number / seeds / w->plan->variants.len * seeds + number % seeds;
  return &w->states[family * w->names.len];
}

static void count_point(sweep_warm *w, const nsa_program *program, uint64_t number) {
  sweep_point point = sweep_point_at(w->plan, number);
  const char *name = w->plan->variants.data[point.variant].name;
  for (uint32_t k = 0; common_ticks(program, name) > 0 && k < w->names.len; k++)
    family_of(w, number)[k].left++;
}

sweep_warm *sweep_warm_new(arena *a, const sweep_table *t) {
  const sweep_plan *plan = t->plan;
  sweep_warm *w = ARENA_NEW(a, sweep_warm);
  *w = (sweep_warm){.plan = plan};
  for (uint32_t k = 0; k < plan->variants.len; k++) {
    const nsa_variant *v = variant_of(t->program, plan->variants.data[k].name);
    if (v != NULL && v->from > 0)
      add_name(a, w, v->checkpoint);
  }
  if (w->names.len == 0 || plan->jitters.len > 0)
    return NULL;
  w->states = ARENA_ARRAY(a, warm_state, plan->point_count / plan->variants.len * w->names.len);
  for (uint64_t k = 0; k < plan->point_count; k++)
    if (sweep_is_to_run(t, k))
      count_point(w, t->program, k);
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->has_changed, NULL);
  return w;
}

uint64_t sweep_warm_point(const sweep_warm *w, uint64_t place) {
  if (w == NULL)
    return place;
  uint64_t variants = w->plan->variants.len, seeds = w->plan->seeds.len, family = place / variants;
  return (family / seeds * variants + place % variants) * seeds + family % seeds;
}

void sweep_warm_free(sweep_warm *w) {
  for (uint64_t k = 0; w != NULL && k < w->plan->point_count / w->plan->variants.len * w->names.len; k++)
    nsa_session_state_free(w->states[k].state);
}

/* ---- a point ---- */

static int by_tick(const void *a, const void *b) {
  uint64_t x = ((const stop *)a)->tick, y = ((const stop *)b)->tick;
  return (x > y) - (x < y);
}

/* By tick. Where the values of the point are compiled in, its own program says when the checkpoints are. */
static stop_list list_stops(arena *a, sweep_warm *w, const nsa_program *program, uint64_t number) {
  sweep_point point = sweep_point_at(w->plan, number);
  uint64_t until = common_ticks(program, w->plan->variants.data[point.variant].name);
  stop_list list = {0};
  for (uint32_t k = 0; until > 0 && k < w->names.len; k++)
    for (uint32_t i = 0; i < program->variants_count; i++) {
      const nsa_variant *v = &program->variants[i];
      if (v->from == 0 || strcmp(v->checkpoint, w->names.data[k]) != 0)
        continue;
      if (v->from <= until)
        vec_push(a, &list, ((stop){v->from, &family_of(w, number)[k], false}));
      break;
    }
  if (list.len > 0)
    qsort(list.data, list.len, sizeof *list.data, by_tick);
  return list;
}

/* The last one that is there; NULL: none is. Those behind it are this point's to make, if somebody else wants them.
 * Everybody waits for earlier ones than those that he makes, so that nobody waits for ever. */
static const stop *find_start(sweep_warm *w, stop_list *list) {
  for (uint32_t k = list->len; k-- > 0;) {
    warm_state *state = list->data[k].state;
    while (state->progress == WARM_MADE_NOW)
      pthread_cond_wait(&w->has_changed, &w->lock);
    if (state->progress == WARM_READY)
      return &list->data[k];
    list->data[k].is_own = state->left > 1 && state->progress == WARM_OPEN;
    if (list->data[k].is_own)
      state->progress = WARM_MADE_NOW;
  }
  return NULL;
}

static void settle(sweep_warm *w, stop *s, nsa_session_state *kept) {
  pthread_mutex_lock(&w->lock);
  s->state->state = kept;
  s->state->progress = kept != NULL ? WARM_READY : WARM_FAILED;
  s->is_own = false;
  pthread_cond_broadcast(&w->has_changed);
  pthread_mutex_unlock(&w->lock);
}

static void leave(sweep_warm *w, const stop_list *list) {
  pthread_mutex_lock(&w->lock);
  for (uint32_t k = 0; k < list->len; k++) {
    warm_state *state = list->data[k].state;
    if (--state->left > 0)
      continue;
    nsa_session_state_free(state->state);
    state->state = NULL;
    state->progress = WARM_FAILED;
  }
  pthread_mutex_unlock(&w->lock);
}

static nsa_session_end run_by(sweep_warm *w, stop_list *list, nsa_session *session) {
  nsa_session_end end = NSA_SESSION_DONE;
  for (uint32_t k = 0; k < list->len; k++) {
    stop *s = &list->data[k];
    if (!s->is_own)
      continue;
    if (end == NSA_SESSION_DONE)
      end = nsa_session_run_to(session, s->tick);
    bool is_there = end == NSA_SESSION_DONE && nsa_session_tick(session) == s->tick;
    settle(w, s, is_there ? nsa_session_keep(session) : NULL);
  }
  return end == NSA_SESSION_DONE ? nsa_session_run(session) : end;
}

bool sweep_warm_run(arena *a, sweep_warm *w, const nsa_program *program, uint64_t number, nsa_session *session,
                    nsa_session_end *end, char error[SWEEP_ERROR]) {
  stop_list list = list_stops(a, w, program, number);
  pthread_mutex_lock(&w->lock);
  const stop *start = find_start(w, &list);
  pthread_mutex_unlock(&w->lock);
  bool is_good = start == NULL || nsa_session_go_on(session, start->state->state, error);
  for (uint32_t k = 0; !is_good && k < list.len; k++)
    if (list.data[k].is_own)
      settle(w, &list.data[k], NULL);
  if (is_good)
    *end = run_by(w, &list, session);
  leave(w, &list);
  return is_good;
}
