/* SPDX-License-Identifier: MIT */
/* gridworld.c - an agent in a maze of cells; it sees where it is and what is next to it. */
#include "environments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS, COLUMNS, WALLS, MAP, START, GOAL, GOAL_MOVES, LIMIT, RADIUS, GOAL_REWARD, STEP_REWARD };

static const nsa_environment_setting settings[] = {
    [ROWS] = {.name = "rows", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 10, .low = 1, .high = 1000},
    [COLUMNS] = {.name = "columns", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 10, .low = 1, .high = 1000},
    [WALLS] = {.name = "walls", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 0, .low = 0, .high = 0.9},
    [MAP] = {.name = "map", .unit = "", .kind = NSA_SETTING_TEXT},
    [START] = {.name = "start", .unit = "", .kind = NSA_SETTING_TEXT, .text = "corner"},
    [GOAL] = {.name = "goal", .unit = "", .kind = NSA_SETTING_TEXT, .text = "corner"},
    [GOAL_MOVES] = {.name = "goal_moves", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 0, .low = 0, .high = 1e9},
    [LIMIT] = {.name = "limit", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 0, .low = 0, .high = 1e9},
    [RADIUS] = {.name = "radius", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 1, .low = 0, .high = 100},
    [GOAL_REWARD] =
        {.name = "goal_reward", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 1, .low = -1e9, .high = 1e9},
    [STEP_REWARD] =
        {.name = "step_reward", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 0, .low = -1e9, .high = 1e9},
};

enum { HERE, NEAR, FREE, GOAL_CELL, VIEW };

static const nsa_environment_name channels[] = {[HERE] = {"here", ""},
                                                [NEAR] = {"near", ""},
                                                [FREE] = {"free", ""},
                                                [GOAL_CELL] = {"goal", ""},
                                                [VIEW] = {"view", ""}};

static const nsa_environment_name figures[] = {{"shortest", ""}};

enum { NORTH, SOUTH, WEST, EAST, ACTIONS };
/* MOST_DRAWN: of cells, in all mazes; a second or so. */
enum { MOST_DRAWS = 10000, MOST_CELLS = 250000, MOST_DRAWN = 50000000 };
#define UNREACHED UINT32_MAX

/* What changes in a trial. */
typedef struct {
  uint32_t here, start, goal, shortest;
  uint64_t trial, steps;
} place;

typedef struct {
  const nsa_environment_value *values;
  uint64_t key;
  uint32_t rows, columns, cells, radius;
  uint64_t limit, goal_moves;
  bool has_drawn_start, has_moving_start, has_drawn_goal;
  place now;
  uint8_t *walls;     /* by cell */
  uint32_t *distance; /* by cell, from the start */
  uint32_t *queue;
} maze;

/* ---- settings ---- */

static bool is_word(const char *text, const char *word) { return text != NULL && strcmp(text, word) == 0; }

static bool read_map(const char *map, uint32_t *rows, uint32_t *columns, char *error) {
  uint32_t starts = 0, goals = 0;
  *rows = 1;
  *columns = (uint32_t)strcspn(map, "/");
  for (uint32_t column = 0; *map; map++) {
    starts += *map == 'S';
    goals += *map == 'G';
    if (strchr("SG.#/", *map) == NULL) {
      snprintf(error, NSA_ENVIRONMENT_ERROR, "a map has `S`, `G`, `.`, `#`, and `/` between its rows, not `%c`", *map);
      return false;
    }
    column = *map == '/' ? 0 : column + 1;
    *rows += *map == '/';
    if (column > *columns || ((map[1] == '/' || map[1] == '\0') && *map != '/' && column != *columns) ||
        (*map == '/' && (map[1] == '/' || map[1] == '\0'))) {
      snprintf(error, NSA_ENVIRONMENT_ERROR, "row %u of the map has not %u cells, as the first has", *rows, *columns);
      return false;
    }
  }
  if (starts == 1 && goals == 1)
    return true;
  snprintf(error, NSA_ENVIRONMENT_ERROR, "a map has one `S` and one `G`, not %u and %u", starts, goals);
  return false;
}

