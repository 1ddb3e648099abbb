/* SPDX-License-Identifier: MIT */
/* paths.c - the files that a model names. */
#include "model/names/import.h"
#include "support/file.h"

const char *path_from(checker *ck, span at, const char *written) {
  if (written[0] == '/') {
    diag_report(ck->sink, DIAG_E0001, at, "`%s` is not read: a path in a model is relative to its file", written);
    return NULL;
  }
  const char *file = diag_file_path(ck->sink, at.file);
  if (file == NULL || strchr(file, '/') == NULL)
    return written;
  return file_join(ck->arena, file_folder(ck->arena, file), written);
}

diag *path_check(checker *ck, span at, const char *path, bool is_given) {
  const char *error;
  if (file_can_be_read(ck->arena, is_given ? NULL : ck->options->inputs, path, &error))
    return NULL;
  return diag_report(ck->sink, DIAG_E0001, at, "`%s` cannot be read: %s", path, error);
}
