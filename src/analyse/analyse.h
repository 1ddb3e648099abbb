/* SPDX-License-Identifier: MIT */
/* analyse.h - one element of a population as a system of ordinary differential equations dx/dt = F(x, p): where it
 * rests, and how that depends on one value p.
 *
 * Takes a checked model. Derivatives are symbolic. What comes from outside (inputs) is 0 unless it is set. Results are
 * the same bits each time: starts come from a fixed sequence. Numbers are in internal units, times in ms; all memory
 * is the arena's that the cell was made with. */
#ifndef NSA_ANALYSE_ANALYSE_H
#define NSA_ANALYSE_ANALYSE_H

#include "model/model.h"

/* ---- the cell ---- */

/* A value of the element: one of its params, inputs or states (of a state what it starts from), or the param of the top
 * level that the model leaves open (model_options.open). */
typedef struct {
  model_ref_kind kind; /* REF_PARAM, REF_INPUT, REF_STATE, REF_GLOBAL */
  uint32_t item;
  double value;
} analyse_setting;

typedef struct {
  uint32_t population;
  const analyse_setting *settings; /* the last one of an item counts */
  uint32_t setting_count;
  bool equations_only;          /* as if there were no noise, timers and blocks */
  const analyse_setting *along; /* the item that is p; NULL: none is */
  const double *low, *high;     /* per state of the component: where fixed points are looked for; NAN: see docs */
} analyse_options;

typedef struct analyse_cell analyse_cell;

/* NULL where the element is no system of this kind, after a report (E0701): noise, timers, blocks, equations that read
 * the time. */
analyse_cell *analyse_cell_new(arena *a, diag_sink *sink, const model *m, const analyse_options *options);

/* Its states that have equations, in the order of their declaration. */
uint32_t analyse_cell_size(const analyse_cell *c);
uint32_t analyse_cell_state(const analyse_cell *c, uint32_t i); /* number in the component */
double analyse_cell_usual(const analyse_cell *c);               /* of p: as it is set or written */
/* Where fixed points are looked for. */
void analyse_cell_range(const analyse_cell *c, uint32_t i, double *low, double *high);

/* ---- fixed points ---- */

typedef struct {
  double p;
  const double *x;                /* per state */
  const double *real, *imaginary; /* eigenvalues of the Jacobian, 1/ms; ascending by real part */
  uint32_t unstable;              /* how many have a real part above 0 */
} analyse_point;

/* All that are found within the ranges, ascending by their first states; *count of them. */
const analyse_point *analyse_fixed_points(analyse_cell *c, double p, uint32_t *count);
/* "stable node", "saddle focus" and so on. */
const char *analyse_kind_of_point(const analyse_point *point, uint32_t n);

/* ---- along p ---- */

typedef enum { SPECIAL_FOLD, SPECIAL_HOPF, SPECIAL_BRANCH } analyse_special_kind;

typedef struct {
  analyse_special_kind kind;
  analyse_point point;
  double omega;    /* of a Hopf point, 1/ms: the cycles' period is 2 pi / omega where they begin */
  double lyapunov; /* its first Lyapunov coefficient, a plain number: below 0 the cycles are stable (supercritical);
 NaN: not known */
} analyse_special;

/* A curve of fixed points, as it is followed: p may turn at folds. */
typedef struct {
  VEC(analyse_point) points;
  VEC(analyse_special) specials;
} analyse_branch;

/* Every curve that passes a fixed point at one of some values of p; *count of them. */
const analyse_branch *analyse_branches(analyse_cell *c, double low, double high, uint32_t *count);

/* ---- oscillations ---- */

/* A stable cycle at p. */
typedef struct {
  double p, period;         /* ms */
  const double *low, *high; /* per state */
} analyse_cycle;

/* Those that simulation finds from the unstable fixed points of the branches, and from cycles at neighbouring values of
 * p; ascending by p. */
const analyse_cycle *analyse_cycles(analyse_cell *c, const analyse_branch *branches, uint32_t branch_count, double low,
                                    double high, uint32_t *count);

/* ---- a pulse ---- */

/* What p does to an element that rests where it starts from, or nearest to that: p is `pulse` for `duration` ms, then
 * `rest` again, until the element is back, or long after. */
typedef struct {
  double pulse;
  const double *low, *high; /* per state, from the begin of the pulse on */
  const double *when;       /* per state: when the highest value was, ms behind that */
  bool is_back;             /* at its rest */
} analyse_response;

/* count values of the pulse from `low` to `high`. NULL: there is no stable rest. */
const analyse_response *analyse_responses(analyse_cell *c, double rest, double low, double high, uint32_t count,
                                          double duration);

/* ---- the plane of two states ---- */

/* Where the rate of one of both is 0: pairs of points, a piece of the curve each. */
typedef struct {
  double x, y;
} analyse_spot;
typedef VEC(analyse_spot) analyse_spots;

typedef struct {
  uint32_t across, up; /* equations of the states */
  double low[2], high[2];
  analyse_spots nullclines[2]; /* of across, of up */
  analyse_spots field;         /* pairs: a place, and where it is a little later */
  analyse_spots way;           /* from the initial values */
} analyse_plane;

/* All other states stand where they start from. The range is that of the cell where `is_given`, else what holds the
 * way and the points, which are the fixed points at p. */
analyse_plane analyse_plane_of(analyse_cell *c, double p, uint32_t across, uint32_t up, const bool is_given[2],
                               const analyse_point *points, uint32_t count);

#endif
