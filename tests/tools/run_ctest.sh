#!/bin/sh
# SPDX-License-Identifier: MIT
# run_ctest.sh BUILD_FOLDER JOBS [ctest options] - runs the tests; the last line is ctest's summary
# ("100% tests passed, 0 tests failed out of N"), the exit code is ctest's.
set -u
folder=$1
jobs=$2
shift 2
log=$folder/tests.log

{
  ctest --test-dir "$folder" --output-on-failure --no-label-summary -j "$jobs" "$@" 2>&1
  echo "exit code $?"
} | tee "$log" | grep -v '^exit code [0-9]*$'

code=$(sed -n 's/^exit code \([0-9]*\)$/\1/p' "$log" | tail -n 1)
summary=$(grep '% tests passed, .* out of [0-9]*$' "$log" | tail -n 1)
echo "${summary:-no tests were run}"
[ -n "$summary" ] || code=1
exit "${code:-1}"
