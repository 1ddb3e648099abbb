#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How nsa grows: networks of models/growth.nsa of 1000 to a million neurons, up to 10^8 links.
#
#   NSA=the/tool growth.sh [-n repetitions] [-t threads] [-o folder] [-d page]
#
# Of each number the least of the repetitions. The folder (build/bench) gets growth.md; the page (docs/benchmarks.md) gets it between its marks.
set -u -o pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
. "$here/into_page.sh"
: "${NSA:?the tool}"
repetitions=3 threads=1 out=build/bench page=
while getopts n:t:o:d: option; do
  case $option in
    n) repetitions=$OPTARG ;; t) threads=$OPTARG ;; o) out=$OPTARG ;; d) page=$OPTARG ;;
    *) exit 2 ;;
  esac
done
mkdir -p "$out/bin" && out=$(cd "$out" && pwd) || exit 2
export XDG_CACHE_HOME=$out/cache
fail() { echo "growth.sh: $1 (see $out/growth.log)" >&2; exit 1; }
gcc -std=gnu11 -O2 "$here/measure.c" -o "$out/bin/measure" || fail "cannot compile measure.c"

# neurons links_each seconds
sizes="1000 1000 2
10000 1000 1
100000 1000 0.1
1000000 100 0.1"

run_once() { # neurons links_each seconds: one line of numbers
  sed "s/cell\[1000\]/cell[$1]/; s/indegree(1000)/indegree($2)/" "$here/models/growth.nsa" > "$out/growth.nsa"
  "$NSA" explain "$out/growth.nsa" > "$out/growth.explain" || fail "explain failed"
  "$out/bin/measure" "$out/took" "$NSA" run "$out/growth.nsa" --for "$3 s" --threads "$threads" --no-results --time > "$out/growth.log" 2>&1 \
    || fail "$1 neurons failed"
  awk -v neurons="$1" -v seconds="$3" -v memory="$(awk '$1 == "memory" { print $2 }' "$out/took")" \
      -v bytes="$(sed -n 's/.* links of \([0-9.]*\) bytes$/\1/p' "$out/growth.explain")" '
    / links; / { links = $2; events = $4 }
    $1 == "connect" || $1 == "initialise" { setup += $2 }
    $1 == "arrivals" { arrivals = $2 }
    $1 == "step" && $2 == "kernels" { kernels = $3 }
    $1 == "steps" { steps = $2 }
    END {
      if (!links || !events || !kernels) exit 1
      printf "%d %d %.4f %.3f %.3f %.3f %s %.0f\n", neurons, links, setup, 1e9*kernels/(neurons*seconds*1e4), 1e9*arrivals/events, steps/seconds, bytes, memory
    }' "$out/growth.log" || fail "no numbers for $1 neurons"
}

load=$(cut -d' ' -f1 /proc/loadavg)
while read -r neurons each seconds; do
  echo "$neurons neurons ..." >&2
  for ((r = 1; r <= repetitions; r++)); do run_once "$neurons" "$each" "$seconds" || exit 1; done
done <<< "$sizes" > "$out/growth.raw" || exit 1

{
  echo "Measured $(date -u +%F) on $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, load $load before; $threads thread(s), least of $repetitions."
  echo
  echo "| neurons | links | set-up of links | a step, per neuron | a delivered event | a simulated second | kept of a link | peak memory |"
  echo "| --- | --- | --- | --- | --- | --- | --- | --- |"
  awk 'function least(name, x) { if (!(($1, name) in low) || x < low[$1, name]) low[$1, name] = x }
    !($1 in links) { order[++count] = $1 }
    { links[$1] = $2; bytes[$1] = $7; for (i = 3; i <= 8; i++) least(i, $i) }
    END {
      for (i = 1; i <= count; i++) {
        n = order[i]
        printf "| %d | %d | %.3g s | %.1f ns | %.1f ns | %.3g s | %s bytes | %.0f MB |\n", n, links[n], low[n, 3], low[n, 4], low[n, 5], low[n, 6], bytes[n], low[n, 8]
      }
    }' "$out/growth.raw"
} > "$out/growth.md"
cat "$out/growth.md"
[ -z "$page" ] || into_page "$out/growth.md" growth "$page"
