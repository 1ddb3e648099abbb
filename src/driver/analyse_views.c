/* SPDX-License-Identifier: MIT */
/* analyse_views.c - the plane of two states, and responses to pulses. */
#include "driver/analyse.h"
#include "plot/plot.h"

#include <math.h>
#include <stdio.h>

/* ---- the plane ---- */

/* Spots as a line; of pieces each is a line of its own. */
static void draw(plot *p, const analyse_plan *plan, const analyse_label *x, const analyse_label *y,
                 const analyse_spots *spots, bool has_pieces, const char *name, plot_style style, plot_color color) {
  uint32_t count = 0, most = 3 * spots->len / 2 + spots->len + 1;
  double *xs = ARENA_ARRAY(plan->arena, double, 2 * (size_t)most), *ys = xs + most;
  for (uint32_t k = 0; k < spots->len; k++) {
    xs[count] = spots->data[k].x / x->factor;
    ys[count++] = spots->data[k].y / y->factor;
    if (has_pieces && k % 2 == 1)
      xs[count] = ys[count] = NAN, count++;
  }
  plot_add(p, name, style, color, xs, ys, count);
}

static void draw_points(plot *p, const analyse_plan *plan, const analyse_cell *cell, const analyse_plane *plane,
                        const analyse_point *points, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) {
    double x = points[k].x[plane->across] / analyse_label_of(plan, cell, plane->across)->factor;
    double y = points[k].x[plane->up] / analyse_label_of(plan, cell, plane->up)->factor;
    bool is_stable = points[k].unstable == 0;
    plot_add(p, is_stable ? "stable rest" : "unstable rest", is_stable ? PLOT_SQUARES : PLOT_CIRCLES, PLOT_BLACK, &x,
             &y, 1);
  }
}

static const char *write_nullclines(const analyse_plan *plan, const analyse_label *x, const analyse_label *y,
                                    const analyse_plane *plane) {
  text out = text_new(plan->arena);
  text_printf(&out, "nullcline,piece,%s,%s\n", analyse_head(plan, x), analyse_head(plan, y));
  for (uint32_t which = 0; which < 2; which++)
    for (uint32_t k = 0; k < plane->nullclines[which].len; k++) {
      analyse_spot s = plane->nullclines[which].data[k];
      text_printf(&out, "%s,%u,%.17g,%.17g\n", which == 0 ? x->name : y->name, k / 2 + 1, s.x / x->factor,
                  s.y / y->factor);
    }
  return analyse_write(plan, "nullclines.csv", &out);
}

const char *analyse_tell_plane(const analyse_plan *plan, const analyse_cell *cell, const analyse_plane *plane,
                               const analyse_point *points, uint32_t count) {
  const analyse_label *x = analyse_label_of(plan, cell, plane->across), *y = analyse_label_of(plan, cell, plane->up);
  arena *a = plan->arena;
  plot *p = plot_new(a, analyse_title(plan), analyse_head(plan, x), analyse_head(plan, y));
  draw(p, plan, x, y, &plane->field, true, NULL, PLOT_ARROWS, PLOT_GREY);
  draw(p, plan, x, y, &plane->nullclines[0], true, arena_printf(a, "%s at rest", x->name), PLOT_SOLID, PLOT_RED);
  draw(p, plan, x, y, &plane->nullclines[1], true, arena_printf(a, "%s at rest", y->name), PLOT_SOLID, PLOT_GREEN);
  draw(p, plan, x, y, &plane->way, false, "from the start", PLOT_SOLID, PLOT_BLUE);
  draw_points(p, plan, cell, plane, points, count);
  plot_limit(p, plane->low[0] / x->factor, plane->high[0] / x->factor, plane->low[1] / y->factor,
             plane->high[1] / y->factor);
  text svg = plot_svg(p);
  const char *wrong = analyse_write(plan, arena_printf(a, "plane_%s_%s.svg", x->name, y->name), &svg);
  return wrong != NULL ? wrong : write_nullclines(plan, x, y, plane);
}

/* ---- pulses ---- */

static void print_responses(const analyse_plan *plan, const analyse_cell *cell, const analyse_response *r,
                            uint32_t count) {
  uint32_t n = analyse_cell_size(cell);
  printf("a pulse of %.6g ms from rest\n%-14s", plan->pulse_duration, analyse_head(plan, &plan->along_label));
  for (uint32_t i = 0; i < n; i++)
    printf("  highest %-12s  after (s)   ", analyse_head(plan, analyse_label_of(plan, cell, i)));
  puts("");
  for (uint32_t k = 0; k < count; k++) {
    printf("%-14.6g", r[k].pulse / plan->along_label.factor);
    for (uint32_t i = 0; i < n; i++)
      printf("  %-20.8g  %-12.6g", r[k].high[i] / analyse_label_of(plan, cell, i)->factor, r[k].when[i] / 1000);
    puts(r[k].is_back ? "" : "does not come back");
  }
}

static const char *write_responses(const analyse_plan *plan, const analyse_cell *cell, const analyse_response *r,
                                   uint32_t count) {
  uint32_t n = analyse_cell_size(cell);
  text out = text_new(plan->arena);
  text_puts(&out, analyse_head(plan, &plan->along_label));
  for (uint32_t i = 0; i < n; i++) {
    const char *head = analyse_head(plan, analyse_label_of(plan, cell, i));
    text_printf(&out, ",lowest %s,highest %s,highest %s after (s)", head, head, analyse_label_of(plan, cell, i)->name);
  }
  text_puts(&out, ",back\n");
  for (uint32_t k = 0; k < count; k++) {
    text_printf(&out, "%.17g", r[k].pulse / plan->along_label.factor);
    for (uint32_t i = 0; i < n; i++)
      text_printf(&out, ",%.17g,%.17g,%.17g", r[k].low[i] / analyse_label_of(plan, cell, i)->factor,
                  r[k].high[i] / analyse_label_of(plan, cell, i)->factor, r[k].when[i] / 1000);
    text_printf(&out, ",%s\n", r[k].is_back ? "yes" : "no");
  }
  return analyse_write(plan, "responses.csv", &out);
}

static const char *draw_response(const analyse_plan *plan, const analyse_cell *cell, const analyse_response *r,
                                 uint32_t count, uint32_t i) {
  arena *a = plan->arena;
  const analyse_label *l = analyse_label_of(plan, cell, i);
  double *x = ARENA_ARRAY(a, double, 2 * (size_t)count), *y = x + count;
  for (uint32_t k = 0; k < count; k++) {
    x[k] = r[k].pulse / plan->along_label.factor;
    y[k] = r[k].high[i] / l->factor;
  }
  plot *p = plot_new(a, analyse_title(plan), analyse_head(plan, &plan->along_label),
                     arena_printf(a, "highest %s", analyse_head(plan, l)));
  plot_add(p, NULL, PLOT_SOLID, PLOT_BLUE, x, y, count);
  plot_add(p, NULL, PLOT_DOTS, PLOT_BLUE, x, y, count);
  text svg = plot_svg(p);
  return analyse_write(plan, arena_printf(a, "response_%s.svg", l->name), &svg);
}

const char *analyse_tell_responses(const analyse_plan *plan, const analyse_cell *cell, const analyse_response *r,
                                   uint32_t count) {
  print_responses(plan, cell, r, count);
  const char *wrong = write_responses(plan, cell, r, count);
  for (uint32_t i = 0; i < analyse_cell_size(cell) && wrong == NULL; i++)
    wrong = draw_response(plan, cell, r, count, i);
  return wrong;
}
