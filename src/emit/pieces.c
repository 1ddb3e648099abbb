/* SPDX-License-Identifier: MIT */
/* pieces.c - long kernels. What LLVM does to a function takes more than twice as long for twice as many operations. So
 * the straight stretches of a long kernel become functions of their own, of bounded length, and the kernel keeps what
 * controls them: its loop over the elements, skip regions, loops, events and matrix exponentials. Its maths stay calls.
 *
 * A value that another piece reads goes through the frame, a buffer on the kernel's stack; its places are used again
 * once nobody reads them any more. Each piece takes the fields, the clock, the first element and the frame. Which
 * operations are done, and on what, is the same as without pieces, to the last bit. */
#include "emit/pieces.h"

/* A kernel is long by what its operations, memory and the maths that would be inlined take; usual models have a few
 * hundred to two thousand. A piece has so many operations. */
enum { LONG_KERNEL = 5000, PIECE = 200 };

bool emit_is_long(const ir_function *f) {
  uint64_t length = 0;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op_info *info = &ir_ops[f->ops.data[i].op];
    bool is_call = info->carries == IR_CARRIES_KEY || f->ops.data[i].op == IR_OP_math1 ||
                   f->ops.data[i].op == IR_OP_math2 || f->ops.data[i].op == IR_OP_math3;
    length += 1 + (is_call || ir_op_has_field(&f->ops.data[i]) ? info->cost : 0);
  }
  return length > LONG_KERNEL;
}

enum { KERNEL = 0, NO_PLACE = UINT32_MAX }; /* the piece that is the kernel itself */

typedef struct {
  kernel *whole, *piece; /* piece: the one that is written; its lists serve all pieces, one after the other */
  uint32_t *piece_of;    /* per operation */
  uint32_t current;
  LLVMValueRef *made;   /* per operation: its value, in its own piece */
  uint32_t *taken_by;   /* per operation: the last piece that took it from the frame */
  uint32_t *place;      /* per operation: in the frame, in vectors of doubles; NO_PLACE: no other piece reads it */
  LLVMTypeRef *type_of; /* per operation that has a place */
  uint32_t place_count;
  LLVMValueRef frame, own_frame; /* the kernel's; the argument of the piece */
  LLVMTypeRef type;              /* of pieces */
  struct {
    LLVMBasicBlockRef entry, head, body;
    LLVMMetadataRef entry_at, head_at;
  } kept; /* where the kernel goes on */
} pieces;

/* ---- what goes where ---- */

static bool belongs_to_kernel(uint16_t op) {
  return op == IR_OP_skip_begin || op == IR_OP_skip_end || op == IR_OP_loop_begin || op == IR_OP_loop_end ||
         op == IR_OP_event || op == IR_OP_expm || op == IR_OP_oucov || op == IR_OP_get;
}

static void cut(pieces *p) {
  const ir_function *f = p->whole->function;
  uint32_t number = KERNEL, length = PIECE;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    if (belongs_to_kernel(f->ops.data[i].op)) {
      length = PIECE; /* behind it another begins */
      continue;
    }
    if (length++ >= PIECE) {
      number++;
      length = 1;
    }
    p->piece_of[i] = number;
  }
}

/* The last operation before which a value of operation i may not be overwritten: one that is read in a loop is read in
 * the next round, too. */
static void find_ends(const pieces *p, uint32_t *end_of) {
  const ir_function *f = p->whole->function;
  uint32_t *loop_end = ARENA_ARRAY(p->whole->m->arena, uint32_t, f->ops.len), end = 0, depth = 0;
  for (uint32_t i = f->ops.len; i-- > 0;) {
    depth += f->ops.data[i].op == IR_OP_loop_end;
    end = depth == 1 && f->ops.data[i].op == IR_OP_loop_end ? i : end;
    loop_end[i] = depth != 0 ? end : i;
    depth -= f->ops.data[i].op == IR_OP_loop_begin;
  }
  for (uint32_t i = 0; i < f->ops.len; i++)
    end_of[i] = loop_end[p->whole->last_use[i]];
}

static void mark_crossing(pieces *p) {
  const ir_function *f = p->whole->function;
  for (uint32_t i = 0; i < f->ops.len; i++)
    for (uint32_t k = 0; k < ir_op_arg_count(&f->ops.data[i]); k++) {
      ir_value arg = ir_op_arg(f, &f->ops.data[i], k);
      uint8_t type = f->ops.data[arg].type;
      if (p->piece_of[arg] != p->piece_of[i] && type != IR_TUPLE && type != IR_NONE)
        p->place[arg] = 0;
    }
}

