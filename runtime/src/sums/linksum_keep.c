/* SPDX-License-Identifier: MIT */
/* linksum_keep.c - what sums over links have as state: source terms of the last ticks, and which sums wait. */
#include "sums/linksum_internal.h"

void link_sums_keep(sim *s, keeper *k) {
  struct link_sums *ls = s->sums;
  for (uint32_t i = 0; i < ls->line_count; i++) {
    delay_line *line = &ls->lines[i];
    char name[KEEP_NAME], term[KEEP_NAME], delay[KEEP_NAME];
    field_piece_name(s->program, line->term, term);
    field_piece_name(s->program, line->delay, delay);
    snprintf(name, sizeof name, "%.300s@%.300s", term, delay);
    keep_array(k, "delayed", name, KEEP_F64, (uint64_t)line->slots * line->size, line->values);
  }
  keep_begin(k, "sums", "waiting");
  keep_shape(k, s->program->sums_count);
  keep_bytes(k, ls->has_changed, s->program->sums_count);
  keep_end(k);
}
