/* SPDX-License-Identifier: MIT */
/* plot.h - figures of lines, marks, bars and maps over two axes, as SVG, PNG or characters.
 *
 * A *panel* has its own axes; a figure is one or more of them, one below the other. Series are copied into the arena;
 * values that are not finite interrupt a line. The same figure gives the same bytes of SVG and the same characters. */
#ifndef NSA_PLOT_PLOT_H
#define NSA_PLOT_PLOT_H

#include "support/text.h"

typedef enum {
  PLOT_SOLID,
  PLOT_DASHED,
  PLOT_THIN,
  PLOT_DOTS,
  PLOT_CIRCLES,
  PLOT_SQUARES,
  PLOT_TRIANGLES,
  PLOT_ARROWS,
  PLOT_SPIKES, /* small marks, as of a raster */
  PLOT_BARS    /* from 0 */
} plot_style;
typedef enum { PLOT_BLACK, PLOT_BLUE, PLOT_RED, PLOT_GREEN, PLOT_ORANGE, PLOT_GREY } plot_color;
enum { PLOT_COLORS = 6 };

typedef struct plot plot;

plot *plot_new(arena *a, const char *title, const char *x_label, const char *y_label);
/* What the axes show; else it is all of the series. Where low is above high, the axis goes the other way. */
void plot_limit(plot *p, double x_low, double x_high, double y_low, double y_high);
/* Words in place of numbers, at 0, 1, … of the x axis. */
void plot_name_x(plot *p, const char *const *names, uint32_t count);
/* A line or marks, or arrows: lines of two points. The name goes into the legend, once; NULL: it is not named there. */
void plot_add(plot *p, const char *name, plot_style style, plot_color color, const double *x, const double *y,
              uint32_t count);
/* How wide bars are that follow, on the x axis. */
void plot_bar_width(plot *p, double width);
/* What lies between two lines. */
void plot_add_band(plot *p, plot_color color, const double *x, const double *low, const double *high, uint32_t count);
/* A map fills the area: values row by row from the top, of which the label says what they are. */
void plot_add_map(plot *p, const char *label, const double *values, uint32_t rows, uint32_t columns);

text plot_svg(const plot *p);
text plot_svg_of(arena *a, const plot *const *panels, uint32_t count);
/* False with *error. */
bool plot_png(arena *a, const plot *const *panels, uint32_t count, text *out, const char **error);
/* As wide as so many letters. */
text plot_characters(arena *a, const plot *const *panels, uint32_t count, uint32_t columns, bool has_colors);

#endif
