/* SPDX-License-Identifier: MIT */
/* nsa_session.h - a run that its caller steps and looks into; several can go side by side (`nsa verify`).
 *
 * Nothing is written to files. Arrays that are given belong to the session. Numbers are in internal units
 * (docs/architecture.md). Ticks are base ticks of the session's own program. */
#ifndef NSA_SESSION_H
#define NSA_SESSION_H

#include "nsa_rt.h"

#define NSA_SESSION_ERROR 512

typedef struct nsa_session nsa_session;

/* What is read of a program's files before there are threads: spikes in HDF5, by a process of its own. Sessions of one
 * program, also of one with other steps or values, share it. NULL with a sentence in error. */
typedef struct nsa_inputs nsa_inputs;
nsa_inputs *nsa_inputs_read(const nsa_program *program, char error[NSA_SESSION_ERROR]);
void nsa_inputs_free(nsa_inputs *inputs);

/* At t = 0. argv: options of a run (--set, --variant, --seed, --threads, --for, --pattern). starter: of external
 * environments (nsa_starter_socket). at_once: so many sessions share the memory that --max-memory, or the machine,
 * gives. Program, inputs and kernels are the caller's and must live as long. NULL with a sentence in error: usage or
 * environment, exit code 2. */
nsa_session *nsa_session_open(const nsa_program *program, const nsa_inputs *inputs, const nsa_kernel_entry *kernels,
                              int argc, char *const *argv, int starter, uint32_t at_once,
                              char error[NSA_SESSION_ERROR]);
void nsa_session_close(nsa_session *session); /* NULL is allowed */

/* The length of the run in ticks (with `run until`, the most), and the ticks done. */
uint64_t nsa_session_ticks(const nsa_session *session);
uint64_t nsa_session_tick(const nsa_session *session);
uint64_t nsa_session_seed(const nsa_session *session);
const double *nsa_session_firsts(const nsa_session *session); /* nsa_clock.first */

/* One tick. False when a value is not finite, no decision can be made or an environment fails: nsa_session_failure says
 * why, on several lines. */
bool nsa_session_step(nsa_session *session);
/* Whether the run is at its end: its length, or what `run until` waits for. */
bool nsa_session_is_over(const nsa_session *session);
void nsa_session_failure(const nsa_session *session, FILE *to);

/* Elements that fired this event at the end of the last tick, ascending; *count of them. */
const uint32_t *nsa_session_fired(const nsa_session *session, nsa_population_id population, nsa_event_id event,
                                  uint32_t *count);
/* The array of a field (padded; its type is the program's), *count entries without padding. */
void *nsa_session_field(const nsa_session *session, nsa_field_id field, uint64_t *count);
/* values[k] = its entry at + k as a number, for n of them. */
void nsa_session_read(const nsa_session *session, nsa_field_id field, uint64_t at, uint64_t n, double *values);
/* A kernel's `fields` argument. */
void *const *nsa_session_kernel_fields(const nsa_session *session, nsa_kernel_id kernel);

/* Runs the kernel of a probe of values. Gives how many numbers it has; 1 where it reduces. */
uint64_t nsa_session_look(nsa_session *session, uint32_t probe);
/* values[k] = number at + k of the last look at this probe, for n of them. */
void nsa_session_looked(const nsa_session *session, uint32_t probe, uint64_t at, uint64_t n, double *values);

/* The links of all connections, with their values now, into edges.h5 and a NAME.csv each in a folder that is there. Of
 * programs whose links are all stored (is_stencil is 0). False with a sentence in error. */
bool nsa_session_edges(const nsa_session *session, const char *folder, char error[NSA_SESSION_ERROR]);

typedef enum { NSA_SESSION_DONE, NSA_SESSION_FAILED, NSA_SESSION_INTERRUPTED } nsa_session_end;
/* Lets several steps be done at once, for who does not look inside; before the first one. False: out of memory. */
bool nsa_session_fuse(nsa_session *session, char error[NSA_SESSION_ERROR]);
/* To the end. FAILED: nsa_session_failure says where;
 * INTERRUPTED: by one that was caught (nsa_interrupts.h). */
nsa_session_end nsa_session_run(nsa_session *session);
/* The same, to this tick at most. */
nsa_session_end nsa_session_run_to(nsa_session *session, uint64_t tick);

/* The state behind nsa_session_run_to, for sessions of the same program, values and seed that differ from this one only
 * from there on (variants from a checkpoint). NULL: there is no memory for it, or an environment cannot be saved. */
typedef struct snapshot nsa_session_state;
nsa_session_state *nsa_session_keep(nsa_session *session);
/* At t = 0, behind nsa_session_fuse. False with a sentence in error: the session is good for nothing. */
bool nsa_session_go_on(nsa_session *session, const nsa_session_state *state, char error[NSA_SESSION_ERROR]);
void nsa_session_state_free(nsa_session_state *state); /* NULL is allowed */

/* What a setting of --set means to a program. */
typedef struct {
  double value;
  const char *unit; /* in which it is shown; the program's */
  bool is_global;   /* a param of the top level: the program must be compiled with it */
  char error[NSA_SESSION_ERROR];
} nsa_setting_read;
/* False: error says what is wrong with the name, the unit or the value. */
bool nsa_setting_parse(const nsa_program *program, const char *name, const char *text, nsa_setting_read *out);

/* Whether --set of this name is about program->settables[settable]: its own name, or that of the param in a component,
 * which is about all populations or connections that are made of it. */
bool nsa_setting_means(const nsa_program *program, const char *name, uint32_t settable);

/* values[i] is the value of program->measures[i] for what has run so far. To be called once. NaN: there are no data.
 * False: out of memory. */
bool nsa_session_measures(nsa_session *session, double *values);

#endif
