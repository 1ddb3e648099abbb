/* SPDX-License-Identifier: MIT */
/* llvm_api.h - the parts of LLVM's C API that emit and build use; nobody else includes LLVM.
 *
 * What works on LLVM's global context is poisoned: one context belongs to one compile, so that several
 * may run in one process. */
#ifndef NSA_EMIT_LLVM_API_H
#define NSA_EMIT_LLVM_API_H

#include <llvm-c/Analysis.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/Error.h>
#include <llvm-c/ErrorHandling.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Linker.h>
#include <llvm-c/Orc.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

#ifdef __GNUC__
#pragma GCC poison LLVMGetGlobalContext LLVMModuleCreateWithName LLVMCreateBuilder
#pragma GCC poison LLVMInt1Type LLVMInt8Type LLVMInt16Type LLVMInt32Type LLVMInt64Type LLVMIntType
#pragma GCC poison LLVMHalfType LLVMFloatType LLVMDoubleType LLVMVoidType LLVMLabelType
#pragma GCC poison LLVMStructType LLVMConstStruct LLVMConstString LLVMPointerType
#pragma GCC poison LLVMAppendBasicBlock LLVMInsertBasicBlock LLVMMDNode LLVMMDString LLVMGetMDKindID
#pragma GCC poison LLVMParseBitcode LLVMParseBitcode2 LLVMGetBitcodeModule LLVMGetBitcodeModule2
#endif

#endif
