/* SPDX-License-Identifier: MIT */
/* stimulus.c - patterns, what is presented and driven, windows and phases, loops unrolled. */
#include "model/check.h"
#include "support/file.h"
#include "support/limits.h"

#include "nsa_rt.h"

#include <math.h>
#include <stdlib.h>

/* ---- loops ---- */

static void visit_list(checker *ck, const ast_decl *const *decls, uint32_t count, const binding *bindings,
                       decl_visitor *visit, bool is_inside);

static bool is_allowed_inside(const ast_decl *d) {
  return d->kind == AST_DECL_PRESENT || d->kind == AST_DECL_DRIVE || d->kind == AST_DECL_RECORD ||
         d->kind == AST_DECL_FOR;
}

static void run_round(checker *ck, const ast_decl *d, const binding *outer, uint32_t round, model_expr *value,
                      decl_visitor *visit) {
  const ast_name_list *names = &d->as.loop.names;
  binding bindings[2];
  uint32_t count = 0;
  if (names->len > 1) {
    bindings[count] = (binding){
        .name = names->data[0].text, .next = outer, .value = expr_literal(ck, round, dim_none(), names->data[0].at)};
    outer = &bindings[count++];
  }
  bindings[count] = (binding){.name = names->data[names->len - 1].text, .value = value, .next = outer};
  visit_list(ck, (const ast_decl *const *)d->as.loop.body.data, d->as.loop.body.len, &bindings[count], visit, true);
}

/* Counts a round of an outermost loop or of one inside it. */
static bool is_one_too_many(checker *ck, const ast_decl *d) {
  if (ck->rounds > LIMIT_ROUNDS)
    return true;
  if (++ck->rounds <= LIMIT_ROUNDS)
    return false;
  diag_report(ck->sink, DIAG_E0901, d->at, "loops inside one another have more than %u rounds in all", LIMIT_ROUNDS);
  return true;
}

static bool is_too_long(checker *ck, span at, double rounds) {
  if (rounds <= LIMIT_ROUNDS)
    return false;
  diag_report(ck->sink, DIAG_E0901, at, "a loop of %.0f rounds; it may have %u", rounds, LIMIT_ROUNDS);
  return true;
}

static void run_range(checker *ck, const ast_decl *d, const binding *bindings, decl_visitor *visit) {
  const ast_expr *over = d->as.loop.over;
  expr_env env = env_constant(ck, bindings, "a loop");
  uint32_t low, high;
  if (!expr_constant_count(&env, over->as.range.low, "a bound of a loop", 0, 1e9, &low) ||
      !expr_constant_count(&env, over->as.range.high, "a bound of a loop", 0, 1e9, &high))
    return;
  if (low > high) {
    diag_report(ck->sink, DIAG_E0501, over->at, "this range is empty: its first end is the larger");
    return;
  }
  if (is_too_long(ck, over->at, (double)high - low + 1))
    return;
  for (uint32_t k = low; k <= high && !is_one_too_many(ck, d); k++)
    run_round(ck, d, bindings, k - low, expr_literal(ck, k, dim_none(), over->at), visit);
}

static void run_values(checker *ck, const ast_decl *d, const binding *bindings, decl_visitor *visit) {
  const ast_expr_list *values = &d->as.loop.over->as.list.values;
  if (is_too_long(ck, d->as.loop.over->at, values->len))
    return;
  for (uint32_t i = 0; i < values->len && !is_one_too_many(ck, d); i++) {
    expr_env env = env_constant(ck, bindings, "a loop");
    model_expr *value = expr_number(&env, values->data[i], NULL);
    double number;
    if (value != NULL && !constant_value(value, NULL, &number)) {
      diag_report(ck->sink, DIAG_E0306, values->data[i]->at, "`%s` must be known before the run",
                  expr_text(ck, values->data[i]));
      value = NULL;
    } else if (value != NULL) {
      value = expr_literal(ck, number, value->unit, values->data[i]->at);
    }
    run_round(ck, d, bindings, i, value, visit);
  }
}

