#!/bin/sh
# SPDX-License-Identifier: MIT
# The navigation example: the effect of each memory over a few mazes (the figures over hundreds are in docs/navigation.md),
# against a prototype in C that was written from the protocol alone, and the same bits however it is run.
set -u
: "${NSA:?the nsa program}" "${SRC:?the source folder}"
. "$SRC/tests/examples/ranges.sh"
model=$SRC/examples/navigation.nsa

# Statistics of a sweep's measure: what, variant, column (6: median).
of() { awk -v m="$1" -v v="$2" -v c="$3" '$1 == m && $2 == v { print $c; exit }' sweep.txt; }
ratio() { awk -v a="$(of "$1" "$2" 6)" -v b="$(of "$1" base 6)" 'BEGIN { print a/b }'; }

# The first trial: the prototype's medians over 200 mazes were 90 (here 49 to 155 between quartiles), 516 and 538.
"$NSA" sweep "$model" --set trials=1 --set limit=2000 --seeds 1001..1024 --variants base,no_astrocytes,random --quiet --out first > sweep.txt || exit 1
expect "the first way" "$(of first_path base 6)" 60 140
expect "the first way without astrocytes, beside" "$(ratio first_path no_astrocytes)" 3 12
expect "a random walk beside" "$(ratio first_path random)" 2.5 10
expect "spikes without astrocytes, beside" "$(ratio spikes no_astrocytes)" 3 12
expect "events without astrocytes, beside" "$(ratio events no_astrocytes)" 3 12
expect "all find the goal" "$(of reached base 4)" 0.99 1

# Twenty trials: 1.56 and 5.3 times the shortest way for the prototype (with tau_E = 20 s), here 1.3 and about 6.
"$NSA" sweep "$model" --seeds 1001..1012 --variants base,no_stdp --quiet --out late > sweep.txt || exit 1
expect "the way after learning" "$(of detour base 6)" 1 2.2
expect "the way without learning" "$(of detour no_stdp 6)" 3.5 12

# The same bits from an executable, by any threads, and from the interpreter.
"$NSA" build "$model" --set trials=3 -o navigation || exit 1
ways() {
  ./navigation --quiet --csv --force --out made
  "$NSA" run "$model" --set trials=3 --quiet --csv --force --threads 1 --out one
  "$NSA" run "$model" --set trials=3 --quiet --csv --force --threads 2 --out two
  "$NSA" run "$model" --set trials=3 --quiet --csv --force --interpret --out walked
}
ways > measures.txt || exit 1
for other in one two walked; do
  for table in maze.steps.csv maze.trials.csv; do
    cmp -s "made/$table" "$other/$table" || { echo "FAILED: $table of $other differs"; failures=$((failures + 1)); }
  done
done
expect "steps of the first trial in the table" "$(awk -F, '$1 == 0 { print $4 }' made/maze.trials.csv)" "$(value first_path | head -n 1)" "$(value first_path | head -n 1)"

# The biophysical astrocyte does it too, with the constants that it has.
"$NSA" sweep "$SRC/examples/navigation_ullah.nsa" --set trials=1 --set limit=500 --seeds 1001..1012 --variants base,no_astrocytes --quiet --out ullah > sweep.txt || exit 1
expect "the first way without Ullah's astrocytes, beside" "$(ratio first_path no_astrocytes)" 1.2 8
[ $failures -eq 0 ] && echo "navigation: as it should be"
exit $((failures > 0))
