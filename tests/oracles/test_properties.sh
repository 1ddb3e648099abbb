#!/bin/sh
# SPDX-License-Identifier: MIT
# Random models in properties/: totals that reactions keep, and the order of what the compiler chooses.
exec /usr/bin/python3 -B "$SRC/tests/oracles/run.py" properties
