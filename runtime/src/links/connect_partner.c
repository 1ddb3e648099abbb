/* SPDX-License-Identifier: MIT */
/* connect_partner.c - the third partners of links.
 *
 * Most rules give a partner to each element of one side (near: the target or the source), which all
 * its links share. Pools, one_per_synapse and probabilities give each link a partner of its own:
 * their draws are keyed by the connection's name and numbered by the link's source, target and, for
 * several links of one pair, which of them it is. */
#include "links/connect_build.h"

#include "base/memory.h"
#include "base/threads.h"
#include "links/connect_draw.h"
#include "links/connect_place.h"
#include "nsa_math.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  link_builder *b;
  sim_links *links;
  const nsa_connection *connection;
  const nsa_population *near, *partner;
  const sim_population *near_here, *partner_here;
  uint32_t near_size, partner_size; /* all of them, here or not */
} pairing;

/* Partners are found by their global numbers, and kept by their local ones; NSA_NONE: none. */
static uint32_t here(const pairing *p, uint32_t partner) {
  return partner == NSA_NONE ? NSA_NONE : population_local(p->partner_here, partner);
}

/* ---- one for each near element ---- */

/* The last tile, row by row, that holds a coordinate. */
static uint32_t last_tile(uint32_t at, uint32_t length, uint32_t stride, uint32_t tiles) {
  if (stride == 0 || tiles == 0)
    return NSA_NONE;
  uint32_t tile = at / stride < tiles ? at / stride : tiles - 1;
  return at - tile * stride < length ? tile : NSA_NONE;
}

static uint32_t tile_partner(const pairing *p, uint32_t i) {
  const nsa_rule *rule = &p->connection->partner_rule;
  uint32_t row = last_tile(i / p->near->cols, rule->tile_rows, rule->stride, p->partner->rows);
  uint32_t col = last_tile(i % p->near->cols, rule->tile_cols, rule->stride, p->partner->cols);
  return row == NSA_NONE || col == NSA_NONE ? NSA_NONE : row * p->partner->cols + col;
}

/* Like tiles: of several that fulfil the condition the last one. */
static uint32_t where_partner(const pairing *p, candidates *pairs, uint32_t i) {
  uint32_t found = NSA_NONE;
  place_walk walk = place_walk_begin(p->near, i, p->partner, p->connection->partner_rule.reach);
  for (uint32_t count; (count = place_walk_next(&walk, NSA_TILE, pairs->targets)) > 0;) {
    for (uint32_t k = 0; k < count; k++)
      pairs->sources[k] = i;
    const uint8_t *holds = candidates_evaluate(pairs, count);
    for (uint32_t k = 0; k < count; k++)
      if (holds[k])
        found = pairs->targets[k];
  }
  return found;
}

static bool find_where(const pairing *p, uint32_t *partners) {
  candidates pairs;
  if (!candidates_new(&pairs, p->b, &p->connection->partner_rule, p->near, p->partner))
    return false;
  for (uint32_t i = 0; i < p->near_here->count; i++)
    partners[i] = here(p, where_partner(p, &pairs, population_global(p->near_here, i)));
  candidates_free(&pairs);
  return true;
}

/* The partner of each near element; NSA_NONE: none. */
static bool find_near(const pairing *p, uint32_t *partners) {
  uint32_t kind = p->connection->partner_rule.kind;
  if (kind == NSA_RULE_WHERE)
    return find_where(p, partners);
  if (kind == NSA_RULE_ONE_TO_ONE && p->partner_size != p->near_size)
    return build_fail(p->b, "its partners are one to one, but '%s' has %" PRIu32 " elements and '%s' has %" PRIu32,
                      p->near->name, p->near_size, p->partner->name, p->partner_size);
  for (uint32_t k = 0; k < p->near_here->count; k++) {
    uint32_t i = population_global(p->near_here, k);
    switch (kind) {
    case NSA_RULE_ONE_TO_ONE:
      partners[k] = here(p, i);
      break;
    case NSA_RULE_NEAREST:
      partners[k] = here(p, place_nearest(p->near, i, p->partner));
      break;
    case NSA_RULE_TILES:
      partners[k] = here(p, tile_partner(p, i));
      break;
    default:
      return build_fail(p->b, "the rule of its partner is none for partners");
    }
  }
  return true;
}

/* ---- one for each link ---- */

