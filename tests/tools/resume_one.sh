#!/bin/sh
# SPDX-License-Identifier: MIT
# resume_one.sh MODEL FOR EVERY [THREADS...]: a run that goes on from any of its checkpoints ends as the one that was
# never stopped: all measures and recordings, as text, byte for byte, and the state of its last checkpoint. FOR: the
# length of the run, or "" for the model's own. OPTIONS in the environment are for all runs.
# shellcheck disable=SC2086
set -u
model=$1; length=$2; every=$3; shift 3
[ $# -gt 0 ] || set -- 1 2
name=$(basename "$model" .nsa)
failed=0
complain() { echo "FAILED: $name: $*"; failed=$((failed + 1)); }
# No power is lost here, and a disk may be slow.
export LD_PRELOAD="$TOOLS/no_sync.so"
run() { # out, options...
  out=$1; shift
  rm -rf "$out.out" "$out.out.part"
  ${RUN:-"$NSA" run "$model"} ${OPTIONS:-} ${length:+--for "$length"} --csv --quiet --out "$out.out" "$@" >"$out.txt" 2>"$out.err"
}
same() { # a, b
  cmp -s "$1.txt" "$2.txt" || complain "measures of $1 and $2 differ"
  for table in "$1.out"/*.csv; do
    [ ! -e "$table" ] || cmp -s "$table" "$2.out/$(basename "$table")" || complain "$(basename "$table") of $1 and $2 differ"
  done
}
run "$name.whole" --threads "$1" || { cat "$name.whole.err"; complain "the run"; exit 1; }
run "$name.saved" --threads "$1" --checkpoint "every $every" --keep 1000 || { cat "$name.saved.err"; complain "checkpoints"; exit 1; }
same "$name.whole" "$name.saved"
last=
for file in "$name.saved.out"/checkpoints/*.h5; do
  [ -e "$file" ] || { complain "there are no checkpoints"; break; }
  last=$file
done
for file in "$name.saved.out"/checkpoints/*.h5; do
  for threads; do
    run "$name.resumed" --threads "$threads" --resume "$file" --checkpoint "every $every" --keep 1 || {
      cat "$name.resumed.err"; complain "$file with $threads threads"; continue; }
    same "$name.whole" "$name.resumed"
    [ "$file" = "$last" ] || "$TOOLS/h5_same" "$last" "$name.resumed.out/checkpoints/$(basename "$last")" ||
      complain "the state at $(basename "$last") is another from $(basename "$file") on, with $threads threads"
  done
done
rm -rf "$name".whole* "$name".saved* "$name".resumed*
[ "$failed" -eq 0 ]
