/* SPDX-License-Identifier: MIT */
/* experiment.c - stimuli, recordings and measures. Times become whole ticks here; the model has
 * warned where that moves them. */
#include "lower/tables/tables.h"
#include "nsa_ticks.h"
#include "support/file.h"
#include <math.h>

/* ---- stimuli ---- */

static void lower_event_drives(lowering *l) {
  nsa_program *p = l->program;
  p->event_drives = ARENA_ARRAY(l->arena, nsa_event_drive, l->m->event_drives.len);
  p->event_drives_count = l->m->event_drives.len;
  for (uint32_t k = 0; k < p->event_drives_count; k++) {
    const model_event_drive *e = &l->m->event_drives.data[k];
    p->event_drives[k] = (nsa_event_drive){.population = {e->population},
                                           .event = {e->event},
                                           .field = l->populations[e->population].driven[e->event],
                                           .repeated = l->populations[e->population].repeated[e->event],
                                           .path = e->path ? e->path : "",
                                           .source = e->source ? e->source : "",
                                           .times = e->times.data,
                                           .times_count = e->times.len,
                                           .first = e->first,
                                           .last = e->last};
  }
}

static nsa_field_id own_pixel_field(lowering *l, uint32_t population, uint32_t stimulus) {
  const char *name = arena_printf(l->arena, "%s.presented%u", l->m->populations.data[population].name, stimulus);
  return lower_add_field(l, name, l->populations[population].domain, NSA_F64, NSA_FIELD_PIXEL, 0, NULL, SPAN_NONE);
}

