/* SPDX-License-Identifier: MIT */
#include "driver/sandbox.h"
#include "build/build.h"
#include "nsa_sandbox.h"
#include "support/file.h"

#include <errno.h>
#include <stdlib.h>

/* ---- what is read ---- */

static bool is_verb(const arguments *args, const char *verb) { return strcmp(args->verb, verb) == 0; }

/* Files that a model names are below its folder; what stands beside the tool comes with it. */
static void allow_inputs(arena *a, nsa_sandbox *s, const arguments *args) {
  const char *bin = file_executable_folder(a);
  nsa_sandbox_read_beside(s, args->file);
  nsa_sandbox_read(s, args->file); /* it may be a link */
  if (args->values[ARGUMENT_against] != NULL) {
    nsa_sandbox_read_beside(s, args->values[ARGUMENT_against]);
    nsa_sandbox_read(s, args->values[ARGUMENT_against]);
  }
  for (uint32_t k = 0; k < args->allowed.len; k++)
    nsa_sandbox_read(s, args->allowed.data[k]);
  if (bin != NULL)
    nsa_sandbox_read(s, file_join(a, bin, "../share/nsa/models"));
  for (uint32_t k = 0; k < args->patterns.len; k++)
    nsa_sandbox_read_beside(s, args->patterns.data[k].path);
  if (args->resumed != NULL)
    nsa_sandbox_read_results_of(s, args->resumed);
  for (uint32_t k = 0; k < args->plugins.len; k++)
    nsa_sandbox_read_beside(s, args->plugins.data[k].path);
}

/* Fonts; folders of results. */
static void allow_pictures(nsa_sandbox *s, const arguments *args) {
  static const char *const fonts[] = {"/etc/fonts", "/var/cache/fontconfig"};
  for (size_t k = 0; k < sizeof fonts / sizeof *fonts; k++)
    nsa_sandbox_read(s, fonts[k]);
  for (uint32_t k = 0; k < args->others.len; k++)
    nsa_sandbox_read(s, args->others.data[k]);
  if (args->values[ARGUMENT_plot_output] != NULL)
    nsa_sandbox_write_beside(s, args->values[ARGUMENT_plot_output]);
}

/* ---- what is written ---- */

static void allow_outputs(arena *a, nsa_sandbox *s, const arguments *args) {
  const char *out = args->values[ARGUMENT_sweep_out];
  if (is_verb(args, "run") && !args->has_no_results)
    nsa_sandbox_write_beside(s, args->out != NULL ? args->out : "results");
  if (is_verb(args, "sweep"))
    nsa_sandbox_write_beside(s, out != NULL ? out : "results");
  if (is_verb(args, "analyse"))
    nsa_sandbox_write_beside(s, args->values[ARGUMENT_analyse_out] != NULL ? args->values[ARGUMENT_analyse_out]
                                                                           : "results");
  if (is_verb(args, "export"))
    nsa_sandbox_write_beside(s,
                             args->values[ARGUMENT_export_out] != NULL ? args->values[ARGUMENT_export_out] : "edges");
  if (is_verb(args, "build"))
    nsa_sandbox_write_beside(s, args->values[ARGUMENT_output] != NULL ? args->values[ARGUMENT_output] : "executable");
  if (is_verb(args, "fmt") && args->values[ARGUMENT_write] != NULL)
    nsa_sandbox_write_beside(s, args->file);
  if (args->values[ARGUMENT_no_cache] == NULL)
    nsa_sandbox_write(s, build_cache_folder(a));
}

/* ---- the linker ---- */

/* Where programs are looked for: of "/usr/bin" all below "/usr", for what a compiler has beside its folder. */
static void allow_programs(arena *a, nsa_sandbox *s) {
  const char *path = getenv("PATH");
  char *words = arena_strdup(a, path != NULL ? path : "", path != NULL ? strlen(path) : 0), *rest;
  for (char *word = strtok_r(words, ":", &rest); word != NULL; word = strtok_r(NULL, ":", &rest)) {
    char *compiler = file_join(a, word, BUILD_COMPILER), *real = NULL;
    if (file_exists(compiler))
      real = realpath(compiler, NULL);
    if (real != NULL)
      nsa_sandbox_execute(s, file_folder(a, file_folder(a, real)));
    if (real != NULL)
      nsa_sandbox_execute(s, compiler);
    free(real);
  }
}

static void allow_linker(arena *a, nsa_sandbox *s) {
  static const char *const system[] = {"/usr", "/lib", "/lib64", "/bin", "/opt", "/nix/store"};
  static const char *const settings[] = {"/etc/alternatives", "/etc/ld.so.conf", "/etc/ld.so.conf.d"};
  const char *temporary = getenv("TMPDIR");
  for (size_t k = 0; k < sizeof system / sizeof system[0]; k++)
    nsa_sandbox_execute(s, system[k]);
  for (size_t k = 0; k < sizeof settings / sizeof settings[0]; k++)
    nsa_sandbox_read(s, settings[k]);
  allow_programs(a, s);
  nsa_sandbox_read(s, build_library_folder(a));
  nsa_sandbox_write(s, temporary != NULL && temporary[0] == '/' ? temporary : "/tmp");
}

bool sandbox_enter(arena *a, const arguments *args) {
  if (args->has_no_sandbox || !nsa_sandbox_is_wanted())
    return true;
  bool has_linker = is_verb(args, "build");
  nsa_sandbox s = nsa_sandbox_begin();
  allow_inputs(a, &s, args);
  allow_outputs(a, &s, args);
  if (is_verb(args, "plot"))
    allow_pictures(&s, args);
  if (has_linker)
    allow_linker(a, &s);
  if (nsa_sandbox_close(&s, has_linker))
    return true;
  fprintf(stderr, "nsa %s: the system does not let it give up rights (%s); --no-sandbox goes on with all of them\n",
          args->verb, strerror(errno));
  return false;
}
