/* SPDX-License-Identifier: MIT */
#include "fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>

void target_fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  abort();
}

void target_write(const char *path, const uint8_t *data, size_t size) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
    target_fail("the input cannot be written to a file");
}
