/* SPDX-License-Identifier: MIT */
/* build.h - from IR to machine code: in this process, in a cache, in an executable.
 *
 *   ir_program -> LLVM module -> optimised -> object file (bytes) -> linked into this process
 *                                                               \-> linked into an executable
 *
 * One road: `nsa run` and `nsa build` link the same bytes, and the cache holds them. All functions
 * return false or NULL with *error (the world's failures: no compiler, no memory for code, no such
 * processor); our own mistakes abort with 70. Nothing is kept between calls. */
#ifndef NSA_BUILD_BUILD_H
#define NSA_BUILD_BUILD_H

#include "ir/ir.h"
#include "nsa_rt.h"

/* ---- what to compile for ---- */

typedef struct {
  const char *triple, *cpu, *features; /* LLVM's names */
  uint32_t width;                      /* lanes of double */
  bool pairs_vectors;                  /* long steps take two vectors at once: unless a width was asked for */
} build_target;

/* This machine. width 0: what suits it (2 lanes for SSE2 and NEON, 4 for AVX2, 8 for AVX-512 but for its first
 * processors); else 1, 2, 4 or 8. */
bool build_target_host(arena *a, uint32_t width, build_target *target, const char **error);
/* The linked LLVM's version, "19.1.7". */
const char *build_llvm_version(arena *a);

/* ---- objects ---- */

typedef struct {
  bool use_cache;         /* look for the objects in the cache, and put them there */
  bool is_text;           /* to be read: one module of all functions, and assembler instead of an object file */
  const diag_sink *debug; /* not NULL: line tables (and no cache, as they depend on places) */
  const char *passes;     /* LLVM pass pipeline; NULL: ours */
} build_options;

typedef struct {
  const uint8_t *data;
  size_t len;
} build_bytes;

/* A program's object files; a part may be empty. Kernels that run at every step are spread over two, which are
 * compiled at the same time by two threads; what runs once, and long kernels, are compiled apart, with less effort. */
enum { BUILD_PARTS = 3 };
typedef struct {
  build_bytes parts[BUILD_PARTS];
} build_objects;

/* The modules of the parts between emission and machine code. Where the cache has the objects, there are none. */
typedef struct build_modules build_modules;

/* The three stages, each of which needs the one before. What they take must live as long as the modules do. After a
 * failure only build_modules_free may follow; where build_emit fails, it gives NULL and leaves nothing to free. */
build_modules *build_emit(arena *a, const ir_program *program, const build_target *target, const build_options *options,
                          const char **error);
bool build_optimise(build_modules *m, const char **error);
/* The bytes live in the arena of build_emit and are the same for the same program, whatever the number of processors.
 */
bool build_generate(build_modules *m, build_objects *objects, const char **error);
/* The module as LLVM prints it, in the arena; only with is_text. */
const char *build_modules_text(const build_modules *m);
void build_modules_free(build_modules *m); /* NULL: nothing */

/* The three stages in order, for those who need nothing in between. is_cached may be NULL. */
bool build_compile(arena *a, const ir_program *program, const build_target *target, const build_options *options,
                   build_objects *objects, bool *is_cached, const char **error);

/* ---- in this process ---- */

typedef struct build_jit build_jit;

/* Links the objects into this process; kernels are there until build_jit_free. */
build_jit *build_jit_new(arena *a, const build_objects *objects, const char **error);
const nsa_kernel_fn *build_jit_kernels(const build_jit *jit, uint32_t *count);
void build_jit_free(build_jit *jit);

/* ---- the cache (cache.c) ---- */

typedef struct {
  uint64_t lo, hi;
} build_key;

/* What the objects depend on: operations, types and slots of the functions, the processor, LLVM, this
 * compiler. Not: names, places, parameters' values. */
build_key build_cache_key(const ir_program *program, const build_target *target);
/* $NSA_CACHE, $XDG_CACHE_HOME/nsa or ~/.cache/nsa; NULL when caching is off (NSA_CACHE=off) or the folder
 * is not ours alone. Made when missing. */
const char *build_cache_folder(arena *a);
/* False when there is none, or it is damaged. */
bool build_cache_read(arena *a, const char *folder, build_key key, build_objects *objects);
/* Failures are silent: the cache is a convenience. */
void build_cache_write(arena *a, const char *folder, build_key key, const build_objects *objects);

/* ---- executables (link.c) ---- */

#define BUILD_COMPILER "cc"
/* <folder of the running executable>/../lib/nsa: libnsa_rt.a and link-flags. */
const char *build_library_folder(arena *a);
typedef struct {
  const char *library_folder, *path;
  bool is_verbose; /* the linker's command and its words go to stderr */
} build_executable_options;
/* Links kernels and program with the runtime into an executable at the path, by the system's `cc`. */
bool build_executable(arena *a, const nsa_program *program, const build_target *target, const build_objects *kernels,
                      const build_executable_options *options, const char **error);

#endif
