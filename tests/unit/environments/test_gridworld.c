/* SPDX-License-Identifier: MIT */
/* A maze by hand; drawn mazes against a search and a linear system of the test's own. */
#include "unit/environments/played.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* After the four above. */
#include <cmocka.h>

enum { NORTH, SOUTH, WEST, EAST };

static uint32_t place_of(const played *p) {
  const double *here = played_channel(p, "here");
  uint32_t found = UINT32_MAX;
  for (uint32_t k = 0; k < p->shape.counts[0]; k++) {
    assert_true(here[k] == 0 || (here[k] == 1 && found == UINT32_MAX));
    if (here[k] == 1)
      found = k;
  }
  assert_true(found != UINT32_MAX);
  return found;
}

static void free_is(const played *p, double n, double s, double w, double e) {
  const double *is_free = played_channel(p, "free");
  assert_true(is_free[NORTH] == n && is_free[SOUTH] == s && is_free[WEST] == w && is_free[EAST] == e);
}

/* Nothing but the free cells next to the agent is near, each in its direction. */
static void near_follows(const played *p, uint32_t columns) {
  const double *near = played_channel(p, "near"), *is_free = played_channel(p, "free");
  const int64_t ahead[4] = {-(int64_t)columns, columns, -1, 1};
  for (uint64_t k = 0; k < p->shape.counts[1]; k++)
    assert_true(near[k] == (is_free[k % 4] == 1 && (int64_t)(k / 4) == place_of(p) + ahead[k % 4]));
}

/* S.#
 * #..
 * ..G : four steps. */
static void a_maze_by_hand(void **state) {
  (void)state;
  played p;
  played_begin(&p, "gridworld");
  played_text(&p, "map", "S.#/#../..G");
  played_number(&p, "limit", 6);
  played_number(&p, "step_reward", -0.5);
  assert_true(played_open(&p, 1));
  played_reset(&p, 0);
  assert_true(played_figure(&p, "shortest") == 4);
  assert_int_equal(place_of(&p), 0);
  free_is(&p, 0, 0, 0, 1);
  const double *near = played_channel(&p, "near"), *view = played_channel(&p, "view");
  for (uint32_t k = 0; k < 36; k++)
    assert_true(near[k] == (k == 4 * 1 + EAST));
  const double seen[9] = {1, 1, 1, 1, 0, 0, 1, 1, 0};
  assert_memory_equal(view, seen, sizeof seen);
  assert_true(played_channel(&p, "goal")[8] == 1 && played_channel(&p, "goal")[0] == 0);
  played_step(&p, SOUTH); /* a wall */
  assert_true(place_of(&p) == 0 && p.last.reward == -0.5 && !p.last.terminated && !p.last.truncated);
  static const int way[] = {EAST, SOUTH, EAST, SOUTH};
  static const uint32_t cells[] = {1, 4, 5, 8};
  for (int k = 0; k < 4; k++) {
    played_step(&p, way[k]);
    assert_int_equal(place_of(&p), cells[k]);
    near_follows(&p, 3);
    if (k == 1)
      free_is(&p, 1, 1, 0, 1);
  }
  assert_true(p.last.terminated && !p.last.truncated && p.last.succeeded && p.last.reward == 1);
  played_reset(&p, 1);
  assert_int_equal(place_of(&p), 0);
  for (int k = 0; k < 6; k++)
    played_step(&p, WEST);
  assert_true(p.last.truncated && !p.last.terminated && !p.last.succeeded);
  played_close(&p);
}

/* ---- drawn mazes ---- */

/* Where each action leads, found by walking through the world: `free` and `near` of every cell that is reached. */
typedef struct {
  uint32_t count, to[64][4]; /* to: the cell itself where the way is barred */
  bool is_known[64];
} graph;

/* Walks at random until nothing new is seen for long. */
static void explore(played *p, graph *g, uint32_t cells) {
  *g = (graph){.count = cells};
  uint32_t here = place_of(p), quiet = 0;
  for (uint64_t draw = 0; quiet < 20000; draw++, quiet++) {
    uint32_t a = (uint32_t)(nsa_environment_uniform(77, p->trial, draw) * 4);
    bool is_free = played_channel(p, "free")[a] == 1;
    played_step(p, a);
    uint32_t there = place_of(p);
    assert_true(is_free == (there != here));
    if (!g->is_known[here] || g->to[here][a] != there)
      quiet = 0;
    g->is_known[here] = true;
    g->to[here][a] = there;
    here = there;
  }
}

