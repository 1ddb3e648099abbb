/* SPDX-License-Identifier: MIT */
/* generate_model.c - prints a random, valid model.
 *
 *   generate_model SEED          the same seed gives the same model
 *   generate_model SEED other    the same model, written so that states of links, delays and partners must be
 *                                kept otherwise: the results agree but for rounding
 *
 * Every model is defined: denominators and logarithms are guarded, exponents clamped, contributions
 * saturate, and each equation decays toward a bounded value. Nearly all quantities are plain numbers. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAMES = 32, MAX_NAME = 16, MAX_POPULATIONS = 4, MAX_EVENT_LINKS = 6000 };

static uint64_t state;
static bool says_otherwise;
static bool has_world; /* an environment, and decisions for it; every third model */

typedef struct {
  bool is_astrocyte, is_slow;
  unsigned rows, cols, size; /* rows 0: no grid */
  const char *combiner[2];   /* of u and w */
} population;

static population populations[MAX_POPULATIONS];
static unsigned population_count;

static unsigned below(unsigned limit) { /* splitmix64 */
  uint64_t x = state += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return (unsigned)((x ^ x >> 31) % limit);
}

static bool chance(unsigned percent) { return below(100) < percent; }

/* What an expression may name. */
typedef struct {
  char names[MAX_NAMES][MAX_NAME];
  unsigned count;
  bool random; /* random functions are allowed */
} scope;

/* Each word of `names`, behind the prefix. */
static void add(scope *s, const char *prefix, const char *names) {
  for (const char *at = names; *at != '\0' && s->count < MAX_NAMES;) {
    size_t length = strcspn(at, " ");
    snprintf(s->names[s->count++], MAX_NAME, "%s%.*s", prefix, (int)length, at);
    at += length + strspn(at + length, " ");
  }
}

