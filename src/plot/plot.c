/* SPDX-License-Identifier: MIT */
#include "plot/plot.h"
#include "plot/panel.h"

#include <string.h>

plot *plot_new(arena *a, const char *title, const char *x_label, const char *y_label) {
  plot *p = ARENA_NEW(a, plot);
  *p = (plot){.arena = a, .title = title, .x_label = x_label, .y_label = y_label, .bar_width = 0.8};
  return p;
}

static const double *copy_of(arena *a, const double *x, uint32_t count) {
  double *copy = ARENA_ARRAY(a, double, (size_t)count + 1);
  memcpy(copy, x, count * sizeof *x);
  return copy;
}

void plot_add(plot *p, const char *name, plot_style style, plot_color color, const double *x, const double *y,
              uint32_t count) {
  plot_series s = {.name = name, .style = style, .color = color, .width = p->bar_width, .count = count};
  if (count == 0)
    return;
  s.x = copy_of(p->arena, x, count);
  s.y = copy_of(p->arena, y, count);
  vec_push(p->arena, &p->series, s);
}

void plot_add_band(plot *p, plot_color color, const double *x, const double *low, const double *high, uint32_t count) {
  plot_add(p, NULL, PLOT_SOLID, color, x, low, count);
  if (count > 0)
    p->series.data[p->series.len - 1].high = copy_of(p->arena, high, count);
}

void plot_add_map(plot *p, const char *label, const double *values, uint32_t rows, uint32_t columns) {
  p->map_label = label;
  p->map = copy_of(p->arena, values, rows * columns);
  p->map_rows = rows;
  p->map_columns = columns;
}

void plot_bar_width(plot *p, double width) { p->bar_width = width; }

void plot_limit(plot *p, double x_low, double x_high, double y_low, double y_high) {
  const double limits[4] = {x_low, x_high, y_low, y_high};
  memcpy(p->limits, limits, sizeof limits);
  p->has_limits = true;
}

void plot_name_x(plot *p, const char *const *names, uint32_t count) {
  p->x_names = names;
  p->x_name_count = count;
}

text plot_svg(const plot *p) { return plot_svg_of(p->arena, &p, 1); }
