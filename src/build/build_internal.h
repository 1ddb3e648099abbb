/* SPDX-License-Identifier: MIT */
/* build_internal.h - what the files of build/ share. */
#ifndef NSA_BUILD_BUILD_INTERNAL_H
#define NSA_BUILD_BUILD_INTERNAL_H

#include "build/build.h"
#include "emit/llvm_api.h"

/* Makes the native target known to LLVM; may be called any number of times. */
void build_start_llvm(void);
/* NULL with *error. The caller disposes of it. */
LLVMTargetMachineRef build_target_machine(arena *a, const build_target *target, LLVMCodeGenOptLevel level,
                                          const char **error);
/* A message that LLVM made, in the arena instead. */
const char *build_taken(arena *a, char *message);
/* The message of an LLVM error, which is consumed. */
const char *build_llvm_error(arena *a, LLVMErrorRef error);
/* Gives the module the layout and name of the machine that it is for. */
void build_prepare_module(LLVMModuleRef module, LLVMTargetMachineRef machine, const build_target *target);
/* Object file of a module, in the arena. */
bool build_codegen(arena *a, LLVMTargetMachineRef machine, LLVMModuleRef module, LLVMCodeGenFileType type,
                   build_bytes *out, const char **error);

#endif
