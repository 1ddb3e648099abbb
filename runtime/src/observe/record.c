/* SPDX-License-Identifier: MIT */
#include "observe/record_internal.h"

#include "base/library.h"
#include "links/link_index.h"
#include "nsa_words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* ---- names ---- */

static bool is_name_used(const recorder *r, const char *name) {
  for (uint32_t i = 0; i < r->name_count; i++) {
    if (strcmp(r->names[i], name) == 0)
      return true;
  }
  return false;
}

/* A file name that stays in the folder and is not taken. The ending is added. */
static void choose_name(recorder *r, const char *wanted, const char *ending, char stem[RECORD_NAME]) {
  char full[RECORD_NAME];
  snprintf(stem, RECORD_NAME - 16, "%s", wanted);
  for (char *c = stem; *c; c++) {
    if (*c == '/' || (unsigned char)*c < ' ' || (*c == '.' && c == stem))
      *c = '_';
  }
  size_t len = strlen(stem);
  for (unsigned copy = 2;; copy++) {
    snprintf(full, sizeof full, "%s%s", stem, ending);
    if (!is_name_used(r, full))
      break;
    snprintf(stem + len, RECORD_NAME - len, "-%u", copy);
  }
  memcpy(r->names[r->name_count++], full, sizeof full);
}

/* ---- opening ---- */

static bool copy_error(char error[SIM_ERROR_SIZE], const char *from) {
  if (from != error)
    snprintf(error, SIM_ERROR_SIZE, "%s", from ? from : "out of memory");
  return false;
}

static const char *owner_name(const sim *s, const nsa_probe *probe) {
  const nsa_domain *domain = &s->program->domains[probe->domain];
  if (domain->kind == NSA_DOMAIN_CONNECTION)
    return s->program->connections[domain->connection.id].name;
  return domain->kind == NSA_DOMAIN_POPULATION ? s->program->populations[domain->population.id].name : domain->name;
}

const char *recording_owner(const recorder *r, const recording *rec) { return owner_name(r->sim, rec->probe); }

static bool is_spike(const sim *s, const nsa_probe *probe) {
  const nsa_domain *domain = &s->program->domains[probe->domain];
  return domain->kind == NSA_DOMAIN_POPULATION && probe_is_event(probe) &&
         s->program->populations[domain->population.id].events[probe->event.id].is_spike;
}

/* The first recording of a population's spikes shares spikes.h5; others would mix with it. */
static bool shares_spikes(const recorder *r, uint32_t index) {
  if (!is_spike(r->sim, r->recordings[index].probe))
    return false;
  for (uint32_t i = 0; i < index; i++) {
    const recording *other = &r->recordings[i];
    if (other->is_event && other->probe->domain == r->recordings[index].probe->domain && is_spike(r->sim, other->probe))
      return false;
  }
  return true;
}

static h5_file *open_file(recorder *r, const char *wanted, char error[SIM_ERROR_SIZE]) {
  char stem[RECORD_NAME];
  choose_name(r, wanted, ".h5", stem);
  h5_file *file = h5_create(r->folder, stem, &r->bytes, error);
  if (file)
    r->files[r->file_count++] = file;
  else
    r->name_count--;
  return file;
}

/* `most` ticks, or those of the window, as far as it lies in the run. */
static uint64_t longer(uint64_t most, const sim *s, uint64_t start, uint64_t stop) {
  stop = stop < s->program->ticks ? stop : s->program->ticks;
  return start < stop && stop - start > most ? stop - start : most;
}

