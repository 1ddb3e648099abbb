#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What a run tells about events: emitted or driven more than once in a step, and crossings whose blocks leave them true.
set -u
: "${NSA:?the tool}"
cat > firing.nsa <<'END'
timescale fast = 1 ms
neuron cell {
  state k = 0, v = 0
  each step { k += 1;  v += 1 }
  each step { if k == 4 or k == 6 { emit spike } }
  each step { if k == 4 or k == 9 { emit spike } }
  spike when false {}
  event over when v rises above 2.5 { v -= 1 }
  event quiet when v rises above 2.5 {}
}
population p : cell[5]
drive p.spike = [2 ms, 2 ms, 2 ms, 9 ms]
drive p.spike[1..2] = [2 ms, 7 ms]
record p.spike
measure spikes = count(p.spike)
run 10 ms
END
# Spikes at 2, 4, 6 and 9 ms, two elements at 7 ms. Repeated: driven at 2 ms (2 each, 1 more in two), emitted at 4 ms, both at 9 ms.
# v is 3 at 3 ms; its block makes that 2, and so on at each step: never stuck while 2.5 lies between. One that subtracts 0.1 is.
failed=0
expect() { grep -q -- "$2" "$1" || { echo "$3: not in $1: $2"; cat "$1"; failed=1; }; }
run() { "$NSA" run firing.nsa --force "$@" > told.txt 2> said.txt || { echo "does not run"; cat said.txt; failed=1; }; }
for how in "" --interpret "--threads 2"; do
  run $how
  expect told.txt 'spikes  22' "$how"
  expect said.txt '^firing.nsa:7:3: warning: p.spike was emitted or driven more than once in one step of an element, and happened once, 22 times' "$how"
  grep -q 'left its condition true' said.txt && { echo "$how: said to be stuck"; failed=1; }
  expect firing.out/run.json '"repeated":	22' "$how"
  sed 's/v -= 1 }/v -= 0.1 }/' firing.nsa > stuck.nsa && "$NSA" run stuck.nsa --force $how > told.txt 2> said.txt
  expect said.txt '^stuck.nsa:8:3: warning: p.over left its condition true .*, 5 times' "$how"
  grep -q 'p.quiet' said.txt && { echo "$how: a block that sets nothing"; failed=1; }
  expect stuck.out/run.json '"stuck":	5' "$how"
done
exit $failed
