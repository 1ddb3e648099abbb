/* SPDX-License-Identifier: MIT */
/* plot_sweep.c - panels of a sweep: a measure over one value, a line and the interval of the median; over two, a map.
 */
#include "driver/plot.h"

#include <math.h>

typedef struct {
  plot_job *job;
  const cJSON *axes[2], *variants;
  uint32_t axis_count;
} sweep_view;

static uint32_t length(const cJSON *list) { return (uint32_t)cJSON_GetArraySize(list); }

static const cJSON *part(const cJSON *json, const char *name) { return cJSON_GetObjectItemCaseSensitive(json, name); }

/* Those with several values. */
static const char *find_axes(sweep_view *v) {
  const cJSON *axis;
  cJSON_ArrayForEach(axis, part(v->job->sweep, "axes")) {
    if (length(part(axis, "values")) < 2)
      continue;
    if (v->axis_count == 2)
      return "more than two values of the sweep vary, which no picture shows; sweep two of them, and keep the others";
    v->axes[v->axis_count++] = axis;
  }
  return NULL;
}

static bool is_row_of(const cJSON *row, const char *variant, const char *measure) {
  return strcmp(plot_text(row, "variant"), variant) == 0 && strcmp(plot_text(row, "measure"), measure) == 0;
}

static double setting_of(const cJSON *row, const cJSON *axis) {
  return plot_number(part(row, "settings"), plot_text(axis, "name"));
}

/* ---- over one value, or none ---- */

static void add_line(const sweep_view *v, plot *p, const char *variant, const char *measure, uint32_t k) {
  const cJSON *rows = part(v->job->sweep, "summary"), *row;
  arena *a = v->job->arena;
  size_t room = (size_t)length(rows) + 1;
  double *x = ARENA_ARRAY(a, double, 4 * room), *y = x + room, *low = y + room, *high = low + room;
  uint32_t n = 0;
  plot_color color = (plot_color)(PLOT_BLUE + k % (PLOT_COLORS - 2));
  cJSON_ArrayForEach(row, rows) {
    if (!is_row_of(row, variant, measure))
      continue;
    x[n] = v->axis_count > 0 ? setting_of(row, v->axes[0]) : k;
    y[n] = plot_number(row, "median");
    low[n] = plot_number(row, "median_low");
    high[n++] = plot_number(row, "median_high");
  }
  plot_add_band(p, color, x, low, high, n);
  plot_add(p, v->axis_count > 0 && length(v->variants) > 1 ? variant : NULL, v->axis_count > 0 ? PLOT_SOLID : PLOT_BARS,
           color, x, y, n);
  if (v->axis_count > 0)
    plot_add(p, NULL, PLOT_DOTS, color, x, y, n);
}

static void add_lines(const sweep_view *v, const char *measure, const char *unit) {
  arena *a = v->job->arena;
  const cJSON *axis = v->axes[0];
  const char *x_label = axis != NULL ? plot_head(a, plot_text(axis, "name"), plot_text(axis, "unit")) : "";
  plot *p = plot_new(a, measure, x_label, plot_head(a, measure, unit));
  const char **names = ARENA_ARRAY(a, const char *, (size_t)length(v->variants) + 1);
  uint32_t k = 0;
  const cJSON *variant;
  cJSON_ArrayForEach(variant, v->variants) {
    names[k] = cJSON_GetStringValue(variant) != NULL ? cJSON_GetStringValue(variant) : "";
    add_line(v, p, names[k], measure, k);
    k++;
  }
  if (v->axis_count == 0)
    plot_name_x(p, names, k);
  vec_push(a, &v->job->panels, p);
}

/* ---- over two values ---- */

/* The values of an axis are those that stand in the rows, in their order. */
static uint32_t collect(const sweep_view *v, const cJSON *axis, double *to) {
  const cJSON *row;
  uint32_t n = 0, most = length(part(axis, "values"));
  cJSON_ArrayForEach(row, part(v->job->sweep, "summary")) {
    double x = setting_of(row, axis);
    bool is_new = isfinite(x);
    for (uint32_t k = 0; k < n && is_new; k++)
      is_new = to[k] != x;
    if (is_new && n < most)
      to[n++] = x;
  }
  return n;
}

