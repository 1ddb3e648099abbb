/* SPDX-License-Identifier: MIT */
/* plot_items.c - panels of runs: traces, rasters, maps, planes, measures. */
#include "driver/plot.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_LINES = 8 }; /* of elements; of more the mean and the range */

/* ---- items ---- */

/* "glia.Ca", "glia.Ca[3]", "glia.Ca[0..9]" */
static const char *read_item(arena *a, const char *words, plot_item *out) {
  size_t len = strcspn(words, "[");
  char *rest = NULL;
  *out = (plot_item){.name = words};
  if (words[len] == '\0')
    return NULL;
  *out = (plot_item){.name = arena_strdup(a, words, len), .has_range = true};
  out->first = out->last = strtoull(words + len + 1, &rest, 10);
  if (strncmp(rest, "..", 2) == 0)
    out->last = strtoull(rest + 2, &rest, 10);
  bool is_good = rest != words + len + 1 && strcmp(rest, "]") == 0 && out->first <= out->last;
  return is_good ? NULL
                 : arena_printf(a, "`%s`: elements of an item are said as in glia.Ca[3] or glia.Ca[0..9]", words);
}

static const char *find_item(plot_job *job, const plot_run *run, const plot_item *item, plot_data *out) {
  plot_names recordings = {0}, measures = {0};
  const char *wrong = plot_find(job, run, item->name, out);
  if (wrong != NULL || out->kind != ITEM_UNKNOWN)
    return wrong;
  if (run != &job->runs.data[0])
    return arena_printf(job->arena, "there is no `%s` in %s", item->name, run->folder);
  wrong = plot_list(job, &recordings, &measures);
  for (uint32_t k = 0; k < measures.len; k++)
    vec_push(job->arena, &recordings, measures.data[k]);
  return wrong != NULL ? wrong : plot_unknown(job, item->name, &recordings);
}

/* ---- values as lines ---- */

/* A matrix of the elements that are asked for: a row a time. Between parts there is a row that is not finite. */
typedef struct {
  uint32_t rows, columns;
  double *times, *values;
  uint64_t *elements;
} table;

static bool is_asked(const plot_item *item, uint64_t element) {
  return !item->has_range || (element >= item->first && element <= item->last);
}

static void take_elements(arena *a, const plot_item *item, const nsa_recording *part, table *t, uint32_t *at) {
  t->elements = ARENA_ARRAY(a, uint64_t, part->columns + 1);
  for (uint64_t k = 0; k < part->columns; k++)
    if (part->reduced[0] != '\0' || is_asked(item, part->elements[k])) {
      at[t->columns] = (uint32_t)k;
      t->elements[t->columns++] = part->elements[k];
    }
}

static void take_row(table *t, const nsa_recording *part, uint64_t row, const uint32_t *at) {
  t->times[t->rows] = part->start + (double)row * part->step;
  for (uint32_t k = 0; k < t->columns; k++)
    t->values[(size_t)t->rows * t->columns + k] = part->values[row * part->columns + at[k]];
  t->rows++;
}

static void take_gap(table *t) {
  t->times[t->rows] = NAN;
  for (uint32_t k = 0; k < t->columns; k++)
    t->values[(size_t)t->rows * t->columns + k] = NAN;
  t->rows++;
}

static const char *take_table(plot_job *job, const plot_item *item, const plot_data *data, table *t) {
  enum { MOST_ROWS = 1 << 28 };
  arena *a = job->arena;
  uint64_t rows = 0;
  *t = (table){0};
  for (uint32_t k = 0; k < data->part_count; k++)
    rows += data->parts[k].rows + 1;
  uint32_t *at = ARENA_ARRAY(a, uint32_t, data->parts[0].columns + 1);
  take_elements(a, item, &data->parts[0], t, at);
  if (t->columns == 0 || rows > MOST_ROWS)
    return arena_printf(a, "%s: no element of that number is recorded", item->name);
  t->times = ARENA_ARRAY(a, double, rows);
  t->values = ARENA_ARRAY(a, double, rows * t->columns);
  for (uint32_t k = 0; k < data->part_count; k++) {
    for (uint64_t row = 0; row < data->parts[k].rows && data->parts[k].columns == data->parts[0].columns; row++)
      take_row(t, &data->parts[k], row, at);
    if (k + 1 < data->part_count)
      take_gap(t);
  }
  return NULL;
}

