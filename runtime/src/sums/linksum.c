/* SPDX-License-Identifier: MIT */
/* linksum.c - see linksum.h. */
#include "sums/linksum.h"
#include "state/kernels.h"
#include "state/slices.h"

#include "base/threads.h"
#include "links/link_index.h"
#include "state/finite.h"
#include "sums/sidesum.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Source terms of the last ticks: slot (ticks done % slots). */
typedef struct {
  uint32_t term, delay; /* fields */
  uint32_t size, slots;
  double *values;
  bool is_uniform;
} delay_line;

/* Sources whose term counts, in ascending order. One for each field of source terms. */
typedef struct {
  uint32_t field, size;
  const delay_line *line; /* NULL: the terms of now */
  const uint8_t *flags;   /* which are not zero; NULL: to be looked at */
  uint32_t *elements;
  uint32_t count;
  uint64_t found_at; /* the evaluation that it was last made for */
  bool is_flushed;   /* the field holds 0 where a term counts as nothing */
} active_list;

/* What one population gets in phase 6. */
typedef struct {
  uint32_t population;
  uint32_t parts; /* threads that share its targets; 1 where it is small */
  uint32_t *sums, sum_count;
  uint32_t *collects, collect_count;
} target_work;

struct link_sums {
  link_index *scatter; /* per connection, by source; links where sums are weighted; empty where no sum needs it */
  active_list *lists;
  uint32_t list_count;
  uint32_t *list_of; /* per sum; NSA_NONE without source term */
  struct side_sums *sides;
  delay_line *lines;
  uint32_t line_count;
  uint64_t done;        /* base ticks, of the sums being made */
  uint64_t evaluation;  /* its number, from 1 */
  uint8_t *is_scatter;  /* per sum: the method of this tick */
  uint8_t *is_due;      /* per sum */
  uint8_t *has_changed; /* per sum: its sources since it was made */
  uint8_t *collect_due; /* per collect */
  target_work *works;
  uint32_t work_count;
  uint32_t *items; /* owns the lists of all works */
  int forced;
};

/* ---- set-up ---- */

static bool allocate(const sim *s, struct link_sums *ls) {
  const nsa_program *p = s->program;
  ls->scatter = calloc((size_t)p->connections_count + 1, sizeof *ls->scatter);
  ls->lists = calloc((size_t)p->sums_count + 1, sizeof *ls->lists);
  ls->list_of = calloc((size_t)p->sums_count + 1, sizeof *ls->list_of);
  ls->lines = calloc((size_t)p->sums_count + p->pasts_count + 1, sizeof *ls->lines);
  ls->is_scatter = calloc((size_t)p->sums_count + 1, 1);
  ls->is_due = calloc((size_t)p->sums_count + 1, 1);
  ls->has_changed = calloc((size_t)p->sums_count + 1, 1);
  ls->collect_due = calloc((size_t)p->collects_count + 1, 1);
  ls->works = calloc((size_t)p->populations_count + 1, sizeof *ls->works);
  ls->items = calloc((size_t)p->sums_count + p->collects_count + 1, sizeof *ls->items);
  return ls->scatter && ls->lists && ls->lines && ls->list_of && ls->is_scatter && ls->is_due && ls->has_changed &&
         ls->collect_due && ls->works && ls->items;
}

static const delay_line *find_line(const struct link_sums *ls, uint32_t term, uint32_t delay) {
  for (uint32_t i = 0; delay != NSA_NONE && i < ls->line_count; i++)
    if (ls->lines[i].term == term && ls->lines[i].delay == delay)
      return &ls->lines[i];
  return NULL;
}

static const delay_line *line_of(const struct link_sums *ls, const nsa_link_sum *sum) {
  return find_line(ls, sum->source_term, sum->delay);
}

