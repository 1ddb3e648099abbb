#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Random models (generate_model) compiled for each width and for several threads, against the interpreter:
# all recordings are compared as text. And the same model said otherwise (`generate_model SEED other`), which must
# give the same numbers but for rounding.
#
#   MODELS_SEEDS (18)     how many seeds        MODELS_FIRST (1)   the first of them
#   MODELS_FULL (2)       how many of them for every width; the others for one, by their seed: many more models in the
#                         same time
#   MODELS_SECONDS (100)  stop after this time, so that a slow build still ends
set -u
: "${NSA:?the tool}" "${TOOLS:?the folder of the small programs}"
first=${MODELS_FIRST:-1}
last=$((first + ${MODELS_SEEDS:-18} - 1))
full=$((first + ${MODELS_FULL:-2}))
budget=${MODELS_SECONDS:-100}
failed=0
tested=0

run() { # folder, options...; of $model
  local folder=$1
  shift
  "$NSA" run "$model" --csv --quiet --force --no-cache --out "$folder" "$@" > "$folder.txt" 2>&1 < /dev/null
}

report() { # what
  failed=$((failed + 1))
  echo "FAILED: seed $seed: $1"
  echo "  model: $PWD/$model    replay: MODELS_FIRST=$seed MODELS_SEEDS=1 MODELS_FULL=1 NSA=$NSA TOOLS=$TOOLS bash $0"
}

compare() { # folder, options...: against the interpreter's
  local folder=$1
  run "$@" || { report "${*:2}: $(head -n 1 "$folder.txt")"; return 1; }
  local difference
  difference=$(diff -rq --exclude='*.json' --exclude='*.h5' "$reference" "$folder" | head -n 1)
  [ -z "$difference" ] || { report "${*:2}: $difference"; return 1; }
}

# Numbers of two tables, side by side; the first that differs by more than sums in another order do.
first_difference() { # folder, folder
  local table
  (cd "$1" && find . -name '*.csv' | sort) | while read -r table; do
    paste -d '|' "$1/$table" "$2/$table" | awk -F '|' -v table="$table" '
      $1 != $2 {
        n = split($1, a, ",")
        if (split($2, b, ",") != n) { print table " at line " NR; exit }
        for (k = 1; k <= n; k++) {
          d = a[k] - b[k]
          if (d > 1e-8*(1 + (a[k] < 0 ? -a[k] : a[k])) || -d > 1e-8*(1 + (a[k] < 0 ? -a[k] : a[k]))) {
            print table " at line " NR ": " a[k] ", not " b[k]; exit
          }
        }
      }'
  done | head -n 1
}

compare_other() {
  local model=$seed.other.nsa
  "$TOOLS/generate_model" "$seed" other > "$model"
  run "$seed.other" --interpret || { report "said otherwise: $(head -n 1 "$seed.other.txt")"; return 1; }
  local difference
  difference=$(first_difference "$reference" "$seed.other")
  [ -z "$difference" ] || { report "said otherwise: $difference"; return 1; }
}

# Both of single precision: its own reference, then these options.
compare_single() { # folder, options...
  local reference=$seed.single
  run "$reference" --precision single --interpret || { report "single, interpreted: $(head -n 1 "$reference.txt")"; return 1; }
  compare "$@" --precision single
}

compare_briefly() {
  local widths=(1 2 4 8) differs=0
  local how=(--width "${widths[$((seed % 4))]}" --threads "$((1 + seed / 4 % 3))")
  compare "$seed.brief" "${how[@]}" || differs=1
  case $((seed % 3)) in
    0) compare_other || differs=1 ;;
    1) compare_single "$seed.brief_single" "${how[@]}" || differs=1 ;;
  esac
  return "$differs"
}

compare_all() {
  local differs=0
  compare "$seed.w1" --width 1 --threads 1 || differs=1
  compare "$seed.w2" --width 2 --threads 3 || differs=1
  compare "$seed.w4" --width 4 --threads 1 || differs=1
  compare "$seed.w8" --width 8 --threads 2 || differs=1
  compare "$seed.t3" --threads 3 || differs=1
  compare_other || differs=1
  compare_single "$seed.single_w1" --width 1 --threads 1 || differs=1
  compare_single "$seed.single_t3" --threads 3 || differs=1
  return "$differs"
}

for ((seed = first; seed <= last && SECONDS < budget; seed++)); do
  model=$seed.nsa
  reference=$seed.interpreted
  "$TOOLS/generate_model" "$seed" > "$model"
  tested=$((tested + 1))
  kept=0
  if ! run "$reference" --interpret; then
    report "interpreted: $(head -n 1 "$reference.txt")"
    kept=1
  elif [ -z "$(find "$reference" -name '*.csv' -size +0)" ]; then
    report "recorded nothing"
    kept=1
  elif [ "$seed" -ge "$full" ]; then
    compare_briefly || kept=1
  else
    compare_all || kept=1
  fi
  [ "$kept" -eq 1 ] || rm -rf "$seed".*
done
echo "$tested models from seed $first: $failed failures"
[ "$failed" -eq 0 ] && [ "$tested" -gt 0 ]
