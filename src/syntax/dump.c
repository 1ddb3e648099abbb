/* SPDX-License-Identifier: MIT */
/* dump.c - the tree as indented lines, one a node: kind, what it is called, [first..last byte). */
#include "syntax/print.h"

typedef struct {
  text *out;
  uint32_t indent;
} dumper;

static void open_line(dumper *d, const char *label) {
  for (uint32_t i = 0; i < d->indent; i++)
    text_puts(d->out, "  ");
  text_puts(d->out, label);
}

static void close_line(dumper *d, span at) { text_printf(d->out, "  [%u..%u)\n", at.start, at.end); }

static void dump_line(dumper *d, const char *label, const char *name, span at) {
  open_line(d, label);
  if (name != NULL)
    text_printf(d->out, " %s", name);
  close_line(d, at);
}

static void dump_name(dumper *d, const char *label, ast_name name) {
  if (name.text != NULL)
    dump_line(d, label, name.text, name.at);
}

/* ------------------------------------------------------------------------------ expressions */

static void dump_expr(dumper *d, const char *role, const ast_expr *e);

static void dump_exprs(dumper *d, const ast_expr_list *list) {
  for (uint32_t i = 0; i < list->len; i++)
    dump_expr(d, NULL, list->data[i]);
}

static void dump_args(dumper *d, const ast_arg_list *args) {
  for (uint32_t i = 0; i < args->len; i++) {
    const ast_arg *arg = &args->data[i];
    dump_line(d, "argument", arg->keyword.text != NULL ? arg->keyword.text : arg->name.text, arg->at);
    d->indent++;
    dump_expr(d, NULL, arg->value);
    dump_name(d, "during", arg->during);
    dump_name(d, "over", arg->over);
    d->indent--;
  }
}

static void dump_unit(dumper *d, const ast_unit *unit) {
  if (unit == NULL)
    return;
  dump_line(d, "unit", unit->text, unit->at);
  d->indent++;
  for (uint32_t i = 0; i < unit->factors.len; i++) {
    open_line(d, "factor");
    text_printf(d->out, " %s^%.9g", unit->factors.data[i].name, unit->factors.data[i].exponent);
    close_line(d, unit->factors.data[i].at);
  }
  d->indent--;
}

static const char *const expr_kinds[] = {
    [AST_BAD] = "bad",       [AST_NUMBER] = "number", [AST_STRING] = "string", [AST_NAME] = "name",
    [AST_MEMBER] = "member", [AST_INDEX] = "index",   [AST_CALL] = "call",     [AST_UNARY] = "unary",
    [AST_BINARY] = "binary", [AST_IF] = "if",         [AST_LIST] = "list",     [AST_TUPLE] = "tuple",
    [AST_RANGE] = "range",   [AST_SIZE] = "size",
};

/* What the line of an expression says beside its kind. */
static void dump_expr_label(dumper *d, const ast_expr *e) {
  switch (e->kind) {
  case AST_NUMBER:
    text_printf(d->out, " %s", e->as.number.digits);
    break;
  case AST_STRING:
    text_puts(d->out, " ");
    print_string(e->as.string.text, d->out);
    break;
  case AST_NAME:
    text_printf(d->out, " %s", e->as.name.text);
    break;
  case AST_MEMBER:
    text_printf(d->out, " .%s", e->as.member.name.text);
    break;
  case AST_CALL:
    text_printf(d->out, " %s", e->as.call.function.text);
    break;
  case AST_UNARY:
    text_printf(d->out, " %s", print_op_text(e->as.unary.op));
    break;
  case AST_BINARY:
    for (uint32_t i = 0; i < e->as.binary.ops.len; i++)
      text_printf(d->out, " %s", print_op_text(e->as.binary.ops.data[i]));
    break;
  default:
    break;
  }
}

static void dump_selectors(dumper *d, const ast_selector_list *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    dump_line(d, "selector", list->data[i].axis, list->data[i].at);
    d->indent++;
    dump_expr(d, NULL, list->data[i].value);
    d->indent--;
  }
}

