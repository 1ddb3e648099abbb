/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "plot/plot.h"
#include <math.h>
#include <string.h>

static uint32_t count_of(const text *svg, const char *words) {
  uint32_t count = 0;
  for (const char *at = svg->data; (at = strstr(at, words)) != NULL; at++)
    count++;
  return count;
}

/* Names are escaped, a legend entry is there once, a value that is not finite interrupts a line. */
static void draws(void **state) {
  arena *a = arena_new();
  (void)state;
  plot *p = plot_new(a, "a < b & c", "x", "y");
  double x[] = {0, 1, 2, 3}, y[] = {0, NAN, 1, 4};
  plot_add(p, "one", PLOT_SOLID, PLOT_BLUE, x, y, 4);
  plot_add(p, "one", PLOT_DASHED, PLOT_BLUE, x, y, 4);
  plot_add(p, "marks", PLOT_CIRCLES, PLOT_RED, x, y, 4);
  text svg = plot_svg(p);
  assert_int_equal(count_of(&svg, "a &lt; b &amp; c"), 1);
  assert_int_equal(count_of(&svg, ">one<"), 1);
  assert_int_equal(count_of(&svg, "<circle"), 4); /* three, and one of the legend */
  assert_int_equal(count_of(&svg, "nan"), 0);
  assert_int_equal(count_of(&svg, "stroke-dasharray"), 1);
  const char *path = strstr(svg.data, "stroke-width=\"1.8\" d=\"M");
  assert_non_null(path);
  assert_non_null(strchr(path + 24, 'M')); /* a second stretch */
  arena_free(a);
}

/* Without anything to draw there are axes still. */
static void empty(void **state) {
  arena *a = arena_new();
  (void)state;
  text svg = plot_svg(plot_new(a, "", "", ""));
  assert_int_equal(count_of(&svg, "</svg>"), 1);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(draws), cmocka_unit_test(empty)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
