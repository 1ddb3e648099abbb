/* SPDX-License-Identifier: MIT */
/* Environments in other processes, by themselves: what is said on the lines, and what children may do wrong. Most
 * children are a few words of sh: `read` takes a request, `echo` answers. */
#include "unit/cmocka_all.h"

#include "nsa_starter.h"
#include "worlds/process.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READY "read l; echo '{\"version\":1}'; "
#define SEEN(numbers) "\"observation\":{\"here\":[" numbers "]}"
#define RESET READY "read l; echo '{" SEEN("0,0") "}'; "
#define STEP(answer) RESET "read l; echo '" answer "'; read l"
#define GOOD_END "\"reward\":0,\"terminated\":false,\"truncated\":false"

static const nsa_environment_action four = {.choices = 4, .length = 1, .high = 3, .unit = ""};

static nsa_starter *starter;

typedef struct {
  char *hello, error[NSA_ENVIRONMENT_ERROR];
  nsa_environment_value values[PROCESS_VALUES];
  void *world;
  double here[2], *channels[1];
  nsa_environment_outcome outcome;
} setup;

static bool start(setup *s, const char *command, double timeout, const char *unit,
                  const nsa_environment_action *action) {
  process_channel channel = {.name = "here", .unit = unit, .count = 2};
  *s = (setup){.hello = process_hello("robot", &channel, 1, action)};
  s->channels[0] = s->here;
  s->values[PROCESS_HELLO].text = s->hello;
  s->values[PROCESS_COMMAND].text = command;
  s->values[PROCESS_STARTER].value = nsa_starter_socket(starter);
  s->values[PROCESS_TIMEOUT].value = timeout;
  s->world = process_kind.create(s->values, 7, s->error);
  return s->world != NULL;
}

static bool reset(setup *s) { return process_kind.reset(s->world, 0, s->channels, s->error); }

static bool step(setup *s, double action) {
  return process_kind.step(s->world, &action, s->channels, &s->outcome, s->error);
}

static void end(setup *s) {
  if (s->world)
    process_kind.destroy(s->world);
  free(s->hello);
}

/* ---- what is said ---- */

static void read_file(const char *path, char *text, size_t size) {
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  text[fread(text, 1, size - 1, f)] = 0;
  fclose(f);
}

static void lines_are_those_of_the_page(void **state) {
  (void)state;
  setup s;
  char text[4096];
  const char *command =
      "tee said | { " RESET
      "read l; echo '{" SEEN("0.1,2.5e-3") ",\"reward\":-1.5,\"terminated\":true,"
                                           "\"truncated\":false,\"succeeded\":true,\"info\":{}}'; read l; }";
  if (!start(&s, command, 10, "1", &four) || !reset(&s) || !step(&s, 3))
    fail_msg("%s", s.error);
  assert_true(s.here[0] == 0.1 && s.here[1] == 2.5e-3);
  assert_true(s.outcome.reward == -1.5 && s.outcome.terminated && !s.outcome.truncated && s.outcome.succeeded);
  end(&s);
  read_file("said", text, sizeof text);
  uint64_t seed = nsa_environment_mix(7) >> 11, first = nsa_environment_mix(nsa_environment_mix(7)) >> 11;
  char expected[4096];
  snprintf(
      expected, sizeof expected,
      "{\"request\":\"hello\",\"version\":1,\"environment\":\"robot\",\"channels\":{\"here\":{\"count\":2,\"unit\":"
      "\"1\"}},\"action\":{\"choices\":4},\"seed\":%llu}\n{\"request\":\"reset\",\"trial\":0,\"seed\":%llu}\n"
      "{\"request\":\"step\",\"action\":3}\n{\"request\":\"close\"}\n",
      (unsigned long long)seed, (unsigned long long)first);
  assert_string_equal(text, expected);
}

