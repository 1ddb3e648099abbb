/* SPDX-License-Identifier: MIT */
/* check.h - what the files of this stage share.
 *
 * A `checker` holds one run of model_check. Names are found in this order: bindings (arguments of a
 * function, lets of a block, loop variables), the items of the component, constants, functions,
 * units. An expression that cannot be understood is NULL: something was reported for it already,
 * and whatever contains it stays silent (it becomes NULL too). */
#ifndef NSA_MODEL_CHECK_H
#define NSA_MODEL_CHECK_H

#include "model/model.h"
#include "model/operations.h"
#include "support/map.h"
#include "support/text.h"

#include "nsa_units.h"

#define NONE UINT32_MAX

/* ---- units ---- */

/* Stands for "not known because of an error": values of it are silent. */
dim dim_unknown(void);
bool dim_is_unknown(dim d);
bool dim_is_none(dim d);
/* False when an exponent leaves the range. */
bool dim_try_mul(dim a, dim b, dim *out);
bool dim_try_div(dim a, dim b, dim *out);
bool dim_try_pow(dim a, double exponent, dim *out);
extern const dim dim_ms, dim_um, dim_per_ms;
/* "a conductance" for nS; NULL for what has no common word. */
const char *dim_word(dim d);

dim dim_of_unit(const nsa_unit *unit);

/* ---- scopes ---- */

typedef struct file_scope file_scope;

/* A time in a component, in whole steps of dt. */
typedef struct {
  const char *component;
  const model_expr *value;
  double dt;
  const char *what; /* "the refractory time" */
  bool needs_tick;
} duration_use;

typedef struct {
  const char *name; /* as it is known in the file that uses it */
  const ast_component *ast;
  const char *doc;
  span at;
  file_scope *home;
} component_def;

typedef struct {
  const char *name;
  const ast_function *ast;
  file_scope *home;
  bool is_used;
} function_def;

/* The components and functions that a file can name. */
struct file_scope {
  map *components, *functions; /* into the checker's lists */
  bool is_main;
};

typedef struct {
  const ast_decl *ast;
  span name_at;
} decl_ref;

/* Which inputs and lets of a component somebody reads. */
typedef struct {
  bool *inputs, *lets;
  bool has_place; /* x or y are used: the populations must be spaced */
} component_usage;

typedef struct {
  uint32_t def; /* into component_defs */
  component_usage *usage;
} component_info;

typedef struct {
  arena *arena;
  interner *names;
  diag_sink *sink;
  const model_options *options;
  model *model;
  VEC(component_def) component_defs;
  VEC(function_def) function_defs;
  VEC(component_info) infos;   /* parallel to model->components */
  VEC(const ast_decl *) decls; /* of the main file and what it extends, in order */
  file_scope *main;
  map *files; /* imported: path -> index of scopes */
  VEC(file_scope *) scopes;
  map *timescales, *signals, *populations, *connections, *patterns, *phases, *measures, *variants;
  map *record_names;
  uint32_t import_depth;
  bool is_broken;              /* something could not be read: names may be missing through no fault */
  double state_bytes;          /* of all populations */
  VEC(duration_use) durations; /* those of components that follow from params */
  map *silent;                 /* names whose declaration was refused */
  map *stimulus_counts;        /* by target and phase */
  uint32_t rounds;             /* of the outermost loop being walked, with the loops inside it */
  uint32_t calls;              /* functions put in for the outermost call being checked */
} checker;

/* ---- expressions ---- */

enum {
  ALLOW_STATE = 1, /* states, inputs, lets, timers: what changes during the run */
  ALLOW_TIME = 2,  /* t */
  ALLOW_DT = 4,
  ALLOW_PLACE = 8, /* i row col x y of the element itself */
  ALLOW_RANDOM = 16,
  ALLOW_NOISE = 32,
  ALLOW_DISTANCE = 64,
  ALLOW_PIXEL = 128
};

