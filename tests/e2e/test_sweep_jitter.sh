#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# nsa sweep --jitter: what is drawn and what is not, the same samples however they are run, rank correlations by hand and by scipy.
set -u
: "${NSA:?the tool}"
failed=0
say() { echo "FAILED: $1"; failed=$((failed + 1)); }

cat > jitter.nsa <<'END'
param K = 2
neuron cell {
  param a = 2 mV/ms in 1 mV/ms..2.1 mV/ms, b = 3, none = 0, c = 2*b, d = 0.1 /uM/s, e = -5 mV, each = 1
  state x = 0 mV
  dx/dt = a*b*K
}
population p : cell[2] { each = uniform(1, 2) }
population q : cell[3] { b = 4, each = uniform(1, 2) }
measure up = max(p.x)
measure other = max(q.x)
measure same = size(p)
variant big { p.b = 30 }
variant huge { K = 20 }
run 1 ms
END
options="--jitter 10% --samples 40 --seeds 1,2 --variants all"
"$NSA" sweep jitter.nsa $options --out whole --jobs 2 --quiet > whole.txt || say "the sweep fails"
python3 - <<'END' || say "what is drawn, and its statistics"
import csv, json, math, statistics as st
rows = list(csv.DictReader(open("whole/sweep.csv")))
told = json.load(open("whole/sweep.json"))
assert len(rows) == 40*3*2 and told["samples"] == 40
names = {"p.a (mV/ms)": (1.8, 2.1), "p.b": (2.7, 3.3), "p.d (1/uM/s)": (0.09, 0.11), "p.e (mV)": (-5.5, -4.5), "q.a (mV/ms)": (1.8, 2.1),
         "q.b": (3.6, 4.4), "q.d (1/uM/s)": (0.09, 0.11), "q.e (mV)": (-5.5, -4.5)}
assert list(rows[0])[:9] == list(names) + ["variant"], list(rows[0])
base = [r for r in rows if r["variant"] == "base"]
for name, (low, high) in names.items():
    x = [float(r[name]) for r in base]
    assert all(low <= v <= high for v in x) and len(set(x)) == 40, name
    assert min(x) < low + 0.2*(high - low) and max(x) > high - 0.2*(high - low), name
for r in rows:
    k, b = (20 if r["variant"] == "huge" else 2), float(r["p.b"])
    assert math.isclose(float(r["up (mV)"]), float(r["p.a (mV/ms)"])*b*k, rel_tol=1e-12), r
for r, big in zip(base, [r for r in rows if r["variant"] == "big"]):  # in pairs
    assert math.isclose(10*float(r["p.b"]), float(big["p.b"]), rel_tol=1e-12) and r["p.a (mV/ms)"] == big["p.a (mV/ms)"]
x = [float(r["up (mV)"]) for r in base]
row = next(s for s in told["summary"] if s["measure"] == "up" and s["variant"] == "base")
quarters = st.quantiles(x, n=4, method="inclusive")
assert row["n"] == 80
for name, want in [("mean", st.mean(x)), ("sd", st.stdev(x)), ("median", st.median(x)), ("lower_quartile", quarters[0]), ("upper_quartile", quarters[2])]:
    assert abs(row[name] - want) <= 1e-12*abs(want), (name, row[name], want)
# Rank correlations, by hand: mean ranks, then Pearson's. A measure that is always the same has none.
def ranks(v):
    s = sorted(v)
    return [s.index(x) + (s.count(x) - 1)/2 for x in v]
def spearman(x, y):
    x, y = ranks(x), ranks(y)
    mx, my = st.mean(x), st.mean(y)
    return sum((a - mx)*(b - my) for a, b in zip(x, y))/math.sqrt(sum((a - mx)**2 for a in x)*sum((b - my)**2 for b in y))
try:
    from scipy.stats import spearmanr
except ImportError:
    spearmanr = None
columns = {n.split(" ")[0]: n for n in rows[0]}
all_of = told["rank_correlations"]
assert len(all_of) == 3*3*8
for c in all_of:
    if c["measure"] == "same":
        assert c["rho"] is None, c
        continue
    mine = [r for r in rows if r["variant"] == c["variant"]]
    p, m = ([float(r[columns[c[k]]]) for r in mine] for k in ("param", "measure"))
    assert abs(c["rho"] - spearman(p, m)) < 1e-12, c
    assert spearmanr is None or abs(c["rho"] - spearmanr(p, m)[0]) < 1e-9, c
of_base = [c for c in all_of if c["variant"] == "base"]
sizes = [-1 if c["rho"] is None else abs(c["rho"]) for c in of_base]
assert sizes == sorted(sizes, reverse=True)
assert {c["param"] for c in of_base[:4]} == {"p.a", "p.b", "q.a", "q.b"}, of_base[:4]
END
grep -q '^up .* p\.b$' whole.txt && grep -q 'by chance)$' whole.txt || say "the table: $(cat whole.txt)"

