/* SPDX-License-Identifier: MIT */
/* measure.c - probes, and expressions of measures, in a dump. */
#include "model/print/print.h"
#include "nsa_words.h"

#define NOBODY UINT32_MAX

void print_during(const printer *p, const char *word, uint32_t phase) {
  if (phase != NOBODY)
    text_printf(p->out, " %s %s", word, p->m->phases.data[phase].name);
}

static void print_channel_probe(const model *m, const model_probe *x, text *out) {
  printer p = {.m = m, .out = out};
  bool is_reduced = x->reduce != NSA_REDUCE_NONE;
  text_printf(out, "%s%s", is_reduced ? nsa_word_of_reduce_kind(x->reduce) : "", is_reduced ? "(" : "");
  print_channel(&p, x->owner);
  text_printf(out, "[%u..%u]%s", x->first, x->last, is_reduced ? ")" : "");
}

void print_probe(const model *m, const model_probe *x, text *out) {
  if (x->is_channel) {
    print_channel_probe(m, x, out);
    return;
  }
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

/* ---- expressions ---- */

static const char *const operators[] = {
    [NSA_MEASURE_ADD] = " + ",   [NSA_MEASURE_SUB] = " - ", [NSA_MEASURE_MUL] = " * ", [NSA_MEASURE_DIV] = " / ",
    [NSA_MEASURE_NEG] = "-",     [NSA_MEASURE_POW] = "^",   [NSA_MEASURE_LT] = " < ",  [NSA_MEASURE_LE] = " <= ",
    [NSA_MEASURE_GT] = " > ",    [NSA_MEASURE_GE] = " >= ", [NSA_MEASURE_EQ] = " == ", [NSA_MEASURE_NE] = " != ",
    [NSA_MEASURE_AND] = " and ", [NSA_MEASURE_OR] = " or ", [NSA_MEASURE_NOT] = "not "};

static bool is_operator(nsa_measure_kind kind) {
  return kind < sizeof operators / sizeof *operators && operators[kind] != NULL;
}

static void print_arguments(const printer *p, const model_measure_node *n) {
  text_printf(p->out, "%s(", nsa_word_of_measure_kind(n->kind));
  for (int k = 0; k < 3 && n->args[k] != NULL; k++) {
    text_puts(p->out, k > 0 ? ", " : "");
    print_measure(p, n->args[k]);
  }
  text_puts(p->out, ")");
}

/* Of the trials of an environment. */
static void print_of_trials(const printer *p, const model_measure_node *n) {
  const model_environment *e = n->environment != NOBODY ? &p->m->environments.data[n->environment] : NULL;
  if (n->kind == NSA_MEASURE_FIGURE || n->kind == NSA_MEASURE_TRIALS) {
    text_printf(p->out, "%s.%s", e->name, n->kind == NSA_MEASURE_TRIALS ? "trials" : e->figures.data[n->figure].name);
    return;
  }
  print_arguments(p, n);
}

/* Arguments behind the first one. */
static void print_numbers(const printer *p, const model_measure_node *n) {
  bool has_threshold = n->kind == NSA_MEASURE_TIME_ABOVE || n->kind == NSA_MEASURE_PERSISTENCE;
  bool has_number = n->kind == NSA_MEASURE_AT || n->kind == NSA_MEASURE_PERCENTILE;
  if (has_threshold || has_number || n->other)
    text_puts(p->out, ", ");
  if (has_threshold)
    print_number(p, n->threshold, n->probe.unit);
  if (n->kind == NSA_MEASURE_AT)
    print_ms(p, n->number);
  else if (has_number)
    print_number(p, n->number, dim_none());
  if (n->other)
    print_probe(p->m, n->other, p->out);
  if (n->window > 0) {
    text_puts(p->out, " over ");
    print_ms(p, n->window);
  }
}

static void print_function(const printer *p, const model_measure_node *n) {
  text_printf(p->out, "%s(", nsa_word_of_measure_kind(n->kind));
  if (n->kind == NSA_MEASURE_SIZE || n->kind == NSA_MEASURE_UPDATES)
    text_puts(p->out, print_owner(p, n->probe.is_connection, n->probe.owner));
  else if (n->kind != NSA_MEASURE_DURATION)
    print_probe(p->m, &n->probe, p->out);
  print_numbers(p, n);
  print_during(p, "during", n->phase);
  print_during(p, n->kind == NSA_MEASURE_PERSISTENCE ? "after" : "among", n->among);
  if (n->per == NSA_PER_ELEMENT)
    text_puts(p->out, " of each element");
  else if (n->per != NSA_PER_RUN)
    text_printf(p->out, " per %s.%s", p->m->environments.data[n->environment].name, nsa_word_of_per(n->per));
  text_puts(p->out, ")");
}

void print_measure(const printer *p, const model_measure_node *n) {
  if (n->is_ref)
    text_puts(p->out, p->m->measures.data[n->ref].name);
  else if (n->kind == NSA_MEASURE_NUMBER)
    print_number(p, n->number, n->unit);
  else if (n->kind >= NSA_MEASURE_FIGURE && n->kind <= NSA_MEASURE_SERIES_SUM)
    print_of_trials(p, n);
  else if (n->kind >= NSA_MEASURE_SQRT && n->kind <= NSA_MEASURE_IF)
    print_arguments(p, n);
  else if (!is_operator(n->kind))
    print_function(p, n);
  else {
    text_puts(p->out, "(");
    if (n->args[1] == NULL)
      text_puts(p->out, operators[n->kind]);
    print_measure(p, n->args[0]);
    if (n->args[1] != NULL) {
      text_puts(p->out, operators[n->kind]);
      print_measure(p, n->args[1]);
    }
    text_puts(p->out, ")");
  }
}
