/* SPDX-License-Identifier: MIT */
/* validate.c - whether IR is well formed. Everything that later stages rely on is checked here. */
#include "ir/build.h"
#include "ir/ir_internal.h"
#include "nsa_rt.h"
#include "nsa_words.h"

/* ---- one operation ---- */

typedef struct {
  arena *arena;
  const ir_program *program; /* NULL for a fragment */
  const ir_function *function;
  const ir_op *op;
  uint32_t position;
} check_ctx;

static ir_type type_of_letter(char letter) {
  static const struct {
    char letter;
    ir_type type;
  } types[] = {{'f', IR_F64}, {'b', IR_B1}, {'i', IR_INDEX}, {'t', IR_TUPLE}};
  for (uint32_t i = 0; i < sizeof types / sizeof types[0]; i++)
    if (types[i].letter == letter)
      return types[i].type;
  return IR_ANY;
}

static ir_type type_of_field(const nsa_field *field) {
  static const ir_type types[nsa_type_count] = {
      [NSA_F64] = IR_F64, [NSA_B1] = IR_B1, [NSA_INDEX] = IR_INDEX, [NSA_F32] = IR_F64};
  return field->type < nsa_type_count ? types[field->type] : IR_NONE;
}

ir_type ir_result_type(const ir_program *p, const ir_op *op) {
  const ir_op_info *info = &ir_ops[op->op];
  if (info->type != IR_ANY)
    return info->type;
  return p == NULL ? IR_NONE : type_of_field(&p->fields.data[op->field.id]);
}

static const char *check_arg(const check_ctx *c, uint32_t i, ir_value value, ir_type want) {
  if (value >= c->position)
    return arena_printf(c->arena, "argument %u is not an operation before it", i + 1);
  ir_type have = (ir_type)c->function->ops.data[value].type;
  bool is_any_field_type = want == IR_ANY && (have == IR_F64 || have == IR_B1 || have == IR_INDEX);
  if (have != want && !is_any_field_type)
    return arena_printf(c->arena, "argument %u is %s, not %s", i + 1, ir_type_word(have), ir_type_word(want));
  return NULL;
}

static const char *check_args(const check_ctx *c) {
  const ir_op *op = c->op;
  const char *letters = ir_ops[op->op].args, *wrong = NULL;
  uint32_t fixed = (uint32_t)strlen(letters);
  for (uint32_t i = 0; i < fixed && wrong == NULL; i++)
    wrong = check_arg(c, i, op->args[i], type_of_letter(letters[i]));
  if (wrong != NULL || op->extra_count == 0)
    return wrong;
  if (op->extra > c->function->extra.len || op->extra_count > c->function->extra.len - op->extra)
    return "its further arguments are not there";
  for (uint32_t i = 0; i < op->extra_count && wrong == NULL; i++)
    wrong = check_arg(c, fixed + i, c->function->extra.data[op->extra + i], IR_F64);
  return wrong;
}

static const char *check_field(const check_ctx *c) {
  const ir_op *op = c->op;
  const ir_program *p = c->program;
  if (p == NULL)
    return "a fragment has no fields";
  if (op->field.id >= p->fields.len)
    return arena_printf(c->arena, "there is no field %u", op->field.id);
  const nsa_field *field = &p->fields.data[op->field.id];
  if (field->domain >= p->domains.len || c->function->domain >= p->domains.len)
    return "its field or its function has no domain";
  if (op->op == IR_OP_store_at)
    return field->is_uniform ? arena_printf(c->arena, "stores %s, which is uniform", field->name) : NULL;
  if (op->op == IR_OP_load_at || (op->op == IR_OP_load && field->is_uniform))
    return NULL;
  bool is_run = p->domains.data[c->function->domain].kind == NSA_DOMAIN_RUN;
  if (field->is_uniform)
    return is_run ? NULL : arena_printf(c->arena, "stores %s, which is uniform", field->name);
  if (field->domain != c->function->domain)
    return arena_printf(c->arena, "%s belongs to another domain", field->name);
  return NULL;
}

static const char *check_store(const check_ctx *c) {
  const nsa_field *field = &c->program->fields.data[c->op->field.id];
  uint32_t what = c->op->op == IR_OP_store_at ? 1 : 0;
  ir_type have = (ir_type)c->function->ops.data[c->op->args[what]].type;
  if (have != type_of_field(field))
    return arena_printf(c->arena, "stores %s into %s, which is %s", ir_type_word(have), field->name,
                        ir_type_word(type_of_field(field)));
  if (c->op->op == IR_OP_event && c->op->aux >= NSA_MAX_EVENTS)
    return "has an event number beyond NSA_MAX_EVENTS";
  return NULL;
}

