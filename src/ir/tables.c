/* SPDX-License-Identifier: MIT */
/* tables.c - the tables of nsa_program as text and back, both generated from nsa_program.def.
 *
 *   program {
 *     name "two" base_dt 0.1 ...
 *     populations [
 *       { name "sheet" rows 79 ... events [ { name "spike" flag 3 } ] states [ 1 2 ] }
 *     ]
 *   }
 *
 * Members that are zero or empty are left out. Domains, fields and kernels have forms of their own
 * (print.c) and are left out, as are the texts of source files. */
#include "ir/ir_internal.h"
#include "nsa_words.h"

#include <inttypes.h>

/* ---- printing ---- */

static void print_num(text *out, const char *name, uint32_t x) {
  if (x == NSA_NONE)
    text_printf(out, " %s none", name);
  else if (x != 0)
    text_printf(out, " %s %u", name, x);
}

static void print_word(text *out, const char *name, uint32_t x, const char *(*word)(uint32_t)) {
  if (x != 0)
    text_printf(out, " %s %s", name, word(x));
}

static void print_wide(text *out, const char *name, uint64_t x) {
  if (x != 0)
    text_printf(out, " %s %" PRIu64, name, x);
}

static void print_real(text *out, const char *name, double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (bits == 0)
    return;
  text_printf(out, " %s ", name);
  ir_print_number(out, x);
}

static void print_text(text *out, const char *name, const char *x) {
  if (x == NULL)
    return;
  text_printf(out, " %s ", name);
  ir_print_quoted(out, x);
}

static void print_nums(text *out, const char *name, const uint32_t *x, uint32_t count) {
  if (count == 0)
    return;
  text_printf(out, " %s [", name);
  for (uint32_t i = 0; i < count; i++)
    text_printf(out, " %u", x[i]);
  text_puts(out, " ]");
}

static void print_reals(text *out, const char *name, const double *x, uint32_t count) {
  if (count == 0)
    return;
  text_printf(out, " %s [", name);
  for (uint32_t i = 0; i < count; i++) {
    text_puts(out, " ");
    ir_print_number(out, x[i]);
  }
  text_puts(out, " ]");
}

static void print_bytes(text *out, const char *name, const uint8_t *x, uint32_t count) {
  if (count == 0)
    return;
  text_printf(out, " %s \"", name);
  for (uint32_t i = 0; i < count; i++)
    text_printf(out, "%02x", x[i]);
  text_puts(out, "\"");
}

/* Lists of structs that hold no further lists of structs stay on one line; the program's are broken. */
static const char *list_break(bool is_top) { return is_top ? "\n   " : ""; }

#define STRUCT(name, members)                                                                                          \
  static void print_##name(text *out, const nsa_##name *s, bool is_top) {                                              \
    (void)is_top;                                                                                                      \
    text_puts(out, " {");                                                                                              \
    members text_puts(out, is_top ? "\n}\n" : " }");                                                                   \
  }
