#!/bin/bash
# SPDX-License-Identifier: MIT
# The bitcode of the maths looks as kernels need it: vectors as arguments, no library calls, no loops but those
# of numbers drawn by rejection, no lane taken out of its vector. Needs SRC; CLANG may be set. Passes where there is no clang.
set -eu
CLANG=${CLANG:-$(command -v clang-19 || command -v clang || true)}
[ -n "$CLANG" ] || exit 0
[ "$(uname -m)" = x86_64 ] || exit 0

failed=0
complain() {
  echo "width $width: $1"
  failed=1
}

check_width() { # width, flags...
  width=$1
  shift
  "$CLANG" -std=c11 -O2 -ffp-contract=off -w -DNSA_WIDTH="$width" "$@" -S -emit-llvm -o "$width.ll" \
    "$SRC/runtime/math/kernel_math.c"
  local vector="<$width x double>"
  [ "$width" = 1 ] && vector=double
  grep -q "^define .*$vector @nsa_exp_$width($vector [a-z]* %0)" "$width.ll" || complain "signature of exp"
  grep -q "^define .*$vector @nsa_rand_normal_$width(i64 [a-z]* %0, $vector [a-z]* %1, $vector [a-z]* %2, double [a-z]* %3, $vector [a-z]* %4, $vector [a-z]* %5)" "$width.ll" ||
    complain "signature of rand_normal"
  ! grep '^declare' "$width.ll" | grep -v '@llvm\.' || complain "calls a library"
  ! awk '/^define/ { name = $0 } /^ *br / && name !~ /poisson|gamma|binomial/' "$width.ll" | grep . || complain "branches"
  [ "$width" = 1 ] || ! grep extractelement "$width.ll" || complain "takes lanes apart"
  # every function of the table is there
  sed -n 's/^NSA_MATH(\(.*\), .*/nsa_\1_/p; s/^NSA_RAND(\(.*\), .*/nsa_rand_\1_/p' "$SRC/runtime/include/nsa_math.def" |
    while read -r name; do grep -q "^define .*@$name$width(" "$width.ll" || echo "$name$width is missing"; done >missing
  [ ! -s missing ] || complain "$(cat missing)"
}

check_width 1 -mfma
check_width 2 -mfma
check_width 4 -mavx2 -mfma
check_width 8 -mavx512f
exit $failed
