/* SPDX-License-Identifier: MIT */
#include "nsa_session.h"
#include "run/make.h"
#include "run/memory_limit.h"
#include "tick/step.h"

#include "checkpoint/snapshot.h"
#include "nsa_interrupts.h"
#include "observe/edges.h"
#include "observe/measure.h"
#include "run/options.h"
#include "run/report.h"
#include "state/probe.h"
#include "state/sim.h"
#include "worlds/worlds.h"

#include <stdlib.h>

struct nsa_session {
  nsa_program program; /* the caller's, with the length of --for */
  run_options options;
  sim *sim;
  measurer *measurer;
  probe_view looked;
};

static bool start(nsa_session *session, const nsa_inputs *inputs, const nsa_kernel_entry *kernels,
                  char error[NSA_SESSION_ERROR]) {
  const run_options *o = &session->options;
  session->program.ticks = o->ticks;
  if (!memory_limit_check(&session->program, o, error))
    return false;
  session->sim = sim_new(&session->program, kernels, o->seed, o->threads, error);
  if (!session->sim || !options_apply(o, o->variant, session->sim, error))
    return false;
  session->sim->inputs = inputs;
  if (!sim_connect(session->sim, error) || !sim_init(session->sim, error))
    return false;
  session->measurer = measurer_new(session->sim, error);
  if (!session->measurer)
    return false;
  sim_observer observer = measurer_observer(session->measurer);
  sim_observe(session->sim, observer);
  observer.after_tick(observer.self, session->sim); /* t = 0 */
  return true;
}

nsa_session *nsa_session_open(const nsa_program *program, const nsa_inputs *inputs, const nsa_kernel_entry *kernels,
                              int argc, char *const *argv, int starter, uint32_t at_once,
                              char error[NSA_SESSION_ERROR]) {
  nsa_session *session = calloc(1, sizeof *session);
  if (!session) {
    snprintf(error, NSA_SESSION_ERROR, "out of memory");
    return NULL;
  }
  session->program = *program;
  bool is_good = options_parse(program, argc, argv, &session->options, error, NSA_SESSION_ERROR);
  session->options.starter = starter;
  session->options.at_once = at_once;
  if (is_good && start(session, inputs, kernels, error))
    return session;
  nsa_session_close(session);
  return NULL;
}

void nsa_session_close(nsa_session *session) {
  if (!session)
    return;
  measurer_free(session->measurer);
  sim_free(session->sim);
  options_free(&session->options);
  free(session);
}

uint64_t nsa_session_ticks(const nsa_session *session) { return session->program.ticks; }
uint64_t nsa_session_tick(const nsa_session *session) { return session->sim->tick; }
uint64_t nsa_session_seed(const nsa_session *session) { return session->options.seed; }
const double *nsa_session_firsts(const nsa_session *session) { return session->sim->first; }
bool nsa_session_step(nsa_session *session) { return sim_step(session->sim); }

bool nsa_session_fuse(nsa_session *session, char error[NSA_SESSION_ERROR]) { return step_fuse(session->sim, error); }

bool nsa_session_is_over(const nsa_session *session) {
  return session->sim->is_over || session->sim->tick >= session->program.ticks;
}

nsa_session_end nsa_session_run(nsa_session *session) { return nsa_session_run_to(session, UINT64_MAX); }

nsa_session_end nsa_session_run_to(nsa_session *session, uint64_t tick) {
  session->sim->pause = tick;
  while (!nsa_session_is_over(session) && session->sim->tick < tick) {
    if (!sim_step(session->sim) && !nsa_interrupts_caught())
      return NSA_SESSION_FAILED;
    if (nsa_interrupts_caught())
      return NSA_SESSION_INTERRUPTED;
  }
  return NSA_SESSION_DONE;
}

nsa_session_state *nsa_session_keep(nsa_session *session) {
  char error[SIM_ERROR_SIZE];
  bool is_possible =
      memory_limit_allows_state(&session->program, &session->options) && worlds_can_be_kept(session->sim, error);
  return is_possible ? snapshot_take(session->sim) : NULL;
}

bool nsa_session_go_on(nsa_session *session, const nsa_session_state *state, char error[NSA_SESSION_ERROR]) {
  return snapshot_restore(state, session->sim, error);
}

void nsa_session_state_free(nsa_session_state *state) { snapshot_free(state); }

void nsa_session_failure(const nsa_session *session, FILE *to) { report_failure(to, session->sim); }

const uint32_t *nsa_session_fired(const nsa_session *session, nsa_population_id population, nsa_event_id event,
                                  uint32_t *count) {
  const sim_fired *fired = &session->sim->populations[population.id].events[event.id];
  *count = fired->count;
  return fired->elements;
}

void *nsa_session_field(const nsa_session *session, nsa_field_id field, uint64_t *count) {
  *count = session->sim->field_count[field.id];
  return session->sim->field_data[field.id];
}

void nsa_session_read(const nsa_session *session, nsa_field_id field, uint64_t at, uint64_t n, double *values) {
  const nsa_field *f = &session->program.fields[field.id];
  probe_view view = {.data = session->sim->field_data[field.id],
                     .type = (nsa_type)f->type,
                     .is_uniform = f->is_uniform != 0,
                     .count = session->sim->field_count[field.id]};
  probe_copy(&view, at, n, values);
}

void *const *nsa_session_kernel_fields(const nsa_session *session, nsa_kernel_id kernel) {
  return session->sim->kernel_fields[kernel.id];
}

bool nsa_session_edges(const nsa_session *session, const char *folder, char error[NSA_SESSION_ERROR]) {
  return edges_write(session->sim, folder, error);
}

uint64_t nsa_session_look(nsa_session *session, uint32_t probe) {
  const nsa_probe *p = &session->program.probes[probe];
  session->looked = probe_look(session->sim, p);
  return p->reduce == NSA_REDUCE_NONE ? session->looked.count : 1;
}

void nsa_session_looked(const nsa_session *session, uint32_t probe, uint64_t at, uint64_t n, double *values) {
  nsa_reduce_kind reduce = (nsa_reduce_kind)session->program.probes[probe].reduce;
  if (reduce == NSA_REDUCE_NONE)
    probe_copy(&session->looked, at, n, values);
  else
    values[0] = probe_reduce(&session->looked, reduce);
}

bool nsa_session_measures(nsa_session *session, double *values) {
  return measurer_finish(session->measurer, session->sim, values);
}
