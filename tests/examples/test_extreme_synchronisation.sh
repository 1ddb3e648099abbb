#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Extreme synchronisation: ten seconds with and without the effect of the astrocytes.
set -u
. "$(dirname "$0")/ranges.sh"

run() { "$NSA" run "$SRC/examples/extreme_synchronisation.nsa" --for "10 s" --no-results --quiet "$@" > measures.txt || exit 1; cat measures.txt; }

run
expect "the order with astrocytes" "$(value order)" 0.5 0.53
expect "the firing with astrocytes, in Hz," "$(value firing)" 11 14
expect "the lowest gain, in kHz," "$(value weakest)" 2 3
run --variant no_glia
expect "the order without astrocytes" "$(value order)" 0.62 0.72
expect "the firing without astrocytes, in Hz," "$(value firing)" 15.5 18.5
expect "the gain that nothing lowers, in kHz," "$(value weakest)" 3.799 3.801
[ "$failures" -eq 0 ]
