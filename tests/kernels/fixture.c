/* SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "unit/cmocka_all.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

ir_program *fixture_program(arena *a, uint32_t rows, uint32_t columns) {
  ir_program *p = ir_program_new(a);
  p->program->timescales = ARENA_NEW(a, nsa_timescale);
  p->program->timescales[0] = (nsa_timescale){"fast", 0.1, 1};
  p->program->timescales_count = 1;
  p->program->populations = ARENA_NEW(a, nsa_population);
  p->program->populations[0] = (nsa_population){.name = "grid", .domain = FIXTURE_GRID, .rows = rows, .cols = columns};
  p->program->populations_count = 1;
  ir_domain_of_run(p);
  ir_domain_of_population(p, "grid", (nsa_population_id){0});
  return p;
}

nsa_field_id fixture_field(ir_program *p, uint32_t domain, nsa_type type, bool is_uniform, double value) {
  static const nsa_field_kind kinds[] = {NSA_FIELD_STATE, NSA_FIELD_FIRED, NSA_FIELD_PARTNER};
  return ir_field_add(p, (nsa_field){.name = arena_printf(p->arena, "f%u", p->fields.len),
                                     .domain = domain,
                                     .type = type,
                                     .is_uniform = is_uniform,
                                     .kind = kinds[type],
                                     .connection = NSA_NO_CONNECTION,
                                     .image = NSA_NO_IMAGE,
                                     .given = NSA_NO_FIELD,
                                     .value = value,
                                     .unit = ""});
}

ir_builder fixture_function(ir_program *p, nsa_role role, uint32_t domain) {
  const char *name = arena_printf(p->arena, "kernel %u", p->functions.len);
  ir_builder b = ir_builder_on(p, ir_function_add(p, name, role, domain, 0, NULL));
  b.at = SPAN_NONE;
  return b;
}

void fixture_finish(arena *a, ir_program *p) {
  ir_program_finish(p);
  const char *wrong = ir_validate(a, p);
  if (wrong != NULL)
    fail_msg("ir_validate: %s", wrong);
}

/* ---- memory ---- */

uint64_t fixture_entries(const ir_program *p, uint32_t domain) {
  const nsa_domain *d = &p->program->domains[domain];
  if (d->kind != NSA_DOMAIN_POPULATION)
    return 1;
  const nsa_population *population = &p->program->populations[d->population.id];
  return (uint64_t)population->rows * population->cols;
}

uint64_t fixture_padded(uint64_t entries) { return (entries + NSA_PAD - 1) / NSA_PAD * NSA_PAD; }

static uint64_t entries_of(const ir_program *p, uint32_t field) {
  const nsa_field *f = &p->program->fields[field];
  return f->is_uniform ? 1 : fixture_entries(p, f->domain);
}

static void *new_array(const nsa_field *f, uint64_t count) {
  void *array = NULL;
  size_t bytes = (size_t)(count * 8 + 63) / 64 * 64;
  assert_int_equal(posix_memalign(&array, 64, bytes), 0);
  memset(array, 0, bytes);
  for (uint64_t i = 0; i < count; i++) {
    if (f->type == NSA_F64)
      ((double *)array)[i] = f->value;
    else if (f->type == NSA_F32)
      ((float *)array)[i] = (float)f->value;
    else if (f->type == NSA_B1)
      ((uint8_t *)array)[i] = f->value != 0;
    else
      ((uint32_t *)array)[i] = (uint32_t)f->value;
  }
  return array;
}

fixture_memory fixture_memory_new(const ir_program *p) {
  fixture_memory m = {.program = p, .arrays = calloc(p->fields.len + 1, sizeof(void *))};
  assert_non_null(m.arrays);
  for (uint32_t i = 0; i < p->fields.len; i++)
    m.arrays[i] = new_array(&p->program->fields[i], fixture_padded(entries_of(p, i)));
  static const double first[8]; /* all elements are here */
  m.clock.first = first;
  m.clock.seed = 0x5eed;
  for (uint32_t t = 0; t < NSA_MAX_TIMESCALES; t++) {
    m.clock.tick[t] = 1000 + t;
    m.clock.time[t] = 0.1 * m.clock.tick[t];
  }
  return m;
}

