#!/bin/bash
# SPDX-License-Identifier: MIT
# The maths give the same bits at every vector width, optimisation level and compiler.
# Needs SRC (the checkout); CC and CLANG may be set. Without clang only the plain C builds are compared.
set -eu
CC=${CC:-cc}
CLANG=${CLANG:-$(command -v clang-19 || command -v clang || true)}
flags="-std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -w -I$SRC/runtime -I$SRC/runtime/include"
source=$SRC/tests/maths/widths/hash.c

has() { grep -qw "$1" /proc/cpuinfo 2>/dev/null; }

build_and_compare() { # name, compiler, flags...
  local name=$1
  shift
  "$@" $flags -o "$name" "$source" -lm
  "./$name" >"$name.txt"
  if ! cmp -s plain.txt "$name.txt"; then
    echo "$name differs from plain:"
    diff plain.txt "$name.txt" || true
    failed=1
  fi
  echo "$name: $(cksum <"$name.txt")"
}

failed=0
"$CC" $flags -O2 -o plain "$source" -lm
./plain >plain.txt
build_and_compare unoptimised "$CC" -O0
if has fma && has avx2; then
  build_and_compare plain_fma "$CC" -O3 -mfma -mavx2
fi
if [ -n "$CLANG" ] && has fma && has avx2; then
  build_and_compare width_1 "$CLANG" -O2 -mfma -DNSA_WIDTH=1
  build_and_compare width_2 "$CLANG" -O2 -mfma -DNSA_WIDTH=2
  build_and_compare width_4 "$CLANG" -O2 -mavx2 -mfma -DNSA_WIDTH=4
  if has avx512f; then
    build_and_compare width_8 "$CLANG" -O3 -mavx512f -DNSA_WIDTH=8
  else # the same vectors, in halves
    build_and_compare width_8 "$CLANG" -O3 -mavx2 -mfma -DNSA_WIDTH=8
  fi
fi
exit $failed
