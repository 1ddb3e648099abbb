/* SPDX-License-Identifier: MIT */
/* print.c - a whole file in the canonical layout (`nsa fmt`).
 *
 * Two blanks an indent, one statement a line; a block that was written on one line stays there when
 * it fits. Comments are not in the tree: they are put back by their place. Those before a thing come
 * above it, those behind it on its line stay there, those in its midst move above it. */
#include "syntax/printer.h"

static void print_rule(printer *p, const ast_rule *rule) {
  text_puts(p->out, rule->name.text);
  if (rule->args.len > 0)
    print_args(&rule->args, p->out);
}

void printer_component(printer *p, const ast_decl *d) {
  const ast_component *c = &d->as.component;
  text_printf(p->out, "%s %s", d->kind == AST_DECL_MODIFY ? "modify" : print_component_text(c->kind), c->name.text);
  printer_word_name(p, "extends", c->base);
  printer_word_name(p, "on", c->timescale);
  printer_solver(p, &c->solver);
  printer_word_name(p, "coupling", c->coupling);
  printer_word_name(p, "precision", c->precision);
  printer_items(p, c->body, &c->items);
}

static void print_population(printer *p, const ast_decl *d) {
  const ast_population *c = &d->as.population;
  text_printf(p->out, "population %s : %s", c->name.text, c->component.text);
  if (c->size != NULL) {
    text_puts(p->out, "[");
    printer_expr(p, c->size);
    text_puts(p->out, "]");
  }
  printer_word_expr(p, "spaced", c->spacing);
  printer_word_expr(p, "at", c->corner);
  if (c->has_overrides)
    printer_settings(p, c->block, &c->overrides);
}

static void print_partner(printer *p, const ast_connect *c) {
  if (c->partner == NULL)
    return;
  size_t start = printer_begin_clause(p);
  text_puts(p->out, " with ");
  printer_expr(p, c->partner);
  printer_word_name(p, "of", c->partner_of);
  text_puts(p->out, " by ");
  print_rule(p, &c->partner_rule);
  if (c->partner_probability != NULL) {
    text_puts(p->out, " probability(");
    printer_expr(p, c->partner_probability);
    text_puts(p->out, ")");
  }
  printer_end_clause(p, start);
}

static void print_connect(printer *p, const ast_decl *d) {
  const ast_connect *c = &d->as.connect;
  static const char *const selves[] = {"", " no self", " self"};
  text_puts(p->out, "connect ");
  if (c->name.text != NULL)
    text_printf(p->out, "%s: ", c->name.text);
  printer_expr(p, c->source);
  text_puts(p->out, " -> ");
  printer_expr(p, c->target);
  printer_clause_name(p, "via", c->synapse);
  size_t start = printer_begin_clause(p);
  text_puts(p->out, " by ");
  print_rule(p, &c->rule);
  printer_end_clause(p, start);
  text_puts(p->out, selves[c->self]);
  printer_clause_expr(p, "delay", c->delay);
  printer_clause_expr(p, "back", c->delay_back);
  printer_clause_name(p, "coupling", c->coupling);
  print_partner(p, c);
  if (c->has_overrides)
    printer_settings(p, c->block, &c->overrides);
}

static void print_window(printer *p, const ast_window *w) {
  printer_clause_expr(p, "from", w->from);
  printer_word_expr(p, "for", w->duration);
  printer_word_expr(p, "every", w->every);
  printer_clause_expr(p, "during", w->during);
  printer_clause_name(p, "as", w->as);
}

static void print_loop(printer *p, const ast_decl *d);

static void print_present(printer *p, const ast_decl *d) {
  text_puts(p->out, "present ");
  printer_expr(p, d->as.present.pattern);
  printer_word_expr(p, "on", d->as.present.target);
  printer_clause_expr(p, "amplitude", d->as.present.amplitude);
  printer_clause_expr(p, "flip", d->as.present.flip);
  print_window(p, &d->as.present.window);
}

