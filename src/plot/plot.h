/* SPDX-License-Identifier: MIT */
/* plot.h - a figure of lines and marks over two axes, as SVG.
 *
 * Series are copied into the arena; values that are not finite interrupt a line. The same figure gives the same bytes.
 */
#ifndef NSA_PLOT_PLOT_H
#define NSA_PLOT_PLOT_H

#include "support/text.h"

typedef enum { PLOT_SOLID, PLOT_DASHED, PLOT_DOTS, PLOT_CIRCLES, PLOT_SQUARES, PLOT_TRIANGLES, PLOT_ARROWS } plot_style;
typedef enum { PLOT_BLACK, PLOT_BLUE, PLOT_RED, PLOT_GREEN, PLOT_ORANGE, PLOT_GREY } plot_color;

typedef struct plot plot;

plot *plot_new(arena *a, const char *title, const char *x_label, const char *y_label);
/* What the axes show; else it is all of the series. */
void plot_limit(plot *p, double x_low, double x_high, double y_low, double y_high);
/* A line or marks, or arrows: lines of two points. The name goes into the legend, once; NULL: it is not named there. */
void plot_add(plot *p, const char *name, plot_style style, plot_color color, const double *x, const double *y,
              uint32_t count);
text plot_svg(const plot *p);

#endif
