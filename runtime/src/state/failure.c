/* SPDX-License-Identifier: MIT */
#include "state/failure.h"

#include <stdarg.h>

bool failure_tell(sim *s, nsa_place at, bool is_of_world, const char *format, ...) {
  s->failed = true;
  s->failure = (sim_failure){.text = s->failure_text,
                             .at = at,
                             .is_of_world = is_of_world,
                             .population = NSA_NO_POPULATION,
                             .connection = NSA_NO_CONNECTION};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(s->failure_text, sizeof s->failure_text, format, arguments);
  va_end(arguments);
  return false;
}