static void run_loop(checker *ck, const ast_decl *d, const binding *bindings, decl_visitor *visit) {
  const ast_expr *over = d->as.loop.over;
  if (d->as.loop.names.len < 1 || d->as.loop.names.len > 2 || over == NULL || over->kind == AST_BAD)
    return;
  if (over->kind == AST_RANGE)
    run_range(ck, d, bindings, visit);
  else if (over->kind == AST_LIST)
    run_values(ck, d, bindings, visit);
  else
    diag_report(ck->sink, DIAG_E0203, over->at, "a loop runs over a range `0..3` or a list `[0, 5, 1]`, not over `%s`",
                expr_text(ck, over));
}

static void visit_list(checker *ck, const ast_decl *const *decls, uint32_t count, const binding *bindings,
                       decl_visitor *visit, bool is_inside) {
  for (uint32_t i = 0; i < count; i++) {
    const ast_decl *d = decls[i];
    if (!is_inside)
      ck->rounds = 0;
    if (is_inside && !is_allowed_inside(d))
      diag_report(ck->sink, DIAG_E0405, d->at, "a loop may hold `present`, `drive`, `record` and `for` only");
    else if (d->kind == AST_DECL_FOR)
      run_loop(ck, d, bindings, visit);
    else
      visit(ck, d, bindings);
  }
}

void for_each_decl(checker *ck, decl_visitor *visit) {
  visit_list(ck, ck->decls.data, ck->decls.len, NULL, visit, false);
}

/* ---- patterns ---- */

static const char *replaced_path(checker *ck, const char *name) {
  for (uint32_t i = 0; i < ck->options->pattern_count; i++)
    if (strcmp(ck->options->patterns[i].name, name) == 0)
      return ck->options->patterns[i].path;
  return NULL;
}

static void check_images(checker *ck, const model_pattern *p, span at) {
  if (!nsa_image_hole(p->path) && p->count > 1) {
    diag *d = diag_report(ck->sink, DIAG_E0602, at, "`%s` has %u images, but one file", p->name, p->count);
    diag_hint(d, "put {} where the number of the image stands in the name");
    return;
  }
  for (uint32_t i = 0; i < p->count; i++) {
    char path[NSA_IMAGE_PATH];
    nsa_image_path(p->path, i, path);
    if (file_exists(path))
      continue;
    diag *d = diag_report(ck->sink, DIAG_E0001, at, "`%s` cannot be read: there is no such file", path);
    diag_hint(d, "--pattern %s=PATH takes the images from elsewhere", p->name);
    return;
  }
}

static void add_pattern(checker *ck, const ast_decl *d) {
  const ast_expr *value = d->as.pattern.value;
  model_pattern p = {.name = d->as.pattern.name.text, .at = d->as.pattern.name.at, .count = 1};
  expr_env env = env_constant(ck, NULL, "a number of images");
  if (d->as.pattern.count != NULL &&
      !expr_constant_count(&env, d->as.pattern.count, "the number of images", 1, LIMIT_ROUNDS, &p.count))
    p.count = 0;
  bool is_images = value->kind == AST_CALL && strcmp(value->as.call.function.text, "images") == 0 &&
                   value->as.call.args.len == 1 && value->as.call.args.data[0].value->kind == AST_STRING;
  map_insert(ck->patterns, p.name, ck->model->patterns.len);
  if (is_images) {
    const ast_expr *path = value->as.call.args.data[0].value;
    const char *other = replaced_path(ck, p.name);
    p.path = other != NULL ? other : path_from(ck, path->at, path->as.string.text);
    check_images(ck, &p, path->at);
  } else {
    p.path = "";
    if (value->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0602, value->at, "a pattern is `images(\"NAME{}.pgm\")`");
  }
  vec_push(ck->arena, &ck->model->patterns, p);
}

static uint32_t find_pattern(checker *ck, const ast_expr *e) {
  uint32_t index;
  name_list known = {0};
  if (e->kind == AST_NAME && map_find(ck->patterns, e->as.name.text, &index))
    return index;
  if (e->kind == AST_NAME) {
    for (uint32_t i = 0; i < ck->model->patterns.len; i++)
      vec_push(ck->arena, &known, ck->model->patterns.data[i].name);
    report_unknown(ck, e->at, DIAG_E0602, "the pattern", e->as.name.text, &known);
  } else if (e->kind != AST_BAD) {
    diag_report(ck->sink, DIAG_E0602, e->at, "`%s` is no pattern", expr_text(ck, e));
  }
  return NONE;
}

