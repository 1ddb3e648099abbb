#!/bin/sh
# SPDX-License-Identifier: MIT
# The rules of docs/language.md ("One step, exactly" above all), each against numbers that follow
# from the page; the format is in check_values.sh.
exec sh "$SRC/tests/tools/check_values.sh" "$SRC/tests/semantics"
