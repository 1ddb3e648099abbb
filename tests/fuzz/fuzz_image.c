/* SPDX-License-Identifier: MIT */
/* Any file is an image, of which every pixel is ink or paper, or has an error. */
#include "fuzz/target.h"

#include "nsa_rt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint32_t rows = 0, columns = 0;
  char error[256] = "";
  target_write("fuzz.image", data, size);
  uint8_t *ink = nsa_image_read(NULL, "fuzz.image", &rows, &columns, error);
  for (size_t k = 0; ink && k < (size_t)rows * columns; k++)
    if (ink[k] > 1)
      target_fail("a pixel is neither ink nor paper");
  if (!ink && !error[0])
    target_fail("what cannot be read has no error");
  free(ink);
  return 0;
}
