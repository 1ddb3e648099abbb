/* SPDX-License-Identifier: MIT */
/* jit.c - linking objects into this process, by LLVM's LLJIT and JITLink. */
#include "build/build_internal.h"
#include "nsa_math.h"
#include <math.h>

struct build_jit {
  LLVMOrcLLJITRef lljit;
  const nsa_kernel_fn *kernels;
  uint32_t count;
};

/* What objects may call. The last rows are for processors that lack the instruction: these functions
 * are exact, so the results are the same. */
typedef struct {
  const char *name;
  void (*function)(void);
} provided_symbol;

#define PROVIDE(name) {#name, (void (*)(void))name}
static const provided_symbol provided[] = {PROVIDE(nsa_expm_phi), PROVIDE(nsa_ou_cov), PROVIDE(fma),
                                           PROVIDE(floor),        PROVIDE(ceil),       PROVIDE(sqrt),
                                           PROVIDE(memcpy),       PROVIDE(memset)};
enum { PROVIDED_COUNT = sizeof provided / sizeof provided[0] };

/* Errors are collected instead of going to stderr: a failed look-up alone says little. */
typedef struct {
  arena *arena;
  const char *first;
} error_log;

static void log_error(void *context, LLVMErrorRef error) {
  error_log *log = context;
  const char *message = build_llvm_error(log->arena, error);
  if (log->first == NULL)
    log->first = message;
}

static LLVMErrorRef define_provided(LLVMOrcLLJITRef lljit) {
  LLVMOrcCSymbolMapPair pairs[PROVIDED_COUNT];
  for (uint32_t i = 0; i < PROVIDED_COUNT; i++) {
    pairs[i].Name = LLVMOrcLLJITMangleAndIntern(lljit, provided[i].name);
    pairs[i].Sym.Address = (LLVMOrcExecutorAddress)(uintptr_t)provided[i].function;
    pairs[i].Sym.Flags.GenericFlags = LLVMJITSymbolGenericFlagsExported;
    pairs[i].Sym.Flags.TargetFlags = 0;
  }
  LLVMOrcJITDylibRef library = LLVMOrcLLJITGetMainJITDylib(lljit);
  return LLVMOrcJITDylibDefine(library, LLVMOrcAbsoluteSymbols(pairs, PROVIDED_COUNT));
}

static LLVMErrorRef add_object(LLVMOrcLLJITRef lljit, const build_bytes *object) {
  if (object->len == 0)
    return NULL;
  LLVMMemoryBufferRef buffer =
      LLVMCreateMemoryBufferWithMemoryRangeCopy((const char *)object->data, object->len, "nsa");
  /* owns the buffer now, even when it fails */
  return LLVMOrcLLJITAddObjectFile(lljit, LLVMOrcLLJITGetMainJITDylib(lljit), buffer);
}

static LLVMErrorRef look_up_kernels(build_jit *jit) {
  LLVMOrcExecutorAddress table, count;
  LLVMErrorRef failure = LLVMOrcLLJITLookup(jit->lljit, &table, "nsa_kernels");
  if (failure == NULL)
    failure = LLVMOrcLLJITLookup(jit->lljit, &count, "nsa_kernel_count");
  if (failure != NULL)
    return failure;
  jit->kernels = (const nsa_kernel_fn *)(uintptr_t)table;
  jit->count = *(const uint32_t *)(uintptr_t)count;
  return NULL;
}

static LLVMErrorRef start(build_jit *jit, const build_objects *objects, error_log *log) {
  /* consumes the builder; NULL: as the host suggests */
  LLVMErrorRef failure = LLVMOrcCreateLLJIT(&jit->lljit, NULL);
  if (failure != NULL)
    return failure;
  LLVMOrcExecutionSessionRef session = LLVMOrcLLJITGetExecutionSession(jit->lljit);
  LLVMOrcExecutionSessionSetErrorReporter(session, log_error, log);
  failure = define_provided(jit->lljit);
  for (uint32_t i = 0; i < BUILD_PARTS && failure == NULL; i++)
    failure = add_object(jit->lljit, &objects->parts[i]);
  if (failure == NULL)
    failure = look_up_kernels(jit);
  return failure;
}

build_jit *build_jit_new(arena *a, const build_objects *objects, const char **error) {
  build_start_llvm();
  build_jit *jit = ARENA_NEW(a, build_jit);
  error_log log = {.arena = a};
  LLVMErrorRef failure = start(jit, objects, &log);
  if (jit->lljit != NULL) /* the log does not outlive this call */
    LLVMOrcExecutionSessionSetErrorReporter(LLVMOrcLLJITGetExecutionSession(jit->lljit), NULL, NULL);
  if (failure == NULL)
    return jit;
  const char *message = build_llvm_error(a, failure);
  *error = log.first != NULL ? arena_printf(a, "%s (%s)", log.first, message) : message;
  build_jit_free(jit);
  return NULL;
}

const nsa_kernel_fn *build_jit_kernels(const build_jit *jit, uint32_t *count) {
  *count = jit->count;
  return jit->kernels;
}

void build_jit_free(build_jit *jit) {
  if (jit == NULL || jit->lljit == NULL)
    return;
  LLVMErrorRef failure = LLVMOrcDisposeLLJIT(jit->lljit);
  if (failure != NULL)
    LLVMConsumeError(failure);
  jit->lljit = NULL;
}
