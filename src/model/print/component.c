/* SPDX-License-Identifier: MIT */
/* component.c - a component in a dump. */
#include "model/print/print.h"

static const char *timescale_name(const printer *p, uint32_t timescale) {
  return p->m->timescales.data[timescale].name;
}

static const char *unit_name(const printer *p, dim unit) { return dim_name(p->out->arena, unit); }

/* " WORD VALUE", where there is one. */
static void print_clause(const printer *p, const char *word, const model_expr *e) {
  if (e == NULL)
    return;
  text_printf(p->out, " %s ", word);
  print_expr(p, e);
}

/* ---- declarations ---- */

static void print_params(const printer *p, const model_component *c) {
  for (uint32_t k = 0; k < c->params.len; k++) {
    const model_param *x = &c->params.data[k];
    text_printf(p->out, "  param %s : %s = ", x->name, unit_name(p, x->unit));
    print_expr(p, x->value);
    if (x->has_range) {
      text_puts(p->out, " in ");
      print_number(p, x->lo, x->unit);
      text_puts(p->out, " .. ");
      print_number(p, x->hi, x->unit);
    }
    text_puts(p->out, x->goes_by_ticks ? " (by ticks)\n" : "\n");
  }
}

static void print_states(const printer *p, const model_component *c) {
  for (uint32_t k = 0; k < c->states.len; k++) {
    const model_state *x = &c->states.data[k];
    text_printf(p->out, "  state %s : %s = ", x->name, unit_name(p, x->unit));
    print_expr(p, x->initial);
    text_puts(p->out, x->goes_by_ticks ? " (by ticks)\n" : "\n");
  }
}

static void print_inputs(const printer *p, const model_component *c) {
  static const char *const words[] = {[COMBINE_NONE] = "",    [COMBINE_MEAN] = " mean", [COMBINE_SUM] = " sum",
                                      [COMBINE_MAX] = " max", [COMBINE_MIN] = " min",   [COMBINE_LAST] = " last"};
  for (uint32_t k = 0; k < c->inputs.len; k++) {
    const model_input *x = &c->inputs.data[k];
    text_printf(p->out, "  input %s : %s%s\n", x->name, unit_name(p, x->unit), words[x->combine]);
  }
}

static void print_names(const printer *p, const model_component *c) {
  for (uint32_t k = 0; k < c->noises.len; k++)
    text_printf(p->out, "  noise %s\n", c->noises.data[k].name);
  for (uint32_t k = 0; k < c->timers.len; k++) {
    text_printf(p->out, "  timer %s", c->timers.data[k].name);
    print_clause(p, "=", c->timers.data[k].initial);
    text_puts(p->out, "\n");
  }
  for (uint32_t k = 0; k < c->lets.len; k++) {
    const model_let *x = &c->lets.data[k];
    text_printf(p->out, "  let %s : %s", x->name, x->value->is_bool ? "truth" : unit_name(p, x->value->unit));
    print_clause(p, "=", x->value);
    text_puts(p->out, "\n");
  }
}

/* ---- equations ---- */

static void print_solver(const printer *p, const model_ode *ode) {
  if (ode->solver != SOLVER_automatic)
    text_printf(p->out, " using %s", solver_rows[ode->solver].words);
  if (ode->solver != SOLVER_adaptive)
    return;
  text_puts(p->out, "(tolerance = ");
  text_number(p->out, ode->options.tolerance);
  text_printf(p->out, ", substeps = %u)", ode->options.substeps);
}

static void print_equation(const printer *p, const model_component *c, const model_ode *ode) {
  static const char *const timings[] = {
      [ODE_AUTOMATIC] = " on events where that is exact", [ODE_EVENTS] = " on events", [ODE_CLOCK] = ""};
  text_printf(p->out, "  d%s/dt = ", c->states.data[ode->state].name);
  print_expr(p, ode->rate);
  for (uint32_t k = 0; k < ode->noise.len; k++)
    if (ode->noise.data[k] != NULL) {
      text_puts(p->out, " + (");
      print_expr(p, ode->noise.data[k]);
      text_printf(p->out, ") * %s", c->noises.data[k].name);
    }
  print_clause(p, "unless", ode->unless);
  text_printf(p->out, "%s on %s", timings[ode->timing], timescale_name(p, ode->timescale));
  print_solver(p, ode);
  text_puts(p->out, "\n");
}