static bool check_place(const nsa_environment_value *value, const char *name, bool may_move, char *error) {
  if (is_word(value->text, "corner") || is_word(value->text, "random") || (may_move && is_word(value->text, "each")))
    return true;
  snprintf(error, NSA_ENVIRONMENT_ERROR, "`%s` is \"corner\" or \"random\"%s, not \"%.40s\"", name,
           may_move ? ", or \"each\" for another one in each trial" : "", value->text ? value->text : "");
  return false;
}

static bool find_size(const nsa_environment_value *v, uint32_t *rows, uint32_t *columns, char *error) {
  *rows = (uint32_t)v[ROWS].value;
  *columns = (uint32_t)v[COLUMNS].value;
  if (v[MAP].text == NULL)
    return true;
  if (v[ROWS].is_given || v[COLUMNS].is_given || v[WALLS].is_given || v[START].is_given || v[GOAL].is_given) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "a map says rows, columns, walls, start and goal by itself");
    return false;
  }
  return read_map(v[MAP].text, rows, columns, error);
}

static bool describe(const nsa_environment_value *v, nsa_environment_shape *shape, char *error) {
  uint32_t rows, columns;
  if (!check_place(&v[START], "start", true, error) || !check_place(&v[GOAL], "goal", false, error) ||
      !find_size(v, &rows, &columns, error))
    return false;
  uint64_t cells = (uint64_t)rows * columns, side = 2 * (uint64_t)v[RADIUS].value + 1;
  if (cells < 2 || cells > MOST_CELLS) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "a maze has 2 to %d cells, not %u x %u", MOST_CELLS, rows, columns);
    return false;
  }
  *shape = (nsa_environment_shape){.action = {.choices = ACTIONS, .length = 1, .high = ACTIONS - 1, .unit = ""}};
  shape->counts[HERE] = shape->counts[GOAL_CELL] = cells;
  shape->counts[NEAR] = ACTIONS * cells;
  shape->counts[FREE] = ACTIONS;
  shape->counts[VIEW] = side * side;
  return true;
}

/* ---- the maze ---- */

/* The cell next to another, or UNREACHED outside of the maze. */
static uint32_t neighbour(const maze *m, uint32_t cell, uint32_t direction) {
  uint32_t row = cell / m->columns, column = cell % m->columns;
  switch (direction) {
  case NORTH:
    return row > 0 ? cell - m->columns : UNREACHED;
  case SOUTH:
    return row + 1 < m->rows ? cell + m->columns : UNREACHED;
  case WEST:
    return column > 0 ? cell - 1 : UNREACHED;
  default:
    return column + 1 < m->columns ? cell + 1 : UNREACHED;
  }
}

static bool is_free(const maze *m, uint32_t cell) { return cell != UNREACHED && !m->walls[cell]; }

/* Steps from the start to each cell. */
static void measure_distances(maze *m) {
  uint32_t first = 0, end = 0;
  for (uint32_t k = 0; k < m->cells; k++)
    m->distance[k] = UNREACHED;
  m->distance[m->now.start] = 0;
  m->queue[end++] = m->now.start;
  while (first < end) {
    uint32_t cell = m->queue[first++];
    for (uint32_t a = 0; a < ACTIONS; a++) {
      uint32_t next = neighbour(m, cell, a);
      if (!is_free(m, next) || m->distance[next] != UNREACHED)
        continue;
      m->distance[next] = m->distance[cell] + 1;
      m->queue[end++] = next;
    }
  }
}

static void copy_map(maze *m) {
  uint32_t cell = 0;
  for (const char *at = m->values[MAP].text; *at; at++) {
    if (*at == '/')
      continue;
    m->walls[cell] = *at == '#';
    if (*at == 'S')
      m->now.start = cell;
    if (*at == 'G')
      m->now.goal = cell;
    cell++;
  }
}

