/* SPDX-License-Identifier: MIT */
/* characters.c - a canvas of letters: each is two places wide and four high, the dots of a braille sign. */
#include "plot/canvas.h"

#include <math.h>
#include <string.h>

enum { WIDE = 2, TALL = 4, FEW_COLUMNS = 40, LETTER_BYTES = 4 };

typedef struct {
  uint8_t dots;                  /* of the braille sign */
  uint8_t terminal;              /* the colour of the last of them */
  char letter[LETTER_BYTES + 1]; /* stands above them */
} cell;

typedef struct {
  canvas canvas;
  cell *cells;
  uint32_t columns, rows;
  double left, top, right, bottom; /* where dots may be */
} page;

static canvas_layout layout_of(uint32_t columns) {
  return (canvas_layout){.width = WIDE * columns,
                         .height = TALL * 24,
                         .short_height = TALL * 16,
                         .left = WIDE * 9,
                         .right = WIDE * 1,
                         .map_right = WIDE * 13,
                         .top = TALL * 2,
                         .bottom = TALL * 4,
                         .mark = 1,
                         .tick_down = TALL,
                         .label_down = TALL * 2,
                         .tick_left = WIDE * 2,
                         .label_left = 0,
                         .title_up = TALL * 2,
                         .legend_up = TALL * 2 - 1.5,
                         .letter = WIDE,
                         .key = WIDE * 2,
                         .scale_left = WIDE * 2,
                         .scale_width = WIDE * 2,
                         .x_ticks = columns / 12,
                         .y_ticks = 5,
                         .scale_steps = 5,
                         .is_upright = true};
}

static page *page_of(canvas *c) { return (page *)c; }

/* NULL: it is not on the page. */
static cell *cell_at(page *p, double x, double y) {
  double column = floor(x / WIDE), row = floor(y / TALL);
  bool is_on = column >= 0 && row >= 0 && column < p->columns && row < p->rows;
  return is_on ? &p->cells[(size_t)row * p->columns + (size_t)column] : NULL;
}

/* Places on the far edges belong to the last dots before them. */
static void set_dot(page *p, canvas_ink ink, double x, double y) {
  static const uint8_t bits[TALL][WIDE] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  if (!(x >= p->left && x <= p->right && y >= p->top && y <= p->bottom))
    return;
  x = floor(fmin(x, p->right - 1));
  y = floor(fmin(y, p->bottom - 1));
  cell *at = cell_at(p, x, y);
  if (at == NULL)
    return;
  at->dots |= bits[(uint32_t)y % TALL][(uint32_t)x % WIDE];
  at->terminal = ink.terminal;
}

static void draw_stroke(page *p, canvas_ink ink, bool is_dashed, double x, double y, double to_x, double to_y) {
  double steps = ceil(fmax(fabs(to_x - x), fabs(to_y - y)));
  for (double k = 0; k <= steps && steps < 1e5; k++)
    if (!is_dashed || fmod(k, 6) < 3)
      set_dot(p, ink, x + (steps > 0 ? k / steps : 0) * (to_x - x), y + (steps > 0 ? k / steps : 0) * (to_y - y));
}

static void line(canvas *c, canvas_ink ink, double width, bool is_dashed, const double *x, const double *y,
                 uint32_t count) {
  (void)width;
  for (uint32_t i = 0; i < count; i++) {
    if (!isfinite(x[i]) || !isfinite(y[i]))
      continue;
    bool goes_on = i + 1 < count && isfinite(x[i + 1]) && isfinite(y[i + 1]);
    draw_stroke(page_of(c), ink, is_dashed, x[i], y[i], goes_on ? x[i + 1] : x[i], goes_on ? y[i + 1] : y[i]);
  }
}

/* Its outline. */
static void area(canvas *c, canvas_ink ink, const double *x, const double *y, uint32_t count) {
  line(c, ink, 1, false, x, y, count);
}

static void put_letter(page *p, double x, double y, uint8_t terminal, const char *letter, size_t bytes) {
  cell *at = cell_at(p, x, y);
  if (at == NULL || bytes > LETTER_BYTES)
    return;
  memcpy(at->letter, letter, bytes);
  at->letter[bytes] = '\0';
  at->terminal = terminal;
}

static void fill_dots(page *p, canvas_ink ink, double x, double y, double right, double bottom) {
  for (double row = floor(y + 0.5); row < floor(bottom + 0.5); row++)
    for (double column = floor(x + 0.5); column < floor(right + 0.5); column++)
      set_dot(p, ink, column, row);
}

