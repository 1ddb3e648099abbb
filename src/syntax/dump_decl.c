/* SPDX-License-Identifier: MIT */
/* dump_decl.c - lines of a dump for items of components and for declarations. A table for each says a kind's word, the
 * member that is its name, and what dumps the rest. */
#include "syntax/dump.h"

#include <stddef.h>

static const char *name_in(const void *node, size_t offset) {
  return offset == 0 ? NULL : ((const ast_name *)((const char *)node + offset))->text;
}

/* ------------------------------------------------------------------------------------ items */

static void dump_entries(dumper *d, const ast_entry_list *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    const ast_entry *e = &list->data[i];
    dump_line(d, "entry", e->name.text, e->at);
    d->indent++;
    dump_unit(d, e->unit);
    dump_name(d, "combiner", e->combiner);
    dump_expr(d, NULL, e->value);
    dump_expr(d, "low", e->low);
    dump_expr(d, "high", e->high);
    d->indent--;
  }
}

static void dump_species(dumper *d, const char *side, const ast_species_list *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    const ast_species *s = &list->data[i];
    dump_open(d, side);
    text_printf(d->out, " %s*%s", s->count != NULL ? s->count : "1", s->state.text);
    dump_close(d, s->at);
  }
}

static void item_entries(dumper *d, const ast_item *item) { dump_entries(d, &item->as.entries); }

static void item_let(dumper *d, const ast_item *item) { dump_expr(d, NULL, item->as.let.value); }

static void item_function(dumper *d, const ast_item *item) { dump_function(d, &item->as.function); }

static void item_ode(dumper *d, const ast_item *item) {
  dump_expr(d, "coefficient", item->as.ode.coefficient);
  dump_expr(d, NULL, item->as.ode.rhs);
  dump_name(d, "on", item->as.ode.timescale);
  dump_solver(d, &item->as.ode.solver);
  dump_expr(d, "unless", item->as.ode.unless);
}

static void item_reaction(dumper *d, const ast_item *item) {
  dump_species(d, "left", &item->as.reaction.left);
  dump_species(d, item->as.reaction.is_reversible ? "right, reversible" : "right", &item->as.reaction.right);
  dump_exprs(d, &item->as.reaction.rates);
}

static void item_event(dumper *d, const ast_item *item) {
  dump_when(d, &item->as.event.when);
  dump_expr(d, "refractory", item->as.event.refractory);
  dump_block(d, "block", item->as.event.block);
}

static void item_on(dumper *d, const ast_item *item) {
  dump_name(d, "partner", item->as.on.partner);
  dump_block(d, "block", item->as.on.block);
}

static void item_every(dumper *d, const ast_item *item) {
  dump_expr(d, NULL, item->as.every.period);
  dump_block(d, "block", item->as.every.block);
}

static void item_each_step(dumper *d, const ast_item *item) { dump_block(d, "block", item->as.each_step.block); }

static void item_contribution(dumper *d, const ast_item *item) {
  dump_expr(d, NULL, item->as.contribution.target);
  dump_expr(d, NULL, item->as.contribution.value);
}

static void item_default(dumper *d, const ast_item *item) {
  dump_expr(d, NULL, item->as.fallback.target);
  dump_expr(d, NULL, item->as.fallback.value);
}

