/* SPDX-License-Identifier: MIT */
/* sweep_point.c - one point: a session with its options, run to the end. */
#include "driver/sweep.h"
#include "support/exhausted.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static char *copy_of(const char *reason) { return exhausted_unless(strdup(reason)); }

static char *text_of(void (*tell)(const void *what, FILE *to), const void *what) {
  char *out = NULL;
  size_t len = 0;
  FILE *to = exhausted_unless(open_memstream(&out, &len));
  tell(what, to);
  if (fclose(to) != 0)
    exhausted();
  return out;
}

static void tell_compile(const void *c, FILE *to) { diag_print(((const compilation *)c)->sink, to, false); }
static void tell_session(const void *session, FILE *to) { nsa_session_failure(session, to); }

char *sweep_compile_failure(const compilation *c) {
  return c->failure != NULL ? copy_of(c->failure) : text_of(tell_compile, c);
}

/* The command line of a session. */
static uint32_t write_options(arena *a, const sweep_plan *plan, sweep_point point, const char *more, char **words) {
  uint32_t n = 0;
  for (uint32_t k = 0; k < plan->options.len; k++)
    words[n++] = plan->options.data[k];
  for (uint32_t k = 0; k < plan->axes.len; k++)
    words[n++] = arena_printf(a, "--set=%s=%s", plan->axes.data[k].name, sweep_words_of(a, plan, k, point));
  if (more != NULL)
    words[n++] = arena_printf(a, "--set=%s", more);
  if (plan->variants.data[point.variant].name != NULL)
    words[n++] = arena_printf(a, "--variant=%s", plan->variants.data[point.variant].name);
  words[n++] = arena_printf(a, "--seed=%" PRIu64, point.seed);
  words[n++] = arena_printf(a, "--threads=1");
  return n;
}

static bool run_to_end(const nsa_program *program, const sweep_runner *by, nsa_session *session, sweep_outcome *out,
                       char error[SWEEP_ERROR]) {
  if (!nsa_session_fuse(session, error))
    return false;
  if (by->run != NULL)
    return by->run(by->self, program, session, &out->end, error);
  out->end = nsa_session_run(session);
  return true;
}

static void run_session(const nsa_program *program, const sweep_runner *by, nsa_session *session, sweep_outcome *out) {
  char error[SWEEP_ERROR];
  if (!run_to_end(program, by, session, out, error)) {
    out->end = NSA_SESSION_FAILED;
    out->reason = copy_of(error);
    return;
  }
  if (out->end == NSA_SESSION_DONE && !nsa_session_measures(session, out->values)) {
    out->end = NSA_SESSION_FAILED;
    out->reason = copy_of("out of memory for the measures");
  } else if (out->end == NSA_SESSION_FAILED)
    out->reason = text_of(tell_session, session);
}

sweep_outcome sweep_point_run(arena *a, const sweep_plan *plan, const compilation *c, const nsa_inputs *inputs,
                              sweep_point point, const char *more, sweep_runner by, uint32_t measures) {
  sweep_outcome out = {.end = NSA_SESSION_FAILED, .values = ARENA_ARRAY(a, double, measures)};
  char error[SWEEP_ERROR], **words = ARENA_ARRAY(a, char *, plan->options.len + plan->axes.len + 4);
  for (uint32_t k = 0; k < measures; k++)
    out.values[k] = NAN;
  if (c->ir->program->measures_count != measures) {
    out.reason = copy_of("with this value the model has other measures than with the first one");
    return out;
  }
  uint32_t count = write_options(a, plan, point, more, words);
  nsa_session *session =
      nsa_session_open(c->ir->program, inputs, c->entries, (int)count, words, c->options->starter, by.at_once, error);
  if (session == NULL)
    out.reason = copy_of(error);
  else
    run_session(c->ir->program, &by, session, &out);
  nsa_session_close(session);
  return out;
}
