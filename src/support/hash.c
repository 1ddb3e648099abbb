/* SPDX-License-Identifier: MIT */
/* hash.c - MurmurHash3's 128-bit variant for 64-bit machines (Austin Appleby, public domain),
 * started from the hash so far, so that bytes can be fed in several calls. */
#include "support/file.h"

#include <string.h>

static const uint64_t C1 = 0x87c37b91114253d5u, C2 = 0x4cf5ad432745937fu;

static uint64_t rotate(uint64_t x, unsigned by) { return x << by | x >> (64 - by); }

static uint64_t finish(uint64_t x) {
  x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53u;
  return x ^ x >> 33;
}

hash128 hash_start(void) { return (hash128){.lo = 0x6e73612d68617368u, .hi = 0x9e3779b97f4a7c15u}; }

/* Little-endian whatever the machine, so that cached names are the same everywhere. */
static uint64_t load(const unsigned char *p, size_t len) {
  uint64_t x = 0;
  for (size_t i = 0; i < len; i++)
    x |= (uint64_t)p[i] << (8 * i);
  return x;
}

hash128 hash_bytes(hash128 h, const void *data, size_t len) {
  const unsigned char *p = data;
  size_t left = len;
  for (; left >= 16; p += 16, left -= 16) {
    h.lo ^= rotate(load(p, 8) * C1, 31) * C2;
    h.lo = (rotate(h.lo, 27) + h.hi) * 5 + 0x52dce729u;
    h.hi ^= rotate(load(p + 8, 8) * C2, 33) * C1;
    h.hi = (rotate(h.hi, 31) + h.lo) * 5 + 0x38495ab5u;
  }
  if (left > 8)
    h.hi ^= rotate(load(p + 8, left - 8) * C2, 33) * C1;
  if (left > 0)
    h.lo ^= rotate(load(p, left < 8 ? left : 8) * C1, 31) * C2;
  h.lo ^= (uint64_t)len;
  h.hi ^= (uint64_t)len;
  h.lo += h.hi;
  h.hi += h.lo;
  h.lo = finish(h.lo);
  h.hi = finish(h.hi);
  h.lo += h.hi;
  h.hi += h.lo;
  return h;
}

uint64_t hash_name64(const char *name) {
  uint64_t h = 0xcbf29ce484222325u;
  for (const unsigned char *p = (const unsigned char *)name; *p != '\0'; p++)
    h = (h ^ *p) * 0x100000001b3u;
  return h;
}
