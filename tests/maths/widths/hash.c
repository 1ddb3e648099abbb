/* SPDX-License-Identifier: MIT */
/* Prints a hash of each function's results over the same arguments, whatever NSA_WIDTH is and whichever
 * compiler: the outputs of two builds must be equal. With a function's name as argument, prints its results. */
#include "math/kernel_math.c"

#include <stdio.h>

/* a multiple of all widths */
#define POINTS 40000

static uint64_t next_bits(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static double next_unit(uint64_t *state) { return (double)(next_bits(state) >> 11) * 0x1p-53; }

static const uint64_t special_bits[] = {
    0,                  /* 0 */
    1,                  /* the smallest subnormal */
    0x000fffffffffffff, /* the largest subnormal */
    0x0010000000000000, /* the smallest normal */
    0x7fefffffffffffff, /* the largest */
    0x7ff0000000000000, /* infinity */
    0x7ff8000000000001, /* NaN */
    0x3ff0000000000000, /* 1 */
    0x3fefffffffffffff, /* just under 1 */
    0x3ff0000000000001, /* just above 1 */
    0x3fe0000000000000, /* 1/2 */
    0x4000000000000000, /* 2 */
    0x4008000000000000, /* 3 */
    0x4330000000000000, /* 2^52 */
    0x4340000000000001, /* 2^53 + 2 */
    0x40862e42fefa39ef, /* where exp overflows */
    0x40874910d52d3051, /* where it underflows, negated */
    0x3fd62e42fefa39ef, /* ln2/2 */
    0x42c0000000000000, /* the limit of sin */
};
#define SPECIALS (sizeof special_bits / sizeof special_bits[0])

/* Specials, any bits, and ranges in which the functions do something. */
static double argument(uint64_t *state) {
  uint64_t r = next_bits(state);
  union {
    uint64_t u;
    double d;
  } pun;
  switch (r % 8) {
  case 0:
    pun.u = special_bits[(r >> 8) % SPECIALS] ^ (r & SIGN_BIT);
    return pun.d;
  case 1:
    pun.u = next_bits(state);
    return pun.d;
  case 2:
    return 1500.0 * (next_unit(state) - 0.5);
  case 3:
    return 1e9 * (next_unit(state) - 0.5);
  case 4:
    return 4.0 * next_unit(state);
  default:
    return 20.0 * (next_unit(state) - 0.5);
  }
}

static double arguments[3][POINTS], results[POINTS];

static vf64 load(int which, int i) {
  vf64 x;
  memcpy(&x, &arguments[which][i], sizeof x);
  return x;
}

static void print_results(const char *name, const char *wanted) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (int i = 0; i < POINTS; i++) {
    uint64_t u;
    memcpy(&u, &results[i], sizeof u);
    if (results[i] != results[i])
      u = 0x7ff8000000000000u; /* any NaN */
    hash = (hash ^ u) * 0x100000001b3u;
    if (wanted != NULL && strcmp(name, wanted) == 0)
      printf("%d: %a %a %a -> %a\n", i, arguments[0][i], arguments[1][i], arguments[2][i], results[i]);
  }
  if (wanted == NULL)
    printf("%-12s %016llx\n", name, (unsigned long long)hash);
}

#define RUN(name, call)                                                                                                \
  for (int i = 0; i < POINTS; i += NSA_WIDTH) {                                                                        \
    vf64 y = call;                                                                                                     \
    memcpy(&results[i], &y, sizeof y);                                                                                 \
  }                                                                                                                    \
  print_results(#name, wanted);

static vf32 load_single(int which, int i) { return narrowed(load(which, i)); }

static void run_functions(const char *wanted) {
  uint64_t state = 1;
  for (int which = 0; which < 3; which++)
    for (int i = 0; i < POINTS; i++)
      arguments[which][i] = argument(&state);
#define CALL_1(name) NSA_NAME(name)(load(0, i))
#define CALL_2(name) NSA_NAME(name)(load(0, i), load(1, i))
#define CALL_3(name) NSA_NAME(name)(load(0, i), load(1, i), load(2, i))
#define NSA_MATH(name, arity) RUN(name, CALL_##arity(name))
#include "../../../runtime/include/nsa_math.def"
#define SINGLE_1(name) NSA_NAME(name##_single)(load_single(0, i))
#define SINGLE_2(name) NSA_NAME(name##_single)(load_single(0, i), load_single(1, i))
#define SINGLE_3(name) NSA_NAME(name##_single)(load_single(0, i), load_single(1, i), load_single(2, i))
#define NSA_MATH(name, arity) RUN(name##_single, widened(SINGLE_##arity(name)))
#include "../../../runtime/include/nsa_math.def"
}

/* Elements and ticks as models have them, and parameters from tame to odd. */
static void run_random_numbers(const char *wanted) {
  uint64_t state = 2;
  const uint64_t key = 0x0123456789abcdefu;
  static double parameters[2][POINTS];
  for (int i = 0; i < POINTS; i++) {
    arguments[0][i] = (double)(i % 7 == 0 ? next_bits(&state) >> 32 : (uint64_t)i);
    arguments[1][i] = (double)(i % 11 == 0 ? next_bits(&state) >> 11 : (uint64_t)(i / 100));
    arguments[2][i] = parameters[0][i] = 100.0 * next_unit(&state) * (i % 5 == 0 ? 0.01 : 1.0);
    parameters[1][i] = i % 50 == 0 ? argument(&state) : 3.0 * next_unit(&state);
    if (i % 97 == 0)
      arguments[2][i] = parameters[0][i] = argument(&state);
  }
#define PARAMETER(which) (memcpy(&parameter[which], &parameters[which][i], sizeof parameter[which]), parameter[which])
  vf64 parameter[2];
#define DRAW_1(name) NSA_NAME(rand_##name)(key, load(0, i), load(1, i), tick, PARAMETER(0))
#define DRAW_2(name) NSA_NAME(rand_##name)(key, load(0, i), load(1, i), tick, PARAMETER(0), PARAMETER(1))
#define NSA_RAND(name, nargs) RUN(name, DRAW_##nargs(name))
  const double ticks[] = {0.0, 12345.0, 0x1p40 + 3.0, 0x1p53 - 1.0};
  for (int t = 0; t < 4; t++) {
    const double tick = ticks[t];
#include "../../../runtime/include/nsa_math.def"
  }
}

int main(int argc, char **argv) {
  const char *wanted = argc > 1 ? argv[1] : NULL;
  run_functions(wanted);
  run_random_numbers(wanted);
  return 0;
}
