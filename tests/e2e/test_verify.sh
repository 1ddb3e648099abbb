#!/bin/sh
# SPDX-License-Identifier: MIT
# nsa verify against closed forms: errors, orders and steps of linear equations, spikes of a network, noise, bad models.
set -u
: >failures
fail() { echo "FAILED $*" | tee -a failures; }
verify() { # exit code, file, options: results in out.txt and out.json
  wanted=$1; file=$2; shift 2
  "$NSA" verify "$file" "$@" >out.txt 2>err.txt
  code=$?
  [ "$code" -eq "$wanted" ] || { fail "$file $*: exit code $code, not $wanted"; cat out.txt err.txt; }
  "$NSA" verify "$file" --json "$@" >out.json 2>err.json
  [ $? -eq "$wanted" ] || fail "$file $* --json: another exit code"
}
# member of the first variable of this name behind a timescale, from out.json
value() { # timescale, variable, member
  awk -v scale="\"$1\"," -v name="\"$2\"," -v member="\"$3\":" '
    $1 == "\"timescale\":" { here = $2 == scale; there = 0 }
    here && $1 ~ /name":$/ { there = $2 == name }
    here && there && $1 == member { sub(/,$/, "", $2); print $2; exit }' out.json
}
near() { # what, value, wanted, relative tolerance
  awk -v x="$2" -v y="$3" -v e="$4" 'BEGIN { exit !(x != "" && (x - y)^2 <= (e*y)^2) }' || fail "$1 is $2, not $3"
}
says() { grep -qE "$1" "$2" || { fail "$2 lacks /$1/"; cat "$2"; }; }

# Euler on dv/dt = -v/tau: its error is |(1 - h/tau)^n - exp(-n h/tau)|.
cat >euler.nsa <<'EOF'
timescale fast = 0.1 ms
neuron c { param tau = 10 ms
  state v = 1
  tau*dv/dt = -v using euler }
population p : c[9]
record mean(p.v) as mean_v
run 20 ms
EOF
euler() { # tau, member: error; the step
  awk -v tau="$1" -v member="$2" -v h="${3:-0.1}" 'BEGIN { for (n = 1; n <= 20/h; n++) { d = exp(-n*h/tau) - (1 - h/tau)^n
    if (d > most) most = d }; e = most/(1 - (1 - h/tau)^int(20/h)); print member == "error" ? e : h*1e-3/e }'
}
verify 0 euler.nsa
near "Euler's error" "$(value fast p.v error)" "$(euler 10 error)" 0.01
near "Euler's error, recorded" "$(value fast mean_v error)" "$(euler 10 error)" 0.01
near "Euler's order" "$(value fast p.v order)" 1 0.01
# Only steps that were run are suggested: errors of 2.1e-3, 1.06e-3 and 0.53e-3.
near "Euler's step" "$(value fast p.v step_ms)" 0.025 0
near "Euler's expected order" "$(value fast p.v expected_order)" 1 0
says 'suggested step of fast: 0.025 ms, for p.v' out.txt
verify 0 euler.nsa --set p.tau=5ms
near "Euler's error with --set" "$(value fast p.v error)" "$(euler 5 error)" 0.02
verify 4 euler.nsa --tolerance 1e-3
verify 0 euler.nsa --tolerance 1e-2
verify 0 euler.nsa --for 1ms
says '"duration_ms":	1,' out.json

# Orders of the other solvers, on the logistic equation.
for solver in heun/2 rk4/4 implicit/2; do
  printf 'timescale fast = 0.1 ms\nneuron c { state x = 0.1\n dx/dt = x*(1 - x)/(1 ms) using %s }\npopulation p : c\nrun 5 ms\n' \
    "${solver%/*}" >order.nsa
  verify 0 order.nsa
  near "order of $solver" "$(value fast p.x order)" "${solver#*/}" 0.05
  near "expected order of $solver" "$(value fast p.x expected_order)" "${solver#*/}" 0
  says 'suggested step of fast: 0.1 ms, as written' out.txt
done

# What reads a state with noise, which is exact by itself, sees it as it was when the step began: of order 1, and said.
cat >held.nsa <<'EOF'
timescale fast = 0.1 ms
neuron c { noise xi
  state P = 1, x = 0
  dP/dt = -P/(5 ms) + 0.1*xi/sqrt(5 ms)
  dx/dt = P/(5 ms) - x*x/(5 ms) }
population p : c
run 5 ms
EOF
verify 0 held.nsa
near "the order behind a state with noise" "$(value fast p.x order)" 1 0.03
near "its expected order" "$(value fast p.x expected_order)" 1 0
"$NSA" explain held.nsa >out.txt
says 'x: rk4, order 4, but 1 by P, which stands still over the step' out.txt

