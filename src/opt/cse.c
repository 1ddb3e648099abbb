/* SPDX-License-Identifier: MIT */
/* cse.c - what is computed twice is computed once: a later operation equal to an earlier one becomes that, if the
 * earlier one is always computed when the later one is (it stands in the same skip region or loop or one around it).
 * A load equals an earlier one when nothing was stored into its field between them. */
#include "opt/opt_internal.h"

typedef struct {
  ir_program *program;
  opt_rewrite rw;
  uint32_t *parent; /* per region; region 0 is the function */
  uint32_t region_count;
  uint32_t region;     /* where we are */
  uint32_t *region_of; /* per operation of `to` */
  uint32_t *stores;    /* per field: stores so far */
  uint32_t *version;   /* per operation of `to`: stores into its field before it */
  ir_value *bucket;    /* heads of chains of operations of `to` */
  ir_value *next;
  uint32_t mask;
} cse;

static bool is_shared(const ir_op *op) { return !opt_has_effect(op) && !opt_is_marker(op); }

static uint64_t mix(uint64_t h, uint64_t x) {
  h = (h ^ x) * 0x9e3779b97f4a7c15ULL;
  return h ^ (h >> 31);
}

static uint64_t number_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* Arguments are mapped already. */
static uint64_t hash_of(const ir_function *f, const ir_op *op) {
  uint64_t h = mix(mix(op->op | (uint64_t)op->is_single << 16, op->aux), mix(op->field.id, op->key));
  h = mix(h, number_bits(op->number));
  for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
    h = mix(h, ir_op_arg(f, op, k));
  return h;
}

static bool is_equal(const ir_function *f, const ir_op *x, const ir_op *y) {
  if (x->op != y->op || x->is_single != y->is_single || x->aux != y->aux || x->key != y->key ||
      x->extra_count != y->extra_count || number_bits(x->number) != number_bits(y->number) ||
      (ir_op_has_field(x) && !nsa_field_is(x->field, y->field)))
    return false;
  for (uint32_t k = 0; k < ir_op_arg_count(x); k++)
    if (ir_op_arg(f, x, k) != ir_op_arg(f, y, k))
      return false;
  return true;
}

static bool is_around(const cse *c, uint32_t outer) {
  uint32_t region = c->region;
  while (region != outer && region != 0)
    region = c->parent[region];
  return region == outer;
}

/* v, just appended to `to`: an equal earlier operation, or v itself, which is remembered. */
static ir_value find_or_remember(cse *c, ir_value v) {
  const ir_function *f = c->rw.to;
  const ir_op *op = &f->ops.data[v];
  uint32_t at = (uint32_t)hash_of(f, op) & c->mask;
  c->region_of[v] = c->region;
  c->version[v] = ir_op_has_field(op) ? c->stores[op->field.id] : 0;
  for (ir_value old = c->bucket[at]; old != IR_NO_VALUE; old = c->next[old])
    if (c->version[old] == c->version[v] && is_around(c, c->region_of[old]) && is_equal(f, &f->ops.data[old], op))
      return old;
  c->next[v] = c->bucket[at];
  c->bucket[at] = v;
  return v;
}

static void visit(cse *c, uint32_t i) {
  const ir_op *op = &c->rw.from->ops.data[i];
  if (op->op == IR_OP_skip_end || op->op == IR_OP_loop_end)
    c->region = c->parent[c->region];
  ir_value v = opt_rewrite_copy(&c->rw, i);
  if (op->op == IR_OP_skip_begin || op->op == IR_OP_loop_begin) {
    c->parent[++c->region_count] = c->region;
    c->region = c->region_count;
  }
  if (opt_has_effect(op) && ir_op_has_field(op))
    c->stores[op->field.id]++;
  if (!is_shared(op))
    return;
  ir_value same = find_or_remember(c, v);
  if (same == v)
    return;
  c->rw.to->ops.len--; /* v is taken back */
  c->rw.to->extra.len -= op->extra_count;
  c->rw.map[i] = same;
}

static void cse_function(ir_program *p, ir_function *f) {
  arena *a = p->arena;
  uint32_t len = f->ops.len, size = 16;
  while (size < 2 * len)
    size *= 2;
  cse c = {.program = p, .rw = opt_rewrite_begin(p, f), .mask = size - 1};
  c.parent = ARENA_ARRAY(a, uint32_t, (size_t)len + 1);
  c.region_of = ARENA_ARRAY(a, uint32_t, len);
  c.version = ARENA_ARRAY(a, uint32_t, len);
  c.next = ARENA_ARRAY(a, ir_value, len);
  c.stores = ARENA_ARRAY(a, uint32_t, p->fields.len);
  c.bucket = ARENA_ARRAY(a, ir_value, size);
  for (uint32_t i = 0; i < size; i++)
    c.bucket[i] = IR_NO_VALUE;
  for (uint32_t i = 0; i < len; i++)
    visit(&c, i);
  opt_rewrite_end(&c.rw);
}

void opt_cse(ir_program *p) {
  for (uint32_t i = 0; i < p->functions.len; i++)
    cse_function(p, p->functions.data[i]);
}