static uint32_t most_draws(const maze *m) {
  uint32_t most = MOST_DRAWN / m->cells;
  return most < MOST_DRAWS ? most : MOST_DRAWS;
}

/* Start and goal come first, and are never walls. Walls are drawn anew until the goal can be reached. */
static bool draw_maze(maze *m) {
  uint64_t draw = 0;
  m->now.start = m->has_drawn_start ? (uint32_t)environment_choice(m->key, NO_TRIAL, draw++, m->cells) : 0;
  m->now.goal = m->cells - 1;
  if (m->has_drawn_goal || m->now.goal == m->now.start) {
    uint32_t other = (uint32_t)environment_choice(m->key, NO_TRIAL, draw++, m->cells - 1);
    m->now.goal = other < m->now.start ? other : other + 1;
  }
  for (uint32_t round = 0; round < most_draws(m); round++) {
    for (uint32_t k = 0; k < m->cells; k++)
      m->walls[k] = k != m->now.start && k != m->now.goal &&
                    nsa_environment_uniform(m->key, NO_TRIAL, draw + k) < m->values[WALLS].value;
    draw += m->cells;
    measure_distances(m);
    if (m->distance[m->now.goal] != UNREACHED)
      return true;
  }
  return false;
}

static bool make_maze(maze *m, char *error) {
  if (m->values[MAP].text == NULL && !draw_maze(m)) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "in %u mazes with %g of the cells walls the goal could not be reached once",
             most_draws(m), m->values[WALLS].value);
    return false;
  }
  if (m->values[MAP].text == NULL)
    return true;
  copy_map(m);
  measure_distances(m);
  if (m->distance[m->now.goal] != UNREACHED)
    return true;
  snprintf(error, NSA_ENVIRONMENT_ERROR, "the goal of the map cannot be reached");
  return false;
}

static void destroy(void *world) {
  maze *m = world;
  if (m == NULL)
    return;
  free(m->walls);
  free(m->distance);
  free(m->queue);
  free(m);
}

static void *create(const nsa_environment_value *v, uint64_t key, char *error) {
  maze *m = calloc(1, sizeof *m);
  snprintf(error, NSA_ENVIRONMENT_ERROR, "out of memory");
  if (m == NULL)
    return NULL;
  m->values = v;
  m->key = key;
  m->radius = (uint32_t)v[RADIUS].value;
  m->limit = (uint64_t)v[LIMIT].value;
  m->goal_moves = (uint64_t)v[GOAL_MOVES].value;
  m->has_moving_start = is_word(v[START].text, "each");
  m->has_drawn_start = is_word(v[START].text, "random");
  m->has_drawn_goal = is_word(v[GOAL].text, "random");
  if (find_size(v, &m->rows, &m->columns, error)) {
    m->cells = m->rows * m->columns;
    m->walls = calloc(m->cells, sizeof *m->walls);
    m->distance = calloc(m->cells, sizeof *m->distance);
    m->queue = calloc(m->cells, sizeof *m->queue);
    if (m->walls && m->distance && m->queue && make_maze(m, error))
      return m;
  }
  destroy(m);
  return NULL;
}

/* ---- what the agent sees ---- */

static void show_view(const maze *m, double *view) {
  int64_t row = m->now.here / m->columns, column = m->now.here % m->columns, radius = m->radius;
  for (int64_t r = row - radius; r <= row + radius; r++)
    for (int64_t c = column - radius; c <= column + radius; c++) {
      bool is_inside = r >= 0 && c >= 0 && r < m->rows && c < m->columns;
      *view++ = !is_inside || m->walls[r * m->columns + c] ? 1 : 0;
    }
}

/* Sets or takes away all that shows the present cell. */
static void mark(const maze *m, double *const *out, double value) {
  out[HERE][m->now.here] = value;
  for (uint32_t a = 0; a < ACTIONS; a++) {
    uint32_t next = neighbour(m, m->now.here, a);
    if (is_free(m, next))
      out[NEAR][(uint64_t)ACTIONS * next + a] = value;
  }
}