/* Places that nobody reads any more are given away again. free_at[i]: a list of those that end with operation i. */
static void find_places(pieces *p) {
  arena *a = p->whole->m->arena;
  uint32_t len = p->whole->function->ops.len, *end_of = ARENA_ARRAY(a, uint32_t, len);
  uint32_t *ends_at = ARENA_ARRAY(a, uint32_t, len), *next = ARENA_ARRAY(a, uint32_t, len);
  VEC(uint32_t) unused = {0};
  for (uint32_t i = 0; i < len; i++)
    ends_at[i] = p->place[i] = NO_PLACE;
  find_ends(p, end_of);
  mark_crossing(p);
  p->place_count = 2; /* of what checks found: of doubles, of floats */
  for (uint32_t i = 0; i < len; i++) {
    if (p->place[i] != NO_PLACE) {
      p->place[i] = unused.len != 0 ? unused.data[--unused.len] : p->place_count++;
      next[i] = ends_at[end_of[i]];
      ends_at[end_of[i]] = i;
    }
    for (uint32_t v = ends_at[i]; v != NO_PLACE; v = next[v])
      vec_push(a, &unused, p->place[v]);
  }
}

/* ---- the frame ---- */

static LLVMValueRef place_at(const pieces *p, LLVMBuilderRef b, LLVMValueRef frame, uint32_t place) {
  const module_emitter *m = p->whole->m;
  LLVMValueRef at = LLVMConstInt(m->i64, (uint64_t)place * m->width * 8, 0);
  return LLVMBuildInBoundsGEP2(b, m->i8, frame, &at, 1, "");
}

static LLVMValueRef frame_here(const pieces *p) { return p->current == KERNEL ? p->frame : p->own_frame; }

/* Truth values lie there as bytes. */
static void put(pieces *p, uint32_t i, LLVMValueRef x) {
  module_emitter *m = p->whole->m;
  p->type_of[i] = LLVMTypeOf(x);
  if (p->type_of[i] == m->vb1)
    x = LLVMBuildZExt(m->body, x, m->vi8, "");
  LLVMBuildStore(m->body, x, place_at(p, m->body, frame_here(p), p->place[i]));
}

static LLVMValueRef take(const pieces *p, uint32_t i) {
  module_emitter *m = p->whole->m;
  LLVMTypeRef type = p->type_of[i];
  LLVMValueRef from = place_at(p, m->body, frame_here(p), p->place[i]);
  if (type != m->vb1)
    return LLVMBuildLoad2(m->body, type, from, "");
  LLVMValueRef x = LLVMBuildLoad2(m->body, m->vi8, from, "");
  return LLVMBuildICmp(m->body, LLVMIntNE, x, LLVMConstNull(m->vi8), "");
}

/* Puts an argument where the operation that is written next finds it. The kernel takes it anew for each use: where it
 * stands may not be on the way to the next one. */
static void fetch(pieces *p, ir_value arg) {
  LLVMValueRef made = p->made[arg], *values = p->current == KERNEL ? p->whole->values : p->piece->values;
  if (p->piece_of[arg] == p->current)
    return;
  if (made != NULL && LLVMIsConstant(made))
    values[arg] = made;
  else if (p->place[arg] != NO_PLACE && (p->current == KERNEL || p->taken_by[arg] != p->current))
    values[arg] = take(p, arg);
  p->taken_by[arg] = p->current;
}

/* ---- pieces ---- */

static void keep_kernel(pieces *p) {
  module_emitter *m = p->whole->m;
  p->kept.entry = LLVMGetInsertBlock(m->entry);
  p->kept.head = LLVMGetInsertBlock(m->head);
  p->kept.body = LLVMGetInsertBlock(m->body);
  p->kept.entry_at = LLVMGetCurrentDebugLocation2(m->entry);
  p->kept.head_at = LLVMGetCurrentDebugLocation2(m->head);
}

static void resume_kernel(pieces *p) {
  module_emitter *m = p->whole->m;
  LLVMPositionBuilderAtEnd(m->entry, p->kept.entry);
  LLVMPositionBuilderAtEnd(m->head, p->kept.head);
  LLVMPositionBuilderAtEnd(m->body, p->kept.body);
  LLVMSetCurrentDebugLocation2(m->entry, p->kept.entry_at);
  LLVMSetCurrentDebugLocation2(m->head, p->kept.head_at);
  p->current = KERNEL;
}

/* A kernel of its own for all that operations ask for; without values, arrays and accumulators of the others. */
static void start_piece(pieces *p, uint32_t number, span at) {
  kernel *whole = p->whole, *piece = p->piece;
  module_emitter *m = whole->m;
  size_t len;
  keep_kernel(p);
  const char *name = arena_printf(m->arena, "%s_piece_%u", LLVMGetValueName2(whole->fn, &len), number);
  LLVMValueRef *values = piece->values;
  kernel_slot *slots = piece->slots;
  *piece = (kernel){.m = m,
                    .function = whole->function,
                    .description = whole->description,
                    .is_cold = whole->is_cold,
                    .is_single = whole->is_single,
                    .is_long = true,
                    .values = values,
                    .last_use = whole->last_use,
                    .slots = slots,
                    .slot_of = whole->slot_of,
                    .skip_depth = whole->skip_depth};
  piece->fn = LLVMAddFunction(m->module, name, p->type);
  LLVMSetLinkage(piece->fn, LLVMInternalLinkage);
  emit_function_attributes(m, piece->fn);
  LLVMAddAttributeAtIndex(piece->fn, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, m->noinline);
  piece->fields = LLVMGetParam(piece->fn, 0);
  piece->clock = LLVMGetParam(piece->fn, 1);
  piece->first = LLVMGetParam(piece->fn, 2);
  p->own_frame = LLVMGetParam(piece->fn, 3);
  piece->entry_block = LLVMAppendBasicBlockInContext(m->context, piece->fn, "entry");
  piece->head_block = LLVMAppendBasicBlockInContext(m->context, piece->fn, "head");
  LLVMPositionBuilderAtEnd(m->entry, piece->entry_block);
  LLVMPositionBuilderAtEnd(m->head, piece->head_block);
  LLVMPositionBuilderAtEnd(m->body, LLVMAppendBasicBlockInContext(m->context, piece->fn, "body"));
  emit_debug_function(piece);
  emit_debug_place(piece, m->body, at);
  p->current = number;
}

