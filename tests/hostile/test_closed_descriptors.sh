#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# With stdin, stdout or stderr closed no file of results takes their place: messages would be written into it.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED $*"; failed=1; }
cat > small.nsa <<'END'
neuron lif { state v = 0
  dv/dt = 1/(1 ms)   using euler
  spike when v > 3 { v = 0 } }
population p : lif[20]
record p.spike
record p.v every 1 ms
measure n = count(p.spike)
run 50 ms
END
cat > fails.nsa <<'END'
neuron grows { state v = 1
  dv/dt = v/(1 ms)   using euler }
population p : grows[20]
record p.v
run 20 s
END
"$NSA" build small.nsa -o small > build.txt 2>&1 || { cat build.txt; fail build; }
"$NSA" run small.nsa --csv --out whole > whole.txt 2>&1 || fail "a run with all descriptors open"
look() { # folder: files begin as they should, and say the same as those of the undisturbed run
  local file
  for file in "$1"/*.h5; do
    [ "$(head -c 4 "$file" | tr -d '\211')" = HDF ] || fail "$1: the head of $file"
    cmp -s "$file" "whole/${file##*/}" || fail "$1: $file differs"
  done
  cmp -s "$1/p.spike.csv" whole/p.spike.csv || fail "$1: p.spike.csv differs"
  grep -q '"completed"' "$1/run.json" || fail "$1: run.json"
}
for program in run built; do
  start=("$NSA" run small.nsa)
  [ "$program" = built ] && start=(./small)
  "${start[@]}" --csv --out "$program.stderr" 2>&- > out.txt || fail "$program without stderr"
  grep -q '^ *n ' out.txt || { fail "$program without stderr: its measures"; cat out.txt; }
  "${start[@]}" --csv --out "$program.stdout" >&- 2> err.txt || fail "$program without stdout"
  "${start[@]}" --csv --out "$program.none" <&- >&- 2>&- || fail "$program without any"
  "${start[@]}" --csv --out "$program.stdin" <&- > out.txt 2> err.txt || fail "$program without stdin"
  for folder in "$program".*; do look "$folder"; done
done
# A run that fails says so while its files are open.
"$NSA" run fails.nsa --out fails.whole > out.txt 2> err.txt
"$NSA" run fails.nsa --out fails.out > out.txt 2>&-
[ $? -eq 3 ] || fail "a run that fails: its exit code"
for file in fails.out/*.h5; do
  cmp "$file" "fails.whole/${file##*/}" || fail "a run that fails: $file differs"
done
[ "$failed" -eq 0 ] && echo "closed descriptors do no harm"
exit "$failed"
