#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A recording run is killed with -9 at KILLS (10) random moments. What OUT.part holds then opens with a plain reader and is
# the beginning of what the whole run records; run.json says "running".
set -u
: "${NSA:?the tool}" "${TOOLS:?the folder of the small programs}"
kills=${KILLS:-10}
seed=${KILLS_SEED:-$$}
RANDOM=$seed
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }

cat >model.nsa <<'X'
neuron cell {
  param tau = 20 ms
  state v = 0
  input I
  dv/dt = (I + 1.1 + 0.1*i/99 - v)/tau
  spike when v > 1 { v = 0 }
}
population a : cell[100]
population b : cell[10]
drive a.I = 1 from 50 ms for 10 ms every 100 ms as cue
record a.spike
record b.spike
record a.v every 1 ms
record b.v during cue
record mean(a.v)
run 3 s
X
"$NSA" run model.nsa --quiet --threads 1 --csv --out whole >/dev/null || { echo "FAILED: the whole run"; exit 1; }
before=$(date +%s%N)
"$NSA" run model.nsa --quiet --threads 1 --csv --out timed >/dev/null
took=$((($(date +%s%N) - before) / 1000000))
for file in whole/*.h5 whole/*.csv; do
  cmp -s "$file" "timed/${file##*/}" || fail "two runs differ in ${file##*/}"
done

rows=0
inside=0
for ((k = 0; k < kills; k++)); do
  rm -rf out out.part
  "$NSA" run model.nsa --quiet --threads 1 --csv --out out >/dev/null 2>err.txt &
  wait=$((RANDOM * RANDOM % (took + took / 8)))
  sleep "$(printf '%d.%03d' $((wait / 1000)) $((wait % 1000)))"
  kill -9 $! 2>/dev/null
  wait $! 2>/dev/null
  [ -d out.part ] || continue # it had not begun, or had ended
  [ -e out.part/run.json ] || continue
  inside=$((inside + 1))
  grep -q '"state":[[:space:]]*"\(running\|completed\)"' out.part/run.json || fail "kill $k after $wait ms: no state in run.json"
  for file in out.part/*.h5; do
    [ -e "$file" ] || continue
    head -c 8 "$file" | grep -aq HDF || continue # the kill came before the end of its first flush
    "$TOOLS/h5_prefix" "$file" "whole/${file##*/}" >said.txt || fail "kill $k after $wait ms: $file: $(cat said.txt)"
    rows=$((rows + $(sed -n 's/ rows$//p' said.txt | tail -n 1)))
  done
  for file in out.part/*.csv; do
    [ -e "$file" ] || continue
    cmp -s -n "$(wc -c <"$file")" "$file" "whole/${file##*/}" || fail "kill $k after $wait ms: $file is no beginning"
  done
done
echo "$inside of $kills kills while it ran ($took ms, seed $seed): $rows rows, $failed failures"
[ "$inside" -gt 0 ] && [ "$rows" -gt 0 ] && [ "$failed" -eq 0 ]
