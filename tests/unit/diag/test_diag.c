/* SPDX-License-Identifier: MIT */
#include "diag/diag.h"
#include "support/text.h"
#include "unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  arena *arena;
  diag_sink *sink;
  const char *source;
  uint32_t file;
} fixture;

static fixture with_source(const char *source) {
  fixture f = {.arena = arena_new(), .source = source};
  f.sink = diag_sink_new(f.arena);
  f.file = diag_add_file(f.sink, "net.nsa", source, strlen(source));
  return f;
}

/* The span of the first occurrence of `words`. */
static span at(const fixture *f, const char *words) {
  uint32_t start = (uint32_t)(strstr(f->source, words) - f->source);
  return (span){.file = f->file, .start = start, .end = start + (uint32_t)strlen(words)};
}

static char *shown(const fixture *f, void (*print)(const diag_sink *, FILE *)) {
  char *bytes = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&bytes, &len);
  print(f->sink, out);
  fclose(out);
  char *copy = arena_strdup(f->arena, bytes, len);
  free(bytes);
  return copy;
}

static void print_plain(const diag_sink *sink, FILE *out) { diag_print(sink, out, false); }

static void print_colored(const diag_sink *sink, FILE *out) { diag_print(sink, out, true); }

static void codes_have_names(void **state) {
  (void)state;
  assert_string_equal(diag_code_name(DIAG_E0301), "E0301");
  for (int code = 0; code < DIAG_COUNT; code++)
    assert_int_equal(strlen(diag_code_name((diag_code)code)), 5);
}

static void spans_join(void **state) {
  (void)state;
  span joined = span_join((span){1, 10, 12}, (span){1, 3, 11});
  assert_int_equal(joined.start, 3);
  assert_int_equal(joined.end, 12);
  assert_int_equal(span_join(SPAN_NONE, (span){1, 3, 11}).start, 3);
  assert_int_equal(span_join((span){1, 3, 11}, SPAN_NONE).file, 1);
  assert_int_equal(span_join((span){1, 3, 11}, (span){2, 0, 1}).end, 11);
}

static void places_count_characters(void **state) {
  (void)state;
  fixture f = with_source("one\nτ_m = 3\r\n\xFF x");
  static const struct {
    uint32_t offset, line, column;
  } rows[] = {{0, 1, 1}, {3, 1, 4}, {4, 2, 1}, {6, 2, 2}, {9, 2, 5}, {14, 3, 1}, {16, 3, 3}, {99, 3, 4}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    uint32_t line, column;
    diag_locate(f.sink, (span){f.file, rows[i].offset, rows[i].offset}, &line, &column);
    assert_int_equal(line, rows[i].line);
    assert_int_equal(column, rows[i].column);
  }
  uint32_t line = 9, column = 9;
  diag_locate(f.sink, SPAN_NONE, &line, &column);
  assert_int_equal(line + column, 0);
  arena_free(f.arena);
}

static void an_error_shows_its_line(void **state) {
  (void)state;
  fixture f = with_source("neuron lif {\n\tτ * dv/dt = -(v - 3 ms)\n}\n");
  diag *d = diag_report(f.sink, DIAG_E0301, at(&f, "v - 3 ms"), "%s and %s differ", "mV", "ms");
  diag_note(d, at(&f, "lif"), "in this component");
  diag_note(d, SPAN_NONE, "a subtraction needs equal units");
  diag_hint(d, "write `3 mV`");
  assert_string_equal(shown(&f, print_plain), "net.nsa:2:16: error[E0301]: mV and ms differ\n"
                                              "    2 |     τ * dv/dt = -(v - 3 ms)\n"
                                              "      |                   ^~~~~~~~\n"
                                              "net.nsa:1:8: note: in this component\n"
                                              "    1 | neuron lif {\n"
                                              "      |        ^~~\n"
                                              "      = note: a subtraction needs equal units\n"
                                              "      = help: write `3 mV`\n");
  assert_non_null(strstr(shown(&f, print_colored), "\033[1;31merror[E0301]\033[0m"));
  arena_free(f.arena);
}

