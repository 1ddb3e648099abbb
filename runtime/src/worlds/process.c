/* SPDX-License-Identifier: MIT */
#include "worlds/process.h"

#include "base/units.h"
#include "nsa_json.h"
#include "nsa_units.h"
#include "worlds/child.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROTOCOL_VERSION = 1, NUMBER_BYTES = 32 };
/* Things of an answer that are no numbers of channels: each takes some 80 bytes when it is read. */
enum { MOST_THINGS = 1 << 16 };
/* A number has up to 24 characters; a line may have some room, and things that we do not know. */
enum { LINE_BYTES = 1 << 16, LINE_BYTES_A_NUMBER = 64 };
static const double first_answer = 10; /* times as long as others */
static const double closing_seconds = 2;

typedef struct {
  const char *name; /* in the hello */
  uint64_t count;
  nsa_unit_shift unit;
} wire_channel;

typedef struct {
  child *child;
  bool can_save;
  const char *command;
  int starter;
  double timeout;
  cJSON *hello;
  cJSON *told; /* "state": of the last `save`. It is kept, as the next answer could have another length */
  wire_channel *channels;
  uint32_t channel_count, action_length;
  bool is_choice;
  nsa_unit_shift action_unit;
  uint64_t key;
  size_t longest;       /* line */
  uint64_t most_things; /* on it */
  char *line;           /* what is sent */
} process;

/* ---- what is said about it ---- */

/* "its process `python3 arm.py`" and what follows. */
__attribute__((format(printf, 3, 4))) static bool refuse(const process *p, char *error, const char *format, ...) {
  char command[CHILD_QUOTE];
  int len =
      snprintf(error, NSA_ENVIRONMENT_ERROR, "its process `%s` ", child_quote(p->command, strlen(p->command), command));
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error + len, NSA_ENVIRONMENT_ERROR - (size_t)len, format, arguments);
  va_end(arguments);
  return false;
}

/* ---- the first line ---- */

/* As many digits as give the same double again. cJSON's own have 15. */
static void add_number(cJSON *to, const char *name, double value) {
  char text[NUMBER_BYTES];
  snprintf(text, sizeof text, "%.17g", value);
  cJSON_AddRawToObject(to, name, text);
}

static bool find_unit(const char *unit, nsa_unit_shift *out) {
  nsa_unit known;
  *out = nsa_unit_shift_of(unit);
  return nsa_unit_of_text(unit, &known);
}

static void describe_action(cJSON *hello, const nsa_environment_action *action) {
  cJSON *to = cJSON_AddObjectToObject(hello, "action");
  nsa_unit_shift unit = {1, 1};
  if (action->choices > 0) {
    cJSON_AddNumberToObject(to, "choices", action->choices);
    return;
  }
  find_unit(action->unit, &unit);
  cJSON_AddNumberToObject(to, "length", action->length);
  add_number(to, "low", nsa_show(unit, action->low));
  add_number(to, "high", nsa_show(unit, action->high));
  cJSON_AddStringToObject(to, "unit", action->unit);
}

char *process_hello(const char *name, const process_channel *channels, uint32_t count,
                    const nsa_environment_action *action) {
  nsa_json_begin();
  cJSON *hello = cJSON_CreateObject();
  cJSON_AddStringToObject(hello, "request", "hello");
  cJSON_AddNumberToObject(hello, "version", PROTOCOL_VERSION);
  cJSON_AddStringToObject(hello, "environment", name);
  cJSON *list = cJSON_AddObjectToObject(hello, "channels");
  for (uint32_t i = 0; i < count; i++) {
    cJSON *channel = cJSON_AddObjectToObject(list, channels[i].name);
    cJSON_AddNumberToObject(channel, "count", (double)channels[i].count);
    cJSON_AddStringToObject(channel, "unit", channels[i].unit);
  }
  describe_action(hello, action);
  char *text = cJSON_PrintUnformatted(hello);
  cJSON_Delete(hello);
  if (!nsa_json_ran_out())
    return text;
  free(text);
  return NULL;
}

/* ---- what we know from it ---- */

