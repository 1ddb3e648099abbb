/* SPDX-License-Identifier: MIT */
/* kernels.c - running one kernel: see kernels.h. */
#include "state/kernels.h"

#include "base/costs.h"
#include "base/threads.h"
#include "nsa_interrupts.h"
#include "nsa_text.h"
#include "state/blame.h"
#include "state/finite.h"

#include <stdatomic.h>
#include <string.h>

void sim_set_clock(const sim *s, nsa_clock *clock, uint64_t base_tick) {
  clock->seed = s->seed;
  clock->first = s->first;
  for (uint32_t i = 0; i < s->program->timescales_count && i < NSA_MAX_TIMESCALES; i++) {
    const nsa_timescale *timescale = &s->program->timescales[i];
    clock->tick[i] = (double)(base_tick / timescale->ticks);
    clock->time[i] = nsa_time_of(&s->steps[i], clock->tick[i]);
  }
}

/* ---- what is said where a kernel ends the process ---- */

_Thread_local kernel_running kernel_now;

static void put_number(void (*put)(const char *text), uint32_t number) {
  char digits[12] = {0}, *at = digits + sizeof digits - 1;
  do
    *--at = (char)('0' + number % 10);
  while (number /= 10);
  put(at);
}

static void put_safe(void (*put)(const char *text), const char *text) {
  for (size_t len = strlen(text); len > 0;) {
    nsa_glyph g = nsa_glyph_of(text, len, 0);
    char shown[sizeof g.text + 1] = {0};
    memcpy(shown, g.text, g.len);
    put(shown);
    text += g.bytes;
    len -= g.bytes;
  }
}

/* In a handler of signals. */
static void explain_fault(void (*put)(const char *text)) {
  const nsa_program *p = kernel_now.program;
  if (!p)
    return;
  nsa_place at = blame_kernel(p, kernel_now.kernel);
  put(" in the kernel ");
  put_safe(put, p->kernels[kernel_now.kernel.id].name);
  if (at.file >= p->files_count || at.line == 0)
    return;
  put(" (");
  put_safe(put, p->files[at.file].path);
  put(":");
  put_number(put, at.line);
  put(":");
  put_number(put, at.column);
  put(")");
}

void kernels_explain_faults(void) { nsa_faults_explain(explain_fault); }

/* ---- over a domain ---- */

void kernel_run_range(sim *s, nsa_kernel_id kernel, const nsa_clock *clock, uint64_t begin, uint64_t end,
                      nsa_range_out *out) {
  if (nsa_kernel_is_none(kernel) || begin >= end)
    return;
  kernel_call(s, kernel, s->kernel_fields[kernel.id], clock, begin, sim_padded(end), out);
}

typedef struct {
  sim *s;
  nsa_kernel_id kernel;
  const nsa_clock *clock;
  uint64_t count, tiles;
  atomic_bool is_nonfinite;
} kernel_job;

static void kernel_task(void *context, uint32_t thread, uint32_t threads) {
  kernel_job *job = context;
  nsa_range_out out = {0};
  uint64_t first, last;
  thread_slice(job->tiles, thread, threads, &first, &last);
  for (uint64_t begin = first * NSA_TILE; begin < last * NSA_TILE; begin += NSA_TILE)
    kernel_run_range(job->s, job->kernel, job->clock, begin,
                     job->count - begin < NSA_TILE ? job->count : begin + NSA_TILE, &out);
  if (out.nonfinite)
    atomic_store(&job->is_nonfinite, true);
}

bool kernel_run_checked(sim *s, nsa_kernel_id kernel, const nsa_clock *clock) {
  if (nsa_kernel_is_none(kernel))
    return true;
  uint64_t count = s->domain_count[s->program->kernels[kernel.id].domain];
  if (count == 0)
    return true;
  kernel_job job = {.s = s, .kernel = kernel, .clock = clock, .count = count, .tiles = sim_tiles(count)};
  thread_pool_run_if_worth(s->pool, COST_OF_ENTRY * (double)count, kernel_task, &job);
  return !atomic_load(&job.is_nonfinite);
}

void kernel_run(sim *s, nsa_kernel_id kernel, const nsa_clock *clock) {
  nsa_range_out out = {.nonfinite = !kernel_run_checked(s, kernel, clock)};
  finite_note(s, kernel, &out);
}

bool kernel_run_around(sim *s, nsa_kernel_id kernel, const nsa_clock *clock, const uint32_t *elements, uint32_t count) {
  nsa_range_out out = {0};
  for (uint32_t i = 0; i < count;) {
    uint64_t begin = elements[i] / NSA_LANES * NSA_LANES, end = begin + NSA_LANES;
    for (i++; i < count && elements[i] < end + NSA_LANES; i++)
      end = sim_whole_vectors(elements[i] + 1);
    kernel_call(s, kernel, s->kernel_fields[kernel.id], clock, begin, end, &out);
  }
  return !out.nonfinite;
}