typedef struct binding binding;
struct binding {
  const char *name;
  model_expr *value; /* NULL: unknown after an error */
  const binding *next;
};

typedef struct function_frame function_frame;
struct function_frame {
  const ast_function *function;
  const function_frame *next;
};

typedef struct component_builder component_builder;

/* Somebody whose items an expression can name. */
typedef struct {
  const model_component *component; /* NULL: not there */
  component_usage *usage;
  const model_population *population; /* for the unit of places; NULL: places are lengths */
} expr_side;

typedef struct {
  checker *ck;
  component_builder *builder; /* NULL outside of a component that is being checked */
  expr_side side[4];          /* by model_side */
  bool has_partners;          /* pre., post. and astro. can be named */
  bool partners_unknown;      /* a synapse that no connection uses */
  bool is_partner_rule;       /* in the result the near element is SIDE_PRE, the partner SIDE_POST */
  model_side near;            /* the end that ASTRO goes with, where both are there */
  unsigned allow;
  const char *where;    /* "an initial value": for messages */
  uint32_t param_limit; /* params from this item on are not there yet */
  file_scope *home;     /* functions are looked up here */
  const binding *bindings;
  const function_frame *frames;
  const char *key_base; /* of random draws */
  uint32_t *draws;
  span connect_at;                  /* of the connection, for notes */
  const char *self_name;            /* `NAME.item` means an item of SIDE_SELF; NULL: nothing does */
  bool has_distance_unit;           /* distance is a length, not grid steps */
  const struct bare_number *target; /* what the value is for, where that is a bare number; else NULL */
  bool is_rate;                     /* the value is its equation's */
} expr_env;

expr_env env_constant(checker *ck, const binding *bindings, const char *where);

/* want: the unit that the context expects, or NULL; it only decides where an error is shown. */
dim unit_check(checker *ck, const ast_unit *unit); /* unknown after an error */
model_expr *expr_check(expr_env *env, const ast_expr *e, const dim *want);
model_expr *expr_number(expr_env *env, const ast_expr *e, const dim *want);
model_expr *expr_bool(expr_env *env, const ast_expr *e);
/* A number of this unit; `what` names what it is for: "`v`". */
model_expr *expr_of_unit(expr_env *env, const ast_expr *e, dim want, const char *what);
/* The same, and its value must be known now. */
bool expr_constant(expr_env *env, const ast_expr *e, dim want, const char *what, double *out);
bool expr_constant_count(expr_env *env, const ast_expr *e, const char *what, double lo, double hi, uint32_t *out);

model_expr *expr_new(checker *ck, model_expr_kind kind, dim unit, span at);
model_expr *expr_literal(checker *ck, double value, dim unit, span at);
/* Combine values whose units were checked; NULL in, NULL out. */
model_expr *expr_unary(checker *ck, model_expr_kind kind, model_expr *a, span at);
model_expr *expr_binary(checker *ck, model_expr_kind kind, model_expr *a, model_expr *b, span at);
model_expr *expr_select(checker *ck, model_expr *condition, model_expr *a, model_expr *b, span at);
model_expr *expr_ref(checker *ck, model_ref_kind kind, model_side side, uint32_t item, dim unit, span at);
/* The source text of an expression, shortened, for messages. */
const char *expr_text(checker *ck, const ast_expr *e);
/* bare.c: numbers that lack their unit where they are declared. A param, state (value: a number without a unit) or
 * input. */
const struct bare_number *bare_declared(checker *ck, const model_component *c, const char *word,
                                        const ast_entry *entry);
const struct bare_number *bare_of_item(const model_component *c, model_ref_kind kind, uint32_t item);
/* E0302 at the declaration; false where there is none such, or no unit. use: where it meets a quantity in `unit`. */
bool report_bare(expr_env *env, const struct bare_number *b, dim unit, span use);
bool report_bare_name(expr_env *env, const ast_expr *e, dim got, dim want);
/* Two that should agree in their units: at the declaration of a bare number, else at the offender. */
void report_disagreement(expr_env *env, const ast_expr *offender, dim got, const ast_expr *other, dim want);
const char *number_text(checker *ck, double x); /* so exactly that it reads back as the same double */
bool expr_is_plain_literal(const ast_expr *e);

