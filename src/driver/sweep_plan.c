/* SPDX-License-Identifier: MIT */
/* sweep_plan.c - from the command line to axes, variants and seeds. */
#include "driver/sweep.h"
#include "driver/variants.h"
#include "nsa_units.h"
#include "support/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- whole numbers ---- */

static bool read_whole(const char *words, const char **end, uint64_t *out) {
  char *after;
  if (!isdigit((unsigned char)words[0]))
    return false;
  errno = 0;
  *out = strtoull(words, &after, 10);
  *end = after;
  return errno == 0;
}

static bool read_alone(const char *words, uint64_t most, uint64_t *out) {
  const char *end;
  return read_whole(words, &end, out) && *end == '\0' && *out >= 1 && *out <= most;
}

static const char *too_many(arena *a, double points) {
  return arena_printf(a, "that is %.3g points; at most %.3g fit into one sweep", points, SWEEP_MOST_POINTS);
}

/* "1..20" or "1,5,9", or both. */
static const char *read_seeds(arena *a, const char *words, sweep_plan *plan) {
  const char *wrong = arena_printf(a, "--seeds wants numbers such as 1..20 or 1,5,9, not %s", words);
  for (const char *at = words;; at++) {
    uint64_t from, to;
    if (!read_whole(at, &at, &from))
      return wrong;
    to = from;
    if (at[0] == '.' && at[1] == '.' && !read_whole(at + 2, &at, &to))
      return wrong;
    if (to < from)
      return arena_printf(a, "--seeds: the range %" PRIu64 "..%" PRIu64 " is empty", from, to);
    if ((double)(to - from) + plan->seeds.len >= SWEEP_MOST_POINTS)
      return too_many(a, (double)(to - from) + 1 + plan->seeds.len);
    for (uint64_t seed = from; seed <= to; seed++)
      vec_push(a, &plan->seeds, seed);
    if (*at == '\0')
      return NULL;
    if (*at != ',')
      return wrong;
  }
}

/* "3/16" */
static const char *read_part(arena *a, const char *words, sweep_plan *plan) {
  const char *end;
  uint64_t part, parts;
  if (!read_whole(words, &end, &part) || *end != '/' || !read_alone(end + 1, UINT32_MAX, &parts) || part < 1 ||
      part > parts)
    return arena_printf(a, "--part wants K/N with K from 1 to N, such as 3/16, not %s", words);
  plan->part = (uint32_t)(part - 1);
  plan->parts = (uint32_t)parts;
  return NULL;
}

/* ---- axes ---- */

/* "0.3uM" -> 0.3 and "uM". False where no number stands first. */
static bool split_quantity(arena *a, const char *words, size_t len, double *number, const char **unit) {
  char *copy = arena_strdup(a, words, len), *after;
  *number = strtod(copy, &after);
  if (after == copy || !isfinite(*number))
    return false;
  after += strspn(after, " ");
  for (size_t n = strlen(after); n > 0 && after[n - 1] == ' '; n--)
    after[n - 1] = '\0';
  *unit = after;
  return true;
}

const char *sweep_ends_read(arena *a, const char *who, const char *words, sweep_ends *ends) {
  const char *dots = strstr(words, ".."), *first_unit;
  if (dots == NULL || !split_quantity(a, words, (size_t)(dots - words), &ends->from, &first_unit) ||
      !split_quantity(a, dots + 2, strlen(dots + 2), &ends->to, &ends->unit))
    return arena_printf(a, "%s: %s is no range of quantities such as 0.3uM..0.7uM", who, words);
  if (*first_unit != '\0' && strcmp(first_unit, ends->unit) != 0)
    return arena_printf(a, "%s: the ends of a range have one unit, not `%s` and `%s`", who, first_unit, ends->unit);
  return NULL;
}

const char *sweep_quantity(arena *a, double number, const char *unit) {
  text out = text_new(a);
  text_number(&out, number);
  return arena_printf(a, "%s%s%s", text_cstr(&out), *unit ? " " : "", unit);
}

