/* SPDX-License-Identifier: MIT */
/* connect_file.c - links from a table (table.h): one "source,target" a line, counted from 0. What follows is looked at
 * where the connection has columns (connect_columns.c). All else is an error with its line. */
#include "links/connect_build.h"

#include "base/table.h"
#include "links/connect_place.h"
#include "nsa_input.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  link_builder *b;
  const char *path;
  uint64_t line;
  uint32_t *pairs;          /* source, target, source, target … */
  uint64_t count, capacity; /* of pairs */
} edge_reader;

static bool edge_fail(const edge_reader *r, const char *what) {
  return build_fail(r->b, "%.200s:%" PRIu64 ": %s", r->path, r->line, what);
}

/* One whole number below `size`; *at moves behind it and the spaces around it. */
static bool read_index(const edge_reader *r, const char **at, const nsa_population *of, uint32_t *index) {
  const char *p = *at;
  uint64_t value = 0;
  while (*p == ' ' || *p == '\t')
    p++;
  if (!isdigit((unsigned char)*p))
    return edge_fail(r, "expected two whole numbers: source,target");
  for (; isdigit((unsigned char)*p); p++)
    if (value <= UINT32_MAX)
      value = value * 10 + (uint64_t)(*p - '0');
  while (*p == ' ' || *p == '\t')
    p++;
  *at = p;
  *index = (uint32_t)value;
  if (value < place_size(of))
    return true;
  return build_fail(r->b, "%.200s:%" PRIu64 ": '%s' has the elements 0 to %" PRIu32, r->path, r->line, of->name,
                    place_size(of) - 1);
}

static bool keep_pair(edge_reader *r, uint32_t source, uint32_t target) {
  if (is_unwanted_self(r->b, source, target)) {
    r->b->left_out++;
    return true;
  }
  if (r->count == LINKS_MAX)
    return edge_fail(r, "more links than are possible");
  if (r->count == r->capacity) {
    uint64_t capacity = r->capacity * 2 + 1024;
    uint32_t *pairs = realloc(r->pairs, (size_t)capacity * 2 * sizeof *pairs);
    if (!pairs)
      return edge_fail(r, "out of memory");
    r->pairs = pairs;
    r->capacity = capacity;
  }
  r->pairs[2 * r->count] = source;
  r->pairs[2 * r->count++ + 1] = target;
  return true;
}

static bool take_line(void *context, uint64_t number, const char *line) {
  edge_reader *r = context;
  const char *at = line;
  uint32_t source, target;
  bool has_columns = r->b->connection->columns_count > 0;
  r->line = number;
  if (has_columns && number == 1)
    return true; /* the head: names may have digits */
  if (!read_index(r, &at, r->b->source, &source))
    return false;
  if (*at++ != ',')
    return edge_fail(r, "expected a comma behind the source");
  if (!read_index(r, &at, r->b->target, &target))
    return false;
  if (*at && !(has_columns && *at == ','))
    return edge_fail(r, "something follows the target");
  return keep_pair(r, source, target);
}

static bool read_table(edge_reader *r, FILE *file) {
  const char *problem;
  if (table_read(file, take_line, r, &r->line, &problem))
    return true;
  return problem && edge_fail(r, problem);
}

/* Stable counting sort of the pairs by source. */
static bool sort_pairs(const edge_reader *r) {
  link_builder *b = r->b;
  if (!build_begin(b, false, r->count + 1))
    return false;
  for (uint64_t k = 0; k < r->count; k++)
    b->row[r->pairs[2 * k] + 1]++;
  for (uint32_t i = 0; i < b->row_count; i++)
    b->row[i + 1] += b->row[i];
  for (uint64_t k = 0; k < r->count; k++)
    b->others[b->row[r->pairs[2 * k]]++] = r->pairs[2 * k + 1];
  memmove(b->row + 1, b->row, b->row_count * sizeof *b->row); /* each begin had moved to its end */
  b->row[0] = 0;
  b->count = r->count;
  return true;
}

bool rule_file(link_builder *b) {
  const char *path = b->connection->rule.path ? b->connection->rule.path : "";
  nsa_input_folders below = nsa_input_folders_of(b->s->program);
  const char *why;
  FILE *file = nsa_input_stream(&below, path, &why);
  if (!file)
    return build_fail(b, "cannot open '%.200s': %s", path, why);
  edge_reader r = {.b = b, .path = path};
  bool ok = read_table(&r, file) && sort_pairs(&r);
  fclose(file);
  free(r.pairs);
  return ok;
}