/* Says that units differ: E0302 when a number lacks its unit, else E0301. */
void report_units(checker *ck, const ast_expr *offender, dim got, dim want, const char *what, span what_at);

/* resolve.c */
model_expr *resolve_name(expr_env *env, const ast_expr *e);
model_expr *resolve_member(expr_env *env, const ast_expr *e);
model_expr *resolve_pixel(expr_env *env, const ast_expr *e);
/* An item of a component by name; false when there is none. */
bool component_find(const model_component *c, const char *name, model_ref_kind *kind, uint32_t *item);
dim component_item_unit(const model_component *c, model_ref_kind kind, uint32_t item);
/* A reference to a found item of one of the sides, if the place allows it. */
model_expr *resolve_item(expr_env *env, model_side side, model_ref_kind kind, uint32_t item, span at, const char *name);
const char *kind_word(model_ref_kind kind);                                /* "a state" */
uint32_t component_find_event(const model_component *c, const char *name); /* NONE */
/* pre, post or astro. */
bool side_find(const char *name, model_side *side);
/* Somebody reads this item, or adds to it. */
void side_mark_used(const expr_side *side, model_ref_kind kind, uint32_t item);
/* E0503; default_text: what a default would have to name. */
void report_no_astrocyte(const expr_env *env, span at, const char *what, const char *default_text);

/* call.c */
model_expr *call_check(expr_env *env, const ast_expr *e);
/* home: where its own calls are looked up; is_own: it is an item of the component. */
const ast_function *function_find(expr_env *env, const char *name, bool *is_own, file_scope **home);
bool builtin_find(const char *name, model_builtin *fn);
void builtin_add_names(checker *ck, void *list);

/* ---- names for hints ---- */
typedef VEC(const char *) name_list;
/* What was declared, but refused or wrong: said already, so that its uses are silent. */
enum { SILENT_NAME, SILENT_ENVIRONMENT };
void name_silence(checker *ck, const char *name);
bool name_is_silent(const checker *ck, const char *name);
void report_unknown(checker *ck, span at, diag_code code, const char *what, const char *name, const name_list *known);
/* What is there instead, the nearest first, also by case. */
void hint_at_units(checker *ck, diag *d, const char *name);
void hint_at_names(checker *ck, diag *d, const char *name, const name_list *known);

/* ---- components ---- */

typedef struct {
  const ast_item *ast;
  const char *name;
  span at;
  file_scope *home;
  uint32_t status; /* 0 new, 1 being checked, 2 done */
  uint32_t index;  /* in the component, when done */
  bool is_used, is_bad;
} pending_let;

typedef struct {
  const ast_item *ast;
  const ast_entry *entry;   /* of params, states, …: one flat item each */
  const char *name;         /* what makes it replaceable; NULL: it only adds */
  const component_def *def; /* in which it stands */
  bool is_dropped;
} flat_item;

struct component_builder {
  checker *ck;
  const component_def *def;
  model_component *c;
  component_usage *usage;
  VEC(flat_item) items;
  map *item_at; /* by name, those that are not dropped */
  VEC(pending_let) lets;
  VEC(uint32_t) let_path; /* lets being checked, for circles */
  expr_env env;           /* with the partners filled in */
  uint32_t draws;
  uint32_t block_counts[BLOCK_EACH_STEP + 1];
  solver_kind solver;
  solver_options options;
  bool has_own_clock; /* the head of a synapse names a timescale: its equations go by it */
};

/* Builds the component of a definition; partners (for synapses) come in env->side. */
void component_build(checker *ck, uint32_t def, const expr_env *partners, model_component *out, component_usage *usage);
pending_let *builder_find_let(component_builder *b, const char *name);
/* Checks a let when first used; false when it is bad. */
bool builder_check_let(component_builder *b, pending_let *let, span use);
/* The component that populations of this definition share. */
uint32_t component_for_population(checker *ck, uint32_t def);

