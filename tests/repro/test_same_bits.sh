#!/bin/sh
# SPDX-License-Identifier: MIT
# The same bits whatever the number of threads, the lanes of a vector, in memory or as an executable, compiled or
# interpreted: all recordings of tests/models are compared as text.
set -u
failed=0
export NSA_CACHE="$PWD/cache"
run() { # name, command...
  name=$1; shift
  "$@" --csv --quiet --force --seed 7 --out "$name" >"$name.txt" 2>"$name.err" || { echo "FAILED: $*"; cat "$name.err"; failed=$((failed + 1)); }
}
same() { # a, b
  for file in "$1"/*.csv; do
    cmp -s "$file" "$2/$(basename "$file")" || { echo "FAILED: $(basename "$file") differs between $1 and $2"; failed=$((failed + 1)); }
  done
}
compare() { # model, precision
  model=$1; m=$(basename "$1" .nsa).$2; set -- --precision "$2"
  run "$m.one" "$NSA" run "$model" "$@" --threads 1
  run "$m.cached" "$NSA" run "$model" "$@" --threads 1
  run "$m.two" "$NSA" run "$model" "$@" --threads 2
  run "$m.four" "$NSA" run "$model" "$@" --threads 4
  run "$m.scalar" "$NSA" run "$model" "$@" --threads 1 --width 1
  run "$m.pairs" "$NSA" run "$model" "$@" --threads 1 --width 2
  run "$m.interpreted" "$NSA" run "$model" "$@" --threads 1 --interpret
  "$NSA" build "$model" "$@" -o "$m.exe" || { echo "FAILED: build $m"; failed=$((failed + 1)); return; }
  run "$m.native" "./$m.exe" --threads 2
  for other in cached two four scalar pairs interpreted native; do same "$m.one" "$m.$other"; done
  [ "$(find "$m.one" -name '*.csv' | wc -l)" -gt 0 ] || { echo "FAILED: $m recorded nothing"; failed=$((failed + 1)); }
  if ldd "./$m.exe" | grep -qi llvm; then echo "FAILED: $m.exe links LLVM"; failed=$((failed + 1)); fi
}
for model in "$SRC"/tests/models/*.nsa; do
  compare "$model" double
  compare "$model" single
done
compare "$SRC/tests/models/network.nsa" mixed
[ "$failed" -eq 0 ]
