/* SPDX-License-Identifier: MIT */
/* stages.c - the way of the data, in one table (at the end). */
#include "driver/compile.h"
#include "driver/images.h"
#include "driver/inputs.h"
#include "driver/variants.h"
#include "interp/interp.h"
#include "model/dump.h"
#include "nsa_environments.h"
#include "nsa_text.h"
#include "opt/opt.h"
#include "support/exhausted.h"
#include "support/file.h"
#include "support/limits.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* A failure of the world: its exit code. */
static int fail(compilation *c, const char *message) {
  c->failure = message;
  return 2;
}

static int code_of(const compilation *c) { return diag_error_count(c->sink) ? 1 : 0; }

/* ---- parse ---- */

/* The text of an option is a declaration like any other, of a file of its own: it is hashed with the model's, and
 * diagnostics show it. NULL: it is not one of the kind. */
static const ast_decl *parse_option(compilation *c, const char *option, const char *given, ast_decl_kind kind) {
  char *source = arena_printf(c->arena, "%s %s\n", option + strlen("--"), given);
  uint32_t file = diag_add_file(c->sink, option, source, strlen(source));
  const ast_file *ast = syntax_parse(c->arena, c->names, c->sink, file);
  bool is_one = ast != NULL && ast->decls.len == 1 && ast->decls.data[0]->kind == kind;
  return is_one ? ast->decls.data[0] : NULL;
}

static void parse_timescale(compilation *c, const char *given) {
  const ast_decl *d = parse_option(c, "--timescale", given, AST_DECL_TIMESCALE);
  if (d != NULL)
    vec_push(c->arena, &c->timescales, d);
  else if (diag_error_count(c->sink) == 0)
    c->failure = arena_printf(c->arena, "--timescale takes a name and a time, as slow=1ms, not %s", given);
}

static void parse_record(compilation *c, const char *given) {
  const ast_decl *d = parse_option(c, "--record", given, AST_DECL_RECORD);
  if (d != NULL)
    vec_push(c->arena, &c->records, d);
  else if (diag_error_count(c->sink) == 0)
    c->failure = arena_printf(
        c->arena, "--record takes what stands behind `record` in a model, as \"mean(glia.Ca) every 10 ms\", not %s",
        given);
}

static const ast_decl *setting_of(compilation *c, const char *given, diag_sink *sink) {
  char *source = arena_printf(c->arena, "variant set { %s }\n", given);
  uint32_t file = diag_add_file(sink, "--set", source, strlen(source));
  const ast_file *ast = syntax_parse(c->arena, c->names, sink, file);
  bool is_one = diag_error_count(sink) == 0 && ast->decls.len == 1 && ast->decls.data[0]->kind == AST_DECL_VARIANT;
  return is_one ? ast->decls.data[0] : NULL;
}

/* What is wrong with a param of the top level is said by the check, so that diagnostics must know its text. All else is
 * the run's to refuse. */
static void parse_setting(compilation *c, const char *given) {
  const ast_decl *d = setting_of(c, given, diag_sink_new(c->arena));
  bool is_global =
      d != NULL && d->as.variant.settings.len == 1 && d->as.variant.settings.data[0].target->kind == AST_NAME;
  if (is_global)
    d = setting_of(c, given, c->sink);
  if (d != NULL)
    vec_push(c->arena, &c->settings, d);
}

/* The text of a condition is the value of a measure, in a file of its own. */
static bool parse_where(compilation *c, const char *given) {
  char *source = arena_printf(c->arena, "measure where = %s\n", given);
  uint32_t file = diag_add_file(c->sink, "where", source, strlen(source));
  uint32_t before = diag_error_count(c->sink);
  const ast_file *ast = syntax_parse(c->arena, c->names, c->sink, file);
  bool is_one = ast != NULL && ast->decls.len == 1 && ast->decls.data[0]->kind == AST_DECL_MEASURE;
  if (is_one)
    c->where = ast->decls.data[0]->as.measure.value;
  else if (diag_error_count(c->sink) == before)
    c->failure = arena_printf(c->arena, "`where` takes one condition, such as \"amplitude > 0.02 uM\", not %s", given);
  return c->failure == NULL;
}