static bool add_list(sim *s, struct link_sums *ls, uint32_t sum) {
  uint32_t field = s->program->sums[sum].source_term, i = 0;
  const delay_line *line = line_of(ls, &s->program->sums[sum]);
  ls->list_of[sum] = NSA_NONE;
  if (field == NSA_NONE || (line && !line->is_uniform))
    return true;
  while (i < ls->list_count && (ls->lists[i].field != field || ls->lists[i].line != line))
    i++;
  ls->list_of[sum] = i;
  if (i < ls->list_count)
    return true;
  active_list *list = &ls->lists[ls->list_count++];
  list->field = field;
  list->line = line;
  uint32_t active = s->program->sums[sum].active;
  list->flags = line || active == NSA_NONE ? NULL : s->field_data[active];
  list->size = (uint32_t)s->field_count[field];
  list->elements = calloc(sim_padded(list->size), sizeof *list->elements);
  s->allocated += sim_padded(list->size) * sizeof *list->elements;
  return list->elements != NULL;
}

static uint32_t parts_of(const sim *s, uint32_t population) {
  return s->populations[population].count < SLICES_FROM ? 1 : s->thread_count;
}

static bool build_scatter(sim *s, struct link_sums *ls, uint32_t c, bool is_weighted) {
  uint32_t target = s->program->connections[c].target, parts = parts_of(s, target);
  uint32_t *bounds = malloc(((size_t)parts + 1) * sizeof *bounds);
  if (!bounds)
    return false;
  for (uint32_t part = 0; part <= parts; part++)
    bounds[part] = slice_begin(s->populations[target].count, part, parts);
  link_index_request request = {.connection = c,
                                .from = NSA_SIDE_PRE,
                                .to = NSA_SIDE_POST,
                                .parts = parts,
                                .bounds = bounds,
                                .keeps_links = is_weighted,
                                .keeps_to = true};
  bool ok = link_index_make(s, &request, &ls->scatter[c]);
  free(bounds);
  return ok;
}

static bool build_scatters(sim *s, struct link_sums *ls) {
  for (uint32_t c = 0; c < s->program->connections_count; c++) {
    bool is_needed = false, is_weighted = false;
    for (uint32_t i = 0; i < s->program->sums_count; i++) {
      const nsa_link_sum *sum = &s->program->sums[i];
      if (sum->connection != c || sum->source_term == NSA_NONE || sum->every == 0 || sidesum_is(sum))
        continue;
      is_needed = true;
      is_weighted = is_weighted || sum->weight != NSA_NONE;
    }
    if (is_needed && s->links[c].row && !build_scatter(s, ls, c, is_weighted))
      return false;
  }
  return true;
}

static void list_works(const sim *s, struct link_sums *ls) {
  const nsa_program *program = s->program;
  uint32_t *next = ls->items;
  for (uint32_t p = 0; p < program->populations_count; p++) {
    target_work work = {.population = p, .parts = parts_of(s, p), .sums = next};
    for (uint32_t i = 0; i < program->sums_count; i++)
      if (!sidesum_is(&program->sums[i]) && program->connections[program->sums[i].connection].target == p)
        work.sums[work.sum_count++] = i;
    work.collects = next + work.sum_count;
    for (uint32_t i = 0; i < program->collects_count; i++)
      if (program->collects[i].population == p)
        work.collects[work.collect_count++] = i;
    next = work.collects + work.collect_count;
    if (work.sum_count + work.collect_count)
      ls->works[ls->work_count++] = work;
  }
}

/* Terms and weights have an entry each: a uniform one is a factor of the target, and a defect here. */
static bool check_fields(const sim *s, char error[SIM_ERROR_SIZE]) {
  for (uint32_t i = 0; i < s->program->sums_count; i++) {
    const nsa_link_sum *sum = &s->program->sums[i];
    const uint32_t used[] = {sum->source_term, sum->weight, sum->sum};
    for (int k = 0; k < 3; k++) {
      if (used[k] == NSA_NONE || !s->program->fields[used[k]].is_uniform)
        continue;
      snprintf(error, SIM_ERROR_SIZE, "defect in the program: the uniform field '%s' is used in a sum over links",
               s->program->fields[used[k]].name);
      return false;
    }
  }
  return true;
}

