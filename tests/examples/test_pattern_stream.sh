#!/bin/sh
# SPDX-License-Identifier: MIT
# Predictive gating: once learned, expected patterns cost a third of what surprising ones do; what is not consolidated is gone after a minute.
set -u
: "${NSA:?the nsa program}" "${SRC:?the source folder}"
: >failures
fail() { echo "FAILED $*" | tee -a failures; }
between() { # what, value, lowest, highest
  awk -v v="$2" -v lo="$3" -v hi="$4" 'BEGIN { exit !(v != "" && v >= lo && v <= hi) }' || fail "$1 is $2, not from $3 to $4"
}
# What the table of all variants says of a measure.
value() { # measure, variant
  awk -v measure="$1" -v variant="$2" '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == variant) column = i + 1; next }
    $1 == measure && column { print $column }' table
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { print a/b }'; }

"$NSA" run "$SRC/examples/pattern_stream.nsa" --variants all --force --out results >table 2>messages ||
  { fail "the model does not run"; cat messages; exit 1; }

between "surprising over expected, second minute" "$(ratio "$(value surprising_late base)" "$(value expected_late base)")" 2.5 4
between "the same without learning" "$(ratio "$(value surprising_late no_prediction)" "$(value expected_late no_prediction)")" 0.8 1.2
between "the same after the rest" "$(ratio "$(value surprising_again base)" "$(value expected_again base)")" 2.5 5
between "the same after the rest, nothing kept" "$(ratio "$(value surprising_again no_consolidation)" "$(value expected_again no_consolidation)")" 1 2.2
between "what is predicted" "$(value predicted base)" 0.74 0.86
between "what is predicted without learning" "$(value predicted no_prediction)" 0.12 0.28
between "energy without prediction" "$(ratio "$(value energy no_prediction)" "$(value energy base)")" 1.5 2.2
between "energy of dense spiking" "$(ratio "$(value energy dense)" "$(value energy base)")" 2.3 3.8
between "energy with fixed thresholds" "$(ratio "$(value energy fixed_thresholds)" "$(value energy base)")" 1 1.1
between "energy without astrocytes" "$(ratio "$(value energy no_astrocytes)" "$(value energy base)")" 0.97 1.06
[ -s failures ] && exit 1
cat table
