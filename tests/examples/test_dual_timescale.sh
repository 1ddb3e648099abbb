#!/bin/sh
# SPDX-License-Identifier: MIT
# Memory on two timescales: it takes the weights and the calcium to recall; calcium that has gone does not, and nobody
# spikes in between.
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
less() { awk -v a="$1" -v b="$2" 'BEGIN { print a - b }'; }

"$NSA" run "$SRC/examples/dual_timescale.nsa" --variants all --force --out results >table 2>messages ||
  { fail "the model does not run"; cat messages; exit 1; }

recent=$(value recall_recent base)
between "recall of the recent glyph" "$recent" 0.85 0.99
between "what calcium adds to it" "$(less "$recent" "$(value recall_recent no_glia)")" 0.1 0.35
between "what learning adds to it" "$(less "$recent" "$(value recall_recent no_learning)")" 0.1 0.35
between "recall of the older glyph" "$(value recall_old base)" 0.65 0.80
between "the older glyph without astrocytes" "$(value recall_old no_glia)" 0.65 0.80
between "what lasting calcium adds to the older glyph" "$(less "$(value recall_old lasting)" "$(value recall_old base)")" 0.02 0.2
for variant in base no_glia no_learning lasting; do
  between "spikes in silence, $variant" "$(value in_silence $variant)" 0 0
done
between "seconds that calcium is held" "$(value Ca_held base)" 28 40
between "seconds that lasting calcium is held" "$(value Ca_held lasting)" 50 58
between "spikes" "$(value spikes base)" 18000 27000
between "energy in uJ" "$(value energy base)" 11 18
between "energy saved by forgetting" "$(less "$(value energy lasting)" "$(value energy base)")" 10 40
[ -s failures ] && exit 1
cat table
