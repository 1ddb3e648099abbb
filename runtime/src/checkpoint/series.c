/* SPDX-License-Identifier: MIT */
#include "checkpoint/series.h"

#include "nsa_interrupts.h"
#include "observe/results_folder.h"
#include "tick/step.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- when ---- */

/* The tick at which the next one is due: none at the end of the run. */
static uint64_t next_tick(const checkpoint_series *c, const sim *s) {
  uint64_t every = c->plan.every;
  return every ? (s->tick / every + 1) * every : UINT64_MAX;
}

static void set_pause(const checkpoint_series *c, sim *s) { s->pause = c->next < c->other ? c->next : c->other; }

void series_look_at(checkpoint_series *c, sim *s, uint64_t tick) {
  c->other = tick;
  set_pause(c, s);
}

bool series_begin(checkpoint_series *c, const checkpoint_plan *plan, const char *results, const char *variant, sim *s,
                  double now, char error[SIM_ERROR_SIZE]) {
  char folder[SERIES_PATH];
  *c = (checkpoint_series){.plan = *plan, .results = results, .variant = variant, .due = now + plan->interval};
  c->next = c->other = UINT64_MAX;
  if (plan->keep == 0)
    return true;
  nsa_saves_catch();
  folder_clear_unfinished(results);
  snprintf(folder, sizeof folder, "%.4000s/%s", results, CHECKPOINT_FOLDER);
  if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
    snprintf(error, SIM_ERROR_SIZE, "cannot make the folder %.300s: %s", folder, strerror(errno));
    return false;
  }
  c->next = next_tick(c, s);
  set_pause(c, s);
  return true;
}

void series_ask(checkpoint_series *c, sim *s) {
  uint64_t quiet = step_quiet_tick(s);
  if (c->plan.keep == 0 || quiet >= c->next)
    return;
  c->next = quiet;
  set_pause(c, s);
}

void series_look(checkpoint_series *c, sim *s, double now) {
  bool is_asked = nsa_saves_asked() != 0;
  if (is_asked || (c->plan.interval > 0 && now >= c->due))
    series_ask(c, s);
}

/* ---- where ---- */

static void path_of(const char *results, uint64_t tick, char path[SERIES_PATH]) {
  snprintf(path, SERIES_PATH, "%.4000s/%s/%016" PRIu64 ".h5", results, CHECKPOINT_FOLDER, tick);
}

bool series_path(const char *results, uint32_t i, char path[SERIES_PATH]) {
  uint64_t tick;
  if (!folder_checkpoint(results, i, &tick))
    return false;
  path_of(results, tick, path);
  return true;
}

static void remove_old(const checkpoint_series *c) {
  char path[SERIES_PATH];
  while (series_path(c->results, c->plan.keep, path) && unlink(path) == 0) {
  }
}

bool series_save(checkpoint_series *c, sim *s, recorder *r, double now, char error[SIM_ERROR_SIZE]) {
  char path[SERIES_PATH];
  c->next = next_tick(c, s);
  set_pause(c, s);
  c->due = now + c->plan.interval;
  path_of(c->results, s->tick, path);
  if ((r && !recorder_sync(r, error)) || !checkpoint_write(s, c->variant, path, error))
    return false;
  remove_old(c);
  return true;
}