# What is exactly monotonous has a rank correlation of 1, or -1. A param of the top level is drawn where it is named.
"$NSA" sweep jitter.nsa --jitter K=5% --samples 6 --out global --quiet > global.txt || say "of the top level"
"$NSA" sweep jitter.nsa --jitter p.a=50% --jitter 1% --set p.b=2 --set q.a=1.5mV/ms --samples 9 --jitter-seed 4 --out named --quiet > named.txt || say "named"
python3 - <<'END' || say "named params"
import csv, json
rho = json.load(open("global/sweep.json"))["rank_correlations"]
assert len(rho) == 3 and [c["rho"] for c in rho] == [1, 1, None] and {c["param"] for c in rho} == {"K"}, rho
rows = list(csv.DictReader(open("global/sweep.csv")))
assert list(rows[0])[:2] == ["K", "variant"] and all(abs(float(r["up (mV)"])/float(r["K"]) - 6) < 1e-12 for r in rows)
rows = list(csv.DictReader(open("named/sweep.csv")))
assert list(rows[0])[:8] == ["p.b", "q.a (mV/ms)", "p.a (mV/ms)", "p.d (1/uM/s)", "p.e (mV)", "q.b", "q.d (1/uM/s)", "q.e (mV)"]
a = [float(r["p.a (mV/ms)"]) for r in rows]
assert min(a) < 1.5 and max(a) <= 2.1 and all(3.96 <= float(r["q.b"]) <= 4.04 for r in rows) and {r["p.b"] for r in rows} == {"2"}
END
# A row again, by hand.
python3 - <<'END' > again.txt
import csv
row = list(csv.DictReader(open("named/sweep.csv")))[7]
print(" ".join(f"--set {n.split(' ')[0]}={row[n]}{n.split('(')[1][:-1] if '(' in n else ''}" for n in list(row)[:8]), row["up (mV)"])
END
read -r line < again.txt
"$NSA" run jitter.nsa ${line% *} --out one --force --quiet > /dev/null || say "a row is not taken by nsa run"
python3 -c "import json; assert json.load(open('one/run.json'))['measures']['up']['value'] == ${line##* }" || say "a row has other bits than nsa run"

# Parts, and a smaller sweep that goes on, have the same samples.
for k in 1 2; do "$NSA" sweep jitter.nsa $options --part $k/2 --out parts --quiet --jobs 1 > /dev/null || say "part $k"; done
"$NSA" sweep jitter.nsa $options --merge --out parts --quiet > parts.txt || say "no merge"
cmp -s parts/sweep.csv whole/sweep.csv && cmp -s parts.txt whole.txt || say "parts are not the whole"
"$NSA" sweep jitter.nsa --jitter 10% --samples 30 --seeds 2 --out grown --quiet > /dev/null || say "a smaller one"
"$NSA" sweep jitter.nsa $options --out grown > grown.txt 2> grown.err || say "a larger one"
cmp -s grown/sweep.csv whole/sweep.csv || say "another table where it has grown"
grep -q '^31 of 240 points' grown.err || say "nothing was taken over: $(head -c 200 grown.err)"
"$NSA" sweep jitter.nsa $options --jitter-seed 2 --out other --quiet > /dev/null
cmp -s <(cut -d, -f1 other/sweep.csv) <(cut -d, -f1 whole/sweep.csv) && say "another seed draws the same"

refuses() { # options, what it says
  "$NSA" sweep jitter.nsa --out no --quiet $1 > refused.txt 2>&1
  [ $? -eq 2 ] || say "$1: is not refused"
  grep -qF -- "$2" refused.txt || { say "$1: the message lacks '$2'"; cat refused.txt; }
}
refuses "--jitter 10" '--jitter wants a part up to 100%'
refuses "--jitter 0%" '--jitter wants a part up to 100%'
refuses "--jitter p.a=120%" '--jitter wants a part up to 100%'
refuses "--jitter 1% --jitter 2%" 'twice for all params'
refuses "--jitter p.c=10%" 'it has no value of its own'
refuses "--jitter p.each=10%" 'it has no value of its own'
refuses "--jitter p.none=10%" 'it is 0, and so is each part of it'
refuses "--jitter p.aa=10%" 'did you mean `p.a`?'
refuses "--jitter 10% --set K=1,2" 'has one value; begin a sweep for each'
refuses "--jitter p.a=10% --set p.a=2mV/ms" '--set gives it its values'
refuses "--jitter 10% --samples 0" '--samples wants a number from 1'
refuses "--jitter 10% --samples 9999999 --seeds 1..100" 'that is 1e+09 points'
refuses "--samples 3" 'go with --jitter'
[ $failed -eq 0 ] && echo "jitter: all as it should be"
exit $((failed > 0))
