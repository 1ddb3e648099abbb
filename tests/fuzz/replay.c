/* SPDX-License-Identifier: MIT */
/* replay.c - feeds files to a fuzz target, without libFuzzer. Which one is fed is said first: where it is the last that
 * is said, it is what broke the target. */
#include "fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>

static void replay(const char *path) {
  FILE *file = fopen(path, "rb");
  long size = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
  uint8_t *data = size >= 0 ? malloc((size_t)size + 1) : NULL;
  if (!data || fseek(file, 0, SEEK_SET) != 0 || fread(data, 1, (size_t)size, file) != (size_t)size)
    target_fail("it cannot be read");
  fclose(file);
  LLVMFuzzerTestOneInput(data, (size_t)size);
  free(data);
}

int main(int argc, char **argv) {
  if (argc < 2)
    target_fail("there is nothing to replay");
  LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
  for (int k = 1; k < argc; k++) {
    fprintf(stderr, "%s\n", argv[k]);
    replay(argv[k]);
  }
  return 0;
}
