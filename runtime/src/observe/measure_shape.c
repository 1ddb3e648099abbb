/* SPDX-License-Identifier: MIT */
#include "observe/measure_shape.h"

#include "base/hash.h"
#include "state/keep.h"
#include "state/probe.h"

#include <string.h>

static void add_text(hash64 *h, const char *text) {
  if (text)
    hash64_add(h, text, strlen(text) + 1);
}

static void add_phase(hash64 *h, const sim *s, uint32_t phase) {
  if (phase < s->program->phases_count)
    add_text(h, s->program->phases[phase].name);
}

static void add_probe(hash64 *h, const sim *s, uint32_t number) {
  if (number >= s->program->probes_count)
    return;
  const nsa_probe *probe = &s->program->probes[number];
  uint64_t first, count = probe_range(s, probe, &first);
  const uint64_t range[] = {first, count, probe->reduce, probe->event.id};
  hash64_add(h, range, sizeof range);
  add_text(h, s->program->domains[probe->domain].name);
  if (!nsa_field_is_none(probe->field) && s->program->fields[probe->field.id].kind != NSA_FIELD_SCRATCH)
    add_text(h, s->program->fields[probe->field.id].name);
}

static void add_node(hash64 *h, const sim *s, const nsa_measure_node *node) {
  const uint32_t numbers[] = {node->kind,  node->a,           node->b,      node->c,
                              node->every, node->environment, node->figure, node->per};
  hash64_add(h, numbers, sizeof numbers);
  hash64_add(h, &node->number, sizeof node->number);
  add_phase(h, s, node->phase);
  add_phase(h, s, node->among);
  add_probe(h, s, node->probe);
  add_probe(h, s, node->other);
}

uint64_t measure_shape(const sim *s) {
  hash64 h = hash64_begin();
  for (uint32_t i = 0; i < s->program->measure_nodes_count; i++)
    add_node(&h, s, &s->program->measure_nodes[i]);
  for (uint32_t i = 0; i < s->program->phases_count; i++)
    add_text(&h, s->program->phases[i].name);
  return hash64_end(&h);
}