static const char *check_clock(const check_ctx *c) {
  return c->op->aux < NSA_MAX_TIMESCALES ? NULL : "has no such timescale";
}

static const char *check_shift(const check_ctx *c) {
  const ir_program *p = c->program;
  uint32_t domain = c->function->domain;
  if (p == NULL || domain >= p->domains.len || p->domains.data[domain].kind != NSA_DOMAIN_POPULATION)
    return "is not over a population";
  return c->op->aux < 256 ? NULL : "shifts too far";
}

static const char *check_index_number(const check_ctx *c) {
  return c->program != NULL && c->op->aux < c->program->domains.len ? NULL : "has no such domain";
}

/* Kernels convert to signed numbers of 32 bits. */
static const char *check_entry(const check_ctx *c) {
  if (c->program == NULL)
    return "stands in a fragment";
  return c->op->aux > 0 && c->op->aux <= INT32_MAX ? NULL : "is of an array of no possible size";
}

static const char *check_math(const check_ctx *c) {
  uint32_t arity = ir_ops[c->op->op].arg_count;
  if (c->op->aux >= ir_math_count || ir_maths[c->op->aux].arity != arity)
    return arena_printf(c->arena, "has no function of %u arguments in row %u", arity, c->op->aux);
  return NULL;
}

/* Larger systems do not fit a kernel's work space; solvers refuse them long before. */
enum { LARGEST_TUPLE = 64 };

static const char *check_tuple(const check_ctx *c) {
  uint32_t n = c->op->aux;
  if (n == 0 || n > LARGEST_TUPLE)
    return "has a matrix of no possible size";
  uint32_t need = (c->op->op == IR_OP_expm ? 1 : 2) * n * n + 1;
  return c->op->extra_count == need ? NULL
                                    : arena_printf(c->arena, "needs %u arguments, has %u", need, c->op->extra_count);
}

uint32_t ir_extra_count(const ir_op *op) {
  switch (op->op) {
  case IR_OP_expm:
    return op->aux * op->aux + 1;
  case IR_OP_oucov:
    return 2 * op->aux * op->aux + 1;
  case IR_OP_loop_begin:
  case IR_OP_loop_end:
    return op->aux;
  default:
    return 0;
  }
}

static bool is_loop(const ir_op *op) { return op->op == IR_OP_loop_begin || op->op == IR_OP_loop_end; }

static const char *check_loop(const check_ctx *c) {
  const ir_op *op = c->op;
  if (c->program == NULL)
    return "stands in a fragment";
  if (op->aux == 0 || op->aux > IR_MOST_LOOP_VARIABLES)
    return "has no possible number of variables";
  if (op->extra_count != op->aux)
    return arena_printf(c->arena, "needs %u values, has %u", op->aux, op->extra_count);
  if (op->op == IR_OP_loop_begin)
    return NULL;
  const ir_op *begin = &c->function->ops.data[op->args[0]];
  return begin->op == IR_OP_loop_begin && begin->aux == op->aux ? NULL : "does not belong to a loop_begin";
}

static const char *check_get(const check_ctx *c) {
  const ir_op *tuple = &c->function->ops.data[c->op->args[0]];
  uint32_t entries = (tuple->op == IR_OP_expm ? 2 : 1) * tuple->aux * tuple->aux;
  if (is_loop(tuple))
    entries = tuple->aux;
  return c->op->aux < entries ? NULL : "takes an entry that the tuple does not have";
}

static const char *check_arg_op(const check_ctx *c) { return c->program == NULL ? NULL : "stands outside a fragment"; }

static const char *check_place(const check_ctx *c) { return c->program != NULL ? NULL : "stands in a fragment"; }

static const char *check_random(const check_ctx *c) {
  const char *wrong = check_place(c);
  return wrong != NULL ? wrong : check_clock(c);
}

