/* SPDX-License-Identifier: MIT */
/* block.c - statements of blocks. Values are kept in SSA form: a conditional stretch stands in a
 * skip region, and what it changed is merged by a select behind it. */
#include "lower/expr/advance.h"
#include "model/walk.h"

static block_state copy_state(lowering *l, const block_state *s) {
  block_state c = *s;
  c.states = ARENA_ARRAY(l->arena, ir_value, s->state_count);
  c.timers = ARENA_ARRAY(l->arena, ir_value, s->timer_count);
  c.emitted = ARENA_ARRAY(l->arena, ir_value, s->event_count);
  memcpy(c.states, s->states, s->state_count * sizeof(ir_value));
  memcpy(c.timers, s->timers, s->timer_count * sizeof(ir_value));
  memcpy(c.emitted, s->emitted, s->event_count * sizeof(ir_value));
  uint32_t events = s->event_count - l->m->signals.len;
  c.repeated = ARENA_ARRAY(l->arena, ir_value, events);
  memcpy(c.repeated, s->repeated, events * sizeof(ir_value));
  c.increments = (block_increments){0};
  for (uint32_t k = 0; k < s->increments.len; k++)
    vec_push(l->arena, &c.increments, s->increments.data[k]);
  return c;
}

static void merge(scope *s, ir_value cond, ir_value *now, const ir_value *before, uint32_t count) {
  for (uint32_t k = 0; k < count; k++)
    if (now[k] != before[k])
      view_set(s->side[SIDE_SELF], &now[k], ir_select(s->b, cond, now[k], before[k]));
}

void lower_block_if(scope *s, block_state *state, const model_block *block, ir_value cond) {
  block_state before = copy_state(s->l, state);
  lower_skip_begin(s, cond);
  ir_taken taken = {cond, false, s->b->taken};
  s->b->taken = &taken;
  lower_block(s, state, block);
  s->b->taken = taken.outer;
  lower_skip_end(s);
  merge(s, cond, state->states, before.states, state->state_count);
  merge(s, cond, state->timers, before.timers, state->timer_count);
  merge(s, cond, state->emitted, before.emitted, state->event_count);
  merge(s, cond, state->repeated, before.repeated, state->event_count - s->l->m->signals.len);
  for (uint32_t k = 0; k < before.increments.len; k++)
    merge(s, cond, &state->increments.data[k].value, &before.increments.data[k].value, 1);
}

static bool is_summed(const scope *s, const model_stmt *st) {
  const view *self = s->side[SIDE_SELF];
  return self->is_connection && st->kind <= STMT_DIV && st->side == SIDE_SELF &&
         s->l->plan->connections[self->owner].states[st->item].is_summed;
}

static bool is_increased(const block_state *state, const term_plan *total) {
  for (uint32_t k = 0; k < state->increments.len; k++)
    if (state->increments.data[k].total == total)
      return true;
  return false;
}

/* What is added to a state of which only sums are kept goes to each of these. */
static void find_totals(scope *s, block_state *state, const model_stmt *st) {
  const connection_plan *plan = &s->l->plan->connections[s->side[SIDE_SELF]->owner];
  for (uint32_t k = 0; k < plan->terms.len; k++) {
    const term_plan *t = &plan->terms.data[k];
    if (t->kind != TERM_TOTAL)
      continue;
    block_increment x = {.side = t->contribution->side, .total = t, .value = ir_number(s->b, 0), .at = st->at};
    if (t->state == st->item && !is_increased(state, t))
      vec_push(s->l->arena, &state->increments, x);
  }
}

/* The function that this block is part of gives the increment its value here, too. */
static void note_increase(scope *s, block_increment *x, ir_value added, span at) {
  if (!lower_is_sound(s->b, added))
    vec_push(s->l->arena, &x->said, at);
}

static void add_to_totals(scope *s, block_state *state, const model_stmt *st) {
  ir_opcode op = st->kind == STMT_SUB ? IR_OP_sub : IR_OP_add;
  ir_value added = lower_expr(s, st->value);
  for (uint32_t k = 0; k < state->increments.len; k++) {
    block_increment *x = &state->increments.data[k];
    if (!x->total || x->total->state != st->item)
      continue;
    ir_value value = added;
    if (x->total->weight.count)
      value = ir_binary(s->b, IR_OP_mul, lower_product(s, x->total->weight), added);
    x->value = ir_binary(s->b, op, x->value, value);
    note_increase(s, x, value, st->at);
  }
}

