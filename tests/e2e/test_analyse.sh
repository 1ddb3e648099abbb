#!/bin/sh
# SPDX-License-Identifier: MIT
# nsa analyse: fixed points in closed form and of the library's models, what is refused, what a command line is told.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
analyse() { "$NSA" analyse "$@" >out.txt 2>err.txt; }
tells() { grep -q -- "$1" out.txt || fail "no \"$1\" in: $(cat out.txt err.txt)"; }
refuses() { # exit code, words, arguments...
  code=$1 words=$2; shift 2
  analyse "$@"; got=$?
  [ $got -eq "$code" ] || fail "nsa analyse $*: exit code $got, expected $code"
  grep -q -- "$words" err.txt || fail "nsa analyse $*: no \"$words\" in: $(cat err.txt)"
}
near() { # value, expected, tolerance, what
  awk -v x="$1" -v y="$2" -v e="$3" 'BEGIN { d = x - y; exit !(d <= e && -d <= e && x != "") }' || fail "$4: $1, expected $2"
}
value() { awk -F, -v row="$2" -v column="$3" 'NR == row + 1 { print $column }' "$1"; }

# x' = x - x^3 (ms): rests at -1, 0, 1, with the eigenvalues -2, 1, -2 /ms.
printf 'neuron well {\n  state x = 0.3\n  param tau = 1 ms\n  input drive_x\n  dx/dt = (x - x^3 + drive_x)/tau\n}\npopulation cell : well[2]\n' >well.nsa
analyse well.nsa cell || fail "well: $(cat err.txt)"
tells "^-1 .*stable node"
tells "^0 .*unstable node"
tells "^1 .*stable node"
csv=well.analysis/fixed_points.csv
[ "$(wc -l <$csv)" -eq 4 ] || fail "well has other points: $(cat $csv)"
near "$(value $csv 1 3)" -2000 1e-9 "an eigenvalue, 1/s"
near "$(value $csv 2 3)" 1000 1e-9 "an eigenvalue, 1/s"
# With an input only one is left: x^3 - x = 1.
analyse well.nsa --set cell.drive_x=1 --out driven || fail "an input is set: $(cat err.txt)"
[ "$(wc -l <driven/fixed_points.csv)" -eq 2 ] || fail "well with an input: $(cat driven/fixed_points.csv)"
near "$(value driven/fixed_points.csv 1 1)" 1.3247179572447460 1e-12 "the plastic number"
analyse well.nsa cell --range x=-0.5..0.5 --out middle && [ "$(wc -l <middle/fixed_points.csv)" -eq 2 ] || fail "--range"
# Along the input it has two folds, at -+ 2/(3 sqrt 3); the input's unit is that of the picture.
analyse well.nsa cell --along cell.drive_x=-1..1 --out along || fail "--along: $(cat err.txt)"
tells "^fold "
[ "$(grep -c ',fold,' along/special_points.csv)" -eq 2 ] || fail "folds: $(cat along/special_points.csv)"
near "$(awk -F, '$2 == "fold" && $3 > 0 { print $3 }' along/special_points.csv)" 0.38490017945975052 1e-12 "a fold"
[ -s along/diagram_x.svg ] && [ -s along/branches.csv ] && [ "$(wc -l <along/cycles.csv)" -eq 1 ] || fail "files along: $(ls along)"
# The same bits again.
cp $csv before.csv
analyse well.nsa cell; cmp -s $csv before.csv || fail "another table the second time"

# A state is shown in the unit in which it is declared.
printf 'astrocyte store {\n  state Ca = 50 nM\n  dCa/dt = (80 nM - Ca)/(2 s)\n}\npopulation glia : store[1]\n' >store.nsa
analyse store.nsa glia || fail "store: $(cat err.txt)"
tells "Ca.*nM"
near "$(value store.analysis/fixed_points.csv 1 1)" 80 1e-9 "Ca at rest, nM"

# Models of the library, as their papers have them (docs/models.md).
library() { # model, options...
  name=$1; shift
  printf 'import nsa.astrocyte.%s\npopulation glia : %s[1]\n' "$name" "$name" >"$name.nsa"
  analyse "$name.nsa" glia "$@" || fail "$name: $(cat err.txt)"
}
library ullah
near "$(value ullah.analysis/fixed_points.csv 1 1)" 0.06611585 1e-8 "Ca of Ullah's model at rest"
near "$(value ullah.analysis/fixed_points.csv 1 2)" 0.88820034 1e-8 "h of Ullah's model at rest"
near "$(value ullah.analysis/fixed_points.csv 1 3)" 0.68576714 1e-8 "IP3 of Ullah's model at rest"
library li_rinzel --set glia.IP3=0.3uM
near "$(value li_rinzel.analysis/fixed_points.csv 1 1)" 0.12312144 1e-8 "Ca of Li and Rinzel's model at rest"
tells "stable focus"
library li_rinzel
tells "unstable focus"

