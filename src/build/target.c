/* SPDX-License-Identifier: MIT */
/* target.c - the processor to compile for. */
#include "build/build_internal.h"
#include <stdio.h>
#include <stdlib.h>

/* LLVM would exit(1): what happened is its bug or ours, never the author's. */
static void fatal(const char *reason) {
  fprintf(stderr, "nsa: a bug in the compiler: LLVM says: %s\n", reason);
  exit(70);
}

void build_start_llvm(void) {
  LLVMInstallFatalErrorHandler(fatal);
  if (LLVMInitializeNativeTarget() || LLVMInitializeNativeAsmPrinter())
    fatal("the native target is missing");
}

const char *build_llvm_error(arena *a, LLVMErrorRef error) {
  char *message = LLVMGetErrorMessage(error);
  const char *copy = arena_strdup(a, message, strlen(message));
  LLVMDisposeErrorMessage(message);
  return copy;
}

static const char *taken(arena *a, char *message) {
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
  target->triple = taken(a, LLVMGetDefaultTargetTriple());
  target->cpu = taken(a, LLVMGetHostCPUName());
  target->features = taken(a, LLVMGetHostCPUFeatures());
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
    *error = taken(a, message);
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