static void dump_expr_children(dumper *d, const ast_expr *e) {
  switch (e->kind) {
  case AST_NUMBER:
    dump_unit(d, e->as.number.unit);
    break;
  case AST_MEMBER:
    dump_expr(d, NULL, e->as.member.object);
    break;
  case AST_INDEX:
    dump_expr(d, NULL, e->as.index.object);
    dump_selectors(d, &e->as.index.selectors);
    break;
  case AST_CALL:
    dump_args(d, &e->as.call.args);
    break;
  case AST_UNARY:
    dump_expr(d, NULL, e->as.unary.operand);
    break;
  case AST_BINARY:
    dump_exprs(d, &e->as.binary.operands);
    break;
  case AST_IF:
    dump_expr(d, NULL, e->as.cond.condition);
    dump_expr(d, "then", e->as.cond.then_value);
    dump_expr(d, "else", e->as.cond.else_value);
    break;
  case AST_LIST:
  case AST_TUPLE:
    dump_exprs(d, &e->as.list.values);
    break;
  case AST_RANGE:
    dump_expr(d, NULL, e->as.range.low);
    dump_expr(d, NULL, e->as.range.high);
    break;
  case AST_SIZE:
    dump_expr(d, NULL, e->as.size.rows);
    dump_expr(d, NULL, e->as.size.columns);
    break;
  default:
    break;
  }
}

static void dump_expr(dumper *d, const char *role, const ast_expr *e) {
  if (e == NULL)
    return;
  open_line(d, role != NULL ? role : "");
  text_printf(d->out, "%s%s", role != NULL ? " " : "", expr_kinds[e->kind]);
  dump_expr_label(d, e);
  close_line(d, e->at);
  d->indent++;
  dump_expr_children(d, e);
  d->indent--;
}

/* ------------------------------------------------------------------------ statements, parts */

static void dump_block(dumper *d, const char *role, const ast_block *block);

static void dump_stmt(dumper *d, const ast_stmt *s) {
  switch (s->kind) {
  case AST_ASSIGN:
    dump_line(d, "assign", print_assign_text(s->as.assign.op), s->at);
    d->indent++;
    dump_expr(d, NULL, s->as.assign.target);
    dump_expr(d, NULL, s->as.assign.value);
    d->indent--;
    break;
  case AST_LET:
    dump_line(d, "let", s->as.let.name.text, s->at);
    d->indent++;
    dump_expr(d, NULL, s->as.let.value);
    d->indent--;
    break;
  case AST_BRANCH:
    dump_line(d, "branch", NULL, s->at);
    d->indent++;
    dump_expr(d, NULL, s->as.branch.condition);
    dump_block(d, "then", s->as.branch.then_block);
    dump_block(d, "else", s->as.branch.else_block);
    d->indent--;
    break;
  case AST_EMIT:
    dump_line(d, "emit", s->as.emit.event.text, s->at);
    break;
  case AST_START:
    dump_line(d, "start", s->as.start.timer.text, s->at);
    d->indent++;
    dump_expr(d, NULL, s->as.start.duration);
    d->indent--;
    break;
  }
}

static void dump_block(dumper *d, const char *role, const ast_block *block) {
  if (block == NULL)
    return;
  dump_line(d, role, NULL, block->at);
  d->indent++;
  for (uint32_t i = 0; i < block->stmts.len; i++)
    dump_stmt(d, block->stmts.data[i]);
  d->indent--;
}

static void dump_solver(dumper *d, const ast_solver *solver) {
  if (solver->name.text == NULL)
    return;
  open_line(d, "using");
  text_printf(d->out, " %s%s", solver->name.text, solver->in_order ? " in order" : "");
  close_line(d, solver->at);
  d->indent++;
  dump_args(d, &solver->options);
  d->indent--;
}

static void dump_rule(dumper *d, const char *role, const ast_rule *rule) {
  if (rule->name.text == NULL)
    return;
  dump_line(d, role, rule->name.text, rule->at);
  d->indent++;
  dump_args(d, &rule->args);
  d->indent--;
}

