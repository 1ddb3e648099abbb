/* SPDX-License-Identifier: MIT */
/* Panels on all canvases: where bands, bars and maps are, what is left out, what characters show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "plot/plot.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t count_of(const text *svg, const char *words) {
  uint32_t count = 0;
  for (const char *at = svg->data; (at = strstr(at, words)) != NULL; at++)
    count++;
  return count;
}

/* The picture is 760 wide and 500 high, the area goes from 80 to 730 and from 440 up to 40. */
static void bars_and_bands(void **state) {
  arena *a = arena_new();
  (void)state;
  static const char *const names[] = {"one", "two"};
  plot *p = plot_new(a, "", "", "");
  double x[] = {0, 1}, y[] = {1, -1}, high[] = {2, 3};
  plot_limit(p, -0.5, 1.5, -2, 2);
  plot_name_x(p, names, 2);
  plot_bar_width(p, 1);
  plot_add(p, "bars", PLOT_BARS, PLOT_RED, x, y, 2);
  plot_add_band(p, PLOT_BLUE, x, y, high, 2);
  text svg = plot_svg(p);
  assert_int_equal(count_of(&svg, "<rect x=\"80.00\" y=\"140.00\" width=\"325.00\" height=\"100.00\""), 1);
  assert_int_equal(count_of(&svg, "<rect x=\"405.00\" y=\"240.00\" width=\"325.00\" height=\"100.00\""), 1);
  assert_int_equal(count_of(&svg, "d=\"M242.50 140.00L567.50 340.00L567.50 -60.00L242.50 40.00Z\""), 1);
  assert_int_equal(count_of(&svg, ">one<") + count_of(&svg, ">two<"), 2);
  arena_free(a);
}

static void maps(void **state) {
  arena *a = arena_new();
  (void)state;
  plot *p = plot_new(a, "", "", "");
  double values[] = {0, 1, NAN, 2}; /* the upper row first */
  plot_limit(p, -0.5, 1.5, 1.5, -0.5);
  plot_add_map(p, "uM", values, 2, 2);
  text svg = plot_svg(p);
  assert_int_equal(count_of(&svg, "<rect x=\"80.00\" y=\"40.00\" width=\"285.00\" height=\"200.00\" fill=\"#440154\""),
                   1);
  assert_int_equal(
      count_of(&svg, "<rect x=\"365.00\" y=\"240.00\" width=\"285.00\" height=\"200.00\" fill=\"#fde725\""), 1);
  assert_int_equal(count_of(&svg, "width=\"285.00\""), 3); /* one has no data */
  const char *zero = strstr(svg.data, ">0<"), *one = strstr(svg.data, ">1<");
  assert_true(zero && one);
  assert_int_equal(count_of(&svg, ">uM<"), 1);
  arena_free(a);
}

/* A long line keeps its highest point, and many marks at one place are one. */
static void long_ones(void **state) {
  enum { MANY = 100000 };
  arena *a = arena_new();
  (void)state;
  double *x = calloc(2 * MANY, sizeof *x), *y = x + MANY;
  for (uint32_t k = 0; k < MANY; k++)
    x[k] = k;
  y[MANY / 3] = 9.7;
  plot *p = plot_new(a, "", "", "");
  plot_limit(p, 0, MANY, 0, 11);
  plot_add(p, NULL, PLOT_SOLID, PLOT_BLUE, x, y, MANY);
  text svg = plot_svg(p);
  assert_int_equal(count_of(&svg, " 87.27L"), 1); /* 9.7 of 11 */
  assert_true(svg.len < 200000);
  memset(x, 0, MANY * sizeof *x);
  p = plot_new(a, "", "", "");
  plot_add(p, NULL, PLOT_SPIKES, PLOT_BLUE, x, y, MANY);
  svg = plot_svg(p);
  assert_int_equal(count_of(&svg, "<circle"), 2);
  free(x);
  arena_free(a);
}

/* A page of 40 letters: the axes, a line from corner to corner, and no colours unless they are asked for. */
static void characters(void **state) {
  arena *a = arena_new();
  (void)state;
  plot *p = plot_new(a, "title", "x", "y\033[2J");
  const plot *panels[] = {p};
  double x[] = {0, 1}, y[] = {0, 1};
  plot_limit(p, 0, 1, 0, 1);
  plot_add(p, "line", PLOT_SOLID, PLOT_RED, x, y, 2);
  text page = plot_characters(a, panels, 1, 10, false);
  assert_int_equal(count_of(&page, "\n"), 24);
  assert_int_equal(count_of(&page, "\033"), 0); /* nor what a name would do to the terminal */
  assert_int_equal(count_of(&page, "y?[2J"), 1);
  assert_int_equal(count_of(&page, "└"), 1);
  assert_int_equal(count_of(&page, "│"), 18);
  assert_true(count_of(&page, "⡠⠊") >= 4);
  page = plot_characters(a, panels, 1, 40, true);
  assert_true(count_of(&page, "\033[31m") > 0 && count_of(&page, "\033[31m") == count_of(&page, "\033[0m"));
  arena_free(a);
}

static void png(void **state) {
  arena *a = arena_new();
  (void)state;
  const plot *panels[] = {plot_new(a, "a", "b", "c")};
  text out;
  const char *error;
  assert_true(plot_png(a, panels, 1, &out, &error));
  assert_true(out.len > 100 && memcmp(out.data, "\x89PNG", 4) == 0);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(bars_and_bands), cmocka_unit_test(maps),
                                     cmocka_unit_test(long_ones), cmocka_unit_test(characters), cmocka_unit_test(png)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