/* FIRST..LAST:COUNT, in equal steps, or :COUNTlog, in equal ratios. */
static const char *read_range(arena *a, const char *words, size_t len, bool is_counted, sweep_axis *axis) {
  const char *piece = arena_strdup(a, words, len), *colon = strrchr(piece, ':'), *end;
  const char *who = arena_printf(a, "--set %s", axis->name);
  sweep_ends ends;
  uint64_t count = 0;
  if (colon == NULL || !read_whole(colon + 1, &end, &count) || (*end != '\0' && strcmp(end, "log") != 0))
    return arena_printf(a, "%s: a range says how many values it has: %s:11", who, piece);
  const char *wrong = sweep_ends_read(a, who, arena_strdup(a, piece, (size_t)(colon - piece)), &ends);
  if (wrong != NULL)
    return wrong;
  bool is_log = *end != '\0';
  if (count == 1 && ends.from != ends.to)
    return arena_printf(a, "%s: the range %s has two ends, and so two values at least", who, piece);
  if (count < 1)
    return arena_printf(a, "%s: the range %s is empty", who, piece);
  if (is_log && !(ends.from > 0 && ends.to > 0))
    return arena_printf(a, "%s: a range in equal ratios has ends above 0", who);
  axis->count += is_counted ? (double)count : 0;
  for (uint64_t k = 0; !is_counted && k < count; k++) {
    double way = count > 1 ? (double)k / (double)(count - 1) : 0;
    double value = is_log ? ends.from * pow(ends.to / ends.from, way) : ends.from + (ends.to - ends.from) * way;
    vec_push(a, &axis->values, (const char *)arena_printf(a, "%.15g%s%s", value, *ends.unit ? " " : "", ends.unit));
  }
  return NULL;
}

/* is_counted: they are looked at, but not made. */
static const char *read_values(arena *a, const char *words, bool is_counted, sweep_axis *axis) {
  for (const char *at = words;; at++) {
    size_t len = strcspn(at, ",");
    const char *dots = strstr(at, "..");
    if (len == 0)
      return arena_printf(a, "--set %s: a value is missing in %s", axis->name, words);
    if (dots != NULL && dots < at + len) {
      const char *wrong = read_range(a, at, len, is_counted, axis);
      if (wrong != NULL)
        return wrong;
    } else if (is_counted) {
      axis->count++;
    } else {
      vec_push(a, &axis->values, (const char *)arena_strdup(a, at, len));
    }
    at += len;
    if (*at == '\0')
      return NULL;
  }
}

static const char *read_axis(arena *a, const char *words, sweep_plan *plan) {
  const char *equals = strchr(words, '=');
  if (equals == NULL || equals == words || equals[1] == '\0')
    return arena_printf(a, "--set wants NAME=VALUES, such as glia.IP3=0.3uM..0.7uM:41 or gap.D=1,2,5, not %s", words);
  size_t len = (size_t)(equals - words);
  while (len > 0 && words[len - 1] == ' ')
    len--;
  sweep_axis axis = {.name = arena_strdup(a, words, len), .words = equals + 1, .unit = ""};
  const char *wrong = read_values(a, axis.words, true, &axis);
  for (uint32_t k = 0; wrong == NULL && k < plan->axes.len; k++)
    if (strcmp(plan->axes.data[k].name, axis.name) == 0)
      return arena_printf(a, "--set %s is there twice; write its values behind one another: %s=A,B", axis.name,
                          axis.name);
  vec_push(a, &plan->axes, axis);
  return wrong;
}

/* ---- the command line ---- */

/* Options of every session are those of the run, but for what a sweep has many of. */
static void keep_options(arena *a, const arguments *args, sweep_plan *plan) {
  for (uint32_t k = 0; k < args->run.len; k++) {
    char *word = args->run.data[k];
    bool is_set = strcmp(word, "--set") == 0;
    if (is_set || strncmp(word, "--set=", 6) == 0)
      k += is_set;
    else if (strcmp(word, "--no-sandbox") != 0) /* which changes nothing that a row says */
      vec_push(a, &plan->options, word);
  }
}