/* Its local number. */
static uint32_t near_of_link(const pairing *p, uint32_t target, uint64_t link) {
  return p->connection->partner_of_source ? p->links->source[link] : target;
}

/* A number below `limit`. */
static uint32_t draw_below(uint64_t key, double a, double b, double c, uint32_t limit) {
  uint32_t x = (uint32_t)nsa_rand_uniform_1(key, a, b, c, 0, limit);
  return x < limit ? x : limit - 1;
}

enum { LINKS_AT_ONCE = 256 };

/* Draws of links that follow one another in a row. */
typedef struct {
  uint32_t source[LINKS_AT_ONCE], target[LINKS_AT_ONCE], copy[LINKS_AT_ONCE];
  double numbers[LINKS_AT_ONCE];
} link_draws;

/* A number in [0, 1) for each of `count` links to one target. Two uses have draws of their own: `use` is 0 or 1. Equal
 * sources stand side by side; which link of its pair a link is has a part in its draw. */
static void draw_for_links(uint64_t key, const pairing *p, uint32_t target, uint32_t first, uint32_t count,
                           uint32_t use, link_draws *draws) {
  uint32_t begin = p->links->row[target], before = 0;
  const uint32_t *source = p->links->source + first;
  while (first - before > begin && source[-(int64_t)before - 1] == source[0])
    before++;
  for (uint32_t i = 0; i < count; i++) {
    before = i == 0 ? before : source[i] == source[i - 1] ? before + 1 : 0;
    draws->source[i] = population_global(p->b->sources, source[i]);
    draws->target[i] = population_global(p->b->targets, target);
    draws->copy[i] = 2 * before + use;
  }
  draw_pairs(key, draws->source, draws->target, draws->copy, count, draws->numbers);
}

/* The first of a task that does not lie between 0 and 1. */
typedef struct {
  bool is_there;
  uint32_t source, target;
  double value;
} bad_probability;

/* All threads work on links: each on those of its targets. */
typedef struct link_job {
  const pairing *p;
  void (*work)(const struct link_job *job, uint32_t task, uint32_t target, uint32_t first, uint32_t count);
  uint64_t key;
  const uint32_t *of_near; /* pools, or partners, of near elements */
  candidates *pairs;       /* one a task */
  bad_probability *bad;    /* likewise */
  double probability;
  uint64_t *served, *without; /* [task][partner], [task] */
} link_job;

static void work_on_rows(void *context, uint32_t task, uint32_t tasks) {
  const link_job *job = context;
  const uint32_t *row = job->p->links->row;
  uint64_t begin, end;
  thread_slice(job->p->b->targets->count, task, tasks, &begin, &end);
  for (uint32_t t = (uint32_t)begin; t < end; t++)
    for (uint32_t k = row[t]; k < row[t + 1]; k += LINKS_AT_ONCE) {
      uint32_t left = row[t + 1] - k;
      job->work(job, task, t, k, left < LINKS_AT_ONCE ? left : LINKS_AT_ONCE);
    }
}

static void work_on_links(link_job *job) { thread_pool_run(job->p->b->s->pool, work_on_rows, job); }

/* Floyd's way to draw `size` different ones of n, with as many draws; taken_by is scratch, one an
 * element and 0 at first. */
static void draw_pool(uint64_t key, uint32_t element, uint32_t size, uint32_t n, uint32_t *taken_by, uint32_t *pool) {
  for (uint32_t k = 0; k < size; k++) {
    uint32_t last = n - size + k, drawn = draw_below(key, element, k, 0, last + 1);
    pool[k] = taken_by[drawn] == element + 1 ? last : drawn;
    taken_by[pool[k]] = element + 1;
  }
}

static uint32_t *draw_pools(const pairing *p) {
  uint32_t size = p->connection->partner_rule.degree;
  uint64_t all = (uint64_t)size * p->near_here->count;
  uint32_t *pools = malloc((all + 1) * sizeof *pools),
           *taken_by = calloc((size_t)p->partner_size + 1, sizeof *taken_by);
  if (!pools || !taken_by) {
    build_out_of_memory(p->b, all * sizeof *pools);
    free(pools);
    free(taken_by);
    return NULL;
  }
  uint64_t key = build_key(p->b, "/pool");
  for (uint32_t i = 0; i < p->near_here->count; i++)
    draw_pool(key, population_global(p->near_here, i), size, p->partner_size, taken_by, pools + (uint64_t)i * size);
  free(taken_by);
  return pools;
}

