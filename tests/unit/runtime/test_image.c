/* SPDX-License-Identifier: MIT */
/* Images as ink: PGM in both forms, PNG, and what is none. */
#include "unit/cmocka_all.h"

#include "nsa_rt.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

static const char *write_file(const void *bytes, size_t len) {
  FILE *file = fopen("image", "wb");
  fwrite(bytes, 1, len, file);
  fclose(file);
  return "image";
}

static void reads(const void *bytes, size_t len, uint32_t rows, uint32_t cols, const char *wanted) {
  char error[256] = "";
  uint32_t r = 0, c = 0;
  uint8_t *ink = nsa_image_read(NULL, write_file(bytes, len), &r, &c, error);
  if (!ink)
    fail_msg("%s", error);
  assert_int_equal(r, rows);
  assert_int_equal(c, cols);
  for (uint32_t i = 0; i < rows * cols; i++)
    assert_int_equal(ink[i], wanted[i] == '1');
  free(ink);
}

static void refuses(const void *bytes, size_t len, const char *why) {
  char error[256] = "";
  uint32_t r, c;
  assert_null(nsa_image_read(NULL, write_file(bytes, len), &r, &c, error));
  if (!strstr(error, why))
    fail_msg("'%s' lacks '%s'", error, why);
}

#define TEXT(s) s, sizeof(s) - 1

static void pgm(void **state) {
  (void)state;
  reads(TEXT("P2\n3 2\n255\n0 126 127\n128 255 5\n"), 2, 3, "110001");
  reads(TEXT("P2 # a comment\n# another\n3 # width\n1 255 0 255 0"), 1, 3, "101");
  reads(TEXT("P2 2 1 1 0 1"), 1, 2, "10");
  reads(TEXT("P5 2 2 255\n\x00\x7e\x7f\xff"), 2, 2, "1100");
  reads(TEXT("P5 2 1 65535\n\x00\xff\xff\x00"), 1, 2, "10");
}

static void wrong_pgm(void **state) {
  (void)state;
  refuses(TEXT("P5 2 2 255\n\x00\x7e\x7f"), "ends before");
  refuses(TEXT("P2 2 2 255 1 2 3"), "ends before");
  refuses(TEXT("P2 2 1 100 1 101"), "lighter than");
  refuses(TEXT("P2 2 1 255 1 -1"), "no number");
  refuses(TEXT("P2 0 1 255 "), "width, height and white");
  refuses(TEXT("P2 99999999999999999999 1 255 1"), "width, height and white");
  refuses(TEXT("P2 60000 60000 255 1"), "larger than");
  refuses(TEXT("P2 # no end"), "width, height and white");
  refuses(TEXT("P6 1 1 255 abc"), "neither PGM");
  refuses(TEXT(""), "neither PGM");
  char error[256];
  uint32_t r, c;
  /* by the size of the file, before there is memory for the pixels */
  assert_null(nsa_image_read(NULL, write_file(TEXT("P5 16384 16384 255\nabc")), &r, &c, error));
  assert_string_equal(error, "image: the file ends before its last pixel");
  assert_null(nsa_image_read(NULL, "not/there.pgm", &r, &c, error));
  assert_non_null(strstr(error, "not/there.pgm: No such file"));
}

static void png(void **state) {
  (void)state;
  static const uint8_t grey[] = {0, 126, 127, 255, 128, 1};
  static const uint8_t rgba[] = {0, 0, 0, 255, 0, 0, 0, 0};
  png_image image = {.version = PNG_IMAGE_VERSION, .width = 3, .height = 2, .format = PNG_FORMAT_GRAY};
  uint8_t bytes[4096];
  png_alloc_size_t len = sizeof bytes;
  assert_true(png_image_write_to_memory(&image, bytes, &len, 0, grey, 0, NULL));
  reads(bytes, len, 2, 3, "110001");
  refuses(bytes, len / 2, "image: ");
  image = (png_image){.version = PNG_IMAGE_VERSION, .width = 2, .height = 1, .format = PNG_FORMAT_RGBA};
  len = sizeof bytes;
  assert_true(png_image_write_to_memory(&image, bytes, &len, 0, rgba, 0, NULL));
  reads(bytes, len, 1, 2, "10"); /* what is transparent is paper */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pgm),
      cmocka_unit_test(wrong_pgm),
      cmocka_unit_test(png),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
