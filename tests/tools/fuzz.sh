#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Feeds damaged models to `nsa check` for FUZZ_SECONDS (60), starting from FUZZ_SEED (the time).
# Whatever the text, the exit code must be 0 or 1 within FUZZ_LIMIT (20) seconds; what does worse is kept
# in build/fuzz with its seed in the name. Then FUZZ_MODELS (200) random networks from the same seed are run by nsa and by the
# simulator of tests/oracles/simulator; those that differ stay in build/fuzz/modelSEED. At last FUZZ_KILLS (500) runs are
# killed at random moments, and what they had recorded is read. SIMULATOR_OPTIONS goes to `nsa run`,
# with SIMULATOR_SHRINK=1 the features that a difference needs are told.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}" "${TOOLS:?the folder of the small programs}"
seconds=${FUZZ_SECONDS:-60}
seed=${FUZZ_SEED:-$(date +%s)}
limit=${FUZZ_LIMIT:-20}
out=$SRC/build/fuzz
mkdir -p "$out"
mapfile -t corpus < <(find "$SRC/examples" "$SRC/tests" "$SRC/runtime/models" -name '*.nsa' 2>/dev/null | LC_ALL=C sort)
[ "${#corpus[@]}" -gt 0 ] || { echo "no models to start from" >&2; exit 2; }
first=$seed
found=0
end=$((SECONDS + seconds))
while [ "$SECONDS" -lt "$end" ]; do
  file=${corpus[$((seed % ${#corpus[@]}))]}
  other=${corpus[$((seed / 7 % ${#corpus[@]}))]}
  "$TOOLS/mutate" "$seed" "$file" "$other" > "$out/now.nsa"
  timeout "$limit" "$NSA" check "$out/now.nsa" > "$out/now.txt" 2>&1 < /dev/null
  code=$?
  if [ "$code" -ne 0 ] && [ "$code" -ne 1 ]; then
    found=$((found + 1))
    cp "$out/now.nsa" "$out/$seed.nsa"
    cp "$out/now.txt" "$out/$seed.txt"
    echo "seed $seed: exit code $code, kept as build/fuzz/$seed.nsa"
  fi
  seed=$((seed + 1))
done
echo "$((seed - first)) damaged models from seed $first: $found findings"
cd "$out" && NSA_CACHE=off /usr/bin/python3 -B "$SRC/tests/oracles/simulator/compare.py" "$first" "${FUZZ_MODELS:-200}" || found=$((found + 1))
rm -rf "$out/killed" && mkdir "$out/killed" && cd "$out/killed" &&
  KILLS=${FUZZ_KILLS:-500} bash "$SRC/tests/faults/test_killed.sh" || found=$((found + 1))
[ "$found" -eq 0 ]
