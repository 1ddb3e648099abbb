/* SPDX-License-Identifier: MIT */
/* experiment.c - what stimuli share, and what records, measures and decisions look at. */
#include "lower/plan/builders.h"
#include "model/walk.h"
#include "nsa_whole.h"

/* ---- stimuli ---- */

/* An array of pixels: the first stimulus that has its image there, and when the last one is over. */
typedef struct {
  uint32_t first;
  double stop;
} pixel_array;
typedef VEC(pixel_array) pixel_arrays;

/* Whether a stimulus that has its image in this array overlaps. */
static bool overlaps(const model *m, const stimulus_plan *plans, const pixel_array *array, uint32_t k) {
  const model_stimulus *st = &m->stimuli.data[k];
  for (uint32_t i = 0; st->start < array->stop && i < k; i++)
    if (plans[i].pixels == array->first && m->stimuli.data[i].start < st->stop && st->start < m->stimuli.data[i].stop)
      return true;
  return false;
}

/* Presentations into one input share the array of their pixels when they cannot overlap. */
static uint32_t find_pixels(const lower_context *ctx, const stimulus_plan *plans, pixel_arrays *arrays, uint32_t k) {
  const model_stimulus *st = &ctx->m->stimuli.data[k];
  if (!st->is_present)
    return NSA_NONE;
  for (uint32_t i = 0; i < arrays->len; i++) {
    pixel_array *array = &arrays->data[i];
    const model_stimulus *first = &ctx->m->stimuli.data[array->first];
    if (first->population != st->population || first->input != st->input || overlaps(ctx->m, plans, array, k))
      continue;
    if (st->stop > array->stop)
      array->stop = st->stop;
    return array->first;
  }
  vec_push(ctx->arena, arrays, ((pixel_array){k, st->stop}));
  return k;
}

static bool is_same_value(const model_expr *a, const model_expr *b) {
  return a == b || (a->kind == MX_NUMBER && b->kind == MX_NUMBER && a->number == b->number);
}

/* Presentations with the same amplitude, input and array of pixels share one kernel. */
static uint32_t find_kernel(const model *m, const stimulus_plan *plans, uint32_t k) {
  const model_stimulus *st = &m->stimuli.data[k];
  for (uint32_t i = 0; plans[k].pixels != NSA_NONE && i < k; i++) {
    const model_stimulus *other = &m->stimuli.data[i];
    if (plans[i].pixels == plans[k].pixels && other->population == st->population && other->input == st->input &&
        is_same_value(other->value, st->value))
      return plans[i].kernel;
  }
  return k;
}

static stimulus_plan *plan_stimuli(const lower_context *ctx) {
  stimulus_plan *plans = ARENA_ARRAY(ctx->arena, stimulus_plan, ctx->m->stimuli.len);
  pixel_arrays arrays = {0};
  for (uint32_t k = 0; k < ctx->m->stimuli.len; k++) {
    const model_stimulus *st = &ctx->m->stimuli.data[k];
    uint32_t bits = lower_self_dependence(ctx, false, st->population, st->value);
    plans[k].pixels = find_pixels(ctx, plans, &arrays, k);
    plans[k].kernel = find_kernel(ctx->m, plans, k);
    plans[k].reads_channels = (bits & DEPENDS_CHANNEL) != 0;
    plans[k].is_varying = (bits & ~(uint32_t)(DEPENDS_INVARIANT | DEPENDS_CHANNEL)) != 0;
  }
  return plans;
}

/* ---- records and measures ---- */

typedef struct {
  const lower_context *ctx;
  const connection_plan *connections;
  experiment_plan *plan;
} observer;

/* An array has states, but for those of links that advance when somebody looks, and parameters of one value each. */
static bool is_stored(const observer *o, const model_probe *p) {
  const model_expr *e = p->value;
  if (e->kind != MX_REF || e->ref.side != SIDE_SELF)
    return false;
  if (e->ref.kind == REF_PARAM)
    return lower_is_varied(o->ctx, p->is_connection, p->owner, e->ref.item);
  if (e->ref.kind != REF_STATE || !p->is_connection)
    return e->ref.kind == REF_STATE;
  const state_plan *state = &o->connections[p->owner].states[e->ref.item];
  return state->home == SIDE_SELF && state->advance != ADVANCE_AT_EVENTS && !state->is_summed;
}

static uint32_t add_probe(const observer *o, const model_probe *p, const char *name, bool is_size) {
  probe_plan plan = {.probe = p, .name = name, .every = 1, .channel = NSA_NONE, .act = NSA_NONE};
  if (p->is_channel) {
    plan.kind = PROBE_STORED;
    plan.channel = p->owner;
    vec_push(o->ctx->arena, &o->plan->probes, plan);
    return o->plan->probes.len - 1;
  }
  plan.every = o->ctx->m->timescales.data[component_of(o->ctx, p->is_connection, p->owner)->timescale].ticks;
  plan.kind = is_size ? PROBE_SIZE : p->is_event ? PROBE_EVENTS : is_stored(o, p) ? PROBE_STORED : PROBE_COMPUTED;
  vec_push(o->ctx->arena, &o->plan->probes, plan);
  return o->plan->probes.len - 1;
}

/* Two series have samples together where both are due. */
static uint32_t common_multiple(uint32_t a, uint32_t b) {
  uint64_t multiple = (uint64_t)a / nsa_common_divisor(a, b) * b;
  return multiple < NSA_NONE ? (uint32_t)multiple : NSA_NONE - 1;
}