/* Of a map by how dark a letter is: those whose middle lies in the box. */
static void box(canvas *c, canvas_ink ink, double x, double y, double width, double height) {
  static const char *const shades[] = {"·", "░", "▒", "▓", "█"};
  if (ink.level < 0) {
    fill_dots(page_of(c), ink, x, y, x + width, y + height);
    return;
  }
  const char *shade = shades[(int)fmin(4, floor(5 * ink.level))];
  for (double row = ceil(y / TALL - 0.5); row + 0.5 < (y + height) / TALL; row++)
    for (double column = ceil(x / WIDE - 0.5); column + 0.5 < (x + width) / WIDE; column++)
      put_letter(page_of(c), WIDE * column, TALL * row, 0, shade, strlen(shade));
}

/* The two axes. */
static void frame(canvas *c, double x, double y, double width, double height) {
  page *p = page_of(c);
  for (double row = y; row < y + height; row += TALL)
    put_letter(p, x - WIDE, row, 0, "│", strlen("│"));
  for (double column = x; column < x + width; column += WIDE)
    put_letter(p, column, y + height, 0, "─", strlen("─"));
  put_letter(p, x - WIDE, y + height, 0, "└", strlen("└"));
}

static void dot(canvas *c, canvas_ink ink, double x, double y, double radius, bool is_hollow) {
  (void)is_hollow;
  for (double dy = -floor(radius); dy <= floor(radius); dy++)
    for (double dx = -floor(radius); dx <= floor(radius); dx++)
      set_dot(page_of(c), ink, x + dx, y + dy);
}

/* What is no letter is shown as "?". */
static uint32_t next_letter(const char *at, const char **letter) {
  uint32_t bytes = nsa_utf8_len(at, strlen(at));
  bool is_shown = bytes > 0 && (unsigned char)*at >= ' ' && *at != 127;
  *letter = is_shown ? at : "?";
  return bytes > 0 ? bytes : 1;
}

static void words(canvas *c, double x, double y, canvas_anchor anchor, double size, bool is_turned, const char *it) {
  double letters = 0;
  (void)size, (void)is_turned;
  const char *letter;
  for (const char *at = it; *at != '\0'; at += next_letter(at, &letter))
    letters++;
  x -= anchor == ANCHOR_START ? 0 : WIDE * (anchor == ANCHOR_END ? letters : floor(letters / 2));
  for (const char *at = it; *at != '\0'; x += WIDE) {
    uint32_t bytes = next_letter(at, &letter);
    put_letter(page_of(c), x, y, 0, letter, letter == at ? bytes : 1);
    at += bytes;
  }
}

static void clip(canvas *c, double x, double y, double width, double height) {
  page *p = page_of(c);
  bool is_on = width > 0;
  p->left = is_on ? x : 0;
  p->top = is_on ? y : 0;
  p->right = is_on ? x + width : WIDE * p->columns;
  p->bottom = is_on ? y + height : TALL * p->rows;
}

/* ---- what is printed ---- */

static void add_cell(text *out, const cell *c, uint8_t *terminal, bool has_colors) {
  char sign[LETTER_BYTES] = {(char)0xe2, (char)(0xa0 | (c->dots >> 6)), (char)(0x80 | (c->dots & 0x3f)), 0};
  bool is_blank = c->letter[0] == '\0' && c->dots == 0;
  if (has_colors && !is_blank && c->terminal != *terminal)
    text_printf(out, "\033[%dm", *terminal = c->terminal);
  text_puts(out, c->letter[0] != '\0' ? c->letter : c->dots != 0 ? sign : " ");
}

static void add_row(text *out, const cell *row, uint32_t columns, bool has_colors) {
  uint8_t terminal = 0;
  while (columns > 0 && row[columns - 1].dots == 0 &&
         (row[columns - 1].letter[0] == '\0' || strcmp(row[columns - 1].letter, " ") == 0))
    columns--;
  for (uint32_t k = 0; k < columns; k++)
    add_cell(out, &row[k], &terminal, has_colors);
  text_puts(out, terminal != 0 ? "\033[0m\n" : "\n");
}

text plot_characters(arena *a, const plot *const *panels, uint32_t count, uint32_t columns, bool has_colors) {
  canvas_layout layout = layout_of(columns > FEW_COLUMNS ? columns : FEW_COLUMNS);
  page p = {.canvas = {&layout, line, area, box, frame, dot, words, clip}, .columns = (uint32_t)layout.width / WIDE};
  p.rows = (uint32_t)plot_height(&layout, count) / TALL;
  p.cells = ARENA_ARRAY(a, cell, (size_t)p.rows * p.columns + 1);
  memset(p.cells, 0, (size_t)p.rows * p.columns * sizeof *p.cells);
  clip(&p.canvas, 0, 0, 0, 0);
  plot_draw(a, panels, count, &p.canvas);
  text out = text_new(a);
  for (uint32_t k = 0; k < p.rows; k++)
    add_row(&out, &p.cells[(size_t)k * p.columns], p.columns, has_colors);
  return out;
}
