/* SPDX-License-Identifier: MIT */
/* analyse_plan.c - from the command line to items of the component, in internal units. */
#include "driver/analyse.h"
#include "driver/variants.h"
#include "model/operations.h"
#include "nsa_units.h"

#include <math.h>
#include <stdlib.h>

/* ---- names ---- */

static const char *which_populations(arena *a, const model *m, const char *name) {
  const char **names = ARENA_ARRAY(a, const char *, m->populations.len), *all = "";
  for (uint32_t k = 0; k < m->populations.len; k++) {
    names[k] = m->populations.data[k].name;
    all = arena_printf(a, "%s%s%s", all, k ? ", " : "", names[k]);
  }
  const char *near = name != NULL ? diag_nearest(name, names, m->populations.len) : NULL;
  if (m->populations.len == 0)
    return "the model has no population to analyse; add one: `population cell : NAME[1]`";
  if (name == NULL)
    return arena_printf(a, "which population? The model has %s", all);
  return near != NULL ? arena_printf(a, "there is no population `%s`; did you mean `%s`?", name, near)
                      : arena_printf(a, "there is no population `%s`; the model has %s", name, all);
}

static const char *find_population(arena *a, const arguments *args, analyse_plan *plan) {
  const model *m = plan->m;
  const char *name = args->words.len > 0 ? args->words.data[0] : NULL;
  uint32_t k = 0;
  while (k < m->populations.len && name != NULL && strcmp(m->populations.data[k].name, name) != 0)
    k++;
  if (k == m->populations.len || (name == NULL && m->populations.len != 1))
    return which_populations(a, m, name);
  plan->population = k;
  plan->component = &m->components.data[m->populations.data[k].component];
  return NULL;
}

typedef struct {
  const char *name;
  model_ref_kind kind;
  uint32_t item;
  dim unit;
  bool has_range; /* the model gives a param one */
  double low, high;
} named_item;
typedef VEC(named_item) item_list;

/* Those of the component first: a name of it hides that of the top level. */
static item_list items_of(arena *a, const model *m, const model_component *c) {
  item_list all = {0};
  for (uint32_t k = 0; k < c->params.len; k++) {
    const model_param *p = &c->params.data[k];
    vec_push(a, &all, ((named_item){p->name, REF_PARAM, k, p->unit, p->has_range, p->lo, p->hi}));
  }
  for (uint32_t k = 0; k < c->inputs.len; k++)
    vec_push(a, &all, ((named_item){c->inputs.data[k].name, REF_INPUT, k, c->inputs.data[k].unit, false, 0, 0}));
  for (uint32_t k = 0; k < c->states.len; k++)
    vec_push(a, &all, ((named_item){c->states.data[k].name, REF_STATE, k, c->states.data[k].unit, false, 0, 0}));
  for (uint32_t k = 0; k < m->globals.len; k++) {
    const model_global *g = &m->globals.data[k];
    vec_push(a, &all, ((named_item){g->name, REF_GLOBAL, k, g->unit, g->has_range, g->lo, g->hi}));
  }
  return all;
}

/* "glia.IP3" of the population glia, or of one whose component is glia, is "IP3". */
static const char *without_owner(const analyse_plan *plan, const char *words) {
  const char *owners[] = {plan->m->populations.data[plan->population].name, plan->component->name};
  for (size_t k = 0; k < sizeof owners / sizeof owners[0]; k++) {
    size_t len = strlen(owners[k]);
    if (strncmp(words, owners[k], len) == 0 && words[len] == '.')
      return words + len + 1;
  }
  return words;
}