static void dump_settings(dumper *d, const ast_setting_list *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    dump_line(d, "setting", NULL, list->data[i].at);
    d->indent++;
    dump_expr(d, NULL, list->data[i].target);
    dump_expr(d, NULL, list->data[i].value);
    d->indent--;
  }
}

static void dump_when(dumper *d, const ast_when *when) {
  static const char *const kinds[] = {"true", "rises above", "falls below"};
  if (when->value == NULL)
    return;
  dump_line(d, "when", kinds[when->kind], when->at);
  d->indent++;
  dump_expr(d, NULL, when->value);
  dump_expr(d, NULL, when->threshold);
  d->indent--;
}

static void dump_function(dumper *d, const ast_function *f) {
  for (uint32_t i = 0; i < f->params.len; i++)
    dump_name(d, "parameter", f->params.data[i]);
  dump_expr(d, NULL, f->body);
}

static void dump_window(dumper *d, const ast_window *w) {
  dump_expr(d, "from", w->from);
  dump_expr(d, "for", w->duration);
  dump_expr(d, "every", w->every);
  dump_name(d, "during", w->during);
  dump_name(d, "as", w->as);
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
    open_line(d, side);
    text_printf(d->out, " %s*%s", s->count != NULL ? s->count : "1", s->state.text);
    close_line(d, s->at);
  }
}

static const char *const item_kinds[] = {
    [AST_ITEM_PARAM] = "param",
    [AST_ITEM_STATE] = "state",
    [AST_ITEM_INPUT] = "input",
    [AST_ITEM_NOISE] = "noise",
    [AST_ITEM_TIMER] = "timer",
    [AST_ITEM_LET] = "let",
    [AST_ITEM_FUNCTION] = "function",
    [AST_ITEM_ODE] = "equation",
    [AST_ITEM_REACTION] = "reaction",
    [AST_ITEM_EVENT] = "event",
    [AST_ITEM_ON] = "on",
    [AST_ITEM_EVERY] = "every",
    [AST_ITEM_EACH_STEP] = "each step",
    [AST_ITEM_CONTRIBUTION] = "contribution",
    [AST_ITEM_DEFAULT] = "default",
};

static const char *item_name(const ast_item *item) {
  switch (item->kind) {
  case AST_ITEM_LET:
    return item->as.let.name.text;
  case AST_ITEM_FUNCTION:
    return item->as.function.name.text;
  case AST_ITEM_ODE:
    return item->as.ode.state.text;
  case AST_ITEM_EVENT:
    return item->as.event.name.text;
  case AST_ITEM_ON:
    return item->as.on.event.text;
  default:
    return NULL;
  }
}

static void dump_item_parts(dumper *d, const ast_item *item) {
  switch (item->kind) {
  case AST_ITEM_PARAM:
  case AST_ITEM_STATE:
  case AST_ITEM_INPUT:
  case AST_ITEM_NOISE:
  case AST_ITEM_TIMER:
    dump_entries(d, &item->as.entries);
    break;
  case AST_ITEM_LET:
    dump_expr(d, NULL, item->as.let.value);
    break;
  case AST_ITEM_FUNCTION:
    dump_function(d, &item->as.function);
    break;
  case AST_ITEM_ODE:
    dump_expr(d, "coefficient", item->as.ode.coefficient);
    dump_expr(d, NULL, item->as.ode.rhs);
    dump_name(d, "on", item->as.ode.timescale);
    dump_solver(d, &item->as.ode.solver);
    dump_expr(d, "unless", item->as.ode.unless);
    break;
  case AST_ITEM_REACTION:
    dump_species(d, "left", &item->as.reaction.left);
    dump_species(d, item->as.reaction.is_reversible ? "right, reversible" : "right", &item->as.reaction.right);
    dump_exprs(d, &item->as.reaction.rates);
    break;
  case AST_ITEM_EVENT:
    dump_when(d, &item->as.event.when);
    dump_expr(d, "refractory", item->as.event.refractory);
    dump_block(d, "block", item->as.event.block);
    break;
  case AST_ITEM_ON:
    dump_name(d, "partner", item->as.on.partner);
    dump_block(d, "block", item->as.on.block);
    break;
  case AST_ITEM_EVERY:
    dump_expr(d, NULL, item->as.every.period);
    dump_block(d, "block", item->as.every.block);
    break;
  case AST_ITEM_EACH_STEP:
    dump_block(d, "block", item->as.each_step.block);
    break;
  case AST_ITEM_CONTRIBUTION:
    dump_expr(d, NULL, item->as.contribution.target);
    dump_expr(d, NULL, item->as.contribution.value);
    break;
  case AST_ITEM_DEFAULT:
    dump_expr(d, NULL, item->as.fallback.target);
    dump_expr(d, NULL, item->as.fallback.value);
    break;
  }
}

