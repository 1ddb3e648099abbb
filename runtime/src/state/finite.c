/* SPDX-License-Identifier: MIT */
#include "state/finite.h"

#include "state/blame.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct suspicions {
  atomic_bool any;
  atomic_bool domain[];
};

bool finite_prepare(sim *s) {
  s->suspicions = calloc(1, sizeof *s->suspicions + s->program->domains_count * sizeof(atomic_bool));
  return s->suspicions != NULL && blame_prepare(s);
}

void finite_release(sim *s) {
  free(s->suspicions);
  blame_release(s);
}

void finite_note(sim *s, nsa_kernel_id kernel, const nsa_range_out *out) {
  if (!out->nonfinite || !s->suspicions)
    return;
  blame_suspect(s, kernel);
  atomic_store(&s->suspicions->domain[s->program->kernels[kernel.id].domain], true);
  atomic_store(&s->suspicions->any, true);
}

/* ---- looking ---- */

static bool is_number(const nsa_field *f) { return f->type == NSA_F64 || f->type == NSA_F32; }

void finite_tell(sim *s, nsa_field_id field, uint64_t entry, double value) {
  const nsa_domain *domain = &s->program->domains[s->program->fields[field.id].domain];
  s->failed = true;
  s->failure = (sim_failure){.population = domain->population,
                             .connection = domain->connection,
                             .field = field,
                             .element = (uint32_t)entry,
                             .value = value};
  blame_find(s);
}

bool finite_look_at(sim *s, nsa_field_id field) {
  const nsa_field *f = &s->program->fields[field.id];
  if (f->is_uniform || !is_number(f) || !s->field_data[field.id])
    return true;
  for (uint64_t i = 0; i < s->domain_count[f->domain]; i++) {
    double x = sim_entry(f->type, s->field_data[field.id], i);
    if (isfinite(x))
      continue;
    finite_tell(s, field, i, x);
    return false;
  }
  return true;
}

static bool has_owner(const nsa_domain *d) {
  return d->kind == NSA_DOMAIN_POPULATION || d->kind == NSA_DOMAIN_CONNECTION;
}

/* What comes from outside first: it is the reason of the rest. */
static const nsa_field_kind causes[] = {NSA_FIELD_EXTERNAL, NSA_FIELD_SUM, NSA_FIELD_INPUT, NSA_FIELD_PROBABILITY,
                                        NSA_FIELD_STATE};
enum { FIRST_AT_START = 3 };
enum { CAUSES = sizeof causes / sizeof *causes };

static bool look_through(sim *s, uint32_t domain, uint32_t first_kind) {
  if (!has_owner(&s->program->domains[domain]))
    return true;
  for (uint32_t k = first_kind; k < CAUSES; k++)
    for (nsa_field_id f = {0}; f.id < s->program->fields_count; f.id++)
      if (s->program->fields[f.id].domain == domain && s->program->fields[f.id].kind == (uint32_t)causes[k] &&
          !finite_look_at(s, f))
        return false;
  return true;
}

/* Only padding was not finite: it starts anew from the first element, so that it does not have everything looked
 * through at each step. */
static void calm_padding(sim *s, uint32_t domain) {
  if (!has_owner(&s->program->domains[domain]) || s->domain_count[domain] == 0)
    return;
  for (uint32_t f = 0; f < s->program->fields_count; f++) {
    const nsa_field *field = &s->program->fields[f];
    if (field->domain != domain || field->is_uniform || !is_number(field) || !s->field_data[f] || s->field_borrowed[f])
      continue;
    size_t size = field->type == NSA_F64 ? sizeof(double) : sizeof(float);
    char *data = s->field_data[f];
    for (uint64_t i = s->domain_count[domain]; i < sim_padded(s->domain_count[domain] + 1); i++)
      memcpy(data + i * size, data, size);
  }
}

bool finite_check(sim *s) {
  if (!s->suspicions || !atomic_load(&s->suspicions->any))
    return true;
  atomic_store(&s->suspicions->any, false);
  bool ok = true;
  for (uint32_t d = 0; d < s->program->domains_count; d++)
    if (atomic_exchange(&s->suspicions->domain[d], false) && ok) {
      ok = look_through(s, d, 0);
      if (ok)
        calm_padding(s, d);
    }
  if (ok)
    blame_clear(s);
  return ok;
}

bool finite_at_start(sim *s) {
  blame_suspect_start(s);
  for (uint32_t d = 0; d < s->program->domains_count; d++)
    if (!look_through(s, d, FIRST_AT_START))
      return false;
  blame_clear(s);
  return true;
}

/* ---- the reason ---- */

static bool is_bad(const sim *s, nsa_field_id field, uint64_t entry) {
  if (nsa_field_is_none(field))
    return false;
  const nsa_field *f = &s->program->fields[field.id];
  return is_number(f) && !isfinite(sim_entry(f->type, s->field_data[field.id], f->is_uniform ? 0 : entry));
}

/* The first link that brought it. */
static void trace_links(sim *s, const nsa_link_sum *sum) {
  const sim_links *links = &s->links[sum->connection.id];
  uint32_t target = s->failure.element;
  if (sum->from != NSA_SIDE_PRE || sum->to != NSA_SIDE_POST || !links->row)
    return;
  for (uint32_t k = links->row[target]; k < links->row[target + 1]; k++) {
    if (!is_bad(s, sum->weight, k) && !is_bad(s, sum->source_term, links->source[k]))
      continue;
    s->failure.population = NSA_NO_POPULATION;
    s->failure.connection = sum->connection;
    s->failure.element = k;
    return;
  }
}

static bool trace_field(sim *s, nsa_field_id field) {
  uint32_t element = s->failure.element;
  if (!is_bad(s, field, element))
    return false;
  const nsa_field *f = &s->program->fields[field.id];
  double x = sim_entry(f->type, s->field_data[field.id], element);
  finite_tell(s, field, element, x);
  for (uint32_t i = 0; i < s->program->sums_count && nsa_connection_is_none(s->failure.connection); i++)
    if (nsa_field_is(s->program->sums[i].sum, field))
      trace_links(s, &s->program->sums[i]);
  return true;
}

/* Inputs that are made anew at each stage follow from the states that fail. */
static bool has_stages(const sim *s, nsa_population_id population) {
  for (uint32_t i = 0; i < s->program->stage_sets_count; i++) {
    const nsa_stage_set *set = &s->program->stage_sets[i];
    for (uint32_t k = 0; k < set->populations_count; k++)
      if (nsa_population_is(set->populations[k], population))
        return true;
  }
  return false;
}

void finite_trace(sim *s) {
  bool is_at_start = s->tick == 0; /* what follows from it has been made already */
  if (is_at_start || !nsa_connection_is_none(s->failure.connection) || has_stages(s, s->failure.population))
    return;
  uint32_t domain = s->program->populations[s->failure.population.id].domain;
  uint64_t tick = s->failure.tick;
  for (uint32_t k = 0; k + 1 < CAUSES; k++)
    for (nsa_field_id f = {0}; f.id < s->program->fields_count; f.id++) {
      const nsa_field *field = &s->program->fields[f.id];
      if (field->domain != domain || field->is_uniform || field->kind != (uint32_t)causes[k] || !trace_field(s, f))
        continue;
      s->failure.tick = tick;
      return;
    }
}