static uint32_t place_of(const double *values, uint32_t count, double x) {
  uint32_t k = 0;
  while (k < count && values[k] != x)
    k++;
  return k;
}

static double half_step(const double *values, uint32_t count) {
  return count > 1 ? (values[count - 1] - values[0]) / (count - 1) / 2 : 0.5;
}

static void add_map(const sweep_view *v, const char *variant, const char *measure, const char *unit) {
  arena *a = v->job->arena;
  const cJSON *row;
  double *xs = ARENA_ARRAY(a, double, (size_t)length(part(v->axes[0], "values")) + 1);
  double *ys = ARENA_ARRAY(a, double, (size_t)length(part(v->axes[1], "values")) + 1);
  uint32_t columns = collect(v, v->axes[0], xs), rows = collect(v, v->axes[1], ys);
  double *values = ARENA_ARRAY(a, double, (size_t)rows *columns + 1);
  for (uint32_t k = 0; k < rows * columns; k++)
    values[k] = NAN;
  cJSON_ArrayForEach(row, part(v->job->sweep, "summary")) {
    uint32_t column = place_of(xs, columns, setting_of(row, v->axes[0]));
    uint32_t up = place_of(ys, rows, setting_of(row, v->axes[1]));
    if (is_row_of(row, variant, measure) && column < columns && up < rows)
      values[(rows - 1 - up) * columns + column] = plot_number(row, "median");
  }
  const char *of = length(v->variants) > 1 ? arena_printf(a, "%s, %s", measure, variant) : measure;
  plot *p = plot_new(a, of, plot_head(a, plot_text(v->axes[0], "name"), plot_text(v->axes[0], "unit")),
                     plot_head(a, plot_text(v->axes[1], "name"), plot_text(v->axes[1], "unit")));
  double dx = half_step(xs, columns), dy = half_step(ys, rows);
  if (columns > 0 && rows > 0)
    plot_limit(p, xs[0] - dx, xs[columns - 1] + dx, ys[0] - dy, ys[rows - 1] + dy);
  plot_add_map(p, plot_head(a, measure, unit), values, rows, columns);
  vec_push(a, &v->job->panels, p);
}

/* ---- all of it ---- */

static void add_measure(const sweep_view *v, const cJSON *measure) {
  const char *name = plot_text(measure, "name"), *unit = plot_text(measure, "unit");
  const cJSON *variant;
  if (v->axis_count < 2) {
    add_lines(v, name, unit);
    return;
  }
  cJSON_ArrayForEach(variant, v->variants) add_map(v, cJSON_GetStringValue(variant), name, unit);
}

static const char *check_words(plot_job *job, const cJSON *measures) {
  plot_names names = {0};
  const cJSON *measure;
  cJSON_ArrayForEach(measure, measures) vec_push(job->arena, &names, plot_text(measure, "name"));
  for (uint32_t k = 0; k < job->args->words.len; k++) {
    const char *words = job->args->words.data[k];
    bool is_known = false;
    for (uint32_t i = 0; i < names.len; i++)
      is_known = is_known || strcmp(names.data[i], words) == 0;
    if (!is_known)
      return plot_unknown(job, words, &names);
  }
  return names.len > 0 ? NULL : "there is nothing to draw: the sweep has no measures";
}

static bool is_asked(const plot_job *job, const char *name) {
  for (uint32_t k = 0; k < job->args->words.len; k++)
    if (strcmp(job->args->words.data[k], name) == 0)
      return true;
  return job->args->words.len == 0;
}

const char *plot_sweep(plot_job *job) {
  sweep_view v = {.job = job, .variants = part(job->sweep, "variants")};
  const cJSON *measures = part(job->sweep, "measures"), *measure;
  const char *wrong = check_words(job, measures);
  if (wrong == NULL && length(part(job->sweep, "summary")) == 0)
    wrong = "the sweep has no statistics to draw: sweep.json has no summary";
  if (wrong == NULL)
    wrong = find_axes(&v);
  if (wrong != NULL)
    return wrong;
  cJSON_ArrayForEach(measure, measures) if (is_asked(job, plot_text(measure, "name"))) add_measure(&v, measure);
  return NULL;
}
