/* SPDX-License-Identifier: MIT */
/* ast.h - a source file as a tree: exactly what was written, nothing resolved.
 *
 * No types, units, symbols or defaults. Every node carries its span. Names are interned, so two
 * names are equal when their pointers are. Optional parts are NULL (or have len 0). All memory
 * belongs to the arena given to syntax_parse.
 *
 * After a syntax error the broken declaration, item or statement is missing, and a broken
 * expression is AST_BAD: an error was reported for it already, later stages stay silent about it.
 * No expression, statement or block is nested deeper than LIMIT_NESTING, so that recursive walks
 * are safe; chains of equal operators are flat. */
#ifndef NSA_SYNTAX_AST_H
#define NSA_SYNTAX_AST_H

#include "syntax/ast_expr.h"

typedef struct ast_stmt ast_stmt;
typedef struct ast_item ast_item;
typedef struct ast_decl ast_decl;

typedef VEC(ast_stmt *) ast_stmt_list;
typedef VEC(ast_item *) ast_item_list;
typedef VEC(ast_decl *) ast_decl_list;

/* ------------------------------------------------------------------------------- statements */

/* { … } */
typedef struct {
  span at; /* from { to } */
  ast_stmt_list stmts;
} ast_block;

typedef enum {
  AST_ASSIGN, /* v = c   post.g_e += g*w   sheet.v = -72 mV */
  AST_LET,    /* let a = b + 1 */
  AST_BRANCH, /* if c { … } else if d { … } else { … } */
  AST_EMIT,   /* emit release */
  AST_START   /* start pulsing for 30 ms */
} ast_stmt_kind;

typedef enum {
  AST_ASSIGN_SET, /* =  */
  AST_ASSIGN_ADD, /* += */
  AST_ASSIGN_SUB, /* -= */
  AST_ASSIGN_MUL, /* *= */
  AST_ASSIGN_DIV  /* /= */
} ast_assign_op;

struct ast_stmt {
  ast_stmt_kind kind;
  uint32_t depth;
  span at;
  union {
    struct {
      ast_expr *target; /* AST_NAME, AST_MEMBER or AST_INDEX */
      ast_assign_op op;
      ast_expr *value;
    } assign;
    struct {
      ast_name name;
      ast_expr *value;
    } let;
    struct {
      ast_expr *condition;
      ast_block *then_block;
      ast_block *else_block; /* NULL without else; `else if` is a block of one AST_BRANCH */
    } branch;
    struct {
      ast_name event;
    } emit;
    struct {
      ast_name timer;
      ast_expr *duration;
    } start;
  } as;
};

/* ---------------------------------------------------------------------------------- clauses */

/* using euler in order      using adaptive(tolerance = 1e-6) */
typedef struct {
  span at;
  ast_name name; /* text NULL: no `using` */
  bool in_order;
  ast_arg_list options;
} ast_solver;

/* probability(0.1)   nearest   tiles(4 x 4, stride 3)   outdegree(40, exponential(5)) */
typedef struct {
  span at;
  ast_name name;     /* text NULL: no rule */
  ast_arg_list args; /* a profile (`exponential(5)`) is an argument that is an AST_CALL */
} ast_rule;

/* { tau_m = normal(20 ms, 2 ms), v = -70 mV }   variant { gated.gain = 0 } */
typedef struct {
  span at;
  const char *doc;
  ast_expr *target; /* AST_NAME or AST_MEMBER */
  ast_expr *value;
} ast_setting;
typedef VEC(ast_setting) ast_setting_list;

typedef enum {
  AST_WHEN_TRUE,        /* when COND */
  AST_WHEN_RISES_ABOVE, /* when x rises above y */
  AST_WHEN_FALLS_BELOW  /* when x falls below y */
} ast_when_kind;

typedef struct {
  span at;
  ast_when_kind kind;
  ast_expr *value;     /* the condition, or what crosses */
  ast_expr *threshold; /* NULL for AST_WHEN_TRUE */
} ast_when;

/* function NAME(a, b) = expr */
typedef struct {
  ast_name name;
  ast_name_list params;
  ast_expr *body;
} ast_function;

/* ----------------------------------------------------------- environments and decisions */

