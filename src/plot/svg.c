/* SPDX-License-Identifier: MIT */
#include "plot/plot.h"
#include "support/vec.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *name;
  plot_style style;
  plot_color color;
  const double *x, *y;
  uint32_t count;
} plot_series;

struct plot {
  arena *arena;
  const char *title, *x_label, *y_label;
  VEC(plot_series) series;
  bool has_limits;
  double limits[4]; /* of x, of y */
};

static const char *const colors[] = {"#222222", "#0072b2", "#d55e00", "#009e73", "#e69f00", "#aaaaaa"};

/* In pixels. */
enum { WIDTH = 760, HEIGHT = 500, LEFT = 80, RIGHT = 30, TOP = 40, BOTTOM = 60, MARK = 4 };

plot *plot_new(arena *a, const char *title, const char *x_label, const char *y_label) {
  plot *p = ARENA_NEW(a, plot);
  *p = (plot){.arena = a, .title = title, .x_label = x_label, .y_label = y_label};
  return p;
}

static const double *copy_of(arena *a, const double *x, uint32_t count) {
  double *copy = ARENA_ARRAY(a, double, count + 1);
  memcpy(copy, x, count * sizeof *x);
  return copy;
}

void plot_add(plot *p, const char *name, plot_style style, plot_color color, const double *x, const double *y,
              uint32_t count) {
  plot_series s = {name, style, color, copy_of(p->arena, x, count), copy_of(p->arena, y, count), count};
  if (count > 0)
    vec_push(p->arena, &p->series, s);
}

void plot_limit(plot *p, double x_low, double x_high, double y_low, double y_high) {
  const double limits[4] = {x_low, x_high, y_low, y_high};
  memcpy(p->limits, limits, sizeof limits);
  p->has_limits = true;
}

/* ---- axes ---- */

typedef struct {
  double low, high, tick; /* the first tick is a multiple of it */
  double from, to;        /* pixels of low and high */
} axis;