static const struct {
  const char *word;
  size_t name; /* offset of an ast_name, 0: it has none */
  void (*parts)(dumper *d, const ast_item *item);
} item_kinds[] = {
    [AST_ITEM_PARAM] = {"param", 0, item_entries},
    [AST_ITEM_STATE] = {"state", 0, item_entries},
    [AST_ITEM_INPUT] = {"input", 0, item_entries},
    [AST_ITEM_NOISE] = {"noise", 0, item_entries},
    [AST_ITEM_TIMER] = {"timer", 0, item_entries},
    [AST_ITEM_LET] = {"let", offsetof(ast_item, as.let.name), item_let},
    [AST_ITEM_FUNCTION] = {"function", offsetof(ast_item, as.function.name), item_function},
    [AST_ITEM_ODE] = {"equation", offsetof(ast_item, as.ode.state), item_ode},
    [AST_ITEM_REACTION] = {"reaction", 0, item_reaction},
    [AST_ITEM_EVENT] = {"event", offsetof(ast_item, as.event.name), item_event},
    [AST_ITEM_ON] = {"on", offsetof(ast_item, as.on.event), item_on},
    [AST_ITEM_EVERY] = {"every", 0, item_every},
    [AST_ITEM_EACH_STEP] = {"each step", 0, item_each_step},
    [AST_ITEM_CONTRIBUTION] = {"contribution", 0, item_contribution},
    [AST_ITEM_DEFAULT] = {"default", 0, item_default},
};

static void dump_items(dumper *d, const ast_item_list *items) {
  for (uint32_t i = 0; i < items->len; i++) {
    const ast_item *item = items->data[i];
    dump_line(d, item_kinds[item->kind].word, name_in(item, item_kinds[item->kind].name), item->at);
    d->indent++;
    item_kinds[item->kind].parts(d, item);
    d->indent--;
  }
}

/* ----------------------------------------------------------------------------- declarations */

static void dump_decls(dumper *d, const ast_decl_list *decls);

static void decl_component(dumper *d, const ast_decl *decl) {
  const ast_component *c = &decl->as.component;
  dump_name(d, "extends", c->base);
  dump_name(d, "on", c->timescale);
  dump_solver(d, &c->solver);
  dump_name(d, "coupling", c->coupling);
  dump_name(d, "precision", c->precision);
  dump_items(d, &c->items);
}

static void decl_population(dumper *d, const ast_decl *decl) {
  const ast_population *p = &decl->as.population;
  dump_name(d, "component", p->component);
  dump_expr(d, "size", p->size);
  dump_expr(d, "spaced", p->spacing);
  dump_expr(d, "at", p->corner);
  dump_settings(d, &p->overrides);
}

static void decl_connect(dumper *d, const ast_decl *decl) {
  const ast_connect *c = &decl->as.connect;
  static const char *const selves[] = {NULL, "no self", "self"};
  dump_expr(d, "source", c->source);
  dump_expr(d, "target", c->target);
  dump_name(d, "via", c->synapse);
  dump_rule(d, "by", &c->rule);
  if (selves[c->self] != NULL)
    dump_line(d, selves[c->self], NULL, c->rule.at);
  dump_expr(d, "delay", c->delay);
  dump_expr(d, "back", c->delay_back);
  dump_name(d, "coupling", c->coupling);
  dump_expr(d, "with", c->partner);
  dump_name(d, "of", c->partner_of);
  dump_rule(d, "partner by", &c->partner_rule);
  dump_expr(d, "partner probability", c->partner_probability);
  dump_settings(d, &c->overrides);
}

static void decl_loop(dumper *d, const ast_decl *decl) {
  for (uint32_t i = 0; i < decl->as.loop.names.len; i++)
    dump_name(d, "variable", decl->as.loop.names.data[i]);
  dump_expr(d, "in", decl->as.loop.over);
  dump_decls(d, &decl->as.loop.body);
}

static void decl_import(dumper *d, const ast_decl *decl) {
  if (decl->as.import.file != NULL)
    dump_line(d, "file", decl->as.import.file, decl->as.import.path_at);
  for (uint32_t i = 0; i < decl->as.import.parts.len; i++)
    dump_name(d, "part", decl->as.import.parts.data[i]);
  dump_name(d, "as", decl->as.import.as);
}

static void decl_none(dumper *d, const ast_decl *decl) { (void)d, (void)decl; }

static void decl_timescale(dumper *d, const ast_decl *decl) { dump_expr(d, NULL, decl->as.timescale.step); }

static void decl_function(dumper *d, const ast_decl *decl) { dump_function(d, &decl->as.function); }

