#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The digits and letters that are checked in are those that examples/digits/make_digits.c draws.
set -u
: "${SRC:?the source folder}" "${TOOLS:?the folder of the small programs}"
"$TOOLS/make_digits" . || exit 1
failures=0
for image in $(seq 0 19); do
  cmp "$image.pgm" "$SRC/examples/digits/$image.pgm" || failures=$((failures + 1))
done
[ "$failures" -eq 0 ]
