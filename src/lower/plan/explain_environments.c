/* SPDX-License-Identifier: MIT */
/* explain_environments.c - for `nsa explain`: when an environment is acted on and how, who reads its channels, which
 * signals it sends and who hears them. */
#include "lower/plan/builders.h"
#include "model/walk.h"
#include "nsa_words.h"
#include "support/text.h"

/* ---- the world ---- */

static const char *kind_of(const lower_context *ctx, const model_environment *e) {
  return e->source == NSA_ENVIRONMENT_BUILT_IN        ? e->kind_name
         : e->source == NSA_ENVIRONMENT_PLUGIN_SOURCE ? arena_printf(ctx->arena, "the plugin %s", e->kind_name)
                                                      : "another process";
}

static void explain_shape(const lower_context *ctx, const model_environment *e) {
  const nsa_environment_action *action = &e->shape.action;
  text channels = text_new(ctx->arena);
  for (uint32_t k = 0; k < e->channel_count; k++) {
    const model_channel *c = &ctx->m->channels.data[e->first_channel + k];
    text_printf(&channels, "%s %s[%llu]", k ? "," : "", c->name, (unsigned long long)c->count);
  }
  const char *what = action->choices ? arena_printf(ctx->arena, "one of %u choices", action->choices)
                                     : arena_printf(ctx->arena, "%u numbers", action->length);
  lower_decide(ctx, e->name, "world", "%s; an action is %s; channels%s", kind_of(ctx, e), what,
               e->channel_count ? text_cstr(&channels) : ": none");
}

/* ---- decisions ---- */

/* As its author wrote it. */
static const char *source_of(const lower_context *ctx, span at) {
  size_t len;
  const char *source = diag_file_text(ctx->sink, at.file, &len);
  return arena_printf(ctx->arena, "%.*s", (int)(at.end - at.start), source + at.start);
}

static const char *decoders_of(const lower_context *ctx, const model_act *act) {
  text t = text_new(ctx->arena);
  for (uint32_t k = 0; k < act->decoders.len; k++) {
    const model_decoder *d = &act->decoders.data[k];
    text_printf(&t, "%s%s", k ? "; else " : "", source_of(ctx, d->at));
    if (d->among != NSA_NONE)
      text_printf(&t, " among %s", ctx->m->channels.data[d->among].name);
  }
  return text_cstr(&t);
}

static void explain_act(const lower_context *ctx, const model_act *act) {
  const char *name = ctx->m->environments.data[act->environment].name;
  const char *window = act->window < act->every ? arena_printf(ctx->arena, "by a window of %g ms", act->window) : "";
  lower_decide(ctx, name, "decision", "every %g ms%s%s: %s", act->every, *window ? ", " : "", window,
               decoders_of(ctx, act));
}

static void explain_acts(const lower_context *ctx, uint32_t environment) {
  const model *m = ctx->m;
  for (uint32_t k = 0; k < m->acts.len; k++)
    if (m->acts.data[k].environment == environment)
      explain_act(ctx, &m->acts.data[k]);
  for (uint32_t k = 0; k < m->variants.len; k++) {
    const model_variant *v = &m->variants.data[k];
    for (uint32_t i = 0; i < v->acts.len; i++)
      if (v->acts.data[i].environment == environment)
        lower_decide(ctx, m->environments.data[environment].name, "decision", "in variant %s: %s", v->name,
                     decoders_of(ctx, &v->acts.data[i]));
  }
}

/* ---- who reads a channel ---- */

static walk_step find_channel(void *context, const model_expr *e) {
  const uint32_t *channel = context;
  return e->kind == MX_CHANNEL && e->ref.item == *channel ? WALK_STOP : WALK_ON;
}

static bool reads(uint32_t channel, const model_expr *e) {
  return walk_expr(&(walker){.expr = find_channel, .context = &channel}, e);
}

static bool probe_reads(const model_probe *p, uint32_t channel) {
  return (p->is_channel && p->owner == channel) || reads(channel, p->value);
}

static bool node_reads(const model_measure_node *n, uint32_t channel) {
  bool is_read = n && (probe_reads(&n->probe, channel) || (n->other && probe_reads(n->other, channel)));
  for (int k = 0; n && k < 3; k++)
    is_read = is_read || node_reads(n->args[k], channel);
  return is_read;
}

static bool act_reads(const model_act *act, uint32_t channel) {
  for (uint32_t k = 0; k < act->decoders.len; k++) {
    const model_decoder *d = &act->decoders.data[k];
    bool is_read = d->is_of_channel && d->owner == channel;
    for (uint32_t i = 0; i < d->vector.len; i++)
      is_read = is_read || node_reads(d->vector.data[i], channel);
    if (is_read || d->among == channel || reads(channel, d->scores) || reads(channel, d->tie))
      return true;
  }
  return false;
}

/* A list with commas; a name that is its last one already is not added again. */
typedef struct {
  text out;
  const char *last;
} name_list;

