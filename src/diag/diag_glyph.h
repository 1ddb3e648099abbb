/* SPDX-License-Identifier: MIT */
/* diag_glyph.h - source text made fit to be shown on a terminal. */
#ifndef NSA_DIAG_GLYPH_H
#define NSA_DIAG_GLYPH_H

#include "support/text.h"

/* Adds the character at s (of `avail` >= 1 bytes) to out; returns its bytes and adds the columns
 * it takes to *column. Tabs run to the next stop of 4. Control characters become \xNN or \u{NN}:
 * echoed, they could move the cursor, recolour the terminal or turn the reading direction. */
uint32_t diag_glyph_add(text *out, const char *s, size_t avail, uint32_t *column);

/* All of s, made safe in the same way. */
const char *diag_safe(arena *a, const char *s);

#endif
