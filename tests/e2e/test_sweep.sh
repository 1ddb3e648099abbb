#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# nsa sweep: each point has the bits of `nsa run`; statistics are those of Python; parts join to the whole; what was killed goes
# on; a point that fails is a row; mistakes are told before anything runs.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

cat > sweep.nsa <<'END'
param N = 10 in 1..1000
neuron cell { param thr = 9 in 0.1..20, tau = 20 ms, sigma = 1
  state v = 0
  noise xi
  dv/dt = (N - v)/tau + sigma*sqrt(2/tau)*xi
  spike when v > thr { v = 0 } }
population p : cell[5]
measure each = count(p.spike)/size(p)
measure top = max(p.v)
variant big { N = 40 }
variant low { p.thr = 5 }
run 200 ms
END
options="--set p.tau=10ms..30ms:3 --set N=10,12 --seeds 1..6,9 --variants all"
"$NSA" sweep sweep.nsa $options --out whole --jobs 2 --quiet > whole.txt || say "the sweep fails"
[ "$(wc -l < whole/sweep.csv)" -eq 127 ] || say "not 126 rows"
[ -e whole/sweep.journal ] && say "a journal is left"

# The bits of single runs, of four points.
for point in "10 10 base 1" "20 12 big 9" "30 12 low 6" "10 10 low 2"; do
  set -- $point
  how=""; [ "$3" = base ] || how="--variant $3"
  "$NSA" run sweep.nsa --set p.tau="$1ms" --set N="$2" $how --seed "$4" --out one --force --quiet > /dev/null
  python3 - "$@" <<'END' || say "point $point"
import csv, json, sys
measures = json.load(open("one/run.json"))["measures"]
rows = [r for r in csv.DictReader(open("whole/sweep.csv"))
        if [float(r["p.tau (ms)"]), float(r["N"]), r["variant"], r["seed"]] == [float(sys.argv[1]), float(sys.argv[2])] + sys.argv[3:]]
assert len(rows) == 1, rows
for name, m in measures.items():
    assert float(rows[0][name]) == m["value"], (name, rows[0][name], m)
END
done

# Quantiles, mean and sd by Python's own; intervals hold the median.
python3 - <<'END' || say "statistics"
import csv, json, statistics as st
rows = list(csv.DictReader(open("whole/sweep.csv")))
summary = json.load(open("whole/sweep.json"))["summary"]
assert len(summary) == 3*2*3*2, len(summary)
for s in summary:
    pick = lambda v: [float(r[s["measure"]]) for r in rows if float(r["p.tau (ms)"]) == s["settings"]["p.tau"]
                      and float(r["N"]) == s["settings"]["N"] and r["variant"] == v]
    x = pick(s["variant"])
    quarters = st.quantiles(x, n=4, method="inclusive")
    assert s["n"] == len(x) == 7
    for name, want in [("mean", st.mean(x)), ("sd", st.stdev(x)), ("median", st.median(x)), ("lower_quartile", quarters[0]),
                       ("upper_quartile", quarters[2])]:
        assert abs(s[name] - want) <= 1e-12*abs(want), (name, s[name], want)
    assert s["median_low"] <= s["median"] <= s["median_high"] and min(x) <= s["median_low"] and s["median_high"] <= max(x)
    if s["variant"] == "base":
        assert s["ratio_to_base"] is None
    else:
        assert abs(s["ratio_to_base"] - st.median(x)/st.median(pick("base"))) < 1e-12
END

# Of 17 seeds the interval of the median reaches from the 5th to the 13th, as the binomial distribution has it: the median of a resample is
# at most the k-th where 9 or more of its 17 are. Seeds that fail in the base are left out of the ratio, in pairs: it is 2 for each of them.
cat > pairs.nsa <<'END'
neuron cell { param k = 1, most = 11
  state x = 0, w = 0
  noise xi
  dx/dt = sqrt(1/ms)*xi
  let y = k*(10 + x)
  each step { w = 1/(if 10 + x > most then 0 else 1) }
}
population p : cell[1]
measure top = max(p.y)
variant twice {
  p.k = 2
  p.most = 1000
}
run 5 ms
END
"$NSA" sweep pairs.nsa --seeds 1..17 --variants all --out pairs --quiet > /dev/null 2>&1 || say "pairs"
"$NSA" sweep pairs.nsa --set p.k=1..100:3log,7 --variants twice --out ratios --quiet > /dev/null 2>&1 || say "equal ratios"
python3 - <<'END' || say "intervals"
import csv, json, math
rows = list(csv.DictReader(open("pairs/sweep.csv")))
base, twice = json.load(open("pairs/sweep.json"))["summary"]
x = sorted(float(r["top"]) for r in rows if r["variant"] == "twice")
up_to = [sum(math.comb(17, j)*(k/17)**j*(1 - k/17)**(17 - j) for j in range(9, 18)) for k in range(18)]
assert up_to[4] < 0.01 and 0.03 < up_to[5] < 0.04, up_to
assert [twice["median_low"], twice["median_high"]] == [x[4], x[12]], (twice, x)
assert 2 < base["n"] < 17 and twice["n"] == 17
assert [twice[k] for k in ("ratio_to_base", "ratio_low", "ratio_high")] == [2, 2, 2], twice
assert [float(r["p.k"]) for r in csv.DictReader(open("ratios/sweep.csv"))] == [1, 10, 100, 7]
END

