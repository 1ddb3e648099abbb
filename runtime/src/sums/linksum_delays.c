/* SPDX-License-Identifier: MIT */
/* linksum_delays.c - source terms of the last ticks, for links with delays. */
#include "sums/linksum_internal.h"

#include "base/costs.h"
#include "base/threads.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const delay_line *find_line(const struct link_sums *ls, nsa_field_id term, nsa_field_id delay) {
  for (uint32_t i = 0; !nsa_field_is_none(delay) && i < ls->line_count; i++)
    if (nsa_field_is(ls->lines[i].term, term) && nsa_field_is(ls->lines[i].delay, delay))
      return &ls->lines[i];
  return NULL;
}

const delay_line *delay_line_of(const struct link_sums *ls, const nsa_link_sum *sum) {
  return find_line(ls, sum->source_term, sum->delay);
}

/* ---- set-up ---- */

static bool add_line(sim *s, struct link_sums *ls, nsa_connection_id connection, nsa_field_id term,
                     nsa_field_id delay_field) {
  if (nsa_field_is_none(delay_field) || find_line(ls, term, delay_field))
    return true;
  const nsa_field *field = &s->program->fields[delay_field.id];
  const double *delay = s->field_data[delay_field.id];
  uint64_t count = field->is_uniform ? 1 : s->links[connection.id].count;
  delay_line *line = &ls->lines[ls->line_count++];
  *line = (delay_line){.term = term, .delay = delay_field, .is_uniform = field->is_uniform};
  line->size = (uint32_t)s->field_count[term.id];
  line->slots = 1;
  for (uint64_t k = 0; k < count; k++)
    if (delay[k] + 1 > line->slots)
      line->slots = (uint32_t)delay[k] + 1;
  line->values = calloc((size_t)line->slots * line->size, sizeof *line->values);
  s->allocated += (uint64_t)line->slots * line->size * sizeof *line->values;
  return line->values != NULL;
}

bool link_sums_start_delays(sim *s, char error[SIM_ERROR_SIZE]) {
  struct link_sums *ls = s->sums;
  bool ok = true;
  for (uint32_t i = 0; ok && i < s->program->sums_count; i++) {
    const nsa_link_sum *sum = &s->program->sums[i];
    ok = add_line(s, ls, sum->connection, sum->source_term, sum->delay);
  }
  for (uint32_t i = 0; ok && i < s->program->pasts_count; i++) {
    const nsa_past *past = &s->program->pasts[i];
    ok = add_line(s, ls, past->connection, past->term, past->delay);
  }
  for (uint32_t i = 0; ok && i < s->program->sums_count; i++)
    ok = link_sums_add_list(s, ls, i);
  if (!ok)
    snprintf(error, SIM_ERROR_SIZE, "out of memory for delays (%" PRIu64 " bytes were allocated before)", s->allocated);
  return ok;
}

/* The past before the first step is the initial state. */
void delay_lines_fill(const sim *s, struct link_sums *ls) {
  for (uint32_t i = 0; i < ls->line_count; i++)
    for (uint32_t slot = 0; slot < ls->lines[i].slots; slot++)
      memcpy(ls->lines[i].values + (uint64_t)slot * ls->lines[i].size, s->field_data[ls->lines[i].term.id],
             ls->lines[i].size * sizeof(double));
}

/* ---- a tick ---- */

void delay_lines_push(const sim *s, struct link_sums *ls) {
  for (uint32_t i = 0; i < ls->line_count; i++) {
    const delay_line *line = &ls->lines[i];
    memcpy(line->values + ls->done % line->slots * line->size, s->field_data[line->term.id],
           line->size * sizeof(double));
  }
}

double *delay_lines_terms(const sim *s, const active_list *list) {
  const delay_line *line = list->line;
  if (!line)
    return s->field_data[list->field.id];
  uint64_t delay = (uint64_t)((const double *)s->field_data[line->delay.id])[0];
  return line->values + (s->sums->done + line->slots - delay) % line->slots * line->size;
}

typedef struct {
  const delay_line *line;
  const uint32_t *source;
  const double *delay;
  double *values;
  uint64_t count, done;
} past_job;

static void past_task(void *context, uint32_t thread, uint32_t threads) {
  const past_job *job = context;
  const delay_line *line = job->line;
  uint64_t first, last, done = job->done + line->slots;
  thread_slice(job->count, thread, threads, &first, &last);
  for (uint64_t k = first; k < last; k++) {
    uint64_t delay = (uint64_t)job->delay[line->is_uniform ? 0 : k];
    job->values[k] = line->values[(done - delay) % line->slots * line->size + job->source[k]];
  }
}

/* What link kernels read of sources as they were. */
void delay_lines_look_back(sim *s, const nsa_past *past) {
  const delay_line *line = find_line(s->sums, past->term, past->delay);
  const sim_links *links = &s->links[past->connection.id];
  past_job job = {line,         links->source, s->field_data[past->delay.id], s->field_data[past->value.id],
                  links->count, s->sums->done};
  thread_pool_run_if_worth(s->pool, COST_OF_PAST * (double)links->count, past_task, &job);
}