/* ---- delays ---- */

static bool add_line(sim *s, struct link_sums *ls, uint32_t connection, uint32_t term, uint32_t delay_field) {
  if (delay_field == NSA_NONE || find_line(ls, term, delay_field))
    return true;
  const nsa_field *field = &s->program->fields[delay_field];
  const double *delay = s->field_data[delay_field];
  uint64_t count = field->is_uniform ? 1 : s->links[connection].count;
  delay_line *line = &ls->lines[ls->line_count++];
  *line = (delay_line){.term = term, .delay = delay_field, .is_uniform = field->is_uniform};
  line->size = (uint32_t)sim_padded(s->field_count[term]);
  line->slots = 1;
  for (uint64_t k = 0; k < count; k++)
    if (delay[k] + 1 > line->slots)
      line->slots = (uint32_t)delay[k] + 1;
  line->values = calloc((size_t)line->slots * line->size, sizeof *line->values);
  s->allocated += (uint64_t)line->slots * line->size * sizeof *line->values;
  return line->values != NULL;
}

bool link_sums_start_delays(sim *s, char error[SIM_ERROR_SIZE]) {
  struct link_sums *ls = s->sums;
  bool ok = true;
  for (uint32_t i = 0; ok && i < s->program->sums_count; i++) {
    const nsa_link_sum *sum = &s->program->sums[i];
    ok = add_line(s, ls, sum->connection, sum->source_term, sum->delay);
  }
  for (uint32_t i = 0; ok && i < s->program->pasts_count; i++) {
    const nsa_past *past = &s->program->pasts[i];
    ok = add_line(s, ls, past->connection, past->term, past->delay);
  }
  for (uint32_t i = 0; ok && i < s->program->sums_count; i++)
    ok = add_list(s, ls, i);
  if (!ok)
    snprintf(error, SIM_ERROR_SIZE, "out of memory for delays (%" PRIu64 " bytes were allocated before)", s->allocated);
  return ok;
}

static void push_terms(const sim *s, const struct link_sums *ls, uint64_t done) {
  for (uint32_t i = 0; i < ls->line_count; i++) {
    const delay_line *line = &ls->lines[i];
    memcpy(line->values + done % line->slots * line->size, s->field_data[line->term], line->size * sizeof(double));
  }
}

static double *terms_of(const sim *s, const active_list *list) {
  const delay_line *line = list->line;
  if (!line)
    return s->field_data[list->field];
  uint64_t delay = (uint64_t)((const double *)s->field_data[line->delay])[0];
  return line->values + (s->sums->done + line->slots - delay) % line->slots * line->size;
}

struct link_sums *link_sums_new(sim *s, char error[SIM_ERROR_SIZE]) {
  if (!check_fields(s, error))
    return NULL;
  struct link_sums *ls = calloc(1, sizeof *ls);
  bool ok = ls && allocate(s, ls);
  ok = ok && build_scatters(s, ls) && (ls->sides = side_sums_new(s)) != NULL;
  if (!ok) {
    snprintf(error, SIM_ERROR_SIZE, "out of memory for the sums over links (%" PRIu64 " bytes were allocated before)",
             s->allocated);
    link_sums_free(ls, s->program->connections_count);
    return NULL;
  }
  list_works(s, ls);
  return ls;
}

void link_sums_free(struct link_sums *ls, uint32_t connections) {
  if (!ls)
    return;
  for (uint32_t c = 0; ls->scatter && c < connections; c++)
    link_index_free(&ls->scatter[c]);
  for (uint32_t i = 0; i < ls->list_count; i++)
    free(ls->lists[i].elements);
  for (uint32_t i = 0; i < ls->line_count; i++)
    free(ls->lines[i].values);
  side_sums_free(ls->sides);
  free(ls->lines);
  free(ls->scatter);
  free(ls->lists);
  free(ls->list_of);
  free(ls->is_scatter);
  free(ls->is_due);
  free(ls->has_changed);
  free(ls->collect_due);
  free(ls->works);
  free(ls->items);
  free(ls);
}

