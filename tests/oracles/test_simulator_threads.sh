#!/bin/sh
# SPDX-License-Identifier: MIT
# As test_simulator.sh: random networks by nsa, on two threads, and by a simulator in Python that was written from docs/language.md (simulator/): recordings, events
# and measures. `make fuzz` goes on with other seeds.
SIMULATOR_OPTIONS="--threads 2" NSA_CACHE=off exec /usr/bin/python3 -B "$SRC/tests/oracles/simulator/compare.py" 161 80
