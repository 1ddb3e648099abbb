/* SPDX-License-Identifier: MIT */
/* experiment.c - stimuli, signals, records, measures and variants in a dump. */
#include "model/print/print.h"
#include "nsa_words.h"

#define NOBODY UINT32_MAX

/* from START to STOP, every PERIOD */
static void print_window(const printer *p, double start, double stop, double every) {
  text_puts(p->out, " from ");
  print_ms(p, start);
  text_puts(p->out, " to ");
  print_ms(p, stop);
  if (every <= 0)
    return;
  text_puts(p->out, " every ");
  print_ms(p, every);
}

/* ---- stimuli ---- */

static void print_images(const model *m, text *out) {
  for (uint32_t k = 0; k < m->patterns.len; k++)
    text_printf(out, "pattern %s[%u] = images(\"%s\")\n", m->patterns.data[k].name, m->patterns.data[k].count,
                m->patterns.data[k].path);
  for (uint32_t k = 0; k < m->images.len; k++)
    text_printf(out, "image %s[%u]\n", m->patterns.data[m->images.data[k].pattern].name, m->images.data[k].number);
  for (uint32_t k = 0; k < m->phases.len; k++)
    text_printf(out, "phase %s\n", m->phases.data[k].name);
  printer p = {.m = m, .out = out};
  for (uint32_t k = 0; k < m->phase_windows.len; k++) {
    const model_phase_window *w = &m->phase_windows.data[k];
    text_printf(out, "window of %s", m->phases.data[w->phase].name);
    print_window(&p, w->start, w->stop, w->every);
    text_puts(out, "\n");
  }
}

static void print_stimulus(const model *m, const model_stimulus *s, text *out) {
  printer p = print_in_owner(m, out, false, s->population);
  text_puts(out, s->is_present ? "present " : "drive ");
  if (s->is_present) {
    const model_image *image = &m->images.data[s->image];
    text_printf(out, "%s[%u] to ", m->patterns.data[image->pattern].name, image->number);
  }
  text_printf(out, "%s.%s%s", m->populations.data[s->population].name, p.side[SIDE_SELF]->inputs.data[s->input].name,
              s->is_present ? " amplitude " : " = ");
  print_expr(&p, s->value);
  if (s->flip != NULL) {
    text_puts(out, " flip ");
    print_expr(&p, s->flip);
  }
  if (s->during == NOBODY)
    print_window(&p, s->start, s->stop, s->every);
  print_during(&p, "during", s->during);
  print_during(&p, "as", s->phase);
  text_printf(out, " {%s}\n", s->key);
}

static void print_event_drive(const model *m, const model_event_drive *d, text *out) {
  printer p = print_in_owner(m, out, false, d->population);
  text_printf(out, "drive %s[%u..%u].%s = ", m->populations.data[d->population].name, d->first, d->last,
              p.side[SIDE_SELF]->events.data[d->event].name);
  if (d->path != NULL)
    text_printf(out, "file(\"%s\")%s%s", d->path, d->source != NULL ? " population " : "",
                d->source != NULL ? d->source : "");
  for (uint32_t k = 0; k < d->times.len; k++) {
    text_puts(out, k > 0 ? ", " : "");
    print_ms(&p, d->times.data[k]);
  }
  text_puts(out, "\n");
}

static void print_signal(const model *m, const model_signal *s, text *out) {
  printer p = {.m = m, .out = out};
  text_printf(out, "signal %s : %s", s->name, dim_name(out->arena, s->unit));
  if (s->environment != NOBODY)
    text_printf(out, " at %s.%s", m->environments.data[s->environment].name, nsa_word_of_moment(s->moment));
  text_puts(out, "\n");
  for (uint32_t k = 0; k < s->schedule.len; k++) {
    const model_signal_times *times = &s->schedule.data[k];
    text_puts(out, "  ");
    if (times->value == NULL)
      text_puts(out, "1");
    else
      print_expr(&p, times->value);
    print_window(&p, times->start, times->stop, times->every);
    text_printf(out, " {%s}\n", times->key);
  }
}

static void print_phase_block(const model *m, const model_phase_block *b, text *out) {
  printer p = print_in_owner(m, out, false, b->population);
  const char *start = b->signal != NOBODY ? m->signals.data[b->signal].name : m->phases.data[b->phase].name;
  text_printf(out, "on %s of %s {\n", start, m->populations.data[b->population].name);
  print_block(&p, &b->body, 2);
  text_puts(out, "}\n");
}