void link_sums_force(struct link_sums *sums, int method) { sums->forced = method; }

/* ---- which sources are active ---- */

/* Eight flags are looked at at once; arrays are padded to eight, and what the padding says is cut off at the end. */
static void find_active(active_list *list, const uint8_t *flags) {
  uint32_t count = 0, *elements = list->elements;
  for (uint32_t i = 0; i < list->size; i += 8) {
    uint64_t eight;
    memcpy(&eight, flags + i, sizeof eight);
    if (!eight)
      continue;
    for (uint32_t k = i; k < i + 8; k++) { /* without a branch */
      elements[count] = k;
      count += flags[k];
    }
  }
  while (count && elements[count - 1] >= list->size)
    count--;
  list->count = count;
}

/* Of terms of long ago no flags are kept. */
static void find_nonzero(active_list *list, const double *terms) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < list->size; i++) {
    list->elements[count] = i;
    count += terms[i] != 0;
  }
  list->count = count;
}

static bool prefers_scatter(const struct link_sums *ls, const active_list *list) {
  if (ls->forced)
    return ls->forced == 2;
  return list->count < list->size / 2; /* a link costs about twice as much by scatter */
}

/* Between other sides, link by link: there are no terms, or each link has them of its own delay ago. */
static void run_side_of_links(const sim *s, uint32_t i) {
  const delay_line *line = line_of(s->sums, &s->program->sums[i]);
  if (!line) {
    side_sum_run(s, s->sums->sides, i, NULL, NULL, 0);
    return;
  }
  delayed_terms terms = {line->values, s->field_data[line->delay], line->slots, line->size, s->sums->done};
  side_sum_run_delayed(s, s->sums->sides, i, &terms);
}

typedef struct {
  const delay_line *line;
  const uint32_t *source;
  const double *delay;
  double *values;
  uint64_t count, done;
} past_job;

static void past_share(void *context, uint32_t thread, uint32_t threads) {
  const past_job *job = context;
  const delay_line *line = job->line;
  uint64_t first, last, done = job->done + line->slots;
  thread_share(job->count, thread, threads, &first, &last);
  for (uint64_t k = first; k < last; k++) {
    uint64_t delay = (uint64_t)job->delay[line->is_uniform ? 0 : k];
    job->values[k] = line->values[(done - delay) % line->slots * line->size + job->source[k]];
  }
}

/* What link kernels read of sources as they were. */
static void look_back(sim *s, const nsa_past *past) {
  const delay_line *line = find_line(s->sums, past->term, past->delay);
  const sim_links *links = &s->links[past->connection];
  past_job job = {line,         links->source, s->field_data[past->delay], s->field_data[past->value],
                  links->count, s->sums->done};
  static const double seconds_a_link = 2e-9;
  thread_pool_run_if_worth(s->pool, seconds_a_link * (double)links->count, past_share, &job);
}

static void prepare_sum(sim *s, uint32_t i) {
  struct link_sums *ls = s->sums;
  const nsa_link_sum *sum = &s->program->sums[i];
  if (sum->link_kernel != NSA_NONE)
    kernel_run(s, sum->link_kernel, &s->state_clock);
  ls->is_scatter[i] = 0;
  if (ls->list_of[i] == NSA_NONE) {
    if (sidesum_is(sum))
      run_side_of_links(s, i);
    return;
  }
  active_list *list = &ls->lists[ls->list_of[i]];
  double *terms = terms_of(s, list);
  if (list->found_at != ls->evaluation) {
    if (list->flags)
      find_active(list, list->flags);
    else
      find_nonzero(list, terms);
    list->found_at = ls->evaluation;
  }
  if (sidesum_is(sum)) {
    side_sum_run(s, ls->sides, i, terms, list->elements, list->count);
    return;
  }
  ls->is_scatter[i] = ls->scatter[sum->connection].start && prefers_scatter(ls, list);
}

