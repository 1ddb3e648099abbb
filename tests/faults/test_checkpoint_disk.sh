#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A checkpoint that cannot be written: it is told, the run goes on to its end, and those before it are whole.
set -u
export NSA_SANDBOX=off # what makes writes fail counts them in a file elsewhere
: "${NSA:?the tool}" "${TOOLS:?the folder of the small programs}" "${BUILD:?}"
if grep -q "NSA_SANITIZE:STRING=." "$BUILD/CMakeCache.txt"; then exit 0; fi # whose library wants to be the first
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
export NSA_CACHE=$PWD/cache
cat >model.nsa <<'X'
timescale fast = 1 ms
neuron cell {
  state v = uniform(0, 1)
  dv/dt = (1.2 - v)/(20 ms)
  spike when v > 1 { v = 0 }
}
population n : cell[3000]
record mean(n.v) every 1 ms
measure spikes = count(n.spike)
run 100 ms
X
"$NSA" run model.nsa --quiet --threads 1 --csv --out whole >whole.txt || fail "the whole run"

total=0
save() { # call, its error, which one, "+": all behind it as well
  rm -rf out out.part struck
  mkdir -p out.part/checkpoints
  FAULT=$1:$2:$3$4 FAULT_IN=$PWD/out.part/checkpoints FAULT_LOG=$PWD/struck LD_PRELOAD=$TOOLS/faults.so \
    "$NSA" run model.nsa --quiet --threads 1 --csv --out out --force --checkpoint "every 30 ms" --keep 9 >out.txt 2>err.txt
  code=$?
  [ -e struck ] || return 1
  total=$((total + 1))
  [ $code -eq 0 ] || fail "$*: exit code $code: $(cat err.txt)"
  cmp -s whole.txt out.txt && cmp -s whole/mean_n.v.csv out/mean_n.v.csv || fail "$*: other results"
  grep -q "cannot [a-z]* .*/checkpoints/.*: No space left on device" err.txt || fail "$*: says: $(cat err.txt)"
  compgen -G "out/checkpoints/*.part" >/dev/null && fail "$*: left $(ls out/checkpoints)"
  for file in out/checkpoints/*.h5; do
    [ ! -e "$file" ] || "$NSA" checkpoint "$file" >/dev/null 2>err.txt || fail "$*: $(cat err.txt)"
  done
  return 0
}
for call in write fsync close rename; do
  k=1
  while save $call 28 $k ""; do k=$((3 * k + 1)); done
  [ $k -gt 1 ] || fail "$call is never called"
done
# The disk is full from some write on, which at last lies within the second one: the first one is there, and is gone on
# from.
for ((k = 4; ; k *= 2)); do
  save write 28 $k + || break
  [ "$(ls out/checkpoints 2>/dev/null)" = 0000000000000030.h5 ] && break
done
[ "$(ls out/checkpoints)" = 0000000000000030.h5 ] || fail "the first one is not alone: $(ls out/checkpoints)"
"$NSA" run model.nsa --quiet --threads 1 --csv --out out --resume >out.txt 2>err.txt || fail "going on: $(cat err.txt)"
cmp -s whole.txt out.txt || fail "going on gives something else"
echo "$total faults: $failed failures"
[ "$failed" -eq 0 ]
