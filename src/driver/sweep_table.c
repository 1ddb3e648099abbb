/* SPDX-License-Identifier: MIT */
/* sweep_table.c - a row a point: sweep.csv, and the journal in which rows stand as they come.
 *
 * The last column is the key of a point, a hash of all that decides what it gives. Rows of an earlier sweep whose keys
 * are asked for again are taken over, whoever wrote them: the same sweep before it was killed, a smaller one, or
 * another machine with its part. */
#include "driver/sweep.h"
#include "nsa_output.h"
#include "nsa_units.h"
#include "support/exhausted.h"
#include "support/map.h"
#include "support/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- keys ---- */

static hash128 hash_text(hash128 h, const char *words) { return hash_bytes(h, words, strlen(words) + 1); }

/* A plugin that was built anew may give something else. */
static hash128 hash_plugins(hash128 h, const compilation *c) {
  enum { MOST_BYTES = 1 << 30 };
  for (uint32_t k = 0; k < c->options->plugin_count; k++) {
    size_t len;
    const char *error, *bytes = file_read(c->arena, c->options->plugins[k].path, MOST_BYTES, &len, &error);
    h = bytes != NULL ? hash_bytes(h, bytes, len) : h;
  }
  return h;
}

/* Texts of files, images, plugins and options: whatever a point's result follows from, but for the point. */
static hash128 hash_model(const sweep_plan *plan, const compilation *c) {
  const nsa_program *p = c->ir->program;
  hash128 h = hash_text(hash_start(), NSA_VERSION);
  for (uint32_t k = 0; k < p->files_count; k++)
    if (p->files[k].path[0] != '-') /* options are settings of points */
      h = hash_text(h, p->files[k].text);
  for (uint32_t k = 0; k < p->images_count; k++)
    h = hash_bytes(h, p->images[k].ink, p->images[k].ink_count);
  for (uint32_t k = 0; k < plan->args->timescales.len; k++)
    h = hash_text(h, plan->args->timescales.data[k]);
  const char *precision = plan->args->values[ARGUMENT_precision];
  h = hash_text(h, precision != NULL ? precision : "");
  for (uint32_t k = 0; k < plan->options.len; k++)
    h = hash_text(h, plan->options.data[k]);
  return hash_plugins(h, c);
}

static void write_key(const sweep_table *t, uint64_t number, char key[33]) {
  const sweep_plan *plan = t->plan;
  sweep_point point = sweep_point_at(plan, number);
  const char *variant = plan->variants.data[point.variant].name;
  hash128 h = hash_bytes(t->model, &point.seed, sizeof point.seed);
  h = hash_text(h, variant != NULL ? variant : "");
  for (uint32_t k = 0; k < plan->axes.len; k++) {
    h = hash_text(h, plan->axes.data[k].name);
    double value = plan->axes.data[k].is_drawn ? sweep_shown_value(plan, k, point)
                                               : plan->axes.data[k].numbers[sweep_value_of(plan, k, point.setting)];
    h = hash_bytes(h, &value, sizeof value);
  }
  snprintf(key, 33, "%016" PRIx64 "%016" PRIx64, h.hi, h.lo);
}

/* ---- rows ---- */

static void add_head(text *out, const char *name, const char *unit) {
  text_puts(out, name);
  if (unit[0] != '\0' && strcmp(unit, "1") != 0)
    text_printf(out, " (%s)", unit);
  text_puts(out, ",");
}

static void write_head(const sweep_table *t, text *out) {
  for (uint32_t k = 0; k < t->plan->axes.len; k++)
    add_head(out, t->plan->axes.data[k].name, t->plan->axes.data[k].unit);
  text_puts(out, "variant,seed,");
  for (uint32_t k = 0; k < t->program->measures_count; k++)
    add_head(out, t->program->measures[k].name, t->program->measures[k].unit);
  text_puts(out, "outcome,reason,key\n");
}