/* The most rows that a window of the phase holds. */
static uint64_t expected_rows(const sim *s, uint32_t phase, uint64_t every) {
  const nsa_program *program = s->program;
  uint64_t most = phase == NSA_NONE ? program->ticks : 0;
  for (uint32_t i = 0; phase != NSA_NONE && i < program->stimuli_count; i++)
    if (program->stimuli[i].phase == phase)
      most = longer(most, s, program->stimuli[i].start, program->stimuli[i].stop);
  for (uint32_t i = 0; phase != NSA_NONE && i < program->phase_windows_count; i++)
    if (program->phase_windows[i].phase == phase)
      most = longer(most, s, program->phase_windows[i].start, program->phase_windows[i].stop);
  for (uint32_t i = 0; phase != NSA_NONE && i < s->act_count; i++)
    if (s->acts[i]->phase == phase && s->acts[i]->window > most)
      most = s->acts[i]->window;
  return most / every + 1;
}

/* Source and target of the link of each column. NULL: they are of no links, or there is no memory. */
static uint32_t *ends_of_columns(const recorder *r, const recording *rec) {
  const nsa_domain *domain = &r->sim->program->domains[rec->probe->domain];
  bool has_links = domain->kind == NSA_DOMAIN_CONNECTION && rec->probe->reduce == NSA_REDUCE_NONE &&
                   r->sim->links[domain->connection.id].source;
  uint32_t *ends = has_links ? malloc((2 * rec->count + 1) * sizeof *ends) : NULL;
  for (uint64_t i = 0; ends && i < rec->count; i++) {
    link_ends of = link_ends_of(r->sim, domain->connection, rec->first + i);
    ends[2 * i] = of.source;
    ends[2 * i + 1] = of.target;
  }
  return ends;
}

static bool open_report(recorder *r, recording *rec, h5_file *file) {
  bool is_reduced = rec->probe->reduce != NSA_REDUCE_NONE;
  uint64_t every = rec->record->every ? rec->record->every : 1;
  uint32_t *ends = ends_of_columns(r, rec);
  h5_report_shape shape = {
      .population = owner_name(r->sim, rec->probe),
      .units = rec->probe->unit,
      .reduced = is_reduced ? nsa_word_of_reduce_kind(rec->probe->reduce) : NULL,
      .first = is_reduced ? 0 : probe_number(r->sim, rec->probe, rec->first),
      .columns = is_reduced ? 1 : rec->count,
      .ends = ends,
      .step_ms = sim_time(r->sim, every),
      .expected_rows = expected_rows(r->sim, rec->record->phase, every),
      .is_single = r->format.is_single,
  };
  rec->report = h5_add_report(file, &shape);
  free(ends);
  return rec->report != NULL;
}

/* An element by its number, a link by its own and those of its ends: "0", "0:4->7". */
static void put_column_head(const recorder *r, const recording *rec, const uint32_t *ends, uint64_t i) {
  char name[80];
  uint64_t number = probe_number(r->sim, rec->probe, rec->first + i);
  if (ends)
    snprintf(name, sizeof name, "%" PRIu64 ":%" PRIu32 "->%" PRIu32, number, ends[2 * i], ends[2 * i + 1]);
  else
    snprintf(name, sizeof name, "%" PRIu64, number);
  csv_put_text(rec->csv, ",");
  csv_put_head(rec->csv, name, rec->probe->unit);
}

static void write_csv_header(const recorder *r, const recording *rec) {
  if (rec->is_event) {
    csv_put_text(rec->csv, "timestamps (ms),node_ids\n");
    return;
  }
  uint32_t *ends = ends_of_columns(r, rec);
  csv_put_head(rec->csv, "time", "ms");
  if (rec->probe->reduce != NSA_REDUCE_NONE) {
    csv_put_text(rec->csv, ",");
    csv_put_head(rec->csv, nsa_word_of_reduce_kind(rec->probe->reduce), rec->probe->unit);
  }
  for (uint64_t i = 0; i < rec->count && rec->probe->reduce == NSA_REDUCE_NONE; i++)
    put_column_head(r, rec, ends, i);
  csv_put_text(rec->csv, "\n");
  free(ends);
}

