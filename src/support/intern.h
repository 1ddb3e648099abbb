/* SPDX-License-Identifier: MIT */
/* intern.h - one copy of each name, so that names compare by pointer. */
#ifndef NSA_SUPPORT_INTERN_H
#define NSA_SUPPORT_INTERN_H

#include "support/arena.h"

typedef struct interner interner;

interner *intern_new(arena *a);
/* The one NUL-terminated copy of these bytes. */
const char *intern(interner *in, const char *data, size_t len);
const char *intern_cstr(interner *in, const char *text);

#endif