/* In the unit that the model declares, either way: 0.5 m are 5e5 um, 250 mV/s are 0.25 mV/ms. */
static void numbers_are_in_declared_units(void **state) {
  (void)state;
  setup s;
  char text[4096];
  nsa_environment_action push = {.length = 2, .low = -0.25, .high = 0.25, .unit = "mV/s"};
  const char *command =
      "tee said | { " READY "read l; echo '{" SEEN("0.5,1e-6") "}'; read l; echo '{" SEEN("0,0") "," GOOD_END
                                                                                                 "}'; read l; }";
  if (!start(&s, command, 10, "m", &push) || !reset(&s))
    fail_msg("%s", s.error);
  assert_true(s.here[0] == 5e5 && s.here[1] == 1);
  double action[2] = {0.125, 1.0 / 3};
  assert_true(process_kind.step(s.world, action, s.channels, &s.outcome, s.error));
  assert_false(s.outcome.succeeded);
  end(&s);
  read_file("said", text, sizeof text);
  assert_non_null(strstr(text, "\"action\":{\"length\":2,\"low\":-250,\"high\":250,\"unit\":\"mV/s\"}"));
  const char *sent = strstr(text, "\"step\",\"action\":[125,");
  assert_non_null(sent);
  assert_true(strtod(sent + strlen("\"step\",\"action\":[125,"), NULL) == 1.0 / 3 * 1000);
}

/* What it is given it says again. */
static void doubles_keep_their_bits(void **state) {
  (void)state;
  setup s;
  nsa_environment_action any = {.length = 1, .low = -1, .high = 1, .unit = ""};
  const char *command =
      RESET "while read l; do l=${l#*[}; l=${l%]*}; echo '{\"observation\":{\"here\":['$l,$l']}," GOOD_END "}'; done";
  if (!start(&s, command, 10, "1", &any) || !reset(&s))
    fail_msg("%s", s.error);
  for (uint64_t k = 0; k < 2000; k++) {
    uint64_t bits = nsa_environment_mix(k);
    double x;
    memcpy(&x, &bits, sizeof x);
    if (!isfinite(x))
      continue;
    if (!step(&s, x))
      fail_msg("%.17g: %s", x, s.error);
    assert_memory_equal(&x, &s.here[0], sizeof x);
    assert_memory_equal(&x, &s.here[1], sizeof x);
  }
  end(&s);
}

/* A child that counts. Its state has what must be escaped. */
static void states_are_saved_and_restored(void **state) {
  (void)state;
  setup s;
  char bytes[64];
  const char *command =
      "read l; echo '{\"version\":1,\"saves\":true}'; n=0; while read -r l; do case $l in "
      "*save*) echo '{\"state\":\"\\\"'$n'\\\"\"}';; *restore*) n=${l#*state*\\\\\\\"}; n=${n%%\\\\*}; echo '{}';; "
      "*) n=$((n+1)); echo '{\"observation\":{\"here\":['$n',0]}," GOOD_END "}';; esac; done";
  if (!start(&s, command, 10, "1", &four) || !reset(&s) || !step(&s, 0))
    fail_msg("%s", s.error);
  assert_true(s.here[0] == 2);
  assert_int_equal(process_kind.size(s.world), 3);
  process_kind.save(s.world, bytes);
  assert_memory_equal(bytes, "\"2\"", 3);
  assert_true(step(&s, 0) && step(&s, 0) && s.here[0] == 4);
  if (!process_kind.restore(s.world, bytes, 3, s.error))
    fail_msg("%s", s.error);
  assert_true(step(&s, 0) && s.here[0] == 3);
  end(&s);
  assert_true(start(&s, RESET "read l", 10, "1", &four));
  assert_int_equal(process_kind.size(s.world), 0);
  end(&s);
}

/* ---- what goes wrong ---- */

static void says(setup *s, const char *what) {
  if (!strstr(s->error, what) || strncmp(s->error, "its process `", 13) != 0)
    fail_msg("'%s' lacks '%s'", s->error, what);
  for (const char *c = s->error; *c; c++)
    assert_true((unsigned char)*c >= ' ');
}

static void fails_at_start(const char *command, double timeout, const char *what) {
  setup s;
  assert_false(start(&s, command, timeout, "1", &four));
  end(&s);
  says(&s, what);
}