typedef void item_action(component_builder *b, const flat_item *item);
void builder_for_items(component_builder *b, ast_item_kind kind, item_action *action);
/* The builder's scope with these permissions; key_base names its random draws. */
expr_env builder_scope(component_builder *b, unsigned allow, const char *where, const char *key_base);
enum { IN_VALUES = ALLOW_STATE | ALLOW_TIME | ALLOW_DT | ALLOW_PLACE, IN_BLOCKS = IN_VALUES | ALLOW_RANDOM };

/* items.c, declare.c, block.c, synapse.c */
void items_collect(component_builder *b);
const char *component_word(component_kind kind); /* "a neuron" */
void items_declare(component_builder *b);
void lets_check(component_builder *b);
item_action event_check, on_check, every_check, each_step_check, contribution_check, default_check;

/* firing.c */
void when_check(expr_env *env, const ast_when *when, model_event *ev);
/* When the blocks of all events are known. */
void firing_check(checker *ck, model_component *c);

/* What a synapse adds to one of its partners. */
typedef enum {
  PARTNER_FOUND,
  PARTNER_ABSENT, /* a default stands for the astrocyte: what is added goes nowhere */
  PARTNER_BAD     /* reported, or the partners are not known */
} partner_result;
/* `pre.NAME`, `post.NAME`, `astro.NAME`. */
bool partner_named(const ast_expr *e, model_side *side);
/* Is there somebody on this side? `what` is for the message when not. */
partner_result partner_check(const expr_env *env, model_side side, span at, const char *what);
/* The state (where allowed) or input that `target` names. */
partner_result partner_target(expr_env *env, const ast_expr *target, model_side side, bool takes_states,
                              model_ref_kind *kind, uint32_t *item);

/* ode.c */
item_action ode_check, reaction_check;
uint32_t timescale_find(checker *ck, ast_name name); /* NONE after an error */
bool solver_find(checker *ck, const ast_solver *s, solver_kind *out, solver_options *options);

/* statement.c */
typedef struct {
  expr_env *env;
  uint32_t *local_count;
  uint32_t population; /* phase blocks: only statements about this one; else NONE */
} block_env;
void block_check(block_env *env, const ast_block *block, model_block *out);
/* A duration: checked to be a time, and warned about when it is no whole number of ticks. */
void settings_check(checker *ck); /* what overrides, variants and --set make of such times */
model_expr *duration_check(expr_env *env, const ast_expr *e, double dt, const char *what, bool needs_tick);
double whole_ticks(checker *ck, span at, double time, double dt, const char *what, bool needs_tick);

/* ---- network, experiment ---- */

/* Fills the main scope and ck->decls from the file, what it extends and what it imports. */
void import_files(checker *ck, const ast_file *file);
/* A path as it is written at `at`: relative to the folder of that file. */
const char *path_from(checker *ck, span at, const char *written);
span decl_name_at(const ast_decl *d);
void timescales_check(checker *ck);
void populations_check(checker *ck);
void connections_check(checker *ck);
/* The scope of values that belong to single links. */
expr_env link_scope(checker *ck, const model_connection *c, const char *where);
/* link.c: what a connection carries. */
void delays_check(checker *ck, const ast_connect *ast, model_connection *c);
void combiners_check(checker *ck, const model_connection *c);

/* ---- coupling.c ---- */

