#!/bin/sh
# SPDX-License-Identifier: MIT
# The learning rules of the library against their definitions: sums over pairs of spikes, closed forms; the format is in check_values.sh.
exec sh "$SRC/tests/tools/check_values.sh" "$SRC/tests/numerics/plasticity"
