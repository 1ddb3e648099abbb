/* SPDX-License-Identifier: MIT */
/* edges.c - see edges.h.
 *
 * /edges/NAME has source_node_id and target_node_id, each with the name of its population, and what SONATA asks for
 * beside them; in its group 0 stand the partner (-1: none), the delay, and params and states of the links. */
#include "observe/edges.h"

#include "base/library.h"
#include "links/link_index.h"
#include "nsa_units.h"
#include "observe/record_csv.h"
#include "observe/record_h5_internal.h"
#include "state/probe.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8192, COLUMN_NAME = 128, PATH = 4096 + 300 };

typedef enum { EDGE_SOURCE, EDGE_TARGET, EDGE_PARTNER, EDGE_DELAY, EDGE_VALUE } edge_kind;

typedef struct {
  edge_kind kind;
  char name[COLUMN_NAME];
  const char *unit;
  nsa_field_id field; /* of delays and values */
  hid_t set;
  double values[BLOCK];
} edge_column;

typedef struct {
  const sim *s;
  const nsa_connection *connection;
  const sim_links *links;
  edge_column *columns;
  uint32_t column_count;
  h5_file *h5;
  csv_file *csv;
  hid_t plain[3]; /* edge_type_id, edge_group_id, edge_group_index */
} edge_table;

/* ---- columns ---- */

static void add_column(edge_table *t, edge_kind kind, const char *name, const char *unit, nsa_field_id field) {
  edge_column *c = &t->columns[t->column_count++];
  c->kind = kind;
  c->unit = unit;
  c->field = field;
  c->set = H5I_INVALID_HID;
  snprintf(c->name, sizeof c->name, "%s", name);
}

/* "syn.w" is w; what has no such name is ours. */
static const char *own_name(const edge_table *t, const nsa_field *field) {
  size_t len = strlen(t->connection->name);
  bool is_own = strncmp(field->name, t->connection->name, len) == 0 && field->name[len] == '.';
  return is_own ? field->name + len + 1 : NULL;
}

static bool is_value(const edge_table *t, nsa_field_id id) {
  const nsa_field *f = &t->s->program->fields[id.id];
  return f->domain == t->connection->domain && (f->kind == NSA_FIELD_PARAM || f->kind == NSA_FIELD_STATE) &&
         own_name(t, f);
}

static bool find_columns(edge_table *t) {
  enum { OWN = 5 };
  const nsa_program *p = t->s->program;
  const nsa_connection *c = t->connection;
  size_t count = OWN;
  for (nsa_field_id f = {0}; f.id < p->fields_count; f.id++)
    count += is_value(t, f);
  t->columns = calloc(count, sizeof *t->columns);
  if (!t->columns)
    return false;
  add_column(t, EDGE_SOURCE, "source", "", NSA_NO_FIELD);
  add_column(t, EDGE_TARGET, "target", "", NSA_NO_FIELD);
  if (!nsa_population_is_none(c->partner))
    add_column(t, EDGE_PARTNER, "partner", "", NSA_NO_FIELD);
  if (!nsa_field_is_none(c->delay))
    add_column(t, EDGE_DELAY, "delay", "ms", c->delay);
  if (!nsa_field_is_none(c->delay_back))
    add_column(t, EDGE_DELAY, "delay_back", "ms", c->delay_back);
  for (nsa_field_id f = {0}; f.id < p->fields_count; f.id++)
    if (is_value(t, f))
      add_column(t, EDGE_VALUE, own_name(t, &p->fields[f.id]), p->fields[f.id].unit, f);
  return true;
}

/* ---- opening ---- */

static hid_t open_set(hid_t group, const char *name, hid_t type, const char *unit) {
  hsize_t none = 0, chunk = BLOCK;
  hid_t set = h5_create_growing(group, name, type, 1, &none, &chunk);
  if (set >= 0 && unit && unit[0])
    h5_put_text(set, "units", unit);
  return set;
}

static void open_column(const edge_table *t, edge_column *c, hid_t group, hid_t values) {
  const nsa_connection *of = t->connection;
  const nsa_population *populations = t->s->program->populations;
  static const char *const names[] = {"source_node_id", "target_node_id", "partner_node_id"};
  nsa_population_id ends[] = {of->source, of->target, of->partner};
  bool is_number = c->kind <= EDGE_PARTNER;
  hid_t type = !is_number ? H5T_IEEE_F64LE : c->kind == EDGE_PARTNER ? H5T_STD_I64LE : H5T_STD_U64LE;
  c->set = open_set(c->kind < EDGE_PARTNER ? group : values, is_number ? names[c->kind] : c->name, type, c->unit);
  if (c->set >= 0 && is_number)
    h5_put_text(c->set, "node_population", populations[ends[c->kind].id].name);
}