/* 1, 2 or 5 times a power of ten: about six of them in the range. */
static double tick_of(double range) {
  double rough = range / 6, power = pow(10, floor(log10(rough))), lead = rough / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

static axis make_axis(const plot *p, bool is_y, double from, double to) {
  double low = INFINITY, high = -INFINITY;
  if (p->has_limits) {
    const double *own = p->limits + (is_y ? 2 : 0);
    return (axis){own[0], own[1], tick_of(own[1] - own[0]), from, to};
  }
  for (uint32_t k = 0; k < p->series.len; k++)
    for (uint32_t i = 0; i < p->series.data[k].count; i++) {
      double v = is_y ? p->series.data[k].y[i] : p->series.data[k].x[i];
      if (isfinite(v))
        low = fmin(low, v), high = fmax(high, v);
    }
  if (!(low <= high))
    low = 0, high = 1;
  double margin = high > low ? 0.03 * (high - low) : fmax(1e-3 * fabs(low), 1e-12);
  low -= margin, high += margin;
  return (axis){low, high, tick_of(high - low), from, to};
}

static double pixel(const axis *a, double v) { return a->from + (v - a->low) / (a->high - a->low) * (a->to - a->from); }

/* ---- parts ---- */

static void add_words(text *out, const char *words) {
  for (const char *at = words; *at != '\0'; at++)
    switch (*at) {
    case '<':
      text_puts(out, "&lt;");
      break;
    case '>':
      text_puts(out, "&gt;");
      break;
    case '&':
      text_puts(out, "&amp;");
      break;
    default:
      text_add(out, at, 1);
    }
}

static void add_text(text *out, double x, double y, const char *more, const char *words) {
  text_printf(out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, more);
  add_words(out, words);
  text_puts(out, "</text>\n");
}

static const char *number(arena *a, double v, double tick) {
  return arena_printf(a, "%.6g", fabs(v) < 1e-9 * tick ? 0 : v);
}

static void add_axes(const plot *p, const axis *x, const axis *y, text *out) {
  text_printf(out, "<g stroke=\"#dddddd\">\n");
  for (double v = ceil(x->low / x->tick) * x->tick; v <= x->high; v += x->tick)
    text_printf(out, "<path d=\"M%.1f %.1fV%.1f\"/>\n", pixel(x, v), y->from, y->to);
  for (double v = ceil(y->low / y->tick) * y->tick; v <= y->high; v += y->tick)
    text_printf(out, "<path d=\"M%.1f %.1fH%.1f\"/>\n", x->from, pixel(y, v), x->to);
  text_printf(out,
              "</g>\n<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" stroke=\"#222222\"/>\n",
              x->from, y->to, x->to - x->from, y->from - y->to);
  for (double v = ceil(x->low / x->tick) * x->tick; v <= x->high; v += x->tick)
    add_text(out, pixel(x, v), y->from + 18, "text-anchor=\"middle\"", number(p->arena, v, x->tick));
  for (double v = ceil(y->low / y->tick) * y->tick; v <= y->high; v += y->tick)
    add_text(out, x->from - 8, pixel(y, v) + 4, "text-anchor=\"end\"", number(p->arena, v, y->tick));
  add_text(out, (x->from + x->to) / 2, y->from + 42, "text-anchor=\"middle\"", p->x_label);
  add_text(out, x->from, y->to - 14, "font-size=\"15\"", p->title);
  text_printf(out, "<g transform=\"translate(20 %.1f) rotate(-90)\">", (y->from + y->to) / 2);
  add_text(out, 0, 0, "text-anchor=\"middle\"", p->y_label);
  text_puts(out, "</g>\n");
}

static void add_line(const plot_series *s, const axis *x, const axis *y, text *out) {
  bool is_down = false;
  text_printf(out, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"%s d=\"", colors[s->color],
              s->style == PLOT_DASHED ? " stroke-dasharray=\"6 4\"" : "");
  for (uint32_t i = 0; i < s->count; i++) {
    bool is_there = isfinite(s->x[i]) && isfinite(s->y[i]);
    if (is_there)
      text_printf(out, "%s%.2f %.2f", is_down ? "L" : "M", pixel(x, s->x[i]), pixel(y, s->y[i]));
    is_down = is_there;
  }
  text_puts(out, "\"/>\n");
}

static void add_mark(plot_style style, plot_color color, double x, double y, text *out) {
  const char *hue = colors[color];
  if (style == PLOT_DOTS)
    text_printf(out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"2\" fill=\"%s\"/>\n", x, y, hue);
  else if (style == PLOT_CIRCLES)
    text_printf(out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%d\" fill=\"white\" stroke=\"%s\" stroke-width=\"2\"/>\n", x,
                y, MARK + 1, hue);
  else if (style == PLOT_SQUARES)
    text_printf(out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", x - MARK, y - MARK,
                2 * MARK, 2 * MARK, hue);
  else
    text_printf(out, "<path d=\"M%.2f %.2fl%d %dh%dz\" fill=\"%s\"/>\n", x, y - MARK - 1, MARK + 1, 2 * MARK + 1,
                -2 * (MARK + 1), hue);
}

/* From the first of two points to the second, with two strokes at its head. */
static void add_arrow(double x, double y, double to_x, double to_y, const char *hue, text *out) {
  double dx = 0.3 * (to_x - x), dy = 0.3 * (to_y - y);
  text_printf(out, "<path fill=\"none\" stroke=\"%s\" d=\"M%.1f %.1fL%.1f %.1fm%.1f %.1fl%.1f %.1fl%.1f %.1f\"/>\n",
              hue, x, y, to_x, to_y, -dx - 0.5 * dy, -dy + 0.5 * dx, dx + 0.5 * dy, dy - 0.5 * dx, -dx + 0.5 * dy,
              -dy - 0.5 * dx);
}

static void add_arrows(const plot_series *s, const axis *x, const axis *y, text *out) {
  for (uint32_t i = 0; i + 1 < s->count; i++)
    if (isfinite(s->x[i]) && isfinite(s->x[i + 1]) && isfinite(s->y[i]) && isfinite(s->y[i + 1]))
      add_arrow(pixel(x, s->x[i]), pixel(y, s->y[i]), pixel(x, s->x[i + 1]), pixel(y, s->y[i + 1]), colors[s->color],
                out);
}

static bool is_line(plot_style style) { return style == PLOT_SOLID || style == PLOT_DASHED; }

static void add_series(const plot_series *s, const axis *x, const axis *y, text *out) {
  if (is_line(s->style)) {
    add_line(s, x, y, out);
    return;
  }
  if (s->style == PLOT_ARROWS) {
    add_arrows(s, x, y, out);
    return;
  }
  for (uint32_t i = 0; i < s->count; i++)
    if (isfinite(s->x[i]) && isfinite(s->y[i]))
      add_mark(s->style, s->color, pixel(x, s->x[i]), pixel(y, s->y[i]), out);
}

static bool is_named_before(const plot *p, uint32_t k) {
  for (uint32_t i = 0; i < k; i++)
    if (p->series.data[i].name != NULL && strcmp(p->series.data[i].name, p->series.data[k].name) == 0)
      return true;
  return false;
}

/* Names in one row, from the right end of the title's line. */
static void add_legend(const plot *p, text *out) {
  double at = WIDTH - RIGHT, y = TOP - 18;
  for (uint32_t k = p->series.len; k-- > 0;) {
    const plot_series *s = &p->series.data[k];
    if (s->name == NULL || is_named_before(p, k))
      continue;
    at -= 7.0 * (double)strlen(s->name) + 40;
    double x[2] = {at, at + 24}, ys[2] = {y, y};
    axis same_x = {0, 1, 1, 0, 1}, same_y = same_x;
    plot_series key = {NULL, s->style, s->color, x, ys, 2};
    if (is_line(s->style))
      add_line(&key, &same_x, &same_y, out);
    else
      add_mark(s->style, s->color, at + 12, y, out);
    add_text(out, at + 29, y + 4, "", s->name);
  }
}

text plot_svg(const plot *p) {
  text out = text_new(p->arena);
  axis x = make_axis(p, false, LEFT, WIDTH - RIGHT), y = make_axis(p, true, HEIGHT - BOTTOM, TOP);
  text_printf(&out,
              "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
              "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
              WIDTH, HEIGHT, WIDTH, HEIGHT);
  add_axes(p, &x, &y, &out);
  text_printf(&out, "<clipPath id=\"area\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>\n", LEFT,
              TOP, WIDTH - RIGHT - LEFT, HEIGHT - BOTTOM - TOP);
  text_puts(&out, "<g clip-path=\"url(#area)\">\n");
  for (uint32_t k = 0; k < p->series.len; k++)
    add_series(&p->series.data[k], &x, &y, &out);
  text_puts(&out, "</g>\n");
  add_legend(p, &out);
  text_puts(&out, "</svg>\n");
  return out;
}
