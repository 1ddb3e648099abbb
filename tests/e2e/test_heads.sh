#!/bin/sh
# SPDX-License-Identifier: MIT
# Heads of CSV files name what stands in a column, and its unit; recordings of links say which elements they join.
: "${NSA:?the tool}"
failed=0
say() { failed=1; echo "FAIL $*"; }
head_of() { # file, wanted
  [ "$(head -n 1 "out/$1.csv")" = "$2" ] || say "$1: $(head -n 1 "out/$1.csv")"
}
cat > m.nsa <<'END'
timescale fast = 1 ms
neuron n {
  state v = 2 mV, Ca = 300 nM, p = 0.5
  dv/dt = -v/(10 ms)
  dp/dt = -p/(10 ms)
  spike when v > 1 mV { v = 0 mV }
}
synapse syn { state w : nS = 1 nS, x = 0
              on pre { w += 1 nS } }
population cell : n[3]
population other : n[2]
connect cell -> other via syn by file("edges.csv")
record cell.v
record cell.Ca[1]
record cell.p[0..1]
record mean(cell.Ca)
record cell.spike
record syn.w during 2 ms..4 ms
phase twice from 1 ms for 2 ms every 5 ms
record syn.w during twice as again
record syn.x
record mean(syn.w)
measure top[i] = max(cell.Ca over time)
run 10 ms
END
printf '2,0\n0,1\n2,1\n2,1\n' > edges.csv
"$NSA" run m.nsa --csv --quiet --out out > /dev/null || say "no run"
head_of cell.v 'time (ms),0 (mV),1 (mV),2 (mV)'
head_of cell.Ca 'time (ms),1 (nM)'
head_of cell.p 'time (ms),0,1'
head_of mean_cell.Ca 'time (ms),mean (nM)'
head_of cell.spike 'timestamps (ms),node_ids'
head_of syn.w 'time (ms),0:2->0 (nS),1:0->1 (nS),2:2->1 (nS),3:2->1 (nS)'
head_of syn.x 'time (ms),0:2->0,1:0->1,2:2->1,3:2->1'
head_of mean_syn.w 'time (ms),mean (nS)'
head_of measures.top 'element,value (nM)'
/usr/bin/python3 - <<'END' || say "source_ids, target_ids"
import h5py
def mapping(name, part="syn"):
    with h5py.File(f"out/{name}.h5") as file:
        return {k: v[:].tolist() for k, v in file["report"][part]["mapping"].items()}
for name, part in (("syn.w", "syn"), ("syn.x", "syn"), ("again", "syn"), ("again", "syn.2")):
    links = mapping(name, part)
    assert links["node_ids"] == [0, 1, 2, 3] and links["source_ids"] == [2, 0, 2, 2], (name, links)
    assert links["target_ids"] == [0, 1, 1, 1], (name, links)
assert "source_ids" not in mapping("mean_syn.w") and "source_ids" not in mapping("cell.v", "cell")
END
exit $failed
