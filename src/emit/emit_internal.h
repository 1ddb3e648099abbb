/* SPDX-License-Identifier: MIT */
/* emit_internal.h - what the files of emit/ share.
 *
 * module_emitter: one for a module. kernel: one for each function of it. Three builders write at once:
 *   entry  before the loop: field pointers, uniform values, the clock, stack buffers; filled on demand
 *   head   the start of each iteration: the elements' numbers, their rows and columns; on demand
 *   body   the operations, one after the other
 */
#ifndef NSA_EMIT_EMIT_INTERNAL_H
#define NSA_EMIT_EMIT_INTERNAL_H

#include "emit/emit.h"
#include "nsa_rt.h"

#define EMIT_MAX_WIDTH 32

typedef struct {
  arena *arena; /* scratch of this call */
  LLVMContextRef context;
  LLVMModuleRef module;
  const ir_program *program;
  const emit_options *options;
  uint32_t width;                                       /* of the kernel that is written: see emit.c */
  LLVMTypeRef i1, i8, i32, i64, f32, f64, ptr, nothing; /* scalars */
  LLVMTypeRef vf32, vf64, vb1, vi8, vi32;               /* of `width` lanes; scalars for width 1 */
  LLVMTypeRef vflag; /* integers as long as the kernel's numbers: truth values in registers */
  LLVMTypeRef kernel_type;
  LLVMBuilderRef entry, head, body;
  LLVMAttributeRef cpu, features, nounwind, noinline, alwaysinline;
  unsigned tbaa_kind;
  LLVMMetadataRef tbaa_root;
  LLVMValueRef *tbaa; /* by field; made on demand */
  LLVMDIBuilderRef debug;
  LLVMMetadataRef *debug_files; /* by file number */
} module_emitter;

/* A field as one kernel sees it. */
typedef struct {
  LLVMValueRef array; /* its base pointer, once asked for */
  LLVMValueRef value; /* a uniform field's value in all lanes, once asked for */
  bool is_stored;     /* by this function */
} kernel_slot;

typedef struct {
  module_emitter *m;
  const ir_function *function;
  const nsa_kernel *description;
  bool is_cold, is_single, is_long; /* single: over the RUN domain, one entry; long: in pieces */
  LLVMValueRef fn, fields, clock, out;
  LLVMBasicBlockRef entry_block, head_block;
  LLVMValueRef first;   /* the entry in lane 0, i64 */
  LLVMValueRef *values; /* by operation */
  uint32_t *last_use;   /* by operation: the last one that reads it */
  kernel_slot *slots;
  uint32_t *slot_of; /* by field; valid for the fields of this kernel */
  /* made on demand */
  LLVMValueRef ticks[NSA_MAX_TIMESCALES], times[NSA_MAX_TIMESCALES], seed, firsts; /* scalars */
  LLVMValueRef elements, numbers, rows, columns;                                   /* f64, then i32 */
  /* accumulators, in memory until sroa lifts them into registers */
  LLVMValueRef events[NSA_MAX_EVENTS]; /* vflag, all ones where fired */
  struct {
    LLVMValueRef all, here;                        /* NaN once a checked value was not finite; of this iteration */
  } finite[2];                                     /* of doubles, of floats */
  LLVMValueRef lane_arguments, lane_results, work; /* tuple.c */
  struct skip {
    uint32_t begin;
    LLVMBasicBlockRef from, join;
  } skips[32];
  uint32_t skip_depth;
  LLVMValueRef **variables; /* by operation: of loop_begin and loop_end, a value a variable */
  LLVMMetadataRef scope;    /* of debug locations */
} kernel;

/* Stops: a bug of the compiler. */
_Noreturn void emit_bug(const char *what, const char *where);

/* ---- lanes ---- */

LLVMTypeRef emit_lanes_of(const module_emitter *m, LLVMTypeRef scalar);
/* Whole vectors of `size` bytes a lane lie at multiples of their size, up to that at which arrays and stack buffers
 * begin. */
