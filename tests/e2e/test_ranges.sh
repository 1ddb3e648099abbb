#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A parameter is finite and within its range wherever its value comes from: it follows from others that --set or an override changes, or is drawn
# for each element or link. Else the run stops before its first step, and says whose value it is.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

model() { # overrides of the population, of the connection
  cat > ranges.nsa <<END
neuron cell { input I
  param a = 2 ms in 0.1 ms..50 ms, b = 2*a in 1 ms..8 ms, g = 0.1 in 0..0.1
  param idle = 1 mV
  state v = 0
  dv/dt = (I - g*v)/b
}
synapse link { param w = 0.5 in 0..1, u = 2*w in 0..2, m = 1 in 0..2
  param free = 1
  post.I += m*u*free*pre.v }
population p : cell[5] { $1 }
connect c: p -> p via link by all_to_all { $2 }
run 1 ms
END
}
stops() { # overrides, overrides, options, what it says
  model "$1" "$2"
  for how in "--threads 2" "--interpret" "--precision single"; do
    "$NSA" run ranges.nsa --quiet --no-results $how $3 > ranges.txt 2>&1
    code=$?
    [ "$code" -eq 3 ] && grep -qF "$4" ranges.txt || say "$1 $2 $3 $how: exit code $code, not '$4': $(cat ranges.txt)"
  done
}
runs() {
  model "$1" "$2"
  for how in "" "--precision single"; do
    "$NSA" run ranges.nsa --quiet --no-results $how $3 > ranges.txt 2>&1 || say "$1 $2 $3 $how: $(cat ranges.txt)"
  done
}

stops 'a = (1 + i)*1 ms' '' '' 'ranges.nsa:2:40: `p.b` of element 4 is 10 ms, which is outside of its range: 1 to 8 ms (E0408)'
stops '' '' '--set p.a=5ms' 'ranges.nsa:2:40: `p.b` is 10 ms, which is outside of its range: 1 to 8 ms (E0408)'
stops 'g = 0.025*(1 + i)' '' '' '`p.g` of element 4 is 0.125, which'
stops 'g = 0.1 + 0*log(3 - i)' '' '' '`p.g` of element 3 is '
stops 'g = uniform(0.2, 0.3)' '' '' '`p.g` of element 0 is 0.2'
stops '' 'w = 0.3*pre.i' '' 'ranges.nsa:11:48: `c.w` of link 3 (source 4, target 0) is 1.2, which is outside of its range: 0 to 1 (E0408)'
stops '' 'm = 1 + 0.5*pre.i - 0.5*post.i' '' '`c.m` of link 2 (source 3, target 0) is 2.5, which'
stops '' 'u = 3*w' '--set c.w=0.75' '`c.u` is 2.25, which is outside'
stops 'idle = 1 mV*log(i - 2)' '' '' '`p.idle` of element 0 is '
stops 'idle = 1 mV/(i - 2)' '' '' 'ranges.nsa:10:33: `p.idle` of element 2 is inf, which is no finite number'
stops '' 'free = 1/(pre.i - 4)' '' 'ranges.nsa:11:51: `c.free` of link 3 (source 4, target 0) is inf, which is no finite number'
runs 'a = (i + 4)*0.5 ms' 'w = 0.25*pre.i, m = 0.5*post.i' ''
runs 'g = 0.025*i' 'w = uniform(0, 1)' '--set p.a=4ms'
runs 'a = (1 + i)*1 ms' '' '--set p.b=8ms'
[ "$failed" -eq 0 ]
