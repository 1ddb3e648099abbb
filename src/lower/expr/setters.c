/* SPDX-License-Identifier: MIT */
/* setters.c - which statements, equations and initial values give a field its value, kernel by kernel. When a value is
 * not finite, the runtime names those that can have made it (runtime/src/state/blame.c). */
#include "lower/expr/advance.h"
#include "lower/expr/fields.h"
#include <math.h>

/* Values of values are looked into up to this depth. */
enum { DEPTH = 6 };

/* Less than half of the distance between the two largest floats: what is finite stays so when this is added. */
static const double small = 1e30;

/* How a value may come to be not finite: not at all; as a sum of finite ones that is too large; in any way. */
typedef enum { IS_SOUND, IS_SUM, IS_ANY } soundness;

static soundness worse(soundness a, soundness b) { return a > b ? a : b; }

static bool is_number_below(const ir_builder *b, ir_value x, double limit) {
  const ir_op *op = &b->function->ops.data[x];
  return op->op == IR_OP_const && fabs(op->number) <= limit;
}

static soundness soundness_of_load(const ir_builder *b, const ir_op *op) {
  uint32_t kind = b->program->fields.data[op->field.id].kind;
  return kind == NSA_FIELD_PARAM || kind == NSA_FIELD_STATE ? IS_SOUND : IS_ANY;
}

static soundness soundness_of(const ir_builder *b, ir_value x, int depth) {
  const ir_op *op = &b->function->ops.data[x];
  if (depth > DEPTH)
    return IS_ANY;
  switch (op->op) {
  case IR_OP_const:
    return isfinite(op->number) ? IS_SOUND : IS_ANY;
  case IR_OP_load:
  case IR_OP_load_at:
    return soundness_of_load(b, op);
  case IR_OP_neg:
    return soundness_of(b, op->args[0], depth + 1);
  case IR_OP_select:
    return worse(soundness_of(b, op->args[1], depth + 1), soundness_of(b, op->args[2], depth + 1));
  case IR_OP_add:
  case IR_OP_sub:
    if (is_number_below(b, op->args[1], small))
      return soundness_of(b, op->args[0], depth + 1);
    return worse(IS_SUM, worse(soundness_of(b, op->args[0], depth + 1), soundness_of(b, op->args[1], depth + 1)));
  default:
    return IS_ANY;
  }
}

bool lower_is_sound(const ir_builder *b, ir_value x) { return soundness_of(b, x, 0) == IS_SOUND; }

nsa_field_id lower_state_field(const scope *s, uint32_t state) {
  const view *self = s->side[SIDE_SELF];
  return self->is_connection ? s->l->connections[self->owner].state[state]
                             : s->l->populations[self->owner].state[state];
}

static nsa_kernel_id kernel_of(const ir_builder *b) {
  uint32_t k = b->program->functions.len;
  while (b->program->functions.data[k - 1] != b->function)
    k--;
  return (nsa_kernel_id){k - 1};
}

/* The statement of this function that gave x to another field, which is only passed on. NULL: there is none. */
static const nsa_setter *origin_of(const lowering *l, const nsa_setter *setter, ir_value x) {
  const setter_values *made = &l->setter_values;
  for (uint32_t k = made->len; k-- > 0 && nsa_kernel_is(l->setter_list.data[k].kernel, setter->kernel);)
    if (made->data[k] == x && !nsa_field_is(l->setter_list.data[k].field, setter->field))
      return &l->setter_list.data[k];
  return NULL;
}

void lower_note_setter(scope *s, nsa_field_id field, ir_value x, span at) {
  lowering *l = s->l;
  soundness sound = soundness_of(s->b, x, 0);
  nsa_setter setter = {
      .kernel = kernel_of(s->b), .field = field, .when = l->when, .is_sum = sound == IS_SUM, .at = lower_place(l, at)};
  if (sound == IS_SOUND)
    return;
  const nsa_setter *origin = origin_of(l, &setter, x);
  setter.at = origin != NULL ? origin->at : setter.at;
  vec_push(l->arena, &l->setter_list, setter);
  vec_push(l->arena, &l->setter_values, x);
}