static uint32_t add_image(checker *ck, uint32_t pattern, uint32_t number, span at) {
  model *m = ck->model;
  for (uint32_t i = 0; i < m->images.len; i++)
    if (m->images.data[i].pattern == pattern && m->images.data[i].number == number)
      return i;
  model_image image = {.pattern = pattern, .number = number, .at = at};
  vec_push(ck->arena, &m->images, image);
  return m->images.len - 1;
}

uint32_t image_find(expr_env *env, const ast_expr *e) {
  checker *ck = env->ck;
  bool has_number = e->kind == AST_INDEX;
  uint32_t pattern = find_pattern(ck, has_number ? e->as.index.object : e);
  if (pattern == NONE)
    return NONE;
  const model_pattern *p = &ck->model->patterns.data[pattern];
  uint32_t number = 0;
  if (!has_number && p->count > 1) {
    diag_report(ck->sink, DIAG_E0602, e->at, "`%s` has %u images: say which, `%s[0]`", p->name, p->count, p->name);
    return NONE;
  }
  if (has_number) {
    const ast_selector *s = &e->as.index.selectors.data[0];
    if (e->as.index.selectors.len > 1 || s->axis != NULL || s->value->kind == AST_RANGE) {
      diag_report(ck->sink, DIAG_E0602, e->at, "one image is presented at a time: `%s[0]`", p->name);
      return NONE;
    }
    expr_env constant = env_constant(ck, env->bindings, "the number of an image");
    if (!expr_constant_count(&constant, s->value, "the number of an image", 0, 1e9, &number))
      return NONE;
  }
  if (number < p->count)
    return add_image(ck, pattern, number, e->at);
  if (p->count > 0)
    diag_report(ck->sink, DIAG_E0602, e->at, "`%s` has the images 0 to %u; there is no image %u", p->name, p->count - 1,
                number);
  return NONE;
}

/* ---- windows and phases ---- */

uint32_t phase_find(checker *ck, ast_name name) {
  uint32_t index;
  if (name.text == NULL)
    return NONE;
  if (map_find(ck->phases, name.text, &index))
    return index;
  name_list known = {0};
  for (uint32_t i = 0; i < ck->model->phases.len; i++)
    vec_push(ck->arena, &known, ck->model->phases.data[i].name);
  report_unknown(ck, name.at, DIAG_E0602, "the phase", name.text, &known);
  return NONE;
}

static uint32_t phase_named(checker *ck, ast_name name) {
  uint32_t index;
  if (name.text == NULL)
    return NONE;
  if (map_find(ck->phases, name.text, &index))
    return index;
  model_phase phase = {.name = name.text};
  vec_push(ck->arena, &ck->model->phases, phase);
  map_insert(ck->phases, name.text, ck->model->phases.len - 1);
  return ck->model->phases.len - 1;
}

static bool window_time(checker *ck, const ast_expr *e, const binding *bindings, const char *what, bool needs_tick,
                        double *out) {
  expr_env env = env_constant(ck, bindings, "a window");
  if (e == NULL)
    return true;
  if (!expr_constant(&env, e, dim_ms, what, out))
    return false;
  *out = whole_ticks(ck, e->at, *out, ck->model->base_dt, what, needs_tick);
  return true;
}

/* The windows of a phase are used as they are. */
static bool check_during(checker *ck, const ast_window *w, model_stimulus *s) {
  const ast_expr *other = w->from != NULL ? w->from : w->duration != NULL ? w->duration : w->every;
  s->stop = INFINITY;
  s->during = phase_named(ck, w->during);
  s->during_at = w->during.at;
  if (other == NULL && w->as.text == NULL)
    return true;
  diag *d = diag_report(ck->sink, DIAG_E0602, other != NULL ? other->at : w->as.at,
                        "a stimulus during `%s` has the windows and the name of that phase", w->during.text);
  diag_hint(d, "leave out either `during` or `from`, `for`, `every` and `as`");
  return false;
}