#define NUM(x) print_num(out, #x, s->x);
#define WORD(x, type) print_word(out, #x, s->x, nsa_word_of_##type);
#define ID(x, list) print_num(out, #x, s->x.id);
#define WIDE(x) print_wide(out, #x, s->x);
#define REAL(x) print_real(out, #x, s->x);
#define TEXT(x) print_text(out, #x, s->x);
#define NUMS(x) print_nums(out, #x, s->x, s->x##_count);
#define IDS(x, list)                                                                                                   \
  if (s->x##_count != 0) {                                                                                             \
    text_puts(out, " " #x " [");                                                                                       \
    for (uint32_t i = 0; i < s->x##_count; i++)                                                                        \
      text_printf(out, " %u", s->x[i].id);                                                                             \
    text_puts(out, " ]");                                                                                              \
  }
#define REALS(x) print_reals(out, #x, s->x, s->x##_count);
#define BYTES(x) print_bytes(out, #x, s->x, s->x##_count);
#define STRUCT_MEMBER(x, type)                                                                                         \
  text_puts(out, " " #x);                                                                                              \
  print_##type(out, &s->x, false);
#define LIST(x, type)                                                                                                  \
  if (s->x##_count != 0) {                                                                                             \
    text_printf(out, "%s %s [", is_top ? "\n" : "", #x);                                                               \
    for (uint32_t i = 0; i < s->x##_count; i++) {                                                                      \
      text_puts(out, list_break(is_top));                                                                              \
      print_##type(out, &s->x[i], false);                                                                              \
    }                                                                                                                  \
    text_puts(out, is_top ? "\n  ]" : " ]");                                                                           \
  }
#include "nsa_program.def"

void ir_tables_print(const nsa_program *program, text *out) {
  nsa_program shown = *program;
  shown.domains_count = shown.fields_count = shown.kernels_count = 0;
  shown.files = ARENA_ARRAY(out->arena, nsa_source_file, program->files_count);
  for (uint32_t i = 0; i < program->files_count; i++)
    shown.files[i].path = program->files[i].path;
  text_puts(out, "program");
  print_program(out, &shown, true);
}

/* ---- reading ---- */

static uint32_t *read_nums(ir_cursor *c, uint32_t *count) {
  VEC(uint32_t) list = {0};
  ir_cursor_expect(c, '[');
  while (c->error == NULL && !ir_cursor_accept(c, ']'))
    vec_push(c->arena, &list, ir_cursor_number(c));
  *count = list.len;
  return list.data;
}

static double *read_reals(ir_cursor *c, uint32_t *count) {
  VEC(double) list = {0};
  ir_cursor_expect(c, '[');
  while (c->error == NULL && !ir_cursor_accept(c, ']'))
    vec_push(c->arena, &list, ir_cursor_real(c));
  *count = list.len;
  return list.data;
}

static int hex_digit(char c) {
  static const char digits[] = "0123456789abcdef";
  const char *found = c == '\0' ? NULL : strchr(digits, c);
  return found == NULL ? -1 : (int)(found - digits);
}

static uint8_t *read_bytes(ir_cursor *c, uint32_t *count) {
  const char *hex = ir_cursor_string(c);
  size_t len = strlen(hex) / 2;
  uint8_t *bytes = ARENA_ARRAY(c->arena, uint8_t, len);
  for (size_t i = 0; i < len; i++) {
    int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      ir_cursor_fail(c, "bytes are pairs of hexadecimal digits");
      return NULL;
    }
    bytes[i] = (uint8_t)(high * 16 + low);
  }
  *count = (uint32_t)len;
  return bytes;
}

#define STRUCT(name, members)                                                                                          \
  static void read_##name(ir_cursor *c, nsa_##name *s) {                                                               \
    char word[32];                                                                                                     \
    ir_cursor_expect(c, '{');                                                                                          \
    while (c->error == NULL && !ir_cursor_accept(c, '}')) {                                                            \
      if (!ir_cursor_word(c, word, sizeof word))                                                                       \
        ir_cursor_fail(c, "a member's name is missing");                                                               \
      members else ir_cursor_fail(c, "%s has no member %s", #name, word);                                              \
    }                                                                                                                  \
  }
#define IS(x) else if (strcmp(word, #x) == 0)
#define NUM(x) IS(x) s->x = ir_cursor_number(c);
#define WORD(x, type) IS(x) s->x = ir_cursor_word_of(c, nsa_word_of_##type, #x);
#define ID(x, list) IS(x) s->x.id = ir_cursor_number(c);
#define WIDE(x) IS(x) s->x = ir_cursor_wide(c);
#define REAL(x) IS(x) s->x = ir_cursor_real(c);
#define TEXT(x) IS(x) s->x = ir_cursor_string(c);
#define NUMS(x) IS(x) s->x = read_nums(c, &s->x##_count);
#define IDS(x, list)                                                                                                   \
  IS(x) {                                                                                                              \
    VEC(nsa_##list##_id) ids = {0};                                                                                    \
    ir_cursor_expect(c, '[');                                                                                          \
    while (c->error == NULL && !ir_cursor_accept(c, ']'))                                                              \
      vec_push(c->arena, &ids, ((nsa_##list##_id){ir_cursor_number(c)}));                                              \
    s->x = ids.data;                                                                                                   \
    s->x##_count = ids.len;                                                                                            \
  }
#define REALS(x) IS(x) s->x = read_reals(c, &s->x##_count);
#define BYTES(x) IS(x) s->x = read_bytes(c, &s->x##_count);
#define STRUCT_MEMBER(x, type) IS(x) read_##type(c, &s->x);
#define LIST(x, type)                                                                                                  \
  IS(x) {                                                                                                              \
    VEC(nsa_##type) list = {0};                                                                                        \
    ir_cursor_expect(c, '[');                                                                                          \
    while (c->error == NULL && !ir_cursor_accept(c, ']'))                                                              \
      read_##type(c, vec_add(c->arena, &list));                                                                        \
    s->x = list.data;                                                                                                  \
    s->x##_count = list.len;                                                                                           \
  }
#include "nsa_program.def"

void ir_tables_read(ir_cursor *c, nsa_program *program) {
  ir_cursor_expect_word(c, "program");
  read_program(c, program);
}
