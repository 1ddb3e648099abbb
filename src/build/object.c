/* SPDX-License-Identifier: MIT */
/* object.c - emit, optimise, generate code: each stage for three parts at once. */
#include "build/build_internal.h"
#include "emit/emit.h"
#include <pthread.h>

/* What is left to do after our own passes: the maths are to be inlined, accumulators lifted into registers, and
 * what does not change moved out of the loop. Nothing is there to be vectorised or unrolled. */
static const char passes[] = "always-inline,globaldce,function(sroa,early-cse,instcombine<no-verify-fixpoint>,"
                             "loop-mssa(licm),early-cse,simplifycfg)";

void build_prepare_module(LLVMModuleRef module, LLVMTargetMachineRef machine, const build_target *target) {
  LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(machine);
  LLVMSetModuleDataLayout(module, layout);
  LLVMDisposeTargetData(layout);
  LLVMSetTarget(module, target->triple);
}

bool build_codegen(arena *a, LLVMTargetMachineRef machine, LLVMModuleRef module, LLVMCodeGenFileType type,
                   build_bytes *out, const char **error) {
  LLVMMemoryBufferRef buffer = NULL;
  char *message = NULL;
  if (LLVMTargetMachineEmitToMemoryBuffer(machine, module, type, &message, &buffer)) {
    *error = build_taken(a, message);
    return false;
  }
  out->len = LLVMGetBufferSize(buffer);
  out->data = (const uint8_t *)arena_strdup(a, LLVMGetBufferStart(buffer), out->len);
  LLVMDisposeMemoryBuffer(buffer);
  return true;
}

/* ---- parts ---- */

/* One part: which functions, how much effort, what it holds of LLVM, and what comes out. Each has its own arena, as
 * parts are compiled at the same time. */
typedef struct {
  const build_modules *whole;
  bool *members;
  bool is_used, has_table;
  uint64_t weight;
  LLVMCodeGenOptLevel level;
  arena *arena;
  LLVMContextRef context;
  LLVMTargetMachineRef machine;
  LLVMModuleRef module;
  build_bytes object;
  const char *error; /* NULL: it goes well */
} part;

struct build_modules {
  arena *arena;
  const ir_program *program;
  const build_target *target;
  build_options options;
  part parts[BUILD_PARTS];
  const char *folder; /* of the cache; NULL: none */
  build_key key;
  bool is_cached;
  build_objects cached;
};

/* Level `less` makes code as fast as `default` does for straight vector code, in less time; `none` makes code
 * that is a fifth slower in a third of the time. Of long kernels, whose values are in memory and whose maths are calls,
 * it makes code as fast in an eighth of the time. */
static const LLVMCodeGenOptLevel levels[BUILD_PARTS] = {LLVMCodeGenLevelLess, LLVMCodeGenLevelLess,
                                                        LLVMCodeGenLevelNone};

static void emit_part(part *p) {
  const build_target *target = p->whole->target;
  emit_options options = {.width = target->width,
                          .pairs_vectors = target->pairs_vectors,
                          .cpu = target->cpu,
                          .features = target->features,
                          .debug = p->whole->options.debug,
                          .members = p->members,
                          .is_without_table = !p->has_table};
  p->machine = build_target_machine(p->arena, target, p->level, &p->error);
  if (p->machine == NULL)
    return;
  p->context = LLVMContextCreate();
  p->module = emit_module(p->arena, p->context, p->whole->program, &options, &p->error);
  if (p->module == NULL)
    return;
  build_prepare_module(p->module, p->machine, target);
}

static void optimise_part(part *p) {
  LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
  const char *pipeline = p->whole->options.passes != NULL ? p->whole->options.passes : passes;
  LLVMErrorRef failure = LLVMRunPasses(p->module, pipeline, p->machine, options);
  LLVMDisposePassBuilderOptions(options);
  if (failure != NULL)
    p->error = build_llvm_error(p->arena, failure);
}

static void generate_part(part *p) {
  LLVMCodeGenFileType type = p->whole->options.is_text ? LLVMAssemblyFile : LLVMObjectFile;
  build_codegen(p->arena, p->machine, p->module, type, &p->object, &p->error);
}

static void end_part(part *p) {
  if (p->module != NULL)
    LLVMDisposeModule(p->module);
  if (p->machine != NULL)
    LLVMDisposeTargetMachine(p->machine);
  if (p->context != NULL)
    LLVMContextDispose(p->context);
  if (p->arena != NULL)
    arena_free(p->arena);
}

/* ---- one stage of all parts, by two threads ---- */

typedef struct {
  part *parts;
  void (*stage)(part *p);
} second_thread;

static void *do_second_and_third(void *context) {
  const second_thread *t = context;
  for (uint32_t i = 1; i < BUILD_PARTS; i++)
    if (t->parts[i].is_used)
      t->stage(&t->parts[i]);
  return NULL;
}

