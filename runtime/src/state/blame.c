/* SPDX-License-Identifier: MIT */
#include "state/blame.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Per kernel: the how-manyth it was to say so, from 1; 0: it did not. */
struct suspects {
  atomic_uint count;
  atomic_uint order[];
};

bool blame_prepare(sim *s) {
  s->suspects = calloc(1, sizeof *s->suspects + s->program->kernels_count * sizeof(atomic_uint));
  return s->suspects != NULL;
}

void blame_release(sim *s) { free(s->suspects); }

void blame_suspect(sim *s, nsa_kernel_id kernel) {
  atomic_uint *order = &s->suspects->order[kernel.id];
  if (atomic_load(order) == 0)
    atomic_store(order, atomic_fetch_add(&s->suspects->count, 1) + 1);
}

void blame_forget(sim *s, nsa_kernel_id kernel) { atomic_store(&s->suspects->order[kernel.id], 0); }

void blame_suspect_start(sim *s) {
  for (uint32_t i = 0; i < s->program->init_count; i++)
    blame_suspect(s, s->program->init[i]);
}

void blame_clear(sim *s) {
  atomic_store(&s->suspects->count, 0);
  for (uint32_t k = 0; k < s->program->kernels_count; k++)
    atomic_store(&s->suspects->order[k], 0);
}

/* ---- what can have made it ---- */

/* Batches of links have arrays of their own: of these only the field that failed is known. */
static bool is_bad(const sim *s, nsa_field_id field) {
  const nsa_field *f = &s->program->fields[field.id], *failed = &s->program->fields[s->failure.field.id];
  if (nsa_field_is(field, s->failure.field))
    return true;
  if (f->domain != failed->domain || f->is_uniform || !s->field_data[field.id] ||
      s->program->domains[f->domain].kind == NSA_DOMAIN_ARRIVALS)
    return false;
  return (f->type == NSA_F64 || f->type == NSA_F32) &&
         !isfinite(sim_entry(f->type, s->field_data[field.id], s->failure.element));
}

static bool has_fired(const sim_fired *fired, uint32_t element) {
  for (uint32_t i = 0; i < fired->count; i++)
    if (fired->elements[i] == element)
      return true;
  return false;
}

/* Lists of what fired are those of the tick before until steps of the population make them anew, and empty between the
 * steps of a slow one. */
static bool event_came(const sim *s, nsa_population_id of, nsa_field_id flag) {
  const nsa_population *p = &s->program->populations[of.id];
  for (uint32_t e = 0; e < p->events_count; e++)
    if (nsa_field_is(p->events[e].flag, flag))
      return has_fired(&s->populations[of.id].events[e], s->failure.element);
  return true;
}

typedef enum { DID_NOT_RUN, MAY_HAVE_RUN, IS_OF_STEP } was_run;

/* Whether the statement's block ran for the element; blocks that no event or signal starts, and equations, may. */
static was_run did_run(const sim *s, const nsa_setter *setter) {
  if (nsa_field_is_none(setter->when))
    return IS_OF_STEP;
  const nsa_field *flag = &s->program->fields[setter->when.id];
  if (flag->kind == NSA_FIELD_SIGNAL)
    return *(const uint8_t *)s->field_data[setter->when.id] ? IS_OF_STEP : DID_NOT_RUN;
  nsa_population_id of = s->program->domains[flag->domain].population;
  if (s->program->kernels[setter->kernel.id].role == NSA_ROLE_STEP || s->populations[of.id].every > 1)
    return MAY_HAVE_RUN;
  return event_came(s, of, setter->when) ? IS_OF_STEP : DID_NOT_RUN;
}

static uint32_t order_of(const sim *s, const nsa_setter *setter) {
  return atomic_load(&s->suspects->order[setter->kernel.id]);
}

static bool is_suspect(const sim *s, const nsa_setter *setter) {
  return order_of(s, setter) > 0 && is_bad(s, setter->field) && did_run(s, setter) != DID_NOT_RUN;
}

