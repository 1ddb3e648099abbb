/* SPDX-License-Identifier: MIT */
/* memory.c - loads and stores of fields, grid neighbours, event flags.
 *
 * Arrays begin at multiples of 64 bytes and are padded to NSA_PAD entries, and a kernel's range
 * begins and ends at multiples of NSA_PAD: so whole vectors may be loaded and stored, aligned. */
#include "emit/emit_internal.h"

static const nsa_field *field_of(const kernel *k, nsa_field_id field) {
  return &k->m->program->program->fields[field.id];
}

static kernel_slot *slot_of(kernel *k, nsa_field_id field) { return &k->slots[k->slot_of[field.id]]; }

/* The type of one entry in memory, and its bytes. */
static LLVMTypeRef entry_type(const module_emitter *m, uint32_t type, unsigned *size) {
  static const unsigned sizes[nsa_type_count] = NSA_TYPE_SIZES;
  const LLVMTypeRef types[nsa_type_count] = {
      [NSA_F64] = m->f64, [NSA_B1] = m->i8, [NSA_INDEX] = m->i32, [NSA_F32] = m->f32};
  *size = sizes[type];
  return types[type];
}

static LLVMValueRef address(LLVMBuilderRef b, LLVMTypeRef entry, LLVMValueRef array, LLVMValueRef number) {
  return LLVMBuildGEP2(b, entry, array, &number, 1, "");
}

static LLVMValueRef load_tagged(kernel *k, LLVMBuilderRef b, LLVMTypeRef type, LLVMValueRef from, unsigned align,
                                nsa_field_id field) {
  LLVMValueRef load = LLVMBuildLoad2(b, type, from, "");
  LLVMSetAlignment(load, align);
  emit_tag_field(k->m, load, field);
  return load;
}

/* Bytes become truth values. */
static LLVMValueRef from_memory(LLVMBuilderRef b, uint32_t type, LLVMValueRef x) {
  if (type != NSA_B1)
    return x;
  return LLVMBuildICmp(b, LLVMIntNE, x, LLVMConstNull(LLVMTypeOf(x)), "");
}

/* ---- loads ---- */

static LLVMValueRef load_uniform(kernel *k, LLVMBuilderRef b, nsa_field_id field) {
  module_emitter *m = k->m;
  uint32_t type = field_of(k, field)->type;
  unsigned size;
  LLVMTypeRef entry = entry_type(m, type, &size);
  LLVMValueRef one = load_tagged(k, b, entry, emit_array(k, field), size, field);
  return emit_splat(m, b, from_memory(b, type, one));
}

/* Once before the loop, unless this function stores it. */
static LLVMValueRef uniform_value(kernel *k, nsa_field_id field) {
  kernel_slot *slot = slot_of(k, field);
  if (slot->is_stored)
    return load_uniform(k, k->m->body, field);
  if (slot->value == NULL)
    slot->value = load_uniform(k, k->m->entry, field);
  return slot->value;
}

static LLVMValueRef load_own(kernel *k, nsa_field_id field) {
  module_emitter *m = k->m;
  uint32_t type = field_of(k, field)->type;
  unsigned size;
  LLVMTypeRef entry = entry_type(m, type, &size);
  LLVMValueRef from = address(m->body, entry, emit_array(k, field), k->first);
  LLVMValueRef x = load_tagged(k, m->body, emit_lanes_of(m, entry), from, emit_alignment(m, size), field);
  return from_memory(m->body, type, x);
}

LLVMValueRef emit_load(kernel *k, const ir_op *op) {
  return field_of(k, op->field)->is_uniform ? uniform_value(k, op->field) : load_own(k, op->field);
}

/* Lane `lane` of an index, as i64. An index that was just loaded is loaded again as a scalar, which is
 * cheaper than taking it out of a vector. */
static LLVMValueRef lane_index(kernel *k, ir_value index, uint32_t lane) {
  module_emitter *m = k->m;
  const ir_op *from = &k->function->ops.data[index];
  LLVMValueRef number;
  if (from->op == IR_OP_load && !field_of(k, from->field)->is_uniform && !slot_of(k, from->field)->is_stored) {
    LLVMValueRef at = LLVMBuildAdd(m->body, k->first, LLVMConstInt(m->i64, lane, 0), "");
    LLVMValueRef place = address(m->body, m->i32, emit_array(k, from->field), at);
    number = load_tagged(k, m->body, m->i32, place, 4, from->field);
  } else {
    number = emit_lane(m, k->values[index], lane);
  }
  return LLVMBuildZExt(m->body, number, m->i64, "");
}

