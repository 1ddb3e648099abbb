/* SPDX-License-Identifier: MIT */
/* forecast.c - what a run will need, before its links are drawn. Mirrors what make.c, connect.c and
 * linksum.c allocate; a test compares the two. */
#include "links/connect.h"

#include "events/events.h"
#include "links/connect_place.h"
#include "links/link_index.h"
#include "links/strips.h"
#include "observe/measure_samples.h"
#include "sums/sidesum.h"
#include "tick/fuse.h"

#include <math.h>

static double padded_bytes(double entries, uint32_t type) {
  static const double size[nsa_type_count] = NSA_TYPE_SIZES;
  double bytes = (double)sim_padded((uint64_t)entries) * size[type < nsa_type_count ? type : NSA_F64];
  return (double)(((uint64_t)bytes + 63) / 64 * 64);
}

static bool is_of_links(const nsa_program *p, const nsa_field *field) {
  return !field->is_uniform && p->domains[field->domain].kind == NSA_DOMAIN_CONNECTION;
}

/* Of one of links: those of its connection. How many there are is asked once, since tables are read for it. */
static double link_field_bytes(const nsa_field *field, double links) {
  bool is_index = field->kind == NSA_FIELD_LINK_SOURCE || field->kind == NSA_FIELD_LINK_TARGET;
  return is_index ? 0 : padded_bytes(links, field->type); /* counted with the links */
}

/* Of all others. */
static double field_bytes(const nsa_program *p, const nsa_field *field) {
  const nsa_domain *domain = &p->domains[field->domain];
  double entries = 1;
  if (!field->is_uniform && domain->kind == NSA_DOMAIN_POPULATION)
    entries = place_size(&p->populations[domain->population.id]);
  if (!field->is_uniform && (domain->kind == NSA_DOMAIN_CANDIDATES || domain->kind == NSA_DOMAIN_ARRIVALS))
    entries = NSA_TILE;
  if (domain->kind == NSA_DOMAIN_CHANNEL)
    entries = p->channels[domain->channel.id].count;
  return padded_bytes(entries, field->type);
}

static const nsa_population *giver(const nsa_program *p, const nsa_link_sum *sum) {
  const nsa_connection *c = &p->connections[sum->connection.id];
  return &p->populations[link_end_population(c, sum->from).id];
}

/* Words of 32 bits: the index by source that all sums of a connection share, and the indices of sums between other
 * sides. */
static double index_words(const nsa_program *p, nsa_connection_id connection, double links) {
  double words = 0, shared = 0;
  bool is_weighted = false;
  for (uint32_t i = 0; i < p->sums_count; i++) {
    const nsa_link_sum *sum = &p->sums[i];
    if (!nsa_connection_is(sum->connection, connection))
      continue;
    double keys = nsa_field_is_none(sum->source_term) ? 1 : place_size(giver(p, sum));
    if (sidesum_is(sum))
      words += keys + 2 * links;
    if (sidesum_is(sum) || nsa_field_is_none(sum->source_term))
      continue;
    is_weighted = is_weighted || !nsa_field_is_none(sum->weight);
    shared = keys + links * (is_weighted ? 2 : 1);
  }
  return words + shared;
}

static double element_count(const nsa_program *p, const nsa_connection *c, uint32_t side) {
  return place_size(&p->populations[link_end_population(c, side).id]);
}

/* Words of 32 bits: links by the element whose event reaches them. Those of a target stand together already. */
static double arrival_words(const nsa_program *p, nsa_connection_id connection, double links) {
  const nsa_connection *c = &p->connections[connection.id];
  double words = 0;
  for (uint32_t i = 0; i < p->arrivals_count; i++) {
    const nsa_arrival *a = &p->arrivals[i];
    nsa_field_id delay = a->side == NSA_SIDE_PRE ? c->delay : c->delay_back;
    bool has_own_delays = sim_has_own_delays(p, delay);
    if (!nsa_connection_is(a->connection, connection) || a->side == NSA_SIDE_SIGNAL ||
        (a->side == NSA_SIDE_POST && !has_own_delays))
      continue;
    words += element_count(p, c, a->side) + links * (events_keep_links(p, a) + events_keep_targets(p, a));
    if (has_own_delays)
      words += links / 2;
  }
  return words;
}

/* Sources and row starts, fans, and the indices of sums. */
static double link_bytes(const nsa_program *p, nsa_connection_id connection, double links) {
  const nsa_connection *c = &p->connections[connection.id];
  double sources = place_size(&p->populations[c->source.id]), targets = place_size(&p->populations[c->target.id]);
  double words = sources + targets;
  if (c->is_stencil)
    return 4 * words;
  words += targets + links;
  if (connect_keeps_targets(p, c))
    words += links;
  return 4 * (words + index_words(p, connection, links) + arrival_words(p, connection, links));
}

static double strip_count(const nsa_program *p, const nsa_connection *c) {
  uint32_t targets = place_size(&p->populations[c->target.id]);
  return link_strips_of(&(sim_population){.count = targets, .global = targets}).count;
}