static void print_import(printer *p, const ast_decl *d) {
  text_puts(p->out, "import ");
  if (d->as.import.file != NULL)
    print_string(d->as.import.file, p->out);
  for (uint32_t i = 0; i < d->as.import.parts.len; i++)
    text_printf(p->out, "%s%s", i > 0 ? "." : "", d->as.import.parts.data[i].text);
  printer_word_name(p, "as", d->as.import.as);
}

static void print_named(printer *p, const char *word, ast_name name, const ast_expr *value) {
  text_printf(p->out, "%s %s", word, name.text);
  printer_word_expr(p, "=", value);
}

static void print_pattern(printer *p, const ast_decl *d) {
  text_printf(p->out, "pattern %s", d->as.pattern.name.text);
  if (d->as.pattern.count != NULL) {
    text_puts(p->out, "[");
    printer_expr(p, d->as.pattern.count);
    text_puts(p->out, "]");
  }
  printer_word_expr(p, "=", d->as.pattern.value);
}

static void print_unit(printer *p, const ast_unit *unit) {
  if (unit != NULL)
    text_printf(p->out, " in %s", unit->text);
}

static void print_record(printer *p, const ast_decl *d) {
  text_puts(p->out, "record ");
  printer_expr(p, d->as.record.value);
  printer_word_expr(p, "every", d->as.record.every);
  printer_clause_expr(p, "during", d->as.record.during);
  printer_clause_name(p, "as", d->as.record.as);
  print_unit(p, d->as.record.unit);
}

static void print_drive(printer *p, const ast_decl *d) {
  text_puts(p->out, "drive ");
  printer_expr(p, d->as.drive.target);
  printer_word_expr(p, "=", d->as.drive.value);
  print_window(p, &d->as.drive.window);
}

static void print_signal(printer *p, const ast_decl *d) {
  print_named(p, "signal", d->as.signal.name, d->as.signal.value);
  printer_when(p, &d->as.signal.when);
  printer_clause_expr(p, "at", d->as.signal.moment);
  print_window(p, &d->as.signal.window);
}

static void print_extends(printer *p, const ast_decl *d) {
  text_puts(p->out, "extends ");
  print_string(d->as.extends.path.text, p->out);
}

static void print_precision(printer *p, const ast_decl *d) {
  text_printf(p->out, "precision %s", d->as.precision.text);
}

static void print_params(printer *p, const ast_decl *d) { printer_entries(p, d->as.param); }

static void print_timescale(printer *p, const ast_decl *d) {
  print_named(p, "timescale", d->as.timescale.name, d->as.timescale.step);
}

static void print_function(printer *p, const ast_decl *d) { printer_function(p, &d->as.function); }

static void print_phase(printer *p, const ast_decl *d) {
  text_printf(p->out, "phase %s", d->as.phase.name.text);
  print_window(p, &d->as.phase.window);
}

static void print_on(printer *p, const ast_decl *d) {
  text_printf(p->out, "on %s", d->as.on.phase.text);
  printer_stmts(p, d->as.on.block);
}

static void print_set(printer *p, const ast_decl *d) {
  text_printf(p->out, "set %s", d->as.set.phase.text);
  printer_settings(p, d->as.set.block, &d->as.set.settings);
}

static void print_act(printer *p, const ast_decl *d) { printer_act(p, &d->as.act); }

static void print_measure(printer *p, const ast_decl *d) {
  text_printf(p->out, "measure %s", d->as.measure.name.text);
  for (uint32_t i = 0; i < d->as.measure.indices.len; i++)
    text_printf(p->out, "[%s]", d->as.measure.indices.data[i].text);
  printer_word_expr(p, "=", d->as.measure.value);
  print_unit(p, d->as.measure.unit);
}

static void print_checkpoint(printer *p, const ast_decl *d) {
  text_printf(p->out, "checkpoint %s", d->as.checkpoint.name.text);
  printer_word_expr(p, "at", d->as.checkpoint.time);
}

