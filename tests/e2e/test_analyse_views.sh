#!/bin/sh
# SPDX-License-Identifier: MIT
# nsa analyse --pulse and --plane: in closed form, beside a run, and what a command line is told.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
analyse() { "$NSA" analyse "$@" >out.txt 2>err.txt; }
near() { # value, expected, tolerance, what
  awk -v x="$1" -v y="$2" -v e="$3" 'BEGIN { d = x - y; exit !(d <= e && -d <= e && x != "") }' || fail "$4: $1, expected $2"
}
value() { awk -F, -v row="$2" -v column="$3" 'NR == row + 1 { print $column }' "$1"; }
refuses() { # words, arguments...
  words=$1; shift
  analyse "$@"; got=$?
  [ $got -eq 2 ] && grep -q -- "$words" err.txt || fail "nsa analyse $*: exit code $got, no \"$words\" in: $(cat err.txt)"
}

# A leak: behind a pulse of I for T it stands at R I (1 - e^(-T/tau)), and falls from there.
printf 'neuron leak {\n  param tau = 10 ms in 1 ms..1 s\n  state v = 0 mV\n  input I : mV\n  tau*dv/dt = I - v\n}\npopulation cell : leak[1]\n' >leak.nsa
analyse leak.nsa cell --pulse "I=0..40mV for 20ms" || fail "--pulse: $(cat err.txt)"
csv=leak.analysis/responses.csv
[ "$(wc -l <$csv)" -eq 42 ] || fail "values of a pulse: $(wc -l <$csv)"
near "$(value $csv 41 1)" 40 1e-12 "the last pulse"
near "$(value $csv 41 3)" 34.586588670535495 1e-6 "the highest v"
near "$(value $csv 41 4)" 0.02 1e-9 "when it was, s"
near "$(value $csv 1 3)" 0 1e-12 "without a pulse"
[ -s leak.analysis/response_v.svg ] || fail "no picture"
# From a rest that an input holds.
analyse leak.nsa cell --set cell.I=5mV --pulse "I=40mV for 20ms" --out held || fail "one pulse: $(cat err.txt)"
near "$(value held/responses.csv 1 2)" 5 1e-9 "the rest before the pulse"
near "$(value held/responses.csv 1 3)" 35.263265086718 1e-6 "the highest v from 5 mV"
# An element that has no rest is told so.
printf 'import nsa.astrocyte.li_rinzel\npopulation glia : li_rinzel[1]\n' >glia.nsa
refuses 'no stable rest' glia.nsa glia --pulse "J_Ca=1uM/s for 1s"
refuses 'its duration' leak.nsa cell --pulse I=3mV
refuses 'above 0' leak.nsa cell --pulse "I=3mV for 0 ms"
refuses 'no quantity in ms' leak.nsa cell --pulse "I=3mV for 3mV"
refuses 'range that the model gives it' leak.nsa cell --along tau=0.5..2ms
refuses 'one at a time' glia.nsa glia --plane Ca,h --along IP3=0..1uM

# FitzHugh and Nagumo: the nullclines are w = v - v^3/3 + I and w = (v + a)/b.
printf 'neuron fhn {\n  param a = 0.7, b = 0.8, I = 0.5, tau = 1 ms\n  state v = 0, w = 0\n  dv/dt = (v - v^3/3 - w + I)/tau\n  dw/dt = 0.08*(v + a - b*w)/tau\n}\npopulation cell : fhn[1]\n' >fhn.nsa
analyse fhn.nsa cell --plane v,w || fail "--plane: $(cat err.txt)"
csv=fhn.analysis/nullclines.csv
awk -F, 'NR > 1 { d = $1 == "v" ? $3 - $3^3/3 + 0.5 - $4 : $3 + 0.7 - 0.8*$4; n[$1]++; if (d > 1e-9 || d < -1e-9) bad++ }
  END { exit !(!bad && n["v"] > 100 && n["w"] > 100) }' $csv || fail "nullclines: $(head -3 $csv)"
for words in '<svg ' '>v at rest<' '>w at rest<' '>from the start<' '>unstable rest<'; do
  grep -q -- "$words" fhn.analysis/plane_v_w.svg || fail "no $words in the plane"
done
analyse fhn.nsa cell --plane v,w --range v=-1..1 --range w=0..0.5 --out near || fail "--plane --range: $(cat err.txt)"
awk -F, 'NR > 1 && ($3 < -1 || $3 > 1.02 || $4 < 0 || $4 > 0.52) { bad++ } END { exit bad > 0 }' near/nullclines.csv || fail "beyond the range"
refuses 'is no state' fhn.nsa cell --plane v,a
refuses 'twice' fhn.nsa cell --plane v,v
refuses 'two states' fhn.nsa cell --plane v
exit $((failed > 0))