static void bad_starts_are_told(void **state) {
  (void)state;
  fails_at_start("exit 3", 10, "ended with exit code 3 (request `hello`)");
  fails_at_start("/no/such/program 2> /dev/null", 10, "ended with exit code 127 (there is no such command)");
  fails_at_start("/dev/null 2> /dev/null", 10, "ended with exit code 126 (it cannot be executed)");
  fails_at_start("kill -SEGV $$", 10, "was ended by signal 11 (Segmentation fault)");
  fails_at_start("exec sleep 1000", 0.1, "did not answer within 1 s");
  fails_at_start("exec > /dev/null; exec sleep 1000", 10, "closed its standard output");
  fails_at_start("echo Robot 2.1 is ready; read l", 10, "\"Robot 2.1 is ready\"");
  fails_at_start("read l; echo '{}'; read l", 10, "answered `hello` with no \"version\"");
  fails_at_start("read l; echo '{\"version\":2}'; read l", 10, "speaks version 2 of the protocol; this nsa speaks 1");
  fails_at_start("read l; echo '{\"error\":\"no arm on port 3\"}'", 10, "says: no arm on port 3");
  fails_at_start("read l; printf '\\033[31m\\a\\n'; read l", 10, "answered `hello` with \"?[31m?\"");
  fails_at_start("read l; yes | head -c 70 | tr '\\n' _; echo", 10,
                 "\"y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_y_...\"");
  fails_at_start("read l; head -c 100000 /dev/zero | tr '\\000' x; echo; sleep 1000", 10,
                 "a line of more than 65664 bytes");
  fails_at_start("read l; exec cat /dev/zero", 10, "a line of more than 65664 bytes");
}

static void fails_at_step(const char *answer, const char *what) {
  setup s;
  char command[2000];
  snprintf(command, sizeof command, RESET "read l; echo '%s'; read l", answer);
  if (!start(&s, command, 10, "1", &four) || !reset(&s))
    fail_msg("%s", s.error);
  assert_false(step(&s, 1));
  end(&s);
  says(&s, what);
}

static void wrong_answers_are_told(void **state) {
  (void)state;
  fails_at_step("", "answered `step` with \"\", which is not an object of JSON");
  fails_at_step("[1]", "which is not an object of JSON");
  fails_at_step("{\"reward\":1", "which is not an object of JSON");
  fails_at_step("{} {}", "which is not an object of JSON");
  fails_at_step("{" GOOD_END "}", "no \"observation\"");
  fails_at_step("{\"observation\":[1,2]," GOOD_END "}", "an \"observation\" that is not an object");
  fails_at_step("{\"observation\":{}," GOOD_END "}", "an observation without the channel \"here\"");
  fails_at_step("{\"observation\":{\"here\":1}," GOOD_END "}", "a channel \"here\" that is not an array of numbers");
  fails_at_step("{" SEEN("1") "," GOOD_END "}", "1 numbers in the channel \"here\"; it has 2");
  fails_at_step("{" SEEN("1,2,3") "," GOOD_END "}", "3 numbers in the channel \"here\"; it has 2");
  fails_at_step("{" SEEN("1,null") "," GOOD_END "}", "a channel \"here\" whose number 1 is not a number");
  fails_at_step("{" SEEN("true,1") "," GOOD_END "}", "a channel \"here\" whose number 0 is not a number");
  fails_at_step("{" SEEN("1,1e999") "," GOOD_END "}", "a channel \"here\" whose number 1 is not finite");
  fails_at_step("{" SEEN("1,NaN") "," GOOD_END "}", "NaN, which is not a finite number");
  fails_at_step("{" SEEN("-Infinity,1") "," GOOD_END "}", "-Infinity, which is not a finite number");
  fails_at_step("{\"observation\":{\"here\":[1,2],\"there\":[1]}," GOOD_END "}",
                "a channel \"there\", which it does not");
  fails_at_step("{\"observation\":{\"here\":[1,2],\"here\":[1,2]}," GOOD_END "}", "has a channel twice");
  fails_at_step("{" SEEN("1,2") "}", "no \"reward\"");
  fails_at_step("{" SEEN("1,2") ",\"reward\":\"1\"}", "a \"reward\" that is not a number");
  fails_at_step("{" SEEN("1,2") ",\"reward\":NaN}", "NaN, which is not a finite number");
  fails_at_step("{" SEEN("1,2") ",\"reward\":-1e999}", "a \"reward\" that is not finite");
  fails_at_step("{" SEEN("1,2") ",\"reward\":1}", "no \"terminated\"");
  fails_at_step("{" SEEN("1,2") ",\"reward\":1,\"terminated\":0}", "a \"terminated\" that is neither true nor false");
  fails_at_step("{" SEEN("1,2") ",\"reward\":1,\"terminated\":true}", "no \"truncated\"");
  fails_at_step("{" SEEN("1,2") "," GOOD_END ",\"succeeded\":null}", "a \"succeeded\" that is neither true nor false");
  fails_at_step("{\"error\":7}", "says: error");
  /* a level of an array is a byte, and takes a stack frame and some memory when it is read */
  fails_at_start("read l; head -c 60000 /dev/zero | tr '\\000' '['; echo; read l", 10, "not an object of JSON");
  fails_at_start("read l; echo; read l", 10, "answered `hello` with \"\", which is not an object of JSON");
}