static bool check_period(checker *ck, const ast_window *w, double duration, double every) {
  if (w->every == NULL)
    return true;
  if (w->duration == NULL) {
    diag *d = diag_report(ck->sink, DIAG_E0306, w->every->at, "how long is a stimulus on that comes again every %s ms?",
                          number_text(ck, every));
    diag_hint(d, "add `for TIME`");
  } else if (duration > every) {
    diag_report(ck->sink, DIAG_E0601, w->every->at,
                "a window of %s ms is longer than the %s ms from its start to the next", number_text(ck, duration),
                number_text(ck, every));
  }
  return w->duration != NULL && duration <= every;
}

static bool check_window(checker *ck, const ast_window *w, const binding *bindings, model_stimulus *s) {
  double duration = INFINITY;
  s->during = s->phase = NONE;
  if (w->during.text != NULL)
    return check_during(ck, w, s);
  bool is_good = window_time(ck, w->from, bindings, "the start of a window", false, &s->start);
  is_good = window_time(ck, w->duration, bindings, "the length of a window", true, &duration) && is_good;
  is_good = window_time(ck, w->every, bindings, "the time between windows", true, &s->every) && is_good &&
            check_period(ck, w, duration, s->every);
  s->stop = s->start + duration;
  s->phase = phase_named(ck, w->as);
  return is_good;
}

/* ---- present and drive ---- */

/* `POPULATION.NAME`, what a stimulus goes to. */
typedef struct {
  uint32_t population;
  const model_component *component;
  ast_name name;
  const ast_expr *slice; /* AST_INDEX around it, or NULL */
} stimulus_target;

static bool find_target(checker *ck, const ast_expr *target, stimulus_target *out) {
  out->slice = target->kind == AST_INDEX ? target : NULL;
  const ast_expr *member = out->slice != NULL ? target->as.index.object : target;
  if (member->kind != AST_MEMBER || member->as.member.object->kind != AST_NAME) {
    if (member->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0409, target->at, "a stimulus goes to an input: `POPULATION.INPUT`, not to `%s`",
                  expr_text(ck, target));
    return false;
  }
  const ast_expr *owner = member->as.member.object;
  name_list known = {0};
  out->name = member->as.member.name;
  out->population = population_find(ck, owner->as.name.text);
  if (out->population == NONE) {
    for (uint32_t i = 0; i < ck->model->populations.len; i++)
      vec_push(ck->arena, &known, ck->model->populations.data[i].name);
    report_unknown(ck, owner->at, DIAG_E0201, "the population", owner->as.name.text, &known);
    return false;
  }
  out->component = &ck->model->components.data[ck->model->populations.data[out->population].component];
  return true;
}

static bool find_input(checker *ck, const stimulus_target *target, model_stimulus *s) {
  const model_component *c = target->component;
  name_list known = {0};
  model_ref_kind kind;
  bool is_found = component_find(c, target->name.text, &kind, &s->input);
  s->population = target->population;
  if (is_found && kind == REF_INPUT)
    return true;
  if (is_found) {
    diag_report(ck->sink, DIAG_E0409, target->name.at, "`%s` is %s of `%s`: a stimulus goes to an input",
                target->name.text, kind_word(kind), c->name);
    return false;
  }
  for (uint32_t i = 0; i < c->inputs.len; i++)
    vec_push(ck->arena, &known, c->inputs.data[i].name);
  for (uint32_t i = 0; i < c->events.len; i++)
    vec_push(ck->arena, &known, c->events.data[i].name);
  report_unknown(ck, target->name.at, DIAG_E0201, arena_printf(ck->arena, "in `%s` the input or event", c->name),
                 target->name.text, &known);
  return false;
}

/* Named by target and phase and counted within them, so that the draws of a stimulus do not change
 * with stimuli of other inputs and phases. */
static const char *stimulus_key(checker *ck, const model_stimulus *s) {
  const model *m = ck->model;
  const model_population *p = &m->populations.data[s->population];
  const char *name =
      arena_printf(ck->arena, "%s.%s/%s", p->name, m->components.data[p->component].inputs.data[s->input].name,
                   s->phase != NONE ? m->phases.data[s->phase].name : "stimulus");
  uint32_t number = 0;
  if (ck->stimulus_counts == NULL)
    ck->stimulus_counts = map_new(ck->arena);
  map_find(ck->stimulus_counts, name, &number);
  map_replace(ck->stimulus_counts, name, number + 1);
  return arena_printf(ck->arena, "%s%u", name, number);
}