coupling_kind coupling_of(const ast_name *word);
/* What a connection, its synapse or the components that it contributes to say. */
void coupling_take(checker *ck, const ast_connect *ast, model_connection *c);
bool coupling_is_fed_by_faster(const checker *ck, uint32_t population, uint32_t input);
/* diffusion.c: whether `coupling implicit` can take a connection; what is diffused goes into model.diffusions. */
bool diffusion_check(checker *ck, uint32_t connection);
/* The sets of populations that `coupling stages` joins; when all connections are known. */
void coupling_sets_check(checker *ck);
/* What a connection rule can refer to; astro only for the rule of the third partner. */
typedef struct {
  const model_population *source, *target;
  model_side source_side, target_side; /* names of the two in conditions */
  bool is_partner, is_same;            /* the third partner's rule; both ends are one population */
  bool allow_self, says_self;          /* links to oneself; whether the connection says so, or not so */
  const char *key;
} rule_ends;
bool rule_check(checker *ck, const rule_ends *ends, const ast_rule *ast, model_rule *out);
/* How many links a rule makes that has been checked; negative where that is known in a run only. */
double rule_link_count(const rule_ends *ends, const model_rule *rule);
/* Whether a probability that is known lies between 0 and 1; an error where not. */
bool probability_check(checker *ck, span at, double p);
/* A probability that links are drawn with; NULL after an error. */
model_expr *rule_partner_probability(checker *ck, const rule_ends *ends, const ast_expr *e);
/* The condition that an end lies in its slice is made part of the rule. */
void rule_slice(checker *ck, const rule_ends *ends, const ast_expr *end, model_side side, model_rule *rule);
/* The first population or connection that is named in an expression; NULL: none. */
const char *owner_of(checker *ck, const ast_expr *e);

void signals_check(checker *ck);
uint32_t signal_find(const checker *ck, const char *name); /* NONE */
void signal_names(checker *ck, name_list *out);
void stimuli_check(checker *ck); /* patterns, present, drive, blocks of phases */
/* Presentations that repeat become one each; after the length of the run is known. */
void stimuli_repeat(checker *ck);
/* `drive POPULATION.EVENT = [10 ms, 20 ms]` or `= file("spikes.csv")`; slice: AST_INDEX or NULL. */
void event_drive_check(checker *ck, const ast_decl *d, const binding *bindings, model_event_drive *e,
                       const ast_expr *slice);
void records_check(checker *ck);
void measures_check(checker *ck);
void variants_check(checker *ck);
/* Visits the declarations of the experiment, those inside of `for` once for each round. */
typedef void decl_visitor(checker *ck, const ast_decl *d, const binding *bindings);
void for_each_decl(checker *ck, decl_visitor *visit);

/* What a recording or measure looks at. */
bool probe_check(checker *ck, const ast_expr *e, const binding *bindings, model_probe *out);
/* One argument with `during`: phase stays NONE where there is none. */
bool is_reduction(const ast_expr *e, reduce_kind *kind);
bool probe_is_single(const checker *ck, const model_probe *p);
void unused_check(checker *ck);
typedef VEC(model_override) override_list;
/* env: SIDE_SELF is the component whose items are overridden. */
void overrides_check(const expr_env *env, const ast_setting_list *settings, const char *owner, override_list *out);
void param_range_check(checker *ck, const model_param *p, const model_expr *value, span at);

uint32_t population_find(checker *ck, const char *name);
uint32_t connection_find(checker *ck, const char *name);
uint32_t phase_find(checker *ck, ast_name name); /* NONE after an error; text NULL: NONE */
/* An image of a pattern; NONE after an error. */
uint32_t image_find(expr_env *env, const ast_expr *e);
/* The elements first to last that lie in the columns left to right. */
typedef struct {
  uint32_t first, last, left, right;
} element_slice;
/* What `POPULATION[...]` selects; p: NULL for a connection. False after an error. */
bool selector_slice(expr_env *env, const ast_expr *index, const model_population *p, element_slice *out);
/* The same where elements must follow one another. */
bool selector_range(expr_env *env, const ast_expr *index, const model_population *p, uint32_t *first, uint32_t *last);
/* Whether an element is selected; NULL after an error. */
model_expr *selector_condition(expr_env *env, const ast_expr *index, const model_population *p, model_side side);
void refuse(checker *ck, span at, const char *feature, const char *hint);

#endif
