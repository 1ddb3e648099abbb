/* SPDX-License-Identifier: MIT */
/* svg.c - a canvas that writes SVG. */
#include "plot/canvas.h"

#include <math.h>

typedef struct {
  canvas canvas;
  text out;
  uint32_t clips;
} svg;

/* In pixels. */
const canvas_layout plot_pixels = {.width = 760,
                                   .height = 500,
                                   .short_height = 280,
                                   .left = 80,
                                   .right = 30,
                                   .map_right = 110,
                                   .top = 40,
                                   .bottom = 60,
                                   .mark = 4,
                                   .tick_down = 18,
                                   .label_down = 42,
                                   .tick_left = 8,
                                   .label_left = 20,
                                   .title_up = 14,
                                   .legend_up = 18,
                                   .drop = 4,
                                   .letter = 7,
                                   .key = 24,
                                   .scale_left = 16,
                                   .scale_width = 16,
                                   .x_ticks = 6,
                                   .y_ticks = 6,
                                   .scale_steps = 50,
                                   .has_grid = true};

static svg *svg_of(canvas *c) { return (svg *)c; }

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

static void add_points(text *out, const double *x, const double *y, uint32_t count) {
  bool is_down = false;
  for (uint32_t i = 0; i < count; i++) {
    bool is_there = isfinite(x[i]) && isfinite(y[i]);
    if (is_there)
      text_printf(out, "%s%.2f %.2f", is_down ? "L" : "M", x[i], y[i]);
    is_down = is_there;
  }
}

static void line(canvas *c, canvas_ink ink, double width, bool is_dashed, const double *x, const double *y,
                 uint32_t count) {
  text *out = &svg_of(c)->out;
  text_printf(out, "<path fill=\"none\" stroke=\"#%06x\" stroke-width=\"%.2g\"%s d=\"", ink.rgb, width,
              is_dashed ? " stroke-dasharray=\"6 4\"" : "");
  add_points(out, x, y, count);
  text_puts(out, "\"/>\n");
}

static void area(canvas *c, canvas_ink ink, const double *x, const double *y, uint32_t count) {
  text *out = &svg_of(c)->out;
  text_printf(out, "<path fill=\"#%06x\" fill-opacity=\"0.25\" d=\"", ink.rgb);
  add_points(out, x, y, count);
  text_puts(out, "Z\"/>\n");
}

static void box(canvas *c, canvas_ink ink, double x, double y, double width, double height) {
  text_printf(&svg_of(c)->out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"#%06x\"/>\n", x, y,
              width, height, ink.rgb);
}

static void frame(canvas *c, double x, double y, double width, double height) {
  text_printf(&svg_of(c)->out,
              "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" stroke=\"#222222\"/>\n", x, y,
              width, height);
}

static void dot(canvas *c, canvas_ink ink, double x, double y, double radius, bool is_hollow) {
  text *out = &svg_of(c)->out;
  text_printf(out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.2g\" ", x, y, radius);
  text_printf(out, is_hollow ? "fill=\"white\" stroke=\"#%06x\" stroke-width=\"2\"/>\n" : "fill=\"#%06x\"/>\n",
              ink.rgb);
}

static void words(canvas *c, double x, double y, canvas_anchor anchor, double size, bool is_turned, const char *it) {
  static const char *const anchors[] = {"start", "middle", "end"};
  text *out = &svg_of(c)->out;
  text_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%.0f\"", x, y, anchors[anchor], size);
  if (is_turned)
    text_printf(out, " transform=\"rotate(-90 %.1f %.1f)\"", x, y);
  text_puts(out, ">");
  add_words(out, it);
  text_puts(out, "</text>\n");
}

static void clip(canvas *c, double x, double y, double width, double height) {
  svg *s = svg_of(c);
  if (width > 0)
    text_printf(&s->out,
                "<clipPath id=\"area%u\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/></clipPath>\n"
                "<g clip-path=\"url(#area%u)\">\n",
                s->clips, x, y, width, height, s->clips);
  else
    text_puts(&s->out, "</g>\n");
  s->clips += width > 0;
}

text plot_svg_of(arena *a, const plot *const *panels, uint32_t count) {
  svg s = {.canvas = {&plot_pixels, line, area, box, frame, dot, words, clip}, .out = text_new(a)};
  double width = plot_pixels.width, height = plot_height(&plot_pixels, count);
  text_printf(&s.out,
              "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
              "font-family=\"sans-serif\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
              width, height, width, height);
  plot_draw(a, panels, count, &s.canvas);
  text_puts(&s.out, "</svg>\n");
  return s.out;
}