static bool open_sets(edge_table *t, hid_t edges) {
  static const char *const plain[] = {"edge_type_id", "edge_group_id", "edge_group_index"};
  hid_t group = h5_open_group(edges, t->connection->name, H5_FEW_NAMES),
        values = h5_open_group(group, "0", H5_MANY_NAMES);
  bool is_good = group >= 0 && values >= 0;
  for (uint32_t k = 0; is_good && k < 3; k++)
    is_good = (t->plain[k] = open_set(group, plain[k], H5T_STD_U64LE, NULL)) >= 0;
  for (uint32_t k = 0; is_good && k < t->column_count; k++) {
    open_column(t, &t->columns[k], group, values);
    is_good = t->columns[k].set >= 0;
  }
  if (values >= 0)
    H5Gclose(values);
  if (group >= 0)
    H5Gclose(group);
  return h5_check(t->h5, is_good, "write");
}

static void put_heads(const edge_table *t) {
  for (uint32_t k = 0; k < t->column_count; k++) {
    csv_put_text(t->csv, k ? "," : "");
    csv_put_head(t->csv, t->columns[k].name, t->columns[k].unit);
  }
  csv_put_text(t->csv, "\n");
}

/* ---- rows ---- */

static void fill_ends(edge_table *t, uint64_t at, uint64_t n) {
  const sim_population *all = t->s->populations;
  const nsa_connection *c = t->connection;
  partner_lookup look = partner_lookup_of(t->s, c);
  uint32_t target = n > 0 ? link_index_target_from(t->links, all[c->target.id].count, at + 1) - 1 : 0;
  for (uint64_t k = 0; k < n; k++) {
    while (t->links->row[target + 1] <= at + k)
      target++;
    uint32_t source = t->links->source[at + k];
    t->columns[EDGE_SOURCE].values[k] = population_global(&all[c->source.id], source);
    t->columns[EDGE_TARGET].values[k] = population_global(&all[c->target.id], target);
    if (t->columns[EDGE_PARTNER].kind != EDGE_PARTNER)
      continue;
    uint32_t partner = partner_of_link(&look, (uint32_t)(at + k), source, target);
    t->columns[EDGE_PARTNER].values[k] =
        partner == NSA_NONE ? -1 : (double)population_global(&all[c->partner.id], partner);
  }
}

static void fill_values(const edge_table *t, edge_column *c, uint64_t at, uint64_t n) {
  const nsa_field *f = &t->s->program->fields[c->field.id];
  nsa_unit_shift shown = nsa_unit_shift_of(f->unit);
  probe_view view = {.data = t->s->field_data[c->field.id],
                     .type = (nsa_type)f->type,
                     .is_uniform = f->is_uniform != 0,
                     .count = t->s->field_count[c->field.id]};
  probe_copy(&view, at, n, c->values);
  for (uint64_t k = 0; k < n; k++)
    c->values[k] = c->kind == EDGE_DELAY ? sim_time(t->s, (uint64_t)c->values[k]) : nsa_show(shown, c->values[k]);
}

static bool append_rows(const edge_table *t, uint64_t at, uint64_t n) {
  static const uint64_t zeros[BLOCK];
  uint64_t *numbers = malloc(BLOCK * sizeof *numbers);
  bool is_good = numbers && h5_append(t->plain[0], H5T_NATIVE_UINT64, at, n, zeros) &&
                 h5_append(t->plain[1], H5T_NATIVE_UINT64, at, n, zeros);
  for (uint64_t k = 0; numbers && k < n; k++)
    numbers[k] = at + k;
  is_good = is_good && h5_append(t->plain[2], H5T_NATIVE_UINT64, at, n, numbers);
  for (uint32_t k = 0; is_good && k < t->column_count; k++)
    is_good = h5_append(t->columns[k].set, H5T_NATIVE_DOUBLE, at, n, t->columns[k].values);
  free(numbers);
  return h5_check(t->h5, is_good, "write");
}

static void put_rows(const edge_table *t, uint64_t n) {
  for (uint64_t row = 0; row < n; row++) {
    for (uint32_t k = 0; k < t->column_count; k++) {
      const edge_column *c = &t->columns[k];
      csv_put_text(t->csv, k ? "," : "");
      if (c->kind != EDGE_PARTNER || c->values[row] >= 0) /* none: an empty field */
        csv_put_number(t->csv, c->values[row]);
    }
    csv_put_text(t->csv, "\n");
  }
}