static void print_run(printer *p, const ast_decl *d) {
  text_puts(p->out, "run");
  if (d->as.run.until != NULL) {
    printer_word_expr(p, "until", d->as.run.until);
    printer_clause_expr(p, "for", d->as.run.duration);
    return;
  }
  text_puts(p->out, " ");
  printer_expr(p, d->as.run.duration);
}

static void (*const decl_printers[])(printer *p, const ast_decl *d) = {
    [AST_DECL_EXTENDS] = print_extends,
    [AST_DECL_IMPORT] = print_import,
    [AST_DECL_PRECISION] = print_precision,
    [AST_DECL_PARAM] = print_params,
    [AST_DECL_TIMESCALE] = print_timescale,
    [AST_DECL_COMPONENT] = printer_component,
    [AST_DECL_MODIFY] = printer_component,
    [AST_DECL_FUNCTION] = print_function,
    [AST_DECL_POPULATION] = print_population,
    [AST_DECL_CONNECT] = print_connect,
    [AST_DECL_PATTERN] = print_pattern,
    [AST_DECL_FOR] = print_loop,
    [AST_DECL_PRESENT] = print_present,
    [AST_DECL_DRIVE] = print_drive,
    [AST_DECL_PHASE] = print_phase,
    [AST_DECL_ON] = print_on,
    [AST_DECL_SET] = print_set,
    [AST_DECL_ENVIRONMENT] = printer_environment,
    [AST_DECL_ACT] = print_act,
    [AST_DECL_SIGNAL] = print_signal,
    [AST_DECL_RECORD] = print_record,
    [AST_DECL_MEASURE] = print_measure,
    [AST_DECL_CHECKPOINT] = print_checkpoint,
    [AST_DECL_VARIANT] = printer_variant,
    [AST_DECL_RUN] = print_run,
};

static const ast_decl *decl_at(const body *b, uint32_t i) { return ((const ast_decl_list *)b->list)->data[i]; }

static span decl_place(const body *b, uint32_t i) { return decl_at(b, i)->at; }

static span decl_block(const ast_decl *d) {
  switch (d->kind) {
  case AST_DECL_COMPONENT:
  case AST_DECL_MODIFY:
    return d->as.component.body;
  case AST_DECL_POPULATION:
    return d->as.population.block;
  case AST_DECL_CONNECT:
    return d->as.connect.block;
  case AST_DECL_FOR:
    return d->as.loop.block;
  case AST_DECL_ON:
    return d->as.on.block->at;
  case AST_DECL_SET:
    return d->as.set.block;
  case AST_DECL_ENVIRONMENT:
    return d->as.environment.block;
  case AST_DECL_VARIANT:
    return d->as.variant.block;
  default:
    return (span){0, 0, 0};
  }
}

static uint32_t decl_head_end(const body *b, uint32_t i) {
  const ast_decl *d = decl_at(b, i);
  span block = decl_block(d);
  if (d->kind == AST_DECL_PARAM)
    return d->as.param->as.entries.data[0].at.end; /* comments between entries stay with them */
  return block.end > block.start ? block.start : d->at.end;
}

static void decl_print(printer *p, const body *b, uint32_t i) {
  const ast_decl *d = decl_at(b, i);
  decl_printers[d->kind](p, d);
}

static void print_loop(printer *p, const ast_decl *d) {
  text_puts(p->out, "for ");
  for (uint32_t i = 0; i < d->as.loop.names.len; i++)
    text_printf(p->out, "%s%s", i > 0 ? ", " : "", d->as.loop.names.data[i].text);
  printer_word_expr(p, "in", d->as.loop.over);
  body b = {&d->as.loop.body, d->as.loop.body.len, "; ", decl_place, decl_head_end, decl_print};
  printer_block(p, d->as.loop.block, &b);
}

void syntax_print(const ast_file *file, text *out) {
  printer p = {.file = file, .out = out, .line_start = out->len};
  body b = {&file->decls, file->decls.len, "; ", decl_place, decl_head_end, decl_print};
  printer_lines(&p, &b, file->len + 1);
}
