/* SPDX-License-Identifier: MIT */
/* connect_rules.c - the rules that are geometry. */
#include "links/connect_build.h"

#include "links/connect_place.h"

#include <inttypes.h>

bool rule_one_to_one(link_builder *b) {
  uint32_t n = place_size(b->target);
  if (place_size(b->source) != n)
    return build_fail(b, "one_to_one needs populations of one size; '%s' has %" PRIu32 ", '%s' has %" PRIu32,
                      b->source->name, place_size(b->source), b->target->name, n);
  if (!build_begin(b, true, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    uint32_t t = build_element(b, row);
    if (!is_unwanted_self(b, t, t) && !build_add(b, t))
      return false;
    build_end_row(b, row);
  }
  return true;
}

bool rule_all_to_all(link_builder *b) {
  uint64_t sources = place_size(b->source), all = sources * place_size(b->target);
  if (all > LINKS_MAX)
    return build_fail(b, "all_to_all makes %" PRIu64 " links; %" PRIu32 " are possible", all, LINKS_MAX);
  if (!build_begin(b, true, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    for (uint32_t i = 0; i < sources; i++)
      if (!is_unwanted_self(b, i, build_element(b, row)) && !build_add(b, i))
        return false;
    build_end_row(b, row);
  }
  return true;
}

/* ---- geometry ---- */

bool rule_neighbours(link_builder *b) {
  uint32_t degree = b->connection->rule.degree;
  if (b->source->rows != b->target->rows || b->source->cols != b->target->cols)
    return build_fail(
        b, "neighbours needs grids of one size; '%s' has %" PRIu32 " x %" PRIu32 ", '%s' has %" PRIu32 " x %" PRIu32,
        b->source->name, b->source->rows, b->source->cols, b->target->name, b->target->rows, b->target->cols);
  if (!build_begin(b, true, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    for (int dr = -1; dr <= 1; dr++)
      for (int dc = -1; dc <= 1; dc++) {
        if ((dr == 0 && dc == 0) || (degree == 4 && dr != 0 && dc != 0))
          continue;
        uint32_t other = place_shift(b->source, build_element(b, row), dr, dc);
        if (other != NSA_NONE && !build_add(b, other))
          return false;
      }
    build_end_row(b, row);
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
      if (!is_unwanted_self(b, other, tile) && !build_add(b, other))
        return false;
    }
  return true;
}

/* The smaller population has the tiles: each of its elements is linked with those of one tile of the
 * larger one, in the direction of the connection. */
bool rule_tiles(link_builder *b) {
  bool by_target = place_size(b->target) <= place_size(b->source);
  const nsa_population *coarse = by_target ? b->target : b->source, *fine = by_target ? b->source : b->target;
  if (!build_begin(b, by_target, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    if (!add_tile(b, coarse, fine, build_element(b, row)))
      return false;
    build_end_row(b, row);
  }
  return true;
}

/* Each element of the larger population is linked with the nearest of the smaller one. */
bool rule_nearest(link_builder *b) {
  bool by_target = place_size(b->target) > place_size(b->source);
  const nsa_population *side = by_target ? b->target : b->source, *other = by_target ? b->source : b->target;
  bool is_other = nsa_population_is(b->connection->source, b->connection->target) && !b->connection->allow_self;
  if (!build_begin(b, by_target, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    uint32_t i = build_element(b, row);
    uint32_t nearest = is_other ? place_nearest_other(side, i) : place_nearest(side, i, other);
    if (nearest != NSA_NONE && !build_add(b, nearest))
      return false;
    build_end_row(b, row);
  }
  return true;
}
