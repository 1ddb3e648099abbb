/* SPDX-License-Identifier: MIT */
/* resume.c - see resume.h.
 *
 * OUT.part/checkpoints is looked at first, then OUT/checkpoints; of each the newest that is whole counts. Recordings
 * lie beside that folder. The run writes into OUT.part in any case, and takes over there what was recorded until the
 * checkpoint: OUT stays as it is until the run is at its end. */
#include "run/resume.h"

#include "base/units.h"
#include "nsa_text.h"
#include "nsa_ticks.h"
#include "observe/results_folder.h"
#include "state/kernels.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- which one ---- */

static void cut_names(char *path, int count) {
  for (int i = 0; i < count; i++) {
    char *slash = strrchr(path, '/');
    if (!slash) {
      snprintf(path, RESULTS_PATH, i + 1 < count ? ".." : ".");
      return;
    }
    *slash = 0;
  }
}

static bool is_same(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The newest of a folder that is whole. Those that are not are told. False: there is none. */
static bool find_newest(one_run *c, const char *folder, char error[SIM_ERROR_SIZE]) {
  char why[SIM_ERROR_SIZE];
  for (uint32_t i = 0; series_path(folder, i, c->origin_path); i++) {
    c->origin = checkpoint_read(c->origin_path, why);
    if (c->origin)
      return true;
    one_run_complain(c, why);
    snprintf(error, SIM_ERROR_SIZE, "none of the checkpoints in %.300s/%s can be used", folder, CHECKPOINT_FOLDER);
  }
  return false;
}

static bool find(one_run *c, char error[SIM_ERROR_SIZE]) {
  const char *file = c->command->options->resume_file;
  if (file) {
    snprintf(c->origin_path, sizeof c->origin_path, "%s", file);
    c->origin = checkpoint_read(file, error);
    return c->origin != NULL;
  }
  snprintf(error, SIM_ERROR_SIZE, "there is no checkpoint in %.200s/%s to go on from; --resume FILE.h5 names another",
           c->results.out, CHECKPOINT_FOLDER);
  return find_newest(c, c->results.part, error) || find_newest(c, c->results.folder, error);
}

/* ---- where results go ---- */

/* A file that somebody has taken elsewhere has no recordings beside it. */
static void find_folder(one_run *c) {
  char real[PATH_MAX];
  snprintf(c->origin_folder, sizeof c->origin_folder, "%.4095s",
           realpath(c->origin_path, real) ? real : c->origin_path);
  cut_names(c->origin_folder, 2);
}

static void say_from_where(const one_run *c) {
  char unit[16];
  double time =
      units_pleasant((double)checkpoint_tells(c->origin)->tick * c->command->program->base_dt, "ms", unit, sizeof unit);
  fprintf(stderr, "goes on from %s at t = %.6g %s\n", c->origin_path, time, unit);
}

/* The same command goes on with --resume, so that this is no error. */
static void tell_idle_settings(const one_run *c) {
  const run_options *o = c->command->options;
  for (uint32_t i = 0; i < o->override_count; i++) {
    const nsa_settable *s = &c->command->program->settables[o->overrides[i].settable];
    if (s->is_initial)
      fprintf(stderr,
              "--set %s has no effect where the state goes on from the checkpoint: it says what it starts with\n",
              s->name);
  }
}

static bool is_before_end(const one_run *c, char error[SIM_ERROR_SIZE]) {
  const checkpoint_about *is = checkpoint_tells(c->origin);
  double tick = nsa_nearest_tick((double)is->tick * is->base_dt, c->command->program->base_dt);
  if (tick < (double)c->command->program->ticks)
    return true;
  snprintf(error, SIM_ERROR_SIZE, "the checkpoint %.200s is at %g ms, and the run ends at %g ms; make it longer, --for",
           c->origin_path, (double)is->tick * is->base_dt,
           (double)c->command->program->ticks * c->command->program->base_dt);
  return false;
}

bool resume_open(one_run *c, const char *out, char error[SIM_ERROR_SIZE]) {
  if ((out && !results_hold(&c->results, out, error)) || !find(c, error) || !is_before_end(c, error))
    return false;
  find_folder(c);
  if (!out)
    return true;
  if (is_same(c->origin_folder, c->results.part)) {
    results_continue(&c->results);
    return true;
  }
  /* What replaces it has all that it has. */
  bool is_of_out = is_same(c->origin_folder, c->results.folder);
  if (is_of_out && !c->command->options->force && folder_has_recordings(c->results.part)) {
    snprintf(error, SIM_ERROR_SIZE, "%.300s holds what another run recorded; remove it, or overwrite it with --force",
             c->results.part);
    return false;
  }
  return results_begin(&c->results, c->command->model_file, is_of_out || c->command->options->force, error);
}

/* ---- what was recorded ---- */

const char *resume_folder(one_run *c) {
  if (!c->origin && !c->branch)
    return c->results.part;
  folder_clear_continued(c->results.part);
  snprintf(c->new_folder, sizeof c->new_folder, "%.4000s/%s", c->results.part, CONTINUED_FOLDER);
  return mkdir(c->new_folder, 0777) == 0 ? c->new_folder : c->results.part;
}

/* So that what is in OUT.part can be gone on with, too. */
static void link_checkpoint(const one_run *c) {
  char folder[SERIES_PATH], path[SERIES_PATH + 300];
  const char *slash = strrchr(c->origin_path, '/');
  if (c->results.is_continued || c->results.lock < 0)
    return;
  snprintf(folder, sizeof folder, "%.4000s/%s", c->results.part, CHECKPOINT_FOLDER);
  snprintf(path, sizeof path, "%s/%.250s", folder, slash ? slash + 1 : c->origin_path);
  if (mkdir(folder, 0777) == 0 && link(c->origin_path, path) != 0)
    rmdir(folder);
}

static bool take_over(one_run *c, char error[SIM_ERROR_SIZE]) {
  if (!c->recorder)
    return true;
  bool has_before = folder_has_run(c->origin_folder);
  if (!has_before && !c->command->options->quiet)
    fprintf(stderr, "recordings begin here: those of the run before do not lie beside the checkpoint\n");
  if (!recorder_continue(c->recorder, has_before ? c->origin_folder : NULL, error) ||
      !recorder_move(c->recorder, c->results.part, error))
    return false;
  rmdir(c->new_folder);
  return true;
}

/* Where it goes on from here. */
static bool go_on(one_run *c, char error[SIM_ERROR_SIZE]) {
  c->first_tick = c->sim->tick;
  sim_set_clock(c->sim, &c->sim->state_clock, c->sim->tick);
  return take_over(c, error);
}

/* ---- a variant that begins at a checkpoint of the model ---- */

void resume_find_branch(one_run *c) {
  const run_command *shared = c->command;
  const char *folder = shared->branches ? shared->branches->folder : "";
  bool has_records = shared->program->records_count + shared->program->trial_records_count > 0;
  if (!shared->branches || c->variant == NSA_NONE ||
      (has_records && !shared->options->no_results && !folder_has_run(folder)))
    return;
  c->branch = branches_find(shared->branches, &shared->program->variants[c->variant]);
  snprintf(c->origin_folder, sizeof c->origin_folder, "%.4095s", folder);
}

static bool restore_branch(one_run *c, char error[SIM_ERROR_SIZE]) {
  char unit[16], why[SIM_ERROR_SIZE];
  if (!snapshot_restore(c->branch->state, c->sim, why)) {
    snprintf(error, SIM_ERROR_SIZE, "cannot go on from the checkpoint '%.200s': %.250s", c->branch->name, why);
    return false;
  }
  double time = units_pleasant(sim_time(c->sim, c->sim->tick), "ms", unit, sizeof unit);
  if (!c->command->options->quiet)
    fprintf(stderr, "%s: goes on from the checkpoint '%s' at t = %.6g %s\n", c->label, c->branch->name, time, unit);
  return go_on(c, error);
}

/* ---- one from a file ---- */

bool resume_restore(one_run *c, char error[SIM_ERROR_SIZE]) {
  char why[SIM_ERROR_SIZE];
  if (c->branch)
    return restore_branch(c, error);
  checkpoint_way way = {.variant = one_run_variant(c),
                        .allowed = c->command->options->resume_allowed,
                        .report = c->command->options->quiet ? NULL : stderr};
  if (!c->command->options->quiet)
    say_from_where(c);
  if (!checkpoint_restore(c->origin, &way, c->sim, why)) {
    snprintf(error, SIM_ERROR_SIZE, "cannot go on from %.120s: %.370s", c->origin_path, why);
    return false;
  }
  if (!c->command->options->quiet)
    tell_idle_settings(c);
  checkpoint_free(c->origin);
  c->origin = NULL;
  if (!go_on(c, error))
    return false;
  link_checkpoint(c);
  return true;
}