/* What is special to an operation, beyond the types of its arguments. */
static const char *(*const special_checks[IR_OP_COUNT])(const check_ctx *) = {
    [IR_OP_arg] = check_arg_op,
    [IR_OP_barg] = check_arg_op,
    [IR_OP_element] = check_place,
    [IR_OP_tick] = check_random,
    [IR_OP_time] = check_random,
    [IR_OP_store] = check_store,
    [IR_OP_event] = check_store,
    [IR_OP_store_at] = check_store,
    [IR_OP_shift] = check_shift,
    [IR_OP_shift_valid] = check_shift,
    [IR_OP_index_number] = check_index_number,
    [IR_OP_entry] = check_entry,
    [IR_OP_math1] = check_math,
    [IR_OP_math2] = check_math,
    [IR_OP_math3] = check_math,
    [IR_OP_rand_uniform] = check_random,
    [IR_OP_rand_normal] = check_random,
    [IR_OP_rand_exponential] = check_random,
    [IR_OP_rand_poisson] = check_random,
    [IR_OP_rand_bernoulli] = check_random,
    [IR_OP_rand_lognormal] = check_random,
    [IR_OP_rand_gamma] = check_random,
    [IR_OP_rand_binomial] = check_random,
    [IR_OP_expm] = check_tuple,
    [IR_OP_oucov] = check_tuple,
    [IR_OP_get] = check_get,
    [IR_OP_check] = check_place,
    [IR_OP_skip_begin] = check_place,
    [IR_OP_skip_end] = check_place,
    [IR_OP_loop_begin] = check_loop,
    [IR_OP_loop_end] = check_loop,
};

const char *ir_check_op(arena *a, const ir_program *p, const ir_function *f, const ir_op *op, uint32_t position) {
  if (op->op >= IR_OP_COUNT)
    return "an operation that does not exist";
  check_ctx c = {a, p, f, op, position};
  if (op->extra_count != ir_extra_count(op) && ir_extra_count(op) == 0)
    return "further arguments that it does not take";
  if (op->is_single && !ir_can_be_single(op))
    return arena_printf(a, "%s: cannot be of single precision", ir_ops[op->op].word);
  const char *wrong = check_args(&c);
  if (wrong == NULL && ir_op_has_field(op))
    wrong = check_field(&c);
  if (wrong == NULL && special_checks[op->op] != NULL)
    wrong = special_checks[op->op](&c);
  return wrong == NULL ? NULL : arena_printf(a, "%s: %s", ir_ops[op->op].word, wrong);
}

/* ---- a whole function ---- */

/* Skip regions and loops as a tree: for each operation the region it lies in, for each region its parent. */
typedef struct {
  uint32_t begin, parent;
} region;

typedef struct {
  VEC(region) list; /* [0] is the whole function */
  uint32_t *of_op;
} region_tree;

static const char *find_regions(arena *a, const ir_function *f, region_tree *tree) {
  vec_push(a, &tree->list, ((region){UINT32_MAX, UINT32_MAX}));
  tree->of_op = ARENA_ARRAY(a, uint32_t, f->ops.len);
  uint32_t current = 0;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    uint32_t begin = tree->list.data[current].begin;
    if (op->op == IR_OP_skip_end && (current == 0 || f->ops.data[begin].op != IR_OP_skip_begin))
      return arena_printf(a, "operation %u: skip_end without skip_begin", i);
    if (op->op == IR_OP_loop_end && begin != op->args[0])
      return arena_printf(a, "operation %u: loop_end without its loop_begin", i);
    if (op->op == IR_OP_skip_end || op->op == IR_OP_loop_end)
      current = tree->list.data[current].parent;
    tree->of_op[i] = current;
    if (op->op == IR_OP_skip_begin || op->op == IR_OP_loop_begin) {
      vec_push(a, &tree->list, ((region){i, current}));
      current = tree->list.len - 1;
    }
  }
  if (current == 0)
    return NULL;
  return f->ops.data[tree->list.data[current].begin].op == IR_OP_skip_begin ? "skip_begin without skip_end"
                                                                            : "loop_begin without loop_end";
}

static bool region_contains(const region_tree *tree, uint32_t outer, uint32_t inner) {
  while (inner != UINT32_MAX && inner != outer)
    inner = tree->list.data[inner].parent;
  return inner == outer;
}

/* Effects are not allowed in a loop, because nobody outside knows how often its round is done. */
static const char *check_effects(arena *a, const ir_function *f, const region_tree *tree, uint32_t i) {
  uint16_t op = f->ops.data[i].op;
  if (op != IR_OP_store && op != IR_OP_store_at && op != IR_OP_event && op != IR_OP_check)
    return NULL;
  for (uint32_t r = tree->of_op[i]; r != 0; r = tree->list.data[r].parent)
    if (f->ops.data[tree->list.data[r].begin].op == IR_OP_loop_begin)
      return arena_printf(a, "operation %u: %s in a loop", i, ir_ops[op].word);
  return NULL;
}

/* A value of a loop leaves the loop only by its loop_end. A value of a skip region leaves the region only as the second
 * argument of a select on the region's condition. */
