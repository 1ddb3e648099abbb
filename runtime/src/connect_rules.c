/* SPDX-License-Identifier: MIT */
/* connect_rules.c - the rules that are geometry or conditions, and the third partners. */
#include "connect_build.h"

#include "connect_draw.h"
#include "connect_place.h"
#include "step.h"

#include <inttypes.h>

bool rule_one_to_one(link_builder *b) {
  uint32_t n = place_size(b->target);
  if (place_size(b->source) != n)
    return build_fail(b, "one_to_one needs populations of one size; '%s' has %" PRIu32 ", '%s' has %" PRIu32, b->source->name,
                      place_size(b->source), b->target->name, n);
  if (!build_begin(b, true, n)) return false;
  for (uint32_t t = 0; t < n; t++) {
    if (!is_unwanted_self(b, t, t) && !build_add(b, t)) return false;
    build_end_row(b, t);
  }
  return true;
}

bool rule_all_to_all(link_builder *b) {
  uint64_t sources = place_size(b->source), all = sources * place_size(b->target);
  if (all > LINKS_MAX) return build_fail(b, "all_to_all makes %" PRIu64 " links; %" PRIu32 " are possible", all, LINKS_MAX);
  if (!build_begin(b, true, all)) return false;
  for (uint32_t t = 0; t < b->row_count; t++) {
    for (uint32_t i = 0; i < sources; i++)
      if (!is_unwanted_self(b, i, t) && !build_add(b, i)) return false;
    build_end_row(b, t);
  }
  return true;
}

/* ---- conditions ---- */

static void write_indices(sim *s, uint32_t field, uint32_t first, uint32_t step, uint32_t count) {
  if (field == NSA_NONE) return;
  uint32_t *at = s->field_data[field];
  for (uint32_t i = 0; i < NSA_BLOCK; i++) at[i] = i < count ? first + i * step : first; /* padding: a valid one */
}

const void *candidates_evaluate(sim *s, const nsa_rule *rule, const nsa_population *source,
                                const nsa_population *target, bool fixed_is_target, uint32_t fixed, uint32_t first,
                                uint32_t count) {
  write_indices(s, rule->candidate_source, fixed_is_target ? first : fixed, fixed_is_target, count);
  write_indices(s, rule->candidate_target, fixed_is_target ? fixed : first, !fixed_is_target, count);
  if (rule->candidate_distance != NSA_NONE) {
    double *distance = s->field_data[rule->candidate_distance];
    for (uint32_t i = 0; i < count; i++)
      distance[i] = fixed_is_target ? place_distance(source, first + i, target, fixed)
                                    : place_distance(source, fixed, target, first + i);
  }
  nsa_range_out ignored = {0};
  const nsa_kernel_entry *entry = &s->kernels[rule->condition];
  entry->fn(entry->self, s->kernel_fields[rule->condition], &s->state_clock, 0, sim_padded(count), &ignored);
  return s->field_data[rule->result];
}

/* Which candidates of a block that begins with source `first` are taken: a byte each. */
typedef const uint8_t *(*candidate_test)(const link_builder *b, const void *result, uint32_t first, uint32_t target,
                                         uint32_t count, uint8_t *taken);

static const uint8_t *drawn_ones(const link_builder *b, const void *result, uint32_t first, uint32_t target, uint32_t count,
                                 uint8_t *taken) {
  draw_decisions(b->key, first, target, result, count, taken);
  return taken;
}

static const uint8_t *true_ones(const link_builder *b, const void *result, uint32_t first, uint32_t target, uint32_t count,
                                uint8_t *taken) {
  (void)b, (void)first, (void)target, (void)count, (void)taken;
  return result;
}

static bool test_row(link_builder *b, candidate_test test, uint32_t target) {
  uint8_t taken[NSA_BLOCK];
  for (uint32_t first = 0; first < b->other_count; first += NSA_BLOCK) {
    uint32_t count = b->other_count - first < NSA_BLOCK ? b->other_count - first : NSA_BLOCK;
    const void *result = candidates_evaluate(b->s, &b->connection->rule, b->source, b->target, true, target, first, count);
    const uint8_t *is_taken = test(b, result, first, target, count, taken);
    for (uint32_t i = 0; i < count; i++)
      if (is_taken[i] && !is_unwanted_self(b, first + i, target) && !build_add(b, first + i)) return false;
  }
  return true;
}

static bool test_all(link_builder *b, candidate_test test) {
  if (b->connection->rule.condition == NSA_NONE) return build_fail(b, "its rule has no condition");
  if (!build_begin(b, true, 1024)) return false;
  for (uint32_t t = 0; t < b->row_count; t++) {
    if (!test_row(b, test, t)) return false;
    build_end_row(b, t);
  }
  return true;
}

bool rule_probability(link_builder *b) { return test_all(b, drawn_ones); }
bool rule_where(link_builder *b) { return test_all(b, true_ones); }

/* ---- geometry ---- */