static uint32_t processors(void) {
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? 1 : (uint32_t)count;
}

static const char *read_numbers(arena *a, const arguments *args, sweep_plan *plan) {
  const char *wrong = NULL;
  uint64_t jobs = processors();
  const char *word = args->values[ARGUMENT_jobs];
  if (word != NULL && !read_alone(word, 1024, &jobs))
    return arena_printf(a, "--jobs wants a number from 1 to 1024, not %s", word);
  plan->jobs = (uint32_t)jobs;
  if (args->values[ARGUMENT_part] != NULL)
    wrong = read_part(a, args->values[ARGUMENT_part], plan);
  if (wrong == NULL)
    wrong = read_seeds(a, args->values[ARGUMENT_seeds] != NULL ? args->values[ARGUMENT_seeds] : "1", plan);
  if (wrong == NULL && plan->is_merge && plan->parts > 1)
    return "--merge joins all parts: leave --part out";
  return wrong;
}

static const char *count_points(arena *a, sweep_plan *plan, uint32_t variants) {
  double count = (double)plan->seeds.len * variants * (double)plan->samples;
  for (uint32_t k = 0; k < plan->axes.len; k++)
    count *= plan->axes.data[k].count;
  if (count > SWEEP_MOST_POINTS)
    return too_many(a, count);
  plan->point_count = (uint64_t)count;
  return NULL;
}

const char *sweep_plan_read(arena *a, const arguments *args, sweep_plan *plan) {
  *plan = (sweep_plan){.args = args, .parts = 1, .is_merge = args->values[ARGUMENT_merge] != NULL};
  plan->out = args->values[ARGUMENT_sweep_out];
  keep_options(a, args, plan);
  const char *wrong = read_numbers(a, args, plan);
  if (wrong == NULL)
    wrong = sweep_jitter_read(a, args, plan);
  for (uint32_t k = 0; wrong == NULL && k < args->settings.len; k++)
    wrong = read_axis(a, args->settings.data[k], plan);
  if (wrong == NULL)
    wrong = count_points(a, plan, 1);
  for (uint32_t k = 0; wrong == NULL && k < plan->axes.len; k++)
    wrong = read_values(a, plan->axes.data[k].words, false, &plan->axes.data[k]);
  return wrong;
}

/* ---- what the program has ---- */

static const char *add_variant(arena *a, const nsa_program *program, const char *name, sweep_plan *plan) {
  const char **names = ARENA_ARRAY(a, const char *, program->variants_count);
  if (strcmp(name, "base") == 0) {
    vec_push(a, &plan->variants, ((sweep_variant){0}));
    return NULL;
  }
  for (uint32_t k = 0; k < program->variants_count; k++) {
    names[k] = program->variants[k].name;
    if (strcmp(names[k], name) != 0)
      continue;
    vec_push(a, &plan->variants,
             ((sweep_variant){names[k], program->variants[k].globals_count > 0 || program->variants[k].modifies}));
    return NULL;
  }
  return variants_unknown(a, name, names, program->variants_count);
}

/* --variants all, or NAME,NAME: the model as it stands is `base`. */
static const char *bind_variants(arena *a, const nsa_program *program, sweep_plan *plan) {
  const char *words = plan->args->values[ARGUMENT_sweep_variants], *wrong = NULL;
  bool is_all = words != NULL && strcmp(words, "all") == 0;
  if (words == NULL || is_all)
    wrong = add_variant(a, program, "base", plan);
  for (uint32_t k = 0; is_all && k < program->variants_count; k++)
    wrong = add_variant(a, program, program->variants[k].name, plan);
  for (const char *at = words; words != NULL && !is_all && wrong == NULL; at++) {
    size_t len = strcspn(at, ",");
    wrong = add_variant(a, program, arena_strdup(a, at, len), plan);
    at += len;
    if (*at == '\0')
      break;
  }
  return wrong;
}