static void show(const maze *m, double *const *out) {
  mark(m, out, 1);
  for (uint32_t a = 0; a < ACTIONS; a++)
    out[FREE][a] = is_free(m, neighbour(m, m->now.here, a)) ? 1 : 0;
  show_view(m, out[VIEW]);
}

/* ---- trials ---- */

/* A free cell but `other`, that can be reached from the start. */
static uint32_t draw_cell(const maze *m, uint64_t trial, uint64_t draw, uint32_t other) {
  uint32_t count = 0;
  for (uint32_t k = 0; k < m->cells; k++)
    count += m->distance[k] != UNREACHED && k != other;
  uint64_t left = environment_choice(m->key, trial, draw, count);
  for (uint32_t k = 0; k < m->cells; k++)
    if (m->distance[k] != UNREACHED && k != other && left-- == 0)
      return k;
  return other;
}

static bool reset(void *world, uint64_t trial, double *const *out, char *error) {
  maze *m = world;
  (void)error;
  if (m->goal_moves > 0 && trial > 0 && trial % m->goal_moves == 0)
    m->now.goal = draw_cell(m, trial, 0, m->now.start);
  if (m->has_moving_start) {
    m->now.start = draw_cell(m, trial, 1, m->now.goal);
    measure_distances(m);
  }
  m->now.here = m->now.start;
  m->now.shortest = m->distance[m->now.goal];
  m->now.trial = trial;
  m->now.steps = 0;
  memset(out[HERE], 0, m->cells * sizeof(double));
  memset(out[NEAR], 0, (size_t)ACTIONS * m->cells * sizeof(double));
  memset(out[GOAL_CELL], 0, m->cells * sizeof(double));
  out[GOAL_CELL][m->now.goal] = 1;
  show(m, out);
  return true;
}

/* Walls and the border stop the agent where it is. */
static bool step(void *world, const double *action, double *const *out, nsa_environment_outcome *outcome, char *error) {
  maze *m = world;
  (void)error;
  uint32_t next = neighbour(m, m->now.here, (uint32_t)action[0]);
  mark(m, out, 0);
  if (is_free(m, next))
    m->now.here = next;
  m->now.steps++;
  show(m, out);
  bool is_there = m->now.here == m->now.goal;
  *outcome = (nsa_environment_outcome){
      .reward = is_there ? m->values[GOAL_REWARD].value : m->values[STEP_REWARD].value,
      .terminated = is_there,
      .truncated = !is_there && m->limit > 0 && m->now.steps >= m->limit,
      .succeeded = is_there,
  };
  return true;
}

static void measure(const void *world, double *out) { out[0] = ((const maze *)world)->now.shortest; }

/* ---- checkpoints: walls follow from the settings and the key ---- */

SAVES_NOW_OF(maze)

static bool is_cell(const maze *m, uint32_t cell) { return cell < m->cells && !m->walls[cell]; }

static bool restore(void *world, const void *bytes, size_t length, char *error) {
  maze *m = world;
  place now;
  if (length == sizeof now) {
    memcpy(&now, bytes, sizeof now);
    if (is_cell(m, now.here) && is_cell(m, now.start) && is_cell(m, now.goal)) {
      m->now = now;
      measure_distances(m);
      return true;
    }
  }
  snprintf(error, NSA_ENVIRONMENT_ERROR, "these bytes are no state of this maze");
  return false;
}

const nsa_environment_kind environment_gridworld = {
    .abi = NSA_ENVIRONMENT_ABI,
    .name = "gridworld",
    .settings = settings,
    .setting_count = COUNT_OF(settings),
    .channels = channels,
    .channel_count = COUNT_OF(channels),
    .figures = figures,
    .figure_count = COUNT_OF(figures),
    .describe = describe,
    .create = create,
    .destroy = destroy,
    .reset = reset,
    .step = step,
    .measure = measure,
    .size = size,
    .save = save,
    .restore = restore,
};