static int run_parse(compilation *c) {
  size_t len;
  const char *error = NULL;
  char *source = file_read(c->arena, c->options->path, LIMIT_FILE_BYTES, &len, &error);
  if (!source)
    return fail(c, arena_printf(c->arena, "cannot read %s: %s", c->options->path, error));
  uint32_t file = diag_add_file(c->sink, c->options->path, source, len);
  c->ast = syntax_parse(c->arena, c->names, c->sink, file);
  for (uint32_t k = 0; k < c->options->timescale_count && !c->failure; k++)
    parse_timescale(c, c->options->timescales[k]);
  for (uint32_t k = 0; k < c->options->record_count && !c->failure; k++)
    parse_record(c, c->options->records[k]);
  if (c->failure)
    return 2;
  for (uint32_t k = 0; k < c->options->setting_count; k++)
    parse_setting(c, c->options->settings[k]);
  if (c->options->where != NULL && !parse_where(c, c->options->where))
    return 2;
  return 0; /* after errors the model still finds more of them */
}

static void dump_ast(const compilation *c, text *out) { syntax_dump(c->ast, out); }

/* ---- check ---- */

static const char *const *model_folders(compilation *c) {
  const char **folders = ARENA_ARRAY(c->arena, const char *, 2);
  folders[0] = inputs_library(c->arena);
  return folders;
}

static const char *missing_folder(const compilation *c) {
  for (uint32_t k = 0; k < c->options->allowed_count; k++)
    if (!file_is_folder(c->options->allowed[k]))
      return c->options->allowed[k];
  return NULL;
}

/* A setting that no compiler needs to know of, or that nothing has. NULL: all are params of the top level. */
static const char *setting_of_run(const compilation *c) {
  for (uint32_t k = 0; k < c->options->setting_count; k++) {
    const char *given = c->options->settings[k];
    size_t len = strcspn(given, "= ");
    uint32_t i = 0;
    while (i < c->model->globals.len &&
           (strlen(c->model->globals.data[i].name) != len || strncmp(c->model->globals.data[i].name, given, len) != 0))
      i++;
    if (i == c->model->globals.len)
      return given;
  }
  return NULL;
}

static const model_plugin *load_plugins(compilation *c) {
  const compile_options *o = c->options;
  model_plugin *loaded = ARENA_ARRAY(c->arena, model_plugin, o->plugin_count + 1);
  char why[NSA_ENVIRONMENT_ERROR];
  for (uint32_t i = 0; i < o->plugin_count; i++) {
    loaded[i] = (model_plugin){o->plugins[i].name, nsa_environment_load(o->plugins[i].path, why)};
    if (loaded[i].kind == NULL) {
      fail(c, arena_printf(c->arena, "--plugin %s=%s: %s", o->plugins[i].name, o->plugins[i].path, why));
      return NULL;
    }
  }
  return loaded;
}

static bool is_of_plugin(const model *m, const char *name) {
  for (uint32_t i = 0; i < m->environments.len; i++)
    if (m->environments.data[i].source == NSA_ENVIRONMENT_PLUGIN_SOURCE &&
        strcmp(m->environments.data[i].kind_name, name) == 0)
      return true;
  return false;
}

/* A plugin that the model has no use for: its name is likelier a mistake. */
static const char *idle_plugin(const compilation *c) {
  for (uint32_t i = 0; c->model != NULL && i < c->options->plugin_count; i++)
    if (!is_of_plugin(c->model, c->options->plugins[i].name))
      return c->options->plugins[i].name;
  return NULL;
}

static int run_check(compilation *c) {
  const compile_options *o = c->options;
  nsa_precision unused;
  if (o->precision && !model_precision_find(o->precision, &unused))
    return fail(c, arena_printf(c->arena, "--precision is double, single or mixed, not `%s`", o->precision));
  const char *missing = missing_folder(c);
  if (missing)
    return fail(c, arena_printf(c->arena, "--allow %s: there is no such folder", missing));
  c->inputs = inputs_of_compile(c->arena, o);
  const model_plugin *plugins = load_plugins(c);
  if (plugins == NULL)
    return 2;
  model_options options = {.settings = c->settings.data,
                           .setting_count = c->settings.len,
                           .variant = o->variant,
                           .where = c->where,
                           .open = o->open,
                           .timescales = c->timescales.data,
                           .timescale_count = c->timescales.len,
                           .records = c->records.data,
                           .record_count = c->records.len,
                           .patterns = o->patterns,
                           .pattern_count = o->pattern_count,
                           .plugins = plugins,
                           .plugin_count = o->plugin_count,
                           .precision = o->precision,
                           .in_double = o->in_double,
                           .inputs = &c->inputs,
                           .model_folders = model_folders(c),
                           .refined = o->refined,
                           .refine = o->refine,
                           .needs_run = o->needs_run};
  c->model = model_check(c->arena, c->names, c->sink, c->ast, &options);
  const char *later = o->is_executable ? setting_of_run(c) : NULL, *idle = idle_plugin(c);
  if (!code_of(c) && idle)
    return fail(c, arena_printf(c->arena, "--plugin %s: the model has no environment of a plugin `%s`", idle, idle));
  if (later)
    return fail(
        c, arena_printf(c->arena,
                        "--set %s: an executable takes it when it runs; what is built in are params of the top level",
                        later));
  return code_of(c);
}

