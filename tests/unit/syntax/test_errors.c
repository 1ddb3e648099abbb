/* SPDX-License-Identifier: MIT */
/* What is wrong is said once, in the right place, and parsing goes on behind it. */
#include "diag/diag_internal.h"
#include "parsed.h"

#include <string.h>

typedef struct {
  const char *source; /* an item of a component, or a file when it begins with "!" */
  diag_code code;
  const char *place;          /* what the span covers; "" for a place between characters */
  const char *message, *hint; /* parts of them; NULL: not looked at */
} error_row;

static const error_row rows[] = {
    {"let z = 2 tau", DIAG_E0105, "tau", "is no unit", "`2*tau`"},
    {"let z = 10 msec", DIAG_E0105, "msec", NULL, "`10 ms`"},
    {"let z = 10 Mohm", DIAG_E0105, "Mohm", NULL, "`10 MOhm`"},
    {"!population p : a[4x4]\nrun 1 s", DIAG_E0105, "x4", NULL, "`4 x 4`"},
    {"let z = 5.", DIAG_E0102, "5.", NULL, "`5.0`"},
    {"let z = .5", DIAG_E0102, ".5", NULL, "`0.5`"},
    {"let z = 1.2.3", DIAG_E0102, "1.2.3", NULL, NULL},
    {"let z = 1e999", DIAG_E0102, "1e999", "too large", NULL},
    {"let z = a \xE2\x89\xA5 b", DIAG_E0103, "\xE2\x89\xA5", NULL, "`>=`"},
    {"let z = a \xC3\x97 b", DIAG_E0103, "\xC3\x97", NULL, "`*`"},
    {"let z = a \x01 b", DIAG_E0103, "\x01", "0x01", NULL},
    {"let z = a @@ b", DIAG_E0103, "@", NULL, NULL},
    {"let z = a && b", DIAG_E0103, "&&", NULL, "`and`"},
    {"let z = a ** b", DIAG_E0103, "**", NULL, "`^`"},
    {"let z = !a", DIAG_E0103, "!", NULL, "`not`"},
    {"let z = f(\"abc)", DIAG_E0104, "\"", "not closed", NULL},
    {"let z = f(\"a\\qc\")", DIAG_E0103, "\\q", "backslash", NULL},
    {"let z = (a + b", DIAG_E0101, "(", "not closed", "`)`"},
    {"let z = [1, 2", DIAG_E0101, "[", "not closed", "`]`"},
    {"let z = a + ", DIAG_E0101, "}", "expected an expression", NULL},
    {"let z = a b", DIAG_E0101, "b", "not expected", NULL},
    {"let z = a < b < c", DIAG_E0101, "<", "chain", "`a < b and b < c`"},
    {"let z = if a then b", DIAG_E0101, "\n", "`else`", NULL},
    {"each step { if a = 3 { v = 1 } }", DIAG_E0101, "=", "`=` does not belong", "`==`"},
    {"spike when v = 3 { v = 1 }", DIAG_E0101, "=", NULL, "`==`"},
    {"dv/dt -v/tau", DIAG_E0101, "-", "`=` behind `dv/dt`", NULL},
    {"on pre { dv/dt = 3 }", DIAG_E0101, "dv/dt", "directly in a component", NULL},
    {"parm tau = 3", DIAG_E0101, "parm", "begins no", "`param`"},
    {"v = 3", DIAG_E0101, "v =", "only in a block", NULL},
    {"post.v = 3", DIAG_E0101, "=", "contribution", NULL},
    {"state v", DIAG_E0101, "v", "needs a value", NULL},
    {"noise xi = 3", DIAG_E0101, "3", "has no value", NULL},
    {"timer t1 : ms", DIAG_E0101, "ms", "has no unit", NULL},
    {"input I median", DIAG_E0101, "median", "`mean`, `sum`", NULL},
    {"state input = 3", DIAG_E0204, "input", "reserved", NULL},
    {"param dt = 3", DIAG_E0204, "dt", "reserved", "`dt_`"},
    {"let z = spike + 1", DIAG_E0204, "spike", "reserved", NULL},
    {"spike { v = 1 }", DIAG_E0101, "spike", "needs a condition", NULL},
    {"reaction A <-> B rates k", DIAG_E0101, "rates k", "two rates", NULL},
    {"dv/dt = v flip 3", DIAG_E0101, "flip 3", "does not belong to an equation", "`unless`"},
    {"dv/dt = v using euler using rk4", DIAG_E0101, "using rk4", "twice", NULL},
    {"dv/dt = v using euler in disorder", DIAG_E0101, "disorder", "`order`", NULL},
    {"each stop { }", DIAG_E0101, "stop", "`step`", NULL},
    {"  population p : a[3]", DIAG_E0101, "population", "does not belong", NULL},
    {"!popluation p : lif[3]\nrun 1 s", DIAG_E0101, "popluation", NULL, "`population`"},
    {"!state a = 3\nrun 1 s", DIAG_E0101, "state", "directly in a neuron", NULL},
    {"!connect a -> b by nearest\nrun 1 s", DIAG_E0101, "a -> b", "`via SYNAPSE`", NULL},
    {"!connect a -> b via c\nrun 1 s", DIAG_E0101, "a -> b", "`by RULE`", NULL},
    {"!present d amplitude 3\nrun 1 s", DIAG_E0101, "d", "`on POPULATION.INPUT`", NULL},
    {"!drive a.I = 3 amplitude 3\nrun 1 s", DIAG_E0101, "amplitude 3", "`drive`", NULL},
    {"!act a = sample(1) flip 3\nrun 1 s", DIAG_E0101, "flip 3", "does not belong to `act`", "`among`"},
    {"!act a = b every 1 ms else c every 2 ms\nrun 1 s", DIAG_E0101, "every 2 ms", "twice", NULL},
    {"!act a = b as c else d as e\nrun 1 s", DIAG_E0101, "as e", "twice", NULL},
    {"!environment a : b { action c }\nrun 1 s", DIAG_E0101, "}", NULL, NULL},
    {"!environment a : b { c.d = 3 }\nrun 1 s", DIAG_E0101, ".", NULL, NULL},
    {"!measure a = first(count(b.spike per c.day))\nrun 1 s", DIAG_E0101, "day", "`trial` or `step`", NULL},
    {"!run until a.trials == 3", DIAG_E0101, "run until a.trials == 3", "a time", "`for 1 h`"},
    {"!population a : b[3] at (1 um, 2 um)\nrun 1 s", DIAG_E0101, "(1 um, 2 um)", "spaced", NULL},
    {"!precision half\nrun 1 s", DIAG_E0101, "half", "`mixed`", NULL},
    {"!}\nrun 1 s", DIAG_E0101, "}", "closes nothing", NULL},
    {"!neuron a {\n state v = 1\nrun 1 s", DIAG_E0101, "run", "`}` is missing", NULL},
    {"!run 1 s\nneuron a {\n on pre {", DIAG_E0101, "", "`}` is missing", NULL},
    {"!", DIAG_E0003, "", NULL, NULL},
    {"! # only words\n", DIAG_E0003, "", NULL, NULL},
    {"!run 1 s\n\xFF", DIAG_E0002, "\xFF", "0xFF", "UTF-8"},
    {"!run 1 s\n\xED\xA0\x80", DIAG_E0002, "\xED", NULL, NULL},
};

