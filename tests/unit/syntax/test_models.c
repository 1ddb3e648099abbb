/* SPDX-License-Identifier: MIT */
/* Whole models: every example of the language parses, and prints as itself. */
#include "parsed.h"

#include <string.h>

static const char *const models[] = {
    "tests/unit/syntax/models/components.nsa", /* examples of the language, in its order */
    "tests/unit/syntax/models/timescales.nsa", "tests/unit/syntax/models/synapse.nsa",
    "tests/unit/syntax/models/network.nsa",    "tests/unit/syntax/models/experiment.nsa",
    "tests/unit/syntax/models/gordleeva.nsa",  "tests/unit/syntax/models/prose.nsa", /* what it says in prose */
    "tests/unit/syntax/models/words.nsa",                                            /* keywords as names */
    "tests/unit/syntax/models/comments.nsa",                                         /* comments everywhere */
};

static void models_parse_and_print_as_themselves(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
    arena *a = arena_new();
    print_message("%s\n", models[i]);
    assert_round_trip(test_source(a, models[i]));
    arena_free(a);
  }
}

/* Each fenced ```nsa block of the grammar's description is a file of its own. */
static void examples_of_the_grammar_parse(void **state) {
  (void)state;
  arena *a = arena_new();
  const char *at = test_source(a, "grammar/grammar.md");
  int count = 0;
  while ((at = strstr(at, "```nsa\n")) != NULL) {
    at += strlen("```nsa\n");
    const char *end = strstr(at, "```");
    assert_non_null(end);
    assert_round_trip(arena_strdup(a, at, (size_t)(end - at)));
    at = end + 3;
    count++;
  }
  assert_in_range(count, 8, 100);
  arena_free(a);
}

static void windows_files_are_fine(void **state) {
  (void)state;
  parsed p = parse_string("\xEF\xBB\xBF# comment\r\nneuron a {\r\n\tstate v = 1\r\n}\r\nrun 3 s");
  assert_clean(&p);
  assert_string_equal(parsed_layout(&p), "# comment\nneuron a {\n  state v = 1\n}\nrun 3 s\n");
  parsed_free(&p);
}

static void comments_keep_their_places(void **state) {
  (void)state;
  parsed p = parse_string("run 3 s # end\n\n\n\n# a\nneuron b { # c\n# d\nparam q = 1, # e\n"
                          " r = 2\n\n# f\n}");
  assert_clean(&p);
  assert_string_equal(parsed_layout(&p), "run 3 s  # end\n\n# a\nneuron b {  # c\n  # d\n  param q = 1,  # e\n"
                                         "        r = 2\n\n  # f\n}\n");
  parsed_free(&p);
}

static void long_lines_are_broken_at_clauses(void **state) {
  (void)state;
  parsed p = parse_string("connect a_long_name_of_a_source -> a_long_name_of_a_target via the_synapse "
                          "by outdegree(40, exponential(5)) with glia by tiles(4 x 4, stride 3)\n");
  assert_clean(&p);
  assert_string_equal(parsed_layout(&p), "connect a_long_name_of_a_source -> a_long_name_of_a_target via the_synapse\n"
                                         "    by outdegree(40, exponential(5)) with glia by tiles(4 x 4, stride 3)\n");
  parsed_free(&p);
}

/* ------------------------------------------------------------------------------- the tree */

static const ast_item *only_item(const parsed *p) {
  assert_clean(p);
  assert_int_equal(p->file->decls.len, 1);
  assert_int_equal(p->file->decls.data[0]->as.component.items.len, 1);
  return p->file->decls.data[0]->as.component.items.data[0];
}

static parsed parse_item(const char *item) {
  arena *a = arena_new();
  parsed p = parse_string(arena_printf(a, "neuron n {\n%s\n}\n", item));
  arena_free(a);
  return p;
}

