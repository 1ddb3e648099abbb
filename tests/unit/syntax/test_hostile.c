/* SPDX-License-Identifier: MIT */
/* Depth, length and garbage: a message, never a crash, never control bytes on the terminal. */
#include "diag/diag_internal.h"
#include "parsed.h"
#include "support/limits.h"

#include <stdlib.h>
#include <string.h>

static char *repeat(const char *head, const char *part, size_t count, const char *tail) {
  size_t n = strlen(part);
  char *s = malloc(strlen(head) + count * n + strlen(tail) + 1), *w = s;
  assert_non_null(s);
  w = stpcpy(w, head);
  for (size_t i = 0; i < count; i++)
    w = stpcpy(w, part);
  strcpy(w, tail);
  return s;
}

/* All later stages walk trees: printing and dumping stand for them. */
static void walk(const parsed *p) {
  parsed_layout(p);
  parsed_tree(p);
}

static bool reports(const parsed *p, diag_code code) {
  for (uint32_t i = 0; i < p->sink->items.len; i++)
    if (p->sink->items.data[i]->code == code)
      return true;
  return false;
}

static void depth_is_limited(void **state) {
  (void)state;
  static const struct {
    const char *head, *part, *tail;
  } bombs[] = {
      {"run ", "(", ""},
      {"run a + ", "[", ""},
      {"run ", "-", "1"},
      {"run ", "a[", ""},
      {"run ", "f(", ""},
      {"run ", "not ", "1"},
      {"run ", "2^", "1"},
      {"run a", ".b", ""},
      {"run a", "[1]", ""},
      {"run ", "if a then b else ", "1"},
      {"", "for k in a {\n", ""},
      {"neuron a { each step { ", "if a { ", ""},
      {"neuron a { each step { if a { }", " else if b { }", " } }"},
  };
  static const size_t counts[] = {LIMIT_NESTING + 2, 3000, 100000};
  for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++)
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
      char *source = repeat(bombs[i].head, bombs[i].part, counts[k], bombs[i].tail);
      parsed p = parse_string(source);
      if (!reports(&p, DIAG_E0901))
        fail_msg("%s%s… x %zu\n%s", bombs[i].head, bombs[i].part, counts[k], parsed_messages(&p));
      walk(&p);
      parsed_free(&p);
      free(source);
    }
}

static void what_is_just_deep_enough_parses(void **state) {
  (void)state;
  char *source = repeat("run ", "-", LIMIT_NESTING - 1, "1\n");
  assert_round_trip(source);
  free(source);
  char *open = repeat("run ", "(", LIMIT_NESTING, "1");
  source = repeat(open, ")", LIMIT_NESTING, "\n");
  parsed p = parse_string(source);
  assert_clean(&p);
  parsed_free(&p);
  free(source);
  free(open);
}

static void chains_may_be_long(void **state) {
  (void)state;
  static const char *const parts[] = {"+ 1 ", "* a ", "and b ", "- 2 ms "};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    char *source = repeat("run a ", parts[i], 20000, "\n");
    parsed p = parse_string(source);
    assert_clean(&p);
    assert_int_equal(p.file->decls.data[0]->as.run.duration->depth, 2);
    walk(&p);
    parsed_free(&p);
    free(source);
  }
}

static void lengths_are_limited(void **state) {
  (void)state;
  static const struct {
    const char *head, *part;
    size_t good, bad;
  } rows[] = {{"run a", "b", LIMIT_NAME_BYTES - 1, LIMIT_NAME_BYTES},
              {"run 1", "0", LIMIT_NUMBER_BYTES - 1, LIMIT_NUMBER_BYTES},
              {"run 1", " ", LIMIT_FILE_BYTES - 5, LIMIT_FILE_BYTES}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char *source = repeat(rows[i].head, rows[i].part, rows[i].good, "");
    parsed p = parse_string(source);
    assert_false(reports(&p, DIAG_E0901));
    parsed_free(&p);
    free(source);
    source = repeat(rows[i].head, rows[i].part, rows[i].bad, "");
    p = parse_string(source);
    assert_true(reports(&p, DIAG_E0901));
    parsed_free(&p);
    free(source);
  }
}

