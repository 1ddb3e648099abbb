/* SPDX-License-Identifier: MIT */
/* linksum.c - which sums are due, in which order they are made, and by which method. */
#include "sums/linksum_internal.h"

#include "base/costs.h"
#include "base/threads.h"
#include "state/finite.h"
#include "state/kernels.h"
#include "state/slices.h"
#include "sums/sidesum.h"

#include <string.h>

void link_sums_force(struct link_sums *sums, int method) { sums->forced = method; }

/* ---- which sources are active ---- */

/* Eight flags are looked at at once; arrays are padded to eight, and what the padding says is cut off at the end. */
static void find_active(active_list *list, const uint8_t *flags) {
  uint32_t count = 0, *elements = list->elements;
  for (uint32_t i = 0; i < list->size; i += 8) {
    uint64_t eight;
    memcpy(&eight, flags + i, sizeof eight);
    if (!eight)
      continue;
    for (uint32_t k = i; k < i + 8; k++) { /* without a branch */
      elements[count] = k;
      count += flags[k];
    }
  }
  while (count && elements[count - 1] >= list->size)
    count--;
  list->count = count;
}

/* Of terms of long ago no flags are kept. */
static void find_nonzero(active_list *list, const double *terms) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < list->size; i++) {
    list->elements[count] = i;
    count += terms[i] != 0;
  }
  list->count = count;
}

static bool prefers_scatter(const struct link_sums *ls, const active_list *list) {
  if (ls->forced)
    return ls->forced == 2;
  return list->count < list->size / 2; /* a link costs about twice as much by scatter */
}

/* ---- one sum ---- */

/* Between other sides, link by link: there are no terms, or each link has them of its own delay ago. */
static void run_side_of_links(sim *s, uint32_t i) {
  const delay_line *line = delay_line_of(s->sums, &s->program->sums[i]);
  if (!line) {
    side_sum_run(s, s->sums->sides, i, NULL, NULL, 0);
    return;
  }
  delayed_terms terms = {line->values, s->field_data[line->delay.id], line->slots, line->size, s->sums->done};
  side_sum_run_delayed(s, s->sums->sides, i, &terms);
}

static void prepare_sum(sim *s, uint32_t i) {
  struct link_sums *ls = s->sums;
  const nsa_link_sum *sum = &s->program->sums[i];
  if (!nsa_kernel_is_none(sum->link_kernel))
    kernel_run(s, sum->link_kernel, &s->state_clock);
  ls->is_scatter[i] = 0;
  if (ls->list_of[i] == NSA_NONE) {
    if (sidesum_is(sum))
      run_side_of_links(s, i);
    return;
  }
  active_list *list = &ls->lists[ls->list_of[i]];
  double *terms = delay_lines_terms(s, list);
  if (list->found_at != ls->evaluation) {
    if (list->flags)
      find_active(list, list->flags);
    else
      find_nonzero(list, terms);
    list->found_at = ls->evaluation;
  }
  if (sidesum_is(sum)) {
    side_sum_run(s, ls->sides, i, terms, list->elements, list->count);
    return;
  }
  ls->is_scatter[i] = ls->scatter[sum->connection.id].start && prefers_scatter(ls, list);
}

/* ---- all that is due ---- */

/* The targets of a slice are those that the same thread steps. */
static void work_slice(sim *s, const target_work *work, uint32_t slice) {
  uint32_t size = s->populations[work->population.id].count;
  uint32_t begin = slice_begin(size, slice, work->slices), end = slice_begin(size, slice + 1, work->slices);
  for (uint32_t i = 0; i < work->sum_count; i++)
    if (s->sums->is_due[work->sums[i]])
      link_sums_add(s, work->sums[i], slice, begin, end);
  for (uint32_t i = 0; i < work->collect_count; i++) {
    nsa_kernel_id kernel = s->program->collects[work->collects[i]].kernel;
    nsa_range_out out = {0};
    if (!s->sums->collect_due[work->collects[i]])
      continue;
    kernel_run_range(s, kernel, &s->state_clock, begin, end, &out);
    finite_note(s, kernel, &out);
  }
}

static void works_task(void *context, uint32_t thread, uint32_t threads) {
  sim *s = context;
  (void)threads;
  for (uint32_t w = 0; w < s->sums->work_count; w++)
    if (thread < s->sums->works[w].slices)
      work_slice(s, &s->sums->works[w], thread);
}

