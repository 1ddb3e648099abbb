/* SPDX-License-Identifier: MIT */
/* generate_model.c - prints a random, valid model.
 *
 *   generate_model SEED          the same seed gives the same model
 *
 * Every model is defined: denominators and logarithms are guarded, exponents clamped, contributions
 * saturate, and each equation decays toward a bounded value. Nearly all quantities are plain numbers. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_NAMES = 16, MAX_POPULATIONS = 3 };

static uint64_t state;

static unsigned below(unsigned limit) { /* splitmix64 */
  uint64_t x = state += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return (unsigned)((x ^ x >> 31) % limit);
}

static bool chance(unsigned percent) { return below(100) < percent; }

/* What an expression may name; `prefix` is put before each ("pre.", "post.", or nothing). */
typedef struct {
  const char *prefix;
  const char *names[MAX_NAMES];
  unsigned count;
  bool random; /* random functions are allowed */
} scope;

static void add(scope *s, const char *name) { s->names[s->count++] = name; }

static void leaf(const scope *s) {
  if (s->random && chance(15)) {
    static const char *const draws[] = {"uniform(-1, 1)", "normal(0, 0.3)", "exponential(0.5)",
                                        "bernoulli(0.4)", "poisson(1.5)"};
    printf("%s", draws[below(5)]);
  } else if (s->count > 0 && chance(75)) {
    printf("%s%s", s->prefix, s->names[below(s->count)]);
  } else {
    printf("%u.%02u", below(3), below(100));
  }
}

static void expression(const scope *s, unsigned depth);

/* A template's `@` are sub-expressions. */
static void fill(const scope *s, const char *text, unsigned depth) {
  for (; *text != '\0'; text++) {
    if (*text == '@') {
      expression(s, depth);
    } else {
      putchar(*text);
    }
  }
}

static void condition(const scope *s, unsigned depth) {
  static const char *const forms[] = {"@ > @", "@ <= @", "@ > 0.2 and @ < 1", "not (@ > @)",
                                      "@ < -0.3 or @ >= 0.4"};
  fill(s, forms[below(5)], depth);
}

static void expression(const scope *s, unsigned depth) {
  static const char *const forms[] = {
      "(@ + @)", "(@ - @)", "tanh(@)*@", "(@)/(1.5 + abs(@))", "exp(clip(@, -3, 1))",
      "sin(@)", "cos(@)", "sigmoid(@)", "min(@, @)", "max(@, @, 0.3)", "sqrt(1 + abs(@))",
      "log(1.1 + abs(@))", "log1p(abs(@))", "exprel(clip(@, -2, 1))", "hill(abs(@), 0.7, 2)",
      "sign(@)", "step(@)", "atan2(@, 1 + abs(@))", "clip(@, -1, 1)^2", "floor(clip(@, -4, 4))",
      "round(clip(@, -4, 4))", "expm1(clip(@, -2, 1))", "abs(@)", "-(@)"};
  if (depth == 0) {
    leaf(s);
  } else if (chance(12)) {
    printf("(if ");
    condition(s, depth - 1);
    printf(" then ");
    expression(s, depth - 1);
    printf(" else ");
    expression(s, depth - 1);
    printf(")");
  } else {
    fill(s, forms[below(sizeof forms / sizeof *forms)], depth - 1);
  }
}

static void bounded(const scope *s, unsigned depth) {
  printf("tanh(");
  expression(s, depth);
  printf(")");
}

static void statements(const scope *s, unsigned depth) {
  for (unsigned n = 1 + below(2); n > 0; n--) {
    unsigned kind = below(depth > 0 ? 5 : 3);
    if (kind == 0) {
      printf("    q = ");
      bounded(s, 2);
      printf("\n");
    } else if (kind == 1) {
      printf("    b = 0.5*b + ");
      bounded(s, 1);
      printf("\n");
    } else if (kind == 2) {
      printf("    if not pause { start pause for %u ms }\n", 1 + below(5));
    } else {
      printf("    if ");
      condition(s, 1);
      printf(" {\n");
      statements(s, depth - 1);
      printf("    } else {\n");
      statements(s, depth - 1);
      printf("    }\n");
    }
  }
}

static void equation(const scope *s, const char *name, unsigned tau, bool noise) {
  static const char *const solvers[] = {"", "", " using euler", " using heun", " using rk4",
                                        " using exponential_euler", " using implicit"};
  /* The other states only: each equation stays linear in its own, so that every solver takes it. */
  scope others = *s;
  others.count = 0;
  for (unsigned k = 0; k < s->count; k++) {
    if (s->names[k][0] != name[0] && s->names[k][0] != 'l') {
      add(&others, s->names[k]);
    }
  }
  printf("  d%s/dt = (-%s + ", name, name);
  bounded(&others, 2);
  printf(")/(%u ms)%s\n", tau, noise ? " + 0.1*xi/sqrt(5 ms)/(1 s)*(1 s)" : solvers[below(7)]);
}