static csv_file *open_text(recorder *r, const char *wanted, char error[SIM_ERROR_SIZE]) {
  char stem[RECORD_NAME];
  choose_name(r, wanted, ".csv", stem);
  csv_file *file = csv_create(r->folder, stem, &r->bytes, error);
  if (file)
    r->texts[r->text_count++] = file;
  else
    r->name_count--;
  return file;
}

static bool open_csv(recorder *r, recording *rec, char error[SIM_ERROR_SIZE]) {
  rec->csv = open_text(r, rec->record->name, error);
  if (rec->csv)
    write_csv_header(r, rec);
  return rec->csv != NULL;
}

static bool open_trials(recorder *r, const nsa_trial_record *record, char error[SIM_ERROR_SIZE]) {
  static const char *const endings[] = {"steps", "trials"};
  h5_file *file = open_file(r, record->name, error);
  csv_file *texts[2] = {NULL, NULL};
  for (int k = 0; file && r->format.with_csv && k < 2; k++) {
    char name[RECORD_NAME];
    snprintf(name, sizeof name, "%.200s.%s", record->name, endings[k]);
    texts[k] = open_text(r, name, error);
    if (!texts[k])
      return false;
  }
  trial_recording *t = file ? trial_recording_new(r->sim, record->environment, file, texts) : NULL;
  if (t)
    r->trials[r->trial_count++] = t;
  return t || (file && copy_error(error, h5_error(file)));
}

/* Links that are not stored have no numbers. */
static bool has_links(const sim *s, const nsa_probe *probe) {
  if (!nsa_event_is(probe->event, NSA_EVENT_ARRIVALS))
    return true;
  const sim_links *links = &s->links[s->program->domains[probe->domain].connection.id];
  return links->source || links->count == 0;
}

static bool open_recording(recorder *r, uint32_t index, h5_file **shared, char error[SIM_ERROR_SIZE]) {
  recording *rec = &r->recordings[index];
  rec->record = &r->sim->program->records[index];
  rec->probe = &r->sim->program->probes[rec->record->probe];
  rec->is_event = probe_is_event(rec->probe);
  rec->count = probe_range(r->sim, rec->probe, &rec->first);
  rec->shown = nsa_unit_shift_of(rec->probe->unit);
  if (!has_links(r->sim, rec->probe)) {
    snprintf(error, SIM_ERROR_SIZE, "cannot record %.200s: the links of %.100s are not stored", rec->record->name,
             owner_name(r->sim, rec->probe));
    return false;
  }
  h5_file *file = *shared;
  if (!shares_spikes(r, index))
    file = open_file(r, rec->record->name, error);
  else if (!file)
    file = *shared = open_file(r, "spikes", error);
  if (!file)
    return false;
  rec->file = file;
  if (rec->is_event)
    rec->spikes = h5_add_spikes(file, owner_name(r->sim, rec->probe));
  else
    open_report(r, rec, file);
  return (rec->spikes || rec->report) || copy_error(error, h5_error(file));
}

/* Each file takes a descriptor as long as the run lasts. */
static bool make_room_for_files(uint64_t files, char error[SIM_ERROR_SIZE]) {
  enum { OTHERS = 64 };
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= files + OTHERS)
    return true;
  limit.rlim_cur = limit.rlim_max < files + OTHERS ? limit.rlim_max : files + OTHERS;
  if (limit.rlim_cur == files + OTHERS && setrlimit(RLIMIT_NOFILE, &limit) == 0)
    return true;
  snprintf(error, SIM_ERROR_SIZE,
           "the recordings take %" PRIu64 " files, and a process may have %" PRIu64
           " open (%d of them for other things); record less, or raise the limit (ulimit -n)",
           files, (uint64_t)limit.rlim_max, OTHERS);
  return false;
}

