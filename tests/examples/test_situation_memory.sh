#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The situation-associated memory: what a presentation does to spikes and weights, and the protocol with two images.
set -u
. "$(dirname "$0")/ranges.sh"
example=situation_memory.nsa # with its images, below the folder of the models that are made of it
cp -r "$SRC/examples/$example" "$SRC/examples/digits" .

# Eight pulses make each of the 1086 neurons under the digit 0 fire three times; the weights between them grow to the cap.
cat > pulses.nsa <<END
extends "$example"
measure spikes    = count(exc.spike)
measure strongest = max(recurrent.w)
run 60 ms
END
"$NSA" run pulses.nsa --no-results --quiet > measures.txt || exit 1
expect "the number of spikes" "$(value spikes)" 26064 26064
expect "the strongest weight, in 1/ms," "$(value strongest)" 0.0499999 0.0500001

# Two images, learnt and recalled once: training until 0.13 s, no currents until 0.26 s, a cue when the calcium has risen.
sed -e 's/for k in 0\.\.19 {/for k in 0..1 {/' -e 's/for k in 0\.\.6 {/for k in 0..1 {/' \
    -e 's/for c in 0\.\.9 {/for c in 0..0 {/' -e 's/for m in 0\.\.6 {/for m in 0..0 {/' \
    -e 's/1\.1 s/0.13 s/' -e 's/deaf = 2\.2 s/deaf = 0.26 s/' -e 's/from 1\.12 s/from 0.14 s/' \
    -e 's/from 2\.115 s/from 0.78 s/' -e 's/from 2\.232 s/from 0.86 s/' -e 's/^run .*/run 0.9 s/' "$example" > short.nsa
"$NSA" run short.nsa --no-results --quiet > measures.txt || exit 1
cat measures.txt
expect recall "$(value recall)" 0.95 1
expect "the highest mean calcium, in uM," "$(value height)" 0.14 0.19
[ "$failures" -eq 0 ]
