/* SPDX-License-Identifier: MIT */
/* object.c - emit, optimise, generate code: in three parts at once. */
#include "build/build_internal.h"
#include "emit/emit.h"
#include <pthread.h>
#include <time.h>

/* What is left to do after our own passes: the maths are to be inlined, accumulators lifted into registers, and
 * what does not change moved out of the loop. Nothing is there to be vectorised or unrolled. */
static const char passes[] = "always-inline,globaldce,function(sroa,early-cse,instcombine<no-verify-fixpoint>,"
                             "loop-mssa(licm),early-cse,simplifycfg)";

double build_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Everything that the compile of one module holds of LLVM. */
typedef struct {
  arena *arena;
  LLVMContextRef context;
  LLVMTargetMachineRef machine;
  LLVMModuleRef module;
  build_times times;
} compilation;

static void end(compilation *c) {
  if (c->module != NULL)
    LLVMDisposeModule(c->module);
  if (c->machine != NULL)
    LLVMDisposeTargetMachine(c->machine);
  if (c->context != NULL)
    LLVMContextDispose(c->context);
}

static bool begin(compilation *c, const ir_program *program, const build_target *target, LLVMCodeGenOptLevel level,
                  const emit_options *options, const char **error) {
  double start = build_seconds();
  c->machine = build_target_machine(c->arena, target, level, error);
  if (c->machine == NULL)
    return false;
  c->context = LLVMContextCreate();
  c->module = emit_module(c->arena, c->context, program, options, error);
  if (c->module == NULL)
    return false;
  LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(c->machine);
  LLVMSetModuleDataLayout(c->module, layout);
  LLVMDisposeTargetData(layout);
  LLVMSetTarget(c->module, target->triple);
  c->times.emit = build_seconds() - start;
  return true;
}

static bool optimise(compilation *c, const build_options *options, const char **error) {
  double start = build_seconds();
  LLVMPassBuilderOptionsRef o = LLVMCreatePassBuilderOptions();
  const char *pipeline = options->passes != NULL ? options->passes : passes;
  LLVMErrorRef failure = LLVMRunPasses(c->module, pipeline, c->machine, o);
  LLVMDisposePassBuilderOptions(o);
  c->times.optimise = build_seconds() - start;
  if (failure == NULL)
    return true;
  *error = build_llvm_error(c->arena, failure);
  return false;
}

bool build_codegen(arena *a, LLVMTargetMachineRef machine, LLVMModuleRef module, LLVMCodeGenFileType type,
                   build_bytes *out, const char **error) {
  LLVMMemoryBufferRef buffer = NULL;
  char *message = NULL;
  if (LLVMTargetMachineEmitToMemoryBuffer(machine, module, type, &message, &buffer)) {
    *error = arena_strdup(a, message, strlen(message));
    LLVMDisposeMessage(message);
    return false;
  }
  out->len = LLVMGetBufferSize(buffer);
  out->data = (const uint8_t *)arena_strdup(a, LLVMGetBufferStart(buffer), out->len);
  LLVMDisposeMemoryBuffer(buffer);
  return true;
}

/* ---- parts ---- */

/* One part: which functions, how much effort, and what comes out. Each has its own arena, as parts are
 * compiled at the same time. */
typedef struct {
  const ir_program *program;
  const build_target *target;
  const build_options *options;
  bool *members;
  bool is_used, has_table;
  uint64_t weight;
  LLVMCodeGenOptLevel level;
  arena *arena;
  build_bytes object;
  build_times times;
  const char *error; /* NULL: it went well */
} part;

/* Level `less` makes code as fast as `default` does for straight vector code, in less time; `none` makes code
 * that is a fifth slower in a third of the time. */
static const LLVMCodeGenOptLevel levels[BUILD_PARTS] = {LLVMCodeGenLevelLess, LLVMCodeGenLevelLess,
                                                        LLVMCodeGenLevelNone};

static void compile_part(part *p) {
  compilation c = {.arena = p->arena};
  emit_options e = {.width = p->target->width,
                    .pairs_vectors = p->target->pairs_vectors,
                    .cpu = p->target->cpu,
                    .features = p->target->features,
                    .debug = p->options->debug,
                    .members = p->members,
                    .is_without_table = !p->has_table};
  bool ok = begin(&c, p->program, p->target, p->level, &e, &p->error) && optimise(&c, p->options, &p->error);
  double start = build_seconds();
  if (ok && build_codegen(p->arena, c.machine, c.module, LLVMObjectFile, &p->object, &p->error))
    p->error = NULL;
  c.times.codegen = build_seconds() - start;
  end(&c);
  p->times = c.times;
}

static uint64_t weight_of(const ir_function *f) {
  uint64_t weight = 16;
  for (uint32_t i = 0; i < f->ops.len; i++)
    weight += 1 + ir_ops[f->ops.data[i].op].cost;
  return weight;
}

