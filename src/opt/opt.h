/* SPDX-License-Identifier: MIT */
/* opt.h - the same program, computed with less work.
 *
 * Takes a program from lowering and changes it in place; adds setup functions and fields for what is computed once,
 * and finishes it again (ir_program_finish). Every pass keeps every bit of every stored number, for
 * all inputs: the optimised program and the interpreted original agree. Only the signs and payloads of NaNs, which mean
 * nothing, may differ. */
#ifndef NSA_OPT_OPT_H
#define NSA_OPT_OPT_H

#include "ir/ir.h"

typedef struct {
  const char *stop_after; /* name of a pass: later ones are left out; NULL: all run */
  bool validate;          /* ir_validate after each pass; what it finds is a bug and aborts */
} opt_options;

typedef struct {
  const char *name;
  void (*run)(ir_program *p); /* all functions; the program is valid before and after */
  const char *expects;        /* what the passes before have done for it */
  const char *promises;       /* what holds behind it */
} opt_pass;

/* The passes in order. */
extern const opt_pass opt_passes[];
extern const uint32_t opt_pass_count;

/* options may be NULL. */
void opt_run(ir_program *p, const opt_options *options);

#endif
