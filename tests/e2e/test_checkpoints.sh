#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs are saved and go on: by the model's time, by the clock, on SIGUSR1 and SIGTERM, in executables; what does not fit
# is refused; recordings have the bytes of a run that was never stopped.
set -u
: "${NSA:?the tool}" "${SRC:?the sources}" "${TOOLS:?the folder of the small programs}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
says() { grep -q -- "$2" "$1" || fail "$1 does not say '$2': $(cat "$1")"; }
export NSA_CACHE="$PWD/cache"
same() { # the folders of two runs: recordings; where populations share a file, its chunks may lie elsewhere
  for file in "$1"/*.h5 "$1"/*.csv; do
    [ -e "$file" ] || continue
    cmp -s "$file" "$2/${file##*/}" || "$TOOLS/h5_same" "$file" "$2/${file##*/}" || fail "${file##*/} differs between $1 and $2"
  done
}

cat >model.nsa <<'X'
timescale fast = 0.1 ms
param rate = 1
neuron cell {
  param tau = 20 ms
  state v = uniform(0, 1)
  input I
  dv/dt = (I + 1.1*rate - v)/tau
  each step { v += normal(0, 0.01) }
  spike when v > 1 { v = 0 }
}
synapse link { state w = uniform(0, 0.1)
               on pre { post.v += w;  w *= 0.99 } }
population a : cell[100]
population b : cell[10]
connect a -> b via link by probability(0.2) delay uniform(1 ms, 5 ms)
drive a.I = 1 from 50 ms for 10 ms every 100 ms as cue
record a.spike
record b.spike
record a.v every 1 ms
record b.v during cue
record mean(a.v)
measure rate_of_b = rate(b.spike)
measure top = max(b.v during cue)
run 400 ms
X
run() { out=$1; shift; "$NSA" run model.nsa --csv --out "$out" "$@" >"$out.txt" 2>"$out.err"; }

# ---- by the model's time; the newest, a named one, other threads, an executable
run whole --quiet --threads 1 || { cat whole.err; exit 1; }
run saved --threads 2 --checkpoint "every 70 ms" --keep 3 || fail "the run that is saved: $(cat saved.err)"
same whole saved
[ "$(cd saved/checkpoints && echo *)" = "0000000000002100.h5 0000000000002800.h5 0000000000003500.h5" ] || fail "kept: $(ls saved/checkpoints)"
cp -r saved kept
for k in 2100 2800 3500; do
  run "from.$k" --quiet --threads 1 --resume "kept/checkpoints/000000000000$k.h5" || fail "from $k: $(cat "from.$k.err")"
  same whole "from.$k"
  cmp -s whole.txt "from.$k.txt" || fail "measures from $k differ"
done
run saved --resume || fail "the newest: $(cat saved.err)"
says saved.err 'goes on from saved/checkpoints/0000000000003500.h5 at t = 350 ms'
same whole saved
"$NSA" build model.nsa -o model.exe || fail "the executable is not built"
./model.exe --quiet --csv --out native --resume kept/checkpoints/0000000000002100.h5 >native.txt || fail "the executable"
same whole native
cmp -s whole.txt native.txt || fail "the executable's measures differ"

# ---- a longer run, which the whole one is no part of where windows end with it
run longer --quiet --for "600 ms" || fail "the longer run"
cp -r kept extended
run extended --quiet --resume --for "600 ms" || fail "a run that is made longer: $(cat extended.err)"
same longer extended
grep -q '"state":[[:space:]]*"completed"' extended/run.json || fail "the longer run is not complete"

# ---- with another param
run slower --resume kept/checkpoints/0000000000002100.h5 --set a.tau=30ms || fail "another param: $(cat slower.err)"
says slower.err 'a.tau is 30 ms from here; when the checkpoint was written it was 20 ms'
! grep -q 'from here' saved.err || fail "params that are the same: $(cat saved.err)"

# ---- with another param, and another one that follows from it, while a phase sets it and in the tick in which it ends
cat >phased.nsa <<'X'
timescale fast = 1 ms
astrocyte g {
  param rest = 1 uM, up = 2*rest, tau = 500 ms
  state A = 0 uM
  dA/dt = (rest - A)/tau
}
population p : g[3]
phase q from 1 s for 1 s
set q { g.rest = 5 uM }
measure a = last(p.A[0])
run 3 s
X
"$NSA" run phased.nsa --out phased --quiet --set p.rest=2uM --checkpoint "every 500 ms" --keep 9 >/dev/null || fail "phased"
for k in 0500 1500 2000 2500; do
  from=phased/checkpoints/000000000000$k.h5
  "$NSA" run phased.nsa --out other --force --resume $from >/dev/null 2>other.err || fail "phased from $k"
  says other.err 'p.rest is 1 uM from here; when the checkpoint was written it was 2 uM'
  says other.err 'p.up is 2 uM from here; when the checkpoint was written it was 4 uM'
  "$NSA" run phased.nsa --out other --force --resume $from --set p.rest=2uM >/dev/null 2>other.err || fail "phased from $k"
  ! grep -q 'from here' other.err || fail "phased, nothing changed: $(cat other.err)"
done

