/* SPDX-License-Identifier: MIT */
#include "lower/pure/phased.h"
#include "lower/pure/memo.h"

const model_phase_set *lower_phase_set_of(const lower_context *ctx, bool is_connection, uint32_t owner,
                                          uint32_t param) {
  for (uint32_t k = 0; k < ctx->m->phase_sets.len; k++) {
    const model_set *set = &ctx->m->phase_sets.data[k].set;
    if (set->is_connection == is_connection && set->owner == owner && set->item == param)
      return &ctx->m->phase_sets.data[k];
  }
  return NULL;
}

bool lower_is_phased(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t param) {
  if (ctx->m->phase_sets.len == 0)
    return false;
  change_memo *memo = &lower_memo_of(ctx, is_connection, owner)->changes[param];
  if (*memo == CHANGE_UNKNOWN) {
    const model_expr *value = lower_initial_value(ctx, is_connection, owner, REF_PARAM, param);
    *memo = CHANGE_NEVER; /* while it is looked at */
    if (lower_phase_set_of(ctx, is_connection, owner, param) || lower_reads_phased(ctx, is_connection, owner, value))
      *memo = CHANGE_AT_PHASES;
  }
  return *memo == CHANGE_AT_PHASES;
}

bool lower_reads_phased(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e) {
  return e && ctx->m->phase_sets.len > 0 && lower_self_dependence(ctx, is_connection, owner, e) & DEPENDS_PHASED_PARAM;
}
