/* SPDX-License-Identifier: MIT */
/* import.h - reads the files that a model imports and extends. */
#ifndef NSA_MODEL_NAMES_IMPORT_H
#define NSA_MODEL_NAMES_IMPORT_H

#include "model/names/checker.h"

/* Fills ck->main and ck->decls from the file, what it extends and what it imports. */
void import_files(checker *ck, const ast_file *file);
/* A path as it is written at `at`, relative to the folder of that file. NULL: it is absolute, which was reported. */
const char *path_from(checker *ck, span at, const char *written);
/* NULL: the file can be read. Else what was reported, for a hint. Where the command line has given the path, it may lie
 * anywhere. */
diag *path_check(checker *ck, span at, const char *path, bool is_given);

#endif