bool rule_neighbours(link_builder *b) {
  uint32_t degree = b->connection->rule.degree;
  if (b->source->rows != b->target->rows || b->source->cols != b->target->cols)
    return build_fail(b, "neighbours needs grids of one size; '%s' has %" PRIu32 " x %" PRIu32 ", '%s' has %" PRIu32 " x %" PRIu32,
                      b->source->name, b->source->rows, b->source->cols, b->target->name, b->target->rows, b->target->cols);
  if (!build_begin(b, true, (uint64_t)place_size(b->target) * degree)) return false;
  for (uint32_t t = 0; t < b->row_count; t++) {
    for (int dr = -1; dr <= 1; dr++)
      for (int dc = -1; dc <= 1; dc++) {
        if ((dr == 0 && dc == 0) || (degree == 4 && dr != 0 && dc != 0)) continue;
        uint32_t other = place_shift(b->source, t, dr, dc);
        if (other != NSA_NONE && !build_add(b, other)) return false;
      }
    build_end_row(b, t);
  }
  return true;
}

/* Tile number `tile` of the coarse grid takes these rows and columns of the fine one. */
static bool add_tile(link_builder *b, const nsa_population *coarse, const nsa_population *fine, uint32_t tile) {
  const nsa_rule *rule = &b->connection->rule;
  uint64_t top = (uint64_t)(tile / coarse->cols) * rule->stride, left = (uint64_t)(tile % coarse->cols) * rule->stride;
  for (uint64_t row = top; row < top + rule->tile_rows && row < fine->rows; row++)
    for (uint64_t col = left; col < left + rule->tile_cols && col < fine->cols; col++) {
      uint32_t other = (uint32_t)(row * fine->cols + col);
      if (!is_unwanted_self(b, other, tile) && !build_add(b, other)) return false;
    }
  return true;
}

/* The smaller population has the tiles: each of its elements is linked with those of one tile of the
 * larger one, in the direction of the connection. */
bool rule_tiles(link_builder *b) {
  bool by_target = place_size(b->target) <= place_size(b->source);
  const nsa_population *coarse = by_target ? b->target : b->source, *fine = by_target ? b->source : b->target;
  uint64_t expected = (uint64_t)b->connection->rule.tile_rows * b->connection->rule.tile_cols * place_size(coarse);
  if (!build_begin(b, by_target, expected)) return false;
  for (uint32_t tile = 0; tile < b->row_count; tile++) {
    if (!add_tile(b, coarse, fine, tile)) return false;
    build_end_row(b, tile);
  }
  return true;
}

/* Each element of the larger population is linked with the nearest of the smaller one. */
bool rule_nearest(link_builder *b) {
  bool by_target = place_size(b->target) > place_size(b->source);
  const nsa_population *side = by_target ? b->target : b->source, *other = by_target ? b->source : b->target;
  bool is_other = b->connection->source == b->connection->target && !b->connection->allow_self;
  if (!build_begin(b, by_target, place_size(side))) return false;
  for (uint32_t i = 0; i < b->row_count; i++) {
    uint32_t nearest = is_other ? place_nearest_other(side, i) : place_nearest(side, i, other);
    if (nearest != NSA_NONE && !build_add(b, nearest)) return false;
    build_end_row(b, i);
  }
  return true;
}

/* ---- third partners ---- */

/* The last tile, row by row, that holds a coordinate. */
static uint32_t last_tile(uint32_t at, uint32_t length, uint32_t stride, uint32_t tiles) {
  if (stride == 0 || tiles == 0) return NSA_NONE;
  uint32_t tile = at / stride < tiles ? at / stride : tiles - 1;
  return at - tile * stride < length ? tile : NSA_NONE;
}

static uint32_t tile_partner(const nsa_rule *rule, const nsa_population *side, uint32_t i, const nsa_population *partner) {
  uint32_t row = last_tile(i / side->cols, rule->tile_rows, rule->stride, partner->rows);
  uint32_t col = last_tile(i % side->cols, rule->tile_cols, rule->stride, partner->cols);
  return row == NSA_NONE || col == NSA_NONE ? NSA_NONE : row * partner->cols + col;
}

/* Like tiles: of several that fulfil the condition the last one. */
static uint32_t where_partner(const link_builder *b, const nsa_population *side, uint32_t i, const nsa_population *partner) {
  uint32_t found = NSA_NONE, size = place_size(partner);
  for (uint32_t first = 0; first < size; first += NSA_BLOCK) {
    uint32_t count = size - first < NSA_BLOCK ? size - first : NSA_BLOCK;
    const uint8_t *holds = candidates_evaluate(b->s, &b->connection->partner_rule, side, partner, false, i, first, count);
    for (uint32_t k = 0; k < count; k++)
      if (holds[k]) found = first + k;
  }
  return found;
}

bool partners_find(const link_builder *b, const nsa_population *side, const nsa_population *partner, uint32_t *partners) {
  const nsa_rule *rule = &b->connection->partner_rule;
  uint32_t size = place_size(side);
  if (rule->kind == NSA_RULE_ONE_TO_ONE && place_size(partner) != size)
    return build_fail(b, "its partners are one to one, but '%s' has %" PRIu32 " elements and '%s' has %" PRIu32, side->name, size,
                      partner->name, place_size(partner));
  for (uint32_t i = 0; i < size; i++) {
    switch (rule->kind) {
    case NSA_RULE_ONE_TO_ONE: partners[i] = i; break;
    case NSA_RULE_NEAREST: partners[i] = place_nearest(side, i, partner); break;
    case NSA_RULE_TILES: partners[i] = tile_partner(rule, side, i, partner); break;
    case NSA_RULE_WHERE: partners[i] = where_partner(b, side, i, partner); break;
    default: return build_fail(b, "the rule of its partner is none for partners");
    }
  }
  return true;
}
