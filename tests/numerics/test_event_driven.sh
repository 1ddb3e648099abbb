#!/bin/sh
# SPDX-License-Identifier: MIT
# Advancing synapses at events alone gives what advancing them at every step gives, to 1e-12.
set -u
cp "$SRC/tests/numerics/event_driven/learning.nsa" events.nsa
sed 's/# EQUATION/on fast using exact/' events.nsa > clock.nsa
for name in events clock; do
  "$NSA" run "$name.nsa" --csv --force --out "$name" > "$name.txt" 2> "$name.err" || { cat "$name.err"; exit 1; }
  grep '  s: ' "$name.err"
done
grep -q 'advanced in closed form' <<X || { echo "FAILED: nothing is event-driven"; exit 1; }
$("$NSA" explain events.nsa 2>/dev/null)
X
grep -q 'updates by the clock' clock.err || { echo "FAILED: the clock did not run"; exit 1; }
for file in s.w s.R s.gate; do
  paste -d' ' events/$file.csv clock/$file.csv | tail -n +2 | awk -v name=$file '
    { n = split($1, a, ","); split($2, b, ",")
      for (i = 2; i <= n; i++) { d = a[i] - b[i]; if (d < 0) d = -d; if (d > worst) worst = d
        if (b[i] > most) most = b[i]; values++ } }
    END { printf "%s: %d values up to %.3g, largest difference %.3g of that\n", name, values, most, worst/most
          exit !(values > 1000 && worst < 1e-12*most) }' || exit 1
done
cmp events.txt clock.txt
