/* SPDX-License-Identifier: MIT */
/* clocked.c - blocks that the clock runs. */
#include "lower/expr/advance.h"

static void run_periodic(scope *s, block_state *state, const model_on *on) {
  ir_builder *b = s->b;
  uint32_t timescale = s->side[SIDE_SELF]->component->timescale;
  ir_value period = ir_binary(b, IR_OP_max, lower_ticks(s, on->period, timescale), ir_number(b, 1));
  ir_value tick = s->side[SIDE_SELF]->tick;
  ir_value whole = ir_unary(b, IR_OP_floor, ir_binary(b, IR_OP_div, tick, period));
  ir_value due = ir_binary(b, IR_OP_eq, ir_binary(b, IR_OP_mul, whole, period), tick);
  lower_block_if(s, state, &on->body, due);
}

/* Phase 3. */
void lower_clocked_blocks(scope *s, block_state *state) {
  const model_component *c = s->side[SIDE_SELF]->component;
  for (uint32_t k = 0; k < c->blocks.len; k++) {
    const model_on *on = &c->blocks.data[k];
    s->b->at = on->at;
    if (on->kind == BLOCK_EVERY)
      run_periodic(s, state, on);
    if (on->kind == BLOCK_EACH_STEP)
      lower_block(s, state, &on->body);
  }
}
