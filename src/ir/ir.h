/* SPDX-License-Identifier: MIT */
/* ir.h - the intermediate representation: functions over the elements of a domain.
 *
 * A function is a list of operations in SSA form: the result of operation k is value k. The function is run for every
 * entry of its domain, independently: lanes never see each other, and no entry reads what another entry of the same
 * call stores (load_at reads fields that this function does not store). Domains, fields and everything about the
 * experiment are tables of nsa_program. The number of a kernel (nsa_kernel) is the number of its function. All memory
 * is the arena's of the program. */
#ifndef NSA_IR_IR_H
#define NSA_IR_IR_H

#include "diag/diag.h"
#include "nsa_program.h"
#include "support/text.h"
#include "support/vec.h"

typedef enum { IR_NONE, IR_F64, IR_B1, IR_INDEX, IR_TUPLE, IR_ANY } ir_type;

typedef enum {
#define OP(id, word, type, args, carries, cost) IR_OP_##id,
#include "ir/ir_ops.def"
#undef OP
  IR_OP_COUNT
} ir_opcode;

typedef enum {
  IR_CARRIES_NONE,
  IR_CARRIES_NUMBER,
  IR_CARRIES_FIELD,
  IR_CARRIES_AUX,
  IR_CARRIES_KEY,
  IR_CARRIES_FIELD_AUX
} ir_carries;

typedef struct {
  const char *name, *word, *args; /* args: one letter an argument */
  uint32_t arg_count;             /* of args, without the extra ones */
  ir_type type;
  ir_carries carries;
  uint32_t cost;
} ir_op_info;
extern const ir_op_info ir_ops[IR_OP_COUNT];

/* The rows of nsa_math.def, in order: `aux` of math1..math3. */
typedef struct {
  const char *name;
  uint32_t arity;
} ir_math_info;
extern const ir_math_info ir_maths[];
extern const uint32_t ir_math_count;
uint32_t ir_math_find(const char *name); /* its row, or UINT32_MAX */

typedef uint32_t ir_value; /* number of the operation that makes it, within its function */
#define IR_NO_VALUE UINT32_MAX

typedef struct {
  uint16_t op;    /* ir_opcode */
  uint8_t type;   /* ir_type of the result */
  bool is_single; /* computes with floats: see ir_can_be_single */
  uint32_t aux;
  nsa_field_id field; /* into program->fields */
  ir_value args[4];
  double number;
  uint64_t key;
  uint32_t extra, extra_count; /* further arguments: function->extra[extra ...] */
  span at;
} ir_op;

typedef struct {
  const char *name; /* "sheet.step" */
  uint32_t role;    /* nsa_role */
  uint32_t domain;  /* into program->domains */
  uint32_t timescale;
  bool is_single; /* has operations of single precision: worth vectors of more lanes */
  VEC(ir_op) ops;
  VEC(ir_value) extra;
} ir_function;

typedef struct {
  arena *arena;
  nsa_program *program; /* tables; its lists grow through ir_program_* while lowering */
  VEC(ir_function *) functions;
  /* growing counterparts of the program's lists; ir_program_finish copies them into *program */
  VEC(nsa_domain) domains;
  VEC(nsa_field) fields;
} ir_program;

/* ---- tables ---- */

ir_program *ir_program_new(arena *a);
uint32_t ir_domain_of_run(ir_program *p);
uint32_t ir_domain_of_population(ir_program *p, const char *name, nsa_population_id of);
/* Its links, or what its rule or its arrivals look at: by the kind. */
uint32_t ir_domain_of_connection(ir_program *p, const char *name, nsa_domain_kind kind, nsa_connection_id of);
uint32_t ir_domain_of_channel(ir_program *p, const char *name, nsa_channel_id of);
nsa_field_id ir_field_add(ir_program *p, nsa_field field);
ir_function *ir_function_add(ir_program *p, const char *name, nsa_role role, uint32_t domain, uint32_t timescale,
                             nsa_kernel_id *number);
/* A copy of f without its operations. A pass writes the operations anew into it, and puts it in place by *f = *copy. */
ir_function *ir_function_anew(arena *a, const ir_function *f);
/* Moves domains, fields and functions (as kernels, with their slots) into p->program. */
void ir_program_finish(ir_program *p);
/* Of the operations of all functions, but for where they stand in the source. */
uint64_t ir_hash(const ir_program *p);
/* The fields that f uses, in the order of their first use, into slots; slot_of_field[field] gets the
 * number of its slot or NSA_NONE. Both have room for every field. Returns the number of slots. */
uint32_t ir_function_slots(const ir_program *p, const ir_function *f, uint32_t *slot_of_field, nsa_field_id *slots);

/* ---- looking at operations ---- */

/* Arguments, the extra ones behind the others. */
uint32_t ir_op_arg_count(const ir_op *op);
uint32_t ir_extra_count(const ir_op *op); /* how many extra ones it must have */
ir_value ir_op_arg(const ir_function *f, const ir_op *op, uint32_t i);
bool ir_op_has_field(const ir_op *op);
/* Operations that may compute in single precision: arithmetic, maths, comparisons, select and check. Their arguments
 * are rounded to float first, and the result is a float. Numbers that are loaded from a field of floats are floats; all
 * other numbers are doubles. A double that is stored into a field of floats is rounded. */
bool ir_can_be_single(const ir_op *op);
/* Whether the value, a number, is a float whatever the run. */
bool ir_is_float(const ir_program *p, const ir_op *op);
/* The value of a pure operation on numbers (truth values are 0 and 1), by the same functions that kernels call. For
 * arg and barg args[0] is the argument. Only where ir_can_evaluate. */
bool ir_can_evaluate(const ir_op *op);
double ir_evaluate(const ir_op *op, const double *args);

/* ---- text, reading, validating ---- */

/* The whole program: tables, then functions of lines like
 *   %3 = add %1 %2 @0:120-131        (file and bytes of its equation)
 * $7 is field 7, #2 a small number. The texts of source files are left out. */
void ir_print(const ir_program *p, text *out);
void ir_print_function(const ir_program *p, const ir_function *f, text *out);
/* Reads what ir_print wrote. NULL with *error ("line 12: …"). */
ir_program *ir_read(arena *a, const char *source, const char **error);
/* Types, order, fields' types and domains, skip rules, effects only where allowed. NULL when right, else what is wrong.
 */
const char *ir_validate(arena *a, const ir_program *p);

#endif
