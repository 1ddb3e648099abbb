/* SPDX-License-Identifier: MIT */
/* images.c - the images of patterns are read by the compiler, so that a missing or misfitting one
 * is a mistake with a place, and an executable needs no files. */
#include "driver/images.h"
#include <stdlib.h>

static void read_image(compilation *c, nsa_image *image) {
  const model_pattern *pattern = &c->model->patterns.data[image->pattern];
  char path[NSA_IMAGE_PATH];
  nsa_image_path(pattern->path, image->number, path);
  char error[256] = "";
  uint8_t *ink = nsa_image_read(path, &image->rows, &image->cols, error);
  if (!ink) {
    diag *d = diag_report(c->sink, DIAG_E0001, pattern->at, "image %s of pattern `%s` cannot be read: %s", path,
                          pattern->name, error);
    diag_hint(d, "paths are relative to the model's folder; `--pattern %s=DIR/{}.pgm` takes other files",
              pattern->name);
    return;
  }
  image->ink_count = image->rows * image->cols;
  image->ink = arena_alloc(c->arena, image->ink_count);
  memcpy(image->ink, ink, image->ink_count);
  free(ink);
}

static void check_size(compilation *c, const model_stimulus *st) {
  const nsa_image *image = &c->ir->program->images[st->image];
  const model_population *pop = &c->model->populations.data[st->population];
  if (!image->ink || (image->rows == pop->rows && image->cols == pop->cols))
    return;
  diag *d = diag_report(c->sink, DIAG_E0501, st->at, "an image of %u x %u pixels does not fit `%s`, which is %u x %u",
                        image->rows, image->cols, pop->name, pop->rows, pop->cols);
  diag_hint(d, "make the population %u x %u, or scale the image", image->rows, image->cols);
}

bool images_load(compilation *c) {
  nsa_program *p = c->ir->program;
  for (uint32_t k = 0; k < p->images_count; k++)
    read_image(c, &p->images[k]);
  for (uint32_t k = 0; k < c->model->stimuli.len; k++)
    if (c->model->stimuli.data[k].is_present)
      check_size(c, &c->model->stimuli.data[k]);
  return diag_error_count(c->sink) == 0;
}
