#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Limits of the shell: on the size of files (which would end the process by a signal), and on their number.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
cat >model.nsa <<'X'
neuron cell {
  param tau = 20 ms
  state v = 0
  dv/dt = (i + 2 - v)/tau
  spike when v > 1 { v = 0 }
}
population n : cell[100]
record n.v
record n.spike
record mean(n.v)
run 2 s
X
"$NSA" build model.nsa -o model || fail "no executable"

refused() { # words of the message, command
  local words=$1 code; shift
  "$@" >out.txt 2>err.txt
  code=$?
  [ "$code" -eq 2 ] || fail "$*: exit code $code"
  { [ "$(grep -c . err.txt)" -eq 1 ] && grep -q -- "$words" err.txt; } || fail "$*: says $(cat err.txt)"
}
(
  ulimit -f 100
  refused "cannot write a.part/n.v.h5: File too large; what was flushed before is in a.part" "$NSA" run model.nsa --quiet --out a
  refused "cannot write b.part/n.v.h5: File too large; what was flushed before is in b.part" ./model --quiet --out b
  ulimit -f 2
  refused "File too large" "$NSA" build model.nsa -o other
  [ ! -e other ] || fail "build leaves a file"
  [ "$failed" -eq 0 ]
) || failed=$((failed + 1))
grep -q '"state":[[:space:]]*"failed"' a.part/run.json || fail "run.json does not say that it failed"

(ulimit -Sn 66 && "$NSA" run model.nsa --quiet --csv --out c) || fail "the limit of descriptors is not raised"
(
  ulimit -n 66
  refused "the recordings take 6 files, and a process may have 66 open" ./model --quiet --csv --out d
  [ ! -e d.part ] || fail "something is left in d.part"
  [ "$failed" -eq 0 ]
) || failed=$((failed + 1))
[ "$failed" -eq 0 ]