static block_increment *find_increment(block_state *state, const model_stmt *st) {
  for (uint32_t k = 0; k < state->increments.len; k++) {
    block_increment *x = &state->increments.data[k];
    if (!x->total && x->side == st->side && x->item == st->item && x->is_input == (st->target == REF_INPUT))
      return x;
  }
  return NULL;
}

typedef struct {
  scope *s;
  block_state *state;
} increment_search;

static walk_step add_increment(void *context, const model_stmt *st) {
  const increment_search *i = context;
  if (is_summed(i->s, st))
    find_totals(i->s, i->state, st);
  if (st->kind > STMT_DIV || st->side == SIDE_SELF || find_increment(i->state, st))
    return WALK_ON;
  block_increment x = {.side = st->side,
                       .is_input = st->target == REF_INPUT,
                       .item = st->item,
                       .total = NULL,
                       .value = ir_number(i->s->b, 0),
                       .at = st->at};
  vec_push(i->s->l->arena, &i->state->increments, x);
  return WALK_ON;
}

void lower_find_increments(scope *s, block_state *state, const model_block *block) {
  walk_block(&(walker){.stmt = add_increment, .context = &(increment_search){s, state}}, block);
}

static void increase(scope *s, block_state *state, const model_stmt *st) {
  block_increment *x = find_increment(state, st);
  ir_opcode op = st->kind == STMT_SUB ? IR_OP_sub : IR_OP_add;
  ir_value added = lower_expr(s, st->value);
  x->value = ir_binary(s->b, op, x->value, added);
  note_increase(s, x, added, st->at);
}

static void assign(scope *s, block_state *state, const model_stmt *st) {
  static const ir_opcode op[] = {
      [STMT_ADD] = IR_OP_add, [STMT_SUB] = IR_OP_sub, [STMT_MUL] = IR_OP_mul, [STMT_DIV] = IR_OP_div};
  ir_value x = lower_expr(s, st->value);
  ir_value *target = &state->states[st->item];
  view_set(s->side[SIDE_SELF], target, st->kind == STMT_SET ? x : ir_binary(s->b, op[st->kind], *target, x));
  lower_note_setter(s, lower_state_field(s, st->item), *target, st->at);
}

static void emit(scope *s, block_state *state, const model_stmt *st) {
  uint32_t events = state->event_count - s->l->m->signals.len;
  ir_value *emitted = &state->emitted[st->is_signal ? events + st->item : st->item];
  ir_value *repeated = st->is_signal ? NULL : &state->repeated[st->item];
  if (repeated && *repeated != IR_NO_VALUE)
    *repeated = ir_select(s->b, *emitted, ir_binary(s->b, IR_OP_add, *repeated, ir_number(s->b, 1)), *repeated);
  *emitted = ir_bool(s->b, true);
}

static void start_timer(scope *s, block_state *state, const model_stmt *st) {
  view *self = s->side[SIDE_SELF];
  ir_value ticks = lower_ticks(s, st->value, self->component->timescale);
  view_set(self, &state->timers[st->item], ir_binary(s->b, IR_OP_add, self->tick, ticks));
}

static void conditional(scope *s, block_state *state, const model_stmt *st) {
  ir_value cond = lower_expr(s, st->value);
  lower_block_if(s, state, &st->then_block, cond);
  if (st->else_block.len)
    lower_block_if(s, state, &st->else_block, ir_unary(s->b, IR_OP_not, cond));
}

void lower_block(scope *s, block_state *state, const model_block *block) {
  for (uint32_t k = 0; k < block->len; k++) {
    const model_stmt *st = &block->data[k];
    span before = s->b->at;
    s->b->at = st->at;
    switch (st->kind) {
    case STMT_LOCAL:
      s->locals[st->item] = lower_expr(s, st->value);
      break;
    case STMT_IF:
      conditional(s, state, st);
      break;
    case STMT_EMIT:
      emit(s, state, st);
      break;
    case STMT_START:
      start_timer(s, state, st);
      break;
    case STMT_SET:
    case STMT_ADD:
    case STMT_SUB:
    case STMT_MUL:
    case STMT_DIV:
      if (is_summed(s, st))
        add_to_totals(s, state, st);
      else if (st->side == SIDE_SELF)
        assign(s, state, st);
      else
        increase(s, state, st);
      break;
    }
    s->b->at = before;
  }
}
