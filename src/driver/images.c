/* SPDX-License-Identifier: MIT */
#include "driver/images.h"
#include "nsa_rt.h"
#include "support/exhausted.h"
#include <errno.h>
#include <stdlib.h>

static void read_image(arena *a, diag_sink *sink, const model *m, const nsa_input_folders *below, nsa_image *image) {
  const model_pattern *pattern = &m->patterns.data[image->pattern];
  char path[NSA_IMAGE_PATH];
  nsa_image_path(pattern->path, image->number, path);
  char error[256] = "";
  errno = 0;
  uint8_t *ink = nsa_image_read(pattern->is_given ? NULL : below, path, &image->rows, &image->cols, error);
  if (!ink && errno == ENOMEM)
    exhausted(); /* not the author's mistake */
  if (!ink) {
    diag *d = diag_report(sink, DIAG_E0001, pattern->at, "image %s of pattern `%s` cannot be read: %s", path,
                          pattern->name, error);
    diag_hint(d, "paths are relative to the model's folder; `--pattern %s=DIR/{}.pgm` takes other files",
              pattern->name);
    return;
  }
  image->ink_count = image->rows * image->cols;
  image->ink = arena_alloc(a, image->ink_count);
  memcpy(image->ink, ink, image->ink_count);
  free(ink);
}

static void check_size(diag_sink *sink, const model *m, const nsa_image *images, const model_stimulus *st) {
  const nsa_image *image = &images[st->image];
  const model_population *pop = &m->populations.data[st->population];
  if (!image->ink || (image->rows == pop->rows && image->cols == pop->cols))
    return;
  diag *d = diag_report(sink, DIAG_E0501, st->at, "an image of %u x %u pixels does not fit `%s`, which is %u x %u",
                        image->rows, image->cols, pop->name, pop->rows, pop->cols);
  diag_hint(d, "make the population %u x %u, or scale the image", image->rows, image->cols);
}

const nsa_image *images_read(arena *a, diag_sink *sink, const model *m, const nsa_input_folders *below) {
  nsa_image *images = ARENA_ARRAY(a, nsa_image, m->images.len);
  for (uint32_t k = 0; k < m->images.len; k++) {
    images[k] = (nsa_image){.pattern = m->images.data[k].pattern, .number = m->images.data[k].number};
    read_image(a, sink, m, below, &images[k]);
  }
  for (uint32_t k = 0; k < m->stimuli.len; k++)
    if (m->stimuli.data[k].is_present)
      check_size(sink, m, images, &m->stimuli.data[k]);
  return images;
}
