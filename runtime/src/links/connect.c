/* SPDX-License-Identifier: MIT */
/* connect.c - building the links of a connection, its partners, its fields. */
#include "links/connect.h"

#include "base/memory.h"
#include "links/connect_build.h"
#include "links/connect_columns.h"
#include "links/connect_place.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- links ---- */

static const link_rule rules[] = {
    [NSA_RULE_ONE_TO_ONE] = rule_one_to_one,
    [NSA_RULE_ALL_TO_ALL] = rule_all_to_all,
    [NSA_RULE_PROBABILITY] = rule_probability,
    [NSA_RULE_INDEGREE] = rule_indegree,
    [NSA_RULE_OUTDEGREE] = rule_outdegree,
    [NSA_RULE_NEIGHBOURS] = rule_neighbours,
    [NSA_RULE_TILES] = rule_tiles,
    [NSA_RULE_NEAREST] = rule_nearest,
    [NSA_RULE_WHERE] = rule_where,
    [NSA_RULE_FILE] = rule_file,
    [NSA_RULE_SCALE_FREE] = rule_scale_free,
    [NSA_RULE_SMALL_WORLD] = rule_small_world,
};

static bool take_stencil(link_builder *b, sim_links *links) {
  links->count = b->count;
  links->fan_in = calloc((size_t)b->row_count + 1, sizeof *links->fan_in);
  if (!links->fan_in)
    return build_out_of_memory(b, b->row_count * sizeof *links->fan_in);
  for (uint32_t t = 0; t < b->row_count; t++)
    links->fan_in[t] = b->row[t + 1] - b->row[t];
  links->fan_out = b->count_of_other;
  b->count_of_other = NULL;
  b->s->allocated += ((uint64_t)b->row_count + b->sources->count + 2) * sizeof(uint32_t);
  return true;
}

/* Sources become local numbers. */
static void count_fans(const link_builder *b, sim_links *links) {
  for (uint32_t t = 0; t < b->row_count; t++)
    links->fan_in[t] = links->row[t + 1] - links->row[t];
  for (uint64_t k = 0; k < links->count; k++) {
    uint32_t source = population_local(b->sources, links->source[k]);
    links->source[k] = source;
    links->fan_out[source]++;
  }
}

bool connect_keeps_targets(const nsa_program *p, const nsa_connection *c) {
  const nsa_field_id delays[] = {c->delay, c->delay_back};
  for (int i = 0; i < 2; i++)
    if (sim_has_own_delays(p, delays[i]))
      return true;
  return !nsa_field_is_none(c->link_distance) || sim_field_is_used(p, c->link_target);
}

static bool make_targets(link_builder *b, sim_links *links) {
  uint64_t padded = sim_padded(links->count);
  if (!connect_keeps_targets(b->s->program, b->connection))
    return true;
  links->target = memory_large(padded * sizeof *links->target);
  if (!links->target)
    return build_out_of_memory(b, padded * sizeof *links->target);
  memset(links->target + links->count, 0, (size_t)(padded - links->count) * sizeof *links->target);
  for (uint32_t t = 0; t < b->row_count; t++)
    for (uint32_t k = links->row[t]; k < links->row[t + 1]; k++)
      links->target[k] = t;
  b->s->allocated += padded * sizeof *links->target;
  return true;
}

/* Gives the builder's arrays to the links, the sources with padding. */
static bool take_links(link_builder *b, sim_links *links) {
  uint64_t padded = sim_padded(b->count);
  if (b->capacity / 2 > b->count && !build_reserve(b, b->count))
    return false; /* much more than there is */
  memset(b->others + b->count, 0, (size_t)(padded - b->count) * sizeof *b->others);
  links->count = b->count;
  links->row = b->row;
  links->source = b->others;
  b->row = b->others = NULL;
  links->fan_in = calloc((size_t)b->row_count + 1, sizeof *links->fan_in);
  links->fan_out = calloc((size_t)b->sources->count + 1, sizeof *links->fan_out);
  if (!links->fan_in || !links->fan_out)
    return build_out_of_memory(b, b->row_count * sizeof *links->fan_in);
  b->s->allocated += (padded + 2 * ((uint64_t)b->row_count + 1) + b->sources->count + 1) * sizeof(uint32_t);
  count_fans(b, links);
  return make_targets(b, links);
}

/* ---- parallel links ---- */

enum { COPIES_MOST = 2048 }; /* what the counter of a draw has room for */

/* Equal sources of a target stand side by side: which of them a link is, when the one before it is known. */
static uint32_t copy_of(const uint32_t *source, uint32_t begin, uint32_t link, uint32_t before) {
  return link > begin && source[link] == source[link - 1] ? before + 1 : 0;
}

