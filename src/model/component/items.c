/* SPDX-License-Identifier: MIT */
/* items.c - the items of a component together with those of its bases, each in its place, and the
 * head of its declaration. */
#include "model/component/component.h"
#include "model/component/parts.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "support/limits.h"

/* ---- what kinds of component may hold ---- */

typedef enum { FITS, MISPLACED, NOT_YET } fit;

static fit fit_of(ast_item_kind kind, bool is_synapse) {
  switch (kind) {
  case AST_ITEM_PARAM:
  case AST_ITEM_STATE:
  case AST_ITEM_LET:
  case AST_ITEM_FUNCTION:
    return FITS;
  case AST_ITEM_INPUT:
  case AST_ITEM_EVENT:
    return is_synapse ? MISPLACED : FITS;
  case AST_ITEM_CONTRIBUTION:
  case AST_ITEM_DEFAULT:
    return is_synapse ? FITS : MISPLACED;
  case AST_ITEM_NOISE:
  case AST_ITEM_TIMER:
    return is_synapse ? NOT_YET : FITS;
  default:
    return FITS;
  }
}

static const char *item_word(ast_item_kind kind) {
  static const char *const words[] = {[AST_ITEM_PARAM] = "a param",
                                      [AST_ITEM_STATE] = "a state",
                                      [AST_ITEM_INPUT] = "an input",
                                      [AST_ITEM_NOISE] = "a noise",
                                      [AST_ITEM_TIMER] = "a timer",
                                      [AST_ITEM_LET] = "a let",
                                      [AST_ITEM_FUNCTION] = "a function",
                                      [AST_ITEM_ODE] = "an equation",
                                      [AST_ITEM_REACTION] = "a reaction",
                                      [AST_ITEM_EVENT] = "an event",
                                      [AST_ITEM_ON] = "an `on` block",
                                      [AST_ITEM_EVERY] = "an `every` block",
                                      [AST_ITEM_EACH_STEP] = "an `each step` block",
                                      [AST_ITEM_CONTRIBUTION] = "a contribution",
                                      [AST_ITEM_DEFAULT] = "a default"};
  return words[kind];
}

static bool fits_here(component_builder *b, const ast_item *item) {
  fit f = fit_of(item->kind, b->c->kind == COMPONENT_SYNAPSE);
  if (item->kind == AST_ITEM_EVENT && item->as.event.is_spike && b->c->kind == COMPONENT_ASTROCYTE)
    f = MISPLACED;
  for (uint32_t i = 0; f == NOT_YET && i < item->as.entries.len; i++) /* noises and timers */
    name_silence(b->ck, item->as.entries.data[i].name.text);
  if (f == NOT_YET)
    refuse(b->ck, item->at, arena_printf(b->ck->arena, "%s in a synapse", item_word(item->kind)),
           item->kind == AST_ITEM_TIMER ? "a state that an equation lets decay marks the time since an event"
                                        : "a noise of one of its partners is read through a state of that partner");
  if (f == MISPLACED) {
    bool is_spike = item->kind == AST_ITEM_EVENT && item->as.event.is_spike;
    diag *d = diag_report(b->ck->sink, DIAG_E0404, item->at, "%s does not belong in %s",
                          is_spike ? "a spike" : item_word(item->kind), component_word(b->c->kind));
    if (item->kind == AST_ITEM_EVENT && b->c->kind == COMPONENT_ASTROCYTE)
      diag_hint(d, "give it a name: `event NAME when ...`");
    if (item->kind == AST_ITEM_CONTRIBUTION)
      diag_hint(d, "links are the business of a `synapse`");
  }
  return f == FITS;
}

/* ---- items of the component and its bases ---- */

static const char *key_of(checker *ck, const char *prefix, const char *name) {
  return intern_cstr(ck->names, arena_printf(ck->arena, "%s %s", prefix, name));
}

static const char *item_key(checker *ck, const ast_item *item) {
  switch (item->kind) {
  case AST_ITEM_LET:
    return item->as.let.name.text;
  case AST_ITEM_FUNCTION:
    return item->as.function.name.text;
  case AST_ITEM_ODE:
    return key_of(ck, "equation", item->as.ode.state.text);
  case AST_ITEM_EVENT:
    return key_of(ck, "event", item->as.event.name.text);
  case AST_ITEM_DEFAULT:
    return item->as.fallback.target->kind == AST_MEMBER
               ? key_of(ck, "default", item->as.fallback.target->as.member.name.text)
               : NULL;
  default:
    return NULL;
  }
}

