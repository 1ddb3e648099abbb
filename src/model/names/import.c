/* SPDX-License-Identifier: MIT */
/* import.c - the declarations of a model from all of its files: the main file, the files that it extends, and the
 * components and functions that it imports. */
#include "model/names/import.h"
#include "model/names/modify.h"
#include "support/file.h"
#include "support/limits.h"
#include "syntax/syntax.h"

#include <stdlib.h>

typedef VEC(const ast_decl *) decl_list;

/* ---- names of declarations ---- */

static const ast_name *decl_name(const ast_decl *d) {
  switch (d->kind) {
  case AST_DECL_PARAM:
    return &d->as.param->as.entries.data[0].name;
  case AST_DECL_TIMESCALE:
    return &d->as.timescale.name;
  case AST_DECL_COMPONENT:
    return &d->as.component.name;
  case AST_DECL_FUNCTION:
    return &d->as.function.name;
  case AST_DECL_POPULATION:
    return &d->as.population.name;
  case AST_DECL_CONNECT:
    return d->as.connect.name.text != NULL ? &d->as.connect.name : &d->as.connect.synapse;
  case AST_DECL_PATTERN:
    return &d->as.pattern.name;
  case AST_DECL_ENVIRONMENT:
    return &d->as.environment.name;
  case AST_DECL_ACT:
    return &d->as.act.environment;
  case AST_DECL_MEASURE:
    return &d->as.measure.name;
  case AST_DECL_CHECKPOINT:
    return &d->as.checkpoint.name;
  case AST_DECL_VARIANT:
    return &d->as.variant.name;
  default:
    return NULL;
  }
}

static span decl_name_at(const ast_decl *d) {
  const ast_name *name = decl_name(d);
  return name != NULL ? name->at : d->at;
}

/* Declarations with the same key are the same thing: two in one file are a mistake, one of a base file is replaced.
 * NULL: it has no key and only adds. */
static const char *decl_key(checker *ck, const ast_decl *d) {
  if (d->kind == AST_DECL_RUN)
    return "run";
  if (d->kind == AST_DECL_PRECISION)
    return "precision";
  const ast_name *name = decl_name(d);
  if (name == NULL || name->text == NULL)
    return NULL;
  const char *group = d->kind == AST_DECL_COMPONENT || d->kind == AST_DECL_FUNCTION ? "definition"
                      : d->kind == AST_DECL_POPULATION || d->kind == AST_DECL_CONNECT || d->kind == AST_DECL_ENVIRONMENT
                          ? "network"
                          : arena_printf(ck->arena, "%d", (int)d->kind);
  return arena_printf(ck->arena, "%s %s", group, name->text);
}

static void report_twice(checker *ck, const ast_decl *d, const ast_decl *first) {
  bool is_run = d->kind == AST_DECL_RUN, is_nameless = is_run || d->kind == AST_DECL_PRECISION;
  bool is_act = d->kind == AST_DECL_ACT;
  const ast_name *name = decl_name(d);
  diag *e = diag_report(ck->sink, DIAG_E0202, decl_name_at(d),
                        is_run        ? "a second `run`"
                        : is_nameless ? "a second `precision`"
                        : is_act      ? "a second `act` for `%s`"
                                      : "`%s` is declared twice",
                        is_nameless ? "" : name->text);
  diag_note(e, decl_name_at(first), "it is declared here first");
  if (d->kind == AST_DECL_CONNECT && d->as.connect.name.text == NULL)
    diag_hint(e, "give the connection a name: `connect NAME: ...`");
}

/* One declaration of a file that begins at own_start in the list. */
static void add_decl(checker *ck, const ast_decl *d, uint32_t own_start, map *seen, decl_list *out) {
  const char *key = decl_key(ck, d);
  uint32_t old;
  if (key == NULL || !map_find(seen, key, &old)) {
    if (key != NULL)
      map_insert(seen, key, out->len);
    vec_push(ck->arena, out, d);
  } else if (old >= own_start || out->data[old]->at.file == d->at.file) {
    report_twice(ck, d, out->data[old]);
  } else {
    out->data[old] = d;
  }
}

/* `param a = 1, b = 2` declares a and b, each by itself: a file that extends this one may replace one of them. */
static const ast_decl *one_param(checker *ck, const ast_decl *d, uint32_t entry) {
  ast_decl *one = ARENA_NEW(ck->arena, ast_decl);
  *one = *d;
  one->as.param = ARENA_NEW(ck->arena, ast_item);
  *one->as.param = *d->as.param;
  one->as.param->as.entries.data += entry;
  one->as.param->as.entries.len = 1;
  return one;
}

static void add_decls(checker *ck, const ast_file *file, map *seen, decl_list *out) {
  uint32_t own_start = out->len;
  for (uint32_t i = 0; i < file->decls.len; i++) {
    const ast_decl *d = file->decls.data[i];
    if (d->kind != AST_DECL_PARAM)
      add_decl(ck, d, own_start, seen, out);
    for (uint32_t k = 0; d->kind == AST_DECL_PARAM && k < d->as.param->as.entries.len; k++)
      add_decl(ck, one_param(ck, d, k), own_start, seen, out);
  }
}

