#!/bin/sh
# SPDX-License-Identifier: MIT
# Networks in coupling/ whose contributions follow the states at the order of the solver, against SciPy; how, is in oracle.py.
exec /usr/bin/python3 -B "$SRC/tests/oracles/run.py" coupling