static span item_name_at(const flat_item *item) {
  if (item->entry != NULL)
    return item->entry->name.at;
  switch (item->ast->kind) {
  case AST_ITEM_LET:
    return item->ast->as.let.name.at;
  case AST_ITEM_FUNCTION:
    return item->ast->as.function.name.at;
  case AST_ITEM_ODE:
    return item->ast->as.ode.state.at;
  case AST_ITEM_EVENT:
    return item->ast->as.event.name.at;
  default:
    return item->ast->at;
  }
}

static const char *item_subject(const flat_item *item) {
  switch (item->ast->kind) {
  case AST_ITEM_ODE:
    return "an equation of";
  case AST_ITEM_EVENT:
    return "the event";
  case AST_ITEM_DEFAULT:
    return "the default of";
  default:
    return "the name";
  }
}

/* An item of the same name: the one of a base is replaced; two of one component are an error. */
static void add_flat(component_builder *b, flat_item item) {
  uint32_t at;
  if (item.name != NULL && map_find(b->item_at, item.name, &at)) {
    flat_item *old = &b->items.data[at];
    if (old->def == item.def) {
      diag *d =
          diag_report(b->ck->sink, DIAG_E0202, item_name_at(&item), "%s `%s` is declared twice", item_subject(&item),
                      strrchr(item.name, ' ') != NULL ? strrchr(item.name, ' ') + 1 : item.name);
      diag_note(d, item_name_at(old), "it is declared here first");
      return;
    }
    if (old->ast->kind == item.ast->kind) {
      *old = item;
      return;
    }
    old->is_dropped = true;
  }
  if (item.name != NULL)
    map_replace(b->item_at, item.name, b->items.len);
  vec_push(b->ck->arena, &b->items, item);
}

static const ast_entry_list *entries_of(const ast_item *item) {
  return item->kind <= AST_ITEM_TIMER ? &item->as.entries : NULL;
}

static void add_items(component_builder *b, const component_def *def) {
  for (uint32_t i = 0; i < def->ast->items.len; i++) {
    const ast_item *item = def->ast->items.data[i];
    const ast_entry_list *entries = entries_of(item);
    if (!fits_here(b, item))
      continue;
    for (uint32_t k = 0; entries != NULL && k < entries->len; k++)
      add_flat(b, (flat_item){.ast = item, .entry = &entries->data[k], .name = entries->data[k].name.text, .def = def});
    if (entries == NULL)
      add_flat(b, (flat_item){.ast = item, .name = item_key(b->ck, item), .def = def});
  }
}

static const component_def *find_base(component_builder *b, const component_def *def) {
  const ast_name *name = &def->ast->base;
  uint32_t index;
  if (!map_find(def->home->components, name->text, &index)) {
    name_list known = {0};
    for (uint32_t i = 0; i < map_count(def->home->components); i++)
      vec_push(b->ck->arena, &known, map_key_at(def->home->components, i));
    report_unknown(b->ck, name->at, DIAG_E0201, "the component", name->text, &known);
    return NULL;
  }
  const component_def *base = &b->ck->component_defs.data[index];
  if (base->ast->kind == def->ast->kind)
    return base;
  diag *d =
      diag_report(b->ck->sink, DIAG_E0203, name->at, "`%s` is %s: %s cannot extend it", name->text,
                  component_word((component_kind)base->ast->kind), component_word((component_kind)def->ast->kind));
  diag_note(d, base->at, "it is declared here");
  return NULL;
}

/* What it changes, or extends. */
static const component_def *def_before(component_builder *b, const component_def *def) {
  if (def->modified != NONE)
    return &b->ck->component_defs.data[def->modified];
  return def->ast->base.text != NULL ? find_base(b, def) : NULL;
}

