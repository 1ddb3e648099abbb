#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Parallel links have draws of their own, with the distribution that was asked for; delays and probabilities that cannot be stop the run
# before its first step and say which link it was; so do probabilities of draws in the step that uses them.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

# ---- a pair that a table names 2000 times, and another one twice ----
links=2000
{ for ((k = 0; k < links; k++)); do echo 0,1; done; printf '1,0\n1,0\n'; } > edges.csv
cat > parallel.nsa <<'END'
timescale fast = 1 ms
neuron cell {
  state v = 0, got = 0
  spike when v > 0.5 { v = 0 }
}
synapse link {
  state w = 0, drawn = 0, ticked = 0
  on pre { drawn = uniform(0, 1);  post.got += 1 }
  every 10 ms { ticked = uniform(0, 1) }
}
population cells : cell[2] { v = if i == 0 then 1 else 0 }
connect c: cells -> cells via link by file("edges.csv") delay 1 ms + 1 ms*floor(uniform(0, 4)) { w = uniform(0, 1) }
record c.w every 10 ms
record c.drawn every 10 ms
record c.ticked every 10 ms
record cells.got
run 10 ms
END
"$NSA" run parallel.nsa --csv --quiet --force --out parallel.out > parallel.txt 2>&1 || say "parallel.nsa: $(head -n 1 parallel.txt)"

# Kolmogorov and Smirnov: D sqrt(n) stays below 1.95 with a probability of 0.999. Links of target 1 come last.
for state in w drawn ticked; do
  tail -n 1 "parallel.out/c.$state.csv" | tr , '\n' | tail -n "$links" | sort -g > values.txt
  [ "$(sort -u values.txt | wc -l)" -eq "$links" ] || say "c.$state: parallel links share a draw"
  awk -v n="$links" '{ a = $1 - (NR - 1)/n; b = NR/n - $1; d = a > d ? a : d; d = b > d ? b : d }
    END { exit !(d*sqrt(n) < 1.95) }' values.txt || say "c.$state: the draws of parallel links are not uniform"
done
# What arrives each millisecond: a quarter of all (16.3: chi squared of three degrees at 0.001).
awk -F , -v n="$links" 'NR > 1 { if ($3 > before) { arrived = $3 - before; chi += (arrived - n/4)^2/(n/4); times++ }; before = $3 }
  END { exit !(times == 4 && before == n && chi < 16.3) }' parallel.out/cells.got.csv || say "parallel links do not have delays of their own"

# ---- numbers that cannot be ----
stops() { # a line for the model, what the message says
  cat > bad.nsa <<END
timescale fast = 0.1 ms
neuron cell { param a = 0
              state v = 0
              spike when v > 1 { v = 0 } }
astrocyte glia { state c = 0 }
synapse link { param d = 1 ms
               state w = 0
               default astro.c = 0
               on pre { post.v += w + astro.c } }
population p : cell[4] { a = 0.5*i }
population g : glia[4]
$1
run 1 ms
END
  "$NSA" run bad.nsa --quiet --no-results ${3:-} > bad.txt 2>&1
  code=$?
  [ "$code" -eq 3 ] || say "$1: exit code $code, not 3: $(cat bad.txt)"
  grep -qF "$2" bad.txt || say "$1: '$2' is not in: $(cat bad.txt)"
  grep -q '^nsa run: bad.nsa:12:' bad.txt || say "$1: its place is not told: $(cat bad.txt)"
}
stops 'connect c: p -> p via link by all_to_all delay 0.25 ms - 0.1 ms*pre.i' '0.05 ms (source 2, target 0)'
stops 'connect c: p -> p via link by all_to_all delay 1 ms back 0.1 ms*post.i' '0 ms (source 1, target 0)'
stops 'connect c: p -> p via link by all_to_all delay d { d = 0.06 ms*(1 + pre.i) }' '0.06 ms (source 0, target 1)'
stops 'connect c: p -> p via link by all_to_all delay d' '0.04 ms is not possible' '--set c.d=0.04ms'
stops 'connect c: p -> p via link by all_to_all delay 6.5 s + 0.1 s*post.i' '(source 0, target 1)'
stops 'connect c: p -> p via link by probability(pre.a)' 'the probability of source 3, target 0 is 1.5'
stops 'connect c: p -> p via link by probability(1 - post.a)' 'the probability of source 0, target 3 is -0.5'
stops 'connect c: p -> p via link by all_to_all with g by nearest probability(pre.a)' 'the probability of source 3, target 0 is 1.5'
stops 'connect c: p -> p via link by probability(0.5 + 0*log(-1 - pre.a))' 'the probability of source 1, target 0 is '

# ---- bernoulli(p) ----
draws() { # statements of a cell's step, of a link's block, the initial value of n, what the message says (empty: it runs)
  cat > draw.nsa <<END
timescale fast = 0.1 ms
neuron cell { state v = 0, n = 0
              spike when v > 0.55 {}
              each step { v += 0.1
                          $1 } }
synapse link { state w = 0
               $2 }
population p : cell[3] { n = $3 }
connect c: p -> p via link by all_to_all
run 2 ms
END
  for how in "--threads 1" "--interpret"; do
    "$NSA" run draw.nsa --quiet --no-results $how > draw.txt 2>&1
    code=$?
    if [ -z "$4" ]; then
      [ "$code" -eq 0 ] || say "$1 $2 $3 $how: $(cat draw.txt)"
    elif [ "$code" -ne 3 ] || ! grep -qF "$4: a probability that does not lie between 0 and 1 at t = $5 ms" draw.txt; then
      say "$1 $2 $3 $how: exit code $code, not '$4' at $5 ms: $(cat draw.txt)"
    fi
  done
}
draws 'n += bernoulli(1.25 - v)' '' 0 'draw.nsa:5:32: error: numerical failure: p (cell) element 0' 0.1
draws 'if bernoulli(1.05 - v) > 0 { n += 1 }' '' 0 'p (cell) element 0' 1.1
draws 'if v < 0.95 { if bernoulli(v) > 0 { n += 1 } else { n += bernoulli(1 - v) } }' '' 0 ''
draws 'n += if v > 1 then 1 else bernoulli(clip(v, 0, 1))*(if v > 1.05 then bernoulli(v) else 1)' '' 0 ''
draws 'if v < 0.95 { n += 1 } else { n += bernoulli(v - 0.55) }' '' 0 'p (cell) element 0' 1.6
draws '' 'on pre { if pre.i == 2 and post.i == 1 { w += bernoulli(2*pre.v) } }' 0 'connection c (link), link 3: source 2, target 1' 0.7
draws '' 'every 0.5 ms { w = bernoulli(2.4*post.v) }' 0 'connection c (link), link 0: source 1, target 0' 0.6
draws '' '' 'bernoulli(0.6*i)' 'p (cell) element 2' 0
draws '' '' 'bernoulli(0.5*i)' ''
[ "$failed" -eq 0 ]