static void leaf(const scope *s) {
  if (s->random && chance(15)) {
    static const char *const draws[] = {"uniform(-1, 1)", "normal(0, 0.3)", "exponential(0.5)",    "bernoulli(0.4)",
                                        "poisson(1.5)",   "gamma(2, 0.2)",  "lognormal(0.3, 0.5)", "binomial(3, 0.3)"};
    printf("%s", draws[below(sizeof draws / sizeof *draws)]);
  } else if (s->count > 0 && chance(75)) {
    printf("%s", s->names[below(s->count)]);
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
  static const char *const forms[] = {"@ > @", "@ <= @", "@ > 0.2 and @ < 1", "not (@ > @)", "@ < -0.3 or @ >= 0.4"};
  fill(s, forms[below(5)], depth);
}

static void expression(const scope *s, unsigned depth) {
  static const char *const forms[] = {"(@ + @)",
                                      "(@ - @)",
                                      "tanh(@)*@",
                                      "(@)/(1.5 + abs(@))",
                                      "exp(clip(@, -3, 1))",
                                      "sin(@)",
                                      "cos(@)",
                                      "sigmoid(@)",
                                      "min(@, @)",
                                      "max(@, @, 0.3)",
                                      "sqrt(1 + abs(@))",
                                      "log(1.1 + abs(@))",
                                      "log1p(abs(@))",
                                      "exprel(clip(@, -2, 1))",
                                      "hill(abs(@), 0.7, 2)",
                                      "sign(@)",
                                      "step(@)",
                                      "atan2(@, 1 + abs(@))",
                                      "clip(@, -1, 1)^2",
                                      "floor(clip(@, -4, 4))",
                                      "round(clip(@, -4, 4))",
                                      "expm1(clip(@, -2, 1))",
                                      "abs(@)",
                                      "-(@)"};
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
    if (chance(6)) {
      printf("    emit reward\n");
    } else if (kind == 0) {
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
  static const char *const solvers[] = {"",
                                        "",
                                        " using euler",
                                        " using heun",
                                        " using rk4",
                                        " using exponential_euler",
                                        " using implicit",
                                        " using exponential_midpoint",
                                        " using adaptive(tolerance = 1e-11)"};
  /* The other states only: each equation stays linear in its own, so that every solver takes it. */
  scope others = *s;
  others.count = 0;
  for (unsigned k = 0; k < s->count; k++) {
    if (s->names[k][0] != name[0] && s->names[k][0] != 'l')
      add(&others, "", s->names[k]);
  }
  printf("  d%s/dt = (-%s + ", name, name);
  bounded(&others, 2);
  printf(")/(%u ms)%s\n", tau, noise ? " + 0.1*xi/sqrt(5 ms)/(1 s)*(1 s)" : solvers[below(9)]);
}

static void component(unsigned k) {
  static const char *const combiners[] = {"mean", "sum", "max", "min", "last"};
  population *p = &populations[k];
  bool astrocyte = p->is_astrocyte, noise = !astrocyte && chance(25);
  for (unsigned i = 0; i < 2; i++)
    p->combiner[i] = combiners[p->is_slow ? below(i == 0 ? 2 : 5) : 1];
  const char *coupling = p->is_slow && chance(40) ? " coupling linear" : "";
  printf("%s c%u on %s%s {\n", astrocyte ? "astrocyte" : "neuron", k, p->is_slow ? "slow" : "fast", coupling);
  printf("  param p = 0.%02u, r = 1.%02u\n", below(100), below(100));
  printf("  state a = uniform(-1, 1), b = 0.%02u, q = 0\n", below(100));
  printf("  input u %s, w %s\n", p->combiner[0], p->combiner[1]);
  printf("  timer pause\n");
  scope s = {.random = false};
  add(&s, "", "p r a b q u w");
  printf("  let l1 = ");
  bounded(&s, 2);
  printf("\n");
  add(&s, "", "l1");
  if (noise)
    printf("  noise xi\n");
  equation(&s, "a", 2 + below(9), noise);
  equation(&s, "b", 2 + below(9), false);
  scope at_events = {.random = true}; /* when inputs are seen there depends on who else looks at it */
  add(&at_events, "", "p r a b q");
  static const char *const events[] = {"a rises above 0.2", "b + q > 0.4 refractory 3 ms",
                                       "a falls below 0.1 and q < 0.4", "uniform(0, 1) < 0.1"};
  printf("  event high when %s {\n", events[below(4)]);
  statements(&at_events, 1);
  printf("  }\n");
  if (!astrocyte) {
    static const char *const spikes[] = {"a + q > 0.3", "a + q > 0.3 and uniform(0, 1) < 0.5",
                                         "a rises above 0.3 and b < 0.5"};
    printf("  spike when %s ", spikes[below(3)]);
    if (chance(70))
      printf("refractory %u ms ", 1 + below(4));
    printf("{\n    a = -0.5\n");
    statements(&at_events, 1);
    printf("  }\n");
  }
  if (chance(30)) {
    printf("  on light { b = 0.5*b + 0.2*light }\n");
  }
  if (has_world) {
    printf("  on paid { q = 0.5*q + 0.1*paid }\n  on chosen { b = 0.5*b + 0.1*tanh(a + chosen) }\n");
  }
  s.random = true;
  printf("  each step {\n");
  statements(&s, 2);
  printf("  }\n}\n");
}

/* ---- synapses ---- */

typedef struct {
  unsigned from, to, with; /* with: population_count where there is no partner */
  bool has_partner, has_default, has_events;
  bool has_mixed; /* a contribution mixes values of both ends: it takes no delay */
  scope all;      /* what blocks may name */
} link_kind;

static const char *const link_states[] = {"m", "x", "y", "z"};

static const population *side_of(const link_kind *k, const char *side) {
  return &populations[side[1] == 'r' ? k->from : side[0] == 'p' ? k->to : k->with];
}

static const char *any_side(const link_kind *k) {
  static const char *const sides[] = {"post.", "pre.", "astro."};
  unsigned side = chance(50) ? 0 : below(k->has_partner ? 3 : 2);
  return sides[side];
}

static void add_to_partner(const link_kind *k) {
  const char *side = any_side(k);
  const population *p = side_of(k, side);
  unsigned input = below(2);
  bool takes = strcmp(p->combiner[input], "sum") == 0 || strcmp(p->combiner[input], "mean") == 0;
  printf("    %s%s %s= 0.1*", side,
         chance(50) || !takes ? (chance(50) ? "a" : "b")
         : input == 0         ? "u"
                              : "w",
         chance(80) ? "+" : "-");
  bounded(&k->all, below(2));
  printf("\n");
}

static void link_statements(link_kind *k, unsigned depth) {
  for (unsigned n = 1 + below(3); n > 0; n--) {
    const char *name = link_states[below(4)];
    switch (below(depth > 0 ? 8 : 7)) {
    case 0:
    case 1:
      add_to_partner(k);
      break;
    case 2:
      printf("    %s += 0.%02u\n", name, below(30));
      break;
    case 3:
      printf("    m += 0.2*"), bounded(&k->all, 1), printf("\n    m = clip(m, -1, 1)\n");
      break;
    case 4:
      printf("    %s %s 0.%u\n", name, chance(50) ? "*=" : "-=", 1 + below(9));
      break;
    case 5:
      printf("    %s = ", name), bounded(&k->all, 1), printf("\n");
      break;
    case 6:
      if (chance(20)) {
        printf("    emit reward\n");
      } else {
        printf("    post.a += 0.%02u*%s\n", 1 + below(20), name);
      }
      break;
    default:
      printf("    if ");
      condition(&k->all, 1);
      printf(" {\n");
      link_statements(k, depth - 1);
      printf("    }\n");
      if (chance(40)) {
        printf("    if ");
        condition(&k->all, 1);
        printf(" {\n");
        link_statements(k, depth - 1);
        printf("    } else {\n");
        link_statements(k, depth - 1);
        printf("    }\n");
      }
      break;
    }
  }
}

/* Traces as plasticity has them: added to at one event, read at another. */
static void trace_block(link_kind *k) {
  const char *name = link_states[1 + below(3)];
  printf("    %s += %u\n", name, 1 + below(2));
  if (chance(50))
    printf("    m = clip(m + 0.1*%s, -1, 1)\n", link_states[1 + below(3)]);
  if (chance(60))
    add_to_partner(k);
}

static void link_block(link_kind *k, const char *head) {
  printf("  %s {\n", head);
  if (chance(60)) {
    trace_block(k);
  } else {
    link_statements(k, 1);
  }
  printf("  }\n");
}

static void link_blocks(link_kind *k) {
  static const char *const clocked[] = {"each step", "every 4 ms", "every 6 ms"};
  bool is_neuron[] = {!populations[k->from].is_astrocyte, !populations[k->to].is_astrocyte};
  link_block(k, is_neuron[0] ? "on pre" : "on pre.high");
  if (chance(60))
    link_block(k, is_neuron[1] ? "on post" : "on post.high");
  if (chance(20))
    link_block(k, is_neuron[0] && chance(50) ? "on pre" : "on post.high");
  if (k->has_partner && chance(60))
    link_block(k, "on astro.high");
  if (chance(25))
    link_block(k, chance(50) ? "on light" : "on reward");
  if (chance(20))
    link_block(k, clocked[below(3)]);
  if (has_world) {
    printf("  on chosen { m = clip(m + 0.1*tanh(pre.a + chosen), -1, 1) }\n");
  }
  if (says_otherwise) {
    printf("  on never { m *= m + pre.a + post.a%s;  x *= m;  y *= m;  z *= m }\n", k->has_partner ? " + astro.a" : "");
  }
}

/* An equation cannot be faster than its synapse, which is as fast as the fastest of its ends. */
static const char *timing(const link_kind *k) {
  static const char *const timings[] = {
      " on fast", "", "", "", " on slow", " using heun", " using exponential_euler", " unless post.a > 0.5"};
  bool is_slow =
      populations[k->from].is_slow && populations[k->to].is_slow && (!k->has_partner || populations[k->with].is_slow);
  unsigned form = below(8);
  return timings[form == 0 && is_slow ? 1 : form];
}

static void link_equations(link_kind *k) {
  scope own = {.random = false}, partners = {.random = false};
  add(&own, "", "m x y z");
  add(&partners, "pre.", "a b");
  add(&partners, "post.", "a b l1");
  unsigned form = below(7);
  if (form > 0)
    printf("  dx/dt = -x/(%u ms)%s\n", 3 + below(9), timing(k));
  if (form == 2 || form == 3)
    printf("  dy/dt = (%s - y)/(%u ms)%s\n", form == 2 ? "x" : "m", 3 + below(9), timing(k));
  if (form == 4)
    printf("  dy/dt = ("), bounded(chance(50) ? &own : &partners, 1), printf(" - y)/(5 ms)%s\n", timing(k));
  if (form == 5 && k->has_partner)
    printf("  dy/dt = (0.3*astro.%s - y)/(4 ms)\n", chance(70) ? "b" : "q");
  if (form == 6)
    printf("  dy/dt = (post.b - y)/(6 ms)\n");
  if (chance(50))
    printf("  dz/dt = %s-z/(%u ms)\n", chance(30) ? "0.02*x/(1 ms) " : "", 4 + below(5));
}

/* Whatever can be made of values of all sides and of the link, so that it splits in all ways or in none. */
static void mixed(const scope *s, unsigned depth) {
  static const char *const forms[] = {"(@ + @)",
                                      "(@ - @)",
                                      "@*@",
                                      "@*(@ + @)",
                                      "-(@)",
                                      "@/(1.5 + abs(@))",
                                      "(if @ > @ then @ else @)",
                                      "(if @ <= 1 then @ else 0)",
                                      "clip(@, -0.5, 0.5)",
                                      "min(@, @)",
                                      "max(@, @, 0.1)",
                                      "blend(@, @)",
                                      "tanh(@)",
                                      "(0.5 + (if @ <= 1 then @ else @))"};
  if (depth == 0) {
    leaf(s);
    return;
  }
  for (const char *text = forms[below(sizeof forms / sizeof *forms)]; *text != '\0'; text++) {
    if (*text == '@') {
      mixed(s, depth - 1);
    } else {
      putchar(*text);
    }
  }
}

/* More factors, or terms, than a contribution is split into. */
static void long_one(const scope *s) {
  const char *sign = chance(50) ? "*" : " + ";
  printf("0.3");
  for (unsigned n = 14 + below(8); n > 0; n--) {
    printf("%s", sign);
    mixed(s, n % 5 == 0);
  }
}

static void mixed_contribution(const link_kind *k) {
  scope s = {.random = false};
  add(&s, "pre.", "a b q p l1 i");
  add(&s, "post.", "a b r i");
  add(&s, "", k->has_events ? "g m x y z" : "g m");
  if (k->has_partner)
    add(&s, "astro.", "a b q l1");
  printf("  %s%s += ", any_side(k), chance(50) ? "u" : "w");
  if (chance(15)) {
    long_one(&s);
  } else {
    mixed(&s, 1 + below(3));
  }
  printf("\n");
}

/* Sums that are taken at every step. */
static void contributions(const link_kind *k) {
  scope pre = {.random = false}, post = {.random = false}, own = {.random = false};
  add(&pre, "pre.", "a b q p l1");
  add(&post, "post.", "a b r");
  add(&own, "", "g m");
  for (unsigned n = 1 + below(2); n > 0; n--) {
    const char *side = chance(70) ? "post." : any_side(k);
    printf("  %s%s += ", side, n == 1 ? "u" : "w");
    if (k->has_events && chance(30)) {
      static const char *const forms[] = {"0.2*%s*(1 + 0.3*post.a)*%s\n", "0.1*(%s + %s)\n", "-(%s - g*%s)/(2 + g)\n",
                                          "%s - 0.5*%s\n"};
      const char *one = link_states[below(4)];
      printf(forms[below(4)], one, link_states[below(4)]);
      continue;
    }
    printf("m*");
    bounded(&pre, 1 + below(2));
    printf(" + 0.1*");
    bounded(chance(50) ? &post : &own, 1);
    if (k->has_partner && chance(50))
      printf("*(1 + astro.%s)", chance(50) ? "b" : "l1");
    printf("\n");
  }
}

static void synapse(unsigned number, link_kind *k) {
  static const char *const heads[] = {"", "", "", "", " on fast"};
  printf("synapse s%u%s {\n  param g = 0.%02u\n  state m = 0.5, x = 0, y = %s, z = 0\n", number,
         k->has_events ? heads[below(5)] : "", 1 + below(99), chance(50) ? "0" : "0.25");
  k->all.random = true;
  add(&k->all, "", "m x y z g m x y z");
  add(&k->all, "pre.", "a b r l1");
  add(&k->all, "post.", "a b p u");
  if (k->has_default)
    printf("  default astro.a = 0.1\n  default astro.b = 0.2\n  default astro.q = 0\n  default astro.l1 = 0.3\n");
  if (k->has_partner)
    add(&k->all, "astro.", "a b q l1");
  if (chance(30)) {
    printf("  let n1 = ");
    scope let = k->all;
    let.random = false;
    bounded(&let, 1);
    printf("\n");
    add(&k->all, "", "n1 n1");
  }
  if (k->has_events) {
    link_equations(k);
    link_blocks(k);
  }
  if (!k->has_events || chance(50))
    contributions(k);
  k->has_mixed = chance(40);
  for (unsigned n = k->has_mixed ? 1 + below(3) : 0; n > 0; n--)
    mixed_contribution(k);
  printf("}\n");
}

/* ---- the network ---- */

static void rule(unsigned from, unsigned to, bool is_same, uint64_t most) {
  unsigned least = from < to ? from : to;
  uint64_t pairs = (uint64_t)from * to;
  bool is_many = pairs > most;
  switch (below(6)) {
  case 0:
    printf(is_same ? "one_to_one" : "nearest");
    break;
  case 1:
    printf(is_many ? "probability(0.004)" : "all_to_all");
    break;
  case 2:
    printf(is_many ? "probability(0.00%u)" : "probability(0.%u)", 1 + below(4));
    break;
  case 3:
    printf(is_many ? "where(post.i == %u and pre.i > 2)" : "where((pre.i + 2*post.i) > %u)", below(8));
    break;
  case 4:
    printf("indegree(%u)", least > 3 ? 1 + below(3) : 1);
    break;
  default:
    printf("outdegree(%u)", least > 3 ? 1 + below(3) : 1);
    break;
  }
}

static void delays(void) {
  static const char *const each[] = {"0.5 ms + uniform(0 ms, 3 ms)", "1 ms + 0.5 ms*floor(uniform(0, 4))",
                                     "0.5 ms + 0.1 ms*pre.i", "1 ms + exponential(1 ms)"};
  printf(" delay ");
  if (chance(50)) {
    printf("%u.5 ms%s", below(4), says_otherwise ? " + 0 ms*uniform(0, 1)" : "");
  } else {
    printf("%s", each[below(4)]);
  }
  if (chance(50))
    printf(" back %s", chance(50) ? "1 ms" : each[below(4)]);
}

static void partner(const link_kind *k) {
  const population *with = &populations[k->with];
  bool of_pre = chance(30);
  const population *near = &populations[of_pre ? k->from : k->to];
  printf(" with n%u%s by ", k->with, of_pre ? " of pre" : "");
  switch (below(4)) {
  case 0:
    if (near->rows > 0 && with->rows > 0 && near->rows >= with->rows &&
        near->rows / with->rows == near->cols / with->cols && k->has_default && near->rows % with->rows == 0 &&
        near->cols % with->cols == 0) {
      printf("tiles(%u x %u)", near->rows / with->rows, near->cols / with->cols);
      break;
    }
    /* fall through */
  case 1:
    printf("nearest");
    break;
  case 2:
    printf("pool(%u)", 1 + below(with->size < 4 ? with->size : 4));
    break;
  default:
    printf("where(astro.i == %s.i)", of_pre ? "pre" : "post");
    break;
  }
  if (k->has_default && chance(50))
    printf(" probability(0.%u)", 3 + below(7));
}

static void connect(unsigned number) {
  link_kind k = {.from = below(population_count), .to = below(population_count), .with = population_count};
  k.has_events = chance(75);
  for (unsigned p = 0; p < population_count; p++) {
    if (populations[p].is_astrocyte && chance(70)) {
      k.with = p;
      k.has_partner = true;
    }
  }
  k.has_default = k.has_partner;
  synapse(number, &k);
  printf("connect k%u : n%u -> n%u via s%u by ", number, k.from, k.to, number);
  rule(populations[k.from].size, populations[k.to].size, k.from == k.to, k.has_events ? MAX_EVENT_LINKS : 20000);
  printf("%s", k.from == k.to ? " self" : "");
  if (k.has_events && !k.has_mixed && chance(50))
    delays();
  if (k.has_partner)
    partner(&k);
  printf("%s\n", chance(60) ? " { m = uniform(0, 1) }" : "");
  for (unsigned s = 0; s < 4; s++) {
    if (chance(30))
      printf("record k%u.%s every 4 ms\n", number, link_states[s]);
  }
}

static void choose_populations(void) {
  static const unsigned sizes[] = {1, 3, 7, 8, 9, 33, 1003}, sides[] = {2, 3, 5, 8};
  population_count = 1 + below(MAX_POPULATIONS);
  for (unsigned k = 0; k < population_count; k++) {
    population *p = &populations[k];
    p->is_astrocyte = k > 0 && chance(55);
    p->is_slow = p->is_astrocyte && chance(75);
    p->size = sizes[below(7)];
    if (chance(35)) {
      p->rows = sides[below(4)];
      p->cols = sides[below(4)];
      p->size = p->rows * p->cols;
    }
  }
}

static void declare_population(unsigned k) {
  const population *p = &populations[k];
  if (p->rows > 0) {
    printf("population n%u : c%u[%u x %u]", k, k, p->rows, p->cols);
  } else {
    printf("population n%u : c%u[%u]", k, k, p->size);
  }
  printf(chance(50) ? " { p = uniform(0, 1), b = 0.1 + 0.001*i }\n" : "\n");
}

static void stimuli_and_records(unsigned k) {
  if (chance(60))
    printf("drive n%u.u = 0.5 + 0.3*%s from 5 ms for 12 ms\n", k, chance(50) ? "normal(0, 1)" : "sin(t/(3 ms))");
  printf("record n%u.a every 2 ms\nrecord n%u.b every 2 ms\nrecord n%u.q every 2 ms\nrecord n%u.high\n", k, k, k, k);
}

/* A bandit with an arm for each element of n0, where these are few. Scores differ between elements, so that rounding
 * decides nothing. */
static void world(void) {
  static const char *const decoders[] = {"first(n0.spike, n0.a + 0.01*i) else argmax(n0.a + 0.01*i)",
                                         "softmax(count(n0.high)/2 + n0.a)",
                                         "sample(exp(n0.b))",
                                         "first(n0.high) else sample(1)",
                                         "sample(1)",
                                         "argmax(arms.paid)"};
  bool has_scores = populations[0].size >= 2 && populations[0].size <= 64;
  unsigned arms = has_scores ? populations[0].size : 5, most = population_count - 1;
  printf("environment arms : bandit { probabilities = [0.%02u", below(100));
  for (unsigned k = 1; k < arms; k++)
    printf(", 0.%02u", below(100));
  printf("], length = %u, swap = %u }\n", 1 + below(4), below(3));
  printf("act arms = %s every 3 ms%s as decide\n", decoders[has_scores ? below(6) : 4 + below(2)],
         chance(50) ? " window 1.5 ms" : "");
  printf("signal chosen at arms.action\nsignal paid at arms.reward\nsignal begin at arms.reset\n");
  for (unsigned k = 0; k < population_count; k++)
    printf("drive n%u.w = 0.4*arms.paid[i - %u*floor(i/%u)]%s\n", k, arms, arms, chance(50) ? " during decide" : "");
  printf("on begin { n0.b = 0.3*tanh(n0.a + arms.paid[0]) }\n");
  if (chance(50)) {
    printf("on decide { n%u.q = 0.5*n%u.q;  n0.a = 0.9*n0.a }\n", most, most);
  }
  printf("record arms\nmeasure payed = mean(count(n0.spike per arms.trial))\nmeasure best = median(arms.best)\n");
}

/* Params that have other values for a while; windows begin and end within slow steps as well. */
static void set_params(unsigned links) {
  printf("phase shift from %u.5 ms for %u ms every 11 ms\nset shift { n0.r = 1.%02u", below(6), 1 + below(9),
         below(100));
  for (unsigned k = 1; k < population_count; k++)
    if (chance(60))
      printf(", n%u.r = 0.%02u", k, below(100));
  for (unsigned k = 0; k < links; k++)
    if (chance(70))
      printf(", k%u.g = 0.%02u", k, 1 + below(99));
  printf(" }\n");
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 3 || (argc == 3 && strcmp(argv[2], "other") != 0)) {
    fprintf(stderr, "usage: generate_model SEED [other]\n");
    return 2;
  }
  uint64_t seed = strtoull(argv[1], NULL, 10);
  says_otherwise = argc == 3;
  state = seed * 0x2545f4914f6cdd1du;
  has_world = seed % 3 == 0;
  printf("# generate_model %" PRIu64 "\ntimescale fast = 0.5 ms\ntimescale slow = 2 ms\n", seed);
  printf("signal reward = 0.3 from 7 ms\nsignal light = 0.4 from 2 ms for 12 ms every 3 ms\nsignal never from 1 h\n");
  printf("function blend(one, other) = if one > other then 0.5*one - other else one*other\n");
  choose_populations();
  for (unsigned k = 0; k < population_count; k++)
    component(k);
  for (unsigned k = 0; k < population_count; k++)
    declare_population(k);
  unsigned links = 1 + below(3);
  for (unsigned k = 0; k < links; k++)
    connect(k);
  for (unsigned k = 0; k < population_count; k++)
    stimuli_and_records(k);
  if (has_world)
    world();
  if (chance(60))
    set_params(links);
  printf("record n0.spike\nrun 24 ms\n");
  return 0;
}