static const cJSON *member(const cJSON *object, const char *name) {
  return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool read_unit(const cJSON *of, nsa_unit_shift *out) {
  const cJSON *unit = member(of, "unit");
  return find_unit(unit ? unit->valuestring : "", out);
}

/* Numbers of the hello are ours, and in order. */
static bool read_hello(process *p, const char *text) {
  p->hello = cJSON_Parse(text);
  p->told = cJSON_CreateObject();
  const cJSON *channels = member(p->hello, "channels"), *action = member(p->hello, "action"), *channel;
  if (!action)
    return false;
  p->is_choice = member(action, "choices") != NULL;
  p->action_length = p->is_choice ? 1 : (uint32_t)member(action, "length")->valuedouble;
  p->channels = calloc((size_t)cJSON_GetArraySize(channels) + 1, sizeof *p->channels);
  p->longest = LINE_BYTES;
  p->most_things = MOST_THINGS;
  p->line = malloc(LINE_BYTES + (size_t)NUMBER_BYTES * p->action_length);
  if (!p->told || !p->channels || !p->line || !read_unit(action, &p->action_unit))
    return false;
  cJSON_ArrayForEach(channel, channels) {
    wire_channel *c = &p->channels[p->channel_count++];
    *c = (wire_channel){.name = channel->string, .count = (uint64_t)member(channel, "count")->valuedouble};
    p->longest += LINE_BYTES_A_NUMBER * c->count;
    p->most_things += c->count;
    if (!read_unit(channel, &c->unit))
      return false;
  }
  return true;
}

/* ---- answers ---- */

/* An answer to a request, while it is read. */
typedef struct {
  const process *process;
  const char *request;
  cJSON *object;
  char *error;
} answer;

/* "answered `step` with ", and what follows. */
__attribute__((format(printf, 2, 3))) static bool refuse_answer(const answer *a, const char *format, ...) {
  char what[NSA_ENVIRONMENT_ERROR];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  return refuse(a->process, a->error, "answered `%s` with %s", a->request, what);
}

/* JSON has no word for what is not finite, but Python writes one. */
static const char *not_finite_word(const char *at) {
  static const char *const words[] = {"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (strncmp(at, words[i], strlen(words[i])) == 0)
      return words[i];
  return NULL;
}

static bool refuse_with(const answer *a, const cJSON *problem) {
  enum { MOST = 300 };
  char text[MOST];
  snprintf(text, sizeof text, "%s", cJSON_IsString(problem) ? problem->valuestring : "error");
  for (char *c = text; *c; c++)
    *c = (unsigned char)*c < ' ' || *c == 127 ? ' ' : *c;
  return refuse(a->process, a->error, "says: %s", text);
}

/* How many numbers, texts, arrays and objects stand on the line, or a few more: each begins behind one of these. */
static uint64_t count_things(const char *text) {
  uint64_t count = 0;
  bool is_text = false;
  for (; *text; text++) {
    if (is_text && *text == '\\' && text[1])
      text++;
    else if (*text == '"')
      is_text = !is_text;
    else
      count += !is_text && (*text == ',' || *text == '[' || *text == '{');
  }
  return count;
}

static bool parse_answer(answer *a, const char *text) {
  const char *end = NULL;
  char quoted[CHILD_QUOTE];
  if (count_things(text) > a->process->most_things)
    return refuse_answer(a, "more than the %" PRIu64 " numbers and other things that an answer can have",
                         a->process->most_things);
  nsa_json_begin();
  a->object = cJSON_ParseWithOpts(text, &end, true);
  if (nsa_json_ran_out())
    return refuse(a->process, a->error, "out of memory for its answer to `%s`", a->request);
  const char *word = a->object || !end ? NULL : not_finite_word(end);
  if (word)
    return refuse_answer(a, "%s, which is not a finite number", word);
  if (!cJSON_IsObject(a->object))
    return refuse_answer(a, "\"%s\", which is not an object of JSON", child_quote(text, strlen(text), quoted));
  const cJSON *problem = member(a->object, "error");
  return !problem || refuse_with(a, problem);
}

/* Sends the line, which ends with its line end. True: a->object is what came; to be deleted in either case. */
static bool ask(answer *a, const process *p, const char *request, const char *line, double seconds, char *error) {
  char why[CHILD_ERROR];
  const char *text;
  *a = (answer){.process = p, .request = request, .error = error};
  if (child_ask(p->child, line, seconds, p->longest, &text, why))
    return parse_answer(a, text);
  return refuse(p, error, "%s (request `%s`)", why, request);
}

static bool read_number(const answer *a, const char *what, const cJSON *item, double *out) {
  if (!item)
    return refuse_answer(a, "no \"%s\"", what);
  if (!cJSON_IsNumber(item))
    return refuse_answer(a, "a \"%s\" that is not a number", what);
  *out = item->valuedouble;
  return isfinite(*out) || refuse_answer(a, "a \"%s\" that is not finite", what);
}

static bool read_flag(const answer *a, const char *what, const cJSON *item, bool *out) {
  *out = cJSON_IsTrue(item);
  return cJSON_IsBool(item) || refuse_answer(a, item ? "a \"%s\" that is neither true nor false" : "no \"%s\"", what);
}

static bool read_channel(const answer *a, const wire_channel *c, const cJSON *list, double *out) {
  if (!list)
    return refuse_answer(a, "an observation without the channel \"%s\"", c->name);
  if (!cJSON_IsArray(list))
    return refuse_answer(a, "a channel \"%s\" that is not an array of numbers", c->name);
  uint64_t count = (uint64_t)cJSON_GetArraySize(list);
  if (count != c->count)
    return refuse_answer(a, "%" PRIu64 " numbers in the channel \"%s\"; it has %" PRIu64, count, c->name, c->count);
  const cJSON *item;
  uint64_t i = 0;
  cJSON_ArrayForEach(item, list) {
    if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
      return refuse_answer(a, "a channel \"%s\" whose number %" PRIu64 " is not %s", c->name, i,
                           cJSON_IsNumber(item) ? "finite" : "a number");
    out[i++] = nsa_show_back(c->unit, item->valuedouble);
  }
  return true;
}

static bool refuse_channel(const answer *a, const cJSON *observation) {
  const cJSON *item;
  char quoted[CHILD_QUOTE];
  cJSON_ArrayForEach(item, observation) {
    bool is_known = false;
    for (uint32_t c = 0; c < a->process->channel_count; c++)
      is_known = is_known || strcmp(item->string, a->process->channels[c].name) == 0;
    if (!is_known)
      return refuse_answer(a, "a channel \"%s\", which it does not have",
                           child_quote(item->string, strlen(item->string), quoted));
  }
  return refuse_answer(a, "an observation that has a channel twice");
}

static bool read_observation(const answer *a, double *const *channels) {
  const process *p = a->process;
  const cJSON *observation = member(a->object, "observation");
  if (!cJSON_IsObject(observation))
    return refuse_answer(a, observation ? "an \"observation\" that is not an object" : "no \"observation\"");
  for (uint32_t c = 0; c < p->channel_count; c++)
    if (!read_channel(a, &p->channels[c], member(observation, p->channels[c].name), channels[c]))
      return false;
  return cJSON_GetArraySize(observation) == (int)p->channel_count || refuse_channel(a, observation);
}

static bool read_outcome(const answer *a, nsa_environment_outcome *outcome) {
  const cJSON *succeeded = member(a->object, "succeeded"); /* may be left out */
  outcome->succeeded = false;
  return read_number(a, "reward", member(a->object, "reward"), &outcome->reward) &&
         read_flag(a, "terminated", member(a->object, "terminated"), &outcome->terminated) &&
         read_flag(a, "truncated", member(a->object, "truncated"), &outcome->truncated) &&
         (!succeeded || read_flag(a, "succeeded", succeeded, &outcome->succeeded));
}

/* ---- the world ---- */

/* Whole and exact in any language's numbers: 53 bits. */
static uint64_t seed_of(uint64_t bits) { return nsa_environment_mix(bits) >> 11; }

static bool say_hello(process *p, const char *hello, char *error) {
  answer a;
  double version = 0;
  size_t len = strlen(hello);
  char *line = malloc(len + LINE_BYTES);
  if (!line)
    return refuse(p, error, "could not be started: out of memory");
  sprintf(line, "%.*s,\"seed\":%" PRIu64 "}\n", (int)len - 1, hello, seed_of(p->key));
  bool is_good = ask(&a, p, "hello", line, first_answer * p->timeout, error) &&
                 read_number(&a, "version", member(a.object, "version"), &version);
  p->can_save = cJSON_IsTrue(member(a.object, "saves"));
  if (is_good && version != PROTOCOL_VERSION)
    is_good = refuse(p, error, "speaks version %g of the protocol; this nsa speaks %d", version, PROTOCOL_VERSION);
  cJSON_Delete(a.object);
  free(line);
  return is_good;
}

static void destroy(void *world) {
  process *p = world;
  child_end(p->child, "{\"request\":\"close\"}\n", closing_seconds);
  cJSON_Delete(p->hello);
  cJSON_Delete(p->told);
  free(p->channels);
  free(p->line);
  free(p);
}

static bool start(process *p, const char *hello, char *error) {
  char why[CHILD_ERROR];
  if (!read_hello(p, hello))
    return refuse(p, error, "could not be started: out of memory");
  p->child = child_start(p->starter, p->command, why);
  if (!p->child)
    return refuse(p, error, "%s", why);
  return say_hello(p, hello, error);
}

static void *create(const nsa_environment_value *values, uint64_t key, char *error) {
  process *p = calloc(1, sizeof *p);
  if (!p) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "out of memory");
    return NULL;
  }
  p->command = values[PROCESS_COMMAND].text;
  p->timeout = values[PROCESS_TIMEOUT].value;
  p->starter = (int)values[PROCESS_STARTER].value;
  p->key = key;
  if (start(p, values[PROCESS_HELLO].text, error))
    return p;
  destroy(p);
  return NULL;
}