static void component(unsigned k, bool astrocyte, bool slow) {
  static const char *const combiners[] = {"mean", "sum", "max", "min", "last"};
  bool noise = !astrocyte && chance(25);
  printf("%s c%u on %s {\n", astrocyte ? "astrocyte" : "neuron", k, slow ? "slow" : "fast");
  printf("  param p = 0.%02u, r = 1.%02u\n", below(100), below(100));
  printf("  state a = uniform(-1, 1), b = 0.%02u, q = 0\n", below(100));
  printf("  input u %s, w %s\n", combiners[slow ? below(5) : 1], combiners[slow ? below(5) : 1]);
  printf("  timer pause\n");
  scope s = {.prefix = ""};
  add(&s, "p"), add(&s, "r"), add(&s, "a"), add(&s, "b"), add(&s, "q"), add(&s, "u"), add(&s, "w");
  printf("  let l1 = ");
  bounded(&s, 2);
  printf("\n");
  add(&s, "l1");
  if (noise) {
    printf("  noise xi\n");
  }
  equation(&s, "a", 2 + below(9), noise);
  equation(&s, "b", 2 + below(9), false);
  s.random = true;
  if (astrocyte || chance(50)) {
    printf("  event high when a rises above 0.2 {\n");
  } else {
    printf("  event high when b + q > 0.4 refractory 3 ms {\n");
  }
  statements(&s, 1);
  printf("  }\n");
  if (!astrocyte) {
    printf("  spike when a + q > 0.3 refractory %u ms {\n    a = -0.5\n", 1 + below(4));
    statements(&s, 1);
    printf("  }\n");
  }
  printf("  each step {\n");
  statements(&s, 2);
  printf("  }\n}\n");
}

static void rule(unsigned from, unsigned to) {
  unsigned least = from < to ? from : to;
  switch (below(6)) {
  case 0: printf(from == to ? "one_to_one" : "nearest"); break;
  case 1: printf((uint64_t)from * to <= 20000 ? "all_to_all" : "probability(0.01)"); break;
  case 2: printf("probability(0.%02u)", 1 + below(20)); break;
  case 3: printf("where((pre.i + 2*post.i) %s 7)", chance(50) ? ">" : "<="); break;
  case 4: printf("indegree(%u)", least > 3 ? 1 + below(3) : 1); break;
  default: printf("outdegree(%u)", least > 3 ? 1 + below(3) : 1); break;
  }
}

static void synapse(unsigned k) {
  scope pre = {.prefix = "pre."}, post = {.prefix = "post."}, own = {.prefix = ""};
  add(&pre, "a"), add(&pre, "b"), add(&pre, "q"), add(&pre, "p"), add(&pre, "l1");
  add(&post, "a"), add(&post, "b"), add(&post, "r");
  add(&own, "g"), add(&own, "m");
  printf("synapse s%u {\n  param g = 0.%02u\n  state m = 0.5\n", k, 1 + below(99));
  static const char *const inputs[] = {"u", "w"};
  for (unsigned n = 1 + below(2); n > 0; n--) {
    printf("  post.%s += m*", inputs[n - 1]);
    bounded(&pre, 1 + below(2));
    printf(" + 0.1*");
    bounded(chance(50) ? &post : &own, 1);
    printf("\n");
  }
  printf("}\n");
}

int main(int argc, char **argv) {
  static const unsigned sizes[] = {1, 3, 7, 8, 9, 33, 1003};
  if (argc != 2) {
    fprintf(stderr, "usage: generate_model SEED\n");
    return 2;
  }
  uint64_t seed = strtoull(argv[1], NULL, 10);
  state = seed * 0x2545f4914f6cdd1du;
  unsigned populations = 1 + below(MAX_POPULATIONS), size[MAX_POPULATIONS];
  printf("# generate_model %" PRIu64 "\ntimescale fast = 0.5 ms\ntimescale slow = 2 ms\n", seed);
  for (unsigned k = 0; k < populations; k++) {
    bool astrocyte = k > 0 && chance(50);
    component(k, astrocyte, astrocyte && chance(80));
  }
  for (unsigned k = 0; k < populations; k++) {
    size[k] = sizes[below(7)];
    printf("population n%u : c%u[%u]", k, k, size[k]);
    printf(chance(50) ? " { p = uniform(0, 1), b = 0.1 + 0.001*i }\n" : "\n");
  }
  for (unsigned k = 0, links = 1 + below(3); k < links; k++) {
    unsigned from = below(populations), to = below(populations);
    synapse(k);
    printf("connect k%u : n%u -> n%u via s%u by ", k, from, to, k);
    rule(size[from], size[to]);
    printf("%s%s\n", from == to ? " self" : "", chance(60) ? " { m = uniform(0, 1) }" : "");
  }
  for (unsigned k = 0; k < populations; k++) {
    if (chance(60)) {
      printf("drive n%u.u = 0.5 + 0.3*%s from 5 ms for 12 ms\n", k,
             chance(50) ? "normal(0, 1)" : "sin(t/(3 ms))");
    }
    printf("record n%u.a every 2 ms\nrecord n%u.b every 2 ms\nrecord n%u.q every 2 ms\nrecord n%u.high\n",
           k, k, k, k);
  }
  printf("record n0.spike\nrun 24 ms\n");
  return 0;
}
