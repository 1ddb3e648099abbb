#!/bin/sh
# SPDX-License-Identifier: MIT
# Two threads at the same arrays give the bits of one. In the build of `make tsan` a race ends the run; kernels are the
# interpreter's, as the sanitizer does not see machine code that is made while a program runs.
set -u
failed=0
run() { # folder, options...
  folder=$1
  shift
  "$NSA" run "$model" --interpret --for "2 ms" --csv --quiet --force --out "$folder" "$@" > "$folder.txt" 2>&1 ||
    { echo "FAILED: $model $*"; head -n 60 "$folder.txt"; failed=$((failed + 1)); }
}
for model in "$SRC"/tests/models/*.nsa; do
  name=$(basename "$model" .nsa)
  run "$name.one" --threads 1
  run "$name.two" --threads 2
  for table in "$name.one"/*.csv; do
    cmp "$table" "$name.two/$(basename "$table")" || failed=$((failed + 1))
  done
done
[ "$failed" -eq 0 ]
