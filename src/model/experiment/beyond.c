/* SPDX-License-Identifier: MIT */
/* beyond.c - what lies behind the end of the run, and so never comes: a phase, the time of a sample. A longer run
 * (--for) may come there, so that these are warnings. */
#include "model/experiment/experiment.h"
#include "model/names/report.h"

static void warn(checker *ck, span at, const char *what, double time) {
  diag *d = diag_report(ck->sink, DIAG_W0602, at, "%s %s ms, and the run ends at %s ms", what, number_text(ck, time),
                        number_text(ck, ck->model->duration));
  diag_hint(d, "a longer run comes there: `run`, or --for");
}

/* It has other windows, or a stimulus makes some. */
static bool is_soon(const model *m, uint32_t phase) {
  bool is_found = false;
  for (uint32_t i = 0; i < m->phase_windows.len; i++)
    is_found = is_found || (m->phase_windows.data[i].phase == phase && m->phase_windows.data[i].start < m->duration);
  for (uint32_t i = 0; i < m->stimuli.len; i++)
    is_found = is_found || (m->stimuli.data[i].phase == phase && m->stimuli.data[i].start < m->duration);
  return is_found;
}

static void check_phases(checker *ck) {
  const model *m = ck->model;
  for (uint32_t i = 0; i < m->phase_windows.len; i++) {
    const model_phase_window *w = &m->phase_windows.data[i];
    if (w->start >= m->duration && !is_soon(m, w->phase))
      warn(ck, w->at, arena_printf(ck->arena, "the phase `%s` begins at", m->phases.data[w->phase].name), w->start);
  }
}

static void check_samples(checker *ck, const model_measure_node *n) {
  if (n->kind == NSA_MEASURE_AT && !n->is_ref && n->number > ck->model->duration)
    warn(ck, n->at, "there is no sample at", n->number);
  for (int k = 0; k < 3 && n->args[k] != NULL; k++)
    check_samples(ck, n->args[k]);
}

void beyond_check(checker *ck) {
  const model *m = ck->model;
  if (m->duration <= 0 || diag_error_count(ck->sink) > 0)
    return;
  check_phases(ck);
  for (uint32_t i = 0; i < m->measures.len; i++)
    check_samples(ck, m->measures.data[i].value);
}
