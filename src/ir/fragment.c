/* SPDX-License-Identifier: MIT */
/* fragment.c - pure functions of arguments, and putting them into other functions. */
#include "ir/build.h"
#include "ir/ir_internal.h"

ir_fragment *ir_fragment_new(arena *a) {
  ir_fragment *f = ARENA_NEW(a, ir_fragment);
  f->body = ARENA_NEW(a, ir_function);
  return f;
}

ir_builder ir_builder_in(arena *a, ir_fragment *f) {
  return (ir_builder){.arena = a, .function = f->body, .at = SPAN_NONE};
}

uint32_t ir_op_arg_count(const ir_op *op) { return ir_ops[op->op].arg_count + op->extra_count; }

ir_value ir_op_arg(const ir_function *f, const ir_op *op, uint32_t i) {
  uint32_t fixed = ir_ops[op->op].arg_count;
  return i < fixed ? op->args[i] : f->extra.data[op->extra + (i - fixed)];
}

bool *ir_fragment_live(arena *a, const ir_fragment *f) {
  const ir_function *body = f->body;
  bool *live = ARENA_ARRAY(a, bool, body->ops.len);
  for (uint32_t i = 0; i < f->outputs.len; i++)
    live[f->outputs.data[i]] = true;
  for (uint32_t i = body->ops.len; i-- > 0;)
    if (live[i])
      for (uint32_t k = 0; k < ir_op_arg_count(&body->ops.data[i]); k++)
        live[ir_op_arg(body, &body->ops.data[i], k)] = true;
  return live;
}

ir_value ir_copy_op(ir_builder *b, const ir_function *from, const ir_op *op, const ir_value *value_of) {
  ir_op copy = *op;
  for (uint32_t i = 0; i < ir_ops[op->op].arg_count; i++)
    copy.args[i] = value_of[op->args[i]];
  copy.extra = b->function->extra.len;
  for (uint32_t i = 0; i < op->extra_count; i++) {
    ir_value extra = value_of[from->extra.data[op->extra + i]];
    vec_push(b->arena, &b->function->extra, extra);
  }
  span outer = b->at;
  if (op->at.file != SPAN_NONE.file)
    b->at = op->at;
  ir_value value = ir_add_op(b, copy);
  b->at = outer;
  return value;
}

void ir_inline(ir_builder *b, const ir_fragment *f, const ir_value *args, ir_value *outputs) {
  const ir_function *body = f->body;
  bool *live = ir_fragment_live(b->arena, f);
  ir_value *value_of = ARENA_ARRAY(b->arena, ir_value, body->ops.len);
  uint32_t len = body->ops.len; /* b may append to this very body */
  for (uint32_t i = 0; i < len; i++) {
    ir_op op = body->ops.data[i];
    if (!live[i])
      value_of[i] = IR_NO_VALUE;
    else if (op.op == IR_OP_arg || op.op == IR_OP_barg)
      value_of[i] = args[op.aux];
    else
      value_of[i] = ir_copy_op(b, body, &op, value_of);
  }
  for (uint32_t i = 0; i < f->outputs.len; i++)
    outputs[i] = value_of[f->outputs.data[i]];
}
