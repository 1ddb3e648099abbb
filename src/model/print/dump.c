/* SPDX-License-Identifier: MIT */
/* dump.c - the order of a dump: time, components, network, experiment. */
#include "model/dump.h"
#include "model/print/print.h"
#include "nsa_words.h"

static void print_head(const model *m, text *out) {
  printer p = {.m = m, .out = out};
  text_printf(out, "model %s\nprecision %s\n", m->name, nsa_word_of_precision(m->precision));
  for (uint32_t k = 0; k < m->timescales.len; k++) {
    const model_timescale *t = &m->timescales.data[k];
    text_printf(out, "timescale %s = ", t->name);
    print_ms(&p, t->dt);
    text_printf(out, " (%u tick%s)\n", t->ticks, t->ticks == 1 ? "" : "s");
  }
}

void model_dump(const model *m, text *out) {
  print_head(m, out);
  for (uint32_t k = 0; k < m->components.len; k++) {
    text_puts(out, "\n");
    print_component(m, k, out);
  }
  if (m->populations.len > 0)
    text_puts(out, "\n");
  print_network(m, out);
  text_puts(out, "\n");
  print_experiment(m, out);
}
