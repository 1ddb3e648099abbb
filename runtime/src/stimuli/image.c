/* SPDX-License-Identifier: MIT */
/* image.c - PGM (P2, P5) and PNG files as ink. */
#include "nsa_rt.h"

#include <ctype.h>
#include <inttypes.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SIDE_MAX = 16384, INK_BELOW = 127, GREY_MAX = 255 };

const char *nsa_image_hole(const char *path) { return strstr(path, "{}"); }

void nsa_image_path(const char *pattern, uint32_t number, char path[NSA_IMAGE_PATH]) {
  const char *hole = nsa_image_hole(pattern);
  if (hole)
    snprintf(path, NSA_IMAGE_PATH, "%.*s%" PRIu32 "%s", (int)(hole - pattern), pattern, number, hole + 2);
  else
    snprintf(path, NSA_IMAGE_PATH, "%s", pattern);
}

static uint8_t *image_fail(char error[256], const char *path, const char *what) {
  snprintf(error, 256, "%.180s: %s", path, what);
  return NULL;
}

/* Whether so many pixels can stand in the file, each of which takes a share of a byte at least: before there is
 * memory for them. */
static bool can_hold(FILE *file, size_t pixels, size_t pixels_a_byte) {
  struct stat status;
  return fstat(fileno(file), &status) != 0 || pixels / pixels_a_byte <= (size_t)status.st_size;
}

/* ---- PGM ---- */

/* The next number of the header or of a P2 body; comments run from # to the end of the line. -1: none,
 * or more than 65535. The one character behind it is eaten. */
static long pgm_number(FILE *file) {
  int c = getc(file);
  while (c == '#' || isspace(c)) {
    if (c == '#')
      while (c != '\n' && c != EOF)
        c = getc(file);
    c = getc(file);
  }
  if (!isdigit(c))
    return -1;
  long value = 0;
  for (; isdigit(c); c = getc(file)) {
    value = value * 10 + (c - '0');
    if (value > 65535)
      return -1;
  }
  return isspace(c) || c == EOF ? value : -1;
}

/* One grey value; raw ones above 255 have two bytes. */
static long pgm_pixel(FILE *file, bool is_raw, long most) {
  if (!is_raw)
    return pgm_number(file);
  int high = getc(file);
  if (high == EOF || most <= 255)
    return high == EOF ? -1 : high;
  int low = getc(file);
  return low == EOF ? -1 : high * 256L + low;
}

static const char *pgm_pixels(FILE *file, bool is_raw, long most, uint8_t *ink, size_t count) {
  for (size_t i = 0; i < count; i++) {
    long grey = pgm_pixel(file, is_raw, most);
    if (grey < 0)
      return "the file ends before its last pixel, or a pixel is no number";
    if (grey > most)
      return "a pixel is lighter than the file's white";
    ink[i] = grey * GREY_MAX < (long)INK_BELOW * most;
  }
  return NULL;
}

static uint8_t *pgm_read(FILE *file, const char *path, bool is_raw, uint32_t *rows, uint32_t *cols, char error[256]) {
  long width = pgm_number(file), height = pgm_number(file), most = pgm_number(file);
  if (width < 1 || height < 1 || most < 1)
    return image_fail(error, path, "this is not a PGM file: width, height and white are expected");
  if (width > SIDE_MAX || height > SIDE_MAX)
    return image_fail(error, path, "the image is larger than 16384 x 16384 pixels");
  size_t count = (size_t)width * (size_t)height;
  if (!can_hold(file, count, 1))
    return image_fail(error, path, "the file ends before its last pixel");
  uint8_t *ink = malloc(count);
  if (!ink)
    return image_fail(error, path, "out of memory for the image");
  const char *wrong = pgm_pixels(file, is_raw, most, ink, count);
  if (wrong) {
    free(ink);
    return image_fail(error, path, wrong);
  }
  *rows = (uint32_t)height;
  *cols = (uint32_t)width;
  return ink;
}

/* ---- PNG ---- */

/* What a byte holds at most: one bit a pixel, deflated to a 1032nd. */
enum { PNG_PIXELS_A_BYTE = 8 * 1032 };

static uint8_t *png_to_ink(FILE *file, png_image *image, const char *path, uint32_t *rows, uint32_t *cols,
                           char error[256]) {
  bool is_large = image->width > SIDE_MAX || image->height > SIDE_MAX;
  if (is_large || !can_hold(file, (size_t)image->width * image->height, PNG_PIXELS_A_BYTE)) {
    png_image_free(image);
    return image_fail(error, path,
                      is_large ? "the image is larger than 16384 x 16384 pixels"
                               : "the file ends before its last pixel");
  }
  image->format = PNG_FORMAT_GRAY;
  size_t count = PNG_IMAGE_SIZE(*image);
  uint8_t *ink = malloc(count);
  png_color white = {255, 255, 255}; /* what is transparent is paper */
  if (!ink || !png_image_finish_read(image, &white, ink, 0, NULL)) {
    bool no_memory = !ink;
    free(ink);
    png_image_free(image);
    return image_fail(error, path, no_memory ? "out of memory for the image" : image->message);
  }
  for (size_t i = 0; i < count; i++)
    ink[i] = ink[i] < INK_BELOW;
  *rows = image->height;
  *cols = image->width;
  return ink;
}

static uint8_t *png_read(FILE *file, const char *path, uint32_t *rows, uint32_t *cols, char error[256]) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  rewind(file);
  if (!png_image_begin_read_from_stdio(&image, file))
    return image_fail(error, path, image.message);
  return png_to_ink(file, &image, path, rows, cols, error);
}

uint8_t *nsa_image_read(const nsa_input_folders *below, const char *path, uint32_t *rows, uint32_t *cols,
                        char error[256]) {
  const char *why;
  FILE *file = nsa_input_stream(below, path, &why);
  if (!file)
    return image_fail(error, path, why);
  int first = getc(file), second = getc(file);
  uint8_t *ink = NULL;
  if (first == 'P' && (second == '2' || second == '5'))
    ink = pgm_read(file, path, second == '5', rows, cols, error);
  else if (first == 0x89 && second == 'P')
    ink = png_read(file, path, rows, cols, error);
  else
    image_fail(error, path, "the image is neither PGM (P2 or P5) nor PNG");
  fclose(file);
  return ink;
}
