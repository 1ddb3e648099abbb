/* SPDX-License-Identifier: MIT */
/* The shape of the LLVM module: vectors where promised, the maths inside, nothing called in the loop. */
#include "emit/emit.h"
#include "unit/cmocka_all.h"
#include <stdio.h>
#include <string.h>

/* Fields: 0 an array, 1 a uniform number, 2 truth values, 3 indices. */
#define TABLES                                                                                                         \
  "program { version 1\n"                                                                                              \
  "  timescales [ { name \"fast\" dt 0.1 ticks 1 } ]\n"                                                                \
  "  populations [ { name \"grid\" domain 1 rows 3 cols 5 } ] }\n"                                                     \
  "domain 0 run \"run\" owner none\n"                                                                                  \
  "domain 1 population \"grid\" owner 0\n"                                                                             \
  "field 0 \"x\" f64 state domain 1 value 0 unit \"\" dimension 0x0 at 0 0 0\n"                                        \
  "field 1 \"u\" f64 uniform param domain 0 value 2 unit \"\" dimension 0x0 at 0 0 0\n"                                \
  "field 2 \"b\" b1 fired domain 1 value 0 unit \"\" dimension 0x0 at 0 0 0\n"                                         \
  "field 3 \"i\" index partner domain 1 value 0 unit \"\" dimension 0x0 at 0 0 0\n"                                    \
  "field 4 \"y\" f64 state domain 1 value 0 unit \"\" dimension 0x0 at 0 0 0\n"
#define STEP(ops) TABLES "function \"grid.step\" step domain 1 timescale 0 {\n" ops "}\n"
#define INIT(ops) TABLES "function \"grid.init\" init domain 1 timescale 0 {\n" ops "}\n"

typedef struct {
  arena *arena;
  LLVMContextRef context;
  LLVMModuleRef module;
  char *text;
} emitted;

static emitted emit(const char *source, uint32_t width, const diag_sink *debug) {
  emitted e = {.arena = arena_new(), .context = LLVMContextCreate()};
  const char *error = NULL;
  ir_program *p = ir_read(e.arena, source, &error);
  if (p == NULL)
    fail_msg("ir_read: %s", error);
  ir_program_finish(p);
  error = ir_validate(e.arena, p);
  if (error != NULL)
    fail_msg("ir_validate: %s", error);
  emit_options options = {.width = width, .cpu = "haswell", .features = "+avx2,+fma", .debug = debug};
  e.module = emit_module(e.arena, e.context, p, &options, &error);
  if (e.module == NULL)
    fail_msg("emit_module: %s", error);
  e.text = LLVMPrintModuleToString(e.module);
  return e;
}

static void drop(emitted *e) {
  LLVMDisposeMessage(e->text);
  LLVMDisposeModule(e->module);
  LLVMContextDispose(e->context);
  arena_free(e->arena);
}

static void has(const emitted *e, const char *piece) {
  if (strstr(e->text, piece) == NULL)
    fail_msg("no `%s` in\n%s", piece, e->text);
}

static void has_not(const emitted *e, const char *piece) {
  if (strstr(e->text, piece) != NULL)
    fail_msg("`%s` in\n%s", piece, e->text);
}

