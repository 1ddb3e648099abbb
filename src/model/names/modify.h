/* SPDX-License-Identifier: MIT */
/* modify.h - components that a file or a variant changes. */
#ifndef NSA_MODEL_NAMES_MODIFY_H
#define NSA_MODEL_NAMES_MODIFY_H

#include "model/names/checker.h"

/* What `modify` changes in the scope, in order: those of the declarations, behind them those of the chosen variant.
 * Those of other variants are defined as well, so that their mistakes are found, and have no name. */
void modify_components(checker *ck, file_scope *scope, const ast_decl *const *decls, uint32_t count);

#endif
