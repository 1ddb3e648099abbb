/* SPDX-License-Identifier: MIT */
/* event_drive.c - events that fire at times known before the run. */
#include "model/experiment/parts.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/expr/select.h"
#include "model/names/import.h"
#include "model/names/report.h"
#include "support/file.h"

#include <stdlib.h>

/* Its times are all that can be said about when. */
static bool has_no_window(checker *ck, const ast_window *w) {
  const ast_expr *e = w->from != NULL       ? w->from
                      : w->duration != NULL ? w->duration
                      : w->every != NULL    ? w->every
                                            : w->during;
  if (e == NULL && w->as.text == NULL)
    return true;
  diag *d =
      diag_report(ck->sink, DIAG_E0602, e != NULL ? e->at : w->as.at, "an event is driven at times, not in windows");
  diag_hint(d, "put the times into the list: `[10 ms, 20 ms]`");
  return false;
}

static bool check_times(checker *ck, const ast_expr *list, const binding *bindings, model_event_drive *e) {
  double dt = ck->model->base_dt;
  bool is_good = true;
  for (uint32_t i = 0; i < list->as.list.values.len; i++) {
    const ast_expr *value = list->as.list.values.data[i];
    expr_env env = env_constant(ck, bindings, "the time of an event");
    double time;
    if (!expr_constant(&env, value, dim_ms, "the time of an event", &time)) {
      is_good = false;
      continue;
    }
    time = whole_ticks(ck, value->at, time, dt, "the time of an event", true);
    vec_push(ck->arena, &e->times, time);
  }
  return is_good;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* One text, or up to `most`. */
static bool is_texts(const ast_arg_list *args, uint32_t most) {
  bool is_good = args->len >= 1 && args->len <= most;
  for (uint32_t k = 0; is_good && k < args->len; k++)
    is_good = args->data[k].value->kind == AST_STRING;
  return is_good;
}

static bool is_file(const ast_expr *e) {
  return e->kind == AST_CALL && strcmp(e->as.call.function.text, "file") == 0 && is_texts(&e->as.call.args, 2);
}

static bool check_source(checker *ck, const ast_expr *value, const binding *bindings, model_event_drive *e) {
  if (value->kind == AST_LIST)
    return check_times(ck, value, bindings, e);
  if (is_file(value)) {
    const ast_expr *path = value->as.call.args.data[0].value;
    e->path = path_from(ck, path->at, path->as.string.text);
    if (value->as.call.args.len > 1)
      e->source = value->as.call.args.data[1].value->as.string.text;
    return e->path != NULL && path_check(ck, path->at, e->path, false) == NULL;
  }
  if (value->kind != AST_BAD) {
    diag *d = diag_report(ck->sink, DIAG_E0203, value->at,
                          "an event is driven by a list of times or a file of them, not by `%s`", expr_text(ck, value));
    diag_hint(d, "`[10 ms, 20 ms]` or `file(\"spikes.csv\")`");
  }
  return false;
}

/* One entry for the elements of a slice; of columns, one for each row. */
static void add_slice(checker *ck, model_event_drive *e, const model_population *p, const element_slice *all,
                      const ast_expr *slice) {
  bool is_whole = all->left == 0 && all->right == p->cols - 1;
  if (!is_whole && e->path != NULL) {
    refuse(ck, slice->at, "files of events for a slice by columns", NULL);
    return;
  }
  if (is_whole) {
    e->first = all->first;
    e->last = all->last;
    vec_push(ck->arena, &ck->model->event_drives, *e);
    return;
  }
  for (uint32_t row = all->first / p->cols; row <= all->last / p->cols; row++) {
    e->first = row * p->cols + all->left;
    e->last = row * p->cols + all->right;
    vec_push(ck->arena, &ck->model->event_drives, *e);
  }
}

void event_drive_check(checker *ck, const ast_decl *d, const binding *bindings, model_event_drive *e,
                       const ast_expr *slice) {
  const model_population *p = &ck->model->populations.data[e->population];
  expr_env env = env_constant(ck, bindings, "a slice");
  element_slice all = {.last = p->rows * p->cols - 1, .right = p->cols - 1};
  bool is_good = has_no_window(ck, &d->as.drive.window);
  is_good = (slice == NULL || selector_slice(&env, slice, p, &all)) && is_good;
  if (!check_source(ck, d->as.drive.value, bindings, e) || !is_good)
    return;
  if (e->times.len > 0)
    qsort(e->times.data, e->times.len, sizeof *e->times.data, by_value);
  add_slice(ck, e, p, &all, slice);
}