static const double *column_of(arena *a, const table *t, uint32_t column) {
  double *out = ARENA_ARRAY(a, double, (size_t)t->rows + 1);
  for (uint32_t k = 0; k < t->rows; k++)
    out[k] = t->values[(size_t)k * t->columns + column];
  return out;
}

typedef struct {
  double *mean, *low, *high;
} summary;

static summary summary_of(arena *a, const table *t) {
  size_t room = (size_t)t->rows + 1;
  summary s = {ARENA_ARRAY(a, double, room), ARENA_ARRAY(a, double, room), ARENA_ARRAY(a, double, room)};
  for (uint32_t k = 0; k < t->rows; k++) {
    const double *row = &t->values[(size_t)k * t->columns];
    double sum = 0, low = row[0], high = row[0];
    for (uint32_t i = 0; i < t->columns; i++)
      sum += row[i], low = fmin(low, row[i]), high = fmax(high, row[i]);
    s.mean[k] = sum / t->columns;
    s.low[k] = low;
    s.high[k] = high;
  }
  return s;
}

static plot_color color_of(uint32_t k) { return (plot_color)(PLOT_BLUE + k % (PLOT_COLORS - 2)); }

/* Seconds from 2 s on. */
static const char *use_seconds(double last, double *factor) {
  *factor = last >= 2000 ? 1e-3 : 1;
  return last >= 2000 ? "t (s)" : "t (ms)";
}

static double *scaled(arena *a, const double *x, uint64_t count, double factor) {
  double *out = ARENA_ARRAY(a, double, count + 1);
  for (uint64_t k = 0; k < count; k++)
    out[k] = x[k] * factor;
  return out;
}

/* One run: a colour an element. Several: a colour a run. */
static void add_lines(plot_job *job, plot *p, uint32_t run, const table *t, double factor) {
  arena *a = job->arena;
  bool is_one = job->runs.len == 1;
  const double *x = scaled(a, t->times, t->rows, factor);
  const char *label = is_one ? NULL : job->runs.data[run].label;
  if (t->columns > MOST_LINES) {
    summary s = summary_of(a, t);
    plot_add_band(p, color_of(run), x, s.low, s.high, t->rows);
    plot_add(p, is_one ? arena_printf(a, "mean and range of %u", t->columns) : label, PLOT_SOLID, color_of(run), x,
             s.mean, t->rows);
    return;
  }
  for (uint32_t k = 0; k < t->columns; k++) {
    const char *element = arena_printf(a, "%llu", (unsigned long long)t->elements[k]);
    plot_add(p,
             !is_one          ? label
             : t->columns > 1 ? element
                              : NULL,
             PLOT_SOLID, color_of(is_one ? k : run), x, column_of(a, t, k), t->rows);
  }
}

/* ---- panels of one item ---- */

/* What it is in each of the runs, of one kind. */
static const char *find_in_all(plot_job *job, const plot_item *item, plot_data **out) {
  plot_data *data = *out = ARENA_ARRAY(job->arena, plot_data, job->runs.len);
  for (uint32_t k = 0; k < job->runs.len; k++) {
    const char *wrong = find_item(job, &job->runs.data[k], item, &data[k]);
    if (wrong != NULL)
      return wrong;
    if (data[k].kind != data[0].kind || strcmp(data[k].unit, data[0].unit) != 0)
      return arena_printf(job->arena, "`%s` is in %s something else than in %s, or in another unit", item->name,
                          job->runs.data[k].folder, job->runs.data[0].folder);
  }
  return NULL;
}

static double last_time(const plot_data *d) {
  const nsa_recording *last = &d->parts[d->part_count - 1];
  if (d->kind == ITEM_EVENTS)
    return last->rows > 0 ? last->times[last->rows - 1] : 0;
  return last->start + (double)last->rows * last->step;
}

