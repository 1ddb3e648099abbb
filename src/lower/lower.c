/* SPDX-License-Identifier: MIT */
/* lower.c - the stage from end to end. */
#include "lower/link/link.h"
#include "lower/population/population.h"
#include "lower/tables/tables.h"
#include "support/file.h"
#include <math.h>

static void add_populations(lowering *l) {
  const model *m = l->m;
  vec_reserve(l->arena, &l->population_list, m->populations.len);
  for (uint32_t k = 0; k < m->populations.len; k++) {
    const model_population *pop = &m->populations.data[k];
    nsa_population out = {.name = pop->name,
                          .component = component_of_population(l->ctx, k)->name,
                          .rows = pop->rows,
                          .cols = pop->cols,
                          .is_grid = pop->is_grid,
                          .spacing = pop->spacing,
                          .at_x = pop->at_x,
                          .at_y = pop->at_y,
                          .timescale = component_of_population(l->ctx, k)->timescale};
    vec_push(l->arena, &l->population_list, out);
    lower_population_fields(l, k);
    l->population_list.data[k].domain = l->populations[k].domain;
  }
}

static void fill_population(lowering *l, uint32_t k) {
  nsa_population *out = &l->population_list.data[k];
  const model_component *c = component_of_population(l->ctx, k);
  const population_fields *f = &l->populations[k];
  out->events = ARENA_ARRAY(l->arena, nsa_event, c->events.len + l->m->signals.len);
  out->events_count = c->events.len;
  for (uint32_t i = 0; i < c->events.len; i++)
    out->events[i] = (nsa_event){.name = c->events.data[i].name,
                                 .flag = f->fired[i],
                                 .is_spike = c->events.data[i].is_spike,
                                 .repeated = f->repeated[i],
                                 .stuck = f->stuck[i],
                                 .signal = NSA_NO_SIGNAL};
  for (uint32_t i = 0; i < l->m->signals.len; i++)
    if (!nsa_field_is_none(f->sent[i]))
      out->events[out->events_count++] = (nsa_event){.name = l->m->signals.data[i].name,
                                                     .flag = f->sent[i],
                                                     .signal = {i},
                                                     .repeated = NSA_NO_FIELD,
                                                     .stuck = NSA_NO_FIELD};
  out->states = f->state;
  out->states_count = c->states.len;
}

static void add_connections(lowering *l) {
  vec_reserve(l->arena, &l->connection_list, l->m->connections.len);
  for (uint32_t k = 0; k < l->m->connections.len; k++) {
    vec_push(l->arena, &l->connection_list, (nsa_connection){0});
    lower_connection_fields(l, k);
    lower_arrival_fields(l, k);
    lower_contributions(l, k);
  }
  lower_input_fields(l);
  lower_link_values(l);
}

/* In the order in which a run needs them. */
static void add_functions(lowering *l) {
  for (uint32_t k = 0; k < l->m->populations.len; k++) {
    lower_population_init(l, k);
    lower_step(l, k);
    lower_settle(l, k);
    lower_hear(l, k);
    lower_window(l, k);
    lower_sources(l, k);
    lower_collects(l, k);
    lower_stages(l, k);
    if (l->options->equations_only)
      lower_rates_of(l, k);
    fill_population(l, k);
  }
  for (uint32_t k = 0; k < l->m->connections.len; k++) {
    lower_connection_init(l, k);
    lower_link_step(l, k);
  }
  lower_arrivals(l);
  for (uint32_t k = 0; k < l->weight_init_list.len; k++) {
    vec_push(l->arena, &l->init_list, l->weight_init_list.data[k]);
    lower_run_at_edges(l, l->weight_init_list.data[k]);
  }
  for (uint32_t k = 0; k < l->m->connections.len; k++)
    lower_connection_table(l, k);
}

static void add_coupling_bounds(lowering *l) {
  for (uint32_t k = 0; k < l->plan->coupling.len; k++) {
    const coupling_bound *b = &l->plan->coupling.data[k];
    nsa_coupling_bound out = {.connection = {b->strongest},
                              .rate = b->rate,
                              .limit = b->limit,
                              .timescale = b->timescale,
                              .connections = b->connections.data,
                              .connections_count = b->connections.len,
                              .degrees = b->degrees.data,
                              .degrees_count = b->degrees.len};
    if (isfinite(b->limit))
      vec_push(l->arena, &l->bound_list, out);
  }
}

