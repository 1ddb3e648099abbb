/* SPDX-License-Identifier: MIT */
/* network.c - populations, connections and coupling in a dump. */
#include "model/print/print.h"
#include "nsa_words.h"

static void print_population(const model *m, uint32_t index, text *out) {
  const model_population *x = &m->populations.data[index];
  printer p = print_in_owner(m, out, false, index);
  text_printf(out, "population %s : %s", x->name, p.side[SIDE_SELF]->name);
  if (x->is_grid)
    text_printf(out, "[%u x %u]", x->rows, x->cols);
  else if (!x->has_no_size)
    text_printf(out, "[%u]", x->cols);
  if (x->spacing > 0) {
    text_puts(out, " spaced ");
    text_number(out, x->spacing);
    text_puts(out, " um at (");
    text_number(out, x->at_x);
    text_puts(out, " um, ");
    text_number(out, x->at_y);
    text_puts(out, " um)");
  }
  text_puts(out, "\n");
  print_overrides(&p, x->overrides.data, x->overrides.len);
}

/* ---- connections ---- */

/* Rules refer to the near end as pre, and to the other one as post. */
static void print_condition(const model *m, uint32_t near, uint32_t far, const model_expr *e, text *out) {
  printer p = {m,
               out,
               {NULL, &m->components.data[m->populations.data[near].component],
                &m->components.data[m->populations.data[far].component], NULL}};
  print_expr(&p, e);
}

static void print_profile(const model_rule *r, text *out) {
  if (r->profile == NSA_PROFILE_NONE)
    return;
  text_printf(out, ", %s(", nsa_word_of_profile_kind(r->profile));
  text_number(out, r->length);
  text_puts(out, ")");
}

static void print_rule_values(const model *m, uint32_t near, uint32_t far, const model_rule *r, text *out) {
  switch (r->kind) {
  case NSA_RULE_PROBABILITY:
    print_condition(m, near, far, r->probability, out);
    break;
  case NSA_RULE_WHERE:
    print_condition(m, near, far, r->condition, out);
    break;
  case NSA_RULE_INDEGREE:
  case NSA_RULE_OUTDEGREE:
  case NSA_RULE_NEIGHBOURS:
  case NSA_RULE_SCALE_FREE:
    text_printf(out, "%u", r->degree);
    print_profile(r, out);
    break;
  case NSA_RULE_SMALL_WORLD:
    text_printf(out, "%u, ", r->degree);
    text_number(out, r->rewiring);
    break;
  case NSA_RULE_TILES:
    text_printf(out, "%u x %u, stride %u", r->tile_rows, r->tile_cols, r->stride);
    break;
  case NSA_RULE_FILE:
    text_printf(out, "\"%s\"", r->path);
    break;
  case NSA_RULE_POOL:
    text_printf(out, "%u, %s", r->degree, r->pool_block ? "block" : "random");
    break;
  default:
    break;
  }
}

static void print_rule(const model *m, uint32_t near, uint32_t far, const model_rule *r, text *out) {
  text_printf(out, " by %s(", nsa_word_of_rule_kind(r->kind));
  print_rule_values(m, near, far, r, out);
  text_puts(out, ")");
}

static void print_partner(const printer *p, const model_connection *c) {
  uint32_t near = c->partner_of == SIDE_PRE ? c->source : c->target;
  text_printf(p->out, "  with %s of %s", p->m->populations.data[c->partner].name, nsa_word_of_side(c->partner_of));
  print_rule(p->m, near, c->partner, &c->partner_rule, p->out);
  if (c->partner_probability != NULL) {
    text_puts(p->out, " probability ");
    print_condition(p->m, c->source, c->target, c->partner_probability, p->out);
  }
  text_puts(p->out, c->has_partner_per_link ? ", one each link\n" : "\n");
}

static void print_delay(const printer *p, const char *word, const model_expr *delay) {
  if (delay == NULL)
    return;
  text_printf(p->out, "  %s ", word);
  print_expr(p, delay);
  text_puts(p->out, "\n");
}

static void print_connection(const model *m, uint32_t index, text *out) {
  static const char *const couplings[] = {"", " coupling linear", " coupling stages", " coupling implicit"};
  const model_connection *c = &m->connections.data[index];
  printer p = print_in_owner(m, out, true, index);
  text_printf(out, "connect %s: %s -> %s : %s (component %u)", c->name, m->populations.data[c->source].name,
              m->populations.data[c->target].name, p.side[SIDE_SELF]->name, c->component);
  print_rule(m, c->source, c->target, &c->rule, out);
  text_printf(out, "%s%s\n",
              c->source != c->target ? ""
              : c->allow_self        ? " self"
                                     : " no self",
              couplings[c->coupling]);
  if (c->has_partner)
    print_partner(&p, c);
  print_delay(&p, "delay", c->delay);
  print_delay(&p, "back", c->delay_back);
  print_overrides(&p, c->overrides.data, c->overrides.len);
}

/* ---- coupling ---- */

static void print_stage_set(const model *m, const model_stage_set *s, text *out) {
  text_printf(out, "%s on %s", s->is_diffusing ? "diffusion" : "stages", m->timescales.data[s->timescale].name);
  if (!s->is_diffusing)
    text_printf(out, " using %s", solver_rows[s->solver].words);
  for (uint32_t k = 0; k < s->populations.len; k++)
    text_printf(out, "%s%s", k > 0 ? ", " : ": ", m->populations.data[s->populations.data[k]].name);
  text_puts(out, "\n");
}

static void print_diffusion(const model *m, const model_diffusion *d, text *out) {
  printer links = print_in_owner(m, out, true, d->connection), cells = print_in_owner(m, out, false, d->population);
  const model_component *c = cells.side[SIDE_SELF];
  text_printf(out, "diffuse %s.%s by %s: %s += ", m->populations.data[d->population].name,
              c->states.data[d->state].name, m->connections.data[d->connection].name, c->inputs.data[d->input].name);
  print_expr(&links, d->of_links);
  text_puts(out, " a link, the rate += ");
  print_expr(&cells, d->of_equation);
  text_printf(out, " * %s\n", c->inputs.data[d->input].name);
}

void print_network(const model *m, text *out) {
  for (uint32_t k = 0; k < m->populations.len; k++)
    print_population(m, k, out);
  for (uint32_t k = 0; k < m->connections.len; k++)
    print_connection(m, k, out);
  for (uint32_t k = 0; k < m->stage_sets.len; k++)
    print_stage_set(m, &m->stage_sets.data[k], out);
  for (uint32_t k = 0; k < m->diffusions.len; k++)
    print_diffusion(m, &m->diffusions.data[k], out);
}
