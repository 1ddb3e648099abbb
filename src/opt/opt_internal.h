/* SPDX-License-Identifier: MIT */
/* opt_internal.h - what passes share. See docs/adding-a-pass.md. */
#ifndef NSA_OPT_INTERNAL_H
#define NSA_OPT_INTERNAL_H

#include "ir/build.h"
#include "opt/opt.h"

/* The passes; each does all functions. */
void opt_fold(ir_program *p);    /* numbers and exact identities */
void opt_cse(ir_program *p);     /* what is computed twice */
void opt_dce(ir_program *p);     /* what nothing needs */
void opt_hoist(ir_program *p);   /* what is the same at every step moves into setup functions */
void opt_sink(ir_program *p);    /* stores of what only a skip region changes */
void opt_flatten(ir_program *p); /* skip regions that cost less than skipping */

/* A function being written anew, operation by operation. */
typedef struct {
  ir_function *from;
  ir_function *to;
  ir_builder b;  /* on `to` */
  ir_value *map; /* per operation of `from` its value in `to` */
} opt_rewrite;

opt_rewrite opt_rewrite_begin(ir_program *p, ir_function *f);
/* Appends operation i of `from` with mapped arguments, and maps it. */
ir_value opt_rewrite_copy(opt_rewrite *rw, uint32_t i);
/* f has the new operations from now on. */
void opt_rewrite_end(opt_rewrite *rw);

/* Stores, events and checks: what a function is run for. */
static inline bool opt_has_effect(const ir_op *op) {
  return op->op == IR_OP_store || op->op == IR_OP_store_at || op->op == IR_OP_event || op->op == IR_OP_check;
}

static inline bool opt_is_marker(const ir_op *op) {
  return op->op == IR_OP_skip_begin || op->op == IR_OP_skip_end || op->op == IR_OP_loop_begin ||
         op->op == IR_OP_loop_end;
}

#endif