static void vectors_are_explicit(void **state) {
  (void)state;
  static const char source[] = STEP("%0 = load $0\n%1 = load $1\n%2 = fma %0 %1 %0\n%3 = gt %2 %0\n"
                                    "store $0 %2\nstore $2 %3\n");
  static const struct {
    uint32_t width;
    const char *load, *fma, *flags;
  } rows[] = {
      {1, "load double", "@llvm.fma.f64", "store i8"},
      {2, "load <2 x double>", "@llvm.fma.v2f64", "store <2 x i8>"},
      {4, "load <4 x double>", "@llvm.fma.v4f64", "store <4 x i8>"},
      {8, "load <8 x double>", "@llvm.fma.v8f64", "store <8 x i8>"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    emitted e = emit(source, rows[i].width, NULL);
    has(&e, rows[i].load);
    has(&e, rows[i].fma);
    has(&e, rows[i].flags);
    has_not(&e, " fast ");
    has_not(&e, " contract ");
    has_not(&e, " reassoc ");
    drop(&e);
  }
}

static void kernels_are_exported_in_a_table(void **state) {
  (void)state;
  emitted e = emit(STEP("%0 = load $0\nstore $4 %0\n"), 4, NULL);
  has(&e, "@nsa_kernels = constant [1 x ptr] [ptr @nsa_kernel_0]");
  has(&e, "@nsa_kernel_count = constant i32 1");
  has(&e, "define void @nsa_kernel_0(ptr %self, ptr %fields, ptr %clock, i64 %begin, i64 %end, ptr %out)");
  drop(&e);
}

/* exp is taken along, the other functions stay behind; none of libm is asked for. */
static void only_what_is_called_is_linked(void **state) {
  (void)state;
  emitted e = emit(STEP("%0 = load $0\n%1 = math1 #0 %0\nstore $0 %1\n"), 4, NULL);
  has(&e, "define internal <4 x double> @nsa_exp_4(<4 x double>");
  has_not(&e, "@nsa_log_4");
  has_not(&e, "@nsa_rand_uniform_4");
  has_not(&e, "declare double");
  has_not(&e, "@exp(");
  has_not(&e, "\"target-cpu\"=\"x86-64\"");
  drop(&e);
}

static void run_pipeline(emitted *e) {
  LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
  LLVMErrorRef failure = LLVMRunPasses(e->module, "always-inline,globaldce", NULL, options);
  assert_null(failure);
  LLVMDisposePassBuilderOptions(options);
  LLVMDisposeMessage(e->text);
  e->text = LLVMPrintModuleToString(e->module);
}

static void maths_vanish_into_step_kernels_alone(void **state) {
  (void)state;
#define DRAW                                                                                                           \
  "%0 = element\n%1 = const 0\n%2 = rand_normal key 0x1 #0 %0 %1 %1 %1\n%3 = math1 #0 %2\n"                            \
  "store $0 %3\n"
  emitted step = emit(STEP(DRAW), 4, NULL);
  run_pipeline(&step);
  has_not(&step, "@nsa_exp_4");
  has_not(&step, "@nsa_rand_normal_4");
  drop(&step);
  emitted init = emit(INIT(DRAW), 4, NULL);
  run_pipeline(&init);
  has(&init, "@nsa_exp_4");
  drop(&init);
}

static void skips_are_branches(void **state) {
  (void)state;
  emitted e = emit(STEP("%0 = load $0\n%1 = load $2\nskip_begin %1\n%3 = sqrt %0\nskip_end\n"
                        "%5 = select %1 %3 %0\nstore $0 %5\n"),
                   4, NULL);
  has(&e, "bitcast <4 x i1>");
  has(&e, "br i1 %any, label %needed, label %skipped");
  has(&e, "phi <4 x double>");
  drop(&e);
}

static void systems_ask_the_runtime(void **state) {
  (void)state;
  emitted e = emit(INIT("%0 = load $0\n%1 = const 0.1\n%2 = expm #1 %0 %1\n%3 = get #0 %2\n"
                        "store $0 %3\n"),
                   4, NULL);
  has(&e, "declare i32 @nsa_expm_phi(");
  has(&e, "call void @nsa_tuple_lanes(");
  drop(&e);
}

static void lines_lead_back_to_the_model(void **state) {
  (void)state;
  arena *a = arena_new();
  diag_sink *sink = diag_sink_new(a);
  static const char model[] = "neuron n {\n  state x = 0\n}\n";
  diag_add_file(sink, "folder/model.nsa", model, sizeof model - 1);
  emitted e = emit(STEP("%0 = load $0 @0:13-24\n%1 = sqrt %0 @0:13-24\nstore $0 %1 @0:13-24\n"), 4, sink);
  has(&e, "!DIFile(filename: \"folder/model.nsa\"");
  has(&e, "!DILocation(line: 2, column: 3");
  has(&e, "DISubprogram(name: \"grid.step\", linkageName: \"nsa_kernel_0\"");
  drop(&e);
  arena_free(a);
}

static void a_width_without_maths_is_an_error(void **state) {
  (void)state;
  arena *a = arena_new();
  const char *error = NULL;
  ir_program *p = ir_read(a, STEP("%0 = load $0\n%1 = math1 #0 %0\nstore $0 %1\n"), &error);
  assert_non_null(p);
  ir_program_finish(p);
  LLVMContextRef context = LLVMContextCreate();
  emit_options options = {.width = 3, .cpu = "haswell", .features = ""};
  assert_null(emit_module(a, context, p, &options, &error));
  assert_non_null(strstr(error, "3 lanes"));
  LLVMContextDispose(context);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(vectors_are_explicit),
      cmocka_unit_test(kernels_are_exported_in_a_table),
      cmocka_unit_test(only_what_is_called_is_linked),
      cmocka_unit_test(maths_vanish_into_step_kernels_alone),
      cmocka_unit_test(skips_are_branches),
      cmocka_unit_test(systems_ask_the_runtime),
      cmocka_unit_test(lines_lead_back_to_the_model),
      cmocka_unit_test(a_width_without_maths_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
