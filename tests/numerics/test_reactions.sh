#!/bin/sh
# SPDX-License-Identifier: MIT
# Random networks of reactions keep the number of each atom, with the solver that is chosen and with each that is named, over 10^6
# steps, to 1e-12 of it (systems/reactions.py).
set -u
networks="1 2 -1"
make="python3 $SRC/tests/numerics/systems/reactions.py"
$make make $networks > networks.nsa || exit 1
"$NSA" run networks.nsa --csv --quiet --force --out results > out.txt 2>&1 || { cat out.txt; exit 1; }
$make check results $networks
