#!/bin/sh
# SPDX-License-Identifier: MIT
# Models against references that were computed elsewhere; the format is in check_values.sh.
exec sh "$SRC/tests/tools/check_values.sh" "$SRC/tests/numerics/reference"
