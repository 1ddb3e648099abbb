#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Params of the top level: in sizes, times and the run; set by --set, variants, and in executables when they are built.
# dv/dt = (N - v)/tau from 0 reaches 9 after tau*ln(N/(N - 9)): 46.05 ms for N = 10, so 21 spikes in 1 s (2N elements);
# for N = 20 11.96 ms, so 166 in 2 s at steps of 0.1 ms (12 ms each); for N = 40 5.1 ms, so 784 in 4 s.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

cat > params.nsa <<'END'
param N = 10 in 1..1000, tau = 20 ms in 1 ms..1 s
param M = 2*N
neuron cell { param thr = 9
  state v = 0
  dv/dt = (N - v)/tau
  spike when v > thr { v = 0 } }
population p : cell[M]
measure each = count(p.spike)/size(p)
measure n = size(p)
variant big { N = 40 }
variant low { p.thr = 0.5*N }
variant both { N = 20, p.thr = 9 }
run N*100 ms
END
gives() { # what is run, what it prints
  got=$($1 2>&1 | tr -s ' \n' ' ' | sed 's/^ //; s/ $//')
  [ "$got" = "$2" ] || say "$1 gives '$got', not '$2'"
}
refuses() { # what is run, exit code, what it says
  $1 > refused.txt 2>&1
  code=$?
  [ $code -eq "$2" ] || say "$1: exit code $code, not $2"
  grep -qF -- "$3" refused.txt || { say "$1: the message lacks '$3'"; cat refused.txt; }
}
run="$NSA run params.nsa --no-results --quiet"
gives "$run" "each 21 n 20"
gives "$run --set N=20" "each 166 n 40"
gives "$run --interpret --set N=20" "each 166 n 40"
gives "$run --variant big" "each 784 n 80"
gives "$run --variant big --set N=20" "each 166 n 40"
gives "$run --set M=4" "each 21 n 4"
gives "$run --set tau=1s" "each 0 n 20"
gives "$run --variants all" "base big low both each 21 784 71 166 n 20 80 20 40"
refuses "$run --set N=0" 1 "0 is outside of the range of \`N\`: 1 to 1000"
refuses "$run --set N=5mV" 1 "\`5 mV\` has a unit, but \`N\` is a plain number"
refuses "$run --set Nn=5" 2 'there is no parameter "Nn"; did you mean "N"?'
"$NSA" build params.nsa -o built --set N=20 || say "it does not build"
gives "./built --no-results --quiet" "each 166 n 40"
gives "./built --no-results --quiet --set N=20" "each 166 n 40"
refuses "./built --no-results --set N=10" 2 "--set N: it is a param of the top level, and 20 here"
refuses "./built --no-results --variant big" 2 "variant big has another N than was compiled here"
refuses "./built --no-results --variants all" 2 "variant big has another N than was compiled here"
# What a variant has built in is not mixed with the rest of the model.
"$NSA" build params.nsa -o large --variant big || say "it does not build for a variant"
gives "./large --no-results --quiet --variant big" "each 784 n 80"
gives "./large --no-results --quiet --set N=40" "each 784 n 80"
refuses "./large --no-results" 2 "the model without a variant has another N than was compiled here; build it with \`nsa build FILE\`"
refuses "./large --no-results --variant low" 2 "variant low has another N than was compiled here"
refuses "$NSA build params.nsa -o other --set p.thr=3" 2 "an executable takes it when it runs"
"$NSA" run params.nsa --out params.out --force --quiet --set N=20 > /dev/null || say "no results"
tr -d ' \t\n' < params.out/run.json | grep -qF '"params":[{"name":"N","value":20,"unit":"1"},{"name":"tau","value":20,"unit":"ms"}' ||
  say "run.json does not tell the params"

# A file that extends this one replaces one of several that were declared together.
printf 'extends "params.nsa"\nparam N = 20\n' > more.nsa
gives "$NSA run more.nsa --no-results --quiet" "each 166 n 40"
# Not known in what is imported, and a component's own item of that name wins.
printf 'neuron lent { state v = 0\n dv/dt = (many - v)/(10 ms) }\n' > lent.nsa
printf 'import "lent.nsa"\nparam many = 3\npopulation q : lent[many]\nrun 1 ms\n' > lend.nsa
refuses "$NSA run lend.nsa --no-results" 1 "lent.nsa:2:11: error[E0201]: the name \`many\` is not known"
printf 'param N = 3\nneuron own { param N = 5\n state v = N }\npopulation q : own[N]\nmeasure m = mean(q.v)\nrun 1 ms\n' > own.nsa
gives "$NSA run own.nsa --no-results --quiet" "m 5"
[ $failed -eq 0 ] && echo "params of the top level: all as they should be"
exit $((failed > 0))