static const char *find_item(const analyse_plan *plan, const char *option, const char *words, named_item *item) {
  arena *a = plan->arena;
  const char *population = plan->m->populations.data[plan->population].name, *name = without_owner(plan, words);
  item_list all = items_of(a, plan->m, plan->component);
  const char **names = ARENA_ARRAY(a, const char *, all.len);
  for (uint32_t k = 0; k < all.len; k++) {
    names[k] = all.data[k].name;
    if (strcmp(names[k], name) != 0)
      continue;
    *item = all.data[k];
    return NULL;
  }
  const char *near = diag_nearest(name, names, all.len);
  return arena_printf(a, "%s: `%s` has no param, input or state `%s`%s%s%s", option, population, name,
                      near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
}

/* ---- quantities ---- */

static const char *read_quantity(const analyse_plan *plan, const char *option, const char *words, dim unit,
                                 double *value) {
  char why[160];
  uint64_t dimension;
  if (!nsa_quantity_parse(words, value, &dimension, why, sizeof why))
    return arena_printf(plan->arena, "%s: %s", option, why);
  for (uint32_t k = 0; k < DIM_COUNT; k++)
    if ((int8_t)(dimension >> 8 * k) != unit.q[k])
      return arena_printf(plan->arena, "%s: %s is no quantity in %s", option, words, dim_name(plan->arena, unit));
  return NULL;
}

/* "NAME=REST": the item, and the rest. */
static const char *split(const analyse_plan *plan, const char *option, const char *words, named_item *item,
                         const char **rest) {
  const char *equals = strchr(words, '=');
  if (equals == NULL || equals == words || equals[1] == '\0')
    return arena_printf(plan->arena, "%s wants NAME=VALUE, not %s", option, words);
  size_t len = (size_t)(equals - words);
  while (len > 0 && words[len - 1] == ' ')
    len--;
  *rest = equals + 1;
  return find_item(plan, option, arena_strdup(plan->arena, words, len), item);
}

/* Params of the top level are the compiler's. */
static bool is_global(const model *m, const char *words) {
  size_t len = strcspn(words, "= ");
  for (uint32_t k = 0; k < m->globals.len; k++)
    if (strlen(m->globals.data[k].name) == len && strncmp(m->globals.data[k].name, words, len) == 0)
      return true;
  return false;
}

/* The range that the model gives a param. */
static const char *check_range(const analyse_plan *plan, const char *option, const named_item *item, double value) {
  if (!item->has_range || (value >= item->low && value <= item->high))
    return NULL;
  return arena_printf(plan->arena, "%s %s: the value is outside of the range that the model gives it", option,
                      item->name);
}

static const char *read_setting(analyse_plan *plan, const char *words) {
  named_item item;
  double value = 0;
  const char *rest, *wrong;
  if (is_global(plan->m, words))
    return NULL;
  wrong = split(plan, "--set", words, &item, &rest);
  if (wrong == NULL)
    wrong = read_quantity(plan, "--set", rest, item.unit, &value);
  if (wrong == NULL)
    wrong = check_range(plan, "--set", &item, value);
  if (wrong == NULL)
    vec_push(plan->arena, &plan->settings, ((analyse_setting){item.kind, item.item, value}));
  return wrong;
}

/* "0..2uM": both ends have one unit, or the last one alone. */
static const char *read_ends(const analyse_plan *plan, const char *option, const char *words, dim unit, double *low,
                             double *high) {
  const char *dots = strstr(words, ".."), *wrong;
  char *end;
  if (dots == NULL)
    return arena_printf(plan->arena, "%s wants a range such as 0..1uM, not %s", option, words);
  const char *first = arena_strdup(plan->arena, words, (size_t)(dots - words)), *last = dots + 2;
  (void)strtod(first, &end);
  if (end[strspn(end, " ")] == '\0') {
    (void)strtod(last, &end);
    first = arena_printf(plan->arena, "%s%s", first, end);
  }
  wrong = read_quantity(plan, option, last, unit, high);
  if (wrong == NULL)
    wrong = read_quantity(plan, option, first, unit, low);
  if (wrong == NULL && !(*low < *high))
    wrong = arena_printf(plan->arena, "%s: the range %s is empty", option, words);
  return wrong;
}

static const char *read_range(analyse_plan *plan, const char *words) {
  named_item item;
  double low, high;
  const char *rest, *wrong = split(plan, "--range", words, &item, &rest);
  if (wrong == NULL && item.kind != REF_STATE)
    wrong =
        arena_printf(plan->arena, "--range %s: only states have a range in which fixed points are looked for", words);
  if (wrong == NULL)
    wrong = read_ends(plan, "--range", rest, item.unit, &low, &high);
  if (wrong == NULL)
    plan->low[item.item] = low, plan->high[item.item] = high;
  return wrong;
}

/* The unit as it is typed behind the last number of `words`. */
static const char *label_along(analyse_plan *plan, const char *option, const char *words, const named_item *item) {
  const char *dots = strstr(words, "..");
  char *end;
  (void)strtod(dots != NULL ? dots + 2 : words, &end);
  end += strspn(end, " ");
  plan->along_label = (analyse_label){item->name, end, 1};
  return end[0] != '\0' ? read_quantity(plan, option, arena_printf(plan->arena, "1 %s", end), item->unit,
                                        &plan->along_label.factor)
                        : NULL;
}

/* What is varied, of the model's own range where it has one: "IP3=0..1uM", or a single value where that is allowed. */
static const char *read_varied(analyse_plan *plan, const char *option, const char *words, bool may_be_single) {
  arena *a = plan->arena;
  named_item item;
  double low = 0, high = 0;
  const char *rest, *wrong = split(plan, option, words, &item, &rest);
  if (wrong == NULL && item.kind == REF_STATE)
    wrong = arena_printf(a, "%s %s: it is a state; a param or an input can be varied", option, words);
  if (wrong == NULL && may_be_single && strstr(rest, "..") == NULL)
    wrong = read_quantity(plan, option, rest, item.unit, &low), high = low;
  else if (wrong == NULL)
    wrong = read_ends(plan, option, rest, item.unit, &low, &high);
  if (wrong == NULL)
    wrong = check_range(plan, option, &item, low);
  if (wrong == NULL)
    wrong = check_range(plan, option, &item, high);
  if (wrong != NULL)
    return wrong;
  plan->along = (analyse_setting){item.kind, item.item, low};
  plan->along_high = high;
  return label_along(plan, option, rest, &item);
}

static const char *read_along(analyse_plan *plan, const char *words) {
  plan->has_along = true;
  return read_varied(plan, "--along", words, false);
}

/* "I=0..100pA for 5ms" */
static const char *read_pulse(analyse_plan *plan, const char *words) {
  const char *length = strstr(words, " for ");
  dim time = dim_none();
  time.q[DIM_TIME] = 4;
  if (length == NULL)
    return arena_printf(plan->arena, "--pulse wants a value and its duration, such as \"I=0..100pA for 5ms\", not %s",
                        words);
  plan->has_pulse = true;
  const char *wrong = read_varied(plan, "--pulse", arena_strdup(plan->arena, words, (size_t)(length - words)), true);
  if (wrong == NULL)
    wrong = read_quantity(plan, "--pulse", length + strlen(" for "), time, &plan->pulse_duration);
  return wrong == NULL && !(plan->pulse_duration > 0) ? "--pulse: the duration is above 0" : wrong;
}

/* "v,w" */
static const char *read_plane(analyse_plan *plan, const char *words) {
  const char *comma = strchr(words, ',');
  if (comma == NULL)
    return arena_printf(plan->arena, "--plane wants two states, such as v,w, not %s", words);
  const char *names[2] = {arena_strdup(plan->arena, words, (size_t)(comma - words)), comma + 1};
  for (uint32_t k = 0; k < 2; k++) {
    named_item item;
    const char *wrong = find_item(plan, "--plane", names[k], &item);
    if (wrong != NULL)
      return wrong;
    if (item.kind != REF_STATE)
      return arena_printf(plan->arena, "--plane: `%s` is no state", names[k]);
    plan->plane[k] = item.item;
  }
  plan->has_plane = true;
  return plan->plane[0] != plan->plane[1] ? NULL : "--plane wants two states, not one of them twice";
}

/* ---- the whole ---- */

static void label_states(analyse_plan *plan) {
  const model_component *c = plan->component;
  plan->states = ARENA_ARRAY(plan->arena, analyse_label, c->states.len);
  plan->low = ARENA_ARRAY(plan->arena, double, c->states.len);
  plan->high = ARENA_ARRAY(plan->arena, double, c->states.len);
  for (uint32_t k = 0; k < c->states.len; k++) {
    const char *unit = dim_shown(plan->arena, c->states.data[k].unit);
    double factor = nsa_show_back(nsa_unit_shift_of(unit), 1);
    plan->states[k] = (analyse_label){c->states.data[k].name, strcmp(unit, "1") == 0 ? "" : unit, factor};
    plan->low[k] = plan->high[k] = NAN;
  }
}

/* What a variant says of the population, before what --set says. */
static const char *take_variant(analyse_plan *plan) {
  const model *m = plan->m;
  const char *name = plan->args->variant, **names = ARENA_ARRAY(plan->arena, const char *, m->variants.len);
  uint32_t k = 0;
  for (; k < m->variants.len && name != NULL && strcmp(m->variants.data[k].name, name) != 0; k++)
    names[k] = m->variants.data[k].name;
  if (name == NULL)
    return NULL;
  if (k == m->variants.len)
    return variants_unknown(plan->arena, name, names, k);
  for (uint32_t i = 0; i < m->variants.data[k].sets.len; i++) {
    const model_set *s = &m->variants.data[k].sets.data[i];
    analyse_setting item = {REF_PARAM, s->item, 0};
    if (s->kind != REF_PARAM || s->is_connection || s->owner != plan->population)
      continue;
    if (!constant_value(s->value, NULL, &item.value))
      return arena_printf(plan->arena, "--variant %s: a value of it is not known before a run", name);
    vec_push(plan->arena, &plan->settings, item);
  }
  return NULL;
}

/* What is to be seen beside the fixed points: one thing at a time. */
static const char *read_views(analyse_plan *plan) {
  const char *const *values = plan->args->values, *wrong = NULL;
  const char *along = values[ARGUMENT_along], *pulse = values[ARGUMENT_pulse], *plane = values[ARGUMENT_plane];
  if ((along != NULL) + (pulse != NULL) + (plane != NULL) > 1)
    return "--along, --pulse and --plane are asked for one at a time";
  if (along != NULL)
    wrong = read_along(plan, along);
  if (pulse != NULL)
    wrong = read_pulse(plan, pulse);
  if (plane != NULL)
    wrong = read_plane(plan, plane);
  return wrong;
}

const char *analyse_plan_read(arena *a, const arguments *args, const model *m, analyse_plan *plan) {
  *plan = (analyse_plan){.arena = a, .args = args, .m = m, .out = args->values[ARGUMENT_analyse_out]};
  const char *wrong = find_population(a, args, plan);
  if (wrong != NULL)
    return wrong;
  if (plan->out == NULL)
    plan->out = arena_printf(a, "%s.analysis", m->name);
  label_states(plan);
  wrong = take_variant(plan);
  for (uint32_t k = 0; k < args->settings.len && wrong == NULL; k++)
    wrong = read_setting(plan, args->settings.data[k]);
  for (uint32_t k = 0; k < args->ranges.len && wrong == NULL; k++)
    wrong = read_range(plan, args->ranges.data[k]);
  return wrong != NULL ? wrong : read_views(plan);
}
