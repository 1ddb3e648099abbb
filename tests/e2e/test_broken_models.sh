#!/bin/sh
# SPDX-License-Identifier: MIT
# What users get wrong: each broken model gets a message with its place, exit code 1 or 2, in under two seconds.
set -u
: >failures
: >mistakes
fail() { echo "FAILED $*" | tee -a failures; }
head='timescale fast = 0.1 ms
neuron cell { param tau = 10 ms in 1 ms..100 ms
  state v = 0 mV
  input I : mV
  tau * dv/dt = -v + I
  spike when v > 10 mV { v = 0 mV } }
'
tail='population cells : cell[10]
record cells.v
run 10 ms
'
broken() { # name, exit code, what the message must say; the model is on standard input
  echo "$1" >>mistakes
  cat >"$1.nsa"
  timeout 4 "$NSA" run "$1.nsa" --force --quiet >"$1.out.txt" 2>"$1.err"
  code=$?
  if [ "$code" -ne "$2" ]; then fail "$1: exit code $code, not $2"; cat "$1.err"; return; fi
  grep -qE "$3" "$1.err" || { fail "$1: the message lacks /$3/:"; cat "$1.err"; }
  [ "$2" -ne 1 ] || grep -qE "$1\.nsa:[0-9]+:[0-9]+" "$1.err" || { fail "$1: no place"; cat "$1.err"; }
  if LC_ALL=C grep -q "$(printf '[\001-\010\013-\037]')" "$1.err"; then fail "$1: control bytes"; fi
}
refused() { # name, what the message must say, arguments; on a model that is right
  echo "$1" >>mistakes
  printf '%s%s' "$head" "$tail" >right.nsa
  name=$1; say=$2; shift 2
  timeout 4 "$NSA" run right.nsa --force --quiet "$@" >"$name.out.txt" 2>"$name.err"
  code=$?
  [ "$code" -eq 2 ] || { fail "$name: exit code $code, not 2"; cat "$name.err"; }
  grep -qE "$say" "$name.err" || { fail "$name: the message lacks /$say/:"; cat "$name.err"; }
}

links='neuron src { state v = 0
  dv/dt = 1 /ms
  spike when v > 1 { v = 0 } }
neuron cell { state g = 0 }
synapse s { state x = 1, w = uniform(0.1, 1)
            on pre { post.g += 0.1*w;  GROWS } }
population a : src[3]
population b : cell[4]
connect c: a -> b via s by all_to_all
run 20 ms
'
printf '%s' "$links" | sed 's/GROWS/x *= 1e200/' | broken infinite_trace 3 'a \(src\) element 0: x is inf'
printf '%s' "$links" | sed 's/GROWS/w *= 1e200/' | broken infinite_weight 3 'connection c \(s\), link 0: source 0, target 0: w is inf'
printf '%s' "$head" | sed 's/-v + I/-vv + I/' | { cat; printf '%s' "$tail"; } | broken unknown_name 1 'vv.*'
printf '%s' "$head" | sed 's/10 mV {/10 {/' | { cat; printf '%s' "$tail"; } | broken missing_unit 1 'mV'
printf '%s' "$head" | sed 's/-v + I/-v + 3 nS/' | { cat; printf '%s' "$tail"; } | broken units_differ 1 'nS'
{ printf 'timescale slow = 0.25 ms\n'; printf '%s%s' "$head" "$tail"; } | broken not_a_multiple 1 'multiple'
{ printf '%s' "$head"; printf 'population cells : cell[10] { tau = 5 s }\nrun 1 ms\n'; } | broken out_of_range 1 'tau'
{ printf '%s' "$head" | sed 's/  spike/  let a = b + 1 mV\n  let b = a + 1 mV\n  spike/'; printf '%s' "$tail"; } | broken cyclic_lets 1 'circle|cycle|each other'
{ printf '%s%s' "$head" "$tail"; printf 'pattern p[2] = images("nowhere/{}.pgm")\n'; } | broken missing_file 1 'nowhere'
{ printf 'import "nowhere.nsa"\n'; printf '%s%s' "$head" "$tail"; } | broken missing_import 1 'nowhere'
{ printf '%s' "$head"; printf 'population cells : cell[1000000000]\nrun 1 ms\n'; } | broken too_many 1 'GB|limit'
{ printf '%s' "$head" | sed "s/-v + I/$(printf '(%.0s' $(seq 300))v$(printf ')%.0s' $(seq 300)) + I/"; printf '%s' "$tail"; } | broken parentheses 1 '256'
head -c 4000 /dev/urandom | broken garbage 1 'UTF-8|character|text'
printf '' | broken empty 1 'empty|nothing'
printf '# only a comment\n' | broken comment_only 1 'empty|nothing|declar'
printf 'neuron cell { state v = 0 mV\n' | broken unclosed 1 '}|brace|end of'
printf '%s\nrun 10 ms\n' "$head" | broken no_population 1 'E0604.*population'
{ printf '%s' "$head"; printf 'population cells : cell[10]\n'; } | broken no_run 1 'E0604.*run'
{ printf '%s' "$head"; printf 'population cells : sell[10]\nrun 1 ms\n'; } | broken unknown_component 1 'cell'
{ printf '%s%s' "$head" "$tail"; printf 'drive cells.I = 3 pA\n'; } | broken drive_units 1 'mV'
{ printf '%s' "$head" | sed 's/10 ms in/10 tau in/'; printf '%s' "$tail"; } | broken unknown_unit 1 'tau|unit'
{ printf '%s' "$head" | sed 's/tau \* dv/tau * dw/'; printf '%s' "$tail"; } | broken unknown_state 1 'w'
{ printf '%s%s' "$head" "$tail"; printf 'synapse s { post.I += pre.v }\nconnect cells -> cells via s by one_to_one delay -1 ms\n'; } | broken negative_delay 1 'E0504.*delay'
{ printf '%s%s' "$head" "$tail"; printf 'synapse s { on pre.release { post.I += 1 mV } }\nconnect cells -> cells via s by one_to_one\n'; } | broken no_such_event 1 'E0407.*spike'
{ printf '%s%s' "$head" "$tail"; printf 'synapse s { post.I += astro.Ca }\nconnect cells -> cells via s by one_to_one\n'; } | broken no_partner 1 'astro|partner'
{ printf '%s%s' "$head" "$tail"; printf 'measure m = maen(cells.v)\n'; } | broken measure_name 1 'mean'
{ printf '%s' "$head" | sed 's/10 mV {/1e99999 mV {/'; printf '%s' "$tail"; } | broken huge_number 1 'E01|number'
{ printf '%s' "$head" | sed 's/state v/state v\x1b[31m/'; printf '%s' "$tail"; } | broken escape 1 'character|not part'

refused set_unit 'time|ms' --set cells.tau=3mV
refused set_name 'tau' --set cells.tou=3ms
refused set_range '100' --set cells.tau=3s
refused bad_option 'did you mean --se' --sed 3
refused bad_variant 'variant' --variant nothing
refused bad_for 'time|ms' --for 3mV
"$NSA" run nowhere.nsa 2>no_model.err; [ $? -eq 2 ] || fail "a missing model exits 2"
"$NSA" rum right.nsa 2>verb.err; [ $? -eq 2 ] && grep -q 'nsa run' verb.err || fail "unknown verb"

echo "$(wc -l <mistakes) mistakes, $(wc -l <failures) badly answered"
[ ! -s failures ]
