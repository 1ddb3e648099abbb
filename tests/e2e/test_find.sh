#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# nsa find: thresholds in closed form and at a Hopf point, of seeds, of params of the top level; what has none is told.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

# A membrane that begins to fire at I = theta/R, first at t = tau ln(R I/(R I - theta)).
cat > lif.nsa <<'END'
param shift = 0 mV in -50 mV..50 mV
neuron lif {
  param I = 100 pA in 0 pA..1 nA, R = 0.1 GOhm, theta = 20 mV, tau = 10 ms, sigma = 0 mV
  state v = 0 mV
  noise xi
  tau*dv/dt = R*I - v + shift + sigma*sqrt(2*tau)*xi
  spike when v > theta { v = 0 mV }
}
population cell : lif[2]
measure spikes = count(cell.spike)
measure first_one = latency(cell.spike)
measure double_one = 2*first_one
variant thick { cell.R = 0.2 GOhm }
run 300 ms
END
finds() { # words...: the result is found.json
  "$NSA" find lif.nsa "$@" --json --quiet > found.json 2> found.err || { say "find $*: exit code $?"; cat found.err; }
}
near() { # expected, tolerance, what
  python3 - "$@" <<'END' || say "$3: $(cat found.json)"
import json, sys
found, want, tolerance = json.load(open("found.json")), float(sys.argv[1]), float(sys.argv[2])
seed = found["seeds"][0]
assert abs(seed["threshold"] - want) <= tolerance, seed
assert 0 <= seed["high"] - seed["low"] <= found["tolerance"], seed
END
}
finds cell.I 100pA..330pA where "spikes > 0"
near 200 0.0115 "the current at which it fires"
finds cell.I 100..330pA where "spikes > 0" --tolerance 5%
near 200 5.75 "with a part of the range"
finds cell.I 100..330pA where "not (spikes == 0)" --set cell.theta=25mV --tolerance 1pA
near 250 0.5 "with --set"
finds cell.I 50pA..330pA where "spikes > 0" --variant thick
near 100 0.014 "of a variant"
finds shift -20mV..30mV where "count(cell.spike) > 0" --tolerance 0.5mV --set cell.I=150pA
near 5 0.25 "a param of the top level"
# R I = theta/(1 - exp(-t/tau)) for a first spike at t = 9.9 ms, the last step before 10 ms.
finds cell.I 210pA..900pA where "double_one < 20 ms"
near 318.26 0.05 "the current of a latency"
# It falls there: true below.
finds cell.theta 5mV..40mV where "spikes > 0" --set cell.I=300pA
near 30 0.00175 "a threshold that is crossed downwards"
grep -q '"true_above":.*false' found.json || say "which side is true: $(cat found.json)"

# Of seeds one each; the mean lies in its interval. The numbers of each are those of a run at its two ends.
finds cell.I 100..330pA where "spikes > 2" --set cell.sigma=1mV --seeds 3,7..9 --jobs 2
python3 - <<'END' || say "seeds: $(cat found.json)"
import json, statistics as st
found = json.load(open("found.json"))
x = [s["threshold"] for s in found["seeds"]]
assert [s["seed"] for s in found["seeds"]] == [3, 7, 8, 9] and found["n"] == 4 and len(set(x)) == 4
assert abs(found["mean"] - st.mean(x)) < 1e-9 and abs(found["sd"] - st.stdev(x)) < 1e-9
assert min(x) <= found["mean_low"] < found["mean"] < found["mean_high"] <= max(x)
END
for end in low high; do
  at=$(python3 -c "import json; print(repr(json.load(open('found.json'))['seeds'][1]['$end']))")
  "$NSA" run lif.nsa --set cell.I="${at}pA" --set cell.sigma=1mV --seed 7 --no-results --json --quiet > "$end.json" 2> /dev/null || say "a run at $at"
