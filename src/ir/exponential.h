/* SPDX-License-Identifier: MIT */
/* exponential.h - exponentials of multiples of one quantity, which may become powers of one exponential. */
#ifndef NSA_IR_EXPONENTIAL_H
#define NSA_IR_EXPONENTIAL_H

#include "ir/affine.h"
#include "support/vec.h"

enum { EXPONENTIAL_MOST_POWER = 128 };

/* exp(x), exprel(x) = (e^x - 1)/x, sigmoid(x) = 1/(1 + e^-x) */
typedef enum { EXPONENTIAL_NONE, EXPONENTIAL_EXP, EXPONENTIAL_EXPREL, EXPONENTIAL_SIGMOID } exponential_kind;

/* A call whose argument is scale * base + offset; scale = power * the family's common scale. */
typedef struct {
  ir_value at;
  exponential_kind kind;
  double scale, offset;
  int32_t power;
  bool is_divided_by, is_used_else; /* something is divided by it; it is used in another way */
} exponential_call;

/* e^(base * unit) to the power sum = that to `sum - by` times that to `by`. */
typedef struct {
  int32_t sum, by;
} exponential_product;

typedef struct {
  ir_value base;
  double unit;                                 /* the common scale: all scales are whole multiples of it */
  VEC(exponential_call) calls;                 /* in the order of the function */
  VEC(exponential_product) products;           /* that make all powers from the first, in order */
  ir_value powers[EXPONENTIAL_MOST_POWER + 1]; /* once they are computed; powers[1] == IR_NO_VALUE before */
} exponential_family;

typedef VEC(exponential_family *) exponential_families;

/* The families of f that are worth merging. Their calls are always computed, and nothing is stored before them. */
exponential_families exponential_find(arena *a, const ir_function *f);

#endif