static const char *check_use(arena *a, const ir_function *f, uint32_t begin, uint32_t i, uint32_t argument) {
  const ir_op *op = &f->ops.data[i];
  ir_value value = ir_op_arg(f, op, argument);
  if (f->ops.data[begin].op == IR_OP_loop_begin)
    return op->op == IR_OP_loop_end && op->args[0] == begin
               ? NULL
               : arena_printf(a, "operation %u: %%%u is used outside its loop", i, value);
  bool is_select = op->op == IR_OP_select || op->op == IR_OP_bselect;
  return is_select && argument == 1 && op->args[0] == f->ops.data[begin].args[0]
             ? NULL
             : arena_printf(a, "operation %u: %%%u is used outside its skip region", i, value);
}

static const char *check_uses(arena *a, const ir_function *f, const region_tree *tree, uint32_t i) {
  const ir_op *op = &f->ops.data[i];
  for (uint32_t k = 0; k < ir_op_arg_count(op); k++) {
    ir_value value = ir_op_arg(f, op, k);
    for (uint32_t r = tree->of_op[value]; !region_contains(tree, r, tree->of_op[i]); r = tree->list.data[r].parent) {
      const char *wrong = check_use(a, f, tree->list.data[r].begin, i, k);
      if (wrong != NULL)
        return wrong;
    }
  }
  return check_effects(a, f, tree, i);
}

/* No other entry may read what this function stores: what is stored at an index may be loaded at that index. */
static const char *check_foreign_loads(arena *a, const ir_program *p, const ir_function *f) {
  enum { NOWHERE, OWN, AT };
  uint32_t *stored = ARENA_ARRAY(a, uint32_t, p->fields.len); /* AT + the index's value */
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    if (op->op == IR_OP_store || op->op == IR_OP_event)
      stored[op->field.id] = OWN;
    else if (op->op == IR_OP_store_at)
      stored[op->field.id] = AT + op->args[0];
  }
  for (uint32_t i = 0; i < f->ops.len; i++)
    if (f->ops.data[i].op == IR_OP_load_at && stored[f->ops.data[i].field.id] != NOWHERE &&
        stored[f->ops.data[i].field.id] != AT + f->ops.data[i].args[0])
      return arena_printf(a, "operation %u: load_at of %s, which this function stores", i,
                          p->fields.data[f->ops.data[i].field.id].name);
  return NULL;
}

static const char *check_function(arena *a, const ir_program *p, const ir_function *f) {
  if (f->domain >= p->domains.len)
    return "no such domain";
  if (nsa_word_of_role(f->role) == NULL)
    return "no such role";
  if (f->timescale >= NSA_MAX_TIMESCALES)
    return "no such timescale";
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    const char *wrong = ir_check_op(a, p, f, op, i);
    if (wrong != NULL)
      return arena_printf(a, "operation %u: %s", i, wrong);
    if (op->type != (uint8_t)ir_result_type(p, op))
      return arena_printf(a, "operation %u: %s: its type is wrong", i, ir_ops[op->op].word);
    if (op->op == IR_OP_event && f->role != NSA_ROLE_STEP && f->role != NSA_ROLE_PHASE_BLOCK)
      return arena_printf(a, "operation %u: an event in a function that may have none", i);
  }
  region_tree tree = {0};
  const char *wrong = find_regions(a, f, &tree);
  for (uint32_t i = 0; i < f->ops.len && wrong == NULL; i++)
    wrong = check_uses(a, f, &tree, i);
  return wrong != NULL ? wrong : check_foreign_loads(a, p, f);
}

static const char *check_field_row(arena *a, const ir_program *p, uint32_t i) {
  const nsa_field *field = &p->fields.data[i];
  bool is_right = field->domain < p->domains.len && field->type < nsa_type_count &&
                  nsa_word_of_field_kind(field->kind) != NULL && field->name != NULL;
  return is_right ? NULL : arena_printf(a, "field %u: no name, type, kind or domain", i);
}

const char *ir_validate(arena *a, const ir_program *p) {
  for (uint32_t i = 0; i < p->domains.len; i++)
    if (nsa_word_of_domain_kind(p->domains.data[i].kind) == NULL)
      return arena_printf(a, "domain %u: no such kind", i);
  for (uint32_t i = 0; i < p->fields.len; i++) {
    const char *wrong = check_field_row(a, p, i);
    if (wrong != NULL)
      return wrong;
  }
  for (uint32_t i = 0; i < p->functions.len; i++) {
    const char *wrong = check_function(a, p, p->functions.data[i]);
    if (wrong != NULL)
      return arena_printf(a, "function %u (%s): %s", i, p->functions.data[i]->name, wrong);
  }
  return NULL;
}