/* ---- sums ---- */

typedef struct {
  const uint32_t *row, *source;
  const double *terms, *weights; /* NULL: 1 */
  double *sums;
  uint32_t begin, end;
} gather_job;

static double gather_one(const gather_job *g, uint32_t from, uint32_t to, double total) {
  for (uint32_t k = from; k < to; k++)
    total += g->terms[g->source[k]];
  return total;
}

/* Four targets at once: additions of one target wait for each other, those of four do not. */
static void gather_terms(const gather_job *g) {
  uint32_t t = g->begin;
  for (; t + 4 <= g->end; t += 4) {
    const uint32_t *row = g->row + t;
    uint32_t least = row[1] - row[0];
    for (uint32_t j = 1; j < 4; j++)
      least = row[j + 1] - row[j] < least ? row[j + 1] - row[j] : least;
    const uint32_t *a = g->source + row[0], *b = g->source + row[1], *c = g->source + row[2], *d = g->source + row[3];
    double x = 0, y = 0, z = 0, w = 0;
    for (uint32_t k = 0; k < least; k++) {
      x += g->terms[a[k]];
      y += g->terms[b[k]];
      z += g->terms[c[k]];
      w += g->terms[d[k]];
    }
    g->sums[t] = gather_one(g, row[0] + least, row[1], x);
    g->sums[t + 1] = gather_one(g, row[1] + least, row[2], y);
    g->sums[t + 2] = gather_one(g, row[2] + least, row[3], z);
    g->sums[t + 3] = gather_one(g, row[3] + least, row[4], w);
  }
  for (; t < g->end; t++)
    g->sums[t] = gather_one(g, g->row[t], g->row[t + 1], 0);
}

/* A term of zero counts as nothing even where the weight is not finite: scatter never sees it. */
static void gather_weighted(const gather_job *g) {
  for (uint32_t t = g->begin; t < g->end; t++) {
    double total = 0;
    for (uint32_t k = g->row[t]; k < g->row[t + 1]; k++) {
      double term = g->terms[g->source[k]], product = term * g->weights[k];
      total += term == 0 ? 0 : product;
    }
    g->sums[t] = total;
  }
}

static void gather_weights(const gather_job *g) {
  for (uint32_t t = g->begin; t < g->end; t++) {
    double total = 0;
    for (uint32_t k = g->row[t]; k < g->row[t + 1]; k++)
      total += g->weights[k];
    g->sums[t] = total;
  }
}

/* Each link takes its source's term of its own delay ago. */
static void gather_delayed(const sim *s, const delay_line *line, const gather_job *g) {
  const double *delay = s->field_data[line->delay];
  uint64_t done = s->sums->done + line->slots;
  for (uint32_t t = g->begin; t < g->end; t++) {
    double total = 0;
    for (uint32_t k = g->row[t]; k < g->row[t + 1]; k++) {
      double term = line->values[(done - (uint64_t)delay[k]) % line->slots * line->size + g->source[k]];
      double product = g->weights ? term * g->weights[k] : term;
      total += term == 0 ? 0 : product;
    }
    g->sums[t] = total;
  }
}

static void gather(const gather_job *g) {
  if (g->terms && g->weights)
    gather_weighted(g);
  else if (g->terms)
    gather_terms(g);
  else if (g->weights)
    gather_weights(g);
  else
    for (uint32_t t = g->begin; t < g->end; t++)
      g->sums[t] = (double)(g->row[t + 1] - g->row[t]);
}

static inline void prefetch(const uint32_t *from) {
#if defined(__GNUC__)
  __builtin_prefetch(from);
  __builtin_prefetch(from + 16);
  __builtin_prefetch(from + 32);
#else
  (void)from;
#endif
}

static inline void add_to_all(double *sums, const uint32_t *target, const uint32_t *end, double term) {
  for (; target + 4 <= end; target += 4) { /* one after the other: a target may come twice */
    sums[target[0]] += term;
    sums[target[1]] += term;
    sums[target[2]] += term;
    sums[target[3]] += term;
  }
  for (; target < end; target++)
    sums[*target] += term;
}

