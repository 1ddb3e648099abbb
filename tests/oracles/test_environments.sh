#!/bin/sh
# SPDX-License-Identifier: MIT
# Worlds in environments/, played by random policies, against linear systems, closed forms and a simulation in Python; how, is in oracle.py.
exec /usr/bin/python3 -B "$SRC/tests/oracles/run.py" environments
