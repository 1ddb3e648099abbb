/* SPDX-License-Identifier: MIT */
#include "driver/inputs.h"
#include "support/file.h"

const char *inputs_library(arena *a) {
  const char *bin = file_executable_folder(a);
  return bin ? file_join(a, bin, "../share/nsa/models") : NULL;
}

static nsa_input_folders folders(arena *a, const compile_options *o, const char *library) {
  nsa_input_folder *list = ARENA_ARRAY(a, nsa_input_folder, o->allowed_count + 2);
  uint32_t count = 0;
  list[count++].path = file_folder(a, o->path);
  for (uint32_t k = 0; k < o->allowed_count; k++)
    list[count++].path = o->allowed[k];
  if (library)
    list[count++].path = library;
  return (nsa_input_folders){list, count};
}

nsa_input_folders inputs_of_compile(arena *a, const compile_options *o) { return folders(a, o, inputs_library(a)); }
nsa_input_folders inputs_of_run(arena *a, const compile_options *o) { return folders(a, o, NULL); }