static void add_name(name_list *list, const char *name) {
  if (list->last && !strcmp(list->last, name))
    return;
  text_printf(&list->out, "%s%s", list->last ? ", " : "", name);
  list->last = name;
}

static const char *name_of(const lower_context *ctx, uint32_t population) {
  return ctx->m->populations.data[population].name;
}

static const char *block_name(const lower_context *ctx, const model_phase_block *pb) {
  const char *at = pb->signal == NSA_NONE ? ctx->m->phases.data[pb->phase].name : ctx->m->signals.data[pb->signal].name;
  return arena_printf(ctx->arena, "the block `on %s`", at);
}

static void add_drives(const lower_context *ctx, uint32_t channel, name_list *list) {
  for (uint32_t k = 0; k < ctx->m->stimuli.len; k++) {
    const model_stimulus *st = &ctx->m->stimuli.data[k];
    const char *input = component_of_population(ctx, st->population)->inputs.data[st->input].name;
    if (reads(channel, st->value))
      add_name(list, arena_printf(ctx->arena, "%s.%s", name_of(ctx, st->population), input));
  }
}

static void add_blocks(const lower_context *ctx, uint32_t channel, name_list *list) {
  for (uint32_t k = 0; k < ctx->m->phase_blocks.len; k++) {
    const model_phase_block *pb = &ctx->m->phase_blocks.data[k];
    if (walk_block(&(walker){.expr = find_channel, .context = &channel}, &pb->body))
      add_name(list, block_name(ctx, pb));
  }
}

static void add_observers(const lower_context *ctx, uint32_t channel, name_list *list) {
  const model *m = ctx->m;
  for (uint32_t k = 0; k < m->records.len; k++)
    if (probe_reads(&m->records.data[k].probe, channel))
      add_name(list, arena_printf(ctx->arena, "the record %s", m->records.data[k].name));
  for (uint32_t k = 0; k < m->measures.len; k++)
    if (node_reads(m->measures.data[k].value, channel))
      add_name(list, arena_printf(ctx->arena, "the measure %s", m->measures.data[k].name));
}

static bool decisions_read(const model *m, uint32_t channel) {
  bool is_read = false;
  for (uint32_t k = 0; k < m->acts.len; k++)
    is_read = is_read || act_reads(&m->acts.data[k], channel);
  for (uint32_t k = 0; k < m->variants.len; k++)
    for (uint32_t i = 0; i < m->variants.data[k].acts.len; i++)
      is_read = is_read || act_reads(&m->variants.data[k].acts.data[i], channel);
  return is_read;
}

static void explain_channel(const lower_context *ctx, const char *environment, uint32_t channel) {
  name_list list = {.out = text_new(ctx->arena)};
  add_drives(ctx, channel, &list);
  add_blocks(ctx, channel, &list);
  if (decisions_read(ctx->m, channel))
    add_name(&list, "decisions");
  add_observers(ctx, channel, &list);
  lower_decide(ctx, environment, "channel", "%s: %s%s", ctx->m->channels.data[channel].name,
               list.last ? "read by " : "read by nobody", list.last ? text_cstr(&list.out) : "");
}

/* ---- signals ---- */

static bool hears(const model_component *c, uint32_t signal) {
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == BLOCK_SIGNAL && c->blocks.data[k].event == signal)
      return true;
  return false;
}

static void explain_signal(const lower_context *ctx, uint32_t signal) {
  const model *m = ctx->m;
  const model_signal *sg = &m->signals.data[signal];
  name_list list = {.out = text_new(ctx->arena)};
  for (uint32_t k = 0; k < m->connections.len; k++)
    if (hears(component_of_connection(ctx, k), signal))
      add_name(&list, m->connections.data[k].name);
  for (uint32_t k = 0; k < m->populations.len; k++)
    if (hears(component_of_population(ctx, k), signal))
      add_name(&list, m->populations.data[k].name);
  for (uint32_t k = 0; k < m->phase_blocks.len; k++)
    if (m->phase_blocks.data[k].signal == signal)
      add_name(&list, block_name(ctx, &m->phase_blocks.data[k]));
  lower_decide(ctx, m->environments.data[sg->environment].name, "signal", "%s, at %s: %s%s", sg->name,
               nsa_word_of_moment(sg->moment), list.last ? "heard by " : "heard by nobody",
               list.last ? text_cstr(&list.out) : "");
}

void plan_explain_environments(const lower_context *ctx) {
  const uint32_t *signals = lower_signals_by_rank(ctx);
  for (uint32_t k = 0; k < ctx->m->environments.len; k++) {
    const model_environment *e = &ctx->m->environments.data[k];
    explain_shape(ctx, e);
    explain_acts(ctx, k);
    for (uint32_t c = 0; c < e->channel_count; c++)
      explain_channel(ctx, e->name, e->first_channel + c);
    for (uint32_t i = 0; i < ctx->m->signals.len; i++)
      if (ctx->m->signals.data[signals[i]].environment == k)
        explain_signal(ctx, signals[i]);
  }
}