static void run_works(sim *s) {
  double seconds = 0;
  for (uint32_t w = 0; w < s->sums->work_count; w++)
    if (s->sums->works[w].slices > 1)
      seconds += COST_OF_TARGET * s->populations[s->sums->works[w].population.id].count;
  thread_pool_run_if_worth(s->pool, seconds, works_task, s);
}

/* ---- the start ---- */

/* NSA_NONE: at stages alone. */
static bool is_due(uint32_t every, uint64_t done) { return every != 0 && every != NSA_NONE && done % every == 0; }

static void run_once(sim *s) {
  s->sums->evaluation++;
  for (uint32_t i = 0; i < s->program->sums_count; i++) {
    s->sums->is_due[i] = s->program->sums[i].every == 0;
    if (s->sums->is_due[i])
      prepare_sum(s, i);
  }
  for (uint32_t i = 0; i < s->program->collects_count; i++)
    s->sums->collect_due[i] = s->program->collects[i].every == 0;
  run_works(s);
}

static void run_sources(sim *s, uint64_t done) {
  for (uint32_t i = 0; i < s->program->sources_count; i++) {
    nsa_kernel_id kernel = s->program->sources[i];
    uint32_t timescale = s->program->kernels[kernel.id].timescale;
    if (is_due(s->program->timescales[timescale].ticks, done))
      kernel_run(s, kernel, &s->state_clock);
  }
}

static void run_starts(sim *s) {
  for (uint32_t i = 0; i < s->program->starts_count; i++)
    kernel_run(s, s->program->starts[i], &s->state_clock);
}

void link_sums_start(sim *s) {
  run_starts(s);
  delay_lines_fill(s, s->sums);
  run_once(s);
}

/* ---- the tick ---- */

/* At the start nothing is known of the sources, so they count as changed. */
static bool is_sum_due(sim *s, uint32_t i, uint64_t done) {
  const nsa_link_sum *sum = &s->program->sums[i];
  uint8_t *has_changed = &s->sums->has_changed[i];
  if (sum->grid == 0 || sum->grid == sum->every)
    return is_due(sum->every, done);
  bool is_once = sum->every == 0;
  if (is_once ? s->sums->is_again : is_due(sum->every, done) || s->is_touched)
    *has_changed = 1;
  if (done % sum->grid != 0 || !(*has_changed || (done == sum->grid && !is_once)))
    return false;
  *has_changed = 0;
  return true;
}

void link_sums_renew(struct link_sums *sums) { sums->is_again = true; }

void link_sums_run(sim *s, uint64_t done) {
  bool any = false;
  run_sources(s, done);
  if (s->is_touched)
    run_starts(s);
  s->sums->done = done;
  s->sums->evaluation++;
  delay_lines_push(s, s->sums);
  for (uint32_t i = 0; i < s->program->pasts_count; i++)
    if (is_due(s->program->pasts[i].every, done))
      delay_lines_look_back(s, &s->program->pasts[i]);
  for (uint32_t i = 0; i < s->program->sums_count; i++) {
    s->sums->is_due[i] = is_sum_due(s, i, done);
    if (s->sums->is_due[i])
      prepare_sum(s, i);
    any = any || s->sums->is_due[i];
  }
  for (uint32_t i = 0; i < s->program->collects_count; i++) {
    s->sums->collect_due[i] = is_due(s->program->collects[i].every, done);
    any = any || s->sums->collect_due[i];
  }
  s->is_touched = s->sums->is_again = false;
  if (any)
    run_works(s);
}

void link_sums_run_stage(sim *s, const nsa_stage_set *set) {
  struct link_sums *ls = s->sums;
  ls->evaluation++;
  memset(ls->is_due, 0, s->program->sums_count);
  memset(ls->collect_due, 0, s->program->collects_count);
  for (uint32_t i = 0; i < set->sources_count; i++)
    kernel_run(s, set->sources[i], &s->state_clock);
  for (uint32_t i = 0; i < set->sums_count; i++) {
    ls->is_due[set->sums[i]] = 1;
    prepare_sum(s, set->sums[i]);
  }
  for (uint32_t i = 0; i < set->collects_count; i++)
    ls->collect_due[set->collects[i]] = 1;
  run_works(s);
}