static void scatter(const link_index *index, const uint32_t *start, const active_list *list, const gather_job *g) {
  enum { AHEAD = 4 };
  memset(g->sums + g->begin, 0, (g->end - g->begin) * sizeof *g->sums);
  for (uint32_t i = 0; i < list->count; i++) {
    if (i + AHEAD < list->count)
      prefetch(index->to + start[list->elements[i + AHEAD]]);
    uint32_t source = list->elements[i], from = start[source], to = start[source + 1];
    double term = g->terms[source];
    if (!g->weights)
      add_to_all(g->sums, index->to + from, index->to + to, term);
    else
      for (uint32_t k = from; k < to; k++)
        g->sums[index->to[k]] += term * g->weights[index->link[k]];
  }
}

static const double *field_or_null(const sim *s, uint32_t field) {
  return field == NSA_NONE ? NULL : s->field_data[field];
}

static void sum_range(const sim *s, uint32_t i, uint32_t part, uint32_t begin, uint32_t end) {
  const nsa_link_sum *sum = &s->program->sums[i];
  const sim_links *links = &s->links[sum->connection];
  const struct link_sums *ls = s->sums;
  gather_job g = {.row = links->row,
                  .source = links->source,
                  .terms = field_or_null(s, sum->source_term),
                  .weights = field_or_null(s, sum->weight),
                  .sums = s->field_data[sum->sum],
                  .begin = begin,
                  .end = end};
  if (!g.row)
    return; /* a stencil has no stored links, and no sums */
  if (sum->delay != NSA_NONE && ls->list_of[i] == NSA_NONE) {
    gather_delayed(s, line_of(s->sums, sum), &g);
    return;
  }
  if (ls->list_of[i] != NSA_NONE)
    g.terms = terms_of(s, &ls->lists[ls->list_of[i]]);
  if (!ls->is_scatter[i]) {
    gather(&g);
    return;
  }
  const link_index *index = &ls->scatter[sum->connection];
  uint64_t sources = s->populations[s->program->connections[sum->connection].source].count;
  scatter(index, index->start + part * sources, &ls->lists[ls->list_of[i]], &g);
}

/* ---- phase 6 ---- */

/* The targets of a part are those that the same thread steps. */
static void work_part(const sim *s, const target_work *work, uint32_t part) {
  uint32_t size = s->populations[work->population].count;
  uint32_t begin = slice_begin(size, part, work->parts), end = slice_begin(size, part + 1, work->parts);
  for (uint32_t i = 0; i < work->sum_count; i++)
    if (s->sums->is_due[work->sums[i]])
      sum_range(s, work->sums[i], part, begin, end);
  for (uint32_t i = 0; i < work->collect_count; i++) {
    uint32_t kernel = s->program->collects[work->collects[i]].kernel;
    nsa_range_out out = {0};
    if (!s->sums->collect_due[work->collects[i]])
      continue;
    kernel_run_range(s, kernel, &s->state_clock, begin, end, &out);
    finite_note(s, kernel, &out);
  }
}

static void works_share(void *context, uint32_t thread, uint32_t threads) {
  const sim *s = context;
  (void)threads;
  for (uint32_t w = 0; w < s->sums->work_count; w++)
    if (thread < s->sums->works[w].parts)
      work_part(s, &s->sums->works[w], thread);
}

static void run_works(sim *s) {
  static const double seconds_a_target = 2e-9;
  double seconds = 0;
  for (uint32_t w = 0; w < s->sums->work_count; w++)
    if (s->sums->works[w].parts > 1)
      seconds += seconds_a_target * s->populations[s->sums->works[w].population].count;
  thread_pool_run_if_worth(s->pool, seconds, works_share, s);
}

/* NSA_NONE: at stages alone. */
static bool is_due(uint32_t every, uint64_t done) { return every != 0 && every != NSA_NONE && done % every == 0; }

