#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Each diagnostic of diag_codes.def has a model in tests/errors that provokes it, and is reported
# somewhere in src/.
set -u
cd "${SRC:?the source folder}" || exit 1
failures=0
for code in $(sed -n 's/^DIAG(\([EW][0-9]*\),.*/\1/p' src/diag/diag_codes.def); do
  if ! grep -qrE "(ERROR|WARNING|expect:.*) $code" tests/errors --include='*.nsa'; then
    echo "src/diag/diag_codes.def: no file of tests/errors provokes $code" >&2
    failures=$((failures + 1))
  fi
  if ! grep -qrE "DIAG_${code}|[^A-Z]${code}[^0-9]" src grammar --include='*.[chly]'; then
    echo "src/diag/diag_codes.def: nothing reports $code" >&2
    failures=$((failures + 1))
  fi
done
[ "$failures" -eq 0 ] || { echo "$failures diagnostics without a test or without a use" >&2; exit 1; }
