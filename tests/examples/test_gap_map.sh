#!/bin/sh
# SPDX-License-Identifier: MIT
# The map over IP3 and a gap junction, a part of it: without coupling the single cell (11.492 s, docs/models.md), with it less.
set -u
: "${NSA:?the nsa program}" "${SRC:?the source folder}"
. "$SRC/tests/examples/ranges.sh"
"$NSA" sweep "$SRC/examples/gap_map.nsa" --set active.IP3=0.3uM,0.5uM --set gap.D=0/s,0.05/s,0.19/s --out map --quiet >map.txt || exit 1
cell() { awk -F, -v row="$1" -v column="$2" 'NR == row + 1 { print $column }' map/sweep.csv; }
head -1 map/sweep.csv | grep -q '^active.IP3 (uM),gap.D (1/s),variant,seed,amplitude (uM),period (s),driven (uM),highest (uM),' ||
  { echo "FAILED: the head is $(head -1 map/sweep.csv)"; failures=$((failures + 1)); }
expect "amplitude at rest" "$(cell 1 5)" 0 1e-9
[ -z "$(cell 2 6)" ] || { echo "FAILED: a period at rest: $(cell 2 6)"; failures=$((failures + 1)); }
expect "amplitude without coupling" "$(cell 4 5)" 0.1684315 0.1684318
expect "period without coupling" "$(cell 4 6)" 11.49197 11.49200
expect "what is driven without coupling" "$(cell 4 7)" 0 0
expect "highest without coupling" "$(cell 4 8)" 0.444558 0.444560
expect "amplitude, D = 0.05 /s" "$(cell 5 5)" 0.15530 0.15535
expect "period, D = 0.05 /s" "$(cell 5 6)" 11.3560 11.3571
expect "what is driven, D = 0.05 /s" "$(cell 5 7)" 0.01186 0.01188
expect "amplitude, D = 0.19 /s" "$(cell 6 5)" 0.12685 0.12690
expect "what is driven, D = 0.19 /s" "$(cell 6 7)" 0.03210 0.03213
[ "$failures" -eq 0 ]
