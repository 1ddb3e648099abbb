/* SPDX-License-Identifier: MIT */
#include "state/nodes.h"

#include "nsa_math.h"

bool node_is_plain(uint32_t kind) {
  return (kind >= NSA_MEASURE_ADD && kind <= NSA_MEASURE_POW) || (kind >= NSA_MEASURE_LT && kind <= NSA_MEASURE_NOT);
}

double node_combine(uint32_t kind, double a, double b) {
  switch (kind) {
  case NSA_MEASURE_ADD:
    return a + b;
  case NSA_MEASURE_SUB:
    return a - b;
  case NSA_MEASURE_MUL:
    return a * b;
  case NSA_MEASURE_DIV:
    return a / b;
  case NSA_MEASURE_NEG:
    return -a;
  case NSA_MEASURE_POW:
    return nsa_pow_1(a, b);
  case NSA_MEASURE_LT:
    return a < b;
  case NSA_MEASURE_LE:
    return a <= b;
  case NSA_MEASURE_GT:
    return a > b;
  case NSA_MEASURE_GE:
    return a >= b;
  case NSA_MEASURE_EQ:
    return a == b;
  case NSA_MEASURE_NE:
    return a < b || a > b;
  case NSA_MEASURE_AND:
    return a != 0 && b != 0;
  case NSA_MEASURE_OR:
    return a != 0 || b != 0;
  default:
    return a == 0; /* NOT */
  }
}

bool node_has_two(uint32_t kind) { return node_is_plain(kind) && kind != NSA_MEASURE_NEG && kind != NSA_MEASURE_NOT; }

bool node_is_reduction(uint32_t kind) { return kind >= NSA_MEASURE_SERIES_FIRST && kind <= NSA_MEASURE_SERIES_SUM; }

/* Arguments come before their node. */
void node_mark(const nsa_program *program, uint32_t root, uint8_t *needed) {
  needed[root] = 1;
  for (uint32_t i = root + 1; i-- > 0;) {
    const nsa_measure_node *node = &program->measure_nodes[i];
    if (!needed[i])
      continue;
    bool is_cut = node->kind == NSA_MEASURE_HEAD || node->kind == NSA_MEASURE_TAIL;
    if (node_is_plain(node->kind) || node_is_reduction(node->kind) || is_cut)
      needed[node->a] = 1;
    if (node_has_two(node->kind) || is_cut)
      needed[node->b] = 1;
  }
}