# The period of Heun's harmonic oscillator, z = 0.2 a step: its angle is atan2(z, 1 - z^2/2).
printf 'timescale fast = 0.2 ms\nneuron c { state x = 1, y = 0\n dx/dt = y/ms using heun\n dy/dt = -x/ms using heun }\npopulation p : c\nrun 80 ms\n' >turn.nsa
verify 0 turn.nsa
near "the period" "$(value fast p.y period_ms)" "$(awk 'BEGIN { z = 0.2; print 6.283185307179586*0.2/atan2(z, 1 - z*z/2) }')" 2e-5
near "the period with half the step" "$(value fast p.y half_step_period_ms)" "$(awk 'BEGIN { z = 0.1; print 6.283185307179586*0.1/atan2(z, 1 - z*z/2) }')" 2e-5
says '^  p.y +6.2[0-9]+ +6.2[0-9]+ +6.28[0-9]+ +-0.0049 +-0.3' out.txt

# Held over a step, coupling is of first order; at stages of the solver's.
for word in hold/1 stages/4; do
  cat >coupled.nsa <<EOF
timescale fast = 0.2 ms
neuron c { state v = 0
  input I : /ms
  dv/dt = (1 - v)*v/(2 ms) + I using rk4 }
synapse gap { post.I += 0.3/ms*(pre.v - post.v) }
population p : c[4] { v = 0.1 + 0.2*i }
connect p -> p via gap by all_to_all coupling ${word%/*}
run 5 ms
EOF
  verify 0 coupled.nsa
  near "expected order, $word" "$(value fast p.v expected_order)" "${word#*/}" 0
  near "order, $word" "$(value fast p.v order)" "${word#*/}" 0.3
done

# An equation of the slow timescale: its own step alone counts, and the other way round.
cat >scales.nsa <<'EOF'
timescale fast = 0.1 ms
timescale slow = 0.4 ms
neuron f { state v = 1
  dv/dt = -v/(10 ms) using euler }
astrocyte s on slow { state w = 1
  dw/dt = -w/(10 ms) using euler }
population a : f
population b : s
run 20 ms
EOF
verify 0 scales.nsa
near "fast's error in fast" "$(value fast a.v error)" "$(euler 10 error)" 0.01
[ "$(value fast b.w error)" = 0 ] || fail "slow's error in fast is $(value fast b.w error)"
[ "$(value slow a.v error)" = 0 ] || fail "fast's error in slow is $(value slow a.v error)"
near "slow's error in slow" "$(value slow b.w error)" "$(euler 10 error 0.4)" 0.03
[ "$(value slow b.w step_ms)" = null ] || fail "a step is suggested for slow whose error is above the tolerance"
says 'suggested step of slow: none that was measured: the error of b.w is still 0.0021 with 0.1 ms' out.txt
# Three to one: neither can be halved alone.
sed 's/0.4 ms/0.3 ms/' scales.nsa >three.nsa
verify 0 three.nsa
near "slow's error in all" "$(value all b.w error)" "$(euler 10 error 0.3)" 0.03

# A state of links, where it is recorded.
cat >links.nsa <<'EOF'
timescale fast = 0.1 ms
neuron c { state v = 0
  input I }
synapse s { state w = 1
  dw/dt = -w/(10 ms) using euler
  post.I += w }
population p : c[3]
connect p -> p via s by all_to_all
record s.w
run 20 ms
EOF
verify 0 links.nsa
near "the error of links" "$(value fast s.w error)" "$(euler 10 error)" 0.01
says 'suggested step of fast: 0.025 ms, for s.w' out.txt

# Spikes: exact between them, so that only their times, whole steps, are in error; few enough to stay together.
cat >spikes.nsa <<'EOF'
timescale fast = 0.1 ms
neuron lif { param I = 25 mV
  state v = 0 mV
  dv/dt = (I - v)/(20 ms)
  spike when v > 20 mV { v = 0 mV } }
neuron target { state g = 0
  dg/dt = -g/(5 ms) }
synapse s { on pre { post.g += 0.1 } }
population p : lif[50] { I = 25 mV + 0.1 mV*i }
population q : target[5]
connect p -> q via s by all_to_all
measure n = count(p.spike)
run 200 ms
EOF
verify 0 spikes.nsa
says '^states are compared until [0-9.]+ ms: p.spike of element [0-9]+ is then in the run with' out.txt
says '"error_is":	"mean"' out.json
near "the order of spikes" "$(value fast p.v order)" 1 0.35
for member in as_written half_step; do
  near "spikes $member" "$(value fast p.spike $member)" "$(awk 'BEGIN { for (i = 0; i < 50; i++) { I = 25 + 0.1*i
    n += int(200/(20*log(I/(I - 20)))) }; print n }')" 0.02
