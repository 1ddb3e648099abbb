#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every astrocyte and neuron of the library, compiled and interpreted, gives the same bits: a population of five with all of
# its inputs driven, all of its states and events recorded.
set -u
: "${NSA:?the tool}" "${SRC:?the sources}"
library=$SRC/runtime/models/nsa
failed=0
tested=0
fail() { echo "FAILED $component: $1"; failed=$((failed + 1)); }

# Of all components: kind, name, module, base; then inputs (with units), states and events, a line each.
awk '
  function names(list, what,   part, n, k, word, unit) {
    sub(/#.*/, "", list)
    while (sub(/\([^()]*\)/, "", list)) {}   # commas of calls do not divide
    n = split(list, part, ",")
    for (k = 1; k <= n; k++) {
      split(part[k], word, /[ =]+/)
      unit = part[k]
      if (!sub(/^[^:=]*: */, "", unit)) unit = ""
      sub(/ .*/, "", unit)
      print what, component, word[1] == "" ? word[2] : word[1], unit
    }
  }
  { line = $0; sub(/^ +/, "", line) }
  /^(neuron|astrocyte) / {
    component = $2; module = FILENAME; base = "-"
    sub(/.*\/nsa\//, "nsa/", module); sub(/\.nsa$/, "", module); gsub("/", ".", module)
    for (i = 3; i <= NF; i++) if ($i == "extends") base = $(i + 1)
    print $1, component, module, base
  }
  /^(synapse|function) / { component = "" }
  component == "" { next }
  line ~ /^input /       { sub(/^input /, "", line); names(line, "input") }
  line ~ /^state /       { sub(/^state /, "", line); names(line, "state") }
  line ~ /^let /         { print "let", component, $2 }
  line ~ /^spike when / && line !~ /^spike when false/ { print "event", component, "spike" }
  line ~ /^spike when false/ { print "told", component, "spike" }
  line ~ /^event /       { print "event", component, $2 }
' "$library"/{neuron,astrocyte}/*.nsa > table

# The model for one component. What a component redeclares as something else is not an input any more; neurons that only
# spike when told to are told.
model_of() {
  awk -v wanted="$1" -v module="$2" -v kind="$3" '
    BEGIN { amount["pA"] = "100 pA"; amount["mV/ms"] = "3 mV/ms"; amount["nS"] = "2 nS"; amount["uM/s"] = "0.3 uM/s" }
    $1 == "neuron" || $1 == "astrocyte" { base[$2] = $4; next }
    { key = $2 SUBSEP $3; if (!(key in what)) { order[++n] = key; owner[n] = $2; name[n] = $3 } what[key] = $1; unit[key] = $4 }
    END {
      print "import " module
      print "timescale step = " (kind == "neuron" ? "0.1 ms" : "1 ms")
      print "population p : " wanted "[5]"
      for (c = wanted; c in base; c = base[c])
        for (k = 1; k <= n; k++) {
          if (owner[k] != c || name[k] in seen) continue
          seen[name[k]]
          key = order[k]
          value = unit[key] in amount ? amount[unit[key]] : "0.03" (unit[key] == "" || unit[key] == "1" ? "" : " " unit[key])
          if (what[key] == "input") print "drive p." name[k] " = " value "*(i + 1)"
          if (what[key] == "told") print "drive p." name[k] "[0..2] = [5 ms, 20 ms]"
          if (what[key] != "input" && what[key] != "let") print "record p." name[k]
        }
      print "run " (kind == "neuron" ? "100 ms" : "1 s")
    }' table
}

run() { # folder, options...
  "$NSA" run model.nsa --csv --quiet --force --no-cache --threads 1 --out "$@" > out.txt 2>&1 || { fail "${*:2}: $(grep -v '^ ' out.txt | head -n 1)"; return 1; }
}

while read -r kind component module _; do
  case $kind in neuron | astrocyte) ;; *) continue ;; esac
  tested=$((tested + 1))
  model_of "$component" "$module" "$kind" > model.nsa
  rm -rf compiled interpreted
  run compiled && run interpreted --interpret || { cat model.nsa; continue; }
  cmp -s <(cat compiled/*.csv) <(cat interpreted/*.csv) || fail "$(diff -rq --exclude='*.json' --exclude='*.h5' compiled interpreted | head -n 1)"
  moving=0
  for file in compiled/*.csv; do
    [ "$(cut -d, -f2 "$file" | sed 1d | sort -u | wc -l)" -gt 1 ] && moving=1
  done
  [ "$moving" -eq 1 ] || fail 'nothing moves'
done < table
[ "$tested" -gt 10 ] || { echo "FAILED: only $tested models found"; failed=$((failed + 1)); }
echo "$tested models, $failed differences"
[ "$failed" -eq 0 ]