/* The first suspect behind `last` (NULL: of all), by its kernel, then in the order of the program. */
static const nsa_setter *next_suspect(const sim *s, const nsa_setter *last) {
  const nsa_setter *next = NULL;
  for (uint32_t i = 0; i < s->program->setters_count; i++) {
    const nsa_setter *setter = &s->program->setters[i];
    if (!is_suspect(s, setter))
      continue;
    uint32_t order = order_of(s, setter);
    if (last && (order < order_of(s, last) || (order == order_of(s, last) && setter <= last)))
      continue;
    if (!next || order < order_of(s, next))
      next = setter;
  }
  return next;
}

/* Nothing else can have made the value of its field, which is not finite. */
static bool is_only_one(const sim *s, const nsa_setter *of) {
  for (uint32_t i = 0; i < s->program->setters_count; i++) {
    const nsa_setter *setter = &s->program->setters[i];
    if (setter != of && nsa_field_is(setter->field, of->field) && is_suspect(s, setter))
      return false;
  }
  return true;
}

static void add_place(sim_failure *failure, nsa_place at) {
  for (uint32_t i = 0; i < failure->made_count; i++)
    if (sim_is_same_place(failure->made[i], at))
      return;
  if (failure->made_count < SIM_MOST_MAKERS)
    failure->made[failure->made_count++] = at;
}

static void tell_of(sim *s, const nsa_setter *setter) {
  const nsa_field *field = &s->program->fields[setter->field.id];
  if (!nsa_field_is(setter->field, s->failure.field))
    s->failure.value = sim_entry(field->type, s->field_data[setter->field.id], s->failure.element);
  s->failure.field = setter->field;
}

/* The first that is no mere sum; where it can be, one of which more is known than that its event may have come. */
static const nsa_setter *likeliest(const sim *s, const nsa_setter *first, const nsa_setter *end) {
  const nsa_setter *likely = NULL;
  for (const nsa_setter *x = first; x; x = x == end ? NULL : next_suspect(s, x)) {
    if (!x->is_sum && did_run(s, x) == IS_OF_STEP)
      return x;
    if (!x->is_sum && !likely)
      likely = x;
  }
  return likely ? likely : first;
}

/* All up to the first that made its value for sure: what comes behind it may follow from it. Sums are named where there
 * is nothing else. */
void blame_find(sim *s) {
  const nsa_setter *first = next_suspect(s, NULL), *sure = first;
  if (!first)
    return;
  while (sure && !is_only_one(s, sure))
    sure = next_suspect(s, sure);
  const nsa_setter *told = likeliest(s, first, sure);
  sim_failure *failure = &s->failure;
  add_place(failure, told->at);
  for (const nsa_setter *x = first; x; x = x == sure ? NULL : next_suspect(s, x))
    if (told->is_sum || !x->is_sum)
      add_place(failure, x->at);
  tell_of(s, told);
}

/* That of a statement of it, else of something that it reads or stores. */
nsa_place blame_kernel(const nsa_program *p, nsa_kernel_id kernel) {
  for (uint32_t i = 0; i < p->setters_count; i++)
    if (nsa_kernel_is(p->setters[i].kernel, kernel))
      return p->setters[i].at;
  const nsa_kernel *k = &p->kernels[kernel.id];
  for (uint32_t i = 0; i < k->slots_count; i++)
    if (p->fields[k->slots[i].id].at.line > 0)
      return p->fields[k->slots[i].id].at;
  return (nsa_place){NSA_NONE, 0, 0};
}

nsa_place blame_parameter(const sim *s, nsa_field_id field) {
  const nsa_field *f = &s->program->fields[field.id];
  bool is_given = !nsa_field_is_none(f->given) && *(const uint8_t *)s->field_data[f->given.id] != 0;
  for (uint32_t i = 0; !is_given && i < s->program->setters_count; i++)
    if (nsa_field_is(s->program->setters[i].field, field))
      return s->program->setters[i].at;
  return f->at;
}