/* The line is short enough, but what stands on it takes much more memory than its bytes. */
static void crowded_answers_are_told(void **state) {
  (void)state;
  setup s;
  process_channel channel = {.name = "here", .unit = "", .count = 100000};
  s = (setup){.hello = process_hello("robot", &channel, 1, &four)};
  s.values[PROCESS_HELLO].text = s.hello;
  s.values[PROCESS_COMMAND].text = READY "read l; yes '[],1,{}' | head -c 2000000 | tr '\\n' ,; echo; read l";
  s.values[PROCESS_STARTER].value = nsa_starter_socket(starter);
  s.values[PROCESS_TIMEOUT].value = 10;
  s.world = process_kind.create(s.values, 7, s.error);
  if (!s.world)
    fail_msg("%s", s.error);
  assert_false(reset(&s));
  end(&s);
  says(&s, "answered `reset` with more than the 165536 numbers and other things that an answer can have");
}

/* ...but for what stands in texts. */
static void texts_are_not_crowds(void **state) {
  (void)state;
  setup s;
  const char *command = "read l; echo '{\"version\":1,\"saves\":true}'; read l; printf '{\"state\":\"\\\\\"'; "
                        "head -c 65580 /dev/zero | tr '\\000' ,; echo '\"}'; read l";
  if (!start(&s, command, 10, "1", &four))
    fail_msg("%s", s.error);
  assert_int_equal(process_kind.size(s.world), 65581);
  end(&s);
}

static void fails_later(const char *rest, double timeout, const char *what) {
  setup s;
  char command[2000];
  snprintf(command, sizeof command, RESET "%s", rest);
  if (!start(&s, command, timeout, "1", &four) || !reset(&s))
    fail_msg("%s", s.error);
  bool is_good = step(&s, 0) && step(&s, 0);
  assert_false(is_good);
  end(&s);
  says(&s, what);
}

static void deaths_and_delays_are_told(void **state) {
  (void)state;
  fails_later("read l; exit 9", 10, "ended with exit code 9 (request `step`)");
  fails_later("exit 0", 10, "ended with exit code 0");
  fails_later("read l; kill -9 $$", 10, "was ended by signal 9 (Killed)");
  fails_later("read l; exec sleep 1000", 1, "did not answer within 1 s");
  fails_later("read l; sleep 1000 & exec sleep 1000", 1, "did not answer within 1 s");
  fails_later("read l; printf '{\"rew'; exec sleep 1000", 1, "did not answer within 1 s");
  fails_later("read l; printf '{\"rew'", 10, "ended with exit code 0");
  fails_later("echo debug; sleep 0.2; read l", 10, "debug");
  fails_later("read l; echo '{" SEEN("1,2") "," GOOD_END "}'; echo more; sleep 1000", 10, "\"more\"");
  fails_later("trap '' TERM INT HUP PIPE; exec <&-; exec sleep 1000", 1, "did not answer within 1 s");
  fails_later("echo '{\"error\":\"hot motor\"}'; exec <&-; exit 1", 10, "hot motor");
}

/* More than a pipe holds, to one that does not read. */
static void a_long_action_does_not_block(void **state) {
  (void)state;
  setup s;
  enum { LENGTH = 20000 };
  nsa_environment_action many = {.length = LENGTH, .low = -1, .high = 1, .unit = ""};
  double *action = calloc(LENGTH, sizeof *action);
  assert_non_null(action);
  for (uint32_t i = 0; i < LENGTH; i++)
    action[i] = 1.0 / (3 + i);
  if (!start(&s, RESET "exec sleep 1000", 1, "1", &many) || !reset(&s))
    fail_msg("%s", s.error);
  assert_false(process_kind.step(s.world, action, s.channels, &s.outcome, s.error));
  end(&s);
  says(&s, "did not read within 1 s");
  free(action);
}

/* ---- several ---- */

