#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Large components are checked in bounded time and memory, or refused; long kernels, which are compiled in pieces, give
# what the interpreter gives, to the last bit.
set -u
: "${NSA:?the tool}" "${SRC:?the project}"
failed=0
. "$SRC/tests/tools/sanitized.sh"

fail() { failed=1; echo "FAILED: $*"; }

check() { # what, how many, code, words
  sh "$SRC/tests/tools/equations.sh" "$1" "$2" > large.nsa
  (
    [ "$sanitized" = yes ] || ulimit -v 1500000
    timeout 60 "$NSA" check large.nsa > large.txt 2>&1
  )
  local code=$?
  [ "$code" -eq "$3" ] || fail "$2 $1: exit code $code, not $3: $(tail -n 1 large.txt)"
  grep -q "$4" large.txt || fail "$2 $1: does not say: $4"
}

check equations 2000 0 'no errors'
check equations 6000 1 'E0901.*more than 5000 equations'

# Spikes, sub-steps in a loop, what is skipped; the interpreter as the reference.
long() { # solver
  awk -v solver="$1" 'BEGIN {
    print "neuron cell " solver " {\n  state v = 0\n  dv/dt = (1.2 - v)/(2 ms)\n  spike when v > 1 { v = 0 }"
    for (k = 1; k <= 60; k++)
      printf "  state s%d = 0.01*%d\n  ds%d/dt = (1 - s%d)*exp(-s%d*v)/(%d ms)\n", k, k, k, k, k, k
    print "}\npopulation cells : cell[3]\nrecord cells.spike\nrecord cells.v\nrecord cells.s1\nrecord cells.s60\nrun 3 ms"
  }' > long.nsa
}
for solver in "" "using implicit" "using adaptive" "using rk4"; do
  long "$solver"
  "$NSA" run long.nsa --csv --quiet --force --no-cache --out kernels > long.txt 2>&1 || fail "$solver: $(head -n 3 long.txt)"
  "$NSA" run long.nsa --csv --quiet --force --interpret --out interpreted > long.txt 2>&1 || fail "$solver: $(head -n 3 long.txt)"
  difference=$(diff -rq --exclude='*.json' --exclude='*.h5' kernels interpreted | head -n 1)
  [ -z "$difference" ] || fail "${solver:-automatic}: $difference"
  [ -n "$(find kernels -name '*.csv' -size +0)" ] || fail "$solver: recorded nothing"
done
exit $failed
