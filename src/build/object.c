/* SPDX-License-Identifier: MIT */
/* object.c - emit, optimise, generate code. */
#include "build/build_internal.h"
#include "emit/emit.h"
#include <time.h>

/* What is left to do after our own passes: the maths are to be inlined, accumulators lifted into registers, and
 * what does not change moved out of the loop. Nothing is there to be vectorised or unrolled. */
static const char passes[] =
    "always-inline,globaldce,function(sroa,early-cse,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(licm),gvn,instcombine<no-verify-fixpoint>,simplifycfg)";

double build_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Everything that a compile holds of LLVM. */
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

static bool begin(compilation *c, const ir_program *program, const build_target *target,
                  const build_options *options, const char **error) {
  double start = build_seconds();
  c->machine = build_target_machine(c->arena, target, error);
  if (c->machine == NULL)
    return false;
  c->context = LLVMContextCreate();
  emit_options e = {.width = target->width,
                    .cpu = target->cpu,
                    .features = target->features,
                    .debug = options->debug};
  c->module = emit_module(c->context, program, &e, error);
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

bool build_codegen(arena *a, LLVMTargetMachineRef machine, LLVMModuleRef module,
                   LLVMCodeGenFileType type, build_bytes *out, const char **error) {
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

static bool compile(arena *a, const ir_program *program, const build_target *target,
                    const build_options *options, build_bytes *object, build_times *times,
                    const char **error) {
  compilation c = {.arena = a};
  bool ok = begin(&c, program, target, options, error) && optimise(&c, options, error);
  double start = build_seconds();
  ok = ok && build_codegen(a, c.machine, c.module, LLVMObjectFile, object, error);
  c.times.codegen = build_seconds() - start;
  end(&c);
  *times = c.times;
  return ok;
}

bool build_object(arena *a, const ir_program *program, const build_target *target,
                  const build_options *options, build_bytes *object, build_times *times,
                  const char **error) {
  build_times unasked;
  if (times == NULL)
    times = &unasked;
  *times = (build_times){.is_cached = false};
  bool may_cache = options->use_cache && options->debug == NULL && options->passes == NULL;
  const char *folder = may_cache ? build_cache_folder(a) : NULL;
  if (folder == NULL)
    return compile(a, program, target, options, object, times, error);
  build_key key = build_cache_key(program, target);
  if (build_cache_read(a, folder, key, object)) {
    times->is_cached = true;
    return true;
  }
  if (!compile(a, program, target, options, object, times, error))
    return false;
  build_cache_write(a, folder, key, object);
  return true;
}

static const char *module_text(arena *a, LLVMModuleRef module) {
  char *printed = LLVMPrintModuleToString(module);
  const char *copy = arena_strdup(a, printed, strlen(printed));
  LLVMDisposeMessage(printed);
  return copy;
}

const char *build_text(arena *a, const ir_program *program, const build_target *target,
                       const build_options *options, build_text_kind kind, const char **error) {
  compilation c = {.arena = a};
  build_bytes assembly = {NULL, 0};
  const char *result = NULL;
  bool ok = begin(&c, program, target, options, error) &&
            (kind == BUILD_TEXT_LLVM || optimise(&c, options, error));
  if (ok && kind != BUILD_TEXT_ASSEMBLY)
    result = module_text(a, c.module);
  else if (ok && build_codegen(a, c.machine, c.module, LLVMAssemblyFile, &assembly, error))
    result = (const char *)assembly.data;
  end(&c);
  return result;
}
