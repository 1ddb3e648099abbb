/* SPDX-License-Identifier: MIT */
/* verify_reference.c - the equations of one element, by their solvers and by CVODE.
 *
 * The model is lowered to its equations alone. The interpreter runs both kernels, the step and the rates, on the fields
 * of a session that never steps: the states of element 0 are put there before each call, and the trajectories are kept
 * here. */
#include "driver/verify.h"
#include "driver/verify_cvode.h"
#include "nsa_text.h"
#include <math.h>

enum { MOST_TICKS = 10000 };

typedef struct {
  const nsa_program *program;
  const nsa_kernel_entry *entries;
  const nsa_session *session;
  const lower_rates *rates;
  uint32_t n;
  double dt;                        /* of the population's step, ms */
  double *step, *exact;             /* both trajectories now */
  double *low, *high, *most, *when; /* per state: range of the exact one; largest difference, and its time */
} element;

/* ---- kernels on element 0 ---- */

static double *field_of(const element *e, nsa_field_id field) {
  uint64_t count;
  return nsa_session_field(e->session, field, &count);
}

static nsa_clock clock_at(const element *e, double t) {
  nsa_clock clock = {.seed = nsa_session_seed(e->session), .first = nsa_session_firsts(e->session)};
  for (uint32_t k = 0; k < e->program->timescales_count; k++) {
    clock.tick[k] = floor(t / e->program->timescales[k].dt * (1 + 1e-12) + 1e-9);
    clock.time[k] = t;
  }
  return clock;
}

static void call(const element *e, nsa_kernel_id kernel, const double *x, const nsa_clock *clock) {
  nsa_range_out out = {0, 0};
  for (uint32_t k = 0; k < e->n; k++)
    field_of(e, e->rates->equations.data[k].state)[0] = x[k];
  const nsa_kernel_entry *entry = &e->entries[kernel.id];
  entry->fn(entry->self, nsa_session_kernel_fields(e->session, kernel), clock, 0, NSA_PAD, &out);
}

static void compute_rates(void *context, double t, const double *x, double *rates) {
  const element *e = context;
  nsa_clock clock = clock_at(e, t);
  call(e, e->rates->kernel, x, &clock);
  for (uint32_t k = 0; k < e->n; k++)
    rates[k] = field_of(e, e->rates->equations.data[k].rate)[0];
}

/* Tick number `tick` of the population, from its beginning. */
static void take_step(element *e, uint64_t tick) {
  nsa_clock clock = clock_at(e, (double)tick * e->dt);
  call(e, e->program->populations[e->rates->population].step, e->step, &clock);
  for (uint32_t k = 0; k < e->n; k++)
    e->step[k] = field_of(e, e->rates->equations.data[k].state)[0];
}

/* ---- one population ---- */

static void start(arena *a, element *e) {
  double **arrays[] = {&e->step, &e->exact, &e->low, &e->high, &e->most, &e->when};
  for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
    *arrays[k] = ARENA_ARRAY(a, double, e->n);
  for (uint32_t k = 0; k < e->n; k++)
    e->step[k] = e->exact[k] = e->low[k] = e->high[k] = field_of(e, e->rates->equations.data[k].state)[0];
}

/* States of slower equations are of now only at their ticks. */
static bool is_due(const element *e, uint32_t k, uint64_t ticks_done) {
  double ratio = e->program->timescales[e->rates->equations.data[k].timescale].dt / e->dt;
  return ratio < 1.5 || fmod((double)ticks_done, floor(ratio + 0.5)) == 0;
}

static void compare(element *e, uint64_t ticks_done) {
  for (uint32_t k = 0; k < e->n; k++) {
    e->low[k] = fmin(e->low[k], e->exact[k]);
    e->high[k] = fmax(e->high[k], e->exact[k]);
    double d = fabs(e->step[k] - e->exact[k]);
    if (!is_due(e, k, ticks_done) || !(d > e->most[k] || isnan(d)))
      continue;
    e->most[k] = d;
    e->when[k] = (double)ticks_done * e->dt;
  }
}

static void add_rows(arena *a, const element *e, verify_reference *out) {
  for (uint32_t k = 0; k < e->n; k++) {
    double range = e->high[k] - e->low[k], size = fmax(fabs(e->low[k]), fabs(e->high[k]));
    verify_reference_row row = {
        .name = arena_printf(a, "%s", e->program->fields[e->rates->equations.data[k].state.id].name),
        .error = e->most[k] / (range > 1e-9 * size ? range : fmax(size, 1e-300)),
        .time = e->when[k]};
    vec_push(a, &out->rows, row);
  }
}

static void run_element(arena *a, element *e, verify_reference *out) {
  start(a, e);
  const char *population = e->program->populations[e->rates->population].name, *why = "it cannot be set up";
  verify_cvode *v = verify_cvode_new(e->n, e->exact, compute_rates, e);
  uint64_t ticks = (uint64_t)fmin(MOST_TICKS, floor(out->duration / e->dt + 1e-6)), k = 0;
  if (v)
    why = NULL;
  for (; k < ticks && !why; k++) {
    take_step(e, k);
    why = verify_cvode_go(v, (double)(k + 1) * e->dt, e->exact);
    if (!why)
      compare(e, k + 1);
  }
  verify_cvode_free(v);
  if (why)
    vec_push(a, &out->failures,
             arena_printf(a, "%s: CVODE gave up at %.6g ms: %s", population, (double)k * e->dt, why));
  else
    add_rows(a, e, out);
}

/* ---- the model ---- */

static void hold_drives(const element *e, const verify_comparison *first) {
  for (nsa_field_id k = {0}; k.id < e->program->fields_count; k.id++)
    for (uint32_t i = 0; i < first->drives.len; i++) {
      const verify_drive *d = &first->drives.data[i];
      if (e->program->fields[k.id].kind == NSA_FIELD_EXTERNAL && !strcmp(d->name, e->program->fields[k.id].name) &&
          d->count)
        field_of(e, k)[0] = d->sum / (double)d->count;
    }
}

static int run_model(arena *a, const verify_options *o, compilation *c, const verify_comparison *first,
                     verify_reference *out) {
  char error[NSA_SESSION_ERROR];
  element e = {.program = c->ir->program, .entries = c->entries};
  nsa_session *session =
      nsa_session_open(e.program, o->inputs, e.entries, (int)o->args->run.len, o->args->run.data, o->starter, 1, error);
  if (!session) {
    nsa_complain("nsa verify", "%s", error);
    return 2;
  }
  e.session = session;
  hold_drives(&e, first);
  for (uint32_t k = 0; k < c->report.rates.len; k++) {
    e.rates = &c->report.rates.data[k];
    e.n = e.rates->equations.len;
    e.dt = e.program->timescales[e.program->populations[e.rates->population].timescale].dt;
    if (e.n)
      run_element(a, &e, out);
  }
  nsa_session_close(session);
  return 0;
}

int verify_reference_run(arena *a, const verify_options *o, const verify_comparison *first, double duration,
                         verify_reference *out) {
  *out = (verify_reference){.duration = duration, .unavailable = verify_cvode_missing()};
  if (out->unavailable)
    return 0;
  compile_options options = verify_compile_options(o);
  options.interpret = options.in_double = options.equations_only = true;
  compilation c;
  compile_start(&c, &options);
  int code = compile_to(&c, STAGE_LINK);
  if (!code)
    code = run_model(a, o, &c, first, out);
  compile_free(&c);
  return code;
}
