#!/bin/sh
# SPDX-License-Identifier: MIT
# The bifurcation example: the Hopf points of two models, how their cycles begin, a period and an amplitude, and pictures.
# References: an independent program with error control (docs/models.md).
set -u
: "${NSA:?the nsa program}" "${SRC:?the source folder}"
. "$SRC/tests/examples/ranges.sh"
model=$SRC/examples/bifurcation.nsa

point() { awk -F, -v k="$1" -v c="$2" '$2 == "Hopf" && ++n == k { print $c }' bifurcation.analysis/special_points.csv; }
cycle() { awk -F, -v p="$1" -v c="$2" 'NR > 1 && $1 - p < 1e-9 && p - $1 < 1e-9 { print $c }' bifurcation.analysis/cycles.csv; }

"$NSA" analyse "$model" li_rinzel --along IP3=0..1uM >out.txt || exit 1
expect "the first Hopf point, uM" "$(point 1 3)" 0.35453381 0.35453383
expect "the second Hopf point, uM" "$(point 2 3)" 0.63688181 0.63688183
expect "Ca at the first, uM" "$(point 1 4)" 0.1556 0.1558
[ "$(point 1 8)" = supercritical ] || { echo "FAILED: the first is $(point 1 8)"; failures=$((failures + 1)); }
[ "$(point 2 8)" = subcritical ] || { echo "FAILED: the second is $(point 2 8)"; failures=$((failures + 1)); }
expect "the period at 0.5 uM, s" "$(cycle 0.5 2)" 11.491983 11.491984
expect "the lowest Ca at 0.5 uM" "$(cycle 0.5 3)" 0.1076950 0.1076952
expect "the highest Ca at 0.5 uM" "$(cycle 0.5 4)" 0.4445587 0.4445589
[ -z "$(cycle 0.3 2)$(cycle 0.7 2)" ] || { echo "FAILED: it oscillates where it rests"; failures=$((failures + 1)); }
grep -q '^Hopf .*0.3545338' out.txt || { echo "FAILED: it prints $(cat out.txt)"; failures=$((failures + 1)); }
for words in '<svg ' 'stroke-dasharray' '>oscillation<' '>IP3 (uM)<'; do
  grep -q -- "$words" bifurcation.analysis/diagram_Ca.svg || { echo "FAILED: no $words in the picture"; failures=$((failures + 1)); }
done
"$NSA" analyse "$model" ullah --along v4=0..1uM/s >out.txt || exit 1
expect "the Hopf point of Ullah's model, uM/s" "$(point 1 3)" 0.51089823 0.51089825
[ -z "$(point 2 3)" ] || { echo "FAILED: Ullah's model has another Hopf point"; failures=$((failures + 1)); }
[ "$failures" -eq 0 ]
