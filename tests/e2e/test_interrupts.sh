#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SIGINT and SIGTERM end what takes long: a compile, the making of links, steps, a sweep, a linker, an executable. The
# exit code is 130 or 143, nothing half-written stays, and it does not take longer than it may.
set -u
: "${NSA:?the tool}"
export NSA_CACHE=$PWD/cache
mkdir tmp && export TMPDIR=$PWD/tmp
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }

# ---- models ----
cell='neuron cell { state v = 0
  input I
  dv/dt = (I - v)/(10 ms)
  spike when v > 1 { v = 0 }
}
synapse s { on pre { post.I += 1 } }'
printf '%s\npopulation a : cell[100000]\npopulation b : cell[100000]\nconnect a -> b via s by where(sin(3.0*pre.i)*cos(5.0*post.i) > 0.99999)\nrun 1 s\n' "$cell" >links.nsa
printf '%s\npopulation a : cell[100]\ndrive a.I = normal(0, 1)\nrecord a.v as potential every 1 s\nrecord a.spike as spikes\nmeasure f = count(a.spike)\nrun 100000 s\n' "$cell" >steps.nsa
for k in $(seq 100); do
  printf 'neuron c%d { state v = %d, u = 1\n  dv/dt = -v*u/(10 ms) + exp(-v)*sin(u)/ms\n  du/dt = tanh(u*v)*log(2 + u*u)/(20 ms)\n  spike when v > 1e3 { v = 0 }\n}\npopulation p%d : c%d\n' $k $k $k $k
done >compile.nsa
printf 'measure m = mean(p1.v)\nrun 1 ms\n' >>compile.nsa

# ---- interrupting ----
now() { date +%s%N; }
# Whether the process is one of ours that catches SIGINT.
is_ready() {
  case $(readlink /proc/$1/exe) in *.exe | */nsa) (((0x$(sed -n 's/^SigCgt:\s*//p' /proc/$1/status) & 2) != 0)) ;; *) ! kill -0 $1 2>/dev/null ;; esac
}
# name, signal, seconds until it, most milliseconds after it, command...
stopped() {
  name=$1 signal=$2 wait=$3 most=$4
  shift 4
  "$@" >out.txt 2>err.txt &
  pid=$!
  until is_ready $pid; do sleep 0.01; done
  sleep "$wait"
  kill -0 $pid 2>/dev/null || { fail "$name: it had ended already: $(cat err.txt)"; return; }
  begin=$(now)
  kill -"$signal" $pid
  wait $pid
  code=$? took=$((($(now) - begin) / 1000000))
  [ $code -eq $((128 + $(kill -l "$signal"))) ] || fail "$name: exit code $code: $(cat err.txt)"
  [ $took -le "$most" ] || fail "$name: it takes $took ms"
  grep -q "stopped" err.txt || fail "$name says: $(cat err.txt)"
  [ -z "$(find . -name '*.tmp' -o -name 'nsa-build-*')" ] || fail "$name leaves $(find . -name '*.tmp' -o -name 'nsa-build-*')"
}
slack=800 # a machine with other work to do

for wait in 0 0.0$RANDOM 0.3 0.6; do
  stopped "a compile after $wait s" INT $wait $slack "$NSA" run compile.nsa --no-cache --no-results
done
stopped "a compile for verify" TERM 0.4 $slack "$NSA" verify compile.nsa --no-cache
stopped "a check" TERM 0 $slack "$NSA" explain compile.nsa
for wait in 0.1 0.4; do
  stopped "links after $wait s" TERM $wait $slack "$NSA" run links.nsa --out links.out
done
stopped "steps" INT 1 $slack "$NSA" run steps.nsa --out steps.out
grep -q '"interrupted"' steps.out/run.json || fail "run.json does not say that it was interrupted"
grep -q "^f " out.txt || fail "no measures of a run that was interrupted"
stopped "a sweep that compiles" INT 0.5 $slack "$NSA" sweep compile.nsa --no-cache --seeds 1..4 --jobs 2
stopped "a sweep that makes links" INT 0.5 $slack "$NSA" sweep steps.nsa --seeds 1..4 --jobs 2
grep -q "goes on from here" err.txt || fail "a sweep says: $(cat err.txt)"

# A linker that takes its time, and starts something that does, too.
mkdir bin
printf '#!/bin/sh\nout=$2\necho half >"$out"\nsleep 30 &\nsleep 30\necho whole >"$out"\n' >bin/cc
chmod +x bin/cc
"$NSA" build steps.nsa -o steps.exe || fail "build"
stopped "a linker" INT 1 $slack env PATH="$PWD/bin:$PATH" "$NSA" build steps.nsa -o other.exe
[ ! -e other.exe ] || fail "a linker that was stopped leaves an executable"
[ -z "$(ls tmp)" ] || fail "it leaves $(ls tmp)"

stopped "an executable" TERM 0.5 $slack ./steps.exe --out exe.out
"$NSA" build links.nsa -o links.exe || fail "build"
stopped "an executable that makes links" INT 0.4 $slack ./links.exe --no-results
[ "$failed" -eq 0 ]
