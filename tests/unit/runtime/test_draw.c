/* SPDX-License-Identifier: MIT */
/* Random numbers many at a time are those drawn one by one; walks pass over nobody within reach. */
#include "unit/cmocka_all.h"

#include "links/connect_draw.h"
#include "links/connect_place.h"
#include "nsa_math.h"

#include <math.h>

enum { SOME = 37 }; /* no multiple of what is drawn at once */

static void numbers_are_those_drawn_one_by_one(void **state) {
  (void)state;
  double numbers[SOME], gaps[SOME];
  for (uint32_t e = 0; e < 300; e++) {
    uint64_t key = 77 + e * UINT64_C(0x9123456789abcdef);
    double first = e * 4294967000.0; /* beyond 32 bits as well */
    draw_uniforms(key, e * 7919, first, SOME, numbers);
    draw_gaps(key, e * 7919, first, 9.5, SOME, gaps);
    for (uint32_t i = 0; i < SOME; i++) {
      assert_true(numbers[i] == nsa_rand_uniform_1(key, e * 7919, first + i, 0, 0, 1));
      assert_true(gaps[i] == nsa_rand_exponential_1(key, e * 7919, first + i, 0, 9.5));
    }
  }
}

static void pairs_and_decisions_are_those_drawn_one_by_one(void **state) {
  (void)state;
  uint32_t a[SOME], b[SOME], c[SOME];
  double numbers[SOME], half[SOME];
  uint8_t taken[SOME];
  for (uint32_t e = 0; e < 300; e++) {
    uint64_t key = 77 + e * UINT64_C(0x9123456789abcdef);
    for (uint32_t i = 0; i < SOME; i++) {
      a[i] = e * i * 99991;
      b[i] = UINT32_MAX - e * i;
      c[i] = i % 4;
      half[i] = 0.5;
    }
    draw_pairs(key, a, b, c, SOME, numbers);
    draw_decisions(key, a, e, half, SOME, taken);
    for (uint32_t i = 0; i < SOME; i++) {
      assert_true(numbers[i] == nsa_rand_uniform_1(key, a[i], b[i], c[i], 0, 1));
      assert_int_equal(taken[i], nsa_rand_uniform_1(key, a[i], e, 0, 0, 1) < 0.5);
    }
  }
}

/* Ascending, nobody within reach is passed over, and who is far beyond is. */
static void check_walk(const nsa_population *from, uint32_t i, const nsa_population *of, double reach) {
  uint32_t numbers[5], count, next = 0, visited = 0;
  place_walk walk = place_walk_begin(from, i, of, reach);
  while ((count = place_walk_next(&walk, 5, numbers)) > 0)
    for (uint32_t k = 0; k < count; k++) {
      assert_true(numbers[k] >= next && numbers[k] < place_size(of));
      for (; next < numbers[k]; next++)
        assert_true(reach > 0 && place_distance(from, i, of, next) > reach);
      next = numbers[k] + 1;
      visited++;
    }
  for (; next < place_size(of); next++)
    assert_true(reach > 0 && place_distance(from, i, of, next) > reach);
  place_frame f = place_frame_of(of, from);
  if (reach > 0)
    assert_true(visited <= (2 * reach / f.dx + 5) * (2 * reach / f.dy + 5));
}

static void walks_pass_over_nobody_within_reach(void **state) {
  (void)state;
  const nsa_population grids[] = {{.rows = 7, .cols = 9, .spacing = 10},
                                  {.rows = 5, .cols = 4, .spacing = 23.7, .at_x = 31, .at_y = -12},
                                  {.rows = 1, .cols = 30},
                                  {.rows = 12, .cols = 1, .spacing = 0.1}};
  const double reaches[] = {0, 1e-9, 0.1, 1, 10, 14.2, 23.7, 50, 1000, INFINITY};
  for (int from = 0; from < 4; from++)
    for (int of = 0; of < 4; of++)
      for (int r = 0; r < 10; r++)
        for (uint32_t i = 0; i < place_size(&grids[from]); i++)
          check_walk(&grids[from], i, &grids[of], reaches[r]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_those_drawn_one_by_one),
      cmocka_unit_test(pairs_and_decisions_are_those_drawn_one_by_one),
      cmocka_unit_test(walks_pass_over_nobody_within_reach),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