/* The heaviest function first, each to the lighter of the first two parts; cold ones to the third. */
static void distribute(arena *a, const ir_program *program, part *parts) {
  uint32_t count = program->functions.len;
  uint64_t *weights = ARENA_ARRAY(a, uint64_t, count);
  for (uint32_t i = 0; i < count; i++)
    weights[i] = weight_of(program->functions.data[i]);
  for (uint32_t left = count; left != 0; left--) {
    uint32_t heaviest = 0;
    for (uint32_t i = 1; i < count; i++)
      if (weights[i] > weights[heaviest])
        heaviest = i;
    bool is_cold = emit_is_cold((nsa_role)program->functions.data[heaviest]->role);
    part *p = is_cold ? &parts[2] : &parts[parts[1].weight < parts[0].weight];
    p->members[heaviest] = true;
    p->is_used = true;
    p->weight += weights[heaviest];
    weights[heaviest] = 0; /* done: real weights are positive */
  }
}

static void *compile_second_and_third(void *context) {
  part *parts = context;
  for (uint32_t i = 1; i < BUILD_PARTS; i++)
    if (parts[i].is_used)
      compile_part(&parts[i]);
  return NULL;
}

static void compile_parts(part *parts) {
  pthread_t thread;
  bool has_thread =
      (parts[1].is_used || parts[2].is_used) && pthread_create(&thread, NULL, compile_second_and_third, parts) == 0;
  compile_part(&parts[0]);
  if (has_thread)
    pthread_join(thread, NULL);
  else
    compile_second_and_third(parts);
}

static double longer(double a, double b) { return a > b ? a : b; }

static void add_times(build_times *sum, const part *parts) {
  sum->emit = longer(parts[0].times.emit, parts[1].times.emit + parts[2].times.emit);
  sum->optimise = longer(parts[0].times.optimise, parts[1].times.optimise + parts[2].times.optimise);
  sum->codegen = longer(parts[0].times.codegen, parts[1].times.codegen + parts[2].times.codegen);
}

/* Moves a part's product to the caller's arena. */
static bool collect(arena *a, const part *p, build_bytes *object, const char **error) {
  *object = (build_bytes){NULL, 0};
  if (p->error != NULL)
    *error = arena_strdup(a, p->error, strlen(p->error));
  else if (p->object.len != 0)
    *object =
        (build_bytes){(const uint8_t *)arena_strdup(a, (const char *)p->object.data, p->object.len), p->object.len};
  return p->error == NULL;
}

static bool compile(arena *a, const ir_program *program, const build_target *target, const build_options *options,
                    build_objects *objects, build_times *times, const char **error) {
  part parts[BUILD_PARTS];
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    parts[i] = (part){.program = program,
                      .target = target,
                      .options = options,
                      .members = ARENA_ARRAY(a, bool, program->functions.len),
                      .has_table = i == 0,
                      .level = levels[i],
                      .arena = arena_new()};
  distribute(a, program, parts);
  build_start_llvm();
  compile_parts(parts);
  add_times(times, parts);
  bool ok = true;
  for (uint32_t i = 0; i < BUILD_PARTS; i++) {
    ok = collect(a, &parts[i], &objects->parts[i], error) && ok;
    arena_free(parts[i].arena);
  }
  return ok;
}

bool build_compile(arena *a, const ir_program *program, const build_target *target, const build_options *options,
                   build_objects *objects, build_times *times, const char **error) {
  double start = build_seconds();
  build_times unasked;
  if (times == NULL)
    times = &unasked;
  *times = (build_times){.is_cached = false};
  bool may_cache = options->use_cache && options->debug == NULL && options->passes == NULL;
  const char *folder = may_cache ? build_cache_folder(a) : NULL;
  build_key key = build_cache_key(program, target);
  times->is_cached = folder != NULL && build_cache_read(a, folder, key, objects);
  bool ok = times->is_cached || compile(a, program, target, options, objects, times, error);
  if (ok && folder != NULL && !times->is_cached)
    build_cache_write(a, folder, key, objects);
  times->total = build_seconds() - start;
  return ok;
}

static const char *module_text(arena *a, LLVMModuleRef module) {
  char *printed = LLVMPrintModuleToString(module);
  const char *copy = arena_strdup(a, printed, strlen(printed));
  LLVMDisposeMessage(printed);
  return copy;
}

const char *build_text(arena *a, const ir_program *program, const build_target *target, const build_options *options,
                       build_text_kind kind, const char **error) {
  compilation c = {.arena = a};
  emit_options e = {.width = target->width,
                    .pairs_vectors = target->pairs_vectors,
                    .cpu = target->cpu,
                    .features = target->features,
                    .debug = options->debug};
  build_bytes assembly = {NULL, 0};
  const char *result = NULL;
  build_start_llvm();
  bool ok =
      begin(&c, program, target, levels[0], &e, error) && (kind == BUILD_TEXT_LLVM || optimise(&c, options, error));
  if (ok && kind != BUILD_TEXT_ASSEMBLY)
    result = module_text(a, c.module);
  else if (ok && build_codegen(a, c.machine, c.module, LLVMAssemblyFile, &assembly, error))
    result = (const char *)assembly.data;
  end(&c);
  return result;
}