static void decl_pattern(dumper *d, const ast_decl *decl) {
  dump_expr(d, "count", decl->as.pattern.count);
  dump_expr(d, NULL, decl->as.pattern.value);
}

static void decl_present(dumper *d, const ast_decl *decl) {
  dump_expr(d, "pattern", decl->as.present.pattern);
  dump_expr(d, "on", decl->as.present.target);
  dump_expr(d, "amplitude", decl->as.present.amplitude);
  dump_expr(d, "flip", decl->as.present.flip);
  dump_window(d, &decl->as.present.window);
}

static void decl_drive(dumper *d, const ast_decl *decl) {
  dump_expr(d, "target", decl->as.drive.target);
  dump_expr(d, NULL, decl->as.drive.value);
  dump_window(d, &decl->as.drive.window);
}

static void decl_phase(dumper *d, const ast_decl *decl) { dump_window(d, &decl->as.phase.window); }

static void decl_on(dumper *d, const ast_decl *decl) { dump_block(d, "block", decl->as.on.block); }

static void decl_set(dumper *d, const ast_decl *decl) { dump_settings(d, &decl->as.set.settings); }

static void decl_environment(dumper *d, const ast_decl *decl) {
  static const char *const words[] = {"setting", "channel", "action", "action"};
  dump_name(d, "kind", decl->as.environment.kind);
  dump_name(d, "plugin", decl->as.environment.plugin);
  for (uint32_t i = 0; i < decl->as.environment.entries.len; i++) {
    const ast_world_entry *e = &decl->as.environment.entries.data[i];
    dump_line(d, words[e->kind], e->name.text, e->at);
    d->indent++;
    dump_expr(d, NULL, e->value);
    dump_expr(d, "count", e->count);
    dump_unit(d, e->unit);
    dump_expr(d, "low", e->low);
    dump_expr(d, "high", e->high);
    d->indent--;
  }
}

static void dump_act(dumper *d, const ast_act *act) {
  for (uint32_t i = 0; i < act->decoders.len; i++) {
    dump_expr(d, i > 0 ? "else" : NULL, act->decoders.data[i].value);
    dump_expr(d, "among", act->decoders.data[i].among);
  }
  dump_expr(d, "every", act->every);
  dump_expr(d, "window", act->window);
  dump_name(d, "as", act->as);
}

static void decl_act(dumper *d, const ast_decl *decl) { dump_act(d, &decl->as.act); }

static void decl_signal(dumper *d, const ast_decl *decl) {
  dump_expr(d, NULL, decl->as.signal.value);
  dump_when(d, &decl->as.signal.when);
  dump_expr(d, "at", decl->as.signal.moment);
  dump_window(d, &decl->as.signal.window);
}

static void decl_record(dumper *d, const ast_decl *decl) {
  dump_expr(d, NULL, decl->as.record.value);
  dump_expr(d, "every", decl->as.record.every);
  dump_expr(d, "during", decl->as.record.during);
  dump_name(d, "as", decl->as.record.as);
  dump_unit(d, decl->as.record.unit);
}

static void decl_param(dumper *d, const ast_decl *decl) { item_entries(d, decl->as.param); }

static void decl_measure(dumper *d, const ast_decl *decl) {
  for (uint32_t i = 0; i < decl->as.measure.indices.len; i++)
    dump_name(d, "index", decl->as.measure.indices.data[i]);
  dump_expr(d, NULL, decl->as.measure.value);
  dump_unit(d, decl->as.measure.unit);
}

static void decl_checkpoint(dumper *d, const ast_decl *decl) { dump_expr(d, "at", decl->as.checkpoint.time); }

static void dump_decls(dumper *d, const ast_decl_list *decls);

