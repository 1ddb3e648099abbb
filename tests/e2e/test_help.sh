#!/bin/sh
# SPDX-License-Identifier: MIT
# Whoever asks for help gets it, on stdout and with exit code 0, however it is asked.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
says() { # words that must be in it, arguments...
  words=$1; shift
  "$NSA" "$@" >out.txt 2>err.txt || fail "nsa $*: exit code $?"
  grep -q -- "$words" out.txt || fail "nsa $*: no \"$words\" in: $(cat out.txt)"
  [ ! -s err.txt ] || fail "nsa $*: on stderr: $(cat err.txt)"
}
printf 'neuron cell {\n  param tau = 20 ms\n  state v = 0\n  dv/dt = -v/tau\n}\npopulation n : cell\nrun 1 ms\n' >model.nsa

for option in help --help -h; do says "nsa verify FILE" $option; done
for option in --version -V; do says "^nsa [0-9]" $option; done
for verb in run build check explain verify emit fmt; do
  for option in --help -h; do
    says "^nsa $verb " $verb $option
    says "^nsa $verb " $verb model.nsa $option
  done
  says "^nsa $verb " help $verb
  says "^nsa [0-9]" $verb -V
  says "^nsa [0-9]" $verb model.nsa --version
done
says --set run model.nsa -h
"$NSA" frob -h >out.txt 2>&1 && fail "an unknown verb has help"
[ "$failed" -eq 0 ]
