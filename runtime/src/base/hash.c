/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <string.h>

enum { STRIPE = 32 };
static const uint64_t p1 = 0x9e3779b185ebca87u, p2 = 0xc2b2ae3d27d4eb4fu, p3 = 0x165667b19e3779f9u,
                      p4 = 0x85ebca77c2b2ae63u, p5 = 0x27d4eb2f165667c5u;

static uint64_t turn(uint64_t x, unsigned by) { return x << by | x >> (64 - by); }

static uint64_t word_at(const uint8_t *bytes) {
  uint64_t x;
  memcpy(&x, bytes, sizeof x);
  return x;
}

static uint64_t round_of(uint64_t lane, uint64_t word) { return turn(lane + word * p2, 31) * p1; }

static void add_stripe(hash64 *h, const uint8_t *bytes) {
  for (int i = 0; i < 4; i++)
    h->lanes[i] = round_of(h->lanes[i], word_at(bytes + 8 * i));
}

hash64 hash64_begin(void) { return (hash64){.lanes = {p1 + p2, p2, 0, 0 - p1}}; }

void hash64_add(hash64 *h, const void *bytes, size_t count) {
  const uint8_t *from = bytes;
  size_t held = h->length % STRIPE;
  h->length += count;
  if (held) {
    size_t taken = count < STRIPE - held ? count : STRIPE - held;
    memcpy(h->rest + held, from, taken);
    from += taken;
    count -= taken;
    if (held + taken < STRIPE)
      return;
    add_stripe(h, h->rest);
  }
  for (; count >= STRIPE; from += STRIPE, count -= STRIPE)
    add_stripe(h, from);
  if (count)
    memcpy(h->rest, from, count);
}

static uint64_t join_lanes(const hash64 *h) {
  if (h->length < STRIPE)
    return p5;
  uint64_t x = turn(h->lanes[0], 1) + turn(h->lanes[1], 7) + turn(h->lanes[2], 12) + turn(h->lanes[3], 18);
  for (int i = 0; i < 4; i++)
    x = (x ^ round_of(0, h->lanes[i])) * p1 + p4;
  return x;
}

uint64_t hash64_end(const hash64 *h) {
  uint64_t x = join_lanes(h) + h->length;
  const uint8_t *at = h->rest;
  size_t left = h->length % STRIPE;
  for (; left >= 8; at += 8, left -= 8)
    x = turn(x ^ round_of(0, word_at(at)), 27) * p1 + p4;
  if (left >= 4) {
    uint32_t half;
    memcpy(&half, at, sizeof half);
    x = turn(x ^ half * p1, 23) * p2 + p3;
    at += 4;
    left -= 4;
  }
  for (; left > 0; at++, left--)
    x = turn(x ^ *at * p5, 11) * p1;
  x = (x ^ x >> 33) * p2;
  x = (x ^ x >> 29) * p3;
  return x ^ x >> 32;
}
