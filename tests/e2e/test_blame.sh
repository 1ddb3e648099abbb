#!/bin/sh
# SPDX-License-Identifier: MIT
# A value that is not finite ends the run at the statement that made it, and not at the equation of its state, nor at what followed from it. Where it cannot be known
# which of two it was, both are named.
set -u
: >failures # a file: what stands behind a pipe has variables of its own
fail() { echo "FAILED $*" | tee -a failures; }
stops() { # name, line and column, what is said; the model is on standard input
  cat >"$1.nsa"
  timeout 10 "$NSA" run "$1.nsa" --quiet --no-results 2>"$1.err"
  [ $? -eq 3 ] || { fail "$1: no exit code 3"; cat "$1.err"; return; }
  grep -qF "$1.nsa:$2: error: numerical failure: $3" "$1.err" || { fail "$1: not $2 '$3'"; cat "$1.err"; }
}
net='neuron src { state v = 0
  dv/dt = 1 /ms
  spike when v > 0.55 { v = 0 } }
neuron cell { state g = 0
  input I
  each step { if I > 1 { g = 1 } } }
population a : src[3]
population b : cell[4]
'
alone() { # name: one place, and its caret
  [ "$(grep -c '^ *| *^$' "$1.err")" -eq 1 ] || { fail "$1: not one place"; cat "$1.err"; }
}
both() { # name, another line that may be it
  grep -qF "$1.nsa:$2: note: it may also come from here" "$1.err" || { fail "$1: not $2"; cat "$1.err"; }
}
blamed() { # name, what a neuron does, line, what is said
  { printf 'neuron c {\n  input I\n  param g = 2\n  state w = 0, v = 0\n  dv/dt = 8/ms + 0*I/ms\n'
    printf '%s\n}\npopulation p : c[3]\n' "$2"
    printf '%s\ndrive p.I = 0 from 0.5 ms as late\nrun 3 ms\n' "${5-}"; } | stops "$1" "$3" "$4"
}
blamed by_spike '  spike when v > 6 {
    w = v
    v = sqrt(5 - v)
    w = v
  }' '8:5' 'p (c) element 0: v is nan at t = 0.9 ms'
alone by_spike
# Where it hears signals, blocks of events are part of the step: it is not known whether they ran.
blamed in_step '  spike when v > 6 { v = sqrt(5 - v) }
  on light { w = 1 }' '5:3' 'p (c) element 0: v is nan at t = 0.9 ms' 'signal light = 1 from 1 ms'
both in_step 6:22
# Of two blocks the one whose event came, and of two values the one that was first.
blamed by_event '  spike when v > 1000 { v = v/g }
  event up when v > 6 {}
  on up { w = 1
    v = 1/(w - w)
    w = v }' '9:5' 'p (c) element 0: v is inf at t = 0.9 ms'
alone by_event
blamed by_signal '  on light { v = sqrt(1 - v) }
  spike when v > 1000 { v = 0 }' '6:14' 'p (c) element 0: v is nan at t = 1.1 ms' 'signal light = 1 from 1 ms'
both by_signal 5:3
blamed by_phase '' '9:11' 'p (c) element 0: v is nan at t = 0.6 ms' 'on late { p.v = log(0 - p.v) }'
alone by_phase
blamed by_phase_set '' '9:11' 'p (c) element 0: w is nan at t = 0.6 ms' 'on late { p.w = log(-1 - p.v);  p.v = p.w }'
alone by_phase_set
blamed by_every '  every 1 ms { v = sqrt(1 - v) }' '6:16' 'p (c) element 0: v is nan at t = 1.1 ms'
both by_every 5:3
blamed by_each_step '  each step { w = sqrt(1 - v);  v = w }' '6:15' 'p (c) element 0: w is nan at t = 0.2 ms'
alone by_each_step
blamed by_constant '  spike when v > 1000 { v = g }
  each step { w += 1 }
  dw/dt = log(1 - w)/ms' '8:3' 'p (c) element 0: w is nan at t = 0.1 ms'
blamed by_initial '' '9:27' 'q (c) element 1: v is -inf at t = 0 ms' 'population q : c[3] { v = log(1.0 - i) }
record log(q.v) as deep'
alone by_initial
link='synapse s { param w = 1
  state x = 1, y = 1
  dx/dt = -x/(5 ms)
  dy/dt = -y/(5 ms)
  post.I += x*y
'
by_link() { # name, line, what is said, what the synapse does
  { printf '%s' "$net"; printf '%s%s }\n' "$link" "$4"
    echo 'connect c: a -> b via s by all_to_all { w = if pre.i == 1 and post.i == 1 then -1 else 1 }'
    echo 'run 2 ms'; } | stops "$1" "$2" "connection c (s), link 4: source 1, target 1: $3"
}
by_link by_link_state 15:3 'y is nan at t = 0.7 ms' '  on pre { x += 1
  y = log(w)
  x = y }'
alone by_link_state
by_link by_increment 15:3 'what it adds is nan at t = 0.7 ms' '  on pre { post.g += 1
  post.g += log(w)
  post.g += 2 }'
alone by_increment
by_link by_pre 14:12 'what it adds is nan at t = 0.7 ms' '  on pre { pre.v += log(w) }'
alone by_pre

# However it is computed.
for how in --interpret '--threads 1' '--precision single'; do
  for name in by_spike by_event by_initial by_increment; do
    # shellcheck disable=SC2086
    "$NSA" run $name.nsa --quiet --no-results $how 2>&1 | head -1 | cut -d: -f1-3 >"$name.txt"
    head -1 $name.err | cut -d: -f1-3 | cmp -s - $name.txt || { fail "$name $how"; cat $name.txt; }
  done
done
# A parameter is told where its value is said.
cat >param.nsa <<'.'
neuron c { param b = 1, a = 2*b
  state u = 1
  du/dt = -u*a/ms }
population p : c[3] { b = log(1.0 - i) }
run 1 ms
.
"$NSA" run param.nsa --quiet --no-results 2>param.err
[ $? -eq 3 ] || fail "param: no exit code 3"
grep -qF 'param.nsa:4:27: `p.b` of element 1 is -inf, which is no finite number' param.err || { fail param; cat param.err; }
grep -q '^  *| *^$' param.err || fail "param: no caret"
[ ! -s failures ]
