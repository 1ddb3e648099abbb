#!/bin/sh
# SPDX-License-Identifier: MIT
# What phases set beside what the command line and variants set, in runs of other lengths, in executables, kernels and
# interpreter alike.
set -u
failures=0
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }

cat > model.nsa <<'EOF'
timescale fast = 1 ms
neuron cell {
  param a = 1 /ms in 0 /ms..10 /ms, b = 2*a
  state v = 0, w = 0
  dv/dt = a   using euler
  dw/dt = b   using euler
}
population p : cell[3]
phase one from 10 ms for 5 ms every 50 ms
phase two from 70 ms
set one { p.a = 3 /ms }
set two { p.a = 0 /ms }
measure v = max(mean(p.v))
measure w = max(mean(p.w))
variant other { p.a = 2 /ms }
variant apart { p.b = 1 /ms }
run 50 ms
EOF

expect() { # v, w, arguments of a run
  v=$1 w=$2
  shift 2
  "$@" --quiet --no-results > out.txt 2> err.txt || fail "$* fails: $(cat err.txt)"
  got=$(awk '$1 == "v" || $1 == "w" { printf "%s ", $2 }' out.txt)
  [ "$got" = "$v $w " ] || fail "$* gives $got, not $v $w"
}

# 45 ms of a, 5 ms of 3; w goes twice as fast, unless b is given: then phases do not change it.
expect 60 120 "$NSA" run model.nsa
expect 60 120 "$NSA" run model.nsa --interpret
expect 105 210 "$NSA" run model.nsa --set p.a=2/ms
expect 105 210 "$NSA" run model.nsa --variant other
expect 60 50 "$NSA" run model.nsa --variant apart
expect 60 50 "$NSA" run model.nsa --set p.b=1/ms --interpret

# A longer run has another window of `one`, from 60 ms, and `two` ends it all.
expect 90 180 "$NSA" run model.nsa --for 100ms

"$NSA" build model.nsa -o tool > /dev/null 2> err.txt || fail "no executable: $(cat err.txt)"
expect 105 210 ./tool --set p.a=2/ms

# Windows that overlap in a run that is longer than the file says.
sed 's/from 70 ms/from 62 ms/' model.nsa > longer.nsa
expect 60 120 "$NSA" run longer.nsa
"$NSA" run longer.nsa --for 100ms --quiet --no-results > out.txt 2> err.txt && fail "phases that overlap are not refused"
grep -q "at 62 ms the phases 'one' and 'two' both set 'p.a'" err.txt || fail "what overlaps: $(cat err.txt)"

# A param that follows leaves its range: said at the edge, with its place.
sed 's/b = 2\*a/b = 2*a in 0 \/ms..5 \/ms/' model.nsa > range.nsa
"$NSA" run range.nsa --quiet --no-results > out.txt 2> err.txt
[ $? -eq 3 ] || fail "a range that a phase makes another param leave: $(cat err.txt)"
grep -q "p.b. is 6 1/ms, which is outside of its range: 0 to 5 1/ms (E0408) at t = 10 ms" err.txt || fail "the range: $(cat err.txt)"

"$NSA" explain model.nsa > out.txt 2> err.txt
grep -q 'a: 3 1/ms during `one`' out.txt || fail "explain does not say what phases set"

[ "$failures" -eq 0 ]