static const char *add_traces(plot_job *job, const plot_item *item, const plot_data *data) {
  double factor;
  const char *x_label = use_seconds(last_time(&data[0]), &factor);
  plot *p = plot_new(job->arena, item->name, x_label, plot_head(job->arena, item->name, data[0].unit));
  for (uint32_t k = 0; k < job->runs.len; k++) {
    table t;
    const char *wrong = take_table(job, item, &data[k], &t);
    if (wrong != NULL)
      return wrong;
    add_lines(job, p, k, &t, factor);
  }
  vec_push(job->arena, &job->panels, p);
  return NULL;
}

static void add_spikes(plot_job *job, plot *p, const plot_item *item, uint32_t run, const nsa_recording *r,
                       double factor) {
  double *x = ARENA_ARRAY(job->arena, double, 2 * r->rows + 2), *y = x + r->rows + 1;
  uint32_t n = 0;
  for (uint64_t k = 0; k < r->rows && n < UINT32_MAX; k++)
    if (is_asked(item, r->elements[k])) {
      x[n] = r->times[k] * factor;
      y[n++] = (double)r->elements[k];
    }
  plot_add(p, job->runs.len > 1 ? job->runs.data[run].label : NULL, PLOT_SPIKES,
           job->runs.len > 1 ? color_of(run) : PLOT_BLACK, x, y, n);
}

static void add_raster(plot_job *job, const plot_item *item, const plot_data *data) {
  double factor;
  const char *x_label = use_seconds(last_time(&data[0]), &factor);
  plot *p = plot_new(job->arena, item->name, x_label, "element");
  for (uint32_t k = 0; k < job->runs.len; k++)
    add_spikes(job, p, item, k, &data[k].parts[0], factor);
  vec_push(job->arena, &job->panels, p);
}

/* ---- maps ---- */

/* The row at the time, or the last one before. False: there is none. */
static bool find_row(const plot_data *d, double at, const nsa_recording **part, uint64_t *row) {
  bool has_any = false;
  for (uint32_t k = 0; k < d->part_count; k++) {
    const nsa_recording *p = &d->parts[k];
    double last = isnan(at) ? (double)p->rows - 1 : floor((at - p->start) / p->step + 1e-6);
    if (p->rows == 0 || !(last >= 0))
      continue;
    has_any = true;
    *part = p;
    *row = last < (double)p->rows ? (uint64_t)last : p->rows - 1;
  }
  return has_any;
}

static const char *map_values(plot_job *job, const plot_item *item, const plot_data *d, uint32_t count, double *values,
                              const char **when) {
  const nsa_recording *part = NULL;
  uint64_t row = 0;
  if (!find_row(d, job->at, &part, &row))
    return arena_printf(job->arena, "%s: nothing was recorded until then", item->name);
  if (part->columns != count || part->reduced[0] != '\0')
    return arena_printf(job->arena, "%s: a map is of all elements of a population; this has %llu of %u", item->name,
                        (unsigned long long)part->columns, count);
  memcpy(values, part->values + row * part->columns, count * sizeof *values);
  *when = arena_printf(job->arena, "at %.6g ms", part->start + (double)row * part->step);
  return NULL;
}

/* How many each element had. */
static void map_counts(const nsa_recording *r, uint32_t count, double *values) {
  for (uint32_t k = 0; k < count; k++)
    values[k] = 0;
  for (uint64_t k = 0; k < r->rows; k++)
    if (r->elements[k] < count)
      values[r->elements[k]]++;
}

static const char *add_map(plot_job *job, const plot_item *item, const plot_run *run, const plot_data *d) {
  arena *a = job->arena;
  uint32_t rows, columns;
  const char *wrong = NULL, *when = "in all", *unit = d->kind == ITEM_EVENTS ? "events" : d->unit;
  if (!plot_grid(run, d->parts[0].owner, &rows, &columns))
    return arena_printf(a, "%s: a map is of a population, and `%s` is none", item->name, d->parts[0].owner);
  double *values = ARENA_ARRAY(a, double, (size_t)rows *columns + 1);
  if (d->kind == ITEM_EVENTS)
    map_counts(&d->parts[0], rows * columns, values);
  else
    wrong = map_values(job, item, d, rows * columns, values, &when);
  if (wrong != NULL)
    return wrong;
  const char *of = job->runs.len > 1 ? arena_printf(a, ", %s", run->label) : "";
  plot *p = plot_new(a, arena_printf(a, "%s %s%s", item->name, when, of), "column", "row");
  plot_limit(p, -0.5, columns - 0.5, rows - 0.5, -0.5);
  plot_add_map(p, unit, values, rows, columns);
  vec_push(a, &job->panels, p);
  return NULL;
}

