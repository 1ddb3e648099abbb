#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measures nsa beside hand-written C and Brian2, in turns: nsa, C, Brian2, nsa, C, Brian2, ...
#
#   NSA=the/tool run.sh [-n repetitions] [-b repetitions of Brian2] [-o folder] [-d page] [workload...]
#
# Workloads are those of workloads.txt (all, if none is named). The folder (build/bench) gets raw.txt, results.json and table.md; the
# page (docs/benchmarks.md) gets the table between its two marks. Brian2 takes part when /usr/bin/python3 has it (make bench-deps).
set -u -o pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
. "$here/into_page.sh"
: "${NSA:?the tool}"
repetitions=5 brian_repetitions=2 out=build/bench page=
while getopts n:b:o:d: option; do
  case $option in
    n) repetitions=$OPTARG ;; b) brian_repetitions=$OPTARG ;; o) out=$OPTARG ;; d) page=$OPTARG ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
mkdir -p "$out/bin" "$out/brian2" && out=$(cd "$out" && pwd) || exit 2
raw=$out/raw.txt
: > "$raw"
export XDG_CACHE_HOME=$out/cache                       # nobody else's compiled models

has_brian=no
[ "$brian_repetitions" -gt 0 ] && /usr/bin/python3 -W ignore -c 'import brian2' > /dev/null 2>&1 && has_brian=yes
[ $has_brian = yes ] || echo "Brian2 does not take part (make bench-deps installs it)." >&2

fail() { echo "run.sh: $1 (see $out/log)" >&2; exit 1; }
compile() { gcc -std=gnu11 -O3 -march=native -ffast-math "$1" -o "$2" -lm || fail "cannot compile $1"; }
measured() { "$out/bin/measure" "$out/took" "$@" > "$out/log" 2>&1 < /dev/null || fail "$* failed"; }

# put workload contestant repetition name value [divisor]: one line of raw.txt
put() { awk -v d="${6:-1}" -v head="$1 $2 $3 $4" -v x="$5" 'BEGIN { if (x != "") printf "%s %.9g\n", head, x/d }' >> "$raw"; }
value_of() { awk -v name="$1" '$1 == name { print $2; exit }' "$2"; }
put_process() { # workload contestant repetition: what the whole process took
  local name
  for name in wall cpu memory; do put "$1" "$2" "$3" "$name" "$(value_of $name "$out/took")"; done
}

run_nsa() { # workload contestant repetition model seconds threads
  measured "$NSA" run "$here/$4" --for "$5 s" --threads "$6" --no-results --time
  put "$1" "$2" "$3" loop "$(value_of steps "$out/log")" "$5"
  put "$1" "$2" "$3" spikes "$(value_of spikes "$out/log")" "$5"
  put "$1" "$2" "$3" first "$(sed -n 's/^process start to end of first step: \([0-9.]*\) s.*/\1/p' "$out/log")"
  put_process "$1" "$2" "$3"
}

run_nsa_cold() { # workload repetition model: from nothing to the end of the first step
  measured "$NSA" run "$here/$3" --for "10 ms" --threads 1 --no-results --no-cache --time
  put "$1" nsa_cold "$2" first "$(sed -n 's/^process start to end of first step: \([0-9.]*\) s.*/\1/p' "$out/log")"
}

run_reference() { # workload repetition program_arguments seconds
  local words
  IFS=_ read -r -a words <<< "$3"
  measured "$out/bin/${words[0]}" "${words[@]:1}"
  put "$1" C "$2" loop "$(value_of loop "$out/log")" "$4"
  put "$1" C "$2" spikes "$(value_of spikes "$out/log")" "$4"
  put_process "$1" C "$2"
}

# workload script_arguments seconds: generates and compiles; keeps how long that took
build_brian() {
  local words
  IFS=_ read -r -a words <<< "$2"
  rm -rf "$out/brian2/$1"
  measured /usr/bin/python3 -W ignore "$here/brian2/${words[0]}.py" "$out/brian2/$1" "$3" "${words[@]:1}"
  brian_build=$(value_of wall "$out/took")
}

run_brian() { # workload repetition seconds
  cd "$out/brian2/$1" || exit 2
  measured ./main
  local loop spikes
  loop=$(awk '{ print $1; exit }' results/last_run_info.txt)
  spikes=$(cat results/_array_spikes_N_* 2> /dev/null | od -An -td4)
  put "$1" Brian2 "$2" loop "$loop" "$3"
  put "$1" Brian2 "$2" spikes "$spikes" "$3"
  put "$1" Brian2 "$2" first "$(awk -v b="$brian_build" -v w="$(value_of wall "$out/took")" -v l="$loop" 'BEGIN { print b + w - l }')"
  put_process "$1" Brian2 "$2"
  cd - > /dev/null || exit 2
}

run_workload() { # the fields of a line of workloads.txt
  local name=$1 model=$2 nsa_s=$3 reference=$4 reference_s=$5 script=$6 brian_s=$7 threads=$8 r
  [ -f "$here/$model" ] || { echo "$name: there is no $model" >&2; return; }
  echo "$name ..." >&2
  [ "$reference" = - ] || compile "$here/reference/${reference%%_*}.c" "$out/bin/${reference%%_*}"
  [ $has_brian = yes ] || script=-
  [ "$script" = - ] || build_brian "$name" "$script" "$brian_s"
  measured "$NSA" run "$here/$model" --for "10 ms" --threads 1 --no-results     # fills the cache
  for ((r = 1; r <= repetitions; r++)); do
    run_nsa_cold "$name" $r "$model"
    run_nsa "$name" nsa $r "$model" "$nsa_s" 1
    [ "$reference" = - ] || run_reference "$name" $r "$reference" "$reference_s"
    [ "$threads" = no ] || [ "$(nproc)" -lt 2 ] || run_nsa "$name" nsa_2_threads $r "$model" "$nsa_s" 2
    [ "$script" = - ] || [ $r -gt "$brian_repetitions" ] || run_brian "$name" $r "$brian_s"
  done
}

machine() { # one line, for the table and the JSON
  echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, $(gcc --version | head -1), $(uname -sr), load $load"
}

load=$(cut -d' ' -f1 /proc/loadavg)                     # of others, before anything ran: tells a disturbed measurement
compile "$here/measure.c" "$out/bin/measure"
while read -r -a fields; do
  [ "${#fields[@]}" -eq 8 ] && [ "${fields[0]}" != '#' ] || continue
  [ $# -eq 0 ] || [[ " $* " == *" ${fields[0]} "* ]] || continue
  run_workload "${fields[@]}"
done < "$here/workloads.txt"
[ -s "$raw" ] || fail "no such workload: $*"

awk -v machine="$(machine)" -v date="$(date -u +%F)" -v json="$out/results.json" -f "$here/summary.awk" "$raw" > "$out/table.md" || exit 1
cat "$out/table.md"
[ -z "$page" ] || into_page "$out/table.md" results "$page"
