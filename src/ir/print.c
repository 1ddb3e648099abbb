/* SPDX-License-Identifier: MIT */
/* print.c - the text form of a program. read.c reads it back. */
#include "ir/ir_internal.h"
#include "nsa_words.h"

#include <inttypes.h>
#include <math.h>

void ir_print_number(text *out, double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (isnan(x))
    text_printf(out, "nan:0x%016" PRIx64, bits);
  else
    text_double(out, x);
}

void ir_print_quoted(text *out, const char *s) {
  text_puts(out, "\"");
  for (; s != NULL && *s != '\0'; s++) {
    unsigned char c = (unsigned char)*s;
    if (c == '"' || c == '\\')
      text_printf(out, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
      text_printf(out, "\\x%02x", c);
    else
      text_add(out, s, 1);
  }
  text_puts(out, "\"");
}

static void print_index(text *out, uint32_t number) {
  if (number == NSA_NONE)
    text_puts(out, "none");
  else
    text_printf(out, "%u", number);
}

static void print_domain(text *out, uint32_t i, const nsa_domain *d) {
  text_printf(out, "domain %u %s ", i, nsa_word_of_domain_kind(d->kind));
  ir_print_quoted(out, d->name);
  text_puts(out, " owner ");
  print_index(out, d->kind == NSA_DOMAIN_POPULATION ? d->population.id
                   : d->kind == NSA_DOMAIN_CHANNEL  ? d->channel.id
                                                    : d->connection.id);
  text_puts(out, "\n");
}

static void print_member(text *out, const char *name, uint32_t number) {
  if (number != NSA_NONE)
    text_printf(out, " %s %u", name, number);
}

static void print_field(text *out, uint32_t i, const nsa_field *f) {
  text_printf(out, "field %u ", i);
  ir_print_quoted(out, f->name);
  text_printf(out, " %s %s%s domain %u value ", nsa_word_of_type(f->type), f->is_uniform ? "uniform " : "",
              nsa_word_of_field_kind(f->kind), f->domain);
  ir_print_number(out, f->value);
  print_member(out, "connection", f->connection.id);
  print_member(out, "image", f->image.id);
  print_member(out, "given", f->given.id);
  text_puts(out, " unit ");
  ir_print_quoted(out, f->unit);
  text_printf(out, " dimension 0x%" PRIx64 " at %u %u %u\n", f->dimension, f->at.file, f->at.line, f->at.column);
}

static void print_carried(text *out, const ir_op *op) {
  switch (ir_ops[op->op].carries) {
  case IR_CARRIES_NONE:
    break;
  case IR_CARRIES_NUMBER:
    text_puts(out, " ");
    ir_print_number(out, op->number);
    break;
  case IR_CARRIES_FIELD:
    text_printf(out, " $%u", op->field.id);
    break;
  case IR_CARRIES_AUX:
    text_printf(out, " #%u", op->aux);
    break;
  case IR_CARRIES_KEY:
    text_printf(out, " key 0x%016" PRIx64 " #%u", op->key, op->aux);
    break;
  case IR_CARRIES_FIELD_AUX:
    text_printf(out, " $%u #%u", op->field.id, op->aux);
    break;
  }
}

/* What the carried numbers mean, for people: a comment. */
static void print_comment(const ir_program *p, text *out, const ir_op *op) {
  if (ir_op_has_field(op))
    text_printf(out, "  ; %s", p->fields.data[op->field.id].name);
  else if (op->op >= IR_OP_math1 && op->op <= IR_OP_math3)
    text_printf(out, "  ; %s", ir_maths[op->aux].name);
}

static void print_op(const ir_program *p, const ir_function *f, text *out, uint32_t i) {
  const ir_op *op = &f->ops.data[i];
  const char *precision = op->is_single ? "single " : "";
  if (op->type != IR_NONE)
    text_printf(out, "  %%%u = %s%s", i, precision, ir_ops[op->op].word);
  else
    text_printf(out, "  %s%s", precision, ir_ops[op->op].word);
  print_carried(out, op);
  for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
    text_printf(out, " %%%u", ir_op_arg(f, op, k));
  if (op->at.file != SPAN_NONE.file)
    text_printf(out, " @%u:%u-%u", op->at.file, op->at.start, op->at.end);
  print_comment(p, out, op);
  text_puts(out, "\n");
}

void ir_print_function(const ir_program *p, const ir_function *f, text *out) {
  if (f->name == NULL) {
    text_puts(out, "fragment {\n");
  } else {
    text_puts(out, "function ");
    ir_print_quoted(out, f->name);
    text_printf(out, " %s domain %u timescale %u%s {\n", nsa_word_of_role(f->role), f->domain, f->timescale,
                f->is_single ? " single" : "");
  }
  for (uint32_t i = 0; i < f->ops.len; i++)
    print_op(p, f, out, i);
  text_puts(out, "}\n");
}

void ir_print(const ir_program *p, text *out) {
  ir_tables_print(p->program, out);
  for (uint32_t i = 0; i < p->domains.len; i++)
    print_domain(out, i, &p->domains.data[i]);
  for (uint32_t i = 0; i < p->fields.len; i++)
    print_field(out, i, &p->fields.data[i]);
  for (uint32_t i = 0; i < p->functions.len; i++) {
    text_printf(out, "\n; kernel %u\n", i);
    ir_print_function(p, p->functions.data[i], out);
  }
}
