/* SPDX-License-Identifier: MIT */
/* jit.c - linking objects into this process, by LLVM's LLJIT and JITLink. */
#include "build/build_internal.h"
#include "nsa_math.h"
#include <llvm-c/Object.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

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

/* ---- perf ---- */

/* The size of the kernel of that number, from the object's symbols. */
static void read_sizes(LLVMBinaryRef binary, uint64_t *sizes, uint32_t count) {
  static const char prefix[] = "nsa_kernel_";
  LLVMSymbolIteratorRef s = LLVMObjectFileCopySymbolIterator(binary);
  for (; !LLVMObjectFileIsSymbolIteratorAtEnd(binary, s); LLVMMoveToNextSymbol(s)) {
    const char *name = LLVMGetSymbolName(s);
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
      continue;
    char *rest;
    unsigned long number = strtoul(name + sizeof prefix - 1, &rest, 10);
    if (*rest == '\0' && rest != name + sizeof prefix - 1 && number < count)
      sizes[number] = LLVMGetSymbolSize(s);
  }
  LLVMDisposeSymbolIterator(s);
}

static bool read_object(arena *a, const build_bytes *object, uint64_t *sizes, uint32_t count, const char **error) {
  if (object->len == 0)
    return true;
  LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRange((const char *)object->data, object->len, "nsa", 0);
  char *message = NULL;
  LLVMBinaryRef binary = LLVMCreateBinary(buffer, NULL, &message);
  if (binary != NULL) {
    read_sizes(binary, sizes, count);
    LLVMDisposeBinary(binary);
  } else {
    *error = build_taken(a, message);
  }
  LLVMDisposeMemoryBuffer(buffer);
  return binary != NULL;
}

bool build_perf_map(arena *a, const build_jit *jit, const nsa_program *program, const build_objects *objects,
                    const char **error) {
  uint64_t *sizes = ARENA_ARRAY(a, uint64_t, jit->count);
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    if (!read_object(a, &objects->parts[i], sizes, jit->count, error))
      return false;
  const char *path = arena_printf(a, "/tmp/perf-%ld.map", (long)getpid());
  FILE *map = fopen(path, "a");
  if (map == NULL) {
    *error = arena_printf(a, "cannot write %s", path);
    return false;
  }
  for (uint32_t i = 0; i < jit->count; i++)
    fprintf(map, "%llx %llx nsa:%s\n", (unsigned long long)(uintptr_t)jit->kernels[i], (unsigned long long)sizes[i],
            program->kernels[i].name);
  bool ok = fclose(map) == 0;
  if (!ok)
    *error = arena_printf(a, "cannot write %s", path);
  return ok;
}
