/* SPDX-License-Identifier: MIT */
/* Walks over expressions and blocks: the order of visits, lets that are looked through, stops; copies. */
#include "model/walk.h"
#include "support/text.h"
#include "unit/model/checked.h"

typedef struct {
  text seen;
  walk_step at_product, at_branch; /* what the callbacks answer there */
} diary;

static walk_step note_expr(void *context, const model_expr *e) {
  static const char *const words[] = {
      [MX_NUMBER] = "1", [MX_REF] = "r", [MX_ADD] = "+", [MX_MUL] = "*", [MX_DIV] = "/", [MX_GT] = ">", [MX_NEG] = "-"};
  diary *d = context;
  text_puts(&d->seen, words[e->kind]);
  return e->kind == MX_MUL ? d->at_product : WALK_ON;
}

static walk_step note_stmt(void *context, const model_stmt *s) {
  diary *d = context;
  text_puts(&d->seen, s->kind == STMT_IF ? "I" : "S");
  return s->kind == STMT_IF ? d->at_branch : WALK_ON;
}

static checked checked_neuron(void) {
  checked c = check_text("neuron n { state v = 1, w = 0\n let a = v * 2\n dv/dt = (a + w) / s\n dw/dt = 0 /s\n"
                         "each step { if v > 3 { w = v + 1 } else { w = -v }\n v = w * 2 } }\npopulation p : n[1]\n");
  assert_no_errors(&c);
  return c;
}

static const char *walk_rate(checked *c, bool looks_through, walk_step at_product, bool *is_stopped) {
  const model_component *n = component_named(c, "n");
  diary d = {.seen = text_new(c->arena), .at_product = at_product};
  walker w = {.expr = note_expr, .context = &d, .own = looks_through ? n : NULL};
  *is_stopped = walk_expr(&w, ode_of(n, "v")->rate);
  return text_cstr(&d.seen);
}

static void expressions_come_before_their_parts(void **state) {
  (void)state;
  checked c = checked_neuron();
  bool is_stopped;
  assert_string_equal(walk_rate(&c, false, WALK_ON, &is_stopped), "/+rr1");
  assert_string_equal(walk_rate(&c, true, WALK_ON, &is_stopped), "/+r*r1r1");
  assert_false(is_stopped);
  assert_string_equal(walk_rate(&c, true, WALK_PAST, &is_stopped), "/+r*r1");
  assert_false(is_stopped);
  assert_string_equal(walk_rate(&c, true, WALK_STOP, &is_stopped), "/+r*");
  assert_true(is_stopped);
  checked_free(&c);
}

static const char *walk_body(checked *c, bool visits_expr, walk_step at_branch, bool *is_stopped) {
  const model_component *n = component_named(c, "n");
  diary d = {.seen = text_new(c->arena), .at_branch = at_branch};
  walker w = {.expr = visits_expr ? note_expr : NULL, .stmt = note_stmt, .context = &d};
  *is_stopped = walk_block(&w, &n->blocks.data[0].body);
  return text_cstr(&d.seen);
}

static void statements_come_before_their_expressions(void **state) {
  (void)state;
  checked c = checked_neuron();
  bool is_stopped;
  assert_string_equal(walk_body(&c, true, WALK_ON, &is_stopped), "I>r1S+r1S-rS*r1");
  assert_string_equal(walk_body(&c, false, WALK_ON, &is_stopped), "ISSS");
  assert_string_equal(walk_body(&c, true, WALK_PAST, &is_stopped), "IS*r1");
  assert_false(is_stopped);
  assert_string_equal(walk_body(&c, true, WALK_STOP, &is_stopped), "I");
  assert_true(is_stopped);
  checked_free(&c);
}

/* w becomes v, v stays, a let gives up. */
static model_expr *put_v(void *context, model_expr *copy) {
  const model_component *n = context;
  if (copy->ref.kind == REF_LET)
    return NULL;
  if (copy->ref.item == ode_of(n, "w")->state)
    copy->ref.item = ode_of(n, "v")->state;
  return copy;
}

static void a_copy_has_other_references(void **state) {
  (void)state;
  checked c = checked_neuron();
  const model_component *n = component_named(&c, "n");
  const model_expr *sum = ode_of(n, "v")->rate->args[0], *last = n->blocks.data[0].body.data[1].value;
  const model_expr *w = sum->args[1];
  assert_null(expr_replace(c.arena, sum, put_v, (void *)(uintptr_t)n));
  const model_expr *product = expr_replace(c.arena, last, put_v, (void *)(uintptr_t)n);
  assert_ptr_not_equal(product, last);
  assert_true(expr_refers_to(last->args[0], SIDE_SELF, REF_STATE, ode_of(n, "w")->state));
  assert_true(expr_refers_to(product->args[0], SIDE_SELF, REF_STATE, ode_of(n, "v")->state));
  assert_int_equal(product->args[1]->kind, MX_NUMBER);
  assert_true(product->args[1]->number == 2);
  assert_true(expr_refers_to(w, SIDE_SELF, REF_STATE, ode_of(n, "w")->state));
  checked_free(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(expressions_come_before_their_parts),
                                     cmocka_unit_test(statements_come_before_their_expressions),
                                     cmocka_unit_test(a_copy_has_other_references)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
