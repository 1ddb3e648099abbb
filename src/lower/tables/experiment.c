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
    p->event_drives[k] = (nsa_event_drive){.population = e->population,
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

static uint32_t own_pixel_field(lowering *l, uint32_t population, uint32_t stimulus) {
  const char *name = arena_printf(l->arena, "%s.presented%u", l->m->populations.data[population].name, stimulus);
  return lower_add_field(l, name, l->populations[population].domain, NSA_F64, NSA_FIELD_PIXEL, 0, NULL, SPAN_NONE);
}

/* A field of pixels, and until when its presentations last. */
typedef struct {
  uint32_t field, population, input;
  double stop;
} pixel_user;
typedef VEC(pixel_user) pixel_users;

static bool overlaps(const lowering *l, uint32_t field, const model_stimulus *st) {
  for (uint32_t j = 0; j < l->stimulus_list.len; j++)
    if (l->stimulus_list.data[j].pixel == field && l->m->stimuli.data[j].start < st->stop &&
        st->start < l->m->stimuli.data[j].stop)
      return true;
  return false;
}

/* Presentations into one input share the field of their pixels when they cannot overlap. */
static uint32_t shared_pixel_field(lowering *l, pixel_users *users, uint32_t k) {
  const model_stimulus *st = &l->m->stimuli.data[k];
  for (uint32_t i = 0; i < users->len; i++) {
    pixel_user *user = &users->data[i];
    if (user->population != st->population || user->input != st->input)
      continue;
    if (st->start < user->stop && overlaps(l, user->field, st))
      continue;
    if (st->stop > user->stop)
      user->stop = st->stop;
    return user->field;
  }
  pixel_user own = {own_pixel_field(l, st->population, k), st->population, st->input, st->stop};
  vec_push(l->arena, users, own);
  return own.field;
}

/* Presentations with the same amplitude, input and pixel field share one function. */
static nsa_kernel_id same_function(lowering *l, uint32_t k, uint32_t pixel) {
  const model_stimulus *st = &l->m->stimuli.data[k];
  for (uint32_t i = 0; pixel != NSA_NONE && i < k; i++) {
    const model_stimulus *other = &l->m->stimuli.data[i];
    if (l->stimulus_list.data[i].pixel != pixel || other->population != st->population || other->input != st->input)
      continue;
    if (other->value == st->value)
      return l->stimulus_list.data[i].kernel;
    if (other->value->kind == MX_NUMBER && st->value->kind == MX_NUMBER && other->value->number == st->value->number)
      return l->stimulus_list.data[i].kernel;
  }
  return NSA_NO_KERNEL;
}

static nsa_kernel_id stimulus_function(lowering *l, uint32_t k, uint32_t pixel) {
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
  if (pixel != NSA_NONE)
    x = ir_binary(&b, IR_OP_mul, x, ir_load(&b, pixel));
  x = ir_binary(&b, IR_OP_add, ir_load(&b, f->external[st->input]), x);
  lower_check(&b, x);
  ir_store(&b, f->external[st->input], x);
  return number;
}

static void lower_stimulus(lowering *l, pixel_users *users, uint32_t k) {
  const model_stimulus *st = &l->m->stimuli.data[k];
  nsa_stimulus out = {.population = st->population,
                      .external = l->populations[st->population].external[st->input],
                      .image = NSA_NONE,
                      .pixel = NSA_NONE,
                      .phase = st->phase,
                      .during = st->during};
  if (st->is_present) {
    out.image = st->image;
    out.pixel = shared_pixel_field(l, users, k);
    if (st->flip && !l->options->draws_at_mean)
      out.flip = lower_evaluate(l->ctx, false, st->population, st->flip).value;
    if (st->flip && l->options->draws_at_mean)
      lower_note_draw(l, "%s/flip", l->m->populations.data[st->population].name);
  }
  out.key = hash_name64(st->key ? st->key : "stimulus");
  out.start = lower_whole_ticks(l->ctx, st->start);
  out.stop = lower_whole_ticks(l->ctx, st->stop);
  out.every = lower_whole_ticks(l->ctx, st->every);
  uint32_t bits = lower_self_dependence(l->ctx, false, st->population, st->value);
  out.is_varying = (bits & ~(uint32_t)DEPENDS_INVARIANT) != 0;
  out.kernel = same_function(l, k, out.pixel);
  if (nsa_kernel_is_none(out.kernel))
    out.kernel = stimulus_function(l, k, out.pixel);
  vec_push(l->arena, &l->stimulus_list, out);
}

/* ---- probes ---- */

/* The field that holds a value already, if there is one. */
static uint32_t plain_field(const lowering *l, const model_probe *p) {
  const model_expr *e = p->value;
  if (e->kind != MX_REF || e->ref.side != SIDE_SELF)
    return NO_FIELD;
  if (e->ref.kind == REF_STATE && p->is_connection) {
    const state_plan *kept = &l->plan->connections[p->owner].states[e->ref.item];
    bool is_plain = kept->home == SIDE_SELF && kept->advance != ADVANCE_AT_EVENTS;
    return is_plain ? l->connections[p->owner].state[e->ref.item] : NO_FIELD;
  }
  if (e->ref.kind == REF_STATE)
    return l->populations[p->owner].state[e->ref.item];
  if (e->ref.kind != REF_PARAM)
    return NO_FIELD;
  uint32_t field =
      p->is_connection ? l->connections[p->owner].param[e->ref.item] : l->populations[p->owner].param[e->ref.item];
  return l->p->fields.data[field].is_uniform ? NO_FIELD : field;
}

static nsa_kernel_id probe_function(lowering *l, const model_probe *p, const char *name, uint32_t domain,
                                    uint32_t *field) {
  nsa_kernel_id number;
  uint32_t id = l->probe_list.len;
  *field = lower_add_field(l, arena_printf(l->arena, "probe%u", id), domain, NSA_F64, NSA_FIELD_SCRATCH, 0, &p->unit,
                           p->value->at);
  const model_component *c =
      p->is_connection ? component_of_connection(l->ctx, p->owner) : component_of_population(l->ctx, p->owner);
  ir_function *fn =
      ir_function_add(l->p, lower_kernel_name(l, name, NULL, "probe"), NSA_ROLE_PROBE, domain, c->timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = p->is_connection ? scope_of_links(l, &b, p->owner) : scope_of_population(l, &b, p->owner);
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

/* name: of the record or measure that looks. */
static uint32_t lower_probe(lowering *l, const model_probe *p, const char *name) {
  uint32_t domain = p->is_connection ? l->connections[p->owner].domain : l->populations[p->owner].domain;
  nsa_probe out = {.domain = domain,
                   .event = NSA_NO_EVENT,
                   .field = NSA_NONE,
                   .kernel = NSA_NO_KERNEL,
                   .first = p->first,
                   .last = p->last,
                   .reduce = (uint32_t)p->reduce,
                   .unit = dim_name(l->arena, p->unit)};
  if (p->is_event)
    out.event = (nsa_event_id){p->event};
  else if ((out.field = plain_field(l, p)) == NO_FIELD)
    out.kernel = probe_function(l, p, name, domain, &out.field);
  vec_push(l->arena, &l->probe_list, out);
  return l->probe_list.len - 1;
}

static uint32_t owner_ticks(const lowering *l, const model_probe *p) {
  if (!p->is_connection)
    return ticks_of_population(l->ctx, p->owner);
  return l->m->timescales.data[component_of_connection(l->ctx, p->owner)->timescale].ticks;
}

static void lower_record(lowering *l, const model_record *r) {
  nsa_record out = {.name = r->name,
                    .at = lower_place(l, r->at),
                    .phase = r->phase,
                    .every = r->every > 0 ? (uint32_t)lower_whole_ticks(l->ctx, r->every) : owner_ticks(l, &r->probe)};
  if (!out.every)
    out.every = 1;
  out.probe = lower_probe(l, &r->probe, r->name);
  vec_push(l->arena, &l->record_list, out);
}

/* ---- measures ---- */

/* Only a run knows how many links a connection has. */
static uint32_t whole_domain(lowering *l, const model_probe *p) {
  nsa_probe out = {.event = NSA_NO_EVENT, .field = NSA_NONE, .kernel = NSA_NO_KERNEL, .last = UINT32_MAX};
  out.domain = p->is_connection ? l->connections[p->owner].domain : l->populations[p->owner].domain;
  out.unit = "";
  vec_push(l->arena, &l->probe_list, out);
  return l->probe_list.len - 1;
}

/* The program has one number a node. */
static double number_of(const model_measure_node *n) {
  return n->kind == NSA_MEASURE_TIME_ABOVE ? n->threshold : n->kind == NSA_MEASURE_RECOGNITION ? n->window : n->number;
}

static uint32_t lower_measure_node(lowering *l, const uint32_t *earlier, const model_measure_node *n,
                                   const char *name) {
  if (n->is_ref)
    return earlier[n->ref];
  nsa_measure_node out = {.kind = n->kind,
                          .environment = NSA_NONE,
                          .number = number_of(n),
                          .probe = NSA_NONE,
                          .phase = n->phase,
                          .among = n->among,
                          .a = NSA_NONE,
                          .b = NSA_NONE,
                          .every = 1};
  if (n->args[0])
    out.a = lower_measure_node(l, earlier, n->args[0], name);
  if (n->args[1])
    out.b = lower_measure_node(l, earlier, n->args[1], name);
  if (n->kind == NSA_MEASURE_SIZE)
    out.probe = whole_domain(l, &n->probe);
  if (lower_has_probe(n->kind)) {
    out.probe = lower_probe(l, &n->probe, name);
    out.every = owner_ticks(l, &n->probe);
  }
  vec_push(l->arena, &l->node_list, out);
  return l->node_list.len - 1;
}

static void lower_measures(lowering *l) {
  nsa_measure *list = ARENA_ARRAY(l->arena, nsa_measure, l->m->measures.len);
  uint32_t *roots = ARENA_ARRAY(l->arena, uint32_t, l->m->measures.len);
  for (uint32_t k = 0; k < l->m->measures.len; k++) {
    const model_measure *mm = &l->m->measures.data[k];
    roots[k] = lower_measure_node(l, roots, mm->value, mm->name);
    list[k] = (nsa_measure){
        .name = mm->name, .unit = dim_name(l->arena, mm->value->unit), .node = roots[k], .at = lower_place(l, mm->at)};
  }
  l->program->measures = list;
  l->program->measures_count = l->m->measures.len;
}

/* ---- variants, patterns, phases ---- */

static uint32_t settable_of(const lowering *l, uint32_t field) {
  for (uint32_t k = 0; k < l->settable_list.len; k++)
    if (l->settable_list.data[k].field == field)
      return k;
  return NSA_NONE;
}

static void lower_variants(lowering *l) {
  nsa_variant *list = ARENA_ARRAY(l->arena, nsa_variant, l->m->variants.len);
  for (uint32_t k = 0; k < l->m->variants.len; k++) {
    const model_variant *v = &l->m->variants.data[k];
    nsa_setting *settings = ARENA_ARRAY(l->arena, nsa_setting, v->sets.len);
    for (uint32_t i = 0; i < v->sets.len; i++) {
      const model_set *set = &v->sets.data[i];
      uint32_t field = set->is_connection ? l->connections[set->owner].param[set->param]
                                          : l->populations[set->owner].param[set->param];
      settings[i] = (nsa_setting){settable_of(l, field),
                                  lower_evaluate(l->ctx, set->is_connection, set->owner, set->value).value};
    }
    list[k] = (nsa_variant){.name = v->name, .settings = settings, .settings_count = v->sets.len};
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
  p->phases = ARENA_ARRAY(l->arena, nsa_phase, l->m->phases.len);
  p->phases_count = l->m->phases.len;
  for (uint32_t k = 0; k < p->phases_count; k++)
    p->phases[k].name = l->m->phases.data[k].name;
}

void lower_drives(lowering *l) {
  pixel_users users = {0};
  lower_patterns(l);
  for (uint32_t k = 0; k < l->m->stimuli.len; k++)
    lower_stimulus(l, &users, k);
  lower_event_drives(l);
}

void lower_observations(lowering *l) {
  for (uint32_t k = 0; k < l->m->records.len; k++)
    lower_record(l, &l->m->records.data[k]);
  lower_measures(l);
  lower_variants(l);
  l->program->base_dt = l->m->base_dt;
  l->program->ticks = lower_whole_ticks(l->ctx, l->m->duration);
}
