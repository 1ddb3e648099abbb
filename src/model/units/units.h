/* SPDX-License-Identifier: MIT */
/* units.h - arithmetic of dimensions, and how they are called.
 *
 * A dimension is six exponents in quarters (model.h). Nothing here allocates or reports: where a result leaves the
 * range of exponents, the `try` functions return false, and dim_mul, dim_div and dim_pow (model.h) give the unknown
 * one. */
#ifndef NSA_MODEL_UNITS_UNITS_H
#define NSA_MODEL_UNITS_UNITS_H

#include "model/model.h"
#include "nsa_units.h"

/* Stands for "not known because of an error": nothing is said about values of it. */
dim dim_unknown(void);
bool dim_is_unknown(dim d);
bool dim_is_none(dim d);
bool dim_try_mul(dim a, dim b, dim *out);
bool dim_try_div(dim a, dim b, dim *out);
bool dim_try_pow(dim a, double exponent, dim *out);
extern const dim dim_ms, dim_um, dim_rate; /* the last is shown in Hz */
/* The same, shown in another unit of it; NULL: in none that somebody has said. */
dim dim_shown_as(dim d, const char *unit);
/* Of what adds up, or is one or the other: both are equal, and it is shown as the first that says how. */
dim dim_of_sum(dim a, dim b);
/* "a conductance" for nS; NULL for what has no common word. */
const char *dim_word(dim d);
dim dim_of_unit(const nsa_unit *unit);
/* Of a unit as a text, which it is shown in: "m/s^2"; "" and "1" for none. False where it is none. */
bool dim_of_text(const char *text, dim *out);

#endif
