#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Writes, fsyncs, renames and closes of a command fail, one after the other, until it succeeds: one message
# with a path, exit code 2, and what was there before is whole. FAULTS_ALL=1 takes each of them, else some.
set -u
export NSA_SANDBOX=off # what makes writes fail counts them in a file elsewhere
: "${NSA:?the tool}" "${TOOLS:?the folder of the small programs}" "${BUILD:?}"
if grep -q "NSA_SANITIZE:STRING=." "$BUILD/CMakeCache.txt"; then exit 0; fi # whose library wants to be the first
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
here=$PWD
export NSA_CACHE=$here/cache
mkdir models
cat >models/model.nsa <<'X'
neuron cell {
  param tau = 20 ms
  state v = 0
  dv/dt = (i + 2 - v)/tau
  spike when v > 1 { v = 0 }
}
population n : cell[5]
record n.spike
record n.v every 1 ms
measure spikes = count(n.spike)
run 100 ms
X

codes=(28 5 122) # ENOSPC, EIO, EDQUOT
total=0
# The functions prepare, act and look are of the command whose name is `what`.
every() { # calls...
  local call k code step error stays
  for call in "$@"; do
    k=1
    for ((step = 1;; step++)); do
      prepare
      rm -f struck
      error=${codes[$((total % 3))]}
      stays=
      [ $((step % 2)) -eq 0 ] && stays=+
      FAULT=$call:$error:$k$stays FAULT_IN=$here/there FAULT_LOG=$here/struck act >out.txt 2>err.txt
      code=$?
      if [ ! -e struck ]; then
        [ "$code" -eq 0 ] || fail "$what, $call: without a fault: exit code $code: $(cat err.txt)"
        [ "$step" -gt 1 ] || fail "$what, $call: never called"
        break
      fi
      total=$((total + 1))
      [ "$code" -eq 2 ] || fail "$what, $call $k ($error$stays): exit code $code"
      { [ "$(grep -c . err.txt)" -eq 1 ] && grep -q there err.txt; } || fail "$what, $call $k ($error$stays): says: $(cat err.txt)"
      look "$call $k"
      k=$([ -n "${FAULTS_ALL:-}" ] && echo $((k + 1)) || echo $((k + 1 + k / 2)))
    done
  done
}
nsa() { LD_PRELOAD=$TOOLS/faults.so "$NSA" "$@"; }

# run: results that are there stay, byte for byte
what=run
"$NSA" run models/model.nsa --csv --quiet --seed 1 --out first >measures.txt || fail "no first run"
prepare() { rm -rf there; mkdir there; cp -r first there/out; echo mine >there/out/notes.txt; }
act() { nsa run models/model.nsa --csv --quiet --force --seed 2 --out there/out; }
look() {
  for file in first/*; do cmp -s "$file" "there/out/${file##*/}" || fail "$what, $1: ${file##*/} has changed"; done
  [ "$(cat there/out/notes.txt)" = mine ] || fail "$what, $1: notes.txt is gone"
}
every write fsync close rename
[ "$(cat there/out/notes.txt)" = mine ] && grep -q '"seed":[[:space:]]*2' there/out/run.json || fail "run: not the second one"
[ "$(ls there)" = out ] || fail "run: leaves $(ls there)"
# a file system without exchange
prepare
FAULT=exchange:22:1 FAULT_IN=$here/there act >out.txt 2>err.txt || fail "without exchange: $(cat err.txt)"
[ "$(cat there/out/notes.txt)" = mine ] && grep -q '"seed":[[:space:]]*2' there/out/run.json || fail "without exchange: not the second one"
[ "$(ls there)" = out ] || fail "without exchange: leaves $(ls there)"

what=fmt
prepare() { rm -rf there; mkdir there; sed 's/^  //' models/model.nsa >there/model.nsa; cp there/model.nsa before.nsa; }
act() { nsa fmt --write there/model.nsa; }
look() {
  cmp -s there/model.nsa before.nsa || fail "$what, $1: the model has changed"
  [ "$(ls there)" = model.nsa ] || fail "$what, $1: leaves $(ls there)"
}
every write rename close

# sweep: rows that were there stay
what=sweep
"$NSA" sweep models/model.nsa --seeds 1..2 --out swept --quiet >/dev/null 2>&1 || fail "no first sweep"
prepare() { rm -rf there; mkdir there; cp -r swept there/out; }
act() { nsa sweep models/model.nsa --seeds 1..4 --jobs 1 --out there/out --quiet; }
look() {
  head -n 3 swept/sweep.csv >rows.txt
  while IFS= read -r row; do
    grep -qF -- "$row" there/out/sweep.* || fail "$what, $1: the row $row is lost"
  done <rows.txt
}
every write rename close

what=build
prepare() { rm -rf there; mkdir there; echo before >there/exe; }
act() { TMPDIR=$here/there nsa build models/model.nsa -o there/exe; }
look() {
  [ "$(cat there/exe)" = before ] || fail "$what, $1: the executable has changed"
  [ "$(ls there)" = exe ] || fail "$what, $1: leaves $(ls there)"
}
every write rename close
echo "$total faults: $failed failures"
[ "$failed" -eq 0 ]
