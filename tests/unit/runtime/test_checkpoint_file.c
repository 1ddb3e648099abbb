/* SPDX-License-Identifier: MIT */
/* The file of a checkpoint: what was written is read; a byte that is another one, and a file that is cut anywhere, are
 * refused; one whose head is right but whose inside is damaged does no harm. */
#include "unit/cmocka_all.h"

#include "base/hash.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/head.h"
#include "handmade.h"
#include "run/make.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char path[] = "state.h5";

static void nothing(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                    nsa_range_out *out) {
  (void)self, (void)fields, (void)clock, (void)begin, (void)end, (void)out;
}

typedef struct {
  handmade *m;
  sim *s;
  nsa_field_id v, timer;
} fixture;

static sim *make_sim(handmade *m) {
  char error[SIM_ERROR_SIZE] = "";
  sim *s = sim_new(&m->program, m->entries, 5, 1, error);
  if (!s || !sim_connect(s, error) || !sim_init(s, error))
    fail_msg("%s", error);
  return s;
}

static fixture setup(void) {
  fixture f = {.m = handmade_new(5)};
  handmade_population(f.m, "cells", 1, 1500, 0);
  uint32_t d = f.m->populations[0].domain;
  f.v = handmade_field(f.m, "cells.v", d, NSA_F64, NSA_FIELD_STATE, 1);
  f.timer = handmade_field(f.m, "cells.busy", d, NSA_F64, NSA_FIELD_TIMER, 0);
  f.m->populations[0].step = handmade_kernel(f.m, "cells.step", NSA_ROLE_STEP, d, 0, nothing, f.v, NSA_NO_FIELD);
  f.m->program.ticks = 100;
  f.s = make_sim(f.m);
  return f;
}

static void tear_down(fixture *f) {
  sim_free(f->s);
  handmade_free(f->m);
}

static void write_it(fixture *f) {
  char error[SIM_ERROR_SIZE] = "";
  double *v = f->s->field_data[f->v.id];
  for (int i = 0; i < 1500; i++)
    v[i] = 0.1 * i;
  f->s->tick = 42;
  if (!checkpoint_write(f->s, NULL, path, error))
    fail_msg("%s", error);
}

static uint8_t *load(size_t *size) {
  struct stat info;
  int fd = open(path, O_RDONLY);
  assert_true(fd >= 0 && fstat(fd, &info) == 0);
  uint8_t *bytes = malloc((size_t)info.st_size + 1);
  assert_true(bytes && read(fd, bytes, (size_t)info.st_size) == info.st_size);
  close(fd);
  *size = (size_t)info.st_size;
  return bytes;
}

static void hashes_are_those_of_the_specification(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint64_t hash;
  } known[] = {{"", 0xef46db3751d8e999u}, {"a", 0xd24ec4f1a98c6e5bu}, {"abc", 0x44bc2cf5ad770999u}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    hash64 h = hash64_begin();
    hash64_add(&h, known[i].text, strlen(known[i].text));
    assert_true(hash64_end(&h) == known[i].hash);
  }
  uint8_t bytes[200];
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (uint8_t)(7 * i);
  hash64 whole = hash64_begin();
  hash64_add(&whole, bytes, sizeof bytes);
  for (size_t cut = 0; cut < sizeof bytes; cut++) {
    hash64 parts = hash64_begin();
    hash64_add(&parts, bytes, cut);
    hash64_add(&parts, bytes + cut, sizeof bytes - cut);
    assert_true(hash64_end(&parts) == hash64_end(&whole));
  }
}

static void what_was_written_is_restored(void **state) {
  (void)state;
  char error[SIM_ERROR_SIZE] = "";
  fixture f = setup();
  write_it(&f);
  checkpoint *c = checkpoint_read(path, error);
  if (!c)
    fail_msg("%s", error);
  assert_int_equal(checkpoint_tells(c)->tick, 42);
  assert_int_equal(checkpoint_tells(c)->seed, 5);
  sim *other = make_sim(f.m);
  checkpoint_way way = {.variant = NULL};
  if (!checkpoint_restore(c, &way, other, error))
    fail_msg("%s", error);
  assert_int_equal(other->tick, 42);
  assert_memory_equal(other->field_data[f.v.id], f.s->field_data[f.v.id], 1500 * sizeof(double));
  assert_false(way.is_edited || way.changes || way.needed);
  way.variant = "strong";
  assert_false(checkpoint_restore(c, &way, other, error));
  assert_non_null(strstr(error, "leave --variant out"));
  other->seed = 6;
  way.variant = NULL;
  assert_false(checkpoint_restore(c, &way, other, error));
  assert_non_null(strstr(error, "its seed is 5"));
  sim_free(other);
  checkpoint_free(c);
  tear_down(&f);
}

/* Whether the head says that something is wrong; no library sees the file. */
static bool is_refused(int fd) {
  char error[HEAD_ERROR] = "";
  bool is_good = head_check(fd, error);
  return !is_good && error[0];
}

static void each_byte_counts(void **state) {
  (void)state;
  fixture f = setup();
  size_t size;
  write_it(&f);
  uint8_t *bytes = load(&size);
  int fd = open(path, O_RDWR);
  assert_false(is_refused(fd));
  for (size_t at = 0; at < size; at++) {
    uint8_t other = bytes[at] ^ (uint8_t)(1 << at % 8);
    assert_int_equal(pwrite(fd, &other, 1, (off_t)at), 1);
    if (!is_refused(fd))
      fail_msg("byte %zu does not matter", at);
    assert_int_equal(pwrite(fd, &bytes[at], 1, (off_t)at), 1);
  }
  assert_false(is_refused(fd));
  for (size_t left = size; left-- > 0;) {
    assert_int_equal(ftruncate(fd, (off_t)left), 0);
    if (!is_refused(fd))
      fail_msg("%zu bytes are enough", left);
  }
  close(fd);
  free(bytes);
  tear_down(&f);
}

/* A head that fits is easily made: then the library sees damaged bytes. */
static void a_right_head_makes_nothing_right(void **state) {
  (void)state;
  fixture f = setup();
  size_t size;
  write_it(&f);
  uint8_t *bytes = load(&size);
  int refused = 0, tries = 60;
  for (int i = 0; i < tries; i++) {
    char error[SIM_ERROR_SIZE] = "";
    size_t at = HEAD_BYTES + (size_t)i * 7919 % (size - HEAD_BYTES);
    int fd = open(path, O_RDWR);
    uint8_t other = bytes[at] ^ (uint8_t)(1 << i % 8);
    assert_int_equal(pwrite(fd, &other, 1, (off_t)at), 1);
    assert_true(head_write(fd));
    checkpoint *c = checkpoint_read(path, error);
    checkpoint_way way = {.variant = i % 2 ? NULL : "another", .allowed = i % 2 ? 0 : ALLOW_ALL};
    sim *s = c ? make_sim(f.m) : NULL;
    refused += !c || !checkpoint_restore(c, &way, s, error);
    sim_free(s);
    checkpoint_free(c);
    assert_int_equal(pwrite(fd, &bytes[at], 1, (off_t)at), 1);
    close(fd);
  }
  assert_true(refused > tries / 4); /* what no data set uses does not matter */
  free(bytes);
  tear_down(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(hashes_are_those_of_the_specification),
                                     cmocka_unit_test(what_was_written_is_restored), cmocka_unit_test(each_byte_counts),
                                     cmocka_unit_test(a_right_head_makes_nothing_right)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