static const char *bind_axis(arena *a, const nsa_program *program, sweep_axis *axis) {
  axis->numbers = ARENA_ARRAY(a, double, axis->values.len);
  for (uint32_t k = 0; k < axis->values.len; k++) {
    nsa_setting_read read;
    if (!nsa_setting_parse(program, axis->name, axis->values.data[k], &read))
      return arena_printf(a, "%s", read.error);
    axis->numbers[k] = read.value;
    axis->unit = read.unit;
    axis->is_global = read.is_global;
  }
  return NULL;
}

/* A param by its own name and by that of its component. */
static const char *check_twice(arena *a, const nsa_program *program, const sweep_plan *plan) {
  for (uint32_t s = 0; s < program->settables_count; s++) {
    const char *first = NULL;
    for (uint32_t k = 0; k < plan->axes.len; k++) {
      const char *name = plan->axes.data[k].name;
      if (!nsa_setting_means(program, name, s))
        continue;
      if (first != NULL)
        return arena_printf(a, "--set %s and --set %s both set %s: leave one of them out", first, name,
                            program->settables[s].name);
      first = name;
    }
  }
  return NULL;
}

const char *sweep_plan_bind(arena *a, const nsa_program *program, sweep_plan *plan) {
  const char *wrong = bind_variants(a, program, plan);
  for (uint32_t k = 0; wrong == NULL && k < plan->axes.len; k++)
    wrong = bind_axis(a, program, &plan->axes.data[k]);
  if (wrong == NULL)
    wrong = check_twice(a, program, plan);
  return wrong != NULL ? wrong : count_points(a, plan, plan->variants.len);
}

/* ---- points ---- */

sweep_point sweep_point_at(const sweep_plan *plan, uint64_t number) {
  uint64_t rest = number / plan->seeds.len, samples = rest / plan->variants.len;
  return (sweep_point){.seed = plan->seeds.data[number % plan->seeds.len],
                       .variant = (uint32_t)(rest % plan->variants.len),
                       .sample = samples % plan->samples,
                       .setting = samples / plan->samples};
}

uint64_t sweep_setting_count(const sweep_plan *plan) {
  return plan->point_count / plan->seeds.len / plan->variants.len / plan->samples;
}

uint64_t sweep_run_count(const sweep_plan *plan) { return plan->samples * plan->seeds.len; }

uint64_t sweep_point_of(const sweep_plan *plan, uint64_t setting, uint32_t variant, uint64_t run) {
  uint64_t sample = setting * plan->samples + run / plan->seeds.len;
  return (sample * plan->variants.len + variant) * plan->seeds.len + run % plan->seeds.len;
}

uint32_t sweep_value_of(const sweep_plan *plan, uint32_t axis, uint64_t setting) {
  for (uint32_t k = plan->axes.len - 1; k > axis; k--)
    if (!plan->axes.data[k].is_drawn)
      setting /= plan->axes.data[k].values.len;
  return (uint32_t)(setting % plan->axes.data[axis].values.len);
}

double sweep_shown_value(const sweep_plan *plan, uint32_t axis, sweep_point point) {
  const sweep_axis *of = &plan->axes.data[axis];
  if (of->is_drawn)
    return sweep_drawn(plan, of, point);
  return nsa_show_written(of->numbers[sweep_value_of(plan, axis, point.setting)], of->unit);
}

const char *sweep_words_of(arena *a, const sweep_plan *plan, uint32_t axis, sweep_point point) {
  const sweep_axis *of = &plan->axes.data[axis];
  if (of->is_drawn)
    return sweep_quantity(a, sweep_drawn(plan, of, point), strcmp(of->unit, "1") == 0 ? "" : of->unit);
  return of->values.data[sweep_value_of(plan, axis, point.setting)];
}

bool sweep_is_own(const sweep_plan *plan, uint64_t point) { return point % plan->parts == plan->part; }