static uint32_t add_node(const observer *o, const model_measure_node *n, const char *name) {
  if (n->is_ref)
    return o->plan->measures[n->ref];
  measure_plan plan = {
      .node = n, .args = {NSA_NONE, NSA_NONE, NSA_NONE}, .probe = NSA_NONE, .other = NSA_NONE, .every = 1};
  for (int k = 0; k < 3; k++)
    if (n->args[k])
      plan.args[k] = add_node(o, n->args[k], name);
  bool is_size = n->kind == NSA_MEASURE_SIZE || n->kind == NSA_MEASURE_UPDATES;
  if (is_size || lower_has_probe(n->kind))
    plan.probe = add_probe(o, &n->probe, name, is_size);
  if (lower_has_probe(n->kind))
    plan.every = o->plan->probes.data[plan.probe].every;
  if (n->other) {
    plan.other = add_probe(o, n->other, name, false);
    plan.every = common_multiple(plan.every, o->plan->probes.data[plan.other].every);
  }
  vec_push(o->ctx->arena, &o->plan->nodes, plan);
  return o->plan->nodes.len - 1;
}

/* ---- decisions ---- */

typedef struct {
  const observer *o;
  const model_decoder *decoder;
  act_plan *plan;
} counting;

static walk_step note_count(void *context, const model_expr *e) {
  const counting *c = context;
  if (e->kind != MX_REF || e->ref.kind != REF_WINDOW_COUNT)
    return WALK_ON;
  for (uint32_t k = 0; k < c->plan->counts.len; k++)
    if (c->plan->counts.data[k].population == c->decoder->owner && c->plan->counts.data[k].event == e->ref.item)
      return WALK_ON;
  vec_push(c->o->ctx->arena, &c->plan->counts, ((counted_event){c->decoder->owner, e->ref.item}));
  return WALK_ON;
}

static uint32_t last_entry(const model *m, const model_decoder *d) {
  const model_population *p = &m->populations.data[d->owner];
  return (d->is_of_channel ? (uint32_t)m->channels.data[d->owner].count : p->rows * p->cols) - 1;
}

/* An entry a choice. value: NULL of events, and of a channel. */
static uint32_t add_scores(const observer *o, const model_decoder *d, model_expr *value, const char *name) {
  const model *m = o->ctx->m;
  model_probe *p = ARENA_NEW(o->ctx->arena, model_probe);
  *p = (model_probe){
      .is_channel = d->is_of_channel, .owner = d->owner, .event = d->event, .value = value, .last = last_entry(m, d)};
  p->is_event = value == NULL && !d->is_of_channel;
  p->unit = value ? value->unit : d->is_of_channel ? m->channels.data[d->owner].unit : dim_none();
  uint32_t probe = add_probe(o, p, name, false);
  o->plan->probes.data[probe].act = o->plan->acts.len;
  return probe;
}

static decoder_plan plan_decoder(const observer *o, act_plan *act, const model_decoder *d) {
  arena *a = o->ctx->arena;
  const char *of = o->ctx->m->environments.data[act->act->environment].name;
  const walker w = {.expr = note_count, .context = &(counting){o, d, act}};
  decoder_plan plan = {.decoder = d, .scores = NSA_NONE, .tie = NSA_NONE};
  walk_expr(&w, d->scores);
  walk_expr(&w, d->tie);
  if (d->scores || d->is_of_channel || d->kind == NSA_DECODER_FIRST)
    plan.scores = add_scores(o, d, d->scores, arena_printf(a, "%s.scores", of));
  if (d->tie)
    plan.tie = add_scores(o, d, d->tie, arena_printf(a, "%s.tie", of));
  for (uint32_t k = 0; k < d->vector.len; k++)
    vec_push(a, &plan.nodes, add_node(o, d->vector.data[k], arena_printf(a, "%s.action", of)));
  return plan;
}

static void plan_act(const observer *o, const model_act *act) {
  act_plan plan = {.act = act};
  for (uint32_t k = 0; k < act->decoders.len; k++) {
    decoder_plan decoder = plan_decoder(o, &plan, &act->decoders.data[k]);
    vec_push(o->ctx->arena, &plan.decoders, decoder);
  }
  vec_push(o->ctx->arena, &o->plan->acts, plan);
}

static void plan_acts(const observer *o) {
  const model *m = o->ctx->m;
  for (uint32_t k = 0; k < m->acts.len; k++)
    plan_act(o, &m->acts.data[k]);
  for (uint32_t k = 0; k < m->variants.len; k++)
    for (uint32_t i = 0; i < m->variants.data[k].acts.len; i++)
      plan_act(o, &m->variants.data[k].acts.data[i]);
}

experiment_plan plan_experiment(const lower_context *ctx, const connection_plan *connections) {
  experiment_plan plan = {.stimuli = plan_stimuli(ctx)};
  const observer o = {ctx, connections, &plan};
  for (uint32_t k = 0; k < ctx->m->records.len; k++)
    add_probe(&o, &ctx->m->records.data[k].probe, ctx->m->records.data[k].name, false);
  plan.measures = ARENA_ARRAY(ctx->arena, uint32_t, ctx->m->measures.len);
  for (uint32_t k = 0; k < ctx->m->measures.len; k++)
    plan.measures[k] = add_node(&o, ctx->m->measures.data[k].value, ctx->m->measures.data[k].name);
  plan.until = ctx->m->until ? add_node(&o, ctx->m->until, "until") : NSA_NONE;
  plan_acts(&o);
  return plan;
}
