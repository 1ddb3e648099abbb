/* SPDX-License-Identifier: MIT */
/* emit.h - from IR functions to an LLVM module of kernels.
 *
 * Takes a finished program (ir_program_finish: kernels with their slots). Makes a module that exports
 *   nsa_kernel_<n>     machine code of IR function n, of type nsa_kernel_fn (nsa_rt.h)
 *   nsa_kernels        a constant array of pointers to all of them, in order
 *   nsa_kernel_count   uint32_t
 * and holds the maths that they call, internal and to be inlined. What stays undefined are
 * nsa_expm_phi and nsa_ou_cov (nsa_math.h), called where matrix exponentials are set up. A program may be
 * spread over several modules, which are compiled at the same time and linked together.
 *
 * Vectors are explicit: a value of type f64 is <width x double>, b1 is <width x i1>, index is
 * <width x i32>; width 1 is scalar code. Each lane does the IEEE operations of ir_ops.def and no others
 * (no fast-math flag, no contraction), so that the bits do not depend on the width. */
#ifndef NSA_EMIT_EMIT_H
#define NSA_EMIT_EMIT_H

#include "emit/llvm_api.h"
#include "ir/ir.h"

typedef struct {
  uint32_t width;             /* lanes: 1, 2, 4 or 8 */
  bool pairs_vectors;         /* long steps take twice as many, in two vectors side by side */
  const char *cpu, *features; /* LLVM's names, put on every function */
  const diag_sink *debug;     /* not NULL: line tables that lead back to its files */
  const bool *members;        /* by function: whether this module holds it; NULL: it holds all */
  bool is_without_table;      /* nsa_kernels and nsa_kernel_count are another module's */
} emit_options;

/* The module; it belongs to the context and is the caller's to dispose of. NULL with *error (in `a`) when
 * this compiler carries no maths of that width. A malformed program is a bug and aborts. Threads may call
 * this at the same time, each with an arena and a context of its own. */
LLVMModuleRef emit_module(arena *a, LLVMContextRef context, const ir_program *program, const emit_options *options,
                          const char **error);

/* Roles that run once or rarely: compiled with less effort. */
bool emit_is_cold(nsa_role role);
/* Functions that are compiled in pieces (pieces.c). */
bool emit_is_long(const ir_function *f);

#endif
