/* SPDX-License-Identifier: MIT */
/* debug.c - line tables: gdb, perf and disassemblers can lead from machine code to the .nsa line. */
#include "emit/emit_internal.h"

static void add_module_flag(module_emitter *m, const char *name, unsigned value) {
  LLVMMetadataRef number = LLVMValueAsMetadata(LLVMConstInt(m->i32, value, 0));
  LLVMAddModuleFlag(m->module, LLVMModuleFlagBehaviorWarning, name, strlen(name), number);
}

static LLVMMetadataRef debug_file(module_emitter *m, uint32_t number) {
  LLVMMetadataRef *file = &m->debug_files[number];
  if (*file == NULL) {
    const char *path = diag_file_path(m->options->debug, number);
    *file = LLVMDIBuilderCreateFile(m->debug, path, strlen(path), ".", 1);
  }
  return *file;
}

void emit_debug_start(module_emitter *m) {
  const diag_sink *sink = m->options->debug;
  if (sink == NULL || diag_file_count(sink) == 0)
    return;
  m->debug = LLVMCreateDIBuilder(m->module);
  m->debug_files = ARENA_ARRAY(m->arena, LLVMMetadataRef, diag_file_count(sink));
  add_module_flag(m, "Debug Info Version", LLVMDebugMetadataVersion());
  add_module_flag(m, "Dwarf Version", 4);
  LLVMDIBuilderCreateCompileUnit(m->debug, LLVMDWARFSourceLanguageC, debug_file(m, 0), "nsa", 3, 1, "", 0, 0, "", 0,
                                 LLVMDWARFEmissionLineTablesOnly, 0, 0, 0, "", 0, "", 0);
}

static bool has_place(const module_emitter *m, span at) { return at.file < diag_file_count(m->options->debug); }

static span first_place(const kernel *k) {
  for (uint32_t i = 0; i < k->function->ops.len; i++)
    if (has_place(k->m, k->function->ops.data[i].at))
      return k->function->ops.data[i].at;
  return (span){0, 0, 0};
}

void emit_debug_function(kernel *k) {
  module_emitter *m = k->m;
  if (m->debug == NULL)
    return;
  span at = first_place(k);
  uint32_t line, column;
  diag_locate(m->options->debug, at, &line, &column);
  LLVMMetadataRef file = debug_file(m, at.file);
  LLVMMetadataRef type = LLVMDIBuilderCreateSubroutineType(m->debug, file, NULL, 0, LLVMDIFlagZero);
  size_t len;
  const char *symbol = LLVMGetValueName2(k->fn, &len);
  const char *name = k->function->name;
  k->scope = LLVMDIBuilderCreateFunction(m->debug, file, name, strlen(name), symbol, len, file, line, type, 0, 1, line,
                                         LLVMDIFlagZero, 1);
  LLVMSetSubprogram(k->fn, k->scope);
  emit_debug_place(k, m->entry, at);
  emit_debug_place(k, m->head, at);
}

void emit_debug_place(kernel *k, LLVMBuilderRef b, span at) {
  module_emitter *m = k->m;
  if (m->debug == NULL || !has_place(m, at))
    return;
  uint32_t line, column;
  diag_locate(m->options->debug, at, &line, &column);
  LLVMMetadataRef scope = LLVMDIBuilderCreateLexicalBlockFile(m->debug, k->scope, debug_file(m, at.file), 0);
  LLVMSetCurrentDebugLocation2(b, LLVMDIBuilderCreateDebugLocation(m->context, line, column, scope, NULL));
}

void emit_debug_finish(module_emitter *m) {
  if (m->debug == NULL)
    return;
  LLVMDIBuilderFinalize(m->debug);
  LLVMDisposeDIBuilder(m->debug);
}
