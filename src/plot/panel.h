/* SPDX-License-Identifier: MIT */
/* panel.h - what a panel holds: plot.c fills it, draw.c draws it. */
#ifndef NSA_PLOT_PANEL_H
#define NSA_PLOT_PANEL_H

#include "plot/plot.h"
#include "support/vec.h"

typedef struct {
  const char *name;
  plot_style style;
  plot_color color;
  const double *x, *y, *high; /* high: of a band; else NULL */
  double width;               /* of bars */
  uint32_t count;
} plot_series;

struct plot {
  arena *arena;
  const char *title, *x_label, *y_label;
  VEC(plot_series) series;
  const char *const *x_names;
  uint32_t x_name_count;
  bool has_limits;
  double limits[4]; /* of x, of y */
  double bar_width;
  const char *map_label; /* NULL: there is no map */
  const double *map;
  uint32_t map_rows, map_columns;
};

#endif