/* At the start nothing is known of the sources, so they count as changed. */
static bool is_sum_due(const sim *s, uint32_t i, uint64_t done) {
  const nsa_link_sum *sum = &s->program->sums[i];
  uint8_t *has_changed = &s->sums->has_changed[i];
  if (sum->grid == 0 || sum->grid == sum->every)
    return is_due(sum->every, done);
  if (sum->every == 0)
    return false;
  if (is_due(sum->every, done) || s->is_touched)
    *has_changed = 1;
  if (done % sum->grid != 0 || !(*has_changed || done == sum->grid))
    return false;
  *has_changed = 0;
  return true;
}

static void run_once(sim *s) {
  s->sums->evaluation++;
  for (uint32_t i = 0; i < s->program->sums_count; i++) {
    s->sums->is_due[i] = s->program->sums[i].every == 0;
    if (s->sums->is_due[i])
      prepare_sum(s, i);
  }
  for (uint32_t i = 0; i < s->program->collects_count; i++)
    s->sums->collect_due[i] = s->program->collects[i].every == 0;
  run_works(s);
}

static void run_sources(sim *s, uint64_t done) {
  for (uint32_t i = 0; i < s->program->sources_count; i++) {
    uint32_t kernel = s->program->sources[i];
    uint32_t timescale = s->program->kernels[kernel].timescale;
    if (is_due(s->program->timescales[timescale].ticks, done))
      kernel_run(s, kernel, &s->state_clock);
  }
}

/* The past before the first step is the initial state. */
static void fill_delays(const sim *s, const struct link_sums *ls) {
  for (uint32_t i = 0; i < ls->line_count; i++)
    for (uint32_t slot = 0; slot < ls->lines[i].slots; slot++)
      memcpy(ls->lines[i].values + (uint64_t)slot * ls->lines[i].size, s->field_data[ls->lines[i].term],
             ls->lines[i].size * sizeof(double));
}

static void run_starts(sim *s) {
  for (uint32_t i = 0; i < s->program->starts_count; i++)
    kernel_run(s, s->program->starts[i], &s->state_clock);
}

void link_sums_start(sim *s) {
  run_starts(s);
  fill_delays(s, s->sums);
  run_once(s);
}

void link_sums_run(sim *s, uint64_t done) {
  bool any = false;
  run_sources(s, done);
  if (s->is_touched)
    run_starts(s);
  s->sums->done = done;
  s->sums->evaluation++;
  push_terms(s, s->sums, done);
  for (uint32_t i = 0; i < s->program->pasts_count; i++)
    if (is_due(s->program->pasts[i].every, done))
      look_back(s, &s->program->pasts[i]);
  for (uint32_t i = 0; i < s->program->sums_count; i++) {
    s->sums->is_due[i] = is_sum_due(s, i, done);
    if (s->sums->is_due[i])
      prepare_sum(s, i);
    any = any || s->sums->is_due[i];
  }
  for (uint32_t i = 0; i < s->program->collects_count; i++) {
    s->sums->collect_due[i] = is_due(s->program->collects[i].every, done);
    any = any || s->sums->collect_due[i];
  }
  s->is_touched = false;
  if (any)
    run_works(s);
}

void link_sums_run_stage(sim *s, const nsa_stage_set *set) {
  struct link_sums *ls = s->sums;
  ls->evaluation++;
  memset(ls->is_due, 0, s->program->sums_count);
  memset(ls->collect_due, 0, s->program->collects_count);
  for (uint32_t i = 0; i < set->sources_count; i++)
    kernel_run(s, set->sources[i], &s->state_clock);
  for (uint32_t i = 0; i < set->sums_count; i++) {
    ls->is_due[set->sums[i]] = 1;
    prepare_sum(s, set->sums[i]);
  }
  for (uint32_t i = 0; i < set->collects_count; i++)
    ls->collect_due[set->collects[i]] = 1;
  run_works(s);
}
