#!/bin/sh
# SPDX-License-Identifier: MIT
# Random functions, rules and noises in statistics/, against their distributions at fixed seeds (chance.py).
exec /usr/bin/python3 -B "$SRC/tests/oracles/run.py" statistics