/* Its first line, in quotes. */
static void add_reason(text *out, const char *reason) {
  text_puts(out, "\"");
  for (const char *at = reason; *at && *at != '\n'; at++)
    text_add(out, *at == '"' ? "'" : at, 1);
  text_puts(out, "\",");
}

static void write_row(const sweep_table *t, uint64_t number, text *out) {
  const sweep_plan *plan = t->plan;
  sweep_point point = sweep_point_at(plan, number);
  const char *variant = plan->variants.data[point.variant].name;
  const double *values = &t->values[number * t->program->measures_count];
  char key[33];
  for (uint32_t k = 0; k < plan->axes.len; k++) {
    text_number(out, sweep_shown_value(plan, k, point));
    text_puts(out, ",");
  }
  text_printf(out, "%s,%" PRIu64 ",", variant != NULL ? variant : "base", point.seed);
  for (uint32_t k = 0; k < t->program->measures_count; k++) {
    if (!isnan(values[k]))
      text_number(out, values[k]);
    text_puts(out, ",");
  }
  text_puts(out, t->states[number] == POINT_OK ? "ok," : "failed,");
  if (t->reasons[number] != NULL)
    add_reason(out, t->reasons[number]);
  else
    text_puts(out, ",");
  write_key(t, number, key);
  text_printf(out, "%s\n", key);
}

/* ---- what is there already ---- */

/* Fields of a row, cut in place; quotes are taken off. Fewer than `count` where the row is cut short. */
static uint32_t split_row(char *row, char **fields, uint32_t count) {
  uint32_t n = 0;
  for (char *at = row; n < count;) {
    bool is_quoted = *at == '"';
    char *end = is_quoted ? strchr(at + 1, '"') : at + strcspn(at, ",");
    if (end == NULL)
      break;
    fields[n++] = at + is_quoted;
    char *next = end + is_quoted;
    bool has_more = *next == ',';
    *end = *next = '\0';
    if (!has_more)
      break;
    at = next + 1;
  }
  return n;
}

static void take_row(arena *a, sweep_table *t, const map *keys, char *row) {
  uint32_t measures = t->program->measures_count, head = t->plan->axes.len + 2, count = head + measures + 3, number;
  char **fields = ARENA_ARRAY(a, char *, count);
  if (split_row(row, fields, count) != count || !map_find(keys, fields[count - 1], &number))
    return;
  bool is_ok = strcmp(fields[head + measures], "ok") == 0;
  double *values = &t->values[(uint64_t)number * measures];
  for (uint32_t k = 0; k < measures; k++)
    values[k] = fields[head + k][0] != '\0' ? strtod(fields[head + k], NULL) : NAN;
  t->states[number] = is_ok ? POINT_OK : POINT_FAILED;
  free(t->reasons[number]);
  t->reasons[number] = is_ok ? NULL : exhausted_unless(strdup(fields[head + measures + 1]));
}

/* A table of another model, or with other axes or measures, has another head. */
static void take_table(arena *a, sweep_table *t, const map *keys, const char *path) {
  size_t len;
  const char *error;
  char *content = file_read(a, path, SIZE_MAX - 1, &len, &error);
  text head = text_new(a);
  write_head(t, &head);
  if (content == NULL || len < head.len || memcmp(content, head.data, head.len) != 0)
    return;
  for (char *at = content + head.len; *at;) {
    char *end = strchr(at, '\n');
    if (end == NULL)
      return; /* killed while it was written */
    *end = '\0';
    take_row(a, t, keys, at);
    at = end + 1;
  }
}

static bool is_table(const char *name) {
  size_t len = strlen(name);
  return strncmp(name, "sweep", 5) == 0 &&
         ((len > 4 && strcmp(name + len - 4, ".csv") == 0) || (len > 8 && strcmp(name + len - 8, ".journal") == 0));
}

