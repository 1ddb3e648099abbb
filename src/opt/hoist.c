/* SPDX-License-Identifier: MIT */
/* hoist.c - what is the same at every step is computed once, by a setup function, and kept in a field.
 *
 *   step { %0 = load $tau  %1 = const -0.1  %2 = div %1 %0  %3 = math1 exp %2  %4 = load $v  %5 = mul %3 %4 ... }
 *
 * becomes
 *
 *   setup { ... %3 = math1 exp %2  store $i %3 }     step { %0 = load $i  %1 = load $v  %2 = mul %0 %1 ... }
 *
 * A whole invariant expression moves at once: only the values that other operations use get fields. What follows
 * from uniform values is one number, computed over the run's domain; else it is one an element. */
#include "ir/needed.h"
#include "opt/opt_internal.h"

typedef enum { VARIES, IS_PER_ELEMENT, IS_UNIFORM } variation;

enum { WORTH_HOISTING = 5 }; /* an operation of at least this cost must be saved: a load costs 4 */

/* A setup function that is made when the first value moves into it. */
typedef struct {
  bool is_uniform;
  ir_function *function;
  ir_value *map; /* per operation of the function that is emptied; IR_NO_VALUE: not yet there */
} target;

typedef struct {
  ir_program *program;
  ir_function *function;
  variation *variation; /* per operation */
  bool *is_costly;      /* per invariant operation: it, or what it needs of the same variation, is worth hoisting */
  bool *is_root;        /* costly, and used by what varies more or is not costly: gets a field */
  nsa_field_id *field;  /* per root, once it has moved */
  target targets[2];
  uint32_t field_count;
  bool *has_moved; /* likewise: whether it has */
  ir_walk walk;
} hoist;

static bool role_repeats(uint32_t role) {
  return role == NSA_ROLE_STEP || role == NSA_ROLE_SOURCE || role == NSA_ROLE_LINK || role == NSA_ROLE_COLLECT ||
         role == NSA_ROLE_SETTLE || role == NSA_ROLE_ARRIVAL || role == NSA_ROLE_LINK_STEP;
}

static bool kind_is_fixed(uint32_t kind) {
  static const nsa_field_kind kinds[] = {NSA_FIELD_PARAM,       NSA_FIELD_GIVEN,         NSA_FIELD_INVARIANT,
                                         NSA_FIELD_FAN_IN,      NSA_FIELD_FAN_OUT,       NSA_FIELD_LINK_SOURCE,
                                         NSA_FIELD_LINK_TARGET, NSA_FIELD_LINK_DISTANCE, NSA_FIELD_LINK_COPY,
                                         NSA_FIELD_LINK_COLUMN, NSA_FIELD_PARTNER,       NSA_FIELD_PARTNER_KNOWN};
  for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (kinds[i] == kind)
      return true;
  return false;
}

/* Per field whether it keeps its values once the run has begun. */
static bool *find_fixed_fields(const ir_program *p) {
  bool *is_fixed = ARENA_ARRAY(p->arena, bool, p->fields.len);
  for (uint32_t i = 0; i < p->fields.len; i++)
    is_fixed[i] = kind_is_fixed(p->fields.data[i].kind);
  for (uint32_t i = 0; i < p->functions.len; i++) {
    const ir_function *f = p->functions.data[i];
    if (f->role == NSA_ROLE_INIT || f->role == NSA_ROLE_SETUP)
      continue;
    for (uint32_t k = 0; k < f->ops.len; k++)
      if (opt_has_effect(&f->ops.data[k]) && ir_op_has_field(&f->ops.data[k]))
        is_fixed[f->ops.data[k].field.id] = false;
  }
  return is_fixed;
}

static variation combine(variation x, variation y) { return x < y ? x : y; }

static variation own_variation(const ir_program *p, const bool *is_fixed, const ir_op *op) {
  switch (op->op) {
  case IR_OP_load:
  case IR_OP_load_at:
    if (!is_fixed[op->field.id])
      return VARIES;
    return p->fields.data[op->field.id].is_uniform ? IS_UNIFORM : IS_PER_ELEMENT;
  case IR_OP_element:
  case IR_OP_shift:
  case IR_OP_shift_valid:
    return IS_PER_ELEMENT;
  case IR_OP_tick:
  case IR_OP_time:
  case IR_OP_rand_uniform:
  case IR_OP_rand_normal:
  case IR_OP_rand_exponential:
  case IR_OP_rand_poisson:
  case IR_OP_rand_bernoulli:
  case IR_OP_rand_lognormal:
  case IR_OP_rand_gamma:
  case IR_OP_rand_binomial:
    return VARIES;
  default:
    return opt_has_effect(op) || opt_is_marker(op) ? VARIES : IS_UNIFORM;
  }
}

static void classify(hoist *h, const bool *is_fixed) {
  const ir_function *f = h->function;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    variation v = own_variation(h->program, is_fixed, op);
    bool is_load = op->op == IR_OP_load || op->op == IR_OP_load_at;
    bool is_costly = !is_load && ir_ops[op->op].cost >= WORTH_HOISTING;
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++) {
      ir_value arg = ir_op_arg(f, op, k);
      v = combine(v, h->variation[arg]);
    }
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++) {
      ir_value arg = ir_op_arg(f, op, k);
      is_costly = is_costly || (h->is_costly[arg] && h->variation[arg] == v);
    }
    h->variation[i] = v;
    h->is_costly[i] = is_costly && v != VARIES;
  }
}

