/* SPDX-License-Identifier: MIT */
/* model_expr.h - dimensions and expressions of a model.
 *
 * Numbers are in the internal units (ms, mV, pA, um, uM um^3, K). Trees are shared: one expression may be part of
 * several. */
#ifndef NSA_MODEL_MODEL_EXPR_H
#define NSA_MODEL_MODEL_EXPR_H

#include "diag/diag.h"
#include "nsa_program.h"
#include "support/arena.h"

/* ---- dimensions ---- */

/* Exponents, in quarters (so that 1/sqrt(time) is exact), of time, voltage, current, length,
 * amount, temperature; and the unit in which the author reads such values. The latter changes no number, and no check
 * looks at it: it follows an expression from its items and literals to whoever shows it. */
enum { DIM_TIME, DIM_VOLTAGE, DIM_CURRENT, DIM_LENGTH, DIM_AMOUNT, DIM_TEMPERATURE, DIM_COUNT };
typedef struct {
  int8_t q[DIM_COUNT];
  const char *shown; /* as written: "nM", "1/s"; NULL where nobody has said one */
} dim;

dim dim_none(void);
bool dim_equal(dim a, dim b); /* whatever they are shown in */
dim dim_mul(dim a, dim b);
dim dim_div(dim a, dim b);
dim dim_pow(dim a, int numerator, int denominator);
/* The internal unit, as an author writes it: "mV", "nS", "uM/ms", "1/ms", "mV/ms"; "1" for none. */
const char *dim_name(arena *a, dim d);
/* The unit in which values are shown; the internal one where nobody has said another. */
const char *dim_shown(arena *a, dim d);

/* ---- expressions ---- */

/* The first four of nsa_side: what a name of an expression is looked up in. */
typedef enum {
  SIDE_SELF = NSA_SIDE_LINK,
  SIDE_PRE = NSA_SIDE_PRE,
  SIDE_POST = NSA_SIDE_POST,
  SIDE_ASTRO = NSA_SIDE_ASTRO
} model_side;

typedef enum {
  REF_PARAM,
  REF_STATE,
  REF_INPUT,
  REF_LET,
  REF_NOISE,
  REF_TIMER,      /* item: index into the component */
  REF_LOCAL,      /* a let of a block; item: its number within the block's component */
  REF_REFRACTORY, /* true in the refractory time of event `item` (the spike) */
  REF_TIME,
  REF_DT,
  REF_INDEX,
  REF_ROW,
  REF_COL,
  REF_X,
  REF_Y,
  REF_FAN_IN,
  REF_FAN_OUT,      /* number of links of the end on `side` in this connection */
  REF_COLUMN,       /* what the table of the connection says of a link in column `item` (of its rule) */
  REF_DISTANCE,     /* between source and target of a link, um (grid steps when not spaced) */
  REF_SIGNAL,       /* the value that signal `item` (index into model.signals) was last sent with */
  REF_PIXEL,        /* 1 where the pattern image `item` (index into model.images) has ink */
  REF_WINDOW_COUNT, /* in scores of decisions: how often event `item` of this element happened in the window */
  REF_GLOBAL /* the param `item` of the top level (index into model.globals) that model_options.open leaves open */
} model_ref_kind;

typedef enum {
  MX_NUMBER,
  MX_BOOL,
  MX_REF,
  MX_NEG,
  MX_NOT,
  MX_ADD,
  MX_SUB,
  MX_MUL,
  MX_DIV,
  MX_POW,
  MX_LT,
  MX_LE,
  MX_GT,
  MX_GE,
  MX_EQ,
  MX_NE,
  MX_AND,
  MX_OR,
  MX_SELECT, /* args[0] ? args[1] : args[2] */
  MX_CALL,   /* builtin function fn of builtin.def */
  MX_RANDOM, /* random function fn of builtin.def; `key` names the draw */
  MX_CHANNEL /* number args[0] of channel ref.item (index into model.channels) of an environment; not finite where there
                is none */
} model_expr_kind;

typedef struct model_expr model_expr;
struct model_expr {
  model_expr_kind kind;
  bool is_bool;
  dim unit; /* of a number-valued expression */
  span at;
  double number; /* MX_NUMBER (internal units), MX_BOOL (0 or 1) */
  struct {
    model_ref_kind kind;
    model_side side;
    uint32_t item;
  } ref;
  uint32_t fn;            /* model_builtin */
  const char *key;        /* MX_RANDOM: declaration and draw: "sheet.v#0"; inside a component "each_step1#2" */
  uint32_t depth, weight; /* levels and nodes of the tree (shared parts counted each time); limited */
  bool goes_by_ticks;     /* times.c has seen it */
  model_expr *args[3];
};

typedef enum {
#define BUILTIN(name, arity, kind, rule) BUILTIN_##name,
#include "model/builtin.def"
#undef BUILTIN
  BUILTIN_COUNT
} model_builtin;

#endif
