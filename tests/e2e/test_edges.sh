#!/bin/sh
# SPDX-License-Identifier: MIT
# nsa export --edges: the links with their ends, partners, delays, params and states at t = 0, as the run has them.
: "${NSA:?the tool}"
failed=0
say() { failed=1; echo "FAIL $*"; }
refused() { # words, arguments
  words=$1
  shift
  "$NSA" export "$@" >out.txt 2>err.txt
  got=$?
  [ $got -eq 2 ] && grep -qF -- "$words" err.txt || say "nsa export $*: exit code $got, no '$words' in: $(cat err.txt)"
}
cat > m.nsa <<'END'
timescale fast = 0.1 ms
neuron n {
  state v = 2 mV
  input I : mV/ms
  dv/dt = I - v/(10 ms)
  spike when v > 1 mV { v = 0 mV }
}
astrocyte a {
  state Ca = 100 nM
  dCa/dt = -Ca/(1 s)
}
synapse syn {
  param k = 2 uM
  state w : nS = 1 nS, x = 0.5
  default astro.Ca = 0 uM
  on pre { w += 1 nS*(1 + astro.Ca/k); post.v += 1 mV*x }
}
synapse gap { param D = 0.1 /s
              post.I += D*(pre.v - post.v) }
population cell : n[4]
population other : n[2 x 2]
population glia : a[2]
connect cell -> other via syn by file("pairs.csv") delay 1 ms + 1 ms*uniform(0, 1) with glia by nearest probability(0.5) { w = 1 nS*uniform(0, 1) }
connect other -> other via gap by neighbours(4)
record syn.w every 10 ms
run 1 ms
END
printf '2,0\n0,1\n2,3\n2,3\n' > pairs.csv
"$NSA" run m.nsa --csv --quiet --out run --seed 3 >/dev/null || say "no run"
"$NSA" export m.nsa --edges --out edges --seed 3 2>err.txt || say "no edges: $(cat err.txt)"
grep -q '2 connections in edges' err.txt || say "$(cat err.txt)"
[ "$(ls edges)" = "$(printf 'edges.h5\ngap.csv\nsyn.csv')" ] || say "files: $(ls edges)"
/usr/bin/python3 - <<'END' || say "edges"
import csv, h5py, json
rows = list(csv.reader(open("edges/syn.csv")))
assert rows[0] == ["source", "target", "partner", "delay (ms)", "k (uM)", "w (nS)", "x"], rows[0]
columns = dict(zip(rows[0], zip(*rows[1:])))
assert list(zip(columns["source"], columns["target"])) == [("2", "0"), ("0", "1"), ("2", "3"), ("2", "3")]
first = [float(x) for x in list(csv.reader(open("run/syn.w.csv")))[1]][1:]
assert [float(x) for x in columns["w (nS)"]] == first and len(set(first)) == 4
assert set(columns["k (uM)"]) == {"2"} and set(columns["x"]) == {"0.5"}
delays = [float(x) for x in columns["delay (ms)"]]
assert all(1 <= d <= 2 and abs(d*10 - round(d*10)) < 1e-9 for d in delays) and len(set(delays)) > 1
coverage = json.load(open("run/run.json"))["connections"][0]["coverage"]
assert sum(p == "" for p in columns["partner"]) == coverage["links_without"] > 0, columns["partner"]
with h5py.File("edges/edges.h5") as file:
    syn = file["edges/syn"]
    assert dict(syn["source_node_id"].attrs) == {"node_population": "cell"} and syn["target_node_id"].attrs["node_population"] == "other"
    assert syn["source_node_id"][:].tolist() == [2, 0, 2, 2] and syn["target_node_id"][:].tolist() == [0, 1, 3, 3]
    assert syn["edge_group_index"][:].tolist() == [0, 1, 2, 3] and not syn["edge_group_id"][:].any()
    assert syn["0/w"][:].tolist() == first and syn["0/w"].attrs["units"] == "nS" and syn["0/delay"][:].tolist() == delays
    assert syn["0/partner_node_id"][:].tolist() == [int(p or -1) for p in columns["partner"]]
    gap = file["edges/gap"]  # of a grid of two rows: needs no links to run
    pairs = sorted(zip(gap["source_node_id"][:].tolist(), gap["target_node_id"][:].tolist()))
    assert pairs == sorted([(0, 1), (1, 0), (0, 2), (2, 0), (1, 3), (3, 1), (2, 3), (3, 2)]), pairs
    assert gap["0/D"][:].tolist() == [0.1]*8 and gap["0/D"].attrs["units"] == "1/s"
END
cp edges/syn.csv before.csv
"$NSA" export m.nsa --edges --out edges --seed 4 2>err.txt || say "again: $(cat err.txt)"
cmp -s edges/syn.csv before.csv && say "another seed gives the same"
ls edges | grep -q part && say "something is left"
refused 'say what: --edges' m.nsa
refused 'cannot make the folder m.nsa/edges' m.nsa --edges --out m.nsa/edges
printf 'timescale fast = 1 ms\nneuron n { state v = 1\n dv/dt = -v/(1 ms) }\npopulation p : n[1]\nmeasure m = max(p.v)\nrun 1 ms\n' > none.nsa
refused 'the model has no connections' none.nsa --edges
mkdir -p full/syn.part.csv
refused 'full/syn.part.csv' m.nsa --edges --out full
exit $failed
