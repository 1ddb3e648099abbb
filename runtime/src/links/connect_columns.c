/* SPDX-License-Identifier: MIT */
/* connect_columns.c - what a table says of each link: columns that its first line names, "source,target,w (nS)". The
 * table is read once more when links are built; lines of one pair are its copies, in their order. */
#include "links/connect_columns.h"

#include "base/search.h"
#include "base/table.h"
#include "nsa_input.h"
#include "nsa_units.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_SIZE = 1024, MOST_FIELDS = 256, FIRST = 2 };

typedef struct {
  link_builder *b;
  sim_links *links;
  const char *path;
  uint64_t line;
  uint32_t field_count;            /* of a line */
  uint32_t column_of[MOST_FIELDS]; /* by field; NSA_NONE: nobody asks for it */
  nsa_unit units[MOST_FIELDS];     /* likewise */
  uint32_t *seen;                  /* by first link of a pair: how many lines there were of it */
} column_reader;

static bool fail(const column_reader *r, const char *what, const char *name) {
  return build_fail(r->b, "%.200s:%" PRIu64 ": %s%s%s", r->path, r->line, what, name, name[0] ? "`" : "");
}

/* ---- the head ---- */

/* The next field, cut off in place; *rest: what is behind it, NULL at the end. */
static char *next_field(char **rest) {
  char *field = *rest + strspn(*rest, " \t"), *end = field + strcspn(field, ",");
  *rest = *end ? end + 1 : NULL;
  *end = 0;
  while (end > field && strchr(" \t\r\n", end[-1]))
    *--end = 0;
  return field;
}

/* "w (nS)" or "w [nS]": cuts the name off, and gives the unit, "" where there is none. */
static const char *cut_unit(char *field) {
  size_t len = strlen(field);
  char *open = strpbrk(field, "([");
  if (!open || len == 0 || !strchr(")]", field[len - 1]))
    return "";
  field[len - 1] = 0;
  char *end = open;
  while (end > field && end[-1] == ' ')
    end--;
  const char *unit = open + 1;
  *end = 0;
  return unit;
}

static bool take_head_field(column_reader *r, uint32_t k, char *field) {
  const nsa_connection *c = r->b->connection;
  const char *unit = cut_unit(field);
  nsa_unit wanted;
  r->column_of[k] = NSA_NONE;
  for (uint32_t i = 0; k >= FIRST && i < c->columns_count; i++)
    if (strcmp(c->columns[i].name, field) == 0)
      r->column_of[k] = i;
  if (r->column_of[k] == NSA_NONE)
    return true;
  const nsa_table_column *column = &c->columns[r->column_of[k]];
  if (!nsa_unit_of_text(unit, &r->units[k]))
    return fail(r, "this is no unit: `", unit);
  if (nsa_unit_of_text(column->unit, &wanted) &&
      memcmp(wanted.quarters, r->units[k].quarters, sizeof wanted.quarters) == 0)
    return true;
  return build_fail(r->b, "%.200s:%" PRIu64 ": the column `%s` has %s%.60s%s; its head must name a unit like `%s (%s)`",
                    r->path, r->line, column->name, unit[0] ? "the unit `" : "no unit", unit, unit[0] ? "`" : "",
                    column->name, column->unit);
}

static bool has_all(const column_reader *r) {
  for (uint32_t i = 0; i < r->b->connection->columns_count; i++) {
    bool is_there = false;
    for (uint32_t k = 0; k < r->field_count; k++)
      is_there = is_there || r->column_of[k] == i;
    if (!is_there)
      return fail(r, "the first line names no column `", r->b->connection->columns[i].name);
  }
  return true;
}

static bool read_head(column_reader *r, FILE *file) {
  char text[HEAD_SIZE] = "", *rest = text;
  r->line = 1;
  if (fgets(text, sizeof text, file) && !strchr(text, '\n') && !feof(file))
    return fail(r, "the line is too long", "");
  if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
    rest += 3;
  while (rest) {
    char *field = next_field(&rest);
    if (r->field_count == MOST_FIELDS)
      return fail(r, "it has more than 256 columns", "");
    if (!take_head_field(r, r->field_count++, field))
      return false;
  }
  return has_all(r);
}

/* ---- rows ---- */

/* The link of the pair's next line. False: it was left out, or is of no target that is here. */
static bool find_link(column_reader *r, uint32_t source, uint32_t target, uint64_t *link) {
  const link_builder *b = r->b;
  if (is_unwanted_self(b, source, target) || !population_has(b->targets, target))
    return false;
  uint32_t local = population_local(b->targets, target), from = population_local(b->sources, source);
  uint32_t begin = r->links->row[local], end = r->links->row[local + 1];
  uint32_t first = begin + search_below(r->links->source + begin, end - begin, from);
  if (first == end || r->links->source[first] != from)
    return false;
  *link = (uint64_t)first + r->seen[first]++;
  return *link < end;
}

static bool take_value(const column_reader *r, uint32_t k, char *field, uint64_t link) {
  const nsa_table_column *column = &r->b->connection->columns[r->column_of[k]];
  char *end;
  double plain = strtod(field, &end);
  bool is_number = field[0] && *end == 0 && isfinite(plain) && strspn(field, "+-.0123456789eE") == strlen(field) &&
                   strlen(field) < NSA_MOST_NUMBER_BYTES;
  double value = is_number ? nsa_unit_scale(field, &r->units[k]) : NAN;
  if (!isfinite(value))
    return fail(r, "there is no number in the column `", column->name);
  r->links->columns[r->column_of[k] * r->links->count + link] = value;
  return true;
}

static bool take_line(void *context, uint64_t number, const char *line) {
  column_reader *r = context;
  char text[HEAD_SIZE], *rest = text;
  uint64_t link = 0;
  r->line = 1 + number; /* behind the head */
  snprintf(text, sizeof text, "%s", line);
  uint32_t source = (uint32_t)strtoul(next_field(&rest), NULL, 10);
  uint32_t target = rest ? (uint32_t)strtoul(next_field(&rest), NULL, 10) : 0;
  if (!find_link(r, source, target, &link))
    return true;
  uint32_t k = FIRST;
  for (; rest && k < r->field_count; k++) {
    char *field = next_field(&rest);
    if (r->column_of[k] != NSA_NONE && !take_value(r, k, field, link))
      return false;
  }
  return k == r->field_count || fail(r, "the line has fewer columns than the first one", "");
}

static bool read_all(column_reader *r, FILE *file) {
  const char *problem;
  uint64_t line;
  if (!read_head(r, file))
    return false;
  return table_read(file, take_line, r, &line, &problem) || (problem && fail(r, problem, ""));
}

bool columns_read(link_builder *b, sim_links *links) {
  nsa_input_folders below = nsa_input_folders_of(b->s->program);
  const char *why;
  column_reader *r = calloc(1, sizeof *r);
  uint64_t bytes = (links->count + 1) * b->connection->columns_count * sizeof *links->columns;
  links->columns = calloc(1, bytes);
  uint32_t *seen = calloc((size_t)links->count + 1, sizeof *seen);
  FILE *file = nsa_input_stream(&below, b->connection->rule.path, &why);
  bool is_good = r && links->columns && seen;
  if (!is_good)
    build_out_of_memory(b, bytes);
  else if (!file)
    is_good = build_fail(b, "cannot open '%.200s': %s", b->connection->rule.path, why);
  else {
    *r = (column_reader){.b = b, .links = links, .path = b->connection->rule.path, .seen = seen};
    is_good = read_all(r, file);
  }
  if (file)
    fclose(file);
  free(seen);
  free(r);
  return is_good;
}
