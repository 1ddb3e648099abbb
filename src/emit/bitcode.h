/* SPDX-License-Identifier: MIT */
/* bitcode.h - the kernels' maths (runtime/math/kernel_math.c) as LLVM bitcode, compiled once for
 * each vector width by the build and carried inside the compiler. */
#ifndef NSA_EMIT_BITCODE_H
#define NSA_EMIT_BITCODE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint32_t width; /* lanes of double: NSA_WIDTH when it was compiled */
  const unsigned char *data;
  size_t len;
} nsa_bitcode;

/* In ascending order of the width. */
extern const nsa_bitcode nsa_math_bitcode[];
extern const uint32_t nsa_math_bitcode_count;

#endif
