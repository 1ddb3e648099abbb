#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The digits that are checked in are those that examples/digits/make_digits.c draws.
set -u
: "${SRC:?the source folder}" "${TOOLS:?the folder of the small programs}"
"$TOOLS/make_digits" . || exit 1
failures=0
for digit in 0 1 2 3 4 5 6 7 8 9; do
  cmp "$digit.pgm" "$SRC/examples/digits/$digit.pgm" || failures=$((failures + 1))
done
[ "$failures" -eq 0 ]
