#!/bin/sh
# SPDX-License-Identifier: MIT
# Published models in calcium/, each against SciPy or a closed form; how, is in oracle.py.
exec /usr/bin/python3 -B "$SRC/tests/oracles/run.py" calcium
