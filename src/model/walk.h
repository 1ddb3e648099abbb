/* SPDX-License-Identifier: MIT */
/* walk.h - visits each part of an expression, and each statement of a block with its expressions; copies expressions
 * with other references.
 *
 * A walk takes what is to be visited and callbacks with their context; it changes nothing and allocates nothing. A
 * whole comes before its parts (pre-order), arguments from left to right: of a statement first itself, then its value,
 * then the blocks of an `if`. A callback says how the walk goes on. A question ("does it read v?") stops at the first
 * part that answers it; a collection goes on to the end and keeps what it finds in its context. */
#ifndef NSA_MODEL_WALK_H
#define NSA_MODEL_WALK_H

#include "model/model.h"

typedef enum {
  WALK_ON,   /* into the parts as well */
  WALK_PAST, /* not into the parts of this one */
  WALK_STOP  /* the walk ends here */
} walk_step;

typedef walk_step walk_expr_fn(void *context, const model_expr *e);
typedef walk_step walk_stmt_fn(void *context, const model_stmt *s);

typedef struct {
  walk_expr_fn *expr; /* NULL: a walk over a block visits its statements only */
  walk_stmt_fn *stmt; /* NULL: a walk over a block visits its expressions only */
  void *context;
  /* The component whose lets are looked through: the value of a let of SIDE_SELF is a part of each reference to it, and
   * visited each time. NULL: references are visited, their values are not. The callback looks through a let of an end
   * itself, by a walk with that component as `own`: SIDE_SELF means another component there. */
  const model_component *own;
} walker;

/* Both return true where a callback stopped the walk. NULL is an expression without parts. */
bool walk_expr(const walker *w, const model_expr *e);
bool walk_block(const walker *w, const model_block *block);

/* Whether e refers to an item of this kind. */
bool expr_refers_to(const model_expr *e, model_side side, model_ref_kind kind, uint32_t item);

/* A copy of e in the arena. Of each reference `replace` gets the copy, and gives what stands in its place: the copy
 * itself, changed or not, or another expression. Where it gives NULL, the whole is NULL. */
typedef model_expr *replace_ref_fn(void *context, model_expr *copy);
model_expr *expr_replace(arena *a, const model_expr *e, replace_ref_fn *replace, void *context);

#endif