done
python3 -c 'import json
count = [json.load(open(f))["measures"]["spikes"]["value"] for f in ("low.json", "high.json")]
assert count[0] <= 2 < count[1], count' || say "runs at the two ends"
"$NSA" find lif.nsa cell.I 100..330pA where "spikes > 2" --set cell.sigma=1mV --seeds 1..3 --tolerance 5% > text.txt 2> err.txt || say "as text"
[ "$(grep -c '^seed [123] .* cell.I = 1[0-9.]* pA: false below, true above, to .* pA, in ' text.txt)" -eq 3 ] || say "lines: $(cat text.txt)"
grep -q '^mean .* of 3 seeds$' text.txt && grep -q 'is taken to change once' text.txt || say "the end: $(cat text.txt)"
grep -q '3 of 3 seeds' err.txt || say "progress: $(cat err.txt)"

# The Hopf point of Li and Rinzel's model, that nsa analyse finds at 0.35453382 uM.
cat > hopf.nsa <<'END'
timescale fast = 20 ms
import nsa.astrocyte.li_rinzel
population glia : li_rinzel[1]
phase late from 400 s
measure swing = max(glia.Ca during late) - min(glia.Ca during late)
run 600 s
END
"$NSA" find hopf.nsa glia.IP3 0.3uM..0.5uM where "swing > 0.02 uM" --tolerance 0.1% --json --quiet > found.json || say "no Hopf point"
near 0.35453382 0.0006 "the Hopf point"

refuses() { # exit code, words, arguments...
  code=$1 words=$2; shift 2
  "$NSA" find lif.nsa "$@" --quiet > out.txt 2> err.txt; got=$?
  [ $got -eq "$code" ] || say "$*: exit code $got, not $code"
  grep -qF -- "$words" err.txt || say "$*: no '$words' in: $(cat err.txt)"
}
refuses 2 '"spikes > 0" is false at both ends, 100 and 150 pA' cell.I 100pA..150pA where "spikes > 0"
refuses 2 'is true at both ends' cell.I 300..350pA where "spikes > 0"
refuses 1 '`first_one` has no value with cell.I=100 pA' cell.I 100pA..350pA where "first_one < 20 ms"
refuses 1 '`2*latency(cell.spike)` has no value' cell.I 100pA..350pA where "spikes > 0 or 2*latency(cell.spike) < 20 ms"
refuses 1 'where:1:29: error[E0301]: `20 mV` is in mV, but `first_one` is in ms' cell.I 100pA..350pA where "first_one < 20 mV"
refuses 1 'did you mean `spikes`?' cell.I 100pA..350pA where "spikess > 0"
refuses 1 '`spikes` is a number, not a condition' cell.I 100pA..350pA where spikes
refuses 1 'error[E0101]' cell.I 100pA..350pA where "spikes >"
refuses 2 'takes one condition' cell.I 100pA..350pA where "spikes > 0
measure more = 3"
refuses 2 'did you mean "cell.I"?' cell.II 100pA..350pA where "spikes > 0"
refuses 2 'is outside its range, 0 to 1000 pA' cell.I 100pA..1350pA where "spikes > 0"
refuses 2 'it is in pA, but "205 mV" is in mV' cell.I 205mV..350mV where "spikes > 0"
refuses 2 'the ends of a range have one unit' cell.I 100pA..350nA where "spikes > 0"
refuses 2 'is no range of quantities' cell.I 100pA where "spikes > 0"
refuses 2 'its lower end comes first' cell.I 350pA..100pA where "spikes > 0"
refuses 2 'what is to be found?' cell.I 100pA..350pA
refuses 2 'has 2 values, and takes one here' cell.I 100pA..350pA where "spikes > 0" --set cell.R=0.2GOhm,0.3GOhm
refuses 2 'it is what is looked for' cell.I 100pA..350pA where "spikes > 0" --set cell.I=0.2pA
refuses 2 'is no quantity such as those of cell.I' cell.I 100pA..350pA where "spikes > 0" --tolerance 1mV
refuses 2 'less than the range' cell.I 100pA..350pA where "spikes > 0" --tolerance 400pA
refuses 2 'there is no option --part' cell.I 100pA..350pA where "spikes > 0" --part 1/2
sed -i 's/R\*I - v + shift/R*I*(if I > 250 pA then 1e200 else 1)^2 - v + shift/' lif.nsa
refuses 3 'a run failed: lif.nsa' cell.I 100pA..350pA where "spikes > 0"
[ $failed -eq 0 ] && echo "thresholds: all as they should be"
exit $((failed > 0))
