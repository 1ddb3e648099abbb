#!/bin/sh
# SPDX-License-Identifier: MIT
# Single and mixed precision: who decides, what is said of it, and what it costs on the models of tests/bench.
set -u
: "${NSA:?the tool}" "${SRC:?the source folder}"
export NSA_CACHE="$PWD/cache"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }

model() { # the line of the precision, the component's clause
  printf '%s\ntimescale fast = 0.1 ms\n' "$1"
  printf 'neuron cell %s {\n  param k = 0.3 /ms\n  state x = 1\n  dx/dt = -k*x + 0.01/ms*sin(t/ms)\n}\n' "$2"
  printf 'population n : cell[5] { k = uniform(0.1 /ms, 0.5 /ms) }\nrecord n.x every 0.1 ms\nrun 20 ms\n'
}
trace() { # folder, model, options...
  folder=$1; file=$2; shift 2
  "$NSA" run "$file" --csv --quiet --force --out "$folder" "$@" >"$folder.txt" 2>&1 || fail "run $file $*: $(head -n 1 "$folder.txt")"
}
same() { cmp -s "$1/n.x.csv" "$2/n.x.csv"; }

model "" "" >plain.nsa
model "precision single" "" >single.nsa
model "precision mixed" "" >mixed.nsa
model "precision single" "precision double" >kept.nsa
model "precision half" "" >unknown.nsa

# The line, the option, which wins, and the clause of a component, which wins over both.
trace double plain.nsa
trace by_option plain.nsa --precision single
trace by_line single.nsa
trace back single.nsa --precision double
trace mixed mixed.nsa
trace kept kept.nsa
same by_option by_line || fail "the line and the option give other numbers"
same double by_line && fail "single precision gives the numbers of double"
same double back || fail "the option does not win over the line"
same mixed by_line || fail "mixed does not keep fast neurons as floats"
same double kept || fail "a component's own precision does not win"
[ "$(grep -c '"precision":[[:space:]]*"single"' by_line/run.json)" -eq 1 ] || fail "run.json does not say the precision"
awk -F, 'NR == FNR { want[FNR] = $0; next }
  FNR > 1 { split(want[FNR], w, ","); for (i = 2; i <= NF; i++) { d = $i - w[i]; if (d < 0) d = -d; if (d > worst) worst = d } }
  END { if (!(worst > 0 && worst < 1e-6)) { print "FAILED: x is off by " worst; exit 1 } }' double/n.x.csv by_line/n.x.csv || failed=$((failed + 1))

# What is said.
"$NSA" explain single.nsa >explain.txt 2>&1
grep -q "precision  *single: states, inputs and parameters" explain.txt || fail "explain does not say the precision"
"$NSA" explain plain.nsa | grep -q precision && fail "explain speaks of precision where all is double"
"$NSA" run plain.nsa --precision half >half.txt 2>&1
[ $? -eq 2 ] || fail "an unknown precision on the command line is not exit code 2"
grep -q "double, single or mixed, not .half" half.txt || fail "$(cat half.txt)"
"$NSA" check unknown.nsa >unknown.txt 2>&1
[ $? -eq 1 ] || fail "an unknown precision in the model is not exit code 1"
grep -q "single.*double.*mixed" unknown.txt || fail "$(cat unknown.txt)"
printf 'precision mixed\n' | cat single.nsa - >second.nsa
"$NSA" check second.nsa >second.txt 2>&1
[ $? -eq 1 ] || fail "two precisions are not exit code 1"
grep -q "a second .precision." second.txt || fail "$(cat second.txt)"

# The cost on the benchmarks: the same seeds, relative differences of what they measure. Networks are chaotic: their spikes
# differ as between seeds.
value() { # model, measure, options...
  file=$SRC/tests/bench/models/$1.nsa; measure=$2; shift 2
  "$NSA" run "$file" --force --out bench "$@" 2>/dev/null | awk -v name="$measure" '$1 == name { print $2 }'
}
within() { # model, measure, tolerance
  want=$(value "$1" "$2" --precision double) got=$(value "$1" "$2" --precision single)
  awk -v want="$want" -v got="$got" -v most="$3" 'BEGIN { d = (got - want)/want; exit !(want != "" && got != "" && d <= most && -d <= most) }' ||
    fail "$1: $2 is $got in single, $want in double precision"
}
within cuba spikes 0.05
within izhikevich_6241 spikes 0.002
within cobahh spikes 0.15
within ullah calcium 1e-5
[ "$failed" -eq 0 ]
