/* SPDX-License-Identifier: MIT */
/* analyse_diagram.c - what happens along a value: special points and cycles as tables, curves as CSV, and a picture. */
#include "driver/analyse.h"
#include "plot/plot.h"
#include "support/file.h"
#include "support/text.h"

#include <math.h>
#include <stdio.h>

static const char *const kinds[] = {
    [SPECIAL_FOLD] = "fold", [SPECIAL_HOPF] = "Hopf", [SPECIAL_BRANCH] = "branch point"};

static const char *type_of(const analyse_special *s) {
  if (s->kind != SPECIAL_HOPF || isnan(s->lyapunov))
    return "";
  if (fabs(s->lyapunov) < 1e-10)
    return "degenerate";
  return s->lyapunov < 0 ? "supercritical" : "subcritical";
}

static double period_of(const analyse_special *s) { return s->kind == SPECIAL_HOPF ? 2 * M_PI / s->omega : NAN; }

typedef struct {
  const analyse_plan *plan;
  const analyse_cell *cell;
  const analyse_diagram *diagram;
  uint32_t n;
} teller;

static const analyse_label *label_of(const teller *t, uint32_t i) { return analyse_label_of(t->plan, t->cell, i); }

static const char *head_of(const teller *t, const analyse_label *l) { return analyse_head(t->plan, l); }

/* ---- on stdout ---- */

static void print_specials(const teller *t) {
  const analyse_label *along = &t->plan->along_label;
  uint32_t found = 0;
  for (uint32_t b = 0; b < t->diagram->branch_count; b++)
    found += t->diagram->branches[b].specials.len;
  if (found == 0) {
    puts("no fold, Hopf or branch point");
    return;
  }
  printf("%-12s  %-*s  ", "point", analyse_column_width(head_of(t, along)), head_of(t, along));
  for (uint32_t i = 0; i < t->n; i++)
    printf("%-*s  ", analyse_column_width(head_of(t, label_of(t, i))), head_of(t, label_of(t, i)));
  puts("period (s)    cycles");
  for (uint32_t b = 0; b < t->diagram->branch_count; b++)
    for (uint32_t k = 0; k < t->diagram->branches[b].specials.len; k++) {
      const analyse_special *s = &t->diagram->branches[b].specials.data[k];
      printf("%-12s  %-*.10g  ", kinds[s->kind], analyse_column_width(head_of(t, along)), s->point.p / along->factor);
      for (uint32_t i = 0; i < t->n; i++)
        printf("%-*.8g  ", analyse_column_width(head_of(t, label_of(t, i))), s->point.x[i] / label_of(t, i)->factor);
      if (s->kind == SPECIAL_HOPF)
        printf("%-12.6g  %s", period_of(s) / 1000, type_of(s));
      puts("");
    }
}

static void print_cycles(const teller *t) {
  const analyse_diagram *d = t->diagram;
  const analyse_label *along = &t->plan->along_label, *first = label_of(t, 0);
  if (d->cycle_count == 0) {
    puts("no stable oscillation was found");
    return;
  }
  const analyse_cycle *from = &d->cycles[0], *to = &d->cycles[d->cycle_count - 1];
  printf("oscillation at %u values of %s, from %.6g to %.6g", d->cycle_count, head_of(t, along),
         from->p / along->factor, to->p / along->factor);
  printf("; period %.6g to %.6g s, amplitude of %s %.6g to %.6g\n", from->period / 1000, to->period / 1000,
         head_of(t, first), (from->high[0] - from->low[0]) / first->factor, (to->high[0] - to->low[0]) / first->factor);
}

/* ---- files ---- */

static const char *write_curves(const teller *t) {
  text out = text_new(t->plan->arena);
  text_printf(&out, "branch,%s", head_of(t, &t->plan->along_label));
  for (uint32_t i = 0; i < t->n; i++)
    text_printf(&out, ",%s", head_of(t, label_of(t, i)));
  text_puts(&out, ",unstable,stability\n");
  for (uint32_t b = 0; b < t->diagram->branch_count; b++)
    for (uint32_t k = 0; k < t->diagram->branches[b].points.len; k++) {
      const analyse_point *p = &t->diagram->branches[b].points.data[k];
      text_printf(&out, "%u,%.17g", b + 1, p->p / t->plan->along_label.factor);
      for (uint32_t i = 0; i < t->n; i++)
        text_printf(&out, ",%.17g", p->x[i] / label_of(t, i)->factor);
      text_printf(&out, ",%u,%s\n", p->unstable, analyse_kind_of_point(p, t->n));
    }
  return analyse_write(t->plan, "branches.csv", &out);
}

static const char *write_specials(const teller *t) {
  text out = text_new(t->plan->arena);
  text_printf(&out, "branch,point,%s", head_of(t, &t->plan->along_label));
  for (uint32_t i = 0; i < t->n; i++)
    text_printf(&out, ",%s", head_of(t, label_of(t, i)));
  text_puts(&out, ",period (s),lyapunov,cycles\n");
  for (uint32_t b = 0; b < t->diagram->branch_count; b++)
    for (uint32_t k = 0; k < t->diagram->branches[b].specials.len; k++) {
      const analyse_special *s = &t->diagram->branches[b].specials.data[k];
      text_printf(&out, "%u,%s,%.17g", b + 1, kinds[s->kind], s->point.p / t->plan->along_label.factor);
      for (uint32_t i = 0; i < t->n; i++)
        text_printf(&out, ",%.17g", s->point.x[i] / label_of(t, i)->factor);
      if (s->kind == SPECIAL_HOPF)
        text_printf(&out, ",%.17g,%.17g,%s\n", period_of(s) / 1000, s->lyapunov, type_of(s));
      else
        text_puts(&out, ",,,\n");
    }
  return analyse_write(t->plan, "special_points.csv", &out);
}

