/* SPDX-License-Identifier: MIT */
#include "driver/arguments.h"
#include "nsa_rt.h"
#include "nsa_text.h"

typedef struct {
  const char *name, *argument, *verbs, *help;
} option_row;

static const option_row rows[ARGUMENT_COUNT] = {
#define OPTION(id, name, argument, verbs, help) {name, argument, verbs, help},
#include "driver/options.def"
#undef OPTION
};

/* Whether `verb` is one of the words of `verbs`. */
static bool is_for(const char *verbs, const char *verb) {
  size_t len = strlen(verb);
  for (const char *at = verbs; (at = strstr(at, verb)) != NULL; at += len)
    if ((at == verbs || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
      return true;
  return false;
}

/* `verify` runs a model, but writes no results. */
static bool takes_run_option(const char *verb, const char *option) {
  return !strcmp(verb, "run") || !strcmp(option, "--no-sandbox") ||
         (is_for("build check explain emit", verb) && is_for("--set --variant --plugin", option)) ||
         (!strcmp(verb, "analyse") && is_for("--set --variant --plugin", option)) ||
         (is_for("sweep find", verb) &&
          is_for("--set --max-memory --for --pattern --plugin --environment --environment-timeout", option)) ||
         (!strcmp(verb, "find") && !strcmp(option, "--variant")) ||
         (is_for("verify export checkpoint", verb) &&
          is_for(
              "--set --variant --seed --threads --max-memory --for --pattern --plugin --environment --environment-timeout",
              option));
}

static uint32_t find_own(const arguments *args, const char *word) {
  for (uint32_t k = 0; k < ARGUMENT_COUNT; k++)
    if (!strcmp(rows[k].name, word) && is_for(rows[k].verbs, args->verb))
      return k;
  return ARGUMENT_COUNT;
}

static const nsa_option *find_run_option(const char *verb, const char *word) {
  size_t len = strcspn(word, "=");
  for (uint32_t k = 0; k < nsa_run_option_count; k++)
    if (strlen(nsa_run_options[k].name) == len && !strncmp(nsa_run_options[k].name, word, len) &&
        takes_run_option(verb, nsa_run_options[k].name))
      return &nsa_run_options[k];
  return NULL;
}

static const char *nearest_option(arena *a, const char *verb, const char *word) {
  const char **names = ARENA_ARRAY(a, const char *, ARGUMENT_COUNT + nsa_run_option_count);
  uint32_t count = 0;
  for (uint32_t k = 0; k < ARGUMENT_COUNT; k++)
    if (is_for(rows[k].verbs, verb))
      names[count++] = rows[k].name;
  for (uint32_t k = 0; k < nsa_run_option_count; k++)
    if (takes_run_option(verb, nsa_run_options[k].name))
      names[count++] = nsa_run_options[k].name;
  return diag_nearest(word, names, count);
}

static const char *who(arena *a, const arguments *args) { return arena_printf(a, "nsa %s", args->verb); }

static bool refuse_option(arena *a, const arguments *args, const char *word) {
  if (find_run_option("run", word)) {
    nsa_complain(who(a, args), "there is no option %s here; `nsa run` has it", word);
    return false;
  }
  const char *near = nearest_option(a, args->verb, word);
  nsa_complain(who(a, args), "there is no option %s%s%s%s (`nsa help %s` lists them)", word,
               near ? "; did you mean " : "", near ? near : "", near ? "?" : "", args->verb);
  return false;
}

/* The compiler reads the files of a --pattern NAME=PATH, so it must know of them before the run does. */
static void note_pattern(arena *a, arguments *args, const char *text) {
  const char *equals = strchr(text, '=');
  if (!equals)
    return; /* the run refuses it */
  model_pattern_replacement r = {arena_strdup(a, text, (size_t)(equals - text)), equals + 1};
  vec_push(a, &args->patterns, r);
}

/* The compiler loads plugins to know their channels. */
static void note_plugin(arena *a, arguments *args, const char *text) {
  const char *equals = strchr(text, '=');
  if (equals != NULL)
    vec_push(a, &args->plugins, ((driver_plugin){arena_strdup(a, text, (size_t)(equals - text)), equals + 1}));
}

static bool add_run_option(arena *a, arguments *args, int argc, char **argv, int *k) {
  const nsa_option *option = find_run_option(args->verb, argv[*k]);
  vec_push(a, &args->run, argv[*k]);
  const char *value = strchr(argv[*k], '=');
  value = value ? value + 1 : NULL;
  bool is_optional = option->argument && option->argument[0] == '[';
  if (!value && option->argument && !(is_optional && (*k + 1 >= argc || !nsa_option_takes(option, argv[*k + 1])))) {
    if (*k + 1 >= argc) {
      nsa_complain(who(a, args), "%s needs %s behind it", option->name, option->argument);
      return false;
    }
    value = argv[++*k];
    vec_push(a, &args->run, argv[*k]);
  }
  if (!strcmp(option->name, "--pattern") && value)
    note_pattern(a, args, value);
  if (!strcmp(option->name, "--plugin") && value)
    note_plugin(a, args, value);
  if (!strcmp(option->name, "--set") && value)
    vec_push(a, &args->settings, value);
  if (!strcmp(option->name, "--variant"))
    args->variant = value;
  if (!strcmp(option->name, "--out"))
    args->out = value;
  if (!strcmp(option->name, "--resume"))
    args->resumed = value;
  if (!strcmp(option->name, "--environment"))
    args->has_processes = true;
  if (!strcmp(option->name, "--no-results"))
    args->has_no_results = true;
  if (!strcmp(option->name, "--no-sandbox"))
    args->has_no_sandbox = true;
  if (!strcmp(option->name, "--variants"))
    args->has_all_variants = value && !strcmp(value, "all");
  return true;
}

static bool add_own_option(arena *a, arguments *args, uint32_t id, int argc, char **argv, int *k) {
  if (!rows[id].argument) {
    args->values[id] = "";
    return true;
  }
  if (*k + 1 >= argc) {
    nsa_complain(who(a, args), "%s needs %s behind it", rows[id].name, rows[id].argument);
    return false;
  }
  args->values[id] = argv[++*k];
  if (id == ARGUMENT_timescale)
    vec_push(a, &args->timescales, args->values[id]);
  if (id == ARGUMENT_record)
    vec_push(a, &args->records, args->values[id]);
  if (id == ARGUMENT_allow)
    vec_push(a, &args->allowed, args->values[id]);
  if (id == ARGUMENT_jitter)
    vec_push(a, &args->jitters, args->values[id]);
  if (id == ARGUMENT_range)
    vec_push(a, &args->ranges, args->values[id]);
  if (id == ARGUMENT_plot_with)
    vec_push(a, &args->others, args->values[id]);
  return true;
}

/* Behind the file: the population; NAME RANGE where CONDITION. */
static uint32_t most_words(const char *verb) {
  return !strcmp(verb, "plot") ? UINT32_MAX : !strcmp(verb, "find") ? 4 : !strcmp(verb, "analyse") ? 1 : 0;
}

/* A range may begin below 0. */
static bool is_option(const arguments *args, const char *word) {
  bool is_number = (word[1] >= '0' && word[1] <= '9') || word[1] == '.';
  return word[0] == '-' && word[1] && !(is_number && args->file && args->words.len < most_words(args->verb));
}

bool arguments_parse(arena *a, int argc, char **argv, arguments *out) {
  *out = (arguments){.argc = argc, .argv = argv, .verb = argv[1]};
  for (int k = 2; k < argc; k++) {
    uint32_t own = find_own(out, argv[k]);
    if (own != ARGUMENT_COUNT) {
      if (!add_own_option(a, out, own, argc, argv, &k))
        return false;
    } else if (is_option(out, argv[k])) {
      if (!find_run_option(out->verb, argv[k]))
        return refuse_option(a, out, argv[k]);
      if (!add_run_option(a, out, argc, argv, &k))
        return false;
    } else if (out->file && out->words.len < most_words(out->verb)) {
      vec_push(a, &out->words, (const char *)argv[k]);
    } else if (out->file) {
      nsa_complain(who(a, out),
                   "takes one file, but got %s and %s; what belongs to one option and has blanks "
                   "stands in quotes, as in --checkpoint \"every 10 s\"",
                   out->file, argv[k]);
      return false;
    } else {
      out->file = argv[k];
    }
  }
  return true;
}

void arguments_print(const char *verb, FILE *out) {
  for (uint32_t k = 0; k < ARGUMENT_COUNT; k++) {
    if (!is_for(rows[k].verbs, verb))
      continue;
    char head[64];
    snprintf(head, sizeof head, "%s %s", rows[k].name, rows[k].argument ? rows[k].argument : "");
    fprintf(out, "  %-22s %s\n", head, rows[k].help);
  }
  for (uint32_t k = 0; k < nsa_run_option_count; k++) {
    if (!takes_run_option(verb, nsa_run_options[k].name))
      continue;
    char head[64];
    snprintf(head, sizeof head, "%s %s", nsa_run_options[k].name,
             nsa_run_options[k].argument ? nsa_run_options[k].argument : "");
    fprintf(out, "  %-22s %s\n", head, nsa_run_options[k].help);
  }
}