static nsa_kernel_id stimulus_function(lowering *l, uint32_t k, nsa_field_id pixel) {
  const model_stimulus *st = &l->m->stimuli.data[k];
  const population_fields *f = &l->populations[st->population];
  nsa_kernel_id number;
  const model_component *c = component_of_population(l->ctx, st->population);
  const char *name =
      lower_kernel_name(l, l->m->populations.data[st->population].name, c->inputs.data[st->input].name, "stimulus");
  ir_function *fn = ir_function_add(l->p, name, NSA_ROLE_STIMULUS, f->domain, c->timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  b.at = st->at;
  scope s = scope_of_population(l, &b, st->population);
  if (st->key)
    s.key_prefix = st->key;
  lower_at_fast_steps(&s);
  s.side[SIDE_SELF]->timescale = s.timescale;
  ir_value x = lower_expr(&s, st->value);
  if (!nsa_field_is_none(pixel))
    x = ir_binary(&b, IR_OP_mul, x, ir_load(&b, pixel));
  x = ir_binary(&b, IR_OP_add, ir_load(&b, f->external[st->input]), x);
  lower_check(&b, x);
  ir_store(&b, f->external[st->input], x);
  return number;
}

static void lower_stimulus(lowering *l, uint32_t k) {
  const model_stimulus *st = &l->m->stimuli.data[k];
  const stimulus_plan *plan = &l->plan->experiment.stimuli[k];
  nsa_stimulus out = {.population = {st->population},
                      .external = l->populations[st->population].external[st->input],
                      .image = NSA_NO_IMAGE,
                      .pixel = NSA_NO_FIELD,
                      .phase = st->phase,
                      .during = st->during};
  if (st->is_present) {
    out.image = (nsa_image_id){st->image};
    out.pixel = plan->pixels == k ? own_pixel_field(l, st->population, k) : l->stimulus_list.data[plan->pixels].pixel;
    if (st->flip && !l->options->draws_at_mean)
      out.flip = lower_evaluate(l->ctx, false, st->population, st->flip).value;
    if (st->flip && l->options->draws_at_mean)
      lower_note_draw(l, "%s/flip", l->m->populations.data[st->population].name);
  }
  out.key = hash_name64(st->key ? st->key : "stimulus");
  out.start = lower_whole_ticks(l->ctx, st->start);
  out.stop = lower_whole_ticks(l->ctx, st->stop);
  out.every = lower_whole_ticks(l->ctx, st->every);
  out.is_varying = plan->is_varying;
  out.reads_channels = plan->reads_channels;
  out.kernel = plan->kernel == k ? stimulus_function(l, k, out.pixel) : l->stimulus_list.data[plan->kernel].kernel;
  vec_push(l->arena, &l->stimulus_list, out);
}

/* ---- probes ---- */

static nsa_field_id stored_field(const lowering *l, const probe_plan *plan) {
  const model_probe *p = plan->probe;
  if (plan->channel != NSA_NONE)
    return l->channels[plan->channel];
  const nsa_field_id *state = p->is_connection ? l->connections[p->owner].state : l->populations[p->owner].state,
                     *param = p->is_connection ? l->connections[p->owner].param : l->populations[p->owner].param;
  return p->value->ref.kind == REF_STATE ? state[p->value->ref.item] : param[p->value->ref.item];
}

static nsa_kernel_id probe_function(lowering *l, const probe_plan *plan, uint32_t domain, nsa_field_id *field) {
  const model_probe *p = plan->probe;
  nsa_kernel_id number;
  uint32_t id = l->probe_list.len;
  *field = lower_add_field(l, arena_printf(l->arena, "probe%u", id), domain, NSA_F64, NSA_FIELD_SCRATCH, 0, &p->unit,
                           p->value->at);
  ir_function *fn = ir_function_add(l->p, lower_kernel_name(l, plan->name, NULL, "probe"), NSA_ROLE_PROBE, domain,
                                    component_of(l->ctx, p->is_connection, p->owner)->timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = p->is_connection ? scope_of_links(l, &b, p->owner) : scope_of_population(l, &b, p->owner);
  if (plan->act != NSA_NONE)
    s.counts = lower_counts_of(l, plan->act);
  block_state now;
  if (p->is_connection)
    lower_load_links(&s, &now, lower_tick_of_links(l, &b, p->owner));
  ir_value x = lower_expr(&s, p->value);
  if (p->value->is_bool)
    x = ir_select(&b, x, ir_number(&b, 1), ir_number(&b, 0));
  lower_check(&b, x);
  ir_store(&b, *field, x);
  return number;
}

static void lower_probe(lowering *l, const probe_plan *plan) {
  const model_probe *p = plan->probe;
  uint32_t domain = plan->channel != NSA_NONE ? l->p->fields.data[l->channels[plan->channel].id].domain
                    : p->is_connection        ? l->connections[p->owner].domain
                                              : l->populations[p->owner].domain;
  bool is_size = plan->kind == PROBE_SIZE; /* only a run knows how many links a connection has */
  nsa_probe out = {.domain = domain,
                   .event = NSA_NO_EVENT,
                   .field = NSA_NO_FIELD,
                   .kernel = NSA_NO_KERNEL,
                   .first = is_size ? 0 : p->first,
                   .last = is_size ? UINT32_MAX : p->last,
                   .reduce = is_size ? 0 : (uint32_t)p->reduce,
                   .unit = is_size ? "" : dim_shown(l->arena, p->unit)};
  if (plan->kind == PROBE_EVENTS)
    out.event = (nsa_event_id){p->event};
  if (plan->kind == PROBE_STORED)
    out.field = stored_field(l, plan);
  if (plan->kind == PROBE_COMPUTED)
    out.kernel = probe_function(l, plan, domain, &out.field);
  vec_push(l->arena, &l->probe_list, out);
}

static void lower_record(lowering *l, uint32_t number) {
  const model_record *r = &l->m->records.data[number];
  uint32_t own = l->plan->experiment.probes.data[number].every;
  nsa_record out = {.name = r->name,
                    .at = lower_place(l, r->at),
                    .phase = r->phase,
                    .every = r->every > 0 ? (uint32_t)lower_whole_ticks(l->ctx, r->every) : own,
                    .probe = number};
  if (!out.every)
    out.every = 1;
  vec_push(l->arena, &l->record_list, out);
}

/* ---- measures ---- */

/* The program has one number a node. */
static double number_of(const model_measure_node *n) {
  if (n->kind == NSA_MEASURE_TIME_ABOVE || n->kind == NSA_MEASURE_PERSISTENCE)
    return n->threshold;
  return n->kind == NSA_MEASURE_RECOGNITION || n->kind == NSA_MEASURE_FANO ? n->window : n->number;
}

static void lower_measure_node(lowering *l, const measure_plan *plan) {
  const model_measure_node *n = plan->node;
  nsa_measure_node out = {.kind = n->kind,
                          .environment = n->environment,
                          .figure = n->figure,
                          .per = n->per,
                          .number = number_of(n),
                          .probe = plan->probe,
                          .phase = n->phase,
                          .among = n->among,
                          .a = plan->args[0],
                          .b = plan->args[1],
                          .c = plan->args[2],
                          .other = plan->other,
                          .every = plan->every};
  vec_push(l->arena, &l->node_list, out);
}

static void lower_measures(lowering *l) {
  const experiment_plan *plan = &l->plan->experiment;
  nsa_measure *list = ARENA_ARRAY(l->arena, nsa_measure, l->m->measures.len);
  nsa_measure *series = ARENA_ARRAY(l->arena, nsa_measure, l->m->measures.len);
  uint32_t count = 0, series_count = 0;
  for (uint32_t k = 0; k < plan->nodes.len; k++)
    lower_measure_node(l, &plan->nodes.data[k]);
  for (uint32_t k = 0; k < l->m->measures.len; k++) {
    const model_measure *mm = &l->m->measures.data[k];
    nsa_measure out = {.name = mm->name,
                       .unit = dim_shown(l->arena, mm->value->unit),
                       .has_unit = mm->value->unit.shown != NULL,
                       .node = plan->measures[k],
                       .at = lower_place(l, mm->at)};
    if (mm->is_whole)
      series[series_count++] = out;
    else
      list[count++] = out;
  }
  l->program->measures = list;
  l->program->measures_count = count;
  l->program->measure_series = series;
  l->program->measure_series_count = series_count;
  l->program->until = plan->until;
}

/* ---- variants, patterns, phases ---- */

static uint32_t settable_of(const lowering *l, nsa_field_id field) {
  for (uint32_t k = 0; k < l->settable_list.len; k++)
    if (nsa_field_is(l->settable_list.data[k].field, field))
      return k;
  return NSA_NONE;
}

static nsa_setting setting_of(const lowering *l, const model_set *set) {
  const connection_fields *c = set->is_connection ? &l->connections[set->owner] : NULL;
  const population_fields *p = c != NULL ? NULL : &l->populations[set->owner];
  const nsa_field_id *fields = set->kind == REF_PARAM ? (c != NULL ? c->param : p->param)
                               : c != NULL            ? c->state
                                                      : p->state;
  double value = lower_evaluate(l->ctx, set->is_connection, set->owner, set->value).value;
  return (nsa_setting){settable_of(l, fields[set->item]), value};
}

static nsa_global_setting *globals_of(const lowering *l, const model_variant *v) {
  nsa_global_setting *list = ARENA_ARRAY(l->arena, nsa_global_setting, v->globals.len);
  for (uint32_t i = 0; i < v->globals.len; i++)
    list[i] = (nsa_global_setting){v->globals.data[i].global, v->globals.data[i].value};
  return list;
}

static void lower_globals(lowering *l) {
  nsa_global *list = ARENA_ARRAY(l->arena, nsa_global, l->m->globals.len);
  for (uint32_t k = 0; k < l->m->globals.len; k++) {
    const model_global *g = &l->m->globals.data[k];
    list[k] = (nsa_global){.name = g->name,
                           .value = g->value,
                           .unit = dim_shown(l->arena, g->unit),
                           .dimension = lower_dimension(g->unit),
                           .has_range = g->has_range,
                           .lo = g->lo,
                           .hi = g->hi,
                           .is_of_variant = g->is_of_variant};
  }
  l->program->globals = list;
  l->program->globals_count = l->m->globals.len;
}

static void lower_variants(lowering *l) {
  nsa_variant *list = ARENA_ARRAY(l->arena, nsa_variant, l->m->variants.len);
  uint32_t act = l->m->acts.len; /* in the list, behind the model's own */
  for (uint32_t k = 0; k < l->m->variants.len; k++) {
    const model_variant *v = &l->m->variants.data[k];
    const model_checkpoint *from = v->checkpoint != NSA_NONE ? &l->m->checkpoints.data[v->checkpoint] : NULL;
    nsa_setting *settings = ARENA_ARRAY(l->arena, nsa_setting, v->sets.len);
    for (uint32_t i = 0; i < v->sets.len; i++)
      settings[i] = setting_of(l, &v->sets.data[i]);
    list[k] = (nsa_variant){.name = v->name,
                            .from = from ? lower_whole_ticks(l->ctx, from->time) : 0,
                            .checkpoint = from ? from->name : NULL,
                            .modifies = v->modifies,
                            .is_compiled = v->modifies && v->is_chosen,
                            .settings = settings,
                            .settings_count = v->sets.len,
                            .globals = globals_of(l, v),
                            .globals_count = v->globals.len,
                            .acts = v->acts.len > 0 ? &l->act_list.data[act] : NULL,
                            .acts_count = v->acts.len};
    act += v->acts.len;
  }
  l->program->variants = list;
  l->program->variants_count = l->m->variants.len;
}

static void lower_patterns(lowering *l) {
  nsa_program *p = l->program;
  p->patterns = ARENA_ARRAY(l->arena, nsa_pattern, l->m->patterns.len);
  p->patterns_count = l->m->patterns.len;
  for (uint32_t k = 0; k < p->patterns_count; k++) {
    const model_pattern *mp = &l->m->patterns.data[k];
    p->patterns[k] = (nsa_pattern){mp->name, mp->path, mp->count};
  }
  p->images = ARENA_ARRAY(l->arena, nsa_image, l->m->images.len);
  p->images_count = l->m->images.len;
  for (uint32_t k = 0; k < p->images_count; k++)
    p->images[k] = l->options->images
                       ? l->options->images[k]
                       : (nsa_image){.pattern = l->m->images.data[k].pattern, .number = l->m->images.data[k].number};
}

static void lower_phases(lowering *l) {
  nsa_program *p = l->program;
  p->phases = ARENA_ARRAY(l->arena, nsa_phase, l->m->phases.len);
  p->phases_count = l->m->phases.len;
  for (uint32_t k = 0; k < p->phases_count; k++)
    p->phases[k].name = l->m->phases.data[k].name;
  p->phase_windows = ARENA_ARRAY(l->arena, nsa_phase_window, l->m->phase_windows.len);
  p->phase_windows_count = l->m->phase_windows.len;
  for (uint32_t k = 0; k < p->phase_windows_count; k++) {
    const model_phase_window *w = &l->m->phase_windows.data[k];
    p->phase_windows[k] = (nsa_phase_window){.phase = w->phase,
                                             .start = lower_whole_ticks(l->ctx, w->start),
                                             .stop = lower_whole_ticks(l->ctx, w->stop),
                                             .every = lower_whole_ticks(l->ctx, w->every)};
  }
  p->phase_sets = ARENA_ARRAY(l->arena, nsa_phase_set, l->m->phase_sets.len);
  for (uint32_t k = 0; k < l->m->phase_sets.len; k++) {
    const model_phase_set *s = &l->m->phase_sets.data[k];
    if (s->phase == NSA_NONE) /* its variant has it */
      continue;
    nsa_setting setting = setting_of(l, &s->set);
    p->phase_sets[p->phase_sets_count++] = (nsa_phase_set){s->phase, setting.settable, setting.value};
  }
}

void lower_drives(lowering *l) {
  lower_patterns(l);
  lower_phases(l);
  for (uint32_t k = 0; k < l->m->stimuli.len; k++)
    lower_stimulus(l, k);
  lower_event_drives(l);
}

void lower_observations(lowering *l) {
  for (uint32_t k = 0; k < l->plan->experiment.probes.len; k++)
    lower_probe(l, &l->plan->experiment.probes.data[k]);
  for (uint32_t k = 0; k < l->m->records.len; k++)
    lower_record(l, k);
  lower_measures(l);
  lower_globals(l);
  lower_variants(l);
  l->program->base_dt = l->m->base_dt;
  l->program->ticks = lower_whole_ticks(l->ctx, l->m->duration);
}
