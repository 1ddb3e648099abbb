/* SPDX-License-Identifier: MIT */
/* opt.h - the same program, computed with less work.
 *
 * Takes a program from lowering and changes it in place; adds setup functions and fields for what is computed once,
 * and finishes it again (ir_program_finish). Every pass keeps every bit of every stored number (NaNs apart, whose
 * signs and payloads mean nothing), for all inputs: the optimised program and the interpreted original agree. */
#ifndef NSA_OPT_OPT_H
#define NSA_OPT_OPT_H

#include "ir/ir.h"

typedef struct {
  const char *stop_after; /* name of a pass: later ones are left out; NULL: all run */
  bool validate;          /* ir_validate after each pass; what it finds is a bug and aborts */
} opt_options;

/* The passes in order, for dumps and tests; NULL beyond the last. */
const char *opt_pass_name(uint32_t number);

/* options may be NULL. */
void opt_run(ir_program *p, const opt_options *options);

#endif
