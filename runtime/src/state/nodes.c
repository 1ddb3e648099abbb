/* SPDX-License-Identifier: MIT */
#include "state/nodes.h"

#include "nsa_math.h"

#include <math.h>

bool node_is_plain(uint32_t kind) {
  return (kind >= NSA_MEASURE_ADD && kind <= NSA_MEASURE_IF) || (kind >= NSA_MEASURE_LT && kind <= NSA_MEASURE_NOT);
}

uint32_t node_args(uint32_t kind) {
  switch (kind) {
  case NSA_MEASURE_NEG:
  case NSA_MEASURE_SQRT:
  case NSA_MEASURE_EXP:
  case NSA_MEASURE_LOG:
  case NSA_MEASURE_ABS:
  case NSA_MEASURE_NOT:
    return 1;
  case NSA_MEASURE_IF:
    return 3;
  default:
    return node_is_plain(kind) ? 2 : 0;
  }
}

uint32_t node_arg(const nsa_measure_node *node, uint32_t number) {
  return number == 0 ? node->a : number == 1 ? node->b : node->c;
}

/* Of no number there is no least. */
static double least_of(double a, double b) { return isnan(a) || isnan(b) ? NAN : b < a ? b : a; }

static double number_of(uint32_t kind, const double *x) {
  switch (kind) {
  case NSA_MEASURE_ADD:
    return x[0] + x[1];
  case NSA_MEASURE_SUB:
    return x[0] - x[1];
  case NSA_MEASURE_MUL:
    return x[0] * x[1];
  case NSA_MEASURE_DIV:
    return x[0] / x[1];
  case NSA_MEASURE_NEG:
    return -x[0];
  case NSA_MEASURE_POW:
    return nsa_pow_1(x[0], x[1]);
  case NSA_MEASURE_SQRT:
    return nsa_sqrt_1(x[0]);
  case NSA_MEASURE_EXP:
    return nsa_exp_1(x[0]);
  case NSA_MEASURE_LOG:
    return nsa_log_1(x[0]);
  case NSA_MEASURE_ABS:
    return nsa_abs_1(x[0]);
  case NSA_MEASURE_LEAST:
    return least_of(x[0], x[1]);
  case NSA_MEASURE_MOST:
    return -least_of(-x[0], -x[1]);
  default: /* IF */
    return x[0] != 0 ? x[1] : x[2];
  }
}

double node_combine(uint32_t kind, const double x[NODE_ARGS]) {
  switch (kind) {
  case NSA_MEASURE_LT:
    return x[0] < x[1];
  case NSA_MEASURE_LE:
    return x[0] <= x[1];
  case NSA_MEASURE_GT:
    return x[0] > x[1];
  case NSA_MEASURE_GE:
    return x[0] >= x[1];
  case NSA_MEASURE_EQ:
    return x[0] == x[1];
  case NSA_MEASURE_NE:
    return x[0] < x[1] || x[0] > x[1];
  case NSA_MEASURE_AND:
    return x[0] != 0 && x[1] != 0;
  case NSA_MEASURE_OR:
    return x[0] != 0 || x[1] != 0;
  case NSA_MEASURE_NOT:
    return x[0] == 0;
  default:
    return number_of(kind, x);
  }
}

double node_of_values(const nsa_measure_node *node, const double *values) {
  double args[NODE_ARGS] = {0};
  for (uint32_t k = 0; k < node_args(node->kind); k++)
    args[k] = values[node_arg(node, k)];
  return node_combine(node->kind, args);
}

bool node_is_reduction(uint32_t kind) { return kind >= NSA_MEASURE_SERIES_FIRST && kind <= NSA_MEASURE_SERIES_SUM; }

static bool has_number(uint32_t kind) {
  return kind == NSA_MEASURE_HEAD || kind == NSA_MEASURE_TAIL || kind == NSA_MEASURE_SERIES_PERCENTILE;
}

/* Arguments come before their node. */
void node_mark(const nsa_program *program, uint32_t root, uint8_t *needed) {
  needed[root] = 1;
  for (uint32_t i = root + 1; i-- > 0;) {
    const nsa_measure_node *node = &program->measure_nodes[i];
    if (!needed[i])
      continue;
    uint32_t count = has_number(node->kind) ? 2 : node_is_reduction(node->kind) ? 1 : node_args(node->kind);
    for (uint32_t k = 0; k < count; k++)
      needed[node_arg(node, k)] = 1;
  }
}