/* The first of the consecutive partners that an element's links draw from: blocks of their own, or, for
 * a pool of one, neighbours share it. */
static uint32_t first_of_block(const pairing *p, uint32_t i) {
  uint32_t size = p->connection->partner_rule.degree;
  return size > 1 || p->near_size <= p->partner_size ? i * size : i / (p->near_size / p->partner_size);
}

static bool check_pool(const pairing *p) {
  const nsa_rule *rule = &p->connection->partner_rule;
  uint64_t size = rule->degree, near = p->near_size, partners = p->partner_size;
  if (size == 0 || size > partners)
    return build_fail(p->b, "a pool of %" PRIu64 " cannot be drawn from '%s', which has %" PRIu64 " elements", size,
                      p->partner->name, partners);
  if (!rule->pool_block || near * size == partners || (size == 1 && near % partners == 0))
    return true;
  return build_fail(
      p->b, "blocks of %" PRIu64 " for each of %" PRIu64 " elements do not use the %" PRIu64 " elements of '%s' evenly",
      size, near, partners, p->partner->name);
}

static void pick_pooled(const link_job *job, uint32_t task, uint32_t target, uint32_t first, uint32_t count) {
  const pairing *p = job->p;
  uint32_t degree = p->connection->partner_rule.degree, *partner = p->links->partner + first;
  (void)task;
  link_draws draws;
  if (degree > 1)
    draw_for_links(job->key, p, target, first, count, 0, &draws);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t near = near_of_link(p, target, first + i), at = degree > 1 ? (uint32_t)(degree * draws.numbers[i]) : 0;
    if (at >= degree)
      at = degree - 1;
    partner[i] = here(p, job->of_near ? job->of_near[(uint64_t)near * degree + at]
                                      : first_of_block(p, population_global(p->near_here, near)) + at);
  }
}

static bool find_pooled(const pairing *p) {
  const nsa_rule *rule = &p->connection->partner_rule;
  if (!check_pool(p))
    return false;
  uint32_t *pools = rule->pool_block ? NULL : draw_pools(p);
  if (!rule->pool_block && !pools)
    return false;
  link_job job = {.p = p, .work = pick_pooled, .key = build_key(p->b, "/partner"), .of_near = pools};
  work_on_links(&job);
  free(pools);
  return true;
}

static void take_of_near(const link_job *job, uint32_t task, uint32_t target, uint32_t first, uint32_t count) {
  const pairing *p = job->p;
  (void)task;
  for (uint32_t k = first; k < first + count; k++) {
    uint32_t partner = job->of_near[near_of_link(p, target, k)];
    p->links->has_partner[k] = partner != NSA_NONE;
    p->links->partner[k] = partner == NSA_NONE ? 0 : partner;
  }
}

/* Those of the near elements, handed to their links. */
static bool find_of_near(const pairing *p) {
  uint32_t *partners = calloc((size_t)p->near_here->count + 1, sizeof *partners);
  if (!partners)
    return build_out_of_memory(p->b, p->near_here->count * sizeof *partners);
  link_job job = {.p = p, .work = take_of_near, .of_near = partners};
  bool ok = find_near(p, partners);
  if (ok)
    work_on_links(&job);
  free(partners);
  return ok;
}

static bool find_one_each(const pairing *p) {
  if (p->partner_size != p->links->count)
    return build_fail(p->b, "it has %" PRIu64 " links, but '%s' has %" PRIu32 " elements", p->links->count,
                      p->partner->name, p->partner_size);
  for (uint64_t k = 0; k < p->links->count; k++)
    p->links->partner[k] = here(p, (uint32_t)k);
  return true;
}

/* Of each link; the first that is none is kept for a message. */
static const double *probabilities(const link_job *job, uint32_t task, uint32_t count, const link_draws *draws) {
  candidates *pairs = &job->pairs[task];
  memcpy(pairs->sources, draws->source, count * sizeof(uint32_t));
  memcpy(pairs->targets, draws->target, count * sizeof(uint32_t));
  for (uint32_t i = 0; i < count; i++) {
    if (pairs->copy)
      pairs->copy[i] = draws->copy[i] / 2;
  }
  const double *p = candidates_evaluate(pairs, count);
  for (uint32_t i = 0; i < count && !job->bad[task].is_there; i++)
    if (!is_probability(p[i]))
      job->bad[task] = (bad_probability){true, pairs->sources[i], pairs->targets[i], p[i]};
  return p;
}

