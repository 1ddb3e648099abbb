/* SPDX-License-Identifier: MIT */
/* module.c - what all that is written into a module needs: attributes of functions, tags of fields. */
#include "emit/emit_internal.h"
#include <stdio.h>
#include <stdlib.h>

_Noreturn void emit_bug(const char *what, const char *where) {
  fprintf(stderr, "nsa: a bug in the compiler (emit): %s: %s\n", what, where);
  exit(70);
}

void emit_function_attributes(module_emitter *m, LLVMValueRef fn) {
  LLVMAttributeIndex whole = (LLVMAttributeIndex)LLVMAttributeFunctionIndex;
  LLVMAddAttributeAtIndex(fn, whole, m->cpu);
  LLVMAddAttributeAtIndex(fn, whole, m->features);
  LLVMAddAttributeAtIndex(fn, whole, m->nounwind);
  /* Some processors prefer to halve the widest vectors: what was asked for is used. */
  char bits[16];
  snprintf(bits, sizeof bits, "%u", m->options->width * 64);
  LLVMAddTargetDependentFunctionAttr(fn, "min-legal-vector-width", bits);
  LLVMAddTargetDependentFunctionAttr(fn, "prefer-vector-width", bits);
}

/* Fields are separate arrays: each is a type of its own for LLVM's type-based alias analysis. */
void emit_tag_field(module_emitter *m, LLVMValueRef access, nsa_field_id field) {
  if (m->tbaa[field.id] == NULL) {
    const char *name = arena_printf(m->arena, "field %u", field.id);
    LLVMMetadataRef zero = LLVMValueAsMetadata(LLVMConstInt(m->i64, 0, 0));
    LLVMMetadataRef parts[3] = {LLVMMDStringInContext2(m->context, name, strlen(name)), m->tbaa_root, zero};
    LLVMMetadataRef type = LLVMMDNodeInContext2(m->context, parts, 3);
    LLVMMetadataRef tag[3] = {type, type, zero};
    m->tbaa[field.id] = LLVMMetadataAsValue(m->context, LLVMMDNodeInContext2(m->context, tag, 3));
  }
  LLVMSetMetadata(access, m->tbaa_kind, m->tbaa[field.id]);
}