static bool do_parts(build_modules *m, void (*stage)(part *p), const char **error) {
  pthread_t thread;
  second_thread second = {m->parts, stage};
  bool has_second = m->parts[1].is_used || m->parts[2].is_used;
  bool has_thread = has_second && pthread_create(&thread, NULL, do_second_and_third, &second) == 0;
  stage(&m->parts[0]);
  if (has_thread)
    pthread_join(thread, NULL);
  else
    do_second_and_third(&second);
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    if (m->parts[i].error != NULL) {
      *error = arena_strdup(m->arena, m->parts[i].error, strlen(m->parts[i].error));
      return false;
    }
  return true;
}

static uint64_t weight_of(const ir_function *f) {
  uint64_t weight = 16;
  for (uint32_t i = 0; i < f->ops.len; i++)
    weight += 1 + ir_ops[f->ops.data[i].op].cost;
  return weight;
}

static part *part_for(build_modules *m, const ir_function *f) {
  if (m->options.is_text)
    return &m->parts[0];
  return emit_is_cold((nsa_role)f->role) || emit_is_long(f) ? &m->parts[2]
                                                            : &m->parts[m->parts[1].weight < m->parts[0].weight];
}

/* The heaviest function first, each to the lighter of the first two parts; cold and long ones to the third. */
static void distribute(build_modules *m) {
  const ir_program *program = m->program;
  uint32_t count = program->functions.len;
  uint64_t *weights = ARENA_ARRAY(m->arena, uint64_t, count);
  for (uint32_t i = 0; i < count; i++)
    weights[i] = weight_of(program->functions.data[i]);
  for (uint32_t left = count; left != 0; left--) {
    uint32_t heaviest = 0;
    for (uint32_t i = 1; i < count; i++)
      if (weights[i] > weights[heaviest])
        heaviest = i;
    part *p = part_for(m, program->functions.data[heaviest]);
    p->members[heaviest] = true;
    p->is_used = true;
    p->weight += weights[heaviest];
    weights[heaviest] = 0; /* done: real weights are positive */
  }
}

static void divide(build_modules *m) {
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    m->parts[i] = (part){.whole = m,
                         .members = ARENA_ARRAY(m->arena, bool, m->program->functions.len),
                         .is_used = i == 0,
                         .has_table = i == 0,
                         .level = levels[i],
                         .arena = arena_new()};
  distribute(m);
}

/* ---- the stages ---- */

static void look_into_cache(build_modules *m) {
  const build_options *o = &m->options;
  if (o->use_cache && !o->is_text && o->debug == NULL && o->passes == NULL)
    m->folder = build_cache_folder(m->arena);
  if (m->folder == NULL)
    return;
  m->key = build_cache_key(m->program, m->target);
  m->is_cached = build_cache_read(m->arena, m->folder, m->key, &m->cached);
}

build_modules *build_emit(arena *a, const ir_program *program, const build_target *target, const build_options *options,
                          const char **error) {
  build_modules *m = ARENA_NEW(a, build_modules);
  *m = (build_modules){.arena = a, .program = program, .target = target, .options = *options};
  look_into_cache(m);
  if (m->is_cached)
    return m;
  divide(m);
  build_start_llvm();
  if (do_parts(m, emit_part, error))
    return m;
  build_modules_free(m);
  return NULL;
}

bool build_optimise(build_modules *m, const char **error) { return m->is_cached || do_parts(m, optimise_part, error); }

bool build_generate(build_modules *m, build_objects *objects, const char **error) {
  *objects = m->cached;
  if (m->is_cached)
    return true;
  if (!do_parts(m, generate_part, error))
    return false;
  for (uint32_t i = 0; i < BUILD_PARTS; i++) {
    const build_bytes *made = &m->parts[i].object; /* in the part's arena */
    if (made->len != 0)
      objects->parts[i] =
          (build_bytes){(const uint8_t *)arena_strdup(m->arena, (const char *)made->data, made->len), made->len};
  }
  if (m->folder != NULL)
    build_cache_write(m->arena, m->folder, m->key, objects);
  return true;
}

const char *build_modules_text(const build_modules *m) {
  return build_taken(m->arena, LLVMPrintModuleToString(m->parts[0].module));
}

void build_modules_free(build_modules *m) {
  for (uint32_t i = 0; m != NULL && i < BUILD_PARTS; i++)
    end_part(&m->parts[i]);
}

bool build_compile(arena *a, const ir_program *program, const build_target *target, const build_options *options,
                   build_objects *objects, bool *is_cached, const char **error) {
  build_modules *m = build_emit(a, program, target, options, error);
  if (m == NULL)
    return false;
  bool ok = build_optimise(m, error) && build_generate(m, objects, error);
  if (is_cached != NULL)
    *is_cached = m->is_cached;
  build_modules_free(m);
  return ok;
}