# A param of the top level is varied, set, and of a variant; a variant's params of the population hold.
printf 'param push = 0 in -2..2\nneuron well {\n  state x = 0.3\n  param tau = 1 ms, shift = 0\n  dx/dt = (x - x^3 + push + shift)/tau\n}\npopulation cell : well[1] { shift = 0 }\nvariant pushed { push = 1 }\nvariant shifted { cell.shift = 1 }\n' >global.nsa
analyse global.nsa cell --along push=-1..1 || fail "along a param of the top level: $(cat err.txt)"
near "$(awk -F, '$2 == "fold" && $3 > 0 { print $3 }' global.analysis/special_points.csv)" 0.38490017945975052 1e-12 "a fold"
for words in "--set push=1" "--variant pushed" "--variant shifted" "--set cell.shift=1" "--variant shifted --set push=0"; do
  analyse global.nsa cell $words || fail "$words: $(cat err.txt)"
  near "$(value global.analysis/fixed_points.csv 1 1)" 1.3247179572447460 1e-12 "$words"
done
analyse global.nsa cell --variant shifted --set cell.shift=0
near "$(value global.analysis/fixed_points.csv 1 1)" -1 1e-12 "--set behind a variant"
refuses 2 'did you mean `shifted`' global.nsa cell --variant shift
refuses 2 'range that the model gives it' global.nsa cell --along push=-1..3
printf 'param n = 2\nneuron well {\n  state x = 0.3\n  dx/dt = -x/(1 ms)\n}\npopulation cell : well[n]\n' >size.nsa
refuses 1 'E0306' size.nsa cell --along n=1..3

# What an analysis cannot take is said with its place, also as JSON (tests/errors has more).
printf 'neuron n {\n  state v = 0\n  timer late\n  dv/dt = -v/(1 ms)\n}\npopulation cell : n[1]\n' >timer.nsa
refuses 1 'E0701.*timer' timer.nsa cell
"$NSA" analyse timer.nsa cell --json >out.txt 2>err.txt; grep -q '"code":"E0701"' out.txt || fail "--json: $(cat out.txt)"
printf 'neuron n {\n  param a = 0.1\n  state v = 0\n  dv/dt = (a - v)/(1 ms)\n}\npopulation cell : n[3] { a = 0.1 * i }\n' >places.nsa
refuses 1 'differs from element to element' places.nsa cell
analyse places.nsa cell --set cell.a=0.25 || fail "a param that differs is set: $(cat err.txt)"
tells '^0.25 '

"$NSA" analyse timer.nsa cell --equations-only >out.txt 2>err.txt || fail "--equations-only: $(cat err.txt)"
tells "stable node"
# An integrate-and-fire neuron between its spikes: rest, and the threshold, whose w lies beyond its range.
printf 'import nsa.neuron.adex\npopulation cell : adex[1]\n' >adex.nsa
analyse adex.nsa cell --equations-only || fail "AdEx: $(cat err.txt)"
tells "stable node"
tells "saddle"

# The command line.
refuses 2 'did you mean `cell`' well.nsa cel
refuses 2 'did you mean `drive_x`' well.nsa cell --set cell.drive=1
refuses 2 'no quantity in ms' well.nsa cell --set cell.tau=1mV
refuses 2 'is empty' well.nsa cell --range x=1..1
refuses 2 'it is a state' well.nsa cell --along x=0..1
refuses 2 'wants a range' well.nsa cell --along tau=1ms
refuses 2 'no quantity in ms' well.nsa cell --along tau=1..2mV
refuses 2 'only states' well.nsa cell --range tau=1..2ms
refuses 2 'cannot read' nowhere.nsa cell
touch file
refuses 2 'cannot make the folder file: ' well.nsa cell --out file
refuses 2 'cannot make the folder /proc/nowhere: ' well.nsa cell --out /proc/nowhere
# A conserved total: no point is isolated.
printf 'neuron n {\n  state x = 1, y = 1\n  dx/dt = (y - x)/(1 ms)\n  dy/dt = (x - y)/(1 ms)\n}\npopulation cell : n[1]\n' >total.nsa
analyse total.nsa cell && tells "not isolated" || fail "a conserved total: $(cat out.txt err.txt)"
printf 'neuron n {\n  state v = 0\n  dv/dt = -v/(1 ms)\n}\n' >none.nsa
refuses 2 'no population' none.nsa
exit $((failed > 0))