static LLVMValueRef gather(kernel *k, nsa_field_id field, ir_value index) {
  module_emitter *m = k->m;
  uint32_t type = field_of(k, field)->type;
  unsigned size;
  LLVMTypeRef entry = entry_type(m, type, &size);
  LLVMValueRef array = emit_array(k, field), x = NULL;
  for (uint32_t lane = 0; lane < m->width; lane++) {
    LLVMValueRef place = address(m->body, entry, array, lane_index(k, index, lane));
    x = emit_set_lane(m, x, load_tagged(k, m->body, entry, place, size, field), lane);
  }
  return from_memory(m->body, type, x);
}

/* ---- grid neighbours ---- */

typedef struct {
  int32_t down, right, offset; /* rows, columns, entries */
  uint32_t rows, columns;
} neighbour;

static neighbour neighbour_of(const kernel *k, uint32_t aux) {
  const nsa_program *p = k->m->program->program;
  const nsa_domain *domain = &p->domains[k->function->domain];
  if (domain->kind != NSA_DOMAIN_POPULATION)
    emit_bug("a grid neighbour outside of a population", k->function->name);
  const nsa_population *population = &p->populations[domain->population.id];
  neighbour n = {.down = (int32_t)(aux / 16) - 8,
                 .right = (int32_t)(aux % 16) - 8,
                 .rows = population->rows,
                 .columns = population->cols};
  n.offset = n.down * (int32_t)n.columns + n.right;
  return n;
}

/* Rows and columns of this iteration's elements. */
static void find_places(kernel *k, uint32_t columns) {
  if (k->rows != NULL)
    return;
  module_emitter *m = k->m;
  LLVMValueRef first = emit_first(k, k->function->domain), width = emit_splat_i32(m, columns);
  first = emit_splat(m, m->entry, LLVMBuildFPToUI(m->entry, first, m->i32, ""));
  LLVMValueRef numbers = LLVMBuildAdd(m->head, emit_numbers(k), first, "");
  k->rows = LLVMBuildUDiv(m->head, numbers, width, "rows");
  LLVMValueRef before = LLVMBuildMul(m->head, k->rows, width, "");
  k->columns = LLVMBuildSub(m->head, numbers, before, "columns");
}

/* 0 <= place + by < count, as one unsigned comparison. */
static LLVMValueRef is_inside(kernel *k, LLVMValueRef place, int32_t by, uint32_t count) {
  module_emitter *m = k->m;
  LLVMValueRef moved = LLVMBuildAdd(m->body, place, emit_splat_i32(m, (uint32_t)by), "");
  return LLVMBuildICmp(m->body, LLVMIntULT, moved, emit_splat_i32(m, count), "");
}

static LLVMValueRef is_valid(kernel *k, const neighbour *n) {
  find_places(k, n->columns);
  LLVMValueRef row = is_inside(k, k->rows, n->down, n->rows);
  LLVMValueRef column = is_inside(k, k->columns, n->right, n->columns);
  return LLVMBuildAnd(k->m->body, row, column, "");
}

LLVMValueRef emit_shift_valid(kernel *k, const ir_op *op) {
  neighbour n = neighbour_of(k, op->aux);
  return is_valid(k, &n);
}

LLVMValueRef emit_shift(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  neighbour n = neighbour_of(k, op->aux);
  LLVMValueRef valid = is_valid(k, &n), numbers = emit_numbers(k);
  LLVMValueRef moved = LLVMBuildAdd(m->body, numbers, emit_splat_i32(m, (uint32_t)n.offset), "");
  return LLVMBuildSelect(m->body, valid, moved, numbers, "");
}

/* Neighbours of consecutive elements are consecutive too. Lanes that fall off the grid take the
 * element's own value; the masked load does not touch their memory. */
static LLVMValueRef load_neighbours(kernel *k, nsa_field_id field, uint32_t aux) {
  module_emitter *m = k->m;
  neighbour n = neighbour_of(k, aux);
  LLVMValueRef offset = LLVMConstInt(m->i64, (unsigned long long)n.offset, 1);
  LLVMValueRef at = LLVMBuildAdd(m->body, k->first, offset, "");
  unsigned size;
  LLVMTypeRef entry = entry_type(m, field_of(k, field)->type, &size);
  LLVMValueRef from = address(m->body, entry, emit_array(k, field), at);
  LLVMValueRef args[4] = {from, LLVMConstInt(m->i32, size, 0), is_valid(k, &n), load_own(k, field)};
  unsigned id = LLVMLookupIntrinsicID("llvm.masked.load", strlen("llvm.masked.load"));
  LLVMTypeRef overload[2] = {emit_lanes_of(m, entry), m->ptr};
  LLVMValueRef fn = LLVMGetIntrinsicDeclaration(m->module, id, overload, 2);
  LLVMTypeRef type = LLVMIntrinsicGetType(m->context, id, overload, 2);
  LLVMValueRef load = LLVMBuildCall2(m->body, type, fn, args, 4, "");
  emit_tag_field(m, load, field);
  return load;
}