/* ---- reading files ---- */

static const char *real_path(checker *ck, const char *path) {
  char *resolved = realpath(path, NULL);
  const char *out = resolved != NULL ? arena_strdup(ck->arena, resolved, strlen(resolved)) : path;
  free(resolved);
  return out;
}

/* Messages show lines of what is read, and those of other files are nobody's to see. */
static bool is_model(const char *path) {
  size_t len = strlen(path);
  return len >= 4 && strcmp(path + len - 4, ".nsa") == 0;
}

static const ast_file *load_file(checker *ck, const char *path, span at) {
  size_t len;
  const char *error;
  if (ck->import_depth >= LIMIT_IMPORT_DEPTH) {
    diag_report(ck->sink, DIAG_E0901, at, "files import each other more than %d deep", LIMIT_IMPORT_DEPTH);
    return NULL;
  }
  if (!is_model(real_path(ck, path))) {
    diag_report(ck->sink, DIAG_E0001, at, "`%s` is not read: the name of a model ends in .nsa", path);
    return NULL;
  }
  const char *source = file_read_below(ck->arena, ck->options->inputs, path, LIMIT_FILE_BYTES, &len, &error);
  if (source == NULL) {
    diag_report(ck->sink, DIAG_E0001, at, "`%s` cannot be read: %s", path, error);
    return NULL;
  }
  uint32_t number = diag_add_file(ck->sink, path, source, len);
  return syntax_parse(ck->arena, ck->names, ck->sink, number);
}

static const ast_name *extended_path(const ast_file *file) {
  for (uint32_t i = 0; i < file->decls.len; i++)
    if (file->decls.data[i]->kind == AST_DECL_EXTENDS)
      return &file->decls.data[i]->as.extends.path;
  return NULL;
}

/* The declarations of the file, those of the files it extends before them. */
static void collect_decls(checker *ck, const ast_file *file, map *seen, decl_list *out) {
  const ast_name *base = extended_path(file);
  if (base != NULL && base->text != NULL) {
    const char *path = path_from(ck, base->at, base->text);
    const ast_file *base_file = path != NULL ? load_file(ck, path, base->at) : NULL;
    ck->import_depth++;
    if (base_file != NULL)
      collect_decls(ck, base_file, seen, out);
    ck->import_depth--;
  }
  add_decls(ck, file, seen, out);
}

/* ---- imports ---- */

static file_scope *scope_of_file(checker *ck, const char *path, span at);

static const char *dotted_path(checker *ck, const ast_decl *d) {
  text path = text_new(ck->arena);
  for (uint32_t i = 0; i < d->as.import.parts.len; i++)
    text_printf(&path, "%s%s", i > 0 ? "/" : "", d->as.import.parts.data[i].text);
  text_puts(&path, ".nsa");
  const char *const *folders = ck->options->model_folders;
  for (uint32_t i = 0; folders != NULL && folders[i] != NULL; i++) {
    const char *candidate = file_join(ck->arena, folders[i], text_cstr(&path));
    if (file_exists(candidate))
      return candidate;
  }
  diag *e = diag_report(ck->sink, DIAG_E0001, d->as.import.path_at,
                        "there is no model `%s` among those that come with the compiler", text_cstr(&path));
  for (uint32_t i = 0; folders != NULL && folders[i] != NULL; i++)
    diag_note(e, SPAN_NONE, "looked in %s", folders[i]);
  diag_hint(e, "a file of your own is imported by its path: import \"FILE.nsa\"");
  return NULL;
}

typedef struct {
  checker *ck;
  const ast_decl *decl;
  file_scope *from, *into;
  uint32_t component_count, function_count; /* that the file offers */
} importing;

static const char *imported_name(const importing *im, const char *name, bool is_component) {
  const char *as = im->decl->as.import.as.text;
  if (as == NULL)
    return name;
  uint32_t own = is_component ? im->component_count : im->function_count;
  bool is_alone = own == 1 && (is_component || im->component_count == 0);
  if (is_alone)
    return as;
  return intern_cstr(im->ck->names, arena_printf(im->ck->arena, "%s_%s", as, name));
}

static void report_clash(const importing *im, const char *name) {
  diag *d = diag_report(im->ck->sink, DIAG_E0202, im->decl->as.import.path_at,
                        "`%s` comes in with this import, but the name is taken already", name);
  diag_hint(d, "import it `as` another name");
}

static void import_component(const importing *im, const char *name, uint32_t index) {
  checker *ck = im->ck;
  component_def def = ck->component_defs.data[index];
  uint32_t old;
  def.name = imported_name(im, name, true);
  if (map_find(im->into->components, def.name, &old)) {
    if (ck->component_defs.data[old].ast != def.ast)
      report_clash(im, def.name);
    return;
  }
  if (map_find(im->into->functions, def.name, &old)) {
    report_clash(im, def.name);
    return;
  }
  vec_push(ck->arena, &ck->component_defs, def);
  map_insert(im->into->components, def.name, ck->component_defs.len - 1);
}

