/* SPDX-License-Identifier: MIT */
/* read.c - the text form back into a program. Every operation is checked before it is appended, so that
 * any text gives either a program that ir_validate can look at, or an error. */
#include "ir/build.h"
#include "ir/ir_internal.h"
#include "nsa_words.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the cursor ---- */

void ir_cursor_fail(ir_cursor *c, const char *format, ...) {
  if (c->error != NULL)
    return;
  char message[256];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  c->error = arena_printf(c->arena, "line %u: %s", c->line, message);
}

static void skip_blanks(ir_cursor *c) {
  while (c->at < c->end && strchr(" \t\r\n;", *c->at) != NULL && *c->at != '\0') {
    if (*c->at == ';')
      while (c->at + 1 < c->end && c->at[1] != '\n')
        c->at++;
    c->line += *c->at == '\n';
    c->at++;
  }
}

static bool at_end(ir_cursor *c) {
  skip_blanks(c);
  return c->at == c->end;
}

bool ir_cursor_accept(ir_cursor *c, char mark) {
  skip_blanks(c);
  if (c->error != NULL || c->at == c->end || *c->at != mark)
    return false;
  c->at++;
  return true;
}

bool ir_cursor_expect(ir_cursor *c, char mark) {
  bool is_there = ir_cursor_accept(c, mark);
  if (!is_there)
    ir_cursor_fail(c, "'%c' is missing", mark);
  return is_there;
}

static bool is_word_char(char ch, bool is_first) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_' || (!is_first && ch >= '0' && ch <= '9');
}

bool ir_cursor_word(ir_cursor *c, char *buffer, size_t size) {
  skip_blanks(c);
  size_t len = 0;
  while (c->error == NULL && c->at + len < c->end && len + 1 < size && is_word_char(c->at[len], len == 0))
    len++;
  memcpy(buffer, c->at, len);
  buffer[len] = '\0';
  c->at += len;
  return len != 0;
}

static bool accept_word(ir_cursor *c, const char *word) {
  const char *at = c->at;
  uint32_t line = c->line;
  char buffer[32];
  if (ir_cursor_word(c, buffer, sizeof buffer) && strcmp(buffer, word) == 0)
    return true;
  c->at = at;
  c->line = line;
  return false;
}

bool ir_cursor_expect_word(ir_cursor *c, const char *word) {
  bool is_there = accept_word(c, word);
  if (!is_there)
    ir_cursor_fail(c, "'%s' is missing", word);
  return is_there;
}

/* The source is NUL-terminated, so that strtod and strtoull stop at its end. */
uint64_t ir_cursor_wide(ir_cursor *c) {
  skip_blanks(c);
  if (c->error != NULL || c->at == c->end || *c->at < '0' || *c->at > '9') {
    ir_cursor_fail(c, "a number is missing");
    return 0;
  }
  bool is_hex = c->at[0] == '0' && c->at[1] == 'x';
  char *end;
  errno = 0;
  unsigned long long x = strtoull(c->at, &end, is_hex ? 16 : 10);
  if (errno != 0)
    ir_cursor_fail(c, "a number is too large");
  c->at = end;
  return x;
}

uint32_t ir_cursor_number(ir_cursor *c) {
  if (accept_word(c, "none"))
    return NSA_NONE;
  uint64_t x = ir_cursor_wide(c);
  if (x > UINT32_MAX)
    ir_cursor_fail(c, "a number is too large");
  return (uint32_t)x;
}

double ir_cursor_real(ir_cursor *c) {
  double x = 0;
  if (accept_word(c, "nan")) {
    ir_cursor_expect(c, ':');
    uint64_t bits = ir_cursor_wide(c);
    memcpy(&x, &bits, sizeof x);
    return x;
  }
  skip_blanks(c);
  if (c->error != NULL || c->at == c->end || strchr("0123456789-i", *c->at) == NULL) {
    ir_cursor_fail(c, "a number is missing");
    return 0;
  }
  char *end;
  x = strtod(c->at, &end);
  if (end == c->at)
    ir_cursor_fail(c, "a number is missing");
  c->at = end;
  return x;
}

