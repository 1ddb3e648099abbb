/* SPDX-License-Identifier: MIT */
/* world.c - environments and decisions in a dump. */
#include "model/print/print.h"
#include "nsa_words.h"

#define NOBODY UINT32_MAX

void print_channel(const printer *p, uint32_t channel) {
  const model_channel *c = &p->m->channels.data[channel];
  text_printf(p->out, "%s.%s", p->m->environments.data[c->environment].name, c->name);
}

/* ---- environments ---- */

static void print_value(const model_environment *e, uint32_t k, text *out) {
  const nsa_environment_setting *s = &e->kind->settings[k];
  const nsa_environment_value *v = &e->values.data[k];
  if (!v->is_given)
    return;
  text_printf(out, "  %s = ", s->name);
  if (s->kind == NSA_SETTING_TEXT)
    text_printf(out, "\"%s\"", v->text);
  else if (s->kind == NSA_SETTING_NUMBERS)
    text_puts(out, "[");
  else
    text_number(out, v->value);
  for (uint32_t i = 0; s->kind == NSA_SETTING_NUMBERS && i < v->count; i++) {
    text_puts(out, i > 0 ? ", " : "");
    text_number(out, v->values[i]);
  }
  text_puts(out, s->kind == NSA_SETTING_NUMBERS ? "]\n" : "\n");
}

void print_environment(const model *m, const model_environment *e, text *out) {
  printer p = {.m = m, .out = out};
  const nsa_environment_action *a = &e->shape.action;
  text_printf(out, "environment %s : %s%s%s\n", e->name, nsa_word_of_environment_source(e->source),
              *e->kind_name != '\0' ? " " : "", e->kind_name);
  for (uint32_t k = 0; e->kind != NULL && k < e->kind->setting_count; k++)
    print_value(e, k, out);
  if (e->has_seed)
    text_printf(out, "  seed = %llu\n", (unsigned long long)e->seed);
  for (uint32_t k = 0; k < e->channel_count; k++) {
    const model_channel *c = &m->channels.data[e->first_channel + k];
    text_printf(out, "  channel %s[%llu] : %s\n", c->name, (unsigned long long)c->count, dim_name(out->arena, c->unit));
  }
  if (a->choices > 0) {
    text_printf(out, "  action = %u\n", a->choices);
  } else {
    text_printf(out, "  action[%u] in ", a->length);
    print_number(&p, a->low, e->action_unit);
    text_puts(out, "..");
    print_number(&p, a->high, e->action_unit);
    text_puts(out, "\n");
  }
  for (uint32_t k = 0; k < e->figures.len; k++)
    text_printf(out, "  figure %s : %s\n", e->figures.data[k].name, dim_name(out->arena, e->figures.data[k].unit));
}

/* ---- decisions ---- */

static void print_scores(const model *m, const model_decoder *d, text *out) {
  printer p = {.m = m, .out = out};
  if (d->owner == NOBODY) {
    text_puts(out, "alike");
  } else if (d->is_of_channel) {
    print_channel(&p, d->owner);
  } else {
    p = print_in_owner(m, out, false, d->owner);
    text_printf(out, "%s: ", m->populations.data[d->owner].name);
    if (d->kind == NSA_DECODER_FIRST)
      text_puts(out, p.side[SIDE_SELF]->events.data[d->event].name);
    else
      print_expr(&p, d->scores);
  }
  if (d->tie == NULL)
    return;
  text_puts(out, ", ");
  print_expr(&p, d->tie);
}

static void print_decoder(const model *m, const model_decoder *d, text *out) {
  printer p = {.m = m, .out = out};
  text_printf(out, "  %s(", nsa_word_of_decoder_kind(d->kind));
  if (d->kind != NSA_DECODER_VECTOR)
    print_scores(m, d, out);
  for (uint32_t k = 0; k < d->vector.len; k++) {
    text_puts(out, k > 0 ? ", " : "");
    print_measure(&p, d->vector.data[k]);
  }
  text_puts(out, ")");
  if (d->among != NOBODY) {
    text_puts(out, " among ");
    print_channel(&p, d->among);
  }
  text_printf(out, " {%s}\n", d->key);
}

void print_act(const model *m, const model_act *act, text *out) {
  printer p = {.m = m, .out = out};
  text_printf(out, "act %s every ", m->environments.data[act->environment].name);
  print_ms(&p, act->every);
  text_puts(out, " window ");
  print_ms(&p, act->window);
  text_printf(out, " as %s\n", m->phases.data[act->phase].name);
  for (uint32_t k = 0; k < act->decoders.len; k++)
    print_decoder(m, &act->decoders.data[k], out);
}
