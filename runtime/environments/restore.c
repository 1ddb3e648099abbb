/* SPDX-License-Identifier: MIT */
#include "environments.h"

#include <stdio.h>
#include <string.h>

bool environment_restore(void *state, size_t size, const void *bytes, size_t length, char *error) {
  if (length == size)
    memcpy(state, bytes, size);
  else
    snprintf(error, NSA_ENVIRONMENT_ERROR, "these are %zu bytes, and a state of this world has %zu", length, size);
  return length == size;
}
