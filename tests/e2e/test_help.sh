#!/bin/sh
# SPDX-License-Identifier: MIT
# Whoever asks for help gets it, on stdout and with exit code 0, however it is asked; who sets what cannot be set is told what can.
set -u
: "${NSA:?the tool}"
failed=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
says() { # words that must be in it, arguments...
  words=$1; shift
  "$NSA" "$@" >out.txt 2>err.txt || fail "nsa $*: exit code $?"
  grep -q -- "$words" out.txt || fail "nsa $*: no \"$words\" in: $(cat out.txt)"
  [ ! -s err.txt ] || fail "nsa $*: on stderr: $(cat err.txt)"
}
printf 'neuron cell {\n  param tau = 20 ms\n  state v = 0\n  dv/dt = -v/tau\n}\npopulation n : cell\nrun 1 ms\n' >model.nsa

for option in help --help -h; do says "nsa verify FILE" $option; done
for option in --version -V; do says "^nsa [0-9]" $option; done
for verb in run build check explain verify sweep find analyse emit fmt; do
  for option in --help -h; do
    says "^nsa $verb " $verb $option
    says "^nsa $verb " $verb model.nsa $option
  done
  says "^nsa $verb " help $verb
  says "^nsa [0-9]" $verb -V
  says "^nsa [0-9]" $verb model.nsa --version
done
says --set run model.nsa -h
"$NSA" frob -h >out.txt 2>&1 && fail "an unknown verb has help"
for words in "help frob" "frob --help"; do
  "$NSA" $words >out.txt 2>err.txt
  [ $? -eq 2 ] || fail "nsa $words: exit code"
  [ ! -s out.txt ] && grep -q 'there is no verb `frob`' err.txt || fail "nsa $words says: $(cat out.txt err.txt)"
done
"$NSA" help rnu 2>&1 | grep -q 'did you mean `nsa run`' || fail "nsa help rnu"

# --set: what is no param is told what it is, and what there is.
printf 'neuron cell {\n  param tau_m = 20 ms, g = 1\n  state v = 0\n  input I\n  let twice = 2*v\n  dv/dt = (g*I + twice - v)/tau_m\n}
synapse link {\n  param w = 1\n  state x = 0\n  post.I += w*pre.v\n  dx/dt = -x/(1 ms)\n}
population exc : cell\npopulation inh : cell\nconnect exc -> inh via link by all_to_all\ndrive exc.I = 1\nrun 1 ms\n' >set.nsa
refused() { # words of the message, the setting
  "$NSA" run set.nsa --no-results --set "$2" >out.txt 2>err.txt && fail "--set $2 is taken"
  grep -q -- "$1" err.txt || fail "--set $2: no \"$1\" in: $(cat err.txt)"
}
refused "exc.I is an input" exc.I=3
refused "params of it: exc.tau_m, exc.g" exc.I=3
refused '"cell.tau" is no param of the component cell; of it there are exc, inh, with exc.tau_m, exc.g' "cell.tau=3 ms"
refused '"cell" is no param of the component cell' cell=3
refused 'it is in ms, but "3 mV" is in mV' "cell.tau_m=3 mV"
refused 'is no param; exc has exc.tau_m, exc.g' exc.twice=3
refused 'did you mean "exc.tau_m"' "EXC.Tau_M=3 ms"
refused 'did you mean "exc.tau_m"' "exc.tau=3 ms"
refused 'is too small for a double' exc.g=1e-400
refused 'is too large' exc.g=1e400
refused 'is too small for a double' "exc.tau_m=1e-320 as"
refused '--set exc.tau_m: "1e-400 ms" is too small for a double' "exc.tau_m=1e-400 ms"
"$NSA" run set.nsa --no-results --quiet --set exc.g=0e-400 --set inh.g=1e-310 || fail "--set of a small number"
refused 'there are: exc.tau_m, exc.g, exc.v, inh.tau_m, inh.g, inh.v, link.w, link.x' "nobody.at_all=3"

# A time that --set changes is rounded to steps of 0.1 ms as any other, and told.
printf 'neuron cell {\n  param base = 1 ms\n  param t_ref = 2*base\n  state v = 0\n  dv/dt = -v/(10 ms)
  spike when v rises above 1 refractory t_ref { v = 0 }\n}\npopulation n : cell\nrun 1 ms\n' >times.nsa
told() { # what is expected on stderr, the setting
  "$NSA" run times.nsa --no-results --quiet --set "$2" >out.txt 2>err.txt || fail "--set $2: $(cat err.txt)"
  [ "$(cat err.txt)" = "$1" ] || fail "--set $2 says: $(cat err.txt)"
}
rounded="is not a whole number of steps of 0.1 ms; it becomes"
told "warning[W0601]: --set n.t_ref: the refractory time of 2.04 ms $rounded 2 ms" "n.t_ref=2.04 ms"
told "warning[W0601]: --set n.base: the refractory time of 2.26 ms $rounded 2.3 ms" "n.base=1.13 ms"
told "" "n.t_ref=2.1 ms"
told "" "n.base=1.15 ms"
[ "$failed" -eq 0 ]
