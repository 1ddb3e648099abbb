#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What makes a hole in the tool hard to use: programs that lie anywhere in memory (PIE), tables of functions that cannot
# be written over (RELRO, bound at the start), stacks that are checked and not executed, checked string functions; and no
# memory that can be written and executed, also while compiled kernels run.
set -u
: "${NSA:?the tool}" "${BUILD:?the build folder}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

# $1 has a line that matches $3, says readelf with the options $2.
has() { LC_ALL=C readelf -W $2 "$1" 2> /dev/null | grep -qE "$3" || say "$(basename "$1"): $4"; }
look_at_memory() {
  has "$1" -h 'Type: +DYN' 'not position-independent'
  has "$1" -d 'FLAGS_1.* PIE' 'not a PIE'
  has "$1" -d 'FLAGS_1.* NOW' 'functions are not bound at the start'
  has "$1" -l '^ *GNU_RELRO ' 'no RELRO'
  has "$1" -l '^ *GNU_STACK .* RW +0x' 'a stack that can be executed'
  LC_ALL=C readelf -lW "$1" | grep -qE '^ *LOAD .* RWE ' && say "$(basename "$1"): a segment to write and to execute"
  LC_ALL=C readelf -dW "$1" | grep -q 'TEXTREL' && say "$(basename "$1"): code is written to when it is loaded"
}
look() {
  look_at_memory "$1"
  has "$1" --dyn-syms ' UND __stack_chk_fail' 'stacks are not checked'
  has "$1" --dyn-syms ' UND __[a-z]+_chk' 'string functions are not checked (FORTIFY)'
}

cat > long.nsa << 'END'
timescale fast = 0.1 ms
neuron cell {
  state v = 0
  noise xi
  dv/dt = -v/(10 ms) + sqrt(2/(10 ms))*xi
  spike when v > 2 { v = 0 }
}
synapse s { on pre { post.v += 0.1 } }
population p : cell[50]
connect p -> p via s by probability(0.1)
measure n = count(p.spike)
run 10000 s
END
"$NSA" build long.nsa -o long > /dev/null || say 'long.nsa cannot be built'
look_at_memory ./long
if grep -q 'NSA_HARDENING:BOOL=ON' "$BUILD/CMakeCache.txt"; then
  look "$NSA"
fi

# ---- memory while kernels run ----
maps() { # name, command; looks at its memory 20 times, from its first step on
  local name=$1 process k; shift
  "$@" > /dev/null 2> "$name.err" &
  process=$!
  for ((k = 0; k < 20; k++)); do
    sleep 0.1
    cat "/proc/$process/maps" > "$name.maps" 2> /dev/null || { say "$name ended"; cat "$name.err"; break; }
    if grep -E '^[^ ]+ .wx' "$name.maps"; then say "$name: memory that can be written and executed"; break; fi
  done
  kill -9 "$process"
  wait "$process" 2> /dev/null
}
NSA_CACHE=off maps compiled "$NSA" run long.nsa --quiet --no-results
# Kernels are there: executable memory of no file.
grep -qE '^[^ ]+ r-xp 00000000 00:00 0 *$' compiled.maps || say 'compiled: no kernels are seen in its memory'
maps built ./long --quiet --no-results

[ "$failed" -eq 0 ]
