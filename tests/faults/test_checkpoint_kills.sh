#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A run that saves its state all the time is killed with -9 at random moments, KILLS (20) times, and goes on each time, until
# it is at its end: then its recordings and measures are those of a run that was never stopped.
set -u
: "${NSA:?the tool}" "${TOOLS:?the folder of the small programs}"
kills=${KILLS:-20}
RANDOM=${KILLS_SEED:-$$}
echo "KILLS_SEED=$$"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
export NSA_CACHE="$PWD/cache" LD_PRELOAD="$TOOLS/no_sync.so" # power is not lost here

cat >model.nsa <<'X'
timescale fast = 0.1 ms
neuron cell {
  state v = uniform(0, 1)
  dv/dt = (1.2 - v)/(20 ms)
  each step { v += normal(0, 0.01) }
  spike when v > 1 { v = 0 }
}
synapse link { state w = 0.05
               on pre { post.v += w;  w *= 0.999 } }
population a : cell[200]
connect a -> a via link by indegree(5) delay uniform(1 ms, 5 ms)
record a.spike
record mean(a.v) every 1 ms
record a.v[0..3]
measure firing = rate(a.spike)
run 4 s
X
"$NSA" run model.nsa --quiet --threads 1 --csv --out whole >whole.txt || { echo "FAILED: the whole run"; exit 1; }
before=$(date +%s%N)
"$NSA" run model.nsa --quiet --threads 1 --csv --out timed >/dev/null
took=$((($(date +%s%N) - before) / 1000000))

went_on=0
done_runs=0
options=()
for ((k = 0; k < kills; k++)); do
  "$NSA" run model.nsa --quiet --threads $((1 + RANDOM % 2)) --csv --out out --checkpoint "every 30 ms" "${options[@]}" >out.txt 2>err.txt &
  pause=$((RANDOM * RANDOM % (took + took / 4)))
  sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
  kill -9 $! 2>/dev/null
  wait $! 2>/dev/null
  code=$?
  [ $code -eq 0 ] || [ $code -eq 137 ] || fail "kill $k: it ends with $code: $(cat err.txt)"
  if [ $code -eq 0 ]; then # it was done before: once more, from the start
    cmp -s whole.txt out.txt || fail "measures after kill $k differ"
    cmp -s whole/spikes.h5 out/spikes.h5 || fail "spikes after kill $k differ"
    done_runs=$((done_runs + 1))
    rm -rf out out.part
  fi
  options=()
  if compgen -G 'out.part/checkpoints/*.h5' >/dev/null || compgen -G 'out/checkpoints/*.h5' >/dev/null; then
    options=(--resume)
    went_on=$((went_on + 1))
  else
    rm -rf out out.part # it had not come to the first one
  fi
done
"$NSA" run model.nsa --quiet --csv --out out --checkpoint "every 30 ms" "${options[@]}" >out.txt 2>err.txt || fail "the end: $(cat err.txt)"
cmp -s whole.txt out.txt || fail "measures differ"
for file in whole/*.h5 whole/*.csv; do
  cmp -s "$file" "out/${file##*/}" || fail "${file##*/} differs"
done
[ "$(find out -name '*.part' | wc -l)" -eq 0 ] && [ ! -e out.part ] || fail "left behind: $(find out out.part -name '*.part')"
[ "$went_on" -gt 0 ] || fail "no run went on: $kills kills of a run of $took ms"
echo "$kills kills, $went_on times a run went on, $done_runs were done"
[ "$failed" -eq 0 ]