static bool check_copies(const link_builder *b) {
  for (uint32_t t = 0; t < b->row_count; t++)
    for (uint32_t k = b->row[t], copy = 0; k < b->row[t + 1]; k++) {
      copy = copy_of(b->others, b->row[t], k, copy);
      if (copy == COPIES_MOST)
        return build_fail(b, "source %" PRIu32 " and target %" PRIu32 " have more than %d links", b->others[k],
                          build_element(b, t), COPIES_MOST);
    }
  return true;
}

static void write_copies(sim *s, const nsa_connection *c, const sim_links *links) {
  if (nsa_field_is_none(c->link_copy))
    return;
  double *copies = s->field_data[c->link_copy.id];
  for (uint32_t t = 0; t < s->populations[c->target.id].count; t++)
    for (uint32_t k = links->row[t], copy = 0; k < links->row[t + 1]; k++)
      copies[k] = copy = copy_of(links->source, links->row[t], k, copy);
}

/* ---- the whole ---- */

static bool build(link_builder *b, sim_links *links) {
  uint32_t kind = b->connection->rule.kind;
  if (kind >= sizeof rules / sizeof *rules)
    return build_fail(b, "its rule is unknown to this runtime");
  if (!rules[kind](b) || !build_by_target(b) || (kind == NSA_RULE_FILE && !check_copies(b)))
    return false;
  links->left_out = b->left_out;
  if (!(b->is_counting ? take_stencil(b, links) : take_links(b, links)))
    return false;
  return partners_build(b, links) && (b->connection->columns_count == 0 || columns_read(b, links));
}

bool connect_build(sim *s, nsa_connection_id connection, char error[SIM_ERROR_SIZE]) {
  const nsa_connection *c = &s->program->connections[connection.id];
  link_builder b = {.s = s,
                    .connection = c,
                    .error = error,
                    .sources = &s->populations[c->source.id],
                    .targets = &s->populations[c->target.id],
                    .source = &s->program->populations[c->source.id],
                    .target = &s->program->populations[c->target.id],
                    .is_counting = c->is_stencil && c->rule.kind == NSA_RULE_NEIGHBOURS};
  b.key = build_key(&b, "");
  bool ok = build(&b, &s->links[connection.id]);
  build_free(&b);
  return ok;
}

void connect_free(sim_links *links) {
  free(links->row);
  free(links->source);
  free(links->target);
  free(links->fan_in);
  free(links->fan_out);
  free(links->partner);
  free(links->has_partner);
  free(links->columns);
}

/* ---- fields ---- */

static void write_distances(sim *s, const nsa_connection *c, const sim_links *links) {
  if (nsa_field_is_none(c->link_distance) || !links->target)
    return;
  const nsa_population *source = &s->program->populations[c->source.id],
                       *target = &s->program->populations[c->target.id];
  const sim_population *sources = &s->populations[c->source.id], *targets = &s->populations[c->target.id];
  double *distance = s->field_data[c->link_distance.id];
  for (uint64_t k = 0; k < links->count; k++)
    distance[k] = place_distance(source, population_global(sources, links->source[k]), target,
                                 population_global(targets, links->target[k]));
}

static void write_columns(sim *s, const nsa_connection *c, sim_links *links) {
  for (uint32_t i = 0; links->columns && i < c->columns_count; i++)
    if (!nsa_field_is_none(c->columns[i].field))
      memcpy(s->field_data[c->columns[i].field.id], links->columns + i * links->count,
             links->count * sizeof *links->columns);
  free(links->columns);
  links->columns = NULL;
}

static void write_fan(sim *s, uint32_t f, const uint32_t *fan) {
  double *to = s->field_data[f];
  for (uint64_t i = 0; i < s->field_count[f]; i++)
    to[i] = fan[i];
}

void connect_fill_fields(sim *s, nsa_connection_id connection) {
  const nsa_program *p = s->program;
  const nsa_connection *c = &p->connections[connection.id];
  sim_links *links = &s->links[connection.id];
  write_columns(s, c, links);
  write_distances(s, c, links);
  write_copies(s, c, links);
  for (uint32_t f = 0; f < p->fields_count; f++) {
    const nsa_field *field = &p->fields[f];
    if (!nsa_connection_is(field->connection, connection) || field->is_uniform)
      continue;
    if (field->kind == NSA_FIELD_FAN_IN && field->domain == p->populations[c->target.id].domain)
      write_fan(s, f, links->fan_in);
    if (field->kind == NSA_FIELD_FAN_OUT && field->domain == p->populations[c->source.id].domain)
      write_fan(s, f, links->fan_out);
  }
}
