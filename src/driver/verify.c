/* SPDX-License-Identifier: MIT */
/* verify.c - the verb: what is compared with what. */
#include "driver/verify.h"
#include <math.h>
#include <stdlib.h>

enum { ABOVE_TOLERANCE = 4 };

static int read_options(const arguments *args, verify_options *o) {
  o->args = args;
  o->tolerance = 1e-3;
  const char *word = args->values[ARGUMENT_tolerance];
  char *end = NULL;
  if (!word)
    return 0;
  o->tolerance = strtod(word, &end);
  o->is_tolerance_asked = true;
  if (end == word || *end || !(o->tolerance > 0 && o->tolerance < 1))
    return verify_fail("--tolerance wants a number between 0 and 1, such as 1e-3: a part of a variable's range");
  return 0;
}

/* ---- the model as written ---- */

static int compile_as_written(const verify_options *o, compilation *c, compile_options *options) {
  *options = verify_compile_options(o);
  return compile_telling(c, options, STAGE_OPTIMISE, "verify");
}

static void note_each_step(arena *a, const model *m, verify_result *r) {
  for (uint32_t k = 0; k < m->components.len; k++) {
    const model_component *c = &m->components.data[k];
    bool has_one = false, is_known = false;
    for (uint32_t i = 0; i < c->blocks.len; i++)
      has_one = has_one || c->blocks.data[i].kind == BLOCK_EACH_STEP;
    for (uint32_t i = 0; i < r->each_step.len; i++)
      is_known = is_known || !strcmp(r->each_step.data[i], c->name);
    if (has_one && !is_known)
      vec_push(a, &r->each_step, c->name);
  }
}

/* ---- comparisons ---- */

/* Whether a component of timescale `host` has an equation on timescale `slow`. */
static bool is_equation_of(const model *m, uint32_t host, uint32_t slow) {
  for (uint32_t k = 0; k < m->components.len; k++) {
    const model_component *c = &m->components.data[k];
    for (uint32_t i = 0; c->timescale == host && i < c->odes.len; i++)
      if (c->odes.data[i].timescale == slow)
        return true;
  }
  return false;
}

/* A quarter of this timescale's step must still fit the others: all steps stay multiples of the fastest one, and no
 * timescale that was faster or equal becomes slower, as inputs and slow equations follow other rules then. */
static bool can_be_refined_alone(const model *m, uint32_t timescale) {
  uint32_t ticks = m->timescales.data[timescale].ticks;
  for (uint32_t k = 0; k < m->timescales.len; k++) {
    uint32_t other = m->timescales.data[k].ticks;
    if (k == timescale || other > ticks)
      continue;
    if (ticks % 4 != 0 || ticks / 4 < other)
      return false;
    if (is_equation_of(m, k, timescale) && (ticks / 4 == other || ticks / 4 % other != 0))
      return false;
  }
  return true;
}

static bool has_components(const model *m, uint32_t timescale) {
  for (uint32_t k = 0; k < m->components.len; k++) {
    const model_component *c = &m->components.data[k];
    if (c->timescale == timescale)
      return true;
    for (uint32_t i = 0; i < c->odes.len; i++)
      if (c->odes.data[i].timescale == timescale)
        return true;
  }
  return false;
}

static void plan(arena *a, const model *m, verify_result *r) {
  r->comparisons = ARENA_ARRAY(a, verify_comparison, m->timescales.len + 1);
  bool is_joined = false;
  for (uint32_t k = 0; k < m->timescales.len; k++) {
    const model_timescale *t = &m->timescales.data[k];
    if (!has_components(m, k))
      continue;
    if (!can_be_refined_alone(m, k)) {
      is_joined = true;
      continue;
    }
    r->comparisons[r->comparison_count++] = (verify_comparison){.name = t->name, .timescale = t->name, .dt = t->dt};
  }
  if (is_joined)
    r->comparisons[r->comparison_count++] = (verify_comparison){.name = "all", .timescale = NULL, .dt = m->base_dt};
}

static int compare_one(arena *a, const verify_options *o, verify_result *r, verify_comparison *out) {
  verify_leg legs[VERIFY_LEGS];
  memset(legs, 0, sizeof legs);
  int code = 0;
  for (uint32_t k = 0; k < VERIFY_LEGS && !code; k++)
    code = verify_leg_open(o, out->timescale, 1u << k, &legs[k]);
  if (!code) {
    r->seed = nsa_session_seed(legs[0].session);
    code = verify_compare(a, o, legs, out);
    r->duration = (double)nsa_session_tick(legs[0].session) * legs[0].c.ir->program->base_dt;
  }
  for (uint32_t k = 0; k < VERIFY_LEGS; k++)
    verify_leg_close(&legs[k]);
  return code;
}

static bool is_above_tolerance(const verify_options *o, const verify_result *r) {
  bool is_above = false;
  for (uint32_t k = 0; k < r->comparison_count; k++)
    for (uint32_t i = 0; i < r->comparisons[k].quantity_count; i++)
      is_above = is_above || r->comparisons[k].quantities[i].error.error > o->tolerance;
  return is_above;
}

static int verify_model(arena *a, const verify_options *o, const compilation *c) {
  verify_result r = {.path = o->args->file,
                     .program = c->ir->program,
                     .draws = c->report.draws.data,
                     .draw_count = c->report.draws.len};
  note_each_step(a, c->model, &r);
  plan(a, c->model, &r);
  for (uint32_t k = 0; k < r.comparison_count; k++) {
    int code = compare_one(a, o, &r, &r.comparisons[k]);
    if (code)
      return code;
  }
  int code = verify_reference_run(a, o, r.comparisons, r.duration, &r.reference);
  if (code)
    return code;
  if (!o->args->values[ARGUMENT_json])
    verify_print(a, o, &r, stdout);
  else
    verify_print_json(o, &r, stdout);
  return o->is_tolerance_asked && is_above_tolerance(o, &r) ? ABOVE_TOLERANCE : 0;
}

/* Before a run starts threads. */
static int read_inputs(verify_options *o, const compilation *c) {
  char error[NSA_SESSION_ERROR];
  o->inputs = nsa_inputs_read(c->ir->program, error);
  return o->inputs ? 0 : verify_fail(error);
}

int verify_main(arena *a, const arguments *args, int starter) {
  verify_options o = {.starter = starter};
  compilation c = {0};
  compile_options options;
  int code = read_options(args, &o);
  if (!code)
    code = compile_as_written(&o, &c, &options);
  if (!code)
    code = read_inputs(&o, &c);
  if (!code)
    code = verify_model(a, &o, &c);
  nsa_inputs_free(o.inputs);
  if (c.arena)
    compile_free(&c);
  return code;
}
