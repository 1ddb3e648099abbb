#!/bin/sh
# SPDX-License-Identifier: MIT
# What docs/language.md says happens, against numbers worked out from it by other means (in the models' heads).
MODELS=tests/semantics exec sh "$SRC/tests/numerics/test_reference.sh"
