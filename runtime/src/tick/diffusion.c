/* SPDX-License-Identifier: MIT */
#include "tick/diffusion.h"

#include "base/costs.h"
#include "base/threads.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAMMA 0.29289321881345254 /* 1 - 1/sqrt 2 */

/* (1 - gamma a L) along `count` elements: what elimination from the first to the last leaves. */
typedef struct {
  uint32_t count;
  double share;    /* a: time times coefficient */
  double *inverse; /* of the pivots */
  double *upper;   /* of the rows above the diagonal, over their pivots */
} chain;

typedef struct {
  chain down, across;
} diffusing;

struct diffusions {
  diffusing **sets; /* by set of stages, then its diffusions */
  double *scratch;  /* by thread: two lines */
  uint32_t longest;
};

/* ---- set-up ---- */

static void fill_chain(chain *c, double share) {
  double a = GAMMA * share;
  c->share = share;
  for (uint32_t i = 0; i < c->count; i++) {
    double neighbours = (i > 0) + (i + 1 < c->count);
    double pivot = 1 + neighbours * a - (i > 0 ? a * c->upper[i - 1] : 0);
    c->inverse[i] = 1 / pivot;
    c->upper[i] = a / pivot;
  }
}

static bool make_chain(sim *s, chain *c, uint32_t count, double share) {
  *c = (chain){.count = count};
  c->inverse = calloc((size_t)count + 1, sizeof *c->inverse);
  c->upper = calloc((size_t)count + 1, sizeof *c->upper);
  s->allocated += 2 * (uint64_t)count * sizeof *c->upper;
  if (!c->inverse || !c->upper)
    return false;
  fill_chain(c, share);
  return true;
}

static bool find_coefficient(const sim *s, const nsa_diffusion *of, double *coefficient, char error[SIM_ERROR_SIZE]) {
  *coefficient = ((const double *)s->field_data[of->coefficient.id])[0];
  if (*coefficient >= 0 && isfinite(*coefficient))
    return true;
  snprintf(error, SIM_ERROR_SIZE,
           "'%s' is %g /ms: `coupling implicit` is for diffusion, with a coefficient of at least 0",
           s->program->fields[of->coefficient.id].name, *coefficient);
  return false;
}

static bool make_one(sim *s, const nsa_diffusion *from, double dt, diffusing *to, uint32_t *longest,
                     char error[SIM_ERROR_SIZE]) {
  const nsa_population *p = &s->program->populations[from->population.id];
  double coefficient;
  if (!find_coefficient(s, from, &coefficient, error))
    return false;
  *longest = p->rows > *longest ? p->rows : *longest;
  *longest = p->cols > *longest ? p->cols : *longest;
  return make_chain(s, &to->down, p->rows, dt / 2 * coefficient) &&
         make_chain(s, &to->across, p->cols, dt / 2 * coefficient);
}

static bool make_set(sim *s, struct diffusions *d, uint32_t set, char error[SIM_ERROR_SIZE]) {
  const nsa_stage_set *from = &s->program->stage_sets[set];
  d->sets[set] = calloc((size_t)from->diffusions_count + 1, sizeof **d->sets);
  if (!d->sets[set])
    return false;
  for (uint32_t i = 0; i < from->diffusions_count; i++)
    if (!make_one(s, &from->diffusions[i], s->program->timescales[from->timescale].dt, &d->sets[set][i], &d->longest,
                  error))
      return false;
  return true;
}

struct diffusions *diffusions_new(sim *s, char error[SIM_ERROR_SIZE]) {
  struct diffusions *d = calloc(1, sizeof *d);
  uint32_t sets = s->program->stage_sets_count;
  snprintf(error, SIM_ERROR_SIZE, "out of memory for diffusion (%" PRIu64 " bytes were allocated before)",
           s->allocated);
  bool ok = d && (d->sets = calloc((size_t)sets + 1, sizeof *d->sets)) != NULL;
  for (uint32_t i = 0; ok && i < sets; i++)
    ok = make_set(s, d, i, error);
  if (ok)
    ok = (d->scratch = calloc(2 * (size_t)d->longest * s->thread_count + 1, sizeof *d->scratch)) != NULL;
  if (ok) {
    error[0] = 0;
    return d;
  }
  diffusions_free(d, sets);
  return NULL;
}