/* A link loses its partner where the draw says so. */
static void decide(const link_job *job, uint32_t task, uint32_t target, uint32_t first, uint32_t count) {
  const pairing *p = job->p;
  link_draws draws;
  draw_for_links(job->key, p, target, first, count, 1, &draws);
  const double *probability = job->pairs ? probabilities(job, task, count, &draws) : NULL;
  for (uint32_t i = 0; i < count; i++) {
    bool keeps = draws.numbers[i] < (probability ? probability[i] : job->probability);
    p->links->has_partner[first + i] &= keeps;
    p->links->partner[first + i] &= keeps ? UINT32_MAX : 0;
  }
}

static bool decide_by_values(link_job *job) {
  const pairing *p = job->p;
  uint32_t threads = thread_pool_count(p->b->s->pool), made = 0;
  job->pairs = calloc(threads, sizeof *job->pairs);
  job->bad = calloc(threads, sizeof *job->bad);
  bool ok = (job->pairs && job->bad) || build_out_of_memory(p->b, threads * sizeof *job->pairs);
  for (; ok && made < threads; made++)
    ok = candidates_new(&job->pairs[made], p->b, &p->connection->partner_probability, p->b->source, p->b->target);
  if (ok)
    work_on_links(job);
  for (uint32_t i = 0; ok && i < threads; i++)
    ok = !job->bad[i].is_there ||
         build_fail_probability(p->b, job->bad[i].value, job->bad[i].source, job->bad[i].target);
  for (uint32_t i = 0; i < made; i++)
    candidates_free(&job->pairs[i]);
  free(job->pairs);
  free(job->bad);
  return ok;
}

static bool decide_all(const pairing *p) {
  const nsa_rule *rule = &p->connection->partner_probability;
  if (rule->kind != NSA_RULE_PROBABILITY)
    return true;
  link_job job = {.p = p, .work = decide, .key = build_key(p->b, "/partner"), .probability = rule->probability};
  if (rule->probability < 0)
    return decide_by_values(&job);
  if (rule->probability > 1)
    return build_fail_value(p->b, "the probability of its partners is %.9g; it must lie between 0 and 1",
                            rule->probability);
  work_on_links(&job);
  return true;
}

static void *aligned_zeros(uint64_t bytes) {
  void *p = memory_large(bytes);
  return p ? memset(p, 0, (size_t)bytes) : NULL;
}

static bool find_of_links(const pairing *p) {
  sim_links *links = p->links;
  uint64_t padded = sim_padded(links->count + 1);
  links->partner = aligned_zeros(padded * sizeof *links->partner);
  links->has_partner = aligned_zeros(padded);
  if (!links->partner || !links->has_partner)
    return build_out_of_memory(p->b, padded * 5);
  p->b->s->allocated += padded * 5;
  memset(links->has_partner, 1, links->count);
  uint32_t kind = p->connection->partner_rule.kind;
  bool ok = kind == NSA_RULE_POOL              ? find_pooled(p)
            : kind == NSA_RULE_ONE_PER_SYNAPSE ? find_one_each(p)
                                               : find_of_near(p);
  return ok && decide_all(p);
}

/* ---- fields and coverage ---- */

static void write_near_fields(const pairing *p, const uint32_t *partners) {
  const nsa_connection *c = p->connection;
  uint32_t *index = nsa_field_is_none(c->partner_index) ? NULL : p->b->s->field_data[c->partner_index.id];
  uint8_t *known = nsa_field_is_none(c->partner_known) ? NULL : p->b->s->field_data[c->partner_known.id];
  for (uint32_t i = 0; i < p->near_here->count; i++) {
    if (index)
      index[i] = partners[i] == NSA_NONE ? 0 : partners[i];
    if (known)
      known[i] = partners[i] != NSA_NONE;
  }
}

/* Links of each partner into `served`; those without one are the result. */
static uint64_t count_near(const pairing *p, const uint32_t *partners, uint64_t *served) {
  const uint32_t *fans = p->connection->partner_of_source ? p->links->fan_out : p->links->fan_in;
  uint64_t without = 0;
  for (uint32_t i = 0; i < p->near_here->count; i++)
    if (partners[i] == NSA_NONE)
      without += fans[i];
    else
      served[partners[i]] += fans[i];
  return without;
}

