/* SPDX-License-Identifier: MIT */
/* canvas.h - what a figure is drawn on: SVG, a picture of pixels, a page of characters.
 *
 * Places are in the canvas's own units, from the upper left. In the points of a line a value that is not finite is a
 * gap. A canvas has the sizes that suit it, so that axes are drawn by the same lines on all of them. */
#ifndef NSA_PLOT_CANVAS_H
#define NSA_PLOT_CANVAS_H

#include "plot/plot.h"

typedef enum { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END } canvas_anchor;

/* level: how much of the range it stands for, from 0 to 1, in a map; else negative. */
typedef struct {
  uint32_t rgb;
  uint8_t terminal; /* the colour's number there; 0: the usual one */
  double level;
} canvas_ink;

typedef struct {
  double width, height, short_height; /* of the only panel; of one of several */
  double left, right, map_right, top, bottom;
  double mark;                      /* half the size of one */
  double tick_down, label_down;     /* of words below the x axis, from it */
  double tick_left, label_left;     /* of words beside the y axis, from it; from the edge of the panel */
  double title_up, legend_up, drop; /* above the area; how far a baseline is below the middle */
  double letter, key;               /* the width of a letter; of what a legend shows */
  double scale_left, scale_width;   /* the scale of a map, from the area */
  uint32_t x_ticks, y_ticks, scale_steps;
  bool has_grid, is_upright; /* the label of the y axis is not turned, and stands above it */
} canvas_layout;

typedef struct canvas canvas;
struct canvas {
  const canvas_layout *layout;
  void (*line)(canvas *c, canvas_ink ink, double width, bool is_dashed, const double *x, const double *y,
               uint32_t count);
  void (*area)(canvas *c, canvas_ink ink, const double *x, const double *y, uint32_t count); /* light */
  void (*box)(canvas *c, canvas_ink ink, double x, double y, double width, double height);   /* full */
  void (*frame)(canvas *c, double x, double y, double width, double height);
  void (*dot)(canvas *c, canvas_ink ink, double x, double y, double radius, bool is_hollow);
  void (*words)(canvas *c, double x, double y, canvas_anchor anchor, double size, bool is_turned, const char *words);
  void (*clip)(canvas *c, double x, double y, double width, double height); /* width 0: no longer */
};

/* Of SVG and PNG alike. */
extern const canvas_layout plot_pixels;

/* Draws the panels one below the other. */
void plot_draw(arena *a, const plot *const *panels, uint32_t count, canvas *c);
/* How high all of them are. */
double plot_height(const canvas_layout *layout, uint32_t count);

#endif
