/* SPDX-License-Identifier: MIT */
/* png.c - a canvas of pixels, by cairo. Two of them for each of SVG's, so that it is sharp on paper as well. */
#include "plot/canvas.h"

#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <math.h>

enum { SCALE = 2 };

typedef struct {
  canvas canvas;
  cairo_t *to;
} picture;

static cairo_t *cairo_of(canvas *c) { return ((picture *)c)->to; }

static void use(cairo_t *to, canvas_ink ink, double opacity) {
  cairo_set_source_rgba(to, ((ink.rgb >> 16) & 255) / 255.0, ((ink.rgb >> 8) & 255) / 255.0, (ink.rgb & 255) / 255.0,
                        opacity);
}

static void trace(cairo_t *to, const double *x, const double *y, uint32_t count) {
  bool is_down = false;
  for (uint32_t i = 0; i < count; i++) {
    bool is_there = isfinite(x[i]) && isfinite(y[i]);
    if (is_there && is_down)
      cairo_line_to(to, x[i], y[i]);
    else if (is_there)
      cairo_move_to(to, x[i], y[i]);
    is_down = is_there;
  }
}

static void line(canvas *c, canvas_ink ink, double width, bool is_dashed, const double *x, const double *y,
                 uint32_t count) {
  static const double dashes[] = {6, 4};
  cairo_t *to = cairo_of(c);
  use(to, ink, 1);
  cairo_set_line_width(to, width);
  cairo_set_dash(to, dashes, is_dashed ? 2 : 0, 0);
  trace(to, x, y, count);
  cairo_stroke(to);
}

static void area(canvas *c, canvas_ink ink, const double *x, const double *y, uint32_t count) {
  use(cairo_of(c), ink, 0.25);
  trace(cairo_of(c), x, y, count);
  cairo_fill(cairo_of(c));
}

static void box(canvas *c, canvas_ink ink, double x, double y, double width, double height) {
  use(cairo_of(c), ink, 1);
  cairo_rectangle(cairo_of(c), x, y, width, height);
  cairo_fill(cairo_of(c));
}

static void frame(canvas *c, double x, double y, double width, double height) {
  use(cairo_of(c), (canvas_ink){.rgb = 0x222222}, 1);
  cairo_set_line_width(cairo_of(c), 1);
  cairo_set_dash(cairo_of(c), NULL, 0, 0);
  cairo_rectangle(cairo_of(c), x, y, width, height);
  cairo_stroke(cairo_of(c));
}

static void dot(canvas *c, canvas_ink ink, double x, double y, double radius, bool is_hollow) {
  static const double round = 6.283185307179586;
  cairo_t *to = cairo_of(c);
  cairo_new_path(to);
  cairo_arc(to, x, y, radius, 0, round);
  use(to, is_hollow ? (canvas_ink){.rgb = 0xffffff} : ink, 1);
  cairo_fill_preserve(to);
  use(to, ink, 1);
  cairo_set_line_width(to, 2);
  cairo_set_dash(to, NULL, 0, 0);
  if (is_hollow)
    cairo_stroke_preserve(to);
  cairo_new_path(to);
}

static void words(canvas *c, double x, double y, canvas_anchor anchor, double size, bool is_turned, const char *it) {
  static const double quarter = -1.5707963267948966;
  cairo_t *to = cairo_of(c);
  cairo_text_extents_t extents;
  cairo_save(to);
  cairo_set_source_rgb(to, 0, 0, 0);
  cairo_set_font_size(to, size);
  cairo_text_extents(to, it, &extents);
  cairo_translate(to, x, y);
  cairo_rotate(to, is_turned ? quarter : 0);
  cairo_move_to(to, anchor == ANCHOR_START ? 0 : anchor == ANCHOR_END ? -extents.x_advance : -extents.x_advance / 2, 0);
  cairo_show_text(to, it);
  cairo_restore(to);
}

static void clip(canvas *c, double x, double y, double width, double height) {
  if (width > 0) {
    cairo_rectangle(cairo_of(c), x, y, width, height);
    cairo_clip(cairo_of(c));
  } else
    cairo_reset_clip(cairo_of(c));
}

static cairo_status_t take(void *to, const unsigned char *bytes, unsigned count) {
  text_add(to, (const char *)bytes, count);
  return CAIRO_STATUS_SUCCESS;
}

bool plot_png(arena *a, const plot *const *panels, uint32_t count, text *out, const char **error) {
  double width = SCALE * plot_pixels.width, height = SCALE * plot_height(&plot_pixels, count);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
  picture p = {{&plot_pixels, line, area, box, frame, dot, words, clip}, cairo_create(surface)};
  *out = text_new(a);
  cairo_scale(p.to, SCALE, SCALE);
  cairo_set_source_rgb(p.to, 1, 1, 1);
  cairo_paint(p.to);
  cairo_select_font_face(p.to, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  plot_draw(a, panels, count, &p.canvas);
  cairo_status_t status = cairo_status(p.to);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream(surface, take, out);
  cairo_destroy(p.to);
  cairo_surface_destroy(surface);
  cairo_debug_reset_static_data(); /* fonts, which both would keep */
  FcFini();
  *error = cairo_status_to_string(status);
  return status == CAIRO_STATUS_SUCCESS;
}