static void count_some(const link_job *job, uint32_t task, uint32_t target, uint32_t first, uint32_t count) {
  const sim_links *links = job->p->links;
  uint64_t *served = job->served + (uint64_t)task * job->p->partner_here->count, with = 0;
  (void)target;
  for (uint32_t k = first; k < first + count; k++) { /* without a branch: who has none stands at 0 */
    served[links->partner[k]] += links->has_partner[k];
    with += links->has_partner[k];
  }
  job->without[task] += count - with;
}

static bool count_links(const pairing *p, uint64_t *served, uint64_t *without) {
  uint32_t threads = thread_pool_count(p->b->s->pool);
  link_job job = {.p = p, .work = count_some};
  uint32_t partners = p->partner_here->count;
  job.served = calloc((size_t)threads * partners + 1, sizeof *job.served);
  job.without = calloc(threads, sizeof *job.without);
  bool ok = job.served && job.without;
  if (ok)
    work_on_links(&job);
  for (uint32_t i = 0; ok && i < threads; i++) {
    *without += job.without[i];
    for (uint32_t k = 0; k < partners; k++)
      served[k] += job.served[(uint64_t)i * partners + k];
  }
  free(job.served);
  free(job.without);
  return ok || build_out_of_memory(p->b, (uint64_t)threads * partners * sizeof *served);
}

static void write_coverage(const pairing *p, const uint64_t *served, uint64_t without) {
  sim_coverage *coverage = &p->links->coverage;
  uint32_t partners = p->partner_here->count;
  *coverage = (sim_coverage){.partners = partners,
                             .links_without = without,
                             .links_with = p->links->count - without,
                             .least = partners ? UINT64_MAX : 0};
  for (uint32_t i = 0; i < partners; i++) {
    coverage->partners_unused += served[i] == 0;
    if (served[i] < coverage->least)
      coverage->least = served[i];
    if (served[i] > coverage->most)
      coverage->most = served[i];
  }
  coverage->mean = partners ? (double)coverage->links_with / partners : 0;
}

static void write_fan(const pairing *p, const uint64_t *served) {
  nsa_field_id field = p->connection->partner_fan;
  double *fan = nsa_field_is_none(field) ? NULL : p->b->s->field_data[field.id];
  for (uint32_t i = 0; fan && i < p->partner_here->count; i++)
    fan[i] = (double)served[i];
}

static bool find_all(const pairing *p, uint32_t *partners, uint64_t *served) {
  const nsa_connection *c = p->connection;
  if (!(c->partner_per_link ? find_of_links(p) : find_near(p, partners)))
    return false;
  uint64_t without = 0;
  if (c->partner_per_link && !count_links(p, served, &without))
    return false;
  if (!c->partner_per_link) {
    without = count_near(p, partners, served);
    write_near_fields(p, partners);
  }
  write_coverage(p, served, without);
  write_fan(p, served);
  return without == 0 || c->has_default ||
         build_fail(
             p->b,
             "%" PRIu64 " of its %" PRIu64
             " links have no partner in '%s'; give the synapse a `default astro.NAME = value` for each value that it reads",
             without, p->links->count, p->partner->name);
}

bool partners_build(link_builder *b, sim_links *links) {
  const nsa_connection *c = b->connection;
  if (nsa_population_is_none(c->partner))
    return true;
  pairing p = {.b = b,
               .links = links,
               .connection = c,
               .near = c->partner_of_source ? b->source : b->target,
               .partner = &b->s->program->populations[c->partner.id]};
  p.near_size = place_size(p.near);
  p.partner_size = place_size(p.partner);
  p.near_here = c->partner_of_source ? b->sources : b->targets;
  p.partner_here = &b->s->populations[c->partner.id];
  uint32_t *partners = calloc((size_t)p.near_here->count + 1, sizeof *partners);
  uint64_t *served = calloc((size_t)p.partner_here->count + 1, sizeof *served);
  bool ok = partners && served ? find_all(&p, partners, served)
                               : build_out_of_memory(b, (uint64_t)p.near_size * 4 + (uint64_t)p.partner_size * 8);
  free(partners);
  free(served);
  return ok;
}