done
awk -v x="$(value fast p.spike apart_most_ms)" 'BEGIN { exit !(x > 0.04 && x < 0.1001) }' || fail "spikes are $(value fast p.spike apart_most_ms) ms apart"
near "the measure" "$(value fast n as_written)" "$(value fast p.spike as_written)" 0
"$NSA" run spikes.nsa --no-results --quiet | grep -q " $(value fast p.spike as_written)" || fail "verify counts other spikes than run"
cp out.txt all.txt
verify 0 spikes.nsa --threads 1
cmp -s out.txt all.txt || fail "one thread gives other errors"

# Noise is off, and so the rows are those of the drift.
noisy='timescale fast = 0.1 ms
neuron c { param sigma = SIGMA
  state v = 1, w = 0
  noise xi
  dv/dt = -v*v/(10 ms) + sigma*xi using euler_maruyama
  each step { w = DRAW } }
population p : c[4]
run 20 ms
'
printf '%s' "$noisy" | sed 's/SIGMA/0 \/ms^0.5/; s/DRAW/0.5/' >quiet.nsa
printf '%s' "$noisy" | sed 's/SIGMA/2 \/ms^0.5/; s/DRAW/uniform(0, 1)/' >noisy.nsa
verify 0 quiet.nsa
grep 'p\.v' out.txt >quiet.txt
verify 0 noisy.nsa
says '^without noise: .*p/each_step1#0, p/noise xi' out.txt
says '^c has blocks that run at each step' out.txt
grep 'p\.v' out.txt | cmp -s - quiet.txt || { fail "noise is not off"; cat out.txt quiet.txt; }
[ -s quiet.txt ] || fail "no row of the drift"

# Beside CVODE, where there is one: the error itself, of solvers, of a drive, of an equation slower than its component.
cat >reference.nsa <<'EOF'
timescale fast = 0.1 ms
timescale slow = 0.8 ms
neuron decaying { state a = 1, b = 1, c = 0, d = 0, e = 1
  input I
  da/dt = -a/(10 ms) using exact
  db/dt = -b/(10 ms) using euler
  dc/dt = (I - c)/(10 ms) using euler
  dd/dt = (1 - d)/(10 ms) on slow using euler
  de/dt = -e/(10 ms) using rk4
  spike when c rises above 2 { a = 5; b = 5 } }
population p : decaying
drive p.I = 3
run 20 ms
EOF
reference() { # variable: its error beside CVODE
  awk -v name="\"$1\"," '$1 == "\"reference\":" { here = 1 } here && $1 ~ /name":$/ { there = $2 == name }
    there && here && $1 == "\"error\":" { sub(/,$/, "", $2); print $2; exit }' out.json
}
verify 0 reference.nsa
near "the slow equation's in slow" "$(value slow p.d largest)" "$(euler 10 error 0.8)" 0.05
sed 's/0.8 ms/0.4 ms/' reference.nsa >close.nsa # a quarter of it would be its component's own
verify 0 close.nsa
near "the slow equation's in all" "$(value all p.d largest)" "$(euler 10 error 0.4)" 0.05
verify 0 reference.nsa
if grep -q 'built without SUNDIALS' out.txt; then
  says '"reference":	null' out.json
else
  says 'beside SUNDIALS CVODE' out.txt
  for name in p.b p.c; do near "Euler's error of $name beside CVODE" "$(reference $name)" "$(euler 10 error 0.1)" 0.002; done # of its own range
  near "the slow equation's beside CVODE" "$(reference p.d)" "$(euler 10 error 0.8)" 0.02
  for name in p.a p.e; do
    awk -v x="$(reference $name)" 'BEGIN { exit !(x != "" && x < 1e-7) }' || fail "$name beside CVODE: $(reference $name)"
  done
fi

# What users get wrong.
printf 'neuron c { state v = 1\n dv/dt = -w/(1 ms) }\npopulation p : c\nrun 1 ms\n' >bad.nsa
verify 1 bad.nsa
says 'bad.nsa:2:' err.txt
printf 'timescale fast = 1 ms\nneuron c { state v = 1\n dv/dt = v^3/(1 ms) using euler }\npopulation p : c\nrun 100 ms\n' >explodes.nsa
verify 3 explodes.nsa
says 'with (the steps as written|half|a quarter).*v is inf at t = ' err.txt
verify 2 nowhere.nsa
verify 2 euler.nsa --tolerance 3
verify 2 euler.nsa --tolerance x
verify 2 euler.nsa --set c.tou=1ms
verify 2 euler.nsa --tolerence 1e-3
says 'did you mean --tolerance' err.txt
verify 2 euler.nsa --csv
"$NSA" help verify >help.txt
for word in --tolerance --json --set --variant --for --seed; do says "^ *$word" help.txt; done
! grep -q -- --csv help.txt || fail "verify takes --csv"
[ ! -d euler.out ] || fail "verify wrote results"
[ ! -s failures ]
