#!/bin/sh
# SPDX-License-Identifier: MIT
# by file("edges.csv", w, delay): values of links come from columns that the head names, in the units that stand there;
# what nsa export writes is read again as what it was.
: "${NSA:?the tool}"
failed=0
say() { failed=1; echo "FAIL $*"; }
model() { # the rule, and overrides
  cat > m.nsa <<END
timescale fast = 0.1 ms
neuron n {
  state v = 2 mV
  dv/dt = -v/(10 ms)
  spike when v > 1 mV { v = 0 mV }
}
synapse syn {
  param k : uM = 2 uM, rate = 1 /s
  state w : nS = 1 nS, x = 0.5
  dw/dt = -w*rate
  on pre { w += 1 nS*x; post.v += 1 mV*x*(k/(1 uM)) }
}
population cell : n[4]
population other : n[4]
connect cell -> other via syn by $1
record syn.w every 1 ms
record other.v every 0.1 ms
run 5 ms
END
}
refused() { # exit code, words
  "$NSA" run m.nsa --quiet --out refused >out.txt 2>err.txt
  got=$?
  [ $got -eq "$1" ] && grep -qF -- "$2" err.txt || say "exit code $got, no '$2' in: $(cat err.txt)"
  rm -rf refused
}
column() { awk -F, -v c="$2" 'NR == 1 { for (k = 1; k <= NF; k++) if ($k == c) at = k; next } { print $at }' "$1" | tr '\n' ' '; }

# ---- in the order of the file: columns in any order, other units, lines that are no neighbours, more columns than asked
cat > edges.csv <<'END'
source, target, note2, delay (us), w [pS], rate (/min), k (nM)
2,0,1,100,1500,60,250
0,3,2,200,2500,120,500
2,3,3,1000,3500,180,750
1,0,4,400,4500,240,1000
2,3,5,300,5500,300,1250
END
model 'file("edges.csv", w, k, rate, delay)'
"$NSA" export m.nsa --edges --out made 2>err.txt || say "no edges: $(cat err.txt)"
made=made/syn.csv
[ "$(column $made source)" = "1 2 0 2 2 " ] || say "sources: $(cat $made)"
[ "$(column $made target)" = "0 0 3 3 3 " ] || say "targets: $(cat $made)"
[ "$(column $made 'w (nS)')" = "4.5 1.5 2.5 3.5 5.5 " ] || say "w: $(cat $made)"
[ "$(column $made 'k (uM)')" = "1 0.25 0.5 0.75 1.25 " ] || say "k: $(cat $made)"
[ "$(column $made 'rate (1/s)')" = "4 1 2 3 5 " ] || say "rate: $(cat $made)"
[ "$(column $made 'delay (ms)')" = "0.4 0.1 0.2 1 0.3 " ] || say "delay: $(cat $made)"

# ---- what was exported is the same network: every bit of a run, compiled, interpreted and as an executable
"$NSA" run m.nsa --quiet --csv --out first >/dev/null || say "no run"
model 'file("made/syn.csv", delay, k, w, rate)'
"$NSA" run m.nsa --quiet --csv --out second >/dev/null || say "no second run"
"$NSA" run m.nsa --quiet --csv --out third --interpret >/dev/null || say "no interpreted run"
"$NSA" build m.nsa -o m.exe && ./m.exe --quiet --csv --out fourth >/dev/null || say "no executable"
for run in second third fourth; do
  for file in first/*.csv; do cmp "$file" "$run/${file#first/}" || say "$run differs"; done
done
[ "$(sed -n 2p first/syn.w.csv)" = "0,4.5,1.5,2.5,3.5,5.5" ] || say "w at t = 0: $(sed -n 2p first/syn.w.csv)"

# ---- mistakes of the model
model 'file("edges.csv", q)'
refused 1 'in `syn` the param or state `q` is not known'
model 'file("edges.csv", w, w)'
refused 1 'the column `w` is named twice'
model 'file("edges.csv", 3)'
refused 1 'a column is named as what it sets'
model 'file("edges.csv", w) { w = 2 nS }'
refused 1 '`w` is overridden twice'
model 'file("edges.csv", delay) delay 1 ms'
refused 1 'this delay is a column of the table already'

# ---- mistakes of the table
table() {
  printf '%s\n' "$@" > edges.csv
  model 'file("edges.csv", w)'
}
table '0,1,3'
refused 2 'edges.csv:1: the first line names no column `w`'
table 'source,target,v (nS)' '0,1,3'
refused 2 'edges.csv:1: the first line names no column `w`'
table 'source,target,w (mV)' '0,1,3'
refused 2 'the column `w` has the unit `mV`; its head must name a unit like `w (nS)`'
table 'source,target,w' '0,1,3'
refused 2 'the column `w` has no unit; its head must name a unit like `w (nS)`'
table 'source,target,w (apples)' '0,1,3'
refused 2 'this is no unit: `apples`'
table 'source,target,w (nS)' '0,1,3' '0,2,many'
refused 2 'edges.csv:3: there is no number in the column `w`'
table 'source,target,w (nS)' '0,1,nan'
refused 2 'edges.csv:2: there is no number'
table 'source,target,w (nS)' '0,1,3' '0,2'
refused 2 'edges.csv:3: the line has fewer columns than the first one'
table 'source,target,w (nS)' '0,9,3'
refused 2 "edges.csv:2: 'other' has the elements 0 to 3"
table 'source,target,w (nS)' "0,1,$(head -c 2000 /dev/zero | tr '\0' 1)"
refused 2 'the line is too long'
printf 'source,target,delay (ms)\n0,1,0.01\n' > edges.csv
model 'file("edges.csv", delay)'
refused 3 'a delay of 0.01 ms (source 0, target 1) is not possible'
exit $failed
