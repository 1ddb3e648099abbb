#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What a verb prints is written, or it says so and ends with exit code 2. A reader that has seen enough is no failure.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
printf 'neuron cell {\n  param tau = 20 ms\n  state v = 0\n  dv/dt = (1 - v)/tau\n  spike when v > 0.5 { v = 0 }\n}
population n : cell[3]\nmeasure spikes = count(n.spike)\nrun 50 ms\n' >model.nsa
"$NSA" build model.nsa -o model || fail "no executable"

full() { # command: into a full device
  "$@" >/dev/full 2>err.txt
  code=$?
  [ "$code" -eq 2 ] || fail "$*: exit code $code"
  [ "$(grep -c 'cannot write to stdout: ' err.txt)" -eq 1 ] || fail "$*: says $(cat err.txt)"
}
for words in help "help run" --version "run --help" "check model.nsa" "explain model.nsa" \
             "fmt model.nsa" "emit --ast model.nsa" "emit --ir model.nsa" "emit --llvm model.nsa" \
             "run model.nsa --no-results" "sweep model.nsa --seeds 1..2 --out sweep" "verify model.nsa"; do
  full "$NSA" $words
done
printf "run\n" >broken.nsa
"$NSA" check --json broken.nsa >/dev/full 2>err.txt && fail "check --json: exit code 0"
full ./model --no-results
full ./model --help

for words in "explain model.nsa" "emit --ir model.nsa" "run model.nsa --no-results --quiet" "help"; do
  "$NSA" $words 2>err.txt | true
  [ ! -s err.txt ] || fail "$words | true: says $(cat err.txt)"
done
[ "$failed" -eq 0 ]