static bool write_rows(edge_table *t) {
  bool is_good = true;
  for (uint64_t at = 0; is_good && at < t->links->count; at += BLOCK) {
    uint64_t n = t->links->count - at < BLOCK ? t->links->count - at : BLOCK;
    fill_ends(t, at, n);
    for (uint32_t k = 0; k < t->column_count; k++)
      if (t->columns[k].kind >= EDGE_DELAY)
        fill_values(t, &t->columns[k], at, n);
    is_good = append_rows(t, at, n);
    put_rows(t, n);
  }
  return is_good;
}

/* ---- files ---- */

/* In place of the file of its name, when it is whole. */
static bool put_in_place(const char *folder, const char *name, const char *ending, char error[SIM_ERROR_SIZE]) {
  char part[PATH], path[PATH];
  snprintf(part, sizeof part, "%.4000s/%.200s.part%s", folder, name, ending);
  snprintf(path, sizeof path, "%.4000s/%.200s%s", folder, name, ending);
  if (rename(part, path) == 0)
    return true;
  snprintf(error, SIM_ERROR_SIZE, "cannot write %.300s: %s", path, strerror(errno));
  return false;
}

static bool write_csv_and_rows(edge_table *t, const char *folder, char error[SIM_ERROR_SIZE]) {
  char name[PATH];
  uint64_t bytes = 0;
  snprintf(name, sizeof name, "%.200s.part", t->connection->name);
  t->csv = csv_create(folder, name, &bytes, error);
  if (!t->csv)
    return false;
  put_heads(t);
  bool is_good = write_rows(t);
  if (!is_good)
    snprintf(error, SIM_ERROR_SIZE, "%s", h5_error(t->h5));
  char later[CSV_ERROR_SIZE];
  is_good = csv_close(t->csv, is_good ? error : later) && is_good;
  return is_good && put_in_place(folder, t->connection->name, ".csv", error);
}

static void close_sets(const edge_table *t) {
  for (uint32_t k = 0; k < 3; k++)
    if (t->plain[k] >= 0)
      H5Dclose(t->plain[k]);
  for (uint32_t k = 0; k < t->column_count; k++)
    if (t->columns[k].set >= 0)
      H5Dclose(t->columns[k].set);
}

static bool write_connection(const sim *s, uint32_t i, h5_file *h5, hid_t edges, const char *folder,
                             char error[SIM_ERROR_SIZE]) {
  edge_table t = {.s = s,
                  .connection = &s->program->connections[i],
                  .links = &s->links[i],
                  .h5 = h5,
                  .plain = {H5I_INVALID_HID, H5I_INVALID_HID, H5I_INVALID_HID}};
  bool is_good = find_columns(&t);
  if (!is_good)
    snprintf(error, SIM_ERROR_SIZE, "out of memory for the columns of %.200s", t.connection->name);
  else if (!(is_good = open_sets(&t, edges)))
    snprintf(error, SIM_ERROR_SIZE, "%s", h5_error(h5));
  else
    is_good = write_csv_and_rows(&t, folder, error);
  close_sets(&t);
  free(t.columns);
  return is_good;
}

static bool write_all(const sim *s, const char *folder, char error[SIM_ERROR_SIZE]) {
  char later[H5_ERROR_SIZE];
  uint64_t bytes = 0;
  h5_file *h5 = h5_create(folder, "edges.part", &bytes, error);
  if (!h5)
    return false;
  hid_t edges = h5_open_group(h5->id, "edges", H5_MANY_NAMES);
  bool is_good = h5_check(h5, edges >= 0, "write");
  if (!is_good)
    snprintf(error, SIM_ERROR_SIZE, "%s", h5_error(h5));
  for (uint32_t i = 0; is_good && i < s->program->connections_count; i++)
    is_good = write_connection(s, i, h5, edges, folder, error);
  if (edges >= 0)
    H5Gclose(edges);
  is_good = h5_close(h5, is_good ? error : later) && is_good;
  return is_good && put_in_place(folder, "edges", ".h5", error);
}

bool edges_write(const sim *s, const char *folder, char error[SIM_ERROR_SIZE]) {
  library_begin("HDF5", folder);
  bool is_good = write_all(s, folder, error);
  library_end();
  return is_good;
}
