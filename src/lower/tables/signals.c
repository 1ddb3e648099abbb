/* SPDX-License-Identifier: MIT */
/* signals.c - what reaches all cells and links at once. */
#include "lower/tables/tables.h"

void lower_signal_fields(lowering *l) {
  uint32_t count = l->m->signals.len;
  l->signal_flag = lower_no_fields(l, count);
  l->signal_value = lower_no_fields(l, count);
  for (uint32_t k = 0; k < count; k++) {
    const model_signal *sg = &l->m->signals.data[k];
    l->signal_flag[k] =
        lower_add_field(l, arena_printf(l->arena, "%s.sent", sg->name), 0, NSA_B1, NSA_FIELD_SIGNAL, 0, NULL, sg->at);
    l->signal_value[k] = lower_add_field(l, sg->name, 0, NSA_F64, NSA_FIELD_SIGNAL, 1, &sg->unit, sg->at);
    l->p->fields.data[l->signal_flag[k].id].is_uniform = 1;
    l->p->fields.data[l->signal_value[k].id].is_uniform = 1;
  }
}

/* Its value, computed when it is sent. */
static nsa_kernel_id value_function(lowering *l, uint32_t signal, const model_signal_times *times) {
  if (!times->value)
    return NSA_NO_KERNEL;
  nsa_kernel_id number;
  uint32_t timescale = lower_base_timescale(l->ctx);
  ir_function *fn = ir_function_add(l->p, arena_printf(l->arena, "%s.value", l->m->signals.data[signal].name),
                                    NSA_ROLE_STIMULUS, 0, timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  b.at = times->at;
  view *self = ARENA_NEW(l->arena, view);
  *self = (view){.timescale = timescale, .index = IR_NO_VALUE, .known = IR_NO_VALUE};
  self->tick = ir_nullary(&b, IR_OP_tick, timescale);
  self->time = ir_nullary(&b, IR_OP_time, timescale);
  scope s = {.l = l, .b = &b, .timescale = timescale, .connection = NSA_NONE, .distance = NSA_NO_FIELD};
  s.side[SIDE_SELF] = self;
  s.who_a = s.who_b = ir_number(&b, 0);
  s.key_prefix = times->key ? times->key : l->m->signals.data[signal].name;
  ir_store(&b, l->signal_value[signal], lower_expr(&s, times->value));
  return number;
}

void lower_signals(lowering *l) {
  nsa_signal *out = ARENA_ARRAY(l->arena, nsa_signal, l->m->signals.len);
  for (uint32_t k = 0; k < l->m->signals.len; k++) {
    const model_signal *sg = &l->m->signals.data[k];
    out[k] = (nsa_signal){.name = sg->name,
                          .flag = l->signal_flag[k],
                          .value = l->signal_value[k],
                          .environment = sg->environment,
                          .moment = sg->moment};
    out[k].schedule = ARENA_ARRAY(l->arena, nsa_signal_times, sg->schedule.len);
    out[k].schedule_count = sg->schedule.len;
    for (uint32_t i = 0; i < sg->schedule.len; i++) {
      const model_signal_times *t = &sg->schedule.data[i];
      out[k].schedule[i] = (nsa_signal_times){.start = lower_whole_ticks(l->ctx, t->start),
                                              .stop = lower_whole_ticks(l->ctx, t->stop),
                                              .every = t->every > 0 ? lower_whole_ticks(l->ctx, t->every) : 0,
                                              .kernel = value_function(l, k, t)};
    }
  }
  l->program->signals = out;
  l->program->signals_count = l->m->signals.len;
}