# ---- without what was recorded before
cp kept/checkpoints/0000000000003500.h5 alone.h5
run alone --resume alone.h5 || fail "a checkpoint by itself: $(cat alone.err)"
says alone.err 'recordings begin here'
cmp -s whole.txt alone.txt || fail "measures of a checkpoint by itself differ"

# ---- what one holds
"$NSA" checkpoint kept/checkpoints/0000000000002100.h5 >list.txt || fail "a checkpoint is not listed"
says list.txt 'model, seed 1, t = 210 ms (tick 2100 of 0.1 ms)'
says list.txt 'f64  *100  states/a.v'
"$NSA" checkpoint whole/spikes.h5 2>list.err && fail "another file is listed"
says list.err 'is no checkpoint of nsa'

# ---- what does not fit
refused() { # what it says, options...
  words=$1; shift
  rm -rf no no.part
  run no "$@" && fail "not refused: $*"
  says no.err "$words"
  [ ! -e no ] && [ ! -e no.part ] || fail "$* left $(ls -d no no.part)"
}
one=kept/checkpoints/0000000000002100.h5
refused 'its seed is 1: add --seed 1' --seed 2 --resume $one
refused 'is of another type there: it begins anew; --resume-allow size' --resume $one --precision single
refused 'make it longer, --for' --resume $one --for "100 ms"
refused 'there is no checkpoint in no/checkpoints' --resume
refused 'wants "every 10 s"' --checkpoint "10 s"
refused 'a unit is missing in "every 10"; "every 10 s" or "every 10 min wall"' --checkpoint "every 10"
refused 'stands in quotes, as in --checkpoint "every 10 s"' --checkpoint every 10 s
refused 'put quotes around it, --checkpoint "every 10 s"' --checkpoint every
refused 'no time of a step' --checkpoint "every 1 us"
refused 'add --checkpoint' --keep 3
refused 'is no checkpoint of nsa' --resume whole/spikes.h5
refused 'No such file' --resume missing.h5
refused 'in the folder of results' --no-results --checkpoint "every 10 ms"
refused 'goes on with one run' --variants all --resume $one
# Comments, blanks and lines are no part of a model.
mkdir laid_out
{ echo '# another layout'; sed 's/ = /  =  /; s/^record/\n\n  record/; s/$/   # more/' model.nsa; } >laid_out/model.nsa
"$NSA" run laid_out/model.nsa --csv --quiet --threads 1 --out laid_out/out --resume $one >laid_out/out.txt || fail "another layout is refused"
same whole laid_out/out
cmp -s whole.txt laid_out/out.txt || fail "measures of another layout differ"
cp model.nsa edited.nsa
"$NSA" run edited.nsa --quiet --out no --resume $one >/dev/null 2>no.err && fail "another model is not refused"
says no.err "it is of the model 'model', and this is 'edited'"
"$NSA" sweep model.nsa --checkpoint "every 10 ms" >/dev/null 2>no.err && fail "a sweep takes checkpoints"
says no.err '`nsa run` has it'

# ---- damaged ones
cp -r kept damaged
printf 'X' | dd of=damaged/checkpoints/0000000000003500.h5 bs=1 seek=5000 conv=notrunc 2>dd.err
truncate -s -1 damaged/checkpoints/0000000000002800.h5
run damaged --resume || fail "the one before is not taken: $(cat damaged.err)"
says damaged.err '3500.h5 is damaged'
says damaged.err '2800.h5 is cut short'
says damaged.err 'goes on from damaged/checkpoints/0000000000002100.h5'
same whole damaged

# ---- SIGTERM and SIGUSR1
wait_for() { for ((k = 0; k < 300; k++)); do [ -n "$(compgen -G "$1")" ] && return 0; sleep 0.1; done; fail "there is no $1"; }
grep -v 'record a.v' model.nsa >light.nsa # they may run for a while
"$NSA" run light.nsa --quiet --out stopped --for "10 h" --checkpoint "every 1 h" >/dev/null 2>stopped.err &
wait_for 'stopped.part/checkpoints'
kill -USR1 $!
wait_for 'stopped.part/checkpoints/*.h5'
kill -TERM $!
wait $!; code=$?
[ $code -eq 143 ] || fail "SIGTERM ends with $code: $(cat stopped.err)"
[ "$(find stopped/checkpoints -name '*.h5' | wc -l)" -eq 2 ] || fail "after SIGTERM there are: $(ls stopped/checkpoints)"
last=$(find stopped/checkpoints -name '*.h5' | sort | tail -n 1)
tick=$((10#$(basename "$last" .h5)))
length="$((tick / 10 + 50)) ms"
"$NSA" run light.nsa --quiet --out stopped --resume --for "$length" >/dev/null 2>stopped.err || fail "after SIGTERM: $(cat stopped.err)"
"$NSA" run light.nsa --quiet --out straight --for "$length" >/dev/null
same straight stopped

# ---- by the clock
"$NSA" run light.nsa --quiet --out clock --for "10 h" --checkpoint "every 0.1 s wall" >/dev/null 2>clock.err &
wait_for 'clock.part/checkpoints/*.h5'
kill -INT $!
wait $!
[ "$failed" -eq 0 ] && echo "runs are saved and go on"
exit "$failed"
