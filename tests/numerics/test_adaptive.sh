#!/bin/sh
# SPDX-License-Identifier: MIT
# A step of `adaptive` that needs more sub-steps than it may have stops the run, and says where and when; one that has
# enough does not.
set -u
cp "$SRC/tests/numerics/adaptive/relaxation.nsa" enough.nsa
sed 's/adaptive {/adaptive(substeps = 20) {/' enough.nsa > few.nsa
for how in "" --interpret; do
  "$NSA" run enough.nsa --csv --force --out enough $how > /dev/null 2>&1 || { echo "FAILED: 10000 sub-steps are not enough"; exit 1; }
  "$NSA" run few.nsa --csv --force --out few $how > few.txt 2> few.err
  code=$?
  [ $code -eq 3 ] || { echo "FAILED: exit code $code, not 3"; exit 1; }
  grep -q 'few.nsa:7:3: error: numerical failure: cells (relaxation) element 0: x is inf at t = 20 ms' few.err || { cat few.err; exit 1; }
done
"$NSA" explain few.nsa 2> /dev/null | grep -q 'adaptive, order 5 (as the model says; tolerance 1e-06, at most 20 sub-steps)' ||
  { echo "FAILED: explain does not say the options"; exit 1; }
cat > joined.nsa <<'END'
neuron c { state a = 1, b = 1
  da/dt = (b - a^3)/(1 ms) using adaptive(tolerance = 1e-3)
  db/dt = -b*a/(1 ms) }
population p : c
run 1 ms
END
"$NSA" explain joined.nsa 2> /dev/null | grep -q 'b: adaptive, order 5 (as the equations that it is joined with; tolerance 0.001,' ||
  { echo "FAILED: an equation that joins others does not take their options"; exit 1; }
