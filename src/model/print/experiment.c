/* SPDX-License-Identifier: MIT */
/* experiment.c - stimuli, signals, records, measures and variants in a dump. */
#include "model/print/print.h"
#include "nsa_words.h"

#define NOBODY UINT32_MAX

static void print_during(const printer *p, const char *word, uint32_t phase) {
  if (phase != NOBODY)
    text_printf(p->out, " %s %s", word, p->m->phases.data[phase].name);
}

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
  text_printf(out, "signal %s : %s\n", s->name, dim_name(out->arena, s->unit));
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
  text_printf(out, "on %s of %s {\n", m->phases.data[b->phase].name, m->populations.data[b->population].name);
  print_block(&p, &b->body, 2);
  text_puts(out, "}\n");
}

/* ---- records and measures ---- */

static void print_probe(const model *m, const model_probe *x, text *out) {
  printer p = print_in_owner(m, out, x->is_connection, x->owner);
  const model_component *c = p.side[SIDE_SELF];
  text_printf(out, "%s%s%s", x->reduce != NSA_REDUCE_NONE ? nsa_word_of_reduce_kind(x->reduce) : "",
              x->reduce != NSA_REDUCE_NONE ? "(" : "", print_owner(&p, x->is_connection, x->owner));
  if (!x->is_connection)
    text_printf(out, "[%u..%u]", x->first, x->last);
  text_puts(out, ".");
  if (x->is_event)
    text_puts(out, x->event < c->events.len ? c->events.data[x->event].name : "pre");
  else {
    bool is_item = x->value->kind == MX_REF;
    text_puts(out, is_item ? "" : "(");
    print_expr(&p, x->value);
    text_puts(out, is_item ? "" : ")");
  }
  text_puts(out, x->reduce != NSA_REDUCE_NONE ? ")" : "");
}

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

static const char *const operators[] = {[NSA_MEASURE_ADD] = " + ", [NSA_MEASURE_SUB] = " - ", [NSA_MEASURE_MUL] = " * ",
                                        [NSA_MEASURE_DIV] = " / ", [NSA_MEASURE_NEG] = "-",   [NSA_MEASURE_POW] = "^"};

static void print_function(const printer *p, const model_measure_node *n) {
  text_printf(p->out, "%s(", nsa_word_of_measure_kind(n->kind));
  if (n->kind == NSA_MEASURE_SIZE)
    text_puts(p->out, print_owner(p, n->probe.is_connection, n->probe.owner));
  else if (n->kind != NSA_MEASURE_DURATION)
    print_probe(p->m, &n->probe, p->out);
  if (n->kind == NSA_MEASURE_TIME_ABOVE) {
    text_puts(p->out, ", ");
    print_number(p, n->threshold, n->probe.unit);
  }
  if (n->kind == NSA_MEASURE_RECOGNITION) {
    text_puts(p->out, " over ");
    print_ms(p, n->window);
  }
  print_during(p, "during", n->phase);
  print_during(p, "among", n->among);
  text_puts(p->out, ")");
}

static void print_measure(const printer *p, const model_measure_node *n) {
  if (n->is_ref)
    text_puts(p->out, p->m->measures.data[n->ref].name);
  else if (n->kind == NSA_MEASURE_NUMBER)
    print_number(p, n->number, n->unit);
  else if (n->kind >= NSA_MEASURE_COUNT)
    print_function(p, n);
  else {
    text_puts(p->out, "(");
    if (n->kind == NSA_MEASURE_NEG)
      text_puts(p->out, operators[n->kind]);
    print_measure(p, n->args[0]);
    if (n->args[1] != NULL) {
      text_puts(p->out, operators[n->kind]);
      print_measure(p, n->args[1]);
    }
    text_puts(p->out, ")");
  }
}

static void print_variant(const model *m, const model_variant *v, text *out) {
  text_printf(out, "variant %s\n", v->name);
  for (uint32_t k = 0; k < v->globals.len; k++)
    text_printf(out, "  %s = %.17g\n", m->globals.data[v->globals.data[k].global].name, v->globals.data[k].value);
  for (uint32_t k = 0; k < v->sets.len; k++) {
    const model_set *s = &v->sets.data[k];
    printer p = print_in_owner(m, out, s->is_connection, s->owner);
    text_printf(out, "  %s.%s = ", print_owner(&p, s->is_connection, s->owner),
                p.side[SIDE_SELF]->params.data[s->param].name);
    print_expr(&p, s->value);
    text_puts(out, "\n");
  }
}

/* ---- all of it ---- */

static void print_results(const model *m, text *out) {
  printer p = {.m = m, .out = out};
  for (uint32_t k = 0; k < m->records.len; k++)
    print_record(m, &m->records.data[k], out);
  for (uint32_t k = 0; k < m->measures.len; k++) {
    const model_measure *x = &m->measures.data[k];
    text_printf(out, "measure %s : %s = ", x->name, dim_name(out->arena, x->value->unit));
    print_measure(&p, x->value);
    text_puts(out, "\n");
  }
  for (uint32_t k = 0; k < m->variants.len; k++)
    print_variant(m, &m->variants.data[k], out);
  if (m->duration <= 0)
    return;
  text_puts(out, "run ");
  print_ms(&p, m->duration);
  text_puts(out, "\n");
}

void print_experiment(const model *m, text *out) {
  print_images(m, out);
  for (uint32_t k = 0; k < m->stimuli.len; k++)
    print_stimulus(m, &m->stimuli.data[k], out);
  for (uint32_t k = 0; k < m->event_drives.len; k++)
    print_event_drive(m, &m->event_drives.data[k], out);
  for (uint32_t k = 0; k < m->signals.len; k++)
    print_signal(m, &m->signals.data[k], out);
  for (uint32_t k = 0; k < m->phase_blocks.len; k++)
    print_phase_block(m, &m->phase_blocks.data[k], out);
  print_results(m, out);
}
