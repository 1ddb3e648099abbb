/* SPDX-License-Identifier: MIT */
/* Any file is a model, or has errors that can be told, and then all products of a model up to the optimised IR are
 * valid. */
#include "fuzz/target.h"

#include "driver/compile.h"

#include <stdlib.h>

static void tell(const diag_sink *sink) {
  char *said = NULL;
  size_t size;
  FILE *to = open_memstream(&said, &size);
  diag_print(sink, to, true);
  diag_print_json(sink, to);
  fclose(to);
  free(said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  compile_options options = {.path = "fuzz.nsa", .analyse_timescales = true, .validate_passes = true};
  compilation c;
  target_write(options.path, data, size);
  compile_start(&c, &options);
  if (compile_to(&c, STAGE_OPTIMISE) == 70)
    target_fail("a stage made what is not valid");
  tell(c.sink);
  compile_free(&c);
  return 0;
}