/* One character of a string behind its backslash. */
static char unescape(ir_cursor *c) {
  if (c->at < c->end && *c->at != 'x')
    return *c->at++;
  if (c->end - c->at < 3) {
    ir_cursor_fail(c, "a string does not end");
    return '?';
  }
  char hex[3] = {c->at[1], c->at[2], '\0'}, *end;
  unsigned long value = strtoul(hex, &end, 16);
  if (end != hex + 2 || value == 0)
    ir_cursor_fail(c, "a bad escape in a string");
  c->at += 3;
  return (char)value;
}

const char *ir_cursor_string(ir_cursor *c) {
  text out = text_new(c->arena);
  if (!ir_cursor_expect(c, '"'))
    return "";
  while (c->error == NULL && c->at < c->end && *c->at != '"') {
    char ch = *c->at++;
    c->line += ch == '\n';
    if (ch == '\\')
      ch = unescape(c);
    text_add(&out, &ch, 1);
  }
  ir_cursor_expect(c, '"');
  return text_cstr(&out);
}

uint32_t ir_cursor_word_of(ir_cursor *c, const char *(*word)(uint32_t), const char *what) {
  char buffer[32];
  if (ir_cursor_word(c, buffer, sizeof buffer))
    for (uint32_t i = 0; word(i) != NULL; i++)
      if (strcmp(word(i), buffer) == 0)
        return i;
  ir_cursor_fail(c, "not a %s", what);
  return 0;
}

/* ---- domains and fields ---- */

static void read_position(ir_cursor *c, uint32_t expected) {
  if (ir_cursor_number(c) != expected)
    ir_cursor_fail(c, "number %u should come here", expected);
}

static void read_domain(ir_cursor *c, ir_program *p) {
  read_position(c, p->domains.len);
  uint32_t kind = ir_cursor_word_of(c, nsa_word_of_domain_kind, "kind of domain");
  const char *name = ir_cursor_string(c);
  ir_cursor_expect_word(c, "owner");
  uint32_t owner = ir_cursor_number(c);
  if (kind == NSA_DOMAIN_RUN)
    ir_domain_of_run(p);
  else if (kind == NSA_DOMAIN_POPULATION)
    ir_domain_of_population(p, name, (nsa_population_id){owner});
  else if (kind == NSA_DOMAIN_CHANNEL)
    ir_domain_of_channel(p, name, (nsa_channel_id){owner});
  else
    ir_domain_of_connection(p, name, (nsa_domain_kind)kind, (nsa_connection_id){owner});
}

/* What is not there is none. */
static uint32_t read_member(ir_cursor *c, const char *name) {
  return accept_word(c, name) ? ir_cursor_number(c) : NSA_NONE;
}

static void read_field(ir_cursor *c, ir_program *p) {
  nsa_field f = {0};
  read_position(c, p->fields.len);
  f.name = ir_cursor_string(c);
  f.type = ir_cursor_word_of(c, nsa_word_of_type, "type");
  f.is_uniform = accept_word(c, "uniform");
  f.kind = ir_cursor_word_of(c, nsa_word_of_field_kind, "kind of field");
  ir_cursor_expect_word(c, "domain");
  f.domain = ir_cursor_number(c);
  if (c->error == NULL && f.domain >= p->domains.len)
    ir_cursor_fail(c, "there is no domain %u", f.domain);
  ir_cursor_expect_word(c, "value");
  f.value = ir_cursor_real(c);
  f.connection.id = read_member(c, "connection");
  f.image.id = read_member(c, "image");
  f.given.id = read_member(c, "given");
  ir_cursor_expect_word(c, "unit");
  f.unit = ir_cursor_string(c);
  ir_cursor_expect_word(c, "dimension");
  f.dimension = ir_cursor_wide(c);
  ir_cursor_expect_word(c, "at");
  f.at.file = ir_cursor_number(c);
  f.at.line = ir_cursor_number(c);
  f.at.column = ir_cursor_number(c);
  ir_field_add(p, f);
}

/* ---- functions ---- */

static uint32_t read_marked(ir_cursor *c, char mark) { return ir_cursor_expect(c, mark) ? ir_cursor_number(c) : 0; }

static uint16_t read_opcode(ir_cursor *c) {
  char word[32];
  if (ir_cursor_word(c, word, sizeof word))
    for (uint16_t i = 0; i < IR_OP_COUNT; i++)
      if (strcmp(ir_ops[i].word, word) == 0)
        return i;
  ir_cursor_fail(c, "not an operation");
  return 0;
}

