/* SPDX-License-Identifier: MIT */
/* program.c - the tables of a program while it grows, and their move into nsa_program. */
#include "ir/ir_internal.h"
#include "support/file.h"

#include <string.h>

ir_program *ir_program_new(arena *a) {
  ir_program *p = ARENA_NEW(a, ir_program);
  p->arena = a;
  p->program = ARENA_NEW(a, nsa_program);
  p->program->version = NSA_PROGRAM_VERSION;
  return p;
}

static uint32_t add_domain(ir_program *p, nsa_domain domain) {
  vec_push(p->arena, &p->domains, domain);
  return p->domains.len - 1;
}

uint32_t ir_domain_of_run(ir_program *p) {
  return add_domain(p, (nsa_domain){"run", NSA_DOMAIN_RUN, NSA_NO_POPULATION, NSA_NO_CONNECTION, NSA_NO_CHANNEL});
}

uint32_t ir_domain_of_population(ir_program *p, const char *name, nsa_population_id of) {
  return add_domain(p, (nsa_domain){name, NSA_DOMAIN_POPULATION, of, NSA_NO_CONNECTION, NSA_NO_CHANNEL});
}

uint32_t ir_domain_of_connection(ir_program *p, const char *name, nsa_domain_kind kind, nsa_connection_id of) {
  return add_domain(p, (nsa_domain){name, kind, NSA_NO_POPULATION, of, NSA_NO_CHANNEL});
}

uint32_t ir_domain_of_channel(ir_program *p, const char *name, nsa_channel_id of) {
  return add_domain(p, (nsa_domain){name, NSA_DOMAIN_CHANNEL, NSA_NO_POPULATION, NSA_NO_CONNECTION, of});
}

nsa_field_id ir_field_add(ir_program *p, nsa_field field) {
  vec_push(p->arena, &p->fields, field);
  return (nsa_field_id){p->fields.len - 1};
}

static hash128 hash_op(hash128 h, const ir_op *op) {
  const uint64_t words[] = {op->op,       op->type, op->is_single, op->aux,
                            op->field.id, op->key,  op->extra,     op->extra_count};
  h = hash_bytes(h, words, sizeof words);
  h = hash_bytes(h, op->args, sizeof op->args);
  return hash_bytes(h, &op->number, sizeof op->number);
}

uint64_t ir_hash(const ir_program *p) {
  hash128 h = hash_start();
  for (uint32_t i = 0; i < p->functions.len; i++) {
    const ir_function *f = p->functions.data[i];
    h = hash_bytes(h, f->name, strlen(f->name));
    for (uint32_t k = 0; k < f->ops.len; k++)
      h = hash_op(h, &f->ops.data[k]);
    if (f->extra.len)
      h = hash_bytes(h, f->extra.data, f->extra.len * sizeof *f->extra.data);
  }
  return h.lo;
}

ir_function *ir_function_anew(arena *a, const ir_function *f) {
  ir_function *copy = ARENA_NEW(a, ir_function);
  *copy = *f;
  memset(&copy->ops, 0, sizeof copy->ops);
  memset(&copy->extra, 0, sizeof copy->extra);
  return copy;
}

ir_function *ir_function_add(ir_program *p, const char *name, nsa_role role, uint32_t domain, uint32_t timescale,
                             nsa_kernel_id *number) {
  ir_function *f = ARENA_NEW(p->arena, ir_function);
  f->name = name;
  f->role = role;
  f->domain = domain;
  f->timescale = timescale;
  vec_push(p->arena, &p->functions, f);
  if (number != NULL)
    number->id = p->functions.len - 1;
  return f;
}

bool ir_op_has_field(const ir_op *op) {
  ir_carries carries = ir_ops[op->op].carries;
  return carries == IR_CARRIES_FIELD || carries == IR_CARRIES_FIELD_AUX;
}

uint32_t ir_function_slots(const ir_program *p, const ir_function *f, uint32_t *slot_of_field, nsa_field_id *slots) {
  for (uint32_t i = 0; i < p->fields.len; i++)
    slot_of_field[i] = NSA_NONE;
  uint32_t count = 0;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    if (!ir_op_has_field(op) || slot_of_field[op->field.id] != NSA_NONE)
      continue;
    slot_of_field[op->field.id] = count;
    slots[count++] = op->field;
  }
  return count;
}

static nsa_kernel kernel_of(ir_program *p, const ir_function *f, uint32_t *slot_of_field, nsa_field_id *slots) {
  nsa_kernel k = {.name = f->name, .role = f->role, .domain = f->domain, .timescale = f->timescale};
  k.slots_count = ir_function_slots(p, f, slot_of_field, slots);
  k.slots = ARENA_ARRAY(p->arena, nsa_field_id, k.slots_count);
  if (k.slots_count != 0)
    memcpy(k.slots, slots, k.slots_count * sizeof *slots);
  return k;
}

void ir_program_finish(ir_program *p) {
  nsa_program *out = p->program;
  out->domains = p->domains.data;
  out->domains_count = p->domains.len;
  out->fields = p->fields.data;
  out->fields_count = p->fields.len;
  out->kernels = ARENA_ARRAY(p->arena, nsa_kernel, p->functions.len);
  out->kernels_count = p->functions.len;
  uint32_t *slot_of_field = ARENA_ARRAY(p->arena, uint32_t, p->fields.len);
  nsa_field_id *slots = ARENA_ARRAY(p->arena, nsa_field_id, p->fields.len);
  for (uint32_t i = 0; i < p->functions.len; i++)
    out->kernels[i] = kernel_of(p, p->functions.data[i], slot_of_field, slots);
}