static void add_timescales(lowering *l) {
  nsa_program *p = l->program;
  p->timescales = ARENA_ARRAY(l->arena, nsa_timescale, l->m->timescales.len);
  p->timescales_count = l->m->timescales.len;
  for (uint32_t k = 0; k < p->timescales_count; k++) {
    const model_timescale *t = &l->m->timescales.data[k];
    p->timescales[k] = (nsa_timescale){t->name, t->dt, t->ticks};
  }
}

static void add_files(lowering *l) {
  nsa_program *p = l->program;
  p->files_count = diag_file_count(l->sink);
  p->files = ARENA_ARRAY(l->arena, nsa_source_file, p->files_count);
  hash128 h = hash_start();
  for (uint32_t k = 0; k < p->files_count; k++) {
    size_t len;
    p->files[k].path = diag_file_path(l->sink, k);
    p->files[k].text = diag_file_text(l->sink, k, &len);
    h = hash_bytes(h, p->files[k].text, len);
  }
  p->source_hash_lo = h.lo;
  p->source_hash_hi = h.hi;
}

/* In functions that run at steps. A float has too few digits for powers. */
static void merge_exponentials(lowering *l) {
  for (uint32_t i = 0; i < l->p->functions.len; i++) {
    ir_function *f = l->p->functions.data[i];
    if (f->role == NSA_ROLE_STEP && !lower_is_narrowed(l, f))
      ir_merge_exponentials(l->p, f);
  }
}

#define MOVE_LIST(member, list) (p->member = l->list.data, p->member##_count = l->list.len)

static void finish_program(lowering *l) {
  nsa_program *p = l->program;
  p->version = NSA_PROGRAM_VERSION;
  p->name = l->m->name;
  p->folders_count = l->options->inputs.count;
  p->folders = ARENA_ARRAY(l->arena, nsa_input_folder, p->folders_count);
  for (uint32_t k = 0; k < p->folders_count; k++)
    p->folders[k] = l->options->inputs.list[k];
  add_files(l);
  lower_finish_stages(l);
  MOVE_LIST(populations, population_list);
  MOVE_LIST(connections, connection_list);
  MOVE_LIST(init, init_list);
  MOVE_LIST(sources, source_list);
  MOVE_LIST(starts, start_list);
  MOVE_LIST(sums, sum_list);
  MOVE_LIST(pasts, past_list);
  MOVE_LIST(collects, collect_list);
  MOVE_LIST(arrivals, arrival_list);
  MOVE_LIST(link_steps, link_step_list);
  MOVE_LIST(stimuli, stimulus_list);
  MOVE_LIST(phase_blocks, phase_block_list);
  MOVE_LIST(edge_links, edge_link_list);
  MOVE_LIST(edge_params, edge_param_list);
  MOVE_LIST(probes, probe_list);
  MOVE_LIST(records, record_list);
  MOVE_LIST(measure_nodes, node_list);
  MOVE_LIST(settables, settable_list);
  MOVE_LIST(coupling_bounds, bound_list);
  MOVE_LIST(setters, setter_list);
  merge_exponentials(l);
  ir_contract(l->p);
  lower_precision(l);
  lower_watched_probabilities(l);
  p->kernels_hash = ir_hash(l->p);
  ir_program_finish(l->p);
}

ir_program *lower_model(const lower_plan *plan) {
  const lower_context *ctx = plan->ctx;
  arena *a = ctx->arena;
  const model *m = ctx->m;
  lowering l = {
      .ctx = ctx, .plan = plan, .arena = a, .m = m, .sink = ctx->sink, .options = ctx->options, .report = ctx->report};
  l.when = NSA_NO_FIELD;
  l.p = ir_program_new(a);
  l.program = l.p->program;
  l.populations = ARENA_ARRAY(a, population_fields, m->populations.len);
  l.connections = ARENA_ARRAY(a, connection_fields, m->connections.len);
  l.terms = ARENA_ARRAY(a, term_fields, plan->term_count);
  l.sources = ARENA_ARRAY(a, source_fields, plan->source_count);
  ir_domain_of_run(l.p);
  add_timescales(&l);
  lower_signal_fields(&l);
  lower_channels(&l);
  lower_stage_sets(&l);
  add_populations(&l);
  add_connections(&l);
  add_coupling_bounds(&l);
  add_functions(&l);
  lower_drives(&l);
  lower_phase_blocks(&l);
  lower_decisions(&l);
  lower_observations(&l);
  lower_signals(&l);
  finish_program(&l);
  return l.p;
}
