#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whichever allocation fails, by itself or with all later ones: the exit code is 2, stderr has one line that says what is
# missing, and nothing half-made is left; or the tool does without it, and gives what it always gives. Here samples of
# the allocations are tried; OOM_EVERY=1 tries each one (`make fuzz`).
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}" "${TOOLS:?the folder of the small programs}" "${BUILD:?}"
if grep -q 'NSA_SANITIZE:STRING=.' "$BUILD/CMakeCache.txt"; then exit 0; fi # which has an allocator of its own
shim=$TOOLS/out_of_memory.so
export NSA_CACHE=off
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

# Copies of one process, in each of which memory ends at another allocation; nothing is written.
copies() { # name, allocations between two that fail, command
  local name=$1 every=$2 first=$((RANDOM % $2 + 1)); shift 2
  [ -z "${OOM_EVERY:-}" ] || { every=$OOM_EVERY; first=1; }
  OOM_FORK=$first/$every OOM_REPORT=$PWD/$name.report LD_PRELOAD=$shim "$@" > "$name.txt" 2> "$name.err" ||
    { say "$name does not run"; cat "$name.err"; }
  [ ! -e "$name.report" ] || { say "$name:"; head -20 "$name.report"; }
}
RANDOM=1

m=$SRC/tests/models
for model in network plasticity noise stages; do
  copies "$model" 2000 "$NSA" run "$m/$model.nsa" --for '1 ms' --threads 1 --no-results --quiet
done

[ "$failed" -eq 0 ]
