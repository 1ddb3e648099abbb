/* SPDX-License-Identifier: MIT */
/* options_internal.h - what functions of options share. */
#ifndef NSA_RUNTIME_OPTIONS_INTERNAL_H
#define NSA_RUNTIME_OPTIONS_INTERNAL_H

#include "run/names.h"
#include "run/options.h"

typedef struct {
  const nsa_program *program;
  run_options *out;
  char *error;
  size_t error_size;
} parse;

/* All give false. refuse_name: "did you mean x?", or the names there are. */
bool option_refuse(parse *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool option_refuse_name(parse *p, const char *what, uint32_t count, name_fn name_of, const char *name);

/* The part of "NAME=value" before the =, into name; *value is what follows. */
bool option_split(parse *p, const char *option, const char *text, char name[NAME_BYTES + 1], const char **value);

/* Where environments are that do not come with nsa. */
bool option_take_plugin(parse *p, const char *text);
bool option_take_command(parse *p, const char *text);
bool option_take_timeout(parse *p, const char *text);
bool option_check_sources(parse *p); /* each has one */

/* When the state is saved, and from what a run goes on. */
bool option_take_checkpoint(parse *p, const char *text);
bool option_take_keep(parse *p, const char *text);
bool option_take_resume(parse *p, const char *text);
bool option_take_resume_allow(parse *p, const char *text);
bool option_check_checkpoints(parse *p); /* they go together */

/* A param, of a population, a connection, or all that are made of a component. */
bool option_take_set(parse *p, const char *text);
bool option_take_max_output(parse *p, const char *text);
bool option_take_max_memory(parse *p, const char *text);

#endif