typedef enum {
  AST_WORLD_SETTING, /* rows = 10 */
  AST_WORLD_CHANNEL, /* channel position[4] : m */
  AST_WORLD_CHOICE,  /* action move = 4 */
  AST_WORLD_VECTOR   /* action torque[2] : 1 in -1..1 */
} ast_world_kind;

/* An entry in the block of an environment. */
typedef struct {
  ast_world_kind kind;
  span at;
  ast_name name;
  ast_expr *value;      /* of a setting; how many choices there are */
  ast_expr *count;      /* how many numbers a channel or vector has; NULL: one */
  ast_unit *unit;       /* of these, or NULL */
  ast_expr *low, *high; /* their bounds: of a vector */
} ast_world_entry;
typedef VEC(ast_world_entry) ast_world_list;

/* first(u.spike, u.v) [among maze.free] */
typedef struct {
  span at;
  ast_expr *value;
  ast_expr *among; /* NULL: none; that of the last decoder is meant for all without their own */
} ast_decoder;
typedef VEC(ast_decoder) ast_decoder_list;

/* act ENV = DECODER {else DECODER} every T [window W] [as PHASE] */
typedef struct {
  span at;
  ast_name environment;
  ast_decoder_list decoders; /* at least one */
  ast_expr *every, *window;
  ast_name as;
} ast_act;
typedef VEC(ast_act) ast_act_list;

/* ---------------------------------------------------------------------- items of components */

/* One of the names that a param, state, input, noise or timer item declares. */
typedef struct {
  span at;
  const char *doc; /* the ## comment before it, else NULL */
  ast_name name;
  ast_unit *unit;       /* param, state, input */
  ast_expr *value;      /* param, state: the value; timer: the initial time, or NULL */
  ast_expr *low, *high; /* param: in low..high, or NULL */
  ast_name combiner;    /* input: mean, sum, max, min, last */
} ast_entry;
typedef VEC(ast_entry) ast_entry_list;

/* One species on a side of a reaction: 2*B */
typedef struct {
  span at;
  const char *count; /* digits of the stoichiometric number, NULL for 1 */
  ast_name state;
} ast_species;
typedef VEC(ast_species) ast_species_list;

typedef enum {
  AST_ITEM_PARAM,        /* entries */
  AST_ITEM_STATE,        /* entries */
  AST_ITEM_INPUT,        /* entries */
  AST_ITEM_NOISE,        /* entries */
  AST_ITEM_TIMER,        /* entries */
  AST_ITEM_LET,          /* let */
  AST_ITEM_FUNCTION,     /* function */
  AST_ITEM_ODE,          /* ode */
  AST_ITEM_REACTION,     /* reaction */
  AST_ITEM_EVENT,        /* event (also `spike`) */
  AST_ITEM_ON,           /* on */
  AST_ITEM_EVERY,        /* every */
  AST_ITEM_EACH_STEP,    /* each_step */
  AST_ITEM_CONTRIBUTION, /* contribution */
  AST_ITEM_DEFAULT       /* fallback */
} ast_item_kind;

struct ast_item {
  ast_item_kind kind;
  span at;
  const char *doc;
  union {
    ast_entry_list entries;
    struct {
      ast_name name;
      ast_expr *value;
    } let;
    ast_function function;
    /* [coefficient *] dNAME/dt = rhs [on TIMESCALE] [using SOLVER] [unless COND] */
    struct {
      ast_expr *coefficient; /* NULL for 1 */
      ast_name state;        /* NAME of dNAME/dt */
      ast_expr *rhs;
      ast_name timescale;
      ast_solver solver;
      ast_expr *unless;
    } ode;
    /* reaction left <-> right rates forward, backward      reaction left -> right rates forward */
    struct {
      ast_species_list left, right;
      bool is_reversible;
      ast_expr_list rates;
    } reaction;
    /* spike when … [refractory TIME] { … }      event NAME when … [refractory TIME] { … } */
    struct {
      ast_name name; /* "spike" for a spike */
      bool is_spike;
      ast_when when;
      ast_expr *refractory;
      ast_block *block; /* NULL when there is none */
    } event;
    /* on release { … }   on pre { … }   on post.release { … }   on astro.release { … } */
    struct {
      ast_name partner; /* pre, post, astro in front of a dot; text NULL otherwise */
      ast_name event;   /* for `on pre`: "pre"; for `on pre.release`: "release" */
      ast_block *block;
    } on;
    struct {
      ast_expr *period;
      ast_block *block;
    } every;
    struct {
      ast_block *block;
    } each_step;
    /* post.X += expr */
    struct {
      ast_expr *target; /* AST_MEMBER */
      ast_expr *value;
    } contribution;
    /* default astro.NAME = value */
    struct {
      ast_expr *target; /* AST_MEMBER */
      ast_expr *value;
    } fallback;
  } as;
};

