/* SPDX-License-Identifier: MIT */
#include "unit/analyse/cells.h"

#include "syntax/syntax.h"
#include <stdlib.h>
#include <string.h>

analyse_cell *cell_of_text(arena *a, const char *source, const char *along) {
  const char *folders[] = {arena_printf(a, "%s/runtime/models", getenv("SRC")), NULL};
  interner *names = intern_new(a);
  diag_sink *sink = diag_sink_new(a);
  uint32_t file = diag_add_file(sink, "test.nsa", source, strlen(source));
  model_options options = {.model_folders = folders};
  const model *m = model_check(a, names, sink, syntax_parse(a, names, sink, file), &options);
  analyse_cell *cell = NULL;
  if (!diag_error_count(sink)) {
    const model_component *c = &m->components.data[m->populations.data[0].component];
    analyse_setting p = {.kind = REF_PARAM};
    while (along != NULL && strcmp(c->params.data[p.item].name, along) != 0)
      p.item++;
    analyse_options chosen = {.along = along != NULL ? &p : NULL};
    cell = analyse_cell_new(a, sink, m, &chosen);
  }
  diag_print(sink, stderr, false);
  return cell;
}

analyse_cell *cell_of_library(arena *a, const char *name, const char *along) {
  return cell_of_text(a, arena_printf(a, "import nsa.astrocyte.%s\npopulation p : %s[1]\n", name, name), along);
}