static void the_end_of_file_has_a_caret(void **state) {
  (void)state;
  fixture f = with_source("run {");
  diag_report(f.sink, DIAG_E0101, (span){f.file, 5, 5}, "a } is missing");
  assert_string_equal(shown(&f, print_plain), "net.nsa:1:6: error[E0101]: a } is missing\n"
                                              "    1 | run {\n"
                                              "      |      ^\n");
  arena_free(f.arena);
}

static void only_the_first_of_several_lines_is_marked(void **state) {
  (void)state;
  fixture f = with_source("a = (b\n + c)\n");
  diag_report(f.sink, DIAG_E0301, at(&f, "(b\n + c)"), "m");
  assert_non_null(strstr(shown(&f, print_plain), "    1 | a = (b\n      |     ^~\n"));
  arena_free(f.arena);
}

static void control_bytes_are_never_echoed(void **state) {
  (void)state;
  fixture f = with_source("a \033[31m\x01\xE2\x80\xAE b \xFF c\n");
  diag_report(f.sink, DIAG_E0103, at(&f, "c"), "a \033 in a message\n");
  char *out = shown(&f, print_plain);
  assert_non_null(strstr(out, "a \\x1B in a message\\x0A\n"));
  assert_non_null(strstr(out, "a \\x1B[31m\\x01\\u{202E} b \\xFF c\n"));
  assert_null(strchr(out, '\033'));
  const char *caret = strchr(out, '^'), *line = strstr(out, "      | ");
  const char *source = strstr(out, "    1 | ");
  assert_int_equal(caret - line, strstr(source, "\\xFF c") + 5 - source);
  arena_free(f.arena);
}

static void wide_and_combining_characters_keep_the_caret_in_place(void **state) {
  (void)state;
  fixture f = with_source("神経 e\xCC\x81 x");
  diag_report(f.sink, DIAG_E0201, at(&f, "x"), "m");
  /* Two wide characters take four columns, the accent none. */
  assert_non_null(strstr(shown(&f, print_plain), "      |        ^\n"));
  arena_free(f.arena);
}

static void long_lines_are_cut_around_the_caret(void **state) {
  (void)state;
  char source[20001];
  for (size_t i = 0; i < 20000; i += 2)
    memcpy(source + i, "µ", 2);
  source[20000] = '\0';
  memcpy(source + 10000, "xy", 2);
  fixture f = with_source(source);
  diag_report(f.sink, DIAG_E0201, at(&f, "xy"), "m");
  char *out = shown(&f, print_plain);
  assert_true(strlen(out) < 400);
  char *source_line = strstr(out, "    1 | ...");
  assert_non_null(source_line);
  assert_non_null(strstr(source_line, "...\n      | "));
  /* 8 for the gutter, 3 dots, 30 characters of two bytes. */
  assert_int_equal(strchr(out, '^') - strstr(out, "      | "), 8 + 3 + 30);
  for (const char *p = source_line; *p != '\0';) {
    uint32_t len = text_utf8_len(p, strlen(p)); /* no character is cut in two */
    assert_int_not_equal(len, 0);
    p += len;
  }
  arena_free(f.arena);
}