static expr_env stimulus_scope(checker *ck, const model_stimulus *s, const binding *bindings, uint32_t *draws) {
  expr_env env = env_constant(ck, bindings, "a stimulus");
  env.side[SIDE_SELF].population = &ck->model->populations.data[s->population];
  env.allow = ALLOW_TIME | ALLOW_DT | ALLOW_PLACE | ALLOW_RANDOM | ALLOW_PIXEL;
  env.key_base = s->key;
  env.draws = draws;
  return env;
}

static const model_input *input_of(const checker *ck, const model_stimulus *s) {
  const model *m = ck->model;
  return &m->components.data[m->populations.data[s->population].component].inputs.data[s->input];
}

static dim input_unit(const checker *ck, const model_stimulus *s) { return input_of(ck, s)->unit; }
static const struct bare_number *bare_input(const checker *ck, const model_stimulus *s) {
  return input_of(ck, s)->bare;
}

static void check_flip(checker *ck, const ast_expr *e, const binding *bindings, model_stimulus *s) {
  expr_env env = env_constant(ck, bindings, "a probability");
  double p;
  if (e == NULL || !expr_constant(&env, e, dim_none(), "the probability of a flip", &p))
    return;
  s->flip = expr_literal(ck, p, dim_none(), e->at);
  probability_check(ck, e->at, p);
}

static void check_present(checker *ck, const ast_decl *d, const binding *bindings) {
  model_stimulus s = {.at = d->at, .is_present = true};
  stimulus_target target;
  uint32_t draws = 0;
  bool has_window = check_window(ck, &d->as.present.window, bindings, &s);
  if (s.during != NONE)
    s.phase = s.during; /* it is one of the presentations of that phase */
  expr_env constant = env_constant(ck, bindings, "a stimulus");
  s.image = image_find(&constant, d->as.present.pattern);
  check_flip(ck, d->as.present.flip, bindings, &s);
  if (!find_target(ck, d->as.present.target, &target) || !find_input(ck, &target, &s))
    return;
  if (target.slice != NULL)
    refuse(ck, target.slice->at, "patterns on a slice", NULL);
  const model_population *p = &ck->model->populations.data[s.population];
  if (!p->is_grid) {
    diag *e = diag_report(ck->sink, DIAG_E0501, d->as.present.target->at,
                          "a pattern is an image, and `%s` has no rows and columns", p->name);
    diag_note(e, p->at, "it is declared here");
  }
  if (d->as.present.amplitude == NULL) {
    diag *e = diag_report(ck->sink, DIAG_E0306, d->at, "a pattern is presented with an amplitude");
    diag_hint(e, "add `amplitude 1 %s`", dim_name(ck->arena, input_unit(ck, &s)));
    return;
  }
  s.key = stimulus_key(ck, &s);
  expr_env env = stimulus_scope(ck, &s, bindings, &draws);
  env.target = bare_input(ck, &s);
  s.value = expr_of_unit(&env, d->as.present.amplitude, input_unit(ck, &s),
                         arena_printf(ck->arena, "`%s`", expr_text(ck, d->as.present.target)));
  if (has_window && s.image != NONE && s.value != NULL)
    vec_push(ck->arena, &ck->model->stimuli, s);
}

/* Elements outside of the slice get nothing. */
static model_expr *within_slice(expr_env *env, const ast_expr *slice, model_expr *value) {
  checker *ck = env->ck;
  if (slice == NULL || value == NULL)
    return value;
  model_expr *inside = selector_condition(env, slice, env->side[SIDE_SELF].population, SIDE_SELF);
  if (inside == NULL)
    return NULL;
  return expr_select(ck, inside, value, expr_literal(ck, 0, value->unit, slice->at), slice->at);
}

