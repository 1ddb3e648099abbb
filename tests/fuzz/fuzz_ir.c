/* SPDX-License-Identifier: MIT */
/* Any text is IR, or has an error. What is read is printed, and reads again to the same; what is valid stays valid when
 * it is optimised. */
#include "fuzz/target.h"

#include "opt/opt.h"

#include <string.h>

static text print(arena *a, const ir_program *p) {
  text out = text_new(a);
  ir_print(p, &out);
  return out;
}

static void look_at(arena *a, ir_program *p) {
  const char *error = NULL;
  text once = print(a, p);
  const ir_program *again = ir_read(a, once.data, &error);
  if (!again)
    target_fail(error);
  text twice = print(a, again);
  if (strcmp(once.data, twice.data) != 0)
    target_fail("what was printed does not read to the same");
  if (ir_validate(a, p) == NULL)
    opt_run(p, &(opt_options){.validate = true});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  arena *a = arena_new();
  const char *error = NULL;
  ir_program *p = ir_read(a, arena_strdup(a, (const char *)data, size), &error);
  if (p)
    look_at(a, p);
  else if (!error)
    target_fail("what cannot be read has no error");
  arena_free(a);
  return 0;
}