/* ----------------------------------------------------------------------------- declarations */

typedef enum { AST_NEURON, AST_ASTROCYTE, AST_SYNAPSE } ast_component_kind;

/* neuron NAME [extends BASE] [on TIMESCALE] [using SOLVER] [coupling hold|linear|stages|implicit]
 * [precision single|double] { items } */
typedef struct {
  ast_component_kind kind;
  ast_name name;
  ast_name base;
  ast_name timescale;
  ast_solver solver;
  ast_name coupling;
  ast_name precision;
  ast_item_list items;
  span body; /* from { to } */
} ast_component;

/* population NAME : COMPONENT[size] [spaced LENGTH [at (LENGTH, LENGTH)]] [{ overrides }] */
typedef struct {
  ast_name name;
  ast_name component;
  ast_expr *size;             /* an AST_SIZE for a grid; NULL when no [ ] was written */
  ast_expr *spacing, *corner; /* corner: behind `at` */
  bool has_overrides;         /* a block was written, possibly empty */
  ast_setting_list overrides;
  span block;
} ast_population;

typedef enum { AST_SELF_DEFAULT, AST_SELF_NO, AST_SELF_YES } ast_self;

/* connect [NAME:] SRC -> DST via SYNAPSE by RULE [no self | self] [delay TIME [back TIME]]
 * [coupling hold|stages|implicit] [with POP [of post|pre] by RULE [probability(p)]] [{ overrides }] */
typedef struct {
  ast_name name;
  ast_expr *source, *target; /* AST_NAME, or AST_INDEX for a slice */
  ast_name synapse;
  ast_rule rule;
  ast_self self;
  ast_expr *delay, *delay_back;
  ast_name coupling;
  ast_expr *partner;   /* the population behind `with` */
  ast_name partner_of; /* "post", "pre" */
  ast_rule partner_rule;
  ast_expr *partner_probability;
  bool has_overrides;
  ast_setting_list overrides;
  span block;
} ast_connect;

/* The parts of `present`, `drive`, `signal` and `phase` that say when. */
typedef struct {
  ast_expr *from;
  ast_expr *duration; /* for TIME */
  ast_expr *every;
  ast_expr *during; /* AST_NAME: a phase; AST_RANGE: a window; else a mistake */
  ast_name as;
} ast_window;

typedef enum {
  AST_DECL_EXTENDS,   /* extends "base.nsa" */
  AST_DECL_IMPORT,    /* import "x.nsa" [as N]      import nsa.astrocyte.li_rinzel [as N] */
  AST_DECL_PRECISION, /* precision single */
  AST_DECL_PARAM,     /* param N = 10, trials = 20 */
  AST_DECL_TIMESCALE, /* timescale slow = 10 ms */
  AST_DECL_COMPONENT,
  AST_DECL_MODIFY,   /* modify cell { dv/dt = -v/tau }: as.component, without kind and base */
  AST_DECL_FUNCTION, /* function f(a) = a^2 */
  AST_DECL_POPULATION,
  AST_DECL_CONNECT,
  AST_DECL_PATTERN,     /* pattern digit[10] = images("{}.pgm") */
  AST_DECL_FOR,         /* for k, d in [0, 5] { … } */
  AST_DECL_PRESENT,     /* present digit[k] on sheet.I amplitude 8 mV/ms flip 5% from … for … as … */
  AST_DECL_DRIVE,       /* drive exc.I = 100 pA from 1 s for 500 ms */
  AST_DECL_PHASE,       /* phase late from 100 s for 50 s every 100 s */
  AST_DECL_ON,          /* on learn { sheet.v = -72 mV } */
  AST_DECL_SET,         /* set drug { glia.v3 = 2 uM/s } */
  AST_DECL_ENVIRONMENT, /* environment maze : gridworld { rows = 10 } */
  AST_DECL_ACT,         /* act maze = argmax(count(action.spike)) every 50 ms */
  AST_DECL_SIGNAL,      /* signal reward at maze.reward */
  AST_DECL_RECORD,      /* record mean(glia.Ca) every 10 ms during learn as ca */
  AST_DECL_MEASURE,     /* measure span = time_above(mean(glia.Ca), 0.15 uM) */
  AST_DECL_CHECKPOINT,  /* checkpoint warm at 10 s */
  AST_DECL_VARIANT,     /* variant no_glia { gated.gain = 0 }   variant x from warm { … } */
  AST_DECL_RUN          /* run 6 s   run until maze.trials == 20 for 24 h */
} ast_decl_kind;

