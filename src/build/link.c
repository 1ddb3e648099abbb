/* SPDX-License-Identifier: MIT */
/* link.c - a native executable: the kernels' object, the program's bytes, the runtime's library. */
#include "build/build_internal.h"
#include "support/exhausted.h"
#include "support/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMPILER "cc"
#define MAX_FLAG_BYTES ((size_t)1 << 16)

const char *build_library_folder(arena *a) {
  const char *folder = file_executable_folder(a);
  return folder == NULL ? NULL : file_join(a, folder, "../lib/nsa");
}

/* ---- the second object: main and the program ---- */

/* A module with main, whose program and kernels are still to come. */
static LLVMModuleRef parse_main(arena *a, LLVMContextRef c, size_t len, uint32_t kernel_count) {
  const char *source =
      arena_printf(a,
                   "@nsa_kernels = external constant ptr\n"
                   "@nsa_program_placeholder = external constant i8\n"
                   "declare i32 @nsa_executable_main(ptr, i64, ptr, i32, i32, ptr)\n"
                   "define i32 @main(i32 %%argc, ptr %%argv) {\n"
                   "  %%r = call i32 @nsa_executable_main(ptr @nsa_program_placeholder, i64 %zu, ptr @nsa_kernels,"
                   " i32 %u, i32 %%argc, ptr %%argv)\n"
                   "  ret i32 %%r\n"
                   "}\n",
                   len, kernel_count);
  LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(source, strlen(source), "main");
  LLVMModuleRef module;
  char *message = NULL;
  if (LLVMParseIRInContext(c, buffer, &module, &message)) { /* owns the buffer now */
    fprintf(stderr, "nsa: a bug in the compiler (link): %s\n", message);
    exit(70);
  }
  return module;
}

/* The program's bytes, in place of their placeholder. */
static void add_program(LLVMContextRef c, LLVMModuleRef module, const uint8_t *bytes, size_t len) {
  LLVMValueRef data = LLVMConstStringInContext2(c, (const char *)bytes, len, 1);
  LLVMValueRef global = LLVMAddGlobal(module, LLVMTypeOf(data), "nsa_program_bytes");
  LLVMSetInitializer(global, data);
  LLVMSetGlobalConstant(global, 1);
  LLVMSetLinkage(global, LLVMInternalLinkage);
  LLVMSetAlignment(global, 16);
  LLVMValueRef placeholder = LLVMGetNamedGlobal(module, "nsa_program_placeholder");
  LLVMReplaceAllUsesWith(placeholder, global);
  LLVMDeleteGlobal(placeholder);
}

static bool emit_main(arena *a, const nsa_program *program, const build_target *target, build_bytes *object,
                      const char **error) {
  LLVMTargetMachineRef machine = build_target_machine(a, target, LLVMCodeGenLevelLess, error);
  if (machine == NULL)
    return false;
  size_t len;
  uint8_t *bytes = nsa_program_write(program, &len);
  bool ok = bytes != NULL;
  if (ok) {
    LLVMContextRef c = LLVMContextCreate();
    LLVMModuleRef module = parse_main(a, c, len, program->kernels_count);
    add_program(c, module, bytes, len);
    build_prepare_module(module, machine, target);
    ok = build_codegen(a, machine, module, LLVMObjectFile, object, error);
    LLVMDisposeModule(module);
    LLVMContextDispose(c);
  } else {
    *error = "out of memory";
  }
  free(bytes);
  LLVMDisposeTargetMachine(machine);
  return ok;
}

/* ---- running the system's linker ---- */

typedef VEC(char *) words;

static void add_word(arena *a, words *w, const char *word) { vec_push(a, w, arena_strdup(a, word, strlen(word))); }

static bool add_flags(arena *a, words *w, const char *library_folder, const char **error) {
  size_t len;
  char *flags = file_read(a, file_join(a, library_folder, "link-flags"), MAX_FLAG_BYTES, &len, error);
  if (flags == NULL)
    return false;
  char *rest;
  for (char *word = strtok_r(flags, " \n", &rest); word != NULL; word = strtok_r(NULL, " \n", &rest))
    vec_push(a, w, word);
  return true;
}