static bool contains(const char *whole, const char *part) {
  return part == NULL || (whole != NULL && strstr(whole, part) != NULL);
}

static void check_row(const error_row *row) {
  arena *a = arena_new();
  bool is_file = row->source[0] == '!';
  /* A sound item behind the broken one, and a sound declaration: both must survive. */
  const char *source =
      is_file ? row->source + 1 : arena_printf(a, "neuron n {\n%s\nlet sound = 1\n}\nrun 1 s\n", row->source);
  parsed p = parse_string(source);
  diag **sorted = diag_sorted(p.sink, a);
  if (p.sink->items.len != 1)
    fail_msg("not one message, but:\n%s\nfor\n%s", parsed_messages(&p), source);
  const diag *d = sorted[0];
  const char *covered = arena_strdup(a, p.file->text + d->at.start, d->at.end - d->at.start);
  bool is_here = row->place == NULL || strcmp(covered, row->place) == 0 || strchr("\n}", row->place[0]) != NULL;
  if (d->code != row->code || !is_here || !contains(d->message, row->message) || !contains(d->hint, row->hint))
    fail_msg("%s at `%s`, hint %s\n%s", diag_code_name(d->code), covered, d->hint != NULL ? d->hint : "none",
             parsed_messages(&p));
  if (!is_file && row->code != DIAG_E0002) {
    assert_int_equal(p.file->decls.len, 2);
    const ast_item_list *items = &p.file->decls.data[0]->as.component.items;
    assert_true(items->len > 0);
    assert_string_equal(items->data[items->len - 1]->as.let.name.text, "sound");
  }
  parsed_free(&p);
  arena_free(a);
}

static void each_mistake_gives_one_message(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_row(&rows[i]);
}

static void all_errors_come_in_one_go(void **state) {
  (void)state;
  parsed p = parse_string("neuron a foo {\n  param b = 2 tau\n  state c = * 3\n"
                          "  on pre { v = ; w += }\n}\n"
                          "for k in { present }\n"
                          "population p : a[3) { v = }\n"
                          "record a.v every\n"
                          "run 3 s\n");
  const char *messages = parsed_messages(&p);
  static const char *const places[] = {
      ":1:10:", ":2:15:", ":3:13:", ":4:16:", ":4:22:", ":6:10:", ":6:19:", ":7:19:", ":8:17:"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (strstr(messages, places[i]) == NULL)
      fail_msg("no message at %s in\n%s", places[i], messages);
  assert_int_equal(diag_error_count(p.sink), sizeof places / sizeof *places);
  assert_int_equal(p.file->decls.len, 1);
  parsed_free(&p);
}

static void a_missing_brace_costs_no_declarations(void **state) {
  (void)state;
  parsed p = parse_string("neuron a {\n  on pre {\n    v = 1\n\npopulation p : a[3]\nrun 1 s\n");
  assert_int_equal(diag_error_count(p.sink), 1);
  assert_int_equal(p.file->decls.len, 3);
  parsed_free(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_mistake_gives_one_message),
      cmocka_unit_test(all_errors_come_in_one_go),
      cmocka_unit_test(a_missing_brace_costs_no_declarations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