# Parts, joined, are the whole. One that is missing is missed.
for k in 1 2 3; do
  [ $k -eq 3 ] && "$NSA" sweep sweep.nsa $options --merge --out parts --quiet > missing.txt 2>&1 && say "a part is not missed"
  "$NSA" sweep sweep.nsa $options --part $k/3 --out parts --quiet --jobs 1 > /dev/null || say "part $k"
done
grep -q 'of 126 points 42 are in no table' missing.txt || say "what is missing: $(cat missing.txt)"
"$NSA" sweep sweep.nsa $options --merge --out parts --quiet > parts.txt || say "no merge"
[ "$(wc -l < parts/sweep.part-2-of-3.csv)" -eq 43 ] || say "a part has points of another"
cmp -s parts/sweep.csv whole/sweep.csv && cmp -s parts.txt whole.txt || say "parts are not the whole"

# Half of the rows, the last of them cut short, as after a kill: the rest is run again, and only that.
mkdir -p killed && head -c 6000 whole/sweep.csv > killed/sweep.journal
"$NSA" sweep sweep.nsa $options --out killed > killed.txt 2> killed.err || say "it does not go on"
cmp -s killed/sweep.csv whole/sweep.csv || say "what went on is another table"
grep -qE '^[0-9]{2} of 126 points' killed.err || say "nothing was taken over: $(head -c 200 killed.err)"
# Another model: nothing is taken over.
sed 's/run 200 ms/run 201 ms/' sweep.nsa > other.nsa
"$NSA" sweep other.nsa $options --out killed > /dev/null 2> other.err || say "another model"
grep -q '^1 of 126 points' other.err || say "points of another model are taken over"

# Nor are they with other options.
"$NSA" sweep sweep.nsa --variants all --out options --for 90ms --quiet > /dev/null || say "variants alone"
"$NSA" sweep sweep.nsa --variants all --out options --for 100ms > /dev/null 2> options.err || say "another duration"
grep -q '^1 of 3 points' options.err || say "points of another duration are taken over"
# What is compiled in goes by the variant.
"$NSA" run sweep.nsa --variant big --for 100ms --out one --force --quiet > /dev/null
python3 - <<'END' || say "a variant of what is compiled in"
import csv, json
row = next(r for r in csv.DictReader(open("options/sweep.csv")) if r["variant"] == "big")
assert float(row["top"]) == json.load(open("one/run.json"))["measures"]["top"]["value"], row
END

# A point that fails does not end the others.
cat > fails.nsa <<'END'
neuron cell { param a = 1
  state v = 1
  dv/dt = a*v^3/(10 ms) using rk4
}
population p : cell[2]
measure top = max(p.v)
run 20 ms
END
"$NSA" sweep fails.nsa --set p.a=-1..1:3 --out fails --quiet > /dev/null 2> fails.err || say "a failing point is exit code $?"
grep -q '^-1,base,1,1,ok,,' fails/sweep.csv && grep -q '^1,base,1,,failed,"fails.nsa:3:3: .*v is inf at t = 5.' fails/sweep.csv || say "rows of failures"
grep -q '1 of 3 points failed' fails.err || say "failures are not told"
"$NSA" sweep fails.nsa --set p.a=1,2 --out all --quiet > /dev/null 2>&1; [ $? -eq 3 ] || say "where all fail, the exit code is not 3"

refuses() { # options, exit code, what it says
  "$NSA" sweep sweep.nsa --out no --quiet $1 > refused.txt 2>&1
  code=$?
  [ $code -eq "$2" ] || say "$1: exit code $code, not $2"
  grep -qF -- "$3" refused.txt || { say "$1: the message lacks '$3'"; cat refused.txt; }
}
refuses "--set p.tauu=1ms,2ms" 2 'there is no parameter "p.tauu"; did you mean "p.tau"?'
refuses "--set p.tau=1,2" 2 '"1" has no unit; it wants one such as ms'
refuses "--set p.tau=1ms..2ms" 2 'a range says how many values it has'
refuses "--set p.tau=1ms..2ms:0" 2 'is empty'
refuses "--set p.tau=1ms..2ms:1" 2 'two values at least'
refuses "--set p.tau=2mV..3mV:4" 2 'it is in ms, but "2 mV" is in mV'
refuses "--set p.tau=1ms..2s:3" 2 'the ends of a range have one unit'
refuses "--set p.thr=1..30:4" 2 'is outside its range, 0.1 to 20'
refuses "--set N=1..2000:3" 2 'is outside its range, 1 to 1000'
refuses "--set p.tau=1ms..2ms:100000 --seeds 1..10000" 2 'that is 1e+09 points'
refuses "--set p.tau=1ms..2ms:10000000000000 --set p.thr=1..2:10000000" 2 'that is 1e+20 points'
(ulimit -v 1000000 && refuses "--set p.tau=1ms..2ms:10000000 --set p.thr=1..2:3" 2 'that is 3e+07 points'
 exit "$failed") || failed=1 # before there are values
refuses "--seeds 5..1" 2 'the range 5..1 is empty'
refuses "--seeds 1..x" 2 '--seeds wants numbers such as'
refuses "--variants bigg" 2 'no variant `bigg`; did you mean `big`?'
refuses "--part 4/3" 2 '--part wants K/N'
refuses "--jobs 0" 2 '--jobs wants a number'
[ $failed -eq 0 ] && echo "sweeps: all as they should be"
exit $((failed > 0))
