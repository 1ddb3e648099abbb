/* SPDX-License-Identifier: MIT */
/* pattern_stream.c - patterns one after the other, in an order with statistics to be learned: a Markov chain. */
#include "environments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATTERNS, ORDER, TRANSITIONS, SURPRISE, LENGTH };

static const nsa_environment_setting settings[] = {
    [PATTERNS] = {.name = "patterns", .unit = "", .kind = NSA_SETTING_WHOLE, .low = 2, .high = 1000, .is_needed = true},
    [ORDER] = {.name = "order", .unit = "", .kind = NSA_SETTING_TEXT, .text = "ring"},
    [TRANSITIONS] = {.name = "transitions", .unit = "", .kind = NSA_SETTING_NUMBERS, .high = 1},
    [SURPRISE] = {.name = "surprise", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 0.1, .high = 1},
    [LENGTH] = {.name = "length", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 100, .low = 1, .high = 1e9},
};

enum { SHOWN, PREVIOUS, EXPECTED };

static const nsa_environment_name channels[] = {
    [SHOWN] = {"shown", ""}, [PREVIOUS] = {"previous", ""}, [EXPECTED] = {"expected", ""}};

enum { SURPRISES, PREDICTED };

static const nsa_environment_name figures[] = {[SURPRISES] = {"surprises", ""}, [PREDICTED] = {"predicted", ""}};

typedef struct {
  uint64_t trial, step, shown, previous, surprises, predicted;
} course;

typedef enum { RING, PAIRS, UNIFORM, NO_ORDER } order;

typedef struct {
  const nsa_environment_value *values;
  order order; /* NO_ORDER: `transitions` */
  uint64_t key, count;
  course now;
} stream;

static order find_order(const nsa_environment_value *v) {
  static const char *const names[] = {[RING] = "ring", [PAIRS] = "pairs", [UNIFORM] = "uniform"};
  uint32_t k = 0;
  while (k < NO_ORDER && (v[TRANSITIONS].is_given || v[ORDER].text == NULL || strcmp(v[ORDER].text, names[k]) != 0))
    k++;
  return (order)k;
}

static bool check_transitions(const nsa_environment_value *v, char *error) {
  uint64_t count = (uint64_t)v[PATTERNS].value;
  if (v[TRANSITIONS].count != count * count) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "`transitions` has %u numbers; %u patterns need %u x %u, a row for each",
             v[TRANSITIONS].count, (unsigned)count, (unsigned)count, (unsigned)count);
    return false;
  }
  for (uint64_t row = 0; row < count; row++) {
    double sum = 0;
    for (uint64_t k = 0; k < count; k++)
      sum += v[TRANSITIONS].values[row * count + k];
    if (sum > 1 - 1e-9 && sum < 1 + 1e-9)
      continue;
    snprintf(error, NSA_ENVIRONMENT_ERROR, "row %u of `transitions` sums up to %g, not to 1", (unsigned)row, sum);
    return false;
  }
  return true;
}

static bool describe(const nsa_environment_value *v, nsa_environment_shape *shape, char *error) {
  uint64_t count = (uint64_t)v[PATTERNS].value;
  *shape = (nsa_environment_shape){
      .counts = {[SHOWN] = count, [PREVIOUS] = count, [EXPECTED] = 1},
      .action = {.choices = (uint32_t)count, .length = 1, .high = (double)(count - 1), .unit = ""}};
  if (v[TRANSITIONS].is_given && (v[ORDER].is_given || v[SURPRISE].is_given)) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "`transitions` say the order and the surprises by themselves");
    return false;
  }
  if (v[TRANSITIONS].is_given)
    return check_transitions(v, error);
  order found = find_order(v);
  if (found == NO_ORDER)
    snprintf(error, NSA_ENVIRONMENT_ERROR, "`order` is \"ring\", \"pairs\" or \"uniform\", not \"%.40s\"",
             v[ORDER].text ? v[ORDER].text : "");
  else if (found == PAIRS && count % 2 != 0)
    snprintf(error, NSA_ENVIRONMENT_ERROR, "%u patterns are not pairs", (unsigned)count);
  return found != NO_ORDER && (found != PAIRS || count % 2 == 0);
}

