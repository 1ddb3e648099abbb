/* SPDX-License-Identifier: MIT */
/* unit_table.h - units with prefixes that the language has not. */
#ifndef NSA_RUNTIME_UNIT_TABLE_H
#define NSA_RUNTIME_UNIT_TABLE_H

#include "nsa_units.h"

typedef struct {
  const char *spelling;
  int exponent;
} unit_prefix;

/* A name that is this prefix and a unit that takes prefixes. */
bool unit_find_prefixed(const char *name, size_t len, const unit_prefix *prefix, nsa_unit *unit);

#endif