static void print_reaction(const printer *p, const model_component *c, const model_reaction *r) {
  text_puts(p->out, "  reaction");
  for (uint32_t k = 0; k < r->gains.len; k++)
    text_printf(p->out, " %+d %s", r->gains.data[k].gain, c->states.data[r->gains.data[k].state].name);
  print_clause(p, "by", r->flow);
  text_puts(p->out, "\n");
}

/* ---- events and blocks ---- */

static void print_event(const printer *p, const model_event *ev) {
  text_printf(p->out, "  event %s", ev->name);
  print_clause(p, ev->is_crossing ? "when it becomes true that" : "when", ev->when);
  print_clause(p, "and", ev->also);
  print_clause(p, "refractory", ev->refractory);
  text_puts(p->out, ev->is_reset ? " (reset by its own blocks)\n" : "\n");
}

static const char *event_name(const printer *p, model_side side, uint32_t event) {
  return p->side[side]->events.data[event].name;
}

static void print_on(const printer *p, const model_on *on) {
  switch (on->kind) {
  case BLOCK_EVENT:
    text_printf(p->out, "  on %s", event_name(p, SIDE_SELF, on->event));
    break;
  case BLOCK_PRE:
    text_printf(p->out, "  on pre.%s", event_name(p, SIDE_PRE, on->event));
    break;
  case BLOCK_POST:
    text_printf(p->out, "  on post.%s", event_name(p, SIDE_POST, on->event));
    break;
  case BLOCK_ASTRO:
    text_printf(p->out, "  on astro.%s", event_name(p, SIDE_ASTRO, on->event));
    break;
  case BLOCK_SIGNAL:
    text_printf(p->out, "  on signal %s", p->m->signals.data[on->event].name);
    break;
  case BLOCK_EVERY:
    text_puts(p->out, " ");
    print_clause(p, "every", on->period);
    break;
  case BLOCK_EACH_STEP:
    text_puts(p->out, "  each step");
    break;
  }
  text_puts(p->out, " {\n");
  print_block(p, &on->body, 4);
  text_puts(p->out, "  }\n");
}

static void print_links(const printer *p, const model_component *c) {
  static const char *const sides[] = {"", "pre.", "post.", "astro."};
  for (uint32_t k = 0; k < c->contributions.len; k++) {
    const model_contribution *x = &c->contributions.data[k];
    text_printf(p->out, "  %s%s += ", sides[x->side], p->side[x->side]->inputs.data[x->input].name);
    print_expr(p, x->value);
    text_puts(p->out, "\n");
  }
  for (uint32_t k = 0; k < c->astro_defaults.len; k++) {
    model_expr item = {
        .kind = MX_REF,
        .ref = {(model_ref_kind)c->astro_defaults.data[k].kind, SIDE_ASTRO, c->astro_defaults.data[k].item}};
    text_puts(p->out, "  default ");
    print_expr(p, &item);
    print_clause(p, "=", c->astro_defaults.data[k].value);
    text_puts(p->out, "\n");
  }
}

/* ---- all of it ---- */

static void print_head(const printer *p, const model_component *c, uint32_t index) {
  static const char *const kinds[] = {"neuron", "astrocyte", "synapse"};
  static const char *const couplings[] = {"", " coupling linear", " coupling stages", " coupling implicit"};
  text_printf(p->out, "component %u: %s %s on %s%s", index, kinds[c->kind], c->name, timescale_name(p, c->timescale),
              couplings[c->coupling]);
  if (c->precision != NULL)
    text_printf(p->out, " precision %s", c->precision);
  if (c->kind == COMPONENT_SYNAPSE)
    text_printf(p->out, " from %s to %s", p->side[SIDE_PRE]->name, p->side[SIDE_POST]->name);
  if (p->side[SIDE_ASTRO] != NULL)
    text_printf(p->out, " with %s", p->side[SIDE_ASTRO]->name);
  text_puts(p->out, "\n");
}

void print_component(const model *m, uint32_t component, text *out) {
  const model_component *c = &m->components.data[component];
  printer p = print_in_component(m, out, c);
  print_head(&p, c, component);
  print_params(&p, c);
  print_states(&p, c);
  print_inputs(&p, c);
  print_names(&p, c);
  for (uint32_t k = 0; k < c->odes.len; k++)
    print_equation(&p, c, &c->odes.data[k]);
  for (uint32_t k = 0; k < c->reactions.len; k++)
    print_reaction(&p, c, &c->reactions.data[k]);
  for (uint32_t k = 0; k < c->events.len; k++)
    print_event(&p, &c->events.data[k]);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    print_on(&p, &c->blocks.data[k]);
  print_links(&p, c);
}
