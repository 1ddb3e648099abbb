/* SPDX-License-Identifier: MIT */
/* target.c - the processor to compile for. */
#include "build/build_internal.h"
#include "support/exhausted.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* LLVM would exit(1): what happened is its bug or ours, never the author's. */
static void fatal(const char *reason) {
  fprintf(stderr, "nsa: a bug in the compiler: LLVM says: %s\n", reason);
  exit(70);
}

/* By itself LLVM aborts where it finds no memory, and so does C++, whose exceptions LLVM is built without. Both ask a
 * handler first, but LLVM's C interface cannot set it. So these two functions of llvm/Support/ErrorHandling.h are
 * called by their names of C++: the first is for what LLVM takes by malloc, the second lets C++'s `new` come to the
 * first. */
void _ZN4llvm31install_bad_alloc_error_handlerEPFvPvPKcbES0_(void (*handler)(void *context, const char *reason, bool),
                                                             void *context);
void _ZN4llvm33install_out_of_memory_new_handlerEv(void);

static void no_memory(void *context, const char *reason, bool asks_for_report) {
  (void)context, (void)reason, (void)asks_for_report;
  exhausted();
}

static void start_llvm(void) {
  LLVMInstallFatalErrorHandler(fatal);
  _ZN4llvm31install_bad_alloc_error_handlerEPFvPvPKcbES0_(no_memory, NULL);
  _ZN4llvm33install_out_of_memory_new_handlerEv();
  if (LLVMInitializeNativeTarget() || LLVMInitializeNativeAsmPrinter())
    fatal("the native target is missing");
}

void build_start_llvm(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, start_llvm);
}

const char *build_llvm_error(arena *a, LLVMErrorRef error) {
  char *message = LLVMGetErrorMessage(error);
  const char *copy = arena_strdup(a, message, strlen(message));
  LLVMDisposeErrorMessage(message);
  return copy;
}

const char *build_taken(arena *a, char *message) {
  exhausted_unless(message);
  const char *copy = arena_strdup(a, message, strlen(message));
  LLVMDisposeMessage(message);
  return copy;
}

static bool has_feature(const char *features, const char *name) {
  size_t len = strlen(name);
  for (const char *at = strstr(features, name); at != NULL; at = strstr(at + 1, name))
    if (at != features && at[-1] == '+' && (at[len] == ',' || at[len] == '\0'))
      return true;
  return false;
}

/* The first processors with AVX-512 lower their clock for vectors of eight lanes, and lose by them. */
static bool slows_by_avx512(const char *cpu) {
  static const char *const names[] = {"knl", "knm", "skylake-avx512", "cascadelake", "cooperlake", "cannonlake"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp(cpu, names[i]) == 0)
      return true;
  return false;
}

static uint32_t suitable_width(const char *cpu, const char *features) {
  if (has_feature(features, "avx512f") && has_feature(features, "avx512vl") && has_feature(features, "avx512dq") &&
      !slows_by_avx512(cpu))
    return 8;
  return has_feature(features, "avx2") ? 4 : 2;
}

bool build_target_host(arena *a, uint32_t width, build_target *target, const char **error) {
  if (width != 0 && width != 1 && width != 2 && width != 4 && width != 8) {
    *error = arena_printf(a, "vectors have 1, 2, 4 or 8 lanes, not %u", width);
    return false;
  }
  build_start_llvm();
  target->triple = build_taken(a, LLVMGetDefaultTargetTriple());
  target->cpu = build_taken(a, LLVMGetHostCPUName());
  target->features = build_taken(a, LLVMGetHostCPUFeatures());
  target->width = width != 0 ? width : suitable_width(target->cpu, target->features);
  target->pairs_vectors = width == 0;
  return true;
}

const char *build_llvm_version(arena *a) {
  unsigned major, minor, patch;
  LLVMGetVersion(&major, &minor, &patch);
  return arena_printf(a, "%u.%u.%u", major, minor, patch);
}

LLVMTargetMachineRef build_target_machine(arena *a, const build_target *target, LLVMCodeGenOptLevel level,
                                          const char **error) {
  build_start_llvm();
  LLVMTargetRef found;
  char *message = NULL;
  if (LLVMGetTargetFromTriple(target->triple, &found, &message)) {
    *error = build_taken(a, message);
    return NULL;
  }
  LLVMTargetMachineOptionsRef o = LLVMCreateTargetMachineOptions();
  LLVMTargetMachineOptionsSetCPU(o, target->cpu);
  LLVMTargetMachineOptionsSetFeatures(o, target->features);
  LLVMTargetMachineOptionsSetCodeGenOptLevel(o, level);
  /* Code that may lie anywhere suits both this process and executables. */
  LLVMTargetMachineOptionsSetRelocMode(o, LLVMRelocPIC);
  LLVMTargetMachineOptionsSetCodeModel(o, LLVMCodeModelSmall);
  LLVMTargetMachineRef machine = LLVMCreateTargetMachineWithOptions(found, target->triple, o);
  LLVMDisposeTargetMachineOptions(o);
  if (machine == NULL)
    *error = arena_printf(a, "LLVM cannot compile for %s", target->triple);
  return machine;
}
