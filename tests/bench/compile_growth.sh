#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How the time of a compile grows with a model: seconds of `nsa run` without a cache, and the slope (2 where twice as much
# takes four times as long) from each size to the next.
#
#   NSA=the/tool compile_growth.sh
set -u -o pipefail
export LC_ALL=C TIMEFORMAT=%R
here=$(cd "$(dirname "$0")" && pwd)
: "${NSA:?the tool}"
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT

seconds() { # what, size
  sh "$here/../tools/equations.sh" "$1" "$2" > "$folder/model.nsa"
  { time timeout 300 "$NSA" run "$folder/model.nsa" --no-results --no-cache > "$folder/log" 2>&1; } 2>&1
}

grow() { # what, sizes...
  local what=$1 size took before=0 least=0
  shift
  for size in "$@"; do
    took=$(seconds "$what" "$size")
    awk -v what="$what" -v n="$size" -v t="$took" -v m="$before" -v u="$least" 'BEGIN {
      printf "%-12s %6d %8.2f s", what, n, t
      if (m > 0 && u > 0 && t > 0) printf "   slope %.2f", log(t/u)/log(n/m)
      print ""
    }'
    before=$size least=$took
  done
}

grow equations 10 30 100 300 1000
grow joined 10 30 100 200 1000
grow lets 10 100 1000
grow connections 10 100 1000 3000
grow components 10 100 300
