/* SPDX-License-Identifier: MIT */
/* draw.c - panels onto a canvas: axes and their ticks, series, maps, legends. */
#include "plot/canvas.h"
#include "plot/panel.h"

#include <math.h>
#include <string.h>

typedef struct {
  double low, high, tick; /* the first tick is a multiple of it */
  double from, to;        /* places of low and high */
} axis;

typedef struct {
  arena *arena;
  const plot *plot;
  canvas *to;
  const canvas_layout *layout;
  double above; /* where the panel begins */
  axis x, y;
} panel;

static const uint32_t hues[PLOT_COLORS] = {0x222222, 0x0072b2, 0xd55e00, 0x009e73, 0xe69f00, 0xaaaaaa};
static const uint8_t terminal_hues[PLOT_COLORS] = {0, 34, 31, 32, 33, 90};

static canvas_ink ink_of(plot_color color) { return (canvas_ink){hues[color], terminal_hues[color], -1}; }

/* ---- axes ---- */

/* 1, 2 or 5 times a power of ten: so many of them in the range. */
static double tick_of(double range, uint32_t ticks) {
  double rough = range / ticks, power = pow(10, floor(log10(rough))), lead = rough / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

static void widen(const double *v, uint32_t count, double *low, double *high) {
  for (uint32_t i = 0; v != NULL && i < count; i++)
    if (isfinite(v[i]))
      *low = fmin(*low, v[i]), *high = fmax(*high, v[i]);
}

/* Bars have a width, and stand on 0. */
static void find_range(const plot *p, bool is_y, double *low, double *high) {
  static const double zero = 0;
  for (uint32_t k = 0; k < p->series.len; k++) {
    const plot_series *s = &p->series.data[k];
    bool has_bars = s->style == PLOT_BARS;
    widen(is_y ? s->y : s->x, s->count, low, high);
    widen(is_y ? s->high : NULL, s->count, low, high);
    if (has_bars && is_y)
      widen(&zero, 1, low, high);
  }
  if (!is_y && p->x_name_count > 0)
    *low = -0.5, *high = p->x_name_count - 0.5;
}

static axis make_axis(const plot *p, bool is_y, double from, double to, uint32_t ticks) {
  double low = INFINITY, high = -INFINITY;
  if (p->has_limits) {
    const double *own = p->limits + (is_y ? 2 : 0);
    bool is_back = own[0] > own[1];
    low = own[is_back], high = own[!is_back];
    return (axis){low, high, tick_of(high - low, ticks), is_back ? to : from, is_back ? from : to};
  }
  find_range(p, is_y, &low, &high);
  if (!(low <= high))
    low = 0, high = 1;
  double margin = high > low ? 0.03 * (high - low) : fmax(1e-3 * fabs(low), 1e-12);
  low -= margin, high += margin;
  return (axis){low, high, tick_of(high - low, ticks), from, to};
}

static double place(const axis *a, double v) { return a->from + (v - a->low) / (a->high - a->low) * (a->to - a->from); }

static const char *number(arena *a, double v, double tick) {
  return arena_printf(a, "%.6g", fabs(v) < 1e-9 * tick ? 0 : v);
}

static double first_tick(const axis *a) { return ceil(a->low / a->tick) * a->tick; }

static void draw_grid(const panel *d) {
  static const canvas_ink light = {0xdddddd, 90, -1};
  const axis *x = &d->x, *y = &d->y;
  for (double v = first_tick(x); d->plot->x_names == NULL && v <= x->high; v += x->tick) {
    double xs[2] = {place(x, v), place(x, v)}, ys[2] = {y->from, y->to};
    d->to->line(d->to, light, 1, false, xs, ys, 2);
  }
  for (double v = first_tick(y); v <= y->high; v += y->tick) {
    double xs[2] = {x->from, x->to}, ys[2] = {place(y, v), place(y, v)};
    d->to->line(d->to, light, 1, false, xs, ys, 2);
  }
}

static double lower_edge(const panel *d) { return fmax(d->y.from, d->y.to); }
static double upper_edge(const panel *d) { return fmin(d->y.from, d->y.to); }

static void put_words(const panel *d, double x, double y, canvas_anchor anchor, const char *words) {
  d->to->words(d->to, x, y, anchor, 12, false, words);
}

static void draw_numbers(const panel *d) {
  const canvas_layout *l = d->layout;
  double below = lower_edge(d) + l->tick_down;
  for (uint32_t k = 0; k < d->plot->x_name_count; k++)
    put_words(d, place(&d->x, k), below, ANCHOR_MIDDLE, d->plot->x_names[k]);
  for (double v = first_tick(&d->x); d->plot->x_names == NULL && v <= d->x.high; v += d->x.tick)
    put_words(d, place(&d->x, v), below, ANCHOR_MIDDLE, number(d->arena, v, d->x.tick));
  for (double v = first_tick(&d->y); v <= d->y.high; v += d->y.tick)
    put_words(d, d->x.from - l->tick_left, place(&d->y, v) + l->drop, ANCHOR_END, number(d->arena, v, d->y.tick));
}

static void draw_labels(const panel *d) {
  const canvas_layout *l = d->layout;
  double top = upper_edge(d), bottom = lower_edge(d);
  put_words(d, (d->x.from + d->x.to) / 2, bottom + l->label_down, ANCHOR_MIDDLE, d->plot->x_label);
  d->to->words(d->to, l->is_upright ? 0 : d->x.from, top - l->title_up, ANCHOR_START, 15, false, d->plot->title);
  d->to->words(d->to, l->label_left, l->is_upright ? top - l->title_up / 2 : (top + bottom) / 2,
               l->is_upright ? ANCHOR_START : ANCHOR_MIDDLE, 12, !l->is_upright, d->plot->y_label);
}

/* ---- series ---- */

static const double *places(const panel *d, const axis *a, const double *v, uint32_t count) {
  double *out = ARENA_ARRAY(d->arena, double, (size_t)count + 1);
  for (uint32_t i = 0; i < count; i++)
    out[i] = place(a, v[i]);
  return out;
}

static bool is_rising(const double *x, uint32_t count) {
  for (uint32_t i = 1; i < count; i++)
    if (!(x[i] >= x[i - 1]))
      return false;
  return true;
}

/* What is seen of a long line: where it enters and leaves each strip of a place's width, its lowest and its highest
 * point there. Gives their number. */
static uint32_t thin_out(const double *x, const double *y, uint32_t count, double *to_x, double *to_y) {
  uint32_t n = 0;
  for (uint32_t i = 0, end; i < count; i = end) {
    uint32_t low = i, high = i;
    for (end = i + 1; end < count && floor(2 * x[end]) == floor(2 * x[i]); end++)
      low = y[end] < y[low] ? end : low, high = y[end] > y[high] ? end : high;
    const uint32_t kept[4] = {i, low < high ? low : high, low < high ? high : low, end - 1};
    for (uint32_t k = 0; k < 4; k++)
      if (k == 0 || kept[k] != kept[k - 1])
        to_x[n] = x[kept[k]], to_y[n++] = y[kept[k]];
  }
  return n;
}

static void draw_line(const panel *d, const plot_series *s) {
  enum { LONG = 4096 };
  const double *x = places(d, &d->x, s->x, s->count), *y = places(d, &d->y, s->y, s->count);
  uint32_t count = s->count;
  if (count > LONG && is_rising(x, count)) {
    double *to_x = ARENA_ARRAY(d->arena, double, 4 * (size_t)count),
           *to_y = ARENA_ARRAY(d->arena, double, 4 * (size_t)count);
    count = thin_out(x, y, count, to_x, to_y);
    x = to_x, y = to_y;
  }
  d->to->line(d->to, ink_of(s->color), s->style == PLOT_THIN ? 1 : 1.8, s->style == PLOT_DASHED, x, y, count);
}

/* There along the one line, and back along the other. */
static void draw_band(const panel *d, const plot_series *s) {
  double *x = ARENA_ARRAY(d->arena, double, 4 * (size_t)s->count), *y = x + 2 * (size_t)s->count;
  uint32_t n = 0;
  for (uint32_t k = 0; k < 2 * s->count; k++) {
    uint32_t i = k < s->count ? k : 2 * s->count - 1 - k;
    if (!isfinite(s->x[i]) || !isfinite(s->y[i]) || !isfinite(s->high[i]))
      continue;
    x[n] = place(&d->x, s->x[i]);
    y[n++] = place(&d->y, k < s->count ? s->y[i] : s->high[i]);
  }
  d->to->area(d->to, ink_of(s->color), x, y, n);
}

static void draw_mark(const panel *d, plot_style style, plot_color color, double x, double y) {
  double m = d->layout->mark;
  if (style == PLOT_DOTS || style == PLOT_CIRCLES)
    d->to->dot(d->to, ink_of(color), x, y, style == PLOT_DOTS ? m / 2 : m + 1, style == PLOT_CIRCLES);
  else if (style == PLOT_SPIKES)
    d->to->dot(d->to, ink_of(color), x, y, m / 4, false);
  else if (style == PLOT_TRIANGLES) {
    double xs[4] = {x, x + m + 1, x - m - 1, x}, ys[4] = {y - m - 1, y + m, y + m, y - m - 1};
    d->to->line(d->to, ink_of(color), 3, false, xs, ys, 4);
  } else
    d->to->box(d->to, ink_of(color), x - m, y - m, 2 * m, 2 * m);
}

/* From the first of two points to the second, with two strokes at its head. */
static void draw_arrow(const panel *d, canvas_ink ink, double x, double y, double to_x, double to_y) {
  double dx = 0.3 * (to_x - x), dy = 0.3 * (to_y - y);
  double xs[5] = {x, to_x, to_x - dx - 0.5 * dy, to_x, to_x - dx + 0.5 * dy};
  double ys[5] = {y, to_y, to_y - dy + 0.5 * dx, to_y, to_y - dy - 0.5 * dx};
  d->to->line(d->to, ink, 1, false, xs, ys, 5);
}

static void draw_bar(const panel *d, const plot_series *s, double x, double y) {
  double left = place(&d->x, x - s->width / 2), right = place(&d->x, x + s->width / 2);
  double top = place(&d->y, fmax(y, 0)), bottom = place(&d->y, fmin(y, 0));
  d->to->box(d->to, ink_of(s->color), left, top, right - left, bottom - top);
}

/* Of marks that lie on one another (four to a place) one is enough. */
static bool is_new(uint8_t *seen, const panel *d, double x, double y) {
  double width = 2 * d->layout->width, at = floor(2 * (y - d->above)) * width + floor(2 * x);
  if (!(at >= 0 && at < 2 * width * d->layout->height))
    return false;
  uint8_t bit = (uint8_t)(1u << ((uint64_t)at & 7)), *byte = &seen[(uint64_t)at / 8];
  bool is = !(*byte & bit);
  *byte |= bit;
  return is;
}

static void draw_marks(const panel *d, const plot_series *s) {
  size_t bytes = (size_t)(d->layout->width * d->layout->height / 2) + 2;
  uint8_t *seen = s->style == PLOT_SPIKES ? ARENA_ARRAY(d->arena, uint8_t, bytes) : NULL;
  if (seen != NULL)
    memset(seen, 0, bytes);
  for (uint32_t i = 0; i < s->count; i++) {
    double x = place(&d->x, s->x[i]), y = place(&d->y, s->y[i]);
    if (!isfinite(x) || !isfinite(y) || (seen != NULL && !is_new(seen, d, x, y)))
      continue;
    if (s->style == PLOT_BARS)
      draw_bar(d, s, s->x[i], s->y[i]);
    else
      draw_mark(d, s->style, s->color, x, y);
  }
}

static bool is_line(plot_style style) { return style == PLOT_SOLID || style == PLOT_DASHED || style == PLOT_THIN; }

static void draw_series(const panel *d, const plot_series *s) {
  if (s->high != NULL)
    draw_band(d, s);
  else if (is_line(s->style))
    draw_line(d, s);
  else if (s->style != PLOT_ARROWS)
    draw_marks(d, s);
  else
    for (uint32_t i = 0; i + 1 < s->count; i++)
      if (isfinite(s->x[i]) && isfinite(s->x[i + 1]) && isfinite(s->y[i]) && isfinite(s->y[i + 1]))
        draw_arrow(d, ink_of(s->color), place(&d->x, s->x[i]), place(&d->y, s->y[i]), place(&d->x, s->x[i + 1]),
                   place(&d->y, s->y[i + 1]));
}

/* ---- maps ---- */

/* From dark blue to yellow, evenly bright to eyes (viridis, Smith and van der Walt 2015), five of its colours. */
static uint32_t hue_of_level(double level) {
  static const uint32_t stops[] = {0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725};
  double at = 4 * fmin(fmax(level, 0), 1);
  uint32_t i = at < 4 ? (uint32_t)at : 3, hue = 0;
  for (uint32_t shift = 0; shift <= 16; shift += 8) {
    double a = (stops[i] >> shift) & 255, b = (stops[i + 1] >> shift) & 255;
    hue |= (uint32_t)(a + (at - i) * (b - a) + 0.5) << shift;
  }
  return hue;
}

static canvas_ink ink_of_level(double level) { return (canvas_ink){hue_of_level(level), 0, level}; }

static void draw_scale(const panel *d, double low, double high) {
  const canvas_layout *l = d->layout;
  double x = d->x.to + l->scale_left, top = upper_edge(d), step = (lower_edge(d) - top) / l->scale_steps;
  for (uint32_t k = 0; k < l->scale_steps; k++)
    d->to->box(d->to, ink_of_level(1 - (k + 0.5) / l->scale_steps), x, top + k * step, l->scale_width, step);
  for (uint32_t k = 0; k < 3; k++)
    put_words(d, x + l->scale_width + l->letter / 2, top + (2 - k) * l->scale_steps * step / 2 + l->drop, ANCHOR_START,
              arena_printf(d->arena, "%.4g", low + k * (high - low) / 2));
  put_words(d, l->width - l->letter, top - l->legend_up, ANCHOR_END, d->plot->map_label);
}

static void draw_map(const panel *d, double low, double high) {
  const plot *p = d->plot;
  double left = fmin(d->x.from, d->x.to), top = upper_edge(d);
  double width = fabs(d->x.to - d->x.from) / p->map_columns, height = fabs(d->y.to - d->y.from) / p->map_rows;
  for (uint32_t row = 0; row < p->map_rows; row++)
    for (uint32_t column = 0; column < p->map_columns; column++) {
      double v = p->map[row * p->map_columns + column];
      if (isfinite(v))
        d->to->box(d->to, ink_of_level(high > low ? (v - low) / (high - low) : 0.5), left + column * width,
                   top + row * height, width, height);
    }
}

/* ---- the legend ---- */

static bool is_named_before(const plot *p, uint32_t k) {
  for (uint32_t i = 0; i < k; i++)
    if (p->series.data[i].name != NULL && strcmp(p->series.data[i].name, p->series.data[k].name) == 0)
      return true;
  return false;
}

/* Names in one row, from the right end of the title's line. */
static void draw_legend(const panel *d) {
  const canvas_layout *l = d->layout;
  double at = l->width - l->right, y = upper_edge(d) - l->legend_up;
  for (uint32_t k = d->plot->series.len; k-- > 0;) {
    const plot_series *s = &d->plot->series.data[k];
    if (s->name == NULL || is_named_before(d->plot, k))
      continue;
    at -= l->letter * (double)strlen(s->name) + l->key + 16 * l->letter / 7;
    double x[2] = {at, at + l->key}, ys[2] = {y, y};
    if (is_line(s->style))
      d->to->line(d->to, ink_of(s->color), 1.8, s->style == PLOT_DASHED, x, ys, 2);
    else
      draw_mark(d, s->style, s->color, at + l->key / 2, y);
    put_words(d, at + l->key + 5 * l->letter / 7, y + l->drop, ANCHOR_START, s->name);
  }
}

/* ---- panels ---- */

double plot_height(const canvas_layout *layout, uint32_t count) {
  return count > 1 ? count * layout->short_height : layout->height;
}

static void draw_panel(arena *a, const plot *p, canvas *c, double above, double height) {
  const canvas_layout *l = c->layout;
  panel d = {.arena = a, .plot = p, .to = c, .layout = l, .above = above};
  d.x = make_axis(p, false, l->left, l->width - (p->map != NULL ? l->map_right : l->right), l->x_ticks);
  d.y = make_axis(p, true, above + height - l->bottom, above + l->top, l->y_ticks);
  double left = fmin(d.x.from, d.x.to), width = fabs(d.x.to - d.x.from), top = upper_edge(&d);
  double low = INFINITY, high = -INFINITY; /* of the map */
  widen(p->map, p->map_rows * p->map_columns, &low, &high);
  if (l->has_grid && p->map == NULL)
    draw_grid(&d);
  c->clip(c, left, top, width, lower_edge(&d) - top);
  if (p->map != NULL)
    draw_map(&d, low, high);
  for (uint32_t k = 0; k < p->series.len; k++)
    draw_series(&d, &p->series.data[k]);
  c->clip(c, 0, 0, 0, 0);
  if (low <= high)
    draw_scale(&d, low, high);
  c->frame(c, left, top, width, lower_edge(&d) - top);
  draw_numbers(&d);
  draw_labels(&d);
  draw_legend(&d);
}

void plot_draw(arena *a, const plot *const *panels, uint32_t count, canvas *c) {
  double height = plot_height(c->layout, count) / (count > 0 ? count : 1);
  for (uint32_t k = 0; k < count; k++)
    draw_panel(a, panels[k], c, k * height, height);
}
