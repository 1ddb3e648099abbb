#!/bin/sh
# SPDX-License-Identifier: MIT
# A fault while a kernel runs: it is told as a bug of ours, with the kernel and its place in the model, and exit code 70; of an executable, too. (Sent from outside, it
# meets the kernel in nearly every case; true ones are in tests/unit/runtime/test_faults.c.)
set -u
if nm "$NSA" 2>/dev/null | grep -q __asan_init; then exit 0; fi # which tells of faults itself
failed=0
fail() { echo "FAILED $*"; failed=1; }
cat >slow.nsa <<'.'
neuron cell {
  state v = 0
  dv/dt = (sin(v) + exp(-v) + tanh(v))/(10 ms) using rk4
}
population p : cell[400000]
run 1000 s
.
"$NSA" build slow.nsa -o slow >/dev/null || fail build
told() { # name, signal, command; each try may meet it elsewhere
  name=$1 signal=$2
  shift 2
  for try in 1 2 3 4 5; do
    "$@" >"$name.out" 2>"$name.err" &
    process=$!
    sleep "$try"
    kill -s "$signal" $process
    wait $process
    code=$?
    grep -q 'in the kernel' "$name.err" && break
  done
  [ $code -eq 70 ] || fail "$name: exit code $code"
  grep -qF "internal error: stopped by SIG$signal in the kernel p.step (slow.nsa:3:3); this is a bug in nsa, please report it with the model" "$name.err" ||
    { fail "$name"; cat "$name.err"; }
}
told compiled SEGV "$NSA" run slow.nsa --quiet --no-results --threads 1
told interpreted BUS "$NSA" run slow.nsa --quiet --no-results --threads 1 --interpret
told built FPE ./slow --quiet --no-results --threads 1
[ $failed = 0 ]
