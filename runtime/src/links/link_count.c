/* SPDX-License-Identifier: MIT */
/* link_count.c - how many links a rule makes: nsa_link_count.h, and of a program's connection. */
#include "links/connect.h"

#include "nsa_input.h"
#include "nsa_link_count.h"

#include <math.h>
#include <stdio.h>

/* The next elements along an axis, for one that is not at its end. */
static double beside(uint32_t length) { return length > 2 ? 2 : length - 1.0; }

static nsa_link_count neighbours(const nsa_link_rule *r) {
  double rows = r->target_rows, cols = r->target_cols;
  double down = beside(r->source_rows), across = beside(r->source_cols);
  double straight = 2 * (rows * (cols - 1) + (rows - 1) * cols);
  if (r->degree == 8)
    return (nsa_link_count){straight + 4 * (rows - 1) * (cols - 1), (1 + down) * (1 + across) - 1};
  return (nsa_link_count){straight, down + across};
}

/* Rows (or columns) of a fine grid that the tiles of a coarse one take, in all. */
static double tile_cover(uint32_t tiles, uint32_t length, uint32_t stride, uint32_t fine) {
  double cover = 0;
  for (uint32_t i = 0; i < tiles; i++)
    cover += fmin(fmax((double)fine - (double)i * stride, 0), length);
  return cover;
}

/* The smaller population has the tiles. */
static double tiles(const nsa_link_rule *r, bool is_of_targets) {
  uint32_t coarse_rows = is_of_targets ? r->target_rows : r->source_rows,
           coarse_cols = is_of_targets ? r->target_cols : r->source_cols,
           fine_rows = is_of_targets ? r->source_rows : r->target_rows,
           fine_cols = is_of_targets ? r->source_cols : r->target_cols;
  return tile_cover(coarse_rows, r->tile_rows, r->stride, fine_rows) *
         tile_cover(coarse_cols, r->tile_cols, r->stride, fine_cols);
}

nsa_link_count nsa_count_links(const nsa_link_rule *r) {
  double sources = (double)r->source_rows * r->source_cols, targets = (double)r->target_rows * r->target_cols;
  double others = sources - r->leaves_out_self; /* of one target */
  double pairs = sources * targets - (r->leaves_out_self ? targets : 0);
  switch ((nsa_rule_kind)r->kind) {
  case NSA_RULE_ONE_TO_ONE:
    return (nsa_link_count){targets, 1};
  case NSA_RULE_ALL_TO_ALL:
    return (nsa_link_count){pairs, others};
  case NSA_RULE_PROBABILITY:
  case NSA_RULE_WHERE:
    return isnan(r->share) ? (nsa_link_count){pairs, 1}
                           : (nsa_link_count){pairs * r->share, fmax(1, r->share * others)};
  case NSA_RULE_INDEGREE:
    return (nsa_link_count){targets * r->degree, r->degree};
  case NSA_RULE_OUTDEGREE:
    return (nsa_link_count){sources * r->degree, r->degree * sources / targets};
  case NSA_RULE_NEIGHBOURS:
    return neighbours(r);
  case NSA_RULE_TILES:
    return (nsa_link_count){tiles(r, targets <= sources), 1};
  case NSA_RULE_NEAREST:
    return (nsa_link_count){fmax(sources, targets), 1};
  case NSA_RULE_FILE:
    return (nsa_link_count){r->listed, 1};
  case NSA_RULE_SCALE_FREE: /* m (m + 1) between the first m + 1 elements, 2 m for each later one */
    return (nsa_link_count){r->degree * (2 * targets - r->degree - 1), fmax(1, 2.0 * r->degree)};
  case NSA_RULE_SMALL_WORLD: /* an even number */
    return (nsa_link_count){targets * r->degree, r->degree};
  case NSA_RULE_POOL:
  case NSA_RULE_ONE_PER_SYNAPSE:
    break; /* no rules of links */
  }
  return (nsa_link_count){0, 1};
}

/* ---- of a connection ---- */

static double expected_share(const nsa_rule *rule) {
  if (rule->kind == NSA_RULE_PROBABILITY && rule->probability >= 0)
    return rule->probability; /* at most: of slices as well */
  return rule->share > 0 && rule->share <= 1 ? rule->share : NAN;
}

bool connect_foresees_links(const nsa_connection *c) {
  bool is_by_pairs = c->rule.kind == NSA_RULE_PROBABILITY || c->rule.kind == NSA_RULE_WHERE;
  return !is_by_pairs || expected_share(&c->rule) < 1; /* 1: all of them, or nothing is known */
}

/* Lines of a table; the forecast of a file that cannot be read is none. */
static double count_lines(const nsa_program *p, const char *path) {
  nsa_input_folders below = nsa_input_folders_of(p);
  const char *why;
  FILE *file = path ? nsa_input_stream(&below, path, &why) : NULL;
  if (!file)
    return 0;
  double lines = 0;
  for (int c = getc(file); c != EOF; c = getc(file))
    lines += c == '\n';
  fclose(file);
  return lines;
}

double connect_expected_links(const nsa_program *p, const nsa_connection *c) {
  const nsa_population *source = &p->populations[c->source.id], *target = &p->populations[c->target.id];
  const nsa_rule *rule = &c->rule;
  nsa_link_rule r = {.kind = rule->kind,
                     .source_rows = source->rows,
                     .source_cols = source->cols,
                     .target_rows = target->rows,
                     .target_cols = target->cols,
                     .leaves_out_self = nsa_population_is(c->source, c->target) && !c->allow_self,
                     .degree = rule->degree,
                     .tile_rows = rule->tile_rows,
                     .tile_cols = rule->tile_cols,
                     .stride = rule->stride,
                     .share = expected_share(rule)};
  if (rule->kind == NSA_RULE_FILE)
    r.listed = count_lines(p, rule->path);
  return nsa_count_links(&r).all;
}