bool diffusions_renew(sim *s, char error[SIM_ERROR_SIZE]) {
  for (uint32_t set = 0; set < s->program->stage_sets_count; set++) {
    const nsa_stage_set *of = &s->program->stage_sets[set];
    for (uint32_t i = 0; i < of->diffusions_count; i++) {
      double coefficient, half = s->program->timescales[of->timescale].dt / 2;
      if (!find_coefficient(s, &of->diffusions[i], &coefficient, error))
        return false;
      fill_chain(&s->diffusions->sets[set][i].down, half * coefficient);
      fill_chain(&s->diffusions->sets[set][i].across, half * coefficient);
    }
  }
  return true;
}

static void free_chain(chain *c) {
  free(c->inverse);
  free(c->upper);
}

void diffusions_free(struct diffusions *d, uint32_t sets) {
  if (!d)
    return;
  for (uint32_t i = 0; d->sets && i < sets; i++) {
    diffusing *list = d->sets[i];
    for (uint32_t k = 0; list && list[k].down.inverse; k++) {
      free_chain(&list[k].down);
      free_chain(&list[k].across);
    }
    free(list);
  }
  free(d->sets);
  free(d->scratch);
  free(d);
}

/* ---- half a step ---- */

/* In place. */
static void solve(const chain *c, double *y) {
  double a = GAMMA * c->share;
  y[0] *= c->inverse[0];
  for (uint32_t i = 1; i < c->count; i++)
    y[i] = (y[i] + a * y[i - 1]) * c->inverse[i];
  for (uint32_t i = c->count - 1; i-- > 0;)
    y[i] += c->upper[i] * y[i + 1];
}

/* One line of elements that are `stride` apart. */
static void diffuse_line(const chain *c, double *x, uint32_t stride, double *first, double *second) {
  uint32_t n = c->count;
  double early = (1 - GAMMA) * c->share, late = GAMMA * c->share, flux = 0;
  for (uint32_t i = 0; i < n; i++)
    first[i] = x[(size_t)i * stride];
  solve(c, first);
  for (uint32_t i = 0; i < n; i++) {
    double out = i + 1 < n ? early * (first[i + 1] - first[i]) : 0;
    second[i] = x[(size_t)i * stride] + (out - flux);
    flux = out;
  }
  solve(c, second);
  flux = 0;
  for (uint32_t i = 0; i < n; i++) {
    double out = i + 1 < n ? early * (first[i + 1] - first[i]) + late * (second[i + 1] - second[i]) : 0;
    x[(size_t)i * stride] += out - flux;
    flux = out;
  }
}

typedef struct {
  const struct diffusions *d;
  const chain *chain;
  double *x;
  uint32_t lines, between, stride; /* lines begin so far from each other */
} job;

static void lines_task(void *context, uint32_t thread, uint32_t threads) {
  const job *j = context;
  double *scratch = j->d->scratch + 2 * (size_t)j->d->longest * thread;
  uint64_t begin, end;
  thread_slice(j->lines, thread, threads, &begin, &end);
  for (uint64_t line = begin; line < end; line++)
    diffuse_line(j->chain, j->x + line * j->between, j->stride, scratch, scratch + j->d->longest);
}

static void diffuse(sim *s, const chain *c, double *x, uint32_t lines, uint32_t between, uint32_t stride) {
  job j = {.d = s->diffusions, .chain = c, .x = x, .lines = lines, .between = between, .stride = stride};
  if (c->count > 1 && c->share > 0)
    thread_pool_run_if_worth(s->pool, COST_OF_DIFFUSION * lines * c->count, lines_task, &j);
}

void diffusions_run(sim *s, uint32_t set) {
  const nsa_stage_set *from = &s->program->stage_sets[set];
  for (uint32_t i = 0; i < from->diffusions_count; i++) {
    const nsa_population *p = &s->program->populations[from->diffusions[i].population.id];
    const diffusing *d = &s->diffusions->sets[set][i];
    double *x = s->field_data[from->diffusions[i].state.id];
    diffuse(s, &d->down, x, p->cols, 1, p->cols);
    diffuse(s, &d->across, x, p->rows, p->cols, 1);
  }
}
