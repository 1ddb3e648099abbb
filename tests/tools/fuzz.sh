#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzing. Each target of tests/fuzz is fed by libFuzzer, one after the other, from its corpus and what earlier fuzzing
# found worth keeping (build/fuzz/corpus). FUZZ_BULK (1000000) inputs without sanitizers, 5 to 20 times as fast, find
# what reaches something new; under the sanitizers the target is then fed with all of that, and with FUZZ_RUNS (100000)
# inputs more. Each of the two ends after FUZZ_SECONDS (60) at the latest. FUZZ_TARGETS ("parse ir") are some alone,
# FUZZ_LENGTH (2048) bytes is the longest input. What breaks a target stays in build/fuzz/found: its file goes into
# tests/fuzz/corpus/TARGET with the fix.
# Then FUZZ_MODELS (200) random networks from FUZZ_SEED (the time) are run by nsa and by the simulator of
# tests/oracles/simulator; those that differ stay in build/fuzz/modelSEED. FUZZ_SESSIONS (1000) random models are
# compiled and stepped beside the interpreter (tests/kernels/test_sessions.c). At last FUZZ_KILLS (500) runs are killed at
# random moments, and what they had recorded is read. SIMULATOR_OPTIONS goes to `nsa run`, with
# SIMULATOR_SHRINK=1 the features that a difference needs are told.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}" "${TOOLS:?the folder of the small programs}"
: "${FUZZERS:?the folder of the fuzz targets}" "${BULK:?that of those without sanitizers}"
bulk=${FUZZ_BULK:-1000000}
runs=${FUZZ_RUNS:-100000}
seconds=${FUZZ_SECONDS:-60}
seed=${FUZZ_SEED:-$(date +%s)}
out=$SRC/build/fuzz
scratch=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)") # in memory: each input may become a file
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

# No names of functions that are new, which a program of its own looks up; no look for files of other fuzzers; and memory
# that was freed is used again, as fresh pages cost more than most inputs.
feed() { # target, folder of the executables, inputs, folders of inputs...; the first gets what is worth keeping
  local target=$1 folder=$2 inputs=$3 dictionary=""
  shift 3
  [ ! -s "$scratch/$target.words" ] || dictionary=-dict=$scratch/$target.words
  # shellcheck disable=SC2086 # there may be none
  (cd "$scratch/$target" && ASAN_OPTIONS=allocator_may_return_null=1:quarantine_size_mb=16 \
    MALLOC_TRIM_THRESHOLD_=67108864 MALLOC_TOP_PAD_=4194304 "$folder/fuzz_$target" -runs="$inputs" \
    -max_total_time="$seconds" -seed="$seed" -max_len="${FUZZ_LENGTH:-2048}" -timeout=20 -rss_limit_mb=2048 \
    -malloc_limit_mb=4096 -close_fd_mask=3 -print_funcs=0 -reload=0 -print_final_stats=1 $dictionary \
    -artifact_prefix="$out/found/$target-" "$@") > "$out/$target.log" 2>&1 < /dev/null
}

fuzz() { # target, what it is called, folder of the executables, inputs
  mkdir -p "$out/corpus/$1" "$out/found" "$scratch/$1"
  sh "$SRC/tests/fuzz/words.sh" "$1" > "$scratch/$1.words"
  local code executed
  # shellcheck disable=SC2046 # several folders
  feed "$1" "$3" "$4" "$out/corpus/$1" "$SRC/tests/fuzz/corpus/$1" $(seeds "$1")
  code=$?
  executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$1.log")
  echo "$1: ${executed:-0} inputs$2"
  [ "$code" -eq 0 ] && return
  found=$((found + 1))
  echo "$1: broken, see build/fuzz/$1.log: $(grep -m 1 -E '^SUMMARY|runtime error|ERROR' "$out/$1.log")"
}

for target in $targets; do
  [ "$bulk" -eq 0 ] || fuzz "$target" "" "$BULK" "$bulk"
  [ "$runs" -eq 0 ] || fuzz "$target" " under the sanitizers" "$FUZZERS" "$runs"
done
mkdir -p "$out"
[ "${FUZZ_MODELS:-200}" -eq 0 ] ||
  (cd "$out" && NSA_CACHE=off /usr/bin/python3 -B "$SRC/tests/oracles/simulator/compare.py" "$seed" "${FUZZ_MODELS:-200}") ||
  found=$((found + 1))
[ "${FUZZ_SESSIONS:-1000}" -eq 0 ] ||
  (cd "$scratch" && MODELS_FIRST="$seed" MODELS_SEEDS="${FUZZ_SESSIONS:-1000}" "$TOOLS/../kernels/test_sessions") > "$out/sessions.log" 2>&1 ||
  { found=$((found + 1)); tail -n 20 "$out/sessions.log"; }
[ "${FUZZ_KILLS:-500}" -eq 0 ] ||
  (rm -rf "$out/killed" && mkdir "$out/killed" && cd "$out/killed" &&
    KILLS=${FUZZ_KILLS:-500} bash "$SRC/tests/faults/test_killed.sh") || found=$((found + 1))
[ "${FUZZ_CHECKPOINT_KILLS:-200}" -eq 0 ] ||
  (rm -rf "$out/resumed" && mkdir "$out/resumed" && cd "$out/resumed" &&
    KILLS=${FUZZ_CHECKPOINT_KILLS:-200} bash "$SRC/tests/faults/test_checkpoint_kills.sh") || found=$((found + 1))
[ "$found" -eq 0 ]