static void check_drive(checker *ck, const ast_decl *d, const binding *bindings) {
  model_stimulus s = {.at = d->at, .image = NONE};
  stimulus_target target;
  uint32_t draws = 0;
  if (!find_target(ck, d->as.drive.target, &target))
    return;
  model_event_drive e = {
      .at = d->at, .population = target.population, .event = component_find_event(target.component, target.name.text)};
  if (e.event != NONE) {
    event_drive_check(ck, d, bindings, &e, target.slice);
    return;
  }
  bool has_window = check_window(ck, &d->as.drive.window, bindings, &s);
  if (!find_input(ck, &target, &s))
    return;
  s.key = stimulus_key(ck, &s);
  expr_env env = stimulus_scope(ck, &s, bindings, &draws);
  env.target = bare_input(ck, &s);
  s.value = expr_of_unit(&env, d->as.drive.value, input_unit(ck, &s),
                         arena_printf(ck->arena, "`%s`", expr_text(ck, d->as.drive.target)));
  s.value = within_slice(&env, target.slice, s.value);
  if (has_window && s.value != NULL)
    vec_push(ck->arena, &ck->model->stimuli, s);
}

static void visit_stimulus(checker *ck, const ast_decl *d, const binding *bindings) {
  if (d->kind == AST_DECL_PRESENT)
    check_present(ck, d, bindings);
  if (d->kind == AST_DECL_DRIVE)
    check_drive(ck, d, bindings);
}

/* ---- presentations that repeat ---- */

typedef struct {
  double start, stop; /* ms */
} window;
typedef VEC(window) window_list;

/* The windows that a stimulus has by itself, until the end of the run. */
static bool add_windows(checker *ck, const model_stimulus *s, window_list *out) {
  double length = s->stop - s->start;
  window w = {s->start, s->stop};
  for (double k = 1; w.start < ck->model->duration; k++) {
    if (out->len == LIMIT_ROUNDS) {
      diag_report(ck->sink, DIAG_E0901, s->at, "more than %u windows of presentations", LIMIT_ROUNDS);
      return false;
    }
    vec_push(ck->arena, out, w);
    if (s->every <= 0)
      break;
    w.start = s->start + k * s->every;
    w.stop = w.start + length;
  }
  return true;
}

static int by_start(const void *a, const void *b) {
  const window *x = a, *y = b;
  return (x->start > y->start) - (x->start < y->start);
}

/* Windows that overlap are one. */
static void merge_windows(window_list *list) {
  uint32_t kept = 0;
  if (list->len > 0)
    qsort(list->data, list->len, sizeof *list->data, by_start);
  for (uint32_t i = 0; i < list->len; i++) {
    window *before = kept > 0 ? &list->data[kept - 1] : NULL;
    if (before == NULL || list->data[i].start >= before->stop)
      list->data[kept++] = list->data[i];
    else if (list->data[i].stop > before->stop)
      before->stop = list->data[i].stop;
  }
  list->len = kept;
}

/* Whether the phase has windows of its own; they are added where a list is given. */
static bool windows_of_phase(checker *ck, uint32_t phase, window_list *out, bool *has_any) {
  const model *m = ck->model;
  *has_any = false;
  for (uint32_t i = 0; i < m->stimuli.len; i++) {
    const model_stimulus *s = &m->stimuli.data[i];
    if (s->phase != phase || s->during != NONE)
      continue;
    *has_any = true;
    if (out != NULL && !add_windows(ck, s, out))
      return false;
  }
  return true;
}

static void report_no_windows(checker *ck, const model_stimulus *s) {
  name_list known = {0};
  for (uint32_t i = 0; i < ck->model->phases.len; i++)
    if (i != s->during)
      vec_push(ck->arena, &known, ck->model->phases.data[i].name);
  report_unknown(ck, s->during_at, DIAG_E0602, "the phase", ck->model->phases.data[s->during].name, &known);
}

static bool repeat_presentation(checker *ck, const model_stimulus *s, window_list *windows) {
  bool has_any;
  if (s->during == NONE)
    return add_windows(ck, s, windows);
  bool is_good = windows_of_phase(ck, s->during, windows, &has_any);
  merge_windows(windows);
  return is_good;
}

