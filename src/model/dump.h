/* SPDX-License-Identifier: MIT */
/* dump.h - the checked model as text, and whether it is one.
 *
 * model_dump prints every part of a model with the words of the language, numbers with their units, items by their
 * names; a dump is for the eye and for tests, it is not read back. model_validate looks for what model_check promises
 * of its product; what it finds is a bug of ours, never a mistake of the author. Both only read. */
#ifndef NSA_MODEL_DUMP_H
#define NSA_MODEL_DUMP_H

#include "model/model.h"
#include "support/text.h"

/* The model has no errors. */
void model_dump(const model *m, text *out);
/* The first thing that is wrong, in the arena ("component `lif`: let `a` reads `b`, which comes later"); NULL: nothing
 * is. Indices lie in their lists, expressions have the arguments and units of their kind, lets and params refer to
 * those before them, a state has one equation at most, sides that are named are there, times and sizes are positive. */
const char *model_validate(arena *a, const model *m);

#endif
