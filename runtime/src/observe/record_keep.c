/* SPDX-License-Identifier: MIT */
/* record_keep.c - recordings of a run that goes on.
 *
 * A checkpoint says how much had been recorded until then. The run that goes on writes files anew: it takes over so
 * much from those of the run before, and records what follows. They take the others' place when that is done. So files
 * are whole at any time, and hold what they would have held. */
#include "observe/record_h5_before.h"
#include "observe/record_internal.h"
#include "observe/results_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- state ---- */

static void keep_recording(recording *rec, keeper *k) {
  h5_row_time times = {0, 0};
  uint64_t bytes = rec->csv ? csv_written(rec->csv) : 0;
  if (rec->report)
    times = h5_report_times(rec->report);
  keep_begin(k, "recordings", rec->record->name);
  keep_shape(k, rec->first ^ rec->count << 24 ^ (uint64_t)rec->record->every << 1 ^ rec->is_event);
  KEEP_VALUE(k, rec->taken);
  KEEP_VALUE(k, rec->next);
  KEEP_VALUE(k, times.now);
  KEEP_VALUE(k, times.next);
  KEEP_VALUE(k, bytes);
  bool is_new = k->is_left;
  keep_end(k);
  rec->before = (record_before){.is_new = is_new, .csv_bytes = bytes, .first_time = times.now, .end_time = times.next};
}

void recorder_keep(void *self, sim *s, keeper *k) {
  recorder *r = self;
  (void)s;
  for (uint32_t i = 0; i < r->recording_count; i++)
    keep_recording(&r->recordings[i], k);
  for (uint32_t i = 0; i < r->trial_count; i++)
    trial_recording_keep(r->trials[i], s->program->trial_records[i].name, k);
}

/* ---- what was recorded before ---- */

static bool fail(char error[SIM_ERROR_SIZE], const char *what) {
  if (what && what != error)
    snprintf(error, SIM_ERROR_SIZE, "%s", what);
  return false;
}

static bool continue_recording(recorder *r, recording *rec, const char *folder, char error[SIM_ERROR_SIZE]) {
  char path[FOLDER_PATH];
  folder_path(folder, h5_path(rec->file), path);
  h5_row_time last = {rec->before.first_time, rec->before.end_time};
  bool is_good = rec->is_event ? h5_spikes_before(rec->spikes, path, recording_owner(r, rec), rec->taken, error)
                               : h5_report_before(rec->report, path, rec->taken, last, error);
  if (!is_good)
    return false;
  return !rec->csv || csv_continue(rec->csv, folder, rec->before.csv_bytes) || fail(error, csv_error(rec->csv));
}

bool recorder_continue(recorder *r, const char *folder_before, char error[SIM_ERROR_SIZE]) {
  bool is_good = true;
  for (uint32_t i = 0; folder_before && is_good && i < r->recording_count; i++)
    is_good = r->recordings[i].before.is_new || continue_recording(r, &r->recordings[i], folder_before, error);
  for (uint32_t i = 0; folder_before && is_good && i < r->trial_count; i++)
    is_good = trial_recording_continue(r->trials[i], folder_before, error);
  for (uint32_t i = 0; !folder_before && i < r->recording_count; i++)
    r->recordings[i].taken = 0;
  for (uint32_t i = 0; !folder_before && i < r->trial_count; i++)
    trial_recording_begin(r->trials[i]);
  return is_good && recorder_sync(r, error);
}

/* ---- files ---- */

static bool sync_file(const char *path, char error[SIM_ERROR_SIZE]) {
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  bool is_good = fd >= 0 && fsync(fd) == 0;
  if (!is_good)
    snprintf(error, SIM_ERROR_SIZE, "cannot write %.300s: %s", path, strerror(errno));
  if (fd >= 0)
    close(fd);
  return is_good;
}

bool recorder_sync(recorder *r, char error[SIM_ERROR_SIZE]) {
  bool is_good = true;
  recorder_flush(r);
  if (recorder_error(r))
    return fail(error, recorder_error(r));
  for (uint32_t i = 0; is_good && i < r->file_count; i++)
    is_good = sync_file(h5_path(r->files[i]), error);
  for (uint32_t i = 0; is_good && i < r->text_count; i++)
    is_good = sync_file(csv_path(r->texts[i]), error);
  return is_good;
}

static bool move(const char *path, const char *folder, char to[FOLDER_PATH], char error[SIM_ERROR_SIZE]) {
  folder_path(folder, path, to);
  if (rename(path, to) == 0)
    return true;
  snprintf(error, SIM_ERROR_SIZE, "cannot write %.300s: %s", to, strerror(errno));
  return false;
}

bool recorder_move(recorder *r, const char *folder, char error[SIM_ERROR_SIZE]) {
  char to[FOLDER_PATH];
  bool is_good = true;
  for (uint32_t i = 0; is_good && i < r->file_count; i++)
    is_good =
        move(h5_path(r->files[i]), folder, to, error) && (h5_moved(r->files[i], to) || fail(error, "out of memory"));
  for (uint32_t i = 0; is_good && i < r->text_count; i++)
    is_good =
        move(csv_path(r->texts[i]), folder, to, error) && (csv_moved(r->texts[i], to) || fail(error, "out of memory"));
  r->folder = folder;
  return is_good;
}
