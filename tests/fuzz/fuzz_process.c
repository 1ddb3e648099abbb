/* SPDX-License-Identifier: MIT */
/* A process that is an environment may answer with any lines: each is understood, or has an error.
 *
 * No process is started: the functions of child.h below take the place of those of the runtime. */
#include "fuzz/target.h"

#include "worlds/child.h"
#include "worlds/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct child {
  char *lines;
};

static struct child only;

child *child_start(int starter, const char *command, char error[CHILD_ERROR]) {
  (void)starter;
  return command && error ? &only : NULL;
}

bool child_ask(child *c, const char *line, double seconds, size_t longest, const char **answer,
               char error[CHILD_ERROR]) {
  (void)line, (void)seconds;
  size_t length = strcspn(c->lines, "\n");
  bool is_answer = c->lines[length] != 0 && length <= longest;
  *answer = c->lines;
  snprintf(error, CHILD_ERROR, "did not answer");
  c->lines += length + is_answer;
  if (is_answer)
    c->lines[-1] = 0;
  return is_answer;
}

void child_end(child *c, const char *last, double seconds) { (void)c, (void)last, (void)seconds; }

static void use(void *world) {
  double here[2], light, *channels[] = {here, &light}, action = 1;
  char error[NSA_ENVIRONMENT_ERROR] = "";
  nsa_environment_outcome outcome;
  size_t size = process_kind.size(world);
  uint8_t *state = malloc(size + 1);
  process_kind.save(world, state); /* gives its own size again: it need not be the same */
  free(state);
  bool is_good = process_kind.reset(world, 3, channels, error);
  while (is_good)
    is_good = process_kind.step(world, &action, channels, &outcome, error);
  if (!error[0])
    target_fail("an environment that cannot go on has no error");
}

static void answer_with(const uint8_t *data, size_t size, const nsa_environment_action *action) {
  process_channel channels[] = {{.name = "here", .unit = "um", .count = 2}, {.name = "light", .unit = "", .count = 1}};
  char *hello = process_hello("robot", channels, 2, action), error[NSA_ENVIRONMENT_ERROR] = "";
  nsa_environment_value values[PROCESS_VALUES] = {
      [PROCESS_HELLO] = {.text = hello}, [PROCESS_COMMAND] = {.text = "robot"}, [PROCESS_TIMEOUT] = {.value = 1}};
  char *lines = malloc(size + 1);
  memcpy(lines, data, size);
  lines[size] = 0;
  only.lines = lines;
  void *world = process_kind.create(values, 7, error);
  if (world) {
    use(world);
    process_kind.destroy(world);
  } else if (!error[0])
    target_fail("an environment that cannot start has no error");
  free(lines);
  free(hello);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  answer_with(data, size, &(nsa_environment_action){.choices = 4, .length = 1, .high = 3, .unit = ""});
  return 0;
}