static void read_carried(ir_cursor *c, ir_op *op) {
  ir_carries carries = ir_ops[op->op].carries;
  if (carries == IR_CARRIES_NUMBER)
    op->number = ir_cursor_real(c);
  if (carries == IR_CARRIES_FIELD || carries == IR_CARRIES_FIELD_AUX)
    op->field.id = read_marked(c, '$');
  if (carries == IR_CARRIES_KEY) {
    ir_cursor_expect_word(c, "key");
    op->key = ir_cursor_wide(c);
  }
  if (carries == IR_CARRIES_AUX || carries == IR_CARRIES_KEY || carries == IR_CARRIES_FIELD_AUX)
    op->aux = read_marked(c, '#');
}

static void read_args(ir_cursor *c, ir_program *p, ir_function *f, ir_op *op) {
  uint32_t fixed = ir_ops[op->op].arg_count;
  for (uint32_t i = 0; i < fixed; i++)
    op->args[i] = read_marked(c, '%');
  op->extra = f->extra.len;
  /* A %5 behind the arguments may begin the next line: then `=` follows it. */
  while (op->aux <= IR_MOST_LOOP_VARIABLES && op->extra_count < ir_extra_count(op) && c->error == NULL) {
    vec_push(p->arena, &f->extra, read_marked(c, '%'));
    op->extra_count++;
  }
}

static span read_span(ir_cursor *c) {
  if (!ir_cursor_accept(c, '@'))
    return SPAN_NONE;
  span at = {.file = ir_cursor_number(c)};
  ir_cursor_expect(c, ':');
  at.start = ir_cursor_number(c);
  ir_cursor_expect(c, '-');
  at.end = ir_cursor_number(c);
  return at;
}

static void read_op(ir_cursor *c, ir_program *p, ir_function *f) {
  bool has_result = ir_cursor_accept(c, '%');
  if (has_result) {
    read_position(c, f->ops.len);
    ir_cursor_expect(c, '=');
  }
  bool is_single = accept_word(c, "single");
  ir_op op = {.op = read_opcode(c), .is_single = is_single};
  read_carried(c, &op);
  read_args(c, p, f, &op);
  ir_builder b = ir_builder_on(p, f);
  b.at = read_span(c);
  if (c->error != NULL)
    return;
  const char *wrong = ir_check_op(c->arena, p, f, &op, f->ops.len);
  if (wrong == NULL && has_result != (ir_result_type(p, &op) != IR_NONE))
    wrong = "a result where there is none, or none where there is one";
  if (wrong != NULL)
    ir_cursor_fail(c, "%s", wrong);
  else
    ir_add_op(&b, op);
}

static void read_function(ir_cursor *c, ir_program *p) {
  const char *name = ir_cursor_string(c);
  uint32_t role = ir_cursor_word_of(c, nsa_word_of_role, "role");
  ir_cursor_expect_word(c, "domain");
  uint32_t domain = ir_cursor_number(c);
  ir_cursor_expect_word(c, "timescale");
  uint32_t timescale = ir_cursor_number(c);
  if (c->error == NULL && domain >= p->domains.len)
    ir_cursor_fail(c, "there is no domain %u", domain);
  ir_function *f = ir_function_add(p, name, (nsa_role)role, domain, timescale, NULL);
  f->is_single = accept_word(c, "single");
  ir_cursor_expect(c, '{');
  while (c->error == NULL && !ir_cursor_accept(c, '}'))
    read_op(c, p, f);
}

ir_program *ir_read(arena *a, const char *source, const char **error) {
  ir_cursor c = {.arena = a, .at = source, .end = source + strlen(source), .line = 1};
  ir_program *p = ir_program_new(a);
  p->program->version = 0;
  ir_tables_read(&c, p->program);
  while (c.error == NULL && !at_end(&c)) {
    if (accept_word(&c, "domain"))
      read_domain(&c, p);
    else if (accept_word(&c, "field"))
      read_field(&c, p);
    else if (accept_word(&c, "function"))
      read_function(&c, p);
    else
      ir_cursor_fail(&c, "domain, field or function is missing");
  }
  *error = c.error;
  if (c.error != NULL)
    return NULL;
  ir_program_finish(p);
  return p;
}
