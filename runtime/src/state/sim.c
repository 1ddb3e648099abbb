/* SPDX-License-Identifier: MIT */
/* sim.c - what the program says of a kernel or field, and who observes the state. */
#include "state/sim.h"

#include <assert.h>

bool sim_kernel_uses(const nsa_program *p, nsa_kernel_id kernel, uint32_t field) {
  if (nsa_kernel_is_none(kernel) || field == NSA_NONE)
    return false;
  const nsa_kernel *k = &p->kernels[kernel.id];
  for (uint32_t i = 0; i < k->slots_count; i++)
    if (k->slots[i] == field)
      return true;
  return false;
}

bool sim_field_is_used(const nsa_program *p, uint32_t field) {
  for (uint32_t k = 0; k < p->kernels_count; k++)
    if (sim_kernel_uses(p, (nsa_kernel_id){k}, field))
      return true;
  return false;
}

void sim_replace_field(const nsa_kernel *kernel, void **fields, uint32_t field, void *array) {
  for (uint32_t i = 0; field != NSA_NONE && i < kernel->slots_count; i++)
    if (kernel->slots[i] == field)
      fields[i] = array;
}

bool sim_has_own_delays(const nsa_program *p, uint32_t delay) {
  return delay != NSA_NONE && !p->fields[delay].is_uniform;
}

bool sim_is_of_links(const sim *s, const nsa_field *field) {
  return !field->is_uniform && s->program->domains[field->domain].kind == NSA_DOMAIN_CONNECTION;
}

void sim_observe(sim *s, sim_observer observer) {
  assert(s->observer_count < SIM_MAX_OBSERVERS);
  s->observers[s->observer_count++] = observer;
}
