#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the timescale of the astrocytes costs, and what a coarser one gets wrong: the working memory and the recurrent network
# with gliotransmission at steps of 0.1 to 100 ms, compared with 0.1 ms.
#
#   NSA=the/tool slow.sh [-n seeds] [-o folder] [-d page]
#
# Every seed is run at every step, in turns; times are the least of the seeds', measures their mean. The folder (build/bench/slow) gets
# table.md; the page (docs/benchmarks.md) gets the table between its marks.
set -u -o pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
. "$here/into_page.sh"
examples=$here/../../examples
: "${NSA:?the tool}"
seeds=3 out=build/bench/slow page=
while getopts n:o:d: option; do
  case $option in
    n) seeds=$OPTARG ;; o) out=$OPTARG ;; d) page=$OPTARG ;;
    *) exit 2 ;;
  esac
done
[ -z "$page" ] || page=$(realpath "$page")
mkdir -p "$out" && cd "$out" || exit 2
cp -r "$examples/digits" .
: > raw.txt

# The astrocytes of the working memory get a timescale; one of their blocks, every 1 ms, cannot run more often than they do.
working_memory() { # step in ms, clauses
  awk -v step="$1" -v clauses="$2" '
    /^timescale fast/ { print; print "timescale slow = " step " ms"; next }
    /^astrocyte ullah using rk4/ { sub(/using rk4/, "on slow " clauses) }
    step > 1 { sub(/every 1 ms/, "every " step " ms") }
    { print }' "$examples/working_memory.nsa"
}
gliotransmission() {
  awk -v step="$1" -v clauses="$2" '
    /^timescale slow/ { print "timescale slow = " step " ms"; next }
    /^astrocyte glia/ { sub(/on slow/, "on slow " clauses) }
    { print }' "$examples/recurrent_gliotransmission.nsa"
}

run() { # model, step, clauses, seed, recording of calcium
  local name="$1-$2-${3//[ =()]/_}-$4"
  "$1" "$2" "$3" > "$name.nsa"
  echo "$1, $2 ms $3, seed $4" >&2
  if ! "$NSA" run "$name.nsa" --seed "$4" --threads 1 --csv --time --quiet --force --out "$name" > "$name.txt" 2>&1; then
    grep -q 'numerical failure' "$name.txt" || { cat "$name.txt" >&2; exit 1; }
    echo "$1|$2|$3|$4|failed|1" >> raw.txt
    return
  fi
  awk -v head="$1|$2|$3|$4" '$1 == "steps" { print head "|steps|" $2 } /^    step kernels/ { print head "|kernels|" $3 }
    /^(recall|span|height|spikes|releases) / { print head "|" $1 "|" $2 }' "$name.txt" >> raw.txt
  # The mean over the cells at each time, against that of 0.1 ms.
  awk -F, -v head="$1|$2|$3|$4" '
    FNR == 1 { file++; next }
    { sum = 0; for (i = 2; i <= NF; i++) sum += $i; sum /= NF - 1 }
    file == 1 { fine[$1] = sum; if (sum > peak) peak = sum; next }
    $1 in fine { d = sum - fine[$1]; if (d < 0) d = -d; if (d > worst) worst = d }
    END { print head "|calcium|" worst/peak }' "$1-0.1-using_rk4-$4/$5.csv" "$name/$5.csv" >> raw.txt
  [ "$2" = 0.1 ] || rm -r "$name"
}

for seed in $(seq "$seeds"); do
  for row in "0.1|using rk4" "1|using rk4" "10|using rk4" "10|using rk4 coupling linear" "100|using rk4" "100|using adaptive" \
             "100|using adaptive coupling linear"; do
    run working_memory "${row%|*}" "${row#*|}" "$seed" glia.Ca
    run gliotransmission "${row%|*}" "${row#*|}" "$seed" mean_astrocytes.Ca
  done
done

{
  echo "Measured $(date -u +%F), one thread, $seeds seeds, load $(cut -d' ' -f1 /proc/loadavg)."
  awk -F'|' '
    function mean(key, name) { return n[key, name] ? total[key, name]/n[key, name] : "" }
    function share(key, first, name) { return sprintf("%+.2f %%", 100*(mean(key, name)/mean(first, name) - 1)) }
    { key = $1 FS $2 FS $3; if (!(key in seen)) { seen[key] = 1; order[++keys] = key }
      total[key, $5] += $6; n[key, $5]++
      if (n[key, $5] == 1 || $6 < least[key, $5]) least[key, $5] = $6 }
    function row(key, part, length_s, first,   text) {
      text = "| " part[2] " ms | " part[3] " | "
      if (n[key, "failed"]) return text "numerical failure | | | | |"
      text = text sprintf("%.3f | %.3f | ", least[key, "steps"]/length_s, least[key, "kernels"]/length_s)
      if (part[1] == "working_memory")
        return text sprintf("%.4f | %s | %s |", mean(key, "recall"), share(key, first, "span"),
                            sprintf("%.2g %%", 100*mean(key, "calcium")))
      return text sprintf("%s | %s | %s |", share(key, first, "spikes"), share(key, first, "releases"),
                          sprintf("%.2g %%", 100*mean(key, "calcium")))
    }
    function table(model, title, length_s, heads,   i, part, first) {
      print "\n" title "\n\n| step of the astrocytes | clauses | s a simulated second | of it, kernels of steps | " heads " | calcium |"
      print "| --- | --- | --- | --- | --- | --- | --- |"
      for (i = 1; i <= keys; i++) {
        split(order[i], part, FS)
        if (part[1] != model) continue
        if (first == "") first = order[i]
        print row(order[i], part, length_s, first)
      }
    }
    END {
      table("working_memory", "Working memory, 6 s (`examples/working_memory.nsa`):", 6, "recall | time above 0.15 uM")
      table("gliotransmission", "Recurrent network with gliotransmission, 8 s (`examples/recurrent_gliotransmission.nsa`):", 8,
            "spikes | releases")
    }' raw.txt
} > table.md
cat table.md
[ -z "$page" ] || into_page "$PWD/table.md" "slow results" "$page"
