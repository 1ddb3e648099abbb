/* SPDX-License-Identifier: MIT */
/* fixture.h - programs without a model around them, memory for their fields, and running their kernels. */
#ifndef NSA_TESTS_KERNELS_FIXTURE_H
#define NSA_TESTS_KERNELS_FIXTURE_H

#include "build/build.h"
#include "ir/build.h"
#include "nsa_rt.h"

/* Domains of every fixture: 0 is RUN, 1 is population 0, a grid of rows x columns. */
enum { FIXTURE_RUN, FIXTURE_GRID };

ir_program *fixture_program(arena *a, uint32_t rows, uint32_t columns);
nsa_field_id fixture_field(ir_program *p, uint32_t domain, nsa_type type, bool is_uniform, double value);
ir_builder fixture_function(ir_program *p, nsa_role role, uint32_t domain);
/* ir_program_finish and ir_validate; fails the test when the program is wrong. */
void fixture_finish(arena *a, ir_program *p);

/* Arrays of all fields, aligned and padded as the ABI says, filled with their fields' values. */
typedef struct {
  const ir_program *program;
  void **arrays; /* by field */
  nsa_clock clock;
} fixture_memory;

fixture_memory fixture_memory_new(const ir_program *p);
void fixture_memory_free(fixture_memory *m);
uint64_t fixture_entries(const ir_program *p, uint32_t domain);
uint64_t fixture_padded(uint64_t entries);
double *fixture_f64(const fixture_memory *m, uint32_t field);
float *fixture_f32(const fixture_memory *m, uint32_t field);
uint8_t *fixture_b1(const fixture_memory *m, uint32_t field);
uint32_t *fixture_index(const fixture_memory *m, uint32_t field);

/* Machine code of a program. Fails the test when it cannot be made. */
build_target fixture_target(arena *a, uint32_t width);
build_objects fixture_objects(arena *a, const ir_program *p, uint32_t width);
build_jit *fixture_jit(arena *a, const ir_program *p, uint32_t width);

/* Calls kernel `number` over all entries of its domain, tile by tile (NSA_TILE) as the runtime does. */
nsa_range_out fixture_call(const build_jit *jit, const fixture_memory *m, uint32_t number);
nsa_range_out fixture_call_entry(const nsa_kernel_entry *kernel, const fixture_memory *m, uint32_t number);

/* The first entry in which two memories differ (NaNs are all alike), as text; NULL when they agree. */
const char *fixture_difference(arena *a, const fixture_memory *x, const fixture_memory *y);

#endif