static void *walk(void *count) {
  setup s;
  *(int *)count = -1;
  const char *command =
      RESET "n=0; while read l; do n=$((n+1)); echo '{\"observation\":{\"here\":['$n',1]}," GOOD_END "}'; done";
  process_channel channel = {.name = "here", .unit = "1", .count = 2};
  s = (setup){.hello = process_hello("robot", &channel, 1, &four)};
  s.channels[0] = s.here;
  s.values[PROCESS_HELLO].text = s.hello;
  s.values[PROCESS_COMMAND].text = command;
  s.values[PROCESS_STARTER].value = nsa_starter_socket(starter);
  s.values[PROCESS_TIMEOUT].value = 30;
  s.world = process_kind.create(s.values, 7, s.error);
  bool is_good = s.world && reset(&s);
  for (int k = 0; is_good && k < 50; k++)
    is_good = step(&s, 0);
  *(int *)count = is_good ? (int)s.here[0] : -2;
  if (s.world)
    process_kind.destroy(s.world);
  free(s.hello);
  return NULL;
}

/* None holds the pipes of another: each sees the end of its input when it is closed, and ends at once. */
static void several_go_side_by_side(void **state) {
  (void)state;
  enum { COUNT = 8 };
  pthread_t threads[COUNT];
  int counts[COUNT];
  time_t begin = time(NULL);
  for (int i = 0; i < COUNT; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, walk, &counts[i]), 0);
  for (int i = 0; i < COUNT; i++) {
    pthread_join(threads[i], NULL);
    assert_int_equal(counts[i], 50);
  }
  assert_true(time(NULL) - begin < 20);
}

/* ---- what is left of them ---- */

/* A child whose child leaves its process group and its parent, and writes its number down. */
#define LEAVES "(setsid sh -c 'echo $$ > left.part; mv left.part left; exec sleep 1000' < /dev/null > /dev/null &); "
#define WAITS "while ! [ -e left ]; do sleep 0.01; done; "

static pid_t left(void) {
  char text[64];
  read_file("left", text, sizeof text);
  return (pid_t)strtol(text, NULL, 10);
}

static bool is_gone_within(pid_t pid, double seconds) {
  for (; seconds > 0 && kill(pid, 0) == 0; seconds -= 0.01)
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  return kill(pid, 0) != 0 && errno == ESRCH;
}

static void those_who_leave_are_ended(void **state) {
  (void)state;
  setup s;
  unlink("left");
  if (!start(&s, LEAVES RESET WAITS "read l", 10, "1", &four) || !reset(&s))
    fail_msg("%s", s.error);
  bool is_good = step(&s, 0); /* it ends then */
  assert_false(is_good);
  assert_int_equal(kill(left(), 0), 0);
  end(&s);
  assert_true(is_gone_within(left(), 0.05));
}

/* We are killed: nobody is there to close anything. */
static void all_end_with_us(void **state) {
  (void)state;
  unlink("left");
  pid_t self = fork();
  if (self == 0) {
    setup s;
    starter = nsa_starter_begin();
    if (start(&s, LEAVES WAITS RESET "read l", 10, "1", &four) && reset(&s))
      kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status;
  waitpid(self, &status, 0);
  assert_true(WIFSIGNALED(status));
  assert_true(is_gone_within(left(), 2));
}

/* A command is a packet: one that does not fit is refused. */
static void long_commands_are_refused(void **state) {
  (void)state;
  setup s;
  char *command = calloc(1, 100001);
  assert_non_null(command);
  memset(command, ' ', 100000);
  assert_false(start(&s, command, 10, "1", &four));
  end(&s);
  says(&s, "could not be started: Argument list too long");
  free(command);
}

static int begin_starter(void **state) {
  (void)state;
  starter = nsa_starter_begin();
  return starter ? 0 : 1;
}

/* It is our only child. */
static int end_starter(void **state) {
  (void)state;
  nsa_starter_end(starter);
  return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD ? 0 : 1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_are_those_of_the_page),
      cmocka_unit_test(numbers_are_in_declared_units),
      cmocka_unit_test(states_are_saved_and_restored),
      cmocka_unit_test(doubles_keep_their_bits),
      cmocka_unit_test(bad_starts_are_told),
      cmocka_unit_test(wrong_answers_are_told),
      cmocka_unit_test(deaths_and_delays_are_told),
      cmocka_unit_test(a_long_action_does_not_block),
      cmocka_unit_test(several_go_side_by_side),
      cmocka_unit_test(those_who_leave_are_ended),
      cmocka_unit_test(crowded_answers_are_told),
      cmocka_unit_test(texts_are_not_crowds),
      cmocka_unit_test(all_end_with_us),
      cmocka_unit_test(long_commands_are_refused),
  };
  return cmocka_run_group_tests(tests, begin_starter, end_starter);
}