static void dump_items(dumper *d, const ast_item_list *items) {
  for (uint32_t i = 0; i < items->len; i++) {
    const ast_item *item = items->data[i];
    dump_line(d, item_kinds[item->kind], item_name(item), item->at);
    d->indent++;
    dump_item_parts(d, item);
    d->indent--;
  }
}

/* ----------------------------------------------------------------------------- declarations */

static void dump_component(dumper *d, const ast_component *c) {
  dump_name(d, "extends", c->base);
  dump_name(d, "on", c->timescale);
  dump_solver(d, &c->solver);
  dump_name(d, "coupling", c->coupling);
  dump_name(d, "precision", c->precision);
  dump_items(d, &c->items);
}

static void dump_population(dumper *d, const ast_population *p) {
  dump_name(d, "component", p->component);
  dump_expr(d, "size", p->size);
  dump_expr(d, "spaced", p->spacing);
  dump_expr(d, "at", p->corner);
  dump_settings(d, &p->overrides);
}

static void dump_connect(dumper *d, const ast_connect *c) {
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

static void dump_decls(dumper *d, const ast_decl_list *decls);

static void dump_loop(dumper *d, const ast_decl *decl) {
  for (uint32_t i = 0; i < decl->as.loop.names.len; i++)
    dump_name(d, "variable", decl->as.loop.names.data[i]);
  dump_expr(d, "in", decl->as.loop.over);
  dump_decls(d, &decl->as.loop.body);
}

static void dump_import(dumper *d, const ast_decl *decl) {
  if (decl->as.import.file != NULL)
    dump_line(d, "file", decl->as.import.file, decl->as.import.path_at);
  for (uint32_t i = 0; i < decl->as.import.parts.len; i++)
    dump_name(d, "part", decl->as.import.parts.data[i]);
  dump_name(d, "as", decl->as.import.as);
}

/* The kinds' words, and which member is the name. */
static const char *decl_label(const ast_decl *decl, ast_name *name) {
  static const char *const components[] = {"neuron", "astrocyte", "synapse"};
  *name = (ast_name){0};
  switch (decl->kind) {
  case AST_DECL_EXTENDS:
    *name = decl->as.extends.path;
    return "extends";
  case AST_DECL_IMPORT:
    return "import";
  case AST_DECL_PRECISION:
    *name = decl->as.precision;
    return "precision";
  case AST_DECL_TIMESCALE:
    *name = decl->as.timescale.name;
    return "timescale";
  case AST_DECL_COMPONENT:
    *name = decl->as.component.name;
    return components[decl->as.component.kind];
  case AST_DECL_FUNCTION:
    *name = decl->as.function.name;
    return "function";
  case AST_DECL_POPULATION:
    *name = decl->as.population.name;
    return "population";
  case AST_DECL_CONNECT:
    *name = decl->as.connect.name;
    return "connect";
  case AST_DECL_PATTERN:
    *name = decl->as.pattern.name;
    return "pattern";
  case AST_DECL_FOR:
    return "for";
  case AST_DECL_PRESENT:
    return "present";
  case AST_DECL_DRIVE:
    return "drive";
  case AST_DECL_ON:
    *name = decl->as.on.phase;
    return "on";
  case AST_DECL_ENVIRONMENT:
    *name = decl->as.environment.name;
    return "environment";
  case AST_DECL_ACT:
    *name = decl->as.act.environment;
    return "act";
  case AST_DECL_SIGNAL:
    *name = decl->as.signal.name;
    return "signal";
  case AST_DECL_RECORD:
    return "record";
  case AST_DECL_MEASURE:
    *name = decl->as.measure.name;
    return "measure";
  case AST_DECL_VARIANT:
    *name = decl->as.variant.name;
    return "variant";
  case AST_DECL_RUN:
    return "run";
  }
  return "?";
}

static void dump_stimulus(dumper *d, const ast_decl *decl) {
  if (decl->kind == AST_DECL_PRESENT) {
    dump_expr(d, "pattern", decl->as.present.pattern);
    dump_expr(d, "on", decl->as.present.target);
    dump_expr(d, "amplitude", decl->as.present.amplitude);
    dump_expr(d, "flip", decl->as.present.flip);
    dump_window(d, &decl->as.present.window);
  } else if (decl->kind == AST_DECL_DRIVE) {
    dump_expr(d, "target", decl->as.drive.target);
    dump_expr(d, NULL, decl->as.drive.value);
    dump_window(d, &decl->as.drive.window);
  } else {
    dump_expr(d, NULL, decl->as.signal.value);
    dump_when(d, &decl->as.signal.when);
    dump_window(d, &decl->as.signal.window);
  }
}

static void dump_decl_parts(dumper *d, const ast_decl *decl) {
  switch (decl->kind) {
  case AST_DECL_IMPORT:
    dump_import(d, decl);
    break;
  case AST_DECL_TIMESCALE:
    dump_expr(d, NULL, decl->as.timescale.step);
    break;
  case AST_DECL_COMPONENT:
    dump_component(d, &decl->as.component);
    break;
  case AST_DECL_FUNCTION:
    dump_function(d, &decl->as.function);
    break;
  case AST_DECL_POPULATION:
    dump_population(d, &decl->as.population);
    break;
  case AST_DECL_CONNECT:
    dump_connect(d, &decl->as.connect);
    break;
  case AST_DECL_PATTERN:
    dump_expr(d, "count", decl->as.pattern.count);
    dump_expr(d, NULL, decl->as.pattern.value);
    break;
  case AST_DECL_FOR:
    dump_loop(d, decl);
    break;
  case AST_DECL_PRESENT:
  case AST_DECL_DRIVE:
  case AST_DECL_SIGNAL:
    dump_stimulus(d, decl);
    break;
  case AST_DECL_ON:
    dump_block(d, "block", decl->as.on.block);
    break;
  case AST_DECL_ENVIRONMENT:
    dump_name(d, "kind", decl->as.environment.kind);
    dump_settings(d, &decl->as.environment.settings);
    break;
  case AST_DECL_ACT:
    dump_expr(d, NULL, decl->as.act.value);
    dump_expr(d, "every", decl->as.act.every);
    break;
  case AST_DECL_RECORD:
    dump_expr(d, NULL, decl->as.record.value);
    dump_expr(d, "every", decl->as.record.every);
    dump_name(d, "during", decl->as.record.during);
    dump_name(d, "as", decl->as.record.as);
    break;
  case AST_DECL_MEASURE:
    dump_expr(d, NULL, decl->as.measure.value);
    break;
  case AST_DECL_VARIANT:
    dump_settings(d, &decl->as.variant.settings);
    break;
  case AST_DECL_RUN:
    dump_expr(d, NULL, decl->as.run.duration);
    break;
  case AST_DECL_EXTENDS:
  case AST_DECL_PRECISION:
    break;
  }
}

static void dump_decls(dumper *d, const ast_decl_list *decls) {
  for (uint32_t i = 0; i < decls->len; i++) {
    ast_name name;
    const char *label = decl_label(decls->data[i], &name);
    dump_line(d, label, name.text, decls->data[i]->at);
    d->indent++;
    dump_decl_parts(d, decls->data[i]);
    d->indent--;
  }
}

void syntax_dump(const ast_file *file, text *out) {
  dumper d = {out, 0};
  dump_decls(&d, &file->decls);
}
