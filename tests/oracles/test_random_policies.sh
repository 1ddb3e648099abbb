#!/bin/sh
# SPDX-License-Identifier: MIT
# See random_policies.py.
: "${NSA:?the tool}" "${SRC:?the sources}"
exec python3 "$SRC/tests/oracles/random_policies.py" "$NSA"