static void quantities_have_factors(void **state) {
  (void)state;
  static const struct {
    const char *source, *tree;
  } rows[] = {
      {"10 ms", "number 10\nunit ms\nfactor ms^1\n"},
      {"5%", "number 5\nunit %\nfactor %^1\n"},
      {"5 %", "number 5\nunit %\nfactor %^1\n"},
      {"10ms", "number 10\nunit ms\nfactor ms^1\n"},
      {"0.1 /ms", "number 0.1\nunit /ms\nfactor ms^-1\n"},
      {"0.04 /ms/mV", "number 0.04\nunit /ms/mV\nfactor ms^-1\nfactor mV^-1\n"},
      {"100 nS/cm^2", "number 100\nunit nS/cm^2\nfactor nS^1\nfactor cm^-2\n"},
      {"3 um^-2", "number 3\nunit um^-2\nfactor um^-2\n"},
      {"2.5e-3 \xC2\xB5M/s", "number 2.5e-3\nunit \xC2\xB5M/s\nfactor \xC2\xB5M^1\nfactor s^-1\n"},
      {"0.5 uM/tau", "binary /\nnumber 0.5\nunit uM\nfactor uM^1\nname tau\n"},
      {"5 mV / s", "binary /\nnumber 5\nunit mV\nfactor mV^1\nname s\n"},
      {"5 mV/s", "number 5\nunit mV/s\nfactor mV^1\nfactor s^-1\n"},
      {"1/ms", "binary /\nnumber 1\nname ms\n"},
      {"2 /tau", "binary /\nnumber 2\nname tau\n"},
      {"(10 mV)^2", "binary ^\nnumber 10\nunit mV\nfactor mV^1\nnumber 2\n"},
      {"10 mV^2", "number 10\nunit mV^2\nfactor mV^2\n"},
      {"10 mV^(2)", "number 10\nunit mV^(2)\nfactor mV^2\n"},
      {"10 mV^(-1/2)/s^0.25*a", "binary *\nnumber 10\nunit mV^(-1/2)/s^0.25\nfactor mV^-0.5\nfactor s^-0.25\nname a\n"},
      {"3%^2", "number 3\nunit %^2\nfactor %^2\n"},
      {"2*pi*5 Hz*t", "binary * * *\nnumber 2\nname pi\nnumber 5\nunit Hz\nfactor Hz^1\nname t\n"},
      {"delay/dt", "binary /\nname delay\nname dt\n"},
      {"-v^2", "unary -\nbinary ^\nname v\nnumber 2\n"},
      {"2^-3^x", "binary ^\nnumber 2\nunary -\nbinary ^\nnumber 3\nname x\n"},
      {"a - b - (c - d)", "binary - -\nname a\nname b\nbinary -\nname c\nname d\n"},
      {"not a == b and c or d", "binary or\nbinary and\nunary not\nbinary ==\nname a\nname b\nname c\nname d\n"},
      {"if a then b else c + 1", "if\nname a\nthen name b\nelse binary +\nname c\nnumber 1\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    arena *a = arena_new();
    parsed p = parse_item(arena_printf(a, "let z = %s", rows[i].source));
    assert_int_equal(only_item(&p)->kind, AST_ITEM_LET);
    text flat = text_new(a);
    const char *tree = strstr(parsed_tree(&p), "  let z");
    assert_non_null(tree);
    for (tree = strchr(tree, '\n') + 1; *tree != '\0'; tree = strchr(tree, '\n') + 1) {
      tree += strspn(tree, " ");
      size_t len = strcspn(tree, "\n");
      while (len > 0 && tree[len - 1] == ' ')
        len--;
      text_add(&flat, tree, len);
      text_puts(&flat, "\n");
    }
    assert_string_equal(text_cstr(&flat), rows[i].tree);
    parsed_free(&p);
    arena_free(a);
  }
}

static void equations_have_their_parts(void **state) {
  (void)state;
  parsed p = parse_item("## how v moves\ntau * dv/dt = -v\n  on slow using euler in order unless refractory");
  const ast_item *item = only_item(&p);
  assert_int_equal(item->kind, AST_ITEM_ODE);
  assert_string_equal(item->doc, "how v moves");
  assert_string_equal(item->as.ode.state.text, "v");
  assert_string_equal(item->as.ode.coefficient->as.name.text, "tau");
  assert_string_equal(item->as.ode.timescale.text, "slow");
  assert_string_equal(item->as.ode.solver.name.text, "euler");
  assert_true(item->as.ode.solver.in_order);
  assert_string_equal(item->as.ode.unless->as.name.text, "refractory");
  span at = item->as.ode.state.at;
  assert_memory_equal(p.file->text + at.start, "v/dt", 4);
  assert_int_equal(at.end - at.start, 1);
  parsed_free(&p);
}

static void a_line_goes_on(void **state) {
  (void)state;
  static const char *const items[] = {
      "let z = a +\n b",
      "let z = a\n + b",
      "let z = f(a,\n\n b\n)",
      "let z =\n # why\n a",
      "let z = if a then b\n else c",
      "let z = a\n and b",
      "dv/dt = v\n using euler",
      "dv/dt = v\n on slow",
      "dv/dt = v\n unless a",
      "param a = 1,\n b = 2",
      "spike when v > 3\n refractory 2 ms\n { }",
  };
  for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
    parsed p = parse_item(items[i]);
    only_item(&p);
    parsed_free(&p);
  }
}

static void docs_are_kept(void **state) {
  (void)state;
  parsed p = parse_string("## far\n\n## one\n##  two\n# plain\nneuron n {\n  ## of a\n  param a = 1,\n"
                          "        ## of b\n        b = 2\n}\n# none\nrun 1 s\n");
  assert_clean(&p);
  assert_string_equal(p.file->decls.data[0]->doc, "one\n two");
  const ast_item *item = p.file->decls.data[0]->as.component.items.data[0];
  assert_string_equal(item->doc, "of a");
  assert_null(item->as.entries.data[0].doc);
  assert_string_equal(item->as.entries.data[1].doc, "of b");
  assert_null(p.file->decls.data[1]->doc);
  parsed_free(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(models_parse_and_print_as_themselves),
      cmocka_unit_test(examples_of_the_grammar_parse),
      cmocka_unit_test(windows_files_are_fine),
      cmocka_unit_test(comments_keep_their_places),
      cmocka_unit_test(long_lines_are_broken_at_clauses),
      cmocka_unit_test(quantities_have_factors),
      cmocka_unit_test(equations_have_their_parts),
      cmocka_unit_test(a_line_goes_on),
      cmocka_unit_test(docs_are_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
