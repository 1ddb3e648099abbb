/* SPDX-License-Identifier: MIT */
/* machine.h - arrays for the fields of a program, and running its kernels by the interpreter. */
#ifndef NSA_TESTS_MACHINE_H
#define NSA_TESTS_MACHINE_H

#include "interp/interp.h"

typedef struct {
  arena *arena;
  const ir_program *program;
  uint32_t entries; /* of every domain, a multiple of NSA_PAD */
  void **fields;    /* per field of the program */
  nsa_kernel_entry *kernels;
  nsa_clock clock;
  nsa_range_out out;
} machine;

static inline machine machine_new(arena *a, const ir_program *p, uint32_t entries) {
  machine m = {.arena = a, .program = p, .entries = entries, .kernels = interp_entries(a, p)};
  m.clock.first = ARENA_ARRAY(a, double, p->domains.len + 1);
  m.fields = ARENA_ARRAY(a, void *, p->fields.len);
  for (uint32_t i = 0; i < p->fields.len; i++) {
    double *array = ARENA_ARRAY(a, double, entries);
    for (uint32_t k = 0; k < entries && p->fields.data[i].type == NSA_F64; k++)
      array[k] = p->fields.data[i].value;
    m.fields[i] = array;
  }
  return m;
}

static inline double *machine_f64(machine *m, uint32_t field) { return m->fields[field]; }
static inline uint8_t *machine_b1(machine *m, uint32_t field) { return m->fields[field]; }

static inline void machine_run(machine *m, uint32_t kernel) {
  const nsa_kernel *k = &m->program->program->kernels[kernel];
  void **fields = ARENA_ARRAY(m->arena, void *, k->slots_count);
  for (uint32_t i = 0; i < k->slots_count; i++)
    fields[i] = m->fields[k->slots[i].id];
  bool is_run = m->program->domains.data[k->domain].kind == NSA_DOMAIN_RUN;
  m->kernels[kernel].fn(m->kernels[kernel].self, fields, &m->clock, 0, is_run ? NSA_PAD : m->entries, &m->out);
}

static inline void machine_setup(machine *m) {
  for (uint32_t i = 0; i < m->program->program->setup_count; i++)
    machine_run(m, m->program->program->setup[i].id);
}

#endif