static bool reset(void *world, uint64_t trial, double *const *channels, char *error) {
  process *p = world;
  answer a;
  uint64_t seed = seed_of(nsa_environment_mix(p->key) ^ trial);
  sprintf(p->line, "{\"request\":\"reset\",\"trial\":%" PRIu64 ",\"seed\":%" PRIu64 "}\n", trial, seed);
  bool is_good = ask(&a, p, "reset", p->line, p->timeout, error) && read_observation(&a, channels);
  cJSON_Delete(a.object);
  return is_good;
}

static void write_step(process *p, const double *action) {
  char *to = p->line + sprintf(p->line, "{\"request\":\"step\",\"action\":%s", p->is_choice ? "" : "[");
  for (uint32_t i = 0; i < p->action_length; i++)
    to += sprintf(to, "%s%.17g", i > 0 ? "," : "", nsa_show(p->action_unit, action[i]));
  sprintf(to, "%s}\n", p->is_choice ? "" : "]");
}

static bool step(void *world, const double *action, double *const *channels, nsa_environment_outcome *outcome,
                 char *error) {
  process *p = world;
  answer a;
  write_step(p, action);
  bool is_good =
      ask(&a, p, "step", p->line, p->timeout, error) && read_observation(&a, channels) && read_outcome(&a, outcome);
  cJSON_Delete(a.object);
  return is_good;
}

