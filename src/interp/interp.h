/* SPDX-License-Identifier: MIT */
/* interp.h - kernels that walk the IR, one element at a time.
 *
 * Takes a finished program (ir_program_finish), usually not optimised. Gives an entry for each of its functions; the
 * runtime calls it like machine code. The interpreter is the reference: compiled kernels must agree with it bit for bit
 * (but for signs and payloads of NaNs). It shares no code with src/emit, and does plainly what ir_ops.def says. Calls
 * may run at the same time on several threads. */
#ifndef NSA_INTERP_INTERP_H
#define NSA_INTERP_INTERP_H

#include "ir/ir.h"
#include "nsa_rt.h"

/* One entry a function, in the arena. The program must live and stay as it is. */
nsa_kernel_entry *interp_entries(arena *a, const ir_program *p);

#endif
