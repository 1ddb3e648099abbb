#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzing. Each target of tests/fuzz is fed by libFuzzer, one after the other, from its corpus and what earlier fuzzing
# found worth keeping (build/fuzz/corpus): FUZZ_RUNS (100000) inputs, or FUZZ_SECONDS (60), whichever comes first;
# FUZZ_TARGETS ("parse ir") are some alone. What breaks a target stays in build/fuzz/found: its file goes into
# tests/fuzz/corpus/TARGET with the fix.
# Then FUZZ_MODELS (200) random networks from FUZZ_SEED (the time) are run by nsa and by the simulator of
# tests/oracles/simulator; those that differ stay in build/fuzz/modelSEED. At last FUZZ_KILLS (500) runs are killed at
# random moments, and what they had recorded is read. SIMULATOR_OPTIONS goes to `nsa run`, with
# SIMULATOR_SHRINK=1 the features that a difference needs are told.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}" "${TOOLS:?the folder of the small programs}"
: "${FUZZERS:?the folder of the fuzz targets}"
runs=${FUZZ_RUNS:-100000}
seconds=${FUZZ_SECONDS:-60}
seed=${FUZZ_SEED:-$(date +%s)}
out=$SRC/build/fuzz
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
found=0
targets=${FUZZ_TARGETS:-$(cd "$SRC/tests/fuzz" && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')}

# Folders whose files are seeds, too.
seeds() { # target
  case $1 in
  parse | model) echo "$SRC/tests/semantics" "$SRC/tests/errors" "$SRC/tests/golden" ;;
  ir) echo "$SRC/tests/golden" ;;
  esac
}

fuzz() { # target
  mkdir -p "$out/corpus/$1" "$out/found" "$scratch/$1"
  sh "$SRC/tests/fuzz/words.sh" "$1" > "$scratch/$1.words"
  local dictionary="" code executed
  [ ! -s "$scratch/$1.words" ] || dictionary=-dict=$scratch/$1.words
  # shellcheck disable=SC2046,SC2086 # there may be none
  (cd "$scratch/$1" && ASAN_OPTIONS=allocator_may_return_null=1 "$FUZZERS/fuzz_$1" -runs="$runs" \
    -max_total_time="$seconds" -seed="$seed" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=4096 \
    -close_fd_mask=3 -print_final_stats=1 $dictionary -artifact_prefix="$out/found/$1-" \
    "$out/corpus/$1" "$SRC/tests/fuzz/corpus/$1" $(seeds "$1")) > "$out/$1.log" 2>&1 < /dev/null
  code=$?
  executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$1.log")
  echo "$1: ${executed:-0} inputs"
  [ "$code" -eq 0 ] && return
  found=$((found + 1))
  echo "$1: broken, see build/fuzz/$1.log: $(grep -m 1 -E '^SUMMARY|runtime error|ERROR' "$out/$1.log")"
}

for target in $targets; do
  fuzz "$target"
done
mkdir -p "$out"
[ "${FUZZ_MODELS:-200}" -eq 0 ] ||
  (cd "$out" && NSA_CACHE=off /usr/bin/python3 -B "$SRC/tests/oracles/simulator/compare.py" "$seed" "${FUZZ_MODELS:-200}") ||
  found=$((found + 1))
[ "${FUZZ_KILLS:-500}" -eq 0 ] ||
  (rm -rf "$out/killed" && mkdir "$out/killed" && cd "$out/killed" &&
    KILLS=${FUZZ_KILLS:-500} bash "$SRC/tests/faults/test_killed.sh") || found=$((found + 1))
[ "$found" -eq 0 ]