static void take_earlier(arena *a, sweep_table *t) {
  DIR *folder = opendir(t->plan->out);
  if (folder == NULL)
    return;
  map *keys = map_new(a);
  for (uint64_t k = 0; k < t->plan->point_count; k++) {
    char *key = ARENA_ARRAY(a, char, 33);
    write_key(t, k, key);
    map_insert(keys, key, (uint32_t)k);
  }
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
    if (is_table(entry->d_name))
      take_table(a, t, keys, file_join(a, t->plan->out, entry->d_name));
  closedir(folder);
}

/* ---- the table ---- */

static const char *table_name(arena *a, const sweep_plan *plan, const char *ending) {
  const char *name = plan->parts == 1 ? arena_printf(a, "sweep%s", ending)
                                      : arena_printf(a, "sweep.part-%u-of-%u%s", plan->part + 1, plan->parts, ending);
  return file_join(a, plan->out, name);
}

static const char *open_journal(arena *a, sweep_table *t) {
  text head = text_new(a);
  t->journal_path = arena_printf(a, "%s", table_name(a, t->plan, ".journal"));
  write_head(t, &head);
  for (uint64_t k = 0; k < t->plan->point_count; k++)
    if (t->states[k] != POINT_OPEN && sweep_is_own(t->plan, k))
      write_row(t, k, &head);
  t->journal = open(t->journal_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (t->journal < 0 || !nsa_write_all(t->journal, head.data, head.len))
    return arena_printf(a, "cannot write %s: %s", t->journal_path, strerror(errno));
  return NULL;
}

const char *sweep_table_open(arena *a, const sweep_plan *plan, const compilation *c, sweep_table *t) {
  *t = (sweep_table){.journal = -1, .plan = plan, .program = c->ir->program, .model = hash_model(plan, c)};
  t->states = ARENA_ARRAY(a, uint8_t, plan->point_count);
  t->values = ARENA_ARRAY(a, double, plan->point_count * t->program->measures_count);
  t->reasons = ARENA_ARRAY(a, char *, plan->point_count);
  if (!file_make_folder(plan->out))
    return arena_printf(a, "cannot make the folder %s: %s", plan->out, strerror(errno));
  take_earlier(a, t);
  return plan->is_merge ? NULL : open_journal(a, t);
}

int sweep_table_add(sweep_table *t, uint64_t point, point_state state, const double *values, char *reason) {
  arena *scratch = arena_new();
  text row = text_new(scratch);
  for (uint32_t k = 0; k < t->program->measures_count; k++)
    t->values[point * t->program->measures_count + k] =
        nsa_show(nsa_unit_shift_of(t->program->measures[k].unit), values[k]);
  t->reasons[point] = reason;
  t->states[point] = (uint8_t)state;
  write_row(t, point, &row);
  bool is_good = nsa_write_all(t->journal, row.data, row.len);
  int why = errno;
  arena_free(scratch);
  return is_good ? 0 : why;
}

const char *sweep_table_write(arena *a, sweep_table *t) {
  const char *error = NULL, *path = table_name(a, t->plan, ".csv");
  text all = text_new(a);
  write_head(t, &all);
  for (uint64_t k = 0; k < t->plan->point_count; k++)
    if (t->states[k] != POINT_OPEN && sweep_is_own(t->plan, k))
      write_row(t, k, &all);
  if (!file_write_atomic(a, path, all.data, all.len, &error))
    return arena_printf(a, "cannot write %s: %s", path, error);
  if (t->journal >= 0)
    unlink(t->journal_path);
  return NULL;
}

bool sweep_is_to_run(const sweep_table *t, uint64_t point) {
  return sweep_is_own(t->plan, point) && t->states[point] == POINT_OPEN;
}

void sweep_table_close(sweep_table *t) {
  if (t->journal >= 0)
    close(t->journal); /* its rows are in the table, or were written one by one */
  for (uint64_t k = 0; t->reasons != NULL && k < t->plan->point_count; k++)
    free(t->reasons[k]);
  *t = (sweep_table){.journal = -1};
}
