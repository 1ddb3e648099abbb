/* SPDX-License-Identifier: MIT */
/* sim.c - what the program says of a kernel or field, filling arrays, and who observes the state. */
#include "state/sim.h"

#include <assert.h>
#include <string.h>

bool sim_kernel_uses(const nsa_program *p, nsa_kernel_id kernel, nsa_field_id field) {
  if (nsa_kernel_is_none(kernel) || nsa_field_is_none(field))
    return false;
  const nsa_kernel *k = &p->kernels[kernel.id];
  for (uint32_t i = 0; i < k->slots_count; i++)
    if (nsa_field_is(k->slots[i], field))
      return true;
  return false;
}

bool sim_field_is_used(const nsa_program *p, nsa_field_id field) {
  for (uint32_t k = 0; k < p->kernels_count; k++)
    if (sim_kernel_uses(p, (nsa_kernel_id){k}, field))
      return true;
  return false;
}

void sim_replace_field(const nsa_kernel *kernel, void **fields, nsa_field_id field, void *array) {
  for (uint32_t i = 0; !nsa_field_is_none(field) && i < kernel->slots_count; i++)
    if (nsa_field_is(kernel->slots[i], field))
      fields[i] = array;
}

bool sim_has_own_delays(const nsa_program *p, nsa_field_id delay) {
  return !nsa_field_is_none(delay) && !p->fields[delay.id].is_uniform;
}

bool sim_is_of_links(const sim *s, const nsa_field *field) {
  return !field->is_uniform && s->program->domains[field->domain].kind == NSA_DOMAIN_CONNECTION;
}

void sim_observe(sim *s, sim_observer observer) {
  assert(s->observer_count < SIM_MAX_OBSERVERS);
  s->observers[s->observer_count++] = observer;
}

void sim_fill_array(void *data, nsa_type type, uint64_t count, double value) {
  if (type == NSA_F64) {
    double *x = data;
    for (uint64_t i = 0; i < count; i++)
      x[i] = value;
  } else if (type == NSA_F32) {
    float *x = data;
    for (uint64_t i = 0; i < count; i++)
      x[i] = (float)value;
  } else if (type == NSA_B1) {
    memset(data, value != 0, count);
  } else {
    uint32_t *x = data;
    for (uint64_t i = 0; i < count; i++)
      x[i] = (uint32_t)value;
  }
}

void sim_fill_field(sim *s, nsa_field_id field, double value) {
  if (nsa_field_is_none(field) || !s->field_data[field.id])
    return;
  sim_fill_array(s->field_data[field.id], (nsa_type)s->program->fields[field.id].type,
                 sim_padded(s->field_count[field.id]), value);
}