static const char *validate_model(const compilation *c) { return model_validate(c->arena, c->model); }
static void dump_model(const compilation *c, text *out) { model_dump(c->model, out); }

/* ---- images ---- */

static int run_images(compilation *c) {
  c->images = images_read(c->arena, c->sink, c->model, &c->inputs);
  return 0; /* the timescale analysis still has its say */
}

/* ---- plan ---- */

static int run_plan(compilation *c) {
  lower_options options = {.inputs = inputs_of_run(c->arena, c->options),
                           .images = c->images,
                           .analyse_timescales = c->options->analyse_timescales,
                           .equations_only = c->options->equations_only,
                           .draws_at_mean = c->options->draws_at_mean};
  c->plan = lower_decide_plan(c->arena, c->model, c->sink, &options, &c->report);
  return code_of(c);
}

static void dump_plan(const compilation *c, text *out) { lower_plan_print(c->plan, out); }

/* ---- lower ---- */

static int run_lower(compilation *c) {
  c->ir = lower_model(c->plan);
  return 0;
}

static const char *validate_ir(const compilation *c) { return ir_validate(c->arena, c->ir); }
static void dump_ir(const compilation *c, text *out) { ir_print(c->ir, out); }

/* ---- optimise ---- */

static bool is_pass(const char *name) {
  for (uint32_t k = 0; k < opt_pass_count; k++)
    if (!strcmp(opt_passes[k].name, name))
      return true;
  return false;
}

static int run_optimise(compilation *c) {
  const char *last = c->options->last_pass;
  if (last && !is_pass(last))
    return fail(c, arena_printf(c->arena, "the optimiser has no pass `%s` (`nsa help emit` lists them)", last));
  opt_run(c->ir, &(opt_options){.stop_after = last, .validate = c->options->validate_passes});
  return 0;
}

/* ---- machine code ---- */

static int run_target(compilation *c) {
  const char *error = NULL, *word = c->options->width;
  char *end = NULL;
  unsigned long width = word ? strtoul(word, &end, 10) : 0;
  if (word && (*end || width < 1 || width > 8 || (width & (width - 1))))
    return fail(c, "--width is 1, 2, 4 or 8");
  return build_target_host(c->arena, (uint32_t)width, &c->target, &error) ? 0 : fail(c, error);
}

static int run_emit(compilation *c) {
  const char *error = NULL;
  build_options options = {.use_cache = c->options->use_cache, .is_text = c->options->is_text};
  c->modules = build_emit(c->arena, c->ir, &c->target, &options, &error);
  return c->modules ? 0 : fail(c, error);
}

static int run_optimise_llvm(compilation *c) {
  const char *error = NULL;
  return build_optimise(c->modules, &error) ? 0 : fail(c, error);
}

static void dump_llvm(const compilation *c, text *out) { text_puts(out, build_modules_text(c->modules)); }

static int run_generate(compilation *c) {
  const char *error = NULL;
  bool ok = build_generate(c->modules, &c->objects, &error);
  build_modules_free(c->modules);
  c->modules = NULL;
  return ok ? 0 : fail(c, error);
}

static void dump_assembly(const compilation *c, text *out) {
  text_add(out, (const char *)c->objects.parts[0].data, c->objects.parts[0].len);
}

/* ---- link ---- */

static int link_executable(compilation *c) {
  const char *error = NULL, *library = build_library_folder(c->arena);
  const char *path = c->options->output ? c->options->output : c->model->name;
  if (!library)
    return fail(c, "the runtime library is not beside the compiler (../lib/nsa)");
  build_executable_options options = {library, path, c->options->is_verbose};
  bool ok = build_executable(c->arena, c->ir->program, &c->target, &c->objects, &options, &error);
  return ok ? 0 : fail(c, error);
}

static int link_here(compilation *c) {
  const char *error = NULL;
  uint32_t count;
  c->jit = build_jit_new(c->arena, &c->objects, &error);
  if (!c->jit)
    return fail(c, error);
  const nsa_kernel_fn *kernels = build_jit_kernels(c->jit, &count);
  nsa_kernel_entry *entries = ARENA_ARRAY(c->arena, nsa_kernel_entry, count);
  for (uint32_t k = 0; k < count; k++)
    entries[k].fn = kernels[k];
  c->entries = entries;
  return 0;
}