void fixture_memory_free(fixture_memory *m) {
  for (uint32_t i = 0; i < m->program->fields.len; i++)
    free(m->arrays[i]);
  free(m->arrays);
}

double *fixture_f64(const fixture_memory *m, uint32_t field) { return m->arrays[field]; }
float *fixture_f32(const fixture_memory *m, uint32_t field) { return m->arrays[field]; }
uint8_t *fixture_b1(const fixture_memory *m, uint32_t field) { return m->arrays[field]; }
uint32_t *fixture_index(const fixture_memory *m, uint32_t field) { return m->arrays[field]; }

/* ---- machine code ---- */

build_target fixture_target(arena *a, uint32_t width) {
  build_target target;
  const char *error = NULL;
  if (!build_target_host(a, width, &target, &error))
    fail_msg("build_target_host: %s", error);
  return target;
}

build_objects fixture_objects(arena *a, const ir_program *p, uint32_t width) {
  build_target target = fixture_target(a, width);
  build_options options = {.use_cache = false};
  build_objects objects;
  const char *error = NULL;
  if (!build_compile(a, p, &target, &options, &objects, NULL, &error))
    fail_msg("build_compile: %s", error);
  return objects;
}

build_jit *fixture_jit(arena *a, const ir_program *p, uint32_t width) {
  build_objects objects = fixture_objects(a, p, width);
  const char *error = NULL;
  build_jit *jit = build_jit_new(a, &objects, &error);
  if (jit == NULL)
    fail_msg("build_jit_new: %s", error);
  return jit;
}

nsa_range_out fixture_call_entry(const nsa_kernel_entry *kernel, const fixture_memory *m, uint32_t number) {
  const nsa_kernel *k = &m->program->program->kernels[number];
  void **fields = calloc(k->slots_count + 1, sizeof *fields);
  assert_non_null(fields);
  for (uint32_t i = 0; i < k->slots_count; i++)
    fields[i] = m->arrays[k->slots[i].id];
  nsa_range_out out = {0, 0};
  uint64_t end = fixture_padded(fixture_entries(m->program, k->domain));
  for (uint64_t begin = 0; begin < end; begin += NSA_TILE) {
    uint64_t stop = begin + NSA_TILE < end ? begin + NSA_TILE : end;
    kernel->fn(kernel->self, fields, &m->clock, begin, stop, &out);
  }
  free(fields);
  return out;
}

nsa_range_out fixture_call(const build_jit *jit, const fixture_memory *m, uint32_t number) {
  uint32_t count;
  const nsa_kernel_fn *kernels = build_jit_kernels(jit, &count);
  assert_true(number < count);
  return fixture_call_entry(&(nsa_kernel_entry){kernels[number], NULL}, m, number);
}

/* ---- comparing ---- */

static bool is_same(double x, double y) { return (isnan(x) && isnan(y)) || memcmp(&x, &y, sizeof x) == 0; }

static double entry_of(const fixture_memory *m, uint32_t field, uint64_t i) {
  switch (m->program->program->fields[field].type) {
  case NSA_F64:
    return fixture_f64(m, field)[i];
  case NSA_F32:
    return (double)fixture_f32(m, field)[i];
  case NSA_B1:
    return fixture_b1(m, field)[i];
  default:
    return fixture_index(m, field)[i];
  }
}

const char *fixture_difference(arena *a, const fixture_memory *x, const fixture_memory *y) {
  const ir_program *p = x->program;
  for (uint32_t f = 0; f < p->fields.len; f++) {
    for (uint64_t i = 0; i < entries_of(p, f); i++) {
      double u = entry_of(x, f, i), v = entry_of(y, f, i);
      if (!is_same(u, v))
        return arena_printf(a, "field %u, entry %llu: %a and %a", f, (unsigned long long)i, u, v);
    }
  }
  return NULL;
}
