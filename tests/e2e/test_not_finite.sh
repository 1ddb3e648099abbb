#!/bin/sh
# SPDX-License-Identifier: MIT
# A value that is not finite stops the run wherever it arises: exit code 3, what it is, its line, the time; compiled and
# interpreted the same; what was recorded before is kept.
set -u
: >failures # a file: what stands behind a pipe has variables of its own
fail() { echo "FAILED $*" | tee -a failures; }
stops() { # name, line, what is said; the model is on standard input
  cat >"$1.nsa"
  for way in "" --interpret; do
    # shellcheck disable=SC2086
    timeout 10 "$NSA" run "$1.nsa" $way --force --quiet --csv --out "$1.out" >"$1.txt" 2>"$1.err"
    [ $? -eq 3 ] || { fail "$1 $way: no exit code 3"; cat "$1.err"; continue; }
    grep -qF "$1.nsa:$2:" "$1.err" || { fail "$1 $way: not line $2"; cat "$1.err"; }
    grep -qF "error: numerical failure: $3" "$1.err" || { fail "$1 $way: not '$3'"; cat "$1.err"; }
  done
}

stops block 3 'p (c) element 0: n is nan at t = 0.5 ms' <<'.'
neuron c { param q = 0
  state n = 0
  each step { if t >= 0.4 ms { n = sqrt(-1 - q) } } }
population p : c[3]
record p.n
run 1 ms
.
[ "$(wc -l <block.out/p.n.csv)" -eq 6 ] || fail "block: the rows at 0 to 0.4 ms are not kept"
stops start 1 'p (c) element 2: n is -inf at t = 0 ms' <<'.'
neuron c { state n = log(2.0 - i) }
population p : c[3]
run 1 ms
.
stops event_block 3 'p (c) element 1: n is inf at t = 0.4 ms' <<'.'
neuron c { state n = 1, k = 0
  each step { k += 1 }
  spike when k == 3 { n = n/(1.0 - i) } }
population p : c[3]
run 1 ms
.
stops phase_block 5 'p (c) element 0: n is nan at t = 0.6 ms' <<'.'
neuron c { state n = 1
  input I }
population p : c[3]
drive p.I = 0 from 0.5 ms as late
on late { p.n = log(0 - p.n) }
run 1 ms
.
stops slow 3 'g (a) element 0: n is nan at t = 2 ms' <<'.'
timescale fast = 0.1 ms;  timescale slow = 1 ms
astrocyte a on slow { state n = 0
  each step { n = if t >= 1 ms then log(0 - 1 - n) else n } }
population g : a[2]
run 4 ms
.
stops drive 1 'p (c) element 0: what stimuli give to an input is nan at t = 0.3 ms' <<'.'
neuron c { input I
  state n = 0
  each step { if I > 1 { n = 1 } } }
population p : c[3]
drive p.I = poisson(-0.5) from 0.2 ms
run 1 ms
.
net='neuron src { state v = 0
  dv/dt = 1 /ms
  spike when v > 0.55 { v = 0 } }
neuron cell { state g = 0
  input I
  each step { if I > 1 { g = 1 } } }
population a : src[3]
population b : cell[4]
'
{ printf '%s' "$net"; cat <<'.'; } | stops weight 11 'connection c (s), link 4: source 1, target 1: what it adds is nan at t = 0.1 ms'
connect c: a -> b via s by all_to_all { w = if pre.i == 1 and post.i == 1 then -1 else 1 }
synapse s { param w = 1
  post.I += log(w)*pre.v }
run 2 ms
.
{ printf '%s' "$net"; cat <<'.'; } | stops increment 11 'connection c (s), link 4: source 1, target 1: what it adds is nan at t = 0.7 ms'
connect c: a -> b via s by all_to_all { w = if pre.i == 1 and post.i == 1 then -1 else 1 }
synapse s { param w = 1
  on pre { post.g += log(w) } }
run 2 ms
.
{ printf '%s' "$net"; cat <<'.'; } | stops link_state 12 'connection c (s), link 4: source 1, target 1: x is nan at t = 0.7 ms'
connect c: a -> b via s by all_to_all { w = if pre.i == 1 and post.i == 1 then -1 else 1 }
synapse s { param w = 1
  state x = 0
  on pre { x = log(w);  post.g += 1 } }
