/* SPDX-License-Identifier: MIT */
/* measure_names.c - names of measures: `peak[k]` of a loop is called by the value of k, `top[i]` is a series that has
 * four measures, `top.min`, `top.mean`, `top.max` and `top.n`. See measure.h. */
#include "model/experiment/measure.h"
#include "model/expr/expr.h"
#include "model/names/report.h"
#include "model/operations.h"

const binding *measure_binding(const binding *bindings, const char *name) {
  for (const binding *b = bindings; b != NULL; b = b->next)
    if (strcmp(b->name, name) == 0)
      return b;
  return NULL;
}

/* "2", "0.3 uM"; NULL where it is not known. */
static const char *value_text(checker *ck, const model_expr *value) {
  double number;
  if (value == NULL || !constant_value(value, NULL, &number))
    return NULL;
  const char *digits = number_text(ck, number);
  return dim_is_none(value->unit) ? digits : arena_printf(ck->arena, "%s %s", digits, dim_name(ck->arena, value->unit));
}

static bool is_elements(const measure_scope *s, const char *name) {
  return strcmp(name, "i") == 0 && measure_binding(s->bindings, name) == NULL;
}

bool measure_declared(const measure_scope *s, const ast_decl *d, measure_name *out) {
  checker *ck = s->ck;
  const ast_name_list *indices = &d->as.measure.indices;
  *out = (measure_name){.text = d->as.measure.name.text};
  for (uint32_t k = 0; k < indices->len; k++) {
    const ast_name *name = &indices->data[k];
    const binding *b = measure_binding(s->bindings, name->text);
    out->is_whole = is_elements(s, name->text) && k + 1 == indices->len;
    if (out->is_whole)
      return true;
    const char *value = b != NULL ? value_text(ck, b->value) : NULL;
    if (b == NULL)
      measure_malformed(ck, name->at, arena_printf(ck->arena, "`%s` is no variable of a loop around it", name->text),
                        "`[i]`, as the last one, is one value for each element");
    if (value == NULL)
      return false;
    out->text = arena_printf(ck->arena, "%s[%s]", out->text, value);
  }
  return true;
}

/* Whether there are measures `name`, `name[...]` or `name.…`, so that it is worth while to look at what follows. */
static bool begins_measure(const checker *ck, const char *name) {
  size_t length = strlen(name);
  for (uint32_t k = 0; k < ck->model->measures.len; k++) {
    const char *have = ck->model->measures.data[k].name;
    if (strncmp(have, name, length) == 0 && (have[length] == '[' || have[length] == 0))
      return true;
  }
  return false;
}

static const char *name_of(const measure_scope *s, const ast_expr *e);

static const char *indexed_name(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  const ast_expr *index = e->as.index.selectors.data[0].value;
  const char *object = name_of(s, e->as.index.object);
  if (object == NULL || (index->kind == AST_NAME && is_elements(s, index->as.name.text)))
    return object;
  if (e->as.index.selectors.len != 1 || e->as.index.selectors.data[0].axis != NULL || index->kind == AST_RANGE)
    return NULL;
  expr_env env = env_constant(ck, s->bindings, "a measure");
  const char *value = value_text(ck, expr_number(&env, index, NULL));
  return value != NULL ? arena_printf(ck->arena, "%s[%s]", object, value) : NULL;
}

static const char *name_of(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  if (e->kind == AST_NAME)
    return begins_measure(ck, e->as.name.text) ? e->as.name.text : NULL;
  if (e->kind == AST_INDEX)
    return indexed_name(s, e);
  const char *object = e->kind == AST_MEMBER ? name_of(s, e->as.member.object) : NULL;
  return object != NULL ? arena_printf(ck->arena, "%s.%s", object, e->as.member.name.text) : NULL;
}

bool measure_find(const measure_scope *s, const ast_expr *e, uint32_t *measure) {
  const char *name = name_of(s, e);
  return name != NULL && map_find(s->ck->measures, name, measure);
}

bool measure_is_named(const measure_scope *s, const ast_expr *e) { return name_of(s, e) != NULL; }

model_measure_node *measure_reference(checker *ck, uint32_t measure, span at) {
  const model_measure_node *of = ck->model->measures.data[measure].value;
  model_measure_node *n = measure_new(ck, NSA_MEASURE_NUMBER, of->unit, at);
  n->is_ref = true;
  n->ref = measure;
  n->is_series = of->is_series;
  n->environment = of->is_series ? of->environment : NONE;
  n->per = of->is_series ? of->per : NSA_PER_RUN;
  n->elements = of->elements;
  return n;
}

static bool add(checker *ck, const model_measure *m) {
  if (map_insert(ck->measures, m->name, ck->model->measures.len)) {
    vec_push(ck->arena, &ck->model->measures, *m);
    return true;
  }
  diag *d = diag_report(ck->sink, DIAG_E0202, m->at, "there is a measure `%s` already", m->name);
  diag_hint(d, "in a loop its name takes the variable: `measure NAME[k]`");
  return false;
}

/* The file of series is called so. */
static bool take_file(checker *ck, span at) {
  static const char file[] = "measures";
  for (uint32_t k = 0; k < ck->model->measures.len; k++)
    if (ck->model->measures.data[k].is_whole)
      return true;
  if (map_insert(ck->record_names, file, ck->model->records.len))
    return true;
  diag_report(ck->sink, DIAG_E0202, at, "the values go into `%s.h5`, and a recording has that name", file);
  return false;
}

void measure_add(checker *ck, model_measure m) {
  static const struct {
    const char *name;
    nsa_measure_kind kind;
  } parts[] = {{"min", NSA_MEASURE_SERIES_MIN},
               {"mean", NSA_MEASURE_SERIES_MEAN},
               {"max", NSA_MEASURE_SERIES_MAX},
               {"n", NSA_MEASURE_SERIES_COUNT}};
  uint32_t series = ck->model->measures.len;
  if ((m.is_whole && !take_file(ck, m.at)) || !add(ck, &m) || !m.is_whole)
    return;
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
    bool is_count = parts[k].kind == NSA_MEASURE_SERIES_COUNT;
    model_measure_node *n = measure_new(ck, parts[k].kind, is_count ? dim_none() : m.value->unit, m.at);
    n->args[0] = measure_reference(ck, series, m.at);
    n->per = m.value->per;
    add(ck, &(model_measure){.name = arena_printf(ck->arena, "%s.%s", m.name, parts[k].name), .at = m.at, .value = n});
  }
}