static recorder *make_recorder(const sim *s, const char *folder, record_format format, char error[SIM_ERROR_SIZE]) {
  uint32_t count = s->program->records_count, trials = s->program->trial_records_count, all = count + trials;
  if (!make_room_for_files(format.with_csv ? 2 * (uint64_t)all + trials : all, error))
    return NULL;
  recorder *r = calloc(1, sizeof *r);
  if (r) {
    r->sim = s;
    r->folder = folder;
    r->format = format;
    r->recordings = calloc((size_t)count + 1, sizeof *r->recordings);
    r->trials = calloc((size_t)trials + 1, sizeof(trial_recording *));
    r->files = calloc((size_t)all + 1, sizeof(h5_file *));
    r->texts = calloc((size_t)all + trials + 1, sizeof(csv_file *));
    r->names = calloc(2 * (size_t)all + trials + 2, RECORD_NAME);
  }
  if (!r || !r->recordings || !r->trials || !r->files || !r->texts || !r->names) {
    copy_error(error, NULL);
    recorder_free(r);
    return NULL;
  }
  h5_file *shared = NULL;
  bool is_good = true;
  for (; is_good && r->recording_count < count; r->recording_count += is_good)
    is_good = open_recording(r, r->recording_count, &shared, error);
  for (uint32_t i = 0; is_good && format.with_csv && i < count; i++)
    is_good = open_csv(r, &r->recordings[i], error);
  for (uint32_t i = 0; is_good && i < trials; i++)
    is_good = open_trials(r, &s->program->trial_records[i], error);
  recorder_flush(r);
  if (is_good && recorder_error(r) == NULL)
    return r;
  if (is_good)
    copy_error(error, recorder_error(r));
  recorder_free(r);
  return NULL;
}

recorder *recorder_new(const sim *s, const char *folder, record_format format, char error[SIM_ERROR_SIZE]) {
  library_begin("HDF5", folder);
  recorder *r = make_recorder(s, folder, format, error);
  library_end();
  return r;
}

/* ---- taking ---- */

static void put_event(recording *rec, double time_ms, uint64_t element) {
  rec->taken++;
  h5_put_spike(rec->spikes, time_ms, element);
  if (rec->csv) {
    csv_put_number(rec->csv, time_ms);
    csv_put_text(rec->csv, ",");
    csv_put_whole(rec->csv, element);
    csv_put_text(rec->csv, "\n");
  }
}

/* The links whose source fired: one entry a link. Links are not sorted by source, so all are
 * looked at, but only in ticks in which a source fired. */
static void take_arrivals(const sim *s, recording *rec, const sim_fired *fired, double time_ms) {
  const sim_links *links = &s->links[s->program->domains[rec->probe->domain].connection.id];
  for (uint64_t i = rec->first; i < rec->first + rec->count; i++) {
    if (probe_has_fired(fired, links->source[i]))
      put_event(rec, time_ms, i);
  }
}

static void take_events(const sim *s, recording *rec, double time_ms) {
  const sim_fired *fired = probe_fired(s, rec->probe);
  if (fired->count == 0)
    return;
  if (nsa_event_is(rec->probe->event, NSA_EVENT_ARRIVALS)) {
    take_arrivals(s, rec, fired, time_ms);
    return;
  }
  for (uint32_t i = 0; i < fired->count; i++) {
    uint64_t element = fired->elements[i];
    if (element >= rec->first && element - rec->first < rec->count)
      put_event(rec, time_ms, probe_number(s, rec->probe, element));
  }
}

static void put_csv_values(csv_file *csv, const double *values, uint64_t n) {
  for (uint64_t i = 0; i < n; i++) {
    csv_put_text(csv, ",");
    csv_put_number(csv, values[i]);
  }
}