/* Expected steps to the goal of a walk that takes each action with probability 1/4: (I - P) h = 1, by elimination. */
static double expected_steps(const graph *g, uint32_t start, uint32_t goal) {
  static double m[64][65];
  memset(m, 0, sizeof m);
  for (uint32_t k = 0; k < g->count; k++) {
    m[k][k] = 1;
    if (k == goal || !g->is_known[k])
      continue;
    m[k][g->count] = 1;
    for (int a = 0; a < 4; a++)
      m[k][g->to[k][a]] -= 0.25;
  }
  for (uint32_t k = 0; k < g->count; k++)
    for (uint32_t i = 0; i < g->count; i++) {
      double f = i == k ? 0 : m[i][k] / m[k][k];
      for (uint32_t j = 0; f != 0 && j <= g->count; j++)
        m[i][j] -= f * m[k][j];
    }
  return m[start][g->count] / m[start][start];
}

static uint32_t shortest_way(const graph *g, uint32_t start, uint32_t goal) {
  uint32_t steps[64];
  for (uint32_t k = 0; k < g->count; k++)
    steps[k] = k == start ? 0 : 1000;
  for (uint32_t round = 0; round < g->count; round++)
    for (uint32_t k = 0; k < g->count; k++)
      for (int a = 0; a < 4; a++)
        if (g->is_known[k] && steps[k] + 1 < steps[g->to[k][a]])
          steps[g->to[k][a]] = steps[k] + 1;
  return steps[goal];
}

/* The goal is left behind like any cell: the test goes on behind the end of a trial. */
static void drawn_mazes(void **state) {
  (void)state;
  double sum = 0;
  for (uint64_t key = 0; key < 20; key++) {
    played p;
    graph g;
    played_begin(&p, "gridworld");
    played_number(&p, "rows", 5);
    played_number(&p, "columns", 4);
    played_number(&p, "walls", 0.3);
    assert_true(played_open(&p, key));
    played_reset(&p, 0);
    explore(&p, &g, 20);
    assert_true(played_figure(&p, "shortest") == shortest_way(&g, 0, 19));
    double expected = expected_steps(&g, 0, 19), steps = 0, squares = 0;
    enum { TRIALS = 3000 };
    for (uint64_t trial = 1; trial <= TRIALS; trial++) {
      played_reset(&p, trial);
      double n = 0;
      do {
        played_step(&p, floor(4 * nsa_environment_uniform(5 + key, trial, (uint64_t)n)));
        n++;
      } while (!p.last.terminated);
      steps += n;
      squares += n * n;
    }
    double mean = steps / TRIALS, error = sqrt((squares / TRIALS - mean * mean) / TRIALS);
    if (fabs(mean - expected) > 3 * error)
      fail_msg("maze %u: %g steps, not %g +- %g", (unsigned)key, mean, expected, error);
    sum += (mean - expected) / error;
    played_close(&p);
  }
  assert_true(fabs(sum / sqrt(20)) < 3);
}

static void a_goal_that_moves(void **state) {
  (void)state;
  played p;
  played_begin(&p, "gridworld");
  played_number(&p, "rows", 6);
  played_number(&p, "columns", 6);
  played_number(&p, "goal_moves", 3);
  assert_true(played_open(&p, 4));
  uint32_t last = UINT32_MAX, moves = 0;
  for (uint64_t trial = 0; trial < 30; trial++) {
    played_reset(&p, trial);
    uint32_t goal = 0;
    while (played_channel(&p, "goal")[goal] != 1)
      goal++;
    if (trial % 3 != 0)
      assert_int_equal(goal, last);
    moves += trial > 0 && goal != last;
    last = goal;
    assert_true(played_figure(&p, "shortest") == goal / 6 + goal % 6); /* an open field */
  }
  assert_true(moves >= 7); /* of nine, each stays with probability 1/35 */
  played_close(&p);
}

static void a_goal_is_never_the_start(void **state) {
  (void)state;
  played p;
  played_begin(&p, "gridworld");
  played_number(&p, "rows", 2);
  played_number(&p, "columns", 2);
  played_number(&p, "goal_moves", 1);
  assert_true(played_open(&p, 4));
  for (uint64_t trial = 0; trial < 50; trial++) {
    played_reset(&p, trial);
    assert_true(played_channel(&p, "goal")[0] == 0 && played_figure(&p, "shortest") > 0);
  }
  played_close(&p);
}

