/* SPDX-License-Identifier: MIT */
/* restore.c - a sim from a checkpoint: as it was, or by name into a model that has been edited. */
#include "checkpoint/about.h"
#include "checkpoint/pieces.h"
#include "nsa_ticks.h"
#include "sums/linksum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  keeper keeper; /* comes first */
  const checkpoint *from;
  checkpoint_way *way;
  double stretch;    /* ticks here for one there */
  uint8_t *is_found; /* by piece */
} restorer;

static bool is_in(const char *name, const char *group) {
  size_t len = strlen(group);
  return strncmp(name, group, len) == 0 && name[len] == '/';
}

static const char *without_group(const char *name) { return strchr(name, '/') + 1; }

/* What counts in ticks, and is no state of the model. */
static bool counts_ticks(const char *name) {
  static const char *const groups[] = {"delayed",    "history",   "history_counts", "measures",
                                       "recordings", "decisions", "worlds",         "signals"};
  bool is_one = false;
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
    is_one = is_one || is_in(name, groups[i]);
  return is_one;
}

static const keep_piece *find(keeper *k, const char *name) {
  restorer *r = (restorer *)k;
  const keep_piece *piece = checkpoint_piece_named(r->from, name);
  if (!piece)
    return NULL;
  r->is_found[piece - checkpoint_piece(r->from, 0)] = 1;
  return r->stretch != 1 && counts_ticks(name) ? NULL : piece;
}

/* ---- what does not fit ---- */

/* States are asked for by their name; an environment is one. */
static bool leave_state(restorer *r, const char *name, const char *why) {
  char text[SIM_ERROR_SIZE];
  if (!checkpoint_piece_named(r->from, name)) {
    about_report(r->way, "'%.200s' is new: it begins with its initial value", without_group(name));
    return true;
  }
  snprintf(text, sizeof text, "'%.200s' %.100s: it begins anew", without_group(name), why);
  if (about_allows(r->way, ALLOW_SIZE, text, r->keeper.error))
    return true;
  r->keeper.has_failed = true;
  return false;
}

/* What follows from states is made anew within a step. What is under way, and what observers have, is told. */
static bool leave(keeper *k, const char *name, const char *why) {
  restorer *r = (restorer *)k;
  bool is_there = checkpoint_piece_named(r->from, name) != NULL;
  if (is_in(name, KEEP_STATES) || is_in(name, "worlds"))
    return leave_state(r, name, why);
  if (is_in(name, "measures"))
    about_report(r->way, "measures are others: they begin here");
  else if (is_in(name, "recordings"))
    about_report(r->way, "the recording '%.200s' %s: it begins here", without_group(name),
                 is_there ? "is another one" : "is new");
  else if (is_there && counts_ticks(name) && !is_in(name, "history_counts"))
    about_report(r->way, "what was under way of '%.200s' is left out", without_group(name));
  return true;
}

/* States that nobody asked for. */
static bool are_all_found(restorer *r) {
  char text[SIM_ERROR_SIZE];
  for (uint32_t i = 0; i < checkpoint_piece_count(r->from); i++) {
    const char *name = checkpoint_piece(r->from, i)->name;
    if (r->is_found[i] || (!is_in(name, KEEP_STATES) && !is_in(name, "worlds")))
      continue;
    snprintf(text, sizeof text, "the model has no '%.200s' any more", without_group(name));
    if (!about_allows(r->way, ALLOW_MISSING, text, r->keeper.error))
      return false;
  }
  return true;
}

/* ---- another step ---- */

/* Timers hold the tick at which they end. */
static void stretch_timers(const restorer *r, sim *s) {
  for (uint32_t f = 0; r->stretch != 1 && f < s->program->fields_count; f++) {
    double *ends = s->field_data[f];
    if (s->program->fields[f].kind != NSA_FIELD_TIMER || s->program->fields[f].type != NSA_F64)
      continue;
    for (uint64_t i = 0; i < s->field_count[f]; i++)
      ends[i] = isfinite(ends[i]) ? ceil(ends[i] * r->stretch - 1e-6) : ends[i];
  }
}

/* ---- all of it ---- */

/* Sums of what is new are due; others are what they were. */
static void restore(restorer *r, sim *s) {
  const checkpoint_about *is = checkpoint_tells(r->from);
  r->stretch = is->base_dt / s->program->base_dt;
  s->tick = (uint64_t)nsa_nearest_tick((double)is->tick * is->base_dt, s->program->base_dt);
  if (r->way->is_edited) {
    r->keeper.leave = leave;
    about_report(r->way, "the model is not the one that it was: it goes on by name, and not to the last bit");
  }
  checkpoint_keep(s, &r->keeper);
  if (!r->way->is_edited || r->keeper.has_failed)
    return;
  stretch_timers(r, s);
  link_sums_renew(s->sums);
  s->is_touched = true;
}

bool checkpoint_restore(const checkpoint *c, checkpoint_way *way, sim *s, char error[SIM_ERROR_SIZE]) {
  const keep_piece *told = checkpoint_piece_named(c, "about/run");
  restorer r = {.keeper = {.find = find}, .from = c, .way = way};
  way->is_edited = false;
  way->changes = way->needed = 0;
  if (!about_fits(told->data, told->count, way, s, error))
    return false;
  r.is_found = calloc((size_t)checkpoint_piece_count(c) + 1, 1);
  if (!r.is_found) {
    snprintf(error, SIM_ERROR_SIZE, "out of memory");
    return false;
  }
  restore(&r, s);
  bool is_good = !r.keeper.has_failed && (!way->is_edited || are_all_found(&r));
  if (is_good)
    about_tell_changes(told->data, told->count, way, s);
  else
    snprintf(error, SIM_ERROR_SIZE, "%s", r.keeper.error);
  free(r.is_found);
  return is_good;
}