static void errors_are_limited(void **state) {
  (void)state;
  char *source = repeat("", "x y\n", 10000, "");
  parsed p = parse_string(source);
  assert_int_equal(p.sink->items.len, LIMIT_SYNTAX_ERRORS);
  parsed_free(&p);
  free(source);
}

static void a_zero_byte_is_no_text(void **state) {
  (void)state;
  parsed p = parse_bytes("run 1 s\n\0run", 12);
  assert_int_equal(p.sink->items.len, 1);
  assert_true(reports(&p, DIAG_E0002));
  parsed_free(&p);
}

/* xorshift64: the same garbage on every machine. */
static uint32_t draw(uint64_t *s, uint32_t below) {
  *s ^= *s << 13;
  *s ^= *s >> 7;
  *s ^= *s << 17;
  return (uint32_t)(*s >> 20) % below;
}

static void assert_no_control_bytes(const char *messages) {
  for (const char *c = messages; *c != '\0'; c++)
    if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7F)
      fail_msg("control byte 0x%02X in the messages", (unsigned)(unsigned char)*c);
}

static void garbage_is_safe(void **state) {
  (void)state;
  static const uint32_t alphabets[] = {256, 128, 96};
  uint64_t seed = 88172645463325252u;
  char bytes[2000];
  for (int round = 0; round < 300; round++) {
    uint32_t alphabet = alphabets[round % 3];
    for (size_t i = 0; i < sizeof bytes; i++)
      bytes[i] = (char)(alphabet == 96 && draw(&seed, 30) > 0 ? 32 + draw(&seed, 95) : draw(&seed, alphabet));
    parsed p = parse_bytes(bytes, draw(&seed, sizeof bytes + 1));
    assert_no_control_bytes(parsed_messages(&p));
    walk(&p);
    parsed_free(&p);
  }
}

/* Cuts, doubles and overwrites pieces of a sound model. */
static void mutate(char *s, size_t *len, size_t room, uint64_t *seed) {
  size_t at = draw(seed, (uint32_t)*len), n = 1 + draw(seed, 30);
  switch (draw(seed, 3)) {
  case 0:
    s[at] = (char)(32 + draw(seed, 95));
    break;
  case 1:
    if (at + n < *len) {
      memmove(s + at, s + at + n, *len - at - n);
      *len -= n;
    }
    break;
  default:
    if (at + n < *len && *len + n < room) {
      memmove(s + at + n, s + at, *len - at);
      *len += n;
    }
    break;
  }
}

static void broken_models_are_safe(void **state) {
  (void)state;
  arena *a = arena_new();
  const char *model = test_source(a, "tests/unit/syntax/models/prose.nsa");
  size_t whole = strlen(model), room = whole + 200;
  char *s = arena_alloc(a, room);
  uint64_t seed = 88172645463325252u;
  for (int round = 0; round < 500; round++) {
    size_t len = whole;
    memcpy(s, model, whole);
    for (uint32_t k = draw(&seed, 6); k > 0; k--)
      mutate(s, &len, room, &seed);
    parsed p = parse_bytes(s, len);
    assert_no_control_bytes(parsed_messages(&p));
    if (diag_error_count(p.sink) == 0)
      assert_round_trip(arena_strdup(p.arena, s, len));
    walk(&p);
    parsed_free(&p);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(depth_is_limited),   cmocka_unit_test(what_is_just_deep_enough_parses),
      cmocka_unit_test(chains_may_be_long), cmocka_unit_test(lengths_are_limited),
      cmocka_unit_test(errors_are_limited), cmocka_unit_test(a_zero_byte_is_no_text),
      cmocka_unit_test(garbage_is_safe),    cmocka_unit_test(broken_models_are_safe),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
