/* SPDX-License-Identifier: MIT */
/* stages.c - the way of the data, in one table. */
#include "driver/compile.h"
#include "driver/images.h"
#include "opt/opt.h"
#include "support/file.h"
#include "support/limits.h"
#include <stdio.h>
#include <time.h>

/* ---- read and parse ---- */

/* The text of a --timescale is a declaration like any other, of a file of its own: it is hashed with the model's, and
 * diagnostics show it. */
static bool parse_timescale(compilation *c, const char *given) {
  char *source = arena_printf(c->arena, "timescale %s\n", given);
  uint32_t file = diag_add_file(c->sink, "--timescale", source, strlen(source));
  const ast_file *ast = syntax_parse(c->arena, c->names, c->sink, file);
  bool is_one = ast != NULL && ast->decls.len == 1 && ast->decls.data[0]->kind == AST_DECL_TIMESCALE;
  if (is_one)
    vec_push(c->arena, &c->timescales, ast->decls.data[0]);
  else if (diag_error_count(c->sink) == 0)
    c->failure = arena_printf(c->arena, "--timescale takes a name and a time, as slow=1ms, not %s", given);
  return c->failure == NULL;
}

static void parse_setting(compilation *c, const char *given) {
  char *source = arena_printf(c->arena, "variant set { %s }\n", given);
  diag_sink *unheard = diag_sink_new(c->arena);
  uint32_t file = diag_add_file(unheard, "--set", source, strlen(source));
  ast_file *ast = syntax_parse(c->arena, c->names, unheard, file);
  if (diag_error_count(unheard) == 0 && ast->decls.len == 1 && ast->decls.data[0]->kind == AST_DECL_VARIANT)
    vec_push(c->arena, &c->settings, ast->decls.data[0]);
}

static bool run_parse(compilation *c) {
  size_t len;
  const char *error = NULL;
  char *source = file_read(c->arena, c->options->path, LIMIT_FILE_BYTES, &len, &error);
  if (!source) {
    c->failure = arena_printf(c->arena, "cannot read %s: %s", c->options->path, error);
    return false;
  }
  c->file = diag_add_file(c->sink, c->options->path, source, len);
  c->ast = syntax_parse(c->arena, c->names, c->sink, c->file);
  for (uint32_t k = 0; k < c->options->timescale_count; k++)
    if (!parse_timescale(c, c->options->timescales[k]))
      return false;
  for (uint32_t k = 0; k < c->options->setting_count; k++)
    parse_setting(c, c->options->settings[k]);
  return true; /* after errors the model still finds more of them */
}

static void dump_ast(const compilation *c, text *out) { syntax_dump(c->ast, out); }

/* ---- check ---- */

/* Where the models that come with the compiler lie, relative to the executable. */
static const char *const *model_folders(compilation *c) {
  const char **folders = ARENA_ARRAY(c->arena, const char *, 2);
  char *bin = file_executable_folder(c->arena);
  folders[0] = bin ? file_join(c->arena, bin, "../share/nsa/models") : NULL;
  return folders;
}

static bool run_check(compilation *c) {
  model_options options = {.settings = c->settings.data,
                           .setting_count = c->settings.len,
                           .timescales = c->timescales.data,
                           .timescale_count = c->timescales.len,
                           .patterns = c->options->patterns,
                           .pattern_count = c->options->pattern_count,
                           .model_folders = model_folders(c),
                           .refined = c->options->refined,
                           .refine = c->options->refine,
                           .needs_run = c->options->needs_run};
  c->model = model_check(c->arena, c->names, c->sink, c->ast, &options);
  return diag_error_count(c->sink) == 0;
}

/* ---- lower ---- */

/* The option's instead of the model's; in_double: whatever both, and components of their own, say. */
static bool choose_precision(compilation *c) {
  const compile_options *o = c->options;
  if (o->precision && !model_precision_find(o->precision, &c->model->precision)) {
    c->failure = arena_printf(c->arena, "--precision is double, single or mixed, not `%s`", o->precision);
    return false;
  }
  if (!o->in_double)
    return true;
  c->model->precision = PRECISION_DOUBLE;
  for (uint32_t k = 0; k < c->model->components.len; k++)
    c->model->components.data[k].precision = NULL;
  return true;
}

static bool run_lower(compilation *c) {
  char *folder = file_folder(c->arena, c->options->path);
  lower_options options = {.folder = folder,
                           .analyse_timescales = c->options->analyse_timescales,
                           .equations_only = c->options->equations_only,
                           .draws_at_mean = c->options->draws_at_mean};
  if (!choose_precision(c))
    return false;
  c->ir = lower_model(c->arena, c->model, c->sink, &options, &c->report);
  return c->ir != NULL;
}

static const char *validate_ir(compilation *c) { return ir_validate(c->arena, c->ir); }
static void dump_ir(const compilation *c, text *out) { ir_print(c->ir, out); }

/* ---- optimise ---- */

static bool run_optimise(compilation *c) {
  if (c->options->keep_unoptimised)
    return true;
  opt_run(c->ir, NULL); /* and makes the kernels' tables anew */
  return true;
}

const compile_stage compile_stages[] = {
    {"parse", run_parse, NULL, dump_ast},
    {"check", run_check, NULL, NULL},
    {"lower", run_lower, validate_ir, dump_ir},
    {"images", images_load, NULL, NULL},
    {"optimise", run_optimise, validate_ir, dump_ir},
};
const uint32_t compile_stage_count = sizeof compile_stages / sizeof *compile_stages;

/* ---- running them ---- */

double compile_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void compile_add_time(compilation *c, const char *name, double seconds) {
  if (c->time_count < COMPILE_MAX_STAGES)
    c->times[c->time_count++] = (nsa_stage_time){name, seconds};
}

static int run_stage(compilation *c, const compile_stage *stage) {
  double start = compile_seconds();
  bool is_usable = stage->run(c);
  const char *bug = is_usable && stage->validate ? stage->validate(c) : NULL;
  compile_add_time(c, stage->name, compile_seconds() - start);
  if (c->failure)
    return 2;
  if (bug) {
    fprintf(stderr, "nsa: internal error after stage %s: %s\n", stage->name, bug);
    return 70;
  }
  return is_usable ? 0 : 1;
}

int compile_run(compilation *c, const compile_options *options) {
  *c = (compilation){.options = options, .arena = arena_new()};
  c->names = intern_new(c->arena);
  c->sink = diag_sink_new(c->arena);
  for (uint32_t k = 0; k < compile_stage_count; k++) {
    int code = run_stage(c, &compile_stages[k]);
    if (code)
      return code;
    if (options->stop_after && !strcmp(options->stop_after, compile_stages[k].name))
      break;
  }
  return diag_error_count(c->sink) ? 1 : 0;
}

void compile_free(compilation *c) {
  arena_free(c->arena);
  c->arena = NULL;
}