unsigned emit_alignment(const module_emitter *m, unsigned size);
LLVMValueRef emit_splat(module_emitter *m, LLVMBuilderRef b, LLVMValueRef scalar);
/* A number of this type, vf64 or vf32. */
LLVMValueRef emit_splat_number(module_emitter *m, LLVMTypeRef type, double x);
/* The value as `type`, vf64 or vf32, where it is one of these: floats and doubles into each other. */
LLVMValueRef emit_converted(module_emitter *m, LLVMValueRef x, LLVMTypeRef type);
LLVMValueRef emit_splat_i32(module_emitter *m, uint32_t x);
LLVMValueRef emit_lane(module_emitter *m, LLVMValueRef vector, uint32_t lane);
/* The vector with that lane replaced; vector NULL: the others are not defined. */
LLVMValueRef emit_set_lane(module_emitter *m, LLVMValueRef vector, LLVMValueRef x, uint32_t lane);
/* i1: whether any lane of a vb1 is true. */
LLVMValueRef emit_any(module_emitter *m, LLVMValueRef truth);
/* A call of an intrinsic that is overloaded on the type of its first argument. */
LLVMValueRef emit_intrinsic(module_emitter *m, const char *name, LLVMValueRef *args, unsigned count);

/* ---- a kernel's surroundings ---- */

/* Argument n as the operation takes it: a number of its precision. */
LLVMValueRef emit_argument(kernel *k, const ir_op *op, uint32_t n);

LLVMValueRef emit_array(kernel *k, nsa_field_id field);
LLVMValueRef emit_tick(kernel *k, uint32_t timescale); /* scalar f64 */
LLVMValueRef emit_time(kernel *k, uint32_t timescale);
LLVMValueRef emit_seed(kernel *k);
/* The number of a domain's first entry in the whole population: scalar f64. */
LLVMValueRef emit_first(kernel *k, uint32_t domain);
LLVMValueRef emit_elements(kernel *k); /* vf64: numbers in the whole population */
LLVMValueRef emit_numbers(kernel *k);  /* vi32: entries of arrays */
LLVMValueRef emit_stack(kernel *k, LLVMTypeRef type, uint32_t count, const char *name);
void emit_tag_field(module_emitter *m, LLVMValueRef access, nsa_field_id field);
void emit_function_attributes(module_emitter *m, LLVMValueRef fn);

/* ---- operations ---- */

typedef LLVMValueRef emit_op_fn(kernel *k, const ir_op *op);
extern emit_op_fn *const emit_op_table[IR_OP_COUNT];

emit_op_fn emit_load, emit_load_at, emit_store, emit_store_at, emit_shift, emit_shift_valid, emit_event; /* memory.c */
emit_op_fn emit_math, emit_random;                                                                       /* maths.c */
emit_op_fn emit_expm, emit_oucov, emit_get;                                                              /* tuple.c */
emit_op_fn emit_loop_begin, emit_loop_end;                                                               /* loop.c */
emit_op_fn emit_skip_begin, emit_skip_end;                                                               /* skip.c */
emit_op_fn emit_check;                                                                                   /* report.c */

/* The end of an iteration: adds what its checks found to what is known of the iterations before. */
void emit_checks_of_iteration(kernel *k);
/* Behind the loop: the events that fired and the checks, into `out`. */
void emit_report(kernel *k);

void emit_kernel(module_emitter *m, uint32_t number);
/* Brings the maths that the module calls into it. NULL, or why it cannot. */
const char *emit_link_maths(module_emitter *m);

/* ---- debug.c: all do nothing without options->debug ---- */

void emit_debug_start(module_emitter *m);
void emit_debug_function(kernel *k);
void emit_debug_place(kernel *k, LLVMBuilderRef b, span at);
void emit_debug_finish(module_emitter *m);

#endif