static void decl_variant(dumper *d, const ast_decl *decl) {
  dump_name(d, "from", decl->as.variant.from);
  dump_settings(d, &decl->as.variant.settings);
  for (uint32_t i = 0; i < decl->as.variant.acts.len; i++) {
    const ast_act *act = &decl->as.variant.acts.data[i];
    dump_line(d, "act", act->environment.text, act->at);
    d->indent++;
    dump_act(d, act);
    d->indent--;
  }
  dump_decls(d, &decl->as.variant.modifies);
}

static void decl_run(dumper *d, const ast_decl *decl) {
  dump_expr(d, "until", decl->as.run.until);
  dump_expr(d, NULL, decl->as.run.duration);
}

static const struct {
  const char *word; /* NULL: its kind of component */
  size_t name;      /* offset of an ast_name, 0: it has none */
  void (*parts)(dumper *d, const ast_decl *decl);
} decl_kinds[] = {
    [AST_DECL_EXTENDS] = {"extends", offsetof(ast_decl, as.extends.path), decl_none},
    [AST_DECL_IMPORT] = {"import", 0, decl_import},
    [AST_DECL_PRECISION] = {"precision", offsetof(ast_decl, as.precision), decl_none},
    [AST_DECL_PARAM] = {"param", 0, decl_param},
    [AST_DECL_TIMESCALE] = {"timescale", offsetof(ast_decl, as.timescale.name), decl_timescale},
    [AST_DECL_COMPONENT] = {NULL, offsetof(ast_decl, as.component.name), decl_component},
    [AST_DECL_MODIFY] = {"modify", offsetof(ast_decl, as.component.name), decl_component},
    [AST_DECL_FUNCTION] = {"function", offsetof(ast_decl, as.function.name), decl_function},
    [AST_DECL_POPULATION] = {"population", offsetof(ast_decl, as.population.name), decl_population},
    [AST_DECL_CONNECT] = {"connect", offsetof(ast_decl, as.connect.name), decl_connect},
    [AST_DECL_PATTERN] = {"pattern", offsetof(ast_decl, as.pattern.name), decl_pattern},
    [AST_DECL_FOR] = {"for", 0, decl_loop},
    [AST_DECL_PRESENT] = {"present", 0, decl_present},
    [AST_DECL_DRIVE] = {"drive", 0, decl_drive},
    [AST_DECL_PHASE] = {"phase", offsetof(ast_decl, as.phase.name), decl_phase},
    [AST_DECL_ON] = {"on", offsetof(ast_decl, as.on.phase), decl_on},
    [AST_DECL_SET] = {"set", offsetof(ast_decl, as.set.phase), decl_set},
    [AST_DECL_ENVIRONMENT] = {"environment", offsetof(ast_decl, as.environment.name), decl_environment},
    [AST_DECL_ACT] = {"act", offsetof(ast_decl, as.act.environment), decl_act},
    [AST_DECL_SIGNAL] = {"signal", offsetof(ast_decl, as.signal.name), decl_signal},
    [AST_DECL_RECORD] = {"record", 0, decl_record},
    [AST_DECL_MEASURE] = {"measure", offsetof(ast_decl, as.measure.name), decl_measure},
    [AST_DECL_CHECKPOINT] = {"checkpoint", offsetof(ast_decl, as.checkpoint.name), decl_checkpoint},
    [AST_DECL_VARIANT] = {"variant", offsetof(ast_decl, as.variant.name), decl_variant},
    [AST_DECL_RUN] = {"run", 0, decl_run},
};

static void dump_decls(dumper *d, const ast_decl_list *decls) {
  for (uint32_t i = 0; i < decls->len; i++) {
    const ast_decl *decl = decls->data[i];
    const char *word = decl_kinds[decl->kind].word;
    dump_line(d, word != NULL ? word : print_component_text(decl->as.component.kind),
              name_in(decl, decl_kinds[decl->kind].name), decl->at);
    d->indent++;
    decl_kinds[decl->kind].parts(d, decl);
    d->indent--;
  }
}

void syntax_dump(const ast_file *file, text *out) {
  dumper d = {out, 0};
  dump_decls(&d, &file->decls);
}
