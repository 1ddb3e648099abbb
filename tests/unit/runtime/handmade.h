/* SPDX-License-Identifier: MIT */
/* handmade.h - programs put together by hand, with kernels written in C, for tests of the runtime. */
#ifndef NSA_TESTS_HANDMADE_H
#define NSA_TESTS_HANDMADE_H

#include "nsa_rt.h"

enum { HANDMADE_MAX = 64, HANDMADE_SLOTS = 8 };

/* A program whose lists have room to grow; begin with handmade_new. */
typedef struct {
  nsa_program program;
  nsa_timescale timescales[4];
  nsa_domain domains[HANDMADE_MAX];
  nsa_field fields[HANDMADE_MAX];
  nsa_kernel kernels[HANDMADE_MAX];
  nsa_kernel_entry entries[HANDMADE_MAX];
  nsa_field_id slots[HANDMADE_MAX][HANDMADE_SLOTS];
  nsa_population populations[HANDMADE_MAX];
  nsa_event events[HANDMADE_MAX];
  uint32_t event_count;
  nsa_connection connections[HANDMADE_MAX];
  nsa_link_sum sums[HANDMADE_MAX];
  nsa_collect collects[HANDMADE_MAX];
  nsa_stimulus stimuli[HANDMADE_MAX];
  nsa_phase phases[HANDMADE_MAX];
  nsa_phase_block phase_blocks[HANDMADE_MAX];
  nsa_pattern patterns[4];
  nsa_image images[HANDMADE_MAX];
  nsa_settable settables[HANDMADE_MAX];
  nsa_source_file files[1];
  nsa_kernel_id init[HANDMADE_MAX], setup[HANDMADE_MAX], sources[HANDMADE_MAX];
  nsa_field_id states[HANDMADE_MAX];
  uint32_t state_count;
  nsa_signal signals[HANDMADE_MAX];
  nsa_probe probes[HANDMADE_MAX];
  nsa_measure_node nodes[HANDMADE_MAX];
  nsa_measure measures[HANDMADE_MAX];
  nsa_variant variants[4];
  nsa_channel channels[4];
  nsa_environment environments[2];
  nsa_act acts[2];
} handmade;

/* Base dt 0.1 ms; timescale 0 is one tick long, timescale 1 has slow_ticks. Domain 0 is the run's. */
handmade *handmade_new(uint32_t slow_ticks);
void handmade_free(handmade *m);

uint32_t handmade_population(handmade *m, const char *name, uint32_t rows, uint32_t cols, uint32_t timescale);
uint32_t handmade_domain(handmade *m, const char *name, nsa_domain_kind kind, uint32_t owner);
nsa_field_id handmade_field(handmade *m, const char *name, uint32_t domain, nsa_type type, nsa_field_kind kind,
                            double value);
/* slots end with NSA_NONE */
nsa_kernel_id handmade_kernel(handmade *m, const char *name, nsa_role role, uint32_t domain, uint32_t timescale,
                              nsa_kernel_fn fn, ...);
/* The events of one population are added one after the other. */
void handmade_event(handmade *m, uint32_t population, const char *name, nsa_field_id flag);
void handmade_state(handmade *m, uint32_t population, nsa_field_id field); /* likewise */
/* Everything optional is NSA_NONE. */
nsa_connection *handmade_connection(handmade *m, const char *name, uint32_t source, uint32_t target,
                                    nsa_rule_kind rule);
nsa_stimulus *handmade_stimulus(handmade *m, uint32_t population, nsa_field_id external, nsa_kernel_id kernel,
                                uint64_t start, uint64_t stop);
nsa_link_sum *handmade_sum(handmade *m, nsa_connection_id connection, nsa_field_id source_term, nsa_field_id weight,
                           nsa_field_id sum, uint32_t every);

/* Its value is in *field; the flag's number is that less 1. environment NSA_NONE: a plain one. */
nsa_field_id handmade_signal(handmade *m, const char *name, uint32_t environment, nsa_moment moment);
/* Of a whole population or channel; event NSA_NONE: the values of a field. */
uint32_t handmade_probe(handmade *m, uint32_t domain, uint32_t event, nsa_field_id field, nsa_reduce_kind reduce);
uint32_t handmade_node(handmade *m, nsa_measure_node node);
/* A field of `count` numbers. */
uint32_t handmade_channel(handmade *m, const char *name, uint32_t count);

#endif
