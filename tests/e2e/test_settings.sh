#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --set of a component's param is that of all that are made of it: in runs, executables, sweeps, find and analyse.
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

# nsa analyse: of the population that is looked at.
printf 'neuron well {\n  state x = 0.3\n  param shift = 0\n  dx/dt = (x - x^3 + shift)/(1 ms)\n}\npopulation cell : well[1]\n' > well.nsa
"$NSA" analyse well.nsa --set well.shift=1 --out well > /dev/null 2> err.txt || say "analyse: $(cat err.txt)"
[ "$(wc -l < well/fixed_points.csv)" -eq 2 ] || say "analyse does not set it"
"$NSA" analyse well.nsa --along well.shift=-1..1 --out well > along.txt 2>&1 && grep -q '^fold ' along.txt || say "analyse --along: $(cat along.txt)"
[ $failed -eq 0 ] && echo "settings: all as they should be"
exit $((failed > 0))
