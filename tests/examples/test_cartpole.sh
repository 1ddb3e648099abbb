#!/bin/sh
# SPDX-License-Identifier: MIT
# The cart-pole example: what a hundred trials teach, and that nothing is learned where nothing can be (docs/cartpole.md has
# the figures over 300 trials and 20 seeds). A random policy is known to hold the pole for 22.2 steps.
set -u
: "${NSA:?the nsa program}" "${SRC:?the source folder}"
. "$SRC/tests/examples/ranges.sh"
model=$SRC/examples/cartpole.nsa

of() { awk -v m="$1" -v v="$2" '$1 == m && $2 == v { print $6; exit }' sweep.txt; }

"$NSA" sweep "$model" --set trials=100 --seeds 1..4 --variants base,random,no_learning,no_astrocytes --jobs 1 --quiet --out learning > sweep.txt || exit 1
cat sweep.txt
expect "steps after learning" "$(of steps_100 base)" 200 500
expect "steps of a random policy" "$(of steps_100 random)" 19 26
expect "steps without learning" "$(of steps_100 no_learning)" 17 27
expect "steps without astrocytes" "$(of steps_100 no_astrocytes)" 24 50

"$NSA" run "$model" --set trials=5 --variant by_hand --no-results --quiet > measures.txt || exit 1
expect "steps of a policy by hand" "$(value steps_50)" 500 500

# The same bits from the interpreter and by two threads.
for way in one two walked; do
  case $way in one) how="--threads 1" ;; two) how="--threads 2" ;; *) how=--interpret ;; esac
  # shellcheck disable=SC2086
  "$NSA" run "$model" --set trials=5 --quiet --csv --force $how --out $way > /dev/null || exit 1
  cmp one/pole.steps.csv $way/pole.steps.csv || failures=$((failures + 1))
done
[ "$failures" -eq 0 ]
