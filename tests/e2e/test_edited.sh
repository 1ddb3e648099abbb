#!/bin/sh
# SPDX-License-Identifier: MIT
# A run goes on in a model that has been edited since its checkpoint: by name, with a report of what differs; what cannot
# be the same is an error, with the word that allows it. `nsa checkpoint --against` says the same without running.
set -u
: "${NSA:?the tool}"
failures=0
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }
says() { grep -qF -- "$2" "$1" || fail "$1 does not say '$2': $(cat "$1")"; }

mkdir -p before after
cat > before/model.nsa <<'EOF'
timescale fast = 1 ms
neuron cell {
  param tau = 100 ms, top = 10
  state v = 0, u = 1
  input I
  timer wait
  dv/dt = (top + I - v)/tau
  du/dt = -u/(1 s)
  event late when v > 6 { start wait for 50 ms }
}
synapse link { state w = uniform(0, 1)
               on pre.late { post.I += w } }
population a : cell[20]
population b : cell[5]
connect a -> b via link by probability(0.5) delay 3 ms
measure last = last(mean(a.v))
measure steps = mean(b.u)
record mean(a.v) every 10 ms
run 400 ms
EOF
edit() { sed "$@" before/model.nsa > after/model.nsa; }
go_on() { "$NSA" run after/model.nsa --csv --out out --force --resume $checkpoint "$@" > out.txt 2> err.txt; }
allowed() { # words, what the report says, arguments
  words=$1 text=$2
  shift 2
  go_on "$@" && fail "without --resume-allow $words"
  go_on --resume-allow "$words" "$@" || fail "$words: $(cat err.txt)"
  says err.txt "$text"
}
value() { awk -v m="$1" '$1 == m { print $2 }' out.txt; }
close() { awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(d < 1e-4 && d > -1e-4) }' || fail "$3: $1, not $2"; }

cp before/model.nsa after/model.nsa
"$NSA" run before/model.nsa --out whole --csv --checkpoint "every 200 ms" --quiet > whole.txt || exit 1
checkpoint=whole/checkpoints/0000000000000200.h5

# Nothing has changed: the same bits, and nothing to report.
go_on || fail "unchanged: $(cat err.txt)"
cmp -s whole.txt out.txt && cmp -s whole/mean_a.v.csv out/mean_a.v.csv || fail "unchanged, and other results"
grep -q "by name" err.txt && fail "unchanged: $(cat err.txt)"
"$NSA" checkpoint $checkpoint --against after/model.nsa > out.txt 2> err.txt || fail "--against: $(cat err.txt)"
says out.txt "it goes on with the same bits"

# A param of the file: from here on. v(200) = 10(1 - e^-2), then towards 20.
edit 's/top = 10/top = 20/'
go_on || fail "another param: $(cat err.txt)"
says err.txt "it goes on by name"
says err.txt "a.top is 20 from here; when the checkpoint was written it was 10"
close "$(value last)" "$(awk 'BEGIN { print 20 + (10 - 10 * exp(-2) - 20) * exp(-2) }')" "another param"
"$NSA" checkpoint $checkpoint --against after/model.nsa > out.txt 2> err.txt || fail "--against: $(cat err.txt)"
says out.txt "a.top is 20 from here"
[ -e after/model.out ] && fail "--against runs"

# What is declared before it moves nothing; a new state, a new population, a new recording.
edit 's/state v = 0, u = 1/state v = 0, u = 1, x = 3/; s/^population a/population first : cell[3]\
population a/; s/^record/record mean(a.u) every 10 ms\
record/'
go_on || fail "what is new: $(cat err.txt)"
says err.txt "'a.x' is new: it begins with its initial value"
says err.txt "'first.v' is new"
says err.txt "the recording 'mean_a.u' is new: it begins here"
cmp -s whole/mean_a.v.csv out/mean_a.v.csv || fail "what was there before has changed: $(diff whole/mean_a.v.csv out/mean_a.v.csv)"
[ "$(head -n 3 out/mean_a.u.csv | tail -n 1 | cut -d, -f1)" -ge 200 ] || fail "a new recording: $(head -n 4 out/mean_a.u.csv)"

# Other measures begin here, over what is left.
edit 's/^measure steps/measure more = mean(b.v)\
measure steps/'
go_on || fail "another measure: $(cat err.txt)"
says err.txt "measures are others: they begin here"
close "$(value steps)" "$(awk 'BEGIN { s = 0; for (t = 201; t <= 400; t++) s += exp(-t / 1000); print s / 200 }')" "mean over what is left"

# Errors with their word.
edit 's/, u = 1$/, u2 = 1/; s/du\/dt = -u/du2\/dt = -u2/; s/b\.u/b.u2/'
allowed missing "the model has no 'a.u' any more"
edit 's/b : cell\[5\]/b : cell[6]/'
allowed links,size "'b.v' has 5 entries there, and 6 here: it begins anew"
edit 's/probability(0.5)/probability(0.6)/'
allowed links,size "the links of 'link' are others than they were then"
edit 's/fast = 1 ms/fast = 0.5 ms/'
allowed step "its step is 1 ms, and that of the model 0.5 ms"
close "$(value last)" "$(awk 'BEGIN { print 10 - 10 * exp(-4) }')" "another step"
edit ''
allowed seed,links,size "its seed is 1: add --seed 1" --seed 2
cp after/model.nsa after/other.nsa
"$NSA" run after/other.nsa --out out --force --resume $checkpoint > out.txt 2> err.txt && fail "another name is not refused"
says err.txt "it is of the model 'model', and this is 'other'; --resume-allow model goes on all the same"
"$NSA" run after/other.nsa --out out --force --resume $checkpoint --resume-allow model > out.txt 2> err.txt || fail "$(cat err.txt)"
go_on --resume-allow lots && fail "a word that is none"
says err.txt '--resume-allow wants some of model, seed, step, links, missing, size with commas between, not "lots"'
edit 's/, u = 1$/, u2 = 1/; s/du\/dt = -u/du2\/dt = -u2/; s/b\.u/b.u2/; s/b : cell\[5\]/b : cell[6]/'
"$NSA" checkpoint $checkpoint --against after/model.nsa > out.txt 2> err.txt || fail "--against: $(cat err.txt)"
says out.txt "it goes on with --resume-allow links,missing,size"
"$NSA" checkpoint $checkpoint --against missing.nsa > out.txt 2> err.txt && fail "--against a file that is not there"

[ "$failures" -eq 0 ]
