#!/bin/sh
# SPDX-License-Identifier: MIT
# A constant is one number wherever it is computed. Each line of evaluators/constants.txt becomes
#   c  a param (a constant, before the run)          u  a param from params (at the start, by a kernel)
#   i  an initial value                              f  set in each step, from numbers (folded by the optimiser)
#   r  set in each step, from states (by a kernel)   g  the ends of a range in which it must lie
# These must be the same to the last bit, compiled and interpreted, and near the true value.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}"
export NSA_CACHE="$PWD/cache"
table="$SRC/tests/numerics/evaluators/constants.txt"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }

awk -F'; *' '
  # The expression with its letters A, B, C (never part of a word here) replaced.
  function with(expr, x, y, z) {
    gsub(/A/, x, expr); gsub(/B/, y, expr); gsub(/C/, z, expr)
    return expr
  }
  /^#/ { next }
  {
    n++
    m = split($2, arg, " ")
    for (k = 1; k <= m; k++) {
      literal[k] = arg[k] < 0 ? "(" arg[k] ")" : arg[k]
      params = params sprintf("  param p%d_%d = %s\n", n, k, arg[k])
      states = states sprintf("  state s%d_%d = %s\n", n, k, arg[k])
    }
    number = with($1, literal[1], literal[2], literal[3])
    params = params sprintf("  param c%d = %s\n  param u%d = %s\n", n, number, n, with($1, "p" n "_1", "p" n "_2", "p" n "_3"))
    states = states sprintf("  state i%d = %s, r%d = 0, f%d = 0\n", n, number, n, n)
    block = block sprintf("    r%d = %s\n    f%d = %s\n", n, with($1, "s" n "_1", "s" n "_2", "s" n "_3"), n, number)
    records = records sprintf("record n.c%d as c%d\nrecord n.u%d as u%d\nrecord n.i%d as i%d\nrecord n.r%d as r%d\nrecord n.f%d as f%d\n",
                              n, n, n, n, n, n, n, n, n, n)
    print number > "numbers.txt"
  }
  END {
    printf "neuron cell {\n%s%s  each step {\n%s  }\n}\npopulation n : cell\n%srun 0.1 ms\n", params, states, block, records > "all.nsa"
  }' "$table"

run() { # folder, options...
  folder=$1; shift
  "$NSA" run all.nsa --csv --quiet --force --out "$folder" "$@" >"$folder.txt" 2>&1 || fail "run $*: $(head -n 3 "$folder.txt")"
  tail -q -n 1 $(seq -f "$folder/c%g.csv" "$count") >"$folder.c"
  for kind in u i r f; do
    tail -q -n 1 $(seq -f "$folder/$kind%g.csv" "$count") >"$folder.$kind"
    differ=$(paste -d'#' numbers.txt "$folder.c" "$folder.$kind" | awk -F'#' '$2 != $3')
    [ -z "$differ" ] || fail "$folder: constants and $kind differ: $differ"
  done
}
count=$(wc -l <numbers.txt)
run compiled
run interpreted --interpret
cmp -s compiled.c interpreted.c || fail "compiled and interpreted differ"

grep -v '^#' "$table" | paste -d';' - compiled.c | awk -F'; *|,' '
  { got = $NF; want = $(NF - 2); error = got - want; if (error < 0) error = -error; size = want < 0 ? -want : want
    if (!(error <= 2e-15 * size)) { print "is " got ": " $0; bad = 1 } }
  END { exit bad }' || fail "far from the true value"

# As an end of a range it is the same number: of what was computed at run time, nothing lies between the two.
{ echo "neuron cell {"
  paste -d'#' numbers.txt compiled.r | awk -F'[#,]' '{ v = $NF; sub(/#.*/, ""); k++
    printf "  param g%d = %s in (%s)..(%s)\n  param h%d = %s in (%s)..(%s)\n", k, $0, v, v, k, v, $0, $0 }'
  echo "  state x = 0"; echo "}"; echo "population n : cell"; echo "run 1 ms"; } >ranges.nsa
"$NSA" check ranges.nsa >ranges.txt 2>&1 || fail "ranges: $(head -n 3 ranges.txt)"
grep -q "g$count = " ranges.nsa || fail "ranges.nsa is incomplete"

# Every function of the language is in the table.
for name in $(sed -n 's/^BUILTIN(\([a-z0-9]*\), [0-9]*, MATH.*/\1/p' "$SRC/src/model/builtin.def"); do
  grep -q "^$name(" "$table" || fail "constants.txt has no line for $name"
done
[ "$count" -gt 100 ] || fail "only $count lines"
[ "$failed" -eq 0 ]