/* Sums by strip of what links add to sources and partners, with what was touched. */
static double increment_bytes(const nsa_program *p, const nsa_connection *c, const nsa_increment *increments,
                              uint32_t count) {
  double elements = 0;
  for (uint32_t i = 0; i < count; i++)
    if (increments[i].side != NSA_SIDE_POST)
      elements += element_count(p, c, increments[i].side);
  return elements * strip_count(p, c) * (sizeof(double) + 1 + sizeof(uint32_t));
}

/* Continuous sums by strip are made one after the other: there is room for the largest. */
static double partial_bytes(const nsa_program *p) {
  double most = 0, bytes = 0;
  for (uint32_t i = 0; i < p->sums_count; i++) {
    const nsa_connection *c = &p->connections[p->sums[i].connection.id];
    if (p->sums[i].to != NSA_SIDE_POST)
      most = fmax(most, strip_count(p, c) * element_count(p, c, p->sums[i].to) * sizeof(double));
  }
  for (uint32_t i = 0; i < p->arrivals_count; i++)
    bytes += increment_bytes(p, &p->connections[p->arrivals[i].connection.id], p->arrivals[i].increments,
                             p->arrivals[i].increments_count);
  for (uint32_t i = 0; i < p->link_steps_count; i++)
    bytes += increment_bytes(p, &p->connections[p->link_steps[i].connection.id], p->link_steps[i].increments,
                             p->link_steps[i].increments_count);
  return most + bytes;
}

/* Lists of what fired, results of tiles, lists of active sources, sums by strip. */
static double buffer_bytes(const nsa_program *p) {
  double bytes = partial_bytes(p);
  for (nsa_population_id i = {0}; i.id < p->populations_count; i.id++) {
    const nsa_population *population = &p->populations[i.id];
    double blocks = (double)sim_tiles(place_size(population));
    bytes += population->events_count * (4.0 * place_size(population) + 4 * blocks) + 8 * blocks;
    if (nsa_fused_steps(p, i) > 1)
      bytes += population->events_count * (FUSE_MOST * place_size(population) / 8 + 4 * blocks) + 4 * blocks;
  }
  for (uint32_t i = 0; i < p->sums_count; i++)
    if (!nsa_field_is_none(p->sums[i].source_term))
      bytes += 4.0 * place_size(giver(p, &p->sums[i]));
  return bytes;
}

static double probe_entries(const nsa_program *p, const nsa_probe *probe) {
  const nsa_domain *domain = &p->domains[probe->domain];
  double most = (double)probe->last - probe->first + 1;
  if (domain->kind == NSA_DOMAIN_POPULATION)
    return fmin(most, place_size(&p->populations[domain->population.id]));
  if (domain->kind == NSA_DOMAIN_CONNECTION)
    return fmin(most, connect_expected_links(p, &p->connections[domain->connection.id]));
  return most;
}

double nsa_forecast_series(const nsa_program *p, uint32_t measure_node) {
  const nsa_measure_node *node = &p->measure_nodes[measure_node];
  double entries = node->probe != NSA_NONE ? probe_entries(p, &p->probes[node->probe]) : 0;
  return samples_kept_bytes(node, (double)p->ticks, entries);
}

nsa_link_forecast nsa_forecast_links(const nsa_program *p, nsa_connection_id connection) {
  double links = connect_expected_links(p, &p->connections[connection.id]), bytes = link_bytes(p, connection, links);
  for (uint32_t i = 0; i < p->fields_count; i++) {
    const nsa_field *field = &p->fields[i];
    if (is_of_links(p, field) && nsa_connection_is(p->domains[field->domain].connection, connection))
      bytes += link_field_bytes(field, links);
  }
  return (nsa_link_forecast){links, bytes};
}

nsa_memory_forecast nsa_forecast_memory(const nsa_program *p) {
  nsa_memory_forecast forecast = {0};
  double fields = 0, links = 0, link_fields = 0;
  for (uint32_t i = 0; i < p->populations_count; i++)
    forecast.elements += place_size(&p->populations[i]);
  for (uint32_t i = 0; i < p->fields_count; i++)
    fields += is_of_links(p, &p->fields[i]) ? 0 : field_bytes(p, &p->fields[i]);
  for (nsa_connection_id c = {0}; c.id < p->connections_count; c.id++) {
    nsa_link_forecast of = nsa_forecast_links(p, c);
    links += of.links;
    link_fields += of.bytes;
  }
  forecast.links = (uint64_t)links;
  forecast.link_bytes = (uint64_t)link_fields;
  forecast.field_bytes = (uint64_t)fields;
  forecast.buffer_bytes = (uint64_t)buffer_bytes(p);
  for (uint32_t i = 0; i < p->measure_nodes_count; i++)
    forecast.series_bytes += (uint64_t)nsa_forecast_series(p, i);
  forecast.total_bytes = forecast.link_bytes + forecast.field_bytes + forecast.buffer_bytes + forecast.series_bytes;
  return forecast;
}
