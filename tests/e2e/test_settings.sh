#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --set of a component's param is that of all that are made of it, and of a state what it starts with: in runs, executables, sweeps,
# find and analyse.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

cat > set.nsa <<'END'
neuron cell { param a = 1, b = 2*a, t_ref = 1 ms
  state v = 0, seen = 0
  input I
  each step { v = b + I }
  spike when seen > 100 refractory t_ref { seen = 0 } }
neuron other { param a = 7
  state v = 0
  each step { v = a } }
synapse link { param w = 3
  post.I += w*pre.v }
population p : cell[2] { a = 5 }
population q : cell[3]
population r : other[1]
population s : other[1]
population other : cell[1]
connect first: r -> p via link by all_to_all
connect second: r -> q via link by all_to_all
measure p = max(p.v)
measure q = max(q.v)
measure r = max(r.v)
measure o = max(other.v)
variant all { cell.a = 10, p.a = 20, link.w = 0 }
run 1 ms
END
gives() { # words of the command line..., the measures
  want=${!#}
  got=$("$NSA" run set.nsa --no-results --quiet "${@:1:$#-1}" 2>&1 | tr -s ' \n' ' ' | sed 's/^ //; s/ $//')
  [ "$got" = "$want" ] || say "$* gives '$got'"
}
gives "p 31 q 23 r 7 o 2"
gives --set cell.a=3 "p 27 q 27 r 7 o 6"
gives --set q.a=3 "p 31 q 27 r 7 o 2"
gives --set link.w=1 "p 17 q 9 r 7 o 2"
gives --set second.w=1 --set first.w=2 "p 24 q 9 r 7 o 2"
gives --set cell.b=0 "p 21 q 21 r 7 o 0"
gives --set cell.a=3 --set cell.b=1 --set cell.a=4 "p 22 q 22 r 7 o 1"
# A population, whatever it is made of, comes before a component of that name.
gives --set other.a=4 "p 31 q 23 r 7 o 8"
# Behind a variant, which knows components, too.
gives --variant all "p 40 q 20 r 7 o 20"
gives --variant all --set cell.a=2 "p 4 q 4 r 7 o 4"
refuses() { # exit code, words, arguments...
  code=$1 words=$2; shift 2
  "$NSA" "$@" > out.txt 2> err.txt; got=$?
  [ $got -eq "$code" ] || say "$*: exit code $got, not $code"
  grep -qF -- "$words" err.txt || say "$*: no '$words' in: $(cat err.txt)"
}
both='--set cell.a and --set p.a both set p.a: leave one of them out'
refuses 2 "$both" run set.nsa --no-results --set cell.a=3 --set p.a=4
refuses 2 '--set p.a and --set cell.a both set p.a' run set.nsa --no-results --set p.a=3 --set cell.a=4
refuses 2 "$both" sweep set.nsa --set cell.a=1,2 --set p.a=4 --out none --quiet
refuses 2 '--set p.a: it is what is looked for' find set.nsa cell.a 1..2 where "q > 3" --set p.a=4
refuses 2 '"cell.c" is no param of the component cell; of it there are p, q, other, with p.a, p.b, p.t_ref' run set.nsa --no-results --set cell.c=3
# Times that follow are rounded, and told.
"$NSA" run set.nsa --no-results --quiet --set cell.t_ref="0.25 ms" > /dev/null 2> err.txt || say "a time of a component"
grep -q 'warning.*--set cell.t_ref' err.txt || say "a time that is rounded is not told: $(cat err.txt)"

# An executable, a sweep, find, and what is drawn.
"$NSA" build set.nsa -o set.exe && [ "$(./set.exe --no-results --quiet --set cell.a=3 | tr -s ' \n' ' ')" = "p 27 q 27 r 7 o 6 " ] || say "an executable"
"$NSA" sweep set.nsa --set cell.a=1..3:3 --out swept --quiet > /dev/null || say "a sweep"
[ "$(cut -d, -f1,4-7 swept/sweep.csv | tr '\n' ' ')" = "cell.a,p,q,r,o 1,23,23,7,2 2,25,25,7,4 3,27,27,7,6 " ] || say "a sweep: $(cat swept/sweep.csv)"
"$NSA" find set.nsa cell.a 1..9 where "q > 31" --quiet --json > found.json || say "find"
python3 -c 'import json; assert abs(json.load(open("found.json"))["seeds"][0]["threshold"] - 5) < 1e-3' || say "find: $(cat found.json)"
"$NSA" sweep set.nsa --jitter cell.a=10% --samples 4 --out drawn --quiet > /dev/null || say "what is drawn"
python3 - <<'END' || say "what is drawn: $(cat drawn/sweep.csv)"
import csv
rows = list(csv.DictReader(open("drawn/sweep.csv")))
assert list(rows[0])[:3] == ["p.a", "q.a", "other.a"] and all(4.5 <= float(r["p.a"]) <= 5.5 and 0.9 <= float(r["q.a"]) <= 1.1 for r in rows)
assert len({float(r["p.a"])/float(r["q.a"]) for r in rows}) == 4
END

# What a state starts with: one number for all, in place of what is drawn or given to each; nothing else follows from it.
cat > start.nsa <<'END'
neuron cell { param start = 5
  state v = start, w = 2*start, far = uniform(1, 2)
  input I
  dv/dt = -v/(1 s)
  each step { w = w + I }
  spike when v rises above 100 { far = 0 } }
synapse link { state g = 0, x = 1, y = 7
  dg/dt = -g/(10 ms)
  on pre { g += 1 }
  post.I += g + x }
population p : cell[2] { w = 3 }
population q : cell[2]
connect p -> q via link by all_to_all
measure v = max(p.v)
measure w = max(p.w)
measure far = mean(p.far)
measure fired = count(p.spike)
measure of_q = max(q.w)
variant up { cell.v = 200, p.far = 9 }
variant down { p.v = 200, p.start = -1 }
run 2 ms
END
starts() { # words of the command line..., the measures
  want=${!#}
  got=$("$NSA" run start.nsa --no-results --quiet "${@:1:$#-1}" 2>&1 | tr -s ' \n' ' ' | sed 's/^ //; s/ $//')
  [ "$got" = "$want" ] || say "start: $* gives '$got'"
}
starts "v 5 w 3 far 1.06553 fired 0 of_q 48"
starts --set p.v=50 "v 50 w 3 far 1.06553 fired 0 of_q 48"
starts --set cell.v=50 --set p.w=8 "v 50 w 8 far 1.06553 fired 0 of_q 48"
starts --set p.far=4 --interpret "v 5 w 3 far 4 fired 0 of_q 48"
starts --set link.x=3 --threads 2 "v 5 w 3 far 1.06553 fired 0 of_q 124"
starts --set p.v=50 --precision single "v 50 w 3 far 1.06553 fired 0 of_q 48"
starts --variant up "v 200 w 3 far 9 fired 0 of_q 48"
starts --variant up --set p.v=2 --set p.far=1 "v 2 w 3 far 1 fired 0 of_q 48"
starts --variant down "v 200 w 3 far 1.06553 fired 0 of_q 48"
refuses 2 'it is a plain number, but "3mV" is in mV' run start.nsa --no-results --set p.v=3mV
refuses 2 '--set p.v and --set cell.v both set p.v' run start.nsa --no-results --set p.v=3 --set cell.v=4
refuses 2 '"link.g" is no param' run start.nsa --no-results --set link.g=4
refuses 2 'q.I is an input' run start.nsa --no-results --set q.I=4
# Links keep a state of their own where a variant says what it starts with: g = 10 from the start, all of it summed over two links.
sed 's/^variant up .*/variant up { link.g = 10 }/' start.nsa > links.nsa
"$NSA" run links.nsa --no-results --quiet --variant up > links.txt && python3 - <<'END' || say "a variant's state of links: $(cat links.txt)"
import math, re
got = float(re.search(r"of_q\s+(\S+)", open("links.txt").read()).group(1))
want = 10 + 2*sum(1 + 10*math.exp(-0.01*k) for k in range(1, 20))
assert abs(got - want) < 1e-4*want, (got, want)
END
"$NSA" build start.nsa -o start.exe && ./start.exe --help | grep -q 'p.v  (what the state starts with)' || say "help of an executable"
[ "$(./start.exe --no-results --quiet --set p.far=4 | tr -s ' \n' ' ')" = "v 5 w 3 far 4 fired 0 of_q 48 " ] || say "an executable's state"
"$NSA" sweep start.nsa --set p.v=50,100.5 --variants base,down --out started --quiet > /dev/null || say "a sweep of states"
[ "$(cut -d, -f1,2,4 started/sweep.csv | tr '\n' ' ')" = "p.v,variant,v 50,base,50 50,down,50 100.5,base,100.5 100.5,down,100.5 " ] || say "a sweep of states: $(cat started/sweep.csv)"
"$NSA" find start.nsa p.v 1..9 where "v > 3" --quiet --json > found.json
python3 -c 'import json; assert abs(json.load(open("found.json"))["seeds"][0]["threshold"] - 3) < 1e-3' || say "find a state: $(cat found.json)"
refuses 2 'draw what it follows from' sweep start.nsa --jitter p.v=10% --out none --quiet
# A run that goes on has its states from the checkpoint, and says so.
"$NSA" run start.nsa --quiet --set p.v=50 --checkpoint "every 1 ms" --out whole > /dev/null || say "with checkpoints"
"$NSA" run start.nsa --resume --set p.v=60 --out whole > resumed.txt 2> err.txt || say "it does not go on: $(cat err.txt)"
grep -q '^v *50$' resumed.txt && grep -q -- '--set p.v has no effect where the state goes on from the checkpoint' err.txt || say "a state that goes on: $(cat resumed.txt err.txt)"
# Phases and variants from a checkpoint find states under way.
sed 's/^variant up .*/phase late from 1 ms\nset late { p.v = 3 }/' start.nsa > phased.nsa
refuses 1 '`on PHASE { ... }` changes states where it begins' check phased.nsa
sed 's/^variant up .*/checkpoint warm at 1 ms\nvariant up from warm { p.v = 3 }/' start.nsa > branch.nsa
refuses 1 'states go on from the checkpoint' check branch.nsa
sed 's/^variant up .*/variant up { p.I = 3 }/' start.nsa > input.nsa
refuses 1 'a variant sets params, and what states start with' check input.nsa

# nsa analyse: of the population that is looked at.
printf 'neuron well {\n  state x = 0.3\n  param shift = 0\n  dx/dt = (x - x^3 + shift)/(1 ms)\n}\npopulation cell : well[1]\n' > well.nsa
"$NSA" analyse well.nsa --set well.shift=1 --out well > /dev/null 2> err.txt || say "analyse: $(cat err.txt)"
[ "$(wc -l < well/fixed_points.csv)" -eq 2 ] || say "analyse does not set it"
"$NSA" analyse well.nsa --along well.shift=-1..1 --out well > along.txt 2>&1 && grep -q '^fold ' along.txt || say "analyse --along: $(cat along.txt)"
[ $failed -eq 0 ] && echo "settings: all as they should be"
exit $((failed > 0))