static const char *write_cycles(const teller *t) {
  text out = text_new(t->plan->arena);
  text_printf(&out, "%s,period (s)", head_of(t, &t->plan->along_label));
  for (uint32_t i = 0; i < t->n; i++)
    text_printf(&out, ",lowest %s,highest %s", head_of(t, label_of(t, i)), head_of(t, label_of(t, i)));
  text_puts(&out, "\n");
  for (uint32_t k = 0; k < t->diagram->cycle_count; k++) {
    const analyse_cycle *c = &t->diagram->cycles[k];
    text_printf(&out, "%.17g,%.17g", c->p / t->plan->along_label.factor, c->period / 1000);
    for (uint32_t i = 0; i < t->n; i++)
      text_printf(&out, ",%.17g,%.17g", c->low[i] / label_of(t, i)->factor, c->high[i] / label_of(t, i)->factor);
    text_puts(&out, "\n");
  }
  return analyse_write(t->plan, "cycles.csv", &out);
}

/* ---- the picture ---- */

/* Stretches of the same stability; each begins where the one before ends. */
static void draw_branch(const teller *t, plot *p, const analyse_branch *branch, uint32_t i) {
  double *x = ARENA_ARRAY(t->plan->arena, double, 2 * (size_t)branch->points.len), *y = x + branch->points.len;
  uint32_t start = 0;
  for (uint32_t k = 0; k < branch->points.len; k++) {
    const analyse_point *at = &branch->points.data[k];
    x[k] = at->p / t->plan->along_label.factor;
    y[k] = at->x[i] / label_of(t, i)->factor;
    bool is_stable = at->unstable == 0, is_last = k + 1 == branch->points.len;
    if (!is_last && (branch->points.data[k + 1].unstable == 0) == is_stable)
      continue;
    uint32_t from = start > 0 ? start - 1 : 0;
    plot_add(p, is_stable ? "stable" : "unstable", is_stable ? PLOT_SOLID : PLOT_DASHED,
             is_stable ? PLOT_BLACK : PLOT_RED, x + from, y + from, k + 1 - from);
    start = k + 1;
  }
}

static void draw_cycles(const teller *t, plot *p, uint32_t i) {
  uint32_t count = t->diagram->cycle_count;
  double *v = ARENA_ARRAY(t->plan->arena, double, 3 * (size_t)count);
  for (uint32_t k = 0; k < count; k++) {
    v[k] = t->diagram->cycles[k].p / t->plan->along_label.factor;
    v[count + k] = t->diagram->cycles[k].low[i] / label_of(t, i)->factor;
    v[2 * count + k] = t->diagram->cycles[k].high[i] / label_of(t, i)->factor;
  }
  plot_add(p, "oscillation", PLOT_DOTS, PLOT_BLUE, v, v + count, count);
  plot_add(p, "oscillation", PLOT_DOTS, PLOT_BLUE, v, v + 2 * count, count);
}

static void draw_specials(const teller *t, plot *p, uint32_t i) {
  static const plot_style styles[] = {
      [SPECIAL_FOLD] = PLOT_SQUARES, [SPECIAL_HOPF] = PLOT_CIRCLES, [SPECIAL_BRANCH] = PLOT_TRIANGLES};
  static const plot_color colors[] = {
      [SPECIAL_FOLD] = PLOT_ORANGE, [SPECIAL_HOPF] = PLOT_GREEN, [SPECIAL_BRANCH] = PLOT_BLUE};
  for (uint32_t b = 0; b < t->diagram->branch_count; b++)
    for (uint32_t k = 0; k < t->diagram->branches[b].specials.len; k++) {
      const analyse_special *s = &t->diagram->branches[b].specials.data[k];
      double x = s->point.p / t->plan->along_label.factor, y = s->point.x[i] / label_of(t, i)->factor;
      plot_add(p, kinds[s->kind], styles[s->kind], colors[s->kind], &x, &y, 1);
    }
}

static const char *write_picture(const teller *t, uint32_t i) {
  arena *a = t->plan->arena;
  plot *p = plot_new(a, analyse_title(t->plan), head_of(t, &t->plan->along_label), head_of(t, label_of(t, i)));
  for (uint32_t b = 0; b < t->diagram->branch_count; b++)
    draw_branch(t, p, &t->diagram->branches[b], i);
  draw_cycles(t, p, i);
  draw_specials(t, p, i);
  text svg = plot_svg(p);
  return analyse_write(t->plan, arena_printf(a, "diagram_%s.svg", label_of(t, i)->name), &svg);
}

const char *analyse_tell_diagram(const analyse_plan *plan, const analyse_cell *cell, const analyse_diagram *diagram) {
  teller t = {plan, cell, diagram, analyse_cell_size(cell)};
  print_specials(&t);
  print_cycles(&t);
  const char *wrong = write_curves(&t);
  if (wrong == NULL)
    wrong = write_specials(&t);
  if (wrong == NULL)
    wrong = write_cycles(&t);
  for (uint32_t i = 0; i < t.n && wrong == NULL; i++)
    wrong = write_picture(&t, i);
  return wrong;
}
