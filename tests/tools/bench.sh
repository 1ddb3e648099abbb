#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Wall time and memory of the examples (or of the models given), at one thread and at all.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}"
if [ "$#" -gt 0 ]; then
  models=("$@")
else
  mapfile -t models < <(find "$SRC/examples" -maxdepth 1 -name '*.nsa' | LC_ALL=C sort)
fi
[ "${#models[@]}" -gt 0 ] || { echo "no models to time" >&2; exit 2; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cores=$(nproc)
counts=(1)
[ "$cores" -gt 1 ] && counts+=("$cores")

printf '%-36s %8s %10s  %s\n' model threads seconds result
for model in "${models[@]}"; do
  for threads in "${counts[@]}"; do
    start=$(date +%s.%N)
    "$NSA" run "$model" --threads "$threads" --force --out "$out/result" > "$out/log" 2>&1 < /dev/null
    code=$?
    end=$(date +%s.%N)
    printf '%-36s %8d %10.2f  %s\n' "$(basename "$model")" "$threads" \
      "$(awk "BEGIN { print $end - $start }")" "$([ "$code" -eq 0 ] && echo ok || echo "exit code $code")"
  done
done
