/* SPDX-License-Identifier: MIT */
/* target.h - what a fuzz target has: one function that takes any bytes, and finds nothing wrong with them.
 *
 * tests/fuzz/fuzz_NAME.c is linked with libFuzzer for `make fuzz`, and with replay.c for `make test`, which feeds it
 * what lies in tests/fuzz/corpus/NAME: seeds, and all that ever broke it. Targets run in an empty folder of their own.
 */
#ifndef NSA_TESTS_FUZZ_TARGET_H
#define NSA_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Makes the bytes a file of the present folder. */
void target_write(const char *path, const uint8_t *data, size_t size);

/* Says what is wrong, and aborts. */
void target_fail(const char *what);

#endif