static void *create(const nsa_environment_value *v, uint64_t key, char *error) {
  stream *s = calloc(1, sizeof *s);
  snprintf(error, NSA_ENVIRONMENT_ERROR, "out of memory");
  if (s != NULL)
    *s = (stream){.values = v, .order = find_order(v), .key = key, .count = (uint64_t)v[PATTERNS].value};
  return s;
}

/* In pairs 0 1, 2 3, ... the first brings the second; behind it each pair is alike, so that nothing is likely. */
static double probability(const stream *s, uint64_t from, uint64_t to) {
  if (s->order == NO_ORDER)
    return s->values[TRANSITIONS].values[from * s->count + to];
  if (s->order == UNIFORM)
    return 1 / (double)s->count;
  if (s->order == PAIRS && from % 2 == 1)
    return to % 2 == 0 ? 2 / (double)s->count : 0;
  double surprise = s->values[SURPRISE].value;
  return to == (from + 1) % s->count ? 1 - surprise : surprise / (double)(s->count - 1);
}

static uint64_t next_of(const stream *s, uint64_t from) {
  double x = nsa_environment_uniform(s->key, s->now.trial, s->now.step + 1), sum = 0;
  uint64_t last = 0;
  for (uint64_t k = 0; k < s->count; k++) {
    double p = probability(s, from, k);
    sum += p;
    if (x < sum)
      return k;
    last = p > 0 ? k : last;
  }
  return last; /* rounding of the sum */
}

/* Whether each other pattern was less likely. */
static bool is_expected(const stream *s) {
  double p = probability(s, s->now.previous, s->now.shown);
  for (uint64_t k = 0; k < s->count; k++)
    if (k != s->now.shown && probability(s, s->now.previous, k) >= p)
      return false;
  return true;
}

static void show(const stream *s, double *const *out, bool has_previous) {
  memset(out[SHOWN], 0, s->count * sizeof(double));
  memset(out[PREVIOUS], 0, s->count * sizeof(double));
  out[SHOWN][s->now.shown] = 1;
  out[PREVIOUS][s->now.previous] = has_previous ? 1 : 0;
  out[EXPECTED][0] = has_previous && is_expected(s) ? 1 : 0;
}

static bool reset(void *world, uint64_t trial, double *const *out, char *error) {
  stream *s = world;
  (void)error;
  s->now = (course){.trial = trial, .shown = environment_choice(s->key, trial, 0, s->count)};
  show(s, out, false);
  return true;
}

/* The action says which pattern will come next; its reward is 1 where that is so. */
static bool step(void *world, const double *action, double *const *out, nsa_environment_outcome *outcome, char *error) {
  stream *s = world;
  (void)error;
  s->now.previous = s->now.shown;
  s->now.shown = next_of(s, s->now.previous);
  s->now.step++;
  show(s, out, true);
  bool is_predicted = (uint64_t)action[0] == s->now.shown;
  s->now.surprises += out[EXPECTED][0] == 0;
  s->now.predicted += is_predicted;
  *outcome = (nsa_environment_outcome){.reward = is_predicted ? 1 : 0,
                                       .terminated = s->now.step >= (uint64_t)s->values[LENGTH].value,
                                       .succeeded = true};
  return true;
}

static void measure(const void *world, double *out) {
  const stream *s = world;
  out[SURPRISES] = (double)s->now.surprises;
  out[PREDICTED] = (double)s->now.predicted;
}

SAVES_NOW_OF(stream)

static bool restore(void *world, const void *bytes, size_t length, char *error) {
  stream *s = world;
  course now = s->now;
  if (!environment_restore(&s->now, sizeof(course), bytes, length, error))
    return false;
  if (s->now.shown < s->count && s->now.previous < s->count)
    return true;
  s->now = now;
  snprintf(error, NSA_ENVIRONMENT_ERROR, "these bytes are of a stream with more patterns");
  return false;
}

const nsa_environment_kind environment_pattern_stream = {
    .abi = NSA_ENVIRONMENT_ABI,
    .name = "pattern_stream",
    .settings = settings,
    .setting_count = COUNT_OF(settings),
    .channels = channels,
    .channel_count = COUNT_OF(channels),
    .figures = figures,
    .figure_count = COUNT_OF(figures),
    .describe = describe,
    .create = create,
    .destroy = free,
    .reset = reset,
    .step = step,
    .measure = measure,
    .size = size,
    .save = save,
    .restore = restore,
};
