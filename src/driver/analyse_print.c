/* SPDX-License-Identifier: MIT */
/* analyse_print.c - fixed points as a table and as CSV; words and files of all that is told. */
#include "driver/analyse.h"
#include "support/file.h"
#include "support/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

/* ---- words ---- */

const analyse_label *analyse_label_of(const analyse_plan *plan, const analyse_cell *cell, uint32_t i) {
  return &plan->states[analyse_cell_state(cell, i)];
}

const char *analyse_head(const analyse_plan *plan, const analyse_label *l) {
  return l->unit[0] != '\0' ? arena_printf(plan->arena, "%s (%s)", l->name, l->unit) : l->name;
}

const char *analyse_title(const analyse_plan *plan) {
  return arena_printf(plan->arena, "%s (%s)", plan->m->populations.data[plan->population].name, plan->component->name);
}

int analyse_column_width(const char *head) {
  int width = (int)strlen(head);
  return width > 12 ? width : 12;
}

/* ---- the table ---- */

static const char *head_of(const analyse_plan *plan, const analyse_cell *cell, uint32_t i) {
  return analyse_head(plan, analyse_label_of(plan, cell, i));
}

static void print_ranges(const analyse_plan *plan, const analyse_cell *cell) {
  printf("%s, fixed points from starts with", analyse_title(plan));
  for (uint32_t i = 0; i < analyse_cell_size(cell); i++) {
    const analyse_label *l = analyse_label_of(plan, cell, i);
    double low, high;
    analyse_cell_range(cell, i, &low, &high);
    printf("%s %s in %.4g..%.4g%s%s", i ? "," : "", l->name, low / l->factor, high / l->factor, l->unit[0] ? " " : "",
           l->unit);
  }
  puts("");
}

/* Per second: of a pair one number with its turn. */
static void print_eigenvalues(const analyse_point *p, uint32_t n) {
  const double per_second = 1000;
  for (uint32_t k = n; k-- > 0;) {
    double turn = fabs(p->imaginary[k]) * per_second;
    printf("%s%.6g", k + 1 < n ? ", " : "", p->real[k] * per_second);
    if (turn > 0)
      printf(" +- %.6gi", turn);
    if (turn > 0 && k > 0 && p->real[k - 1] == p->real[k])
      k--;
  }
  puts("");
}

static void print_points(const analyse_plan *plan, const analyse_cell *cell, const analyse_point *points,
                         uint32_t count) {
  uint32_t n = analyse_cell_size(cell);
  for (uint32_t i = 0; i < n; i++)
    printf("%-*s  ", analyse_column_width(head_of(plan, cell, i)), head_of(plan, cell, i));
  printf("%-14s  %s\n", "stability", "eigenvalues (1/s)");
  for (uint32_t k = 0; k < count; k++) {
    for (uint32_t i = 0; i < n; i++)
      printf("%-*.8g  ", analyse_column_width(head_of(plan, cell, i)),
             points[k].x[i] / analyse_label_of(plan, cell, i)->factor);
    printf("%-14s  ", analyse_kind_of_point(&points[k], n));
    print_eigenvalues(&points[k], n);
  }
}

/* ---- files ---- */

static void add_head(const analyse_plan *plan, const analyse_cell *cell, text *out) {
  uint32_t n = analyse_cell_size(cell);
  for (uint32_t i = 0; i < n; i++)
    text_printf(out, "%s,", head_of(plan, cell, i));
  text_puts(out, "stability");
  for (uint32_t i = 0; i < n; i++)
    text_printf(out, ",real_%u (1/s),imaginary_%u (1/s)", i + 1, i + 1);
  text_puts(out, "\n");
}

static void add_row(const analyse_plan *plan, const analyse_cell *cell, const analyse_point *p, text *out) {
  uint32_t n = analyse_cell_size(cell);
  for (uint32_t i = 0; i < n; i++)
    text_printf(out, "%.17g,", p->x[i] / analyse_label_of(plan, cell, i)->factor);
  text_puts(out, analyse_kind_of_point(p, n));
  for (uint32_t i = 0; i < n; i++)
    text_printf(out, ",%.17g,%.17g", p->real[i] * 1000, p->imaginary[i] * 1000);
  text_puts(out, "\n");
}

const char *analyse_write(const analyse_plan *plan, const char *name, const text *bytes) {
  const char *error, *path = file_join(plan->arena, plan->out, name);
  if (!file_make_folder(plan->out))
    return arena_printf(plan->arena, "cannot make the folder %s: %s", plan->out, strerror(errno));
  if (!file_write_atomic(plan->arena, path, bytes->data, bytes->len, &error))
    return arena_printf(plan->arena, "cannot write %s: %s", path, error);
  return NULL;
}

const char *analyse_tell_points(const analyse_plan *plan, const analyse_cell *cell, const analyse_point *points,
                                uint32_t count) {
  text out = text_new(plan->arena);
  print_ranges(plan, cell);
  if (count == 0)
    puts("none was found; --range NAME=A..B looks elsewhere, and those that are not isolated are not told");
  else
    print_points(plan, cell, points, count);
  add_head(plan, cell, &out);
  for (uint32_t k = 0; k < count; k++)
    add_row(plan, cell, &points[k], &out);
  return analyse_write(plan, "fixed_points.csv", &out);
}
