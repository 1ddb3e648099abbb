#!/bin/sh
# SPDX-License-Identifier: MIT
# What a checkpoint costs: the time of a run that saves once, less that of the same run without, beside the time that
# `cat FILE > x; sync x` takes for the file. Alternating; medians of N (5). NSA: the tool. MILLION (10): elements.
set -eu
: "${NSA:?the tool}"
folder=$(mktemp -d ./checkpoint_save.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > model.nsa <<END
timescale fast = 1 ms
neuron cell {
  state v = uniform(0, 1)
  dv/dt = -v/(20 ms)
}
population p : cell[${MILLION:-10}000000]
run 4 ms
END
ms() { # a command
  before=$(date +%s%N)
  "$@"
  echo $((($(date +%s%N) - before) / 1000000))
}
copy() { cat "$file" > x && sync x; }
"$NSA" run model.nsa --quiet --out saved --checkpoint "every 3 ms"
file=saved/checkpoints/0000000000000003.h5
for k in $(seq "${N:-5}"); do
  rm -rf x plain saves
  echo "plain $(ms "$NSA" run model.nsa --quiet --out plain)" >> times
  echo "saves $(ms "$NSA" run model.nsa --quiet --out saves --checkpoint 'every 3 ms')" >> times
  echo "copy $(ms copy)" >> times
done
median() { awk -v w="$1" '$1 == w { print $2 }' times | sort -n | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'; }
awk -v bytes="$(wc -c < "$file")" -v plain="$(median plain)" -v saves="$(median saves)" -v copy="$(median copy)" 'BEGIN {
  printf "%.4g MB: a save %d ms, cat and sync %d ms, ratio %.2f\n", bytes / 1e6, saves - plain, copy, (saves - plain) / copy
}'