void stimuli_repeat(checker *ck) {
  model *m = ck->model;
  bool has_any;
  for (uint32_t i = 0; i < m->stimuli.len; i++) {
    const model_stimulus *s = &m->stimuli.data[i];
    if (s->during != NONE && windows_of_phase(ck, s->during, NULL, &has_any) && !has_any)
      report_no_windows(ck, s);
  }
  if (diag_error_count(ck->sink) > 0)
    return;
  VEC(model_stimulus) all = {0};
  uint32_t repeated = 0;
  for (uint32_t i = 0; i < m->stimuli.len; i++) {
    model_stimulus s = m->stimuli.data[i];
    window_list windows = {0};
    if (!s.is_present || (s.every <= 0 && s.during == NONE)) {
      vec_push(ck->arena, &all, s);
      continue;
    }
    if (!repeat_presentation(ck, &s, &windows))
      return;
    repeated += windows.len;
    if (repeated > LIMIT_ROUNDS) {
      diag_report(ck->sink, DIAG_E0901, s.at, "presentations repeat more than %u times in all", LIMIT_ROUNDS);
      return;
    }
    s.every = 0;
    s.during = NONE;
    for (uint32_t k = 0; k < windows.len; k++) {
      s.start = windows.data[k].start;
      s.stop = windows.data[k].stop;
      vec_push(ck->arena, &all, s);
    }
  }
  m->stimuli.data = all.data;
  m->stimuli.len = all.len;
  m->stimuli.cap = all.cap;
}

/* ---- blocks of phases ---- */

/* Notes every population that the block sets; says so where a target is no population's. */
static void collect_populations(checker *ck, const ast_block *block, bool *is_set) {
  for (uint32_t i = 0; block != NULL && i < block->stmts.len; i++) {
    const ast_stmt *s = block->stmts.data[i];
    if (s->kind == AST_BRANCH) {
      collect_populations(ck, s->as.branch.then_block, is_set);
      collect_populations(ck, s->as.branch.else_block, is_set);
    }
    if (s->kind == AST_EMIT || s->kind == AST_START)
      diag_report(ck->sink, DIAG_E0405, s->at, "`%s` belongs in the blocks of components, not in those of phases",
                  s->kind == AST_EMIT ? "emit" : "start");
    if (s->kind != AST_ASSIGN)
      continue;
    const char *owner = owner_of(ck, s->as.assign.target);
    uint32_t population = owner != NULL ? population_find(ck, owner) : NONE;
    if (population != NONE)
      is_set[population] = true;
    else if (s->as.assign.target->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0409, s->as.assign.target->at,
                  "a block of a phase sets states of populations, `POPULATION.STATE`, not `%s`",
                  expr_text(ck, s->as.assign.target));
  }
}

static void check_phase_block(checker *ck, const ast_decl *d, uint32_t phase, uint32_t population) {
  const model_population *p = &ck->model->populations.data[population];
  uint32_t draws = 0;
  model_phase_block out = {.at = d->at, .phase = phase, .population = population};
  expr_env env = env_constant(ck, NULL, "a block of a phase");
  env.side[SIDE_SELF] = (expr_side){.component = &ck->model->components.data[p->component],
                                    .usage = ck->infos.data[p->component].usage,
                                    .population = p};
  env.self_name = p->name;
  env.allow = ALLOW_STATE | ALLOW_TIME | ALLOW_DT | ALLOW_PLACE | ALLOW_RANDOM;
  env.draws = &draws;
  env.key_base = arena_printf(ck->arena, "%s/on_%s", p->name, d->as.on.phase.text);
  block_env block = {.env = &env, .local_count = &out.local_count, .population = population};
  block_check(&block, d->as.on.block, &out.body);
  vec_push(ck->arena, &ck->model->phase_blocks, out);
}

static void check_on(checker *ck, const ast_decl *d) {
  uint32_t count = ck->model->populations.len;
  bool *is_set = ARENA_ARRAY(ck->arena, bool, count + 1);
  uint32_t phase = phase_find(ck, d->as.on.phase);
  collect_populations(ck, d->as.on.block, is_set);
  for (uint32_t i = 0; i < count; i++)
    if (is_set[i])
      check_phase_block(ck, d, phase, i);
}

void stimuli_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_PATTERN)
      add_pattern(ck, ck->decls.data[i]);
  for_each_decl(ck, visit_stimulus);
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_ON)
      check_on(ck, ck->decls.data[i]);
}