static const char *add_item(plot_job *job, const plot_item *item) {
  plot_data *data;
  bool is_map = job->args->values[ARGUMENT_plot_map] != NULL;
  const char *wrong = find_in_all(job, item, &data);
  for (uint32_t k = 0; k < job->runs.len && wrong == NULL && is_map; k++)
    wrong = add_map(job, item, &job->runs.data[k], &data[k]);
  if (wrong != NULL || is_map)
    return wrong;
  if (data[0].kind == ITEM_VALUES)
    return add_traces(job, item, data);
  add_raster(job, item, data);
  return NULL;
}

/* ---- a plane of two items ---- */

/* The samples that both have at the same time. */
static void add_orbit(plot_job *job, plot *p, uint32_t run, const table *x, const table *y) {
  double *xs = ARENA_ARRAY(job->arena, double, 2 * (size_t)x->rows + 2), *ys = xs + x->rows + 1;
  for (uint32_t column = 0; column < x->columns; column++) {
    uint32_t n = 0;
    for (uint32_t i = 0, k = 0; i < x->rows; i++) {
      while (k < y->rows && !(y->times[k] >= x->times[i] - 1e-9 * fabs(x->times[i])))
        k++;
      bool is_both = k < y->rows && fabs(y->times[k] - x->times[i]) <= 1e-9 * fabs(x->times[i]);
      if (!is_both)
        continue;
      xs[n] = x->values[(size_t)i * x->columns + column];
      ys[n++] = y->values[(size_t)k * y->columns + column];
    }
    plot_add(p, job->runs.len > 1 ? job->runs.data[run].label : NULL, PLOT_THIN,
             color_of(job->runs.len > 1 ? run : column), xs, ys, n);
  }
}

static const char *check_orbits(plot_job *job, const plot_item items[2], const table *x, const table *y) {
  if (x->columns != y->columns)
    return arena_printf(job->arena, "--plane: %s has %u elements and %s %u; say which, as in %s[0]", items[0].name,
                        x->columns, items[1].name, y->columns, items[0].name);
  return x->columns <= MOST_LINES ? NULL
                                  : arena_printf(job->arena,
                                                 "--plane: more than %d elements are drawn over one "
                                                 "another; say which, as in %s[0..3]",
                                                 MOST_LINES, items[0].name);
}

static const char *add_plane(plot_job *job, const char *words) {
  arena *a = job->arena;
  const char *comma = strchr(words, ',');
  plot_item items[2];
  plot_data *data[2];
  const char *wrong = comma != NULL && comma[1] != '\0' ? NULL : "--plane takes two items, as in glia.Ca,glia.h";
  if (wrong == NULL)
    wrong = read_item(a, arena_strdup(a, words, (size_t)(comma - words)), &items[0]);
  if (wrong == NULL)
    wrong = read_item(a, comma + 1, &items[1]);
  for (uint32_t k = 0; k < 2 && wrong == NULL; k++) {
    wrong = find_in_all(job, &items[k], &data[k]);
    if (wrong == NULL && data[k][0].kind != ITEM_VALUES)
      wrong = arena_printf(a, "--plane: %s has no values over time", items[k].name);
  }
  if (wrong != NULL)
    return wrong;
  plot *p = plot_new(a, arena_printf(a, "%s over %s", items[1].name, items[0].name),
                     plot_head(a, items[0].name, data[0][0].unit), plot_head(a, items[1].name, data[1][0].unit));
  for (uint32_t k = 0; k < job->runs.len && wrong == NULL; k++) {
    table x, y;
    if ((wrong = take_table(job, &items[0], &data[0][k], &x)) == NULL &&
        (wrong = take_table(job, &items[1], &data[1][k], &y)) == NULL &&
        (wrong = check_orbits(job, items, &x, &y)) == NULL)
      add_orbit(job, p, k, &x, &y);
  }
  vec_push(a, &job->panels, p);
  return wrong;
}