/* From the farthest base to the component itself. */
static void collect_chain(component_builder *b, const component_def **chain, uint32_t *count) {
  const component_def *def = b->def;
  for (*count = 0; def != NULL; def = def_before(b, def)) {
    for (uint32_t i = 0; i < *count; i++)
      if (chain[i] == def) {
        diag_report(b->ck->sink, DIAG_E0401, def->ast->base.at, "`%s` extends itself in a circle", def->name);
        return;
      }
    if (*count == LIMIT_IMPORT_DEPTH) {
      diag_report(b->ck->sink, DIAG_E0901, def->ast->base.at, "components extend each other more than %d deep",
                  LIMIT_IMPORT_DEPTH);
      return;
    }
    chain[(*count)++] = def;
  }
}

/* ---- the head ---- */

coupling_kind coupling_of(const ast_name *word) {
  static const char *const words[] = {[COUPLING_HOLD] = "hold",
                                      [COUPLING_LINEAR] = "linear",
                                      [COUPLING_STAGES] = "stages",
                                      [COUPLING_IMPLICIT] = "implicit"};
  for (uint32_t k = 0; k < sizeof words / sizeof *words; k++)
    if (strcmp(words[k], word->text) == 0)
      return (coupling_kind)k;
  return COUPLING_HOLD; /* another word was reported */
}

static void take_coupling(component_builder *b, const ast_component *ast) {
  checker *ck = b->ck;
  const ast_name *name = &ast->coupling;
  b->c->coupling = coupling_of(name);
  b->c->coupling_at = name->at;
  if (b->c->coupling != COUPLING_LINEAR)
    return;
  if (ast->kind == AST_SYNAPSE) {
    diag *d = diag_report(ck->sink, DIAG_E0404, name->at, "`coupling linear` is for neurons and astrocytes");
    diag_hint(d, "say it of the slow cells whose states the synapse reads");
    return;
  }
  const model_timescale *own = &ck->model->timescales.data[b->c->timescale];
  if (own->ticks > 1 || own->dt > ck->model->base_dt) /* a step that is no whole number of ticks was reported already */
    return;
  diag *d = diag_report(ck->sink, DIAG_W0405, name->at,
                        "`coupling linear` has no effect: `%s` is the fastest timescale", own->name);
  diag_hint(d, "it is for components `on` a slower timescale: others read their states between two ticks");
}

static void take_head(component_builder *b, const component_def *def) {
  checker *ck = b->ck;
  const ast_component *ast = def->ast;
  if (ast->timescale.text != NULL) {
    uint32_t timescale = timescale_find(ck, ast->timescale);
    b->c->timescale = timescale == NONE ? 0 : timescale;
    b->has_own_clock = ast->kind == AST_SYNAPSE;
  }
  if (ast->solver.name.text != NULL)
    solver_find(ck, &ast->solver, &b->solver, &b->options);
  if (ast->coupling.text != NULL)
    take_coupling(b, ast);
  if (ast->precision.text != NULL && ast->kind == AST_SYNAPSE && strcmp(ast->precision.text, "double") != 0)
    refuse(ck, ast->precision.at, arena_printf(ck->arena, "synapses with `precision %s`", ast->precision.text),
           "leave it out: links keep their numbers in double precision");
  if (ast->precision.text != NULL && !b->ck->options->in_double)
    b->c->precision = ast->precision.text;
}

/* Those beyond the limit are left out, so that the check ends soon. */
static void limit_equations(component_builder *b) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < b->items.len; i++) {
    flat_item *item = &b->items.data[i];
    if (item->ast->kind != AST_ITEM_ODE || item->is_dropped || count++ < LIMIT_EQUATIONS)
      continue;
    if (count == LIMIT_EQUATIONS + 1)
      diag_hint(diag_report(b->ck->sink, DIAG_E0901, item->ast->at, "a component has more than %u equations",
                            LIMIT_EQUATIONS),
                "make a population of what repeats itself, and connect its elements by a synapse");
    item->is_dropped = true;
  }
}

void items_collect(component_builder *b) {
  const component_def *chain[LIMIT_IMPORT_DEPTH];
  uint32_t count;
  collect_chain(b, chain, &count);
  b->item_at = map_new(b->ck->arena);
  for (uint32_t i = count; i-- > 0;) { /* a head later in the chain wins */
    take_head(b, chain[i]);
    add_items(b, chain[i]);
  }
  limit_equations(b);
}
