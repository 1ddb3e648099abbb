#!/bin/sh
# SPDX-License-Identifier: MIT
# Random networks by nsa and by a simulator in Python that was written from docs/language.md (simulator/): recordings, events
# and measures. `make fuzz` goes on with other seeds.
NSA_CACHE=off exec /usr/bin/python3 -B "$SRC/tests/oracles/simulator/compare.py" 1 80
