/* SPDX-License-Identifier: MIT */
/* make_digits.c - draws the images that the examples learn and recognise: ten digits, ten letters.
 *
 *   make_digits FOLDER        writes FOLDER/0.pgm to FOLDER/9.pgm, and the letters
 *                           A C E H K L M T X Y as FOLDER/10.pgm to FOLDER/19.pgm
 *
 * Each is 79 x 79 pixels, ink 0 on paper 255, drawn with a round pen along lines and arcs. All
 * have a similar amount of ink (800 to 1300 pixels), so that a pattern is known by its shape and
 * not by its size. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

enum { GLYPHS = 20, SIZE = 79, INK = 0, PAPER = 255, MIN_INK = 800, MAX_INK = 1300, ARC_STEPS = 64 };

typedef enum { END, LINE, ARC } stroke_kind;

/* LINE: from (a, b) to (c, d). ARC: of the ellipse round (a, b) with radii (c, d), from angle
 * `from` to `to` in degrees, clockwise from 3 o'clock. Pixels, x to the right, y down. */
typedef struct {
  stroke_kind kind;
  double a, b, c, d, from, to;
} stroke;

typedef struct {
  double pen; /* width of the pen */
  stroke strokes[4];
} glyph;

static const glyph glyphs[GLYPHS] = {
    {8.0, {{ARC, 39.5, 39.5, 17, 26, 0, 360}}},
    {9.6, {{LINE, 28, 22, 41, 12, 0, 0}, {LINE, 41, 12, 41, 67, 0, 0}, {LINE, 28, 67, 54, 67, 0, 0}}},
    {8.0, {{ARC, 39.5, 27, 16, 15, 190, 385}, {LINE, 54.0, 33.3, 23, 67, 0, 0}, {LINE, 23, 67, 57, 67, 0, 0}}},
    {8.0, {{ARC, 38, 26, 15, 14, 200, 450}, {ARC, 38, 54, 17, 14, 270, 520}}},
    {7.5, {{LINE, 47, 67, 47, 11, 0, 0}, {LINE, 47, 11, 21, 50, 0, 0}, {LINE, 21, 50, 60, 50, 0, 0}}},
    {8.0, {{LINE, 55, 13, 29, 13, 0, 0}, {LINE, 29, 13, 26, 37.4, 0, 0}, {ARC, 38, 50, 18, 17, 228, 500}}},
    {7.5, {{ARC, 40, 52, 16, 16, 0, 360}, {ARC, 52, 51, 28, 39, 180, 267}}},
    {8.5, {{LINE, 22, 13, 57, 13, 0, 0}, {LINE, 57, 13, 35, 68, 0, 0}, {LINE, 34, 41, 56, 41, 0, 0}}},
    {7.0, {{ARC, 39.5, 25.5, 13.5, 13, 0, 360}, {ARC, 39.5, 53, 16, 14.5, 0, 360}}},
    {7.5, {{ARC, 39, 27, 16, 16, 0, 360}, {ARC, 27, 28, 28, 39, 0, 87}}},
    /* A C E H K */
    {7.0, {{LINE, 20, 68, 39.5, 12, 0, 0}, {LINE, 39.5, 12, 59, 68, 0, 0}, {LINE, 27, 49, 52, 49, 0, 0}}},
    {9.0, {{ARC, 43, 39.5, 23, 26, 50, 310}}},
    {7.0,
     {{LINE, 25, 13, 25, 67, 0, 0},
      {LINE, 25, 13, 56, 13, 0, 0},
      {LINE, 25, 39, 51, 39, 0, 0},
      {LINE, 25, 67, 56, 67, 0, 0}}},
    {7.5, {{LINE, 23, 12, 23, 67, 0, 0}, {LINE, 56, 12, 56, 67, 0, 0}, {LINE, 23, 40, 56, 40, 0, 0}}},
    {7.5, {{LINE, 25, 12, 25, 67, 0, 0}, {LINE, 57, 12, 25, 44, 0, 0}, {LINE, 34, 36, 58, 67, 0, 0}}},
    /* L M T X Y */
    {9.5, {{LINE, 25, 12, 25, 66, 0, 0}, {LINE, 25, 66, 60, 66, 0, 0}}},
    {6.0,
     {{LINE, 18, 67, 18, 12, 0, 0},
      {LINE, 18, 12, 39.5, 45, 0, 0},
      {LINE, 39.5, 45, 61, 12, 0, 0},
      {LINE, 61, 12, 61, 67, 0, 0}}},
    {9.0, {{LINE, 18, 14, 61, 14, 0, 0}, {LINE, 39.5, 14, 39.5, 68, 0, 0}}},
    {7.5, {{LINE, 21, 12, 58, 67, 0, 0}, {LINE, 58, 12, 21, 67, 0, 0}}},
    {9.0, {{LINE, 19, 12, 39.5, 40, 0, 0}, {LINE, 60, 12, 39.5, 40, 0, 0}, {LINE, 39.5, 40, 39.5, 68, 0, 0}}},
};