static int run_link(compilation *c) {
  if (c->options->is_executable)
    return link_executable(c);
  if (!c->options->interpret)
    return link_here(c);
  c->entries = interp_entries(c->arena, c->ir);
  return 0;
}

/* ---- run ---- */

static int run_run(compilation *c) {
  const compile_options *o = c->options;
  nsa_run_info info = {.program_name = "nsa run",
                       .model_path = o->path,
                       .stages = c->times,
                       .stage_count = c->time_count,
                       .starter = o->starter,
                       .process_start = o->process_start,
                       .llvm_version = build_llvm_version(c->arena),
                       .processor = o->interpret ? "interpreter" : c->target.cpu,
                       .is_reference = o->interpret};
  int code = o->has_all_variants ? variants_compile(c, &info.variants) : 0;
  return code ? code : nsa_run_main(c->ir->program, c->entries, (int)o->run_count, o->run, &info);
}

/* ---- the table ---- */

#define NO_DUMP NULL, ARGUMENT_COUNT

/* Emission validates its modules itself, in the threads that make them. */
const compile_stage compile_stages[STAGE_COUNT] = {
    [STAGE_PARSE] = {"parse", run_parse, NULL, dump_ast, ARGUMENT_ast, false},
    [STAGE_CHECK] = {"check", run_check, validate_model, dump_model, ARGUMENT_model, false},
    [STAGE_IMAGES] = {"images", run_images, NULL, NO_DUMP, false},
    [STAGE_PLAN] = {"plan", run_plan, NULL, dump_plan, ARGUMENT_plan, false},
    [STAGE_LOWER] = {"lower", run_lower, validate_ir, dump_ir, ARGUMENT_lowered, false},
    [STAGE_OPTIMISE] = {"optimise", run_optimise, validate_ir, dump_ir, ARGUMENT_ir, true},
    [STAGE_TARGET] = {"processor", run_target, NULL, NO_DUMP, true},
    [STAGE_EMIT] = {"emit", run_emit, NULL, NO_DUMP, true},
    [STAGE_OPTIMISE_LLVM] = {"optimise LLVM", run_optimise_llvm, NULL, dump_llvm, ARGUMENT_llvm, true},
    [STAGE_GENERATE] = {"machine code", run_generate, NULL, dump_assembly, ARGUMENT_asm, true},
    [STAGE_LINK] = {"link", run_link, NULL, NO_DUMP, false},
    [STAGE_RUN] = {"run", run_run, NULL, NO_DUMP, false},
};

/* ---- running them ---- */

double compile_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int run_stage(compilation *c, const compile_stage *stage) {
  double start = compile_seconds();
  exhausted_while(stage != &compile_stages[STAGE_RUN] ? stage->name : NULL, c->options->path);
  int code = stage->run(c);
  const char *bug = !code && stage->validate ? stage->validate(c) : NULL;
  exhausted_while(NULL, NULL);
  c->times[c->time_count++] = (nsa_stage_time){stage->name, compile_seconds() - start};
  if (!bug)
    return code;
  fprintf(stderr, "nsa: internal error after stage %s: %s\n", stage->name, bug);
  return 70;
}

void compile_start(compilation *c, const compile_options *options) {
  *c = (compilation){.options = options, .arena = arena_new()};
  c->names = intern_new(c->arena);
  c->sink = diag_sink_new(c->arena);
}

int compile_to(compilation *c, compile_stage_id last) {
  for (; c->next <= last; c->next++) {
    const compile_stage *stage = &compile_stages[c->next];
    if (stage->is_of_compiler && c->options->interpret)
      continue;
    int code = run_stage(c, stage);
    if (code)
      return code;
  }
  return code_of(c);
}

int compile_telling(compilation *c, const compile_options *options, compile_stage_id last, const char *verb) {
  compile_start(c, options);
  int code = compile_to(c, last < STAGE_OPTIMISE ? last : STAGE_OPTIMISE);
  if (!c->failure)
    diag_print(c->sink, stderr, isatty(STDERR_FILENO) != 0);
  if (!code)
    code = compile_to(c, last);
  if (!c->failure)
    return code;
  nsa_complain(arena_printf(c->arena, "nsa %s", verb), "%s", c->failure);
  return 2;
}

void compile_free(compilation *c) {
  variants_free(c);
  build_modules_free(c->modules);
  if (c->jit)
    build_jit_free(c->jit);
  arena_free(c->arena);
  c->arena = NULL;
}

int compile_end(compilation *c, int code) {
  exhausted_at_end(code);
  compile_free(c);
  return code;
}