static void they_are_sorted_and_said_once(void **state) {
  (void)state;
  fixture f = with_source("one two three\n");
  diag_report(f.sink, DIAG_E0201, at(&f, "three"), "third");
  diag_report(f.sink, DIAG_W0101, at(&f, "two"), "second");
  diag *again = diag_report(f.sink, DIAG_E0201, at(&f, "three"), "third again");
  diag_hint(again, "nobody sees this");
  diag_report(f.sink, DIAG_E0201, at(&f, "one"), "first");
  diag_report(f.sink, DIAG_E0001, SPAN_NONE, "x cannot be read");
  diag_report(f.sink, DIAG_E0001, SPAN_NONE, "y cannot be read");
  assert_int_equal(diag_error_count(f.sink), 4);
  assert_int_equal(diag_warning_count(f.sink), 1);
  char *out = shown(&f, print_plain);
  const char *order[] = {"x cannot", "y cannot", "first", "second", "third"};
  for (size_t i = 1; i < sizeof order / sizeof order[0]; i++)
    assert_true(strstr(out, order[i - 1]) < strstr(out, order[i]));
  assert_null(strstr(out, "again"));
  assert_null(strstr(out, "nobody"));
  arena_free(f.arena);
}

static void twenty_errors_are_enough(void **state) {
  (void)state;
  fixture f = with_source("abcdefghijklmnopqrstuvwxyz");
  for (uint32_t i = 0; i < 23; i++)
    diag_report(f.sink, DIAG_E0201, (span){f.file, i, i + 1}, "m");
  char *out = shown(&f, print_plain);
  assert_non_null(strstr(out, "net.nsa:1:20: "));
  assert_null(strstr(out, "net.nsa:1:21: "));
  assert_non_null(strstr(out, "\n… and 3 more errors\n"));
  arena_free(f.arena);
}

static void json_is_one_object_a_line(void **state) {
  (void)state;
  fixture f = with_source("a \"b\"\nc\n");
  diag *d = diag_report(f.sink, DIAG_E0201, at(&f, "c"), "`%s` is\tnot \"known\" \xFF", "c\\d");
  diag_hint(d, "say α");
  diag_note(d, at(&f, "\"b\""), "here");
  diag_report(f.sink, DIAG_W0404, SPAN_NONE, "unused");
  assert_string_equal(shown(&f, diag_print_json),
                      "{\"code\":\"W0404\",\"severity\":\"warning\",\"file\":null,\"line\":0,\"column\":0,"
                      "\"end_line\":0,\"end_column\":0,\"message\":\"unused\",\"hint\":null,\"notes\":[]}\n"
                      "{\"code\":\"E0201\",\"severity\":\"error\",\"file\":\"net.nsa\",\"line\":2,\"column\":1,"
                      "\"end_line\":2,\"end_column\":2,\"message\":\"`c\\\\d` is\\u0009not \\\"known\\\" "
                      "\\\\xFF\",\"hint\":\"say α\",\"notes\":[{\"message\":\"here\",\"file\":\"net.nsa\","
                      "\"line\":1,\"column\":3,\"end_line\":1,\"end_column\":6}]}\n");
  arena_free(f.arena);
}

static void the_nearest_name_is_suggested(void **state) {
  (void)state;
  const char *names[] = {"tau_m", "v_rest", "v_reset", "R"};
  assert_string_equal(diag_nearest("v_rst", names, 4), "v_rest");
  assert_string_equal(diag_nearest("tau", names, 1) == NULL ? "-" : "+", "-");
  assert_string_equal(diag_nearest("tua_m", names, 4), "tau_m");
  assert_null(diag_nearest("conductance", names, 4));
  assert_null(diag_nearest("x", NULL, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(codes_have_names),
      cmocka_unit_test(spans_join),
      cmocka_unit_test(places_count_characters),
      cmocka_unit_test(an_error_shows_its_line),
      cmocka_unit_test(the_end_of_file_has_a_caret),
      cmocka_unit_test(only_the_first_of_several_lines_is_marked),
      cmocka_unit_test(control_bytes_are_never_echoed),
      cmocka_unit_test(wide_and_combining_characters_keep_the_caret_in_place),
      cmocka_unit_test(long_lines_are_cut_around_the_caret),
      cmocka_unit_test(they_are_sorted_and_said_once),
      cmocka_unit_test(twenty_errors_are_enough),
      cmocka_unit_test(json_is_one_object_a_line),
      cmocka_unit_test(the_nearest_name_is_suggested),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
