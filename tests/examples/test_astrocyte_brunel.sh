#!/bin/sh
# SPDX-License-Identifier: MIT
# NEST's network with astrocytes: numbers of links and partners, the first burst, and the slow inward current, which is the sum over the links of
# each neuron that have an astrocyte.
set -u
: "${NSA:?the nsa program}" "${SRC:?the source folder}"
: >failures
fail() { echo "FAILED $*" | tee -a failures; }
run() { # results, options
  out=$1; shift
  "$NSA" run "$SRC/examples/astrocyte_brunel.nsa" --csv --quiet --force --out "$out" "$@" >"$out.txt" || fail "$out does not run"
}
between() { # what, value, lowest, highest
  awk -v v="$2" -v lo="$3" -v hi="$4" 'BEGIN { exit !(v >= lo && v <= hi) }' || fail "$1 is $2, not from $3 to $4"
}
of_json() { # results, name, which of that name
  awk -F'[:,]' -v name="\"$2\"" -v which="$3" 'index($1, name) && ++n == which { print $2 + 0 }' "$1/run.json"
}
last_of() { awk -F, 'END { print $2 }' "$1"; }

run burst --for "60 ms"
between "the number of excitatory links" "$(of_json burst links 1)" 7990000 8010000
between "the number of inhibitory links" "$(of_json burst links 2)" 1995000 2005000
between "the number of links with an astrocyte" "$(of_json burst links_with 1)" 3994000 4006000
between "the number of astrocytes in no pool" "$(of_json burst partners_unused 1)" 0 5
between "spikes of the first burst" "$(wc -l <burst/cells.spike.csv)" 1500 8000
between "mean IP3 after the burst" "$(last_of burst/mean_astrocytes.IP3.csv)" 0.16 0.7
between "the slow inward current" "$(last_of burst/mean_cells.I_sic.csv)" 0 0

# With a lower threshold all astrocytes drive currents from the start: here calcium is the same in all of them.
run current --for "2 ms" --set astrocytes.SIC_threshold="0.05 uM"
expected=$(awk -F, -v links="$(of_json current links_with 1)" 'END { print 0.01*links/10000*log(1000*($2 - 0.05)) }' current/mean_astrocytes.Ca.csv)
between "the slow inward current over what is expected" "$(last_of current/mean_cells.I_sic.csv | awk -v e="$expected" '{ print $1/e }')" 0.999 1.001
[ -s failures ] && exit 1
echo "links, astrocytes, spikes and currents are as expected"
