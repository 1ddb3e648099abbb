#!/bin/sh
# SPDX-License-Identifier: MIT
# The recurrent network with gliotransmission: releases, spikes and the share of updates that its synapses need; and, with the coverage
# of the published code, its releases exactly.
set -u
: "${NSA:?the nsa program}" "${SRC:?the source folder}"
: >failures
fail() { echo "FAILED $*" | tee -a failures; }
run() { # file, results, further options
  file=$1; out=$2; shift 2
  "$NSA" run "$file" --csv --quiet --force --out "$out" "$@" >"$out.txt" || fail "$file does not run"
}
between() { # what, value, lowest, highest
  awk -v v="$2" -v lo="$3" -v hi="$4" 'BEGIN { exit !(v >= lo && v <= hi) }' || fail "$1 is $2, not from $3 to $4"
}
events_by() { # events, time in ms
  awk -F, -v limit="$2" 'NR > 1 && $1 <= limit { n++ } END { print n + 0 }' "$1"
}
# Updates of all links, of one a link and step of 0.1 ms.
share_of_updates() {
  awk -F'[:,]' '/"links":/ { links += $2 } /"updates_(at_events|by_clock)":/ { updates += $2 }
                /"duration_ms":/ { steps = $2*10 } END { print updates/links/steps }' "$1/run.json"
}

run "$SRC/examples/recurrent_gliotransmission.nsa" all --for "2.7 s"
between "releases by 2.2 s" "$(events_by all/astrocytes.release.csv 2200)" 0 0
between "releases by 2.7 s" "$(events_by all/astrocytes.release.csv 2700)" 3200 3200
between "excitatory spikes by 2 s" "$(events_by all/exc.spike.csv 2000)" 1900 2700
between "inhibitory spikes by 2 s" "$(events_by all/inh.spike.csv 2000)" 450 650
between "bound receptors" "$(awk -F, 'NR > 1 && $2 > top { top = $2 } END { print top }' all/mean_astrocytes.Gamma_S.csv)" 0.855 0.861
between "the share of updates" "$(share_of_updates all)" 0 0.001

run "$SRC/tests/examples/coverage_of_the_original.nsa" original --seed 3 --allow "$SRC/examples"
for expected in "2000 0" "4000 1458" "6000 1569" "8000 1625"; do
  set -- $expected
  between "releases by $1 ms" "$(events_by original/astrocytes.release.csv "$1")" "$2" "$2"
done
between "excitatory spikes" "$(events_by original/exc.spike.csv 8000)" 24000 31000
[ -s failures ] && exit 1
echo "releases and spikes are as expected; synapses need $(share_of_updates all) of a clock's updates"
