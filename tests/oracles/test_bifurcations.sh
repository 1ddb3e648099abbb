#!/bin/sh
# SPDX-License-Identifier: MIT
# nsa analyse beside AUTO-07p, where that is installed (Debian: auto-07p): Hopf points, a cycle, and where cycles end.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}"
command -v auto-07p >/dev/null && command -v gfortran >/dev/null || { echo "auto-07p is not here: nothing to compare with"; exit 0; }
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
near() { # what, value, expected, tolerance
  awk -v x="$2" -v y="$3" -v e="$4" 'BEGIN { d = x - y; exit !(x != "" && y != "" && d <= e && -d <= e) }' || fail "$1: $2, AUTO has $3"
}
cp "$SRC"/tests/oracles/bifurcations/li_rinzel.* .
HOME=$PWD OMP_NUM_THREADS=1 timeout 100 auto-07p li_rinzel.auto >auto.txt 2>&1 </dev/null || { tail auto.txt; exit 1; }
auto() { awk -v what="$1" -v row="$2" -v column="$3" '$1 == what && ++n == row { print $column }' auto.txt; }
"$NSA" analyse "$SRC/examples/bifurcation.nsa" li_rinzel --along IP3=0.3..0.8uM --out found >out.txt || exit 1
point() { awk -F, -v row="$1" -v column="$2" '$2 == "Hopf" && ++n == row { print $column }' found/special_points.csv; }
cycle() { awk -F, -v column="$1" 'NR > 1 && $1 > 0.4999999 && $1 < 0.5000001 { print $column }' found/cycles.csv; }
for k in 1 2; do
  near "Hopf point $k" "$(point $k 3)" "$(auto HOPF $k 2)" 1e-9
  near "Ca at Hopf point $k" "$(point $k 4)" "$(auto HOPF $k 3)" 1e-8
done
near "the period at 0.5 uM" "$(cycle 2)" "$(auto CYCLE 1 3)" 1e-6
near "the lowest Ca" "$(cycle 3)" "$(auto CYCLE 1 4)" 2e-5 # AUTO has it at the points of its mesh
near "the highest Ca" "$(cycle 4)" "$(auto CYCLE 1 5)" 2e-5
# The last stable cycle lies before the fold of cycles, and not far: values are 1/60 of the range apart.
end=$(auto END 1 2) last=$(awk -F, 'NR > 1 { x = $1 } END { print x }' found/cycles.csv)
awk -v x="$last" -v y="$end" 'BEGIN { exit !(y != "" && x <= y && y - x < 0.5/60) }' || fail "cycles to $last, AUTO has their end at $end"
exit $((failed > 0))
