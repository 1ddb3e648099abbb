/* SPDX-License-Identifier: MIT */
/* link.c - a native executable: the kernels' object, the program's bytes, the runtime's library. */
#include "build/build_internal.h"
#include "nsa_interrupts.h"
#include "support/file.h"
#include "support/text.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FLAG_BYTES ((size_t)1 << 16)
#define MAX_SAID_BYTES ((size_t)1 << 16)

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

/* What a command printed is in `said`, in the arena. */
typedef struct {
  int status; /* its exit code; 128 + a signal's number; -1 with `reason` (an errno) when it could not be started */
  int reason;
  text said;
} command_end;

static bool open_pipe(int ends[2]) {
  if (pipe(ends) != 0)
    return false;
  for (int i = 0; i < 2; i++)
    fcntl(ends[i], F_SETFD, FD_CLOEXEC);
  return true;
}

/* Interrupts wait until we know of the child, or it of its group. */
static sigset_t hold_interrupts(void) {
  sigset_t held, before;
  sigemptyset(&held);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &held, &before);
  return before;
}

/* In the child. The parent reads nothing from `started` when exec succeeds. A group of its own: interrupts end it
 * through us, with all that it has started. */
static void start_command(char **argv, int started, int output, const sigset_t *signals) {
  setpgid(0, 0);
  pthread_sigmask(SIG_SETMASK, signals, NULL);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execvp(argv[0], argv);
  int reason = errno;
  ssize_t written = write(started, &reason, sizeof reason);
  _exit(written == (ssize_t)sizeof reason ? 126 : 127);
}

static void read_to_end(int from, text *to) {
  char block[4096];
  for (ssize_t n; (n = read(from, block, sizeof block)) > 0 || (n < 0 && errno == EINTR);)
    if (n > 0 && to->len < MAX_SAID_BYTES)
      text_add(to, block, (size_t)n);
}

static command_end wait_for_command(arena *a, pid_t child, int started, int output) {
  command_end end = {.status = -1, .said = text_new(a)};
  int status = 0;
  ssize_t got = read(started, &end.reason, sizeof end.reason);
  read_to_end(output, &end.said);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  nsa_leftover_forget_group(child);
  if (got != (ssize_t)sizeof end.reason)
    end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return end;
}

static command_end run(arena *a, char **argv) {
  int started[2], output[2];
  if (!open_pipe(started))
    return (command_end){.status = -1, .reason = errno};
  if (!open_pipe(output)) {
    int reason = errno;
    close(started[0]);
    close(started[1]);
    return (command_end){.status = -1, .reason = reason};
  }
  sigset_t signals = hold_interrupts();
  pid_t child = fork();
  if (child == 0)
    start_command(argv, started[1], output[1], &signals);
  int reason = errno;
  if (child > 0) {
    setpgid(child, child); /* whoever comes first */
    nsa_leftover_group(child);
  }
  pthread_sigmask(SIG_SETMASK, &signals, NULL);
  close(started[1]);
  close(output[1]);
  command_end end =
      child > 0 ? wait_for_command(a, child, started[0], output[0]) : (command_end){.status = -1, .reason = reason};
  close(started[0]);
  close(output[0]);
  return end;
}

static void show_command(char *const *argv, const command_end *end) {
  for (int i = 0; argv[i] != NULL; i++)
    fprintf(stderr, "%s%s", i == 0 ? "" : " ", argv[i]);
  fprintf(stderr, "\n%s", text_cstr(&end->said));
}

static bool run_linker(arena *a, words *w, const build_executable_options *o, const char *output, const char **error) {
  vec_push(a, w, NULL);
  command_end end = run(a, w->data);
  if (o->is_verbose)
    show_command(w->data, &end);
  if (end.status == 0 && rename(output, o->path) == 0)
    return true;
  int reason = errno;
  if (end.status > 0)
    *error = arena_printf(a, "the linker (%s) failed with code %d%s", BUILD_COMPILER, end.status,
                          o->is_verbose ? "" : "; --verbose shows its command and what it says");
  else if (end.status == 0)
    *error = arena_printf(a, "cannot write %s: %s", o->path, strerror(reason));
  else
    *error = arena_printf(a, "cannot start %s (%s): nsa build needs a C compiler to link with", BUILD_COMPILER,
                          strerror(end.reason));
  return false;
}

typedef struct {
  const char *folder, *output;
  const char *main, *kernels[BUILD_PARTS];
} temporary_files;

/* What goes in the end, on an interrupt, and where memory ends. The folder is noted when it is made. */
static void note_temporary(const temporary_files *t, void (*note)(const char *path)) {
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    note(t->kernels[i]);
  note(t->main);
  note(t->output);
}

static void remove_temporary(const temporary_files *t) {
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    unlink(t->kernels[i]);
  unlink(t->main);
  unlink(t->output); /* where the linker made it: it has its own name by now, or is not whole */
  rmdir(t->folder);
  note_temporary(t, nsa_leftover_forget_file);
  nsa_leftover_forget_file(t->folder);
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
  nsa_leftover_file(t->folder);
  t->main = file_join(a, folder, "main.o");
  t->output = arena_printf(a, "%s.%ld.tmp", path, (long)getpid());
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    t->kernels[i] = arena_printf(a, "%s/kernels%u.o", folder, i);
  note_temporary(t, nsa_leftover_file);
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

/* Whoever can read the executable cannot write over what it calls: a place of its own in memory for each run, and all
 * functions bound at the start. */
static const char *const hardening[] = {"-pie", "-Wl,-z,relro,-z,now,-z,noexecstack"};

static bool write_and_link(arena *a, const temporary_files *t, const build_objects *kernels, const build_bytes *start,
                           const build_executable_options *o, const char **error) {
  words w = {0};
  const char *library = file_join(a, o->library_folder, "libnsa_rt.a");
  if (!file_exists(library)) {
    *error = arena_printf(a, "the runtime's library %s is missing", library);
    return false;
  }
  const char *const command[] = {BUILD_COMPILER, "-o", t->output};
  for (size_t i = 0; i < sizeof command / sizeof command[0]; i++)
    add_word(a, &w, command[i]);
  for (size_t i = 0; i < sizeof hardening / sizeof hardening[0]; i++)
    add_word(a, &w, hardening[i]);
  if (!write_objects(a, &w, t, kernels, start, error))
    return false;
  add_word(a, &w, library);
  return add_flags(a, &w, o->library_folder, error) && run_linker(a, &w, o, t->output, error);
}

/* What the linker would say in words of its own. */
static bool can_write(arena *a, const char *path, const char **error) {
  struct stat there;
  bool is_there = stat(path, &there) == 0;
  if (is_there && !S_ISREG(there.st_mode))
    *error = arena_printf(a, "cannot write %s: it is %s", path, S_ISDIR(there.st_mode) ? "a folder" : "no plain file");
  else if (access(file_folder(a, path), W_OK | X_OK) != 0)
    *error =
        arena_printf(a, "cannot write %s: %s", path, errno == ENOENT ? "its folder does not exist" : strerror(errno));
  else
    return true;
  return false;
}

bool build_executable(arena *a, const nsa_program *program, const build_target *target, const build_objects *kernels,
                      const build_executable_options *options, const char **error) {
  build_bytes start;
  temporary_files t;
  if (!can_write(a, options->path, error) || !emit_main(a, program, target, &start, error) ||
      !make_temporary(a, options->path, &t, error))
    return false;
  bool ok = write_and_link(a, &t, kernels, &start, options, error);
  remove_temporary(&t);
  return ok;
}