/* Exit status of the command, or -1 with errno when it could not be started. */
static int run(char **argv) {
  int started[2];
  if (pipe(started) != 0)
    return -1;
  pid_t child = fork();
  if (child == 0) {
    close(started[0]);
    fcntl(started[1], F_SETFD, FD_CLOEXEC); /* so the parent reads nothing when exec succeeds */
    execvp(argv[0], argv);
    int reason = errno;
    ssize_t written = write(started[1], &reason, sizeof reason);
    _exit(written == (ssize_t)sizeof reason ? 126 : 127);
  }
  close(started[1]);
  int reason = 0, status = 0;
  ssize_t got = child < 0 ? 0 : read(started[0], &reason, sizeof reason);
  close(started[0]);
  if (child < 0 || (waitpid(child, &status, 0) < 0))
    return -1;
  if (got == (ssize_t)sizeof reason) {
    errno = reason;
    return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool run_linker(arena *a, words *w, const char *output, const char *path, const char **error) {
  vec_push(a, w, NULL);
  int status = run(w->data);
  if (status == 0 && rename(output, path) == 0)
    return true;
  int reason = errno;
  if (status > 0)
    *error = arena_printf(a, "the linker (%s) failed with code %d", COMPILER, status);
  else if (status == 0)
    *error = arena_printf(a, "cannot write %s: %s", path, strerror(reason));
  else
    *error =
        arena_printf(a, "cannot start %s (%s): nsa build needs a C compiler to link with", COMPILER, strerror(reason));
  return false;
}

typedef struct {
  const char *folder, *output;
  const char *main, *kernels[BUILD_PARTS];
} temporary_files;

static void remove_temporary(const void *files) {
  const temporary_files *t = files;
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    unlink(t->kernels[i]);
  unlink(t->main);
  unlink(t->output); /* where the linker made it: it has its own name by now, or is not whole */
  rmdir(t->folder);
  exhausted_remove(NULL, NULL);
}

/* remove_temporary takes away what is made. */
static bool make_temporary(arena *a, const char *path, temporary_files *t, const char **error) {
  const char *base = getenv("TMPDIR");
  char *folder = arena_printf(a, "%s/nsa-build-XXXXXX", base != NULL && base[0] == '/' ? base : "/tmp");
  if (mkdtemp(folder) == NULL) {
    *error = arena_printf(a, "cannot make the folder %s: %s", folder, strerror(errno));
    return false;
  }
  *t = (temporary_files){.folder = folder, .main = "", .output = "", .kernels = {"", "", ""}};
  exhausted_remove(remove_temporary, t);
  t->main = file_join(a, folder, "main.o");
  t->output = arena_printf(a, "%s.%ld.tmp", path, (long)getpid());
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    t->kernels[i] = arena_printf(a, "%s/kernels%u.o", folder, i);
  return true;
}

static bool write_object(arena *a, const char *path, const build_bytes *object, const char **error) {
  const char *why = NULL;
  if (file_write_atomic(a, path, object->data, object->len, &why))
    return true;
  *error = arena_printf(a, "cannot write %s: %s", path, why);
  return false;
}

static bool write_objects(arena *a, words *w, const temporary_files *t, const build_objects *kernels,
                          const build_bytes *start, const char **error) {
  add_word(a, w, t->main);
  if (!write_object(a, t->main, start, error))
    return false;
  for (uint32_t i = 0; i < BUILD_PARTS; i++) {
    const build_bytes *object = &kernels->parts[i];
    if (object->len == 0)
      continue;
    add_word(a, w, t->kernels[i]);
    if (!write_object(a, t->kernels[i], object, error))
      return false;
  }
  return true;
}

static bool write_and_link(arena *a, const temporary_files *t, const build_objects *kernels, const build_bytes *start,
                           const char *library_folder, const char *path, const char **error) {
  words w = {0};
  const char *library = file_join(a, library_folder, "libnsa_rt.a");
  if (!file_exists(library)) {
    *error = arena_printf(a, "the runtime's library %s is missing", library);
    return false;
  }
  const char *const command[] = {COMPILER, "-o", t->output};
  for (size_t i = 0; i < sizeof command / sizeof command[0]; i++)
    add_word(a, &w, command[i]);
  if (!write_objects(a, &w, t, kernels, start, error))
    return false;
  add_word(a, &w, library);
  return add_flags(a, &w, library_folder, error) && run_linker(a, &w, t->output, path, error);
}

bool build_executable(arena *a, const nsa_program *program, const build_target *target, const build_objects *kernels,
                      const char *library_folder, const char *path, const char **error) {
  build_bytes start;
  temporary_files t;
  if (!emit_main(a, program, target, &start, error) || !make_temporary(a, path, &t, error))
    return false;
  bool ok = write_and_link(a, &t, kernels, &start, library_folder, path, error);
  remove_temporary(&t);
  return ok;
}
