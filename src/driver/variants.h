/* SPDX-License-Identifier: MIT */
/* variants.h - compiles the variants that set params of the top level, each by itself, for `--variants all`. */
#ifndef NSA_DRIVER_VARIANTS_H
#define NSA_DRIVER_VARIANTS_H

#include "driver/compile.h"

/* One entry a variant of c's model; those without params of the top level have no program: c's own serves them. *list
 * is in c's arena; variants_free gives back what is not. An exit code: what is wrong is in c's sink, or in c->failure.
 */
int variants_compile(compilation *c, const nsa_compiled **list);
void variants_free(compilation *c);
/* What is told where the model has none of this name. */
const char *variants_unknown(arena *a, const char *name, const char *const *names, uint32_t count);

#endif