static void take_values(recorder *r, recording *rec, const probe_view *view, h5_row_time time) {
  if (rec->taken++ && r->sim->tick != rec->next)
    h5_part_report(rec->report);
  rec->next = r->sim->tick + (rec->record->every ? rec->record->every : 1);
  bool is_reduced = rec->probe->reduce != NSA_REDUCE_NONE;
  uint64_t columns = is_reduced ? 1 : view->count;
  if (is_reduced)
    r->values[0] = probe_reduce(view, (nsa_reduce_kind)rec->probe->reduce);
  if (rec->csv)
    csv_put_number(rec->csv, time.now);
  for (uint64_t at = 0; at < columns; at += AT_ONCE) {
    uint64_t n = columns - at < AT_ONCE ? columns - at : AT_ONCE;
    if (!is_reduced)
      probe_copy(view, at, n, r->values);
    for (uint64_t i = 0; i < n; i++)
      r->values[i] = nsa_show(rec->shown, r->values[i]);
    h5_put_values(rec->report, time, r->values, n);
    if (rec->csv)
      put_csv_values(rec->csv, r->values, n);
  }
  if (rec->csv)
    csv_put_text(rec->csv, "\n");
}

static bool after_tick(void *self, sim *s) {
  recorder *r = self;
  for (uint32_t i = 0; i < r->recording_count; i++) {
    recording *rec = &r->recordings[i];
    uint32_t phase = rec->record->phase, every = rec->record->every;
    bool is_due = rec->is_event ? s->tick > 0 : every <= 1 || s->tick % every == 0;
    if (!is_due || (phase != NSA_NONE && !s->phase_active[phase]))
      continue;
    double time_ms = sim_time(s, s->tick);
    if (rec->is_event)
      take_events(s, rec, time_ms);
    else {
      probe_view view = probe_look(s, rec->probe);
      if (!probe_is_finite(s, rec->probe, &view, rec->record->name))
        return false;
      h5_row_time time = {.now = time_ms, .next = sim_time(s, s->tick + (every ? every : 1))};
      take_values(r, rec, &view, time);
    }
  }
  for (uint32_t i = 0; i < r->trial_count; i++)
    trial_recording_take(r->trials[i], s);
  return true;
}

/* ---- flushing and closing ---- */

void recorder_flush(recorder *r) {
  for (uint32_t i = 0; i < r->file_count; i++)
    h5_flush(r->files[i]);
  for (uint32_t i = 0; i < r->text_count; i++)
    csv_flush(r->texts[i]);
}

const char *recorder_error(const recorder *r) {
  const char *error = NULL;
  for (uint32_t i = 0; i < r->file_count && !error; i++)
    error = h5_error(r->files[i]);
  for (uint32_t i = 0; i < r->text_count && !error; i++)
    error = csv_error(r->texts[i]);
  return error;
}

uint64_t recorder_bytes(const recorder *r) { return r->bytes; }

bool recorder_is_empty(const recorder *r, uint32_t i) { return r->recordings[i].taken == 0; }

uint32_t recorder_file_count(const recorder *r) { return r->name_count; }
const char *recorder_file(const recorder *r, uint32_t i) { return r->names[i]; }

static bool close_all(recorder *r, char error[SIM_ERROR_SIZE]) {
  char ignored[SIM_ERROR_SIZE];
  bool is_good = true;
  for (uint32_t i = 0; i < r->file_count; i++)
    is_good = h5_close(r->files[i], is_good ? error : ignored) && is_good;
  r->file_count = 0;
  for (uint32_t i = 0; i < r->text_count; i++)
    is_good = csv_close(r->texts[i], is_good ? error : ignored) && is_good;
  r->text_count = 0;
  return is_good;
}

bool recorder_close(recorder *r, char error[SIM_ERROR_SIZE]) {
  library_begin("HDF5", r->folder);
  bool is_good = close_all(r, error);
  library_end();
  return is_good;
}

void recorder_free(recorder *r) {
  char ignored[SIM_ERROR_SIZE];
  if (!r)
    return;
  recorder_close(r, ignored);
  for (uint32_t i = 0; i < r->trial_count; i++)
    trial_recording_free(r->trials[i]);
  free(r->recordings);
  free(r->trials);
  free(r->files);
  free(r->texts);
  free(r->names);
  free(r);
}

sim_observer recorder_observer(recorder *r) {
  return (sim_observer){.after_tick = after_tick, .keep = recorder_keep, .self = r};
}