/* ---- checkpoints: its state is a text that it gives and takes ---- */

static const char *state_told(const process *p) {
  const cJSON *state = member(p->told, "state");
  return cJSON_IsString(state) ? state->valuestring : "";
}

static size_t size(const void *world) {
  const process *p = world;
  answer a = {0};
  char error[NSA_ENVIRONMENT_ERROR];
  cJSON_DeleteItemFromObjectCaseSensitive(p->told, "state");
  if (p->can_save && ask(&a, p, "save", "{\"request\":\"save\"}\n", p->timeout, error))
    cJSON_AddItemToObject(p->told, "state", cJSON_DetachItemFromObjectCaseSensitive(a.object, "state"));
  cJSON_Delete(a.object);
  return strlen(state_told(p));
}

static void save(const void *world, void *bytes) {
  const char *state = state_told(world);
  memcpy(bytes, state, strlen(state));
}

static char *restore_line(const void *bytes, size_t length) {
  nsa_json_begin();
  char *state = malloc(length + 1), *line = NULL;
  cJSON *request = cJSON_CreateObject();
  if (state) {
    memcpy(state, bytes, length);
    state[length] = 0;
    cJSON_AddStringToObject(request, "request", "restore");
    cJSON_AddStringToObject(request, "state", state);
    line = cJSON_PrintUnformatted(request);
  }
  cJSON_Delete(request);
  free(state);
  if (!nsa_json_ran_out())
    return line;
  free(line);
  return NULL;
}

static bool restore(void *world, const void *bytes, size_t length, char *error) {
  process *p = world;
  answer a = {0};
  char *line = restore_line(bytes, length), *ended = line ? realloc(line, strlen(line) + 2) : NULL;
  bool is_good = ended != NULL;
  if (ended)
    is_good = ask(&a, p, "restore", strcat(ended, "\n"), p->timeout, error);
  else
    refuse(p, error, "cannot be restored: out of memory");
  cJSON_Delete(a.object);
  free(ended ? ended : line);
  return is_good;
}

static const nsa_environment_setting settings[PROCESS_VALUES] = {
    [PROCESS_HELLO] = {.name = "hello", .unit = "", .kind = NSA_SETTING_TEXT, .is_needed = true},
    [PROCESS_COMMAND] = {.name = "command", .unit = "", .kind = NSA_SETTING_TEXT, .is_needed = true},
    [PROCESS_STARTER] = {.name = "starter", .unit = "", .kind = NSA_SETTING_WHOLE, .is_needed = true},
    [PROCESS_TIMEOUT] = {.name = "timeout", .unit = "s", .kind = NSA_SETTING_NUMBER, .is_needed = true},
};

const nsa_environment_kind process_kind = {
    .abi = NSA_ENVIRONMENT_ABI,
    .name = "external",
    .settings = settings,
    .setting_count = PROCESS_VALUES,
    .create = create,
    .destroy = destroy,
    .reset = reset,
    .step = step,
    .size = size,
    .save = save,
    .restore = restore,
};