typedef struct {
  double x, y;
} point;

/* Where the pen is after the part `s` (0 to 1) of a stroke. */
static point on_stroke(const stroke *k, double s) {
  if (k->kind == LINE)
    return (point){k->a + s * (k->c - k->a), k->b + s * (k->d - k->b)};
  const double degree = 3.14159265358979323846 / 180;
  double angle = (k->from + s * (k->to - k->from)) * degree;
  return (point){k->a + k->c * cos(angle), k->b + k->d * sin(angle)};
}

static double distance_to_segment(point p, point from, point to) {
  double dx = to.x - from.x, dy = to.y - from.y;
  double along = ((p.x - from.x) * dx + (p.y - from.y) * dy) / (dx * dx + dy * dy);
  along = along < 0 ? 0 : along > 1 ? 1 : along;
  return hypot(p.x - from.x - along * dx, p.y - from.y - along * dy);
}

static bool is_under_pen(const stroke *k, double pen, point p) {
  int steps = k->kind == LINE ? 1 : ARC_STEPS;
  for (int i = 0; i < steps; i++) {
    point from = on_stroke(k, (double)i / steps), to = on_stroke(k, (double)(i + 1) / steps);
    /* A hair less than half of the pen: whole numbers then lie on no edge, where the last bit of a
     * cosine would decide. */
    if (distance_to_segment(p, from, to) < pen / 2 - 0.01)
      return true;
  }
  return false;
}

/* Returns the number of inked pixels. */
static int draw(const glyph *g, unsigned char pixels[SIZE * SIZE]) {
  int ink = 0;
  for (int i = 0; i < SIZE * SIZE; i++) {
    point centre = {i % SIZE + 0.5, i / SIZE + 0.5};
    bool is_inked = false;
    for (const stroke *k = g->strokes; k < g->strokes + 4 && k->kind != END; k++)
      is_inked = is_inked || is_under_pen(k, g->pen, centre);
    pixels[i] = is_inked ? INK : PAPER;
    ink += is_inked;
  }
  return ink;
}

static bool write_pgm(const char *path, const unsigned char pixels[SIZE * SIZE]) {
  FILE *out = fopen(path, "wb");
  if (out == NULL)
    return false;
  bool is_written =
      fprintf(out, "P5\n%d %d\n255\n", SIZE, SIZE) > 0 && fwrite(pixels, 1, SIZE * SIZE, out) == SIZE * SIZE;
  return fclose(out) == 0 && is_written;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  for (int image = 0; image < GLYPHS; image++) {
    unsigned char pixels[SIZE * SIZE];
    char path[4096];
    int ink = draw(&glyphs[image], pixels);
    if (ink < MIN_INK || ink > MAX_INK) {
      fprintf(stderr, "image %d has %d pixels of ink\n", image, ink);
      return 1;
    }
    int len = snprintf(path, sizeof path, "%s/%d.pgm", argv[1], image);
    if (len < 0 || (size_t)len >= sizeof path || !write_pgm(path, pixels)) {
      fprintf(stderr, "cannot write %s/%d.pgm\n", argv[1], image);
      return 2;
    }
    printf("%s: %d pixels of ink\n", path, ink);
  }
  return 0;
}