LLVMValueRef emit_load_at(kernel *k, const ir_op *op) {
  const nsa_field *field = field_of(k, op->field);
  if (field->is_uniform)
    return uniform_value(k, op->field);
  const ir_op *index = &k->function->ops.data[op->args[0]];
  bool is_neighbour = index->op == IR_OP_shift && field->domain == k->function->domain &&
                      (field->type == NSA_F64 || field->type == NSA_F32) && k->m->width > 1;
  return is_neighbour ? load_neighbours(k, op->field, index->aux) : gather(k, op->field, op->args[0]);
}

/* ---- stores ---- */

static LLVMValueRef to_memory(module_emitter *m, uint32_t type, LLVMValueRef x) {
  if (type == NSA_B1)
    return LLVMBuildZExt(m->body, x, m->vi8, "");
  return type == NSA_INDEX ? x : emit_converted(m, x, type == NSA_F32 ? m->vf32 : m->vf64);
}

static void store_tagged(kernel *k, LLVMValueRef x, LLVMValueRef to, unsigned align, nsa_field_id field) {
  LLVMValueRef store = LLVMBuildStore(k->m->body, x, to);
  LLVMSetAlignment(store, align);
  emit_tag_field(k->m, store, field);
}

static void store_own(kernel *k, nsa_field_id field, LLVMValueRef x) {
  module_emitter *m = k->m;
  uint32_t type = field_of(k, field)->type;
  unsigned size;
  LLVMTypeRef entry = entry_type(m, type, &size);
  LLVMValueRef to = address(m->body, entry, emit_array(k, field), k->first);
  store_tagged(k, to_memory(m, type, x), to, emit_alignment(m, size), field);
}

/* Entry 0 alone decides: lane 0 of the iteration that begins at 0. */
static void store_uniform(kernel *k, nsa_field_id field, LLVMValueRef x) {
  if (!k->is_single)
    emit_bug("a uniform field stored by a function over many entries", k->function->name);
  uint32_t type = field_of(k, field)->type;
  unsigned size;
  entry_type(k->m, type, &size);
  LLVMValueRef lane = emit_lane(k->m, to_memory(k->m, type, x), 0);
  store_tagged(k, lane, emit_array(k, field), size, field);
}

LLVMValueRef emit_store(kernel *k, const ir_op *op) {
  LLVMValueRef x = k->values[op->args[0]];
  if (field_of(k, op->field)->is_uniform)
    store_uniform(k, op->field, x);
  else
    store_own(k, op->field, x);
  return NULL;
}

/* Lane by lane: their entries differ. */
LLVMValueRef emit_store_at(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  const nsa_field *field = field_of(k, op->field);
  unsigned size;
  LLVMTypeRef entry = entry_type(m, field->type, &size);
  LLVMValueRef array = emit_array(k, op->field), x = to_memory(m, field->type, k->values[op->args[1]]);
  for (uint32_t lane = 0; lane < m->width; lane++) {
    LLVMValueRef to = address(m->body, entry, array, lane_index(k, op->args[0], lane));
    store_tagged(k, emit_lane(m, x, lane), to, size, op->field);
  }
  return NULL;
}

/* The flags are stored; whether any is set is gathered in a register and told at the end. */
LLVMValueRef emit_event(kernel *k, const ir_op *op) {
  module_emitter *m = k->m;
  LLVMValueRef fired = k->values[op->args[0]];
  store_own(k, op->field, fired);
  if (op->aux >= NSA_MAX_EVENTS)
    emit_bug("too many events", k->function->name);
  LLVMValueRef *seen = &k->events[op->aux];
  if (*seen == NULL) {
    *seen = emit_stack(k, m->vflag, 1, "event");
    LLVMBuildStore(m->entry, LLVMConstNull(m->vflag), *seen);
  }
  LLVMValueRef wide = LLVMBuildSExt(m->body, fired, m->vflag, "");
  LLVMValueRef before = LLVMBuildLoad2(m->body, m->vflag, *seen, "");
  LLVMBuildStore(m->body, LLVMBuildOr(m->body, before, wide, ""), *seen);
  return NULL;
}