static void import_function(const importing *im, const char *name, uint32_t index) {
  checker *ck = im->ck;
  function_def def = ck->function_defs.data[index];
  uint32_t old;
  def.name = imported_name(im, name, false);
  if (map_find(im->into->functions, def.name, &old)) {
    if (ck->function_defs.data[old].ast != def.ast)
      report_clash(im, def.name);
    return;
  }
  if (map_find(im->into->components, def.name, &old)) {
    report_clash(im, def.name);
    return;
  }
  def.is_used = true; /* what a library offers need not be used */
  vec_push(ck->arena, &ck->function_defs, def);
  map_insert(im->into->functions, def.name, ck->function_defs.len - 1);
}

static bool is_own_component(const importing *im, uint32_t position, uint32_t *index) {
  *index = map_value_at(im->from->components, position);
  return im->ck->component_defs.data[*index].home == im->from;
}

static bool is_own_function(const importing *im, uint32_t position, uint32_t *index) {
  *index = map_value_at(im->from->functions, position);
  return im->ck->function_defs.data[*index].home == im->from;
}

static void import_one(checker *ck, const ast_decl *d, file_scope *into) {
  const char *path =
      d->as.import.file != NULL ? path_from(ck, d->as.import.path_at, d->as.import.file) : dotted_path(ck, d);
  importing im = {.ck = ck, .decl = d, .into = into};
  im.from = path != NULL ? scope_of_file(ck, path, d->as.import.path_at) : NULL;
  if (im.from == NULL)
    return;
  uint32_t index;
  for (uint32_t i = 0; i < map_count(im.from->components); i++)
    im.component_count += is_own_component(&im, i, &index);
  for (uint32_t i = 0; i < map_count(im.from->functions); i++)
    im.function_count += is_own_function(&im, i, &index);
  for (uint32_t i = 0; i < map_count(im.from->components); i++)
    if (is_own_component(&im, i, &index))
      import_component(&im, map_key_at(im.from->components, i), index);
  for (uint32_t i = 0; i < map_count(im.from->functions); i++)
    if (is_own_function(&im, i, &index))
      import_function(&im, map_key_at(im.from->functions, i), index);
}

/* ---- scopes ---- */

static void define_component(checker *ck, const ast_decl *d, file_scope *scope) {
  component_def def = {.name = d->as.component.name.text,
                       .ast = &d->as.component,
                       .doc = d->doc,
                       .at = d->as.component.name.at,
                       .home = scope,
                       .modified = NONE};
  vec_push(ck->arena, &ck->component_defs, def);
  map_insert(scope->components, def.name, ck->component_defs.len - 1);
}

static void define_function(checker *ck, const ast_decl *d, file_scope *scope) {
  function_def def = {.name = d->as.function.name.text, .ast = &d->as.function, .home = scope};
  vec_push(ck->arena, &ck->function_defs, def);
  map_insert(scope->functions, def.name, ck->function_defs.len - 1);
}

static void fill_scope(checker *ck, file_scope *scope, const decl_list *decls) {
  scope->components = map_new(ck->arena);
  scope->functions = map_new(ck->arena);
  for (uint32_t i = 0; i < decls->len; i++) {
    if (decls->data[i]->kind == AST_DECL_COMPONENT)
      define_component(ck, decls->data[i], scope);
    if (decls->data[i]->kind == AST_DECL_FUNCTION)
      define_function(ck, decls->data[i], scope);
  }
  for (uint32_t i = 0; i < decls->len; i++)
    if (decls->data[i]->kind == AST_DECL_IMPORT)
      import_one(ck, decls->data[i], scope);
  modify_components(ck, scope, decls->data, decls->len);
}

static file_scope *scope_of_file(checker *ck, const char *path, span at) {
  const char *key = real_path(ck, path);
  uint32_t index;
  if (map_find(ck->files, key, &index)) {
    if (ck->scopes.data[index] == NULL)
      diag_report(ck->sink, DIAG_E0001, at, "`%s` imports itself in a circle", path);
    return ck->scopes.data[index];
  }
  index = ck->scopes.len;
  map_insert(ck->files, key, index);
  vec_push(ck->arena, &ck->scopes, NULL);
  const ast_file *file = load_file(ck, path, at);
  if (file == NULL)
    return NULL;
  decl_list decls = {0};
  file_scope *scope = ARENA_NEW(ck->arena, file_scope);
  ck->import_depth++;
  collect_decls(ck, file, map_new(ck->arena), &decls);
  fill_scope(ck, scope, &decls);
  ck->import_depth--;
  ck->scopes.data[index] = scope;
  return scope;
}

void import_files(checker *ck, const ast_file *file) {
  decl_list decls = {0};
  ck->files = map_new(ck->arena);
  ck->main = ARENA_NEW(ck->arena, file_scope);
  ck->main->is_main = true;
  map_insert(ck->files, real_path(ck, file->path), 0);
  vec_push(ck->arena, &ck->scopes, NULL); /* the main file is being read: importing it is a circle */
  collect_decls(ck, file, map_new(ck->arena), &decls);
  fill_scope(ck, ck->main, &decls);
  ck->decls.data = decls.data;
  ck->decls.len = decls.len;
}