run 2 ms
.
{ printf '%s' "$net"; cat <<'.'; } | stops clocked 12 'connection c (s), link 4: source 1, target 1: x is inf at t = 0.4 ms'
connect c: a -> b via s by all_to_all { w = if pre.i == 1 and post.i == 1 then 0 else 1 }
synapse s { param w = 1
  state x = 0
  each step { x = if t >= 0.3 ms then 1/w else 0 } }
run 2 ms
.
{ printf '%s' "$net"; cat <<'.'; } | stops record 9 'a (src) element 0: the value (in deep) is nan at t = 0.3 ms'
record log(0.25 - a.v) as deep
run 2 ms
.
{ printf '%s' "$net"; cat <<'.'; } | stops measure 9 'a (src) element 0: the value (in m) is nan at t = 0.3 ms'
measure m = max(log(0.25 - a.v))
run 2 ms
.
stops stages 3 'p (n) element 0: v is nan at t = 1.3 ms' <<'.'
neuron n { state v = 1
  input I : 1/ms
  dv/dt = v*v/(1 ms) + I using rk4 }
synapse gap coupling stages { param g = 0.1 /ms
  post.I += g*(pre.v - post.v) }
population p : n[3]
connect p -> p via gap by all_to_all
run 10 ms
.
{ printf '%s' "$net"; cat <<'.'; } | stops summed 13 'connection c (s), link 4: source 1, target 1: what it adds is nan at t = 0.7 ms'
connect c: a -> b via s by all_to_all { w = if pre.i == 1 and post.i == 1 then -1 else 1 }
synapse s { param w = 1
  state x = 0
  dx/dt = -x/(5 ms)
  on pre { x += log(w) }
  post.I += x }
run 2 ms
.
# Kernels that do not ask for a link's number: by rows, with delays of their own, parallel, of signals, on many links. Without links to
# oneself, link 3 t + s is of source s below target t and s + 1 from there on.
adds() { # name, what comes between, the connection's rest, what is said
  stops "$1" 2 "connection c (s), link $4" <<.
neuron c { state v = 0;  spike when false {} }
synapse s { on $2 { post.v += if post.i == 3 and pre.i != 2 then 1/(pre.v - pre.v) else 1 } }
signal light = 1 from 1 ms
population p : c[4]
drive p.spike[2] = [0.5 ms]
drive p.spike[1] = [1 ms]
drive p.spike[3] = [1 ms]
connect c: p -> p via s by $3
run 3 ms
.
}
adds add_pre pre all_to_all '10: source 1, target 3: what it adds is inf at t = 1.1 ms'
adds add_delayed pre 'all_to_all delay 0.3 ms + 0.1 ms*post.i' '10: source 1, target 3: what it adds is inf at t = 1.7 ms'
adds add_post post all_to_all '9: source 0, target 3: what it adds is inf at t = 1.1 ms'
adds add_signal light all_to_all '9: source 0, target 3: what it adds is inf at t = 1.1 ms'
printf '1,0\n2,3\n0,1\n1,3\n1,3\n2,3\n' >add_pairs.csv
adds add_pairs pre 'file("add_pairs.csv")' '2: source 1, target 3: what it adds is inf at t = 1.1 ms'
stops add_many 2 'connection c (s), link 59750: source 150, target 299: what it adds is inf at t = 1.1 ms' <<'.'
neuron c { state v = 0;  spike when false {} }
synapse s { on pre { post.v += if post.i == 299 and pre.i > 100 then 1/(pre.v - pre.v) else 1 } }
population p : c[200]
population q : c[300]
drive p.spike[150] = [1 ms]
drive p.spike[0..60] = [1 ms]
connect c: p -> q via s by where(post.i != 0)
run 3 ms
.
# An upstroke whose spike does not reset it, and one that links would bring to others.
stops kept 3 'p (q) element 0: v is inf at t = 1 ms' <<'.'
neuron q { state v = 0
  input I
  dv/dt = (exp(v) + 1 + I)/(1 ms) using exponential_euler
  spike when v > 1e6 { v -= 3 } }
population p : q
run 10 ms
.
grep -qF '`using implicit` or `using adaptive`' kept.err || fail "kept: no hint"
sed 's/v -= 3/v = -3/' kept.nsa >reset.nsa
"$NSA" run reset.nsa --force --quiet --out reset.out || fail "reset: it is ended by the spike"
{ sed '/^run/d; s/p : q/p : q[2]/' reset.nsa; cat <<'.'; } | stops seen 3 'p (q) element 0: v is inf at t = 0.9 ms'
synapse gap { post.I += 0.01*(pre.v - post.v) }
connect p -> p via gap by all_to_all
run 10 ms
.
[ ! -s failures ]