static void find_roots(hoist *h) {
  const ir_function *f = h->function;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++) {
      ir_value arg = ir_op_arg(f, op, k);
      uint16_t type = f->ops.data[arg].type;
      bool moves_along = h->is_costly[i] && h->variation[i] == h->variation[arg];
      if (h->is_costly[arg] && !moves_along && (type == IR_F64 || type == IR_B1))
        h->is_root[arg] = true;
    }
  }
}

static uint32_t run_domain(ir_program *p) {
  for (uint32_t i = 0; i < p->domains.len; i++)
    if (p->domains.data[i].kind == NSA_DOMAIN_RUN)
      return i;
  return ir_domain_of_run(p);
}

static void add_to_setup(ir_program *p, nsa_kernel_id kernel) {
  nsa_program *t = p->program;
  nsa_kernel_id *list = ARENA_ARRAY(p->arena, nsa_kernel_id, (size_t)t->setup_count + 1);
  if (t->setup_count != 0)
    memcpy(list, t->setup, t->setup_count * sizeof *list);
  list[t->setup_count++] = kernel;
  t->setup = list;
}

static target *target_for(hoist *h, bool is_uniform) {
  target *t = &h->targets[is_uniform];
  if (t->function != NULL)
    return t;
  ir_program *p = h->program;
  const ir_function *f = h->function;
  nsa_kernel_id number;
  uint32_t domain = is_uniform ? run_domain(p) : f->domain;
  const char *name = arena_printf(p->arena, "%s.%s", f->name, is_uniform ? "setup_uniform" : "setup");
  t->function = ir_function_add(p, name, NSA_ROLE_SETUP, domain, f->timescale, &number);
  add_to_setup(p, number);
  t->map = ARENA_ARRAY(p->arena, ir_value, f->ops.len);
  for (uint32_t i = 0; i < f->ops.len; i++)
    t->map[i] = IR_NO_VALUE;
  return t;
}

/* Copies the operation and all that it needs; these come before it. A root that has moved is loaded. */
static ir_value move_value(hoist *h, target *t, ir_value root) {
  const ir_function *f = h->function;
  ir_builder b = ir_builder_on(h->program, t->function);
  ir_walk_needed(h->program->arena, &h->walk, f, &root, 1);
  for (uint32_t i = 0; i < h->walk.met.len; i++) {
    ir_value v = h->walk.met.data[i];
    if (t->map[v] == IR_NO_VALUE)
      t->map[v] = h->has_moved[v] ? ir_load(&b, h->field[v]) : ir_copy_op(&b, f, &f->ops.data[v], t->map);
  }
  return t->map[root];
}

/* Computes the root in a setup function; a field keeps it. */
static void move_root(hoist *h, ir_value root) {
  ir_program *p = h->program;
  const ir_op *op = &h->function->ops.data[root];
  bool is_uniform = h->variation[root] == IS_UNIFORM;
  target *t = target_for(h, is_uniform);
  nsa_field field = {.kind = NSA_FIELD_INVARIANT,
                     .domain = h->function->domain,
                     .connection = NSA_NO_CONNECTION,
                     .image = NSA_NO_IMAGE,
                     .given = NSA_NO_FIELD};
  field.name = arena_printf(p->arena, "%s.invariant%u", h->function->name, h->field_count++);
  field.type = op->type == IR_B1 ? NSA_B1 : op->is_single && !is_uniform ? NSA_F32 : NSA_F64;
  field.is_uniform = is_uniform;
  field.unit = "";
  ir_value value = move_value(h, t, root);
  ir_builder b = ir_builder_on(p, t->function);
  b.at = op->at;
  h->field[root] = ir_field_add(p, field);
  h->has_moved[root] = true;
  ir_store(&b, h->field[root], value);
}

/* Uniform values first: those of each element may need them, and setup functions run in the order in which
 * they are made. */
static void move_roots(hoist *h) {
  static const variation order[] = {IS_UNIFORM, IS_PER_ELEMENT};
  for (uint32_t round = 0; round < 2; round++)
    for (uint32_t i = 0; i < h->function->ops.len; i++)
      if (h->is_root[i] && h->variation[i] == order[round])
        move_root(h, i);
}

static void rewrite(hoist *h) {
  opt_rewrite rw = opt_rewrite_begin(h->program, h->function);
  for (uint32_t i = 0; i < h->function->ops.len; i++) {
    if (!h->is_root[i]) {
      opt_rewrite_copy(&rw, i);
      continue;
    }
    rw.b.at = h->function->ops.data[i].at;
    rw.map[i] = ir_load(&rw.b, h->field[i]);
    rw.b.at = SPAN_NONE;
  }
  opt_rewrite_end(&rw);
}

static void hoist_function(ir_program *p, ir_function *f, const bool *is_fixed) {
  arena *a = p->arena;
  hoist h = {.program = p, .function = f};
  h.variation = ARENA_ARRAY(a, variation, f->ops.len);
  h.is_costly = ARENA_ARRAY(a, bool, f->ops.len);
  h.is_root = ARENA_ARRAY(a, bool, f->ops.len);
  h.field = ARENA_ARRAY(a, nsa_field_id, f->ops.len);
  h.has_moved = ARENA_ARRAY(a, bool, f->ops.len);
  h.walk.is_end = h.has_moved;
  classify(&h, is_fixed);
  find_roots(&h);
  move_roots(&h);
  rewrite(&h);
}

/* The functions that hoisting adds are setup functions themselves, and stay as they are. */
void opt_hoist(ir_program *p) {
  const bool *is_fixed = find_fixed_fields(p);
  uint32_t count = p->functions.len;
  for (uint32_t i = 0; i < count; i++)
    if (role_repeats(p->functions.data[i]->role))
      hoist_function(p, p->functions.data[i], is_fixed);
  opt_dce(p); /* what only moved values needed */
}