/* What its checks found, onto what those before it found. */
static void add_checks(const pieces *p) {
  const kernel *piece = p->piece;
  module_emitter *m = piece->m;
  for (uint32_t i = 0; i < 2; i++) {
    if (piece->finite[i].here == NULL)
      continue;
    LLVMTypeRef type = i ? m->vf32 : m->vf64;
    LLVMValueRef all = place_at(p, m->body, p->own_frame, i);
    LLVMValueRef here = LLVMBuildLoad2(m->body, type, piece->finite[i].here, "");
    LLVMValueRef before = LLVMBuildLoad2(m->body, type, all, "");
    LLVMBuildStore(m->body, LLVMBuildFAdd(m->body, before, here, ""), all);
  }
}

static void end_piece(pieces *p, uint32_t first, uint32_t end) {
  module_emitter *m = p->whole->m;
  const ir_function *f = p->whole->function;
  kernel *piece = p->piece;
  add_checks(p);
  LLVMBuildRetVoid(m->body);
  LLVMBuildBr(m->entry, piece->head_block);
  LLVMBuildBr(m->head, LLVMGetNextBasicBlock(piece->head_block));
  for (uint32_t i = first; i < end; i++)
    if (ir_op_has_field(&f->ops.data[i])) {
      kernel_slot *slot = &piece->slots[piece->slot_of[f->ops.data[i].field.id]];
      slot->array = slot->value = NULL;
    }
  resume_kernel(p);
  emit_debug_place(p->whole, m->body, f->ops.data[first].at);
  LLVMValueRef args[] = {p->whole->fields, p->whole->clock, p->whole->first, p->frame};
  LLVMBuildCall2(m->body, p->type, piece->fn, args, 4, "");
}

/* ---- the whole ---- */

static pieces begin(kernel *k) {
  module_emitter *m = k->m;
  uint32_t len = k->function->ops.len;
  pieces p = {.whole = k, .piece = ARENA_NEW(m->arena, kernel)};
  p.piece_of = ARENA_ARRAY(m->arena, uint32_t, len);
  p.made = ARENA_ARRAY(m->arena, LLVMValueRef, len);
  p.taken_by = ARENA_ARRAY(m->arena, uint32_t, len);
  p.place = ARENA_ARRAY(m->arena, uint32_t, len);
  p.type_of = ARENA_ARRAY(m->arena, LLVMTypeRef, len);
  p.piece->values = ARENA_ARRAY(m->arena, LLVMValueRef, len);
  p.piece->slots = ARENA_ARRAY(m->arena, kernel_slot, k->description->slots_count);
  memcpy(p.piece->slots, k->slots, k->description->slots_count * sizeof *k->slots);
  LLVMTypeRef args[] = {m->ptr, m->ptr, m->i64, m->ptr};
  p.type = LLVMFunctionType(m->nothing, args, 4, 0);
  cut(&p);
  find_places(&p);
  p.frame = emit_stack(k, m->vf64, p.place_count, "frame");
  for (uint32_t i = 0; i < 2; i++) {
    k->finite[i].all = place_at(&p, m->entry, p.frame, i);
    LLVMBuildStore(m->entry, LLVMConstNull(i ? m->vf32 : m->vf64), k->finite[i].all);
  }
  return p;
}

void emit_pieces(kernel *k) {
  const ir_function *f = k->function;
  pieces p = begin(k);
  uint32_t first = 0;
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    if (p.current != KERNEL && p.piece_of[i] != p.current)
      end_piece(&p, first, i);
    if (p.current != p.piece_of[i]) {
      start_piece(&p, p.piece_of[i], op->at);
      first = i;
    }
    for (uint32_t n = 0; n < ir_op_arg_count(op); n++)
      fetch(&p, ir_op_arg(f, op, n));
    kernel *at = p.current == KERNEL ? k : p.piece;
    emit_operation(at, i);
    p.made[i] = at->values[i];
    if (p.place[i] != NO_PLACE && !LLVMIsConstant(p.made[i]))
      put(&p, i, p.made[i]);
  }
  if (p.current != KERNEL)
    end_piece(&p, first, f->ops.len);
}