/* The same size, other walls. */
static void no_state_lies_in_a_wall(void **state) {
  (void)state;
  played from, to;
  char bytes[256];
  played_begin(&from, "gridworld");
  played_begin(&to, "gridworld");
  played_text(&from, "map", "S../..G");
  played_text(&to, "map", "S#./..G");
  assert_true(played_open(&from, 1) && played_open(&to, 1));
  played_reset(&from, 0);
  played_reset(&to, 0);
  played_step(&from, EAST);
  from.kind->save(from.world, bytes);
  assert_false(to.kind->restore(to.world, bytes, from.kind->size(from.world), to.error));
  assert_non_null(strstr(to.error, "no state of this maze"));
  played_close(&from);
  played_close(&to);
}

static void saved_and_restored(void **state) {
  (void)state;
  played p, q;
  for (int k = 0; k < 2; k++) {
    played *x = k ? &q : &p;
    played_begin(x, "gridworld");
    played_number(x, "walls", 0.25);
    played_text(x, "start", "each");
    assert_true(played_open(x, 9));
  }
  played_reset(&p, 5);
  for (int k = 0; k < 50; k++)
    played_step(&p, k % 4);
  char bytes[256];
  assert_true(p.kind->size(p.world) <= sizeof bytes);
  p.kind->save(p.world, bytes);
  played_reset(&q, 1);
  assert_true(q.kind->restore(q.world, bytes, p.kind->size(p.world), q.error));
  for (uint32_t c = 0; c < p.kind->channel_count; c++) /* channels are nsa's to keep */
    memcpy(q.channels[c], p.channels[c], p.shape.counts[c] * sizeof(double));
  for (int k = 0; k < 50; k++) {
    played_step(&p, (3 * k) % 4);
    played_step(&q, (3 * k) % 4);
    for (uint32_t c = 0; c < p.kind->channel_count; c++)
      assert_memory_equal(p.channels[c], q.channels[c], p.shape.counts[c] * sizeof(double));
  }
  assert_false(q.kind->restore(q.world, bytes, 3, q.error));
  played_close(&p);
  played_close(&q);
}

static void mistakes(void **state) {
  (void)state;
  static const char *const maps[][2] = {
      {"S.G/..", "row 2 of the map has not 3 cells"},     {"S../..G/....", "row 3 of the map has not 3 cells"},
      {"S../...", "one `S` and one `G`, not 1 and 0"},    {"S.x/..G", "not `x`"},
      {"S#/#G", "the goal of the map cannot be reached"}, {"S.G/", "row 2 of the map has not 3 cells"}};
  for (size_t k = 0; k < sizeof maps / sizeof *maps; k++) {
    played p;
    played_begin(&p, "gridworld");
    played_text(&p, "map", maps[k][0]);
    assert_false(played_open(&p, 1));
    if (strstr(p.error, maps[k][1]) == NULL)
      fail_msg("%s: %s", maps[k][0], p.error);
    played_close(&p);
  }
  played p;
  played_begin(&p, "gridworld");
  played_number(&p, "rows", 1000);
  played_number(&p, "columns", 1000);
  assert_false(played_open(&p, 1));
  assert_non_null(strstr(p.error, "not 1000 x 1000"));
  played_close(&p);
  played_begin(&p, "gridworld");
  played_number(&p, "rows", 500);
  played_number(&p, "columns", 500);
  played_number(&p, "walls", 0.9);
  assert_false(played_open(&p, 1));
  assert_non_null(strstr(p.error, "in 200 mazes with 0.9 of the cells walls the goal could not be reached once"));
  played_close(&p);
  uint32_t count;
  const nsa_environment_kind *const *all = nsa_environment_list(&count);
  for (uint32_t k = 0; k < count; k++)
    assert_ptr_equal(nsa_environment_find(all[k]->name), all[k]);
  assert_null(nsa_environment_find("gridword"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_maze_by_hand),
      cmocka_unit_test(drawn_mazes),
      cmocka_unit_test(a_goal_that_moves),
      cmocka_unit_test(saved_and_restored),
      cmocka_unit_test(a_goal_is_never_the_start),
      cmocka_unit_test(no_state_lies_in_a_wall),
      cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
