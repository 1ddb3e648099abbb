#!/bin/sh
# SPDX-License-Identifier: MIT
# Comparisons, floor, ceil and round of times, in blocks, lets, equations, conditions of events and stimuli, and the times of
# recordings, for steps from 0.001 to 10 ms: what exact fractions give. Kernels agree with the
# interpreter to the last bit.
set -u
sweep="$SRC/tests/numerics/times/sweep.py"
python3 "$sweep" write . || exit 1
failed=0
for model in *.nsa; do
  dt=${model%.nsa}
  "$NSA" run "$model" --interpret --csv --out "i$dt" > out.txt 2> err.txt || { cat err.txt; echo "FAILED: $model"; exit 1; }
done
python3 "$sweep" judge . || failed=1
for dt in 0.001 0.07 0.1 0.3 0.0333 10; do
  "$NSA" run "$dt.nsa" --csv --out "c$dt" > out.txt 2> err.txt || { cat err.txt; exit 1; }
  for file in "i$dt"/*.csv; do
    cmp "$file" "c$dt/${file##*/}" || failed=1
  done
done
[ $failed = 0 ] || { echo "FAILED"; exit 1; }
