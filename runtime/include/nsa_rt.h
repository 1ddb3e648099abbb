/* SPDX-License-Identifier: MIT */
/* nsa_rt.h - the ABI between kernels and the runtime, and the runtime's front door. */
#ifndef NSA_RT_H
#define NSA_RT_H

#include "nsa_input.h"
#include "nsa_program.h"
#include <stdbool.h>
#include <stdio.h>

#define NSA_ABI_VERSION 4

/* Arrays are padded to whole multiples of this many entries; kernels get multiples of it. */
#define NSA_PAD 32
/* Kernels of the roles SETTLE and ARRIVAL work on the few elements that fired, or on the links that events reach. They
 * get multiples of this. */
#define NSA_LANES 8
/* A tile: so many entries are handled together, and stay in the cache. Reductions are cut so, whatever the number of
 * threads. */
#define NSA_TILE 1024
#define NSA_MAX_TIMESCALES 16
#define NSA_MAX_EVENTS 32 /* a component: the bits of nsa_range_out.events */

/* The time, as kernels see it. For each timescale: the number of its tick, and tick * dt. STEP kernels
 * of phases 1 to 4 get the tick that begins; roles SOURCE, LINK, COLLECT and PROBE get the state's own
 * time (one more). */
typedef struct {
  double tick[NSA_MAX_TIMESCALES];
  double time[NSA_MAX_TIMESCALES]; /* ms */
  uint64_t seed;
  const double *first; /* per domain: the number, in the whole population, of its first entry here. Draws, places and
                          the index `i` go by numbers in the whole population; `begin` and index fields by entries. */
} nsa_clock;

/* What a call says back; the kernel sets bits, never clears them. */
typedef struct {
  uint32_t events;    /* bit e: event e of the population fired somewhere in the range */
  uint32_t nonfinite; /* 1: a checked value was NaN or infinite */
} nsa_range_out;

/* One kernel. fields[i]: the array of field slots[i] of its description (uniform fields: one entry,
 * padded). Entries [begin, end), both multiples of NSA_PAD, or of NSA_LANES. `self` is for kernels that are not
 * machine code (the interpreter); compiled ones ignore it. */
typedef void (*nsa_kernel_fn)(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin,
                              uint64_t end, nsa_range_out *out);

typedef struct {
  nsa_kernel_fn fn;
  const void *self;
} nsa_kernel_entry;

/* The time of a stage of the compiler, for --time and run.json. */
typedef struct {
  const char *name;
  double seconds;
} nsa_stage_time;

/* A model as it was compiled. */
typedef struct {
  const nsa_program *program; /* NULL: there is none */
  const nsa_kernel_entry *kernels;
} nsa_compiled;

typedef struct {
  const char *program_name; /* for messages: "nsa run" or the executable's name */
  const char *model_path;   /* for results; NULL in an executable */
  const nsa_stage_time *stages;
  uint32_t stage_count;
  double process_start;                 /* CLOCK_MONOTONIC seconds when main began */
  const char *llvm_version, *processor; /* for run.json; may be NULL */
  bool is_reference;                    /* kernels are the interpreter's: each step is done by itself */
  int starter;                          /* of external environments: nsa_starter_socket */
  const nsa_compiled *variants; /* for --variants all, by variant: those that were compiled by themselves. NULL: none */
} nsa_run_info;

/* A whole run. argv holds the options as they were typed, without a file name: the runtime parses them, so that `nsa
 * run` and executables agree. kernels[i] belongs to program->kernels[i]. Program and kernels stay the caller's.
 * Messages go to stderr. Gives the exit code. */
int nsa_run_main(const nsa_program *program, const nsa_kernel_entry *kernels, int argc, char *const *argv,
                 const nsa_run_info *info);

/* main of a native executable: bytes of the program and the table of its kernels. */
int nsa_executable_main(const uint8_t *program, size_t program_len, const nsa_kernel_fn *kernels, uint32_t kernel_count,
                        int argc, char **argv);

/* One row an option, for help texts: name ("--set"), its argument ("a.b=v" or NULL), what it does. */
typedef struct {
  const char *name, *argument, *help;
} nsa_option;
extern const nsa_option nsa_run_options[];
extern const uint32_t nsa_run_option_count;
/* Whether the word behind an option is its argument. One in brackets, "[FILE.h5]", may be missing: it is what ends
 * like that. */
bool nsa_option_takes(const nsa_option *option, const char *word);

/* The first {} of a pattern's path, where the number of each image stands; NULL: one file is all images. */
const char *nsa_image_hole(const char *path);
/* The path of one image; cut where it is longer than any system takes. */
#define NSA_IMAGE_PATH 4096
void nsa_image_path(const char *pattern, uint32_t number, char path[NSA_IMAGE_PATH]);

/* An image file (PGM P2/P5 or PNG), below these folders (nsa_input.h), as ink (1 where grey < 127 of 255); malloc'd.
 * NULL with *error. */
uint8_t *nsa_image_read(const nsa_input_folders *below, const char *path, uint32_t *rows, uint32_t *cols,
                        char error[256]);

/* Bytes that a run of this program will need, by kind, for `explain`. Links are not drawn yet: their number is the one
 * that the rule gives, or its expectation. */
typedef struct {
  uint64_t elements, links, link_bytes, field_bytes, buffer_bytes, series_bytes, total_bytes;
} nsa_memory_forecast;
nsa_memory_forecast nsa_forecast_memory(const nsa_program *program);

/* What a measure keeps of a run of its whole length, besides: series of samples, and what is made of them at the end.
 */
double nsa_forecast_series(const nsa_program *program, uint32_t measure_node);

/* How many steps of a population are fused at most, for `explain`. 1: each is done by itself. */
uint32_t nsa_fused_steps(const nsa_program *program, nsa_population_id population);

/* How many links a connection is expected to have, and all that is kept of them. */
typedef struct {
  double links, bytes;
} nsa_link_forecast;
nsa_link_forecast nsa_forecast_links(const nsa_program *program, nsa_connection_id connection);

#endif
