/* SPDX-License-Identifier: MIT */
#include "unit/lower/lowered.h"

#include "syntax/syntax.h"

lowered lower_text(const char *source) {
  lowered w = {.arena = arena_new()};
  w.sink = diag_sink_new(w.arena);
  interner *names = intern_new(w.arena);
  uint32_t file = diag_add_file(w.sink, "test.nsa", source, strlen(source));
  const ast_file *ast = syntax_parse(w.arena, names, w.sink, file);
  const model *m = model_check(w.arena, names, w.sink, ast, &(model_options){0});
  if (diag_error_count(w.sink) != 0) {
    diag_print(w.sink, stderr, false);
    fail_msg("the model has errors");
  }
  lower_options options = {.analyse_timescales = true};
  const lower_plan *plan = lower_decide_plan(w.arena, m, w.sink, &options, &w.report);
  if (diag_error_count(w.sink) != 0)
    return w;
  w.ir = lower_model(plan);
  w.program = w.ir->program;
  const char *bug = ir_validate(w.arena, w.ir);
  if (bug != NULL)
    fail_msg("the IR is not valid: %s", bug);
  return w;
}

void lowered_free(lowered *w) { arena_free(w->arena); }

const ir_function *function_named(const lowered *w, const char *name) {
  for (uint32_t k = 0; k < w->ir->functions.len; k++)
    if (strcmp(w->ir->functions.data[k]->name, name) == 0)
      return w->ir->functions.data[k];
  return NULL;
}

nsa_field_id field_named(const lowered *w, const char *name) {
  for (uint32_t k = 0; k < w->program->fields_count; k++)
    if (strcmp(w->program->fields[k].name, name) == 0)
      return (nsa_field_id){k};
  return NSA_NO_FIELD;
}

const nsa_settable *settable_named(const lowered *w, const char *name) {
  for (uint32_t k = 0; k < w->program->settables_count; k++)
    if (strcmp(w->program->settables[k].name, name) == 0)
      return &w->program->settables[k];
  return NULL;
}

static bool is_wanted(const ir_op *op, ir_opcode wanted, nsa_field_id field) {
  return op->op == wanted && (nsa_field_is_none(field) || nsa_field_is(op->field, field));
}

uint32_t count_ops(const ir_function *f, ir_opcode op, nsa_field_id field) {
  uint32_t count = 0;
  for (uint32_t k = 0; k < f->ops.len; k++)
    count += is_wanted(&f->ops.data[k], op, field);
  return count;
}

uint32_t find_op(const ir_function *f, ir_opcode op, nsa_field_id field, uint32_t from) {
  for (uint32_t k = from; k < f->ops.len; k++)
    if (is_wanted(&f->ops.data[k], op, field))
      return k;
  fail_msg("%s: no %s behind operation %u", f->name, ir_ops[op].name, from);
  return UINT32_MAX;
}

uint32_t count_maths(const ir_function *f, const char *name) {
  uint32_t count = 0, row = ir_math_find(name);
  for (uint32_t k = 0; k < f->ops.len; k++) {
    const ir_op *op = &f->ops.data[k];
    bool is_call = op->op == IR_OP_math1 || op->op == IR_OP_math2 || op->op == IR_OP_math3;
    count += is_call && op->aux == row;
  }
  return count;
}

bool is_skipped(const ir_function *f, uint32_t place) {
  uint32_t depth = 0;
  for (uint32_t k = 0; k < place; k++) {
    depth += f->ops.data[k].op == IR_OP_skip_begin;
    depth -= f->ops.data[k].op == IR_OP_skip_end;
  }
  return depth > 0;
}

void assert_decided(const lowered *w, const char *subject, const char *topic, const char *line) {
  const char *said = "nothing";
  for (uint32_t k = 0; k < w->report.decisions.len; k++) {
    const lower_decision *d = &w->report.decisions.data[k];
    if (strcmp(d->subject, subject) != 0 || strcmp(d->topic, topic) != 0)
      continue;
    if (strcmp(d->text, line) == 0)
      return;
    said = d->text;
  }
  fail_msg("%s, %s: expected \"%s\", last said \"%s\"", subject, topic, line, said);
}