/* ---- measures ---- */

typedef struct {
  plot_item item;
  plot_data *data; /* by run */
  bool is_drawn;
} measure;
typedef VEC(measure) measure_list;

static void add_bars(plot_job *job, plot *p, const measure_list *all, const char *unit) {
  enum { GROUP = 8 }; /* tenths of the way from name to name */
  double width = GROUP / 10.0 / job->runs.len;
  plot_bar_width(p, width);
  for (uint32_t run = 0; run < job->runs.len; run++) {
    double *x = ARENA_ARRAY(job->arena, double, 2 * (size_t)all->len + 2), *y = x + all->len + 1;
    uint32_t n = 0;
    for (uint32_t k = 0; k < all->len; k++)
      if (strcmp(all->data[k].data[0].unit, unit) == 0) {
        x[n] = n + (run + 0.5) * width - GROUP / 20.0;
        y[n++] = all->data[k].data[run].value;
      }
    plot_add(p, job->runs.len > 1 ? job->runs.data[run].label : NULL, PLOT_BARS, color_of(run), x, y, n);
  }
}

/* Those of one unit share a panel. */
static void add_measures(plot_job *job, measure_list *all) {
  for (uint32_t k = 0; k < all->len; k++) {
    const char *unit = all->data[k].data[0].unit;
    VEC(const char *) names = {0};
    for (uint32_t i = k; i < all->len && !all->data[k].is_drawn; i++)
      if (strcmp(all->data[i].data[0].unit, unit) == 0) {
        vec_push(job->arena, &names, all->data[i].item.name);
        all->data[i].is_drawn = i > k;
      }
    if (all->data[k].is_drawn)
      continue;
    bool is_one = names.len == 1;
    plot *p = plot_new(job->arena, is_one ? names.data[0] : "measures", "",
                       is_one                   ? plot_head(job->arena, names.data[0], unit)
                       : strcmp(unit, "1") == 0 ? ""
                                                : unit);
    plot_name_x(p, names.data, names.len);
    add_bars(job, p, all, unit);
    vec_push(job->arena, &job->panels, p);
  }
}

/* ---- all of them ---- */

/* One run: what it recorded. Several, as variants, or where nothing was recorded: measures. */
static const char *choose(plot_job *job, plot_names *words) {
  plot_names measures = {0};
  const char *wrong = plot_list(job, words, &measures);
  if (wrong == NULL && (words->len == 0 || (job->runs.len > 1 && job->args->others.len == 0)))
    *words = measures;
  if (wrong == NULL && words->len == 0)
    return "there is nothing to draw: the results have neither recordings nor measures";
  return wrong;
}

static const char *add_items(plot_job *job, const plot_names *words) {
  measure_list measures = {0};
  const char *wrong = NULL;
  for (uint32_t k = 0; k < words->len && wrong == NULL; k++) {
    measure m = {0};
    wrong = read_item(job->arena, words->data[k], &m.item);
    if (wrong == NULL)
      wrong = find_in_all(job, &m.item, &m.data);
    if (wrong == NULL && m.data[0].kind == ITEM_MEASURE)
      vec_push(job->arena, &measures, m);
    else if (wrong == NULL)
      wrong = add_item(job, &m.item);
  }
  if (wrong == NULL)
    add_measures(job, &measures);
  return wrong;
}

const char *plot_items(plot_job *job) {
  plot_names words = {0};
  const char *plane = job->args->values[ARGUMENT_plot_plane], *wrong = NULL;
  for (uint32_t k = 0; k < job->args->words.len; k++)
    vec_push(job->arena, &words, job->args->words.data[k]);
  if (plane != NULL)
    wrong = add_plane(job, plane);
  if (wrong == NULL && words.len == 0 && plane == NULL)
    wrong = choose(job, &words);
  return wrong != NULL ? wrong : add_items(job, &words);
}
