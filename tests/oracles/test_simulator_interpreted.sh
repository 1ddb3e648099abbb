#!/bin/sh
# SPDX-License-Identifier: MIT
# As test_simulator.sh: random networks by nsa, interpreted, and by a simulator in Python that was written from docs/language.md (simulator/): recordings, events
# and measures. `make fuzz` goes on with other seeds.
SIMULATOR_OPTIONS=--interpret NSA_CACHE=off exec /usr/bin/python3 -B "$SRC/tests/oracles/simulator/compare.py" 81 80