/* ---- records and measures ---- */

static void print_record(const model *m, const model_record *r, text *out) {
  printer p = {.m = m, .out = out};
  text_printf(out, "record %s: ", r->name);
  print_probe(m, &r->probe, out);
  if (r->every > 0) {
    text_puts(out, " every ");
    print_ms(&p, r->every);
  }
  print_during(&p, "during", r->phase);
  text_puts(out, "\n");
}

static void print_set(const model *m, const model_set *s, text *out) {
  printer p = print_in_owner(m, out, s->is_connection, s->owner);
  const model_component *c = p.side[SIDE_SELF];
  text_printf(out, "  %s.%s = ", print_owner(&p, s->is_connection, s->owner),
              s->kind == REF_PARAM ? c->params.data[s->item].name : c->states.data[s->item].name);
  print_expr(&p, s->value);
  text_puts(out, "\n");
}

static void print_variant(const model *m, const model_variant *v, text *out) {
  text_printf(out, "variant %s", v->name);
  if (v->checkpoint != NSA_NONE)
    text_printf(out, " from %s", m->checkpoints.data[v->checkpoint].name);
  text_puts(out, "\n");
  if (v->modifies)
    text_puts(out, "  modifies components\n");
  for (uint32_t k = 0; k < v->globals.len; k++)
    text_printf(out, "  %s = %.17g\n", m->globals.data[v->globals.data[k].global].name, v->globals.data[k].value);
  for (uint32_t k = 0; k < v->sets.len; k++)
    print_set(m, &v->sets.data[k], out);
  for (uint32_t k = 0; k < v->acts.len; k++)
    print_act(m, &v->acts.data[k], out);
}

static void print_checkpoint(const model_checkpoint *c, text *out) {
  printer p = {.out = out};
  text_printf(out, "checkpoint %s at ", c->name);
  print_ms(&p, c->time);
  text_puts(out, "\n");
}

/* Those of variants are printed with them. */
static void print_phase_set(const model *m, const model_phase_set *s, text *out) {
  if (s->phase == NSA_NONE)
    return;
  text_printf(out, "set %s\n", m->phases.data[s->phase].name);
  print_set(m, &s->set, out);
}

/* ---- all of it ---- */

static void print_results(const model *m, text *out) {
  printer p = {.m = m, .out = out};
  for (uint32_t k = 0; k < m->records.len; k++)
    print_record(m, &m->records.data[k], out);
  for (uint32_t k = 0; k < m->trial_records.len; k++)
    text_printf(out, "record %s: trials of %s\n", m->trial_records.data[k].name,
                m->environments.data[m->trial_records.data[k].environment].name);
  for (uint32_t k = 0; k < m->measures.len; k++) {
    const model_measure *x = &m->measures.data[k];
    text_printf(out, "measure %s : %s = ", x->name, dim_name(out->arena, x->value->unit));
    print_measure(&p, x->value);
    text_puts(out, "\n");
  }
  for (uint32_t k = 0; k < m->checkpoints.len; k++)
    print_checkpoint(&m->checkpoints.data[k], out);
  for (uint32_t k = 0; k < m->variants.len; k++)
    print_variant(m, &m->variants.data[k], out);
  if (m->duration <= 0)
    return;
  text_puts(out, "run ");
  if (m->until != NULL) {
    text_puts(out, "until ");
    print_measure(&p, m->until);
    text_puts(out, " for ");
  }
  print_ms(&p, m->duration);
  text_puts(out, "\n");
}

void print_experiment(const model *m, text *out) {
  print_images(m, out);
  for (uint32_t k = 0; k < m->environments.len; k++)
    print_environment(m, &m->environments.data[k], out);
  for (uint32_t k = 0; k < m->acts.len; k++)
    print_act(m, &m->acts.data[k], out);
  for (uint32_t k = 0; k < m->stimuli.len; k++)
    print_stimulus(m, &m->stimuli.data[k], out);
  for (uint32_t k = 0; k < m->event_drives.len; k++)
    print_event_drive(m, &m->event_drives.data[k], out);
  for (uint32_t k = 0; k < m->signals.len; k++)
    print_signal(m, &m->signals.data[k], out);
  for (uint32_t k = 0; k < m->phase_blocks.len; k++)
    print_phase_block(m, &m->phase_blocks.data[k], out);
  for (uint32_t k = 0; k < m->phase_sets.len; k++)
    print_phase_set(m, &m->phase_sets.data[k], out);
  print_results(m, out);
}
