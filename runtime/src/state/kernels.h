/* SPDX-License-Identifier: MIT */
/* kernels.h - running one kernel of the program over the arrays of a sim.
 *
 * A kernel with the number NSA_NONE does nothing. Results do not depend on the number of threads. */
#ifndef NSA_RUNTIME_KERNELS_H
#define NSA_RUNTIME_KERNELS_H

#include "state/sim.h"

/* The clock at which `base_tick` base ticks are done; times are products, never sums. */
void sim_set_clock(const sim *s, nsa_clock *clock, uint64_t base_tick);

/* The kernel that runs in this thread; program is NULL where none does. */
typedef struct {
  const nsa_program *program;
  nsa_kernel_id kernel;
} kernel_running;
extern _Thread_local kernel_running kernel_now;

/* Over entries [begin, end) of these arrays, both multiples of NSA_LANES. Every call of a kernel is this one. Inline:
 * a kernel of few elements takes no longer than a call. */
static inline void kernel_call(const sim *s, nsa_kernel_id kernel, void *const *fields, const nsa_clock *clock,
                               uint64_t begin, uint64_t end, nsa_range_out *out) {
  const nsa_kernel_entry *entry = &s->kernels[kernel.id];
  kernel_now = (kernel_running){s->program, kernel};
  entry->fn(entry->self, fields, clock, begin, end, out);
  kernel_now.program = NULL;
}
/* From now on a fault in a kernel is told with its name and its place in the model. */
void kernels_explain_faults(void);

/* Over the kernel's whole domain, tile by tile, by several threads where it is large. Values that are not finite are
 * noted (finite.h). */
void kernel_run(sim *s, nsa_kernel_id kernel, const nsa_clock *clock);

/* The same, noting nothing: false when a checked value (of padding, perhaps) was not finite. */
bool kernel_run_checked(sim *s, nsa_kernel_id kernel, const nsa_clock *clock);

/* Over entries [begin, end) of its domain: begin is a multiple of NSA_PAD, and so is end, or it is the last. */
void kernel_run_range(sim *s, nsa_kernel_id kernel, const nsa_clock *clock, uint64_t begin, uint64_t end,
                      nsa_range_out *out);

/* A settle kernel over the whole vectors that hold the elements, which ascend; lanes that did not fire keep what they
 * have. False when a checked value was not finite. */
bool kernel_run_around(sim *s, nsa_kernel_id kernel, const nsa_clock *clock, const uint32_t *elements, uint32_t count);

#endif