struct ast_decl {
  ast_decl_kind kind;
  span at;
  const char *doc; /* the text of the ## lines before it, joined by newlines; else NULL */
  union {
    struct {
      ast_name path; /* the string */
    } extends;
    struct {
      const char *file;    /* the string, NULL for a dotted path */
      ast_name_list parts; /* nsa, astrocyte, li_rinzel */
      span path_at;
      ast_name as;
    } import;
    ast_name precision;
    ast_item *param; /* AST_ITEM_PARAM */
    struct {
      ast_name name;
      ast_expr *step;
    } timescale;
    ast_component component;
    ast_function function;
    ast_population population;
    ast_connect connect;
    struct {
      ast_name name;
      ast_expr *count; /* NULL without [ ] */
      ast_expr *value;
    } pattern;
    struct {
      ast_name_list names; /* one or two: value; or index, value */
      ast_expr *over;      /* AST_RANGE, AST_LIST or another expression */
      ast_decl_list body;
      span block;
    } loop;
    struct {
      ast_expr *pattern;
      ast_expr *target; /* AST_MEMBER, or AST_INDEX of one */
      ast_expr *amplitude;
      ast_expr *flip;
      ast_window window;
    } present;
    struct {
      ast_expr *target;
      ast_expr *value;
      ast_window window;
    } drive;
    struct {
      ast_name name;
      ast_window window; /* without `during` and `as` */
    } phase;
    struct {
      ast_name phase;
      ast_block *block;
    } on;
    struct {
      ast_name phase;
      ast_setting_list settings;
      span block;
    } set;
    struct {
      ast_name name;
      ast_name kind;   /* gridworld, external, plugin */
      ast_name plugin; /* the text in `plugin("arm")`; text NULL: none */
      ast_world_list entries;
      span block;
    } environment;
    ast_act act;
    struct {
      ast_name name;
      ast_expr *value;  /* = expr, or NULL */
      ast_when when;    /* value NULL without `when` */
      ast_expr *moment; /* at maze.reward, or NULL */
      ast_window window;
    } signal;
    struct {
      ast_expr *value; /* a member, a slice of one, or a reduction */
      ast_expr *every;
      ast_expr *during; /* as that of a window */
      ast_name as;
      ast_unit *unit; /* in nM, or NULL */
    } record;
    struct {
      ast_name name;
      ast_name_list indices; /* peak[k][i]: of loops, of the elements */
      ast_expr *value;
      ast_unit *unit; /* in nM, or NULL */
    } measure;
    struct {
      ast_name name;
      ast_expr *time;
    } checkpoint;
    struct {
      ast_name name;
      ast_name from; /* a checkpoint; text NULL: from the start */
      ast_setting_list settings;
      ast_act_list acts;
      ast_decl_list modifies; /* AST_DECL_MODIFY */
      span block;
    } variant;
    struct {
      ast_expr *duration; /* with a condition: the most; NULL where that was not said */
      ast_expr *until;    /* NULL: none */
    } run;
  } as;
};

/* ------------------------------------------------------------------------------------- file */

/* A comment, from # to the end of its line. The printer puts comments back by their place. */
typedef struct {
  span at;
  bool is_doc;       /* ## */
  bool stands_alone; /* nothing but blanks before it on its line */
} ast_comment;
typedef VEC(ast_comment) ast_comment_list;

typedef struct {
  uint32_t file; /* its number in the diag_sink */
  const char *path;
  const char *text; /* the source, owned by whoever registered it */
  uint32_t len;
  ast_decl_list decls;
  ast_comment_list comments; /* in order of their place */
} ast_file;

#endif
