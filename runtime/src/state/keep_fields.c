/* SPDX-License-Identifier: MIT */
/* keep_fields.c - which fields are state. */
#include "state/keep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* No default: who adds a kind decides here. */
static bool is_kept(nsa_field_kind kind) {
  switch (kind) {
  case NSA_FIELD_STATE:
  case NSA_FIELD_TIMER:
  case NSA_FIELD_INPUT:
  case NSA_FIELD_EXTERNAL:
  case NSA_FIELD_COMBINED:
  case NSA_FIELD_SUM:
  case NSA_FIELD_SOURCE_TERM:
  case NSA_FIELD_FIRED:
  case NSA_FIELD_EDGE:
  case NSA_FIELD_PIXEL: /* flipped ones are drawn at an onset */
  case NSA_FIELD_ADVANCED:
  case NSA_FIELD_SIGNAL:
  case NSA_FIELD_COUNTER:
  case NSA_FIELD_SLOPE:
  case NSA_FIELD_CHANNEL:
  case NSA_FIELD_WINDOW_COUNT:
    return true;
  case NSA_FIELD_PARAM: /* this and the next: settings and init make them */
  case NSA_FIELD_GIVEN:
  case NSA_FIELD_LINK_SOURCE: /* up to PARTNER_KNOWN, and fans: links are built anew */
  case NSA_FIELD_LINK_TARGET:
  case NSA_FIELD_LINK_DISTANCE:
  case NSA_FIELD_LINK_COPY:
  case NSA_FIELD_LINK_COLUMN:
  case NSA_FIELD_PROBABILITY:
  case NSA_FIELD_PARTNER:
  case NSA_FIELD_PARTNER_KNOWN:
  case NSA_FIELD_FAN_IN:
  case NSA_FIELD_FAN_OUT:
  case NSA_FIELD_DELAY:
  case NSA_FIELD_INVARIANT:
  case NSA_FIELD_LINK_VALUE: /* made anew before each sum */
  case NSA_FIELD_ARRIVED:    /* taken up within the tick */
  case NSA_FIELD_SCRATCH:
    return false;
  }
  return false;
}

/* Length of a name before the field's number, where that ends it; else 0. */
static size_t stem_of(const nsa_program *p, nsa_field_id f) {
  const char *name = p->fields[f.id].name;
  size_t len = strlen(name), stem = len;
  while (stem > 0 && name[stem - 1] >= '0' && name[stem - 1] <= '9')
    stem--;
  return stem < len && strtoul(name + stem, NULL, 10) == f.id ? stem : 0;
}

void field_piece_name(const nsa_program *p, nsa_field_id f, char name[KEEP_NAME]) {
  const char *own = p->fields[f.id].name;
  size_t stem = stem_of(p, f);
  uint32_t before = 0;
  for (nsa_field_id i = {0}; stem && i.id < f.id; i.id++)
    before += stem_of(p, i) == stem && strncmp(p->fields[i.id].name, own, stem) == 0;
  if (stem)
    snprintf(name, KEEP_NAME, "%.*s#%" PRIu32, (int)stem, own, before);
  else
    snprintf(name, KEEP_NAME, "%s", own);
}

static const char *group_of(const nsa_field *field) {
  return field->kind == NSA_FIELD_STATE || field->kind == NSA_FIELD_TIMER ? KEEP_STATES : KEEP_FIELDS;
}

static keep_type type_of(const nsa_field *field) {
  switch ((nsa_type)field->type) {
  case NSA_F64:
    return KEEP_F64;
  case NSA_F32:
    return KEEP_F32;
  case NSA_INDEX:
    return KEEP_U32;
  case NSA_B1:
    break;
  }
  return KEEP_BYTES;
}

/* Candidates and batches are looked at a tile at a time. */
static bool is_of_scratch(const sim *s, const nsa_field *field) {
  uint32_t kind = s->program->domains[field->domain].kind;
  return kind == NSA_DOMAIN_CANDIDATES || kind == NSA_DOMAIN_ARRIVALS;
}

static void keep_fired(sim *s, keeper *k) {
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    const nsa_population *population = &s->program->populations[p];
    for (uint32_t e = 0; e < population->events_count; e++) {
      char name[KEEP_NAME];
      sim_fired *fired = &s->populations[p].events[e];
      snprintf(name, sizeof name, "%s.%s", population->name, population->events[e].name);
      keep_some(k, "fired", name, &fired->count, s->populations[p].count, fired->elements);
    }
  }
}

void fields_keep(sim *s, keeper *k) {
  for (uint32_t f = 0; f < s->program->fields_count; f++) {
    const nsa_field *field = &s->program->fields[f];
    char name[KEEP_NAME];
    if (!is_kept((nsa_field_kind)field->kind) || !s->field_data[f] || s->field_borrowed[f] || is_of_scratch(s, field))
      continue;
    field_piece_name(s->program, (nsa_field_id){f}, name);
    keep_array(k, group_of(field), name, type_of(field), s->field_count[f], s->field_data[f]);
  }
  keep_fired(s, k);
}
